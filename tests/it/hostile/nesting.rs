//! Every construct in itself, many levels deep.

use super::LEAK;
use super::content::{Case, Expect, Size};

/// What opens a level, what stands inside the last, what closes a level.
struct Shape {
    name: &'static str,
    extension: &'static str,
    open: &'static str,
    inside: &'static str,
    close: &'static str,
}

const fn shape(
    name: &'static str,
    extension: &'static str,
    open: &'static str,
    inside: &'static str,
    close: &'static str,
) -> Shape {
    Shape {
        name,
        extension,
        open,
        inside,
        close,
    }
}

/// Levels that are analysed and levels that are refused for brackets.
const REFUSED: usize = 30_000;

/// Levels of expressions and types; the text is a whole statement.
const EXPRESSIONS: &[Shape] = &[
    shape("parentheses", ".js", "(", "1", ")"),
    shape("array", ".js", "[", "1", "]"),
    shape("object", ".js", "{a:", "1", "}"),
    shape("call", ".js", "f(", "1", ")"),
    shape("spread-call", ".js", "f(...", "x", ")"),
    shape("new", ".js", "new F(", "1", ")"),
    shape("new-without-arguments", ".js", "new ", "F", ""),
    shape("index", ".js", "a[", "1", "]"),
    shape("optional-index", ".js", "a?.[", "1", "]"),
    shape("template", ".js", "`${", "1", "}`"),
    shape("tagged-template", ".js", "a`${", "1", "}`"),
    shape("arrow", ".js", "()=>(", "1", ")"),
    shape("arrow-without-brackets", ".js", "a=>", "1", ""),
    shape("arrow-with-body", ".js", "()=>{return ", "1", "}"),
    shape("async-arrow", ".js", "async()=>{return ", "1", "}"),
    shape("function", ".js", "function(){return ", "1", "}"),
    shape("generator", ".js", "function*(){yield ", "1", "}"),
    shape("called-function", ".js", "(function(){return ", "1", "})()"),
    shape("callback", ".js", "f(()=>{", "g()", "})"),
    shape("then", ".js", "p.then(()=>", "1", ")"),
    shape("promise", ".js", "new Promise((resolve)=>{", "resolve()", "})"),
    shape("class", ".js", "class{m(){return ", "1", "}}"),
    shape("class-field", ".js", "class{a=", "1", "}"),
    shape("class-extends", ".js", "class extends (", "A", "){}"),
    shape("class-extends-bare", ".js", "class extends ", "A", "{}"),
    shape("not", ".js", "!", "1", ""),
    shape("minus", ".js", "- ", "1", ""),
    shape("typeof", ".js", "typeof ", "1", ""),
    shape("void", ".js", "void ", "1", ""),
    shape("conditional-test", ".js", "(", "a", "?1:2)"),
    shape("conditional-middle", ".js", "a?", "1", ":2"),
    shape("conditional-last", ".js", "a?1:", "2", ""),
    shape("assignment", ".js", "a=", "1", ""),
    shape("nullish-assignment", ".js", "a??=", "1", ""),
    shape("power", ".js", "2**", "1", ""),
    shape("sequence", ".js", "(0,", "1", ")"),
    shape("spread", ".js", "[...", "x", "]"),
    shape("object-spread", ".js", "{...", "x", "}"),
    shape("computed-key", ".js", "{[", "1", "]:1}"),
    shape("import", ".mjs", "import(", "'a'", ")"),
    shape("element", ".jsx", "<a>", "b", "</a>"),
    shape("fragment", ".jsx", "<>", "b", "</>"),
    shape("element-in-braces", ".jsx", "<a>{", "b", "}</a>"),
    shape("attribute", ".jsx", "<a b={", "1", "}/>"),
    shape("element-tsx", ".tsx", "<a>", "b", "</a>"),
    shape("as", ".ts", "(", "1", " as any)"),
    shape("satisfies", ".ts", "(", "1", " satisfies any)"),
    shape("non-null", ".ts", "(", "a", "!)"),
    shape("arrow-ts", ".ts", "(a)=>(", "1", ")"),
    shape("parentheses-ts", ".ts", "(", "1", ")"),
    shape("object-ts", ".ts", "{a:", "1", "}"),
];

/// Levels of types, after `let x: `.
const TYPES: &[Shape] = &[
    shape("type-parentheses", ".ts", "(", "1", ")"),
    shape("type-arguments", ".ts", "A<", "1", ">"),
    shape("type-tuple", ".ts", "[", "1", "]"),
    shape("type-object", ".ts", "{a:", "1", "}"),
    shape("type-function", ".ts", "()=>", "1", ""),
    shape("type-conditional", ".ts", "A extends B?C:", "1", ""),
    shape("type-keyof", ".ts", "keyof ", "A", ""),
    shape("type-readonly-array", ".ts", "readonly ", "A", "[]"),
    shape("type-array", ".ts", "", "A", "[]"),
    shape("type-index", ".ts", "A[", "B", "]"),
    shape("type-mapped", ".ts", "{[K in ", "A", "]:1}"),
    shape("type-template", ".ts", "`${", "1", "}`"),
];

/// Levels of statements.
const STATEMENTS: &[Shape] = &[
    shape("block", ".js", "{", ";", "}"),
    shape("if", ".js", "if(a){", ";", "}"),
    shape("if-without-braces", ".js", "if(a)", ";", ""),
    shape("else-if", ".js", "if(a);else ", ";", ""),
    shape("for", ".js", "for(;a;){", ";", "}"),
    shape("for-of", ".js", "for(const a of b){", ";", "}"),
    shape("for-in", ".js", "for(const a in b){", ";", "}"),
    shape("while", ".js", "while(a){", ";", "}"),
    shape("while-without-braces", ".js", "while(a)", ";", ""),
    shape("do", ".js", "do{", ";", "}while(a);"),
    shape("switch", ".js", "switch(a){case 1:", ";", "}"),
    shape("try-catch", ".js", "try{", ";", "}catch(e){}"),
    shape("try-finally", ".js", "try{", ";", "}finally{}"),
    shape("in-finally", ".js", "try{}finally{", ";", "}"),
    shape("in-catch", ".js", "try{}catch(e){", ";", "}"),
    shape("with", ".cjs", "with(a){", ";", "}"),
    shape("declared-function", ".js", "function f(){", ";", "}"),
    shape("declared-class", ".js", "class C{m(){", ";", "}}"),
    shape("static-block", ".js", "class C{static{", ";", "}}"),
    shape("handler", ".js", "app.get('/',(q,s)=>{", ";", "});"),
    shape("namespace", ".ts", "namespace N{", ";", "}"),
    shape("pattern", ".js", "var [", "[a]=[]", "]=[];"),
];

pub fn cases(size: Size) -> Vec<Case> {
    let depths: &[usize] = match size {
        Size::Usual => &[20, 500, 2_000],
        Size::Large => &[2_000, 6_000, 19_000],
    };
    let all = || EXPRESSIONS.iter().chain(TYPES).chain(STATEMENTS);
    let mut cases = Vec::new();
    for shape in all() {
        cases.extend(depths.iter().map(|&depth| nested(shape, depth)));
    }
    cases.extend(all().filter(|shape| has_brackets(shape)).step_by(6).map(refused));
    cases.extend(all().map(unclosed));
    cases
}

fn text(shape: &Shape, depth: usize) -> String {
    let (open, close) = (shape.open.repeat(depth), shape.close.repeat(depth));
    let inner = format!("{open}{}{close}", shape.inside);
    if is_in(TYPES, shape) {
        format!("let x: {inner};")
    } else if is_in(EXPRESSIONS, shape) {
        format!("const x = {inner};")
    } else if shape.name == "pattern" {
        format!("var {}a{} = b;", "[".repeat(depth), "]".repeat(depth))
    } else {
        inner
    }
}

fn is_in(shapes: &[Shape], shape: &Shape) -> bool {
    shapes.iter().any(|each| each.name == shape.name)
}

/// Levels up to which everything is found; what is nested deeper may be over a limit.
const FOUND: usize = 2_000;

fn nested(shape: &Shape, depth: usize) -> Case {
    let name = format!("{}-{depth}", shape.name);
    let mut case = Case::before_leak(name, shape.extension, &text(shape, depth));
    if depth > FOUND {
        case.expect = Expect::Bounded;
    }
    case
}

/// Whether each level opens a bracket that the last level closes.
fn has_brackets(shape: &Shape) -> bool {
    let count = |brackets: [char; 3]| shape.open.matches(brackets).count();
    count(['(', '[', '{']) > count([')', ']', '}'])
}

fn refused(shape: &Shape) -> Case {
    let text = format!("{LEAK}{}", text(shape, REFUSED));
    let expect = Expect::Problem("limit", "nesting");
    Case::new(format!("{}-{REFUSED}", shape.name), shape.extension, text, expect)
}

/// Levels that nobody closes are an error, from which the parser may recover.
fn unclosed(shape: &Shape) -> Case {
    let text = format!("{LEAK}const x = {}", shape.open.repeat(400));
    Case::new(
        format!("{}-unclosed", shape.name),
        shape.extension,
        text,
        Expect::Spoken,
    )
}
