//! The graphs of `fixtures/cfg`, by their text dump next to the source.

use leaklint::diagnostic::FileId;
use leaklint::project::debug;

use super::analysed;
use crate::support::{file_stem, package_root, sources};

#[test]
fn graphs_of_the_fixtures_are_as_written() {
    let folder = package_root().join("fixtures/cfg");
    for file in sources(&folder) {
        let dump = analysed(&file, |project, outcome| {
            let source = outcome.files[0].source();
            let text = source.text().to_owned();
            with_lines(&debug::cfg(project, FileId(0)), &text)
        });
        insta::with_settings!({ snapshot_path => &folder, prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(file_stem(&file), dump);
        });
    }
}

/// The dump with lines and columns, both from 1, in place of offsets.
fn with_lines(dump: &str, text: &str) -> String {
    let mut parts = dump.split('@');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let offset: usize = part[..digits].parse().unwrap();
        let line = text[..offset].matches('\n').count() + 1;
        let column = offset - text[..offset].rfind('\n').map_or(0, |at| at + 1) + 1;
        out.push_str(&format!("@{line}:{column}{}", &part[digits..]));
    }
    out
}
