//! Joins imports to exports: which file or package a specifier means, and what a file's exports are.

use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::FileId;
use crate::facts::body::Op;
use crate::facts::expr::{Expr, Property};
use crate::facts::ids::{ExprId, FnId, Name};
use crate::facts::{Export, FileFacts, ImportKind};

use super::names::Sym;
use super::path::{At, ExprRef};
use super::resolve::{Resolved, Resolver};
use super::{Names, SourceFile};

/// Re-exports followed from file to file.
const MAX_REEXPORTS: u32 = 16;

/// What a specifier means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    File(FileId),
    /// A package or built-in module, as imported, without `node:`; a subpath stays part of the name.
    Package(Sym),
}

/// What an export is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExportValue {
    Expr(ExprRef),
    Namespace(FileId),
    /// A package's export passed on; `None` is the whole package.
    Package(Sym, Option<Sym>),
}

/// The module graph.
#[derive(Default)]
pub struct Links {
    targets: FxHashMap<(FileId, Name), Target>,
    /// What each file loads, types left out.
    loads: Vec<Vec<Target>>,
    files: Vec<Exports>,
    default: Option<Sym>,
}

#[derive(Default)]
struct Exports {
    named: FxHashMap<Sym, Exported>,
    stars: Vec<Target>,
    /// `module.exports = value` and `export = value`; a file may have several, by a condition.
    wholes: Vec<ExprRef>,
}

#[derive(Clone, Copy)]
enum Exported {
    Value(ExprRef),
    From(Target, Option<Sym>),
}

impl Links {
    pub fn build(files: &[SourceFile], syms: &[Vec<Sym>], names: &mut Names, resolver: &Resolver) -> Self {
        let mut links = Links {
            default: Some(names.intern("default")),
            ..Links::default()
        };
        let specifiers: Vec<(&Path, Vec<&str>)> = files
            .iter()
            .map(|file| {
                let imports = file.facts.imports.iter();
                (
                    file.path.as_path(),
                    imports.map(|import| file.facts.name(import.module)).collect(),
                )
            })
            .collect();
        let resolved = resolver.resolve_all(&specifiers);
        for ((index, file), resolved) in files.iter().enumerate().zip(resolved) {
            let id = FileId(index as u32);
            let mut loads = Vec::new();
            for (import, resolved) in file.facts.imports.iter().zip(resolved) {
                let target = match resolved {
                    Resolved::File(at) => Target::File(FileId(at as u32)),
                    Resolved::Package { name, subpath } if subpath.is_empty() => Target::Package(names.intern(&name)),
                    Resolved::Package { name, subpath } => {
                        Target::Package(names.intern(&format!("{name}/{}", subpath.trim_start_matches(['.', '/']))))
                    }
                    Resolved::Builtin(name) => Target::Package(names.intern(&name)),
                    Resolved::Unresolved => continue,
                };
                links.targets.insert((id, import.module), target);
                if import.kind != ImportKind::TypeOnly {
                    loads.push(target);
                }
            }
            links.loads.push(loads);
        }
        for (index, file) in files.iter().enumerate() {
            let exports = links.exports_of(FileId(index as u32), &file.facts, &syms[index]);
            links.files.push(exports);
        }
        links
    }

    fn exports_of(&self, file: FileId, facts: &FileFacts, syms: &[Sym]) -> Exports {
        let mut exports = Exports::default();
        let sym = |name: Name| syms[name.index()];
        for export in &facts.exports {
            match export {
                Export::Local { name, value } if facts.name(*name) == "export=" => {
                    exports.wholes.push(At::new(file, *value))
                }
                Export::Local { name, value } => {
                    exports.named.insert(sym(*name), Exported::Value(At::new(file, *value)));
                }
                Export::From { name, module, imported } => {
                    if let Some(&target) = self.targets.get(&(file, *module)) {
                        let member = (facts.name(*imported) != "*").then(|| sym(*imported));
                        exports.named.insert(sym(*name), Exported::From(target, member));
                    }
                }
                Export::Star { module } => exports.stars.extend(self.targets.get(&(file, *module))),
            }
        }
        common_js(file, facts, &sym, &mut exports);
        let spread = spread_modules(facts, &exports);
        exports
            .stars
            .extend(spread.iter().filter_map(|&module| self.targets.get(&(file, module))));
        exports
    }

    /// What a specifier of a file means.
    pub fn target(&self, file: FileId, module: Name) -> Option<Target> {
        self.targets.get(&(file, module)).copied()
    }

    /// The files that a file loads; types alone load nothing.
    pub fn loads(&self, file: FileId) -> impl Iterator<Item = FileId> + '_ {
        self.loaded(file).filter_map(|target| match target {
            Target::File(file) => Some(file),
            Target::Package(_) => None,
        })
    }

    /// The packages that a file loads.
    pub fn packages(&self, file: FileId) -> impl Iterator<Item = Sym> + '_ {
        self.loaded(file).filter_map(|target| match target {
            Target::Package(package) => Some(package),
            Target::File(_) => None,
        })
    }

    fn loaded(&self, file: FileId) -> impl Iterator<Item = Target> + '_ {
        self.loads[file.index()].iter().copied()
    }

    /// The export of that name, through re-exports.
    pub fn export(&self, file: FileId, name: Sym) -> Option<ExportValue> {
        self.export_within(file, name, 0, &mut Seen::default())
    }

    fn export_within(&self, file: FileId, name: Sym, depth: u32, seen: &mut Seen) -> Option<ExportValue> {
        if depth > MAX_REEXPORTS {
            return None;
        }
        let exports = &self.files[file.index()];
        if let Some(exported) = exports.named.get(&name) {
            return match *exported {
                Exported::Value(value) => Some(ExportValue::Expr(value)),
                Exported::From(Target::File(file), Some(member)) => self.export_within(file, member, depth + 1, seen),
                Exported::From(Target::File(file), None) => Some(ExportValue::Namespace(file)),
                Exported::From(Target::Package(package), member) => Some(ExportValue::Package(package, member)),
            };
        }
        // `export *` passes everything on but the default.
        if Some(name) == self.default {
            return self.whole(file).map(ExportValue::Expr);
        }
        if !exports.stars.is_empty() && !seen.insert((file, name)) {
            return None;
        }
        let in_files = exports.stars.iter().find_map(|star| match *star {
            Target::File(file) => self.export_within(file, name, depth + 1, seen),
            Target::Package(_) => None,
        });
        let mut packages = exports.stars.iter().filter_map(|star| match *star {
            Target::Package(package) => Some(package),
            Target::File(_) => None,
        });
        // Of two packages nobody knows which has it.
        in_files.or_else(|| match (packages.next(), packages.next()) {
            (Some(only), None) => Some(ExportValue::Package(only, Some(name))),
            _ => None,
        })
    }

    /// `module.exports = value` of a CommonJS file: what `require` gives, if it is one thing.
    pub fn whole(&self, file: FileId) -> Option<ExprRef> {
        match self.files[file.index()].wholes[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Every name that importers of the file can use, with what it is, re-exports included; in no order.
    pub fn all_exports(&self, file: FileId) -> Vec<(Sym, ExportValue)> {
        let mut names = FxHashSet::default();
        self.collect_names(file, &mut names, 0, &mut FxHashSet::default());
        names
            .into_iter()
            .filter_map(|name| Some((name, self.export(file, name)?)))
            .collect()
    }

    fn collect_names(&self, file: FileId, names: &mut FxHashSet<Sym>, depth: u32, seen: &mut FxHashSet<FileId>) {
        if depth > MAX_REEXPORTS || !seen.insert(file) {
            return;
        }
        let exports = &self.files[file.index()];
        names.extend(exports.named.keys());
        if !exports.wholes.is_empty() {
            names.extend(self.default);
        }
        for star in &exports.stars {
            if let Target::File(file) = *star {
                self.collect_names(file, names, depth + 1, seen);
            }
        }
    }

    pub fn exports_nothing(&self, file: FileId) -> bool {
        let exports = &self.files[file.index()];
        exports.named.is_empty() && exports.stars.is_empty() && exports.wholes.is_empty()
    }

    /// Every value the file exports itself, by name.
    pub fn own_exports(&self, file: FileId) -> impl Iterator<Item = (Option<Sym>, ExprRef)> + '_ {
        let exports = &self.files[file.index()];
        let named = exports.named.iter().filter_map(|(&name, exported)| match *exported {
            Exported::Value(value) => Some((Some(name), value)),
            Exported::From(..) => None,
        });
        named.chain(exports.wholes.iter().map(|&whole| (None, whole)))
    }
}

/// The names that were looked for in files without an end: there are more ways through files that re-export one another
/// than anybody can go.
type Seen = FxHashSet<(FileId, Sym)>;

/// Reads `module.exports = …`, `module.exports.x = …` and `exports.x = …` at the top level.
fn common_js(file: FileId, facts: &FileFacts, sym: &impl Fn(Name) -> Sym, exports: &mut Exports) {
    for op in &facts.function(FnId(0)).ops {
        let Op::Store { to, value } = *op else { continue };
        let Expr::Member { object, name, .. } = *facts.expr(to) else {
            continue;
        };
        if is_module_exports(facts, to) {
            exports.wholes.push(At::new(file, value));
            if let Expr::Object(properties) = facts.expr(value) {
                for property in properties {
                    if let Property::Field { name, value } = property {
                        exports.named.insert(sym(*name), Exported::Value(At::new(file, *value)));
                    }
                }
            }
        } else if is_module_exports(facts, object) || is_global(facts, object, "exports") {
            exports.named.insert(sym(name), Exported::Value(At::new(file, value)));
        }
    }
}

/// The modules that `module.exports = { ...require("./a"), ...b }` passes on.
fn spread_modules(facts: &FileFacts, exports: &Exports) -> Vec<Name> {
    let [whole] = exports.wholes[..] else { return Vec::new() };
    let Expr::Object(properties) = facts.expr(whole.id) else {
        return Vec::new();
    };
    let spread = properties.iter().filter_map(|property| match property {
        Property::Spread(value) => module_of(facts, *value),
        _ => None,
    });
    spread.collect()
}

/// The module that an expression, or a variable with one value, is the whole of.
fn module_of(facts: &FileFacts, expr: ExprId) -> Option<Name> {
    match facts.expr(expr) {
        Expr::Module(module) => Some(*module),
        Expr::Binding(binding) => match facts.binding(*binding).values[..] {
            [only] => match facts.expr(only) {
                Expr::Module(module) => Some(*module),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// Whether a store to this expression exports what is stored: `module.exports`, `module.exports.x`, `exports.x`.
pub fn is_common_js_export(facts: &FileFacts, to: ExprId) -> bool {
    let Expr::Member { object, .. } = *facts.expr(to) else {
        return false;
    };
    is_module_exports(facts, to) || is_module_exports(facts, object) || is_global(facts, object, "exports")
}

fn is_module_exports(facts: &FileFacts, expr: ExprId) -> bool {
    matches!(facts.expr(expr), Expr::Member { object, name, .. } if facts.name(*name) == "exports" && is_global(facts, *object, "module"))
}

fn is_global(facts: &FileFacts, expr: ExprId, global: &str) -> bool {
    matches!(facts.expr(expr), Expr::Global(name) if facts.name(*name) == global)
}
