//! Decisions as answers to a proxy: what it must know to let in, and what it must hand on to refuse.

use super::identity;
use super::original::Fault;
use super::proxy::Proxy;
use doorward::body::MEDIA_TYPE;
use doorward::doorward_core::request::field_names;
use doorward::{Answer as Fields, Body, Decision};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};

/// What goes back to the proxy.
pub(super) type Answer = Response<String>;

/// The status that the caller must see.
const STATUS: HeaderName = HeaderName::from_static("x-doorward-status");
/// The challenge, where the status is not 401 and nginx would drop it.
const CHALLENGE: HeaderName = HeaderName::from_static("x-doorward-challenge");
/// The content that the caller must see.
const BODY: HeaderName = HeaderName::from_static("x-doorward-body");
/// The reason that an operator should act on, for nginx's access log.
const TRUE_REASON: HeaderName = HeaderName::from_static("x-doorward-true-reason");

/// The answer that lets a caller in.
pub(super) fn allow(decision: &Decision<'_>, fields: &Fields<'_>) -> Result<Answer, Fault> {
    let mut answer = Response::new(String::new());
    identity::add(answer.headers_mut(), decision);
    copy(fields, answer.headers_mut())?;
    Ok(answer)
}

/// The answer that refuses. Traefik, Caddy and Envoy hand it to the caller as it is, so that nothing is in it that the
/// caller may not know.
pub(super) fn refuse(proxy: Proxy, decision: &Decision<'_>, fields: &Fields<'_>) -> Result<Answer, Fault> {
    let body = Body::new(decision);
    let mut answer = plain(decision.status(), body.as_str().to_owned());
    copy(fields, answer.headers_mut())?;
    if proxy == Proxy::Nginx {
        let reason = decision.concealed().or(decision.reason()).map(doorward::Reason::code);
        answer.headers_mut().insert(TRUE_REASON, HeaderValue::from_static(reason.unwrap_or_default()));
        for_subrequest(&mut answer)?;
    }
    Ok(answer)
}

/// Adds the marker that the proxy sends on to the application in place of the credential, if there is one.
pub(super) fn mark(answer: &mut Answer, marker: Option<String>) {
    if let Some(marker) = marker.and_then(|marker| HeaderValue::try_from(marker).ok()) {
        answer.headers_mut().insert(field_names::TRACE, marker);
    }
}

/// The answer where nothing could be judged.
pub(super) fn fault(proxy: Proxy, fault: Fault) -> Answer {
    let (outcome, status) = (fault.outcome(), fault.status());
    let mut answer = plain(status, format!(r#"{{"status":{status},"outcome":"{outcome}"}}"#));
    // A 500 is left as it is: nginx makes an error of it and writes so into its log, as it should.
    if proxy == Proxy::Nginx && status < 500 && for_subrequest(&mut answer).is_err() {
        *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    }
    answer
}

/// The answer to a question after our health.
pub(super) fn healthy() -> Answer {
    plain(200, r#"{"status":200}"#.to_owned())
}

/// An answer with this status and this JSON.
pub(super) fn plain(status: u16, body: String) -> Answer {
    let mut answer = Response::new(body);
    // A status that HTTP does not know can be nothing but a fault of ours.
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    answer
}

fn copy(fields: &Fields<'_>, headers: &mut HeaderMap) -> Result<(), Fault> {
    for (name, value) in fields.fields() {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Fault::Internal)?;
        headers.append(name, HeaderValue::from_bytes(value.as_bytes()).map_err(|_| Fault::Internal)?);
    }
    Ok(())
}

/// nginx's `auth_request` knows 401 and 403, makes 500 of every other status, hands on the challenge of a 401 alone and no
/// content. So the true status, challenge and content travel in fields, from which its configuration puts them together
/// again; without that a 401 is still a whole one, and everything else is still refused.
fn for_subrequest(answer: &mut Answer) -> Result<(), Fault> {
    let status = answer.status();
    let body = HeaderValue::from_str(answer.body()).map_err(|_| Fault::Internal)?;
    let headers = answer.headers_mut();
    headers.insert(STATUS, HeaderValue::from(status.as_u16()));
    headers.insert(BODY, body);
    if status != StatusCode::UNAUTHORIZED {
        let challenges: Vec<HeaderValue> = headers.get_all(WWW_AUTHENTICATE).iter().cloned().collect();
        headers.remove(WWW_AUTHENTICATE);
        for challenge in challenges {
            headers.append(CHALLENGE, challenge);
        }
        *answer.status_mut() = StatusCode::FORBIDDEN;
    }
    Ok(())
}
