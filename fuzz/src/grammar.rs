//! Programs in the shape of leaks: what acquires, holds and releases, in every nesting of control flow, functions, classes and
//! callbacks. What comes out is always syntax; names may be of nothing.

use std::fmt::{self, Display, Write};
use std::ops::Deref;

use arbitrary::{Arbitrary, Unstructured};

/// What all programs begin with.
const IMPORTS: &str = "\
import { EventEmitter, once } from 'events';
import { Pool, Client } from 'pg';
import * as fs from 'fs';
import express from 'express';
import { WebSocketServer } from 'ws';
import { useEffect, useRef } from 'react';
import { Subject, interval, takeUntil } from 'rxjs';
const app = express();
const emitter = new EventEmitter();
const pool = new Pool();
const cache = new Map();
const wss = new WebSocketServer({ port: 1 });
const subject = new Subject();
";

/// Levels of statements and expressions; deeper ones are left out.
const MAX_DEPTH: usize = 6;

/// What stands at the top of a program.
const MAX_ITEMS: usize = 40;

/// How many statements a block has, by chance: with more, the first would take all bytes there are for what is in it.
const STATEMENTS: [usize; 8] = [0, 1, 1, 1, 1, 2, 2, 4];

/// Of 256 expressions in expressions, those that have none in themselves, for the same reason.
const LEAVES: u8 = 170;

/// Bytes after which nothing is begun.
const MAX_TEXT: usize = 6000;

#[derive(Debug)]
pub struct Program {
    items: Vec<Item>,
}

impl<'a> Arbitrary<'a> for Program {
    /// As many items as the bytes give.
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let mut items = Vec::new();
        while !u.is_empty() && items.len() < MAX_ITEMS {
            items.push(u.arbitrary()?);
        }
        Ok(Self { items })
    }
}

#[derive(Arbitrary, Debug)]
enum Item {
    Statement(Statement),
    Function {
        is_async: bool,
        is_generator: bool,
        is_exported: bool,
        body: Block,
    },
    Class {
        extends: bool,
        is_exported: bool,
        field: Option<Expr>,
        methods: Vec<Method>,
    },
    Handler {
        is_async: bool,
        body: Block,
    },
    Connection {
        body: Block,
    },
    Component {
        effect: Block,
        teardown: Option<Block>,
    },
}

#[derive(Arbitrary, Debug)]
struct Method {
    name: u8,
    is_static: bool,
    is_async: bool,
    calls_super: bool,
    body: Block,
}

#[derive(Debug)]
struct Block(Vec<Statement>);

impl<'a> Arbitrary<'a> for Block {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let statements = (0..*u.choose(&STATEMENTS)?).map(|_| u.arbitrary());
        statements.collect::<arbitrary::Result<_>>().map(Self)
    }
}

#[derive(Arbitrary, Debug)]
enum Statement {
    Declare(Declare, Expr),
    Assign(Target, Expr),
    Do(Expr),
    Release(Release, u8),
    If(Expr, Block, Option<Block>),
    Try(Block, Option<Block>, Option<Block>),
    Loop(Loop, Block),
    Switch(Expr, Vec<Block>),
    Return(Option<Expr>),
    Throw(u8),
    Jump(bool),
    Labelled(Block),
    Function(bool, Block),
}

#[derive(Arbitrary, Debug)]
enum Declare {
    Const,
    Let,
    Var,
    Pattern,
    Using,
    AwaitUsing,
}

#[derive(Arbitrary, Debug)]
enum Target {
    Variable(u8),
    Field(u8),
    Static(u8),
    Property(u8, u8),
    Entry(u8),
    Global,
}

#[derive(Arbitrary, Debug)]
enum Loop {
    While(Expr),
    Of(Expr),
    Counted(u8),
    Forever,
    Await(Expr),
    Do(Expr),
}

#[derive(Arbitrary, Debug)]
enum Release {
    ClearInterval,
    ClearTimeout,
    Off(u8),
    RemoveAll,
    Method(u8),
    Delete,
    Abort,
}

/// An expression in an expression.
#[derive(Debug)]
struct Inner(Box<Expr>);

impl Deref for Inner {
    type Target = Expr;

    fn deref(&self) -> &Expr {
        &self.0
    }
}

impl<'a> Arbitrary<'a> for Inner {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let is_leaf = u.arbitrary::<u8>()? < LEAVES;
        let leaf = |u: &mut Unstructured<'a>| u.arbitrary().map(Expr::Variable);
        let expr = if is_leaf { leaf(u) } else { u.arbitrary() };
        expr.map(|expr| Self(Box::new(expr)))
    }
}

#[derive(Arbitrary, Debug)]
enum Expr {
    Variable(u8),
    Field(u8),
    This,
    Number(u8),
    Key(u8),
    Undefined,
    Acquire(Acquire),
    Function(Box<Function>),
    Call(u8, Vec<Inner>),
    Method(Inner, u8, Vec<Inner>),
    Member(Inner, u8),
    Index(Inner, Inner),
    Await(Inner),
    Yield(Inner),
    Binary(u8, Inner, Inner),
    Choice(Inner, Inner, Inner),
    Object(Vec<(u8, Inner)>),
    Array(Vec<Inner>),
    Promise(Block),
    Then(Inner, Block, Option<Block>),
    All(Vec<Inner>),
    Race(Inner, Inner),
    New(u8, Vec<Inner>),
    As(Inner),
    Each(Inner, Block),
}

#[derive(Arbitrary, Debug)]
struct Function {
    is_arrow: bool,
    is_async: bool,
    body: Block,
}

#[derive(Arbitrary, Debug)]
enum Acquire {
    Listener(u8, u8, Inner),
    Interval(Inner),
    Timeout(Inner),
    Connection,
    Client,
    File(u8),
    Watcher(Inner),
    Subscription(Inner),
    Observer(Inner),
    Url,
    Signal(Inner),
    Store(Inner, Inner),
    Push(u8, Inner),
    Once(u8),
}

impl Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Out::default();
        self.items.iter().for_each(|item| out.item(item));
        f.write_str(IMPORTS)?;
        f.write_str(&out.text)
    }
}

/// What a statement stands in.
#[derive(Clone, Copy, Default)]
struct Around {
    is_async: bool,
    is_generator: bool,
    in_function: bool,
    in_loop: bool,
    depth: usize,
}

#[derive(Default)]
struct Out {
    text: String,
    around: Around,
    /// Names that were made; each is of its own.
    names: usize,
}

const EVENTS: [&str; 6] = ["data", "close", "error", "message", "end", "drain"];
const METHODS: [&str; 14] = [
    "start",
    "stop",
    "close",
    "dispose",
    "release",
    "end",
    "destroy",
    "ngOnInit",
    "ngOnDestroy",
    "connectedCallback",
    "disconnectedCallback",
    "unsubscribe",
    "disconnect",
    "query",
];
const HOLDERS: [&str; 8] = [
    "process",
    "emitter",
    "window",
    "this",
    "wss",
    "subject",
    "app",
    "globalThis",
];
const OPERATORS: [&str; 9] = ["+", "===", "!==", "&&", "||", "??", "<", "instanceof", ","];

fn pick<'a>(words: &[&'a str], number: u8) -> &'a str {
    words[usize::from(number) % words.len()]
}

impl Out {
    fn put(&mut self, text: impl Display) {
        write!(self.text, "{text}").expect("memory takes it");
    }

    fn is_full(&self) -> bool {
        self.text.len() > MAX_TEXT || self.around.depth >= MAX_DEPTH
    }

    fn fresh(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }

    fn name(&self, number: u8) -> String {
        const COMMON: [&str; 8] = ["app", "emitter", "pool", "cache", "wss", "subject", "request", "each"];
        match usize::from(number) {
            common if common < COMMON.len() => COMMON[common].to_owned(),
            other => format!("v{}", other % (self.names + 1)),
        }
    }

    /// Something in other surroundings.
    fn within(&mut self, around: Around, write: impl FnOnce(&mut Self)) {
        let inner = Around {
            depth: self.around.depth + 1,
            ..around
        };
        let before = std::mem::replace(&mut self.around, inner);
        write(self);
        self.around = before;
    }

    fn function(&mut self, is_async: bool, is_generator: bool, body: &Block) {
        let around = Around {
            is_async,
            is_generator,
            in_function: true,
            ..self.around
        };
        self.within(
            Around {
                in_loop: false,
                ..around
            },
            |out| out.block(body),
        );
    }

    fn block(&mut self, body: &Block) {
        self.put("{\n");
        if !self.is_full() {
            self.around.depth += 1;
            body.0.iter().for_each(|each| self.statement(each));
            self.around.depth -= 1;
        }
        self.put("}\n");
    }

    fn item(&mut self, item: &Item) {
        if self.is_full() {
            return;
        }
        match item {
            Item::Statement(statement) => {
                self.around.is_async = true;
                self.statement(statement);
                self.around.is_async = false;
            }
            Item::Function {
                is_async,
                is_generator,
                is_exported,
                body,
            } => {
                let name = self.fresh();
                let export = if *is_exported { "export " } else { "" };
                let (keyword, star) = (
                    if *is_async { "async " } else { "" },
                    if *is_generator { "*" } else { "" },
                );
                self.put(format_args!("{export}{keyword}function{star} {name}(request, each) "));
                self.function(*is_async, *is_generator, body);
            }
            Item::Class {
                extends,
                is_exported,
                field,
                methods,
            } => {
                let name = self.fresh();
                let export = if *is_exported { "export " } else { "" };
                let base = if *extends { " extends EventEmitter" } else { "" };
                self.put(format_args!("{export}class {name}{base} {{\n"));
                if let Some(field) = field {
                    self.put("field0 = ");
                    self.expr(field);
                    self.put(";\n");
                }
                self.put("static static0 = new Map();\n");
                methods.iter().take(6).for_each(|method| self.method(method, *extends));
                self.put("}\n");
            }
            Item::Handler { is_async, body } => {
                let keyword = if *is_async { "async " } else { "" };
                self.put(format_args!("app.get('/', {keyword}(request, response) => "));
                self.function(*is_async, false, body);
                self.put(");\n");
            }
            Item::Connection { body } => {
                self.put("wss.on('connection', (each) => ");
                self.function(false, false, body);
                self.put(");\n");
            }
            Item::Component { effect, teardown } => {
                let name = self.fresh();
                self.put(format_args!("export function {name}(each) {{\nuseEffect(() => {{\n"));
                self.function(false, false, effect);
                if let Some(teardown) = teardown {
                    self.put("return () => ");
                    self.function(false, false, teardown);
                }
                self.put("}, []);\nreturn null;\n}\n");
            }
        }
    }

    fn method(&mut self, method: &Method, extends: bool) {
        let keywords = [(method.is_static, "static "), (method.is_async, "async ")];
        for (is_there, keyword) in keywords {
            self.put(if is_there { keyword } else { "" });
        }
        self.put(format_args!("{}(request, each) {{\n", pick(&METHODS, method.name)));
        if extends && method.calls_super && !method.is_static {
            self.put(format_args!("super.{}();\n", pick(&METHODS, method.name)));
        }
        self.function(method.is_async, false, &method.body);
        self.put("}\n");
    }

    fn statement(&mut self, statement: &Statement) {
        if self.is_full() {
            return;
        }
        match statement {
            Statement::Declare(declare, value) => self.declare(declare, value),
            Statement::Assign(target, value) => {
                self.target(target);
                self.put(" = ");
                self.expr(value);
                self.put(";\n");
            }
            Statement::Do(value) => {
                self.put("void ");
                self.expr(value);
                self.put(";\n");
            }
            Statement::Release(release, of) => self.release(release, *of),
            Statement::If(test, yes, no) => {
                self.put("if (");
                self.expr(test);
                self.put(") ");
                self.block(yes);
                if let Some(no) = no {
                    self.put("else ");
                    self.block(no);
                }
            }
            Statement::Try(body, catch, finally) => {
                self.put("try ");
                self.block(body);
                if let Some(catch) = catch {
                    self.put("catch (each) ");
                    self.block(catch);
                }
                match finally {
                    Some(finally) => {
                        self.put("finally ");
                        self.block(finally);
                    }
                    None if catch.is_none() => self.put("finally {}\n"),
                    None => {}
                }
            }
            Statement::Loop(kind, body) => self.looping(kind, body),
            Statement::Switch(of, cases) => {
                self.put("switch (");
                self.expr(of);
                self.put(") {\n");
                for (index, case) in cases.iter().take(4).enumerate() {
                    self.put(format_args!("case {index}: "));
                    self.block(case);
                }
                self.put("}\n");
            }
            Statement::Return(value) if self.around.in_function => {
                self.put("return");
                if let Some(value) = value {
                    self.put(" ");
                    self.expr(value);
                }
                self.put(";\n");
            }
            Statement::Throw(number) => self.put(format_args!("throw new Error('{number}');\n")),
            Statement::Jump(goes_on) if self.around.in_loop => {
                self.put(if *goes_on { "continue;\n" } else { "break;\n" });
            }
            Statement::Return(_) | Statement::Jump(_) => {}
            Statement::Labelled(body) => {
                let name = self.fresh();
                self.put(format_args!("{name}: "));
                self.block(body);
            }
            Statement::Function(is_async, body) => {
                let name = self.fresh();
                self.put(format_args!(
                    "{}function {name}(request) ",
                    if *is_async { "async " } else { "" }
                ));
                self.function(*is_async, false, body);
            }
        }
    }

    fn declare(&mut self, declare: &Declare, value: &Expr) {
        let name = self.fresh();
        match declare {
            Declare::Const => self.put(format_args!("const {name} = ")),
            Declare::Let => self.put(format_args!("let {name} = ")),
            Declare::Var => self.put(format_args!("var {name} = ")),
            Declare::Pattern => self.put(format_args!("const {{ {name}, ...{name}rest }} = ")),
            Declare::Using => self.put(format_args!("using {name} = ")),
            Declare::AwaitUsing if self.around.is_async => self.put(format_args!("await using {name} = ")),
            Declare::AwaitUsing => self.put(format_args!("using {name} = ")),
        }
        self.expr(value);
        self.put(";\n");
    }

    fn target(&mut self, target: &Target) {
        match target {
            // What is imported cannot be assigned; what is made here can.
            Target::Variable(number) => self.put(format_args!("v{}", usize::from(*number) % (self.names + 1))),
            Target::Field(number) => self.put(format_args!("this.field{}", number % 3)),
            Target::Static(number) => self.put(format_args!("v{}.static0", usize::from(*number) % (self.names + 1))),
            Target::Property(of, number) => self.put(format_args!("{}.p{}", self.name(*of), number % 3)),
            Target::Entry(of) => self.put(format_args!("{}[each.id]", self.name(*of))),
            Target::Global => self.put("globalThis.kept"),
        }
    }

    fn looping(&mut self, kind: &Loop, body: &Block) {
        let name = self.fresh();
        let mut tail = None;
        match kind {
            Loop::While(test) => {
                self.put("while (");
                self.expr(test);
                self.put(") ");
            }
            Loop::Of(of) => {
                self.put(format_args!("for (const {name} of "));
                self.single(of);
                self.put(") ");
            }
            Loop::Counted(number) => self.put(format_args!("for (let {name} = 0; {name} < {number}; {name}++) ")),
            Loop::Forever => self.put("for (;;) "),
            Loop::Await(of) if self.around.is_async => {
                self.put(format_args!("for await (const {name} of "));
                self.single(of);
                self.put(") ");
            }
            Loop::Await(of) | Loop::Do(of) => {
                self.put("do ");
                tail = Some(of);
            }
        }
        self.within(
            Around {
                in_loop: true,
                ..self.around
            },
            |out| out.block(body),
        );
        if let Some(tail) = tail {
            self.put("while (");
            self.expr(tail);
            self.put(");\n");
        }
    }

    fn release(&mut self, release: &Release, of: u8) {
        let of = self.name(of);
        match release {
            Release::ClearInterval => self.put(format_args!("clearInterval({of})")),
            Release::ClearTimeout => self.put(format_args!("clearTimeout({of})")),
            Release::Off(number) => self.put(format_args!("emitter.off('{}', {of})", pick(&EVENTS, *number))),
            Release::RemoveAll => self.put(format_args!("{of}.removeAllListeners()")),
            Release::Method(number) => self.put(format_args!("{of}.{}()", pick(&METHODS, *number))),
            Release::Delete => self.put(format_args!("cache.delete({of})")),
            Release::Abort => self.put(format_args!("{of}.abort()")),
        }
        self.put(";\n");
    }

    /// An expression in brackets.
    fn single(&mut self, expr: &Expr) {
        self.put("(");
        self.expr(expr);
        self.put(")");
    }

    fn list(&mut self, all: &[Inner]) {
        for each in all.iter().take(4) {
            self.single(each);
            self.put(", ");
        }
    }

    fn expr(&mut self, expr: &Expr) {
        if self.is_full() {
            return self.put("each");
        }
        self.around.depth += 1;
        self.written(expr);
        self.around.depth -= 1;
    }

    fn written(&mut self, expr: &Expr) {
        match expr {
            Expr::Variable(number) => self.put(self.name(*number)),
            Expr::Field(number) => self.put(format_args!("this.field{}", number % 3)),
            Expr::This => self.put("this"),
            Expr::Number(number) => self.put(number),
            Expr::Key(number) => self.put(format_args!("`key-${{request.id}}-{number}`")),
            Expr::Undefined => self.put("undefined"),
            Expr::Acquire(acquire) => self.acquire(acquire),
            Expr::Function(function) => {
                let keyword = if function.is_async { "async " } else { "" };
                match function.is_arrow {
                    true => self.put(format_args!("({keyword}(each) => ")),
                    false => self.put(format_args!("({keyword}function (each) ")),
                }
                self.function(function.is_async, false, &function.body);
                self.put(")");
            }
            Expr::Call(number, arguments) => {
                self.put(format_args!("{}(", self.name(*number)));
                self.list(arguments);
                self.put(")");
            }
            Expr::Method(of, name, arguments) => {
                self.single(of);
                self.put(format_args!(".{}(", pick(&METHODS, *name)));
                self.list(arguments);
                self.put(")");
            }
            Expr::Member(of, number) => {
                self.single(of);
                self.put(format_args!("?.p{}", number % 3));
            }
            Expr::Index(of, index) => {
                self.single(of);
                self.put("[");
                self.expr(index);
                self.put("]");
            }
            Expr::Await(of) if self.around.is_async => {
                self.put("(await ");
                self.single(of);
                self.put(")");
            }
            Expr::Yield(of) if self.around.is_generator => {
                self.put("(yield ");
                self.single(of);
                self.put(")");
            }
            Expr::Await(of) | Expr::Yield(of) => self.single(of),
            Expr::Binary(operator, one, other) => {
                // Brackets around all of it: a comma would end what it stands in.
                self.put("(");
                self.single(one);
                self.put(format_args!(" {} ", pick(&OPERATORS, *operator)));
                self.single(other);
                self.put(")");
            }
            Expr::Choice(test, one, other) => {
                self.single(test);
                self.put(" ? ");
                self.single(one);
                self.put(" : ");
                self.single(other);
            }
            Expr::Object(entries) => {
                self.put("({ ");
                for (number, value) in entries.iter().take(4) {
                    self.put(format_args!("p{}: ", number % 3));
                    self.single(value);
                    self.put(", ");
                }
                self.put("})");
            }
            Expr::Array(elements) => {
                self.put("[");
                self.list(elements);
                self.put("]");
            }
            Expr::Promise(body) => {
                self.put("new Promise((resolve, reject) => ");
                self.function(false, false, body);
                self.put(")");
            }
            Expr::Then(of, then, catch) => {
                self.single(of);
                self.put(".then((each) => ");
                self.function(false, false, then);
                self.put(")");
                if let Some(catch) = catch {
                    self.put(".catch((each) => ");
                    self.function(false, false, catch);
                    self.put(")");
                }
            }
            Expr::All(all) => {
                self.put("Promise.all([");
                self.list(all);
                self.put("])");
            }
            Expr::Race(one, other) => {
                self.put("Promise.race([");
                self.single(one);
                self.put(", ");
                self.single(other);
                self.put("])");
            }
            Expr::New(number, arguments) => {
                self.put(format_args!("new {}(", self.name(*number)));
                self.list(arguments);
                self.put(")");
            }
            Expr::As(of) => {
                self.single(of);
                self.put(" as any");
            }
            Expr::Each(of, body) => {
                self.single(of);
                self.put(".forEach((each) => ");
                self.function(false, false, body);
                self.put(")");
            }
        }
    }

    fn acquire(&mut self, acquire: &Acquire) {
        let wrapped = |out: &mut Self, before: &str, inner: &Expr, after: &str| {
            out.put(before);
            out.single(inner);
            out.put(after);
        };
        match acquire {
            Acquire::Listener(holder, event, listener) => {
                let before = format!("{}.on('{}', ", pick(&HOLDERS, *holder), pick(&EVENTS, *event));
                wrapped(self, &before, listener, ")");
            }
            Acquire::Interval(callback) => wrapped(self, "setInterval(", callback, ", 1000)"),
            Acquire::Timeout(callback) => wrapped(self, "setTimeout(", callback, ", 60000)"),
            Acquire::Connection => self.put("pool.connect()"),
            Acquire::Client => self.put("new Client()"),
            Acquire::File(number) => {
                self.put(if number % 2 == 0 {
                    "fs.openSync('a')"
                } else {
                    "fs.createReadStream('a')"
                });
            }
            Acquire::Watcher(listener) => wrapped(self, "fs.watch('a', ", listener, ")"),
            Acquire::Subscription(listener) => {
                wrapped(self, "interval(1).pipe(takeUntil(subject)).subscribe(", listener, ")");
            }
            Acquire::Observer(listener) => wrapped(self, "new MutationObserver(", listener, ").observe(each)"),
            Acquire::Url => self.put("URL.createObjectURL(each)"),
            Acquire::Signal(listener) => {
                wrapped(
                    self,
                    "window.addEventListener('resize', ",
                    listener,
                    ", { signal: each })",
                );
            }
            Acquire::Store(key, value) => {
                wrapped(self, "cache.set(", key, ", ");
                wrapped(self, "", value, ")");
            }
            Acquire::Push(number, value) => {
                let before = format!("{}.push(", self.name(*number));
                wrapped(self, &before, value, ")");
            }
            Acquire::Once(event) => self.put(format_args!("once(emitter, '{}')", pick(&EVENTS, *event))),
        }
    }
}
