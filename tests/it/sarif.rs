//! The SARIF log: what GitHub code scanning asks for, and the places' details.

use leaklint::diagnostic::Confidence;
use leaklint::report::Format;
use serde_json::Value;

use crate::report::{printed, sample};

fn log() -> Value {
    serde_json::from_str(&printed(&sample(), Format::Sarif)).unwrap()
}

#[test]
fn the_log_as_a_whole() {
    insta::assert_snapshot!(
        "sarif",
        printed(&sample(), Format::Sarif).replace(env!("CARGO_PKG_VERSION"), "VERSION")
    );
}

#[test]
fn results_have_what_code_scanning_requires() {
    let log = log();
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().contains("sarif-2.1.0"));
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    assert_eq!(
        run["originalUriBaseIds"]["%SRCROOT%"]["uri"],
        "file:///repo%20with%20space/"
    );
    let rule = &run["tool"]["driver"]["rules"][0];
    for field in ["shortDescription", "fullDescription", "help"] {
        assert!(!rule[field]["text"].as_str().unwrap().is_empty(), "{field}");
    }
    assert!(rule["help"]["markdown"].as_str().unwrap().starts_with("# "));
    let result = &run["results"][0];
    assert_eq!(result["ruleIndex"], 0);
    assert_eq!(result["level"], "error");
    let location = &result["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "src/list%20%5Bid%5D.js");
    assert_eq!(location["region"]["startLine"], 4);
    assert_eq!(location["region"]["startColumn"], 24);
    let hash = result["partialFingerprints"]["primaryLocationLineHash"]
        .as_str()
        .unwrap();
    assert!(hash.ends_with(":1"), "{hash}");
}

#[test]
fn every_step_is_linked_and_on_one_line() {
    let log = log();
    let result = &log["runs"][0]["results"][0];
    let text = result["message"]["text"].as_str().unwrap();
    let related = result["relatedLocations"].as_array().unwrap();
    assert_eq!(related.len(), 3);
    for location in related {
        assert!(text.contains(&format!("]({})", location["id"])), "{text}");
        let region = &location["physicalLocation"]["region"];
        assert_eq!(region["startLine"], region["endLine"]);
    }
    assert!(text.contains("`pool\\[0\\]`"), "brackets in a link are escaped: {text}");
    let steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
        .as_array()
        .unwrap();
    assert_eq!(steps.len(), 4);
    assert!(steps.iter().all(|step| step["nestingLevel"].is_number()));
}

#[test]
fn what_was_not_analysed_is_a_notification() {
    let log = log();
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    let notifications = invocation["toolExecutionNotifications"].as_array().unwrap();
    let levels: Vec<&str> = notifications
        .iter()
        .map(|each| each["level"].as_str().unwrap())
        .collect();
    assert_eq!(levels, ["warning", "warning", "note"]);
    assert_eq!(
        notifications[0]["locations"][0]["physicalLocation"]["region"]["startLine"],
        3
    );
}

#[test]
fn a_log_has_no_more_results_than_code_scanning_takes() {
    let mut sample = sample();
    let high = sample.diagnostics[0].clone();
    let mut low = high.clone();
    low.confidence = Confidence::Low;
    sample.diagnostics = vec![low; 25_001];
    sample.diagnostics.push(high);
    let log: Value = serde_json::from_str(&printed(&sample, Format::Sarif)).unwrap();
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 25_000);
    assert_eq!(
        results[24_999]["properties"]["confidence"], "high",
        "the surest stay, in order"
    );
    let notifications = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    let last = notifications.last().unwrap()["message"]["text"].as_str().unwrap();
    assert!(last.contains("25002") && last.contains("25000"), "{last}");
}

#[test]
fn there_is_no_empty_string_and_no_column_zero() {
    fn look(value: &Value, at: &str) {
        match value {
            Value::String(text) => assert!(!text.is_empty(), "{at}"),
            Value::Array(values) => values.iter().for_each(|each| look(each, at)),
            Value::Object(fields) => fields.iter().for_each(|(key, each)| look(each, key)),
            Value::Number(number) if at.ends_with("Column") || at.ends_with("Line") => {
                assert!(number.as_u64().unwrap() > 0, "{at}");
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    look(&log(), "");
}

/// The official schema. Origin and licence: `tests/data/README.md`.
#[test]
fn the_log_follows_the_schema() {
    let schema: Value = serde_json::from_str(include_str!("../data/sarif-2.1.0.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&log())
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let mut broken = log();
    broken["runs"][0]["results"][0]["message"] = Value::Null;
    assert!(!validator.is_valid(&broken), "the validator sees faults");
}
