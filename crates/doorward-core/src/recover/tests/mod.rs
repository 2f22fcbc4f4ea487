//! The governor's promises: one by one, and all of them over thousands of schedules.

mod bare;
mod diagnosed;
mod obtaining;
mod pausing;
mod places;
mod resending;
mod schedules;
mod world;

use super::*;
use crate::diagnose::{Confidence, Demanded, Diagnosis, Origin, Retry};
use crate::outcome::Outcome;
use crate::reason::Reason;
use crate::recovery::Recovery;
use crate::time::{Seconds, UnixTime};
use crate::wire::quoted::QuotedText;

const START: UnixTime = UnixTime::from_seconds(1_795_386_231);

/// The point so many milliseconds after the start.
fn at(millis: u64) -> UnixTime {
    clock::after(START, Millis(millis))
}

fn governor() -> Governor {
    Governor::new(Settings::default(), true)
}

/// A request that may be sent again.
fn get() -> Attempt {
    Attempt::new(Traits::of_method("GET", true))
}

fn post() -> Attempt {
    Attempt::new(Traits::of_method("POST", true))
}

/// A refusal as a gateway words it that leaves no doubt.
fn refusal(reason: Reason) -> Diagnosis<'static> {
    let retry = match reason.recovery() {
        Recovery::Wait => Retry::Same,
        Recovery::SyncClock if reason != Reason::ClockSkewed => Retry::Same,
        Recovery::Stop | Recovery::AskOperator | Recovery::FixRequest | Recovery::ChangeScheme => {
            Retry::Never
        }
        _ => Retry::Changed,
    };
    let challenged = reason.outcome() == Outcome::Unauthenticated || reason == Reason::ScopeInsufficient;
    let scheme = challenged.then(|| QuotedText::unquoted(b"Bearer"));
    Diagnosis {
        status: reason.status(),
        reason: Some(reason),
        confidence: Confidence::Certain,
        recovery: reason.recovery(),
        retry,
        demand: Demanded { scheme, ..Demanded::default() },
        ..success()
    }
}

/// A 401 without a challenge: nobody knows who made it.
fn doubtful() -> Diagnosis<'static> {
    let diagnosis = refusal(Reason::CredentialRefused);
    Diagnosis { confidence: Confidence::Guess, demand: Demanded::default(), ..diagnosis }
}

/// The same once more, where the credential is a new one.
fn stripped() -> Diagnosis<'static> {
    Diagnosis { confidence: Confidence::Guess, ..refusal(Reason::CredentialStripped) }
}

fn wants_scope(scope: &'static str) -> Diagnosis<'static> {
    let mut diagnosis = refusal(Reason::ScopeInsufficient);
    diagnosis.demand.scope = Some(QuotedText::unquoted(scope.as_bytes()));
    diagnosis
}

fn success() -> Diagnosis<'static> {
    Diagnosis {
        status: 200,
        reason: None,
        cause: None,
        confidence: Confidence::Certain,
        origin: Origin::Unknown,
        clues: crate::diagnose::Clues::NONE,
        product: None,
        misused_status: false,
        proper_status: None,
        skew: None,
        recovery: Recovery::None,
        retry: Retry::Never,
        retry_after: None,
        demand: Demanded::default(),
    }
}

/// What a source gives that does not say more.
fn fresh() -> Obtained {
    Obtained::default()
}

fn same() -> Obtained {
    Obtained { same: true, ..Obtained::default() }
}

fn lasting(span: u64, now: UnixTime) -> Obtained {
    Obtained { expires: Some(Expiry::Local(now.plus(Seconds(span)))), ..Obtained::default() }
}

/// The ticket of whoever has to obtain.
#[track_caller]
fn ticket(before: Before) -> Ticket {
    match before {
        Before::Obtain(ticket) | Before::SendAndObtain(_, ticket) => ticket,
        other => panic!("expected a ticket, found {other:?}"),
    }
}

/// What the request is sent with.
#[track_caller]
fn sent(before: Before) -> u64 {
    match before {
        Before::Send(generation) | Before::SendAndObtain(generation, _) => generation.number(),
        other => panic!("expected it to be sent, found {other:?}"),
    }
}

/// A governor that holds its first credential.
fn holding(what: Obtained) -> Governor {
    let mut governor = governor();
    let ticket = ticket(governor.before(&mut get(), START, 0));
    assert!(governor.obtained(ticket, what, START, 0).is_new);
    governor
}

/// Sends a new request at that time, which must go out, and gives it back.
#[track_caller]
fn send(governor: &mut Governor, now: UnixTime) -> Attempt {
    let mut attempt = get();
    sent(governor.before(&mut attempt, now, 0));
    attempt
}
