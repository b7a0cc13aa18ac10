//! Streams: a chain of operators as one value, where its values come from, and what ends it.
//!
//! A chain ends by itself (`take(1)`), when a notifier fires (`takeUntil(this.destroyed)`), or not at all. An operator of
//! which nothing is known may end it, which is as good as an end.

use crate::catalog::effect::{Acquire, ChainEnd, End, Identity};
use crate::catalog::pattern::Callee;
use crate::facts::body::{How, Op};
use crate::facts::expr::Expr;

use super::Project;
use super::names::Sym;
use super::notifier::Notifier;
use super::path::{CallRef, ExprRef, OwnerId, Root};
use super::typing::Ty;

/// Links of a chain that are followed.
const MAX_LINKS: usize = 12;
/// Fields, getters and functions behind which a stream is looked for, and streams inside operators.
const MAX_DEPTH: u32 = 4;

/// A chain of operators as one value.
#[derive(Clone, Debug)]
pub struct Stream {
    /// Where the chain begins.
    pub source: ExprRef,
    /// Its operators, the nearest to the source first; `None` is one of which nothing is known.
    pub operators: Vec<Option<CallRef>>,
}

/// A stream that nothing in its chain ends.
#[derive(Clone, Debug)]
pub struct Open {
    pub source: ExprRef,
    /// Its source is known to go on; otherwise it is some property, which may end by itself.
    pub goes_on: bool,
    /// A library's operator in the chain shows what it is.
    pub is_known: bool,
    /// The notifier that was to end it, and never fires.
    pub unfired: Option<Notifier>,
}

/// What an operator does to its chain.
enum Effect {
    /// Ends it, or may.
    Ends,
    Unfired(Notifier),
    /// Gives something when its source has ended.
    Waits,
    /// Goes on with these as well.
    Adds(Vec<ExprRef>),
    Nothing,
}

impl Project<'_> {
    /// The chain that an expression is.
    pub fn stream_of(&self, expr: ExprRef) -> Stream {
        let mut operators = Vec::new();
        let mut source = self.unbound(expr);
        for _ in 0..MAX_LINKS {
            let path = self.path(source);
            let Root::Call(call) = path.root else { break };
            let Some(from) = path.is_root().then(|| self.derived_from(call)).flatten() else {
                break;
            };
            operators.extend(self.operators_of(call).into_iter().rev());
            source = self.unbound(from);
        }
        operators.reverse();
        Stream { source, operators }
    }

    /// The value behind a variable that has one.
    pub(super) fn unbound(&self, expr: ExprRef) -> ExprRef {
        let mut expr = expr;
        for _ in 0..MAX_LINKS {
            expr = match *self.expr(expr) {
                Expr::Binding(binding) => match self.facts(expr.file).binding(binding).values[..] {
                    [only] if !matches!(self.expr(expr.with(only)), Expr::Import { .. } | Expr::Param { .. }) => {
                        expr.with(only)
                    }
                    _ => return expr,
                },
                Expr::Cast { value, .. } => expr.with(value),
                // `getContext('table') ?? {}`: what is given where there is nothing streams nothing.
                Expr::Logical { left, right, .. } if matches!(self.expr(expr.with(right)), Expr::Object(_)) => {
                    expr.with(left)
                }
                _ => return expr,
            };
        }
        expr
    }

    /// The stream that the result of a call is a view of.
    fn derived_from(&self, call: CallRef) -> Option<ExprRef> {
        let of = self.receiver(call)?;
        self.derivations(call).contains(&of).then_some(of)
    }

    /// What feeds the stream that a call makes: the window of `fromEvent(window, 'resize')`.
    pub fn fed_by(&self, call: CallRef) -> Option<ExprRef> {
        let fed = self.derivations(call).first().copied();
        fed.filter(|&of| self.receiver(call) != Some(of))
    }

    fn derivations(&self, call: CallRef) -> Vec<ExprRef> {
        let Some(name) = self.callee_name(call) else {
            return Vec::new();
        };
        let aliases = self.catalog.aliases_named(name);
        aliases
            .filter(|alias| alias.identity == Identity::Derived && self.matches(&alias.callee, call).is_some())
            .flat_map(|alias| self.place_exprs(call, &alias.same))
            .collect()
    }

    /// The operators of one link: its arguments that are calls, or the link itself where it is an operator of its own.
    fn operators_of(&self, call: CallRef) -> Vec<Option<CallRef>> {
        if self.call(call).args.is_empty() || self.is_ending_operator(call) {
            return vec![Some(call)];
        }
        let args = self.call(call).args.iter().map(|&arg| call.with(arg));
        let operators = args.map(|arg| match self.path(arg) {
            path if path.is_root() => match path.root {
                Root::Call(operator) => Some(operator),
                _ => None,
            },
            _ => None,
        });
        let found: Vec<Option<CallRef>> = operators.collect();
        // `source.map(show)`, `fromEvent(window, 'resize')`: the arguments are no operators.
        if found.iter().all(Option::is_none) && self.is_plain_link(call) {
            return vec![Some(call)];
        }
        found
    }

    fn is_ending_operator(&self, call: CallRef) -> bool {
        self.chain_ends(call).next().is_some()
    }

    fn is_plain_link(&self, call: CallRef) -> bool {
        self.call(call).args.iter().all(|&arg| {
            !matches!(
                self.expr(call.with(arg)),
                Expr::Spread(_) | Expr::Binding(_) | Expr::Member { .. }
            )
        }) || self
            .receiver(call)
            .is_none_or(|of| matches!(self.path(of).root, Root::Package(_)))
    }

    /// The endings of any acquisition that name the call as their operator.
    pub(super) fn chain_ends(&self, call: CallRef) -> impl Iterator<Item = &ChainEnd> {
        let name = self.callee_name(call).unwrap_or_default().to_owned();
        let ends = self.catalog.acquires.iter().flat_map(|entry| &entry.ends);
        ends.filter_map(move |end| match end {
            End::Chain { operator, when, how } => {
                let is_it =
                    operator.name() == Some(&name) && self.matches(operator, call).is_some() && self.holds(when, call);
                is_it.then_some(how)
            }
            _ => None,
        })
    }

    /// The stream that a subscription would keep, if nothing in its chain ends it.
    pub fn left_open(&self, entry: &Acquire, expr: ExprRef) -> Option<Open> {
        self.left_open_within(entry, expr, 0)
    }

    fn left_open_within(&self, entry: &Acquire, expr: ExprRef, depth: u32) -> Option<Open> {
        if depth > MAX_DEPTH {
            return None;
        }
        let stream = self.stream_of(expr);
        let mut open = self.open_source(entry, stream.source, depth);
        let mut is_known = false;
        for operator in stream.operators {
            let operator = operator?;
            match self.effect_of(entry, operator) {
                Effect::Ends => open = None,
                Effect::Unfired(notifier) => {
                    is_known = true;
                    if let Some(open) = &mut open {
                        open.unfired.get_or_insert(notifier);
                    }
                }
                // A source that is known to go on never gives it anything.
                Effect::Waits => {
                    is_known = true;
                    open = open.filter(|open| open.goes_on);
                }
                Effect::Adds(more) => {
                    is_known = true;
                    let mut inner = more.into_iter();
                    let mut goes_on = || inner.find_map(|each| self.left_open_within(entry, each, depth + 1));
                    // What ended before goes on with another that does not end.
                    open = open.or_else(|| goes_on().filter(|open| open.goes_on));
                }
                Effect::Nothing => is_known = true,
            }
        }
        open.map(|open| Open {
            is_known: open.is_known || is_known,
            ..open
        })
    }

    /// Where a chain begins, if that goes on or may go on.
    fn open_source(&self, entry: &Acquire, source: ExprRef, depth: u32) -> Option<Open> {
        let open = Open {
            source,
            goes_on: true,
            is_known: false,
            unfired: None,
        };
        let types = self.types_of(source);
        let is_finite = entry.ends.iter().any(|end| match end {
            End::FiniteSource(finite) => types
                .iter()
                .any(|(ty, _)| matches!(ty, Ty::Catalog(key) if self.catalog.is_a(*key, *finite))),
            _ => false,
        });
        if is_finite {
            return None;
        }
        let name = entry.callee.name().unwrap_or_default();
        let is_lasting = self.catalog.acquires_named(name).any(|each| match each.callee {
            Callee::Method { ty, .. } => {
                each.lasting
                    && types
                        .iter()
                        .any(|(found, _)| matches!(found, Ty::Catalog(key) if self.catalog.is_a(*key, ty)))
            }
            // A protocol by which nothing ever ends, whatever it is that speaks it.
            Callee::Shape { .. } => each.lasting && each.callee == entry.callee,
            _ => false,
        });
        if self.is_completed(entry, source) {
            return None;
        }
        if is_lasting {
            return Some(Open { is_known: true, ..open });
        }
        if let Some(behind) = self.behind(source) {
            let inner = self.left_open_within(entry, behind, depth + 1)?;
            // What a method gives is mostly a request, however it comes by it.
            if matches!(self.expr(source), Expr::Call(_)) && !inner.goes_on {
                return None;
            }
            return Some(Open {
                source,
                unfired: None,
                ..inner
            });
        }
        let may_go_on = match self.expr(source) {
            Expr::Member { .. } | Expr::Element { .. } => true,
            Expr::Binding(_) | Expr::Import { .. } => !matches!(self.path(source).root, Root::Call(_)),
            _ => false,
        };
        may_go_on.then_some(Open { goes_on: false, ..open })
    }

    /// Whether the object that has a stream as its property ends it for all who subscribed, and is not the only one of its kind.
    fn is_completed(&self, entry: &Acquire, source: ExprRef) -> bool {
        let Expr::Member { object, name, .. } = *self.expr(source) else {
            return false;
        };
        let completing: Vec<&str> = entry
            .ends
            .iter()
            .filter_map(|end| match end {
                End::Completes(callee) => callee.name(),
                _ => None,
            })
            .collect();
        let name = self.sym(source.file, name);
        let owners = self.owners_of(source.with(object));
        !completing.is_empty()
            && owners.into_iter().any(|owner| {
                !self.is_one_of_its_kind(owner)
                    && self
                        .bases(owner)
                        .into_iter()
                        .any(|each| self.calls_on_field(each, name, &completing))
            })
    }

    /// Whether a method of an owner calls one of these on its own field.
    fn calls_on_field(&self, owner: OwnerId, field: Sym, methods: &[&str]) -> bool {
        let all = self.owners.get(owner).methods.values();
        all.flat_map(|&method| self.nested(method)).any(|function| {
            self.function(function).ops.iter().any(|op| {
                let Op::Call(call) = *op else { return false };
                let call = function.with(call);
                let is_named = self.callee_name(call).is_some_and(|name| methods.contains(&name));
                let on = is_named.then(|| self.receiver(call)).flatten();
                on.is_some_and(|on| match *self.expr(on) {
                    Expr::Member { object, name, .. } => {
                        self.sym(on.file, name) == field && matches!(self.expr(on.with(object)), Expr::This(_))
                    }
                    _ => false,
                })
            })
        })
    }

    /// The owners an expression may be an instance of.
    fn owners_of(&self, expr: ExprRef) -> Vec<OwnerId> {
        let path = self.path(expr);
        match path.root {
            Root::Instance(owner) if path.is_root() => vec![owner],
            _ => {
                let types = self.types_of(expr);
                let owners = types.iter().filter_map(|(ty, _)| match ty {
                    Ty::Owner(owner) => Some(*owner),
                    Ty::Catalog(_) => None,
                });
                owners.collect()
            }
        }
    }

    /// What a property or call of the project gives, if that is one thing.
    fn behind(&self, source: ExprRef) -> Option<ExprRef> {
        match *self.expr(source) {
            Expr::Member { object, name, .. } => {
                let name = self.sym(source.file, name);
                let owners = self.owners_of(source.with(object));
                let [owner] = owners[..] else { return None };
                let stored = self
                    .bases(owner)
                    .into_iter()
                    .find_map(|each| self.owners.single_store(self, each, name, false));
                stored.or_else(|| self.only_return(self.getter(owner, name)?))
            }
            Expr::Call(call) => {
                let call = source.with(call);
                match self.callees(call)[..] {
                    [only] if self.call(call).how == How::Call => self.only_return(only),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Whether an operator ends its chain when a notifier fires.
    pub fn is_ended_by_a_notifier(&self, operator: CallRef) -> bool {
        self.chain_ends(operator)
            .any(|end| matches!(end, ChainEnd::Fires { .. }))
    }

    fn effect_of(&self, entry: &Acquire, operator: CallRef) -> Effect {
        let ends: Vec<&ChainEnd> = self.chain_ends(operator).collect();
        if ends.iter().any(|end| **end == ChainEnd::Waits) {
            return Effect::Waits;
        }
        if !ends.is_empty() {
            let unfired = ends.into_iter().map(|end| match end {
                ChainEnd::Fires { notifier, by } => self.unfired(entry, operator, notifier, by),
                ChainEnd::Finite | ChainEnd::Waits => None,
            });
            return match unfired.collect::<Option<Vec<Notifier>>>() {
                Some(mut all) if !all.is_empty() => Effect::Unfired(all.remove(0)),
                _ => Effect::Ends,
            };
        }
        let added = self.derivations(operator);
        if !added.is_empty() && self.receiver_is_no_stream(operator) {
            return Effect::Adds(added);
        }
        if self.is_of_library(operator, entry.library) || !added.is_empty() {
            return Effect::Nothing;
        }
        Effect::Ends
    }

    /// Whether a call is an operator by itself, and not the link of a chain.
    fn receiver_is_no_stream(&self, operator: CallRef) -> bool {
        self.receiver(operator)
            .is_none_or(|of| matches!(self.path(of).root, Root::Package(_)))
    }
}
