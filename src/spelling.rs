//! Words that somebody mistyped: the nearest that is known, and what `serde` says of one that is not.

/// Bytes of a name above which nothing is near it: comparing costs as much as both names are long, multiplied.
const LONGEST_NAME: usize = 200;

/// The known name that is the fewest edits away, if it is near enough to be what was meant.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST_NAME {
        return None;
    }
    let (distance, best) = known
        .into_iter()
        .map(|candidate| (edit_distance(name, candidate), candidate))
        .min()?;
    (distance <= 1 + name.chars().count() / 3).then_some(best)
}

/// What `serde` says of a key or a word that it does not know: ``unknown field `a`, expected one of `b`, `c` ``.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unknown<'a> {
    pub name: &'a str,
    pub is_key: bool,
    pub known: Vec<&'a str>,
}

impl<'a> Unknown<'a> {
    /// Reads the message of an error; `None` if it speaks of something else.
    pub fn of(message: &'a str) -> Option<Self> {
        let mut quoted = message.split('`').skip(1).step_by(2);
        let (Some(name), true) = (quoted.next(), message.starts_with("unknown ")) else {
            return None;
        };
        Some(Self {
            name,
            is_key: message.starts_with("unknown field"),
            known: quoted.collect(),
        })
    }
}

/// What to write instead of `name`: the nearest of what is known, or all of it.
pub fn advice(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}", known.join(", ")),
    }
}

/// Levenshtein's distance in characters.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
