//! Files of markup: what is found in their scripts stands where the file says.

use crate::support::{outcome_of, package_root, sources};

/// A finding begins where its statement does, however the script is wrapped for the parser.
#[test]
fn findings_stand_at_their_true_places() {
    let files = sources(&package_root().join("fixtures/rules"));
    let is_markup = |file: &&std::path::PathBuf| {
        let extension = file.extension().unwrap_or_default();
        ["vue", "svelte", "astro"].iter().any(|known| extension == *known)
    };
    let mut seen = 0;
    for file in files.iter().filter(is_markup) {
        let outcome = outcome_of(file);
        for diagnostic in &outcome.diagnostics {
            let source = outcome.files[diagnostic.primary.place.file.index()].source();
            let start = diagnostic.primary.place.span.start;
            let line = source.line(source.lines().line(start));
            let indent = line.len() - line.trim_start().len();
            assert_eq!(
                source.utf16_column(start) as usize,
                indent + 1,
                "{}: {line}",
                file.display()
            );
            seen += 1;
        }
    }
    assert!(seen >= 8, "{seen} findings");
}

#[test]
fn columns_count_utf16_units_of_the_whole_line() {
    let before = "<p title=\"größer 🙂\">ü</p><script setup>";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Wide.vue");
    std::fs::write(&file, format!("{before}setInterval(() => 1, 9);</script>")).unwrap();
    let outcome = outcome_of(&file);
    let place = outcome
        .diagnostics
        .first()
        .expect("an interval for each instance")
        .primary
        .place;
    let source = outcome.files[place.file.index()].source();
    assert_eq!(
        source.utf16_column(place.span.start) as usize,
        before.encode_utf16().count() + 1
    );
    assert!(source.text()[place.span.start as usize..].starts_with("setInterval"));
}

#[test]
fn an_error_stands_where_the_script_says() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Broken.svelte");
    std::fs::write(&file, "<h1>{title}</h1>\n<script>\n  let = = 2;\n</script>\n").unwrap();
    let options = leaklint::driver::CheckOptions::new(vec![file], folder.path().to_path_buf());
    let outcome = leaklint::driver::check(&options).unwrap();
    let place = outcome
        .problems
        .first()
        .and_then(|problem| problem.place)
        .expect("a place");
    assert_eq!(place.line, 3);
}
