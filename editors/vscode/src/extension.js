"use strict";
// Starts `leaklint lsp` and shows what it says. All that is known of leaks is known there.

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");
const { serverCommand } = require("./server.js");

/** The scheme of the addresses of rule pages, which the server gives. */
const PAGES = "leaklint-rule";

const LANGUAGES = ["javascript", "javascriptreact", "typescript", "typescriptreact", "vue", "svelte", "astro"];

/** @type {LanguageClient | undefined} */
let client;

async function activate(context) {
  const output = vscode.window.createOutputChannel("leaklint", { log: true });
  context.subscriptions.push(
    output,
    vscode.commands.registerCommand("leaklint.restart", () => restart(output)),
    vscode.commands.registerCommand("leaklint.showOutput", () => output.show()),
    vscode.workspace.registerTextDocumentContentProvider(PAGES, { provideTextDocumentContent: page }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => restart(output)),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("leaklint.path")) restart(output);
    }),
  );
  await start(output);
}

async function deactivate() {
  await client?.stop();
}

async function restart(output) {
  await client?.dispose();
  await start(output);
}

async function start(output) {
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  const setting = vscode.workspace.getConfiguration("leaklint").get("path");
  const server = serverCommand(setting, folders, vscode.workspace.isTrusted);
  client = new LanguageClient("leaklint", "leaklint", server, {
    documentSelector: LANGUAGES.map((language) => ({ scheme: "file", language })),
    initializationOptions: { rulePages: `${PAGES}:/{rule}.md` },
    outputChannel: output,
  });
  try {
    await client.start();
  } catch (error) {
    output.error(`cannot start \`${server.command} lsp\`: ${error.message}`);
    const install = "Install leaklint in the project (`npm install --save-dev leaklint`) or set `leaklint.path`.";
    vscode.window.showErrorMessage(`leaklint does not start. ${install}`);
  }
}

/** The page of the rule that an address names. */
function page(uri) {
  const rule = uri.path.replace(/^\//, "").replace(/\.md$/, "");
  return client?.sendRequest("leaklint/explain", { rule });
}

module.exports = { activate, deactivate };
