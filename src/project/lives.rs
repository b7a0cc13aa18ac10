//! How long containers live: as long as the process, as long as an object of unknown life, or no longer than a call.

use crate::catalog::effect::OwnerPattern;
use crate::facts::expr::{Expr, Property};
use crate::facts::ids::FnId;

use super::container::ContainerId;
use super::owner::OwnerKind;
use super::path::{CallRef, ExprRef, FnRef, OwnerId, Root};
use super::repetition::Repeats;
use super::words;
use super::{Project, latch};

/// Owners in fields of owners that are followed outward.
const MAX_DEPTH: u32 = 4;
/// Places that make an object beyond which it is taken to be made often.
const MAX_MADE: usize = 8;

/// How long a container lives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Life {
    Process,
    /// As long as an object, of which nothing in view says how long it lives.
    Object(OwnerId),
    /// A call, a request, or an object that is made again and again.
    Short,
}

/// Answers how long owners live.
pub struct Lives<'p, 'a> {
    project: &'p Project<'a>,
}

impl<'p, 'a> Lives<'p, 'a> {
    pub fn new(project: &'p Project<'a>) -> Self {
        Lives { project }
    }

    pub fn of(&self, id: ContainerId) -> Life {
        let project = self.project;
        match id {
            ContainerId::Literal(_) | ContainerId::Global(_) => Life::Process,
            ContainerId::Variable(binding) => {
                let declared = binding.with(project.facts(binding.file).binding(binding.id).function);
                self.function(declared)
            }
            ContainerId::Static(owner, _) => match project.owners.get(owner).kind {
                OwnerKind::Class(class) => {
                    self.function(class.with(project.facts(class.file).class(class.id).function))
                }
                OwnerKind::Prototype(_) | OwnerKind::Object(_) => Life::Process,
            },
            ContainerId::Field(owner, _) => self.owner(owner, 0),
        }
    }

    /// What is declared in a body that runs once lives as long as the process.
    fn function(&self, function: FnRef) -> Life {
        if function.id == FnId(0) || self.project.repeats(function) == Repeats::Once {
            Life::Process
        } else {
            Life::Short
        }
    }

    fn owner(&self, owner: OwnerId, depth: u32) -> Life {
        let project = self.project;
        if depth > MAX_DEPTH {
            return Life::Short;
        }
        if self.project.is_one_per_process(owner) {
            return Life::Process;
        }
        let mut made: Vec<CallRef> = project.graph.made(owner).to_vec();
        for &each in project.subclasses(owner) {
            if self.project.is_one_per_process(each) {
                return Life::Process;
            }
            made.extend(project.graph.made(each));
        }
        if made.is_empty() {
            return Life::Object(owner);
        }
        if made.len() > MAX_MADE {
            return Life::Short;
        }
        let mut longest = Life::Process;
        for call in made {
            longest = longest.max(self.made_by(call, owner, depth));
        }
        longest
    }

    /// How long what a `new` makes lives.
    fn made_by(&self, call: CallRef, owner: OwnerId, depth: u32) -> Life {
        let project = self.project;
        let maker = project.calling(call);
        let Some(index) = project.op_of(call) else {
            return Life::Short;
        };
        if latch::is_idempotent(project, maker, index)
            && project.owners.of_function(maker).is_none_or(|(_, is_static)| is_static)
        {
            return Life::Process;
        }
        match project.repeats_at(maker, index) {
            Repeats::Once => Life::Process,
            Repeats::PerOwner(outer) if outer != owner => self.owner(outer, depth + 1),
            Repeats::Unknown => Life::Object(owner),
            Repeats::PerOwner(_) | Repeats::PerCall(_) | Repeats::Often(_) | Repeats::Many(_) => Life::Short,
        }
    }

    /// Whether a line runs only when an object, or the program, comes to its end: it bounds nothing before that.
    pub fn is_at_the_end(&self, function: FnRef) -> bool {
        self.ends(function, 0)
    }

    fn ends(&self, function: FnRef, depth: u32) -> bool {
        let project = self.project;
        let Some(outer) = project
            .around(function)
            .take_while(|&each| !project.is_module(each))
            .last()
        else {
            return false;
        };
        let is_named = |each: FnRef| {
            let owner = project.owners.of_function(each).map(|(owner, _)| owner);
            project.function_name(each).is_some_and(|name| {
                words::is_end(name) || owner.is_some_and(|owner| project.is_lifecycle_teardown(owner, name))
            })
        };
        let callers = project.graph.callers(outer);
        if is_named(outer) || is_named(function) {
            // `update()` that calls `stopOld()`: this end comes again and again.
            let owner = project.owners.of_function(outer);
            return owner.is_none()
                || depth >= 2
                || !callers.iter().any(|&call| {
                    let caller = project.calling(call);
                    !project.is_constructor(caller)
                        && project.owners.of_function(caller) == owner
                        && !self.ends(caller, depth + 1)
                });
        }
        depth < 2 && !callers.is_empty() && callers.iter().all(|&call| self.ends(project.calling(call), depth + 1))
    }
}

impl Project<'_> {
    /// A framework makes one instance for the process: a Nest service.
    pub fn is_one_per_process(&self, owner: OwnerId) -> bool {
        let project = self;
        let OwnerKind::Class(class) = project.owners.get(owner).kind else {
            return false;
        };
        let facts = project.facts(class.file);
        facts.class(class.id).decorators.iter().any(|&decorator| {
            let decorator = class.with(decorator);
            let callee = match *project.expr(decorator) {
                Expr::Call(call) => decorator.with(project.call(decorator.with(call)).callee),
                _ => decorator,
            };
            project.catalog.lifecycles.iter().any(|lifecycle| {
                let Some((option, value)) = &lifecycle.once_if else { return false };
                lifecycle.owners.iter().any(|pattern| matches!(pattern, OwnerPattern::ClassDecorator(export) if project.is_export(callee, export)))
                    && self.has_option(decorator, option, value)
            })
        })
    }

    /// Whether a decorator's option (`arg0.scope`) has a value, or is `absent`.
    fn has_option(&self, decorator: ExprRef, option: &str, wanted: &str) -> bool {
        let project = self;
        let name = option.rsplit('.').next().unwrap_or(option);
        let Expr::Call(call) = *project.expr(decorator) else {
            return wanted == "absent";
        };
        let given =
            project
                .call(decorator.with(call))
                .args
                .iter()
                .find_map(|&arg| match project.expr(decorator.with(arg)) {
                    Expr::Object(properties) => properties.iter().find_map(|property| match *property {
                        Property::Field { name: field, value } if project.facts(decorator.file).name(field) == name => {
                            Some(decorator.with(value))
                        }
                        _ => None,
                    }),
                    _ => None,
                });
        match given {
            None => wanted == "absent",
            Some(value) => matches!(project.path(value).root, Root::Text(text) if project.text(text) == wanted),
        }
    }
}
