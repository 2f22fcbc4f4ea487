//! Names for the numbers of a decision.

use crate::guard::guard_or;
use crate::numbers;
use crate::text::Str;
use doorward::doorward_core::decision::GROUNDS;
use doorward::{
    Clue, Confidence, CredentialKind, Disclosure, Origin, Outcome, Reason, Recovery, Retry, Signal,
};

/// The code of a reason, such as `token_expired`: stable, for logs, metrics and programs. Empty for a number that is none.
/// Like all texts of this kind it lives as long as the library is loaded.
///
/// Any thread may call it at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn doorward_reason_code(reason: u16) -> Str {
    reason_text(reason, Reason::code)
}

/// A sentence that says what a reason means, for people. Empty for a number that is none.
///
/// Any thread may call it at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn doorward_reason_sentence(reason: u16) -> Str {
    reason_text(reason, Reason::sentence)
}

/// A sentence that says what an operator should do about a reason. Empty for a number that is none.
///
/// Any thread may call it at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn doorward_reason_operator(reason: u16) -> Str {
    reason_text(reason, Reason::operator)
}

/// The code of an outcome, such as `unauthenticated`. Empty for a number that is none.
///
/// Any thread may call it at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn doorward_outcome_code(outcome: u32) -> Str {
    text(&Outcome::ALL, |one| numbers::outcome(one) == outcome, Outcome::code)
}

/// The code of a recovery, such as `refresh_credential`. Empty for a number that is none.
///
/// Any thread may call it at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn doorward_recovery_code(recovery: u32) -> Str {
    text(Recovery::ALL, |one| numbers::recovery(one) == recovery, Recovery::code)
}

/// A sentence of advice to a person on a recovery. Empty for a number that is none.
///
/// Any thread may call it at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn doorward_recovery_advice(recovery: u32) -> Str {
    text(Recovery::ALL, |one| numbers::recovery(one) == recovery, Recovery::advice)
}

/// The code of a signal: `noise`, `fault` or `attack`. Empty for a number that is none.
///
/// Any thread may call it at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn doorward_signal_code(signal: u32) -> Str {
    text(&Signal::ALL, |one| numbers::signal(one) == signal, Signal::code)
}

/// The code of a disclosure: `none` or `reason`. Empty for a number that is none.
///
/// Any thread may call it at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn doorward_disclosure_code(disclosure: u32) -> Str {
    text(&Disclosure::ALL, |one| numbers::disclosure(one) == disclosure, Disclosure::code)
}

/// The code of the grounds of an allow, such as `credential`. Empty for a number that is none.
///
/// Any thread may call it at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn doorward_grounds_code(grounds: u32) -> Str {
    text(&GROUNDS, |one| numbers::grounds(one) == grounds, |one| one)
}

/// The code of a kind of credential, such as `bearer`. Empty for a number that is none.
///
/// Any thread may call it at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn doorward_credential_kind_code(kind: u32) -> Str {
    text(&CredentialKind::ALL, |one| numbers::credential_kind(one) == kind, CredentialKind::code)
}

/// The code of a degree of confidence: `guess`, `likely` or `certain`. Empty for a number that is none.
///
/// Any thread may call it at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn doorward_confidence_code(confidence: u32) -> Str {
    text(&Confidence::ALL, |one| numbers::place(&Confidence::ALL, &one) == confidence, Confidence::code)
}

/// The code of an origin: `gateway`, `application` or `unknown`. Empty for a number that is none.
///
/// Any thread may call it at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn doorward_origin_code(origin: u32) -> Str {
    text(&Origin::ALL, |one| numbers::place(&Origin::ALL, &one) == origin, Origin::code)
}

/// The code of whether a request may be sent again: `never`, `changed` or `same`. Empty for a number that is none.
///
/// Any thread may call it at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn doorward_retry_code(retry: u32) -> Str {
    text(&Retry::ALL, |one| numbers::place(&Retry::ALL, &one) == retry, Retry::code)
}

/// The code of a clue, such as `proxy_status`. Empty for a number that is none: so all of them can be counted from 1.
///
/// Any thread may call it at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn doorward_clue_code(clue: u32) -> Str {
    text(Clue::ALL, |one| numbers::place(Clue::ALL, &one) == clue, Clue::code)
}

/// A sentence that says what a clue is, for people. Empty for a number that is none.
///
/// Any thread may call it at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn doorward_clue_sentence(clue: u32) -> Str {
    text(Clue::ALL, |one| numbers::place(Clue::ALL, &one) == clue, Clue::sentence)
}

/// A text of the member of a list that has the number.
fn text<T: Copy>(all: &[T], is: impl Fn(T) -> bool, text: impl Fn(T) -> &'static str) -> Str {
    guard_or(Str::NOTHING, || {
        all.iter().copied().find(|one| is(*one)).map_or(Str::NOTHING, |one| Str::of(text(one)))
    })
}

fn reason_text(reason: u16, text: impl Fn(Reason) -> &'static str) -> Str {
    guard_or(Str::NOTHING, || {
        Reason::from_number(reason).map_or(Str::NOTHING, |reason| Str::of(text(reason)))
    })
}
