//! The numbers that stand for the words of a decision.

use crate::constants::*;
use doorward::{CredentialKind, Disclosure, Outcome, Recovery, Signal};

pub(crate) const fn outcome(outcome: Outcome) -> u32 {
    match outcome {
        Outcome::Allow => DOORWARD_OUTCOME_ALLOW,
        Outcome::Unauthenticated => DOORWARD_OUTCOME_UNAUTHENTICATED,
        Outcome::Forbidden => DOORWARD_OUTCOME_FORBIDDEN,
        Outcome::BadRequest => DOORWARD_OUTCOME_BAD_REQUEST,
        Outcome::Throttled => DOORWARD_OUTCOME_THROTTLED,
        Outcome::Unavailable => DOORWARD_OUTCOME_UNAVAILABLE,
    }
}

pub(crate) const fn recovery(recovery: Recovery) -> u32 {
    match recovery {
        Recovery::None => DOORWARD_RECOVERY_NONE,
        Recovery::SendCredential => DOORWARD_RECOVERY_SEND_CREDENTIAL,
        Recovery::RefreshCredential => DOORWARD_RECOVERY_REFRESH_CREDENTIAL,
        Recovery::ReplaceCredential => DOORWARD_RECOVERY_REPLACE_CREDENTIAL,
        Recovery::RequestAudience => DOORWARD_RECOVERY_REQUEST_AUDIENCE,
        Recovery::RequestScope => DOORWARD_RECOVERY_REQUEST_SCOPE,
        Recovery::StepUp => DOORWARD_RECOVERY_STEP_UP,
        Recovery::SyncClock => DOORWARD_RECOVERY_SYNC_CLOCK,
        Recovery::Wait => DOORWARD_RECOVERY_WAIT,
        Recovery::RotateCertificate => DOORWARD_RECOVERY_ROTATE_CERTIFICATE,
        Recovery::NewProof => DOORWARD_RECOVERY_NEW_PROOF,
        Recovery::UseNonce => DOORWARD_RECOVERY_USE_NONCE,
        Recovery::ChangeScheme => DOORWARD_RECOVERY_CHANGE_SCHEME,
        Recovery::FixRequest => DOORWARD_RECOVERY_FIX_REQUEST,
        Recovery::AskOperator => DOORWARD_RECOVERY_ASK_OPERATOR,
        Recovery::Stop => DOORWARD_RECOVERY_STOP,
    }
}

pub(crate) const fn signal(signal: Signal) -> u32 {
    match signal {
        Signal::Noise => DOORWARD_SIGNAL_NOISE,
        Signal::Fault => DOORWARD_SIGNAL_FAULT,
        Signal::Attack => DOORWARD_SIGNAL_ATTACK,
    }
}

pub(crate) const fn disclosure(disclosure: Disclosure) -> u32 {
    match disclosure {
        Disclosure::None => DOORWARD_DISCLOSURE_NONE,
        Disclosure::Reason => DOORWARD_DISCLOSURE_REASON,
    }
}

pub(crate) const fn credential_kind(kind: CredentialKind) -> u32 {
    match kind {
        CredentialKind::Bearer => DOORWARD_CREDENTIAL_KIND_BEARER,
    }
}

/// The number of the grounds of an allow; 0 for a word that is none.
pub(crate) fn grounds(name: &str) -> u32 {
    match name {
        "anyone" => DOORWARD_GROUNDS_ANYONE,
        "preflight" => DOORWARD_GROUNDS_PREFLIGHT,
        "credential" => DOORWARD_GROUNDS_CREDENTIAL,
        _ => 0,
    }
}

/// The number of a member of a list whose numbers are places, from 1; 0 for what is none.
pub(crate) fn place<T: PartialEq>(all: &[T], one: &T) -> u32 {
    let place = all.iter().position(|other| other == one);
    place.and_then(|place| u32::try_from(place.saturating_add(1)).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use doorward::doorward_core::decision::GROUNDS;

    #[test]
    fn all_grounds_have_the_numbers_of_their_places() {
        for (name, number) in GROUNDS.iter().zip(1..) {
            assert_eq!(grounds(name), number);
        }
        assert_eq!(grounds("whim"), 0);
    }
}
