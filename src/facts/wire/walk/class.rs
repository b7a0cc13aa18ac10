//! The table of classes.

use thin_vec::ThinVec;

use super::Walk;
use super::function::{bits, has};
use super::length;
use crate::facts::ids::{ExprId, FnId, Name, Span, TypeId};
use crate::facts::wire::coder::Way;
use crate::facts::wire::column::Column;
use crate::facts::{Class, FileFacts, Member, MemberKind};

const FUNCTION: FnId = FnId(0);

/// One of each kind of member, in the order of their tags.
const KINDS: [MemberKind; 6] = all_of!(MemberKind:
    Constructor(FUNCTION),
    Method(FUNCTION),
    Getter(FUNCTION),
    Setter(FUNCTION),
    Field {
        annotation: None,
        init: None,
    },
    ParameterProperty {
        annotation: None,
        param: 0,
    },
);

impl<W: Way> Walk<'_, W> {
    pub(super) fn classes(&mut self, facts: &mut FileFacts) {
        self.last = super::Last::default();
        let blank = Class {
            name: None,
            base: None,
            implements: Vec::new(),
            members: Vec::new(),
            decorators: ThinVec::new(),
            function: FUNCTION,
            is_abstract: false,
            span: Span::default(),
            name_span: Span::default(),
        };
        self.list(Column::TableLength, &mut facts.classes, &blank);
        let mut classes = std::mem::take(&mut facts.classes);
        for class in &mut classes {
            self.class(class, facts);
        }
        facts.classes = classes;
    }

    fn class(&mut self, class: &mut Class, facts: &FileFacts) {
        let answers = bits(&[
            class.name.is_some(),
            class.base.is_some(),
            class.is_abstract,
            !class.implements.is_empty(),
            !class.decorators.is_empty(),
        ]);
        let answers = self.symbol(Column::ClassFlags, answers);
        Self::presence(has(answers, 0), &mut class.name, Name(0));
        Self::presence(has(answers, 1), &mut class.base, ExprId(0));
        class.is_abstract = has(answers, 2);
        if let Some(name) = &mut class.name {
            self.name(Column::ClassName, name);
        }
        if let Some(base) = &mut class.base {
            self.expr_near(Column::ClassExpr, base);
        }
        if has(answers, 3) {
            self.list(Column::ImplementsCount, &mut class.implements, &TypeId(0));
            for ty in &mut class.implements {
                self.ty(Column::ClassType, ty);
            }
        }
        if has(answers, 4) {
            self.decorators(&mut class.decorators);
        }
        let guess = self.last.call;
        self.near(Column::ClassFunction, &mut class.function.0, guess);
        self.last.call = class.function.0;
        let offset = self.last.offset;
        self.near(Column::ClassStart, &mut class.span.start, offset);
        self.near(Column::ClassLength, &mut class.span.end, class.span.start);
        self.near(Column::ClassNameStart, &mut class.name_span.start, class.span.start);
        let guess = class.name.map_or(0, |name| length(facts, name));
        let guess = class.name_span.start.wrapping_add(guess);
        self.near(Column::ClassNameLength, &mut class.name_span.end, guess);
        self.last.offset = class.name_span.end;
        let blank = Member {
            name: Name(0),
            kind: MemberKind::Method(FUNCTION),
            is_static: false,
            is_private: false,
            decorators: ThinVec::new(),
            span: Span::default(),
        };
        self.list(Column::MemberCount, &mut class.members, &blank);
        for member in &mut class.members {
            self.member(member, facts);
        }
    }

    fn decorators(&mut self, decorators: &mut ThinVec<ExprId>) {
        self.thin(Column::DecoratorCount, decorators, &ExprId(0));
        for decorator in decorators {
            self.expr_near(Column::Decorator, decorator);
        }
    }

    fn member(&mut self, member: &mut Member, facts: &FileFacts) {
        let kind = std::mem::discriminant(&member.kind);
        let kind = KINDS.iter().position(|each| std::mem::discriminant(each) == kind);
        let kind = kind.expect("every kind of member has a blank") as u32;
        let answers = bits(&[member.is_static, member.is_private, !member.decorators.is_empty()]);
        let read = self.symbol(Column::MemberKind, kind << 3 | answers);
        if W::READS {
            match KINDS.get((read >> 3) as usize) {
                Some(&kind) => member.kind = kind,
                None => self.is_broken = true,
            }
        }
        member.is_static = has(read, 0);
        member.is_private = has(read, 1);
        self.name(Column::ClassMemberName, &mut member.name);
        let mut body = None;
        match &mut member.kind {
            MemberKind::Constructor(id) | MemberKind::Method(id) | MemberKind::Getter(id) | MemberKind::Setter(id) => {
                self.function(Column::MemberFunction, id);
                body = facts.functions.get(id.index()).map(|function| function.span);
            }
            MemberKind::Field { annotation, init } => {
                let answers = bits(&[annotation.is_some(), init.is_some()]);
                let answers = self.symbol(Column::MemberFlags, answers);
                Self::presence(has(answers, 0), annotation, TypeId(0));
                Self::presence(has(answers, 1), init, ExprId(0));
                if let Some(annotation) = annotation {
                    self.ty(Column::ClassType, annotation);
                }
                if let Some(init) = init {
                    self.expr_near(Column::ClassExpr, init);
                }
            }
            MemberKind::ParameterProperty { annotation, param } => {
                let answers = self.symbol(Column::MemberFlags, bits(&[annotation.is_some()]));
                Self::presence(has(answers, 0), annotation, TypeId(0));
                if let Some(annotation) = annotation {
                    self.ty(Column::ClassType, annotation);
                }
                self.small(Column::Position, param);
            }
        }
        if has(read, 2) {
            self.decorators(&mut member.decorators);
        }
        if let Some(body) = body {
            let mut is_other = member.span != body;
            self.flag(Column::MemberSpan, &mut is_other);
            if !is_other {
                member.span = body;
                self.last.offset = body.end;
                return;
            }
        }
        self.span(Column::MemberStart, Column::MemberLength, &mut member.span);
    }
}
