//! What came of a ticket: a new credential, the same one, or none.

use super::attempt::{Generation, Ticket};
use super::clock::{Millis, after};
use super::governor::Governor;
use super::held::{Expiry, Held};
use super::pause::Cause;
use crate::limits;
use crate::time::{Seconds, UnixTime};

/// A credential that was obtained, as far as the governor needs to know it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Obtained {
    /// Whether it is the one that is held already.
    pub same: bool,
    /// When it ends.
    pub expires: Option<Expiry>,
    /// After how long its source is to be looked at again, whether it ends or not.
    pub look_again: Option<Seconds>,
}

/// Why none was.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ObtainFault {
    /// What passes by itself: no connection, a server that is busy.
    Transient {
        /// How long the source asks to be left alone.
        retry_after: Option<Seconds>,
    },
    /// What stays until somebody mends it: wrong client, revoked grant, no such file.
    Hard,
    /// Whoever obtained it was stopped; nothing is known of the source.
    Abandoned,
}

/// Whether a credential that was obtained is the one to send.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Taken {
    /// The credential that is held now.
    pub generation: Generation,
    /// Whether that is this one, and not the one that was held before.
    pub is_new: bool,
}

impl Governor {
    /// A credential came. One of a ticket older than what is held is not taken: it may be the older one.
    pub fn obtained(&mut self, ticket: Ticket, what: Obtained, now: UnixTime, random: u64) -> Taken {
        let now = self.watch(now);
        let under_way = self.obtaining.filter(|obtaining| obtaining.ticket == ticket.0);
        if under_way.is_some() {
            self.obtaining = None;
        }
        let known = self.held.map_or(0, |held| held.ticket);
        if ticket.0 <= known || ticket.0 > self.last_ticket {
            return Taken { generation: self.generation(), is_new: false };
        }
        let epoch = under_way.map_or(0, |obtaining| obtaining.epoch);
        self.transients = 0;
        self.hard_faults = 0;
        self.source_pause = None;
        self.not_before = UnixTime::EARLIEST;
        match self.held {
            Some(held) if what.same => self.same(held, ticket, epoch, &what, now, random),
            _ => self.take(ticket, epoch, &what, now, random),
        }
    }

    fn take(&mut self, ticket: Ticket, epoch: u32, what: &Obtained, now: UnixTime, random: u64) -> Taken {
        let generation = Generation(self.generation().0.saturating_add(1));
        let mut held = Held {
            generation,
            ticket: ticket.0,
            epoch,
            since: now,
            confirmed: now,
            expires: None,
            ahead: Millis(0),
            look_again: None,
            hold_off: after(now, Millis(limits::OBTAIN_PACE_MILLIS)),
            refused: false,
            was_accepted: false,
            came_ended: false,
        };
        held.set_end(now, what.expires, self.clock_offset(), Millis::of(self.settings.ahead), random);
        held.set_look(now, what.look_again, random);
        self.held = Some(held);
        self.sames = 0;
        self.pauses.end(Cause::NothingNew);
        self.totals.obtained = self.totals.obtained.saturating_add(1);
        Taken { generation, is_new: true }
    }

    /// The source has nothing new. If what it has was refused, nothing is sent for a while, and the source is asked now and then.
    fn same(
        &mut self,
        mut held: Held,
        ticket: Ticket,
        epoch: u32,
        what: &Obtained,
        now: UnixTime,
        random: u64,
    ) -> Taken {
        let offset = self.clock_offset();
        held.ticket = ticket.0;
        held.epoch = held.epoch.max(epoch);
        held.confirmed = now;
        held.set_end(now, what.expires, offset, Millis::of(self.settings.ahead), random);
        held.set_look(now, what.look_again, random);
        let pace = Millis(limits::OBTAIN_PACE_MILLIS);
        let half = Millis(held.left(now, offset).unwrap_or_default().0 / 2);
        held.hold_off = held.hold_off.max(after(now, half.max(pace)));
        self.held = Some(held);
        self.same_ticket = ticket.0;
        if held.refused {
            let most = Millis(limits::OBTAIN_SAME_PACE_MILLIS);
            self.not_before = after(now, pace.doubled(self.sames, most).spread(random));
            self.sames = self.sames.saturating_add(1);
            if self.pauses.get().is_none() {
                self.pause(Cause::NothingNew, now, random);
            }
        }
        Taken { generation: held.generation, is_new: false }
    }

    /// No credential came.
    pub fn not_obtained(&mut self, ticket: Ticket, fault: ObtainFault, now: UnixTime, random: u64) {
        let now = self.watch(now);
        let Some(obtaining) = self.obtaining.filter(|obtaining| obtaining.ticket == ticket.0) else { return };
        self.obtaining = None;
        if fault != ObtainFault::Abandoned {
            self.totals.failed = self.totals.failed.saturating_add(1);
        }
        match fault {
            ObtainFault::Abandoned => {}
            ObtainFault::Transient { retry_after } => {
                let most = Millis::of(Seconds(limits::OBTAIN_RETRY_AFTER_MAX));
                let asked = Millis::of(retry_after.unwrap_or_default()).min(most);
                let pace = self.settings.backoff(self.transients);
                self.transients = self.transients.saturating_add(1);
                self.not_before = after(now, asked.max(pace).spread(random));
            }
            // It is what was asked for that cannot be had. What is held, and its successor, are another matter.
            ObtainFault::Hard if obtaining.demand != 0 => {
                self.given_up = obtaining.epoch;
                self.give_up_demand(obtaining.demand, now, random);
            }
            ObtainFault::Hard => {
                let pause = self.settings.pause(self.hard_faults).spread(random);
                self.hard_faults = self.hard_faults.saturating_add(1);
                self.source_pause = Some(after(now, pause));
            }
        }
    }
}
