//! Texts on which something once took time that grows with the square of their length, or faster.

use super::content::{Case, Expect, Size};

pub fn cases(size: Size) -> Vec<Case> {
    let rounds = match size {
        Size::Usual => 4_000,
        Size::Large => 50_000,
    };
    let mut cases = linear(rounds);
    // What is judged in pairs is worth more steps than there are.
    cases.extend(in_pairs(rounds).into_iter().map(|mut case| {
        case.expect = Expect::Spoken;
        case
    }));
    cases
}

fn case(name: &str, text: &str) -> Case {
    Case::before_leak(format!("costs-{name}"), ".js", text)
}

fn each(rounds: usize, text: &dyn Fn(usize) -> String) -> String {
    (0..rounds).map(text).collect()
}

/// All of it is read once.
fn linear(rounds: usize) -> Vec<Case> {
    let names = each(rounds, &|i| format!("rule{i},"));
    vec![
        case(
            "suppressions-without-code",
            &"// leaklint-ignore-next-line unremoved-timer: a\n".repeat(rounds),
        ),
        case(
            "rules-of-a-suppression",
            &format!("// leaklint-ignore-next-line {names}"),
        ),
        case(
            "rule-without-end",
            &format!("// leaklint-ignore-next-line {}", "a".repeat(20 * rounds)),
        ),
        case(
            "comments-of-a-suppression",
            &format!("// leaklint-ignore-line a\n{}", "/**/\n".repeat(rounds)),
        ),
        case(
            "methods-of-a-literal",
            &format!(
                "const x = {{{}}}; x.m0();",
                each(rounds, &|i| format!("m{i}() {{ x.m{}(); }},", i + 1))
            ),
        ),
    ]
}

/// Each is held against all others.
fn in_pairs(rounds: usize) -> Vec<Case> {
    vec![
        case(
            "values-of-a-variable",
            &format!(
                "let a;{}",
                each(rounds, &|i| format!(
                    "function f{i}() {{ a = new Map(); a.set({i}, 1); }}"
                ))
            ),
        ),
        case(
            "sites-of-a-map",
            &format!(
                "const m = new Map();{}",
                each(rounds, &|i| format!(
                    "exports.f{i} = (k) => {{ m.set(k, {i}); if (m.has(k)) m.get(k); }};"
                ))
            ),
        ),
        case(
            "sites-of-a-function",
            &format!(
                "const a = []; exports.f = (q) => {{ {} }};",
                "a.push(q);".repeat(rounds)
            ),
        ),
        case(
            "listeners-of-a-class",
            &format!(
                "class A {{ constructor(b) {{ this.b = b; {} }} close() {{ {} }} }}",
                each(rounds, &|i| format!("this.b.on('a{i}', () => this.f{i}());")),
                each(rounds, &|i| format!("this.b.off('a{i}', () => this.f{i}());"))
            ),
        ),
        case(
            "exported-functions",
            &format!(
                "const fs = require('fs').promises;{}",
                each(rounds, &|i| format!(
                    "exports.g{i} = async () => {{ const h = await fs.open('a'); await k(h); await h.close(); }};"
                ))
            ),
        ),
    ]
}
