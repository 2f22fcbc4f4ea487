//! What to do with a request that is to be sent, and what is wanted of the credential that it needs.

use crate::attempt::Held;
use crate::slice::Versioned;
use crate::text::Str;
use crate::time::Time;
use doorward::caller::{Prepared as Said, Which};

/// Send the request with the value in `authorization`.
pub const DOORWARD_PREPARED_SEND: u32 = 1;
/// Send the request with the value in `authorization`, and obtain the next credential for `ticket` beside it.
pub const DOORWARD_PREPARED_SEND_AND_OBTAIN: u32 = 2;
/// Send the request as it is: there is no source of credentials.
pub const DOORWARD_PREPARED_SEND_BARE: u32 = 3;
/// Obtain a credential for `ticket`, tell how that went, and prepare again.
pub const DOORWARD_PREPARED_OBTAIN: u32 = 4;
/// Prepare again when a ticket was brought back (see #doorward_caller_wait), or at `until`.
pub const DOORWARD_PREPARED_WAIT: u32 = 5;
/// Send nothing, and fail at once; `reason` and `sentence` say why.
pub const DOORWARD_PREPARED_BLOCKED: u32 = 6;
/// Deliver the answer that came, as `which` says: there is nothing else to send it with.
pub const DOORWARD_PREPARED_DELIVER: u32 = 7;

/// The first answer of the request: the later ones only repeat it.
pub const DOORWARD_WHICH_FIRST: u32 = 1;
/// The latest answer.
pub const DOORWARD_WHICH_LATEST: u32 = 2;

/// What is wanted of the next credential. The texts were written by the service: they say what to ask the issuer for, never whom
/// to ask. A source passes over what it cannot ask for.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Want {
    /// 1 if a credential that the source has kept will not do: the last one was refused.
    pub refresh: u32,
    /// 1 if `max_age` holds, else 0.
    pub has_max_age: u32,
    /// How many seconds ago the user may have authenticated.
    pub max_age: u64,
    /// How many seconds the service's clock is ahead of ours.
    pub clock_offset: i64,
    /// The scopes that the service asked for, separated by spaces, or nothing.
    pub scope: Str,
    /// The service, where it refused the credential for its audience, or nothing.
    pub resource: Str,
    /// The address of the request that it refused so, without its query, or nothing.
    pub request_url: Str,
    /// Where the service describes itself, or nothing.
    pub resource_metadata: Str,
    /// The claims that the service asked for, as it wrote them, or nothing.
    pub claims: Str,
    /// How the user has to authenticate, best first, separated by spaces, or nothing.
    pub acr_values: Str,
}

/// What to do with a request that is to be sent. The views in it live until the next call about the attempt.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Prepared {
    /// The size of this struct: `sizeof(doorward_prepared)`, set before the call.
    pub size: usize,
    /// What to do, one of `DOORWARD_PREPARED_*`.
    pub kind: u32,
    /// With #DOORWARD_PREPARED_DELIVER one of `DOORWARD_WHICH_*`, else 0.
    pub which: u32,
    /// With #DOORWARD_PREPARED_BLOCKED one of `DOORWARD_REASON_*`, else 0.
    pub reason: u16,
    /// Always 0.
    pub reserved: u16,
    /// 1 if `until` holds, else 0.
    pub has_until: u32,
    /// When to prepare again at the latest, or until when others will be refused as well.
    pub until: Time,
    /// Which credential is to be obtained; 0 if none is.
    pub ticket: u64,
    /// What is wanted of it.
    pub want: Want,
    /// The value of the Authorization field, or nothing. It is a secret.
    pub authorization: Str,
    /// With #DOORWARD_PREPARED_BLOCKED a sentence for people, else nothing.
    pub sentence: Str,
}

// SAFETY: `repr(C)`, the size comes first, pointers and numbers may be zero, and this is the first version.
unsafe impl Versioned for Prepared {
    const FIRST: usize = size_of::<Self>();
}

impl Want {
    fn fill(&mut self, want: &doorward::caller::Want) {
        self.refresh = want.refresh.into();
        if let Some(age) = want.max_age {
            (self.has_max_age, self.max_age) = (1, age);
        }
        self.clock_offset = want.clock_offset;
        let view = |text: &Option<String>| Str::maybe(text.as_deref());
        (self.scope, self.resource) = (view(&want.scope), view(&want.resource));
        self.request_url = view(&want.request_url);
        (self.resource_metadata, self.claims) = (view(&want.resource_metadata), view(&want.claims));
        self.acr_values = view(&want.acr_values);
    }
}

pub(crate) const fn which(which: Which) -> u32 {
    match which {
        Which::First => DOORWARD_WHICH_FIRST,
        Which::Latest => DOORWARD_WHICH_LATEST,
    }
}

impl Prepared {
    /// Fills zeros with what was said; texts are kept in `held`.
    pub(crate) fn fill(&mut self, said: Said, held: &mut Held) {
        let asked = match said {
            Said::Send(credential) => {
                (self.kind, held.field_value) = (DOORWARD_PREPARED_SEND, credential.field_value());
                self.authorization = Str::of(&held.field_value);
                None
            }
            Said::SendAndObtain(credential, ticket, want) => {
                (self.kind, held.field_value) = (DOORWARD_PREPARED_SEND_AND_OBTAIN, credential.field_value());
                self.authorization = Str::of(&held.field_value);
                Some((ticket, want))
            }
            Said::SendBare => {
                self.kind = DOORWARD_PREPARED_SEND_BARE;
                None
            }
            Said::Obtain(ticket, want) => {
                self.kind = DOORWARD_PREPARED_OBTAIN;
                Some((ticket, want))
            }
            Said::Wait { until } => {
                (self.kind, self.has_until, self.until) = (DOORWARD_PREPARED_WAIT, 1, until.into());
                None
            }
            Said::Blocked(blocked) => {
                (self.kind, self.reason) = (DOORWARD_PREPARED_BLOCKED, blocked.reason.number());
                if let Some(until) = blocked.until {
                    (self.has_until, self.until) = (1, until.into());
                }
                held.sentence = blocked.sentence();
                self.sentence = Str::of(&held.sentence);
                None
            }
            Said::Deliver(one) => {
                (self.kind, self.which) = (DOORWARD_PREPARED_DELIVER, which(one));
                None
            }
        };
        if let Some((ticket, want)) = asked {
            held.want = want;
            self.ticket = ticket.number();
            self.want.fill(&held.want);
        }
    }
}
