//! What a token endpoint answers: a token, or one of the errors of [RFC 6749, section 5.2].
//!
//! [RFC 6749, section 5.2]: https://www.rfc-editor.org/rfc/rfc6749#section-5.2

use super::http::passes;
use super::output::lifetime;
use super::wiped::Wiped;
use crate::caller::{Credential, SourceFault};
use crate::trust::exchange::Reply;
use doorward_core::time::UnixTime;
use serde_json::Value;

/// What an error code means. Texts that a server adds are not passed on: they may quote what was sent.
struct Refusal {
    code: &'static str,
    is_hard: bool,
    sentence: &'static str,
}

const fn hard(code: &'static str, sentence: &'static str) -> Refusal {
    Refusal { code, is_hard: true, sentence }
}

const fn transient(code: &'static str, sentence: &'static str) -> Refusal {
    Refusal { code, is_hard: false, sentence }
}

const REFUSALS: &[Refusal] = &[
    hard("invalid_client", "the issuer does not know the client, or refuses its secret"),
    hard("invalid_grant", "the issuer refuses the grant: it has expired, was revoked or is another client's"),
    hard("unauthorized_client", "the issuer does not allow the client this grant"),
    hard("unsupported_grant_type", "the issuer does not have this grant"),
    hard("invalid_scope", "the issuer does not give these scopes"),
    hard("invalid_request", "the issuer finds the request incomplete"),
    hard("invalid_target", "the issuer gives no tokens for this resource"),
    hard("access_denied", "the issuer denies the token"),
    hard(
        "unmet_authentication_requirements",
        "the issuer cannot authenticate the client as strongly as asked",
    ),
    hard("invalid_dpop_proof", "the issuer wants a proof of possession, which this source cannot make"),
    hard(
        "use_dpop_nonce",
        "the issuer wants a proof of possession with a nonce, which this source cannot make",
    ),
    transient("temporarily_unavailable", "the issuer is busy"),
    transient("server_error", "the issuer has trouble of its own"),
    transient("slow_down", "the issuer is asked too often"),
];

/// Whether a token endpoint that refuses with this error would do so again ([RFC 6749, section 5.2] and its extensions). Those of
/// proofs are none: whoever makes proofs makes another.
///
/// [RFC 6749, section 5.2]: https://www.rfc-editor.org/rfc/rfc6749#section-5.2
#[must_use]
pub fn is_final(code: &str) -> bool {
    let is_of_proofs = matches!(code, "invalid_dpop_proof" | "use_dpop_nonce");
    !is_of_proofs && REFUSALS.iter().any(|known| known.is_hard && known.code == code)
}

/// The credential of an answer.
pub(super) fn read(reply: &Reply, now: UnixTime) -> Result<Credential, SourceFault> {
    let json = Wiped::read(&reply.text);
    let json = json.as_ref().map_or(&Value::Null, |json| &json.0);
    match reply.status {
        200 | 201 => token(json, now),
        status => Err(refusal(status, json).with_retry_after(reply.retry_after)),
    }
}

fn token(json: &Value, now: UnixTime) -> Result<Credential, SourceFault> {
    let token = json.get("access_token").and_then(Value::as_str);
    let token = token.ok_or_else(|| SourceFault::hard("expected a JSON object with an `access_token`"))?;
    let scheme = match json.get("token_type").and_then(Value::as_str) {
        // RFC 6749 wants it; whoever leaves it out means this.
        None => "Bearer",
        Some(kind) if kind.eq_ignore_ascii_case("bearer") => "Bearer",
        Some(_) => return Err(SourceFault::hard("expected a bearer token, found one of another type")),
    };
    let credential = Credential::with_scheme(scheme, token)?;
    Ok(match json.get("expires_in").and_then(lifetime) {
        Some(span) => credential.with_expires_in(span, now),
        None => credential,
    })
}

fn refusal(status: u16, json: &Value) -> SourceFault {
    let code = json.get("error").and_then(Value::as_str);
    let known = code.and_then(|code| REFUSALS.iter().find(|known| known.code == code));
    match known {
        // A server that falls over says so by its status, whatever code it makes up.
        Some(known) if known.is_hard && !passes(status) => {
            SourceFault::hard(format!("{} ({})", known.sentence, known.code)).with_code(Some(known.code))
        }
        Some(known) => {
            SourceFault::transient(format!("{} ({})", known.sentence, known.code)).with_code(Some(known.code))
        }
        None if passes(status) => SourceFault::transient(format!("it answered with status {status}")),
        None => {
            SourceFault::hard(format!("it answered with status {status} and no error code that is known"))
        }
    }
}
