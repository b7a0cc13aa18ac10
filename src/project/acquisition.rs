//! Acquisitions: the calls by which a holder gains something, and the calls that give it back.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::catalog::effect::{Acquire, Bind, End, Flag, Holder, KeyPart, Resource, There};
use crate::catalog::index::Tables;
use crate::catalog::pattern::{Callee, Place, PlaceRoot, PlaceStep};
use crate::facts::body::{How, Used};
use crate::facts::expr::Expr;

use super::Project;
use super::calls::Tier;
use super::effects::Invoked;
use super::path::{CallRef, ExprRef, FnRef, Path, Root, Step};
use super::typing::Ty;
use super::value::Match;

/// Objects around objects in which the acquired thing is looked for.
const MAX_NESTING: u32 = 8;
/// Promises of promises that a value is followed through.
const MAX_PROMISES: usize = 4;

/// A place in the code where a holder gains something.
#[derive(Clone)]
pub struct Acquisition<'c> {
    /// The call that makes this place responsible: the acquiring one, or that of a wrapper around it.
    pub call: CallRef,
    /// The call of the library behind it, and its function: `call` itself if there is no wrapper between.
    pub origin: (CallRef, FnRef),
    pub entry: Cow<'c, Acquire>,
    pub tier: Tier,
    /// The function in whose activation the thing is acquired: the callback's, where a callback is given it.
    pub function: FnRef,
    /// The paths the acquired thing is known by; empty for listeners, which are found by key.
    pub items: SmallVec<[Path; 2]>,
    /// Acquired where the callback begins, not where the call stands.
    pub at_entry: bool,
}

impl Acquisition<'_> {
    pub fn resource(&self) -> Resource {
        self.entry.resource
    }

    /// What would end up live at run time is nothing: the callback's error parameter is set.
    pub fn absent_if(&self, project: &Project<'_>) -> SmallVec<[Path; 2]> {
        self.entry
            .absent_if
            .as_ref()
            .map_or_else(SmallVec::new, |place| project.place_paths(self.call, place))
    }
}

impl<'a> Project<'a> {
    /// Every acquisition that the catalogue knows, in all files.
    pub fn acquisitions(&self) -> Vec<Acquisition<'a>> {
        let of_files = self.each_file(|project, file| {
            let calls = project.calls_of(file);
            calls.filter_map(|call| project.acquisition(call)).collect::<Vec<_>>()
        });
        of_files.into_iter().flatten().flatten().collect()
    }

    /// What a call acquires.
    pub fn acquisition(&self, call: CallRef) -> Option<Acquisition<'a>> {
        let is_new = self.call(call).how == How::New;
        if !is_new && !self.tables_of(call).contains(Tables::ACQUIRES) {
            return None;
        }
        let base = self
            .foreign_base(call)
            .and_then(|base| self.export_of(&self.path(base)));
        let name = match &base {
            Some(base) => base.last(),
            None => self.callee_name(call)?,
        };
        let catalog = self.catalog;
        if catalog
            .safe_named(name)
            .any(|callee| self.matches(callee, call).is_some())
        {
            return None;
        }
        let mut best: Option<(&'a Acquire, Tier)> = None;
        for entry in catalog.acquires_named(name) {
            if !self.holds(&entry.when, call) {
                continue;
            }
            let Some(tier) = self.matches(&entry.callee, call) else {
                continue;
            };
            if best.is_none_or(|(_, known)| tier < known) {
                best = Some((entry, tier));
            }
        }
        let (entry, tier) = best?;
        if self.ends_by_itself(entry, call) {
            return None;
        }
        let (items, at_entry) = match &entry.item {
            Some(item) => (
                self.place_paths(call, &item.at),
                item.at.steps.iter().any(|step| matches!(step, PlaceStep::Parameter(_))),
            ),
            None => (SmallVec::new(), false),
        };
        let mut function = self.calling(call);
        if at_entry {
            function = items.iter().find_map(|path| match path.root {
                Root::Param(callback, _) => Some(callback),
                _ => None,
            })?;
        }
        Some(Acquisition {
            call,
            origin: (call, function),
            entry: Cow::Borrowed(entry),
            tier,
            function,
            items,
            at_entry,
        })
    }

    /// Whether the call itself says when it ends: an abort signal, a terminal event.
    fn ends_by_itself(&self, entry: &Acquire, call: CallRef) -> bool {
        let by_option = entry.ends.iter().any(|end| match end {
            End::Signal(place) => self
                .place_exprs(call, place)
                .iter()
                .any(|&expr| !self.path(expr).is_nullish()),
            End::AddedTo(place) => !self.place_exprs(call, place).is_empty(),
            End::Once(place) => {
                self.place_exprs(call, place)
                    .iter()
                    .any(|&expr| self.as_bool(expr) == Some(true))
                    && self.is_terminal_event(entry, call)
            }
            End::Call { .. }
            | End::Invoke(_)
            | End::Iterate(_)
            | End::Read(_)
            | End::Fails(_)
            | End::Chain { .. }
            | End::FiniteSource(_)
            | End::Completes(_) => false,
        });
        let is_listener = entry.self_ending && entry.resource == Resource::Listener;
        by_option || is_listener && self.is_terminal_event(entry, call) && !self.waits_on_what_stays(call)
    }

    /// Whether the call is one of those that settle a promise, on an emitter in a field of the object: the end of the emitter
    /// is far when the promise is settled.
    fn waits_on_what_stays(&self, call: CallRef) -> bool {
        let Some(holder) = self.receiver(call).map(|of| self.path(of)) else {
            return false;
        };
        matches!(holder.root, Root::Instance(_)) && !holder.is_root() && self.is_executor(self.calling(call))
    }

    /// Whether the event that a listener waits for surely comes before its emitter is garbage.
    fn is_terminal_event(&self, entry: &Acquire, call: CallRef) -> bool {
        let Some(event) = entry.key.get(1).and_then(|part| self.key_expr(call, part)) else {
            return false;
        };
        let Root::Text(event) = self.path(event).root else {
            return false;
        };
        let event = self.text(event);
        let Some(receiver) = self.receiver(call) else {
            return false;
        };
        let types = self.types_of(receiver);
        types.iter().any(|&(ty, _)| match ty {
            super::typing::Ty::Catalog(key) => self.catalog.is_terminal(key, event),
            super::typing::Ty::Owner(owner) => self
                .catalog_types(owner)
                .iter()
                .any(|&(key, _)| self.catalog.is_terminal(key, event)),
        }) || (types.is_empty() && self.catalog.is_conventional_end(event))
    }

    /// The expression of one part of a key in a call.
    pub fn key_expr(&self, call: CallRef, part: &KeyPart) -> Option<ExprRef> {
        self.place_exprs(call, &part.at).first().copied()
    }

    /// The holder's expression.
    pub fn holder_expr(&self, acquisition: &Acquisition<'_>) -> Option<ExprRef> {
        match &acquisition.entry.holder {
            Holder::At(place) => self.place_exprs(acquisition.origin.0, place).first().copied(),
            Holder::Process | Holder::Value(_) => None,
        }
    }

    /// Whether an expression is the acquired thing.
    pub fn is_item(&self, acquisition: &Acquisition<'_>, expr: ExprRef) -> Match {
        self.is_one_of(&acquisition.items, expr)
    }

    /// Whether an expression is one of the paths.
    pub fn is_one_of(&self, items: &[Path], expr: ExprRef) -> Match {
        if items.is_empty() {
            return Match::No;
        }
        let path = self.path(expr);
        if items.contains(&path) {
            return Match::Must;
        }
        // A promise of the item, or the item read through a promise.
        if items.iter().any(|item| {
            item.root == path.root
                && item
                    .steps
                    .iter()
                    .filter(|step| **step != Step::Awaited)
                    .eq(path.steps.iter().filter(|step| **step != Step::Awaited))
        }) {
            return Match::May;
        }
        let promised = std::iter::successors(self.promised(&path), |path| self.promised(path));
        if promised.take(MAX_PROMISES).any(|each| items.contains(&each))
            || self.possible_of(path).iter().any(|each| items.contains(each))
        {
            Match::May
        } else {
            Match::No
        }
    }

    /// What a value is if its promise was fulfilled: `await open(path).catch(() => undefined)`, and an element of what
    /// `await Promise.all([open(a), open(b)])` gives.
    fn promised(&self, path: &Path) -> Option<Path> {
        let Root::Call(call) = path.root else {
            return None;
        };
        let (of, rest) = match (self.invoked(call), path.steps.as_slice()) {
            (Invoked::Handlers { handlers, of }, steps) if handlers.fulfilled.is_absent() => (of, steps.to_vec()),
            (_, [Step::Awaited, Step::Index(index), rest @ ..]) if self.is_promise_of_all(call) => {
                let all = self.argument(call, 0)?;
                let Expr::Array(elements) = self.expr(all) else {
                    return None;
                };
                let element = elements.get(usize::from(*index)).map(|&element| all.with(element))?;
                (
                    element,
                    std::iter::once(Step::Awaited).chain(rest.iter().copied()).collect(),
                )
            }
            _ => return None,
        };
        let promise = self.path(of);
        Some(rest.into_iter().fold(promise, |path, step| path.step(step, of)))
    }

    fn is_promise_of_all(&self, call: CallRef) -> bool {
        self.callee_name(call) == Some("all") && self.receiver(call).is_some_and(|of| self.is_promise_class(of))
    }

    /// How a call ends an acquisition, if it does. The callee is matched by name where its type is not known: a name may silence.
    pub fn releases(&self, acquisition: &Acquisition<'_>, call: CallRef) -> Match {
        self.releases_items(acquisition, &acquisition.items, call)
    }

    /// As [`Self::releases`], for the thing under other paths (a parameter of a helper).
    pub fn releases_items(&self, acquisition: &Acquisition<'_>, items: &[Path], call: CallRef) -> Match {
        let mut best = Match::No;
        for end in &acquisition.entry.ends {
            let found = match end {
                End::Call {
                    callee,
                    when,
                    binds,
                    arguments,
                } => {
                    let fits = self.names_release(callee, call)
                        && self.holds(when, call)
                        && arguments.is_none_or(|count| self.call(call).args.len() == usize::from(count));
                    if fits {
                        self.binds(acquisition, items, binds, call)
                    } else {
                        Match::No
                    }
                }
                End::Invoke(place) => self.invokes(acquisition, items, place, call),
                End::Iterate(_)
                | End::Read(_)
                | End::Fails(_)
                | End::Signal(_)
                | End::Once(_)
                | End::AddedTo(_)
                | End::Chain { .. }
                | End::FiniteSource(_)
                | End::Completes(_) => Match::No,
            };
            best = best.max(found);
        }
        best
    }

    /// Whether a call on the thing makes it hold what it was made for: `client.connect()`.
    pub fn activates(&self, acquisition: &Acquisition<'_>, items: &[Path], call: CallRef) -> bool {
        self.is_called_on(items, acquisition.entry.activated_by.iter(), call)
    }

    /// Whether a failure of the call says that the thing is gone already: `reader.read()` of a stream that has failed.
    pub fn ends_by_failing(&self, acquisition: &Acquisition<'_>, items: &[Path], call: CallRef) -> bool {
        let failing = acquisition.entry.ends.iter().filter_map(|end| match end {
            End::Fails(callee) => Some(callee),
            _ => None,
        });
        self.is_called_on(items, failing, call)
    }

    /// Whether a call is of one of these methods on the thing, or of one of these functions with it as the first argument.
    fn is_called_on<'c>(&self, items: &[Path], mut methods: impl Iterator<Item = &'c Callee>, call: CallRef) -> bool {
        let is_it = |of: ExprRef| self.is_one_of(items, of) != Match::No;
        methods.any(|callee| match callee {
            Callee::Method { name, .. } | Callee::Shape { name } => {
                self.callee_name(call) == Some(name) && self.receiver(call).is_some_and(is_it)
            }
            // `once(stream, 'open')`
            Callee::Export(export) => {
                self.is_export(call.with(self.call(call).callee), export) && self.argument(call, 0).is_some_and(is_it)
            }
            _ => false,
        })
    }

    /// Whether an expression is, or is reached through, or contains, the part of the thing that whoever reads takes over.
    pub fn holds_part(&self, acquisition: &Acquisition<'_>, items: &[Path], expr: ExprRef) -> bool {
        let parts = acquisition.entry.ends.iter().filter_map(|end| match end {
            End::Read(name) => self.names.find(name),
            _ => None,
        });
        let parts: SmallVec<[Path; 2]> = parts
            .flat_map(|part| items.iter().map(move |item| item.clone().step(Step::Field(part), expr)))
            .collect();
        if parts.is_empty() {
            return false;
        }
        let path = self.path(expr);
        let within = |part: &Path| path.root == part.root && path.steps.starts_with(&part.steps);
        parts.iter().any(within) || self.holds_item(&parts, expr)
    }

    /// Whether a call may be the releasing one: its callee matches, or has the method's name on something of no other type.
    pub(super) fn names_release(&self, callee: &Callee, call: CallRef) -> bool {
        if self.matches(callee, call).is_some() {
            return true;
        }
        match callee {
            Callee::Method { name, .. } | Callee::Shape { name } => {
                self.callee_name(call) == Some(name) && self.call(call).how == How::Call
            }
            Callee::Export(export) => {
                let is_named = export
                    .members
                    .last()
                    .is_some_and(|last| self.callee_name(call) == Some(last));
                // A method of something known is no global of that name: `document.removeEventListener`.
                let is_global = export.module.is_none() && export.members.len() == 1;
                is_named && !(is_global && self.receiver(call).is_some_and(|of| self.is_another_than_global(of)))
            }
            Callee::New(_)
            | Callee::Value(_)
            | Callee::PropertySet { .. }
            | Callee::ElementSet(_)
            | Callee::Attribute { .. } => false,
        }
    }

    fn binds(&self, acquisition: &Acquisition<'_>, items: &[Path], binds: &[Bind], call: CallRef) -> Match {
        let mut result = Match::Must;
        for bind in binds {
            result = result.min(self.bind(acquisition, items, bind, call));
            if result == Match::No {
                return Match::No;
            }
        }
        // A removal of everything speaks of this holder only if it may name the very same object.
        let is_wide = binds.len() < acquisition.entry.key.len() && binds.iter().all(|bind| bind.there != There::Item);
        if is_wide && result == Match::May && !self.may_share_holder(acquisition, call) {
            return Match::No;
        }
        result
    }

    /// Whether the receivers of two calls have a possible value in common.
    fn may_share_holder(&self, acquisition: &Acquisition<'_>, call: CallRef) -> bool {
        let (Some(here), Some(there)) = (self.receiver(call), self.receiver(acquisition.call)) else {
            return true;
        };
        let there = self.possible(there);
        self.possible(here).iter().any(|path| there.contains(path))
    }

    /// Whether an expression is a thing of a known type that is not the global object.
    fn is_another_than_global(&self, expr: ExprRef) -> bool {
        let path = self.path(expr);
        let is_global = matches!(path.root, Root::Global(name) if path.is_root() && self.is_global_object(name));
        !is_global && !self.types_of(expr).is_empty()
    }

    /// Whether a release speaks of a global that the acquisition's own can not be, by its type: no element is the window.
    fn is_another_global(&self, here: ExprRef, there: ExprRef) -> bool {
        let is_other = |x: &(Ty, Tier), y: &(Ty, Tier)| match (x.0, y.0) {
            (Ty::Catalog(x), Ty::Catalog(y)) => !self.catalog.is_a(x, y) && !self.catalog.is_a(y, x),
            _ => false,
        };
        let path = self.path(here);
        if !matches!(path.root, Root::Global(_)) || !path.is_root() {
            return false;
        }
        let (global, own) = (self.types_of(here), self.types_of(there));
        !global.is_empty() && !own.is_empty() && global.iter().all(|x| own.iter().all(|y| is_other(x, y)))
    }

    pub(super) fn bind(&self, acquisition: &Acquisition<'_>, items: &[Path], bind: &Bind, call: CallRef) -> Match {
        if let Some(flag) = &bind.here.flag {
            let (Some(here), Some(there)) = (
                self.flag(call, &bind.here.at, flag),
                self.flag(acquisition.call, &bind.here.at, flag),
            ) else {
                return Match::May;
            };
            return if here == there { Match::Must } else { Match::No };
        }
        let here = self.key_expr(call, &bind.here);
        match bind.there {
            There::Item => match here {
                Some(here) => self.is_one_of(items, here),
                None => Match::No,
            },
            There::Key(index) => {
                let part = &acquisition.entry.key[usize::from(index)];
                match (here, self.key_expr(acquisition.call, part)) {
                    (Some(here), Some(there)) if self.is_another_global(here, there) => Match::No,
                    (Some(here), Some(there)) if index < 2 && self.asks_the_same(here, there) => Match::May,
                    (Some(here), Some(there)) => self.same_key(here, there),
                    (None, None) => Match::Must,
                    _ => Match::No,
                }
            }
            There::Receiver => match (here, self.receiver(acquisition.call)) {
                (Some(here), Some(there)) => self.same_key(here, there),
                _ => Match::May,
            },
        }
    }

    /// Whether two expressions are calls of the same function, which may give the same each time: `visibilityEvent()`.
    /// `bind` never does.
    fn asks_the_same(&self, here: ExprRef, there: ExprRef) -> bool {
        match (self.expr(here), self.expr(there)) {
            (Expr::Call(a), Expr::Call(b)) => {
                let (a, b) = (here.with(*a), there.with(*b));
                let callee = |call: CallRef| self.path(call.with(self.call(call).callee));
                let are_calls = self.call(a).how == How::Call && self.call(b).how == How::Call;
                are_calls && self.callee_name(a) != Some("bind") && callee(a) == callee(b)
            }
            _ => false,
        }
    }

    /// Equality of two parts of keys. A function written in place, and a `.bind()`, can only be removed by a name it has.
    fn same_key(&self, here: ExprRef, there: ExprRef) -> Match {
        let (a, b) = (self.path(here), self.path(there));
        let nameless = match *self.expr(there) {
            Expr::Function(_) => true,
            Expr::Call(call) => self.bound_function(there.with(call)).is_some(),
            _ => false,
        };
        // `on('x', this.f = () => …)` has one.
        if nameless && a != b && !self.possible_of(a.clone()).contains(&b) {
            Match::No
        } else {
            self.same_path(&a, &b)
        }
    }

    /// An option read as a flag: `true`, `{ capture: true }`, absent.
    fn flag(&self, call: CallRef, place: &Place, flag: &Flag) -> Option<bool> {
        let Some(&expr) = self.place_exprs(call, place).first() else {
            return Some(flag.default);
        };
        if let Some(value) = self.as_bool(expr) {
            return Some(value);
        }
        let path = self.path(expr);
        if path.is_nullish() {
            return Some(flag.default);
        }
        let literal = matches!(path.root, Root::Object(_)) && path.is_root();
        let option = Place {
            root: place.root,
            steps: place
                .steps
                .iter()
                .cloned()
                .chain([PlaceStep::Property(flag.property.clone())])
                .collect(),
        };
        match self.place_exprs(call, &option).first() {
            Some(&value) => self.as_bool(value),
            None if literal => Some(flag.default),
            None => None,
        }
    }

    /// Whether a call invokes the disposer that the acquisition gave.
    fn invokes(&self, acquisition: &Acquisition<'_>, items: &[Path], place: &Place, call: CallRef) -> Match {
        if self.call(call).how != How::Call {
            return Match::No;
        }
        let callee = call.with(self.call(call).callee);
        let at_item = acquisition.entry.item.as_ref().is_some_and(|item| item.at == *place);
        if at_item {
            return self.is_one_of(items, callee);
        }
        let disposers = self.place_paths(acquisition.call, place);
        self.is_one_of(&disposers, callee)
    }

    /// The disposers that the acquisition gave besides the item (`done` of an error-first callback).
    pub fn disposers(&self, acquisition: &Acquisition<'_>) -> SmallVec<[Path; 2]> {
        let mut found = SmallVec::new();
        for end in &acquisition.entry.ends {
            if let End::Invoke(place) = end
                && (place.root != PlaceRoot::Return || acquisition.items.is_empty() || place.steps.is_empty())
            {
                found.extend(self.place_paths(acquisition.call, place));
            }
        }
        found
    }

    /// Whether the result of the acquiring call is thrown away, so that nothing can give it back.
    pub fn is_dropped(&self, acquisition: &Acquisition<'_>) -> bool {
        let ends_by_key =
            acquisition.entry.ends.iter().any(
                |end| matches!(end, End::Call { binds, .. } if binds.iter().all(|bind| bind.there != There::Item)),
            );
        !acquisition.at_entry
            && !ends_by_key
            && acquisition
                .entry
                .item
                .as_ref()
                .is_some_and(|item| item.at.root == PlaceRoot::Return)
            && matches!(self.call(acquisition.call).used, Used::Dropped | Used::AwaitedDropped)
    }

    /// Whether an expression is or contains the acquired thing: itself, an object or array around it, perhaps by the name of
    /// a variable.
    pub fn holds_item(&self, items: &[Path], expr: ExprRef) -> bool {
        self.holds_item_within(items, expr, 0)
    }

    fn holds_item_within(&self, items: &[Path], expr: ExprRef, depth: u32) -> bool {
        if depth > MAX_NESTING {
            return false;
        }
        if self.is_one_of(items, expr) != Match::No {
            return true;
        }
        let within = |id| self.holds_item_within(items, expr.with(id), depth + 1);
        match self.expr(expr) {
            Expr::Binding(_) => self.possible(expr).iter().any(|path| match path.root {
                Root::Object(literal) => path.is_root() && self.holds_item_within(items, literal, depth + 1),
                _ => false,
            }),
            Expr::Object(properties) => properties.iter().any(|property| match property {
                crate::facts::expr::Property::Field { value, .. }
                | crate::facts::expr::Property::Computed { value, .. }
                | crate::facts::expr::Property::Spread(value) => within(*value),
                _ => false,
            }),
            Expr::Array(elements) => elements.iter().any(|&element| within(element)),
            Expr::Spread(of) | Expr::Await(of) | Expr::Cast { value: of, .. } => within(*of),
            Expr::Conditional { yes, no, .. } => within(*yes) || within(*no),
            Expr::Logical { left, right, .. } => within(*left) || within(*right),
            _ => false,
        }
    }
}
