//! The judgement: from the parts of a request to what the inner service may see, or to the answer in its place.

use crate::caller::{Anyone, Caller};
use crate::grpc;
use crate::layer::Shared;
use crate::nest;
use crate::pool::Work;
use crate::refusal::{self, Refusal};
use doorward::doorward_core::request::field_names;
use doorward::doorward_core::wire::form;
use doorward::{Decision, Field, Outcome, Request, UnixTime, snapshot};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use std::borrow::Cow;
use std::sync::Arc;

/// How many lines of the fields that an engine looks at are taken without the heap. Whoever sends more is not honest.
const LINES: usize = 8;

/// The fields that an answer of the inner service must carry besides its own.
pub(crate) type Fields = Vec<(HeaderName, HeaderValue)>;

/// Whether the body has to be read before a request can be judged: the policy takes tokens from forms, and this says that
/// it is one.
pub(crate) fn reads_form(shared: &Shared, parts: &Parts) -> bool {
    const FORM: &[u8] = b"application/x-www-form-urlencoded";
    let bodiless =
        matches!(parts.method, Method::GET | Method::HEAD | Method::DELETE | Method::OPTIONS | Method::TRACE);
    let is_form = |value: &HeaderValue| {
        let essence = value.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
        essence.trim_ascii().eq_ignore_ascii_case(FORM)
    };
    // The policy may be another one by now: it is asked each time, and last, as most requests are no forms.
    !bodiless && parts.headers.get_all(CONTENT_TYPE).iter().any(is_form) && shared.engine.reads_body()
}

/// Judges a request. If it is let in, its parts are made what the inner service may see.
pub(crate) fn judge(shared: &Shared, parts: &mut Parts, body: Option<&[u8]>) -> Result<Fields, Refusal> {
    // Whoever stood before us judged by other rules.
    parts.extensions.remove::<Caller>();
    parts.extensions.remove::<Anyone>();
    let passed = shared.pool.lend(&shared.engine, |work| decide(shared, parts, body, work))?;
    if shared.passes_on {
        // What comes in is nobody's word.
        parts.headers.remove(field_names::TRACE);
    }
    match (passed.caller, passed.stripped) {
        (Some(caller), _) => drop(parts.extensions.insert(caller)),
        (None, None) => drop(parts.extensions.insert(Anyone)),
        (None, Some(Stripped(marker))) => {
            parts.headers.remove(AUTHORIZATION);
            if let Some(marker) = marker {
                parts.headers.insert(field_names::TRACE, marker);
            }
        }
    }
    if let Some(uri) = passed.uri {
        nest::rewrite(parts, uri);
    }
    Ok(passed.fields)
}

/// What there is to do for a request that is let in.
struct Passed {
    caller: Option<Caller>,
    uri: Option<Uri>,
    fields: Fields,
    /// Nobody was let in, and the request goes on as a stranger's.
    stripped: Option<Stripped>,
}

/// What is left of a credential: a marker of why it is gone, if there is anything to tell.
struct Stripped(Option<HeaderValue>);

fn decide(shared: &Shared, parts: &Parts, body: Option<&[u8]>, work: &mut Work) -> Result<Passed, Refusal> {
    with_fields(&shared.names, &parts.headers, |fields| {
        let nested = nest::original(parts);
        let uri = nested.unwrap_or(&parts.uri);
        let target = target(uri);
        let mut request = Request::new(parts.method.as_str(), &*target, fields);
        if let Some(body) = body {
            request = request.with_body(body);
        }
        if let Some(peer) = (shared.peer)(&parts.extensions) {
            request = request.with_peer(peer);
        }
        let Work { scratch, answer, record } = work;
        let now = (shared.clock)();
        let decision = shared.engine.decide(&request, now, scratch);
        if !decision.is_allow() {
            if let Some(stripped) = strip(shared, &decision, &request, uri, now) {
                return Ok(Passed {
                    caller: None,
                    uri: None,
                    fields: Fields::new(),
                    stripped: Some(stripped),
                });
            }
            return Err(refuse(shared, &decision, answer, parts));
        }
        let is_served = nested.is_none_or(|original| nest::leaves(original.path(), parts.uri.path()));
        if decision.path() != uri.path() || !is_served {
            // A nest was chosen by the path as it came.
            if nested.is_some() || !shared.before_routing {
                // Two empty segments are ambiguous under every policy: the answer to them is the answer to this.
                let request = Request::new(parts.method.as_str(), "//", fields);
                return Err(refuse(shared, &shared.engine.decide(&request, now, scratch), answer, parts));
            }
            let uri = rewritten(uri, decision.path()).ok_or_else(|| refusal::fault(parts))?;
            return Ok(Passed { uri: Some(uri), ..pass(shared, &decision, answer, record, parts)? });
        }
        pass(shared, &decision, answer, record, parts)
    })
}

fn pass(
    shared: &Shared,
    decision: &Decision<'_>,
    answer: &mut Vec<u8>,
    record: &mut Vec<u8>,
    parts: &Parts,
) -> Result<Passed, Refusal> {
    let caller = decision.principal().is_some().then(|| {
        snapshot::record(decision, record);
        Caller::from_record(Arc::from(record.as_slice()))
    });
    let fields = refusal::fields(&shared.engine, decision, answer).ok_or_else(|| refusal::fault(parts))?;
    Ok(Passed { caller: caller.flatten(), uri: None, fields, stripped: None })
}

/// Whether a refused request goes on without its credential. It does not where the credential is in a part that would go with it,
/// where anything but the caller's identity is in question, and where others may read the path differently.
fn strip(
    shared: &Shared,
    decision: &Decision<'_>,
    request: &Request<'_>,
    uri: &Uri,
    now: UnixTime,
) -> Option<Stripped> {
    let query = uri.query().unwrap_or_default();
    let elsewhere =
        shared.engine.reads_body() || form::find(query.as_bytes(), "access_token") != form::Found::Absent;
    let is_identity = decision.outcome() == Outcome::Unauthenticated && decision.status() == 401;
    if !shared.passes_on || !is_identity || elsewhere || decision.path() != uri.path() {
        return None;
    }
    let marker = shared.engine.trace_marker(request, decision.root_cause()?, now);
    Some(Stripped(marker.and_then(|marker| HeaderValue::try_from(marker).ok())))
}

fn refuse(shared: &Shared, decision: &Decision<'_>, answer: &mut Vec<u8>, parts: &Parts) -> Refusal {
    if decision.is_allow() {
        return refusal::fault(parts);
    }
    let Some(fields) = refusal::fields(&shared.engine, decision, answer) else {
        return refusal::fault(parts);
    };
    if grpc::is_call(parts) {
        grpc::refuse(decision, fields)
    } else {
        refusal::refuse(decision, fields, parts)
    }
}

/// Lends the lines of these names to `with`, each with the value's own bytes.
fn with_fields<R>(names: &[HeaderName], headers: &HeaderMap, with: impl FnOnce(&[Field<'_>]) -> R) -> R {
    let lines = || {
        names.iter().flat_map(|name| headers.get_all(name).iter().map(move |value| Field::new(name, value)))
    };
    let mut inline = [Field::new("", ""); LINES];
    let mut count: usize = 0;
    for (slot, line) in inline.iter_mut().zip(lines()) {
        *slot = line;
        count = count.saturating_add(1);
    }
    if lines().nth(LINES).is_some() {
        return with(&lines().collect::<Vec<_>>());
    }
    with(inline.get(..count).unwrap_or_default())
}

/// The request target: in HTTP/2, and in the absolute form of HTTP/1.1, what stands behind the authority. Without a path
/// there is nothing to judge (`CONNECT`): an empty target is malformed.
fn target(uri: &Uri) -> Cow<'_, str> {
    match uri.path_and_query().map(PathAndQuery::as_str) {
        // RFC 9110, section 4.2.3: an empty path is the same as `/`.
        Some(query) if query.starts_with('?') => Cow::Owned(format!("/{query}")),
        Some(target) => Cow::Borrowed(target),
        None => Cow::Borrowed(""),
    }
}

/// The same target with another path.
fn rewritten(uri: &Uri, path: &str) -> Option<Uri> {
    let target = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(target).ok()?);
    Uri::from_parts(parts).ok().filter(|uri| uri.path() == path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::ACCEPT;

    #[test]
    fn the_engine_reads_the_very_bytes_of_the_header_map() {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        headers.append(AUTHORIZATION, HeaderValue::from_static("Bearer one"));
        headers.append(AUTHORIZATION, HeaderValue::from_static("Bearer two"));
        let there: Vec<_> =
            headers.get_all(AUTHORIZATION).iter().map(|value| value.as_bytes().as_ptr()).collect();
        let seen = with_fields(&[AUTHORIZATION], &headers, |fields| {
            fields.iter().map(|field| field.value_of("authorization").unwrap().as_ptr()).collect::<Vec<_>>()
        });
        assert_eq!(seen, there);
    }

    #[test]
    fn no_line_is_lost_however_many_there_are() {
        for count in [0, 1, LINES - 1, LINES, LINES + 1, 40] {
            let mut headers = HeaderMap::new();
            for number in 0..count {
                headers.append(AUTHORIZATION, HeaderValue::from(number));
            }
            let seen = with_fields(&[CONTENT_TYPE, AUTHORIZATION], &headers, |fields| {
                let values = fields.iter().filter_map(|field| field.value_of("authorization"));
                values
                    .map(|value| core::str::from_utf8(value).unwrap().parse().unwrap())
                    .collect::<Vec<usize>>()
            });
            assert_eq!(seen, (0..count).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_target_is_what_stands_behind_the_authority() {
        for (uri, expected) in [
            ("/v1/orders?x=1", "/v1/orders?x=1"),
            ("https://api.example/v1/orders?x=1", "/v1/orders?x=1"),
            ("https://api.example", "/"),
            ("https://api.example?x=1", "/?x=1"),
            ("api.example:443", ""),
            ("*", "*"),
        ] {
            assert_eq!(target(&uri.parse().unwrap()), expected, "{uri}");
        }
    }

    #[test]
    fn a_rewritten_target_keeps_authority_and_query() {
        let uri = "https://api.example/v1/./orders?x=/../y".parse().unwrap();
        assert_eq!(rewritten(&uri, "/v1/orders").unwrap(), "https://api.example/v1/orders?x=/../y");
        assert_eq!(rewritten(&"/a/../b".parse().unwrap(), "/b").unwrap(), "/b");
        assert_eq!(rewritten(&uri, "/v1?x"), None, "what would move the query is no path");
    }
}
