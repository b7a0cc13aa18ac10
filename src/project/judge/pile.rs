//! How sure it is that something on a long-lived holder piles up, and why.

use crate::diagnostic::{Label, Place};

use super::super::confidence::Grade;
use super::super::owner::OwnerKind;
use super::super::path::{FnRef, OwnerId};
use super::super::repetition::Repeats;
use super::super::{Project, latch, words};
use super::Pile;

impl Project<'_> {
    /// How sure it is that something on the process's own heap piles up.
    pub(super) fn process_repetition(&self, function: FnRef, repeats: Repeats) -> Option<Pile> {
        match repeats {
            Repeats::Once => None,
            Repeats::Many(why) => Some((Grade::First, why, None)),
            Repeats::Often(why) => Some((Grade::Second, why, None)),
            Repeats::PerOwner(owner) => self.per_instance(owner),
            Repeats::PerCall(of) => match self.owner_around(of) {
                Some(owner) => self.per_instance(owner),
                None => self.per_call(function, of),
            },
            Repeats::Unknown => match self.owner_around(function) {
                Some(owner) => self.per_instance(owner),
                None => self.per_call(function, function).map(|(grade, why, teardown)| {
                    (if teardown.is_some() { grade } else { Grade::Third }, why, teardown)
                }),
            },
        }
    }

    /// An instance that has an end but does not release this in it.
    pub(super) fn per_instance(&self, owner: OwnerId) -> Option<Pile> {
        if self.is_made_by_modules_only(owner) || self.is_one_per_process(owner) {
            return None;
        }
        let class = self
            .owners
            .get(owner)
            .name
            .map_or("this object", |name| self.text(name))
            .to_owned();
        let teardown = self.named_teardown(owner);
        let why = vec![Label::new(
            self.owner_place(owner),
            format!("each `{class}` starts one more"),
        )];
        // Instances of a class with a foreign decorator are made by a container, mostly one; where all that makes them is in
        // view, and none of it comes again, there are few.
        // What a framework makes, it makes again and again; an end that is only inherited is that of the base's own things.
        let is_own = |&end: &FnRef| self.owners.of_function(end).is_some_and(|(of, _)| of == owner);
        let has_end = match self.lifecycle_of(owner) {
            Some(_) => self.teardowns_of(owner).iter().any(is_own),
            None => teardown.is_some() && !self.is_made_by_a_container(owner) && self.is_exposed(owner),
        };
        let grade = if has_end { Grade::Second } else { Grade::Third };
        Some((grade, why, teardown))
    }

    /// The method that ends an owner's life, for the proof.
    pub(super) fn named_teardown(&self, owner: OwnerId) -> Option<(String, Place)> {
        self.teardown_of(owner).map(|method| self.named(method))
    }

    /// A function's name and head, for the proof.
    pub(super) fn named(&self, function: FnRef) -> (String, Place) {
        let name = self.function_name(function).unwrap_or_default().to_owned();
        (
            name,
            Place {
                file: function.file,
                span: self.function(function).head,
            },
        )
    }

    /// Whether every `new` in view runs when a module is loaded: `export default new Registry()`.
    pub(super) fn is_made_by_modules_only(&self, owner: OwnerId) -> bool {
        let made = self.graph.made(owner);
        !made.is_empty() && made.iter().all(|&call| self.is_module(self.calling(call)))
    }

    /// Whether a decorator hands the making of instances to a framework of which no lifecycle is known.
    pub(super) fn is_made_by_a_container(&self, owner: OwnerId) -> bool {
        let OwnerKind::Class(class) = self.owners.get(owner).kind else {
            return false;
        };
        !self.facts(class.file).class(class.id).decorators.is_empty() && self.lifecycle_of(owner).is_none()
    }

    /// A free function: what it returns may have an end that misses this.
    pub(super) fn per_call(&self, function: FnRef, of: FnRef) -> Option<Pile> {
        let name = self.function_name(of).unwrap_or("this function");
        if words::is_setup(name) && self.module_teardown(of.file).is_none() {
            return None;
        }
        let outer = self.around(function).take_while(|&each| !self.is_module(each)).last()?;
        let end = self
            .factory_teardown(outer)
            .or_else(|| self.module_teardown(function.file))
            .filter(|&end| !self.is_within(function, end));
        let teardown = end.map(|end| self.named(end));
        let why = vec![Label::new(
            Place {
                file: of.file,
                span: self.function(of).head,
            },
            format!("each call of `{name}` starts one more"),
        )];
        let grade = if teardown.is_some() {
            Grade::Second
        } else {
            Grade::Third
        };
        Some((grade, why, teardown))
    }

    /// How sure it is that an activation comes again, for things that the activation itself should end.
    pub(super) fn activation_repetition(&self, repeats: Repeats) -> Option<(Grade, Vec<Label>)> {
        match repeats {
            Repeats::Once => None,
            Repeats::Many(why) => Some((Grade::First, why)),
            Repeats::Often(why) => Some((Grade::Second, why)),
            Repeats::PerCall(of) => {
                let name = self.function_name(of).unwrap_or("this function");
                Some((
                    Grade::Second,
                    vec![Label::new(
                        Place {
                            file: of.file,
                            span: self.function(of).head,
                        },
                        format!("each call of `{name}` starts one more"),
                    )],
                ))
            }
            Repeats::PerOwner(owner) => {
                let class = self
                    .owners
                    .get(owner)
                    .name
                    .map_or("this object", |name| self.text(name));
                Some((
                    Grade::Second,
                    vec![Label::new(
                        self.owner_place(owner),
                        format!("each `{class}` starts one more"),
                    )],
                ))
            }
            Repeats::Unknown => Some((Grade::Third, Vec::new())),
        }
    }

    /// Whether all callers call it under a guard that lets one through.
    pub(super) fn is_guarded_by_callers(&self, function: FnRef) -> bool {
        let callers = self.graph.callers(function);
        !callers.is_empty()
            && !self.is_exported(function)
            && callers.iter().all(|&call| latch::is_lazy_start(self, call))
    }
}
