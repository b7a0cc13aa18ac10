//! The JSON Schema of a configuration, for editors: made of the options' types and the list of rules.

use schemars::schema_for;
use serde_json::{Value, json};

use super::options::Options;

/// The schema, with the rules by name. Each is an id and what it finds.
pub fn schema(rules: &[(&str, &str)]) -> Value {
    let mut schema = schema_for!(Options).to_value();
    let known: serde_json::Map<String, Value> = rules
        .iter()
        .map(|(id, summary)| {
            let property = json!({ "description": summary, "$ref": "#/$defs/RuleOptions" });
            ((*id).to_owned(), property)
        })
        .collect();
    let by_name = json!({ "type": "object", "properties": known, "additionalProperties": false });
    for place in ["/properties/rules", "/$defs/Override/properties/rules"] {
        if let Some(Value::Object(rules)) = schema.pointer_mut(place) {
            rules.retain(|key, _| key == "description");
            for (key, value) in by_name.as_object().into_iter().flatten() {
                rules.insert(key.clone(), value.clone());
            }
        }
    }
    schema
}
