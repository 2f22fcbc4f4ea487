//! Before a request is sent: with what, or what has to happen first.

use super::attempt::{Attempt, Generation, Ticket, Which};
use super::clock::{Millis, after};
use super::governor::{Governor, Obtaining};
use super::held::Held;
use super::pause::Cause;
use crate::limits;
use crate::reason::Reason;
use crate::time::{Seconds, UnixTime};

/// What to do with a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Before {
    /// Send it with the credential that is held, which is this one.
    Send(Generation),
    /// Send it with the credential that is held, and obtain the next one beside it.
    SendAndObtain(Generation, Ticket),
    /// Send it as it is: there is no source of credentials.
    Bare,
    /// Obtain a credential, tell how that went, and ask again.
    Obtain(Ticket),
    /// Wait until a ticket was brought back, or until then, and ask again.
    Wait(UnixTime),
    /// Send nothing: refuse it at once. Only for a request that was not sent before.
    Blocked {
        /// Until when others will be refused as well, if that is known.
        until: Option<UnixTime>,
        /// `retry_blocked` or `credential_unobtainable`.
        reason: Reason,
    },
    /// Deliver the answer that came: there is nothing else to send it with.
    Deliver(Which),
}

impl Governor {
    /// Says what to do with a request that is to be sent, for the first time or again. `random` may be any number that differs from
    /// process to process.
    pub fn before(&mut self, attempt: &mut Attempt, now: UnixTime, random: u64) -> Before {
        let now = self.watch(now);
        if attempt.over || attempt.sends >= self.settings.sends() {
            return Before::Deliver(attempt.which);
        }
        if !self.has_source {
            if let Some(until) = self.bare.holds(attempt, &self.settings, now, random) {
                return self.stop(attempt, Some(until), Reason::RetryBlocked, now, random);
            }
            self.send(attempt, Generation::NONE);
            return Before::Bare;
        }
        if let Some(pause) = self.pauses.active(now)
            && pause.cause == Cause::RefusedTwice
        {
            if let Some(held) = self.try_elsewhere(attempt, now) {
                self.send(attempt, held.generation);
                return Before::Send(held.generation);
            }
            return self.stop(attempt, Some(pause.until), Reason::RetryBlocked, now, random);
        }
        if let Some(held) = self.held
            && self.is_good(&held, attempt, now)
        {
            return self.send_held(&held, attempt, now);
        }
        if let Some(held) = self.probe(attempt, now, random) {
            return self.send_held(&held, attempt, now);
        }
        self.obtain_first(attempt, now, random)
    }

    /// Whether the request may go out with what is held.
    fn is_good(&self, held: &Held, attempt: &Attempt, now: UnixTime) -> bool {
        let waited_for = attempt.since_ticket != 0 && held.ticket >= attempt.since_ticket;
        let lasts = waited_for || !held.has_ended(now, self.clock_offset());
        !held.refused && lasts && held.generation > attempt.newer_than && held.epoch >= attempt.epoch
    }

    fn send_held(&mut self, held: &Held, attempt: &mut Attempt, now: UnixTime) -> Before {
        self.send(attempt, held.generation);
        let ahead = held.refused || held.is_due(now, self.clock_offset());
        if ahead && self.may_obtain(now) {
            return Before::SendAndObtain(held.generation, self.begin(now));
        }
        Before::Send(held.generation)
    }

    fn send(&mut self, attempt: &mut Attempt, generation: Generation) {
        self.totals.sent = self.totals.sent.saturating_add(1);
        self.totals.repeated = self.totals.repeated.saturating_add(u64::from(attempt.sends > 0));
        attempt.send(generation);
    }

    /// The refused credential, if it is time that one request tries it again: the pause after it is over, and there is no other.
    fn probe(&mut self, attempt: &mut Attempt, now: UnixTime, random: u64) -> Option<Held> {
        let pause = self.pauses.get().filter(|pause| pause.cause == Cause::NothingNew)?;
        let held = self.held.filter(|held| held.refused && held.epoch >= attempt.epoch)?;
        if now < pause.until || attempt.answers > 0 {
            return None;
        }
        self.pauses.renew(&self.settings, now, random);
        attempt.probe = true;
        Some(held)
    }

    /// The refused credential, if the request goes to a part of the service that has not refused it: what two others refused may be
    /// good there. Where none was ever accepted, one request tries that in a while.
    fn try_elsewhere(&mut self, attempt: &mut Attempt, now: UnixTime) -> Option<Held> {
        let held = self.held.filter(|held| held.epoch >= attempt.epoch)?;
        let unknown = attempt.place != 0 && !self.places.refuses(attempt.place) && now >= self.next_try;
        if attempt.answers > 0 || !(unknown || self.places.accepts(attempt.place)) {
            return None;
        }
        self.next_try = after(now, Millis(limits::OBTAIN_PACE_MILLIS));
        attempt.probe = true;
        Some(held)
    }

    /// There is nothing to send it with: obtains, waits, or gives up.
    fn obtain_first(&mut self, attempt: &mut Attempt, now: UnixTime, random: u64) -> Before {
        let nothing_new = self.pauses.active(now).map(|pause| pause.until);
        if attempt.since_ticket == 0 {
            let under_way = self.obtaining.filter(|_| self.last_epoch >= attempt.epoch);
            attempt.since_ticket =
                under_way.map_or(self.last_ticket.saturating_add(1), |obtaining| obtaining.ticket);
        }
        if self.same_ticket >= attempt.since_ticket || self.is_fruitless(attempt.demand, now) {
            return self.stop(attempt, nothing_new, Reason::RetryBlocked, now, random);
        }
        let patience = attempt.patience(now, self.settings.longest_wait());
        if now >= patience.flight {
            return self.stop(attempt, None, Reason::CredentialUnobtainable, now, random);
        }
        if let Some(obtaining) = self.obtaining {
            let lost = after(obtaining.since, Millis::of(Seconds(limits::OBTAIN_LIMIT)));
            return Before::Wait(lost.min(patience.flight));
        }
        if let Some(until) = self.source_pause.filter(|until| now < *until) {
            return self.stop(attempt, Some(until), Reason::CredentialUnobtainable, now, random);
        }
        if now >= self.not_before {
            return Before::Obtain(self.begin(now));
        }
        if nothing_new.is_some() {
            return self.stop(attempt, nothing_new, Reason::RetryBlocked, now, random);
        }
        if self.not_before > patience.pause {
            return self.stop(attempt, Some(self.not_before), Reason::CredentialUnobtainable, now, random);
        }
        Before::Wait(self.not_before)
    }

    /// Gives up on a request: its answer is delivered, or it is refused if none came.
    fn stop(
        &mut self,
        attempt: &mut Attempt,
        until: Option<UnixTime>,
        reason: Reason,
        now: UnixTime,
        random: u64,
    ) -> Before {
        attempt.over = true;
        if attempt.answers > 0 {
            // A source that only had no time may bring what is demanded later.
            if reason == Reason::RetryBlocked || self.source_pause.is_some() {
                self.give_up_demand(attempt.demand, now, random);
            }
            return Before::Deliver(attempt.which);
        }
        self.totals.blocked = self.totals.blocked.saturating_add(1);
        Before::Blocked { until, reason }
    }

    /// Whether somebody may begin to obtain one.
    fn may_obtain(&self, now: UnixTime) -> bool {
        self.obtaining.is_none()
            && now >= self.not_before
            && self.source_pause.is_none_or(|until| now >= until)
    }

    fn begin(&mut self, now: UnixTime) -> Ticket {
        self.last_ticket = self.last_ticket.saturating_add(1);
        self.totals.tickets = self.totals.tickets.saturating_add(1);
        let answered = self.held.map_or(0, |held| held.epoch).max(self.given_up);
        let demand = if self.epoch > answered { self.demand } else { 0 };
        self.last_epoch = self.epoch;
        self.obtaining = Some(Obtaining { ticket: self.last_ticket, since: now, epoch: self.epoch, demand });
        Ticket(self.last_ticket)
    }
}
