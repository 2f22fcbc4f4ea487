//! What an answer says of the credential that is held: that it is good, or that it is not, or nothing.

use super::attempt::{Attempt, Generation};
use super::clock::{Millis, after};
use super::governor::Governor;
use super::pause::Cause;
use super::reading::{About, Reading};
use crate::time::UnixTime;

impl Governor {
    /// The service knows the caller by the credential.
    pub(super) fn accepted(&mut self, attempt: &Attempt, reading: &Reading, now: UnixTime) {
        self.accepted_at = Some(now);
        self.places.accepted(attempt.place, now);
        let renewed = attempt.newer_than != Generation::NONE;
        if reading.about == About::Nothing && attempt.answers > 1 {
            self.totals.recovered = self.totals.recovered.saturating_add(1);
        }
        if renewed && attempt.demand == 0 {
            self.futile.forget();
        } else if renewed && reading.about == About::Nothing {
            self.futile_demands.forget();
        }
        if let Some(held) = self.held.as_mut()
            && held.generation == attempt.generation
        {
            held.was_accepted = true;
            self.streak = 0;
            // One that is refused elsewhere is not good again because a request went through that was sent before.
            if attempt.probe || !held.refused {
                held.refused = false;
                self.sames = 0;
                self.pauses.forget();
            }
        }
    }

    /// The service refuses the credential.
    ///
    /// * If it is not the one that is held any more, that says nothing new.
    /// * If a new one did not help just now, only a place that accepts credentials is believed.
    /// * If the new one of this very request is refused at the same place, it is the place, as long as others accept; or
    ///   whatever is behind the service, if nothing proves that the credential was looked at.
    /// * Two in a row, with nothing accepted between or before, stop everything.
    pub(super) fn refused(&mut self, attempt: &Attempt, reading: &mut Reading, now: UnixTime, random: u64) {
        let Some(held) = self.held.as_mut().filter(|held| held.generation == attempt.generation) else {
            return;
        };
        let known = self.places.accepts(attempt.place);
        self.places.refused(attempt.place, now);
        if attempt.probe {
            if self.pauses.get().is_some_and(|pause| pause.cause == Cause::NothingNew) {
                self.pause(Cause::NothingNew, now, random);
            }
            return;
        }
        if held.refused {
            return;
        }
        if !known && self.futile.holds(now) {
            reading.about = About::Other;
            return;
        }
        let one_place = attempt.place != 0 && attempt.place == self.streak_place;
        let did_not_help = attempt.newer_than != Generation::NONE;
        let late = |point| now < after(point, Millis::of(self.settings.cooldown_most));
        let works = one_place && self.accepted_at.is_some_and(late);
        if did_not_help && (works || !reading.is_honest) {
            self.futile.note(&self.settings, now, random);
            reading.about = About::Other;
            return;
        }
        held.refused = true;
        self.totals.refused = self.totals.refused.saturating_add(1);
        self.streak_place = attempt.place;
        if reading.is_honest {
            self.streak = self.streak.saturating_add(1);
            if self.streak >= 2 && !works {
                self.pause(Cause::RefusedTwice, now, random);
            }
        }
    }
}
