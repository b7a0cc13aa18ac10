//! Flat things that are very long: operands, links, elements, statements.

use super::content::{Case, Expect, Size};

/// What stands before, what is repeated, what stands after, and how the text of one round differs: `#` is its number.
const CHAINS: &[(&str, &str, &str, &str, &str)] = &[
    ("plus", ".js", "const x = 1", "+1", ";"),
    ("times", ".js", "const x = 1", "*a", ";"),
    ("and", ".js", "const x = a", "&&a", ";"),
    ("or", ".js", "const x = a", "||a", ";"),
    ("nullish", ".js", "const x = a", "??a", ";"),
    ("comma", ".js", "a", ",a", ";"),
    ("equals", ".js", "const x = a", "==a", ";"),
    ("less", ".js", "const x = a", "<a", ";"),
    ("shift", ".js", "const x = a", "<<a", ";"),
    ("in", ".js", "const x = a", " in a", ";"),
    ("strings", ".js", "const x = ''", "+'a'", ";"),
    ("members", ".js", "const x = a", ".b", ";"),
    (
        "private-members",
        ".js",
        "class C { #b; m() { return this",
        ".#b",
        "; } }",
    ),
    ("optional-members", ".js", "const x = a", "?.b", ";"),
    ("indices", ".js", "const x = a", "[0]", ";"),
    ("calls", ".js", "a", "()", ";"),
    ("method-calls", ".js", "a", ".b()", ";"),
    ("then", ".js", "p", ".then(f)", ";"),
    ("then-functions", ".js", "p", ".then(()=>1)", ";"),
    ("tags", ".js", "a", "``", ";"),
    ("non-null", ".ts", "const x = a", "!", ";"),
    ("as", ".ts", "const x = a", " as any", ";"),
    ("elements", ".js", "const x = [", "1,", "];"),
    ("holes", ".js", "const x = [", ",", "];"),
    ("properties", ".js", "const x = {", "a#:1,", "};"),
    ("methods", ".js", "const x = {", "a#(){},", "};"),
    ("arguments", ".js", "f(", "1,", "1);"),
    ("parameters", ".js", "function f(", "a#,", "b){}"),
    ("template-parts", ".js", "const x = `", "${a}", "`;"),
    ("semicolons", ".js", "", ";", ""),
    ("statements", ".js", "", "f();", ""),
    ("variables", ".js", "", "var a#=1;", ""),
    ("declarators", ".js", "var b", ",a#", ";"),
    ("aliases", ".js", "const a0=f();", "const b#=a0;", ""),
    ("functions", ".js", "", "function f#(){}", ""),
    ("classes", ".js", "", "class C#{}", ""),
    ("class-members", ".js", "class C {", "m#(){}", "}"),
    ("cases", ".js", "switch (a) {", "case #:f();break;", "}"),
    ("ifs", ".js", "", "if(a)f();", ""),
    ("tries", ".js", "", "try{f()}catch{}", ""),
    ("blocks", ".js", "", "{}", ""),
    ("labels", ".js", "", "l#:", ";"),
    ("else-ifs", ".js", "if(a);", "else if(a);", ""),
    ("imports", ".mjs", "", "import a# from 'b';", ""),
    ("exports", ".mjs", "", "export const a#=1;", ""),
    ("elements-jsx", ".jsx", "const x = <a>", "<b/>", "</a>;"),
    ("attributes", ".jsx", "const x = <a ", "b#='' ", "/>;"),
    ("union", ".ts", "let x: a", "|a", ";"),
    ("intersection", ".ts", "let x: a", "&a", ";"),
    ("type-arrays", ".ts", "let x: a", "[]", ";"),
    ("type-members", ".ts", "interface I {", "a#:1;", "}"),
    ("enum-members", ".ts", "enum E {", "a#,", "}"),
    ("extends", ".ts", "interface I extends A", ",A", " {}"),
    ("decorators", ".ts", "", "@d ", "class C {}"),
    ("overloads", ".ts", "", "declare function f(a:#):1;", ""),
    ("line-comments", ".js", "", "// a\n", ""),
    ("block-comments", ".js", "", "/**/", ""),
    ("spaces", ".js", "", " ", ""),
    ("lines", ".js", "", "\n", ""),
    ("carriage-returns", ".js", "", "\r", ""),
    ("line-separators", ".js", "", "\u{2028}", ""),
    ("timers", ".js", "", "setTimeout(f,1);", ""),
    (
        "emitters",
        ".js",
        "const e = new (require('events'))();",
        "e.on('a',f);",
        "",
    ),
    ("maps", ".js", "const m = new Map();", "m.set(#,1);", ""),
];

/// What counts as nesting, of which 20,000 levels are allowed.
const NESTED: &[&str] = &["else-ifs"];

/// What takes more than a limit allows.
const COSTLY: &[&str] = &["timers", "emitters", "maps"];

pub fn cases(size: Size) -> Vec<Case> {
    let lengths: &[usize] = match size {
        Size::Usual => &[2_000, 20_000],
        Size::Large => &[200_000, 1_000_000],
    };
    let mut cases: Vec<Case> = CHAINS
        .iter()
        .flat_map(|chain| lengths.iter().map(move |&length| case(chain, length)))
        .collect();
    if size == Size::Usual {
        let million = ["plus", "members", "strings", "else-ifs"];
        let chosen = CHAINS.iter().filter(|chain| million.contains(&chain.0));
        cases.extend(chosen.map(|chain| case(chain, 1_000_000)));
    }
    cases
}

fn case(&(name, extension, before, round, after): &(&str, &'static str, &str, &str, &str), length: usize) -> Case {
    let rounds: String = if round.contains('#') && !round.contains("#b") {
        (0..length)
            .map(|number| round.replace('#', &number.to_string()))
            .collect()
    } else {
        round.repeat(length)
    };
    let mut case = Case::before_leak(
        format!("{name}-x{length}"),
        extension,
        &format!("{before}{rounds}{after}"),
    );
    if NESTED.contains(&name) && length > 20_000 {
        case.expect = Expect::Problem("limit", "`else if`");
    }
    if COSTLY.contains(&name) {
        case.expect = Expect::Spoken;
    }
    case
}
