//! What would mend a leak: which call gives it back for good, and where that belongs.
//!
//! Nothing is known here of the text; whether the code has room for the release is for who writes it to see.

use crate::catalog::effect::{Acquire, Bind, End, Finally, Resource, There};
use crate::catalog::pattern::{Callee as Named, ExportPath, Place as At, PlaceRoot, PlaceStep};
use crate::diagnostic::Place;
use crate::diagnostic::remedy::{Callee, Given, Part, Release, Remedy};
use crate::facts::expr::Expr;
use crate::facts::ids::FnId;

use super::Project;
use super::acquisition::Acquisition;
use super::identity::Difference;
use super::path::{CallRef, ExprRef, FnRef, Root};
use super::value::Match;

/// Members that are followed to what stands at their beginning: `this.view.target`.
const MAX_DEPTH: u32 = 4;

impl Project<'_> {
    /// What would mend a leak, as far as the catalogue and the code around it say.
    pub(super) fn remedy(&self, acquisition: &Acquisition<'_>, misses_teardown: bool) -> Option<Remedy> {
        if acquisition.at_entry {
            return None;
        }
        match acquisition.resource() {
            Resource::Connection | Resource::Handle => self.finally(acquisition),
            Resource::Listener
            | Resource::Interval
            | Resource::Timeout
            | Resource::Observer
            | Resource::Subscription => self
                .cleanup(acquisition)
                .or_else(|| self.teardown_release(acquisition).filter(|_| misses_teardown)),
            Resource::Client | Resource::ObjectUrl | Resource::Entry => None,
        }
    }

    /// The one name that an addition and its removal should share.
    pub(super) fn naming(
        &self,
        acquisition: &Acquisition<'_>,
        removal: CallRef,
        difference: Difference,
    ) -> Option<Remedy> {
        let is_plain = difference == Difference::FreshRemoval && removal.file == acquisition.call.file;
        let keeps = acquisition.entry.keeps.as_ref().filter(|_| is_plain)?;
        let given = |call: CallRef| {
            Some(Given {
                call: self.call_place(call),
                argument: argument(keeps)?,
            })
        };
        Some(Remedy::Naming {
            added: given(acquisition.call)?,
            removal: given(removal)?,
            topic: self.topic(acquisition),
        })
    }

    fn finally(&self, acquisition: &Acquisition<'_>) -> Option<Remedy> {
        let entry = &acquisition.entry;
        let wanted = entry.finally.as_ref()?;
        let is_result = entry.item.as_ref().is_some_and(|item| is_result(&item.at));
        let end = entry.ends.iter().find(|end| is_named(end, wanted, entry))?;
        let release = self
            .release_by(acquisition, end, wanted.is_awaited)
            .filter(|_| is_result)?;
        let root = self.activation_of(acquisition.function);
        let scope: Vec<FnRef> = self.nested(root).collect();
        let releasing = self
            .calls_in(&scope)
            .filter(|&call| call != acquisition.call && self.releases(acquisition, call) != Match::No);
        let is_same = |call: &CallRef| match &wanted.name {
            Some(name) => self.callee_name(*call) == Some(name),
            None => self.is_item(acquisition, call.with(self.call(*call).callee)) != Match::No,
        };
        let (moved, others): (Vec<CallRef>, Vec<CallRef>) = releasing.partition(is_same);
        Some(Remedy::Finally {
            acquired: self.call_place(acquisition.call),
            release,
            moved: moved.into_iter().map(|call| self.call_place(call)).collect(),
            others: others.into_iter().map(|call| self.call_place(call)).collect(),
        })
    }

    /// Where the acquisition stands in an effect whose framework calls what it returns.
    fn cleanup(&self, acquisition: &Acquisition<'_>) -> Option<Remedy> {
        let setup = acquisition.function;
        let (call, position) = self.function(setup).argument_of?;
        let call = setup.with(call);
        let position = u8::try_from(position).ok()?;
        let is_setup = |place: &At| argument(place) == Some(position);
        let returned = |place: &At| {
            place.root == PlaceRoot::Argument(position) && matches!(place.steps.as_slice(), [PlaceStep::Returned])
        };
        let lifecycles = self.catalog.lifecycles.iter();
        lifecycles
            .flat_map(|lifecycle| &lifecycle.activations)
            .find(|activation| {
                is_setup(&activation.setup)
                    && activation.teardown.iter().any(returned)
                    && self.matches(&activation.callee, call).is_some()
            })?;
        Some(Remedy::Cleanup {
            acquired: self.call_place(acquisition.call),
            release: self.neutral_release(acquisition)?,
            setup: self.function_place(setup),
        })
    }

    /// Where the owner's life has an end in the same file, and all that the release speaks of can be named there.
    fn teardown_release(&self, acquisition: &Acquisition<'_>) -> Option<Remedy> {
        let owner = self.owner_around(acquisition.function)?;
        let method = self.teardown_of(owner)?;
        if method.file != acquisition.call.file || self.is_within(acquisition.function, method) {
            return None;
        }
        let release = self.neutral_release(acquisition)?;
        let mut may_be_gone = false;
        let called_on = match release.callee {
            Callee::Method(part, _) => Some(part),
            Callee::Global(_) | Callee::Beside(_) | Callee::Item => None,
        };
        for part in release.arguments.iter().copied().chain(called_on) {
            let expr = match part {
                Part::Item => continue,
                Part::Receiver => self.receiver(acquisition.call)?,
                Part::Argument(index) => self.argument(acquisition.call, usize::from(index))?,
                Part::Option(index) => match self.argument(acquisition.call, usize::from(index)) {
                    Some(expr) => expr,
                    None => continue,
                },
            };
            let is_field = self.is_seen_from_methods(expr, 0)?;
            may_be_gone |= is_field && part == Part::Receiver;
        }
        Some(Remedy::Teardown {
            acquired: self.call_place(acquisition.call),
            release,
            method: self.function_place(method),
            may_be_gone,
        })
    }

    /// Whether a method of the owner can write the same expression and mean the same; `Some(true)` if it goes through a field.
    fn is_seen_from_methods(&self, expr: ExprRef, depth: u32) -> Option<bool> {
        match *self.expr(expr) {
            Expr::Literal(_) | Expr::Global(_) | Expr::Module(_) | Expr::Import { .. } => Some(false),
            Expr::Binding(binding) => {
                let is_of_module = self.facts(expr.file).binding(binding).function == FnId(0);
                is_of_module.then_some(false)
            }
            Expr::Member { object, .. } if depth < MAX_DEPTH => {
                let object = expr.with(object);
                match self.path(object).root {
                    Root::Instance(_) | Root::This(_) if matches!(self.expr(object), Expr::This(_)) => Some(true),
                    _ => self.is_seen_from_methods(object, depth + 1),
                }
            }
            _ => None,
        }
    }

    /// The first release that ends nothing else, for what may be released at any time.
    fn neutral_release(&self, acquisition: &Acquisition<'_>) -> Option<Release> {
        let ends = acquisition.entry.ends.iter();
        ends.into_iter()
            .find_map(|end| self.release_by(acquisition, end, false))
    }

    /// An ending as a call, if it speaks of this very thing and of nothing else.
    fn release_by(&self, acquisition: &Acquisition<'_>, end: &End, is_awaited: bool) -> Option<Release> {
        let entry = &acquisition.entry;
        let item = entry.item.as_ref().filter(|item| is_result(&item.at));
        let said = |callee, arguments| Release {
            callee,
            arguments,
            is_awaited,
            noun: name_of(acquisition.resource()).to_owned(),
            topic: self.topic(acquisition),
        };
        match end {
            End::Invoke(place) => item
                .filter(|item| item.at == *place)
                .map(|_| said(Callee::Item, Vec::new())),
            End::Call {
                callee,
                when,
                binds,
                arguments,
            } => {
                let is_exact = binds.iter().any(|bind| bind.there == There::Item)
                    || !entry.key.is_empty() && binds.len() == entry.key.len();
                let is_nameable = binds.iter().all(|bind| bind.there != There::Item) || item.is_some();
                if !when.is_empty() || arguments.is_some() || !is_exact || !is_nameable {
                    return None;
                }
                let callee = written_callee(callee, binds, entry)?;
                Some(said(callee, written_arguments(binds, entry)?))
            }
            End::Signal(_)
            | End::Once(_)
            | End::AddedTo(_)
            | End::Iterate(_)
            | End::Read(_)
            | End::Fails(_)
            | End::Chain { .. }
            | End::FiniteSource(_)
            | End::Completes(_) => None,
        }
    }

    /// The event that a listener waits for.
    fn topic(&self, acquisition: &Acquisition<'_>) -> Option<String> {
        let entry = &acquisition.entry;
        let kept = entry
            .key
            .iter()
            .position(|part| entry.keeps.as_ref() == Some(&part.at))?;
        let event = self.key_expr(acquisition.call, entry.key.get(kept.checked_sub(1)?)?)?;
        match self.path(event).root {
            Root::Text(text) => Some(self.text(text).to_owned()),
            _ => None,
        }
    }

    fn call_place(&self, call: CallRef) -> Place {
        self.place(call.file, self.call(call).span)
    }

    fn function_place(&self, function: FnRef) -> Place {
        self.place(function.file, self.function(function).span)
    }
}

/// Whether an ending is the one that a catalogue entry calls fit for a `finally`.
fn is_named(end: &End, wanted: &Finally, entry: &Acquire) -> bool {
    match (end, &wanted.name) {
        (End::Call { callee, .. }, Some(name)) => callee.name() == Some(name),
        (End::Invoke(place), None) => entry.item.as_ref().is_some_and(|item| item.at == *place),
        _ => false,
    }
}

fn written_callee(callee: &Named, binds: &[Bind], entry: &Acquire) -> Option<Callee> {
    match callee {
        Named::Method { name, .. } | Named::Shape { name } => {
            let on = binds.iter().find(|bind| bind.here.at.root == PlaceRoot::Receiver)?;
            Some(Callee::Method(part(on, entry)?, name.to_string()))
        }
        Named::Export(export) if export.module.is_none() => match export.members.as_slice() {
            [name] => Some(Callee::Global(name.to_string())),
            _ => None,
        },
        Named::Export(export) => match &entry.callee {
            Named::Export(beside) if are_beside(export, beside) => Some(Callee::Beside(export.last().to_owned())),
            _ => None,
        },
        Named::New(_)
        | Named::Value(_)
        | Named::PropertySet { .. }
        | Named::ElementSet(_)
        | Named::Attribute { .. } => None,
    }
}

/// Whether two exports stand in the same object.
fn are_beside(a: &ExportPath, b: &ExportPath) -> bool {
    let (Some((_, a_before)), Some((_, b_before))) = (a.members.split_last(), b.members.split_last()) else {
        return false;
    };
    a.module == b.module && a_before == b_before
}

/// The arguments from the first on, without a gap.
fn written_arguments(binds: &[Bind], entry: &Acquire) -> Option<Vec<Part>> {
    let mut found: Vec<(u8, Part)> = Vec::new();
    for bind in binds {
        if bind.here.at.root != PlaceRoot::Receiver {
            found.push((argument(&bind.here.at)?, part(bind, entry)?));
        }
    }
    found.sort_by_key(|(index, _)| *index);
    let is_dense = found
        .iter()
        .zip(0_u8..)
        .all(|((index, _), expected)| *index == expected);
    is_dense.then(|| found.into_iter().map(|(_, part)| part).collect())
}

/// What of the acquiring call an equality speaks of.
fn part(bind: &Bind, entry: &Acquire) -> Option<Part> {
    match bind.there {
        There::Item => Some(Part::Item),
        There::Receiver => Some(Part::Receiver),
        There::Key(index) => {
            let key = entry.key.get(usize::from(index))?;
            match (key.at.root, argument(&key.at), &key.flag) {
                (PlaceRoot::Receiver, _, None) if key.at.steps.is_empty() => Some(Part::Receiver),
                (_, Some(index), Some(_)) => Some(Part::Option(index)),
                (_, Some(index), None) => Some(Part::Argument(index)),
                _ => None,
            }
        }
    }
}

/// The position of a place that is an argument itself.
fn argument(place: &At) -> Option<u8> {
    match place.root {
        PlaceRoot::Argument(index) if place.steps.is_empty() => Some(index),
        _ => None,
    }
}

/// Whether a place is what the call gives, waited for or not.
fn is_result(place: &At) -> bool {
    place.root == PlaceRoot::Return && place.steps.iter().all(|step| *step == PlaceStep::Awaited)
}

/// What is acquired, as a name for it.
fn name_of(resource: Resource) -> &'static str {
    match resource {
        Resource::ObjectUrl => "url",
        _ => resource.noun(),
    }
}
