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
pub(super) fn is_of_credential(reason: Reason) -> bool {
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

/// A token that is refused without a reason, and in time by the caller's clock, though not by the clock that came with the answer. What
/// the caller has reckoned with explains nothing.
fn explained_by_clock(finding: Finding, evidence: &Evidence<'_, '_>) -> Option<Finding> {
    let skew = evidence.skew?.beyond(evidence.sent.clock_offset);
    if !skew.is_significant() {
        return None;
    }
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
            // By the other clock its end has come, beyond what was reckoned with unless it was got a moment ago.
            (Some(false), Some(skew)) => {
                let skew = if fresh { skew } else { skew.beyond(evidence.sent.clock_offset) };
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

#[cfg(test)]
mod tests {
    use crate::diagnose::{Confidence, Response, Sent, diagnose};
    use crate::reason::Reason;
    use crate::request::Field;
    use crate::time::UnixTime;

    /// Sunday, 6 November 1994, 08:49:37 UTC.
    const NOW: i64 = 784_111_777;

    /// What a 401 is taken for whose `Date` is ten minutes off, after a request with a token that lasts 500 seconds more by the
    /// caller's clock.
    fn said(
        challenge: &str,
        date: &str,
        held_for: i64,
        clock_offset: i64,
    ) -> (Reason, Option<Reason>, Confidence) {
        let sent = Sent {
            scheme: Some(b"Bearer"),
            at: Some(UnixTime::from_seconds(NOW)),
            issued_at: Some(UnixTime::from_seconds(NOW - held_for)),
            expires_at: Some(UnixTime::from_seconds(NOW + 500)),
            clock_offset,
            ..Sent::default()
        };
        let fields = [Field::new("WWW-Authenticate", challenge), Field::new("Date", date)];
        let response = Response { status: 401, fields: &fields, body: b"" };
        let diagnosis = diagnose(&sent, &response, UnixTime::from_seconds(NOW));
        (diagnosis.reason.unwrap(), diagnosis.cause, diagnosis.confidence)
    }

    const REFUSED: &str = "Bearer error=\"invalid_token\"";
    const EXPIRED: &str = "Bearer error=\"invalid_token\", error_description=\"token_expired\"";
    const AHEAD: &str = "Sun, 06 Nov 1994 08:59:37 GMT";
    const BEHIND: &str = "Sun, 06 Nov 1994 08:39:37 GMT";

    const PLAIN: (Reason, Option<Reason>, Confidence) =
        (Reason::CredentialRefused, None, Confidence::Certain);

    const fn skewed(cause: Reason, confidence: Confidence) -> (Reason, Option<Reason>, Confidence) {
        (Reason::ClockSkewed, Some(cause), confidence)
    }

    #[test]
    fn what_the_caller_has_reckoned_with_explains_no_refusal() {
        let ended = skewed(Reason::TokenExpired, Confidence::Likely);
        assert_eq!(said(REFUSED, AHEAD, 3_100, 0), ended);
        assert_eq!(said(REFUSED, AHEAD, 3_100, 99), ended);
        assert_eq!(said(REFUSED, AHEAD, 3_100, 100), PLAIN);
        assert_eq!(said(REFUSED, AHEAD, 3_100, 600), PLAIN);
        let early = skewed(Reason::TokenNotYetValid, Confidence::Likely);
        assert_eq!(said(REFUSED, BEHIND, 10, 0), early);
        assert_eq!(said(REFUSED, BEHIND, 10, -600), PLAIN);
        // Reckoned the wrong way, it is off by twice as much.
        assert_eq!(said(REFUSED, AHEAD, 3_100, -600), ended);
        assert_eq!(said(REFUSED, AHEAD, 3_100, i64::MIN), ended);
        assert_eq!(said(REFUSED, AHEAD, 3_100, i64::MAX), PLAIN);
    }

    #[test]
    fn what_the_caller_has_reckoned_with_contradicts_no_end_but_that_of_a_fresh_one() {
        let ended = skewed(Reason::TokenExpired, Confidence::Certain);
        assert_eq!(said(EXPIRED, AHEAD, 3_100, 0), ended);
        assert_eq!(said(EXPIRED, AHEAD, 3_100, 600), (Reason::TokenExpired, None, Confidence::Certain));
        assert_eq!(said(EXPIRED, AHEAD, 10, 600), ended);
    }
}
