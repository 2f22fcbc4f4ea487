//! A refusal: the reason, the numbers beside it, and what the route demands, from which the challenge is written.

use crate::outcome::Disclosure;
use crate::reason::Reason;
use crate::recovery::Recovery;
use crate::text::Texts;
use crate::time::{Seconds, UnixTime};

/// Why a caller was refused, with everything that an answer or a log needs.
#[derive(Clone, Copy, Debug)]
pub struct Refusal<'d> {
    /// The reason that the answer may show.
    pub reason: Reason,
    /// The facts beside the reason.
    pub context: Option<Context<'d>>,
    /// The true reason, where a hidden route answers like a path without a route. For operators only.
    pub concealed: Option<Reason>,
    /// The HTTP status.
    pub status: u16,
    /// How long the caller should wait before it asks again, where waiting helps.
    pub retry_after: Option<Seconds>,
    /// What the route demands.
    pub demand: Demand<'d>,
    /// As whom the answer says that it was we who refused, and not who is behind us.
    pub hop: Option<Hop<'d>>,
}

/// Who refuses, for `Proxy-Status` ([RFC 9209, section 2]).
///
/// [RFC 9209, section 2]: https://www.rfc-editor.org/rfc/rfc9209#section-2
#[derive(Clone, Copy, Debug)]
pub struct Hop<'d> {
    /// The name, as the field has it: a Token, or a String with its quotes.
    pub name: &'d str,
    /// Whether the reason is told where it is disclosed.
    pub details: bool,
}

/// What the caller should do next about a reason. A key that is being asked for will be known soon: then waiting is the
/// cure, and whoever refreshed its credential instead would come back with the same key's.
#[must_use]
pub const fn recovery(reason: Reason, retry_after: Option<Seconds>) -> Recovery {
    match (reason, retry_after) {
        (Reason::KeyUnknown, Some(_)) => Recovery::Wait,
        _ => reason.recovery(),
    }
}

/// Whether the very same credential may be sent again, once, after that.
#[must_use]
pub const fn may_resend(reason: Reason, retry_after: Option<Seconds>) -> bool {
    match (reason, retry_after) {
        (Reason::KeyUnknown, Some(_)) => true,
        _ => reason.may_resend(),
    }
}

/// A reason on its way up, before it is known what the route demands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault<'d> {
    pub(crate) reason: Reason,
    pub(crate) context: Option<Context<'d>>,
    pub(crate) wait: Option<Seconds>,
}

impl From<Reason> for Fault<'_> {
    fn from(reason: Reason) -> Self {
        Self { reason, context: None, wait: None }
    }
}

impl Reason {
    /// The reason with a fact beside it.
    pub(crate) const fn with(self, context: Context<'_>) -> Fault<'_> {
        Fault { reason: self, context: Some(context), wait: None }
    }

    /// The reason with the time after which it may be gone.
    pub(crate) const fn after<'d>(self, wait: Seconds) -> Fault<'d> {
        Fault { reason: self, context: None, wait: Some(wait) }
    }
}

/// Facts beside a reason; never glued into text. For operators: some of them come from the caller.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Context<'d> {
    /// A time of the credential against ours.
    Time {
        /// The claim that holds the time.
        claim: &'static str,
        /// What it says.
        value: UnixTime,
        /// How long after `value` the credential lives, where an age is limited.
        limit: Option<Seconds>,
        /// Our time.
        now: UnixTime,
        /// The allowance that was made for clock skew.
        leeway: Seconds,
    },
    /// The claim, by name or JSON Pointer, that is missing, malformed or refused.
    Claim(&'d str),
    /// The first scope of the route that the token lacks.
    Scope(&'d str),
    /// The first role of the route that the token lacks.
    Role(&'d str),
    /// A gateway of ours took the credential away, and this is why.
    Upstream {
        /// The reason that it had.
        cause: Reason,
        /// When that was, by its clock.
        at: UnixTime,
    },
}

impl Context<'_> {
    /// By how many whole seconds a time was missed beyond the leeway, rounded away from zero; `None` for other facts.
    #[must_use]
    pub fn missed_by(&self) -> Option<u64> {
        let Self::Time { value, limit, now, leeway, .. } = self else { return None };
        let end = value.plus(limit.unwrap_or_default());
        let (early, late) = if *now >= end { (end.plus(*leeway), *now) } else { (*now, end.minus(*leeway)) };
        let part = u64::from(late.nanos() > early.nanos());
        Some(late.seconds().abs_diff(early.seconds()).saturating_add(part))
    }
}

/// What a route demands and a challenge may say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Demand<'d> {
    /// The protection space.
    pub realm: &'d str,
    /// Where the protected resource's metadata is ([RFC 9728, section 5.1]).
    ///
    /// [RFC 9728, section 5.1]: https://www.rfc-editor.org/rfc/rfc9728#section-5.1
    pub resource_metadata: Option<&'d str>,
    /// What the caller may learn about the reason.
    pub disclosure: Disclosure,
    /// Whether a caller without a credential learns the scopes.
    pub advertise_scope: bool,
    /// Scopes of which all are demanded.
    pub scopes: Texts<'d>,
    /// Scopes of which one is demanded.
    pub any_scope: Texts<'d>,
    /// Authentication context classes of which one is demanded, in order of preference.
    pub acr: Texts<'d>,
    /// How long ago the user may have authenticated.
    pub max_auth_age: Option<Seconds>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_missed_is_rounded_away_from_zero() {
        let missed = |value, now, leeway| {
            Context::Time { claim: "exp", value, limit: None, now, leeway: Seconds(leeway) }.missed_by()
        };
        let at = UnixTime::from_seconds;
        assert_eq!(missed(at(100), at(130), 30), Some(0));
        assert_eq!(missed(at(100), UnixTime::new(130, 1), 30), Some(1));
        assert_eq!(missed(at(100), at(69), 30), Some(1));
        assert_eq!(missed(UnixTime::new(100, 500_000_000), at(69), 30), Some(2));
    }
}
