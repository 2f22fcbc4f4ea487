//! A token taken apart, as far as that goes.

use doorward_core::wire::json::{self, Member};
use doorward_core::wire::{Scratch, base64url};
use serde_json::Value;

/// What a token says, each part or why it cannot be read.
pub(super) struct Token {
    /// The token itself, without what was around it.
    pub(super) text: String,
    /// What was taken off.
    pub(super) stripped: Vec<&'static str>,
    /// How many parts it has: three for a JWS, five for a JWE.
    pub(super) parts: usize,
    pub(super) header: Result<Value, String>,
    pub(super) claims: Result<Value, String>,
    /// Parts that a strict parser refuses although they can be shown.
    pub(super) loose: Vec<&'static str>,
}

impl Token {
    pub(super) fn decode(text: &str) -> Self {
        let mut stripped = Vec::new();
        let mut token = text.trim_end_matches(['\r', '\n']);
        if token.trim() != token {
            stripped.push("spaces around the token were taken off; in a request they would count");
            token = token.trim();
        }
        let scheme = token.split_at_checked(7).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer "));
        if let Some((_, rest)) = scheme {
            stripped.push("`Bearer` was taken off; it is the scheme, not part of the token");
            token = rest.trim_start();
        }
        let parts: Vec<&str> = token.split('.').collect();
        let mut loose = Vec::new();
        let mut part = |name: &'static str, index: usize| match parts.get(index) {
            None => Err(format!("expected three parts with periods between them, found none for the {name}")),
            Some(encoded) => read(name, encoded, &mut loose),
        };
        let header = part("header", 0);
        let claims = match parts.len() {
            5 => Err("encrypted".to_owned()),
            _ => part("claims", 1),
        };
        Self { text: token.to_owned(), stripped, parts: parts.len(), header, claims, loose }
    }
}

/// Decodes one part. What it says is never quoted in a fault: a mistyped argument may be some other secret.
fn read(name: &'static str, encoded: &str, loose: &mut Vec<&'static str>) -> Result<Value, String> {
    let fault = |what: &str| format!("the {name}: expected {what}");
    let mut out = vec![0; encoded.len()];
    let bytes =
        base64url::decode(encoded.as_bytes(), &mut out).map_err(|_| fault("base64url without padding"))?;
    let value: Value = serde_json::from_slice(bytes).map_err(|_| fault("JSON"))?;
    if !value.is_object() {
        return Err(fault("a JSON object"));
    }
    if json::scan_value(bytes, &mut vec![Member::default(); Scratch::MEMBERS]).is_err() {
        loose.push(name);
    }
    Ok(value)
}
