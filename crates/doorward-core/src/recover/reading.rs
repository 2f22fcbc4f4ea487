//! What a diagnosis says to the governor: what the refusal is about, and whether the request was surely not carried out.

use super::attempt::hash;
use super::settings::Settings;
use crate::diagnose::{Confidence, Demanded, Diagnosis, Origin, Retry};
use crate::outcome::Outcome;
use crate::reason::{Challenge, Reason, WireError};
use crate::recovery::Recovery;
use crate::time::Seconds;
use crate::wire::quoted::QuotedText;

/// What a refusal is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum About {
    /// Nobody is refused.
    Nothing,
    /// The credential: no request should go out with it any more.
    Credential,
    /// What the credential grants: this request needs more, others do not.
    Grant,
    /// The proof beside the credential.
    Proof,
    /// Neither: the very same may succeed later.
    Time,
    /// Something that no credential changes.
    Other,
}

/// A diagnosis, as the governor reads it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) about: About,
    pub(super) reason: Option<Reason>,
    pub(super) retry: Retry,
    pub(super) retry_after: Option<Seconds>,
    /// What a credential must answer, hashed; 0 for nothing.
    pub(super) demand: u64,
    /// Whether the answer is surely that of whoever checks credentials.
    pub(super) is_honest: bool,
    /// Whether it says by that as well that the request was not carried out.
    pub(super) was_not_applied: bool,
    /// The words of an answer that surely refuses for want of a credential, hashed; else 0.
    pub(super) wants_credential: u64,
    /// Whether the service knows the caller.
    pub(super) knows_caller: bool,
    /// Whether it refuses nobody and has another fault to find: what a caller is told who was let in, as a rule.
    pub(super) is_plain_error: bool,
    /// Whether a credential may have been lost on the way: nothing but a guess says so.
    pub(super) may_be_stripped: bool,
}

impl Reading {
    pub(super) fn of(diagnosis: &Diagnosis<'_>, settings: &Settings) -> Self {
        let sure = diagnosis.confidence != Confidence::Guess;
        let checked = diagnosis.origin == Origin::Gateway || diagnosis.demand.scheme.is_some();
        // Behind a gateway that gave up waiting, the request may still be carried out.
        let refused = diagnosis.status < 500;
        let is_far = is_far(diagnosis, settings);
        let about = about(diagnosis, is_far);
        let (retry, retry_after) = match diagnosis.recovery {
            // A refresh is not enough (RFC 9470, section 6.1), and nobody is there who could do more.
            Recovery::StepUp if !settings.interactive => (Retry::Never, None),
            // A refresh that asks for nothing new brings the same grant.
            Recovery::RequestScope if !names_scopes(diagnosis) => (Retry::Never, None),
            // Clocks that are this far apart cannot be waited out; a credential made with the offset in mind can help.
            Recovery::SyncClock if diagnosis.retry == Retry::Same && is_far => (Retry::Changed, None),
            _ => (diagnosis.retry, diagnosis.retry_after),
        };
        let is_honest = sure && checked && refused;
        Self {
            about,
            reason: diagnosis.reason,
            retry,
            retry_after,
            demand: demand(diagnosis),
            is_honest,
            was_not_applied: is_honest && was_not_applied(diagnosis),
            wants_credential: if sure { wants_credential(diagnosis) } else { 0 },
            knows_caller: match diagnosis.reason {
                None => diagnosis.status < 400,
                Some(reason) => sure && is_after_credential(reason),
            },
            is_plain_error: about == About::Nothing && matches!(diagnosis.status, 400..=499),
            may_be_stripped: diagnosis.status == 401
                && diagnosis.reason == Some(Reason::CredentialStripped)
                && diagnosis.confidence == Confidence::Guess,
        }
    }
}

/// Whether a refusal by whoever checks credentials says that the request was not carried out: a 401 means just that
/// ([RFC 9110, section 15.5.2]), and so does a 403 whose challenge finds fault with the token. No other status does.
///
/// [RFC 9110, section 15.5.2]: https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2
fn was_not_applied(diagnosis: &Diagnosis<'_>) -> bool {
    let faults: [&[u8]; 2] = [b"insufficient_scope", b"invalid_token"];
    let error = diagnosis.demand.error.filter(|_| diagnosis.demand.scheme.is_some());
    let outcome = diagnosis.reason.map(Reason::outcome);
    matches!(outcome, Some(Outcome::Unauthenticated | Outcome::Forbidden))
        && match diagnosis.status {
            401 => true,
            403 => error.is_some_and(|error| faults.iter().any(|fault| error == **fault)),
            _ => false,
        }
}

/// Whether a reason speaks of the token itself, and not of a proof beside it.
fn is_of_the_token(reason: Reason) -> bool {
    let of_a_proof =
        matches!(reason, Reason::ProofMissing | Reason::ProofInvalid | Reason::ProofNonceRequired);
    reason.challenge() == Challenge::Error(WireError::InvalidToken) && !of_a_proof
}

/// Whether a refusal is one that only who was let in can get: paths, methods and firewalls are judged before the credential is.
fn is_after_credential(reason: Reason) -> bool {
    reason.outcome() == Outcome::Forbidden
        && !matches!(
            reason,
            Reason::RouteUnmatched
                | Reason::MethodRefused
                | Reason::RefusalUnrelated
                | Reason::RefusalUnexplained
        )
}

/// Whether the token will be good by and by: it need only come later, with a new proof if one goes with it.
fn is_early(diagnosis: &Diagnosis<'_>) -> bool {
    let behind = diagnosis.cause.or(diagnosis.reason);
    matches!(behind, Some(Reason::TokenNotYetValid | Reason::TokenIssuedInFuture))
}

/// Whether an answer says which scopes it wants.
fn names_scopes(diagnosis: &Diagnosis<'_>) -> bool {
    diagnosis.demand.scope.iter().flat_map(QuotedText::bytes).any(|byte| byte != b' ')
}

/// Whether the clocks are surely further apart than a request may wait.
fn is_far(diagnosis: &Diagnosis<'_>, settings: &Settings) -> bool {
    let sure = diagnosis.skew.filter(|skew| skew.is_significant());
    sure.is_some_and(|skew| skew.seconds.unsigned_abs() > settings.longest_wait.0)
}

fn about(diagnosis: &Diagnosis<'_>, is_far: bool) -> About {
    // Neither is ever about our credential, whatever else the answer says.
    if matches!(diagnosis.status, 407 | 511) {
        return About::Other;
    }
    let Some(reason) = diagnosis.reason else { return About::Nothing };
    let forbidden = reason.outcome() == Outcome::Forbidden;
    match diagnosis.recovery {
        Recovery::UseNonce | Recovery::NewProof => About::Proof,
        Recovery::RequestScope | Recovery::StepUp => About::Grant,
        Recovery::RequestAudience if forbidden => About::Grant,
        Recovery::Wait => About::Time,
        Recovery::SyncClock if is_early(diagnosis) && !is_far => About::Time,
        _ if forbidden => About::Other,
        Recovery::RefreshCredential
        | Recovery::ReplaceCredential
        | Recovery::SendCredential
        | Recovery::RequestAudience
        | Recovery::SyncClock => About::Credential,
        // Whoever has to mend it, this credential will not be accepted: what comes next must not go on sending it.
        _ if is_of_the_token(reason) => About::Credential,
        _ => About::Other,
    }
}

/// What an answer says that refuses for want of a credential, as a number; else 0.
fn wants_credential(diagnosis: &Diagnosis<'_>) -> u64 {
    if diagnosis.status != 401 || diagnosis.reason != Some(Reason::CredentialMissing) {
        return 0;
    }
    let Demanded { scheme, realm, scope, error, .. } = diagnosis.demand;
    hash_of(0, [scheme, realm, scope, error])
}

/// The demands of an answer as a number, by which the governor tells them apart.
fn demand(diagnosis: &Diagnosis<'_>) -> u64 {
    let Demanded { scope, acr_values, max_age, claims, .. } = diagnosis.demand;
    let (kind, parts): (u8, [Option<QuotedText<'_>>; 4]) = match diagnosis.recovery {
        Recovery::RequestScope => (1, [scope, None, None, None]),
        Recovery::StepUp => (2, [scope, acr_values, max_age, claims]),
        Recovery::RequestAudience => (3, [None; 4]),
        _ if claims.is_some() => (4, [None, None, None, claims]),
        _ => return 0,
    };
    hash_of(kind, parts)
}

fn hash_of(kind: u8, parts: [Option<QuotedText<'_>>; 4]) -> u64 {
    let parts = parts.iter().flat_map(|part| {
        // No byte of a field's value ends each.
        part.iter().flat_map(QuotedText::bytes).chain(core::iter::once(b'\n'))
    });
    hash(core::iter::once(kind).chain(parts))
}
