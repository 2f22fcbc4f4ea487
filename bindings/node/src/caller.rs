//! Callers as JavaScript holds them, and requests on their way: what is next, as JSON text.

use crate::diagnosis::response;
use crate::errors::invalid;
use crate::upkeep::at;
use core::cell::RefCell;
use doorward::caller::{
    Attempt, Blocked, Caller, CallerOptions, Credential, Expiry, Next, Prepared, Sending, SourceFault,
    Ticket, Traits, Want, Which,
};
use doorward::{Seconds, UnixTime};
use napi::bindgen_prelude::{Either, External};
use napi_derive::napi;
use serde_json::{Value, json};
use std::sync::Arc;

/// A time as JavaScript writes it.
type Words = Vec<u32>;

/// A caller as JavaScript holds it.
#[derive(Clone)]
pub struct Held {
    pub(crate) caller: Arc<Caller>,
    /// Whether proofs of possession go with what it sends.
    proves: bool,
}

impl Held {
    /// What a source gave, as it is sent. With proofs it is bound to their key, whatever its source calls it ([RFC 9449, section 7.1]).
    ///
    /// [RFC 9449, section 7.1]: https://www.rfc-editor.org/rfc/rfc9449#section-7.1
    pub(crate) fn as_sent(&self, given: Credential) -> Credential {
        if self.proves { given.bound() } else { given }
    }
}

/// A caller from its options as JSON text: a handle, or what is wrong with them.
///
/// # Errors
///
/// No JSON.
#[napi(catch_unwind)]
pub fn caller_new(
    options: String,
    has_source: bool,
    proves: bool,
) -> napi::Result<Either<External<Held>, String>> {
    let options = serde_json::from_str(&options).map_err(|_| invalid("expected options as JSON"))?;
    let caller = CallerOptions::from_json(&options)
        .and_then(|options| Caller::new(CallerOptions { has_source, ..options }));
    Ok(match caller {
        Ok(caller) => Either::A(External::new(Held { caller: Arc::new(caller), proves })),
        Err(fault) => Either::B(fault),
    })
}

/// A request that was not sent yet.
#[napi(catch_unwind)]
#[must_use]
pub fn attempt_new(replayable: bool, method: String, proof: bool) -> External<RefCell<Attempt>> {
    let traits = Traits { proof, ..Traits::of_method(&method, replayable) };
    External::new(RefCell::new(Attempt::new(traits)))
}

/// What to do with a request, as JSON text: `do` says it.
///
/// # Errors
///
/// The request is in another call.
#[napi(catch_unwind)]
pub fn caller_prepare(
    held: &External<Held>,
    attempt: &External<RefCell<Attempt>>,
    url: String,
) -> napi::Result<String> {
    let mut attempt = attempt.try_borrow_mut().map_err(|_| invalid("expected one call at a time"))?;
    let step = match held.caller.prepare(&url, &mut attempt, doorward::now()) {
        Ok(Prepared::Send(credential)) => send(&credential, None),
        Ok(Prepared::SendAndObtain(credential, ticket, want)) => send(&credential, Some((ticket, want))),
        Ok(Prepared::SendBare) => json!({ "do": "send", "value": null, "ticket": null }),
        Ok(Prepared::Obtain(ticket, want)) => {
            json!({ "do": "obtain", "ticket": ticket.number(), "want": want.to_json() })
        }
        Ok(Prepared::Wait { until }) => json!({ "do": "wait", "until": millis(until) }),
        Ok(Prepared::Blocked(facts)) => blocked(&facts),
        Ok(Prepared::Deliver(which)) => json!({ "do": self::which(which) }),
        Err(message) => json!({ "do": "foreign", "message": message }),
    };
    Ok(step.to_string())
}

fn send(credential: &Credential, beside: Option<(Ticket, Want)>) -> Value {
    let (ticket, want) = beside.map(|(ticket, want)| (ticket.number(), want.to_json())).unzip();
    json!({ "do": "send", "value": credential.field_value().as_str(), "ticket": ticket, "want": want })
}

fn blocked(facts: &Blocked) -> Value {
    json!({
        "do": "blocked",
        "reason": facts.reason.code(),
        "message": facts.sentence(),
        "until": facts.until.map(UnixTime::seconds),
        "diagnosis": facts.last_refusal.as_ref().map(|report| report.to_json()),
    })
}

const fn which(which: Which) -> &'static str {
    match which {
        Which::First => "first",
        Which::Latest => "latest",
    }
}

/// In Unix milliseconds, as JavaScript's clock counts; rounded up, so that nobody looks too early.
fn millis(time: UnixTime) -> i64 {
    let fraction = i64::from(time.nanos().div_ceil(1_000_000));
    time.seconds().saturating_mul(1000).saturating_add(fraction)
}

/// A credential came for a ticket: its scheme and secret, and in how many seconds or when it ends. What is wrong with it comes
/// back as a sentence, and counts as a source that says no for good.
#[napi(catch_unwind)]
#[must_use]
pub fn caller_obtained(
    held: &External<Held>,
    ticket: i64,
    scheme: String,
    secret: String,
    expires_in: Option<i64>,
    expires_at: Option<i64>,
) -> Option<String> {
    let (caller, ticket, now) = (&held.caller, ticket_of(ticket), doorward::now());
    let credential = match Credential::with_scheme(&scheme, secret) {
        Ok(credential) => credential,
        Err(fault) => {
            caller.not_obtained(ticket, &fault, now);
            return Some(fault.to_string());
        }
    };
    let credential = match (expires_in, expires_at) {
        (Some(span), _) => credential.with_expires_in(Seconds(u64::try_from(span).unwrap_or_default()), now),
        (None, Some(time)) => credential.with_expiry(Some(Expiry::Server(UnixTime::from_seconds(time)))),
        (None, None) => credential,
    };
    caller.obtained(ticket, held.as_sent(credential), now);
    None
}

/// None came: whether that stays so, after how many seconds to ask again, and what went wrong in words without secrets.
#[napi(catch_unwind)]
pub fn caller_not_obtained(
    held: &External<Held>,
    ticket: i64,
    message: String,
    hard: bool,
    retry_after: Option<i64>,
) {
    let fault = if hard { SourceFault::hard(message) } else { SourceFault::transient(message) };
    let span = retry_after.and_then(|span| u64::try_from(span).ok()).map(Seconds);
    held.caller.not_obtained(ticket_of(ticket), &fault.with_retry_after(span), doorward::now());
}

pub(crate) fn ticket_of(number: i64) -> Ticket {
    Ticket::from_number(u64::try_from(number).unwrap_or_default())
}

/// What is known of a request that was sent: where to, where its answer came from if redirects were followed, and when.
#[napi(object)]
pub struct SentTo {
    /// Where it was sent.
    pub url: String,
    /// Where the answer came from; empty if no redirect was followed.
    pub final_url: String,
    /// When it was sent.
    pub at: Words,
}

/// What an answer means and what to do after it, as JSON text: `do` says it.
///
/// # Errors
///
/// No time, no status; the request is in another call.
#[napi(catch_unwind)]
pub fn caller_answered(
    held: &External<Held>,
    attempt: &External<RefCell<Attempt>>,
    sent: SentTo,
    status: u32,
    lines: &[u8],
    body: &[u8],
) -> napi::Result<String> {
    let mut attempt = attempt.try_borrow_mut().map_err(|_| invalid("expected one call at a time"))?;
    let SentTo { url, final_url, at: time } = sent;
    let sending = Sending { url: &url, final_url: &final_url, at: Some(at(Some(time))?) };
    let answered = response(status, lines, body)?
        .lend(|response| held.caller.answered(&mut attempt, &sending, response, doorward::now()));
    let mut step = match answered.next {
        Next::Deliver(which) => json!({ "do": self::which(which) }),
        Next::Again { after } => json!({ "do": "again", "after": after.map_or(0, |millis| millis.0) }),
        Next::NewProof => json!({ "do": "again", "after": 0 }),
    };
    if let Some(step) = step.as_object_mut() {
        step.insert("nonce".to_owned(), answered.nonce().into());
        step.insert("diagnosis".to_owned(), answered.report.to_json());
    }
    Ok(step.to_string())
}

/// What smells of an attack since this was last asked, as JSON text; nothing where nothing does.
#[napi(catch_unwind)]
#[must_use]
pub fn caller_reports(held: &External<Held>) -> Option<String> {
    let reports = held.caller.take_reports();
    if reports.is_empty() {
        return None;
    }
    let reports: Vec<Value> = reports.iter().map(doorward::caller::CallerReport::to_json).collect();
    Some(json!(reports).to_string())
}

/// Where the caller stands, as JSON text.
///
/// # Errors
///
/// No time.
#[napi(catch_unwind)]
pub fn caller_status(held: &External<Held>, now: Option<Words>) -> napi::Result<String> {
    Ok(held.caller.status(at(now)?).to_string())
}
