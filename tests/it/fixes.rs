//! Fixes: what `--fix` writes and `--suggest` shows, case by case, and when they keep their hands off.
//!
//! A folder of `fixtures/fixes` has `before.*`, and `fixed.*` if it is mended without asking or `suggested.*` if somebody
//! should look at it first; one with neither is a near miss, which has a finding and no fix.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use leaklint::diagnostic::remedy::{Callee, Part, Remedy};
use leaklint::driver::memory::Memory;
use leaklint::driver::mending::{self, Mending};
use leaklint::driver::{CheckOptions, Outcome, check};
use leaklint::fix::Safety;
use leaklint::fix::apply::{self, ApplyError};
use tempfile::TempDir;

use crate::support::{folders, package_root};

fn cases() -> Vec<PathBuf> {
    folders(&package_root().join("fixtures/fixes"))
}

/// The file of a case whose name before its extension is that.
fn part(case: &Path, stem: &str) -> Option<PathBuf> {
    let files = fs::read_dir(case).unwrap().map(|entry| entry.unwrap().path());
    let mut files = files.filter(|path| path.file_stem().is_some_and(|name| name == stem));
    files.next()
}

/// A folder without a leading dot: hidden ones are not walked.
fn empty_folder() -> TempDir {
    tempfile::Builder::new().prefix("leaklint-").tempdir().unwrap()
}

/// A folder with one file, under the name that it has in its case.
fn folder_with(name: &str, text: &str) -> (TempDir, PathBuf) {
    let folder = empty_folder();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    (folder, path)
}

fn options(path: &Path) -> CheckOptions {
    let mut options = CheckOptions::new(vec![path.to_path_buf()], path.parent().unwrap().to_path_buf());
    options.context = false;
    options
}

fn mended(path: &Path, least: Safety) -> (Outcome, Mending) {
    let options = options(path);
    let outcome = check(&options).unwrap();
    let mending = mending::mend(&options, &Arc::new(Memory::default()), &outcome, least).unwrap();
    (outcome, mending)
}

/// The text after mending, or as it was.
fn text_after(name: &str, text: &str, least: Safety) -> String {
    let (_folder, path) = folder_with(name, text);
    let (_, mending) = mended(&path, least);
    mending
        .files
        .into_iter()
        .next()
        .map_or_else(|| text.to_owned(), |file| file.after)
}

fn findings(name: &str, text: &str) -> usize {
    let (_folder, path) = folder_with(name, text);
    check(&options(&path)).unwrap().diagnostics.len()
}

#[test]
fn each_case_is_mended_as_it_says() {
    let mut wrong = Vec::new();
    for case in cases() {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let before = part(&case, "before").unwrap();
        let file = before.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&before).unwrap();
        if findings(file, &text) == 0 {
            wrong.push(format!("{name}: nothing is found in `before`"));
            continue;
        }
        let read = |stem| part(&case, stem).map(|path| fs::read_to_string(path).unwrap());
        let fixed = read("fixed").unwrap_or_else(|| text.clone());
        let suggested = read("suggested").unwrap_or_else(|| fixed.clone());
        for (least, wanted) in [(Safety::Safe, &fixed), (Safety::Suggestion, &suggested)] {
            let after = text_after(file, &text, least);
            if after != *wanted {
                wrong.push(format!("{name} ({least:?}):\n{after}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_mended_has_no_finding_and_nothing_left_to_mend() {
    for case in cases() {
        for stem in ["fixed", "suggested"] {
            let Some(path) = part(&case, stem) else { continue };
            let file = path.file_name().unwrap().to_str().unwrap();
            let text = fs::read_to_string(&path).unwrap();
            assert_eq!(findings(file, &text), 0, "{}", path.display());
            assert_eq!(text_after(file, &text, Safety::Suggestion), text, "{}", path.display());
        }
    }
}

#[test]
fn line_ends_and_byte_order_marks_stay() {
    for case in cases() {
        let Some(path) = part(&case, "fixed") else { continue };
        let before = part(&case, "before").unwrap();
        let name = before.file_name().unwrap().to_str().unwrap();
        let dressed = |path: &Path| {
            let text = fs::read_to_string(path).unwrap();
            format!("\u{feff}{}", text.replace('\n', "\r\n"))
        };
        let after = text_after(name, &dressed(&before), Safety::Safe);
        assert_eq!(after, dressed(&path), "{}", path.display());
    }
}

#[test]
fn each_offer_holds_by_itself() {
    let mut offered = 0;
    for case in cases() {
        let before = part(&case, "before").unwrap();
        let text = fs::read_to_string(&before).unwrap();
        let name = before.file_name().unwrap().to_str().unwrap();
        let (_folder, path) = folder_with(name, &text);
        let options = options(&path);
        let outcome = check(&options).unwrap();
        let offers = mending::offers(&options, &Arc::new(Memory::default()), &outcome).unwrap();
        assert_eq!(offers.len(), outcome.diagnostics.len());
        for fix in offers.into_iter().flatten() {
            let after = leaklint::fix::edit::applied(&text, &fix.edits);
            assert_eq!(
                findings(name, &after),
                outcome.diagnostics.len() - 1,
                "{}: {}",
                case.display(),
                fix.title
            );
            offered += 1;
        }
    }
    assert!(offered >= 15, "only {offered} fixes were offered");
}

#[test]
fn what_is_suppressed_is_not_mended() {
    let text = "import { Pool } from \"pg\";\nconst pool = new Pool();\nexport async function f(id) {\n  \
        const client = await pool.connect();\n  await client.query(id);\n  \
        // leaklint-ignore-next-line unreleased-connection: it goes back by itself\n  \
        const other = await pool.connect();\n  await other.query(id);\n}\n";
    assert_eq!(findings("a.js", text), 1);
    let after = text_after("a.js", text, Safety::Suggestion);
    assert_eq!(findings("a.js", &after), 0, "{after}");
    assert!(
        after.contains("client.release()") && !after.contains("other.release()"),
        "{after}"
    );
}

#[test]
fn a_file_that_changed_meanwhile_is_left_alone() {
    let (_folder, path) = folder_with("a.js", "one\n");
    let result = apply::write(&path, "two\n", "three\n");
    assert!(matches!(result, Err(ApplyError::Changed)), "{result:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "one\n");
}

#[cfg(unix)]
#[test]
fn mode_and_links_stay_and_what_may_not_be_written_is_not() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (folder, path) = folder_with("a.js", "one\n");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o751)).unwrap();
    let link = folder.path().join("link.js");
    symlink(&path, &link).unwrap();
    apply::write(&link, "one\n", "two\n").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "two\n");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o751);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    assert!(matches!(
        apply::write(&path, "two\n", "three\n"),
        Err(ApplyError::ReadOnly)
    ));
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        2,
        "something was left behind"
    );
}

fn leaklint(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_leaklint"))
        .args(["check", "--no-context", "--no-cache"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// A project of two cases: one that is mended, and one that is shown.
fn project() -> TempDir {
    let folder = empty_folder();
    for (case, name) in [
        ("finally-moves-the-release", "rename.js"),
        ("finally-later-than-before", "notify.js"),
    ] {
        let from = part(&package_root().join("fixtures/fixes").join(case), "before").unwrap();
        fs::copy(from, folder.path().join(name)).unwrap();
    }
    folder
}

#[test]
fn fix_writes_what_is_safe_and_reports_the_rest() {
    let folder = project();
    let notify = fs::read_to_string(folder.path().join("notify.js")).unwrap();
    let ran = leaklint(folder.path(), &["--fix", "--format", "concise"]);
    assert_eq!(ran.status.code(), Some(1));
    let said = String::from_utf8(ran.stderr).unwrap();
    assert!(said.contains("mended 1 finding in 1 file"), "{said}");
    let shown = String::from_utf8(ran.stdout).unwrap();
    assert!(
        shown.starts_with("notify.js:6:") && shown.lines().count() == 1,
        "{shown}"
    );
    assert_eq!(fs::read_to_string(folder.path().join("notify.js")).unwrap(), notify);
    let wanted = part(
        &package_root().join("fixtures/fixes/finally-moves-the-release"),
        "fixed",
    )
    .unwrap();
    assert_eq!(
        fs::read_to_string(folder.path().join("rename.js")).unwrap(),
        fs::read_to_string(wanted).unwrap()
    );
    let again = leaklint(folder.path(), &["--fix", "--format", "concise"]);
    assert!(!String::from_utf8(again.stderr).unwrap().contains("mended"));
}

#[test]
fn suggest_prints_a_diff_that_git_applies() {
    let folder = project();
    let ran = leaklint(folder.path(), &["--suggest"]);
    assert_eq!(ran.status.code(), Some(1));
    let diff = String::from_utf8(ran.stdout).unwrap();
    assert!(diff.contains("--- a/notify.js\n+++ b/notify.js\n"), "{diff}");
    fs::write(folder.path().join("leaks.patch"), &diff).unwrap();
    let git = |arguments: &[&str]| {
        let status = Command::new("git").args(arguments).current_dir(folder.path()).status();
        assert!(status.unwrap().success(), "git {arguments:?}\n{diff}");
    };
    git(&["init", "--quiet"]);
    git(&["apply", "leaks.patch"]);
    assert_eq!(leaklint(folder.path(), &[]).status.code(), Some(0));
}

#[test]
fn programs_are_told_of_fixes_where_they_ask() {
    let folder = project();
    let json = |arguments: &[&str]| -> serde_json::Value {
        serde_json::from_slice(&leaklint(folder.path(), arguments).stdout).unwrap()
    };
    let plain = json(&["--format", "json"]);
    assert!(
        plain["findings"]
            .as_array()
            .unwrap()
            .iter()
            .all(|each| each.get("fix").is_none())
    );
    let told = json(&["--format", "json", "--suggest"]);
    let safeties: Vec<&str> = told["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| each["fix"]["safety"].as_str().unwrap())
        .collect();
    assert_eq!(safeties, ["suggestion", "safe"]);
    let sarif = json(&["--format", "sarif", "--suggest"]);
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    for result in results {
        let change = &result["fixes"][0]["artifactChanges"][0];
        assert_eq!(
            change["artifactLocation"]["uri"],
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        );
        assert!(!change["replacements"].as_array().unwrap().is_empty());
    }
    let rdjson = json(&["--format", "rdjson", "--suggest"]);
    for diagnostic in rdjson["diagnostics"].as_array().unwrap() {
        assert!(
            diagnostic["suggestions"][0]["text"]
                .as_str()
                .unwrap()
                .contains("} finally {")
        );
    }
}

#[test]
fn content_that_is_not_on_disk_is_not_written() {
    let folder = project();
    for arguments in [
        &["--fix", "--staged"] as &[&str],
        &["--fix", "--stdin", "--stdin-filename", "a.js"],
    ] {
        assert_eq!(leaklint(folder.path(), arguments).status.code(), Some(2));
    }
}

/// Remedies that could be written and do not hold: the finding stays, another one comes, the text does not parse.
#[test]
fn a_fix_that_does_not_hold_is_not_offered() {
    let before = part(
        &package_root().join("fixtures/fixes/finally-releases-what-never-was"),
        "before",
    )
    .unwrap();
    let text = fs::read_to_string(before).unwrap();
    let (_folder, path) = folder_with("a.js", &text);
    let options = options(&path);
    let outcome = check(&options).unwrap();
    let [found] = outcome.diagnostics.as_slice() else {
        panic!("{:?}", outcome.diagnostics);
    };
    let offered = |method: &str| {
        let mut diagnostic = found.clone();
        let Some(Remedy::Finally { release, .. }) = &mut diagnostic.remedy else {
            panic!("{:?}", diagnostic.remedy);
        };
        release.callee = Callee::Method(Part::Item, method.to_owned());
        let file = &outcome.files[found.primary.place.file.index()];
        mending::offer(&options, &Arc::new(Memory::default()), &diagnostic, file)
            .unwrap()
            .is_some()
    };
    assert!(offered("release"));
    assert!(!offered("ping"), "the finding stays");
    assert!(
        !offered("release(); setInterval(count, 1000); String"),
        "another one comes"
    );
    assert!(!offered("release)("), "it does not parse");
}
