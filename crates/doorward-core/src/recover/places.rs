//! Places: parts of a service, and whether they accept credentials; and what to think of refusals that a new one did not mend.
//!
//! One path that answers 401 to everything, as for a permission that is missing, would otherwise have every caller of the service
//! obtain one credential after the other, or stop them all.

use super::clock::{Millis, after, before};
use super::settings::Settings;
use crate::limits;
use crate::time::{Seconds, UnixTime};

/// What a place did last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stand {
    Accepts,
    Refuses,
}

/// A place.
#[derive(Clone, Copy, Debug)]
struct Place {
    place: u64,
    stand: Stand,
    /// How often a new credential did not help there since one did.
    in_vain: u8,
    seen: UnixTime,
}

const NOWHERE: Place = Place { place: 0, stand: Stand::Refuses, in_vain: 0, seen: UnixTime::EARLIEST };

/// The places that were seen last.
#[derive(Clone, Debug)]
pub(super) struct Places {
    known: [Place; limits::PLACES],
}

impl Places {
    pub(super) const fn new() -> Self {
        Self { known: [NOWHERE; limits::PLACES] }
    }

    /// Whether the place accepted the last credential that it judged.
    pub(super) fn accepts(&self, place: u64) -> bool {
        self.stand(place) == Some(Stand::Accepts)
    }

    /// Whether its word alone is worth a new credential: it accepts them, and is not one of those where some methods do and others
    /// never will.
    pub(super) fn is_believed(&self, place: u64) -> bool {
        self.find(place).is_some_and(|known| known.stand == Stand::Accepts && known.in_vain < 2)
    }

    /// Whether it refused it.
    pub(super) fn refuses(&self, place: u64) -> bool {
        self.stand(place) == Some(Stand::Refuses)
    }

    /// The place accepted a credential.
    pub(super) fn accepted(&mut self, place: u64, now: UnixTime) {
        self.note(place, Stand::Accepts, now);
    }

    /// The place refused one.
    pub(super) fn refused(&mut self, place: u64, now: UnixTime) {
        self.note(place, Stand::Refuses, now);
    }

    /// A new credential helped there.
    pub(super) fn helped(&mut self, place: u64) {
        if let Some(known) = self.known.iter_mut().find(|known| place != 0 && known.place == place) {
            known.in_vain = 0;
        }
    }

    /// A new credential did not help there.
    pub(super) fn not_helped(&mut self, place: u64) {
        if let Some(known) = self.known.iter_mut().find(|known| place != 0 && known.place == place) {
            known.in_vain = known.in_vain.saturating_add(1);
        }
    }

    /// The clock was set back by `span`.
    pub(super) fn shift(&mut self, span: Millis) {
        for known in &mut self.known {
            known.seen = before(known.seen, span);
        }
    }

    fn stand(&self, place: u64) -> Option<Stand> {
        self.find(place).map(|known| known.stand)
    }

    fn find(&self, place: u64) -> Option<&Place> {
        self.known.iter().find(|known| place != 0 && known.place == place)
    }

    fn note(&mut self, place: u64, stand: Stand, now: UnixTime) {
        if place == 0 {
            return;
        }
        let at = self.known.iter().position(|known| known.place == place);
        let in_vain = at.and_then(|at| self.known.get(at)).map_or(0, |known| known.in_vain);
        let oldest = || self.known.iter().enumerate().min_by_key(|(_, known)| known.seen).map(|(at, _)| at);
        if let Some(slot) = at.or_else(oldest).and_then(|at| self.known.get_mut(at)) {
            *slot = Place { place, stand, in_vain, seen: now };
        }
    }
}

/// New credentials that did not help, and until when no more of them are asked for such reasons: longer each time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Futile {
    until: UnixTime,
    times: u32,
}

impl Futile {
    pub(super) const fn new() -> Self {
        Self { until: UnixTime::EARLIEST, times: 0 }
    }

    /// A new credential did not help. Those that were asked for before that was known count as one. Where it is not tried, it may
    /// help: that is not held against the next for as long.
    pub(super) fn note(&mut self, settings: &Settings, is_tried: bool, now: UnixTime, random: u64) {
        if self.holds(now) {
            return;
        }
        let pause = settings.pause(self.times);
        let pause = if is_tried { pause } else { pause.min(Millis::of(Seconds(limits::UNTRIED_PAUSE_MAX))) };
        self.until = after(now, pause.spread(random));
        self.times = self.times.saturating_add(1);
    }

    /// Whether another is not worth asking for.
    pub(super) fn holds(&self, now: UnixTime) -> bool {
        now < self.until
    }

    /// A new credential helped.
    pub(super) const fn forget(&mut self) {
        *self = Self::new();
    }

    /// The clock was set back by `span`.
    pub(super) fn shift(&mut self, span: Millis) {
        self.until = before(self.until, span);
    }
}
