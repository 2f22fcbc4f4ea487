//! After an answer: whether the request is sent again, and what the answer says of the credential.

use super::attempt::{Attempt, Which};
use super::clock::{Millis, after};
use super::governor::Governor;
use super::reading::{About, Reading};
use crate::diagnose::{Diagnosis, Retry, Skew};
use crate::limits;
use crate::outcome::Signal;
use crate::reason::Reason;
use crate::time::UnixTime;

/// What to do after an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Next {
    /// Deliver it, or the first one.
    Deliver(Which),
    /// Wait as long as said, and ask [`Governor::before`] again.
    Again {
        /// How long to wait first.
        after: Option<Millis>,
    },
    /// Ask [`Governor::before`] again, and make a new proof, with the nonce of the answer if it has one.
    NewProof,
}

impl Governor {
    /// Says what to do after the answer to a request that was sent.
    pub fn answered(
        &mut self,
        attempt: &mut Attempt,
        diagnosis: &Diagnosis<'_>,
        now: UnixTime,
        random: u64,
    ) -> Next {
        let now = self.watch(now);
        self.measure(diagnosis);
        if let (Some(reason), Some(Signal::Attack)) = (diagnosis.reason, diagnosis.signal()) {
            self.reports.note(reason, diagnosis.cause, attempt.generation, now);
        }
        let mut reading = Reading::of(diagnosis, &self.settings);
        let in_vain = reading.may_be_stripped && attempt.has_renewed();
        attempt.hear(reading.reason, in_vain || repeats(attempt, &reading));
        if !self.has_source {
            self.bare.heard(attempt, &reading, &self.settings, now, random);
        }
        if reading.knows_caller {
            self.accepted(attempt, &reading, now);
        } else if reading.is_plain_error {
            self.not_refused(attempt);
        } else if in_vain {
            self.did_not_help(attempt, now, random);
        }
        if reading.about == About::Credential && reading.retry != Retry::Same {
            self.refused(attempt, &mut reading, now, random);
        }
        let next = self.way(attempt, &reading, now, random);
        if let Next::Deliver(_) = next {
            attempt.over = true;
        }
        next
    }

    /// Whether there is a way to send the request again.
    fn way(&mut self, attempt: &mut Attempt, reading: &Reading, now: UnixTime, random: u64) -> Next {
        let deliver = Next::Deliver(attempt.which);
        let longest = self.settings.longest_wait();
        // Another credential need not wait for what this one has to.
        let same = reading.about == About::Time || reading.retry == Retry::Same;
        let wait = reading.retry_after.filter(|_| same).map(Millis::of).unwrap_or_default();
        let pace = Millis(limits::RESEND_PACE_MILLIS);
        let too_long = same && wait.max(pace) > longest;
        let often = attempt.sends >= self.settings.sends();
        if reading.retry == Retry::Never || !attempt.traits.replayable || often || too_long {
            self.refuse_demand(attempt, reading, now, random);
            return deliver;
        }
        // A request that may have been carried out is sent again by nobody but its own caller.
        if !attempt.traits.idempotent && !reading.was_not_applied {
            return deliver;
        }
        let again = Next::Again { after: None };
        match reading.about {
            About::Nothing | About::Other => deliver,
            About::Proof if attempt.traits.proof && attempt.reopen(reading.reason) => Next::NewProof,
            About::Proof => deliver,
            // Nor more than once for the same reason.
            _ if same && !attempt.traits.idempotent && !attempt.reopen(reading.reason) => deliver,
            _ if same => {
                let least = pace.doubled(u32::from(attempt.sends.saturating_sub(1)), longest);
                Next::Again { after: Some(wait.max(least).spread(random).min(longest)) }
            }
            // Without a source there is no other credential.
            _ if !self.has_source || self.pauses.active(now).is_some() => deliver,
            About::Credential if attempt.reopen(reading.reason) => {
                self.need(attempt, reading);
                again
            }
            About::Grant if self.is_worth_asking(reading.demand, now) && attempt.reopen(reading.reason) => {
                self.need(attempt, reading);
                again
            }
            _ => {
                self.refuse_demand(attempt, reading, now, random);
                deliver
            }
        }
    }

    /// The request needs a newer credential, one that was obtained for what the answer demands.
    fn need(&mut self, attempt: &mut Attempt, reading: &Reading) {
        attempt.newer_than = attempt.generation;
        attempt.demand = reading.demand;
        if reading.demand == 0 {
            return;
        }
        // Others may have asked for the same already, and nobody does any more if it was given up.
        let answered =
            self.held.is_some_and(|held| held.epoch == self.epoch && held.generation <= attempt.generation);
        if self.demand != reading.demand || answered || self.epoch <= self.given_up {
            self.demand = reading.demand;
            self.epoch = self.epoch.saturating_add(1);
        }
        attempt.epoch = self.epoch;
    }

    /// Notes that a credential was obtained for the demand and did not satisfy it.
    fn refuse_demand(&mut self, attempt: &Attempt, reading: &Reading, now: UnixTime, random: u64) {
        if attempt.demand != 0 && attempt.demand == reading.demand {
            self.give_up_demand(attempt.demand, now, random);
        }
    }

    /// The demand is not tried again for a while, and for some time neither is any other: a service may think of a new one each time.
    pub(super) fn give_up_demand(&mut self, demand: u64, now: UnixTime, random: u64) {
        if demand == 0 || self.is_fruitless(demand, now) {
            return;
        }
        self.futile_demands.note(&self.settings, true, now, random);
        let until = after(now, Millis::of(self.settings.cooldown_most));
        if let Some(oldest) = self.fruitless.iter_mut().min_by_key(|(_, until)| *until) {
            *oldest = (demand, until);
        }
    }

    fn is_worth_asking(&self, demand: u64, now: UnixTime) -> bool {
        !self.is_fruitless(demand, now) && !self.futile_demands.holds(now)
    }

    pub(super) fn is_fruitless(&self, demand: u64, now: UnixTime) -> bool {
        self.fruitless.iter().any(|(known, until)| *known == demand && now < *until)
    }

    /// Takes a measurement of the other side's clock into use: one that is about times, or that agrees with the one before, and
    /// not one that is off by more than clocks are. Anyone on the way can write a date.
    fn measure(&mut self, diagnosis: &Diagnosis<'_>) {
        let most = limits::CLOCK_OFFSET_MAX;
        let Some(skew) = diagnosis.skew.filter(|skew| skew.seconds.unsigned_abs() <= most) else { return };
        let agrees = |before: Skew| {
            let slack = before.within.saturating_add(skew.within).saturating_add(1);
            before.seconds.abs_diff(skew.seconds) <= slack
        };
        let of_times = [diagnosis.reason, diagnosis.cause].into_iter().flatten().any(is_of_times);
        if of_times || self.sample.is_some_and(agrees) {
            self.skew = Some(skew);
        }
        self.sample = Some(skew);
    }
}

const fn is_of_times(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::TokenExpired
            | Reason::TokenNotYetValid
            | Reason::TokenIssuedInFuture
            | Reason::TokenTooOld
            | Reason::ClockSkewed
    )
}

/// Whether the answer only repeats the first one: both refuse the credential, or both the same.
fn repeats(attempt: &Attempt, reading: &Reading) -> bool {
    let again = reading.reason == Some(Reason::CredentialRefusedAgain);
    let credential = reading.about == About::Credential && attempt.has_renewed();
    reading.reason.is_some() && (again || credential || attempt.first == reading.reason)
}
