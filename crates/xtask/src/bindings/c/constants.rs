//! The numbers of the vocabulary as Rust constants, from which the header's are made in turn.

use serde_json::Value;

use super::super::Derived;
use crate::project::Project;

pub(super) const PATH: &str = "bindings/c/src/constants.rs";

/// The lists of the vocabulary that decisions have numbers for: the name in the data, the word in the constants, and the
/// word in their comments.
const LISTS: [(&str, &str, &str); 10] = [
    ("outcomes", "OUTCOME", "Outcome"),
    ("recoveries", "RECOVERY", "Recovery"),
    ("signals", "SIGNAL", "Signal"),
    ("disclosures", "DISCLOSURE", "Disclosure"),
    ("grounds", "GROUNDS", "Grounds"),
    ("credential_kinds", "CREDENTIAL_KIND", "Credential kind"),
    ("confidences", "CONFIDENCE", "Confidence"),
    ("origins", "ORIGIN", "Origin"),
    ("retries", "RETRY", "Retry"),
    ("clues", "CLUE", "Clue"),
];

pub(super) fn derived(project: &Project) -> Result<Derived, String> {
    let content = constants(&read(project, "vocabulary.json")?, &read(project, "reasons.json")?)?;
    Ok(Derived { path: PATH.to_owned(), content: content.into_bytes() })
}

fn read(project: &Project, name: &str) -> Result<Value, String> {
    let path = project.root().join("crates/doorward").join(name);
    let fault = |error: &dyn core::fmt::Display| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(&path).map_err(|error| fault(&error))?;
    serde_json::from_str(&text).map_err(|error| fault(&error))
}

/// A number is the place of its word in the list, from 1: lists only grow at their end, and 0 is left for memory that
/// nobody has written to.
fn constants(vocabulary: &Value, reasons: &Value) -> Result<String, String> {
    let mut text = String::from(
        "//! The numbers of the vocabulary. Made from its data by `cargo xtask generate`: do not edit.\n\n",
    );
    for (list, word, comment) in LISTS {
        let members = vocabulary[list].as_array().ok_or_else(|| format!("the vocabulary has no `{list}`"))?;
        for (member, number) in members.iter().zip(1_u32..) {
            let (code, advice) = match member {
                Value::String(code) => (code.as_str(), String::new()),
                named => {
                    let words = word_of(named, "advice").or_else(|_| word_of(named, "sentence"))?;
                    (word_of(named, "code")?, format!(": {words}"))
                }
            };
            text.push_str(&format!("/// {comment} `{code}`{advice}.\n"));
            text.push_str(&format!("pub const DOORWARD_{word}_{}: u32 = {number};\n", code.to_uppercase()));
        }
    }
    for reason in reasons.as_array().ok_or("the reasons are no list")? {
        let (code, sentence) = (word_of(reason, "code")?, word_of(reason, "sentence")?);
        let number = |name: &str| reason[name].as_u64().ok_or_else(|| format!("`{code}` has no `{name}`"));
        let (number, status) = (number("number")?, number("status")?);
        text.push_str(&format!("/// Reason `{code}`, usually with status {status}: {sentence}.\n"));
        text.push_str(&format!("pub const DOORWARD_REASON_{}: u16 = {number};\n", code.to_uppercase()));
    }
    Ok(text)
}

fn word_of<'v>(value: &'v Value, name: &str) -> Result<&'v str, String> {
    value[name].as_str().ok_or_else(|| format!("no `{name}` in {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_number_is_zero_and_reasons_keep_theirs() {
        let vocabulary = json!({
            "outcomes": ["allow", "bad_request"],
            "recoveries": [{ "code": "none", "advice": "nothing to do" }],
            "signals": [], "disclosures": [], "grounds": [], "credential_kinds": [], "confidences": [], "origins": [],
            "retries": [], "clues": []
        });
        let reasons =
            json!([{ "number": 209, "code": "token_expired", "status": 401, "sentence": "it is late" }]);
        let text = constants(&vocabulary, &reasons).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("pub")).collect();
        assert_eq!(
            lines,
            [
                "pub const DOORWARD_OUTCOME_ALLOW: u32 = 1;",
                "pub const DOORWARD_OUTCOME_BAD_REQUEST: u32 = 2;",
                "pub const DOORWARD_RECOVERY_NONE: u32 = 1;",
                "pub const DOORWARD_REASON_TOKEN_EXPIRED: u16 = 209;",
            ]
        );
        assert!(text.contains("/// Recovery `none`: nothing to do.\n"));
    }
}
