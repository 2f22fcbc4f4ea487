//! What keeps an engine up to date, and what it tells of that: starting, loading anew, revoking, keys, status, events.

use crate::engine::{Desk, Handle, with_desk};
use crate::errors::{faults, invalid};
use crate::frame::time;
use core::time::Duration;
use doorward::{Engine, Reason, Request, Revocation, Status, UnixTime};
use napi::bindgen_prelude::External;
use napi_derive::napi;
use serde_json::{Value, json};

/// A time as JavaScript writes it: the words that stand in a request, too.
type Words = Vec<u32>;

/// Gives `work` the engine of a handle.
fn with_engine<R>(handle: &Handle, work: impl FnOnce(&Engine) -> R) -> napi::Result<R> {
    let result = with_desk(handle.number, |Desk { engine, .. }| work(engine));
    result.ok_or_else(|| invalid("expected an engine of this thread"))
}

/// The time that was given, or the system's.
pub(crate) fn at(words: Option<Words>) -> napi::Result<UnixTime> {
    let Some(words) = words else { return Ok(doorward::now()) };
    words.try_into().map(time).map_err(|_| invalid("expected three words of a time"))
}

/// Begins to fetch and to watch, if there is anything to fetch or watch.
///
/// # Errors
///
/// The handle is of another thread.
#[napi(catch_unwind)]
pub fn engine_start(handle: &External<Handle>) -> napi::Result<()> {
    with_engine(handle, Engine::start)
}

/// The issuers whose keys have not come yet, as JSON text: their names, what went wrong, and the whole as `text`. Nothing
/// where all are there. It waits for nothing.
///
/// # Errors
///
/// The handle is of another thread.
#[napi(catch_unwind)]
pub fn engine_missing(handle: &External<Handle>) -> napi::Result<Option<String>> {
    let missing = with_engine(handle, |engine| engine.ready(Duration::ZERO))?.err();
    Ok(missing.map(|missing| {
        let issuer = |(name, fault): &(String, Option<String>)| json!({ "name": name, "fault": fault });
        let issuers: Vec<Value> = missing.issuers.iter().map(issuer).collect();
        json!({ "text": missing.to_string(), "issuers": issuers }).to_string()
    }))
}

/// Loads the policy anew: nothing, or the faults as JSON text. Whether its text was one that nobody wrote is for the caller
/// to know.
///
/// # Errors
///
/// The handle is of another thread.
#[napi(catch_unwind)]
pub fn engine_reload(handle: &External<Handle>, placeless: bool) -> napi::Result<Option<String>> {
    let errors = with_engine(handle, Engine::reload)?.err();
    Ok(errors.map(|errors| faults(&if placeless { errors.without_positions() } else { errors })))
}

/// A trace marker for a request whose credential is taken away; nothing where there is nothing to tell.
///
/// # Errors
///
/// A cause that is no reason; the handle is of another thread.
#[napi(catch_unwind)]
pub fn engine_trace_marker(
    handle: &External<Handle>,
    method: String,
    url: String,
    cause: String,
    now: Option<Words>,
) -> napi::Result<Option<String>> {
    let reason = Reason::from_code(&cause).ok_or_else(|| invalid("expected a reason"))?;
    let now = at(now)?;
    with_engine(handle, |engine| engine.trace_marker(&Request::new(&method, &url, &[]), reason, now))
}

/// Revokes something. `kind` is `jti`, `subject`, `issued_before` or `kid`; a time is given where the kind has one. What is
/// wrong comes back as a sentence.
///
/// # Errors
///
/// Another kind; a kind without what belongs to it; the handle is of another thread.
#[napi(catch_unwind)]
pub fn engine_revoke(
    handle: &External<Handle>,
    issuer: String,
    kind: String,
    value: Option<String>,
    time: Option<Words>,
) -> napi::Result<Option<String>> {
    let time = time.map(|words| at(Some(words))).transpose()?;
    let revocation = match (kind.as_str(), value, time) {
        ("jti", Some(jti), None) => Revocation::Token { issuer, jti },
        ("subject", Some(subject), until) => Revocation::Subject { issuer, subject, until },
        ("issued_before", None, Some(time)) => Revocation::IssuedBefore { issuer, time },
        ("kid", Some(kid), None) => Revocation::Key { issuer, kid },
        _ => return Err(invalid("expected one kind of revocation with what belongs to it")),
    };
    let refused = with_engine(handle, |engine| engine.revoke(revocation))?.err();
    Ok(refused.map(|refused| refused.to_string()))
}

/// Gives an issuer its keys, as a JWK Set. What is wrong comes back as a sentence.
///
/// # Errors
///
/// No time; the handle is of another thread.
#[napi(catch_unwind)]
pub fn engine_supply_keys(
    handle: &External<Handle>,
    issuer: String,
    jwks: String,
    now: Option<Words>,
) -> napi::Result<Option<String>> {
    let now = at(now)?;
    let fault = with_engine(handle, |engine| engine.supply_keys(&issuer, &jwks, now))?.err();
    Ok(fault.map(|fault| fault.to_string()))
}

/// What is trusted and how fresh it is.
fn status(handle: &Handle, now: Option<Words>) -> napi::Result<Status> {
    let now = at(now)?;
    with_engine(handle, |engine| engine.status(now))
}

/// What is trusted, how fresh it is and what happens next, as JSON text.
///
/// # Errors
///
/// No time; the handle is of another thread.
#[napi(catch_unwind)]
pub fn engine_status(handle: &External<Handle>, now: Option<Words>) -> napi::Result<String> {
    Ok(status(handle, now)?.to_json().to_string())
}

/// The same as a page for people.
///
/// # Errors
///
/// No time; the handle is of another thread.
#[napi(catch_unwind)]
pub fn engine_status_text(handle: &External<Handle>, now: Option<Words>) -> napi::Result<String> {
    Ok(status(handle, now)?.to_string())
}

/// What happened since the last call, each a line.
///
/// # Errors
///
/// The handle is of another thread.
#[napi(catch_unwind)]
pub fn engine_events(handle: &External<Handle>) -> napi::Result<Vec<String>> {
    let events = with_engine(handle, Engine::take_events)?;
    Ok(events.iter().map(ToString::to_string).collect())
}
