//! The header fields that an answer must carry, in the order in which they go out.

use super::write::{BufferTooShort, Scheme, Writer};
use crate::limits;
use crate::outcome::Disclosure;
use crate::reason::{Challenge, Reason, WireError};
use crate::refusal::Refusal;
use crate::text::Digits;

/// The fields of an answer. One challenge per line, since many clients fail on several in one (RFC 9110, section 11.6.1).
#[derive(Clone, Copy, Debug)]
pub struct Answer<'o> {
    fields: [(&'static str, &'o str); Answer::FIELDS],
    len: usize,
}

impl<'o> Answer<'o> {
    /// How many fields an answer has at most: the challenges, `Retry-After`, `Cache-Control`, `Proxy-Status`.
    pub const FIELDS: usize = limits::CHALLENGES + 3;

    /// An answer without fields.
    pub(crate) const EMPTY: Self = Self { fields: [("", ""); Self::FIELDS], len: 0 };

    /// The fields of a refusal, for a route that accepts credentials of these schemes.
    ///
    /// # Errors
    ///
    /// [`BufferTooShort`] if `out` cannot hold the values.
    pub fn refusal(
        refusal: &Refusal<'_>,
        schemes: &[Scheme],
        mut out: &'o mut [u8],
    ) -> Result<Self, BufferTooShort> {
        let mut answer = Self::EMPTY;
        if refusal.reason.challenge() != Challenge::None {
            for scheme in schemes.iter().take(limits::CHALLENGES) {
                let mut writer = Writer::new(*scheme, out);
                parameters(&mut writer, *scheme, refusal);
                let (value, rest) = writer.finish()?;
                answer.push("WWW-Authenticate", value);
                out = rest;
            }
        }
        if let Some(wait) = refusal.retry_after {
            // Whole seconds from now (RFC 9110, section 10.2.3): a date would need our clock to be the caller's.
            let (value, rest) = joined(&[Digits::of(wait.0).text()], out)?;
            answer.push("Retry-After", value);
            out = rest;
        }
        if refusal.status == 404 {
            // A 404 is cacheable by default, a 403 is not (RFC 9110, section 15.5.5): it must not be kept for others.
            answer.push("Cache-Control", "no-store");
        }
        if let Some(hop) = refusal.hop {
            let told = hop.details && refusal.demand.disclosure == Disclosure::Reason;
            let (before, code, after) =
                if told { ("; details=\"reason=", refusal.reason.code(), "\"") } else { ("", "", "") };
            let error = proxy_error(refusal.status);
            let (value, _) = joined(&[hop.name, "; error=", error, before, code, after], out)?;
            answer.push("Proxy-Status", value);
        }
        Ok(answer)
    }

    /// The fields as name and value.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &'o str)> + use<'o> {
        self.fields.into_iter().take(self.len)
    }

    /// The challenges alone: the values of `WWW-Authenticate`.
    pub fn challenges(&self) -> impl Iterator<Item = &'o str> + use<'o> {
        self.fields().filter(|(name, _)| *name == "WWW-Authenticate").map(|(_, value)| value)
    }

    pub(crate) fn push(&mut self, name: &'static str, value: &'o str) {
        if let Some(slot) = self.fields.get_mut(self.len) {
            *slot = (name, value);
            self.len += 1;
        }
    }
}

/// Writes texts behind one another to the front of `out`; what they are now, and the rest.
fn joined<'o>(texts: &[&str], out: &'o mut [u8]) -> Result<(&'o str, &'o mut [u8]), BufferTooShort> {
    let len = texts.iter().map(|text| text.len()).sum();
    let (piece, rest) = out.split_at_mut_checked(len).ok_or(BufferTooShort)?;
    let bytes = texts.iter().flat_map(|text| text.bytes());
    piece.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    Ok((core::str::from_utf8(piece).map_err(|_| BufferTooShort)?, rest))
}

/// The type of error that a refusal is: that the request was rejected by our policy and went no further, or that something of
/// ours is broken ([RFC 9209, section 2.3.17] and [RFC 9209, section 2.3.30]).
///
/// [RFC 9209, section 2.3.17]: https://www.rfc-editor.org/rfc/rfc9209#section-2.3.17
/// [RFC 9209, section 2.3.30]: https://www.rfc-editor.org/rfc/rfc9209#section-2.3.30
const fn proxy_error(status: u16) -> &'static str {
    if status >= 500 { "proxy_internal_error" } else { "http_request_denied" }
}

/// Writes the parameters in their fixed order: realm, error, description, scope, metadata, step-up.
fn parameters(writer: &mut Writer<'_>, scheme: Scheme, refusal: &Refusal<'_>) {
    let demand = &refusal.demand;
    writer.parameter("realm", demand.realm);
    if scheme == Scheme::Basic {
        // Basic has no error information; its charset is advisory (RFC 7617, section 2.1).
        writer.parameter("charset", "UTF-8");
        return;
    }
    let error = refusal.reason.wire_error();
    if let Some(error) = error {
        writer.parameter("error", error.code());
        if demand.disclosure == Disclosure::Reason {
            writer.parameter("error_description", refusal.reason.code());
        }
    }
    // Who lost its credential on the way is told what everyone is who sent none: a marker changes no challenge.
    let none = matches!(refusal.reason, Reason::CredentialMissing | Reason::CredentialStrippedUpstream);
    let advertised = none && demand.advertise_scope;
    let scopes = || demand.scopes.iter().chain(demand.any_scope.iter());
    if (error == Some(WireError::InsufficientScope) || advertised) && scopes().next().is_some() {
        let known = |scope: &str, before: usize| scopes().take(before).any(|other| other == scope);
        let unique = scopes().enumerate().filter(|(i, scope)| !known(scope, *i)).map(|(_, scope)| scope);
        writer.list("scope", unique);
    }
    if let Some(url) = demand.resource_metadata {
        writer.parameter("resource_metadata", url);
    }
    if error == Some(WireError::InsufficientUserAuthentication) {
        if !demand.acr.is_empty() {
            writer.list("acr_values", demand.acr.iter());
        }
        if let Some(age) = demand.max_auth_age {
            writer.number("max_age", age.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::{Demand, Hop};
    use crate::time::Seconds;
    use std::string::{String, ToString};
    use std::vec::Vec;

    /// H-GRAM-09, P-18: one line for each scheme; Basic has no error to tell.
    #[test]
    fn each_accepted_scheme_gets_a_challenge_of_its_own() {
        let demand = Demand { realm: "orders", disclosure: Disclosure::Reason, ..Demand::default() };
        let refusal = Refusal {
            reason: Reason::TokenExpired,
            context: None,
            concealed: None,
            status: 401,
            retry_after: None,
            demand,
            hop: None,
        };
        let mut out = [0; 512];
        let answer =
            Answer::refusal(&refusal, &[Scheme::Bearer, Scheme::Dpop, Scheme::Basic], &mut out).unwrap();
        assert_eq!(
            answer.challenges().collect::<Vec<_>>(),
            [
                r#"Bearer realm="orders", error="invalid_token", error_description="token_expired""#,
                r#"DPoP realm="orders", error="invalid_token", error_description="token_expired""#,
                r#"Basic realm="orders", charset="UTF-8""#,
            ]
        );
    }

    fn proxy_status(reason: Reason, hop: Hop<'_>, disclosure: Disclosure) -> String {
        let refusal = Refusal {
            reason,
            context: None,
            concealed: None,
            status: reason.status(),
            retry_after: Some(Seconds(5)),
            demand: Demand { disclosure, ..Demand::default() },
            hop: Some(hop),
        };
        let mut out = [0; 512];
        let answer = Answer::refusal(&refusal, &[Scheme::Bearer], &mut out).unwrap();
        let (name, value) = answer.fields().last().unwrap();
        assert_eq!(name, "Proxy-Status");
        value.to_string()
    }

    /// H-PS-05, and RFC 9209, section 2.3.
    #[test]
    fn a_hop_says_that_it_was_it_and_why_only_where_both_allow() {
        let (quiet, loud) =
            (Hop { name: "edge", details: false }, Hop { name: "\"an edge\"", details: true });
        let expired = Reason::TokenExpired;
        assert_eq!(proxy_status(expired, quiet, Disclosure::Reason), "edge; error=http_request_denied");
        assert_eq!(proxy_status(expired, loud, Disclosure::None), "\"an edge\"; error=http_request_denied");
        assert_eq!(
            proxy_status(expired, loud, Disclosure::Reason),
            r#""an edge"; error=http_request_denied; details="reason=token_expired""#
        );
        assert_eq!(
            proxy_status(Reason::TrustStale, quiet, Disclosure::Reason),
            "edge; error=proxy_internal_error"
        );
    }
}
