//! `[[runs]]`: which functions a library calls, from the schema into the model.

use toml::Spanned;

use super::compile::Compiler;
use super::effect::{RunOwner, Runner, Runs};
use super::error::Problem;
use super::load::Span;
use super::pattern::TypeKey;
use super::schema::{OwnerKind, Params, RunOwnerSchema, RunsSchema, Text, TextOr, Texts};

/// Types of a callback's parameters by its arity; `None` is any arity, and any type.
type ParameterTypes = Vec<(Option<u8>, Vec<Option<TypeKey>>)>;

impl Compiler<'_> {
    pub fn runs(&mut self, table: &Spanned<RunsSchema>) {
        let written = table.get_ref();
        let params = written
            .params
            .as_ref()
            .map(|params| self.params(params))
            .unwrap_or_default();
        let when = self.conditions(&written.when);
        let owner = written.owner.as_ref().and_then(|owner| self.run_owner(owner));
        for who in self.runners(table.span(), written) {
            self.catalog.runs.push(Runs {
                library: self.library,
                who,
                when: when.clone(),
                per: written.per,
                params: params.clone(),
                now: written.now,
                owner: owner.clone(),
            });
        }
    }

    fn runners(&mut self, place: Span, written: &RunsSchema) -> Vec<Runner> {
        let forms = [
            &written.call,
            &written.decorator,
            &written.export,
            &written.method,
            &written.ty,
        ];
        if forms.into_iter().flatten().count() != 1 {
            let help = "write one of `call` with `callback`, `decorator`, `file` with `export`, `method`, `type`";
            self.error(place, Problem::new("`[[runs]]` has exactly one form").help(help));
            return Vec::new();
        }
        if written.call.is_some() != written.callback.is_some() {
            self.error(place.clone(), Problem::new("`call` and `callback` go together"));
        }
        if written.export.is_some() != written.file.is_some() {
            self.error(place.clone(), Problem::new("`file` and `export` go together"));
        }
        if written.owner.is_some() && written.decorator.is_none() {
            self.error(place, Problem::new("`owner` belongs to a `decorator`"));
        }
        if let (Some(calls), Some(callbacks)) = (&written.call, &written.callback) {
            let (callees, places) = (self.callees(calls), self.places(callbacks));
            let pairs = callees
                .iter()
                .flat_map(|callee| places.iter().map(move |at| (callee.clone(), at.clone())));
            return pairs.map(|(callee, at)| Runner::Callback { callee, at }).collect();
        }
        if let Some(decorators) = &written.decorator {
            return self.exports(decorators).into_iter().map(Runner::Decorated).collect();
        }
        if let (Some(glob), Some(exports)) = (&written.file, &written.export) {
            let export = self.words(exports);
            return vec![Runner::FileExport {
                glob: glob.get_ref().as_str().into(),
                export,
            }];
        }
        if let Some(types) = &written.ty {
            let types = types.0.iter().flat_map(|ty| self.types_named(ty));
            return types.map(Runner::Typed).collect();
        }
        written
            .method
            .as_ref()
            .map(|methods| self.methods(methods))
            .unwrap_or_default()
    }

    /// `RouteOptions#handler`.
    fn methods(&mut self, methods: &Texts) -> Vec<Runner> {
        self.each(methods, |compiler, text| {
            let (ty, name) = text.split_once('#').ok_or_else(|| {
                Problem::new(format!("bad method `{text}`")).help("a method of an object is written `Type#name`")
            })?;
            Ok(Runner::Method {
                ty: compiler.names.ty(ty)?,
                name: name.into(),
            })
        })
    }

    fn run_owner(&mut self, written: &RunOwnerSchema) -> Option<RunOwner> {
        match written.is {
            OwnerKind::Singleton => {}
        }
        let unless = match written.unless.as_ref().map(|unless| (unless.span(), unless.get_ref())) {
            None => [].as_slice(),
            Some((_, TextOr::Table(one))) => std::slice::from_ref(one),
            Some((_, TextOr::List(list))) => list,
            Some((span, TextOr::Text(_))) => {
                let help = "write `{ decorator = \"pkg.Name\", option = \"arg0.scope\" }`";
                self.error(span, Problem::new("`unless` is a table or a list of them").help(help));
                return None;
            }
        };
        let unless = unless
            .iter()
            .filter_map(|unless| Some((self.export(&unless.decorator)?, self.place(&unless.option)?)))
            .collect();
        Some(RunOwner { unless })
    }

    fn params(&mut self, written: &Spanned<Params>) -> ParameterTypes {
        match written.get_ref() {
            TextOr::List(types) => vec![(None, self.parameter_types(types))],
            TextOr::Table(by_arity) => {
                let mut all = Vec::new();
                for (arity, types) in by_arity {
                    let number = arity
                        .get_ref()
                        .parse::<u8>()
                        .map_err(|_| Problem::new(format!("`{}` is no number of parameters", arity.get_ref())));
                    if let Some(number) = self.note(arity.span(), number) {
                        all.push((Some(number), self.parameter_types(types)));
                    }
                }
                all
            }
            TextOr::Text(_) => {
                self.error(
                    written.span(),
                    Problem::new("`params` is a list of types, or a list for each arity"),
                );
                Vec::new()
            }
        }
    }

    fn parameter_types(&mut self, types: &[Text]) -> Vec<Option<TypeKey>> {
        types
            .iter()
            .map(|ty| {
                if ty.get_ref() == "_" {
                    None
                } else {
                    self.type_named(ty, ty.get_ref())
                }
            })
            .collect()
    }
}
