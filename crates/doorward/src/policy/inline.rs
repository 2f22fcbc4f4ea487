//! A part of the policy as JSON text: keys that stand in the policy itself.

use super::document::{Value, place_of_member};
use super::json_string;
use super::report::{Report, Spot};

/// The JSON text of an inline JWK or JWK Set.
///
/// No message here shows a value: each may be a secret.
pub(super) fn jwks(report: &mut Report<'_>, spot: &Spot<'_>) -> Option<String> {
    let Value::Table(_) = &spot.node.value else {
        report.expected(spot, "a JWK or JWK Set as a table");
        return None;
    };
    let mut text = String::new();
    write(report, spot, &mut text).then_some(text)
}

/// Appends the value; whether all of it can be said in JSON.
fn write(report: &mut Report<'_>, spot: &Spot<'_>, text: &mut String) -> bool {
    let mut whole = true;
    match &spot.node.value {
        Value::Table(members) => {
            text.push('{');
            for (index, member) in members.iter().enumerate() {
                if index != 0 {
                    text.push(',');
                }
                json_string::write(&member.name, text);
                text.push(':');
                let place = place_of_member(&spot.place, &member.name);
                whole &= write(report, &Spot { node: &member.node, place, key: spot.key }, text);
            }
            text.push('}');
        }
        Value::Array(_) => {
            text.push('[');
            for (index, element) in spot.elements().iter().enumerate() {
                if index != 0 {
                    text.push(',');
                }
                whole &= write(report, element, text);
            }
            text.push(']');
        }
        Value::String(string) => json_string::write(string, text),
        Value::Boolean(truth) => text.push_str(if *truth { "true" } else { "false" }),
        Value::Null => text.push_str("null"),
        value @ (Value::Integer(_) | Value::Float(_) | Value::Datetime(_)) => match value.number_text() {
            Some(number) => text.push_str(&number),
            None => {
                report.expected(spot, "a value that JSON has");
                whole = false;
            }
        },
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::super::model::KeySource;
    use super::super::sample::{errors, faults, issuer, model};
    use super::super::{Format, read};

    const SECRET: &str = "c2VjcmV0LXNlY3JldA";

    fn inline(value: &str) -> String {
        issuer(&format!("keys = {{ inline = {value} }}"))
    }

    #[test]
    fn the_text_is_the_json_of_the_subtree() {
        let policy =
            model(&inline("{ keys = [{ kty = \"o\\\"ct\\n\", n = -1, f = 1.5, b = true, a = [] }] }"));
        let KeySource::Inline { json, at } = &policy.issuers[0].keys else { panic!("inline") };
        assert_eq!(json, r#"{"keys":[{"kty":"o\"ct\u000a","n":-1,"f":1.5,"b":true,"a":[]}]}"#);
        assert_eq!((at.line, at.column), (6, 19));
        assert!(serde_json::from_str::<serde_json::Value>(json).is_ok());
    }

    #[test]
    fn no_message_shows_a_secret() {
        for value in [
            format!("{{ kty = \"oct\", k = \"{SECRET}\", d = 2026-11-22, f = nan }}"),
            format!("\"{SECRET}\""),
            format!("[\"{SECRET}\"]"),
        ] {
            let found = faults(&inline(&value)).concat();
            assert!(found.contains("issuers.corp.keys.inline") && !found.contains(SECRET), "{found}");
        }
        for keys in [
            format!("keys = {{ kty = \"oct\", k = \"{SECRET}\" }}"),
            format!("keys = {{ file = {{ k = \"{SECRET}\" }} }}"),
            format!("keys = \"{SECRET}\""),
            format!("k = \"{SECRET}\""),
            format!("keys = {{ inline = {{ k = \"{SECRET}\" \"{SECRET}\" }} }}"),
            format!("keys = {{ inline = {{ k = {SECRET} }} }}"),
            format!("keys = {{ inline = {{ k = \"{SECRET}\n"),
        ] {
            let found = faults(&issuer(&keys)).concat();
            assert!(!found.contains(SECRET), "{found}");
        }
        for json in [
            format!("{{\"k\": {SECRET}}}"),
            format!("{{\"k\": \"{SECRET}\\q\"}}"),
            format!("{{\"k\": \"{SECRET}"),
            format!("{{\"k\": \"{SECRET}\", \"k\": \"{SECRET}\"}}"),
        ] {
            let found = errors(&json, Format::Json).concat();
            assert!(!found.contains(SECRET), "{found}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let policy = model(&inline(&format!("{{ kty = \"oct\", k = \"{SECRET}\" }}")));
        assert!(!format!("{policy:?}").contains(SECRET));
        let result = read(&format!("k = \"{SECRET}\" \"{SECRET}\""), Format::Toml);
        assert!(!format!("{result:?}").contains(SECRET));
    }
}
