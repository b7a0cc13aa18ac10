//! The scanner of tags: as much of a markup's grammar as is needed to find scripts and handlers, and no more.
//!
//! It never fails: what is not closed ends with the text.

use crate::facts::ids::Span;

use super::{Document, Format, Handler, Instance, Runs, Script};

/// Elements whose content is no markup.
const RAW: [&str; 2] = ["script", "style"];

/// Finds the scripts and handlers of a file.
pub fn scan(text: &str, format: &Format) -> Document {
    let mut scanner = Scanner {
        text,
        at: 0,
        format,
        templates: 0,
        found: Document::default(),
    };
    if format.instance == Instance::Fence {
        scanner.fence();
    }
    while scanner.step() {}
    scanner.found
}

struct Scanner<'a> {
    text: &'a str,
    /// A byte offset.
    at: usize,
    format: &'a Format,
    /// Template elements that are open.
    templates: u32,
    found: Document,
}

/// A start tag.
struct Tag<'a> {
    name: &'a str,
    attributes: Vec<Attribute<'a>>,
    is_closed: bool,
    span: Span,
}

struct Attribute<'a> {
    name: &'a str,
    /// Without quotes or braces; empty without a value.
    value: Span,
    /// The name's.
    span: Span,
}

impl<'a> Scanner<'a> {
    /// The code between two lines of `---` at the beginning.
    fn fence(&mut self) {
        let body = self.text.trim_start_matches('\u{feff}').trim_start();
        let open = self.text.len() - body.len();
        if !body.starts_with("---") {
            return;
        }
        let start = open + 3;
        let end = self.text[start..]
            .find("\n---")
            .map_or(self.text.len(), |at| start + at + 1);
        self.found.scripts.push(Script {
            code: span(start, end),
            tag: span(open, start),
            language: "ts".to_owned(),
            runs: Runs::Instance,
        });
        self.at = (end + 3).min(self.text.len());
    }

    /// Goes past the next thing; `false` at the end.
    fn step(&mut self) -> bool {
        let stops: &[char] = if self.format.has_braces { &['<', '{'] } else { &['<'] };
        let Some(next) = self.rest().find(stops) else {
            return false;
        };
        self.at += next;
        let rest = self.rest();
        if rest.starts_with('{') {
            self.at = self.after_braces(self.at);
        } else if let Some(comment) = rest.strip_prefix("<!--") {
            self.at += 4 + comment.find("-->").map_or(comment.len(), |end| end + 3);
        } else if rest.starts_with("</template") {
            self.templates = self.templates.saturating_sub(1);
            self.at += 2;
        } else if rest[1..].starts_with(|first: char| first.is_ascii_alphabetic()) {
            let tag = self.tag();
            self.element(&tag);
        } else {
            self.at += 1;
        }
        true
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// What follows a start tag: content that is no markup is passed over.
    fn element(&mut self, tag: &Tag<'a>) {
        if tag.is_closed {
            return self.handlers(tag);
        }
        let is_section = self.format.has_sections && self.templates == 0;
        let is_template = tag.name == "template";
        let is_markup = is_template && matches!(self.value(tag, "lang"), None | Some("html"));
        if RAW.contains(&tag.name) || is_section && !is_markup {
            let content = self.at;
            self.at = self.end_of(tag.name);
            if tag.name == "script" {
                self.script(tag, span(content, self.at));
            }
            return;
        }
        self.templates += u32::from(is_template);
        self.handlers(tag);
    }

    /// Where the content of an element that holds no other of its name ends.
    fn end_of(&self, name: &str) -> usize {
        let mut from = self.at;
        while let Some(next) = self.text[from..].find("</") {
            let at = from + next;
            let closing = &self.text.as_bytes()[at + 2..];
            if closing.len() >= name.len() && closing[..name.len()].eq_ignore_ascii_case(name.as_bytes()) {
                return at;
            }
            from = at + 2;
        }
        self.text.len()
    }

    fn script(&mut self, tag: &Tag<'a>, code: Span) {
        let kind = self.value(tag, "type").unwrap_or_default();
        let is_code =
            kind.is_empty() || kind == "module" || kind.ends_with("javascript") || kind.ends_with("typescript");
        let has = |name: &str| tag.attributes.iter().any(|attribute| attribute.name == name);
        if !is_code || has("src") {
            return;
        }
        let runs = match self.format.instance {
            Instance::Marked(mark) if has(mark) => Runs::Instance,
            Instance::Marked(_) => Runs::Module,
            Instance::Unless(mark) if has(mark) || self.value(tag, "context") == Some(mark) => Runs::Module,
            Instance::Unless(_) => Runs::Instance,
            Instance::Fence => Runs::Alone,
        };
        let language = match self.value(tag, "lang") {
            Some(language) => language,
            None if self.format.instance == Instance::Fence || kind.ends_with("typescript") => "ts",
            None => "",
        };
        self.found.scripts.push(Script {
            code,
            tag: tag.span,
            language: language.to_owned(),
            runs,
        });
    }

    fn value(&self, tag: &Tag<'a>, name: &str) -> Option<&'a str> {
        let attribute = tag.attributes.iter().find(|attribute| attribute.name == name)?;
        Some(&self.text[attribute.value.start as usize..attribute.value.end as usize])
    }

    fn handlers(&mut self, tag: &Tag<'a>) {
        for attribute in &tag.attributes {
            let event = self
                .format
                .events
                .iter()
                .find_map(|mark| attribute.name.strip_prefix(mark));
            let code = attribute.value;
            let (name, code) = if let Some(event) = event.filter(|_| code.start < code.end) {
                (format!("on:{}", event.split('.').next().unwrap_or_default()), code)
            } else if let Some(action) = self.format.action.and_then(|mark| attribute.name.strip_prefix(mark)) {
                let end = attribute.span.end;
                (format!("use:{action}"), Span::new(end - action.len() as u32, end))
            } else if self.format.reference == Some(attribute.name) {
                ("ref".to_owned(), code)
            } else if attribute.name == "@attach" {
                ("attach:".to_owned(), code)
            } else {
                continue;
            };
            self.found.handlers.push(Handler { name, code });
        }
    }

    /// The start tag here, and goes behind it.
    fn tag(&mut self) -> Tag<'a> {
        let start = self.at;
        self.at += 1;
        let name = self.word(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'));
        let mut tag = Tag {
            name,
            attributes: Vec::new(),
            is_closed: false,
            span: span(start, self.at),
        };
        loop {
            self.at += self.rest().len() - self.rest().trim_start().len();
            match self.byte() {
                None => break,
                Some(b'>') => {
                    self.at += 1;
                    break;
                }
                Some(b'/') => {
                    tag.is_closed = self.rest().starts_with("/>");
                    self.at += 1;
                }
                Some(b'{') => tag.attributes.push(self.braced_attribute()),
                Some(_) => tag.attributes.push(self.attribute()),
            }
        }
        tag.span = span(start, self.at);
        tag
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The bytes up to one that ends the word, at least one.
    fn word(&mut self, ends: impl Fn(u8) -> bool) -> &'a str {
        let start = self.at;
        let length = self
            .rest()
            .bytes()
            .skip(1)
            .position(ends)
            .map_or(self.rest().len(), |at| at + 1);
        self.at = self.text.floor_char_boundary(start + length).max(start);
        if self.at == start {
            // A character of several bytes stands here.
            self.at += self.rest().chars().next().map_or(0, char::len_utf8);
        }
        &self.text[start..self.at]
    }

    /// `{name}`, `{...all}`, `{@attach f}`.
    fn braced_attribute(&mut self) -> Attribute<'a> {
        let start = self.at;
        self.at = self.after_braces(start);
        let inside = self.text[start + 1..self.at].trim_end_matches('}');
        let (name, skipped) = match inside.strip_prefix("@attach") {
            Some(_) => ("@attach", "@attach".len()),
            None => ("", 0),
        };
        Attribute {
            name,
            value: span(start + 1 + skipped, start + 1 + inside.len()),
            span: span(start, self.at),
        }
    }

    fn attribute(&mut self) -> Attribute<'a> {
        let start = self.at;
        let name = self.word(|byte| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'>') || byte == b'/');
        let named = span(start, self.at);
        let value = if self.byte() == Some(b'=') {
            self.at += 1;
            self.attribute_value()
        } else {
            span(self.at, self.at)
        };
        Attribute {
            name,
            value,
            span: named,
        }
    }

    fn attribute_value(&mut self) -> Span {
        let start = self.at;
        match self.byte() {
            Some(quote @ (b'"' | b'\'')) => {
                let inside = &self.text[start + 1..];
                let length = inside.find(char::from(quote)).unwrap_or(inside.len());
                self.at = (start + length + 2).min(self.text.len());
                self.without_braces(start + 1, start + 1 + length)
            }
            Some(b'{') => {
                self.at = self.after_braces(start);
                self.without_braces(start, self.at)
            }
            _ => {
                let value = self.word(|byte| byte.is_ascii_whitespace() || byte == b'>');
                span(start, start + value.len())
            }
        }
    }

    /// `{save}` in braces or in quotes and braces is `save`.
    fn without_braces(&self, start: usize, end: usize) -> Span {
        match self.text[start..end]
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
        {
            Some(inside) => span(start + 1, start + 1 + inside.len()),
            None => span(start, end),
        }
    }

    /// Behind the braces that open at `open`; strings and comments in them may hold others.
    fn after_braces(&self, open: usize) -> usize {
        let bytes = self.text.as_bytes();
        let (mut depth, mut at) = (0_u32, open);
        let past = |from: usize, end: &str| {
            let from = from.min(self.text.len());
            self.text[from..]
                .find(end)
                .map_or(self.text.len(), |at| from + at + end.len())
        };
        while let Some(&byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b'"' | b'\'' | b'`' => at = self.after_string(at, byte),
                b'/' if bytes.get(at) == Some(&b'*') => at = past(at + 1, "*/"),
                b'/' if bytes.get(at) == Some(&b'/') => at = past(at + 1, "\n"),
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        at
    }

    /// Behind the quote that closes a string whose content begins at `at`.
    fn after_string(&self, at: usize, quote: u8) -> usize {
        let mut escaped = false;
        let ends = |&byte: &u8| {
            let closes = byte == quote && !escaped;
            escaped = byte == b'\\' && !escaped;
            closes
        };
        let length = self.text.as_bytes()[at..].iter().position(ends);
        length.map_or(self.text.len(), |length| at + length + 1)
    }
}

fn span(start: usize, end: usize) -> Span {
    Span::new(start as u32, end as u32)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The code of a script, when it runs, its language.
    type FoundScript = (String, Runs, String);
    /// The name and the code of a handler.
    type FoundHandler = (String, String);

    fn found(name: &str, text: &str) -> (Vec<FoundScript>, Vec<FoundHandler>) {
        let document = scan(text, Format::of(Path::new(name)).expect("a format of markup"));
        let code = |span: Span| text[span.start as usize..span.end as usize].trim().to_owned();
        (
            document
                .scripts
                .iter()
                .map(|script| (code(script.code), script.runs, script.language.clone()))
                .collect(),
            document
                .handlers
                .iter()
                .map(|handler| (handler.name.clone(), code(handler.code)))
                .collect(),
        )
    }

    fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|&(a, b)| (a.to_owned(), b.to_owned())).collect()
    }

    #[test]
    fn sections_hold_scripts_and_the_template_handlers() {
        let text = r#"<script lang="ts">const a = "</p>"</script>
<script setup lang='ts'>
let b = a < 1
</script>
<template>
  <p @click="save" v-on:keyup.enter='() => send(b)' :ref="bind" :class="a > b ? 'x' : 'y'">
    <template #slot><b v-if="a<b">{{ a <b }}</b></template>
  </p>
</template>
<docs><script>not()</script></docs>
<style>p::after { content: "<script>" }</style>"#;
        let (scripts, handlers) = found("a.vue", text);
        assert_eq!(
            scripts,
            [
                ("const a = \"</p>\"".into(), Runs::Module, "ts".into()),
                ("let b = a < 1".into(), Runs::Instance, "ts".into())
            ]
        );
        assert_eq!(
            handlers,
            owned(&[("on:click", "save"), ("on:keyup", "() => send(b)"), ("ref", "bind")])
        );
    }

    #[test]
    fn braces_hold_expressions() {
        let text = r#"<script context="module">let all = 1</script>
<script>let x = 2</script>
{#if x <all && "}" }
  <button on:click={() => { open({ x: '}' }) }} onkeyup="{save}" use:tip={x} {@attach watch} {...rest} on:blur/>
{/if}"#;
        let (scripts, handlers) = found("a.svelte", text);
        assert_eq!(
            scripts,
            [
                ("let all = 1".into(), Runs::Module, String::new()),
                ("let x = 2".into(), Runs::Instance, String::new())
            ]
        );
        assert_eq!(
            handlers,
            owned(&[
                ("on:click", "() => { open({ x: '}' }) }"),
                ("on:keyup", "save"),
                ("use:tip", "tip"),
                ("attach:", "watch")
            ])
        );
    }

    #[test]
    fn a_fence_runs_for_each_page() {
        let text = "---\nconst page = await load()\n---\n<h1>{page.title}</h1>\n<script>start()</script>\n<script type=\"application/ld+json\">{}</script>\n";
        let (scripts, handlers) = found("a.astro", text);
        assert_eq!(
            scripts,
            [
                ("const page = await load()".into(), Runs::Instance, "ts".into()),
                ("start()".into(), Runs::Alone, "ts".into())
            ]
        );
        assert!(handlers.is_empty());
    }

    #[test]
    fn what_is_not_closed_ends_with_the_text() {
        for text in [
            "<script setup",
            "<p @click=\"a",
            "<p {",
            "<!-- <script>",
            "{#if",
            "---\nx",
            "<é",
            "<p é=ü>",
            "</",
            "<p/",
            "<p on:x={'",
        ] {
            for name in ["a.vue", "a.svelte", "a.astro"] {
                for end in (0..=text.len()).filter(|&end| text.is_char_boundary(end)) {
                    found(name, &text[..end]);
                }
            }
        }
    }
}
