//! Leak patterns put into words: one file a rule, each a pure function over the project's model.

mod client_per_request;
mod mismatched_removal;
mod overwritten_handle;
mod retained_closure;
mod retaining;
mod unbounded_cache;
mod unchained_teardown;
mod uncleared_interval;
mod uncleared_timeout;
mod unclosed_handle;
mod undisconnected_observer;
mod undisposed_subscription;
mod unreleased_connection;
mod unremoved_listener;
mod unrevoked_object_url;

use crate::catalog::effect::Resource;
use crate::diagnostic::{Confidence, Diagnostic, Label, RetainingPath, RuleInfo};
use crate::project::Project;
use crate::project::model::{Leak, Missing, Model};

/// A leak pattern and how its findings are put into words.
pub struct Rule {
    pub info: RuleInfo,

    /// All that the rule has to say of a project.
    find: fn(&Model) -> Vec<Said>,
}

/// What a rule says of one place; which rule it is and how severe is added where it is reported.
struct Said {
    confidence: Confidence,
    message: String,
    primary: Label,
    evidence: Vec<Label>,
    retains: Option<RetainingPath>,
    help: String,
}

impl Said {
    /// What a rule says of a leak, at the statement that acquires.
    fn of_leak(leak: &Leak, message: impl Into<String>, label: impl Into<String>, help: impl Into<String>) -> Said {
        Said {
            confidence: leak.confidence,
            message: message.into(),
            primary: Label::new(leak.place, label),
            evidence: evidence(leak),
            retains: Some(retaining::of_leak(leak)),
            help: help.into(),
        }
    }
}

impl Rule {
    /// The rule's findings in `project`, in the model's order.
    pub fn check(&self, project: &Project<'_>) -> Vec<Diagnostic> {
        let said = (self.find)(project.model());
        said.into_iter().map(|said| self.diagnostic(project, said)).collect()
    }

    fn diagnostic(&self, project: &Project<'_>, said: Said) -> Diagnostic {
        Diagnostic {
            symbol: project.symbol_at(said.primary.place),
            retains: said.retains,
            remedy: project.model().remedy_at(said.primary.place),
            rule: self.info.id,
            severity: self.info.severity,
            confidence: said.confidence,
            message: said.message,
            primary: said.primary,
            evidence: said.evidence,
            help: said.help,
        }
    }
}

/// Every rule, by id.
pub const RULES: &[Rule] = &[
    client_per_request::RULE,
    mismatched_removal::RULE,
    overwritten_handle::RULE,
    retained_closure::RULE,
    unbounded_cache::RULE,
    unchained_teardown::RULE,
    uncleared_interval::RULE,
    uncleared_timeout::RULE,
    unclosed_handle::RULE,
    undisconnected_observer::RULE,
    undisposed_subscription::RULE,
    unreleased_connection::RULE,
    unremoved_listener::RULE,
    unrevoked_object_url::RULE,
];

/// What is said of each rule, by id.
pub fn infos() -> Vec<RuleInfo> {
    RULES.iter().map(|rule| rule.info).collect()
}

/// All findings of all rules, in the order of every output.
pub fn run(project: &Project<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = RULES.iter().flat_map(|rule| rule.check(project)).collect();
    found.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    found.dedup();
    found.into_iter().map(Diagnostic::bounded).collect()
}

/// The leaks of one kind of thing.
fn leaks_of(model: &Model, resource: Resource) -> impl Iterator<Item = &Leak> {
    model.leaks.iter().filter(move |leak| leak.resource == resource)
}

/// The proof of a leak in causal order: the holder, the repetition, what is kept, where the release is missed.
fn evidence(leak: &Leak) -> Vec<Label> {
    let mut labels: Vec<Label> = leak.holder.iter().cloned().collect();
    labels.extend(leak.why.iter().cloned());
    if let (Some(place), false) = (leak.kept_at, leak.kept.is_empty()) {
        let names: Vec<String> = leak.kept.iter().map(|name| format!("`{name}`")).collect();
        labels.push(Label::new(
            place,
            format!("each {} keeps {} alive", leak.resource.noun(), listed(&names)),
        ));
    }
    if let Some((name, place)) = &leak.teardown {
        labels.push(Label::new(
            *place,
            format!("`{name}` cleans up and leaves the {} behind", leak.resource.noun()),
        ));
    }
    if let Missing::OnSomePath(missed) = &leak.missing {
        labels.extend(missed.iter().cloned());
    }
    labels
}

/// Names as people list them: `a`, `b` and `c`.
fn listed(names: &[String]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.concat(),
    }
}
