//! `retained-closure`: a promise or a registry keeps, round after round, what nobody needs any more.

use crate::diagnostic::{Confidence, Held, Label, RetainingPath, RuleInfo, Severity};
use crate::project::retained::{Announced, Holding, Retained};

use super::{Rule, Said, listed};

pub const RULE: Rule = Rule {
    info: RuleInfo {
        id: "retained-closure",
        summary: "a promise that stays pending, or a registry, keeps what each round leaves behind",
        severity: Severity::Warning,
        precision: Confidence::Low,
        tags: &["memory-leak", "external/cwe/cwe-401"],
        page: include_str!("../../rules/retained-closure.md"),
    },
    find: |model| model.retained.iter().map(said).collect(),
};

/// One finding in words.
fn said(retained: &Retained) -> Said {
    let name = &retained.holder;
    let (message, primary, help) = match &retained.holding {
        Holding::Reaction { is_race, end } => (
            format!("reactions pile up on `{name}`, which stays pending"),
            match is_race {
                true => format!("each race adds a reaction to `{name}` that stays until it settles"),
                false => format!("this adds a reaction to `{name}` that stays until it settles"),
            },
            instead(name, end, *is_race),
        ),
        Holding::Chain => (
            format!("each `{name}` waits for the next, so none of their promises can go"),
            format!("the promise of this round waits for that of the next `{name}`"),
            format!("make the rounds of `{name}` a loop, or start the next one without waiting for it"),
        ),
        Holding::Finaliser => (
            format!(
                "`{}` is kept alive by the registry that waits for its end",
                listed(&retained.kept)
            ),
            format!("`{name}` holds this value until its target is gone, and the value keeps the target"),
            "hold what the finaliser needs, such as an id or a handle, and not the target".to_owned(),
        ),
    };
    Said {
        confidence: retained.confidence,
        message,
        primary: Label::new(retained.place, primary),
        evidence: evidence(retained),
        retains: Some(path(retained)),
        help,
    }
}

/// The proof: what holds, why it goes on and comes again, what each round leaves.
fn evidence(retained: &Retained) -> Vec<Label> {
    let name = &retained.holder;
    let mut labels = match retained.holding {
        Holding::Reaction { .. } => vec![Label::new(
            retained.made_at,
            format!("`{name}` is made here, before the rounds"),
        )],
        Holding::Chain => Vec::new(),
        Holding::Finaliser => vec![Label::new(retained.made_at, format!("`{name}` is made here"))],
    };
    labels.extend(retained.why.iter().cloned());
    if let (Some(place), false) = (retained.kept_at, retained.kept.is_empty()) {
        let kept = names(&retained.kept);
        labels.push(match retained.holding {
            Holding::Reaction { is_race: true, .. } => {
                Label::new(place, format!("each reaction keeps what {kept} gave"))
            }
            _ => Label::new(place, format!("each reaction keeps {kept} alive")),
        });
    }
    labels.retain(|label| label.place != retained.place);
    labels
}

/// What to do instead of reacting to a promise again and again.
fn instead(name: &str, end: &Announced, is_race: bool) -> String {
    let each = if is_race { "each round" } else { "each call" };
    match end {
        Announced::ByEvent { event, emitter } => format!(
            "in {each} listen for `{event}` on `{emitter}`, and take the listener off when the work is done, instead of reacting to `{name}`"
        ),
        Announced::ByCall(by) => format!(
            "keep the callbacks that wait for `{name}` in a `Set`, delete each when its work is done, and call them in `{by}`; or test a flag that `{by}` sets"
        ),
        Announced::No => format!(
            "keep the callbacks that wait for `{name}` in a `Set` and delete each when its work is done, instead of reacting to `{name}`"
        ),
    }
}

/// From what lives long to what each round leaves.
fn path(retained: &Retained) -> RetainingPath {
    let name = retained.holder.as_str();
    let kept = match retained.kept.is_empty() {
        true => "what the round had".to_owned(),
        false => retained.kept.join(", "),
    };
    let (links, gap) = match retained.holding {
        Holding::Reaction { .. } => (
            vec![
                Held::new(name, Some(retained.made_at)),
                Held::new("reaction", Some(retained.place)),
                Held::new(&kept, retained.kept_at),
            ],
            "a reaction cannot be taken off",
        ),
        Holding::Chain => (
            vec![
                Held::new("promise of the last round", Some(retained.made_at)),
                Held::new("promise of each round before", Some(retained.place)),
            ],
            "none settles before the last",
        ),
        Holding::Finaliser => (
            vec![
                Held::new(name, Some(retained.made_at)),
                Held::new("held value", Some(retained.place)),
                Held::new(&kept, None),
            ],
            "the target is never gone",
        ),
    };
    RetainingPath {
        links,
        gap: gap.to_owned(),
    }
}

/// Names in backticks, as people list them.
fn names(all: &[String]) -> String {
    let quoted: Vec<String> = all.iter().map(|name| format!("`{name}`")).collect();
    listed(&quoted)
}
