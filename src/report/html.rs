//! One page for people: every finding with its code, its proof and its retaining path. It needs no network and no script, follows
//! the reader's light or dark, and prints.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::Report;
use super::escape::{markup, visible};
use crate::diagnostic::{Diagnostic, FileId, Label, RetainingPath, Severity};

const STYLE: &str = include_str!("report.css");

/// Lines above and below a label's line.
const CONTEXT: usize = 2;

/// Characters of a line that are shown.
const WIDTH: usize = 240;

/// Writes the page.
///
/// # Errors
/// The writer's.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let files = report.files.iter().filter(|file| !file.is_context).count();
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">"
    )?;
    writeln!(
        out,
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
    )?;
    writeln!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )?;
    writeln!(
        out,
        "<title>leaklint: {} findings</title>\n<style>\n{STYLE}</style>\n</head>\n<body>",
        report.diagnostics.len()
    )?;
    writeln!(
        out,
        "<header><h1>leaklint</h1><p>{} findings in {files} files</p></header>",
        report.diagnostics.len()
    )?;
    if report.diagnostics.is_empty() {
        writeln!(out, "<p>Nothing was found.</p>")?;
    } else {
        writeln!(out, "<nav>")?;
        index(report, "By rule", out, |each| each.rule.to_owned())?;
        index(report, "By folder", out, |each| {
            folder(report.file(each.primary.place).shown())
        })?;
        index(report, "By holder", out, holder)?;
        writeln!(out, "</nav>\n<main>")?;
        for (number, diagnostic) in report.diagnostics.iter().enumerate() {
            article(report, number + 1, diagnostic, out)?;
        }
        writeln!(out, "</main>")?;
    }
    problems(report, out)?;
    writeln!(
        out,
        "<footer>leaklint {}</footer>\n</body>\n</html>",
        env!("CARGO_PKG_VERSION")
    )
}

fn folder(path: &str) -> String {
    path.rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned()
}

fn holder(diagnostic: &Diagnostic) -> String {
    let path = diagnostic.retains.as_ref().filter(|path| path.links.len() > 1);
    path.map_or("not named".to_owned(), |path| path.links[0].what.clone())
}

/// Links to the findings, by what they have in common; the most come first.
fn index(report: &Report<'_>, title: &str, out: &mut dyn Write, key: impl Fn(&Diagnostic) -> String) -> io::Result<()> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, diagnostic) in report.diagnostics.iter().enumerate() {
        groups.entry(key(diagnostic)).or_default().push(number + 1);
    }
    let mut groups: Vec<(String, Vec<usize>)> = groups.into_iter().collect();
    groups.sort_by_key(|(_, numbers)| std::cmp::Reverse(numbers.len()));
    writeln!(out, "<details open><summary>{title}</summary><ul>")?;
    for (name, numbers) in groups {
        let links: Vec<String> = numbers
            .iter()
            .map(|number| format!("<a href=\"#f{number}\">{number}</a>"))
            .collect();
        writeln!(
            out,
            "<li><span>{}</span> <b>{}</b> {}</li>",
            text(&name),
            numbers.len(),
            links.join(" ")
        )?;
    }
    writeln!(out, "</ul></details>")
}

fn article(report: &Report<'_>, number: usize, diagnostic: &Diagnostic, out: &mut dyn Write) -> io::Result<()> {
    let kind = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    writeln!(out, "<article id=\"f{number}\" class=\"{kind}\">")?;
    writeln!(
        out,
        "<h2><a href=\"#f{number}\">{number}</a> {}</h2>",
        words(&diagnostic.message)
    )?;
    let position = report.position(diagnostic.primary.place);
    let path = text(report.file(diagnostic.primary.place).shown());
    writeln!(
        out,
        "<p class=\"facts\"><code>{}</code> <span>confidence: {}</span> <span>{path}:{}:{}</span></p>",
        text(diagnostic.rule),
        diagnostic.confidence,
        position.line,
        position.column
    )?;
    if let Some(path) = &diagnostic.retains {
        retaining(path, out)?;
    }
    let mut files: Vec<FileId> = vec![diagnostic.primary.place.file];
    for label in &diagnostic.evidence {
        if !files.contains(&label.place.file) {
            files.push(label.place.file);
        }
    }
    for file in files {
        excerpt(report, diagnostic, file, out)?;
    }
    if !diagnostic.help.is_empty() {
        writeln!(out, "<p class=\"help\">{}</p>", words(&diagnostic.help))?;
    }
    writeln!(out, "</article>")
}

/// Holder, what it holds, what that keeps, and the gap where the release should be.
fn retaining(path: &RetainingPath, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<ol class=\"path\" aria-label=\"retaining path\">")?;
    for (index, link) in path.links.iter().enumerate() {
        let life = match index {
            0 if path.links.len() > 1 => "long",
            1 => "held",
            _ => "kept",
        };
        writeln!(out, "<li class=\"{life}\">{}</li>", text(&link.what))?;
    }
    writeln!(out, "<li class=\"gap\">{}</li>\n</ol>", words(&path.gap))
}

/// The lines of one file that the finding speaks of.
fn excerpt(report: &Report<'_>, diagnostic: &Diagnostic, file: FileId, out: &mut dyn Write) -> io::Result<()> {
    let checked = &report.files[file.index()];
    let source = checked.source();
    let mut notes: BTreeMap<usize, Vec<(String, &Label)>> = BTreeMap::new();
    let numbered = diagnostic
        .evidence
        .iter()
        .enumerate()
        .map(|(index, label)| ((index + 1).to_string(), label));
    for (sign, label) in std::iter::once(("●".to_owned(), &diagnostic.primary)).chain(numbered) {
        if label.place.file == file {
            let line = source.lines().line(source.floor(label.place.span.start));
            notes.entry(line).or_default().push((sign, label));
        }
    }
    let last = source.lines().count() - 1;
    let shown: BTreeSet<usize> = notes
        .keys()
        .flat_map(|&line| line.saturating_sub(CONTEXT)..=(line + CONTEXT).min(last))
        .collect();
    writeln!(
        out,
        "<figure><figcaption>{}</figcaption><div class=\"code\">",
        text(checked.shown())
    )?;
    let mut previous = None;
    for line in shown {
        if previous.is_some_and(|previous| previous + 1 != line) {
            writeln!(out, "<div class=\"skip\">⋯</div>")?;
        }
        previous = Some(line);
        let mut code: String = source.line(line).chars().take(WIDTH).collect();
        if source.line(line).chars().nth(WIDTH).is_some() {
            code.push('…');
        }
        let class = match notes.get(&line) {
            Some(labels) if labels.iter().any(|(sign, _)| sign == "●") => " class=\"here\"",
            Some(_) => " class=\"step\"",
            None => "",
        };
        writeln!(out, "<div{class}><i>{}</i><code>{}</code></div>", line + 1, text(&code))?;
        for (sign, label) in notes.get(&line).into_iter().flatten() {
            writeln!(out, "<p class=\"note\"><b>{sign}</b> {}</p>", words(&label.text))?;
        }
    }
    writeln!(out, "</div></figure>")
}

fn problems(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let failed: Vec<_> = report.problems.iter().filter(|problem| problem.is_failure()).collect();
    if failed.is_empty() {
        return Ok(());
    }
    writeln!(out, "<section><h2>Not analysed</h2><ul>")?;
    for problem in failed {
        writeln!(
            out,
            "<li><code>{}</code> {}</li>",
            text(&problem.path),
            text(&problem.message)
        )?;
    }
    writeln!(out, "</ul></section>")
}

fn text(text: &str) -> String {
    markup(&visible(text))
}

/// Text in which what stands in backticks is code.
fn words(words: &str) -> String {
    let parts: Vec<&str> = words.split('`').collect();
    // An odd backtick is only a backtick.
    if parts.len().is_multiple_of(2) {
        return text(words);
    }
    let part = |(index, part): (usize, &&str)| match index % 2 {
        0 => text(part),
        _ => format!("<code>{}</code>", text(part)),
    };
    parts.iter().enumerate().map(part).collect()
}
