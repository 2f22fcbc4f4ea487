//! What the challenges of an answer say to this caller: of several, the one that speaks of what was sent.

use super::sent::{Response, Sent};
use crate::challenge::{self, ReadChallenge};
use crate::limits;
use crate::wire::quoted::QuotedText;

/// The challenges of an answer, read for one caller.
#[derive(Clone, Copy, Default)]
pub(super) struct Heard<'a> {
    /// The challenge that matters.
    pub(super) chosen: Option<ReadChallenge<'a>>,
    /// Whether any challenge is for the scheme that was used.
    pub(super) ours: bool,
    /// Whether something that stood for a challenge could not be read.
    pub(super) malformed: bool,
    /// Whether there was a field at all.
    pub(super) any: bool,
    /// The first address of metadata in any of them.
    pub(super) resource_metadata: Option<QuotedText<'a>>,
}

impl<'a> Heard<'a> {
    pub(super) fn new(sent: &Sent<'_>, response: &Response<'a>) -> Self {
        let name = if response.status == 407 { "proxy-authenticate" } else { "www-authenticate" };
        let mut heard = Self::default();
        let mut best = 0;
        heard.any = response.values(name).next().is_some();
        for (read, challenge) in response.values(name).flat_map(challenge::read).enumerate() {
            if read == limits::CHALLENGES_READ {
                heard.malformed = true;
                break;
            }
            let Ok(challenge) = challenge else {
                heard.malformed = true;
                continue;
            };
            let ours = is_ours(sent, &challenge);
            heard.ours |= ours;
            heard.resource_metadata = heard.resource_metadata.or(challenge.parameter("resource_metadata"));
            let rank = 1
                + u8::from(!challenge.is_loose())
                + if says_something(&challenge) { 2 } else { 0 }
                + if ours { 4 } else { 0 };
            if rank > best {
                best = rank;
                heard.chosen = Some(challenge);
            }
        }
        heard
    }

    /// The error code of the challenge that matters.
    pub(super) fn error(&self) -> Option<QuotedText<'a>> {
        self.parameter("error")
    }

    /// A parameter of the challenge that matters.
    pub(super) fn parameter(&self, name: &str) -> Option<QuotedText<'a>> {
        self.chosen?.parameter(name)
    }

    /// Whether the challenge that matters is one of a scheme whose challenges have error codes
    /// ([RFC 6750, section 3], [RFC 9449, section 7.1]).
    ///
    /// [RFC 6750, section 3]: https://www.rfc-editor.org/rfc/rfc6750#section-3
    /// [RFC 9449, section 7.1]: https://www.rfc-editor.org/rfc/rfc9449#section-7.1
    pub(super) fn has_codes(&self) -> bool {
        self.chosen.is_some_and(|challenge| challenge.is_scheme("Bearer") || challenge.is_scheme("DPoP"))
    }

    /// Whether the challenge that matters is malformed, and was read nonetheless.
    pub(super) fn is_loose(&self) -> bool {
        self.chosen.is_some_and(|challenge| challenge.is_loose())
    }

    /// Whether there are challenges, and none of them is for the scheme that was used.
    pub(super) const fn is_for_others(&self) -> bool {
        self.chosen.is_some() && !self.ours && !self.malformed
    }
}

/// Whether the challenge is for the scheme that was used. A scheme without a name could be any.
fn is_ours(sent: &Sent<'_>, challenge: &ReadChallenge<'_>) -> bool {
    sent.scheme.is_some_and(|scheme| scheme.is_empty() || challenge.scheme.eq_ignore_ascii_case(scheme))
}

/// Whether the challenge speaks of what was sent, rather than of what might be.
fn says_something(challenge: &ReadChallenge<'_>) -> bool {
    ["error", "claims", "stale"].into_iter().any(|name| challenge.parameter(name).is_some())
}
