//! JUnit XML: a case for each rule that finds something in a file, so that a test report lists them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Report;
use super::concise::{write_finding, write_label};
use super::escape::visible;
use crate::diagnostic::{Diagnostic, Problem};

/// Writes the document.
///
/// # Errors
/// The writer's.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut cases: BTreeMap<(&str, &str), Vec<&Diagnostic>> = BTreeMap::new();
    for diagnostic in report.diagnostics {
        let path = report.file(diagnostic.primary.place).shown();
        cases.entry((path, diagnostic.rule)).or_default().push(diagnostic);
    }
    let errors: Vec<&Problem> = report.problems.iter().filter(|problem| problem.is_failure()).collect();
    let failures = cases.len();
    // A run that found nothing is a test that passed: some readers refuse a suite without any.
    let passed = usize::from(failures + errors.len() == 0);
    let tests = failures + errors.len() + passed;
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{}\"", errors.len());
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"leaklint\" {counts}>")?;
    writeln!(out, "  <testsuite name=\"leaklint\" {counts} skipped=\"0\" time=\"0\">")?;
    for ((path, rule), diagnostics) in &cases {
        let (path, rule) = (xml(path), xml(rule));
        let message = match diagnostics.as_slice() {
            [only] => xml(&only.message),
            several => format!("{} findings", several.len()),
        };
        writeln!(out, "    <testcase name=\"{rule}\" classname=\"{path}\" time=\"0\">")?;
        let mut text = Vec::new();
        for diagnostic in diagnostics {
            write_finding(report, diagnostic, &mut text)?;
            for label in &diagnostic.evidence {
                write_label(report, label, &mut text)?;
            }
            writeln!(text, "  help: {}", visible(&diagnostic.help))?;
        }
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<String> = text.lines().map(xml).collect();
        writeln!(
            out,
            "      <failure type=\"{rule}\" message=\"{message}\">{}</failure>\n    </testcase>",
            lines.join("\n")
        )?;
    }
    for problem in errors {
        let (path, message) = (xml(&problem.path), xml(&problem.message));
        writeln!(
            out,
            "    <testcase name=\"analysis\" classname=\"{path}\" time=\"0\">\n      <error type=\"not-analysed\" message=\"{message}\"/>\n    </testcase>"
        )?;
    }
    if passed > 0 {
        writeln!(
            out,
            "    <testcase name=\"leaklint\" classname=\"leaklint\" time=\"0\"/>"
        )?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

/// Text between tags or in an attribute. XML knows no control characters, so they become visible ones.
fn xml(text: &str) -> String {
    super::escape::markup(&visible(text))
}
