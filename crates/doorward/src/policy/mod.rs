//! Policy files: from TOML or JSON text to a checked model.
//!
//! Both formats become one tree that remembers where each value stands, so that the same rules and the same
//! messages hold for both.

mod document;
mod duration;
mod form;
mod inline;
mod json;
mod json_string;
mod key_source;
mod keys;
pub mod model;
mod names;
pub(crate) mod nearest;
mod network;
mod path;
pub(crate) mod plain;
mod read_issuer;
mod read_keys;
mod read_revocations;
mod read_route;
mod read_settings;
mod read_trace;
mod reader;
mod report;
mod revocation_keys;
mod schema;
mod settings;
mod toml;
mod url;
mod values;

pub use network::{Network, NetworkFault};
pub(crate) use read_revocations::read as read_revocations;
pub use schema::json_schema;

use crate::error::LoadErrors;
use document::{Lines, Node};
use model::PolicyModel;
use std::path::Path;

/// What a policy is written in.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Format {
    /// TOML.
    Toml,
    /// JSON, with the same model.
    Json,
}

impl Format {
    /// The format that the file's name ends with: `.toml` or `.json`, in any case.
    #[must_use]
    pub fn from_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?;
        if extension.eq_ignore_ascii_case("toml") {
            Some(Self::Toml)
        } else if extension.eq_ignore_ascii_case("json") {
            Some(Self::Json)
        } else {
            None
        }
    }
}

/// Reads a policy and checks all that can be checked without opening another file.
///
/// # Errors
///
/// - Text that is not of the format: the first fault, and in TOML the first of each line.
/// - Otherwise every fault: keys that are unknown, missing, given twice or not supported by this build;
///   values of the wrong kind, form or size; keys that contradict each other.
pub fn read(text: &str, format: Format) -> Result<PolicyModel, LoadErrors> {
    let lines = Lines::new(text);
    reader::read(&tree(text, format, &lines)?, &lines)
}

/// Reads a text as a tree, whatever it is about.
fn tree(text: &str, format: Format, lines: &Lines<'_>) -> Result<Node, LoadErrors> {
    match format {
        Format::Toml => toml::read(text, lines),
        Format::Json => json::read(text, lines),
    }
}

#[cfg(test)]
mod sample;

#[cfg(test)]
mod tests {
    use super::keys::{KEYS, Section};
    use super::sample::{errors, faults, issuer, route};
    use super::*;

    const TOML: &str = r#"realm = "orders"
leeway = "1m"

[issuers.corp]
profile = "rfc9068"
issuer = "https://idp.example"
audience = ["https://api.example"]
algorithms = ["RS256"]
keys = { file = "jwks.json" }

[[routes]]
path = "/ä"
accept = ["corp", "crop"]
scpoes = ["orders:read"]
"#;

    const JSON: &str = r#"{
  "realm": "orders", "leeway": "1m",
  "issuers": { "corp": {
    "profile": "rfc9068",
    "issuer": "https://idp.example",
    "audience": ["https://api.example"],
    "algorithms": ["RS256"],
    "keys": { "file": "jwks.json" } } },
  "routes": [
    { "path": "/ä", "accept": ["corp", "crop"],
      "scpoes": ["orders:read"] }
  ]
}"#;

    #[test]
    fn both_formats_report_the_same_faults_at_their_own_places() {
        let toml = [
            "13:19: routes[0].accept[1]: expected the name of an issuer, found `crop`: did you mean `corp`?",
            "14:1: routes[0]: unknown key `scpoes`: did you mean `scopes`?",
        ];
        let json = [
            "10:40: routes[0].accept[1]: expected the name of an issuer, found `crop`: did you mean `corp`?",
            "11:7: routes[0]: unknown key `scpoes`: did you mean `scopes`?",
        ];
        assert_eq!(errors(TOML, Format::Toml), toml);
        assert_eq!(errors(JSON, Format::Json), json);
    }

    #[test]
    fn both_formats_say_the_same() {
        let mend = |text: &str| text.replace("scpoes", "scopes").replace(", \"crop\"", "");
        let toml = read(&mend(TOML), Format::Toml).unwrap();
        let json = read(&mend(JSON), Format::Json).unwrap();
        assert_eq!((&toml.realm, toml.leeway), (&json.realm, json.leeway));
        let (t, j) = (&toml.issuers[0], &json.issuers[0]);
        assert_eq!((&t.name, t.profile, &t.audience), (&j.name, j.profile, &j.audience));
        assert_eq!((t.algorithms, t.token_in), (j.algorithms, j.token_in));
        assert_eq!((toml.routes[0].at.line, json.routes[0].at.line), (11, 10));
        assert_eq!(toml.routes[0].path.value, json.routes[0].path.value);
        assert_eq!(toml.routes[0].scopes, json.routes[0].scopes);
    }

    #[test]
    fn a_file_is_read_as_what_its_name_says() {
        let format = |name: &str| Format::from_path(Path::new(name));
        assert_eq!(format("a/orders.toml"), Some(Format::Toml));
        assert_eq!(format("orders.JSON"), Some(Format::Json));
        assert_eq!(format("orders.yaml"), None);
        assert_eq!(format("toml"), None);
    }

    /// No key takes a date, so a date at each key shows that the reader looks at each.
    #[test]
    fn every_key_of_the_table_is_read_and_refuses_a_wrong_value() {
        for key in KEYS {
            let line = format!("{} = 2026-11-22", key.name);
            let text = match key.section {
                Section::Top => line.clone(),
                Section::Issuer => issuer(&line),
                Section::Keys => issuer(&format!("keys = {{ {line} }}")),
                Section::Route => route(&line),
                Section::ClaimRule => route(&format!("require = [{{ {line} }}]")),
                Section::Store => format!("[store]\n{line}"),
                Section::Limit => format!("[limit]\n{line}"),
                Section::Revoked => format!("[revoked]\n{line}"),
                Section::Trace => format!("[trace]\n{line}"),
                Section::TraceKey => format!("[trace]\nkey = {{ {line} }}"),
                _ => panic!("{:?} is no section of a policy", key.section),
            };
            let found = faults(&text);
            let expected = |fault: &String| {
                if key.is_later() {
                    fault.ends_with(&format!("`{}` is not supported by this build yet", key.full_name()))
                } else {
                    fault.contains(&format!("{}: expected ", key.name))
                        && fault.contains(", found a date or time")
                }
            };
            assert_eq!(found.iter().filter(|fault| expected(fault)).count(), 1, "{}: {found:?}", key.name);
        }
    }
}
