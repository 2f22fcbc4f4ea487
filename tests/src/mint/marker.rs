//! Trace markers, put together by hand from the page that describes them, apart from the code under test.

use super::keys::hmac;
use super::{NOW, base64url};

/// The key that the policies of the table share with their gateways; a line feed follows it in its file.
pub(crate) const TRACE_KEY: &str = "a test key of trace markers that nobody else may ever use";

/// A marker under construction.
#[derive(Clone)]
pub(crate) struct Marker {
    key: &'static str,
    version: u8,
    method: &'static str,
    path: &'static str,
    reason: u16,
    at: u64,
    nonce: [u8; 16],
}

/// What a gateway leaves that has just refused an expired token (reason 209) for a GET of this path.
pub(crate) fn marker(path: &'static str) -> Marker {
    let at = u64::try_from(NOW).unwrap_or_default();
    Marker { key: TRACE_KEY, version: 1, method: "GET", path, reason: 209, at, nonce: *b"sixteen nonce by" }
}

impl Marker {
    pub(crate) fn key(self, key: &'static str) -> Self {
        Self { key, ..self }
    }

    pub(crate) fn version(self, version: u8) -> Self {
        Self { version, ..self }
    }

    pub(crate) fn method(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    pub(crate) fn reason(self, reason: u16) -> Self {
        Self { reason, ..self }
    }

    pub(crate) fn at(self, at: u64) -> Self {
        Self { at, ..self }
    }

    /// So many seconds after the usual time, or before it.
    pub(crate) fn later(self, seconds: i64) -> Self {
        let at = self.at.saturating_add_signed(seconds);
        Self { at, ..self }
    }

    pub(crate) fn nonce(self, nonce: [u8; 16]) -> Self {
        Self { nonce, ..self }
    }

    /// The bytes of the field's value: the version, the reason, the time and the nonce, and then the MAC over the
    /// purpose, all of these, and method and path behind their lengths.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut said = vec![self.version];
        said.extend(self.reason.to_be_bytes());
        said.extend(self.at.to_be_bytes());
        said.extend(self.nonce);
        let mut message = b"doorward trace marker".to_vec();
        message.extend(&said);
        for part in [self.method, self.path] {
            message.extend(u32::try_from(part.len()).unwrap_or_default().to_be_bytes());
            message.extend(part.as_bytes());
        }
        said.extend(hmac("HS256", self.key.as_bytes(), &message));
        said
    }

    /// The field's value.
    pub(crate) fn text(&self) -> String {
        base64url(&self.bytes())
    }
}
