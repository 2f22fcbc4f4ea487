//! The answer to a caller that is not let in, over plain HTTP.

use crate::grpc;
use crate::judge::Fields;
use bytes::Bytes;
use doorward::{Body, Decision, Engine, Outcome, Reason};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Response, StatusCode};

/// An answer in place of the inner service's.
pub(crate) type Refusal = Box<Response<Option<Bytes>>>;

/// What was refused and why, among the extensions of the response: for whatever logs or counts outside of the layer.
///
/// It is for operators. An answer must not show what the policy does not disclose.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Refused {
    /// What was decided.
    pub outcome: Outcome,
    /// The status of the decision; a gRPC call is answered with 200 and a `grpc-status` instead.
    pub status: u16,
    /// Why the caller is refused. `None` if there was no decision: the answer could not be written, or a form not read.
    pub reason: Option<Reason>,
    /// The true reason of a refusal that a hidden route conceals.
    pub concealed: Option<Reason>,
    /// The route that governed the request, by its place in the policy file.
    pub route: Option<u32>,
}

impl Refused {
    pub(crate) const fn new(decision: &Decision<'_>) -> Self {
        Self {
            outcome: decision.outcome(),
            status: decision.status(),
            reason: decision.reason(),
            concealed: decision.concealed(),
            route: decision.route(),
        }
    }

    pub(crate) const fn without_reason(outcome: Outcome, status: u16) -> Self {
        Self { outcome, status, reason: None, concealed: None, route: None }
    }

    /// The reason that an operator should act on: the true one, where a hidden route conceals it.
    #[must_use]
    pub fn true_reason(&self) -> Option<Reason> {
        self.concealed.or(self.reason)
    }
}

/// The fields of a decision's answer. `None` if they cannot be written, which the size of the buffer rules out.
pub(crate) fn fields(engine: &Engine, decision: &Decision<'_>, buffer: &mut Vec<u8>) -> Option<Fields> {
    let answer = match decision.answer(buffer) {
        Ok(answer) => answer,
        Err(_) => {
            // A policy that was loaded since may have longer answers.
            buffer.resize(engine.answer_bytes().max(buffer.len()), 0);
            decision.answer(buffer).ok()?
        }
    };
    let pairs = answer.fields().map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(value.as_bytes()).ok()?))
    });
    pairs.collect()
}

/// The answer to a refused caller.
pub(crate) fn refuse(decision: &Decision<'_>, fields: Fields, parts: &Parts) -> Refusal {
    let body = Bytes::copy_from_slice(Body::new(decision).as_ref());
    let mut answer = answer(Refused::new(decision), body, parts);
    answer.headers_mut().extend(fields);
    answer
}

/// The answer where something is wrong with ourselves. Nobody is let in then.
pub(crate) fn fault(parts: &Parts) -> Refusal {
    without_reason(Outcome::Unavailable, StatusCode::INTERNAL_SERVER_ERROR, parts)
}

/// The answer to a form that is longer than it may be.
pub(crate) fn form_too_large(parts: &Parts) -> Refusal {
    without_reason(Outcome::BadRequest, StatusCode::PAYLOAD_TOO_LARGE, parts)
}

/// The answer to a form that broke off.
pub(crate) fn form_unreadable(parts: &Parts) -> Refusal {
    without_reason(Outcome::BadRequest, StatusCode::BAD_REQUEST, parts)
}

fn without_reason(outcome: Outcome, status: StatusCode, parts: &Parts) -> Refusal {
    let refused = Refused::without_reason(outcome, status.as_u16());
    if grpc::is_call(parts) {
        grpc::answer(refused, None)
    } else {
        answer(refused, body_without_reason(&refused), parts)
    }
}

/// The body of an answer without a decision; it looks like the others.
pub(crate) fn body_without_reason(refused: &Refused) -> Bytes {
    format!(r#"{{"status":{},"outcome":"{}"}}"#, refused.status, refused.outcome.code()).into()
}

fn answer(refused: Refused, body: Bytes, parts: &Parts) -> Refusal {
    let mut response = Response::new(None);
    // A status that HTTP does not know can be nothing but a fault of ours.
    *response.status_mut() =
        StatusCode::from_u16(refused.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if parts.method == Method::HEAD {
        // RFC 9110, section 8.6: the length that the answer to a GET has.
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    } else {
        *response.body_mut() = Some(body);
    }
    response.extensions_mut().insert(refused);
    Box::new(response)
}
