//! What may happen to a process: limits, closed ends, signals, strange surroundings.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::run::{leaklint, ran, shell};
use super::{LEAK, places};

/// A shell script that runs the program, `$L`, on a folder with a leak in `a.js` and in `z.js`, and the code it ends with.
struct Case {
    name: &'static str,
    script: &'static str,
    code: i32,
    /// What standard output or standard error must have.
    says: &'static str,
}

const fn case(name: &'static str, script: &'static str, code: i32, says: &'static str) -> Case {
    Case {
        name,
        script,
        code,
        says,
    }
}

/// Both neighbours are reported.
const BOTH: &str = "checked 2 files: 2 findings";

const CASES: &[Case] = &[
    // Standard input, output and error.
    case("closed-input", "$L check <&-", 1, BOTH),
    case("closed-output", "$L check >&- 2>e; c=$?; cat e; exit $c", 1, BOTH),
    case("closed-error", "$L check 2>&-", 1, "z.js:3:3"),
    case("everything-closed", "$L check <&- >&- 2>&-", 1, ""),
    case("full-output", "$L check >/dev/full", 2, "cannot write the output"),
    case(
        "full-output-json",
        "$L check --format json >/dev/full",
        2,
        "cannot write the output",
    ),
    case(
        "full-output-sarif",
        "$L check --format sarif >/dev/full",
        2,
        "cannot write the output",
    ),
    case(
        "full-output-without-findings",
        "echo >b.mjs; $L check b.mjs --format json >/dev/full",
        2,
        "cannot write",
    ),
    case("full-error", "$L check 2>/dev/full", 2, "z.js:3:3"),
    case(
        "full-output-of-explain",
        "$L explain unremoved-listener >/dev/full",
        2,
        "cannot write",
    ),
    case("full-output-of-rules", "$L rules >/dev/full", 2, "cannot write"),
    case("full-facts", "$L facts --out /dev/full .", 2, "cannot write"),
    case(
        "closed-pipe",
        "{ $L check; echo $? >c; } | :; sleep 0; exit $(cat c)",
        1,
        "",
    ),
    case(
        "closed-pipe-json",
        "{ $L check --format json; echo $? >c; } | :; exit $(cat c)",
        1,
        "",
    ),
    case(
        "closed-pipe-of-error",
        "{ $L check 2>&1 >o; echo $? >c; } | :; cat o; exit $(cat c)",
        1,
        "z.js:3:3",
    ),
    case(
        "pipe-that-takes-one-byte",
        "{ $L check; echo $? >c; } | head -c 1 >b; exit $(cat c)",
        1,
        "",
    ),
    case(
        "closed-pipe-of-explain",
        "{ $L explain unremoved-listener; echo $? >c; } | :; exit $(cat c)",
        0,
        "",
    ),
    case("read-only-input", "$L check </dev/null", 1, BOTH),
    // Limits of the operating system.
    case("few-files", "ulimit -n 32; $L check", 1, BOTH),
    case("fewer-files", "ulimit -n 16; $L check --threads 2", 1, BOTH),
    case("small-stack", "ulimit -s 128; $L check", 1, BOTH),
    case(
        "no-limit-of-stack",
        "ulimit -s unlimited 2>/dev/null; $L check",
        1,
        BOTH,
    ),
    case("four-gigabytes", "ulimit -v 4000000; $L check", 1, BOTH),
    case("one-gigabyte", "ulimit -v 1000000; $L check", 1, BOTH),
    case("half-a-gigabyte", "ulimit -v 500000; $L check", 1, BOTH),
    case("no-core", "ulimit -c 0; $L check", 1, BOTH),
    case("one-processor", "taskset 1 $L check 2>&1 || $L check", 1, BOTH),
    case("low-priority", "nice -n 19 $L check", 1, BOTH),
    // Where it runs.
    case(
        "deleted-folder",
        "mkdir d; cd d; rmdir ../d; $L check",
        2,
        "error: cannot tell the current folder",
    ),
    case(
        "deleted-folder-named",
        "f=$PWD; mkdir d; cd d; rmdir ../d; $L check $f/a.js",
        2,
        "error:",
    ),
    case(
        "folder-behind-a-link",
        "mkdir d; mv a.js z.js d; ln -s d e; cd e; $L check",
        1,
        BOTH,
    ),
    case(
        "link-to-a-folder-named",
        "mkdir d; mv a.js z.js d; ln -s d e; $L check e",
        1,
        BOTH,
    ),
    case("root-as-home", "HOME=/ $L check", 1, BOTH),
    case("no-environment", "env -i $L check", 1, BOTH),
    case("no-home", "unset HOME; $L check", 1, BOTH),
    case("folder-as-home", "HOME=$PWD $L check", 1, BOTH),
    case("no-path", "PATH= $L check", 1, BOTH),
    case("no-temporary-folder", "TMPDIR=/nowhere $L check", 1, BOTH),
    case("turkish", "LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 $L check", 1, BOTH),
    case("locale-c", "LC_ALL=C $L check", 1, BOTH),
    case("no-such-locale", "LC_ALL=xx_YY.ZZ $L check", 1, BOTH),
    case("invalid-locale", "LC_ALL=$(printf '\\377') $L check", 1, BOTH),
    case("dumb-terminal", "TERM=dumb $L check", 1, BOTH),
    case("no-terminal", "unset TERM; $L check", 1, BOTH),
    case("no-columns", "COLUMNS=0 $L check", 1, BOTH),
    case("one-column", "COLUMNS=1 $L check", 1, BOTH),
    case("endless-columns", "COLUMNS=99999999999999999999 $L check", 1, BOTH),
    case("many-columns", "COLUMNS=1000000 $L check", 1, BOTH),
    case("columns-of-letters", "COLUMNS=abc $L check", 1, BOTH),
    case("backtraces", "RUST_BACKTRACE=full $L check", 1, BOTH),
    case("tiny-stack-of-threads", "RUST_MIN_STACK=1 $L check", 1, BOTH),
    case("threads-of-rayon", "RAYON_NUM_THREADS=99999999 $L check", 1, BOTH),
    case(
        "continuous-integration",
        "CI=true GITHUB_ACTIONS=true $L check",
        1,
        BOTH,
    ),
    // Arguments.
    case("one-thread", "$L check --threads 1", 1, BOTH),
    case("many-threads", "$L check --threads 500", 1, BOTH),
    case("no-thread", "$L check --threads 0", 2, "error"),
    case("negative-threads", "$L check --threads -1", 2, "error"),
    case("no-time", "$L check --file-timeout 0", 2, "above zero"),
    case("negative-time", "$L check --file-timeout=-1", 2, "error"),
    case("time-that-is-no-number", "$L check --file-timeout nan", 2, "error"),
    case("endless-time", "$L check --file-timeout inf", 2, "error"),
    case("very-long-time", "$L check --file-timeout 1e18", 1, BOTH),
    case("limit-of-bytes", "$L check --limit bytes=5", 2, "--limit bytes"),
    case("limit-of-nesting", "$L check --limit nesting=1", 2, "--limit nesting"),
    case("limit-of-steps", "$L check --limit steps=1", 0, "--limit steps"),
    case("limit-of-nodes", "$L check --limit nodes=1", 0, "--limit nodes"),
    case(
        "limits-without-end",
        "$L check --limit bytes=18446744073709551615 --limit nesting=18446744073709551615 --limit steps=18446744073709551615 --limit nodes=18446744073709551615",
        1,
        BOTH,
    ),
    case(
        "unknown-limit",
        "$L check --limit depth=5",
        2,
        "there is no limit `depth`",
    ),
    case(
        "limit-without-a-number",
        "$L check --limit bytes=many",
        2,
        "not a number",
    ),
    case(
        "limit-and-strict",
        "$L check --strict --limit steps=1",
        2,
        "--limit steps",
    ),
    case("missing-file", "$L check b.js", 2, "does not exist"),
    case("missing-beside-another", "$L check a.js b.js", 2, "does not exist"),
    case("empty-name", "$L check ''", 2, "error"),
    case(
        "name-of-invalid-bytes",
        "$L check \"$(printf 'b\\377.js')\"",
        2,
        "does not exist",
    ),
    case("endless-name", "$L check \"$(printf '%05000d' 0)\"", 2, "cannot read"),
    case("slash-after-a-file", "$L check a.js/", 1, "checked 1 file: 1 finding"),
    case(
        "ten-thousand-names",
        "$L check $(yes a.js | head -n 10000) z.js",
        1,
        BOTH,
    ),
    case("unknown-option", "$L check --no-such-option", 2, "error"),
    case(
        "unknown-rule",
        "$L check --rule unremoved-listner",
        2,
        "did you mean `unremoved-listener`",
    ),
    case(
        "rule-with-an-escape",
        "$L check --rule \"$(printf '\\033[31m')\"",
        2,
        "there is no rule",
    ),
    case("facts-that-are-none", "$L check --facts a.js", 2, "error"),
    case("facts-from-a-pipe", "mkfifo f; $L check --facts f", 2, "error"),
    case(
        "facts-that-are-cut",
        "$L facts --out f . && head -c 100 f >g; $L check --facts g",
        2,
        "error",
    ),
    case(
        "facts-that-are-damaged",
        "$L facts --out f . && printf '\\377\\377\\377\\377' | dd of=f bs=1 seek=60 conv=notrunc 2>/dev/null; $L check --facts f",
        2,
        "error",
    ),
    // Configurations that are more than a configuration.
    case(
        "configuration-of-5-gb",
        "truncate -s 5G leaklint.json; $L check",
        2,
        "more than 33554432 bytes",
    ),
    case(
        "baseline-of-5-gb",
        "truncate -s 5G leaklint-baseline.json; $L check",
        2,
        "more than 33554432 bytes",
    ),
    case(
        "catalogue-of-5-gb",
        "echo '{\"catalog\":[\"c.toml\"]}' >leaklint.json; truncate -s 5G c.toml; $L check",
        2,
        "more than 33554432 bytes",
    ),
    case(
        "configurations-that-double",
        "for i in $(seq 40); do echo \"{\\\"extends\\\":[\\\"c$((i + 1)).json\\\",\\\"c$((i + 1)).json\\\"]}\" >c$i.json; done; echo '{}' >c41.json; cp c1.json leaklint.json; $L check",
        2,
        "more than 100 configurations",
    ),
    case(
        "configurations-in-a-long-row",
        "for i in $(seq 3000); do echo \"{\\\"extends\\\":\\\"c$((i + 1)).json\\\"}\" >c$i.json; done; cp c1.json leaklint.json; $L check",
        2,
        "more than 100 configurations",
    ),
    case(
        "configuration-of-many-keys",
        "{ echo '{\"rules\":{'; for i in $(seq 20000); do echo \"\\\"r$i\\\":\\\"off\\\",\"; done; echo '}}'; } >leaklint.json; $L check",
        2,
        "unknown rule `r1`",
    ),
    case(
        "configuration-of-deep-json",
        "{ printf '{\"overrides\":'; head -c 20000000 /dev/zero | tr '\\0' '['; } >leaklint.json; $L check",
        2,
        "nesting depth",
    ),
    case(
        "catalogue-of-deep-toml",
        "echo '{\"catalog\":[\"c.toml\"]}' >leaklint.json; { printf 'a = '; head -c 20000000 /dev/zero | tr '\\0' '['; } >c.toml; $L check",
        2,
        "recursion depth",
    ),
    case(
        "baseline-of-deep-json",
        "head -c 20000000 /dev/zero | tr '\\0' '[' >leaklint-baseline.json; $L check",
        2,
        "error",
    ),
    case(
        "globs-that-explode",
        "s=$(printf '{a,b}%.0s' $(seq 40)); t=$(printf '**/*a%.0s' $(seq 60)); echo \"{\\\"exclude\\\":[\\\"$s\\\",\\\"$t\\\"]}\" >leaklint.json; $L check",
        1,
        BOTH,
    ),
    case(
        "extended-from-outside",
        "echo '{\"extends\":\"../../../../etc/passwd\"}' >leaklint.json; $L check",
        2,
        "is outside",
    ),
    case(
        "catalogue-from-outside-by-a-link",
        "mkdir .git; ln -s /etc/passwd c.toml; echo '{\"catalog\":[\"c.toml\"]}' >leaklint.json; $L check",
        2,
        "is outside",
    ),
    case(
        "read-only-cache",
        "mkdir c; chmod 555 c; $L check --cache-dir c",
        1,
        BOTH,
    ),
    case("pipe-for-a-cache", "mkfifo c; $L check --cache-dir c", 1, BOTH),
    case("file-for-a-cache", ": >c; $L check --cache-dir c", 1, BOTH),
    case("device-for-a-cache", "$L check --cache-dir /dev/full", 1, BOTH),
    // Signals; those that end the program have a test of their own.
    case("hang-up", "nohup $L check 2>&1", 1, BOTH),
    case("ignored-pipe-signal", "trap '' PIPE; $L check", 1, BOTH),
];

#[test]
fn processes_end_with_the_right_code() {
    let wrong: Vec<String> = CASES.iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

fn wrong(case: &Case) -> Option<String> {
    let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
    for name in ["a.js", "z.js"] {
        std::fs::write(folder.path().join(name), LEAK).unwrap();
    }
    let mut command = shell(folder.path(), case.script);
    command.env("L", env!("CARGO_BIN_EXE_leaklint"));
    let ran = ran(command);
    let said = ran.stdout() + &ran.stderr();
    let is_right = !ran.hung && ran.code == Some(case.code) && said.contains(case.says);
    let told = || {
        let beginning: String = said.chars().take(400).collect();
        format!(
            "{}: code {:?} for {}, hung: {}: {beginning}",
            case.name, ran.code, case.code, ran.hung
        )
    };
    let is_raw = said.chars().any(|each| each.is_control() && each != '\n');
    (!is_right || is_raw).then(told)
}

/// A text on which the parser works for minutes.
const ENDLESS: &str = "<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(\
<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(<any>(x";

#[test]
fn a_signal_ends_the_program_at_once_and_leaves_nothing_half_written() {
    use std::os::unix::process::ExitStatusExt;
    for (name, number) in [("INT", 2), ("TERM", 15), ("HUP", 1), ("KILL", 9)] {
        let folder = tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap();
        std::fs::write(folder.path().join("a.js"), LEAK).unwrap();
        std::fs::write(folder.path().join("m.ts"), ENDLESS).unwrap();
        let mut command = leaklint(folder.path());
        command.args([
            "check",
            "--file-timeout",
            "600",
            "--cache-dir",
            "cache",
            "--output",
            "json=out.json",
        ]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        // It is at work on the endless file by then.
        std::thread::sleep(Duration::from_millis(1500));
        assert_eq!(child.try_wait().unwrap(), None, "{name}: it ended by itself");
        let kill = Command::new("kill")
            .args([&format!("-{name}"), &child.id().to_string()])
            .status();
        assert!(kill.unwrap().success());
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if begun.elapsed() > Duration::from_secs(30) {
                child.kill().unwrap();
                panic!("{name} does not end it");
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        assert_eq!(status.signal(), Some(number), "{name}: {status}");
        let left: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .flatten()
            .map(|entry| entry.file_name())
            .collect();
        assert!(!left.contains(&"out.json".into()), "{name}: {left:?}");
    }
}

#[test]
fn there_are_at_least_eighty_cases_of_places_and_processes() {
    assert!(CASES.len() + places::count() >= 80);
}
