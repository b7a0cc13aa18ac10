// Runs generated programs under every decision they can be forced to, up to a limit, and prints what happened.
// Input: a file with `{ limit, programs: [{ source, seek }] }`; where `seek` is set it goes on until something is not released.
// Output: for each program `{ exhausted, runs: [{ trace, outcome, acquired, unreleased }] }`.
'use strict';

const { readFileSync } = require('node:fs');
const { setImmediate: turn } = require('node:timers/promises');

// Decisions of one run that are forced; later ones are false.
const MAX_FORCED = 24;

// How many times the limit a search may take.
const PATIENCE = 16;

process.on('unhandledRejection', () => {});

function load(source) {
  const module = { exports: {} };
  const taken = new Set();
  const ever = { taken: false };
  class Pool {
    async connect() {
      if (module.exports.choose()) throw new Error('not connected');
      const client = { release: () => taken.delete(client) };
      taken.add(client);
      ever.taken = true;
      return client;
    }
  }
  new Function('require', 'module', source)(() => ({ Pool }), module);
  return { program: module.exports, taken, ever };
}

async function run({ program, taken, ever }, decisions) {
  taken.clear();
  ever.taken = false;
  program.reset(decisions);
  let outcome = 'pending';
  program.run().then(() => (outcome = 'return'), () => (outcome = 'throw'));
  // Everything asynchronous in a program is a microtask, so a turn of the event loop ends it.
  await turn();
  await turn();
  const { trace, decided } = program.state();
  return { decided, result: { trace, outcome, acquired: ever.taken, unreleased: taken.size > 0 } };
}

// A number below `end`, the same in each run of the harness.
function sequence(seed) {
  let state = seed | 1;
  return (end) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % end;
  };
}

async function explore({ source, seek }, limit, seed) {
  let seeking = seek;
  const loaded = load(source);
  const random = sequence(seed);
  const open = [[]];
  const runs = [];
  while (open.length > 0 && (runs.length < limit || (seeking && runs.length < limit * PATIENCE))) {
    // Few deviations first; once there are many, any of them.
    const [forced] = open.splice(runs.length < limit / 2 ? 0 : random(open.length), 1);
    const { decided, result } = await run(loaded, forced);
    runs.push(result);
    if (result.unreleased && result.outcome !== 'pending') seeking = false;
    for (let at = forced.length; at < Math.min(decided, MAX_FORCED); at += 1) {
      open.push([...forced, ...Array(at - forced.length).fill(false), true]);
    }
  }
  return { exhausted: open.length === 0, runs };
}

async function main() {
  const { limit, programs } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
  const results = [];
  for (const [index, program] of programs.entries()) results.push(await explore(program, limit, index + 1));
  process.stdout.write(JSON.stringify(results));
}

main();
