//! Lines by which the parts of a program make themselves known, once each: registries, decorators, `register(name, f)`.

use crate::facts::body::Op;

use super::container::ContainerId;
use super::container_use::{Form, GrowthSite};
use super::growth::Judge;
use super::path::{FnRef, Path, Root};
use super::words;

impl Judge<'_, '_> {
    /// `if (known.has(name)) throw …`: every part of the program makes itself known once.
    pub(super) fn is_checked_for_doubles(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        let ops = &project.function(site.function).ops;
        ops[..site.index].iter().enumerate().any(|(at, op)| match *op {
            Op::If(test) => {
                let throws = ops[at + 1..site.index]
                    .iter()
                    .take_while(|op| !matches!(op, Op::EndIf | Op::Else))
                    .any(|op| matches!(op, Op::Throw(_)));
                throws && self.speaks_of(site.function.with(test), site.container, 0)
            }
            _ => false,
        })
    }

    /// Functions by which the parts of a program make themselves known, once each: `register(name, handler)`.
    pub(super) fn is_registration(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        let is_named = project.around(site.function).any(|each| {
            project.function(each).name.is_some_and(|name| {
                let name = project.facts(each.file).name(name);
                words::is_registration(name) || matches!(site.form, Form::Element(_)) && words::is_addition(name)
            })
        });
        is_named || self.is_registry(site.container) || self.is_decorator(site.function) || self.takes_a_function(site)
    }

    /// A container, or its class, that is called a registry.
    fn is_registry(&self, id: ContainerId) -> bool {
        let project = self.project;
        match id {
            ContainerId::Variable(binding) => {
                let facts = project.facts(binding.file);
                words::is_registry(facts.name(facts.binding(binding.id).name))
            }
            ContainerId::Field(owner, name) | ContainerId::Static(owner, name) => {
                words::is_registry(project.text(name))
                    || project
                        .owners
                        .get(owner)
                        .name
                        .is_some_and(|name| words::is_registry(project.text(name)))
            }
            ContainerId::Global(name) => words::is_registry(project.text(name)),
            ContainerId::Literal(_) => false,
        }
    }

    /// `function Entity(table) { return (target) => … }`: a function that a function with a class's name returns.
    fn is_decorator(&self, function: FnRef) -> bool {
        let project = self.project;
        project.around(function).skip(1).any(|outer| {
            let has_class_name = project.function(outer).name.is_some_and(|name| project.facts(outer.file).name(name).starts_with(|first: char| first.is_ascii_uppercase()));
            has_class_name
                && project.owners.made_by(outer).is_none()
                && project.function(outer).ops.iter().any(|op| matches!(*op, Op::Return(Some(value)) if project.functions_in(outer.with(value)).iter().any(|&returned| project.is_within(function, returned))))
        })
    }

    /// What is added, or stored under the key, is a function that the caller gives.
    fn takes_a_function(&self, site: &GrowthSite) -> bool {
        let project = self.project;
        let stored = match (site.form, site.call) {
            (Form::Element(element), _) => Some(element),
            (Form::Keyed(_), Some(call)) => project.argument(call, 1),
            (Form::Keyed(_), None) => None,
        };
        let Some(Path {
            root: Root::Param(function, index),
            steps,
        }) = stored.map(|stored| project.path(stored))
        else {
            return false;
        };
        let param = project.function(function).params.get(usize::from(index));
        let annotated = param
            .and_then(|param| param.annotation)
            .is_some_and(|annotation| project.is_function_type(function.with(annotation), 0));
        steps.is_empty() && annotated
    }
}
