//! What was handed in: whether it outlives the call or the object it was handed to, by those who hand it in.

use rustc_hash::FxHashMap;

use crate::facts::body::Op;
use crate::facts::expr::{Expr, Property};

use super::super::Project;
use super::super::names::Sym;
use super::super::path::{CallRef, ExprRef, FnRef, OwnerId, Path, Root, Step};
use super::super::region::Region;

/// Callers of callers that only hand it on.
const MAX_DEPTH: u32 = 4;
/// Callers beyond which nothing is known.
const MAX_CALLERS: usize = 40;

/// How long what callers hand in lives, compared with what it is handed to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Handed {
    /// Somebody in view hands the same thing to one after another.
    Shared,
    /// Somebody in view hands in what lives on.
    Outlives,
    /// Everybody in view hands in what was made for it.
    Dies,
    Unknown,
}

/// What is handed in at steps of a parameter, so many callers up: the ways to a caller are many more than the callers.
type Asked = FxHashMap<(FnRef, u16, Vec<Step>, u32), Handed>;

impl Handed {
    fn or(self, other: Handed) -> Handed {
        match (self, other) {
            (Handed::Shared, _) | (_, Handed::Shared) => Handed::Shared,
            (Handed::Outlives, _) | (_, Handed::Outlives) => Handed::Outlives,
            (Handed::Unknown, _) | (_, Handed::Unknown) => Handed::Unknown,
            (Handed::Dies, Handed::Dies) => Handed::Dies,
        }
    }
}

impl Project<'_> {
    /// What callers hand in at a path that begins with a parameter, or is a field that was given to its object.
    pub(super) fn handed_in(&self, holder: ExprRef) -> Handed {
        let path = self.path(holder);
        match path.root {
            Root::Param(function, index) => self.handed_at(function, index, &path.steps, 0, &mut Asked::default()),
            Root::Instance(owner) => match path.steps.as_slice() {
                [Step::Field(field), rest @ ..] => self.handed_to_field(owner, *field, rest),
                _ => Handed::Unknown,
            },
            _ => Handed::Unknown,
        }
    }

    /// Whether a function is there for others: exported, and called by nobody in view.
    pub(super) fn is_an_entry(&self, function: FnRef) -> bool {
        self.is_exported(function) && self.graph.callers(function).is_empty() && self.graph.passed(function).is_empty()
    }

    fn handed_to_field(&self, owner: OwnerId, field: Sym, rest: &[Step]) -> Handed {
        let stores = self
            .bases(owner)
            .into_iter()
            .flat_map(|each| self.owners.stores(each, field, false).iter());
        let mut asked = Asked::default();
        let given = stores.filter_map(|store| {
            let path = self.path(store.value);
            match path.root {
                _ if path.is_nullish() => None,
                Root::Param(function, index) => {
                    let steps: Vec<Step> = path.steps.iter().chain(rest).copied().collect();
                    Some(self.handed_at(function, index, &steps, 0, &mut asked))
                }
                _ => Some(Handed::Unknown),
            }
        });
        given.reduce(Handed::or).unwrap_or(Handed::Unknown)
    }

    fn handed_at(&self, function: FnRef, index: u16, steps: &[Step], depth: u32, asked: &mut Asked) -> Handed {
        let question = (function, index, steps.to_vec(), depth);
        if let Some(&known) = asked.get(&question) {
            return known;
        }
        let handed = self.handed_by_callers(function, index, steps, depth, asked);
        asked.insert(question, handed);
        handed
    }

    fn handed_by_callers(&self, function: FnRef, index: u16, steps: &[Step], depth: u32, asked: &mut Asked) -> Handed {
        let made = self
            .owners
            .of_function(function)
            .filter(|_| self.is_constructor(function));
        let mut callers: Vec<_> = match made {
            Some((owner, _)) => {
                let all = std::iter::once(owner).chain(self.subclasses(owner).iter().copied());
                all.flat_map(|each| self.graph.made(each).iter().copied()).collect()
            }
            None => self.graph.callers(function).to_vec(),
        };
        callers.retain(|call| !self.is_test(call.file));
        if depth > MAX_DEPTH || callers.len() > MAX_CALLERS || !self.graph.passed(function).is_empty() {
            return Handed::Unknown;
        }
        let handed = callers.into_iter().filter_map(|call| {
            let arg = self.argument(call, usize::from(index))?;
            let (arg, rest) = self.inside(arg, steps)?;
            (!self.path(arg).is_nullish()).then(|| {
                if made.is_none() && self.is_handed_each_round(call, arg) {
                    Handed::Shared
                } else {
                    self.handed_by(arg, rest, call, made.is_some(), depth, asked)
                }
            })
        });
        handed.reduce(Handed::or).unwrap_or(Handed::Unknown)
    }

    /// The value that an argument holds under the steps, as far as an object literal shows it; `None` if it leaves that out.
    fn inside<'s>(&self, arg: ExprRef, steps: &'s [Step]) -> Option<(ExprRef, &'s [Step])> {
        let path = self.path(arg);
        if let (Root::Object(literal), true, [Step::Field(wanted), rest @ ..]) = (path.root, path.is_root(), steps)
            && let Expr::Object(properties) = self.expr(literal)
        {
            let mut is_open = false;
            for property in properties {
                match *property {
                    Property::Field { name, value } if self.sym(literal.file, name) == *wanted => {
                        return self.inside(literal.with(value), rest);
                    }
                    Property::Spread(_) => is_open = true,
                    _ => {}
                }
            }
            return is_open.then_some((arg, steps));
        }
        Some((arg, steps))
    }

    fn handed_by(
        &self,
        arg: ExprRef,
        rest: &[Step],
        call: CallRef,
        makes: bool,
        depth: u32,
        asked: &mut Asked,
    ) -> Handed {
        let caller = self.calling(call);
        let path = self.path(arg);
        // A part of something that is handed on: only the same part of it is known.
        let whole = Path {
            root: path.root,
            steps: path.steps.iter().chain(rest).copied().collect(),
        };
        let region = match rest {
            [] => self.region_of(arg, caller),
            _ => match path.root {
                Root::Param(of, _) => Region::Given(of),
                Root::Object(_) => Region::Unknown,
                _ => self.region_of(arg, caller),
            },
        };
        match region {
            Region::Process | Region::Outlives => Handed::Outlives,
            Region::Activation => Handed::Dies,
            // `new Provider(this)`: the maker may hold it, or not.
            Region::Owner(_) if makes => Handed::Unknown,
            // What its maker holds lives on only if the maker makes several.
            Region::Owner(_) | Region::Owned(_) | Region::Injected(..) => {
                if self.is_once_per_instance(caller) {
                    match whole.root {
                        Root::Param(of, index) if makes => self.handed_at(of, index, &whole.steps, depth + 1, asked),
                        _ => Handed::Dies,
                    }
                } else if !makes {
                    Handed::Outlives
                } else if self.is_kept_in_field(call) {
                    Handed::Unknown
                } else {
                    Handed::Shared
                }
            }
            Region::Given(_) => match whole.root {
                Root::Param(of, index) => self.handed_at(of, index, &whole.steps, depth + 1, asked),
                _ => Handed::Unknown,
            },
            Region::Unknown => Handed::Unknown,
        }
    }

    /// Whether a loop hands in the same thing in each of its rounds: `for (;;) await sleep(1000, signal)`.
    fn is_handed_each_round(&self, call: CallRef, arg: ExprRef) -> bool {
        let caller = self.calling(call);
        let Some(at) = self.op_of(call) else { return false };
        let Some(&outermost) = self.open_loops(caller, at).first() else {
            return false;
        };
        let path = self.path(arg);
        match path.root {
            Root::Param(..) | Root::Instance(_) => !path.steps.contains(&Step::Element),
            Root::Call(made) => self.calling(made) != caller || self.op_of(made).is_some_and(|index| index < outermost),
            _ => false,
        }
    }

    /// `this.parser = new Parser(this.stream)`: the maker holds one at a time.
    fn is_kept_in_field(&self, call: CallRef) -> bool {
        let caller = self.calling(call);
        self.function(caller).ops.iter().any(|op| match *op {
            Op::Store { to, value } => {
                matches!(self.expr(caller.with(to)), Expr::Member { .. })
                    && self.path(caller.with(value)) == Path::root(Root::Call(call))
            }
            _ => false,
        })
    }
}
