// Takes the steps of a composite action as GitHub's runner would: `node action.mjs TOOLS ACTION WORK INPUT=VALUE…`.
//
// Steps that use another action are named and passed over. WORK/project is the checkout. What the inputs do is held
// against what a runner sees: exit codes, outputs, the summary, the log for code scanning.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [tools, actionFile, work, ...given] = process.argv.slice(2);
const { parse } = createRequire(join(tools, "index.js"))("yaml");
const action = parse(readFileSync(actionFile, "utf8"));
const pair = (text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)];

/** Runs the action; gives the exit code of the first step that failed, what was printed, and what the runner was told. */
function run(inputs) {
  const temporary = mkdtempSync(join(work, "runner-"));
  const files = Object.fromEntries(["PATH", "OUTPUT", "STEP_SUMMARY"].map((name) => [`GITHUB_${name}`, join(temporary, name)]));
  Object.values(files).forEach((file) => writeFileSync(file, ""));
  mkdirSync(join(temporary, "tmp"));
  const values = { ...Object.fromEntries(Object.entries(action.inputs).map(([name, { default: value }]) => [name, value])), ...inputs };
  const outputs = {};
  const evaluate = (text) =>
    String(text).replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression) => {
      const input = expression.match(/^inputs\.([\w-]+)$/);
      const output = expression.match(/^steps\.([\w-]+)\.outputs\.([\w-]+)$/);
      if (input) return values[input[1]];
      if (output) return outputs[output[1]]?.[output[2]] ?? "";
      throw new Error(`what is \${{ ${expression} }}?`);
    });
  let printed = "";
  const used = [];
  for (const step of action.runs.steps) {
    if (step.uses) {
      used.push(step.uses);
      continue;
    }
    assert.equal(step.shell, "bash");
    const added = readFileSync(files.GITHUB_PATH, "utf8").split("\n").filter(Boolean);
    const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, evaluate(value)]));
    // As the runner starts bash.
    const { status, stdout, stderr } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", evaluate(step.run)], {
      cwd: join(work, "project"),
      env: { ...process.env, ...files, ...env, RUNNER_TEMP: join(temporary, "tmp"), PATH: [...added, process.env.PATH].join(":") },
      encoding: "utf8",
    });
    printed += stdout + stderr;
    if (step.id) outputs[step.id] = Object.fromEntries(readFileSync(files.GITHUB_OUTPUT, "utf8").split("\n").filter(Boolean).map(pair));
    if (status !== 0) return { code: status, printed, outputs, used, summary: readFileSync(files.GITHUB_STEP_SUMMARY, "utf8") };
  }
  return { code: 0, printed, outputs, used, summary: readFileSync(files.GITHUB_STEP_SUMMARY, "utf8") };
}

const inputs = Object.fromEntries(given.map(pair));
const found = run(inputs);
assert.equal(found.code, 1, found.printed);
assert.equal(found.outputs.check.findings, "1");
assert.match(found.printed, /^::warning file=a folder\/server\.ts,line=7,.*unremoved-listener/m);
assert.match(found.printed, /::error::/);
assert.match(found.summary, /unremoved-listener/);
assert.deepEqual(found.used, ["github/codeql-action/upload-sarif@v4"]);
const log = JSON.parse(readFileSync(join(work, "project", "leaklint.sarif"), "utf8"));
assert.equal(log.runs[0].results.length, 1);

assert.equal(run({ ...inputs, fail: "false" }).code, 0);
const strange = run({ ...inputs, paths: "$(touch injected)\n;touch injected" });
assert.equal(strange.code, 2, strange.printed);
assert.throws(() => readFileSync(join(work, "project", "injected")));
const none = run({ ...inputs, "min-confidence": "high", paths: "a folder" });
assert.ok(none.code <= 1);
console.log("ci: the action's steps find, tell and fail as they should");
