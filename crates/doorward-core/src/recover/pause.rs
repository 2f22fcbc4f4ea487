//! Pauses: when nothing is sent because more requests cannot mend what was refused.

use super::clock::{Millis, after, before};
use super::settings::Settings;
use crate::time::UnixTime;

/// What a pause is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Cause {
    /// Two different credentials were refused in a row: neither sending nor obtaining can help.
    RefusedTwice,
    /// A refused credential is all that the source has: obtaining can help, sending cannot.
    NothingNew,
}

/// A pause.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pause {
    pub(super) cause: Cause,
    pub(super) until: UnixTime,
}

/// The pause that holds, and how many there were since the last success.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pauses {
    cause: Option<Cause>,
    until: UnixTime,
    made: u32,
}

impl Pauses {
    pub(super) const fn new() -> Self {
        Self { cause: None, until: UnixTime::EARLIEST, made: 0 }
    }

    /// Begins a pause, longer than the last one.
    pub(super) fn begin(&mut self, cause: Cause, settings: &Settings, now: UnixTime, random: u64) {
        let span = settings.pause(self.made).spread(random);
        self.made = self.made.saturating_add(1);
        self.cause = Some(cause);
        self.until = after(now, span);
    }

    /// Begins the same pause once more, no longer than it was: somebody probes.
    pub(super) fn renew(&mut self, settings: &Settings, now: UnixTime, random: u64) {
        let span = settings.pause(self.made.saturating_sub(1)).spread(random);
        self.until = after(now, span);
    }

    /// The pause that was begun, over or not.
    pub(super) fn get(&self) -> Option<Pause> {
        self.cause.map(|cause| Pause { cause, until: self.until })
    }

    /// The pause that holds now.
    pub(super) fn active(&self, now: UnixTime) -> Option<Pause> {
        self.get().filter(|pause| now < pause.until)
    }

    /// A pause for this cause ends.
    pub(super) fn end(&mut self, cause: Cause) {
        if self.cause == Some(cause) {
            self.cause = None;
        }
    }

    /// A credential was accepted: all is forgotten.
    pub(super) const fn forget(&mut self) {
        self.cause = None;
        self.made = 0;
    }

    /// The clock was set back by `span`.
    pub(super) fn shift(&mut self, span: Millis) {
        self.until = before(self.until, span);
    }
}
