//! Challenges in one line of text, as the reader found them and as published suites have them.

use doorward_core::challenge::{ChallengeData, ChallengeFault, Challenges, Fault, ReadChallenge, read};
use doorward_core::wire::quoted::QuotedText;
use serde_json::Value;
use std::collections::BTreeMap;

/// The bytes of a text whose characters stand for one byte each.
#[must_use]
pub fn bytes(text: &str) -> Vec<u8> {
    text.chars().filter_map(|char| u8::try_from(u32::from(char)).ok()).collect()
}

/// The text that has one character for each byte.
fn text(bytes: impl IntoIterator<Item = u8>) -> String {
    bytes.into_iter().map(char::from).collect()
}

/// What is meant by a value, one character for each byte.
#[must_use]
pub fn meant(value: QuotedText<'_>) -> String {
    text(value.bytes())
}

/// What the strict reader makes of these lines: `scheme(name=value …)` for each challenge, or `error` if any is malformed.
#[must_use]
pub fn reading(lines: &[Vec<u8>]) -> String {
    let found: Result<Vec<_>, _> = lines.iter().flat_map(|line| read(line).strictly()).collect();
    found.map_or_else(|_| "error".to_owned(), |all| all.iter().map(shown).collect::<Vec<_>>().join(" "))
}

/// Each challenge of a line as `scheme(name=value …)`, or what is wrong with it.
#[must_use]
pub fn each(line: &[u8]) -> Vec<Result<String, ChallengeFault>> {
    read(line).map(|found| found.map(|challenge| shown(&challenge))).collect()
}

/// The realm of the first Basic challenge that is sound; empty where there is none.
#[must_use]
pub fn basic_realm(lines: &[Vec<u8>]) -> String {
    let basic = lines
        .iter()
        .flat_map(|line| read(line).strictly())
        .flatten()
        .find(|challenge| challenge.is_scheme("Basic"));
    basic.and_then(|challenge| challenge.parameter("realm")).map(meant).unwrap_or_default()
}

fn shown(challenge: &ReadChallenge<'_>) -> String {
    let scheme = text(challenge.scheme.to_ascii_lowercase());
    match challenge.data {
        ChallengeData::None => joined(&scheme, BTreeMap::new()),
        ChallengeData::Token68(data) => format!("{scheme}(token68:{})", text(data.iter().copied())),
        ChallengeData::Parameters(parameters) => {
            let one = |(name, value): (&[u8], _)| (text(name.to_ascii_lowercase()), meant(value));
            joined(&scheme, parameters.iter().map(one).collect())
        }
    }
}

fn joined(scheme: &str, parameters: BTreeMap<String, String>) -> String {
    let all: Vec<_> = parameters.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{scheme}({})", all.join(" "))
}

/// One challenge of a suite: its parameters as an object or as pairs, or `token68:…`.
#[must_use]
pub fn published(scheme: &Value, data: &Value) -> String {
    let scheme = scheme.as_str().unwrap_or_default().to_ascii_lowercase();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match data {
        Value::String(text) if text == "invalid" => "error".to_owned(),
        Value::String(text) => format!("{scheme}({text})"),
        Value::Array(pairs) => {
            let pair = |pair: &Value| {
                (pair.get(0).map(word).unwrap_or_default(), pair.get(1).map(word).unwrap_or_default())
            };
            joined(&scheme, pairs.iter().map(pair).collect())
        }
        other => {
            let members = other.as_object().into_iter().flatten();
            joined(&scheme, members.map(|(name, value)| (name.clone(), word(value))).collect())
        }
    }
}

/// What is sound in a line, what is read nonetheless, and what is not.
#[must_use]
pub fn sorted(challenges: Challenges<'_>) -> Sorted {
    let mut sorted = Sorted::default();
    for found in challenges {
        match found {
            Ok(challenge) => match challenge.fault() {
                None => sorted.sound.push(shown(&challenge)),
                Some(fault) => sorted.loose.push(fault),
            },
            Err(fault) => sorted.faults.push(fault),
        }
    }
    sorted
}

/// The challenges of a line by their worth.
#[derive(Default)]
pub struct Sorted {
    /// Those that follow the grammar.
    pub sound: Vec<String>,
    /// What is wrong with those that were read nonetheless.
    pub loose: Vec<ChallengeFault>,
    /// What is wrong with the others.
    pub faults: Vec<ChallengeFault>,
}

impl Sorted {
    /// Whether a limit of the line was reached, behind which nothing is read.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        let limits = [Fault::TooManyChallenges, Fault::TooManyEmpty, Fault::TooLong];
        self.faults.iter().any(|fault| limits.contains(&fault.kind))
    }
}

/// How many challenges a walk has left, and how many faults.
#[must_use]
pub fn count(challenges: Challenges<'_>) -> (usize, usize) {
    challenges.fold((0, 0), |(sound, faults), found| match found {
        Ok(_) => (sound + 1, faults),
        Err(_) => (sound, faults + 1),
    })
}
