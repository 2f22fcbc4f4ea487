//! What smells of an attack, kept until somebody takes it: a retry that succeeds must not hide it.

use super::attempt::Generation;
use crate::limits;
use crate::reason::Reason;
use crate::time::UnixTime;

/// One kind of refusal that smells of an attack.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Report {
    /// The reason.
    pub reason: Reason,
    /// The reason behind it.
    pub cause: Option<Reason>,
    /// The credential that was sent last.
    pub generation: Generation,
    /// How often it came.
    pub count: u32,
    /// When it came first.
    pub first: UnixTime,
    /// When it came last.
    pub last: UnixTime,
}

/// Reports, each kind once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reports {
    kept: [Option<Report>; limits::REPORTS],
    lost: u32,
}

impl Reports {
    pub(super) const fn new() -> Self {
        Self { kept: [None; limits::REPORTS], lost: 0 }
    }

    /// The reports, in the order in which they first came.
    pub fn iter(&self) -> impl Iterator<Item = &Report> {
        self.kept.iter().flatten()
    }

    /// How many found no room beside others.
    #[must_use]
    pub const fn lost(&self) -> u32 {
        self.lost
    }

    /// Whether there is nothing to report.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lost == 0 && self.iter().next().is_none()
    }

    pub(super) fn note(
        &mut self,
        reason: Reason,
        cause: Option<Reason>,
        generation: Generation,
        now: UnixTime,
    ) {
        let is_full = self.kept.iter().all(Option::is_some);
        // Where there is no room left, those of one reason are put together.
        let fits = |kept: &Report| kept.reason == reason && (kept.cause == cause || is_full);
        if let Some(report) = self.kept.iter_mut().flatten().find(|kept| fits(kept)) {
            report.count = report.count.saturating_add(1);
            report.generation = generation;
            report.last = now;
        } else if let Some(room) = self.kept.iter_mut().find(|kept| kept.is_none()) {
            *room = Some(Report { reason, cause, generation, count: 1, first: now, last: now });
        } else {
            self.lost = self.lost.saturating_add(1);
        }
    }
}
