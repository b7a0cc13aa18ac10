//! The retaining path of a finding: from what lives long to what it keeps, and where the release is missing.

use crate::diagnostic::{Held, Label, RetainingPath};
use crate::project::model::{Growth, Leak, Missing};

/// Names of captured variables that are shown.
const MOST_NAMES: usize = 4;

/// The path to what a leak keeps.
pub(super) fn of_leak(leak: &Leak) -> RetainingPath {
    let holder_place = leak.holder.as_ref().map(|label: &Label| label.place);
    let mut links = Vec::new();
    if !leak.holder_name.is_empty() {
        links.push(Held::new(&leak.holder_name, holder_place));
    }
    links.push(Held::new(leak.resource.noun(), Some(leak.place)));
    if !leak.kept.is_empty() {
        links.push(Held::new("closure", leak.kept_at));
        let mut names: Vec<&str> = leak.kept.iter().map(String::as_str).take(MOST_NAMES).collect();
        if leak.kept.len() > MOST_NAMES {
            names.push("…");
        }
        links.push(Held::new(&names.join(", "), leak.kept_at));
    }
    let release = leak.release_name.as_deref();
    let gap = match (&leak.missing, release) {
        (Missing::Never, Some(release)) => format!("no `{release}`"),
        (Missing::Never, None) => "no release".to_owned(),
        (Missing::Dropped, _) => "its handle is thrown away".to_owned(),
        (Missing::OnSomePath(_), Some(release)) => format!("`{release}` is missed on a way out"),
        (Missing::OnSomePath(_), None) => "the release is missed on a way out".to_owned(),
    };
    RetainingPath { links, gap }
}

/// The path to what a growing container keeps.
pub(super) fn of_growth(growth: &Growth) -> RetainingPath {
    RetainingPath {
        links: vec![
            Held::new(&growth.name, growth.made_at),
            Held::new("entry", Some(growth.place)),
            Held::new(&growth.added, None),
        ],
        gap: match growth.missed.is_empty() {
            true => "nothing takes it out".to_owned(),
            false => "it is not taken out on a way out".to_owned(),
        },
    }
}
