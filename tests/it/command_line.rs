//! The command line as a user sees it: `tests/cli/*.toml` and `*.md`.

#[test]
fn command_line_cases() {
    let cases = trycmd::TestCases::new();
    cases.case("tests/cli/*.toml").case("tests/cli/*.md");
    // Nothing is kept in the folder of whoever runs the tests.
    cases.env("NO_COLOR", "1").env("COLUMNS", "100").env("CI", "true");
}
