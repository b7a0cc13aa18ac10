//! Clients that do not do as they should, and streams that are not what they should be.

use serde_json::{Value, json};

use super::client::{Client, pulls, pushed};
use super::{LEAKS, PROJECT};

#[test]
fn the_order_of_a_conversation_is_kept() {
    let mut client = Client::start(PROJECT);
    let early = client.request("textDocument/hover", json!({}));
    assert_eq!(early["error"]["code"], -32002);
    client.notify("textDocument/didOpen", json!({}));
    client.initialize(pushed(), Value::Null);
    assert_eq!(
        client.request("initialize", json!({ "capabilities": {} }))["error"]["code"],
        -32600
    );
    assert_eq!(
        client.request("textDocument/rename", json!({}))["error"]["code"],
        -32601
    );
    assert_eq!(
        client.request("textDocument/hover", json!({ "position": 7 }))["error"]["code"],
        -32602
    );
    client.notify("no/such/notification", json!([1, 2]));
    assert!(client.request("shutdown", Value::Null).get("error").is_none());
    assert_eq!(client.request("textDocument/hover", json!({}))["error"]["code"], -32600);
    assert!(client.exit().success());
}

#[test]
fn who_leaves_without_goodbye_ends_the_server_all_the_same() {
    let client = Client::with(PROJECT, pushed(), Value::Null);
    assert_eq!(client.exit().code(), Some(1));
    let client = Client::with(PROJECT, pushed(), Value::Null);
    assert_eq!(client.hang_up().code(), Some(1));
    assert_eq!(Client::start(PROJECT).hang_up().code(), Some(1));
}

#[test]
fn a_broken_stream_costs_the_message_that_is_broken() {
    let mut client = Client::with(PROJECT, pushed(), Value::Null);
    let noise = [
        "Content-Length: 3\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"x\"}",
        "Content-Length: 400\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"x\"}",
        "Content-Length: -5\r\n\r\n",
        "Content-Length: 99999999999999999999\r\n\r\n",
        "Content-Length: 2\r\n\r\n[]",
        "hello?\r\n\r\n",
    ];
    for bytes in noise {
        client.write(bytes);
        // A message with a length that is too great may take the next with it, which is then read on its own.
        client.notify("$/nothing", json!({ "padding": "x".repeat(600) }));
        let answer = client.request("textDocument/rename", json!({}));
        assert_eq!(answer["error"]["code"], -32601, "after {bytes:?}");
    }
    client.open("watch.ts");
    assert_eq!(client.published("watch.ts", Some(1)).len(), 1);
}

#[test]
fn positions_out_of_range_do_no_harm() {
    let mut client = Client::with(PROJECT, pushed(), Value::Null);
    client.open("watch.ts");
    client.published("watch.ts", Some(1));
    let far = json!({ "line": 4_000_000, "character": 4_000_000 });
    let start = json!({ "line": 0, "character": 0 });
    assert_eq!(
        client.ask("textDocument/hover", "watch.ts", json!({ "position": far }))["result"],
        Value::Null
    );
    let whole = json!({ "range": { "start": start, "end": far }, "context": { "diagnostics": [] } });
    let actions = client.ask("textDocument/codeAction", "watch.ts", whole);
    assert_eq!(actions["result"].as_array().unwrap().len(), 1);
    // Appended behind the end; then all of it taken away with the ends the wrong way round; then written anew.
    client.change(
        "watch.ts",
        2,
        json!([{ "range": { "start": far, "end": far }, "text": "// end" }]),
    );
    assert_eq!(client.published("watch.ts", Some(2)).len(), 1);
    client.change(
        "watch.ts",
        3,
        json!([{ "range": { "start": far, "end": start }, "text": "" }]),
    );
    assert_eq!(client.published("watch.ts", Some(3)), [] as [Value; 0]);
    client.change(
        "watch.ts",
        4,
        json!([{ "range": { "start": start, "end": far }, "text": LEAKS }]),
    );
    assert_eq!(client.published("watch.ts", Some(4)).len(), 1);
}

/// Opens a document of so many bytes beside one that leaks, for a client that is told and one that asks.
fn open_large(bytes: usize) {
    let text = format!("{LEAKS}{}", "f();\n".repeat(bytes / 5));
    let is_told = |items: &[Value]| {
        let message = items[0]["message"].as_str().unwrap();
        assert!(message.contains("the file has more than 33554432 bytes"), "{items:?}");
        assert_eq!(
            (&items[0]["severity"], &items[0]["source"]),
            (&json!(3), &json!("leaklint"))
        );
        assert_eq!(items.len(), 1, "{items:?}");
    };
    let mut client = Client::with(PROJECT, pushed(), Value::Null);
    client.open_with("watch.ts", &text);
    is_told(&client.published("watch.ts", Some(1)));
    client.open("server.ts");
    assert_eq!(client.published("server.ts", Some(1)), [] as [Value; 0]);
    // It is analysed as soon as it is no longer too large, and no more after that.
    client.replace("watch.ts", 2, LEAKS);
    assert_eq!(client.published("watch.ts", Some(2))[0]["code"], "unremoved-listener");
    client.replace("watch.ts", 3, &text);
    is_told(&client.published("watch.ts", Some(3)));
    assert!(client.leave().success());
    let mut client = Client::with(PROJECT, pulls(), Value::Null);
    client.open_with("watch.ts", &text);
    let answer = client.ask("textDocument/diagnostic", "watch.ts", json!({}));
    is_told(answer["result"]["items"].as_array().unwrap());
}

#[test]
fn a_document_over_the_limit_is_told_so() {
    open_large(33 << 20);
}

#[test]
#[ignore = "half a minute: see the first lines of tests/it/hostile/mod.rs"]
fn a_document_of_100_mb_is_told_so() {
    open_large(100 << 20);
}

#[test]
fn a_document_that_costs_too_much_is_told_so() {
    let mut client = Client::with(PROJECT, pushed(), Value::Null);
    client.open_with("watch.ts", &format!("{LEAKS}{}", "[\n".repeat(30_000)));
    let items = client.published("watch.ts", Some(1));
    assert_eq!(items.len(), 1, "{items:?}");
    assert!(
        items[0]["message"].as_str().unwrap().contains("--limit nesting"),
        "{items:?}"
    );
}

#[test]
fn messages_that_come_late_twice_or_for_nothing_are_let_pass() {
    let mut client = Client::with(PROJECT, pushed(), Value::Null);
    client.replace("watch.ts", 1, "never opened");
    let uri = client.uri("watch.ts");
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    client.notify("textDocument/didOpen", json!({ "textDocument": { "uri": 5 } }));
    client.open("watch.ts");
    client.open("watch.ts");
    client.replace("watch.ts", 5, LEAKS);
    client.replace("watch.ts", 4, "export {};");
    assert_eq!(client.published("watch.ts", Some(5)).len(), 1);
    client.send(&json!({ "jsonrpc": "2.0", "id": 77, "result": null }));
    client.send(&json!({ "jsonrpc": "2.0", "id": "no", "error": { "code": 1, "message": "no" } }));
    client.notify("$/cancelRequest", json!({ "id": 12345 }));
    assert!(client.leave().success());
}

#[test]
fn who_asks_without_having_said_so_is_answered() {
    let mut client = Client::with(PROJECT, pushed(), Value::Null);
    client.open("watch.ts");
    let answer = client.ask("textDocument/diagnostic", "watch.ts", json!({}));
    assert_eq!(answer["result"]["items"].as_array().unwrap().len(), 1, "{answer:#}");
    assert_eq!(client.published("watch.ts", Some(1)).len(), 1);
}

#[test]
fn a_canceled_request_is_answered_once() {
    let mut client = Client::with(PROJECT, pulls(), Value::Null);
    client.open("watch.ts");
    let document = json!({ "textDocument": { "uri": client.uri("watch.ts") } });
    let ids: Vec<i32> = (0..20)
        .map(|_| client.send_request("textDocument/diagnostic", document.clone()))
        .collect();
    for id in ids.iter().step_by(2) {
        client.notify("$/cancelRequest", json!({ "id": id }));
    }
    for (index, id) in ids.iter().enumerate() {
        let answer = client.answer(*id);
        // A request may have been answered before it was canceled.
        let canceled = answer["error"]["code"] == -32800;
        assert!(
            canceled && index % 2 == 0 || answer["result"]["kind"] == "full",
            "{answer:#}"
        );
    }
    // Whoever waits at the end is told that nothing comes.
    client.replace("watch.ts", 2, "export {};");
    let waiting = client.send_request("textDocument/diagnostic", document);
    let shutdown = client.send_request("shutdown", Value::Null);
    let answer = client.answer(waiting);
    assert!(
        answer["error"]["code"] == -32800 || answer["result"]["kind"] == "full",
        "{answer:#}"
    );
    client.answer(shutdown);
    assert!(client.exit().success());
}
