//! The governor: what is held, who obtains, which pauses hold.

use super::attempt::Generation;
use super::bare::Bare;
use super::clock::{Millis, after, before, between};
use super::held::Held;
use super::pause::{Cause, Pauses};
use super::places::{Futile, Places};
use super::report::Reports;
use super::settings::Settings;
use super::status::{Status, Totals};
use crate::diagnose::Skew;
use crate::limits;
use crate::reason::Reason;
use crate::time::{Seconds, UnixTime};

/// Says what is sent to one service with credentials of one source, and when. See the [room](super).
#[derive(Clone, Debug)]
pub struct Governor {
    pub(super) settings: Settings,
    pub(super) has_source: bool,
    pub(super) held: Option<Held>,
    pub(super) obtaining: Option<Obtaining>,
    /// The last ticket that was given.
    pub(super) last_ticket: u64,
    /// The demands that it was given for. Beside [`Self::obtaining`], so that it is there even when nobody obtains.
    pub(super) last_epoch: u32,
    /// The last ticket that brought what was held already.
    pub(super) same_ticket: u64,
    /// How often that came in a row.
    pub(super) sames: u32,
    /// Before this, nothing is obtained.
    pub(super) not_before: UnixTime,
    /// How many tickets in a row failed for what passes by itself.
    pub(super) transients: u32,
    /// Until when the source, which said no for good, is left alone.
    pub(super) source_pause: Option<UnixTime>,
    /// How often it said so in a row.
    pub(super) hard_faults: u32,
    pub(super) pauses: Pauses,
    /// How many credentials were refused in a row.
    pub(super) streak: u32,
    /// Where the last of them was.
    pub(super) streak_place: u64,
    pub(super) places: Places,
    /// Where a credential is wanted, if there is no source.
    pub(super) bare: Bare,
    /// When a credential was last accepted.
    pub(super) accepted_at: Option<UnixTime>,
    /// New credentials that did not help where one was refused, and where more was demanded of it.
    pub(super) futile: Futile,
    pub(super) futile_demands: Futile,
    /// When the next request may try the refused credential elsewhere, in a pause.
    pub(super) next_try: UnixTime,
    /// Counts what was demanded of credentials.
    pub(super) epoch: u32,
    /// The last demand.
    pub(super) demand: u64,
    /// Up to where that count was given up: tickets ask for nothing in particular again.
    pub(super) given_up: u32,
    /// Demands that a new credential did not satisfy, and until when they are not tried again.
    pub(super) fruitless: [(u64, UnixTime); limits::FRUITLESS],
    pub(super) skew: Option<Skew>,
    /// The last measurement, in use or not.
    pub(super) sample: Option<Skew>,
    pub(super) reports: Reports,
    pub(super) totals: Totals,
    /// The latest time that was seen.
    pub(super) seen: UnixTime,
}

/// Somebody obtains a credential.
#[derive(Clone, Copy, Debug)]
pub(super) struct Obtaining {
    pub(super) ticket: u64,
    pub(super) since: UnixTime,
    pub(super) epoch: u32,
    /// The demand that it is asked for; 0 for nothing in particular.
    pub(super) demand: u64,
}

impl Governor {
    /// A governor that holds nothing yet. Without a source requests go out as they are.
    #[must_use]
    pub const fn new(settings: Settings, has_source: bool) -> Self {
        Self {
            settings,
            has_source,
            held: None,
            obtaining: None,
            last_ticket: 0,
            last_epoch: 0,
            same_ticket: 0,
            sames: 0,
            not_before: UnixTime::EARLIEST,
            transients: 0,
            source_pause: None,
            hard_faults: 0,
            pauses: Pauses::new(),
            streak: 0,
            streak_place: 0,
            places: Places::new(),
            bare: Bare::new(),
            accepted_at: None,
            futile: Futile::new(),
            futile_demands: Futile::new(),
            next_try: UnixTime::EARLIEST,
            given_up: 0,
            epoch: 0,
            demand: 0,
            fruitless: [(0, UnixTime::EARLIEST); limits::FRUITLESS],
            skew: None,
            sample: None,
            reports: Reports::new(),
            totals: Totals::new(),
            seen: UnixTime::EARLIEST,
        }
    }

    /// The settings.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The credential that is held.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.held.map_or(Generation::NONE, |held| held.generation)
    }

    /// How far the other side's clock is ahead of ours, in seconds; 0 while nothing surer is known.
    #[must_use]
    pub fn clock_offset(&self) -> i64 {
        let sure = self.skew.filter(|skew| skew.is_significant());
        sure.map_or(0, |skew| skew.seconds)
    }

    /// What smells of an attack, since it was last taken.
    pub fn take_reports(&mut self) -> Reports {
        core::mem::take(&mut self.reports)
    }

    /// Forgets who obtains: after a fork, whoever did is in the other process.
    pub const fn forget_ticket(&mut self) {
        self.obtaining = None;
    }

    /// Where it stands.
    #[must_use]
    pub fn status(&self, now: UnixTime) -> Status {
        let source = self.source_pause.filter(|until| now < *until);
        let pause = self.pauses.active(now).map(|pause| (pause.until, Reason::RetryBlocked));
        Status {
            generation: self.generation(),
            since: self.held.map(|held| held.since),
            expires: self.held.and_then(|held| held.expires),
            refused: self.held.is_some_and(|held| held.refused),
            streak: self.streak,
            obtaining_since: self.obtaining.map(|obtaining| obtaining.since),
            paused: pause.or_else(|| Some((source?, Reason::CredentialUnobtainable))),
            clock_offset: self.clock_offset(),
            totals: self.totals,
        }
    }

    /// Begins a pause for what was refused.
    pub(super) fn pause(&mut self, cause: Cause, now: UnixTime, random: u64) {
        self.pauses.begin(cause, &self.settings, now, random);
    }

    /// Takes notice of the time, and forgets a ticket that is lost.
    ///
    /// Threads may bring times out of order, by a little. A clock that was set back by more takes all that is remembered along,
    /// or else waits would grow by as much.
    pub(super) fn watch(&mut self, now: UnixTime) -> UnixTime {
        let now = if now >= self.seen || self.seen == UnixTime::EARLIEST {
            now
        } else {
            let back = between(now, self.seen);
            if back <= Millis::of(Seconds(limits::CLOCK_DISORDER)) {
                self.seen
            } else {
                self.shift(back);
                now
            }
        };
        self.seen = now;
        let lost =
            |obtaining: Obtaining| now >= after(obtaining.since, Millis::of(Seconds(limits::OBTAIN_LIMIT)));
        if self.obtaining.is_some_and(lost) {
            self.obtaining = None;
            self.totals.failed = self.totals.failed.saturating_add(1);
        }
        now
    }

    fn shift(&mut self, back: Millis) {
        if let Some(held) = self.held.as_mut() {
            held.shift(back);
        }
        if let Some(obtaining) = self.obtaining.as_mut() {
            obtaining.since = before(obtaining.since, back);
        }
        self.not_before = before(self.not_before, back);
        self.source_pause = self.source_pause.map(|until| before(until, back));
        self.pauses.shift(back);
        self.places.shift(back);
        self.bare.shift(back);
        self.accepted_at = self.accepted_at.map(|point| before(point, back));
        self.futile.shift(back);
        self.futile_demands.shift(back);
        self.next_try = before(self.next_try, back);
        for (_, until) in &mut self.fruitless {
            *until = before(*until, back);
        }
        let seconds = i64::try_from(back.0 / 1_000).unwrap_or(i64::MAX);
        for skew in [&mut self.skew, &mut self.sample].into_iter().flatten() {
            skew.seconds = skew.seconds.saturating_add(seconds);
        }
        self.skew = self.skew.filter(|skew| skew.seconds.unsigned_abs() <= limits::CLOCK_OFFSET_MAX);
    }
}
