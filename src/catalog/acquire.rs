//! `[[acquire]]`: what begins and how it ends, from the schema into the model.

use toml::Spanned;

use super::compile::Compiler;
use super::effect::{Acquire, Bind, ChainEnd, End, Finally, Flag, Holder, Item, KeyPart, There};
use super::error::Problem;
use super::parse::place;
use super::pattern::{Callee, Place, PlaceRoot};
use super::schema::{AcquireSchema, EndSchema, FlagSchema, ItemSchema, Text, TextOr, TextOrList};

impl Compiler<'_> {
    pub fn acquire(&mut self, written: &AcquireSchema, last_example: Option<usize>) {
        let place_of_call = written.call.0.first().map_or(0..0, Spanned::span);
        if last_example.is_none_or(|example| example < place_of_call.start) {
            let problem = Problem::new("an `[[acquire]]` has no example after it");
            self.error(
                place_of_call,
                problem.help("add an `[[example]]` with `rule`, `leak` and `ok` below it"),
            );
        }
        let when = self.conditions(&written.when);
        let item = written.item.as_ref().and_then(|item| self.item(item));
        let keeps = written.keeps.as_ref().and_then(|keeps| self.place(keeps));
        let key: Vec<KeyPart> = written.key.iter().filter_map(|part| self.key_part(part)).collect();
        let absent_if = written.absent_if.as_ref().and_then(|place| self.place(place));
        let ends: Vec<End> = written
            .ends
            .get_ref()
            .iter()
            .flat_map(|end| self.ends(end, &key, item.as_ref()))
            .collect();
        let activated_by = self.callees(&written.activated_by);
        let finally = written
            .finally
            .as_ref()
            .and_then(|finally| self.finally(finally, &ends, item.as_ref()));
        for callee in self.callees(&written.call) {
            let holder = match &written.holder {
                Some(holder) => self.holder(holder),
                None => Some(default_holder(&callee)),
            };
            let Some(holder) = holder else { continue };
            self.catalog.acquires.push(Acquire {
                library: self.library,
                callee,
                when: when.clone(),
                resource: written.resource,
                item: item.clone(),
                holder,
                keeps: keeps.clone(),
                key: key.clone(),
                repeat: written.repeat,
                absent_if: absent_if.clone(),
                failure_holds: written.failure_holds,
                self_ending: written.self_ending,
                lasting: written.lasting,
                activated_by: activated_by.clone(),
                witnessed: written.witnessed,
                ends: ends.clone(),
                finally: finally.clone(),
            });
        }
    }

    /// One of the endings by its name, or `()` for the item that is called itself; `await` before it if it gives a promise.
    fn finally(&mut self, written: &Text, ends: &[End], item: Option<&Item>) -> Option<Finally> {
        let text = written.get_ref().as_str();
        let (is_awaited, name) = match text.strip_prefix("await ") {
            Some(name) => (true, name),
            None => (false, text),
        };
        let fits = |end: &End| match end {
            End::Call { callee, .. } => callee.name() == Some(name),
            End::Invoke(place) => name == "()" && item.is_some_and(|item| item.at == *place),
            _ => false,
        };
        if !ends.iter().any(fits) {
            let names: Vec<&str> = ends
                .iter()
                .filter_map(|end| match end {
                    End::Call { callee, .. } => callee.name(),
                    _ => None,
                })
                .collect();
            self.error(
                written.span(),
                Problem::unknown("ending for `finally`", name, names).help("name one of `ends`"),
            );
            return None;
        }
        Some(Finally {
            name: (name != "()").then(|| name.into()),
            is_awaited,
        })
    }

    fn item(&mut self, written: &Spanned<TextOr<ItemSchema>>) -> Option<Item> {
        match written.get_ref() {
            TextOr::Text(at) => {
                let at = place(at);
                Some(Item {
                    at: self.note(written.span(), at)?,
                    ty: None,
                })
            }
            TextOr::Table(table) => {
                let ty = table.ty.as_ref().and_then(|ty| self.type_named(ty, ty.get_ref()));
                Some(Item {
                    at: self.place(&table.at)?,
                    ty,
                })
            }
            TextOr::List(_) => None,
        }
    }

    fn holder(&mut self, written: &Text) -> Option<Holder> {
        match written.get_ref().as_str() {
            "process" => Some(Holder::Process),
            value if value.starts_with("global:") || value.starts_with("node:") => {
                let path = self.names.export(value);
                self.note(written.span(), path).map(Holder::Value)
            }
            _ => self.place(written).map(Holder::At),
        }
    }

    fn key_part(&mut self, written: &Spanned<TextOr<FlagSchema>>) -> Option<KeyPart> {
        match written.get_ref() {
            TextOr::Text(at) => {
                let at = place(at);
                Some(KeyPart {
                    at: self.note(written.span(), at)?,
                    flag: None,
                })
            }
            TextOr::Table(table) => {
                let flag = Flag {
                    property: table.read.as_str().into(),
                    default: table.default,
                };
                Some(KeyPart {
                    at: self.place(&table.of)?,
                    flag: Some(flag),
                })
            }
            TextOr::List(_) => None,
        }
    }

    /// One written ending; a `call` or `chain` with alternatives is several.
    fn ends(&mut self, written: &Spanned<EndSchema>, key: &[KeyPart], item: Option<&Item>) -> Vec<End> {
        let end = written.get_ref();
        let places = [
            end.invoke.as_ref().map(|at| (at, End::Invoke as fn(Place) -> End)),
            end.signal.as_ref().map(|at| (at, End::Signal as fn(Place) -> End)),
            end.once.as_ref().map(|at| (at, End::Once as fn(Place) -> End)),
            end.added_to.as_ref().map(|at| (at, End::AddedTo as fn(Place) -> End)),
            end.iterate.as_ref().map(|at| (at, End::Iterate as fn(Place) -> End)),
        ];
        let forms = places.iter().flatten().count()
            + usize::from(end.call.is_some())
            + usize::from(end.read.is_some())
            + usize::from(end.fails.is_some())
            + usize::from(end.completes.is_some())
            + usize::from(end.chain.is_some())
            + usize::from(end.source.is_some());
        if forms != 1 {
            let help = "write one of `call`, `invoke`, `signal`, `once`, `added_to`, `iterate`, `read`, `fails`, `chain`, `source`, `completes`";
            self.error(
                written.span(),
                Problem::new("an ending has exactly one form").help(help),
            );
            return Vec::new();
        }
        self.check_extras(written);
        if let Some(calls) = &end.call {
            let binds = self.binds(written, key, item);
            let when = self.conditions(&end.when);
            let callees = self.callees(calls).into_iter();
            return callees
                .map(|callee| End::Call {
                    callee,
                    when: when.clone(),
                    binds: binds.clone(),
                    arguments: end.args,
                })
                .collect();
        }
        if let Some(chain) = &end.chain {
            let Some(how) = self.chain_end(written) else {
                return Vec::new();
            };
            let when = self.conditions(&end.when);
            let operators = self.callees(chain).into_iter();
            return operators
                .map(|operator| End::Chain {
                    operator,
                    when: when.clone(),
                    how: how.clone(),
                })
                .collect();
        }
        if (end.read.is_some() || end.fails.is_some()) && item.is_none() {
            let problem = Problem::new("the ending speaks of an item, and the acquisition has none");
            self.error(written.span(), problem.help("add `item = …`"));
        }
        if let Some(completes) = &end.completes {
            return self.callees(completes).into_iter().map(End::Completes).collect();
        }
        if let Some(fails) = &end.fails {
            return self.callees(fails).into_iter().map(End::Fails).collect();
        }
        if let Some(read) = &end.read {
            return vec![End::Read(read.get_ref().as_str().into())];
        }
        if let Some(source) = &end.source {
            return self.types_named(source).into_iter().map(End::FiniteSource).collect();
        }
        let placed = places.iter().flatten().next();
        placed
            .and_then(|(at, form)| self.place(at).map(form))
            .into_iter()
            .collect()
    }

    /// What the operator of a `chain` does.
    fn chain_end(&mut self, written: &Spanned<EndSchema>) -> Option<ChainEnd> {
        let end = written.get_ref();
        match (&end.fires, &end.by, end.finite, end.waits) {
            (Some(notifier), Some(by), false, false) => Some(ChainEnd::Fires {
                notifier: self.place(notifier)?,
                by: self.callees(by),
            }),
            (None, None, true, false) => Some(ChainEnd::Finite),
            (None, None, false, true) => Some(ChainEnd::Waits),
            _ => {
                let problem =
                    Problem::new("a `chain` has either `fires` and `by`, or `finite = true`, or `waits = true`");
                self.error(written.span(), problem);
                None
            }
        }
    }

    /// Keys that belong to another form of ending are mistakes, not noise.
    fn check_extras(&mut self, written: &Spanned<EndSchema>) {
        let end = written.get_ref();
        let of_call = end.on.is_some() || end.item_at.is_some() || end.key.is_some() || end.all || end.args.is_some();
        let of_chain = end.fires.is_some() || end.by.is_some() || end.finite || end.waits;
        if of_call && end.call.is_none() {
            let problem = Problem::new("`on`, `item_at`, `key`, `all` and `args` belong to an ending by `call`");
            self.error(written.span(), problem);
        }
        if !end.when.is_empty() && end.call.is_none() && end.chain.is_none() {
            let problem = Problem::new("`when` belongs to an ending by `call` or `chain`");
            self.error(written.span(), problem);
        }
        if of_chain && end.chain.is_none() {
            self.error(
                written.span(),
                Problem::new("`fires`, `by`, `finite` and `waits` belong to an ending by `chain`"),
            );
        }
    }

    /// What an ending call has to have in common with the acquisition.
    fn binds(&mut self, written: &Spanned<EndSchema>, key: &[KeyPart], item: Option<&Item>) -> Vec<Bind> {
        let end = written.get_ref();
        let receiver = KeyPart {
            at: Place {
                root: PlaceRoot::Receiver,
                steps: Vec::new(),
            },
            flag: None,
        };
        let mut binds = Vec::new();
        match end.on.as_ref().map(|on| (on.get_ref().as_str(), on.span())) {
            Some(("item", _)) => binds.push(Bind {
                here: receiver,
                there: There::Item,
            }),
            Some(("recv", _)) => binds.push(Bind {
                here: receiver,
                there: There::Receiver,
            }),
            Some((word, span)) => self.error(
                span,
                Problem::unknown("word for `on`", word, ["item", "recv"]).help("`on` is `item` or `recv`"),
            ),
            None => {}
        }
        if let Some(at) = end.item_at.as_ref().and_then(|at| self.place(at)) {
            binds.push(Bind {
                here: KeyPart { at, flag: None },
                there: There::Item,
            });
        }
        if let Some(written_key) = &end.key {
            binds.extend(self.key_binds(written_key, key));
        }
        if item.is_none() && binds.iter().any(|bind| bind.there == There::Item) {
            self.error(
                written.span(),
                Problem::new("the ending speaks of an item, and the acquisition has none").help("add `item = …`"),
            );
        }
        if binds.is_empty() != end.all {
            let help =
                "say what it ends: `on = \"item\"`, `item_at = \"arg0\"`, `key = \"same\"`, or `all = true` alone";
            self.error(
                written.span(),
                Problem::new("an ending call must say what it ends").help(help),
            );
        }
        binds
    }

    fn key_binds(&mut self, written: &Spanned<TextOrList>, key: &[KeyPart]) -> Vec<Bind> {
        let list = match written.get_ref() {
            TextOr::Text(word) if word == "same" => {
                let parts = (0u8..).zip(key);
                return parts
                    .map(|(part, here)| Bind {
                        here: here.clone(),
                        there: There::Key(part),
                    })
                    .collect();
            }
            TextOr::Text(word) => {
                let problem =
                    Problem::new(format!("unknown key `{word}`")).help("`key` is `\"same\"` or a list of places");
                self.error(written.span(), problem);
                return Vec::new();
            }
            TextOr::List(list) => list,
            TextOr::Table(never) => match *never {},
        };
        if list.len() > key.len() {
            let message = format!(
                "the ending's key has {} parts, the acquisition's {}",
                list.len(),
                key.len()
            );
            self.error(written.span(), Problem::new(message));
        }
        let mut binds = Vec::new();
        for (part, written) in (0u8..).zip(list) {
            if matches!(written.get_ref(), TextOr::Text(skipped) if skipped == "_") {
                continue;
            }
            if let Some(here) = self.key_part(written) {
                binds.push(Bind {
                    here,
                    there: There::Key(part),
                });
            }
        }
        binds
    }
}

/// A method's receiver, else the runtime.
fn default_holder(callee: &Callee) -> Holder {
    match callee {
        Callee::Export(_) | Callee::New(_) | Callee::Attribute { .. } => Holder::Process,
        Callee::Method { .. }
        | Callee::Value(_)
        | Callee::Shape { .. }
        | Callee::PropertySet { .. }
        | Callee::ElementSet(_) => Holder::At(Place {
            root: PlaceRoot::Receiver,
            steps: Vec::new(),
        }),
    }
}
