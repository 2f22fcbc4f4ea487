//! The JSON Schema of policies, for editors, made from the table of keys.

use super::duration;
use super::form::Form;
use super::keys::{Key, Kind, ROOT, Section};
use super::names::{DelegationWord, names};
use super::reader::ANYONE;
use serde_json::{Map, Value, json};

/// The JSON Schema of a policy (draft 2020-12), with a line feed at the end; the same text every time.
///
/// It takes every policy that [`read`](super::read) takes, and some that `read` refuses: what one key asks of
/// another, such as an issuer that `accept` names, is beyond it.
#[must_use]
pub fn json_schema() -> String {
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".to_owned(), json!("Doorward policy"));
    schema.insert("description".to_owned(), json!(ROOT.doc));
    schema.extend(table(Section::Top));
    let tables = Section::ALL.into_iter().filter(|section| *section != Section::Top);
    let definitions: Map<String, Value> =
        tables.map(|section| (definition(section).to_owned(), Value::Object(table(section)))).collect();
    schema.insert("$defs".to_owned(), Value::Object(definitions));
    format!("{:#}\n", Value::Object(schema))
}

/// The name of a section's definition.
fn definition(section: Section) -> &'static str {
    match section {
        Section::Top => "policy",
        Section::Issuer => "issuer",
        Section::Keys => "keys",
        Section::Route => "route",
        Section::ClaimRule => "claim_rule",
        Section::Store => "store",
        Section::Limit => "limit",
        Section::Revoked => "revoked",
        Section::Trace => "trace",
        Section::TraceKey => "trace_key",
        Section::Revocations => "revocations",
        Section::RevokedToken => "revoked_token",
        Section::RevokedSubject => "revoked_subject",
        Section::IssuedBefore => "issued_before",
        Section::RevokedKey => "revoked_key",
    }
}

fn table(section: Section) -> Map<String, Value> {
    let mut schema = Map::new();
    let known: Vec<&Key> = section.keys().filter(|key| !key.is_later()).collect();
    let properties: Map<String, Value> =
        known.iter().map(|key| (key.name.to_owned(), property(key))).collect();
    let required: Vec<_> = known.iter().filter(|key| key.needed.is_some()).map(|key| key.name).collect();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema.insert("additionalProperties".to_owned(), json!(false));
    match section {
        // One test beside the claim.
        Section::ClaimRule => {
            schema.insert("minProperties".to_owned(), json!(2));
            schema.insert("maxProperties".to_owned(), json!(2));
        }
        // One source, and what belongs to fetching only where keys are fetched.
        Section::Keys => {
            schema.insert(
                "oneOf".to_owned(),
                json!([
                    { "required": ["file"], "maxProperties": 1 },
                    { "required": ["inline"], "maxProperties": 1 },
                    { "required": ["url"] },
                    { "required": ["discovery"] },
                ]),
            );
        }
        // Details are those of the field.
        Section::Trace => {
            schema.insert("dependentRequired".to_owned(), json!({ "details": ["proxy_status"] }));
        }
        // The field is believed from somebody, or from nobody.
        Section::Top => {
            schema.insert("dependentRequired".to_owned(), json!({ "forwarded": ["trusted_proxies"] }));
        }
        _ => {}
    }
    schema
}

fn property(key: &Key) -> Value {
    let mut schema = Map::new();
    schema.insert("description".to_owned(), json!(key.doc));
    if let Value::Object(kind) = kind(key.kind) {
        schema.extend(kind);
    }
    Value::Object(schema)
}

fn kind(kind: Kind) -> Value {
    let scalar = json!({ "type": ["string", "number", "boolean"] });
    match kind {
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::True => json!({ "const": true }),
        Kind::Integer(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Duration(least, most) => json!({ "anyOf": [
            { "type": "string", "minLength": 2, "pattern": duration::PATTERN },
            { "type": "integer", "minimum": least, "maximum": most },
        ] }),
        Kind::Time => json!({ "type": ["string", "number"] }),
        Kind::String(form) => string(form),
        Kind::Strings(form, least) => array(string(form), least),
        Kind::OneOrMore(form) => json!({ "anyOf": [string(form), array(string(form), 0)] }),
        Kind::Choice(names) => json!({ "enum": names() }),
        Kind::Choices(names) => array(json!({ "enum": names() }), 1),
        Kind::OneOrMoreChoices(names) => {
            let one = json!({ "enum": names() });
            json!({ "anyOf": [one, array(one, 1)] })
        }
        Kind::Accept => {
            let issuer = json!({ "type": "string", "minLength": 1, "not": { "const": ANYONE } });
            json!({ "anyOf": [{ "const": ANYONE }, issuer, array(issuer, 1)] })
        }
        Kind::Delegation => {
            json!({ "anyOf": [{ "enum": names::<DelegationWord>() }, array(string(Form::Any), 1)] })
        }
        Kind::Scalar => scalar,
        Kind::Scalars => array(scalar, 1),
        Kind::Jwks => json!({ "type": "object" }),
        Kind::Table(section) => reference(section),
        Kind::Named(section) => json!({
            "type": "object",
            "propertyNames": { "minLength": 1, "not": { "const": ANYONE } },
            "additionalProperties": reference(section),
        }),
        Kind::Tables(section) => json!({ "type": "array", "items": reference(section) }),
        Kind::Later => json!(false),
    }
}

fn string(form: Form) -> Value {
    match form.pattern() {
        Some(pattern) => json!({ "type": "string", "pattern": pattern }),
        None => json!({ "type": "string", "minLength": 1 }),
    }
}

fn array(items: Value, least: usize) -> Value {
    if least == 0 {
        json!({ "type": "array", "items": items, "uniqueItems": true })
    } else {
        json!({ "type": "array", "items": items, "minItems": least, "uniqueItems": true })
    }
}

fn reference(section: Section) -> Value {
    json!({ "$ref": format!("#/$defs/{}", definition(section)) })
}

#[cfg(test)]
mod tests {
    use super::super::keys::KEYS;
    use super::*;

    fn schema() -> Value {
        serde_json::from_str(&json_schema()).unwrap()
    }

    #[test]
    fn the_text_is_the_same_every_time_and_ends_with_a_line_feed() {
        assert_eq!(json_schema(), json_schema());
        assert!(json_schema().ends_with("}\n"));
    }

    #[test]
    fn every_key_of_this_build_is_described_and_no_other_is_let_in() {
        let schema = schema();
        for key in KEYS {
            let table = match key.section {
                Section::Top => &schema,
                section => &schema["$defs"][definition(section)],
            };
            let property = table["properties"].get(key.name);
            assert_eq!(property.is_none(), key.is_later(), "{}", key.name);
            assert_eq!(table["additionalProperties"], json!(false));
            if let Some(property) = property {
                assert_eq!(property["description"], json!(key.doc));
            }
        }
    }

    #[test]
    fn needed_keys_are_required() {
        let schema = schema();
        assert_eq!(schema["$defs"]["route"]["required"], json!(["path", "accept"]));
        assert_eq!(
            schema["$defs"]["issuer"]["required"],
            json!(["profile", "audience", "algorithms", "keys"])
        );
        assert_eq!(schema.get("required"), None);
    }

    #[test]
    fn keys_have_one_source_and_what_belongs_to_it() {
        let schema = schema();
        let source = |name: &str| json!({ "required": [name] });
        let alone = |name: &str| json!({ "required": [name], "maxProperties": 1 });
        assert_eq!(
            schema["$defs"]["keys"]["oneOf"],
            json!([alone("file"), alone("inline"), source("url"), source("discovery")])
        );
        assert_eq!(schema["dependentRequired"], json!({ "forwarded": ["trusted_proxies"] }));
        assert_eq!(schema["$defs"]["limit"]["required"], json!(["failures", "per"]));
        assert_eq!(schema["$defs"]["store"]["properties"]["known"]["maximum"], json!(1 << 24));
        assert_eq!(schema["$defs"].get("revoked_token"), None, "a file of revocations is no policy");
    }
}
