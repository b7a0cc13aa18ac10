//! What may stand in a file system: each thing in a folder of its own, between two good neighbours.

use std::path::Path;

use tempfile::TempDir;

use super::LEAK;
use super::place_cases::Expect::{Deep, DeepProblem, Found, Nothing, Problem};
use super::place_cases::{Case, FILES};
use super::place_configurations::CONFIGURATIONS;
use super::run::{Ran, check_json, leaklint, ran, shell};

fn all() -> impl Iterator<Item = &'static Case> {
    FILES.iter().chain(CONFIGURATIONS)
}

#[test]
fn things_in_folders_cost_no_neighbour() {
    let (alone, together): (Vec<&Case>, Vec<&Case>) = all().partition(|case| case.is_alone);
    let mut wrong = wrong_together(&together);
    wrong.extend(alone.iter().flat_map(|case| wrong_together(&[case])));
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// A folder with two good neighbours.
fn neighbours() -> TempDir {
    // A name without a leading dot: hidden folders are not walked.
    let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
    add_neighbours(folder.path());
    folder
}

fn add_neighbours(folder: &Path) {
    for name in ["a.js", "z.js"] {
        std::fs::write(folder.join(name), LEAK).unwrap();
    }
}

/// What is not as it must be, a line each. All cases are linted in one run, a folder each; if that fails as a whole it is
/// repeated in parts, to name the culprits.
fn wrong_together(cases: &[&Case]) -> Vec<String> {
    let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
    // A case by itself stands at the root of the run.
    let own = |case: &Case| match cases {
        [_] => folder.path().to_path_buf(),
        _ => folder.path().join(case.name),
    };
    let mut wrong = Vec::new();
    let mut arguments = vec![".".to_owned()];
    for case in cases {
        let own = own(case);
        std::fs::create_dir_all(&own).unwrap();
        add_neighbours(&own);
        let arranged = ran(shell(&own, case.arrange));
        if arranged.code != Some(0) {
            wrong.push(format!("{}: cannot be arranged: {}", case.name, arranged.stderr()));
        }
        arguments.extend(case.named.lines().map(|name| {
            let path = own.strip_prefix(folder.path()).unwrap().join(name);
            path.to_str().unwrap().to_owned()
        }));
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ran = check_json(folder.path(), &arguments);
    if ran.hung || ran.code != Some(1) {
        let names: Vec<&str> = cases.iter().map(|case| case.name).collect();
        wrong.push(format!(
            "{names:?}: code {:?}, hung: {}: {}",
            ran.code,
            ran.hung,
            ran.stderr()
        ));
        if cases.len() > 1 {
            let parts = cases.chunks(cases.len().div_ceil(4));
            wrong.extend(parts.flat_map(wrong_together));
        }
        return wrong;
    }
    let (found, problems) = (ran.found(), ran.problems());
    let prefix = |case: &Case| match cases {
        [_] => String::new(),
        _ => format!("{}/", case.name),
    };
    wrong.extend(
        cases
            .iter()
            .filter_map(|case| verdict(case, &prefix(case), &found, &problems)),
    );
    wrong
}

/// What is wrong with a case, if something is.
fn verdict(case: &Case, prefix: &str, found: &[String], problems: &[(String, String, String)]) -> Option<String> {
    let own: Vec<&str> = found.iter().filter_map(|path| path.strip_prefix(prefix)).collect();
    let is_found = |name: &str| own.contains(&name);
    let problem = |name: &str, kind: &str, word: &str| {
        let mut own = problems.iter().filter(|(of, ..)| of.strip_prefix(prefix) == Some(name));
        own.any(|(_, given, message)| given == kind && message.contains(word))
    };
    let is_right = is_found("a.js")
        && is_found("z.js")
        && match case.expect {
            Found(path) => is_found(path),
            Deep(name) => own.iter().any(|path| path.ends_with(&format!("/{name}"))),
            Problem(path, kind, word) => problem(path, kind, word),
            DeepProblem(kind, word) => problems
                .iter()
                .any(|(of, given, message)| of.starts_with(prefix) && given == kind && message.contains(word)),
            Nothing => true,
        };
    let said = || {
        let own_problems: Vec<_> = problems.iter().filter(|(of, ..)| of.starts_with(prefix)).collect();
        format!(
            "{}: {:?} is expected, given are {own:?} {own_problems:?}",
            case.name, case.expect
        )
    };
    (!is_right).then(said)
}

#[test]
fn what_is_no_regular_file_is_never_opened() {
    use std::os::unix::net::UnixListener;
    let folder = neighbours();
    let inner = folder.path().join("d");
    std::fs::create_dir(&inner).unwrap();
    std::fs::write(inner.join("b.js"), LEAK).unwrap();
    let configurations = [
        ".gitignore",
        ".ignore",
        "package.json",
        "tsconfig.json",
        "pnpm-workspace.yaml",
        "lerna.json",
    ];
    let sockets = ["m.js", "n.ts"].iter().map(|name| folder.path().join(name));
    let sockets = sockets.chain(configurations.iter().map(|name| inner.join(name)));
    let _listening: Vec<UnixListener> = sockets.map(|path| UnixListener::bind(path).unwrap()).collect();
    let mut odd = vec!["m.js", "n.ts"];
    // Only root can make a device.
    if is_root() {
        assert_eq!(
            ran(shell(folder.path(), "mknod o.js c 1 5 && mknod p.js b 7 99")).code,
            Some(0)
        );
        odd.extend(["o.js", "p.js"]);
    }
    for named in [false, true] {
        let arguments: Vec<&str> = std::iter::once(".")
            .chain(odd.iter().copied().filter(|_| named))
            .collect();
        let ran = check_json(folder.path(), &arguments);
        assert_eq!(ran.code, Some(1), "{}", ran.stderr());
        assert_eq!(ran.found(), ["a.js", "d/b.js", "z.js"]);
        for path in &odd {
            let problems = ran.problems();
            let is_named = problems.iter().any(|(of, kind, message)| {
                of == path && kind == "unreadable" && message.contains("not a regular file")
            });
            assert!(is_named, "{path}: {problems:?}");
        }
        // Of ignore files in one folder one is named, for all.
        for name in configurations.into_iter().filter(|&name| name != ".ignore") {
            let problems = ran.problems();
            let is_named = problems.iter().any(|(of, kind, message)| {
                *of == format!("d/{name}") && kind == "configuration" && message.contains("not a regular file")
            });
            assert!(is_named, "{name}: {problems:?}");
        }
    }
    let _configuration = UnixListener::bind(inner.join("leaklint.json")).unwrap();
    let ran = check_json(folder.path(), &["."]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr());
    assert!(
        ran.stderr().contains("`d/leaklint.json`: it is not a regular file"),
        "{}",
        ran.stderr()
    );
}

/// Whether the tests run as somebody whom no permission stops.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}

#[test]
fn what_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let folder = neighbours();
    let script =
        "cp a.js m.js; chmod 0 m.js; mkdir d e; cp a.js d/b.js; cp a.js e/b.js; chmod 0 d; chmod 444 e; chmod 755 .";
    assert_eq!(ran(shell(folder.path(), script)).code, Some(0));
    // The program where anybody may run it.
    let program = folder.path().join("leaklint");
    std::fs::copy(env!("CARGO_BIN_EXE_leaklint"), &program).unwrap();
    let mut command = std::process::Command::new(&program);
    command
        .current_dir(folder.path())
        .args(["check", "--no-context", "--format", "json", "."]);
    if is_root() {
        command.uid(65534).gid(65534);
    }
    let ran = ran(command);
    for name in ["d", "e"] {
        std::fs::set_permissions(folder.path().join(name), PermissionsExt::from_mode(0o755)).unwrap();
    }
    assert_eq!(ran.code, Some(1), "{}", ran.stderr());
    assert_eq!(ran.found(), ["a.js", "z.js"]);
    let problems = ran.problems();
    for path in ["m.js", "d", "e/b.js"] {
        let is_named = problems.iter().any(|(of, kind, _)| of == path && kind == "unreadable");
        assert!(is_named, "{path}: {problems:?}");
    }
}

#[test]
fn files_that_come_and_go_during_the_run_cost_nothing() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let folder = neighbours();
    let mess = folder.path().join("mess");
    std::fs::create_dir(&mess).unwrap();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let change = |number: usize| {
            let (path, other) = (mess.join(format!("f{number}.js")), mess.join(format!("g{number}.js")));
            let longer = format!("{}{LEAK}", "// much text before\n".repeat(2_000));
            while !is_over.load(Ordering::Relaxed) {
                let _ = std::fs::write(&path, &longer);
                let _ = std::fs::write(&path, LEAK);
                let _ = std::fs::rename(&path, &other);
                let _ = std::fs::remove_file(&other);
                let _ = std::fs::create_dir(&other);
                let _ = std::fs::remove_dir(&other);
            }
        };
        scope.spawn(move || change(1));
        scope.spawn(move || change(2));
        let runs: Vec<Ran> = ["json", "pretty", "sarif", "concise"]
            .iter()
            .cycle()
            .take(12)
            .map(|format| {
                let mut command = leaklint(folder.path());
                command.args(["check", "--no-context", "--format", format, "."]);
                ran(command)
            })
            .collect();
        is_over.store(true, Ordering::Relaxed);
        for ran in runs {
            assert_eq!(ran.code, Some(1), "{}", ran.stderr());
            assert!(
                ran.stdout().contains("a.js") && ran.stdout().contains("z.js"),
                "{}",
                ran.stdout()
            );
        }
    });
}

#[test]
#[ignore = "minutes: see the first lines of tests/it/hostile/mod.rs"]
fn a_hundred_thousand_files_are_all_read() {
    let folder = neighbours();
    for number in 0..100_000 {
        let inner = folder.path().join(format!("d{}", number / 1000));
        if number % 1000 == 0 {
            std::fs::create_dir(&inner).unwrap();
        }
        std::fs::write(inner.join(format!("f{number}.js")), "export {};\n").unwrap();
    }
    let ran = check_json(folder.path(), &["."]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr());
    assert!(ran.stderr().contains("checked 100002 files"), "{}", ran.stderr());
}

/// How many there are, for the count of all cases.
pub fn count() -> usize {
    all().count()
}
