//! The program as a process of its own that cannot outlive its time.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Longer than any case takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// What a run left behind.
#[derive(Debug)]
pub struct Ran {
    /// `None` after a signal.
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    /// It was killed because it did not end.
    pub hung: bool,
}

impl Ran {
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// The findings' paths in the JSON format.
    pub fn found(&self) -> Vec<String> {
        self.json()["findings"]
            .as_array()
            .map(|findings| {
                findings
                    .iter()
                    .filter_map(|finding| Some(finding["primary"]["path"].as_str()?.to_owned()))
                    .collect()
            })
            .unwrap_or_default()
    }

    /// Path, kind and message of each problem in the JSON format.
    pub fn problems(&self) -> Vec<(String, String, String)> {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        self.json()["problems"]
            .as_array()
            .map(|problems| {
                problems
                    .iter()
                    .map(|each| (text(&each["path"]), text(&each["kind"]), text(&each["message"])))
                    .collect()
            })
            .unwrap_or_default()
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.stdout).unwrap_or(serde_json::Value::Null)
    }
}

/// The program, to be run in `folder`, without a project around it.
pub fn leaklint(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
    command.current_dir(folder).env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// A script of the shell, to be run in `folder`.
#[cfg(unix)]
pub fn shell(folder: &Path, script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]).current_dir(folder).env("NO_COLOR", "1");
    command
}

/// `leaklint check --format json` with these arguments.
pub fn check_json(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = leaklint(folder);
    command
        .args(["check", "--format", "json", "--no-context"])
        .args(arguments);
    ran(command)
}

/// Runs a command to its end, or kills it after a long time.
pub fn ran(mut command: Command) -> Ran {
    // Files, because a pipe that nobody reads would hold the process up.
    let (stdout, stderr) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    command
        .stdout(stdout.try_clone().unwrap())
        .stderr(stderr.try_clone().unwrap());
    let mut child = command.spawn().unwrap();
    let (code, hung) = wait(&mut child);
    Ran {
        code,
        stdout: contents(stdout),
        stderr: contents(stderr),
        hung,
    }
}

/// The exit code, and whether the process had to be killed.
pub fn wait(child: &mut Child) -> (Option<i32>, bool) {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return (status.code(), false);
        }
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            return (None, true);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn contents(mut file: File) -> Vec<u8> {
    use std::io::{Seek, SeekFrom};
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}
