//! What a status page tells about a governor.

use super::attempt::Generation;
use super::held::Expiry;
use crate::reason::Reason;
use crate::time::UnixTime;

/// What was counted since the beginning.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Totals {
    /// Requests that went out, repeats included.
    pub sent: u64,
    /// Requests that went out again.
    pub repeated: u64,
    /// Requests that were refused and then succeeded.
    pub recovered: u64,
    /// Credentials that were refused.
    pub refused: u64,
    /// Tickets that were given out.
    pub tickets: u64,
    /// Credentials that came and were new.
    pub obtained: u64,
    /// Tickets that brought none.
    pub failed: u64,
    /// Requests that were held back.
    pub blocked: u64,
}

impl Totals {
    pub(super) const fn new() -> Self {
        Self {
            sent: 0,
            repeated: 0,
            recovered: 0,
            refused: 0,
            tickets: 0,
            obtained: 0,
            failed: 0,
            blocked: 0,
        }
    }
}

/// Where a governor stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Status {
    /// The credential that is held.
    pub generation: Generation,
    /// When it came.
    pub since: Option<UnixTime>,
    /// When it ends.
    pub expires: Option<Expiry>,
    /// Whether it was refused.
    pub refused: bool,
    /// How many credentials were refused in a row.
    pub streak: u32,
    /// Since when somebody obtains one.
    pub obtaining_since: Option<UnixTime>,
    /// Until when nothing is sent or obtained, and what a request is told that comes before.
    pub paused: Option<(UnixTime, Reason)>,
    /// How far the other side's clock is ahead of ours, in seconds.
    pub clock_offset: i64,
    /// What was counted.
    pub totals: Totals,
}
