//! `leaklint config`: what holds for a file and where that is written, or the schema of configurations.

use std::path::Path;

use serde_json::{Value, json};

use super::args::ConfigArguments;
use super::values::ListFormat;
use super::{CLEAN, CliError, current_dir, output};
use crate::config::options::Level;
use crate::config::schema;
use crate::config::settings::Origin;
use crate::driver::configured::Explained;
use crate::driver::{self, CheckOptions};
use crate::report::{plain_json, visible_lines};
use crate::walk::normalized;

pub(super) fn run(arguments: &ConfigArguments) -> Result<i32, CliError> {
    let Some(file) = &arguments.file else {
        return print_schema();
    };
    let current_dir = current_dir()?;
    let mut options = CheckOptions::new(Vec::new(), current_dir.clone());
    options.configuration = arguments.config.choice(&current_dir);
    let explained = driver::explained(&options, &normalized(&current_dir.join(file)))?;
    let shown = document(&explained, &current_dir);
    output::to_stdout(|out| match arguments.format {
        ListFormat::Json => {
            plain_json::write(&shown, out)?;
            writeln!(out)
        }
        ListFormat::Text => write!(out, "{}", visible_lines(&as_text(&shown))),
    })?;
    Ok(CLEAN)
}

fn print_schema() -> Result<i32, CliError> {
    let infos = driver::rule_infos();
    let known: Vec<(&str, &str)> = infos.iter().map(|rule| (rule.id, rule.summary)).collect();
    output::to_stdout(|out| {
        serde_json::to_writer_pretty(&mut *out, &schema::schema(&known))?;
        writeln!(out)
    })?;
    Ok(CLEAN)
}

/// All that holds, each with where it is from.
fn document(explained: &Explained, current_dir: &Path) -> Value {
    let relative = |path: &Path| {
        let path = path.strip_prefix(current_dir).unwrap_or(path);
        crate::source::slashed(path)
    };
    let from = |origin: &Origin| match origin {
        Origin::Default | Origin::CommandLine => origin.to_string(),
        Origin::File(path) => relative(path),
        Origin::Override(path, index) => format!("{} overrides[{index}]", relative(path)),
    };
    let rules: serde_json::Map<String, Value> = explained
        .rules
        .iter()
        .map(|rule| {
            let own = (Level::from(rule.severity), Origin::Default);
            let (level, level_from) = explained.of_file.rule(rule.id).level.unwrap_or(own);
            let (confidence, confidence_from) = explained.of_file.threshold(rule.id);
            let shown = json!({
                "level": level, "from": from(&level_from),
                "minConfidence": confidence, "minConfidenceFrom": from(&confidence_from),
            });
            (rule.id.to_owned(), shown)
        })
        .collect();
    let settings = &explained.settings;
    let patterns: serde_json::Map<String, Value> = settings
        .patterns()
        .into_iter()
        .map(|said| {
            let shown = json!({ "patterns": said.patterns, "from": from(said.origin) });
            (said.key.to_owned(), shown)
        })
        .collect();
    json!({
        "file": relative(&explained.file),
        "configuration": settings.path.as_deref().map(relative),
        "extends": settings.extended.iter().map(|path| relative(path)).collect::<Vec<_>>(),
        "isRead": explained.is_read,
        "isTest": explained.is_test,
        "patterns": patterns,
        "minConfidence": { "value": explained.min_confidence.0, "from": from(&explained.min_confidence.1) },
        "requireReasons": settings.require_reasons,
        "baseline": settings.baseline.as_deref().map(relative),
        "catalog": settings.catalog.iter().map(|path| relative(path)).collect::<Vec<_>>(),
        "rules": rules,
    })
}

fn as_text(shown: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| {
        value
            .as_array()
            .into_iter()
            .flatten()
            .map(text)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let file = text(&shown["file"]);
    let mut lines = vec![match (shown["isRead"] == true, shown["isTest"] == true) {
        (false, _) => format!("{file} is not read unless it is named"),
        (true, true) => format!("{file} is a test: it is read, and nothing in it is reported"),
        (true, false) => format!("{file} is checked"),
    }];
    let path = shown["configuration"].as_str().unwrap_or("none");
    let extended = list(&shown["extends"]);
    lines.push(match extended.is_empty() {
        true => format!("configuration   {path}"),
        false => format!("configuration   {path}, which extends {extended}"),
    });
    for (key, said) in shown["patterns"].as_object().into_iter().flatten() {
        lines.push(format!(
            "{key:15} {}  ({})",
            list(&said["patterns"]),
            text(&said["from"])
        ));
    }
    let confidence = &shown["minConfidence"];
    lines.push(format!(
        "minConfidence   {}  ({})",
        text(&confidence["value"]),
        text(&confidence["from"])
    ));
    lines.push(format!("requireReasons  {}", shown["requireReasons"]));
    for (key, said) in [
        ("baseline", text(&shown["baseline"])),
        ("catalog", list(&shown["catalog"])),
    ] {
        if !said.is_empty() {
            lines.push(format!("{key:15} {said}"));
        }
    }
    lines.push("rules".to_owned());
    let rules = shown["rules"].as_object();
    let width = rules.into_iter().flatten().map(|(id, _)| id.len()).max().unwrap_or(0);
    for (id, rule) in rules.into_iter().flatten() {
        let own_confidence = match rule["minConfidence"] == confidence["value"] {
            true => String::new(),
            false => format!(
                ", from {} confidence on ({})",
                text(&rule["minConfidence"]),
                text(&rule["minConfidenceFrom"])
            ),
        };
        lines.push(format!(
            "  {id:width$}  {:5}  ({}){own_confidence}",
            text(&rule["level"]),
            text(&rule["from"])
        ));
    }
    lines.join("\n") + "\n"
}
