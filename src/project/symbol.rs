//! Where a place is, in names that stay when lines move: the classes and functions around it.

use crate::diagnostic::Place;
use crate::facts::ids::Span;

use super::Project;

impl Project<'_> {
    /// The named classes and functions around a place, outermost first, joined by dots.
    pub fn symbol_at(&self, place: Place) -> String {
        let facts = self.facts(place.file);
        let at = Span::new(place.span.start, place.span.start);
        let functions = facts.functions.iter().map(|function| (function.span, function.name));
        let classes = facts.classes.iter().map(|class| (class.span, class.name));
        let mut around: Vec<(Span, &str)> = functions
            .chain(classes)
            .filter(|(span, _)| span.contains(at))
            .filter_map(|(span, name)| Some((span, facts.name(name?))))
            .filter(|(_, name)| !name.is_empty())
            .collect();
        around.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
        let names: Vec<&str> = around.into_iter().map(|(_, name)| name).collect();
        names.join(".")
    }
}
