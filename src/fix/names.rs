//! Names for what has none.

use crate::parse::outline::Outline;

/// Words that cannot be names, of those that an event may be called.
const RESERVED: [&str; 4] = ["default", "new", "delete", "switch"];

/// A name that the file does not use yet.
pub(super) fn fresh(outline: &Outline, wish: &str) -> String {
    let wish = if RESERVED.contains(&wish) { "value" } else { wish };
    if !outline.has_name(wish) {
        return wish.to_owned();
    }
    let numbered = (2_u32..).map(|number| format!("{wish}{number}"));
    numbered
        .into_iter()
        .find(|name| !outline.has_name(name))
        .unwrap_or_else(|| wish.to_owned())
}

/// The name of a handler of an event: `onKeydown` of `keydown`.
pub(super) fn handler(topic: Option<&str>) -> String {
    let words = topic
        .unwrap_or_default()
        .split(|each: char| !each.is_ascii_alphanumeric());
    let mut name = String::new();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.extend(letters);
    }
    match name.is_empty() {
        true => "handler".to_owned(),
        false => format!("on{name}"),
    }
}
