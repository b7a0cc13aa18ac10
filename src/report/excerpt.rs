//! The few lines of a file that a finding shows, cut and escaped before `miette` sees them.
//!
//! `miette` panics on labels beyond column 65,530, prints whole lines of minified code and passes terminal escapes on.
//! It gets this text instead, with the line numbers and columns of the real one.

use std::collections::BTreeMap;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::escape::visible;
use crate::facts::ids::Span;
use crate::source::{CheckedFile, SourceText};

/// Characters of a line that are shown.
const WIDTH: usize = 200;

/// Characters that a cut line shows before its first label.
const LEAD: usize = 60;

/// Bytes of a label's underline below which it says little.
const READABLE: usize = 4;

/// Lines shown above and below a label's line.
pub(super) const CONTEXT_LINES: usize = 1;

#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    text: String,
    lines: Vec<ExcerptLine>,
    /// Offset in `text` and real column, both from 0, of each label.
    columns: Vec<(usize, usize)>,
}

#[derive(Debug)]
struct ExcerptLine {
    /// In the file, from 0.
    number: usize,
    start: usize,
    /// Of the line's `\n`, which the excerpt always has.
    end: usize,
}

impl Excerpt {
    /// The lines around `spans`, and each span's place in the excerpt. Of a span over several lines the first counts.
    /// When a line must be cut, it is cut around the earliest in `spans`.
    pub(super) fn new(file: &CheckedFile, spans: &[Span]) -> (Self, Vec<SourceSpan>) {
        let source = file.source();
        let spans: Vec<Span> = spans.iter().map(|&span| source.first_line_of(span)).collect();
        let mut wanted: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, span) in spans.iter().enumerate() {
            let line = source.lines().line(span.start);
            let last = (line + CONTEXT_LINES).min(source.lines().count() - 1);
            for near in line.saturating_sub(CONTEXT_LINES)..=last {
                wanted.entry(near).or_default();
            }
            wanted.entry(line).or_default().push(index);
        }
        let name = visible(file.shown()).into_owned();
        let mut excerpt = Self {
            name,
            text: String::new(),
            lines: Vec::new(),
            columns: Vec::new(),
        };
        let mut places = vec![SourceSpan::from(0); spans.len()];
        for (number, on_line) in wanted {
            let is_after_the_end = number + 1 == source.lines().count() && source.line(number).is_empty();
            if on_line.is_empty() && is_after_the_end {
                continue;
            }
            excerpt.add_line(source, number, &on_line, &spans, &mut places);
        }
        let places: Vec<SourceSpan> = (0..places.len()).map(|index| apart(&places, index)).collect();
        for (place, span) in places.iter().zip(&spans) {
            excerpt
                .columns
                .push((place.offset(), source.position(span.start).column as usize - 1));
        }
        (excerpt, places)
    }

    fn add_line(
        &mut self,
        source: &SourceText,
        number: usize,
        on_line: &[usize],
        spans: &[Span],
        places: &mut [SourceSpan],
    ) {
        let line = source.line(number);
        let line_start = source.visible_start(number);
        let column = |offset: u32| line[..(offset as usize).saturating_sub(line_start)].chars().count();
        let is_long = line.chars().nth(WIDTH).is_some();
        let first = match on_line.first() {
            Some(&index) if is_long => column(spans[index].start).saturating_sub(LEAD),
            _ => 0,
        };
        let start = self.text.len();
        if first > 0 {
            self.text.push('…');
        }
        // Offset in the excerpt of each shown character, and of the end.
        let mut offsets = Vec::new();
        for character in visible(line).chars().skip(first).take(WIDTH) {
            offsets.push(self.text.len());
            self.text.push(character);
        }
        offsets.push(self.text.len());
        if line.chars().nth(first + WIDTH).is_some() {
            self.text.push('…');
        }
        let offset_of = |column: usize| match column.checked_sub(first) {
            Some(shown) => offsets[shown.min(offsets.len() - 1)],
            None => start,
        };
        for &index in on_line {
            let (from, to) = (column(spans[index].start), column(spans[index].end));
            let at = offset_of(from);
            places[index] = SourceSpan::from((at, offset_of(to).saturating_sub(at)));
        }
        self.lines.push(ExcerptLine {
            number,
            start,
            end: self.text.len(),
        });
        self.text.push('\n');
    }

    fn line_at(&self, offset: usize) -> usize {
        self.lines
            .partition_point(|line| line.start <= offset)
            .saturating_sub(1)
    }
}

/// A piece of a label that no label inside it covers, the first that can be read: `miette` cannot draw one inside another.
fn apart(places: &[SourceSpan], index: usize) -> SourceSpan {
    let end = |place: &SourceSpan| place.offset() + place.len();
    let own = places[index];
    let mut inner: Vec<&SourceSpan> = places
        .iter()
        .enumerate()
        .filter(|&(other, place)| {
            let is_inside = own.offset() <= place.offset() && end(place) <= end(&own);
            other != index && is_inside && place.len() < own.len()
        })
        .map(|(_, place)| place)
        .collect();
    inner.sort_unstable_by_key(|place| place.offset());
    let mut pieces = Vec::new();
    let mut from = own.offset();
    for place in inner {
        pieces.push((from, place.offset().saturating_sub(from)));
        from = from.max(end(place));
    }
    pieces.push((from, end(&own).saturating_sub(from)));
    let first = pieces.iter().find(|&&(_, length)| length >= READABLE);
    let longest = pieces.iter().rev().max_by_key(|&&(_, length)| length);
    first
        .or(longest)
        .filter(|&&(_, length)| length > 0)
        .map_or(own, |&piece| SourceSpan::from(piece))
}

impl SourceCode for Excerpt {
    /// Context stops where lines were left out between two labels.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = span.offset() + span.len();
        if self.lines.is_empty() || end > self.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let mut first = self.line_at(span.offset());
        let mut last = self.line_at(end);
        for _ in 0..before {
            if first > 0 && self.lines[first - 1].number + 1 == self.lines[first].number {
                first -= 1;
            }
        }
        for _ in 0..after {
            if last + 1 < self.lines.len() && self.lines[last].number + 1 == self.lines[last + 1].number {
                last += 1;
            }
        }
        let known = self
            .columns
            .iter()
            .find(|(offset, _)| *offset == span.offset())
            .map(|(_, column)| *column);
        let (start, column) = if before == 0 {
            (span.offset(), known.unwrap_or(0))
        } else {
            (self.lines[first].start, 0)
        };
        let end = (self.lines[last].end + 1).min(self.text.len());
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            &self.text.as_bytes()[start..end],
            SourceSpan::from((start, end - start)),
            self.lines[first].number,
            column,
            last - first + 1,
        )))
    }
}
