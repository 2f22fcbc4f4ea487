//! What of the table cannot be carried over HTTP, and where a server answers by itself: written rules, each with its reason.

use super::predicates::{PREDICATES, Predicate, Request};
use super::wire::CANNOT_CARRY;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// One rule of the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    host: String,
    /// The name of a predicate, or
    rule: Option<String>,
    /// of a case.
    case: Option<String>,
    expected: String,
    actual: String,
    reason: String,
}

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    cannot_carry: BTreeMap<String, String>,
    differs: Vec<Written>,
}

/// What a rule says where the server changes the request before anybody can judge it.
const AS_HANDED_OVER: &str = "the decision on what is handed over";

/// What was seen of a case.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    /// In what the answer is not the one that is due.
    pub(super) differences: Vec<String>,
    /// Whether it is the one that is due to the request as the server hands it over.
    pub(super) as_handed_over: bool,
    /// The answer in a few words.
    pub(super) described: String,
}

/// How a case ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Score {
    Same,
    /// The answer is the server's own, as it is written.
    Excepted(String),
    Fault(String),
}

/// The rules of one host, and how often each was used.
#[derive(Debug)]
pub(super) struct Rules {
    differs: Vec<(Written, Option<Predicate>, usize)>,
}

impl Rules {
    /// Reads the rules of a host.
    pub(super) fn load(path: &Path, host: &str) -> Result<Self, String> {
        let fault = |why: String| format!("{}: {why}", path.display());
        let text = std::fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
        let document: Document = serde_json::from_str(&text).map_err(|error| fault(error.to_string()))?;
        let written: Vec<&str> = document.cannot_carry.keys().map(String::as_str).collect();
        let mut known = [CANNOT_CARRY, HOST_CANNOT_CARRY].concat();
        known.sort_unstable();
        if written != known {
            return Err(fault(format!("expected `cannot_carry` for {known:?}, found {written:?}")));
        }
        let mut differs = Vec::new();
        for rule in document.differs.into_iter().filter(|rule| rule.host == host) {
            if rule.expected.is_empty() || rule.actual.is_empty() || rule.reason.is_empty() {
                return Err(fault(format!("a rule for {host} without `expected`, `actual` or `reason`")));
            }
            let predicate = match (&rule.rule, &rule.case) {
                (Some(name), None) => {
                    let known = PREDICATES.iter().find(|(known, _)| known == name);
                    Some(known.ok_or_else(|| fault(format!("no rule is called `{name}`")))?.1)
                }
                (None, Some(_)) => None,
                _ => return Err(fault(format!("expected one of `rule` and `case` for {host}"))),
            };
            differs.push((rule, predicate, 0));
        }
        Ok(Self { differs })
    }

    /// Scores a case: in what its answer differs, and what the server did instead.
    pub(super) fn score(&mut self, case: &str, request: &Request<'_>, outcome: &Outcome) -> Score {
        let applies = |rule: &Written, predicate: &Option<Predicate>| match predicate {
            Some(predicate) => predicate(request),
            None => rule.case.as_deref() == Some(case),
        };
        let Outcome { differences, as_handed_over, described } = outcome;
        let told = differences.join("; ");
        match self.differs.iter_mut().find(|(rule, predicate, _)| applies(rule, predicate)) {
            None if differences.is_empty() => Score::Same,
            None => Score::Fault(format!("{case}: {told}")),
            Some((rule, ..)) if differences.is_empty() => {
                Score::Fault(format!("{case}: unexpected success: the rule says {}", rule.actual))
            }
            Some((rule, _, used))
                if rule.actual == *described || rule.actual == AS_HANDED_OVER && *as_handed_over =>
            {
                *used += 1;
                Score::Excepted(rule.rule.clone().unwrap_or_else(|| "case".to_owned()))
            }
            Some((rule, ..)) => {
                Score::Fault(format!("{case}: the rule says {}, found {described}: {told}", rule.actual))
            }
        }
    }

    /// Rules that no case has used: they are stale.
    pub(super) fn unused(&self) -> Vec<String> {
        let unused = self.differs.iter().filter(|(.., used)| *used == 0);
        unused
            .map(|(rule, ..)| {
                let name = rule.rule.as_deref().or(rule.case.as_deref()).unwrap_or_default();
                format!("{name}: a rule that no case has used")
            })
            .collect()
    }
}

/// What a single host cannot carry, beside what no message can.
pub(super) const HOST_CANNOT_CARRY: &[&str] = &["content"];
