//! Intervals that outlive the object that started them: it has no end, and whoever made it forgets it.

use crate::diagnostic::{Label, Place};
use crate::facts::body::Op;
use crate::facts::expr::Expr;

use super::super::acquisition::Acquisition;
use super::super::confidence::Grade;
use super::super::elsewhere::Elsewhere;
use super::super::model::Missing;
use super::super::path::{CallRef, FnRef, OwnerId, Root};
use super::super::{Project, value};
use super::Verdict;
use super::kept::Replaced;

impl Project<'_> {
    /// An interval that only its next start clears, in an object without an end that is given up while it runs:
    /// `this.call = null`.
    pub(super) fn judge_interval_of_the_dropped(&self, acquisition: &Acquisition<'_>) -> Option<Verdict> {
        let owner = self.owner_around(acquisition.function)?;
        let index = self.op_of(acquisition.call)?;
        if self.teardown_of(owner).is_some()
            || self.has_unseen_base(owner)
            || self.replaces_the_last(acquisition, index) != Some(Replaced::Always)
            || !self.is_cleared_only_before(acquisition)
        {
            return None;
        }
        let (given_up, span) = self.given_up(owner)?;
        let name = self.owners.get(owner).name.map_or("object", |name| self.text(name));
        let why = Label::new(
            Place {
                file: given_up.file,
                span: Self::short(span),
            },
            format!("this gives up a `{name}` whose interval still runs"),
        );
        Some(Verdict {
            missing: Missing::Never,
            grades: vec![Grade::Second],
            holder: None,
            holder_name: "the timer heap".to_owned(),
            why: vec![why],
            teardown: None,
            is_self_rearming: false,
        })
    }

    fn is_cleared_only_before(&self, acquisition: &Acquisition<'_>) -> bool {
        match self.released_elsewhere(acquisition) {
            Elsewhere::Released(calls) => calls.iter().all(|&call| {
                self.calling(call) == acquisition.function && self.op_of(call) < self.op_of(acquisition.call)
            }),
            Elsewhere::Nothing => false,
        }
    }

    /// Where a field that keeps an object of the class is set to nothing, outside the constructor of who keeps it.
    fn given_up(&self, owner: OwnerId) -> Option<(FnRef, crate::facts::ids::Span)> {
        self.graph.made(owner).iter().find_map(|&made| {
            let (keeper, field) = self.field_that_keeps(made)?;
            let stores = self.owners.stores(keeper, field, false).iter();
            let mut emptied = stores
                .filter(|store| !self.is_constructor(store.function) && value::is_nullish(self.expr(store.value)));
            let store = emptied.next()?;
            let fact = self.function(store.function);
            let index = fact
                .ops
                .iter()
                .position(|op| matches!(*op, Op::Store { value, .. } if store.function.with(value) == store.value))?;
            Some((store.function, fact.spans[index]))
        })
    }

    /// `this.field = new …`.
    fn field_that_keeps(&self, made: CallRef) -> Option<(OwnerId, super::super::names::Sym)> {
        let function = self.calling(made);
        self.function(function).ops.iter().find_map(|op| {
            let Op::Store { to, value } = *op else { return None };
            let Expr::Member { object, name, .. } = *self.expr(function.with(to)) else {
                return None;
            };
            let object = self.path(function.with(object));
            match object.root {
                Root::Instance(keeper)
                    if object.is_root() && self.path(function.with(value)).root == Root::Call(made) =>
                {
                    Some((keeper, self.sym(function.file, name)))
                }
                _ => None,
            }
        })
    }
}
