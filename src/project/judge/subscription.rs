//! Subscriptions: to something that goes on after whoever subscribed is gone.

use crate::catalog::effect::{End, Lifetime, Resource};
use crate::catalog::pattern::Callee;
use crate::diagnostic::Label;
use crate::facts::body::{Op, Used};
use crate::facts::expr::{Expr, Property};

use super::super::acquisition::Acquisition;
use super::super::calls::Tier;
use super::super::confidence::Grade;
use super::super::duty::Engine;
use super::super::notifier::Notifier;
use super::super::path::{CallRef, ExprRef, FnRef, OwnerId, Root};
use super::super::region::Region;
use super::super::repetition::Repeats;
use super::super::typing::Ty;
use super::super::{Project, latch};
use super::given::Handed;
use super::{Pile, Verdict};

/// A verdict on a subscription: what it is known by, and what was to end it.
pub(super) struct Subscribed {
    pub verdict: Verdict,
    pub tier: Tier,
    pub notifier: Option<Notifier>,
}

impl Project<'_> {
    pub(super) fn judge_subscription(&self, engine: &mut Engine, acquisition: &Acquisition<'_>) -> Option<Subscribed> {
        let function = acquisition.function;
        let repeats = self.repeats_call(acquisition.call);
        if repeats == Repeats::Once || self.is_in_a_test(function) || !self.is_observer_given(acquisition) {
            return None;
        }
        let index = self.op_of(acquisition.call)?;
        if latch::is_idempotent(self, function, index) || self.is_guarded_by_callers(function) {
            return None;
        }
        if self.is_tried_until_it_works(function) || self.is_put_into_anothers_list(acquisition) {
            return None;
        }
        let open = self.left_open(&acquisition.entry, self.receiver(acquisition.origin.0)?)?;
        let (missing, release_grade) = self.missing_release(engine, acquisition, false)?;
        // A stream is a part of who keeps it; an event is asked of its emitter itself.
        let holder = match acquisition.entry.callee {
            Callee::Shape { .. } if acquisition.entry.lasting => open.source,
            _ => self.unbound(self.stream_holder(open.source)),
        };
        let region = self.stream_region(open.source, holder, acquisition);
        let owner = self.owner_around(function);
        let is_ended = owner.is_some_and(|owner| self.ends_others_of_its_kind(engine, owner, acquisition));
        let tier = match acquisition.tier {
            Tier::Shape if open.is_known => Tier::Resolved,
            Tier::Shape if is_ended => Tier::Witnessed,
            // The streams that a framework hands to what it makes are its own.
            Tier::Shape if owner.is_some_and(|owner| self.is_provided(owner, &self.path(holder))) => Tier::Resolved,
            Tier::Shape if self.is_shared_by_a_framework(holder) => Tier::Resolved,
            tier => tier,
        };
        let (grade, why, teardown) = match (&open.unfired, owner) {
            (Some(_), Some(owner)) => self.unfired_pile(owner, &region, holder)?,
            (_, Some(owner)) if self.comes_and_goes(owner) && !repeats.is_many() => {
                self.component_pile(owner, &region, holder, (is_ended, acquisition.tier))?
            }
            _ if open.goes_on && is_ended && self.is_added_at_each_call(acquisition, &region, &repeats) => {
                let (grade, why, teardown) = self.injected(acquisition, owner?, repeats)?;
                (grade.max(Grade::Second), why, teardown)
            }
            _ => self.plain_pile(engine, acquisition, &region, holder, repeats)?,
        };
        // That a property of unknown type goes on is one doubt with that of not knowing the call.
        let source_grade = match tier {
            Tier::Shape => Grade::First,
            _ if open.goes_on || open.unfired.is_some() || grade == Grade::Second => Grade::First,
            _ => Grade::Second,
        };
        // Markup is not read, and may fire what it sees.
        let notifier_grade = match &open.unfired {
            Some(notifier) if notifier.may_be_in_markup => Grade::Second,
            Some(_) | None => Grade::First,
        };
        let name = self.describe(open.source);
        let label = self.holder_label(holder, &region, self.receiver_place(acquisition.call));
        let mut why = why;
        if let Some(notifier) = &open.unfired {
            why.push(Label::new(
                notifier.operator,
                format!(
                    "this waits for `{}`, and nothing calls `{}.{}`",
                    notifier.name, notifier.name, notifier.by
                ),
            ));
        }
        Some(Subscribed {
            verdict: Verdict {
                missing,
                grades: vec![release_grade, grade, source_grade, notifier_grade],
                holder: Some(label),
                holder_name: name,
                why,
                teardown,
                is_self_rearming: false,
            },
            tier,
            notifier: open.unfired,
        })
    }

    /// Whether what is handed over receives values: a function, an observer, a stream of the same kind. `subscribe(topic, …)` of
    /// something else is another protocol.
    fn is_observer_given(&self, acquisition: &Acquisition<'_>) -> bool {
        if acquisition.tier != Tier::Shape {
            return true;
        }
        let Some(observer) = self.argument(acquisition.origin.0, 0) else {
            return false;
        };
        let is_object_of_functions = match self.path(observer).root {
            Root::Object(literal) => match self.expr(literal) {
                Expr::Object(properties) => properties.iter().any(|property| match *property {
                    Property::Field { value, .. } => !self.functions_in(literal.with(value)).is_empty(),
                    _ => false,
                }),
                _ => false,
            },
            _ => false,
        };
        is_object_of_functions
            || !self.functions_in(observer).is_empty()
            || self
                .types_of(observer)
                .iter()
                .any(|(ty, _)| matches!(ty, Ty::Catalog(_)))
    }

    /// Whether a function says whether it has worked, by `true` and `false`: it is called again until it has.
    fn is_tried_until_it_works(&self, function: FnRef) -> bool {
        let returned = self.function(function).ops.iter().filter_map(|op| match *op {
            Op::Return(value) => Some(value.and_then(|value| self.as_bool(function.with(value)))),
            _ => None,
        });
        let returned: Vec<Option<bool>> = returned.collect();
        returned.contains(&Some(true)) && returned.contains(&Some(false))
    }

    /// Whether the subscription goes into a list of something that was handed in: `context.subscriptions.push(…)`.
    fn is_put_into_anothers_list(&self, acquisition: &Acquisition<'_>) -> bool {
        let function = acquisition.function;
        self.function(function).ops.iter().any(|op| {
            let Op::Call(call) = *op else { return false };
            let call = function.with(call);
            let holds_it = || {
                let mut args = self.call(call).args.iter();
                args.any(|&arg| self.holds_item(&acquisition.items, call.with(arg)))
            };
            let list = self.receiver(call).map(|of| self.path(of));
            let is_anothers = list.is_some_and(|list| match list.root {
                Root::Param(..) => !list.is_root(),
                Root::Instance(_) => list.steps.len() > 1,
                _ => false,
            });
            is_anothers && self.puts_into(call) && holds_it()
        })
    }

    /// Who keeps a stream: the object of which it is a property.
    fn stream_holder(&self, source: ExprRef) -> ExprRef {
        match *self.expr(source) {
            Expr::Member { object, .. } if !matches!(self.expr(source.with(object)), Expr::This(_)) => {
                self.lender(source.with(object))
            }
            Expr::Call(call) => {
                let call = source.with(call);
                match (self.fed_by(call), self.receiver(call)) {
                    (Some(target), _) => target,
                    (None, Some(of)) if !matches!(self.path(of).root, Root::Package(_)) => self.lender(of),
                    _ => source,
                }
            }
            _ => source,
        }
    }

    /// The object that lends a part of itself by a method: `this.tree` of `this.tree.getModel()`.
    fn lender(&self, expr: ExprRef) -> ExprRef {
        let Expr::Call(call) = *self.expr(expr) else {
            return expr;
        };
        let call = expr.with(call);
        match (self.receiver(call), &self.callees(call)[..]) {
            (Some(of), &[callee]) => {
                let mut lends = false;
                let only_parts = self.function(callee).ops.iter().all(|op| match *op {
                    Op::Return(Some(value)) => {
                        let path = self.path(callee.with(value));
                        lends = true;
                        matches!(self.expr(callee.with(value)), Expr::Member { .. })
                            && !matches!(path.root, Root::Param(..))
                    }
                    _ => true,
                });
                if lends && only_parts { of } else { expr }
            }
            _ => expr,
        }
    }

    fn stream_region(&self, source: ExprRef, holder: ExprRef, acquisition: &Acquisition<'_>) -> Region {
        let runs_by_itself = matches!(self.path(source).root, Root::Call(_))
            && self.types_of(source).iter().any(
                |(ty, _)| matches!(ty, Ty::Catalog(key) if self.catalog.ty(*key).lifetime == Some(Lifetime::Process)),
            );
        if runs_by_itself {
            return Region::Process;
        }
        if self.is_made_anew(source, acquisition.function) {
            return Region::Activation;
        }
        self.region_of(holder, acquisition.origin.1)
    }

    /// Whether the function that subscribes puts what it made itself there: `state.router = createRouter()`.
    fn is_made_anew(&self, source: ExprRef, function: FnRef) -> bool {
        let path = self.path(source);
        self.function(function).ops.iter().any(|op| match *op {
            Op::Store { to, value } => {
                self.path(function.with(to)) == path
                    && matches!(self.path(function.with(value)).root, Root::Call(made) if self.calling(made) == function)
            }
            _ => false,
        })
    }

    /// A chain that waits for a notifier of its owner's, which never fires: the code itself says that it has to end.
    fn unfired_pile(&self, owner: OwnerId, region: &Region, holder: ExprRef) -> Option<Pile> {
        let grade = match region {
            Region::Owned(_) | Region::Owner(_) | Region::Activation => return None,
            Region::Process | Region::Outlives => Grade::First,
            _ if self.goes_with_its_owner(holder) || self.is_made_for(owner, &self.path(holder)) => return None,
            Region::Injected(..) if self.is_provided(owner, &self.path(holder)) => Grade::First,
            Region::Injected(..) | Region::Given(_) | Region::Unknown => Grade::Second,
        };
        if self.is_one_of_its_kind(owner) {
            return None;
        }
        Some((grade, vec![self.each_instance(owner)], self.named_teardown(owner)))
    }

    /// What a framework makes and ends as often as it likes, subscribed to what it was given or to what lives on.
    fn component_pile(
        &self,
        owner: OwnerId,
        region: &Region,
        holder: ExprRef,
        (is_ended, tier): (bool, Tier),
    ) -> Option<Pile> {
        if self.is_one_of_its_kind(owner) || self.is_made_by_a_container(owner) {
            return None;
        }
        let teardown = self.named_teardown(owner);
        let grade = match region {
            Region::Process | Region::Outlives if is_ended => Grade::First,
            Region::Process | Region::Outlives => Grade::Second,
            Region::Injected(..) if self.goes_with_its_owner(holder) || self.is_made_for(owner, &self.path(holder)) => {
                return None;
            }
            Region::Injected(..) if self.is_provided(owner, &self.path(holder)) => Grade::Second,
            Region::Injected(..) if is_ended && tier != Tier::Shape => Grade::Second,
            Region::Injected(..) => Grade::Third,
            Region::Owner(_) | Region::Owned(_) | Region::Given(_) | Region::Activation | Region::Unknown => {
                return None;
            }
        };
        Some((grade, vec![self.each_instance(owner)], teardown))
    }

    /// Whether a framework gives something that many have: a context.
    fn is_shared_by_a_framework(&self, holder: ExprRef) -> bool {
        matches!(self.path(holder).root, Root::Call(call) if self.gives_what_is_shared(call))
    }

    /// Whether a framework makes and ends instances as it likes: not of what it makes one of where an option says so, which it
    /// mostly does without.
    pub(super) fn comes_and_goes(&self, owner: OwnerId) -> bool {
        self.lifecycle_of(owner)
            .is_some_and(|lifecycle| lifecycle.once_if.is_none())
    }

    fn each_instance(&self, owner: OwnerId) -> Label {
        let class = self.owners.get(owner).name;
        let class = class.map_or("this object", |name| self.text(name));
        Label::new(self.owner_place(owner), format!("each `{class}` subscribes once more"))
    }

    /// Whether a method subscribes to what its object was given, each time it is called, for something of that call.
    fn is_added_at_each_call(&self, acquisition: &Acquisition<'_>, region: &Region, repeats: &Repeats) -> bool {
        matches!((region, repeats), (Region::Injected(..), Repeats::PerCall(_)))
            && self.keeps_activation(acquisition)
            && !self.is_constructor(acquisition.function)
    }

    /// A class of its own, or a function.
    fn plain_pile(
        &self,
        engine: &mut Engine,
        acquisition: &Acquisition<'_>,
        region: &Region,
        holder: ExprRef,
        repeats: Repeats,
    ) -> Option<Pile> {
        match *region {
            Region::Process => {
                // A function that nobody is seen to call again may be called once.
                let is_seen = repeats.is_seen() || self.owner_around(acquisition.function).is_some();
                let (grade, why, teardown) = self.on_process_holder(holder, acquisition.function, repeats)?;
                let grade = if is_seen || teardown.is_some() {
                    grade
                } else {
                    Grade::Third
                };
                Some((grade, why, teardown))
            }
            Region::Outlives => match repeats {
                Repeats::Many(why) => Some((Grade::First, why, None)),
                Repeats::Often(why) => Some((Grade::Second, why, None)),
                _ => None,
            },
            Region::Injected(owner, _) if self.ends_holder(owner, holder) => None,
            Region::Injected(owner, _) => {
                let teardown = self.named_teardown(owner);
                match repeats {
                    Repeats::Many(why) => Some((Grade::Second, why, teardown)),
                    _ if self.is_one_of_its_kind(owner) => None,
                    _ => Some((Grade::Third, vec![self.each_instance(owner)], teardown)),
                }
            }
            Region::Given(of) if self.works_for_the_caller(acquisition, of) => None,
            // Whoever imports the function may hand in the token of the whole program.
            Region::Given(of) if self.is_made_to_be_shared(holder) => self.given(engine, acquisition, of, repeats),
            Region::Given(_) => match repeats {
                Repeats::Many(why) if self.handed_in(holder) != Handed::Dies => Some((Grade::Second, why, None)),
                _ => None,
            },
            Region::Owner(_) | Region::Owned(_) | Region::Activation | Region::Unknown => None,
        }
    }

    /// Whether the owner ends another subscription of its own: it knows that they have to be ended.
    fn ends_others_of_its_kind(&self, engine: &mut Engine, owner: OwnerId, acquisition: &Acquisition<'_>) -> bool {
        let mut others: Vec<CallRef> = Vec::new();
        for each in self.bases(owner) {
            let methods = self.owners.get(each);
            let methods = methods.methods.values().chain(&methods.constructor).copied();
            for function in methods.flat_map(|method| self.nested(method).collect::<Vec<_>>()) {
                others.extend(self.function(function).ops.iter().filter_map(|op| match *op {
                    Op::Call(call) => Some(function.with(call)),
                    _ => None,
                }));
            }
        }
        // The same entry of the catalogue, by the same name or another that it has.
        let is_alike = |name: &str| {
            let mut entries = self.catalog.acquires_named(name);
            self.callee_name(acquisition.call) == Some(name)
                || entries.any(|entry| entry.callee == acquisition.entry.callee)
        };
        others.retain(|&call| call != acquisition.call && self.callee_name(call).is_some_and(is_alike));
        others.into_iter().any(|call| {
            let Some(other) = self
                .acquisition(call)
                .filter(|other| other.resource() == Resource::Subscription)
            else {
                return false;
            };
            let waits = self.receiver(call).is_some_and(|of| self.waits_for_a_notifier(of));
            waits
                || self.is_handed_to_its_owner(call)
                || !self.is_dropped(&other)
                    && other.entry.ends.iter().any(|end| matches!(end, End::Call { .. }))
                    && self.missing_release(engine, &other, false).is_none()
        })
    }

    /// Whether what a call gives goes to the object's own keeping: `this._register(…)`, `this.toDispose.push(…)`.
    fn is_handed_to_its_owner(&self, call: CallRef) -> bool {
        let function = self.calling(call);
        self.call(call).used == Used::Argument
            && self.function(function).ops.iter().any(|op| {
                let Op::Call(keeps) = *op else { return false };
                let keeps = function.with(keeps);
                let mut args = self.call(keeps).args.iter();
                args.any(|&arg| matches!(*self.expr(keeps.with(arg)), Expr::Call(given) if given == call.id))
                    && self
                        .receiver(keeps)
                        .is_some_and(|of| matches!(self.path(of).root, Root::Instance(_)))
            })
    }

    /// Whether some notifier that fires ends a chain.
    fn waits_for_a_notifier(&self, expr: ExprRef) -> bool {
        let operators = self.stream_of(expr).operators;
        operators
            .into_iter()
            .flatten()
            .any(|operator| self.is_ended_by_a_notifier(operator))
    }
}
