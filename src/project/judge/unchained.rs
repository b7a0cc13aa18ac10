//! Overrides of a teardown that leave out the base's, and with it a release.

use crate::catalog::effect::Resource;
use crate::diagnostic::Place;
use crate::facts::body::Op;
use crate::facts::expr::Expr;

use super::super::Project;
use super::super::acquisition::Acquisition;
use super::super::confidence::{Grade, confidence};
use super::super::elsewhere::Elsewhere;
use super::super::model::Unchained;
use super::super::names::Sym;
use super::super::path::{CallRef, FnRef, OwnerId};
use super::super::region::Region;
use super::super::value::Match;

/// Methods of the same object that a teardown calls, and those that they call.
const MAX_DEPTH: u32 = 3;

impl Project<'_> {
    /// Every override without `super` of a method by which a base gives back what it acquired.
    pub fn unchained(&self, acquisitions: &[Acquisition<'_>]) -> Vec<Unchained> {
        let file_of = |each: &Acquisition<'_>| each.call.file;
        let judged = self.each(
            acquisitions,
            file_of,
            || (),
            |project, (), each| project.charged(each.call.file, || project.unchained_with(each)),
        );
        let mut found: Vec<Unchained> = Vec::new();
        for each in judged.into_iter().flatten().flatten() {
            // One override, one finding: the surest.
            match found.iter_mut().find(|known| known.place == each.place) {
                Some(known) if known.confidence < each.confidence => *known = each,
                Some(_) => {}
                None => found.push(each),
            }
        }
        found.sort_by_key(|each| each.place);
        found
    }

    /// The overrides that lose the release of one acquisition.
    fn unchained_with(&self, acquisition: &Acquisition<'_>) -> Vec<Unchained> {
        let Some(base) = self.owner_around(acquisition.function) else {
            return Vec::new();
        };
        let heirs = self.subclasses(base);
        if heirs.is_empty() {
            return Vec::new();
        }
        let Elsewhere::Released(released) = self.released_elsewhere(acquisition) else {
            return Vec::new();
        };
        let lost = heirs
            .iter()
            .filter_map(|&heir| self.unchained_in(acquisition, base, heir, &released));
        lost.collect()
    }

    fn unchained_in(
        &self,
        acquisition: &Acquisition<'_>,
        base: OwnerId,
        heir: OwnerId,
        released: &[CallRef],
    ) -> Option<Unchained> {
        let chain = self.bases(heir);
        let upper = chain.iter().position(|&each| each == base)?;
        if self.is_left_out(acquisition.function, base, &chain[..upper]) {
            return None;
        }
        // A release that the heir still runs, wherever it stands, is enough.
        let (mut lost, mut owners) = (None, Vec::new());
        for &call in released {
            if self.is_within(self.calling(call), self.outermost(acquisition.function)) {
                return None;
            }
            let (name, method) = self.method_around(call)?;
            let owner = self.owners.of_function(method)?.0;
            if !chain.contains(&owner) {
                continue;
            }
            let at = chain.iter().position(|&each| each == owner)?;
            let replaced = self.replaced_by(name, &chain[..at]);
            match replaced {
                Some((class, over)) => {
                    lost.get_or_insert((call, name, class, over));
                    owners.push(over);
                }
                None => return None,
            }
        }
        let (release, name, class, over) = lost?;
        if class != heir || owners.iter().any(|&each| each != over) {
            return None;
        }
        let is_taken_over = self.reached(over).into_iter().any(|function| {
            self.nested(function).any(|each| {
                self.function(each).ops.iter().any(|op| match *op {
                    Op::Call(call) => {
                        self.releases(acquisition, each.with(call)) != Match::No
                            || self.runs_the_base(each.with(call), name)
                    }
                    _ => false,
                })
            })
        });
        if is_taken_over || self.reaches_release(over, released) {
            return None;
        }
        let named = |owner: OwnerId| {
            self.owners
                .get(owner)
                .name
                .map_or("the class", |name| self.text(name))
                .to_owned()
        };
        Some(Unchained {
            place: Place {
                file: over.file,
                span: self.function(over).head,
            },
            class: named(heir),
            base: named(base),
            method: self.text(name).to_owned(),
            what: self.describe_call(acquisition),
            acquired: Place {
                file: acquisition.call.file,
                span: Self::short(self.call(acquisition.call).statement),
            },
            release: Place {
                file: release.file,
                span: Self::short(self.call(release).span),
            },
            confidence: confidence(&[self.lasting_grade(acquisition)?, self.sure_grade(acquisition, release)]),
        })
    }

    /// Whether the heir replaces the method that acquires, so that nothing is acquired.
    fn is_left_out(&self, function: FnRef, base: OwnerId, below: &[OwnerId]) -> bool {
        let outer = self.outermost(function);
        let methods = &self.owners.get(base).methods;
        let Some((&name, _)) = methods.iter().find(|&(_, &method)| method == outer) else {
            return false;
        };
        self.replaced_by(name, below).is_some()
    }

    /// The nearest class of a chain that has the method of its own and does not run the base's.
    fn replaced_by(&self, name: Sym, below: &[OwnerId]) -> Option<(OwnerId, FnRef)> {
        below.iter().find_map(|&each| {
            let method = *self.owners.get(each).methods.get(&name)?;
            let runs = self.nested(method).any(|function| {
                self.function(function).ops.iter().any(|op| match *op {
                    Op::Call(call) => self.runs_the_base(function.with(call), name),
                    _ => false,
                })
            });
            (!runs).then_some((each, method))
        })
    }

    /// `super.close()`, `Base.prototype.close.call(this)`, and what reads the base's method in any other way.
    fn runs_the_base(&self, call: CallRef, name: Sym) -> bool {
        let fact = self.call(call);
        let mentions = |id| self.mentions_base(call.with(id), name, 0);
        mentions(fact.callee) || fact.args.iter().any(|&arg| mentions(arg))
    }

    fn mentions_base(&self, expr: super::super::path::ExprRef, name: Sym, depth: u32) -> bool {
        if depth > 4 {
            return true;
        }
        match *self.expr(expr) {
            Expr::Member { object, .. } => {
                self.is_inherited_method(expr, name) || self.mentions_base(expr.with(object), name, depth + 1)
            }
            Expr::Element { object, .. } => matches!(self.expr(expr.with(object)), Expr::Super(_)),
            Expr::Call(call) => self.mentions_base(expr.with(self.facts(expr.file).call(call).callee), name, depth + 1),
            _ => false,
        }
    }

    /// The method of a class in which a call stands, closures included.
    fn method_around(&self, call: CallRef) -> Option<(Sym, FnRef)> {
        let method = self
            .around(self.calling(call))
            .find(|&each| self.owners.of_function(each).is_some())?;
        let (owner, false) = self.owners.of_function(method)? else {
            return None;
        };
        let methods = &self.owners.get(owner).methods;
        let (&name, _) = methods.iter().find(|&(_, &each)| each == method)?;
        Some((name, method))
    }

    /// A method and those of the same object that it calls.
    fn reached(&self, from: FnRef) -> Vec<FnRef> {
        let mut found = vec![from];
        let mut level = vec![from];
        for _ in 0..MAX_DEPTH {
            let calls = level
                .iter()
                .flat_map(|&function| self.nested(function).collect::<Vec<_>>());
            let called: Vec<FnRef> = calls
                .flat_map(|function| {
                    self.function(function)
                        .ops
                        .iter()
                        .filter_map(|op| match *op {
                            Op::Call(call) => Some(self.callees(function.with(call)).to_vec()),
                            _ => None,
                        })
                        .flatten()
                        .collect::<Vec<_>>()
                })
                .filter(|callee| !found.contains(callee))
                .collect();
            found.extend(called.iter().copied());
            level = called;
        }
        found
    }

    /// Whether a method comes, through helpers, to one of the releases after all.
    fn reaches_release(&self, over: FnRef, released: &[CallRef]) -> bool {
        let reached = self.reached(over);
        released
            .iter()
            .any(|&call| reached.iter().any(|&each| self.is_within(self.calling(call), each)))
    }

    /// What lives on after the object: the timer heap, the process, what was given to it.
    fn lasting_grade(&self, acquisition: &Acquisition<'_>) -> Option<Grade> {
        match acquisition.resource() {
            Resource::Timeout | Resource::Entry => None,
            Resource::Listener => {
                let region = self
                    .holder_expr(acquisition)
                    .map_or(Region::Process, |holder| self.region_of(holder, acquisition.origin.1));
                match region {
                    Region::Process | Region::Outlives => Some(Grade::First),
                    Region::Injected(..) | Region::Given(_) => Some(Grade::Second),
                    Region::Unknown => Some(Grade::Third),
                    Region::Owner(_) | Region::Owned(_) | Region::Activation => None,
                }
            }
            Resource::Interval
            | Resource::Connection
            | Resource::Handle
            | Resource::Client
            | Resource::Observer
            | Resource::Subscription
            | Resource::ObjectUrl => Some(Grade::First),
        }
    }

    fn sure_grade(&self, acquisition: &Acquisition<'_>, release: CallRef) -> Grade {
        if self.releases(acquisition, release) == Match::Must {
            Grade::First
        } else {
            Grade::Second
        }
    }
}
