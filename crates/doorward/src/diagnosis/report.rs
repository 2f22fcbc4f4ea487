//! A diagnosis as facts that outlive the answer: what `to_json` writes is the same in every language.

use doorward_core::diagnose::{Clues, Confidence, Demanded, Diagnosis, Origin, Retry, Skew};
use doorward_core::outcome::Signal;
use doorward_core::reason::Reason;
use doorward_core::recovery::Recovery;
use doorward_core::wire::quoted::QuotedText;
use serde_json::{Value, json};

/// What an answer means, on its own.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct DiagnosisReport {
    /// The status of the answer.
    pub status: u16,
    /// Why the caller was refused; `None` if the answer refuses nobody.
    pub reason: Option<Reason>,
    /// The reason behind it.
    pub cause: Option<Reason>,
    /// How sure that is.
    pub confidence: Confidence,
    /// Who made the answer.
    pub origin: Origin,
    /// The product that answers like this.
    pub product: Option<&'static str>,
    /// What all this was concluded from.
    pub clues: Clues,
    /// Whether the status says one thing and the rest of the answer another.
    pub misused_status: bool,
    /// What the status should have been, where it is misused.
    pub proper_status: Option<u16>,
    /// By how much the clocks differ, where the answer tells.
    pub skew: Option<Skew>,
    /// What to do next.
    pub recovery: Recovery,
    /// Whether the request may be sent again.
    pub retry: Retry,
    /// How many seconds to wait at least.
    pub retry_after: Option<u64>,
    /// How loud it should be.
    pub signal: Option<Signal>,
    /// What the answer demands.
    pub demand: DemandReport,
}

/// What an answer demands of the next request, as text. All of it was written by the other side.
#[derive(Clone, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct DemandReport {
    /// The scheme of the challenge.
    pub scheme: Option<String>,
    /// The protection space.
    pub realm: Option<String>,
    /// The scopes that are wanted, separated by spaces.
    pub scope: Option<String>,
    /// The authentication context classes of which one is wanted, separated by spaces.
    pub acr_values: Option<String>,
    /// How many seconds ago the user may have authenticated.
    pub max_age: Option<String>,
    /// Where the protected resource describes itself.
    pub resource_metadata: Option<String>,
    /// The claims that a new token must answer, as they stand in the challenge.
    pub claims: Option<String>,
    /// The nonce that the next proof must hold.
    pub nonce: Option<String>,
    /// The error code.
    pub error: Option<String>,
    /// The text beside the error code. For people only.
    pub error_description: Option<String>,
}

impl DiagnosisReport {
    /// The facts of a diagnosis.
    #[must_use]
    pub fn new(diagnosis: &Diagnosis<'_>) -> Self {
        Self {
            status: diagnosis.status,
            reason: diagnosis.reason,
            cause: diagnosis.cause,
            confidence: diagnosis.confidence,
            origin: diagnosis.origin,
            product: diagnosis.product,
            clues: diagnosis.clues,
            misused_status: diagnosis.misused_status,
            proper_status: diagnosis.proper_status,
            skew: diagnosis.skew,
            recovery: diagnosis.recovery,
            retry: diagnosis.retry,
            retry_after: diagnosis.retry_after.map(|wait| wait.0),
            signal: diagnosis.signal(),
            demand: DemandReport::new(&diagnosis.demand),
        }
    }

    /// Whether the answer refuses the caller.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        self.reason.is_some()
    }

    /// One sentence for people: what the answer means, and what to do.
    #[must_use]
    pub fn summary(&self) -> String {
        let Some(reason) = self.reason else {
            return format!("the answer {} refuses nobody", self.status);
        };
        let sure = match self.confidence {
            Confidence::Certain => "",
            Confidence::Likely => "most likely ",
            Confidence::Guess => "perhaps ",
        };
        let mut text = format!("{} ({}): {sure}{}", reason.code(), self.status, reason.sentence());
        if let Some(cause) = self.cause {
            text.push_str(&format!("; behind it: {}", cause.sentence()));
        }
        if let Some(proper) = self.proper_status {
            text.push_str(&format!("; the status should have been {proper}"));
        }
        if let Some(skew) = self.skew.filter(|skew| skew.is_significant()) {
            let side = if skew.seconds < 0 { "behind" } else { "ahead" };
            let (seconds, within) = (skew.seconds.unsigned_abs(), skew.within);
            text.push_str(&format!("; the other clock is {seconds} s {side}, give or take {within} s"));
        }
        text.push_str(&format!("; next: {}", self.recovery.advice()));
        text
    }

    /// All facts as a JSON object: every field is always there, in this order, `null` where it has no value.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let clues: Vec<&str> = self.clues.iter().map(|clue| clue.code()).collect();
        json!({
            "status": self.status,
            "diagnosis": self.reason.map(Reason::code),
            "cause": self.cause.map(Reason::code),
            "confidence": self.confidence.code(),
            "origin": self.origin.code(),
            "product": self.product,
            "clues": clues,
            "misused_status": self.misused_status,
            "proper_status": self.proper_status,
            "skew": self.skew.map(|skew| json!({"seconds": skew.seconds, "within": skew.within})),
            "recovery": self.recovery.code(),
            "retry": self.retry.code(),
            "retry_after": self.retry_after,
            "signal": self.signal.map(Signal::code),
            "demand": self.demand.to_json(),
            "summary": self.summary(),
        })
    }
}

impl DemandReport {
    fn new(demand: &Demanded<'_>) -> Self {
        Self {
            scheme: text(demand.scheme),
            realm: text(demand.realm),
            scope: text(demand.scope),
            acr_values: text(demand.acr_values),
            max_age: text(demand.max_age),
            resource_metadata: text(demand.resource_metadata),
            claims: text(demand.claims),
            nonce: text(demand.nonce),
            error: text(demand.error),
            error_description: text(demand.error_description),
        }
    }

    /// The demands as a JSON object, `null` for each that is not there.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "scheme": self.scheme,
            "realm": self.realm,
            "scope": self.scope,
            "acr_values": self.acr_values,
            "max_age": self.max_age,
            "resource_metadata": self.resource_metadata,
            "claims": self.claims,
            "nonce": self.nonce,
            "error": self.error,
            "error_description": self.error_description,
        })
    }
}

impl core::fmt::Debug for DemandReport {
    /// Shows which demands there are: a server may quote what was sent to it.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let facts = self.to_json();
        let there = facts.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
        f.debug_set().entries(there.map(|(name, _)| name)).finish()
    }
}

/// What is meant, with a mark in place of whatever is no UTF-8.
fn text(quoted: Option<QuotedText<'_>>) -> Option<String> {
    quoted.map(|quoted| String::from_utf8_lossy(&quoted.bytes().collect::<Vec<u8>>()).into_owned())
}
