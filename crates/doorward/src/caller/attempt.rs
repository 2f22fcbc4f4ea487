//! One request on its way, and what the caller says about it.

use super::credential::Credential;
use super::want::Want;
use crate::diagnosis::DiagnosisReport;
use doorward_core::reason::Reason;
use doorward_core::recover::{self, Next, Ticket, Traits, Which};
use doorward_core::time::UnixTime;
use std::sync::Arc;

/// One request, from before it is first sent until its answer is delivered. It goes through every call about that request.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub(super) core: recover::Attempt,
    /// What it was last sent with.
    pub(super) credential: Option<Arc<Credential>>,
    /// When the caller got that.
    pub(super) issued_at: Option<UnixTime>,
    /// The scopes that were asked for because this request wants them.
    pub(super) asked_scope: Option<String>,
}

impl Attempt {
    /// A request that was not sent yet.
    #[must_use]
    pub const fn new(traits: Traits) -> Self {
        Self { core: recover::Attempt::new(traits), credential: None, issued_at: None, asked_scope: None }
    }

    /// How often it was sent.
    #[must_use]
    pub const fn sends(&self) -> u8 {
        self.core.sends()
    }

    /// The number of the credential that it was last sent with; 0 for none.
    #[must_use]
    pub const fn generation(&self) -> u64 {
        self.core.generation().number()
    }
}

/// What to do with a request that is to be sent, for the first time or again.
#[derive(Clone, Debug)]
pub enum Prepared {
    /// Send it with this credential.
    Send(Arc<Credential>),
    /// Send it with this credential, and obtain the next one beside it.
    SendAndObtain(Arc<Credential>, Ticket, Want),
    /// Send it as it is: there is no source of credentials.
    SendBare,
    /// Obtain a credential, tell how that went, and prepare again.
    Obtain(Ticket, Want),
    /// Prepare again when a ticket was brought back, or then.
    Wait {
        /// The latest time to prepare again.
        until: UnixTime,
    },
    /// Send nothing, and fail at once.
    Blocked(Blocked),
    /// Deliver the answer that came: there is nothing else to send it with.
    Deliver(Which),
}

/// Why nothing is sent.
#[derive(Clone, Debug)]
pub struct Blocked {
    /// Until when others will be refused as well, if that is known.
    pub until: Option<UnixTime>,
    /// `retry_blocked` or `credential_unobtainable`.
    pub reason: Reason,
    /// What the source said last, if it gave no credential.
    pub source_fault: Option<String>,
    /// What the last refusal meant; without a source, the first one at this place.
    pub last_refusal: Option<Arc<DiagnosisReport>>,
}

impl Blocked {
    /// One sentence for people: lower case, no full stop.
    #[must_use]
    pub fn sentence(&self) -> String {
        match (&self.source_fault, &self.last_refusal) {
            (Some(fault), _) if self.reason == Reason::CredentialUnobtainable => {
                format!("{}: {fault}", self.reason.sentence())
            }
            (_, Some(refusal)) => match refusal.reason {
                Some(reason) => format!("{}: last, {}", self.reason.sentence(), reason.sentence()),
                None => self.reason.sentence().to_owned(),
            },
            _ => self.reason.sentence().to_owned(),
        }
    }
}

/// What the host knows of a request that was sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sending<'a> {
    /// Where it was sent.
    pub url: &'a str,
    /// Where the answer came from, if redirects were followed; else empty.
    pub final_url: &'a str,
    /// When it was sent, if that is known.
    pub at: Option<UnixTime>,
}

/// What an answer means, and what to do after it.
#[derive(Clone, Debug)]
pub struct Answered {
    /// What it means.
    pub report: Arc<DiagnosisReport>,
    /// What to do.
    pub next: Next,
}

impl Answered {
    /// The nonce that the next proof must hold.
    #[must_use]
    pub fn nonce(&self) -> Option<&str> {
        self.report.demand.nonce.as_deref()
    }
}
