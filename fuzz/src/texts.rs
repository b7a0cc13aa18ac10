//! Texts beside the sources: the first byte chooses between configurations, manifests, catalogues, baselines, suppressions and
//! stored facts. A text that is wrong is a mistake at a place, or nothing; a text that cannot speak of the leak in another package
//! takes nothing from it.

use leaklint::driver::CheckError;
use leaklint::facts::wire;
use leaklint::report::mistake;

use super::outcome::{harmless, holds, is_found, plain};
use super::project::{LEAK, folder, lint};

/// What a catalogue may speak of.
const USES: &str = "\
import { Pool, connect } from 'lib';
const pool = new Pool();
export async function f() {
  const item = await pool.acquire();
  item.on('event', () => f());
  connect().use(item);
}
";

/// Tries one input.
///
/// # Panics
/// It does not hold.
pub fn hold(kind: u8, text: &[u8]) {
    let leak = ("a.js", LEAK.as_bytes());
    let package = ("package.json", b"{}".as_slice());
    match kind % 8 {
        0 => lint_with(&[leak, ("leaklint.json", text)], false),
        1 => lint_with(&[leak, ("package.json", text)], false),
        2 => lint_with(&[package, ("b.ts", LEAK.as_bytes()), ("tsconfig.json", text)], true),
        3 => lint_with(&[package, leak, ("pnpm-workspace.yaml", text)], true),
        4 => {
            let configuration = ("leaklint.json", br#"{ "catalog": ["lib.toml"] }"#.as_slice());
            lint_with(&[configuration, ("lib.toml", text), ("b.ts", USES.as_bytes())], false);
        }
        5 => lint_with(&[package, leak, ("leaklint-baseline.json", text)], false),
        6 => lint_with(&[package, ("b.js", &suppressed(text))], true),
        _ => drop(wire::read(text)),
    }
}

/// The leak with the text in a comment before it, beside it and at the beginning.
fn suppressed(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text).replace("*/", "");
    let leak = LEAK.replace("  process", &format!("  /* {text} */\n  process"));
    format!("/*{text}*/\n{leak}").into_bytes()
}

/// Lints the files and, in another package, a leak, which must be found or not.
fn lint_with(files: &[(&str, &[u8])], is_reported: bool) {
    let beside = [
        ("beside/package.json", b"{}".as_slice()),
        ("beside/tsconfig.json", b"{}"),
        ("beside/z.js", LEAK.as_bytes()),
    ];
    match lint(&[files, &beside].concat()) {
        Ok(outcome) => {
            holds(&outcome);
            assert!(!is_reported || is_found(&outcome, "beside/z.js"), "the leak is lost");
        }
        Err(CheckError::Configuration(mistakes)) => {
            let mut out = Vec::new();
            mistake::write(&mistakes, folder(), plain(80), &mut out).expect("memory takes it");
            harmless(&String::from_utf8(out).expect("it is text"));
        }
        Err(CheckError::Baseline(error)) => drop(error.to_string()),
        Err(error) => panic!("{error}"),
    }
}
