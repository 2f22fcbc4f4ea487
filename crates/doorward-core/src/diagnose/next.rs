//! The one next thing to do, and whether the request may be sent again for it.

use super::diagnosis::Retry;
use super::evidence::Evidence;
use super::finding::Finding;
use crate::limits;
use crate::reason::Reason;
use crate::recovery::Recovery;
use crate::refusal;
use crate::time::Seconds;
use crate::wire::http_date;
use crate::wire::retry_after::RetryAfter;

/// What to do next.
pub(super) struct Next {
    pub(super) recovery: Recovery,
    pub(super) retry: Retry,
    pub(super) retry_after: Option<Seconds>,
}

/// How long the answer says to wait, as a lower bound (RFC 9110, section 10.2.3); never longer than is believed.
pub(super) fn wait(evidence: &Evidence<'_, '_>) -> Option<Seconds> {
    let response = evidence.response;
    let value = RetryAfter::parse(response.only("retry-after")?, evidence.now)?;
    let date = response.only("date").and_then(|date| http_date::parse(date, evidence.now));
    Some(Seconds(value.seconds(date, evidence.now).0.min(limits::ANSWER_WAIT_MAX)))
}

pub(super) fn next(finding: &Finding, evidence: &Evidence<'_, '_>, wait: Option<Seconds>) -> Next {
    let Some(reason) = finding.reason else {
        return Next { recovery: Recovery::None, retry: Retry::Never, retry_after: None };
    };
    let recovery = recovery(reason, evidence, wait);
    let retry = match recovery {
        Recovery::Wait => Retry::Same,
        Recovery::SyncClock => by_clock(finding),
        Recovery::SendCredential
        | Recovery::RefreshCredential
        | Recovery::ReplaceCredential
        | Recovery::RequestAudience
        | Recovery::RequestScope
        | Recovery::StepUp
        | Recovery::RotateCertificate
        | Recovery::NewProof
        | Recovery::UseNonce
        | Recovery::ChangeScheme => Retry::Changed,
        Recovery::None | Recovery::FixRequest | Recovery::AskOperator | Recovery::Stop => Retry::Never,
    };
    // A proof is good for one request (RFC 9449, section 7.3).
    let retry = if retry == Retry::Same && evidence.sent.proof { Retry::Changed } else { retry };
    let least = match (recovery, by_clock(finding)) {
        // A refusal that is taken for a limit is not tried at once (RFC 9110, section 15.5.4).
        (Recovery::Wait, _) if evidence.response.status == 403 && wait.is_none() => {
            Some(Seconds(limits::UNTOLD_LIMIT_WAIT))
        }
        (Recovery::SyncClock, Retry::Same) => Some(Seconds(
            evidence.skew.filter(|skew| skew.is_significant()).map_or(limits::NOT_YET_VALID_WAIT, |skew| {
                skew.seconds.unsigned_abs().saturating_add(skew.within).min(limits::ANSWER_WAIT_MAX)
            }),
        )),
        _ => None,
    };
    let retry_after = if retry == Retry::Never { None } else { wait.max(least) };
    Next { recovery, retry, retry_after }
}

fn recovery(reason: Reason, evidence: &Evidence<'_, '_>, wait: Option<Seconds>) -> Recovery {
    match reason {
        // A workload cannot step up alone.
        Reason::StepUpRequired if !evidence.sent.interactive => Recovery::AskOperator,
        // Nothing says which scope to ask for.
        Reason::ScopeInsufficient if evidence.demand.scope.is_none() => Recovery::AskOperator,
        Reason::ProofNonceRequired if evidence.demand.nonce.is_none() => Recovery::AskOperator,
        // A gateway that shows people a page did not look at the program's credential.
        Reason::SignInOffered if evidence.has_credential() => Recovery::AskOperator,
        _ => refusal::recovery(reason, wait),
    }
}

/// A token that is not valid yet will be; one that has expired will not be valid again.
fn by_clock(finding: &Finding) -> Retry {
    match finding.cause.or(finding.reason) {
        Some(Reason::TokenNotYetValid | Reason::TokenIssuedInFuture) => Retry::Same,
        _ => Retry::Changed,
    }
}
