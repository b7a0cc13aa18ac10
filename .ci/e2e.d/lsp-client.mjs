// A real client, the one VS Code's is made of, talks to `leaklint lsp`: `node lsp-client.mjs MODULES LEAKLINT FOLDER`.
// FOLDER holds `server.ts`, in which a listener leaks.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import assert from "node:assert/strict";

const [modules, leaklint, folder] = process.argv.slice(2);
const require = createRequire(join(modules, "index.js"));
const lsp = require("vscode-languageserver-protocol/node");

function connect() {
  const server = spawn(leaklint, ["lsp", "--stdio", `--clientProcessId=${process.pid}`], { stdio: ["pipe", "pipe", "inherit"] });
  const reader = new lsp.StreamMessageReader(server.stdout);
  const connection = lsp.createProtocolConnection(reader, new lsp.StreamMessageWriter(server.stdin));
  connection.listen();
  return { server, connection };
}

const uri = pathToFileURL(join(folder, "server.ts")).href;
const text = readFileSync(join(folder, "server.ts"), "utf8");
const params = (capabilities) => ({ processId: process.pid, rootUri: pathToFileURL(folder).href, capabilities, workspaceFolders: null });
const textDocument = { uri, languageId: "typescript", version: 1, text };

async function leave({ server, connection }) {
  await connection.sendRequest(lsp.ShutdownRequest.type);
  const gone = new Promise((resolve) => server.on("exit", resolve));
  await connection.sendNotification(lsp.ExitNotification.type);
  assert.equal(await gone, 0);
}

async function pushed() {
  const client = connect();
  const { connection } = client;
  const published = [];
  let arrived = () => {};
  connection.onNotification(lsp.PublishDiagnosticsNotification.type, (each) => arrived(published.push(each)));
  const next = (version) =>
    new Promise((resolve) => {
      arrived = () => {
        const found = published.find((each) => each.version === version);
        if (found) resolve(found);
      };
      arrived();
    });
  const { capabilities } = await connection.sendRequest(
    lsp.InitializeRequest.type,
    params({ textDocument: { publishDiagnostics: { relatedInformation: true } } }),
  );
  assert.equal(capabilities.positionEncoding, "utf-16");
  await connection.sendNotification(lsp.InitializedNotification.type, {});
  await connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, { textDocument });
  const { diagnostics } = await next(1);
  assert.equal(diagnostics.length, 1);
  const [{ range, code, relatedInformation }] = diagnostics;
  assert.equal(code, "unremoved-listener");
  assert.ok(relatedInformation.length >= 2);
  assert.ok(text.split("\n")[range.start.line].slice(range.start.character).startsWith("process.on("));

  const hover = await connection.sendRequest(lsp.HoverRequest.type, { textDocument: { uri }, position: range.start });
  assert.match(hover.contents.value, /# unremoved-listener/);
  const actions = await connection.sendRequest(lsp.CodeActionRequest.type, {
    textDocument: { uri },
    range,
    context: { diagnostics, only: [lsp.CodeActionKind.QuickFix] },
  });
  assert.match(actions[0].edit.changes[uri][0].newText, /leaklint-ignore-next-line unremoved-listener: /);

  const line = range.start.line;
  await connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, {
    textDocument: { uri, version: 2 },
    contentChanges: [{ range: { start: { line, character: 0 }, end: { line: line + 2, character: 5 } }, text: "" }],
  });
  assert.deepEqual((await next(2)).diagnostics, []);
  await leave(client);
}

async function pulled() {
  const client = connect();
  const { connection } = client;
  const { capabilities } = await connection.sendRequest(lsp.InitializeRequest.type, params({ textDocument: { diagnostic: {} } }));
  assert.ok(capabilities.diagnosticProvider.interFileDependencies);
  await connection.sendNotification(lsp.InitializedNotification.type, {});
  await connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, { textDocument });
  const first = await connection.sendRequest(lsp.DocumentDiagnosticRequest.type, { textDocument: { uri } });
  assert.equal(first.kind, "full");
  assert.equal(first.items.length, 1);
  const again = await connection.sendRequest(lsp.DocumentDiagnosticRequest.type, {
    textDocument: { uri },
    previousResultId: first.resultId,
  });
  assert.equal(again.kind, "unchanged");
  await leave(client);
}

// A document that is nowhere on disk is mended by its quick fix, and then nothing is found and nothing is offered but that.
async function mended() {
  const read = (name) => readFileSync(join("fixtures/fixes/finally-moves-the-release", name), "utf8");
  const client = connect();
  const { connection } = client;
  await connection.sendRequest(lsp.InitializeRequest.type, params({ textDocument: { diagnostic: {} } }));
  await connection.sendNotification(lsp.InitializedNotification.type, {});
  const uri = pathToFileURL(join(folder, "rename.js")).href;
  let [text, version] = [read("before.js"), 1];
  await connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: "javascript", version, text },
  });
  const found = async () => (await connection.sendRequest(lsp.DocumentDiagnosticRequest.type, { textDocument: { uri } })).items;
  const diagnostics = await found();
  assert.equal(diagnostics.length, 1);
  const [{ range }] = diagnostics;
  const actions = await connection.sendRequest(lsp.CodeActionRequest.type, { textDocument: { uri }, range, context: { diagnostics } });
  assert.deepEqual(actions.map((each) => each.isPreferred), [true, undefined]);
  const offset = ({ line, character }) => text.split("\n").slice(0, line).join("\n").length + (line > 0 ? 1 : 0) + character;
  for (const { range, newText } of actions[0].edit.changes[uri].toReversed()) {
    text = text.slice(0, offset(range.start)) + newText + text.slice(offset(range.end));
  }
  assert.equal(text, read("fixed.js"));
  version += 1;
  await connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, {
    textDocument: { uri, version },
    contentChanges: [{ text }],
  });
  assert.deepEqual(await found(), []);
  await leave(client);
}

await pushed();
await pulled();
await mended();
console.log("editors: a vscode-languageserver-protocol client pushed, pulled and mended");
