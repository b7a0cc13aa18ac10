"use strict";
// Which program serves the editor.

const fs = require("node:fs");
const { createRequire } = require("node:module");
const path = require("node:path");

/**
 * The command that starts the server.
 *
 * @param {string | null | undefined} setting `leaklint.path`
 * @param {string[]} folders the workspace's folders, absolute
 * @param {boolean} isTrusted whether what the workspace holds may be run
 * @returns {{ command: string, args: string[] }}
 */
function serverCommand(setting, folders, isTrusted) {
  if (setting) {
    const command = folders.length > 0 ? path.resolve(folders[0], setting) : setting;
    return { command, args: ["lsp"] };
  }
  const installed = isTrusted && folders.map(fromNodeModules).find(Boolean);
  return { command: installed || "leaklint", args: ["lsp"] };
}

/** The binary that the package `leaklint` in a folder's node_modules would run; undefined without one. */
function fromNodeModules(folder) {
  const launcher = path.join(folder, "node_modules", "leaklint", "lib", "binary.js");
  if (!fs.existsSync(launcher)) return undefined;
  try {
    // Read at run time: it is the workspace's and no part of the bundle.
    return createRequire(launcher)(launcher).binary();
  } catch {
    return undefined;
  }
}

module.exports = { serverCommand };
