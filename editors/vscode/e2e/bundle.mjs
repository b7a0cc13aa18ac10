// The bundle as an editor loads it: `node e2e/bundle.mjs BUNDLE LEAKLINT FOLDER`, where FOLDER holds `server.ts`, which leaks.
//
// A stand-in takes the place of the editor: every name of its API is there and does nothing, but for documents,
// settings and diagnostics. What the extension starts, says and shows is the real thing.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [bundle, leaklint, folder] = process.argv.slice(2);

/** Something that may be called, made, extended, read and iterated, and is nothing. */
function nothing(known = {}) {
  return new Proxy(function () {}, {
    get(target, key) {
      if (key in known) return known[key];
      if (key === "then") return undefined;
      if (key === Symbol.iterator) return function* () {};
      if (key === Symbol.toPrimitive) return () => "";
      if (key === "prototype") return target.prototype;
      return (known[key] = nothing());
    },
    apply: () => nothing(),
    construct: () => ({}),
  });
}

class Uri {
  constructor(href) {
    this.href = href;
    this.scheme = new URL(href).protocol.slice(0, -1);
    this.path = decodeURIComponent(new URL(href).pathname);
    this.fsPath = this.path;
  }
  static parse = (href) => new Uri(href);
  static file = (path) => new Uri(pathToFileURL(path).href);
  toString() {
    return this.href;
  }
}
class Position {
  constructor(line, character) {
    Object.assign(this, { line, character });
  }
}
class Range {
  constructor(a, b, c, d) {
    Object.assign(this, c === undefined ? { start: a, end: b } : { start: new Position(a, b), end: new Position(c, d) });
  }
}
class Plain {
  constructor(...values) {
    this.values = values;
  }
}
class Diagnostic {
  constructor(range, message, severity) {
    Object.assign(this, { range, message, severity });
  }
}
class EventEmitter {
  event = () => ({ dispose() {} });
  fire() {}
  dispose() {}
}
class CancellationTokenSource {
  token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose() {} }) };
  cancel() {}
  dispose() {}
}

const file = join(folder, "server.ts");
const document = {
  uri: Uri.file(file),
  languageId: "typescript",
  version: 1,
  isClosed: false,
  getText: () => readFileSync(file, "utf8"),
};
let provider;
let show;
const shown = new Promise((done) => (show = done));
const said = [];
const event = () => ({ dispose() {} });
class TabInputText {
  constructor(uri) {
    this.uri = uri;
  }
}
const editor = nothing({
  TabInputText,
  version: "1.100.0",
  Uri,
  Position,
  Range,
  Diagnostic,
  EventEmitter,
  CancellationTokenSource,
  Disposable: { from: () => ({ dispose() {} }) },
  CancellationError: Error,
  ...Object.fromEntries(
    ["CallHierarchyItem", "CodeAction", "CodeLens", "CompletionItem", "DocumentLink", "InlayHint", "SymbolInformation", "TypeHierarchyItem"]
      .map((name) => [name, class extends Plain {}]),
  ),
  DiagnosticSeverity: { Error: 0, Warning: 1, Information: 2, Hint: 3 },
  DiagnosticRelatedInformation: Plain,
  Location: Plain,
  env: nothing({ appName: "test", language: "en" }),
  commands: nothing({ registerCommand: event }),
  languages: nothing({
    match: () => 10,
    createDiagnosticCollection: () => ({
      set: (uri, diagnostics) => diagnostics.length > 0 && show({ uri, diagnostics }),
      delete() {},
      clear() {},
      dispose() {},
    }),
  }),
  window: nothing({
    createOutputChannel: (_, { log }) => {
      assert.ok(log);
      const say = (text) => said.push(text);
      return nothing({ append: say, appendLine: say, error: say, warn: say, info: say, debug() {}, trace() {}, logLevel: 3 });
    },
    showErrorMessage: (text) => said.push(text),
    activeTextEditor: { document },
    visibleTextEditors: [{ document }],
    tabGroups: nothing({ all: [{ tabs: [{ input: new TabInputText(document.uri) }] }], onDidChangeTabs: event }),
  }),
  workspace: nothing({
    isTrusted: true,
    textDocuments: [document],
    notebookDocuments: [],
    workspaceFolders: [{ uri: Uri.file(folder), name: "project", index: 0 }],
    getConfiguration: () => ({ get: (key, otherwise) => (key === "path" ? leaklint : otherwise) }),
    registerTextDocumentContentProvider: (_, it) => ((provider = it), event()),
    createFileSystemWatcher: () => nothing(),
  }),
});
const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? editor : load(name, ...rest));

const late = setTimeout(() => {
  console.error("the extension shows nothing", said);
  process.exit(1);
}, 60_000);
const extension = createRequire(import.meta.url)(resolve(bundle));
const context = { subscriptions: [] };
await extension.activate(context);
const { diagnostics } = await shown;
assert.match(diagnostics[0].message, /listener on `process`/);
const page = await provider.provideTextDocumentContent(new Uri("leaklint-rule:/unremoved-listener.md"));
assert.match(page, /^# unremoved-listener/);
await extension.deactivate();
clearTimeout(late);
console.log("editors: the bundled extension starts the server and shows what it finds");
process.exit(0);
