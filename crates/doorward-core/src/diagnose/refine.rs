//! What the caller knows itself, against what the answer says: whether a credential was sent, and where; how old it is; whether it
//! was refused before.

use super::clue::Clue;
use super::diagnosis::Confidence::{Certain, Likely};
use super::evidence::Evidence;
use super::finding::Finding;
use crate::limits;
use crate::outcome::Outcome;
use crate::reason::Reason;

/// The finding in the light of what the caller knows. `waits` says that the cure is to wait.
pub(super) fn refine(finding: Finding, evidence: &Evidence<'_, '_>, waits: bool) -> Finding {
    let finding = missing(finding, evidence);
    let finding = clock(finding, evidence);
    if waits { finding } else { again(finding, evidence) }
}

/// "Missing", told to a request that carried a credential: it did not arrive as what it was.
fn missing(finding: Finding, evidence: &Evidence<'_, '_>) -> Finding {
    if !evidence.has_credential() {
        return finding;
    }
    if let Some(told) =
        finding.reason.filter(|reason| evidence.is_from_elsewhere() && is_of_credential(*reason))
    {
        return withheld(finding, told);
    }
    if finding.reason != Some(Reason::CredentialMissing) {
        return finding;
    }
    let finding = finding.with(Clue::CredentialSent);
    if evidence.heard.is_for_others() {
        return finding.with(Clue::SchemeDiffers).turned(Reason::SchemeUnsupported, Likely);
    }
    finding.turned(Reason::CredentialStripped, Certain)
}

/// What another origin says of a credential that clients take out of the request on the way there. Some call one invalid that they
/// have not seen; and whatever they say, it is no word of the origin that the credential is for.
fn withheld(finding: Finding, told: Reason) -> Finding {
    let missing = told == Reason::CredentialMissing;
    let confidence = if missing { finding.confidence } else { Likely };
    let clues = finding.clues.with(Clue::RedirectedElsewhere).with(Clue::CredentialSent);
    Finding {
        reason: Some(Reason::CredentialWithheld),
        cause: (!missing && told != Reason::CredentialRefused).then_some(told),
        confidence: confidence.min(Likely),
        clues,
        ..finding
    }
}

/// Whether the reason is about the credential or what it is good for, and not about the way, the time or nothing known.
fn is_of_credential(reason: Reason) -> bool {
    matches!(reason.outcome(), Outcome::Unauthenticated | Outcome::Forbidden)
        && !matches!(
            reason,
            Reason::SignInOffered
                | Reason::ProxyCredentialMissing
                | Reason::NetworkSignInRequired
                | Reason::RefusalUnrelated
                | Reason::RefusalUnexplained
        )
}

/// A token that is refused without a reason, and in time by the caller's clock, though not by the clock that came with the answer.
fn explained_by_clock(finding: Finding, evidence: &Evidence<'_, '_>) -> Option<Finding> {
    let skew = evidence.skew.filter(|skew| skew.is_significant())?;
    let expires = evidence.sent.expires_at.filter(|_| evidence.has_expired() == Some(false))?;
    let there = evidence.now.seconds().saturating_add(skew.seconds).saturating_sub_unsigned(skew.within);
    let behind =
        skew.seconds < 0 && skew.seconds.unsigned_abs() > limits::USUAL_LEEWAY.saturating_add(skew.within);
    let cause = if there >= expires.seconds() {
        Reason::TokenExpired
    } else if behind && evidence.is_fresh() {
        Reason::TokenNotYetValid
    } else {
        return None;
    };
    let finding = finding.with(Clue::CredentialCurrent).with(Clue::Date);
    let finding = if evidence.is_fresh() { finding.with(Clue::CredentialFresh) } else { finding };
    Some(Finding { cause: Some(cause), ..finding.turned(Reason::ClockSkewed, Likely) })
}

/// A token whose times are refused though they are good by the caller's clock: one of the clocks is wrong.
fn clock(finding: Finding, evidence: &Evidence<'_, '_>) -> Finding {
    let Some(cause) = finding.reason else { return finding };
    let skew = evidence.skew.filter(|skew| skew.is_significant());
    let fresh = evidence.is_fresh();
    let note = |finding: Finding, clue: Clue, holds: bool| if holds { finding.with(clue) } else { finding };
    let mut guessed = skew.is_none();
    let skewed = match cause {
        Reason::CredentialRefused => return explained_by_clock(finding, evidence).unwrap_or(finding),
        Reason::ClockSkewed => return note(finding, Clue::Date, skew.is_some()),
        Reason::TokenExpired => match (evidence.has_expired(), skew) {
            (Some(true), _) => return finding.with(Clue::CredentialExpired),
            // By the other clock its end has come.
            (Some(false), Some(skew)) => {
                let there =
                    evidence.now.seconds().saturating_add(skew.seconds).saturating_add_unsigned(skew.within);
                evidence.sent.expires_at.is_some_and(|expires| there >= expires.seconds())
            }
            // Without the other side's time, that it was got a moment ago and has time left is all that is known.
            (Some(false), None) => fresh && evidence.skew.is_none(),
            // What was got a moment ago can have been issued long before.
            (None, Some(skew)) => {
                guessed = true;
                fresh && skew.seconds > 0
            }
            (None, None) => false,
        },
        Reason::TokenNotYetValid | Reason::TokenIssuedInFuture => skew.is_some_and(|skew| skew.seconds < 0),
        _ => return finding,
    };
    let finding = note(finding, Clue::CredentialFresh, fresh);
    let finding = note(finding, Clue::CredentialCurrent, evidence.has_expired() == Some(false));
    if !skewed {
        return finding;
    }
    let sure = if guessed { Likely } else { Certain };
    let finding = note(finding, Clue::Date, skew.is_some());
    Finding { cause: Some(cause), ..finding.turned(Reason::ClockSkewed, sure) }
}

/// The same credential was refused before, and nothing has changed: another try cannot end otherwise.
fn again(finding: Finding, evidence: &Evidence<'_, '_>) -> Finding {
    let Some(cause) = finding.reason else { return finding };
    if !evidence.sent.refused_before || !evidence.has_credential() || !is_final(cause) {
        return finding;
    }
    Finding {
        reason: Some(Reason::CredentialRefusedAgain),
        cause: Some(cause),
        confidence: Certain,
        ..finding.with(Clue::RefusedBefore)
    }
}

/// Whether a second refusal of the same credential means the same as the first. Where the request, the proof, the way or the time is at
/// fault, and not the credential, it may not.
fn is_final(reason: Reason) -> bool {
    reason.outcome() == Outcome::Unauthenticated
        && !matches!(
            reason,
            Reason::CredentialMissing
                | Reason::SchemeUnsupported
                | Reason::CredentialStripped
                | Reason::CredentialStrippedUpstream
                | Reason::CredentialWithheld
                | Reason::ProofMissing
                | Reason::ProofInvalid
                | Reason::ProofNonceRequired
                | Reason::ClockSkewed
                | Reason::TokenNotYetValid
                | Reason::TokenIssuedInFuture
                | Reason::StepUpRequired
                | Reason::SignInOffered
                | Reason::ProxyCredentialMissing
                | Reason::NetworkSignInRequired
        )
}
