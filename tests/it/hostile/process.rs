//! What may happen to a process: limits, closed ends, signals, strange surroundings.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::fuzz::outcome::steers;
use super::process_cases::{CASES, Case};
use super::run::{leaklint, ran, shell};
use super::{LEAK, places};

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
    let is_raw = said.chars().any(steers);
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
