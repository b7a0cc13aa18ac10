// Runs each case before and after its fix and compares: what it gives, and what it leaves behind.
import { strict as assert } from "node:assert";
import { existsSync, mkdtempSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// What a call gives or throws, as a value.
async function outcome(call) {
  try {
    return { gives: (await call()) ?? null };
  } catch (error) {
    return { throws: error.message };
  }
}

// With a database that answers, and with one that does not.
function lending(call) {
  return async (code, { pg }) => {
    const results = [];
    for (const fails of [false, true]) {
      pg.database.fails = fails;
      results.push(await outcome(() => call(code, fails)));
    }
    const left = pg.lent.size;
    pg.lent.clear();
    return { results, left };
  };
}

// Mounted and unmounted three times over a window that counts its listeners.
function mounting(target, call) {
  return async (code, { react }) => {
    const counted = countingTarget();
    globalThis[target] = counted;
    const results = [];
    for (let time = 0; time < 3; time += 1) {
      results.push(call(code, counted) ?? null);
      react.unmount();
    }
    return { results, left: counted.listeners.length };
  };
}

function countingTarget() {
  const listeners = [];
  const find = (event, f) => listeners.findIndex((each) => each.event === event && each.f === f);
  return {
    listeners,
    innerWidth: 80,
    visualViewport: {},
    addEventListener: (event, f) => find(event, f) < 0 && listeners.push({ event, f }),
    removeEventListener: (event, f) => find(event, f) >= 0 && listeners.splice(find(event, f), 1),
    dispatch: (event) => listeners.slice().forEach((each) => each.event === event && each.f({ type: event })),
  };
}

function openFiles(path) {
  return readdirSync("/proc/self/fd").filter((fd) => {
    const link = `/proc/self/fd/${fd}`;
    return existsSync(link) && readlinkSync(link) === path;
  }).length;
}

globalThis.HTMLElement = class {};
const timers = () => process.getActiveResourcesInfo().filter((each) => each === "Timeout").length;

const CASES = {
  "finally-moves-the-release": lending((code) => code.rename(1, "b")),
  "finally-releases-what-never-was": lending((code) => code.count()),
  "finally-joins-the-try-below": lending((code) => code.load(1, () => {})),
  "finally-joins-the-try-around": lending((code) => code.load(1, () => {})),
  "finally-for-early-returns": lending((code) => code.ban(1)),
  "finally-for-a-file": async (code, { folder }) => {
    // What is left open by one run must not count for the other.
    const path = join(mkdtempSync(join(folder, "run-")), "bytes");
    const results = [];
    for (const byte of [7, 0]) {
      writeFileSync(path, Buffer.of(byte));
      results.push(await outcome(() => code.firstByte(path)));
    }
    return { results, left: openFiles(path) };
  },
  "cleanup-of-a-listener": mounting("window", (code) => code.useWidth()),
  "cleanup-beside-another": mounting("window", (code) => code.useKeys(() => {})),
  "cleanup-of-two": mounting("window", (code) => code.useOnline(() => {})),
  "name-for-a-handler": mounting("document", (code, document) => {
    let closed = 0;
    code.useEscape(() => {
      closed += 1;
    });
    document.dispatch("keydown");
    return closed;
  }),
  "teardown-clears-the-interval": async (code) => {
    const before = timers();
    const clock = new code.Clock();
    clock.connectedCallback();
    const running = timers() - before;
    clock.disconnectedCallback();
    const left = timers() - before;
    clearInterval(clock.timer);
    return { results: [running], left };
  },
};

const [folder] = process.argv.slice(2);
if (folder === "--list") {
  console.log(Object.keys(CASES).join("\n"));
} else {
  const load = (path) => import(pathToFileURL(join(folder, path)));
  const modules = { pg: await load("node_modules/pg/index.js"), react: await load("node_modules/react/index.js"), folder };
  for (const [name, run] of Object.entries(CASES)) {
    const of = async (side) => {
      const [file] = readdirSync(join(folder, side, name));
      return run(await load(join(side, name, file)), modules);
    };
    const [before, after] = [await of("before"), await of("after")];
    assert.deepEqual(after.results, before.results, `${name}: the results differ`);
    assert(before.left > 0, `${name}: nothing is left behind before`);
    assert.equal(after.left, 0, `${name}: something is left behind after`);
    console.log(`fixes: ${name}: ${before.left} left before, 0 after`);
  }
  process.exit(0);
}
