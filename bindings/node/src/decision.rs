//! What a decision says beyond its number, read from its record when somebody asks.

use crate::errors::invalid;
use doorward::snapshot::Snapshot;
use napi_derive::napi;
use serde_json::{Value, json};

/// The decision whose record stands in `memory` from `offset` on.
fn snapshot(memory: &[u8], offset: u32, len: u32) -> napi::Result<Snapshot<&[u8]>> {
    let range = usize::try_from(offset).ok().zip(usize::try_from(len).ok());
    let bytes = range.and_then(|(offset, len)| memory.get(offset..)?.get(..len));
    bytes.and_then(Snapshot::from_bytes).ok_or_else(|| invalid("expected the record of a decision"))
}

/// Everything about a decision that is not in its number, and not the caller's, as JSON text.
///
/// # Errors
///
/// No record stands there.
#[napi(catch_unwind)]
pub fn details(memory: &[u8], offset: u32, len: u32) -> napi::Result<String> {
    let snapshot = snapshot(memory, offset, len)?;
    let mut report = snapshot.report().to_json();
    let mut take = |name: &str| report.get_mut(name).map(Value::take).unwrap_or_default();
    Ok(json!({
        "recovery": take("recovery"),
        "may_resend": take("may_resend"),
        "retry_after": take("retry_after"),
        "context": take("context"),
        "route": take("route"),
        "path": take("path"),
        "grounds": take("grounds"),
        "concealed": take("concealed"),
    })
    .to_string())
}

/// The header fields of the answer: names and values in turn, each on a line of its own, which no field can have
/// inside.
///
/// # Errors
///
/// No record stands there.
#[napi(catch_unwind)]
pub fn headers(memory: &[u8], offset: u32, len: u32) -> napi::Result<String> {
    let snapshot = snapshot(memory, offset, len)?;
    let mut text = String::with_capacity(256);
    for part in snapshot.headers().flat_map(|(name, value)| [name, value]) {
        text.push_str(part);
        text.push('\n');
    }
    Ok(text)
}

/// The caller as JSON text, without the claims; nothing where it is not known.
///
/// # Errors
///
/// No record stands there.
#[napi(catch_unwind)]
pub fn principal(memory: &[u8], offset: u32, len: u32) -> napi::Result<Option<String>> {
    let snapshot = snapshot(memory, offset, len)?;
    Ok(snapshot.principal().and_then(|principal| {
        let mut json = b"{\"issuer\":".to_vec();
        serde_json::to_writer(&mut json, principal.issuer).ok()?;
        json.extend_from_slice(b",\"issuer_name\":");
        serde_json::to_writer(&mut json, principal.issuer_name).ok()?;
        json.extend_from_slice(b",\"subject\":");
        serde_json::to_writer(&mut json, principal.subject).ok()?;
        json.extend_from_slice(b",\"kind\":");
        serde_json::to_writer(&mut json, principal.kind.code()).ok()?;
        // A time is written as the decimal number that it is.
        let expires = principal.expires.map_or_else(|| "null".to_owned(), |time| time.to_string());
        json.extend_from_slice(format!(",\"expires\":{expires},\"actor\":").as_bytes());
        json.extend_from_slice(principal.actor.unwrap_or("null").as_bytes());
        json.push(b'}');
        String::from_utf8(json).ok()
    }))
}

/// The caller's claims, as the JSON text that was signed; nothing where the caller is not known.
///
/// # Errors
///
/// No record stands there.
#[napi(catch_unwind)]
pub fn claims(memory: &[u8], offset: u32, len: u32) -> napi::Result<Option<String>> {
    Ok(snapshot(memory, offset, len)?.principal().map(|principal| principal.claims.to_owned()))
}
