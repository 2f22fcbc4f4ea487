//! The caller's side: what an answer means, as facts that can be kept, written as JSON and read from it.

mod raw;
mod report;

pub use raw::{RawResponse, RawSent};
pub use report::{DemandReport, DiagnosisReport};

use doorward_core::diagnose::diagnose;
use doorward_core::time::UnixTime;
use serde_json::Value;

/// What an answer means, with both sides as JSON: `sent` has the members of [`RawSent`], `response` those of [`RawResponse`].
///
/// # Errors
///
/// What is wrong with either: lower case, no full stop.
pub fn diagnose_json(sent: &Value, response: &Value, now: UnixTime) -> Result<Value, String> {
    Ok(RawResponse::from_json(response)?.diagnose(&RawSent::from_json(sent)?, now).to_json())
}

impl RawResponse {
    /// What this answer means to whoever sent `sent`. `now` is the caller's clock when the answer came.
    #[must_use]
    pub fn diagnose(&self, sent: &RawSent, now: UnixTime) -> DiagnosisReport {
        sent.lend(|sent| self.lend(|response| DiagnosisReport::new(&diagnose(sent, response, now))))
    }
}

#[cfg(test)]
mod tests;
