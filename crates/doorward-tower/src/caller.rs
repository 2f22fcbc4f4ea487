//! The caller of a request that was let in, for as long as a service needs it.

use doorward::{CredentialKind, Principal, Snapshot, UnixTime};
use std::sync::Arc;

/// Who the caller is: issuer and subject of a credential that was verified, and what it says besides.
///
/// It is among the extensions of every request that was let in with a credential, and of no other. Cloning is cheap.
#[derive(Clone)]
pub struct Caller {
    decision: Snapshot<Arc<[u8]>>,
}

/// Says that a request was let in, but not as anybody: its route is for anyone.
#[derive(Clone, Copy)]
pub(crate) struct Anyone;

impl Caller {
    pub(crate) fn from_record(record: Arc<[u8]>) -> Option<Self> {
        let decision = Snapshot::from_bytes(record)?;
        (decision.is_allow() && decision.principal().is_some()).then_some(Self { decision })
    }

    /// The issuer: its identifier, or the name of a SPIFFE trust domain. A subject means nothing without it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.principal().map_or("", |principal| principal.issuer)
    }

    /// The name of the issuer in the policy.
    #[must_use]
    pub fn issuer_name(&self) -> &str {
        self.principal().map_or("", |principal| principal.issuer_name)
    }

    /// The subject; empty where a plain JWT has none.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.principal().map_or("", |principal| principal.subject)
    }

    /// The kind of credential.
    #[must_use]
    pub fn kind(&self) -> Option<CredentialKind> {
        self.principal().map(|principal| principal.kind)
    }

    /// When the credential expires.
    #[must_use]
    pub fn expires(&self) -> Option<UnixTime> {
        self.principal().and_then(|principal| principal.expires)
    }

    /// All claims, as the JSON text that was signed: an object without duplicate members.
    #[must_use]
    pub fn claims(&self) -> &str {
        self.principal().map_or("{}", |principal| principal.claims)
    }

    /// The chain of delegation as JSON text: the outermost `act` claim.
    #[must_use]
    pub fn actor(&self) -> Option<&str> {
        self.principal().and_then(|principal| principal.actor)
    }

    /// The whole decision that let the caller in: route, path, grounds.
    #[must_use]
    pub const fn decision(&self) -> &Snapshot<Arc<[u8]>> {
        &self.decision
    }

    fn principal(&self) -> Option<Principal<'_>> {
        self.decision.principal()
    }
}

impl core::fmt::Debug for Caller {
    /// Leaves subject and claims out: they may be personal.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Caller").field("issuer", &self.issuer()).finish_non_exhaustive()
    }
}
