//! What the README shows is what the program does: its finding, its table of rules, its hook.

use std::fs;
use std::process::Command;

use leaklint::limits::{Limit, Limits};
use serde_json::Value;

use crate::support::package_root;

fn readme() -> String {
    fs::read_to_string(package_root().join("README.md")).unwrap()
}

/// What `leaklint` prints for `arguments` in the package's folder.
fn printed(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_leaklint"))
        .args(arguments)
        .current_dir(package_root())
        .env("COLUMNS", "100")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_finding_is_one_that_is_printed() {
    let picture = printed(&["check", "fixtures/pictures/unremoved-listener.ts"]);
    assert!(
        readme().contains(&format!("```text\n{}\n```\n", picture.trim_end())),
        "README.md should show:\n{picture}"
    );
}

#[test]
fn the_example_is_the_file_it_names() {
    let example = fs::read_to_string(package_root().join("fixtures/pictures/unremoved-listener.ts")).unwrap();
    assert!(
        readme().contains(&format!("```ts\n{example}```\n")),
        "README.md should show:\n{example}"
    );
}

#[test]
fn the_table_is_what_rules_prints() {
    let rules: Vec<Value> = serde_json::from_str(&printed(&["rules", "--format", "json"])).unwrap();
    assert!(!rules.is_empty());
    let text = |rule: &Value, key: &str| rule[key].as_str().unwrap().to_owned();
    let rows: Vec<String> = rules
        .iter()
        .map(|rule| {
            let id = text(rule, "id");
            let (level, summary) = (text(rule, "level"), text(rule, "summary"));
            let page = format!("rules/{id}.md");
            let page = match package_root().join(&page).is_file() {
                true => page,
                false => "docs/suppressions.md".to_owned(),
            };
            format!("| [`{id}`]({page}) | {level} | {summary} |\n")
        })
        .collect();
    let table = format!("| rule | level | what leaks |\n|---|---|---|\n{}\n", rows.concat());
    assert!(readme().contains(&table), "README.md should hold:\n{table}");
}

#[test]
fn the_limits_are_those_of_the_program() {
    for limit in Limit::ALL {
        let row = format!("| `{}` | {} |", limit.name(), Limits::DEFAULT.get(limit));
        assert!(readme().contains(&row), "README.md should hold: {row}");
    }
}

#[test]
fn the_hook_is_the_one_the_repository_offers() {
    let hooks = fs::read_to_string(package_root().join(".pre-commit-hooks.yaml")).unwrap();
    let ids: Vec<&str> = hooks.lines().filter_map(|line| line.strip_prefix("- id: ")).collect();
    assert!(!ids.is_empty());
    for id in ids {
        assert!(readme().contains(&format!("`{id}`")), "README.md: no hook `{id}`");
    }
}
