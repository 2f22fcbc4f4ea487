//! Requests without a source of credentials: where they are refused for want of one, again and again.

use super::attempt::{Attempt, hash};
use super::clock::{Millis, after, before};
use super::reading::{About, Reading};
use super::settings::Settings;
use crate::limits;
use crate::time::UnixTime;

/// A place that wants a credential.
#[derive(Clone, Copy, Debug)]
struct Shut {
    place: u64,
    /// What it said, hashed.
    words: u64,
    /// How often it said so in a row, to requests that were sent after it last did.
    times: u32,
    /// Until when nothing is sent there.
    until: UnixTime,
    seen: UnixTime,
    /// Whether its pause was ended for what happened elsewhere.
    lifted: bool,
}

const NOWHERE: Shut =
    Shut { place: 0, words: 0, times: 0, until: UnixTime::EARLIEST, seen: UnixTime::EARLIEST, lifted: false };

/// The places that wanted a credential last.
///
/// The second such answer in a row begins a pause ([RFC 9110, section 15.5.2]: what is refused with the same challenge again is
/// to be shown, not repeated), and after it one request looks whether the place is open by now.
///
/// [RFC 9110, section 15.5.2]: https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2
#[derive(Clone, Debug)]
pub(super) struct Bare {
    shut: [Shut; limits::PLACES],
}

impl Bare {
    pub(super) const fn new() -> Self {
        Self { shut: [NOWHERE; limits::PLACES] }
    }

    /// Until when the request is held back, or nothing if it may be sent.
    pub(super) fn holds(
        &mut self,
        attempt: &mut Attempt,
        settings: &Settings,
        now: UnixTime,
        random: u64,
    ) -> Option<UnixTime> {
        attempt.refusals = 0;
        let shut = self.find(attempt)?;
        if now < shut.until {
            return Some(shut.until);
        }
        attempt.refusals = shut.times;
        if let Some(pauses) = shut.times.checked_sub(2) {
            // This one looks; the others wait for as long as they did.
            shut.until = after(now, settings.pause(pauses).spread(random));
        }
        None
    }

    /// Takes notice of an answer.
    pub(super) fn heard(
        &mut self,
        attempt: &Attempt,
        reading: &Reading,
        settings: &Settings,
        now: UnixTime,
        random: u64,
    ) {
        if reading.about == About::Nothing && reading.knows_caller {
            if let Some(shut) = self.find(attempt) {
                *shut = NOWHERE;
            }
            if !attempt.traits.idempotent {
                self.lift();
            }
        } else if reading.wants_credential != 0 {
            self.refused(attempt, reading.wants_credential, settings, now, random);
        }
    }

    fn refused(&mut self, attempt: &Attempt, words: u64, settings: &Settings, now: UnixTime, random: u64) {
        let known = self.find(attempt).map_or(NOWHERE, |shut| *shut);
        if known.times != attempt.refusals {
            // Another that was sent beside it was heard first.
            return;
        }
        let times = if known.words == words { known.times.saturating_add(1) } else { 1 };
        let until = match times.checked_sub(2) {
            Some(pauses) => after(now, settings.pause(pauses).spread(random)),
            None => UnixTime::EARLIEST,
        };
        let shut = Shut { place: place(attempt), words, times, until, seen: now, ..known };
        let at = self.shut.iter().position(|known| known.place == shut.place);
        let oldest = || self.shut.iter().enumerate().min_by_key(|(_, known)| known.seen).map(|(at, _)| at);
        if let Some(slot) = at.or_else(oldest).and_then(|at| self.shut.get_mut(at)) {
            *slot = shut;
        }
    }

    /// Something was done elsewhere, which may have been to sign in: each place may be looked at again, once.
    fn lift(&mut self) {
        for shut in self.shut.iter_mut().filter(|shut| shut.times >= 2 && !shut.lifted) {
            shut.lifted = true;
            shut.until = UnixTime::EARLIEST;
        }
    }

    /// The clock was set back by `span`.
    pub(super) fn shift(&mut self, span: Millis) {
        for shut in &mut self.shut {
            shut.until = before(shut.until, span);
            shut.seen = before(shut.seen, span);
        }
    }

    fn find(&mut self, attempt: &Attempt) -> Option<&mut Shut> {
        let place = place(attempt);
        self.shut.iter_mut().find(|shut| shut.place == place)
    }
}

/// Where a request goes: what may be read without a credential may well want one to be changed.
fn place(attempt: &Attempt) -> u64 {
    let kind = u8::from(attempt.traits.idempotent);
    hash(attempt.place.to_le_bytes().into_iter().chain(core::iter::once(kind)))
}
