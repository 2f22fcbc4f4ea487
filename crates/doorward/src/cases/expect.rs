//! What a case expects of the answer, and how it compares.

use crate::members::{Members, one_of};
use crate::report::Report;
use doorward_core::outcome::{Outcome, Signal};
use doorward_core::reason::Reason;
use doorward_core::recovery::Recovery;
use serde_json::{Map, Value};

const FIELDS: &[&str] = &[
    "outcome",
    "status",
    "reason",
    "recovery",
    "challenges",
    "headers",
    "principal",
    "may_resend",
    "signal",
    "context",
    "concealed",
    "grounds",
    "path",
    "route",
];

const PRINCIPAL: &[&str] = &["issuer", "issuer_name", "subject", "kind", "expires", "actor"];
const CONTEXT: &[&str] =
    &["claim", "value", "now", "leeway", "limit", "missed_by", "scope", "role", "cause", "at"];

/// A field in which an answer is not what was expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch {
    /// The field, as a dotted path: `principal.subject`.
    pub field: String,
    /// What was expected.
    pub expected: Value,
    /// What was found.
    pub actual: Value,
}

/// The fields that a case gives; only these are compared.
#[derive(Clone, Debug)]
pub(super) struct Expectation(Map<String, Value>);

impl Expectation {
    pub(super) fn read(value: &Value) -> Result<Self, String> {
        let members = Members::strict(value, "`expect`", FIELDS)?;
        members.need_text("outcome")?;
        for (name, value) in members.iter() {
            form(name, value)?;
        }
        Ok(Self(members.iter().map(|(name, value)| (name.clone(), value.clone())).collect()))
    }

    /// Every field that differs.
    pub(super) fn check(&self, report: &Report) -> Vec<Mismatch> {
        let actual = report.to_json();
        let mut found = Vec::new();
        for (field, expected) in &self.0 {
            let actual = actual.get(field).unwrap_or(&Value::Null);
            match (expected, actual) {
                // Of these two, only the members that are given are compared.
                (Value::Object(expected), Value::Object(actual)) => {
                    for (member, expected) in expected {
                        let actual = actual.get(member).unwrap_or(&Value::Null);
                        compare(format!("{field}.{member}"), expected, actual, &mut found);
                    }
                }
                _ => compare(field.clone(), expected, actual, &mut found),
            }
        }
        found
    }
}

pub(super) fn compare(field: String, expected: &Value, actual: &Value, found: &mut Vec<Mismatch>) {
    let same_number = || Some(expected.as_f64()? == actual.as_f64()?);
    if expected != actual && same_number() != Some(true) {
        found.push(Mismatch { field, expected: expected.clone(), actual: actual.clone() });
    }
}

/// That a value can be one of its field at all: an expectation that nothing meets is a fault of the case.
fn form(field: &str, value: &Value) -> Result<(), String> {
    let expected = |what: &str| Err(format!("expected `{field}` of `expect` as {what}"));
    match (field, value) {
        ("reason" | "recovery" | "signal" | "concealed" | "grounds" | "outcome", Value::String(code)) => {
            known(field, code)
        }
        ("outcome" | "recovery", _) => expected("a string"),
        ("reason" | "signal" | "concealed" | "grounds" | "principal" | "context" | "route", Value::Null)
        | ("may_resend", Value::Bool(_))
        | ("path", Value::String(_)) => Ok(()),
        ("status" | "route", Value::Number(number)) if number.is_u64() => Ok(()),
        ("challenges", Value::Array(list)) if list.iter().all(Value::is_string) => Ok(()),
        ("headers", Value::Array(list)) if list.iter().all(is_pair) => Ok(()),
        ("principal", Value::Object(_)) => {
            Members::strict(value, "`principal` of `expect`", PRINCIPAL).map(|_| ())
        }
        ("context", Value::Object(_)) => Members::strict(value, "`context` of `expect`", CONTEXT).map(|_| ()),
        ("reason" | "signal" | "concealed" | "grounds", _) => expected("a string or `null`"),
        ("principal" | "context", _) => expected("an object or `null`"),
        ("status" | "route", _) => expected("a number"),
        ("challenges", _) => expected("an array of strings"),
        ("headers", _) => expected("an array of pairs of strings"),
        ("may_resend", _) => expected("`true` or `false`"),
        _ => expected("a string"),
    }
}

fn known(field: &str, code: &str) -> Result<(), String> {
    match field {
        "outcome" => one_of("outcome", code, Outcome::ALL.into_iter().map(Outcome::code)),
        "recovery" => one_of("recovery", code, Recovery::ALL.iter().map(|recovery| recovery.code())),
        "signal" => one_of(
            "signal",
            code,
            [Signal::Noise, Signal::Fault, Signal::Attack].into_iter().map(Signal::code),
        ),
        "grounds" => one_of("grounds", code, ["anyone", "preflight", "credential"].into_iter()),
        _ => one_of("reason", code, Reason::ALL.iter().map(|reason| reason.code())),
    }
}

pub(super) fn is_pair(value: &Value) -> bool {
    value.as_array().is_some_and(|pair| pair.len() == 2 && pair.iter().all(Value::is_string))
}
