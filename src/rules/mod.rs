//! Leak patterns put into words: one file a rule, each a pure function over the project's model.

mod client_per_request;
mod mismatched_removal;
mod overwritten_handle;
mod unbounded_cache;
mod unchained_teardown;
mod uncleared_interval;
mod uncleared_timeout;
mod unclosed_handle;
mod unreleased_connection;
mod unremoved_listener;

use crate::catalog::effect::Resource;
use crate::diagnostic::{Confidence, Diagnostic, Label, Severity};
use crate::project::Project;
use crate::project::model::{Leak, Missing};

/// A leak pattern.
pub trait Rule: Sync {
    /// The leak's name, as it is written in suppressions and configuration.
    fn id(&self) -> &'static str;

    /// What the rule finds, in one line.
    fn summary(&self) -> &'static str;

    fn severity(&self) -> Severity;

    /// How much of what the rule reports without being asked for more is true, for viewers that sort by it.
    fn precision(&self) -> Confidence;

    /// What the leak costs, as code scanning files it: CWE 401 is memory, 772 a resource, 770 growth without limit.
    fn tags(&self) -> &'static [&'static str];

    /// The rule's page, in Markdown.
    fn page(&self) -> &'static str;

    fn check(&self, project: &Project<'_>) -> Vec<Diagnostic>;
}

/// Every rule, by id.
pub const RULES: &[&dyn Rule] = &[
    &client_per_request::ClientPerRequest,
    &mismatched_removal::MismatchedRemoval,
    &overwritten_handle::OverwrittenHandle,
    &unbounded_cache::UnboundedCache,
    &unchained_teardown::UnchainedTeardown,
    &uncleared_interval::UnclearedInterval,
    &uncleared_timeout::UnclearedTimeout,
    &unclosed_handle::UnclosedHandle,
    &unreleased_connection::UnreleasedConnection,
    &unremoved_listener::UnremovedListener,
];

/// All findings of all rules, in the order of every output.
pub fn run(project: &Project<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = RULES.iter().flat_map(|rule| rule.check(project)).collect();
    found.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    found.dedup();
    found
}

/// The proof of a leak in causal order: the holder, the repetition, what is kept, where the release is missed.
fn evidence(leak: &Leak) -> Vec<Label> {
    let mut labels: Vec<Label> = leak.holder.iter().cloned().collect();
    labels.extend(leak.why.iter().cloned());
    if let (Some(place), false) = (leak.kept_at, leak.kept.is_empty()) {
        let names: Vec<String> = leak.kept.iter().map(|name| format!("`{name}`")).collect();
        labels.push(Label::new(
            place,
            format!("each {} keeps {} alive", noun(leak.resource), listed(&names)),
        ));
    }
    if let Some((name, place)) = &leak.teardown {
        labels.push(Label::new(
            *place,
            format!("`{name}` cleans up and leaves the {} behind", noun(leak.resource)),
        ));
    }
    if let Missing::OnSomePath(missed) = &leak.missing {
        labels.extend(missed.iter().cloned());
    }
    labels
}

/// What is acquired, in one word.
fn noun(resource: Resource) -> &'static str {
    match resource {
        Resource::Listener => "listener",
        Resource::Interval => "interval",
        Resource::Timeout => "timeout",
        Resource::Connection => "connection",
        Resource::Handle => "handle",
        Resource::Client => "client",
        Resource::Observer => "observer",
        Resource::Subscription => "subscription",
        Resource::ObjectUrl => "object URL",
        Resource::Entry => "entry",
    }
}

/// Names as people list them: `a`, `b` and `c`.
fn listed(names: &[String]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.concat(),
    }
}
