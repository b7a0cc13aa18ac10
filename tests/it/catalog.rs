//! The catalogue: the built-in files load and are complete, and mistakes in a file are shown at their place.

use std::collections::BTreeSet;
use std::path::Path;

use leaklint::catalog::Catalog;
use leaklint::catalog::builtin::{self, builtin};
use leaklint::catalog::effect::{AmbientLoss, End, Holder, OwnerPattern, Resource, There};
use leaklint::catalog::error::CatalogError;
use leaklint::catalog::load::load;
use leaklint::catalog::pattern::{Callee, ExportPath, PlaceStep};
use leaklint::rules::RULES;

#[test]
fn builtin_files_load() {
    loaded(builtin::FILES);
    assert!(builtin().libraries.len() >= 30);
}

#[test]
fn registry_equals_directory() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/catalog");
    let on_disk: BTreeSet<String> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".toml"))
        .map(|name| format!("rules/catalog/{name}"))
        .collect();
    let registered: BTreeSet<String> = builtin::FILES.iter().map(|(name, _)| (*name).to_string()).collect();
    assert_eq!(on_disk, registered);
}

#[test]
fn every_entry_has_source_and_examples() {
    let catalog = builtin();
    for example in &catalog.examples {
        let library = &catalog.libraries[example.library].name;
        assert!(
            RULES.iter().any(|rule| rule.info.id == &*example.rule),
            "{library}: no rule `{}`",
            example.rule
        );
        assert_ne!(example.leak, example.ok, "{library}");
    }
    for (position, library) in catalog.libraries.iter().enumerate() {
        assert!(library.source.starts_with("https://"), "{}", library.name);
        let text = builtin::FILES[position].1;
        let acquires = text.matches("[[acquire]]").count();
        let examples = text.matches("[[example]]").count();
        assert!(examples >= acquires.min(1), "{}: no example", library.name);
        assert!(
            examples + 1 >= acquires,
            "{}: {acquires} acquires, {examples} examples",
            library.name
        );
        if !library.packages.is_empty() {
            assert!(examples > 0, "{}: no example", library.name);
        }
    }
}

#[test]
fn frameworks_and_awkward_apis_load() {
    let frameworks = load_fixture("frameworks");
    assert_eq!(frameworks.lifecycles.len(), 7);
    let [components, _, vue, _, angular, elements, _] = frameworks.lifecycles.as_slice() else {
        unreachable!("seven were counted")
    };
    assert!(components.activations.iter().any(|activation| activation.null_teardown));
    assert_eq!(
        vue.ambient_lost,
        [AmbientLoss::AfterAwait, AmbientLoss::AsyncCallback, AmbientLoss::Event]
    );
    assert_eq!(angular.rerun_setters, [export(Some("@angular/core"), &["Input"])]);
    let element = OwnerPattern::ClassExtends(export(None, &["HTMLElement"]));
    assert!(elements.owners.contains(&element));

    let awkward = load_fixture("awkward");
    let acquire = |name: &str| awkward.acquires_named(name).next().unwrap();
    let provider = acquire("transactionProvider").item.as_ref().unwrap();
    assert_eq!(
        provider.at.steps,
        [PlaceStep::Awaited, PlaceStep::Returned, PlaceStep::Awaited]
    );
    let End::Call { binds, .. } = &acquire("connect").ends[1] else {
        unreachable!("`release` is a call")
    };
    assert_eq!(binds[0].there, There::Item);
    let clear = awkward.releases_named("clearData").next().unwrap().1;
    let End::Call { binds, .. } = clear else {
        unreachable!("`clearData` is a call")
    };
    assert_eq!(binds.iter().map(|bind| bind.there).collect::<Vec<_>>(), [There::Key(2)]);
    assert_eq!(acquire("listen").holder, Holder::Value(export(None, &["document"])));
}

#[test]
fn look_ups_by_name() {
    let catalog = builtin();
    let pool = catalog.types_by_constructor(&export(Some("pg"), &["default", "Pool"]))[0];
    assert_eq!(&*catalog.ty(pool).name, "pg.Pool");
    assert_eq!(catalog.types_by_annotation(&export(Some("pg"), &["Pool"])), [pool]);
    let emitter = catalog.types_by_constructor(&export(Some("node:events"), &["default"]))[0];
    assert!(catalog.is_a(pool, emitter));
    let process = catalog.types_by_value(&export(None, &["process"]))[0];
    assert!(catalog.part(process, "stdout").is_some());

    let request = catalog.types_by_annotation(&export(Some("express"), &["Request"]))[0];
    assert!(
        catalog.part(request, "socket").is_some(),
        "inherited from the platform's message"
    );
    assert!(catalog.is_terminal(request, "close"));
    assert!(!catalog.is_terminal(request, "data"));

    assert_eq!(
        catalog
            .acquires_named("connect")
            .filter(|a| a.resource == Resource::Connection)
            .count(),
        3
    );
    assert!(
        catalog
            .releases_named("clearInterval")
            .any(|(acquire, _)| acquire.resource == Resource::Interval)
    );
    assert!(
        catalog
            .factories_named("")
            .any(|(ty, _)| &*catalog.ty(ty).name == "express.Application")
    );
    assert!(catalog.leaves_named("readFileSync").next().is_some());
    assert!(catalog.libraries_of("mysql2").next().is_some());
    let message = ExportPath {
        module: Some("mysql2/promise.js".into()),
        members: vec!["createPool".into()],
    };
    let created = message.canonical();
    let matched = catalog
        .factories_named("createPool")
        .any(|(_, factory)| match &factory.callee {
            Callee::Export(path) => path.matches(&created),
            _ => false,
        });
    assert!(matched);
}

#[test]
fn an_empty_file_switches_a_library_off() {
    for (position, (name, _)) in builtin::FILES.iter().enumerate() {
        for off in ["", "# nothing is said of it\n"] {
            let mut files = builtin::FILES.to_vec();
            files.push((name, off));
            let catalog = loaded(&files);
            assert!(catalog.acquires.iter().all(|each| each.library != position), "{name}");
            assert!(
                catalog
                    .types
                    .iter()
                    .all(|ty| ty.library != position || ty.constructors.is_empty())
            );
        }
    }
    assert!(loaded(&[("mine.toml", "")]).libraries.is_empty());
}

#[test]
fn a_later_file_replaces_one_of_the_same_name() {
    let off = "[catalog]\nlibrary = \"signal-exit\"\nsource = \"https://example.org\"\n";
    let mut files = builtin::FILES.to_vec();
    files.push(("mine/signal-exit.toml", off));
    let catalog = loaded(&files);
    assert_eq!(catalog.libraries.len(), builtin().libraries.len());
    assert_eq!(catalog.acquires_named("onExit").count(), 0);
}

/// A mistake is marked in the text: `«` before the place, `»` behind it.
#[test]
fn mistakes_are_shown_at_their_place() {
    let cases = [
        (
            "[catalog]\n«libary» = \"x\"\nsource = \"https://x\"",
            "unknown key `libary`",
            "did you mean `library`?",
        ),
        ("«[catalog]»\nlibrary = \"x\"\n", "missing field `source`", ""),
        (
            "[catalog]\nlibrary = \"x\"\nsource = «\"x\"»",
            "`source` is no address",
            "https://",
        ),
        (
            &body("[type]\nPool = { extends = «\"Pol\"» }"),
            "unknown type `Pol`",
            "did you mean `Pool`?",
        ),
        (
            &body("[type]\nA = { extends = \"B\" }\nB = { extends = «\"A\"» }"),
            "`B` extends itself",
            "",
        ),
        (
            &body("[type]\nPool = { from = «\"made x.Pool\"» }"),
            "unknown way to get a type `made`",
            "class",
        ),
        (
            &body("[type]\nPool = { lifetime = «\"requst\"» }"),
            "unknown lifetime `requst`",
            "did you mean `request`?",
        ),
        (
            &body("[[safe]]\ncall = «\"y.open\"»"),
            "unknown package `y`",
            "did you mean `x`?",
        ),
        (
            &body("[[safe]]\ncall = «\"x.a b\"»"),
            "bad pattern `x.a b`",
            "a pattern is",
        ),
        (
            &body("[[safe]]\ncall = «\"x.{a|b\"»"),
            "unbalanced braces in `x.{a|b`",
            "`{a|b}`",
        ),
        (
            &body("[[safe]]\ncall = [\"x.a\", «\"Pol#b\"»]\n[type]\nPool = {}"),
            "unknown type `Pol`",
            "`Pool`",
        ),
        (
            &body("[[takes]]\ncall = \"x.a\"\nargs = «\"arg\"»\nuntil = \"always\""),
            "bad place `arg`",
            "a place is",
        ),
        (
            &body("[[takes]]\ncall = \"x.a\"\nargs = \"arg0\"\nuntil = «\"alway\"»"),
            "unknown word `alway`",
            "`always`",
        ),
        (
            &body("[[leaves]]\ncall = \"x.a\"\nhow = \"never\"\n«hoe» = 1"),
            "unknown key `hoe`",
            "`how`",
        ),
        (
            &acquire("holder = «\"rec\"»", END, EXAMPLE),
            "bad place `rec`",
            "a place is",
        ),
        (
            &acquire("when = { arg0 = «\"functon\"» }", END, EXAMPLE),
            "unknown test `functon`",
            "`function`",
        ),
        (
            &acquire("", END, "").replace("\"x.open\"", "«\"x.open\"»"),
            "an `[[acquire]]` has no example after it",
            "[[example]]",
        ),
        (
            &acquire("", "«{ invoke = \"ret\", signal = \"arg0\" }»", EXAMPLE),
            "an ending has exactly one form",
            "`call`",
        ),
        (
            &acquire("", "«{ call = \"x.close\" }»", EXAMPLE),
            "an ending call must say what it ends",
            "item_at",
        ),
        (
            &acquire("", "«{ call = \"x.close\", item_at = \"arg0\" }»", EXAMPLE),
            "the ending speaks of an item, and the acquisition has none",
            "item",
        ),
        (
            &acquire(
                "key = [\"arg0\"]",
                "{ call = \"x.close\", key = «[\"arg0\", \"arg1\"]» }",
                EXAMPLE,
            ),
            "the ending's key has 2 parts, the acquisition's 1",
            "",
        ),
    ];
    for (marked, message, help) in cases {
        check_mistake(marked, message, help);
    }
}

fn check_mistake(marked: &str, message: &str, help: &str) {
    let start = marked.find('«').unwrap();
    let end = marked.find('»').unwrap() - '«'.len_utf8();
    let text = marked.replace(['«', '»'], "");
    let errors: Vec<CatalogError> = load(&[("x.toml", &text)]).expect_err(marked);
    let [error] = errors.as_slice() else {
        panic!("{marked}: {errors:?}")
    };
    assert_eq!(error.message, message, "{marked}");
    assert!(
        error.help.as_deref().unwrap_or_default().contains(help),
        "{marked}: {:?}",
        error.help
    );
    assert_eq!(error.span.start, start, "{marked}: {:?}", error.span);
    assert_eq!(error.span.end, end, "{marked}: {:?}", error.span);
    assert_eq!(error.line, text[..start].matches('\n').count() + 1, "{marked}");
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    assert_eq!(error.column, start - line_start + 1, "{marked}");
}

const END: &str = "{ invoke = \"ret\" }";
const EXAMPLE: &str = "[[example]]\nrule = \"unreleased-connection\"\nleak = \"open()\"\nok = \"close(open())\"\n";

fn body(tables: &str) -> String {
    format!("[catalog]\nlibrary = \"x\"\nsource = \"https://x\"\n{tables}\n")
}

fn acquire(keys: &str, end: &str, example: &str) -> String {
    body(&format!(
        "[[acquire]]\ncall = \"x.open\"\nresource = \"connection\"\n{keys}\nends = [{end}]\n{example}"
    ))
}

/// The first half of the mutation test: a line that is dropped from an entry changes the catalogue, or is a mistake.
/// (That it changes the result of an example is for the engine's tests.)
#[test]
fn every_line_of_an_entry_counts() {
    let mut idle = Vec::new();
    for (name, text) in builtin::FILES {
        let others = named_types(name, text);
        let alone = |text: &str| {
            let mut files: Vec<(&str, &str)> = others.iter().map(|(name, text)| (&**name, &**text)).collect();
            files.push((name, text));
            load(&files)
        };
        let whole = alone(text);
        assert!(whole.is_ok(), "{name}: {whole:?}");
        for dropped in entry_lines(text) {
            let kept = text.lines().enumerate().filter(|(line, _)| *line != dropped);
            let mutated: String = kept.map(|(_, line)| format!("{line}\n")).collect();
            if alone(&mutated) == whole {
                idle.push(format!("{name}:{}: this line changes nothing", dropped + 1));
            }
        }
    }
    assert!(idle.is_empty(), "{}", idle.join("\n"));
}

/// The other libraries a file speaks of, with their types' names alone: enough for it to load, and quick.
fn named_types(file: &str, text: &str) -> Vec<(String, String)> {
    let libraries = builtin().libraries.iter().enumerate();
    let others = libraries.filter(|(_, library)| {
        text.contains(&format!("{}.", library.name)) && !file.ends_with(&format!("/{}.toml", library.name))
    });
    others
        .map(|(position, library)| {
            let types = builtin().types.iter().filter(|ty| ty.library == position);
            let names = types
                .filter_map(|ty| ty.name.rsplit('.').next())
                .map(|name| format!("{name} = {{}}\n"));
            let names: String = names.collect();
            let text = format!("[catalog]\nlibrary = \"global\"\nsource = \"https://x\"\n[type]\n{names}");
            (library.name.to_string(), text)
        })
        .collect()
}

/// Lines of the tables that are not comments, blank, or an example's code.
fn entry_lines(text: &str) -> Vec<usize> {
    let mut in_code = false;
    let mut lines = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let is_code = in_code;
        if line.matches("'''").count() % 2 == 1 {
            in_code = !in_code;
        }
        let says_nothing = line.is_empty() || line.starts_with('#') || line.ends_with('[') || line.trim() == "]";
        if !is_code && !in_code && !says_nothing {
            lines.push(number);
        }
    }
    lines
}

#[test]
fn the_worked_example_loads() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/catalog/README.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, block) = page.split_once("```toml\n").unwrap();
    let (block, _) = block.split_once("\n```").unwrap();
    let catalog = loaded(&[("pg.toml", block)]);
    assert_eq!(catalog.acquires.len(), 2);
}

#[test]
fn the_example_for_contributors_loads() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("CONTRIBUTING.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, block) = page.split_once("```toml\n").unwrap();
    let (block, _) = block.split_once("\n```").unwrap();
    let mut files = builtin::FILES.to_vec();
    files.push(("mine/oracledb.toml", block));
    let catalog = loaded(&files);
    assert_eq!(catalog.examples.last().unwrap().rule.as_ref(), "unreleased-connection");

    // What is printed is what a project would write.
    let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
    std::fs::write(folder.path().join("oracledb.toml"), block).unwrap();
    std::fs::write(
        folder.path().join("leaklint.json"),
        r#"{ "catalog": ["oracledb.toml"] }"#,
    )
    .unwrap();
    for (name, is_leak) in [("leak", true), ("ok", false)] {
        let (_, text) = block.split_once(&format!("{name} = '''\n")).unwrap();
        let (text, _) = text.split_once("'''").unwrap();
        std::fs::write(folder.path().join("example.ts"), text).unwrap();
        let status = std::process::Command::new(env!("CARGO_BIN_EXE_leaklint"))
            .args(["check", "--quiet", "--no-cache"])
            .current_dir(folder.path())
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(i32::from(is_leak)), "{name}");
    }
}

fn load_fixture(name: &str) -> Catalog {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/catalog/{name}.toml"));
    let text = std::fs::read_to_string(path).unwrap();
    loaded(&[(name, &text)])
}

fn loaded(files: &[(&str, &str)]) -> Catalog {
    load(files).unwrap_or_else(|errors| {
        let errors: Vec<String> = errors
            .iter()
            .map(|error| format!("{error} ({:?})", error.help))
            .collect();
        panic!("{}", errors.join("\n"))
    })
}

fn export(module: Option<&str>, members: &[&str]) -> ExportPath {
    ExportPath {
        module: module.map(Into::into),
        members: members.iter().map(|&member| member.into()).collect(),
    }
}
