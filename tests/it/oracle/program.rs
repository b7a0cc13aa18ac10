//! A generated program: its text, and what is known of it without running it.

/// A small program with one acquisition, whose statements say when they run.
pub struct Program {
    pub name: String,
    pub text: String,
    /// By the number that the statement gives to `step`.
    pub steps: Vec<Step>,
    pub lanes: Vec<Lane>,
    /// Functions with a graph of their own, `run` first: the number of the step each begins with.
    pub activations: Vec<usize>,
    /// A jump right behind the first step has to come to the second one next.
    pub detours: Vec<(usize, usize)>,
}

/// Where a step stands.
#[derive(Clone, Copy)]
pub struct Step {
    pub lane: usize,
}

/// Steps whose order is the text's: an activation's own, or those of one promise that settles while the activation goes on.
#[derive(Clone, Copy)]
pub struct Lane {
    pub activation: usize,
    /// Beside its activation: the order of its steps and of the others says nothing.
    pub is_beside: bool,
    /// May be under way more than once at a time, so that its own order says nothing either.
    pub is_repeated: bool,
}

/// What every program begins with. Decisions come from a script; behind its end they are `false`.
pub const PRELUDE: &str = "\
const { Pool } = require('pg');

const pool = new Pool();
const trace = [];
let script = [];
let decided = 0;

function step(number) {
  trace.push(number);
}

function choose() {
  decided += 1;
  return script[decided - 1] === true;
}

function pick() {
  return choose() ? 1 : choose() ? 2 : 3;
}

function maybeThrow() {
  if (choose()) throw new Error('thrown');
}

async function maybeReject() {
  if (choose()) throw new Error('rejected');
}

async function* stream() {
  while (choose()) yield await maybeReject();
}

";

/// What every program ends with: the handles of the harness.
pub const EPILOGUE: &str = "
function reset(decisions) {
  trace.length = 0;
  script = decisions;
  decided = 0;
}

module.exports = { run, choose, reset, state: () => ({ trace: [...trace], decided }) };
";
