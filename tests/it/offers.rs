//! What the program and the repository offer to shells, `man`, hooks and npm speaks of the same commands and versions.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::support::package_root;

const COMMANDS: [&str; 4] = ["check", "explain", "rules", "lsp"];

fn printed(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_leaklint"))
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn text(path: &str) -> String {
    fs::read_to_string(package_root().join(path)).unwrap()
}

#[test]
fn every_shell_completes_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = printed(&["completions", shell]);
        for command in COMMANDS {
            assert!(script.contains(command), "{shell}: no `{command}`");
        }
    }
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let page = printed(&["man"]);
    assert!(page.contains(".TH leaklint 1"), "{page}");
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("man");
    printed(&["man", "--out", out.to_str().unwrap()]);
    assert!(
        fs::read_to_string(out.join("leaklint.1"))
            .unwrap()
            .contains(".TH leaklint 1")
    );
    for command in COMMANDS {
        assert!(
            out.join(format!("leaklint-{command}.1")).is_file(),
            "no page for `{command}`"
        );
        assert!(
            page.contains(&format!("leaklint\\-{command}(1)")),
            "`{command}` is not named"
        );
    }
}

#[test]
fn the_hook_installs_this_version() {
    let hooks = text(".pre-commit-hooks.yaml");
    let wanted = concat!("additional_dependencies: ['leaklint@", env!("CARGO_PKG_VERSION"), "']");
    assert!(hooks.contains(wanted), "no {wanted}");
}

#[test]
fn there_is_a_package_for_each_platform_once() {
    let platforms: Vec<Value> = serde_json::from_str(&text("npm/platforms.json")).unwrap();
    for key in ["name", "target"] {
        let mut values: Vec<&str> = platforms.iter().map(|each| each[key].as_str().unwrap()).collect();
        let count = values.len();
        values.dedup();
        assert_eq!(values.len(), count, "{key}");
        assert!(values.is_sorted() || key == "target", "{key}");
    }
    for platform in &platforms {
        // npm tells the two families of Linux apart by this, and nothing else has it.
        let name = platform["name"].as_str().unwrap();
        let family = match platform["libc"].as_str() {
            Some("glibc") => "gnu",
            Some("musl") => "musl",
            _ => "",
        };
        assert!(
            name.ends_with(family) && (platform["os"] == "linux") != family.is_empty(),
            "{name}"
        );
        let cpu = platform["cpu"].as_str().unwrap();
        assert!(name.contains(cpu), "{name}: {cpu}");
    }
}
