//! What a run says of its own cost: how much it read, and that its laps are all there.

use std::fs;

use leaklint::driver::{CheckOptions, check, parse_only};
use tempfile::TempDir;

#[test]
fn files_lines_and_bytes_are_counted() {
    let folder = TempDir::new().unwrap();
    let texts = ["const a = 1;\nexport { a };\n", "import './a.js';\n", "if (\n"];
    for (name, text) in ["a.js", "b.js", "wrong.js"].iter().zip(texts) {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    let options = CheckOptions::new(vec![folder.path().to_path_buf()], folder.path().to_path_buf());

    let outcome = check(&options).unwrap();
    let bar = parse_only(&options).unwrap();
    for timings in [&outcome.timings, &bar] {
        let files = timings.files;
        assert_eq!((files.files, files.lines, files.bytes), (3, 4, bytes as u64));
        assert_eq!(files.parsed_bytes, files.bytes);
    }
    let laps: Vec<&str> = outcome.timings.laps.all().iter().map(|(name, _)| *name).collect();
    assert_eq!(laps.first(), Some(&"walk"));
    assert_eq!(laps.last(), Some(&"rules"));
    assert!(
        laps.contains(&"imports") && laps.contains(&"calls") && laps.contains(&"containers"),
        "{laps:?}"
    );
}
