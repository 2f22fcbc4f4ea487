//! What a caller may set: how often, how long, how far ahead.

use super::clock::Millis;
use crate::limits;
use crate::time::Seconds;

/// The settings of a governor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Settings {
    /// How often one request may be sent, the first time included.
    pub attempts: u8,
    /// How long before the end of a credential a new one is obtained; at most a quarter of its lifetime.
    pub ahead: Seconds,
    /// How long a request may wait where waiting helps; what would take longer is delivered instead.
    pub longest_wait: Seconds,
    /// The first pause after what more requests cannot mend.
    pub cooldown_first: Seconds,
    /// The longest such pause: each one doubles the one before.
    pub cooldown_most: Seconds,
    /// Whether a person is there who can sign in again.
    pub interactive: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            attempts: limits::SENDS_DEFAULT,
            ahead: Seconds(60),
            longest_wait: Seconds(10),
            cooldown_first: Seconds(10),
            cooldown_most: Seconds(300),
            interactive: false,
        }
    }
}

impl Settings {
    /// How often a request may be sent: at least once, and never without bound.
    pub(super) fn sends(&self) -> u8 {
        self.attempts.clamp(1, limits::SENDS_MAX)
    }

    pub(super) fn longest_wait(&self) -> Millis {
        Millis::of(self.longest_wait)
    }

    /// How long nothing is obtained after `before` other faults that pass: with what chance adds, no longer than four fifths of what
    /// a request may wait, so that whoever comes meanwhile waits for the next try and does not fail. Who may hardly wait fails anyway.
    pub(super) fn backoff(&self, before: u32) -> Millis {
        let (pace, most) =
            (Millis(limits::OBTAIN_PACE_MILLIS), Millis::of(Seconds(limits::OBTAIN_BACKOFF_MAX)));
        let waits = Millis(self.longest_wait().0 / 25 * 16);
        pace.doubled(before, if waits < pace { most } else { waits.min(most) })
    }

    /// The pause after `before` others like it.
    pub(super) fn pause(&self, before: u32) -> Millis {
        let most = Millis::of(self.cooldown_most).max(Millis::of(self.cooldown_first));
        Millis::of(self.cooldown_first).max(Millis(limits::OBTAIN_PACE_MILLIS)).doubled(before, most)
    }
}
