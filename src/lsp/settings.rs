//! What a client may ask for: the `leaklint` section of an editor's settings, or the `initializationOptions`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::diagnostic::Confidence;

/// Unknown keys are nobody's mistake here: editors send what they have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Settings {
    /// Whether findings are shown at all.
    pub(super) enable: bool,
    /// When files are linted.
    pub(super) run: Run,
    /// The least confidence that is shown; `None` leaves it to the project.
    pub(super) min_confidence: Option<Confidence>,
    /// Where a rule's page is, with `{rule}` for its id.
    pub(super) rule_pages: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Run {
    /// While one types.
    #[default]
    OnType,
    /// When a file is opened or saved.
    OnSave,
}

impl Default for Settings {
    fn default() -> Self {
        let homepage = env!("CARGO_PKG_HOMEPAGE");
        Self {
            enable: true,
            run: Run::default(),
            min_confidence: None,
            rule_pages: (!homepage.is_empty()).then(|| format!("{homepage}/rules/{{rule}}.md")),
        }
    }
}

impl Settings {
    /// These with those of a JSON value, which is the section itself or holds it under `leaklint`.
    ///
    /// # Errors
    /// A value of another type than its key has, in words.
    pub(super) fn with(&self, value: &Value) -> Result<Self, String> {
        let section = value.get("leaklint").unwrap_or(value);
        let mut merged = json!(self);
        if let (Some(merged), Some(section)) = (merged.as_object_mut(), section.as_object()) {
            merged.extend(section.clone());
        }
        serde_json::from_value(merged).map_err(|error| format!("settings: {error}"))
    }

    /// The address of a rule's page, if it has one.
    pub(super) fn page_of(&self, rule: &str) -> Option<String> {
        self.rule_pages.as_ref().map(|pages| pages.replace("{rule}", rule))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_stays() {
        let settings = Settings::default().with(&json!({ "rulePages": "x:{rule}" })).unwrap();
        let settings = settings.with(&json!({ "leaklint": { "run": "onSave" } })).unwrap();
        let settings = settings.with(&Value::Null).unwrap();
        assert_eq!(settings.run, Run::OnSave);
        assert_eq!(settings.page_of("a-b").as_deref(), Some("x:a-b"));
        assert!(settings.enable);
    }

    #[test]
    fn a_value_that_cannot_be_is_named() {
        let error = Settings::default()
            .with(&json!({ "minConfidence": "certain" }))
            .unwrap_err();
        assert!(error.contains("certain"), "{error}");
        assert!(
            Settings::default()
                .with(&json!({ "unknown": 1, "enable": false }))
                .is_ok()
        );
    }
}
