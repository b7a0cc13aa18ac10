//! Hovers, quick fixes, pages and settings.

use std::fs;

use serde_json::{Value, json};

use super::client::{Client, pushed};
use super::{LEAKS, PROJECT, SERVER};
use crate::support::package_root;

fn at(line: u64, character: u64) -> Value {
    json!({ "line": line, "character": character })
}

#[test]
fn a_hover_shows_the_proof_and_the_page() {
    let mut client = Client::with(PROJECT, pushed(), Value::Null);
    client.open("watch.ts");
    client.published("watch.ts", Some(1));
    let answer = client.ask("textDocument/hover", "watch.ts", json!({ "position": at(1, 15) }));
    let text = answer["result"]["contents"]["value"].as_str().unwrap();
    let page = fs::read_to_string(package_root().join("rules/unremoved-listener.md")).unwrap();
    assert!(text.contains(page.trim()), "{text}");
    assert!(
        text.contains(&format!("[server.ts:4]({}#L4)", client.uri("server.ts"))),
        "{text}"
    );
    let beside = client.ask("textDocument/hover", "watch.ts", json!({ "position": at(0, 3) }));
    assert_eq!(beside["result"], Value::Null);
}

#[test]
fn a_finding_can_be_ignored_with_a_reason() {
    for (end, versioned) in [("\n", true), ("\r\n", false)] {
        let text = LEAKS.replace('\n', end);
        let mut capabilities = pushed();
        capabilities["workspace"] = json!({ "workspaceEdit": { "documentChanges": versioned } });
        let mut client = Client::with(PROJECT, capabilities, Value::Null);
        client.open_with("watch.ts", &text);
        client.published("watch.ts", Some(1));
        let here = json!({ "range": { "start": at(1, 12), "end": at(1, 12) }, "context": { "diagnostics": [] } });
        let answer = client.ask("textDocument/codeAction", "watch.ts", here);
        let actions = answer["result"].as_array().unwrap();
        assert_eq!(actions.len(), 1, "{answer:#}");
        assert_eq!(actions[0]["kind"], "quickfix");
        assert_eq!(actions[0]["diagnostics"][0]["code"], "unremoved-listener");
        let edits = if versioned {
            let edit = &actions[0]["edit"]["documentChanges"][0];
            assert_eq!(edit["textDocument"]["version"], 1);
            &edit["edits"]
        } else {
            &actions[0]["edit"]["changes"][client.uri("watch.ts")]
        };
        assert_eq!(edits[0]["range"], json!({ "start": at(1, 0), "end": at(1, 0) }));
        let comment = edits[0]["newText"].as_str().unwrap();
        assert!(
            comment.starts_with("  // leaklint-ignore-next-line unremoved-listener: "),
            "{comment}"
        );
        assert!(
            comment.ends_with(end) && comment.trim().ends_with("leak"),
            "{comment:?}"
        );
        let elsewhere = json!({ "range": { "start": at(2, 0), "end": at(2, 0) }, "context": { "diagnostics": [] } });
        assert_eq!(
            client.ask("textDocument/codeAction", "watch.ts", elsewhere)["result"],
            json!([])
        );
        let context = json!({ "diagnostics": [], "only": ["refactor"] });
        let other_kind = json!({ "range": { "start": at(1, 12), "end": at(1, 12) }, "context": context });
        assert_eq!(
            client.ask("textDocument/codeAction", "watch.ts", other_kind)["result"],
            json!([])
        );
    }
}

/// The text of the quick fix for the only finding in a document, once it is applied; `None` if there is none.
fn ignored(client: &mut Client, name: &str, text: &str) -> Option<String> {
    client.open_with(name, text);
    let found = client.published(name, Some(1));
    assert_eq!(found.len(), 1, "{found:#?}");
    let range = json!({ "range": found[0]["range"], "context": { "diagnostics": found } });
    let answer = client.ask("textDocument/codeAction", name, range);
    let edit = &answer["result"].get(0)?["edit"]["changes"][client.uri(name)][0];
    let line = edit["range"]["start"]["line"].as_u64().unwrap() as usize;
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    lines.insert(line, edit["newText"].as_str().unwrap());
    Some(lines.concat())
}

#[test]
fn what_is_ignored_is_no_longer_found() {
    let mut client = Client::with(&[("server.ts", SERVER)], pushed(), Value::Null);
    let text = ignored(&mut client, "watch.ts", LEAKS).unwrap();
    client.replace("watch.ts", 2, &text);
    assert_eq!(client.published("watch.ts", Some(2)), [] as [Value; 0]);
}

#[test]
fn a_line_that_takes_no_comment_is_ignored_above_its_statement() {
    let server = SERVER.replace("watch(() => res.end());", "watch(req.url);");
    let mut client = Client::with(&[("server.ts", &server)], pushed(), Value::Null);
    let text = "export function watch(url) {\n  return `\n  ${process.on('SIGHUP', () => url)}\n  `;\n}\n";
    let text = ignored(&mut client, "watch.ts", text).unwrap();
    client.replace("watch.ts", 2, &text);
    assert_eq!(client.published("watch.ts", Some(2)), [] as [Value; 0]);
}

#[test]
fn a_rule_is_linked_where_the_client_says_its_page_is() {
    let mut client = Client::with(PROJECT, pushed(), json!({ "rulePages": "leaklint-rule:/{rule}.md" }));
    client.open("watch.ts");
    let found = client.published("watch.ts", Some(1));
    assert_eq!(
        found[0]["codeDescription"]["href"],
        "leaklint-rule:/unremoved-listener.md"
    );
    let page = client.request("leaklint/explain", json!({ "rule": "unremoved-listener" }));
    assert!(page["result"].as_str().unwrap().starts_with("# "), "{page:#}");
    let unknown = client.request("leaklint/explain", json!({ "rule": "no-such-rule" }));
    assert_eq!(unknown["error"]["code"], -32602);
}

#[test]
fn settings_change_what_is_shown_and_when() {
    let mut client = Client::with(PROJECT, pushed(), json!({ "run": "onSave" }));
    client.open("watch.ts");
    assert_eq!(client.published("watch.ts", Some(1)).len(), 1);
    client.replace("watch.ts", 2, "export function watch(handler) {}");
    let uri = client.uri("watch.ts");
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": uri } }));
    assert_eq!(client.published("watch.ts", Some(2)), [] as [Value; 0]);
    client.replace("watch.ts", 3, LEAKS);
    let set = |settings: Value| json!({ "settings": { "leaklint": settings } });
    client.notify(
        "workspace/didChangeConfiguration",
        set(json!({ "minConfidence": "high" })),
    );
    let at_high = client.published("watch.ts", Some(3)).len();
    client.notify("workspace/didChangeConfiguration", set(json!({ "enable": false })));
    if at_high > 0 {
        assert_eq!(client.published("watch.ts", Some(3)), [] as [Value; 0]);
    }
    client.notify(
        "workspace/didChangeConfiguration",
        set(json!({ "enable": true, "minConfidence": "low" })),
    );
    assert_eq!(client.published("watch.ts", Some(3)).len(), 1);
    client.notify(
        "workspace/didChangeConfiguration",
        set(json!({ "minConfidence": "certain" })),
    );
    let log = client.told("window/logMessage");
    assert!(log["params"]["message"].as_str().unwrap().contains("certain"), "{log}");
}

#[test]
fn settings_are_asked_for_and_files_are_watched_where_the_client_can() {
    let mut capabilities = pushed();
    capabilities["workspace"] = json!({
        "configuration": true,
        "didChangeWatchedFiles": { "dynamicRegistration": true },
    });
    let mut client = Client::with(PROJECT, capabilities, Value::Null);
    let registration = client.told("client/registerCapability");
    let watchers = &registration["params"]["registrations"][0]["registerOptions"]["watchers"];
    assert!(watchers.as_array().unwrap().len() > 3, "{registration:#}");
    let question = client.told("workspace/configuration");
    assert_eq!(question["params"]["items"][0]["section"], "leaklint");
    client.open("watch.ts");
    client.published("watch.ts", Some(1));
    client.send(&json!({ "jsonrpc": "2.0", "id": question["id"], "result": [{ "enable": false }] }));
    assert_eq!(client.published("watch.ts", Some(1)), [] as [Value; 0]);
}

#[test]
fn a_finding_can_be_mended_where_its_fix_holds() {
    let case = package_root().join("fixtures/fixes/finally-moves-the-release");
    let [before, fixed] = ["before.js", "fixed.js"].map(|name| std::fs::read_to_string(case.join(name)).unwrap());
    let mut client = Client::with(&[("server.ts", SERVER)], pushed(), Value::Null);
    client.open_with("rename.js", &before);
    let found = client.published("rename.js", Some(1));
    assert_eq!(found.len(), 1, "{found:#?}");
    let range = json!({ "range": found[0]["range"], "context": { "diagnostics": found } });
    let answer = client.ask("textDocument/codeAction", "rename.js", range.clone());
    let actions = answer["result"].as_array().unwrap();
    let titles: Vec<&str> = actions.iter().map(|each| each["title"].as_str().unwrap()).collect();
    assert_eq!(titles[0], "Call `client.release()` in a `finally`");
    assert!(titles.len() == 2 && titles[1].starts_with("Ignore"), "{titles:?}");
    assert_eq!(actions[0]["isPreferred"], true);
    let edits = actions[0]["edit"]["changes"][client.uri("rename.js")]
        .as_array()
        .unwrap();
    let after = edited(&before, edits);
    assert_eq!(after, fixed);
    client.replace("rename.js", 2, &after);
    assert_eq!(client.published("rename.js", Some(2)), [] as [Value; 0]);
    // Nothing is left to be done there.
    assert_eq!(
        client.ask("textDocument/codeAction", "rename.js", range)["result"],
        json!([])
    );
}

/// A text of single-byte characters with an editor's edits.
fn edited(text: &str, edits: &[Value]) -> String {
    let starts: Vec<usize> = std::iter::once(0)
        .chain(text.match_indices('\n').map(|(at, _)| at + 1))
        .collect();
    let offset =
        |at: &Value| starts[at["line"].as_u64().unwrap() as usize] + at["character"].as_u64().unwrap() as usize;
    let mut new = text.to_owned();
    for edit in edits.iter().rev() {
        let range = offset(&edit["range"]["start"])..offset(&edit["range"]["end"]);
        new.replace_range(range, edit["newText"].as_str().unwrap());
    }
    new
}
