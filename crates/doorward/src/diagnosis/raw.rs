//! What was sent and what came back, with bytes of their own, and their one form in JSON.

use crate::members::Members;
use crate::time::parse_time;
use doorward_core::diagnose::{Response, Sent};
use doorward_core::request::Field;
use doorward_core::time::UnixTime;
use serde_json::Value;

const SENT: &[&str] = &[
    "scheme",
    "attempt",
    "at",
    "issued_at",
    "expires_at",
    "refused_before",
    "url",
    "final_url",
    "proof",
    "interactive",
];

const RESPONSE: &[&str] = &["status", "headers", "body"];

/// What the caller knows of its request: see [`Sent`], which has the same fields.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct RawSent {
    /// The authentication scheme of the credential; `None` if no credential was sent.
    pub scheme: Option<Vec<u8>>,
    /// Which attempt this was: 1 for the first (0 reads as 1).
    pub attempt: u32,
    /// When the request was sent, by the caller's clock.
    pub at: Option<UnixTime>,
    /// When the caller got the credential, by its own clock.
    pub issued_at: Option<UnixTime>,
    /// When the credential expires, as far as the caller knows.
    pub expires_at: Option<UnixTime>,
    /// Whether this very credential was refused here before.
    pub refused_before: bool,
    /// Where the request was sent; empty if unknown.
    pub url: Vec<u8>,
    /// Where the answer came from, if redirects were followed; else empty.
    pub final_url: Vec<u8>,
    /// Whether a proof of possession went with the credential.
    pub proof: bool,
    /// Whether a person is there who can sign in again.
    pub interactive: bool,
}

/// An answer with bytes of its own.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct RawResponse {
    /// The status.
    pub status: u16,
    /// Names and values of the field lines, in order, repeats kept.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The beginning of the content.
    pub body: Vec<u8>,
}

impl RawSent {
    /// Reads a JSON object with the fields' names as members, all of them optional; times are Unix seconds or text of RFC 3339.
    ///
    /// ```
    /// use doorward::RawSent;
    ///
    /// let sent = serde_json::json!({ "scheme": "Bearer", "at": 1795386231, "refused_before": true });
    /// assert!(RawSent::from_json(&sent)?.refused_before);
    /// let error = RawSent::from_json(&serde_json::json!({ "shceme": "Bearer" })).unwrap_err();
    /// assert_eq!(error, "unknown member `shceme` of `sent`: did you mean `scheme`?");
    /// # Ok::<(), String>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first member that is unknown or of the wrong kind.
    pub fn from_json(value: &Value) -> Result<Self, String> {
        let members = Members::strict(value, "`sent`", SENT)?;
        let time = |name: &str| match members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => time(name, value).map(Some),
        };
        let flag = |name: &str| match members.get(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(format!("expected `{name}` of `sent` as `true` or `false`")),
        };
        let text = |name: &str| -> Result<Vec<u8>, String> {
            Ok(members.optional_text(name)?.unwrap_or_default().as_bytes().to_vec())
        };
        let attempt = match members.get("attempt") {
            None => 0,
            Some(value) => value
                .as_u64()
                .and_then(|attempt| u32::try_from(attempt).ok())
                .ok_or("expected `attempt` of `sent` as a whole number")?,
        };
        Ok(Self {
            scheme: members.optional_text("scheme")?.map(|scheme| scheme.as_bytes().to_vec()),
            attempt,
            at: time("at")?,
            issued_at: time("issued_at")?,
            expires_at: time("expires_at")?,
            refused_before: flag("refused_before")?,
            url: text("url")?,
            final_url: text("final_url")?,
            proof: flag("proof")?,
            interactive: flag("interactive")?,
        })
    }

    /// Lends it to `with`.
    pub fn lend<R>(&self, with: impl FnOnce(&Sent<'_>) -> R) -> R {
        with(&Sent {
            scheme: self.scheme.as_deref(),
            attempt: self.attempt,
            at: self.at,
            issued_at: self.issued_at,
            expires_at: self.expires_at,
            clock_offset: 0,
            refused_before: self.refused_before,
            url: &self.url,
            final_url: &self.final_url,
            proof: self.proof,
            interactive: self.interactive,
        })
    }
}

impl core::fmt::Debug for RawSent {
    /// Leaves out the addresses: their queries may hold credentials.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.lend(|sent| sent.fmt(f))
    }
}

impl RawResponse {
    /// An answer with this status, these field lines and this beginning of its content.
    #[must_use]
    pub fn new(status: u16, headers: Vec<(Vec<u8>, Vec<u8>)>, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers, body: body.into() }
    }

    /// Reads a JSON object with `status`, `headers` (pairs of strings, in order) and `body` (text).
    ///
    /// # Errors
    ///
    /// The first member that is unknown, missing or of the wrong kind.
    pub fn from_json(value: &Value) -> Result<Self, String> {
        let members = Members::strict(value, "`response`", RESPONSE)?;
        let status = members.need("status")?.as_u64().and_then(|status| u16::try_from(status).ok());
        let status = status
            .filter(|status| (100..=999).contains(status))
            .ok_or("expected `status` of `response` as a number of three digits")?;
        let mut headers = Vec::new();
        for pair in members.list("headers")? {
            match pair.as_array().map(Vec::as_slice) {
                Some([Value::String(name), Value::String(value)]) => {
                    headers.push((name.as_bytes().to_vec(), value.as_bytes().to_vec()));
                }
                _ => {
                    return Err("expected `headers` of `response` as an array of pairs of strings".to_owned());
                }
            }
        }
        let body = members.optional_text("body")?.unwrap_or_default();
        Ok(Self::new(status, headers, body))
    }

    /// Lends it to `with`. All memory is there before `with` begins.
    pub fn lend<R>(&self, with: impl FnOnce(&Response<'_>) -> R) -> R {
        let fields: Vec<Field<'_>> =
            self.headers.iter().map(|(name, value)| Field::new(name, value)).collect();
        with(&Response { status: self.status, fields: &fields, body: &self.body })
    }
}

impl core::fmt::Debug for RawResponse {
    /// Shows the shape only: fields and content may hold credentials.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.lend(|response| response.fmt(f))
    }
}

fn time(name: &str, value: &Value) -> Result<UnixTime, String> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => String::new(),
    };
    parse_time(&text).ok_or_else(|| {
        format!("expected `{name}` of `sent` as Unix seconds or a time of RFC 3339, found {value}")
    })
}
