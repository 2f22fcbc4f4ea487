//! The body of a refusal: a small JSON object that every host sends alike.

use doorward_core::decision::Decision;
use doorward_core::outcome::{Disclosure, Outcome};
use doorward_core::reason::Reason;
use doorward_core::refusal::{self, Context};
use doorward_core::time::Seconds;

/// The media type of a [`Body`].
pub const MEDIA_TYPE: &str = "application/json";

/// Longer than any body: a test writes them all.
const BYTES: usize = 224;

/// What a host may send with a refusal: `{"status":401,"outcome":"unauthenticated"}`, and behind that `reason` and
/// `recovery` where the policy discloses reasons, with `cause` between them where a gateway had refused before. Nothing in it comes from the caller.
#[derive(Clone, Copy, Debug)]
pub struct Body {
    bytes: [u8; BYTES],
    len: usize,
}

impl Body {
    /// The body for a decision; empty where the caller is let in.
    #[must_use]
    pub fn new(decision: &Decision<'_>) -> Self {
        Self::of(
            decision.outcome(),
            decision.status(),
            decision.reason(),
            decision.retry_after(),
            cause(decision.context()),
            decision.disclosure(),
        )
    }

    pub(crate) fn of(
        outcome: Outcome,
        status: u16,
        reason: Option<Reason>,
        retry_after: Option<Seconds>,
        cause: Option<Reason>,
        disclosure: Disclosure,
    ) -> Self {
        let mut body = Self { bytes: [0; BYTES], len: 0 };
        if outcome == Outcome::Allow {
            return body;
        }
        let digit = |place: u16| char::from_digit(u32::from(status / place % 10), 10).unwrap_or('0');
        body.push(r#"{"status":"#);
        for place in [100, 10, 1] {
            body.push(digit(place).encode_utf8(&mut [0; 4]));
        }
        body.push(r#","outcome":""#);
        body.push(outcome.code());
        if let (Some(reason), Disclosure::Reason) = (reason, disclosure) {
            body.push(r#"","reason":""#);
            body.push(reason.code());
            if let (Some(cause), Reason::CredentialStrippedUpstream) = (cause, reason) {
                body.push(r#"","cause":""#);
                body.push(cause.code());
            }
            body.push(r#"","recovery":""#);
            body.push(refusal::recovery(reason, retry_after).code());
        }
        body.push(r#""}"#);
        body
    }

    /// The JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only whole texts are pushed, so that what is there is one.
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The bytes of the JSON text.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    fn push(&mut self, text: &str) {
        let end = self.len.saturating_add(text.len());
        if let Some(room) = self.bytes.get_mut(self.len..end) {
            room.copy_from_slice(text.as_bytes());
            self.len = end;
        }
    }
}

/// What a gateway says why it took the credential away.
pub(crate) const fn cause(context: Option<&Context<'_>>) -> Option<Reason> {
    match context {
        Some(Context::Upstream { cause, .. }) => Some(*cause),
        _ => None,
    }
}

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_body_is_whole_json() {
        for reason in Reason::ALL {
            let body =
                Body::of(reason.outcome(), reason.status(), Some(*reason), None, None, Disclosure::Reason);
            let json: serde_json::Value = serde_json::from_str(body.as_str()).unwrap();
            let expected = serde_json::json!({
                "status": reason.status(), "outcome": reason.outcome().code(),
                "reason": reason.code(), "recovery": reason.recovery().code(),
            });
            assert_eq!(json, expected);
        }
    }

    #[test]
    fn a_gateway_s_reason_is_named_beside_ours_and_nowhere_else() {
        let body = |reason: Reason, disclosure| {
            let cause = Some(Reason::TokenIssuedInFuture);
            Body::of(reason.outcome(), reason.status(), Some(reason), None, cause, disclosure)
        };
        assert_eq!(
            body(Reason::CredentialStrippedUpstream, Disclosure::Reason).as_str(),
            r#"{"status":401,"outcome":"unauthenticated","reason":"credential_stripped_upstream","cause":"token_issued_in_future","recovery":"fix_request"}"#
        );
        assert!(!body(Reason::CredentialStrippedUpstream, Disclosure::None).as_str().contains("cause"));
        assert!(!body(Reason::RouteUnmatched, Disclosure::Reason).as_str().contains("cause"));
        for cause in Reason::ALL {
            let ours = Reason::CredentialStrippedUpstream;
            let body = Body::of(ours.outcome(), 401, Some(ours), None, Some(*cause), Disclosure::Reason);
            assert!(serde_json::from_str::<serde_json::Value>(body.as_str()).is_ok(), "{}", cause.code());
        }
    }

    #[test]
    fn a_reason_is_named_only_where_it_is_disclosed() {
        let body =
            Body::of(Outcome::Forbidden, 404, Some(Reason::RouteUnmatched), None, None, Disclosure::None);
        assert_eq!(body.as_str(), r#"{"status":404,"outcome":"forbidden"}"#);
        assert_eq!(Body::of(Outcome::Allow, 200, None, None, None, Disclosure::Reason).as_str(), "");
    }
}
