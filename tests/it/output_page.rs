//! `docs/output.md` names every field of the formats for programs, and none that is not there.

use std::collections::BTreeSet;
use std::fs;

use leaklint::report::Format;
use serde_json::Value;

use crate::report::{printed, sample};
use crate::support::package_root;

/// The first cells of the page's tables, in order.
fn tables() -> Vec<BTreeSet<String>> {
    let page = fs::read_to_string(package_root().join("docs/output.md")).unwrap();
    let mut tables = Vec::new();
    for line in page.lines() {
        if line.starts_with("| field ") {
            tables.push(BTreeSet::new());
        } else if let Some(row) = line.strip_prefix("| `") {
            let (cell, _) = row.split_once(" |").unwrap();
            let names = cell.split(", ").map(|name| name.trim_matches('`').to_owned());
            tables.last_mut().unwrap().extend(names);
        }
    }
    tables
}

/// The paths of an object's fields; what is a place or a position has its own table.
fn fields(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) if !object.contains_key("line") && !object.contains_key("start") => {
            for (key, value) in object {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                fields(value, &path, found);
            }
        }
        Value::Array(list) => {
            assert!(!list.is_empty(), "{path}: the sample has none");
            list.iter().for_each(|each| fields(each, &format!("{path}[]"), found));
        }
        _ => {
            found.insert(path.to_owned());
        }
    }
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn the_page_has_every_field_of_json() {
    let document: Value = serde_json::from_str(&printed(&sample(), Format::Json)).unwrap();
    let mut found = BTreeSet::new();
    fields(&document, "", &mut found);
    let [all, place, position] = &tables()[..] else {
        panic!("docs/output.md has three tables of fields")
    };
    assert_eq!(&found, all);
    let primary = &document["findings"][0]["primary"];
    assert_eq!(&keys(primary), place);
    assert_eq!(&keys(&primary["start"]), position);
}

#[test]
fn a_line_of_jsonl_has_what_json_has() {
    let sample = sample();
    let document: Value = serde_json::from_str(&printed(&sample, Format::Json)).unwrap();
    let text = printed(&sample, Format::Jsonl);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.last().unwrap()["type"], "summary");
    for mut line in lines {
        let of_json = match line["type"].as_str().unwrap() {
            "finding" => &document["findings"][0],
            "problem" => &document["problems"][0],
            "summary" => &document["summary"],
            other => panic!("docs/output.md does not name `{other}`"),
        };
        line.as_object_mut().unwrap().remove("type");
        assert_eq!(keys(&line), keys(of_json));
    }
}
