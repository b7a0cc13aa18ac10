//! A releasing call as text, in the words of the acquiring one.

use crate::diagnostic::remedy::{Callee, Part, Release};
use crate::parse::outline::{Argument, ArgumentKind, Call};

use super::page::Page;

/// What stands for the parts that have to be named.
#[derive(Clone, Copy, Default)]
pub(super) struct Words<'a> {
    /// The acquired thing.
    pub(super) item: Option<&'a str>,
    /// A function that has been given a name, and the argument that it was.
    pub(super) named: Option<(u8, &'a str)>,
}

/// The call, without a semicolon; `None` if a part of it cannot be written twice.
pub(super) fn written(page: &Page<'_>, call: &Call, release: &Release, words: Words<'_>) -> Option<String> {
    let part = |part: Part| match part {
        Part::Item => words.item.map(str::to_owned),
        Part::Receiver => plain(page, call.receiver.as_ref()?),
        Part::Argument(index) => match words.named {
            Some((named, name)) if named == index => Some(name.to_owned()),
            _ => plain(page, call.arguments.get(usize::from(index))?),
        },
        Part::Option(index) => plain(page, call.arguments.get(usize::from(index))?),
    };
    let callee = match &release.callee {
        Callee::Item => words.item?.to_owned(),
        Callee::Global(name) => name.clone(),
        Callee::Method(of, name) => format!("{}.{name}", part(*of)?),
        Callee::Beside(name) => format!("{}.{name}", plain(page, call.receiver.as_ref()?)?),
    };
    let mut arguments = Vec::new();
    for &each in &release.arguments {
        match each {
            Part::Option(index) if usize::from(index) >= call.arguments.len() => break,
            _ => arguments.push(part(each)?),
        }
    }
    let call = format!("{callee}({})", arguments.join(", "));
    Some(match release.is_awaited {
        true => format!("await {call}"),
        false => call,
    })
}

/// The text of what means the same wherever it is written.
fn plain(page: &Page<'_>, argument: &Argument) -> Option<String> {
    let text = page.slice(argument.span);
    (argument.kind == ArgumentKind::Plain && !text.contains('\n')).then(|| text.to_owned())
}
