//! Files of markup that hold scripts: where the scripts and the functions that the markup names stand.
//!
//! Nothing of the scripts is read here; `parse` gives their text to the parser and makes one module of them.

mod scan;

use std::path::Path;

use crate::facts::ids::Span;

pub use scan::scan;

/// A kind of file in which a component is markup with scripts.
#[derive(Debug, PartialEq, Eq)]
pub struct Format {
    /// Of the file's name, without the dot.
    pub extension: &'static str,
    /// Which scripts run for each instance.
    instance: Instance,
    /// How attributes name an event's handler: what stands before the event's name.
    events: &'static [&'static str],
    /// An attribute of this name is given a function that runs with the element.
    reference: Option<&'static str>,
    /// Attributes that begin with this name a function that runs with the element.
    action: Option<&'static str>,
    /// Values in braces, attributes and text alike, are expressions without markup.
    has_braces: bool,
    /// Only the elements at the top hold what belongs to the file; of the others, only the template is markup.
    has_sections: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Instance {
    /// Scripts with this attribute.
    Marked(&'static str),
    /// All but those with this attribute, or with `context` of that value.
    Unless(&'static str),
    /// The code between the first lines of `---`; scripts run in the page.
    Fence,
}

/// The formats that are read.
pub const FORMATS: &[Format] = &[
    Format {
        extension: "vue",
        instance: Instance::Marked("setup"),
        events: &["@", "v-on:"],
        reference: Some(":ref"),
        action: None,
        has_braces: false,
        has_sections: true,
    },
    Format {
        extension: "svelte",
        instance: Instance::Unless("module"),
        events: &["on:", "on"],
        reference: None,
        action: Some("use:"),
        has_braces: true,
        has_sections: false,
    },
    Format {
        extension: "astro",
        instance: Instance::Fence,
        events: &[],
        reference: None,
        action: None,
        has_braces: false,
        has_sections: false,
    },
];

impl Format {
    /// The format of a file, if it is one of markup.
    pub fn of(path: &Path) -> Option<&'static Format> {
        let extension = path.extension()?.to_str()?;
        FORMATS.iter().find(|format| format.extension == extension)
    }
}

/// The parts of a file that are code, in their order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Document {
    pub scripts: Vec<Script>,
    pub handlers: Vec<Handler>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Script {
    /// The code.
    pub code: Span,
    /// The tag before it.
    pub tag: Span,
    /// What `lang` says; empty for none.
    pub language: String,
    pub runs: Runs,
}

/// When a script runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// Once, when the file is loaded.
    Module,
    /// Once for each instance of the component.
    Instance,
    /// Once, in a module of its own.
    Alone,
}

/// Code in the markup that names functions.
#[derive(Debug, PartialEq, Eq)]
pub struct Handler {
    /// `on:click`, `ref`, `use:tooltip`, `attach:`: the same for all formats.
    pub name: String,
    /// The expression or statements.
    pub code: Span,
}
