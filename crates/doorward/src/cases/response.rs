//! One case of the caller's side: what was sent, what came back, and what that must be taken for.

use super::case::time;
use super::expect::{Mismatch, compare};
use crate::diagnosis::{DiagnosisReport, RawResponse, RawSent};
use crate::members::{Members, one_of};
use doorward_core::diagnose::{Clue, Confidence, Origin, Retry};
use doorward_core::outcome::Signal;
use doorward_core::reason::Reason;
use doorward_core::recovery::Recovery;
use doorward_core::time::UnixTime;
use serde_json::{Map, Value};

const MEMBERS: &[&str] = &["id", "at", "sent", "response", "expect"];

const FIELDS: &[&str] = &[
    "diagnosis",
    "cause",
    "confidence",
    "origin",
    "product",
    "clues",
    "misused_status",
    "proper_status",
    "skew",
    "recovery",
    "retry",
    "retry_after",
    "signal",
    "demand",
];

const DEMAND: &[&str] = &[
    "scheme",
    "realm",
    "scope",
    "acr_values",
    "max_age",
    "resource_metadata",
    "claims",
    "nonce",
    "error",
    "error_description",
];

/// What `diagnosis` says where the answer refuses nobody.
const NONE: &str = "none";

/// One row of the table of diagnoses.
#[derive(Clone, Debug)]
pub struct ResponseCase {
    id: String,
    at: UnixTime,
    sent: RawSent,
    response: RawResponse,
    expect: Map<String, Value>,
}

impl ResponseCase {
    pub(super) fn read(value: &Value) -> Result<Self, String> {
        let members = Members::with_notes(value, "the case", MEMBERS)?;
        let expect = Members::strict(members.need("expect")?, "`expect`", FIELDS)?;
        expect.need_text("diagnosis")?;
        for (name, value) in expect.iter() {
            form(name, value)?;
        }
        Ok(Self {
            id: members.need_text("id")?.to_owned(),
            at: time(members.need("at")?)?,
            sent: members.get("sent").map(RawSent::from_json).transpose()?.unwrap_or_default(),
            response: RawResponse::from_json(members.need("response")?)?,
            expect: expect.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        })
    }

    /// The name of the case, unique in its file.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When the answer came, by the caller's clock.
    #[must_use]
    pub const fn at(&self) -> UnixTime {
        self.at
    }

    /// What the caller knows of its request.
    #[must_use]
    pub const fn sent(&self) -> &RawSent {
        &self.sent
    }

    /// The answer.
    #[must_use]
    pub const fn response(&self) -> &RawResponse {
        &self.response
    }

    /// What the answer means.
    #[must_use]
    pub fn diagnose(&self) -> DiagnosisReport {
        self.response.diagnose(&self.sent, self.at)
    }

    /// Every field in which a diagnosis is not what the case expects.
    #[must_use]
    pub fn check(&self, report: &DiagnosisReport) -> Vec<Mismatch> {
        let actual = report.to_json();
        let mut found = Vec::new();
        for (field, expected) in &self.expect {
            let actual = actual.get(field).unwrap_or(&Value::Null);
            match (expected, actual) {
                // Of the demands, only the members that are given are compared.
                (Value::Object(expected), Value::Object(actual)) => {
                    for (member, expected) in expected {
                        let actual = actual.get(member).unwrap_or(&Value::Null);
                        compare(format!("{field}.{member}"), expected, actual, &mut found);
                    }
                }
                (Value::String(none), Value::Null) if field == "diagnosis" && none == NONE => {}
                _ => compare(field.clone(), expected, actual, &mut found),
            }
        }
        found
    }
}

/// That a value can be one of its field at all: an expectation that nothing meets is a fault of the case.
fn form(field: &str, value: &Value) -> Result<(), String> {
    let expected = |what: &str| Err(format!("expected `{field}` of `expect` as {what}"));
    match (field, value) {
        ("diagnosis", Value::String(code)) if code == NONE => Ok(()),
        (
            "diagnosis" | "cause" | "confidence" | "origin" | "recovery" | "retry" | "signal",
            Value::String(code),
        ) => known(field, code),
        ("clues", Value::Array(list)) => list.iter().try_for_each(|clue| match clue {
            Value::String(code) => known(field, code),
            _ => expected("an array of strings"),
        }),
        ("cause" | "product" | "proper_status" | "skew" | "retry_after" | "signal", Value::Null)
        | ("product", Value::String(_))
        | ("misused_status", Value::Bool(_)) => Ok(()),
        ("proper_status" | "retry_after", Value::Number(number)) if number.is_u64() => Ok(()),
        ("skew", Value::Object(_)) => {
            Members::strict(value, "`skew` of `expect`", &["seconds", "within"]).map(|_| ())
        }
        ("demand", Value::Object(_)) => Members::strict(value, "`demand` of `expect`", DEMAND).map(|_| ()),
        ("clues", _) => expected("an array of strings"),
        ("misused_status", _) => expected("`true` or `false`"),
        ("proper_status" | "retry_after", _) => expected("a number or `null`"),
        ("skew" | "demand", _) => expected("an object"),
        _ => expected("a string"),
    }
}

fn known(field: &str, code: &str) -> Result<(), String> {
    match field {
        "confidence" => one_of(field, code, Confidence::ALL.into_iter().map(Confidence::code)),
        "origin" => one_of(field, code, Origin::ALL.into_iter().map(Origin::code)),
        "retry" => one_of(field, code, Retry::ALL.into_iter().map(Retry::code)),
        "recovery" => one_of(field, code, Recovery::ALL.iter().map(|recovery| recovery.code())),
        "signal" => one_of(field, code, Signal::ALL.into_iter().map(Signal::code)),
        "clues" => one_of("clue", code, Clue::ALL.iter().map(|clue| clue.code())),
        _ => one_of("reason", code, Reason::ALL.iter().map(|reason| reason.code())),
    }
}
