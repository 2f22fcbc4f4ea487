//! The caller's side: what an answer means to whoever got it, who made it, and the one next thing to do.
//!
//! An answer is evidence of unequal worth, and is read in this order: what its status alone says; what is said in the words of
//! a standard or in Doorward's; the codes and texts of products that are known ([`vendor`]); what the caller knows itself. What
//! the other side wrote decides what the caller asks for next, and never whom it trusts.

mod clue;
mod demand;
mod diagnosis;
mod evidence;
mod finding;
mod heard;
mod judge;
mod next;
mod origin;
mod quota;
mod refine;
mod sent;
mod sign_in;
mod skew;
mod url;
pub mod vendor;

pub use clue::{Clue, Clues};
pub use demand::Demanded;
pub use diagnosis::{Confidence, Diagnosis, Origin, Retry};
pub use sent::{Response, Sent};
pub use skew::Skew;

use crate::outcome::Outcome;
use crate::reason::Reason;
use crate::recovery::Recovery;
use crate::refusal;
use crate::time::UnixTime;
use evidence::Evidence;

/// What the answer to a request means. `now` is the caller's clock when the answer came.
#[must_use]
pub fn diagnose<'a>(sent: &Sent<'a>, response: &Response<'a>, now: UnixTime) -> Diagnosis<'a> {
    let evidence = Evidence::new(sent, response, now);
    let wait = next::wait(&evidence);
    let finding = judge::judge(&evidence);
    let waits = finding.reason.is_some_and(|reason| refusal::recovery(reason, wait) == Recovery::Wait);
    let finding = refine::refine(finding, &evidence, waits);
    let wait =
        wait.or_else(|| quota::reset(&evidence).filter(|_| finding.reason == Some(Reason::RateLimited)));
    let (origin, finding) = origin::origin(finding, &evidence);
    let next = next::next(&finding, &evidence, wait);
    let finding =
        if next.retry_after.is_some() && wait.is_some() { finding.with(Clue::RetryAfter) } else { finding };
    let proper_status = finding.reason.and_then(|reason| proper(reason, response.status));
    Diagnosis {
        status: response.status,
        reason: finding.reason,
        cause: finding.cause,
        confidence: finding.confidence,
        origin,
        clues: finding.clues,
        product: finding.product,
        misused_status: proper_status.is_some(),
        proper_status,
        skew: evidence.skew,
        recovery: next.recovery,
        retry: next.retry,
        retry_after: next.retry_after,
        demand: evidence.demand,
    }
}

/// The status that belongs to the reason, if the answer has one of another kind.
fn proper(reason: Reason, status: u16) -> Option<u16> {
    let fits = match status {
        401 if reason == Reason::ProxyCredentialMissing => false,
        401 | 407 | 511 => reason.outcome() == Outcome::Unauthenticated,
        // Nobody knows what it is about.
        403 => reason.outcome() == Outcome::Forbidden,
        429 => reason.outcome() == Outcome::Throttled,
        400..=499 => reason.outcome() == Outcome::BadRequest,
        500..=599 => reason.outcome() == Outcome::Unavailable,
        _ => false,
    };
    (!fits).then(|| reason.status())
}
