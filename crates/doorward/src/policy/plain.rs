//! A text in either format as plain JSON: for what is written like a policy and is none.

use super::document::{Lines, Node, Value};
use super::{Format, tree};
use crate::error::LoadErrors;

/// Reads a text.
///
/// # Errors
///
/// Text that is not of the format. Nothing of it is shown.
pub(crate) fn read(text: &str, format: Format) -> Result<serde_json::Value, LoadErrors> {
    tree(text, format, &Lines::new(text)).map(json)
}

/// As deep as the formats' readers go.
fn json(node: Node) -> serde_json::Value {
    use serde_json::Value as Json;
    match node.value {
        Value::Table(members) => {
            Json::Object(members.into_iter().map(|member| (member.name, json(member.node))).collect())
        }
        Value::Array(list) => Json::Array(list.into_iter().map(json).collect()),
        Value::String(text) | Value::Datetime(text) => Json::String(text),
        Value::Integer(number) => Json::from(number),
        // What JSON cannot say is no number of anybody's.
        Value::Float(text) => serde_json::from_str(&text).unwrap_or(Json::Null),
        Value::Boolean(truth) => Json::Bool(truth),
        Value::Null => Json::Null,
    }
}
