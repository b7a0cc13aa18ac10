//! The tables of one file, from the schema into the model. Every mistake is noted at its place and the rest goes on.

use toml::Spanned;

use super::Catalog;
use super::effect::{
    Alias, Bag, CatalogType, Container, DecoratedField, Events, Example, Factory, Grows, Leaves, Lifetime, Part, Takes,
};
use super::error::{CatalogError, Problem};
use super::parse::{Names, place};
use super::pattern::{Condition, TypeKey};
use super::schema::{ExampleSchema, FileSchema, PartSchema, Text, TypeSchema};

/// What is needed to read one file's tables.
pub(super) struct Compiler<'a> {
    pub names: Names<'a>,
    pub library: usize,
    pub file: &'a str,
    pub text: &'a str,
    pub catalog: &'a mut Catalog,
    pub errors: &'a mut Vec<CatalogError>,
}

impl Compiler<'_> {
    pub fn file(&mut self, file: &FileSchema) {
        let source = &file.catalog.source;
        if !source.get_ref().starts_with("https://") {
            self.error(
                source.span(),
                Problem::new("`source` is no address").help("give the documentation's `https://` address"),
            );
        }
        for (name, ty) in &file.types {
            self.ty(name, ty);
        }
        for (name, part) in &file.parts {
            self.part(name, part);
        }
        for (name, events) in &file.terminals {
            let events = self.events(name, events);
            self.catalog.terminals.extend(events);
        }
        for (name, events) in &file.recurring {
            let events = self.events(name, events);
            self.catalog.recurring.extend(events);
        }
        for (name, events) in &file.parting {
            let events = self.events(name, events);
            self.catalog.partings.extend(events);
        }
        let last_example = file.examples.iter().map(|example| example.leak.span().start).max();
        for acquire in &file.acquires {
            self.acquire(acquire, last_example);
        }
        for runs in &file.runs {
            self.runs(runs);
        }
        self.small_tables(file);
        for lifecycle in &file.lifecycles {
            self.lifecycle(lifecycle);
        }
        for example in &file.examples {
            self.example(example);
        }
    }

    fn small_tables(&mut self, file: &FileSchema) {
        let library = self.library;
        for takes in &file.takes {
            for callee in self.callees(&takes.call) {
                for at in self.places(&takes.args) {
                    self.catalog.takes.push(Takes {
                        library,
                        callee: callee.clone(),
                        at,
                        until: takes.until,
                    });
                }
            }
        }
        for container in &file.containers {
            for from in self.callees(&container.from) {
                let (when, bounded_if) = (self.conditions(&container.when), self.places(&container.bounded_if));
                let (unbounded, weak) = (container.unbounded, container.weak);
                self.catalog.containers.push(Container {
                    library,
                    from,
                    when,
                    bounded_if,
                    unbounded,
                    weak,
                });
            }
        }
        for grows in &file.grows {
            for callee in self.callees(&grows.call) {
                let (when, keys) = (self.conditions(&grows.when), self.places(&grows.keys));
                self.catalog.grows.push(Grows {
                    library,
                    callee,
                    when,
                    keys,
                    per: grows.grows_per,
                });
            }
        }
        for safe in &file.safe {
            let callees = self.callees(&safe.call);
            self.catalog.safe.extend(callees);
        }
        for alias in &file.aliases {
            for callee in self.callees(&alias.call) {
                if let Some(same) = self.place(&alias.same) {
                    self.catalog.aliases.push(Alias {
                        library,
                        callee,
                        same,
                        identity: alias.identity,
                    });
                }
            }
        }
        for bag in &file.bags {
            let drained_by = Some(bag.drained_by.as_str())
                .filter(|&word| word != "owner-teardown")
                .map(Into::into);
            for ty in self.types_named(&bag.ty) {
                let add = self.words(&bag.add);
                self.catalog.bags.push(Bag {
                    library,
                    ty,
                    add,
                    drained_by: drained_by.clone(),
                });
            }
        }
        for field in &file.fields {
            let Some(lifetime) = self.lifetime(&field.lifetime) else {
                continue;
            };
            for decorator in self.exports(&field.decorator) {
                self.catalog.fields.push(DecoratedField { decorator, lifetime });
            }
        }
        for leaves in &file.leaves {
            for callee in self.callees(&leaves.call) {
                self.catalog.leaves.push(Leaves {
                    library,
                    callee,
                    how: leaves.how,
                });
            }
        }
    }

    /// Events of one or several types, or of emitters of any type.
    fn events(&mut self, name: &Text, events: &[String]) -> Vec<Events> {
        let events: Vec<Box<str>> = events.iter().map(|event| event.as_str().into()).collect();
        let of = |ty| Events {
            ty,
            events: events.clone(),
        };
        if name.get_ref() == "*" {
            return vec![of(None)];
        }
        self.types_named(name).into_iter().map(|ty| of(Some(ty))).collect()
    }

    fn ty(&mut self, name: &Text, written: &TypeSchema) {
        let Some(key) = self.type_named(name, name.get_ref()) else {
            return;
        };
        let mut ty = self.catalog.ty(key).clone();
        let when = self.conditions(&written.when);
        for from in &written.from.0 {
            self.origin(from, &when, &mut ty);
        }
        if let (Some((first, _)), true) = (written.when.first_key_value(), ty.factories.is_empty()) {
            let problem = Problem::new("`when` of a type speaks of the calls in its `from`, and there are none");
            self.error(first.span(), problem);
        }
        for base in &written.extends.0 {
            for base in self.types_named(base) {
                ty.extends.push(base);
            }
        }
        ty.lifetime = written.lifetime.as_ref().and_then(|lifetime| self.lifetime(lifetime));
        ty.cell = written.cell.as_deref().map(Into::into);
        ty.must = written.must.as_deref().map(Into::into);
        ty.origin = written.origin;
        let extends = ty.extends.clone();
        self.catalog.types[key.0 as usize] = ty;
        if let Some(span) = written.extends.0.first().map(Spanned::span)
            && extends.iter().any(|&base| self.reaches(base, key, 0))
        {
            self.catalog.types[key.0 as usize].extends.clear();
            self.error(span, Problem::new(format!("`{}` extends itself", name.get_ref())));
        }
    }

    fn reaches(&self, from: TypeKey, to: TypeKey, depth: usize) -> bool {
        from == to
            || depth < 64
                && self
                    .catalog
                    .ty(from)
                    .extends
                    .iter()
                    .any(|&base| self.reaches(base, to, depth + 1))
    }

    /// One way a value gets the type.
    fn origin(&mut self, from: &Text, when: &[Condition], ty: &mut CatalogType) {
        let (kind, rest) = from.get_ref().split_once(' ').unwrap_or((from.get_ref(), ""));
        let rest = rest.trim();
        if kind == "shape" {
            ty.shapes.push(rest.into());
            return;
        }
        for one in self.alternatives(from.span(), rest) {
            match kind {
                "call" => {
                    let (pattern, at) = one.split_once(' ').unwrap_or((&one, "ret"));
                    let callee = self.names.callee(pattern);
                    let at = place(at);
                    if let (Some(callee), Some(at)) = (self.note(from.span(), callee), self.note(from.span(), at)) {
                        ty.factories.push(Factory {
                            callee,
                            when: when.to_vec(),
                            at,
                        });
                    }
                }
                "global" => {
                    let path = self.names.export(&format!("global:{one}"));
                    ty.values.extend(self.note(from.span(), path));
                }
                "new" | "annotation" | "inject" | "class" | "value" => {
                    let path = self.names.export(&one);
                    let Some(path) = self.note(from.span(), path) else {
                        continue;
                    };
                    if matches!(kind, "new" | "class") {
                        ty.constructors.push(path.clone());
                    }
                    if matches!(kind, "annotation" | "class") {
                        ty.annotations.push(path.clone());
                    }
                    if matches!(kind, "inject" | "class") {
                        ty.injections.push(path.clone());
                    }
                    if kind == "value" {
                        ty.values.push(path);
                    }
                }
                _ => {
                    let known = [
                        "new",
                        "annotation",
                        "inject",
                        "class",
                        "call",
                        "global",
                        "value",
                        "shape",
                    ];
                    let help = "a value gets its type by `class`, `new`, `annotation`, `inject`, `call`, `global`, `value` or `shape`";
                    let problem = Problem::unknown("way to get a type", kind, known);
                    let problem = if problem.help.is_some() {
                        problem
                    } else {
                        problem.help(help)
                    };
                    return self.error(from.span(), problem);
                }
            }
        }
    }

    fn part(&mut self, name: &Text, written: &PartSchema) {
        for whole in self.alternatives(name.span(), name.get_ref()) {
            let Some((of, property)) = whole.rsplit_once('.') else {
                return self.error(
                    name.span(),
                    Problem::new(format!("bad part `{whole}`")).help("a part is written `Type.property`"),
                );
            };
            let Some(of) = self.type_named(name, of) else {
                continue;
            };
            let ty = written.ty.as_ref().and_then(|ty| self.type_named(ty, ty.get_ref()));
            let lifetime = written.lifetime.as_ref().and_then(|lifetime| self.lifetime(lifetime));
            let null_in = self.words(&written.null_in);
            let (origin, volatile) = (written.origin, written.volatile);
            self.catalog.parts.push(Part {
                of,
                name: property.into(),
                ty,
                lifetime,
                origin,
                volatile,
                null_in,
            });
        }
    }

    fn lifetime(&mut self, text: &Text) -> Option<Lifetime> {
        Some(match text.get_ref().as_str() {
            "process" => Lifetime::Process,
            "request" => Lifetime::Request,
            "owner" => Lifetime::Owner,
            "call" => Lifetime::Call,
            "outlives" => Lifetime::Outlives,
            word => match word.strip_prefix("with:") {
                Some(ty) => Lifetime::With(self.type_named(text, ty)?),
                None => {
                    let known = ["process", "request", "owner", "call", "outlives", "with:"];
                    self.error(text.span(), Problem::unknown("lifetime", word, known));
                    return None;
                }
            },
        })
    }

    fn example(&mut self, written: &ExampleSchema) {
        if written.leak.get_ref().trim().is_empty() || written.ok.trim().is_empty() {
            self.error(
                written.leak.span(),
                Problem::new("an example needs code in `leak` and `ok`"),
            );
        }
        if let Some(near) = written.near.as_ref().filter(|near| near.get_ref().trim().is_empty()) {
            self.error(
                near.span(),
                Problem::new("an example needs code in `near`, or no `near`"),
            );
        }
        self.catalog.examples.push(Example {
            library: self.library,
            rule: written.rule.get_ref().as_str().into(),
            leak: written.leak.get_ref().as_str().into(),
            ok: written.ok.as_str().into(),
            near: written.near.as_ref().map(|near| near.get_ref().as_str().into()),
            filename: written.filename.as_deref().map(Into::into),
        });
    }
}
