//! The credential that is held, as far as the governor knows it: when it came, when it ends, whether it was refused.

use super::attempt::Generation;
use super::clock::{Millis, after, before, between, seen_by};
use crate::limits;
use crate::time::{Seconds, UnixTime};

/// When a credential ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Expiry {
    /// By the caller's clock, as counted from a lifetime (`expires_in`).
    Local(UnixTime),
    /// By the clock of the other side, as an absolute point (`exp`).
    Server(UnixTime),
}

impl Expiry {
    /// When that is on the caller's clock, which the other side's is ahead of by `offset` seconds.
    #[must_use]
    pub const fn local(self, offset: i64) -> UnixTime {
        match self {
            Self::Local(point) => point,
            Self::Server(point) => seen_by(point, offset.saturating_neg()),
        }
    }
}

/// The credential that is held.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    pub(super) generation: Generation,
    /// The latest ticket that brought it.
    pub(super) ticket: u64,
    /// The demands that it was obtained for.
    pub(super) epoch: u32,
    /// When it came first.
    pub(super) since: UnixTime,
    /// When it came last.
    pub(super) confirmed: UnixTime,
    pub(super) expires: Option<Expiry>,
    /// How long before its end a new one is obtained.
    pub(super) ahead: Millis,
    /// When its source is to be looked at again, whether it ends or not.
    pub(super) look_again: Option<UnixTime>,
    /// Before this, nothing is obtained ahead.
    pub(super) hold_off: UnixTime,
    /// Whether it was refused.
    pub(super) refused: bool,
    /// Whether it was accepted.
    pub(super) was_accepted: bool,
    /// Whether it had ended when it came: its source has no better one, or clocks do not tell the truth.
    pub(super) came_ended: bool,
}

impl Held {
    /// How long it lasts yet; `None` if it does not say.
    pub(super) fn left(&self, now: UnixTime, offset: i64) -> Option<Millis> {
        Some(between(now, self.expires?.local(offset)))
    }

    /// Whether it has ended. What came a moment ago counts as good: nothing better can be had, and the other side judges. And what the
    /// other side has accepted does not end by a measurement of its clock alone.
    pub(super) fn has_ended(&self, now: UnixTime, offset: i64) -> bool {
        let ended = |offset| self.left(now, offset).is_some_and(|left| left == Millis(0));
        let just_came = now < after(self.confirmed, self.grace());
        !just_came && ended(offset) && (!self.was_accepted || ended(0))
    }

    /// Whether it is time to obtain the next one.
    pub(super) fn is_due(&self, now: UnixTime, offset: i64) -> bool {
        let ends = self.left(now, offset).is_some_and(|left| left <= self.ahead);
        let looks = self.look_again.is_some_and(|point| now >= point);
        now >= self.hold_off && (ends || looks)
    }

    /// How long it counts as good after it came, whatever its end says: another one that has ended as well is not asked for with
    /// every request.
    fn grace(&self) -> Millis {
        if self.came_ended {
            Millis::of(Seconds(limits::SOURCE_LOOK_AGAIN))
        } else {
            Millis(limits::OBTAIN_PACE_MILLIS)
        }
    }

    /// Sets when it ends, and with that when the next one is due: by chance up to a quarter earlier, so that not all callers
    /// of one service come at once.
    pub(super) fn set_end(
        &mut self,
        now: UnixTime,
        expires: Option<Expiry>,
        offset: i64,
        ahead: Millis,
        random: u64,
    ) {
        self.expires = expires;
        let left = self.left(now, offset);
        let lifetime = left.unwrap_or_default();
        self.came_ended = left == Some(Millis(0));
        self.hold_off = after(now, self.grace());
        self.ahead = ahead.min(Millis(lifetime.0 / 4)).spread(random);
    }

    /// Sets when its source is to be looked at again: never at once.
    pub(super) fn set_look(&mut self, now: UnixTime, span: Option<Seconds>, random: u64) {
        let at_least = Millis(limits::OBTAIN_PACE_MILLIS);
        self.look_again = span.map(|span| after(now, Millis::of(span).max(at_least).spread(random)));
    }

    /// The clock was set back by `span`.
    pub(super) fn shift(&mut self, span: Millis) {
        self.since = before(self.since, span);
        self.confirmed = before(self.confirmed, span);
        self.hold_off = before(self.hold_off, span);
        self.look_again = self.look_again.map(|point| before(point, span));
        if let Some(Expiry::Local(point)) = self.expires {
            self.expires = Some(Expiry::Local(before(point, span)));
        }
    }
}
