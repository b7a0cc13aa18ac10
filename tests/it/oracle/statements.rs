//! The statements of generated programs, one function a kind.

use super::generate::{Around, MAX_DEPTH, MAX_STEPS, Maker, Place};
use super::program::Lane;

impl Maker {
    /// One statement; whether control gets behind it.
    pub(super) fn statement(&mut self, place: &Place) -> bool {
        if self.steps.len() >= MAX_STEPS || place.depth >= MAX_DEPTH {
            return self.simple(place);
        }
        match self.random.below(22) {
            0..=3 => self.simple(place),
            4 => self.branch(place),
            5 | 6 => self.looping(place),
            7 => self.switch(place),
            8..=12 => self.attempt(place),
            13 => self.labelled(place),
            14 | 15 => self.jump(place),
            16 => self.chain(place),
            17 => self.executor(place),
            18 => self.immediate(place),
            19 => self.each(place),
            20 => self.generator(place),
            _ => self.awaited_loop(place),
        }
    }

    fn simple(&mut self, place: &Place) -> bool {
        let choice = self.random.below(if place.has_client { 11 } else { 8 });
        match choice {
            0 | 1 => {
                self.step(place);
            }
            2 => self.line("maybeThrow();"),
            3 if place.is_async => self.line("await maybeReject();"),
            4 => {
                let (one, other) = (self.number(place), self.number(place));
                self.line(&format!("choose() ? step({one}) : step({other});"));
            }
            5 => {
                let (one, other) = (self.number(place), self.number(place));
                let form = *self.random.pick(&[
                    "choose() && (step(A), choose()) && step(B);",
                    "choose() || (step(A), maybeThrow()) || step(B);",
                    "(choose() ? null : 1) ?? (step(A), step(B));",
                ]);
                self.line(&form.replace('A', &one.to_string()).replace('B', &other.to_string()));
            }
            6 if place.is_generator => {
                self.line("yield 1;");
                self.step(place);
            }
            7 => return self.jump(place),
            8.. => self.release(),
            _ => {
                self.step(place);
            }
        }
        true
    }

    fn branch(&mut self, place: &Place) -> bool {
        if self.random.percent(30) {
            let number = self.number(place);
            self.line(&format!("if (choose() && (step({number}), choose())) {{"));
        } else {
            self.line("if (choose()) {");
        }
        let yes = self.block(place);
        if self.random.percent(50) {
            self.line("} else {");
            let no = self.block(place);
            self.line("}");
            return yes || no;
        }
        self.line("}");
        true
    }

    fn looping(&mut self, place: &Place) -> bool {
        let label = self.random.percent(30).then(|| self.name("outer"));
        let prefix = label.as_ref().map(|label| format!("{label}: ")).unwrap_or_default();
        let mut inside = place.clone();
        inside.around.push(Around::Loop(label));
        inside.in_loop = true;
        // What each body begins with, so that the test or the update behind it can be reached.
        let (head, begin, tail) = match self.random.below(5) {
            0 => ("while (choose()) {".to_owned(), "", "}"),
            1 => ("do {".to_owned(), "if (choose()) continue;", "} while (choose());"),
            2 => (
                format!("for (let i = 0; choose(); step({})) {{", self.number(place)),
                "if (choose()) continue;",
                "}",
            ),
            3 => ("for (const item of [1, 2]) {".to_owned(), "", "}"),
            _ => ("for (;;) {".to_owned(), "if (!choose()) break;", "}"),
        };
        self.line(&format!("{prefix}{head}"));
        if !begin.is_empty() {
            self.line(&format!("  {begin}"));
        }
        self.block(&inside);
        self.line(tail);
        true
    }

    fn switch(&mut self, place: &Place) -> bool {
        let mut inside = place.clone();
        inside.around.push(Around::Switch);
        self.line("switch (pick()) {");
        let default_at = self.random.below(4);
        let (mut falls, mut breaks) = (true, false);
        for case in 0..3 {
            let head = if case == default_at {
                "default: {".to_owned()
            } else {
                format!("case {}: {{", case + 1)
            };
            self.line(&head);
            falls = self.block(&inside);
            if falls && self.random.percent(50) {
                self.line("  break;");
                (falls, breaks) = (false, true);
            }
            self.line("}");
        }
        self.line("}");
        // Behind a jump inside the cases nobody looked for, control may still come here.
        falls || breaks || default_at > 2
    }

    fn attempt(&mut self, place: &Place) -> bool {
        let (has_catch, has_finally) = *self.random.pick(&[(true, false), (false, true), (true, true)]);
        let mut around = place.clone();
        let finally = has_finally.then(|| self.number(place));
        around.around.extend(finally.map(Around::Finally));
        let mut tried = around.clone();
        let catch = has_catch.then(|| self.number(place));
        tried.around.extend(catch.map(Around::Catch));
        self.line("try {");
        let mut completes = self.block(&tried);
        if catch.is_some() {
            let head = *self.random.pick(&["} catch {", "} catch (error) {"]);
            self.line(head);
            completes |= self.block_with(&around, catch);
        }
        if finally.is_some() {
            self.line("} finally {");
            completes &= self.block_with(place, finally);
        }
        self.line("}");
        completes
    }

    fn labelled(&mut self, place: &Place) -> bool {
        let label = self.name("block");
        let mut inside = place.clone();
        inside.around.push(Around::Block(label.clone()));
        self.line(&format!("{label}: {{"));
        self.line(&format!("  if (choose()) break {label};"));
        self.block(&inside);
        self.line("}");
        true
    }

    /// A jump, most often under a condition.
    fn jump(&mut self, place: &Place) -> bool {
        let loops: Vec<Option<String>> = place
            .around
            .iter()
            .filter_map(|each| {
                if let Around::Loop(label) = each {
                    Some(label.clone())
                } else {
                    None
                }
            })
            .collect();
        let blocks: Vec<String> = place
            .around
            .iter()
            .filter_map(|each| {
                if let Around::Block(label) = each {
                    Some(label.clone())
                } else {
                    None
                }
            })
            .collect();
        let innermost = place
            .around
            .iter()
            .rev()
            .find(|each| matches!(each, Around::Loop(_) | Around::Switch));
        let mut choices = vec!["return;".to_owned(), "throw new Error('jump');".to_owned()];
        if innermost.is_some() {
            choices.extend(["break;".to_owned(), "break;".to_owned()]);
        }
        if !loops.is_empty() {
            choices.extend(["continue;".to_owned(), "continue;".to_owned()]);
        }
        choices.extend(
            loops
                .iter()
                .flatten()
                .flat_map(|label| [format!("break {label};"), format!("continue {label};")]),
        );
        choices.extend(blocks.iter().map(|label| format!("break {label};")));
        if place.is_async && !place.is_generator {
            choices.push("return maybeReject();".to_owned());
            choices.push("return await maybeReject();".to_owned());
        }
        let jump = self.random.pick(&choices).clone();
        let is_conditional = place.must_end || self.random.percent(75);
        let number = self.number(place);
        if let Some(next) = detour(place, &jump) {
            self.detours.push((number, next));
        }
        if is_conditional {
            self.line(&format!("if (choose()) {{ step({number}); {jump} }}"));
        } else {
            self.line(&format!("step({number});"));
            self.line(&jump);
        }
        is_conditional
    }

    /// A place inside a callback that runs while the activation goes on, or stops for it.
    pub(super) fn beside(&mut self, place: &Place, is_beside: bool) -> Place {
        // What is returned leaves through finalisers before its handlers run.
        let is_beside = is_beside || self.lanes[place.lane].is_beside;
        let lane = if is_beside {
            let around = self.lanes[place.lane];
            self.lanes.push(Lane {
                activation: around.activation,
                is_beside,
                is_repeated: around.is_repeated || place.in_loop || around.is_beside,
            });
            self.lanes.len() - 1
        } else {
            place.lane
        };
        Place {
            is_async: false,
            is_generator: false,
            must_end: true,
            around: Vec::new(),
            lane,
            depth: place.depth + 1,
            ..place.clone()
        }
    }

    fn chain(&mut self, place: &Place) -> bool {
        let kept = self.name("promise");
        let head = match self.random.below(6) {
            0..=2 if place.is_async => "await ".to_owned(),
            3 if place.is_async => format!("const {kept} = "),
            4 if place.is_async && place.around.is_empty() && !place.is_generator => "return ".to_owned(),
            _ => String::new(),
        };
        let inside = self.beside(place, head != "await " && head != "return ");
        let source = *self.random.pick(&[
            "maybeReject()",
            "maybeReject()",
            "Promise.resolve(1)",
            "Promise.reject(new Error('chain'))",
        ]);
        self.line(&format!("{head}{source}"));
        self.indent += 1;
        for _ in 0..1 + self.random.below(3) {
            let inside = Place {
                is_async: self.random.percent(40),
                ..inside.clone()
            };
            let keyword = if inside.is_async { "async " } else { "" };
            match self.random.below(4) {
                0 => {
                    self.line(&format!(".then({keyword}() => {{"));
                    self.block(&inside);
                    self.line(&format!("}}, {keyword}() => {{"));
                    self.block(&inside);
                }
                1 => {
                    self.line(&format!(".then({keyword}() => {{"));
                    self.block(&inside);
                }
                2 => {
                    self.line(&format!(".catch({keyword}() => {{"));
                    self.block(&inside);
                }
                _ => {
                    self.line(&format!(".finally({keyword}() => {{"));
                    self.block(&inside);
                }
            }
            self.line("})");
        }
        self.indent -= 1;
        let at = self.text.trim_end().len();
        self.text.insert(at, ';');
        if head == "return " {
            return false;
        }
        if head.starts_with("const") {
            self.step(place);
            self.line(&format!("await {kept};"));
        }
        true
    }

    fn executor(&mut self, place: &Place) -> bool {
        if !place.is_async {
            return self.simple(place);
        }
        let inside = self.beside(place, false);
        self.line("await new Promise((resolve, reject) => {");
        self.block(&inside);
        let form = *self.random.pick(&[
            "  resolve();",
            "  if (choose()) reject(new Error('executor'));\n  else resolve();",
            "  if (choose()) return reject(new Error('executor'));\n  resolve(1);",
        ]);
        // Its block may have left before: then the promise stays pending, which is no way out.
        for line in form.lines() {
            self.line(line);
        }
        self.line("});");
        true
    }

    /// `(() => { … })()`, a function with an activation of its own.
    fn immediate(&mut self, place: &Place) -> bool {
        let is_async = place.is_async && self.random.percent(50);
        let inside = self.activation(place, is_async, false);
        self.line(if is_async { "await (async () => {" } else { "(() => {" });
        self.body(&inside, place.has_client);
        self.line("})();");
        true
    }

    /// The body of a function with an activation of its own. A release stands at its begin or nowhere: one behind something
    /// that throws counts as done for whoever calls (`fixtures/rules/unreleased-connection/helper-throws.js`).
    fn body(&mut self, inside: &Place, has_client: bool) {
        if has_client && self.random.percent(20) {
            self.release();
        }
        let first = self.activations[self.lanes[inside.lane].activation];
        self.block_with(inside, Some(first));
    }

    fn activation(&mut self, place: &Place, is_async: bool, is_generator: bool) -> Place {
        let is_repeated = self.lanes[place.lane].is_repeated || self.lanes[place.lane].is_beside;
        let activation = self.activations.len();
        self.lanes.push(Lane {
            activation,
            is_beside: false,
            is_repeated,
        });
        let lane = self.lanes.len() - 1;
        let inside = Place {
            is_async,
            is_generator,
            must_end: true,
            has_client: false,
            around: Vec::new(),
            lane,
            depth: place.depth + 1,
            ..place.clone()
        };
        let first = self.number(&inside);
        self.activations.push(first);
        inside
    }

    /// Callbacks that an array's method runs.
    fn each(&mut self, place: &Place) -> bool {
        let is_async = self.random.percent(40);
        let waited = place.is_async && self.random.percent(50);
        let mut inside = self.beside(place, is_async);
        inside.is_async = is_async;
        inside.in_loop = true;
        if is_async {
            let lane = inside.lane;
            self.lanes[lane].is_repeated = true;
        }
        let (head, tail) = match (is_async, waited) {
            (true, true) => ("await Promise.all([1, 2].map(async (item) => {", "}));"),
            (true, false) => ("[1].forEach(async (item) => {", "});"),
            (false, _) => *self.random.pick(&[
                ("[1, 2].forEach((item) => {", "});"),
                ("[1].map((item) => {", "});"),
                ("[1, 2].some(() => {", "});"),
            ]),
        };
        self.line(head);
        self.block(&inside);
        self.line(tail);
        true
    }

    fn generator(&mut self, place: &Place) -> bool {
        let is_async = place.is_async && self.random.percent(40);
        let name = self.name("source");
        let inside = self.activation(place, is_async, true);
        self.line(&format!(
            "{} {name}() {{",
            if is_async { "async function*" } else { "function*" }
        ));
        self.body(&inside, place.has_client);
        self.line("  yield 2;");
        self.line("}");
        let mut body = place.clone();
        body.around.push(Around::Loop(None));
        body.in_loop = true;
        self.line(&format!(
            "for {}(const item of {name}()) {{",
            if is_async { "await " } else { "" }
        ));
        self.block(&body);
        self.line("}");
        true
    }

    fn awaited_loop(&mut self, place: &Place) -> bool {
        if !place.is_async {
            return self.simple(place);
        }
        let mut inside = place.clone();
        inside.around.push(Around::Loop(None));
        inside.in_loop = true;
        self.line("for await (const item of stream()) {");
        self.block(&inside);
        self.line("}");
        true
    }
}

/// The first step of the handler or finaliser that a plain jump meets first.
fn detour(place: &Place, jump: &str) -> Option<usize> {
    if jump.contains("maybeReject") {
        return None;
    }
    let (word, label) = jump
        .trim_end_matches(';')
        .split_once(' ')
        .unwrap_or((jump.trim_end_matches(';'), ""));
    for around in place.around.iter().rev() {
        let stops = match around {
            Around::Finally(first) => return Some(*first),
            Around::Catch(first) if word == "throw" => return Some(*first),
            Around::Catch(_) => false,
            Around::Loop(own) => match word {
                "break" | "continue" => label.is_empty() || own.as_deref() == Some(label),
                _ => false,
            },
            Around::Switch => word == "break" && label.is_empty(),
            Around::Block(own) => word == "break" && own == label,
        };
        if stops {
            return None;
        }
    }
    None
}
