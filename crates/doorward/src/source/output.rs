//! What commands print and files hold: bounded text, and the forms of it that are more than a token.

use super::wiped::Wiped;
use crate::caller::{Credential, Expiry, SourceFault};
use crate::time::parse_time;
use doorward_core::limits;
use doorward_core::time::{Seconds, UnixTime};
use serde_json::Value;
use std::io::Read;
use zeroize::Zeroizing;

/// Why a text could not be read.
pub(super) enum Unreadable {
    TooLarge,
    NotText,
    Broken,
}

/// One byte more than allowed, which shows that there is more.
pub(super) fn bound() -> u64 {
    u64::try_from(limits::SOURCE_BYTES).unwrap_or(u64::MAX).saturating_add(1)
}

/// All that is read, if it is bounded text.
pub(super) fn read(mut from: impl Read) -> Result<Zeroizing<String>, Unreadable> {
    // All at once: growing would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(limits::SOURCE_BYTES.saturating_add(1)));
    from.read_to_end(&mut bytes).map_err(|_| Unreadable::Broken)?;
    if bytes.len() > limits::SOURCE_BYTES {
        return Err(Unreadable::TooLarge);
    }
    let text = core::str::from_utf8(&bytes).map_err(|_| Unreadable::NotText)?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// The credential that a command printed: a token, an `ExecCredential` of Kubernetes, or a token answer of an issuer.
pub(super) fn credential(scheme: &str, text: &str, now: UnixTime) -> Result<Credential, SourceFault> {
    let text = text.trim_ascii();
    if !text.starts_with('{') {
        return Credential::with_scheme(scheme, text);
    }
    let hard = SourceFault::hard;
    let json = Wiped::read(text).ok_or_else(|| hard("expected a token or JSON, found neither"))?;
    let json = &json.0;
    if json.get("kind").and_then(Value::as_str) == Some("ExecCredential") {
        return exec_credential(scheme, json);
    }
    let token = json.get("access_token").and_then(Value::as_str);
    let token =
        token.ok_or_else(|| hard("expected an `ExecCredential` or an `access_token`, found neither"))?;
    let credential = Credential::with_scheme(scheme, token)?;
    Ok(match json.get("expires_in").and_then(lifetime) {
        Some(span) => credential.with_expires_in(span, now),
        None => credential,
    })
}

/// `client.authentication.k8s.io`: a token and, perhaps, until when it is good.
fn exec_credential(scheme: &str, json: &Value) -> Result<Credential, SourceFault> {
    let version = json.get("apiVersion").and_then(Value::as_str).unwrap_or_default();
    if !version.starts_with("client.authentication.k8s.io/") {
        return Err(SourceFault::hard("expected an `ExecCredential` of client.authentication.k8s.io"));
    }
    let status = json.get("status").unwrap_or(&Value::Null);
    let token = status.get("token").and_then(Value::as_str);
    let token = token.ok_or_else(|| SourceFault::hard("expected an `ExecCredential` with a token"))?;
    let credential = Credential::with_scheme(scheme, token)?;
    match status.get("expirationTimestamp").filter(|point| !point.is_null()) {
        None => Ok(credential),
        Some(point) => {
            let end = point.as_str().and_then(parse_time);
            let wrong = || SourceFault::hard("expected `expirationTimestamp` as a time of RFC 3339");
            let end = end.ok_or_else(wrong)?;
            Ok(credential.with_expiry(Some(Expiry::Server(end))))
        }
    }
}

/// `expires_in`: seconds, which some servers write as text; nothing if it is neither.
pub(super) fn lifetime(value: &Value) -> Option<Seconds> {
    let whole = |text: &str| text.trim_ascii().parse::<u64>().ok();
    match value {
        // A fraction is cut off, and what is below zero says as little as zero does.
        Value::Number(number) => match number.as_f64() {
            Some(below) if below < 0.0 => Some(Seconds(0)),
            _ => number.to_string().split('.').next().and_then(whole).map(Seconds),
        },
        Value::String(text) => whole(text).map(Seconds),
        _ => None,
    }
}
