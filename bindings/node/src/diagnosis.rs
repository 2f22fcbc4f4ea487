//! Diagnosing: the parts of an answer in, the diagnosis as JSON text out.

use crate::errors::invalid;
use crate::upkeep::at;
use doorward::{RawResponse, RawSent};
use napi_derive::napi;
use serde_json::Value;

/// The answer whose header lines stand in `lines`: names and values in turn, each on a line of its own.
pub(crate) fn response(status: u32, lines: &[u8], body: &[u8]) -> napi::Result<RawResponse> {
    let status = u16::try_from(status).map_err(|_| invalid("expected a status"))?;
    let mut headers = Vec::new();
    let mut parts = lines.split(|byte| *byte == b'\n');
    while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
        headers.push((name.to_vec(), value.to_vec()));
    }
    Ok(RawResponse::new(status, headers, body))
}

/// What is known of a request, from JSON text.
pub(crate) fn sent(json: &str) -> napi::Result<RawSent> {
    let value: Value = serde_json::from_str(json).map_err(|_| invalid("expected `sent` as JSON"))?;
    RawSent::from_json(&value).map_err(|fault| invalid(&fault))
}

/// What an answer means, as JSON text.
///
/// # Errors
///
/// What is known of the request is misspelt; no status; no time.
#[napi(catch_unwind)]
pub fn diagnose(
    sent: String,
    status: u32,
    lines: &[u8],
    body: &[u8],
    now: Option<Vec<u32>>,
) -> napi::Result<String> {
    let report = response(status, lines, body)?.diagnose(&self::sent(&sent)?, at(now)?);
    Ok(report.to_json().to_string())
}
