"use strict";
const test = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { serverCommand } = require("../src/server.js");

function workspace() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "leaklint-vscode-"));
  const lib = path.join(folder, "node_modules", "leaklint", "lib");
  fs.mkdirSync(lib, { recursive: true });
  fs.writeFileSync(path.join(lib, "binary.js"), 'exports.binary = () => "/installed/leaklint";');
  return folder;
}

test("what is set is taken, relative to the workspace", () => {
  assert.equal(serverCommand("/opt/leaklint", ["/w"], true).command, "/opt/leaklint");
  assert.equal(serverCommand("bin/leaklint", ["/w"], true).command, path.resolve("/w/bin/leaklint"));
  assert.equal(serverCommand("leaklint", [], true).command, "leaklint");
});

test("the project's own version is taken if the workspace is trusted", () => {
  const folder = workspace();
  assert.equal(serverCommand(null, ["/nowhere", folder], true).command, "/installed/leaklint");
  assert.equal(serverCommand(null, [folder], false).command, "leaklint");
});

test("else the one on the PATH", () => {
  assert.deepEqual(serverCommand(undefined, ["/nowhere"], true), { command: "leaklint", args: ["lsp"] });
  const folder = workspace();
  fs.writeFileSync(path.join(folder, "node_modules/leaklint/lib/binary.js"), "exports.binary = () => { throw new Error(); };");
  assert.equal(serverCommand(null, [folder], true).command, "leaklint");
});
