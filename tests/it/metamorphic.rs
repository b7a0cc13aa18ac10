//! Changes of a text that change nothing of what it does: the same rules must be reported at the same text.
//!
//! Each fixture that stands alone is linted as it is and changed. A finding is its rule and the text of its line without
//! spaces, so that lines may move.

use std::fs;
use std::path::{Path, PathBuf};

use leaklint::driver::{self, CheckOptions};
use leaklint::facts::lower::references;

use crate::support::{file_name, package_root, sources};

/// A change of a file, given its name and its text; `None` where it would change what the file does.
type Change = fn(&str, &str) -> Option<(String, String)>;

/// A rule and the text of its line.
type Said = Vec<(String, String)>;

/// What all fixtures say after a change is what they said before, but for the known: a file each and why. What is known
/// and holds fails, as a mark of a fixture would.
fn holds(change: Change, known: &[(&str, &str)]) {
    let files: Vec<PathBuf> = ["rules", "real"]
        .iter()
        .flat_map(|folder| sources(&package_root().join("fixtures").join(folder)))
        .collect();
    let texts: Vec<(String, String)> = files
        .iter()
        .map(|file| (file_name(file), fs::read_to_string(file).unwrap()))
        .collect();
    let changed: Vec<Option<(String, String)>> = texts.iter().map(|(name, text)| change(name, text)).collect();
    let (before, after): (Vec<_>, Vec<_>) = texts
        .iter()
        .zip(&changed)
        .filter_map(|(one, other)| Some((one.clone(), other.clone()?)))
        .unzip();
    assert!(after.len() > 40, "{} files can be changed", after.len());
    let (said_before, said_after) = (said(&before), said(&after));
    assert!(said_before.iter().map(Vec::len).sum::<usize>() > 40);
    let mut wrong = Vec::new();
    for (((name, _), before), after) in before.iter().zip(&said_before).zip(&said_after) {
        let known = known.iter().find(|(file, _)| file == name);
        if before == after && known.is_some() {
            wrong.push(format!("{name}: holds now"));
        } else if before != after && known.is_none() {
            let lost: Vec<_> = before.iter().filter(|each| !after.contains(each)).collect();
            let new: Vec<_> = after.iter().filter(|each| !before.contains(each)).collect();
            wrong.push(format!("{name}: lost {lost:?}, new {new:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} files\n{}", wrong.len(), wrong.join("\n"));
}

/// What is said of each file: all are linted in one run, a folder each, and none knows of another.
fn said(files: &[(String, String)]) -> Vec<Said> {
    let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
    for (index, (name, text)) in files.iter().enumerate() {
        let own = folder.path().join(format!("f{index:04}"));
        fs::create_dir(&own).unwrap();
        // A package of its own.
        fs::write(own.join("package.json"), "{}").unwrap();
        fs::write(own.join(name), text).unwrap();
    }
    let mut options = CheckOptions::new(vec![PathBuf::from(".")], folder.path().to_path_buf());
    options.context = false;
    let outcome = driver::check(&options).unwrap();
    let failed: Vec<_> = outcome.problems.iter().filter(|problem| problem.is_failure()).collect();
    assert!(failed.is_empty(), "{failed:?}");
    let mut said = vec![Said::new(); files.len()];
    for diagnostic in &outcome.diagnostics {
        let place = diagnostic.primary.place;
        let file = &outcome.files[place.file.index()];
        let index = index_of(file.path());
        let source = file.source();
        let line = source.line(source.lines().line(place.span.start));
        let line = line.split("//").next().unwrap_or_default();
        let bare: String = line.chars().filter(|each| !each.is_whitespace()).collect();
        said[index].push((diagnostic.rule.to_owned(), bare.replace(RENAMED, "")));
    }
    said.iter_mut().for_each(|each| each.sort_unstable());
    said
}

/// Of `f0012/name.js`.
fn index_of(path: &Path) -> usize {
    let folder = path.iter().next().unwrap().to_str().unwrap();
    folder[1..].parse().unwrap()
}

#[test]
fn carriage_returns_change_nothing() {
    holds(|name, text| Some((name.to_owned(), text.replace('\n', "\r\n"))), &[]);
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    holds(|name, text| Some((name.to_owned(), format!("\u{feff}{text}"))), &[]);
}

#[test]
fn empty_lines_and_comments_change_nothing() {
    let change = |name: &str, text: &str| {
        // Inside a template a line is text.
        let has_template = text.contains('`');
        (!has_template).then(|| {
            let lines = text.lines().map(|line| format!("\n/* a comment */\n{line}\n"));
            (name.to_owned(), lines.collect())
        })
    };
    // A comment after `return` would end the statement.
    holds(change, &[]);
}

#[test]
fn indentation_changes_nothing() {
    let change = |name: &str, text: &str| {
        let has_template = text.contains('`');
        // In an Astro file the fence of the script begins a line.
        let has_fence = name.ends_with(".astro");
        (!has_template && !has_fence).then(|| {
            (
                name.to_owned(),
                text.lines().map(|line| format!("\t\t  {line}\n")).collect(),
            )
        })
    };
    holds(change, &[]);
}

#[test]
fn code_that_never_runs_changes_nothing() {
    const DEAD: &str = "\nfunction neverCalledByAnybody(one, two) {\n  if (one) return two;\n  for (const each of two) one(each);\n  return null;\n}\n";
    let change = |name: &str, text: &str| {
        // Behind the last script of a file of markup it would be text.
        let is_markup = [".vue", ".svelte", ".astro"]
            .iter()
            .any(|extension| name.ends_with(extension));
        (!is_markup).then(|| (name.to_owned(), format!("{text}{DEAD}")))
    };
    holds(change, &[]);
}

#[test]
fn typescript_reads_javascript_as_it_is() {
    let change = |name: &str, text: &str| {
        let stem = name.strip_suffix("js")?;
        (!stem.ends_with("j") && !text.contains("=> <") && !text.contains("return <"))
            .then(|| (format!("{stem}ts"), text.to_owned()))
    };
    holds(change, &[]);
}

#[test]
fn a_function_that_runs_once_around_all_changes_nothing() {
    let change = |name: &str, text: &str| {
        let is_script = !text.contains("import ") && !text.contains("export ") && !text.contains("exports");
        let is_plain = name.ends_with(".js") && !text.contains("\nawait ") && !text.starts_with("#!");
        (is_script && is_plain).then(|| (name.to_owned(), format!("(function () {{\n{text}\n}})();\n")))
    };
    holds(change, &[]);
}

/// What is added to each renamed variable: of no meaning as a word or a part of one.
const RENAMED: &str = "Qx9";

#[test]
fn other_names_of_variables_change_nothing() {
    let change = |name: &str, text: &str| {
        let references = references(Path::new(name), text).ok()?;
        let mut ends: Vec<usize> = references
            .iter()
            .filter(|reference| reference.binding.is_some() && !reference.is_type)
            .map(|reference| reference.span.end as usize)
            .collect();
        ends.sort_unstable();
        ends.dedup();
        let mut renamed = text.to_owned();
        for end in ends.into_iter().rev() {
            renamed.insert_str(end, RENAMED);
        }
        // `{ a }` names a property and a variable: such files would need more than new names.
        (!has_shorthand(text)).then(|| (name.to_owned(), renamed))
    };
    holds(change, &[]);
}

/// Whether a brace opens before a name that nothing but a comma or the closing brace follows, or a name is exported.
fn has_shorthand(text: &str) -> bool {
    let is_name = |part: &str| {
        let part = part.trim();
        !part.is_empty()
            && part
                .chars()
                .all(|each| each.is_alphanumeric() || each == '_' || each == '$')
    };
    let in_braces = text
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(inside, _)| inside);
    in_braces.flat_map(|inside| inside.split(',')).any(is_name) || text.contains("export ")
}
