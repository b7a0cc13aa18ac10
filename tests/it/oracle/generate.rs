//! Makes programs: every nesting of what steers control, one acquisition, releases here and there.
//!
//! Not generated: `using` (the oldest Node that counts has none), calls in the tests of a `switch` (they stand before
//! the `switch` in the facts), and `?.` on anything but the acquired thing (the graph takes an optional call to happen).

use std::fmt::Write as _;

use super::program::{EPILOGUE, Lane, PRELUDE, Program, Step};
use super::random::Random;

/// Blocks nested into each other.
pub(super) const MAX_DEPTH: usize = 4;

/// Statements after which a program stops growing.
pub(super) const MAX_STEPS: usize = 34;

/// Makes the program of a seed.
pub fn program(seed: u64) -> Program {
    let mut random = Random::new(seed);
    let form = *random.pick(&[
        Form::Top,
        Form::Top,
        Form::Nested,
        Form::Nested,
        Form::Late,
        Form::Handed,
    ]);
    let mut maker = Maker {
        random,
        form,
        text: PRELUDE.to_owned(),
        indent: 0,
        steps: Vec::new(),
        lanes: Vec::new(),
        activations: Vec::new(),
        detours: Vec::new(),
        names: 0,
        is_acquired: false,
    };
    maker.run();
    maker.text.push_str(EPILOGUE);
    Program {
        name: format!("p{seed:04}.js"),
        text: maker.text,
        steps: maker.steps,
        lanes: maker.lanes,
        activations: maker.activations,
        detours: maker.detours,
    }
}

/// How the thing is acquired.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `const client = await pool.connect()` in the outermost block.
    Top,
    /// The same in any block.
    Nested,
    /// `let client` outermost, assigned in any block.
    Late,
    /// `pool.connect().then((client) => …)`.
    Handed,
}

/// What a jump meets on its way out, innermost last; the numbers are the first steps of handlers and finalisers.
#[derive(Clone, PartialEq)]
pub(super) enum Around {
    Loop(Option<String>),
    Block(String),
    Switch,
    Catch(usize),
    Finally(usize),
}

/// Where a statement stands.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) is_async: bool,
    pub(super) is_generator: bool,
    pub(super) around: Vec<Around>,
    pub(super) lane: usize,
    pub(super) depth: usize,
    /// Inside a loop, or a function that is called in one.
    pub(super) in_loop: bool,
    /// What stands behind the callback around it has to be reached somehow: jumps only under conditions.
    pub(super) must_end: bool,
    pub(super) has_client: bool,
}

pub(super) struct Maker {
    pub(super) random: Random,
    pub(super) form: Form,
    pub(super) text: String,
    pub(super) indent: usize,
    pub(super) steps: Vec<Step>,
    pub(super) lanes: Vec<Lane>,
    pub(super) activations: Vec<usize>,
    pub(super) detours: Vec<(usize, usize)>,
    /// Labels and variables made so far.
    pub(super) names: usize,
    pub(super) is_acquired: bool,
}

impl Maker {
    fn run(&mut self) {
        self.lanes.push(Lane {
            activation: 0,
            is_beside: false,
            is_repeated: false,
        });
        let place = Place {
            is_async: true,
            is_generator: false,
            around: Vec::new(),
            lane: 0,
            depth: 0,
            in_loop: false,
            must_end: false,
            has_client: self.form == Form::Late,
        };
        self.line("async function run() {");
        self.indent += 1;
        if self.form == Form::Late {
            self.line("let client;");
        }
        let first = self.step(&place);
        self.activations.push(first);
        self.statements(place, 5);
        self.indent -= 1;
        self.line("}");
    }

    pub(super) fn line(&mut self, text: &str) {
        let _ = writeln!(self.text, "{:1$}{text}", "", self.indent * 2);
    }

    pub(super) fn name(&mut self, stem: &str) -> String {
        self.names += 1;
        format!("{stem}{}", self.names)
    }

    pub(super) fn number(&mut self, place: &Place) -> usize {
        self.steps.push(Step { lane: place.lane });
        self.steps.len() - 1
    }

    pub(super) fn step(&mut self, place: &Place) -> usize {
        let number = self.number(place);
        self.line(&format!("step({number});"));
        number
    }

    /// Statements of one block, beginning with a step; whether control gets behind them.
    pub(super) fn block(&mut self, place: &Place) -> bool {
        self.block_with(place, None)
    }

    /// As [`Self::block`], for a block whose first step has its number already.
    pub(super) fn block_with(&mut self, place: &Place, first: Option<usize>) -> bool {
        let place = Place {
            depth: place.depth + 1,
            ..place.clone()
        };
        self.indent += 1;
        let number = first.unwrap_or_else(|| self.number(&place));
        self.line(&format!("step({number});"));
        let count = 1 + self.random.below(3);
        let completes = self.statements(place, count);
        self.indent -= 1;
        completes
    }

    fn statements(&mut self, mut place: Place, count: usize) -> bool {
        let is_root = place.depth == 0;
        let at = self.random.below(count);
        let mut acquired_here = false;
        for index in 0..count {
            let wanted = match self.form {
                Form::Top => is_root && index == at,
                _ => index == at && (is_root || self.random.percent(35)),
            };
            // To assign a variable of another activation hands the thing on, which is no promise on any path; and what is
            // acquired beside the activation comes after releases that the graph has behind it.
            let lane = self.lanes[place.lane];
            let hands_on = self.form == Form::Late && (lane.activation != 0 || lane.is_beside);
            if wanted && !self.is_acquired && place.is_async && !hands_on {
                self.is_acquired = true;
                acquired_here = true;
                if self.form == Form::Handed {
                    self.handed(&place);
                    continue;
                }
                let declares = if self.form == Form::Late { "" } else { "const " };
                self.line(&format!("{declares}client = await pool.connect();"));
                place.has_client = true;
                if self.random.percent(40) {
                    if !self.protected(&place) {
                        return false;
                    }
                    place.has_client = self.form == Form::Late;
                    continue;
                }
            }
            if !self.statement(&place) {
                return false;
            }
        }
        if place.has_client && (acquired_here || is_root) && self.random.percent(70) {
            self.release();
        }
        true
    }

    pub(super) fn release(&mut self) {
        let forms: &[&str] = match self.form {
            Form::Late => &[
                "client?.release();",
                "if (client) client.release();",
                "if (client !== undefined) client.release();",
            ],
            _ => &["client.release();"],
        };
        let form = *self.random.pick(forms);
        self.line(form);
    }

    /// `try { … } finally { client.release(); }`.
    fn protected(&mut self, place: &Place) -> bool {
        let finally = self.number(place);
        let mut inside = place.clone();
        inside.around.push(Around::Finally(finally));
        self.line("try {");
        let completes = self.block(&inside);
        self.line("} finally {");
        self.indent += 1;
        self.line(&format!("step({finally});"));
        self.release();
        self.indent -= 1;
        self.line("}");
        completes
    }

    /// `pool.connect().then((client) => { … })`, waited for or not.
    fn handed(&mut self, place: &Place) {
        let head = *self.random.pick(&["await ", "await ", ""]);
        let mut inside = self.beside(place, head.is_empty());
        inside.has_client = true;
        inside.is_async = self.random.percent(60);
        let keyword = if inside.is_async { "async " } else { "" };
        self.line(&format!("{head}pool.connect().then({keyword}(client) => {{"));
        if self.random.percent(40) {
            self.indent += 1;
            self.protected(&inside);
            self.indent -= 1;
        } else if self.block(&inside) && self.random.percent(70) {
            self.indent += 1;
            self.release();
            self.indent -= 1;
        }
        if self.random.percent(50) {
            self.line("}).catch(() => {");
            let inside = Place {
                has_client: false,
                is_async: false,
                ..inside
            };
            self.block(&inside);
        }
        self.line("});");
    }
}
