//! `leaklint init`: a first configuration, after a look at the project.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::args::InitArguments;
use super::{CLEAN, CliError, current_dir, output};
use crate::config::{DEFAULT_TESTS, FILE_NAMES, PACKAGE_FIELD, PACKAGE_FILE};
use crate::overlay::Overlay;
use crate::walk;

/// Names of folders that usually hold tests. They are proposed, never assumed: what is written counts.
const TEST_FOLDERS: [&str; 9] = [
    "test",
    "tests",
    "__tests__",
    "__mocks__",
    "spec",
    "specs",
    "e2e",
    "cypress",
    "fixtures",
];

/// Where the npm package puts the schema.
const INSTALLED_SCHEMA: &str = "./node_modules/leaklint/leaklint.schema.json";

pub(super) fn run(arguments: &InitArguments) -> Result<i32, CliError> {
    let folder = current_dir()?;
    if let Some(existing) = existing(&folder) {
        return Err(CliError::AlreadyConfigured(existing));
    }
    let excluded = test_folders(&folder)?;
    let mut configuration = Map::new();
    if folder.join(INSTALLED_SCHEMA).is_file() {
        configuration.insert("$schema".to_owned(), json!(INSTALLED_SCHEMA));
    }
    configuration.insert("tests".to_owned(), json!(DEFAULT_TESTS));
    if !excluded.is_empty() {
        configuration.insert("exclude".to_owned(), json!(excluded));
    }
    configuration.insert("minConfidence".to_owned(), json!("medium"));
    configuration.insert("rules".to_owned(), json!({}));
    let mut text = serde_json::to_string_pretty(&Value::Object(configuration)).expect("texts and lists are JSON");
    text.push('\n');
    if arguments.dry_run {
        output::to_stdout(|out| out.write_all(text.as_bytes()))?;
        return Ok(CLEAN);
    }
    let path = folder.join(FILE_NAMES[0]);
    let written = fs::File::create_new(&path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|source| CliError::Unwritable {
        path: FILE_NAMES[0].into(),
        source,
    })?;
    output::to_stdout(|out| {
        writeln!(out, "wrote {}", FILE_NAMES[0])?;
        if !excluded.is_empty() {
            writeln!(
                out,
                "left out, because their names are those of tests: {}",
                excluded.join(", ")
            )?;
        }
        writeln!(out, "next: `leaklint check`")
    })?;
    Ok(CLEAN)
}

/// The configuration that the folder has.
fn existing(folder: &Path) -> Option<String> {
    let own = FILE_NAMES.iter().find(|name| folder.join(name).exists());
    own.map(|name| (*name).to_owned()).or_else(|| {
        let text = fs::read_to_string(folder.join(PACKAGE_FILE)).ok()?;
        let json: Value = serde_json::from_str(&text).ok()?;
        json.get(PACKAGE_FIELD)?;
        Some(format!("{PACKAGE_FILE}#{PACKAGE_FIELD}"))
    })
}

/// The topmost folders named like tests that hold files to lint, as patterns.
fn test_folders(folder: &Path) -> Result<Vec<String>, CliError> {
    let walk =
        walk::walk(&[folder.to_path_buf()], folder, &Overlay::default(), 1).map_err(crate::driver::CheckError::Walk)?;
    let mut found = BTreeSet::new();
    for file in &walk.files {
        let Ok(inside) = file.disk.strip_prefix(folder) else {
            continue;
        };
        let parts: Vec<_> = inside
            .parent()
            .into_iter()
            .flat_map(Path::iter)
            .map(|part| part.to_string_lossy())
            .collect();
        if let Some(at) = parts.iter().position(|part| TEST_FOLDERS.contains(&part.as_ref())) {
            found.insert(format!("{}/", parts[..=at].join("/")));
        }
    }
    Ok(found.into_iter().collect())
}
