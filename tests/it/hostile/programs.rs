//! Texts that parse well and are hard on what comes after: linking, resolving, walking graphs.

use super::content::{Case, Expect, Size};

pub fn cases(size: Size) -> Vec<Case> {
    let rounds: &[usize] = match size {
        Size::Usual => &[10, 600],
        Size::Large => &[600, 3_000, 20_000],
    };
    let mut cases: Vec<Case> = rounds.iter().flat_map(|&rounds| of(rounds)).collect();
    // Much of this is worth a number of steps that nobody takes.
    for case in cases.iter_mut().filter(|case| !case.name.ends_with("-r10")) {
        case.expect = Expect::Spoken;
    }
    cases
}

fn of(n: usize) -> Vec<Case> {
    let each = |text: &dyn Fn(usize) -> String| (0..n).map(text).collect::<String>();
    let case = |name: &str, extension, text: String| Case::before_leak(format!("{name}-r{n}"), extension, &text);
    vec![
        case(
            "alias-chain",
            ".js",
            format!(
                "const v0 = process;\n{}v{n}.on('a', () => {{}});\n",
                each(&|i| format!("const v{} = v{i};\n", i + 1))
            ),
        ),
        case(
            "alias-ring",
            ".js",
            each(&|i| format!("var w{i} = w{};\n", (i + 1) % n)),
        ),
        case(
            "call-chain",
            ".js",
            format!(
                "{}function f{n}() {{ setInterval(() => {{}}, 1); }}\n",
                each(&|i| format!("function f{i}() {{ f{}(); }}\n", i + 1))
            ),
        ),
        case(
            "call-ring",
            ".js",
            each(&|i| format!("function f{i}(a) {{ f{}(a); process.on('a', a); }}\n", (i + 1) % n)),
        ),
        case(
            "call-tree",
            ".js",
            each(&|i| format!("function f{i}(a) {{ f{}(a); f{}(a); }}\n", 2 * i + 1, 2 * i + 2)),
        ),
        case(
            "doubling-calls",
            ".js",
            format!(
                "{}function f{n}(a) {{ a.on('x', () => {{}}); }}\nf0(process);\n",
                each(&|i| format!("function f{i}(a) {{ f{0}(a); f{0}(a); }}\n", i + 1))
            ),
        ),
        case("everybody-calls-everybody", ".js", {
            let m = n.min(120);
            (0..m)
                .map(|i| {
                    format!(
                        "function f{i}(a) {{ {} setTimeout(a, 1); }}\n",
                        (0..m).map(|j| format!("f{j}(a);")).collect::<String>()
                    )
                })
                .collect()
        }),
        case(
            "doubling-conditions",
            ".js",
            format!(
                "let c = process;\n{}c.on('a', () => {{}});\n",
                each(&|_| "c = a ? c : c;\n".to_owned())
            ),
        ),
        case(
            "doubling-values",
            ".js",
            format!(
                "const d0 = [process];\n{}",
                each(&|i| format!("const d{} = [d{i}, d{i}];\n", i + 1))
            ),
        ),
        case(
            "doubling-objects",
            ".js",
            format!(
                "const o0 = {{}};\n{}",
                each(&|i| format!("const o{} = {{ a: o{i}, b: o{i} }};\n", i + 1))
            ),
        ),
        case(
            "doubling-types",
            ".ts",
            format!(
                "type T0 = Set<string>;\n{}let t: T{n};\n",
                each(&|i| format!("type T{} = T{i} | T{i};\n", i + 1))
            ),
        ),
        case(
            "class-chain",
            ".js",
            format!(
                "class C0 {{}}\n{}new C{n}();\n",
                each(&|i| format!(
                    "class C{} extends C{i} {{ m{i}() {{ process.on('a', this.m{i}); }} }}\n",
                    i + 1
                ))
            ),
        ),
        case(
            "class-ring",
            ".js",
            each(&|i| format!("class R{i} extends R{} {{}}\n", (i + 1) % n)),
        ),
        case(
            "field-chain",
            ".js",
            format!(
                "class F {{ constructor() {{ {} }} }}\n",
                each(&|i| format!("this.f{} = this.f{i};", i + 1))
            ),
        ),
        case(
            "many-fields",
            ".js",
            format!(
                "class F {{ constructor() {{ {} }} close() {{ {} }} }}\n",
                each(&|i| format!("this.t{i} = setInterval(() => {{}}, 1);")),
                each(&|i| format!("clearInterval(this.t{i});"))
            ),
        ),
        case(
            "many-listeners",
            ".js",
            format!(
                "app.get('/', (q, s) => {{ {} }});\n",
                each(&|i| format!("process.on('e{i}', () => s.end());\n"))
            ),
        ),
        case(
            "many-removals",
            ".js",
            format!(
                "class L {{ constructor(e) {{ {} }} stop(e) {{ {} }} }}\n",
                each(&|i| format!("e.on('e{i}', this.h);")),
                each(&|i| format!("e.off('e{i}', this.h);"))
            ),
        ),
        case(
            "many-returns",
            ".js",
            format!(
                "async function r(pool) {{ const c = await pool.connect(); {} c.release(); }}\n",
                each(&|i| format!("if (a{i}) return b{i}();\n"))
            ),
        ),
        case(
            "many-tries",
            ".js",
            format!(
                "async function r(pool) {{ {} }}\n",
                each(&|i| format!(
                    "const c{i} = await pool.connect(); try {{ await f(c{i}); }} finally {{ c{i}.release(); }}\n"
                ))
            ),
        ),
        case(
            "many-awaits",
            ".js",
            format!(
                "async function r(pool) {{ const c = await pool.connect(); {} }}\n",
                each(&|_| "await f();".to_owned())
            ),
        ),
        case(
            "many-branches",
            ".js",
            format!(
                "function b(e) {{ e.on('a', h); {} e.off('a', h); }}\n",
                each(&|i| format!("if (a{i}) {{ g(); }} else {{ k(); }}\n"))
            ),
        ),
        case(
            "many-keys",
            ".js",
            format!(
                "const m = new Map();\napp.get('/', (q) => {{ {} }});\n",
                each(&|i| format!("m.set(q.a{i}, {i});\n"))
            ),
        ),
        case(
            "many-stores",
            ".js",
            format!(
                "let x = process;\n{}function f() {{ x.on('a', () => {{}}); }}\n",
                each(&|i| format!("x = y{i};\n"))
            ),
        ),
        case("many-globals", ".js", each(&|i| format!("g{i}.on('a', () => {{}});\n"))),
        case(
            "many-emitters",
            ".js",
            format!(
                "const E = require('events');\n{}",
                each(&|i| format!("const e{i} = new E(); e{i}.on('a', () => {{}});\n"))
            ),
        ),
        case(
            "many-switch-cases",
            ".js",
            format!(
                "function s(e) {{ e.on('a', h); switch (e.k) {{ {} }} }}\n",
                each(&|i| format!("case {i}: e.off('a', h); break;\n"))
            ),
        ),
        case(
            "sequence-of-thens",
            ".js",
            format!(
                "function t(pool) {{ return pool.connect(){}; }}\n",
                ".then((c) => c.query('a').then(() => c))".repeat(n.min(2_000))
            ),
        ),
        case(
            "callbacks-in-turn",
            ".js",
            format!(
                "fs.open('a', (e, d) => {{ {} }});\n",
                each(&|i| format!("fs.read(d, () => g{i}());\n"))
            ),
        ),
        case(
            "self-calls",
            ".js",
            format!("function f(a) {{ {} process.on('a', a); }}\n", "f(a);".repeat(n)),
        ),
        case(
            "self-arguments",
            ".js",
            format!(
                "function g(a) {{ return {}a{}; }}\n",
                "g(".repeat(n.min(4_000)),
                ")".repeat(n.min(4_000))
            ),
        ),
        case(
            "swapped-arguments",
            ".js",
            format!(
                "function p(a, b) {{ {} a.on('x', b); }}\np(process, f);\n",
                "p(b, a);".repeat(n)
            ),
        ),
        case(
            "returned-functions",
            ".js",
            format!(
                "{}const last = f0(){};\n",
                each(&|i| format!("function f{i}() {{ return f{}; }}\n", i + 1)),
                "()".repeat(n.min(4_000))
            ),
        ),
        case(
            "re-exports-of-itself",
            ".mjs",
            format!(
                "export * from './m.mjs';\n{}",
                each(&|i| format!("export {{ a{i} as a{} }} from './m.mjs';\n", i + 1))
            ),
        ),
        case(
            "exports-of-one",
            ".js",
            each(&|i| format!("exports.a{i} = exports.a{};\n", i + 1)),
        ),
        case(
            "prototypes",
            ".js",
            format!(
                "function P() {{}}\n{}",
                each(&|i| format!("P.prototype.m{i} = function () {{ this.on('a', () => this.m{i}()); }};\n"))
            ),
        ),
        case(
            "interfaces",
            ".ts",
            format!(
                "interface I {{ m(): void }}\n{}function f(i: I) {{ i.m(); }}\n",
                each(&|i| format!("class K{i} implements I {{ m() {{ process.on('a', () => {{}}); }} }}\n"))
            ),
        ),
        case(
            "generic-classes",
            ".ts",
            format!(
                "class G0<T> {{ a: T }}\n{}",
                each(&|i| format!("class G{}<T> extends G{i}<T> {{ b: G{i}<T> }}\n", i + 1))
            ),
        ),
        case(
            "effects",
            ".tsx",
            format!(
                "import {{ useEffect }} from 'react';\nexport function C() {{ {} return null; }}\n",
                each(&|i| format!("useEffect(() => {{ window.addEventListener('a{i}', h); }}, []);\n"))
            ),
        ),
        case(
            "templates-of-keys",
            ".js",
            format!(
                "const m = {{}};\nfunction k(a) {{ {} }}\n",
                each(&|i| format!("m[`${{a}}-{i}-${{a}}`] = a;\n"))
            ),
        ),
        case(
            "concatenated-keys",
            ".js",
            format!(
                "const m = new Set();\nfunction k(a) {{ let s = a; {} m.add(s); }}\n",
                each(&|_| "s = s + s;\n".to_owned())
            ),
        ),
    ]
}
