//! Python's enums, derived from the table of reasons and the list of words.

use core::fmt::Write as _;
use serde_json::Value;
use std::fs;

use crate::bindings::Derived;
use crate::project::Project;

const PATH: &str = "bindings/python/python/doorward/_vocabulary.py";

/// What is above the first word.
const HEAD: &str = r#""""The words of a decision as enums; derived by `cargo xtask generate`, never edited by hand."""

from enum import Enum
from typing import Final, NamedTuple


class Word(str, Enum):
    """A closed list of words: each member is a string, and equal to its word."""

    _value_: str

    def __str__(self) -> str:
        return self._value_

    def __format__(self, spec: str) -> str:
        return format(self._value_, spec)
"#;

/// The enums that are lists of words and nothing else: the member of the list, the name, and what it stands for.
const PLAIN: [(&str, &str, &str); 8] = [
    ("outcomes", "Outcome", "What was decided."),
    ("signals", "Signal", "How a reason should be read by those who watch: retries must not mask an attack."),
    ("disclosures", "Disclosure", "What a refusal tells the caller about its reason."),
    ("grounds", "Grounds", "On what grounds a caller is let in."),
    ("credential_kinds", "CredentialKind", "The kind of credential that a caller presented."),
    ("confidences", "Confidence", "How sure a diagnosis is."),
    ("origins", "Origin", "Who made an answer."),
    ("retries", "Retry", "Whether a refused request may be sent again, and with what."),
];

const CLUE: &str = r#"

class Clue(Word):
    """One thing that a diagnosis rests on."""

"#;

const OF_CLUE: &str = r#"
    @property
    def sentence(self) -> str:
        """The clue as a sentence."""
        return _CLUES[self._value_]


_CLUES: Final[dict[str, str]] = {
"#;

const RECOVERY: &str = r#"

class Recovery(Word):
    """The one next step of the caller of a refused request."""

"#;

/// Facts stand beside the members, not in them, so that `Recovery("wait")` is a call that type checkers know.
const OF_RECOVERY: &str = r#"
    @property
    def advice(self) -> str:
        """The step as a sentence."""
        return _ADVICE[self._value_]


_ADVICE: Final[dict[str, str]] = {
"#;

const REASON: &str = r#"}


class Reason(Word):
    """Why a caller is refused: one fault, one name."""

"#;

const OF_REASON: &str = r#"
    @property
    def number(self) -> int:
        """The stable number."""
        return _FACTS[self._value_].number

    @property
    def status(self) -> int:
        """The HTTP status of a refusal, unless the policy hides the path."""
        return _FACTS[self._value_].status

    @property
    def outcome(self) -> Outcome:
        """What is decided."""
        return _FACTS[self._value_].outcome

    @property
    def recovery(self) -> Recovery:
        """What the caller should do next."""
        return _FACTS[self._value_].recovery

    @property
    def advice(self) -> str:
        """What the caller should do next, as a sentence."""
        return self.recovery.advice

    @property
    def signal(self) -> Signal:
        """How those who watch should read it."""
        return _FACTS[self._value_].signal

    @property
    def may_resend(self) -> bool:
        """Whether the very same credential may be sent again after the recovery."""
        return _FACTS[self._value_].may_resend

    @property
    def sentence(self) -> str:
        """The reason as a sentence."""
        return _FACTS[self._value_].sentence

    @property
    def operator(self) -> str:
        """What an operator should do."""
        return _FACTS[self._value_].operator


class _Facts(NamedTuple):
    number: int
    status: int
    outcome: Outcome
    recovery: Recovery
    signal: Signal
    may_resend: bool
    sentence: str
    operator: str


_FACTS: Final[dict[str, _Facts]] = {
"#;

pub(super) fn derived(project: &Project) -> Result<Derived, String> {
    let read = |path: &str| -> Result<Value, String> {
        let text =
            fs::read_to_string(project.root().join(path)).map_err(|error| format!("{path}: {error}"))?;
        serde_json::from_str(&text).map_err(|error| format!("{path}: {error}"))
    };
    let (reasons, words) = (read("crates/doorward/reasons.json")?, read("crates/doorward/vocabulary.json")?);
    let text = module(&reasons, &words).ok_or("a member is missing in the table of reasons")?;
    Ok(Derived { path: PATH.to_owned(), content: text.into_bytes() })
}

fn module(reasons: &Value, words: &Value) -> Option<String> {
    let mut text = HEAD.to_owned();
    for (list, name, about) in PLAIN {
        let _ = writeln!(text, "\n\nclass {name}(Word):\n    \"\"\"{about}\"\"\"\n");
        for code in words.get(list)?.as_array()? {
            let code = code.as_str()?;
            let _ = writeln!(text, "    {} = {}", constant(code), literal(code));
        }
    }
    text.push_str(CLUE);
    let clues = words.get("clues")?.as_array()?;
    for clue in clues {
        text.push_str(&member(clue)?);
    }
    text.push_str(OF_CLUE);
    text.push_str(&sentences(clues, "sentence")?);
    text.push_str("}\n");
    text.push_str(RECOVERY);
    let recoveries = words.get("recoveries")?.as_array()?;
    for recovery in recoveries {
        text.push_str(&member(recovery)?);
    }
    text.push_str(OF_RECOVERY);
    text.push_str(&sentences(recoveries, "advice")?);
    text.push_str(REASON);
    let reasons = reasons.as_array()?;
    for reason in reasons {
        text.push_str(&member(reason)?);
    }
    text.push_str(OF_REASON);
    for reason in reasons {
        text.push_str(&facts(reason)?);
    }
    text.push_str("}\n");
    Some(text)
}

fn member(word: &Value) -> Option<String> {
    let code = word.get("code")?.as_str()?;
    Some(format!("    {} = {}\n", constant(code), literal(code)))
}

/// What stands beside each word, in a dict.
fn sentences(words: &[Value], name: &str) -> Option<String> {
    let line = |word: &Value| {
        let (code, sentence) = (word.get("code")?.as_str()?, word.get(name)?.as_str()?);
        Some(format!("    {}: {},\n", literal(code), literal(sentence)))
    };
    words.iter().map(line).collect()
}

fn facts(reason: &Value) -> Option<String> {
    let word = |member: &str| reason.get(member)?.as_str();
    let of = |class: &str, member: &str| Some(format!("{class}.{}", constant(word(member)?)));
    let short = [
        reason.get("number")?.as_u64()?.to_string(),
        reason.get("status")?.as_u64()?.to_string(),
        of("Outcome", "outcome")?,
        of("Recovery", "recovery")?,
        of("Signal", "signal")?,
        if reason.get("may_resend")?.as_bool()? { "True" } else { "False" }.to_owned(),
    ];
    let lines = [short.join(", "), literal(word("sentence")?), literal(word("operator")?)];
    let lines: String = lines.iter().map(|line| format!("        {line},\n")).collect();
    Some(format!("    {}: _Facts(\n{lines}    ),\n", literal(word("code")?)))
}

fn constant(code: &str) -> String {
    code.to_ascii_uppercase()
}

/// A string of Python: the same escapes as JSON, as long as no character lies outside the first plane.
fn literal(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::module;
    use serde_json::json;

    #[test]
    fn a_reason_becomes_a_member() {
        let words = json!({
            "outcomes": ["allow", "bad_request"], "signals": ["noise"], "disclosures": ["none"], "grounds": [],
            "credential_kinds": [], "confidences": ["guess"], "origins": [], "retries": [],
            "clues": [{ "code": "status", "sentence": "c" }], "recoveries": [{ "code": "stop", "advice": "say \"stop\"" }],
        });
        let reasons = json!([{
            "code": "path_ambiguous", "number": 100, "status": 400, "outcome": "bad_request", "recovery": "stop",
            "signal": "noise", "may_resend": true, "sentence": "a", "operator": "b",
        }]);
        let text = module(&reasons, &words).unwrap();
        assert!(text.contains("    BAD_REQUEST = \"bad_request\"\n"));
        assert!(
            text.contains("    STOP = \"stop\"\n") && text.contains("    \"stop\": \"say \\\"stop\\\"\",\n")
        );
        assert!(text.contains("    PATH_AMBIGUOUS = \"path_ambiguous\"\n"));
        assert!(text.contains("    STATUS = \"status\"\n") && text.contains("    \"status\": \"c\",\n"));
        let facts = "    \"path_ambiguous\": _Facts(\n        100, 400, Outcome.BAD_REQUEST, Recovery.STOP, ";
        assert!(text.contains(facts));
        assert!(module(&json!([{}]), &words).is_none());
    }
}
