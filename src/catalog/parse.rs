//! Patterns, places and tests from their strings. `README.md` in `rules/catalog` has the grammar for people.

use rustc_hash::FxHashMap;

use super::error::Problem;
use super::pattern::{Callee, ExportPath, Place, PlaceRoot, PlaceStep, Test, TypeKey};

/// What names mean in one file.
pub(crate) struct Names<'a> {
    /// The file's stem, which qualifies its own types.
    pub library: &'a str,
    /// The file speaks of the platform: a bare name is a global.
    pub is_platform: bool,
    /// The packages of all files.
    pub packages: &'a [Box<str>],
    /// All types, by qualified name.
    pub types: &'a FxHashMap<Box<str>, TypeKey>,
}

impl Names<'_> {
    /// `Pool` of this file, or `pg.Pool` of any.
    pub fn ty(&self, text: &str) -> Result<TypeKey, Problem> {
        self.find_type(text).ok_or_else(|| {
            let own = format!("{}.", self.library);
            let known: Vec<&str> = self
                .types
                .keys()
                .map(|name| name.strip_prefix(own.as_str()).unwrap_or(name))
                .collect();
            Problem::unknown("type", text, known)
        })
    }

    fn find_type(&self, text: &str) -> Option<TypeKey> {
        let local = format!("{}.{text}", self.library);
        self.types.get(local.as_str()).or_else(|| self.types.get(text)).copied()
    }

    /// `pg.Pool`, `node:fs/promises.open`, `express.default`, `setTimeout` in a file of the platform, `global:setTimeout` in any.
    pub fn export(&self, text: &str) -> Result<ExportPath, Problem> {
        let (module, rest) = self.split_module(text)?;
        let members = match rest {
            "" => Vec::new(),
            rest => rest
                .split('.')
                .map(|member| member_name(member, text))
                .collect::<Result<_, _>>()?,
        };
        if module.is_none() && members.is_empty() {
            return Err(Problem::new("a global needs a name"));
        }
        Ok(ExportPath { module, members }.canonical())
    }

    fn split_module<'t>(&self, text: &'t str) -> Result<(Option<Box<str>>, &'t str), Problem> {
        if let Some(global) = text.strip_prefix("global:") {
            return Ok((None, global));
        }
        if text.starts_with("node:") {
            let (module, rest) = text.split_once('.').unwrap_or((text, ""));
            return Ok((Some(module.into()), rest));
        }
        let package = self
            .packages
            .iter()
            .filter(|package| {
                text.strip_prefix(&***package)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
            })
            .max_by_key(|package| package.len());
        if let Some(package) = package {
            let after = &text[package.len()..];
            let dot = after.find('.').unwrap_or(after.len());
            let module = &text[..package.len() + dot];
            return Ok((Some(module.into()), after.get(dot + 1..).unwrap_or_default()));
        }
        if self.is_platform {
            return Ok((None, text));
        }
        let written = text.split_once('.').map_or(text, |(package, _)| package);
        let problem = Problem::unknown("package", written, self.packages.iter().map(|package| &**package));
        let help = "name the package in `library`, or write `global:` before a global";
        Err(if problem.help.is_some() {
            problem
        } else {
            problem.help(help)
        })
    }

    /// A pattern for a call, `new` or store. Alternatives are expanded before.
    pub fn callee(&self, text: &str) -> Result<Callee, Problem> {
        if let Some(class) = text.strip_prefix("new ") {
            return Ok(Callee::New(self.export(class)?));
        }
        if let Some(attribute) = text.strip_prefix("jsx ") {
            // `use:tooltip`: the name of a namespace may stand before.
            let local = attribute.split_once(':').map_or(attribute, |(_, local)| local);
            member_name(local, text)?;
            return Ok(Callee::Attribute { name: attribute.into() });
        }
        if let Some((ty, method)) = text.split_once('#') {
            let name = member_name(method, text)?;
            return Ok(if ty == "*" {
                Callee::Shape { name }
            } else {
                Callee::Method { ty: self.ty(ty)?, name }
            });
        }
        if let Some(ty) = text.strip_suffix("[]=") {
            return Ok(Callee::ElementSet(self.ty(ty)?));
        }
        if let Some(property) = text.strip_suffix('=') {
            let (ty, name) = property.rsplit_once('.').ok_or_else(|| {
                Problem::new(format!("bad pattern `{text}`")).help("an assignment is written `Type.property=`")
            })?;
            return Ok(Callee::PropertySet {
                ty: self.ty(ty)?,
                name: member_name(name, text)?,
            });
        }
        if !text.contains('.')
            && let Some(ty) = self.find_type(text)
        {
            return Ok(Callee::Value(ty));
        }
        Ok(Callee::Export(self.export(text)?))
    }
}

/// A name, perhaps with one `*` in it, or a well-known symbol in brackets.
fn member_name(member: &str, whole: &str) -> Result<Box<str>, Problem> {
    let symbol = member.strip_prefix("[Symbol.").and_then(|rest| rest.strip_suffix(']'));
    let word = symbol.unwrap_or(member).replacen('*', "", 1);
    let is_word = word
        .chars()
        .all(|c| c.is_alphanumeric() || c == '_' || c == '$' || c == '-');
    if member.is_empty() || !is_word {
        return Err(Problem::new(format!("bad pattern `{whole}`")).help(
            "a pattern is `pkg.Name`, `new pkg.Name`, `Type#method`, `*#method`, `Type.property=`, `Type[]=` or `jsx attribute`",
        ));
    }
    Ok(member.into())
}

const PLACE_HELP: &str = "a place is `recv`, `ret`, `awaited`, `arg0`, `arg0..`, `last`, `value` or `chain`, \
    then `.property`, `.param0`, `.ret`, `.awaited`, `.0` or `.*`";

/// `arg0.param1`, `awaited.ret.awaited`, `arg0..`.
pub(crate) fn place(text: &str) -> Result<Place, Problem> {
    let bad = || Problem::new(format!("bad place `{text}`")).help(PLACE_HELP);
    if let Some(argument) = text.strip_suffix("..") {
        let root = PlaceRoot::ArgumentsFrom(numbered(argument, "arg").ok_or_else(bad)?);
        return Ok(Place {
            root,
            steps: Vec::new(),
        });
    }
    let mut words = text.split('.');
    let first = words.next().unwrap_or_default();
    let mut steps = Vec::new();
    let root = match first {
        "recv" => PlaceRoot::Receiver,
        "ret" => PlaceRoot::Return,
        "awaited" => {
            steps.push(PlaceStep::Awaited);
            PlaceRoot::Return
        }
        "last" => PlaceRoot::LastArgument,
        "value" => PlaceRoot::Value,
        "chain" => PlaceRoot::ChainSource,
        _ => PlaceRoot::Argument(numbered(first, "arg").ok_or_else(bad)?),
    };
    for word in words {
        steps.push(step(word).ok_or_else(bad)?);
    }
    Ok(Place { root, steps })
}

fn step(word: &str) -> Option<PlaceStep> {
    Some(match word {
        "" => return None,
        "awaited" => PlaceStep::Awaited,
        "ret" => PlaceStep::Returned,
        "*" => PlaceStep::AnyProperty,
        _ => match (numbered(word, ""), numbered(word, "param")) {
            (Some(index), _) => PlaceStep::Index(index),
            (None, Some(parameter)) => PlaceStep::Parameter(parameter),
            (None, None) if word.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$') => {
                PlaceStep::Property(word.into())
            }
            (None, None) => return None,
        },
    })
}

fn numbered(word: &str, prefix: &str) -> Option<u8> {
    let digits = word.strip_prefix(prefix)?;
    if digits.starts_with('+') {
        None
    } else {
        digits.parse().ok()
    }
}

const TESTS: [&str; 5] = ["absent", "present", "function", "object", "key"];

/// `absent`, `function`, `'close'`, `true`, `not object`.
pub(crate) fn test(text: &str) -> Result<Test, Problem> {
    if let Some(rest) = text.strip_prefix("not ") {
        return Ok(Test::Not(Box::new(test(rest)?)));
    }
    if let Some(literal) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return Ok(Test::Literal(literal.into()));
    }
    Ok(match text {
        "absent" => Test::Absent,
        "present" => Test::Present,
        "function" => Test::Function,
        "object" => Test::Object,
        "key" => Test::Key,
        "true" | "false" | "null" => Test::Literal(text.into()),
        number if !number.is_empty() && number.parse::<f64>().is_ok() => Test::Literal(text.into()),
        _ => {
            let problem = Problem::unknown("test", text, TESTS);
            return Err(if problem.help.is_some() {
                problem
            } else {
                problem.help("a literal string is written in single quotes: `'close'`")
            });
        }
    })
}

/// All readings of a text with `{a|b}` alternatives, in order.
pub(crate) fn expand(text: &str) -> Result<Vec<String>, Problem> {
    let unbalanced = || Problem::new(format!("unbalanced braces in `{text}`")).help("alternatives are written `{a|b}`");
    let Some(open) = text.find('{') else {
        return if text.contains('}') {
            Err(unbalanced())
        } else {
            Ok(vec![text.to_string()])
        };
    };
    let close = open + text[open..].find('}').ok_or_else(unbalanced)?;
    let (before, inside, after) = (&text[..open], &text[open + 1..close], &text[close + 1..]);
    if before.contains('}') || inside.contains('{') {
        return Err(unbalanced());
    }
    let rests = expand(after)?;
    Ok(inside
        .split('|')
        .flat_map(|word| rests.iter().map(move |rest| format!("{before}{word}{rest}")))
        .collect())
}
