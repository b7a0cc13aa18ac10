#!/usr/bin/env node
"use strict";
// Runs the binary with the same arguments, streams, signals and exit code.

const { spawn } = require("node:child_process");
const { binary } = require("../lib/binary.js");

/** leaklint's exit code for "the job could not be done". */
const FAILED = 2;

function fail(message) {
  process.stderr.write(`error: ${message}\n`);
  process.exit(FAILED);
}

function run(program) {
  const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`cannot run ${program}: ${error.message}`));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    // Ends the way the binary did, so that a shell sees the signal.
    for (const each of signals) process.removeAllListeners(each);
    process.kill(process.pid, signal);
  });
}

let program;
try {
  program = binary();
} catch (error) {
  fail(error.message);
}
run(program);
