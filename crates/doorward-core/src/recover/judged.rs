//! What an answer says of the credential that is held: that it is good, or that it is not, or nothing.

use super::attempt::Attempt;
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
        let renewed = attempt.has_renewed();
        if reading.about == About::Nothing && attempt.answers > 1 {
            self.totals.recovered = self.totals.recovered.saturating_add(1);
        }
        if renewed && attempt.demand == 0 {
            self.futile.forget();
            self.places.helped(attempt.place);
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

    /// The service finds another fault with the request: refusals before that and after it are not in a row.
    pub(super) fn not_refused(&mut self, attempt: &Attempt) {
        if self.held.is_some_and(|held| held.generation == attempt.generation && !held.refused) {
            self.streak = 0;
        }
    }

    /// A new credential was obtained for a refusal, or will be, and that is no help as far as one can see.
    pub(super) fn did_not_help(&mut self, attempt: &Attempt, now: UnixTime, random: u64) {
        let is_tried = attempt.has_renewed() || (attempt.traits.replayable && attempt.traits.idempotent);
        self.futile.note(&self.settings, is_tried, now, random);
        self.places.not_helped(attempt.place);
    }

    /// The service refuses the credential.
    ///
    /// * If it is not the one that is held any more, that says nothing new.
    /// * If a new one did not help just now, only a place that accepts credentials is believed.
    /// * If the new one of this very request is refused at the same place, it is the place, as long as others accept; or
    ///   whatever is behind the service, if nothing proves that the credential was looked at.
    /// * If nothing proves that, or the place refused the last one too, the next one is not likely to help either.
    /// * Two in a row, with nothing accepted between or before, stop everything.
    pub(super) fn refused(&mut self, attempt: &Attempt, reading: &mut Reading, now: UnixTime, random: u64) {
        let Some(held) = self.held.as_mut().filter(|held| held.generation == attempt.generation) else {
            return;
        };
        let is_believed = self.places.is_believed(attempt.place);
        let refused_before = self.places.refuses(attempt.place);
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
        if !is_believed && self.futile.holds(now) {
            reading.about = About::Other;
            return;
        }
        let one_place = attempt.place != 0 && attempt.place == self.streak_place;
        let late = |point| now < after(point, Millis::of(self.settings.cooldown_most));
        let works = one_place && self.accepted_at.is_some_and(late);
        if attempt.has_renewed() && (works || !reading.is_honest) {
            self.did_not_help(attempt, now, random);
            reading.about = About::Other;
            return;
        }
        held.refused = true;
        self.totals.refused = self.totals.refused.saturating_add(1);
        self.streak_place = attempt.place;
        self.streak = self.streak.saturating_add(u32::from(reading.is_honest));
        if reading.is_honest && self.streak >= 2 && !works {
            self.pause(Cause::RefusedTwice, now, random);
        } else if !reading.is_honest || refused_before {
            self.did_not_help(attempt, now, random);
        }
    }
}
