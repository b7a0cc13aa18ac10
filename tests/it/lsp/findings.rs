//! What is found, and when it is told.

use std::fs;

use serde_json::{Value, json};

use super::client::{Client, name_of, pulls, pushed};
use super::{LEAKS, PROJECT, RELEASES, SERVER};

/// Line and UTF-16 columns of a range, from 0.
fn spot(range: &Value) -> (u64, u64, u64) {
    let number = |value: &Value| value.as_u64().unwrap();
    assert_eq!(range["start"]["line"], range["end"]["line"]);
    let (start, end) = (&range["start"], &range["end"]);
    (
        number(&start["line"]),
        number(&start["character"]),
        number(&end["character"]),
    )
}

#[test]
fn a_finding_is_pushed_with_its_proof() {
    let mut client = Client::with(PROJECT, pushed(), Value::Null);
    client.open("watch.ts");
    let found = client.published("watch.ts", Some(1));
    let [finding] = found.as_slice() else {
        panic!("{found:#?}");
    };
    // Behind a character of two UTF-16 units.
    let indent = "  /* 𝄞 */ ".encode_utf16().count() as u64;
    let length = "process.on('SIGHUP', handler);".len() as u64;
    let (line, start, end) = spot(&finding["range"]);
    assert_eq!((line, start), (1, indent));
    assert!((end - start) == length || (end - start) == length - 1, "{finding:#}");
    assert_eq!(finding["code"], "unremoved-listener");
    assert_eq!(finding["source"], "leaklint");
    assert_eq!(finding["severity"], 2);
    assert!(finding["message"].as_str().unwrap().contains("`process`"));
    let steps = finding["relatedInformation"].as_array().unwrap();
    assert!(steps.len() >= 2, "{steps:#?}");
    for (index, step) in steps.iter().enumerate() {
        let message = step["message"].as_str().unwrap();
        assert!(message.starts_with(&format!("{}. ", index + 1)), "{message}");
    }
    // Of the file that nobody opened.
    let elsewhere = steps
        .iter()
        .find(|step| name_of(&step["location"]["uri"]) == "server.ts");
    assert_eq!(spot(&elsewhere.unwrap()["location"]["range"]).0, 3, "{steps:#?}");
    assert!(client.leave().success());
}

#[test]
fn who_shows_no_related_places_reads_them_in_the_message() {
    let mut client = Client::with(PROJECT, json!({}), Value::Null);
    client.open("watch.ts");
    let found = client.published("watch.ts", Some(1));
    assert!(found[0].get("relatedInformation").is_none());
    assert!(
        found[0]["message"].as_str().unwrap().contains("(server.ts:4)"),
        "{found:#?}"
    );
}

#[test]
fn an_edit_in_one_file_changes_what_is_found_in_another() {
    let mut client = Client::with(PROJECT, pushed(), Value::Null);
    client.open("watch.ts");
    assert_eq!(client.published("watch.ts", Some(1)).len(), 1);
    client.open("server.ts");
    assert_eq!(client.published("server.ts", Some(1)), [] as [Value; 0]);
    // Called once: nothing piles up.
    let once = SERVER
        .replace("app.get('/', (req, res) => {", "{ const res = { end() {} };")
        .replace("});", "}");
    client.replace("server.ts", 2, &once);
    assert_eq!(client.published("watch.ts", Some(1)), [] as [Value; 0]);
    client.replace("server.ts", 3, SERVER);
    assert_eq!(client.published("watch.ts", Some(1)).len(), 1);
    // What was typed and not saved is forgotten with the document.
    client.replace("server.ts", 4, &once);
    assert_eq!(client.published("watch.ts", Some(1)), [] as [Value; 0]);
    let uri = client.uri("server.ts");
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    assert_eq!(client.published("watch.ts", Some(1)).len(), 1);
}

#[test]
fn a_half_typed_text_keeps_its_findings_where_they_went() {
    let mut client = Client::with(PROJECT, pushed(), Value::Null);
    client.open("watch.ts");
    let before = client.published("watch.ts", Some(1));
    client.replace("watch.ts", 2, &format!("import {{ from\n\n{LEAKS}"));
    let after = client.published("watch.ts", Some(2));
    assert_eq!(after.len(), 1);
    let (line, start, end) = spot(&before[0]["range"]);
    assert_eq!(spot(&after[0]["range"]), (line + 2, start, end));
    client.replace("watch.ts", 3, RELEASES);
    assert_eq!(client.published("watch.ts", Some(3)), [] as [Value; 0]);
    client.replace("watch.ts", 4, &format!("{RELEASES}}}"));
    assert_eq!(client.published("watch.ts", Some(4)), [] as [Value; 0]);
}

#[test]
fn edits_apply_in_utf_16_units() {
    let mut client = Client::with(PROJECT, pushed(), Value::Null);
    client.open("watch.ts");
    assert_eq!(client.published("watch.ts", Some(1)).len(), 1);
    // Comments the statement out, behind the character of two units, and adds a line.
    let column = "  /* 𝄞 */ ".encode_utf16().count();
    let at = |line: usize, character: usize| json!({ "line": line, "character": character });
    let comment = json!([
        { "range": { "start": at(1, column), "end": at(1, column) }, "text": "// " },
        { "range": { "start": at(0, 0), "end": at(0, 0) }, "text": "\n" },
    ]);
    client.change("watch.ts", 2, comment);
    assert_eq!(client.published("watch.ts", Some(2)), [] as [Value; 0]);
    let back = json!([{ "range": { "start": at(2, column), "end": at(2, column + 3) }, "text": "" }]);
    client.change("watch.ts", 3, back);
    let found = client.published("watch.ts", Some(3));
    assert_eq!(spot(&found[0]["range"]).0, 2);
}

#[test]
fn utf_8_is_spoken_where_it_is_offered_first() {
    let mut client = Client::start(PROJECT);
    let mut capabilities = pushed();
    capabilities["general"] = json!({ "positionEncodings": ["utf-8", "utf-16"] });
    let offered = client.initialize(capabilities, Value::Null);
    assert_eq!(offered["positionEncoding"], "utf-8");
    client.open("watch.ts");
    let found = client.published("watch.ts", Some(1));
    assert_eq!(spot(&found[0]["range"]).1, "  /* 𝄞 */ ".len() as u64);
}

#[test]
fn who_asks_is_told_when_the_answer_is_known_and_is_not_told_twice() {
    let mut client = Client::with(PROJECT, pulls(), Value::Null);
    client.open("watch.ts");
    client.open("server.ts");
    let answer = client.ask("textDocument/diagnostic", "watch.ts", json!({}));
    let report = &answer["result"];
    assert_eq!(report["kind"], "full", "{answer:#}");
    assert_eq!(report["items"].as_array().unwrap().len(), 1);
    let again = json!({ "previousResultId": report["resultId"] });
    let answer = client.ask("textDocument/diagnostic", "watch.ts", again.clone());
    assert_eq!(answer["result"]["kind"], "unchanged");
    // An edit in another file: the client is told to ask again.
    client.replace("server.ts", 2, "export {};");
    client.told("workspace/diagnostic/refresh");
    let answer = client.ask("textDocument/diagnostic", "watch.ts", again);
    assert_eq!(answer["result"]["kind"], "full");
    assert_eq!(answer["result"]["items"], json!([]));
    // Nothing is pushed beside.
    assert_eq!(
        client.ask("textDocument/diagnostic", "nowhere.ts", json!({}))["result"]["items"],
        json!([])
    );
    assert!(client.leave().success());
}

#[test]
fn a_name_in_brackets_is_a_name() {
    let files = [
        ("server.ts", SERVER.replace("./watch", "./[watch]")),
        ("[watch].ts", LEAKS.to_owned()),
    ];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    let mut client = Client::with(&files, pushed(), Value::Null);
    // As browsers spell it, and as it is answered.
    let raw = client.uri("[watch].ts");
    assert!(raw.ends_with("[watch].ts"), "{raw}");
    client.open("[watch].ts");
    let published = client.told("textDocument/publishDiagnostics");
    assert_eq!(name_of(&published["params"]["uri"]), "[watch].ts");
    assert_eq!(published["params"]["diagnostics"].as_array().unwrap().len(), 1);
}

#[test]
fn a_finding_in_a_file_of_markup_is_where_that_file_says() {
    let page = "<template><p>{{ now }}</p></template>\n<script>\nimport { createServer } from 'node:http';\n\
                createServer((req, res) => {\n  process.on('warning', () => res.end());\n}).listen(80);\n</script>\n";
    let mut client = Client::with(&[("clock.vue", page)], pushed(), Value::Null);
    client.open("clock.vue");
    let found = client.published("clock.vue", Some(1));
    assert_eq!(found.len(), 1, "{found:#?}");
    let (line, start, _) = spot(&found[0]["range"]);
    assert_eq!((line, start), (4, 2));
}

#[test]
fn a_change_on_disk_counts() {
    let mut client = Client::with(PROJECT, pushed(), Value::Null);
    client.open("watch.ts");
    assert_eq!(client.published("watch.ts", Some(1)).len(), 1);
    fs::write(client.path("server.ts"), "export {};").unwrap();
    let uri = client.uri("server.ts");
    client.notify(
        "workspace/didChangeWatchedFiles",
        json!({ "changes": [{ "uri": uri, "type": 2 }] }),
    );
    assert_eq!(client.published("watch.ts", Some(1)), [] as [Value; 0]);
}

#[test]
fn what_is_ignored_or_no_file_has_no_findings() {
    let files = [("server.ts", SERVER), ("watch.ts", LEAKS), (".gitignore", "watch.ts\n")];
    let mut client = Client::with(&files, pushed(), Value::Null);
    client.open("watch.ts");
    assert_eq!(client.published("watch.ts", Some(1)), [] as [Value; 0]);
    for uri in ["untitled:Untitled-1", "git:/watch.ts?ref", "file:///nowhere/notes.md"] {
        let document = json!({ "uri": uri, "languageId": "typescript", "version": 1, "text": LEAKS });
        client.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }
    // A new file that is not saved is linted.
    client.open_with("new.ts", "setTimeout(() => setInterval(() => {}, 10), 10);");
    client.published("new.ts", Some(1));
    assert!(client.leave().success());
}
