//! The answer to a refused call of gRPC: clients look at `grpc-status`, and take every status but 200 for a broken server.

use crate::judge::Fields;
use crate::refusal::{Refusal, Refused};
use doorward::{Decision, Disclosure, Outcome, Reason};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Response, Version};

const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
const GRPC_MESSAGE: HeaderName = HeaderName::from_static("grpc-message");

/// Whether a request is a call of gRPC: a POST over HTTP/2 with its content type.
///
/// Nobody else is answered with status 200. gRPC-Web is left out, as its clients read the HTTP status.
pub(crate) fn is_call(parts: &Parts) -> bool {
    let content_type = parts.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let rest = content_type.strip_prefix(b"application/grpc");
    let named = rest.is_some_and(|rest| matches!(rest.first(), None | Some(b'+' | b';')));
    named && parts.method == Method::POST && parts.version >= Version::HTTP_2
}

/// The answer to a refused call.
pub(crate) fn refuse(decision: &Decision<'_>, fields: Fields) -> Refusal {
    let disclosed = decision.reason().filter(|_| decision.disclosure() == Disclosure::Reason);
    let mut answer = answer(Refused::new(decision), disclosed);
    answer.headers_mut().extend(fields);
    answer
}

/// An answer of fields only, which gRPC calls "trailers only": the status stands among the fields, and no body follows.
pub(crate) fn answer(refused: Refused, disclosed: Option<Reason>) -> Refusal {
    let mut response = Response::new(None);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert(GRPC_STATUS, HeaderValue::from(status(&refused)));
    if let Some(reason) = disclosed {
        headers.insert(GRPC_MESSAGE, HeaderValue::from_static(reason.code()));
    }
    response.extensions_mut().insert(refused);
    Box::new(response)
}

/// The status code of gRPC that says the same.
fn status(refused: &Refused) -> u16 {
    match (refused.outcome, refused.status) {
        // What hides looks as a method that is not there.
        (_, 404) => 12,
        (Outcome::Unauthenticated, _) => 16,
        (Outcome::Forbidden, _) => 7,
        (Outcome::BadRequest, _) => 3,
        (Outcome::Throttled, _) => 8,
        (Outcome::Allow | Outcome::Unavailable, _) => 14,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_its_status() {
        let status = |outcome, code| status(&Refused::without_reason(outcome, code));
        assert_eq!(status(Outcome::Unauthenticated, 401), 16);
        assert_eq!(status(Outcome::Forbidden, 403), 7);
        assert_eq!(status(Outcome::Forbidden, 404), 12);
        assert_eq!(status(Outcome::BadRequest, 400), 3);
        assert_eq!(status(Outcome::Throttled, 429), 8);
        assert_eq!(status(Outcome::Unavailable, 503), 14);
        assert_eq!(status(Outcome::Unavailable, 500), 14);
    }
}
