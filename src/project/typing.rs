//! Where a value comes from, as a type: catalogued types and owners of the project.
//!
//! A type is never told by a name: it follows `new`, imports, annotations, catalogued results and parts.

use smallvec::SmallVec;

use crate::catalog::index::Tables;
use crate::catalog::pattern::{ExportPath, PlaceRoot, PlaceStep, TypeKey};
use crate::facts::MemberKind;
use crate::facts::body::{How, Op};
use crate::facts::expr::Expr;
use crate::facts::ids::TypeId;
use crate::facts::types::{TypeDeclKind, TypeExpr};

use super::Project;
use super::calls::Tier;
use super::names::Sym;
use super::path::{At, CallRef, ExprRef, FnRef, OwnerId, Path, Root, Step};

/// Steps from value to value after which a type counts as unknown.
const MAX_DEPTH: u32 = 6;

/// Where a value comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ty {
    Catalog(TypeKey),
    /// An instance of an owner of the project.
    Owner(OwnerId),
}

/// Types a value may have, each with how it is known.
pub type Types = SmallVec<[(Ty, Tier); 2]>;

fn add(types: &mut Types, more: impl IntoIterator<Item = (Ty, Tier)>) {
    for (ty, tier) in more {
        if types.iter().all(|&(known, _)| known != ty) {
            types.push((ty, tier));
        }
    }
}

impl Project<'_> {
    /// The types an expression may have.
    ///
    /// A type that depends on itself (`x = x.on(…)`) is unknown where the circle closes.
    pub fn types_of(&self, expr: ExprRef) -> Types {
        if let Some(known) = self.memo.types.get(&expr) {
            return known;
        }
        self.memo.types.insert(expr, Types::new());
        let types = self.types_of_expr(expr, 0);
        self.memo.types.insert(expr, types.clone());
        types
    }

    fn types_of_expr(&self, expr: ExprRef, depth: u32) -> Types {
        if depth > MAX_DEPTH {
            return Types::new();
        }
        // An annotation on the way says more than the value behind it, unless the value is constructed.
        let annotated = match self.expr(expr) {
            Expr::Cast { ty, value } => {
                let value = self.types_of_expr(expr.with(*value), depth + 1);
                if value.is_empty() {
                    self.types_of_annotation(expr.with(*ty), depth + 1)
                } else {
                    value
                }
            }
            Expr::Binding(binding) => match self.facts(expr.file).binding(*binding).annotation {
                Some(annotation) => self.types_of_annotation(expr.with(annotation), depth + 1),
                None => Types::new(),
            },
            _ => Types::new(),
        };
        if !annotated.is_empty() {
            return annotated;
        }
        let path = self.path(expr);
        let found = self.types_of_path_within(&path, depth + 1);
        if !found.is_empty() {
            return found;
        }
        // A followed field may hide what its declaration says.
        match *self.expr(expr) {
            Expr::Member { object, name, .. } => self.member_types(
                &self.types_of_expr(expr.with(object), depth + 1),
                self.sym(expr.file, name),
                depth + 1,
            ),
            _ => found,
        }
    }

    /// The types of what a path names.
    pub fn types_of_path(&self, path: &Path) -> Types {
        self.types_of_path_within(path, 0)
    }

    fn types_of_path_within(&self, path: &Path, depth: u32) -> Types {
        if depth > MAX_DEPTH {
            return Types::new();
        }
        let mut steps = path.steps.as_slice();
        let mut declared = self.declared_root(path);
        let mut types = match path.root {
            Root::Global(_) | Root::Package(_) => {
                let (types, used) = self.types_of_export(path);
                steps = &steps[used..];
                types
            }
            Root::Call(call) => {
                let awaited = steps.first() == Some(&Step::Awaited);
                let rest = if awaited { &steps[1..] } else { steps };
                let index = match rest.first() {
                    Some(Step::Index(index)) => Some(*index),
                    _ => None,
                };
                let types = self.types_of_call(call, awaited, index, depth);
                steps = &rest[usize::from(index.is_some() && !types.is_empty())..];
                types
            }
            Root::Param(function, index) => self.types_of_param(function, index, depth),
            Root::Variable(binding) => {
                let fact = self.facts(binding.file).binding(binding.id);
                let mut types = Types::new();
                if let Some(annotation) = fact.annotation {
                    add(
                        &mut types,
                        self.types_of_annotation(binding.with(annotation), depth + 1),
                    );
                }
                if types.is_empty() {
                    for &value in fact.values.iter().take(4) {
                        add(&mut types, self.types_of_expr(binding.with(value), depth + 1));
                    }
                }
                types
            }
            Root::Instance(owner) => [(Ty::Owner(owner), Tier::Resolved)].into_iter().collect(),
            // A static field that is given its value when it is first asked for.
            Root::Static(owner) => match steps.split_first() {
                Some((&Step::Field(name), rest)) => {
                    steps = rest;
                    let mut types = Types::new();
                    for store in self.owners.stores(owner, name, true).iter().take(4) {
                        add(&mut types, self.types_of_expr(store.value, depth + 1));
                    }
                    types
                }
                _ => Types::new(),
            },
            Root::Choice(_) => {
                let mut types = Types::new();
                for possible in self.possible_of(path.clone()).into_iter().skip(1) {
                    add(&mut types, self.types_of_path_within(&possible, depth + 1));
                }
                types
            }
            _ => Types::new(),
        };
        for step in steps {
            types = match step {
                Step::Field(name) => {
                    let found = self.member_types(&types, *name, depth);
                    declared = self.declared_field(declared, &types, *name);
                    match declared {
                        Some(annotation) if found.is_empty() => self.types_of_annotation(annotation, depth + 1),
                        _ => found,
                    }
                }
                Step::Awaited => types,
                Step::Element | Step::Index(_) | Step::Rest => return Types::new(),
            };
        }
        types
    }

    /// Types of a global or a package's export, and how many steps of the path that used up.
    fn types_of_export(&self, path: &Path) -> (Types, usize) {
        let (module, mut members) = match path.root {
            Root::Global(name) => (None, vec![Box::from(self.names.text(name))]),
            Root::Package(module) => (Some(Box::from(self.names.text(module))), Vec::new()),
            _ => return (Types::new(), 0),
        };
        let mut best = (Types::new(), 0);
        for used in 0..=path.steps.len() {
            let export = ExportPath {
                module: module.clone(),
                members: members.clone(),
            }
            .canonical();
            let types: Types = self
                .catalog
                .types_by_value(&export)
                .iter()
                .map(|&key| (Ty::Catalog(key), Tier::Resolved))
                .collect();
            if !types.is_empty() {
                best = (types, used);
            }
            match path.steps.get(used) {
                Some(Step::Field(name)) => members.push(Box::from(self.names.text(*name))),
                _ => break,
            }
        }
        best
    }

    fn types_of_call(&self, call: CallRef, awaited: bool, index: Option<u16>, depth: u32) -> Types {
        let fact = self.call(call);
        if fact.how == How::New {
            if let Some(owner) = self.constructed(call) {
                return [(Ty::Owner(owner), Tier::Resolved)].into_iter().collect();
            }
            return self
                .types_constructed_by(&self.called_path(call.with(fact.callee)))
                .into_iter()
                .map(|key| (Ty::Catalog(key), Tier::Resolved))
                .collect();
        }
        let mut types = Types::new();
        let wanted = |steps: &[PlaceStep]| match steps {
            [] => index.is_none(),
            [PlaceStep::Awaited] => awaited && index.is_none(),
            [PlaceStep::Index(at)] => index == Some(u16::from(*at)),
            [PlaceStep::Awaited, PlaceStep::Index(at)] => awaited && index == Some(u16::from(*at)),
            _ => false,
        };
        if self.tables_of(call).intersects(Tables::FACTORIES | Tables::ACQUIRES)
            && let Some(name) = self.callee_name(call)
        {
            for (key, factory) in self.catalog.factories_named(name) {
                if factory.at.root == PlaceRoot::Return
                    && wanted(&factory.at.steps)
                    && let Some(tier) = self.matches(&factory.callee, call)
                    && self.holds(&factory.when, call)
                {
                    add(&mut types, [(Ty::Catalog(key), tier)]);
                }
            }
            for acquire in self.catalog.acquires_named(name) {
                let Some(item) = &acquire.item else { continue };
                if let Some(key) = item.ty
                    && item.at.root == PlaceRoot::Return
                    && wanted(&item.at.steps)
                    && let Some(tier) = self.matches(&acquire.callee, call)
                {
                    add(&mut types, [(Ty::Catalog(key), tier)]);
                }
            }
        }
        if types.is_empty()
            && index.is_none()
            && let Some(class) = self.given_class(call)
        {
            add(&mut types, self.types_of_type_name(class, depth + 1));
        }
        if types.is_empty() && index.is_none() {
            for function in self.callees(call) {
                add(&mut types, self.types_returned(function, depth + 1));
            }
        }
        types
    }

    /// What a function of the project returns (or fulfils its promise with).
    fn types_returned(&self, function: FnRef, depth: u32) -> Types {
        if depth > MAX_DEPTH {
            return Types::new();
        }
        let fact = self.function(function);
        if let Some(annotation) = fact.return_type {
            let types = self.types_of_annotation(function.with(annotation), depth + 1);
            if !types.is_empty() {
                return types;
            }
        }
        let mut types = Types::new();
        let returned = fact.ops.iter().filter_map(|op| match *op {
            Op::Return(Some(value)) => Some(value),
            _ => None,
        });
        for value in returned.take(4) {
            add(&mut types, self.types_of_expr(function.with(value), depth + 2));
        }
        types
    }

    fn types_of_param(&self, function: FnRef, index: u16, depth: u32) -> Types {
        let Some(param) = self.function(function).params.get(usize::from(index)) else {
            return Types::new();
        };
        if let Some(annotation) = param.annotation {
            let types = self.types_of_annotation(function.with(annotation), depth + 1);
            if !types.is_empty() {
                return types;
            }
        }
        let mut types = Types::new();
        for &(call, position) in self.graph.passed(function) {
            for (run, _) in self.runs_of(call, position) {
                let arity = self.function(function).params.len() as u8;
                let by_arity = run
                    .params
                    .iter()
                    .find(|(count, _)| *count == Some(arity))
                    .or_else(|| run.params.iter().find(|(count, _)| count.is_none()));
                if let Some(Some(key)) = by_arity.and_then(|(_, params)| params.get(usize::from(index))) {
                    add(&mut types, [(Ty::Catalog(*key), Tier::Resolved)]);
                }
            }
            add(&mut types, self.types_given(call, position, index));
        }
        if types.is_empty() {
            add(&mut types, self.types_passed(function, index, depth + 1));
        }
        types
    }

    /// What an acquiring call gives its callback: `pool.connect((err, client) => …)`.
    fn types_given(&self, call: CallRef, position: u16, index: u16) -> Types {
        if !self.tables_of(call).contains(Tables::ACQUIRES) {
            return Types::new();
        }
        let Some(name) = self.callee_name(call) else {
            return Types::new();
        };
        let given = self.catalog.acquires_named(name).filter_map(|acquire| {
            let item = acquire.item.as_ref()?;
            let key = item.ty?;
            let fits = item.at.steps.first() == Some(&PlaceStep::Parameter(index as u8))
                && match item.at.root {
                    PlaceRoot::Argument(at) => u16::from(at) == position,
                    PlaceRoot::LastArgument => usize::from(position) + 1 == self.call(call).args.len(),
                    _ => false,
                };
            let tier = (fits && self.holds(&acquire.when, call))
                .then(|| self.matches(&acquire.callee, call))
                .flatten()?;
            Some((Ty::Catalog(key), tier))
        });
        given.collect()
    }

    /// The type on which all call sites of the project agree.
    fn types_passed(&self, function: FnRef, index: u16, depth: u32) -> Types {
        let callers = self.graph.callers(function);
        if callers.is_empty() || callers.len() > 6 || depth > 3 || self.graph.is_mentioned(function) {
            return Types::new();
        }
        let mut agreed: Option<Types> = None;
        for &call in callers {
            let types = match self.argument(call, usize::from(index)) {
                Some(argument) => self.types_of_expr(argument, depth + 1),
                None => return Types::new(),
            };
            match &agreed {
                Some(known) if *known != types => return Types::new(),
                _ => agreed = Some(types),
            }
        }
        agreed.unwrap_or_default()
    }

    fn member_types(&self, of: &Types, name: Sym, depth: u32) -> Types {
        let mut types = Types::new();
        for &(ty, tier) in of {
            match ty {
                Ty::Catalog(key) => {
                    if let Some(part) = self.catalog.part(key, self.names.text(name)).and_then(|part| part.ty) {
                        add(&mut types, [(Ty::Catalog(part), tier)]);
                    }
                }
                Ty::Owner(owner) => {
                    add(&mut types, self.field_types(owner, name, depth + 1));
                    if types.is_empty() {
                        for (key, inherited) in self.catalog_types(owner) {
                            if let Some(part) = self.catalog.part(key, self.names.text(name)).and_then(|part| part.ty) {
                                add(&mut types, [(Ty::Catalog(part), tier.max(inherited))]);
                            }
                        }
                    }
                }
            }
        }
        types
    }

    /// The types of an owner's field: as declared, else of what is stored in it.
    fn field_types(&self, owner: OwnerId, name: Sym, depth: u32) -> Types {
        let mut types = Types::new();
        if depth > MAX_DEPTH {
            return types;
        }
        for each in self.bases(owner) {
            if let Some(annotation) = self.field_annotation(each, name) {
                add(&mut types, self.types_of_annotation(annotation, depth + 1));
            }
            if types.is_empty() {
                for store in self.owners.stores(each, name, false).iter().take(4) {
                    add(&mut types, self.types_of_expr(store.value, depth + 1));
                }
            }
            if types.is_empty()
                && let Some(&getter) = self.owners.get(each).getters.get(&name)
            {
                add(&mut types, self.types_returned(getter, depth + 1));
            }
            if !types.is_empty() {
                break;
            }
        }
        types
    }

    /// The declared type of a class's field, parameter property or getter.
    pub fn field_annotation(&self, owner: OwnerId, name: Sym) -> Option<At<TypeId>> {
        let super::owner::OwnerKind::Class(class) = self.owners.get(owner).kind else {
            return None;
        };
        let facts = self.facts(class.file);
        facts.class(class.id).members.iter().find_map(|member| {
            if self.sym(class.file, member.name) != name {
                return None;
            }
            match member.kind {
                MemberKind::Field { annotation, .. } | MemberKind::ParameterProperty { annotation, .. } => annotation,
                MemberKind::Getter(function) => facts.function(function).return_type,
                _ => None,
            }
            .map(|annotation| class.with(annotation))
        })
    }

    /// The types an annotation allows; promises, arrays of one and wrappers are seen through.
    pub fn types_of_annotation(&self, annotation: At<TypeId>, depth: u32) -> Types {
        if depth > MAX_DEPTH {
            return Types::new();
        }
        let facts = self.facts(annotation.file);
        match facts.type_expr(annotation.id) {
            TypeExpr::Named { name, args } => {
                if let Expr::Global(name) = facts.expr(*name)
                    && matches!(
                        facts.name(*name),
                        "Promise" | "PromiseLike" | "Readonly" | "NonNullable" | "Partial" | "Required" | "Awaited"
                    )
                    && let Some(&inner) = args.first()
                {
                    return self.types_of_annotation(annotation.with(inner), depth + 1);
                }
                self.types_of_type_name(annotation.with(*name), depth)
            }
            TypeExpr::Union(parts) | TypeExpr::Intersection(parts) => {
                let mut types = Types::new();
                for &part in parts.iter() {
                    add(&mut types, self.types_of_annotation(annotation.with(part), depth + 1));
                }
                types
            }
            TypeExpr::TypeOf(value) => self.types_of_expr(annotation.with(*value), depth + 1),
            _ => Types::new(),
        }
    }

    fn types_of_type_name(&self, name: ExprRef, depth: u32) -> Types {
        let path = self.path(name);
        if let Some(export) = self.export_of(&path) {
            return self
                .catalog
                .types_by_annotation(&export)
                .iter()
                .map(|&key| (Ty::Catalog(key), Tier::Resolved))
                .collect();
        }
        let own = self.own.of(&path).iter();
        let declared: Types = own
            .flat_map(|export| self.catalog.types_by_annotation(export))
            .map(|&key| (Ty::Catalog(key), Tier::SelfPackage))
            .collect();
        match path.root {
            Root::Static(owner) if path.is_root() => [(Ty::Owner(owner), Tier::Resolved)].into_iter().collect(),
            Root::Variable(_) if !declared.is_empty() => declared,
            Root::Function(function) if path.is_root() => self
                .owners
                .made_by(function)
                .map(|owner| (Ty::Owner(owner), Tier::Resolved))
                .into_iter()
                .collect(),
            Root::Variable(binding) => {
                let facts = self.facts(binding.file);
                let Some(decl) = facts.type_decls.iter().find(|decl| decl.binding == binding.id) else {
                    return Types::new();
                };
                let mut types = Types::new();
                let behind = self.implementers.of_interface(binding).iter();
                add(&mut types, behind.map(|&owner| (Ty::Owner(owner), Tier::Resolved)));
                match &decl.kind {
                    TypeDeclKind::Interface { extends, .. } => {
                        for &base in extends {
                            add(&mut types, self.types_of_annotation(binding.with(base), depth + 1));
                        }
                    }
                    TypeDeclKind::Alias(target) => {
                        add(&mut types, self.types_of_annotation(binding.with(*target), depth + 1))
                    }
                    TypeDeclKind::Enum(_) => {}
                }
                types
            }
            _ => Types::new(),
        }
    }

    /// A path as the export of a package or a global.
    pub fn export_of(&self, path: &Path) -> Option<ExportPath> {
        let (module, mut members) = match path.root {
            Root::Global(name) => (None, vec![Box::from(self.names.text(name))]),
            Root::Package(module) => (Some(Box::from(self.names.text(module))), Vec::new()),
            _ => return None,
        };
        for step in &path.steps {
            let Step::Field(name) = step else { return None };
            members.push(Box::from(self.names.text(*name)));
        }
        Some(ExportPath { module, members }.canonical())
    }

    /// The catalogued types that `new` of this path makes.
    pub fn types_constructed_by(&self, path: &Path) -> SmallVec<[TypeKey; 1]> {
        match self.export_of(path) {
            Some(export) => self.catalog.types_by_constructor(&export).iter().copied().collect(),
            None => SmallVec::new(),
        }
    }

    /// The catalogued types an owner of the project is: through its bases, or because this package is the library.
    pub fn catalog_types(&self, owner: OwnerId) -> SmallVec<[(TypeKey, Tier); 2]> {
        self.catalog_bases(owner)
            .into_iter()
            .map(|(key, tier, _)| (key, tier))
            .collect()
    }

    /// As [`Self::catalog_types`], each with the number of the owner's classes, from itself on, whose methods stand before
    /// the catalogued ones. A class that is the catalogued one itself does not stand before itself.
    pub fn catalog_bases(&self, owner: OwnerId) -> SmallVec<[(TypeKey, Tier, usize); 2]> {
        let mut found = SmallVec::new();
        for (index, each) in self.bases(owner).into_iter().enumerate() {
            let owner = self.owners.get(each);
            if let Some(base) = owner.base {
                found.extend(
                    self.types_constructed_by(&self.path(base))
                        .into_iter()
                        .map(|key| (key, Tier::Resolved, index + 1)),
                );
            }
            let exported = self.own.of_owner(self, each).iter();
            let constructed = exported.flat_map(|export| {
                let by_new = self.catalog.types_by_constructor(export).iter();
                by_new.chain(self.catalog.types_by_annotation(export))
            });
            found.extend(constructed.map(|&key| (key, Tier::SelfPackage, index)));
            if let (Some(name), Some(package)) = (owner.name, self.package_name(owner.file)) {
                let own = ExportPath {
                    module: Some(package.into()),
                    members: vec![self.names.text(name).into()],
                };
                found.extend(
                    self.catalog
                        .types_by_constructor(&own)
                        .iter()
                        .map(|&key| (key, Tier::SelfPackage, index)),
                );
            }
        }
        found
    }
}
