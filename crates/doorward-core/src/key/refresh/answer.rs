//! What the machine is told and what it says: plain values, without behaviour.

use super::FetchFault;
use crate::time::{Seconds, UnixTime};

/// What the host should do about an issuer's key set.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Next {
    /// Begin a fetch now.
    Fetch,
    /// Nothing before this time; ask again then, or as soon as a decision missed a key.
    WaitUntil(UnixTime),
}

/// One fetch of an issuer's keys: what [`Refresh::begin`](super::Refresh::begin) gives, and
/// [`Refresh::finish`](super::Refresh::finish) wants back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Round(pub(super) u64);

/// How a fetch ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Answered {
    /// The provider answered with a key set, an empty one included, and the host has put it in force.
    Keys {
        /// How long the provider says that it may be kept (`Cache-Control`, `spiffe_refresh_hint`); `None` if it does
        /// not say.
        lifetime: Option<Seconds>,
    },
    /// No key set came; nothing has changed.
    Failed {
        /// What went wrong.
        fault: FetchFault,
        /// The provider's `Retry-After`.
        retry_after: Option<Seconds>,
    },
}

/// What it means that the set in force does not have a key that a decision needs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Missed {
    /// The provider was asked after this key was first missed, and answered without it: the credential is at fault.
    Unknown,
    /// We do not know yet: a fetch will tell.
    Pending {
        /// Until its answer can be here, rounded up; at least one second.
        wait: Seconds,
    },
    /// We cannot know: our set was never loaded or is stale, or the last fetch failed. The caller is not to blame.
    Unavailable {
        /// Until the next fetch's answer can be here, rounded up; at least one second.
        wait: Seconds,
    },
}

/// How far an issuer's set in force can be relied upon.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Trust {
    /// Nothing was ever loaded: there are no keys.
    Never,
    /// Within its lifetime.
    Fresh,
    /// Past its lifetime and not yet past the stale cap: its keys are the last known good ones, and still in use.
    Stale {
        /// When its lifetime ended.
        since: UnixTime,
    },
    /// Past the stale cap: its keys must not be used any more.
    Expired {
        /// When the stale cap was reached.
        since: UnixTime,
    },
}

/// Everything that a status page tells about one issuer's set.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Facts {
    /// How far the set can be relied upon.
    pub trust: Trust,
    /// When the set in force came; `None` if none ever did.
    pub fetched: Option<UnixTime>,
    /// When its lifetime ends.
    pub fresh_until: Option<UnixTime>,
    /// Since when it is stale, if it is.
    pub stale_since: Option<UnixTime>,
    /// When the stale cap ends the use of its keys.
    pub usable_until: Option<UnixTime>,
    /// When the next fetch begins: now, or a time that has passed, if it is due; while one runs, when another follows if that
    /// one never ends.
    pub next_fetch: UnixTime,
    /// When the fetch that is running began, if one is.
    pub fetching_since: Option<UnixTime>,
    /// How many fetches have failed since the last success.
    pub failures: u32,
    /// The latest fault, which a later success does not remove.
    pub last_fault: Option<FetchFault>,
    /// When that fault was noted.
    pub failed_at: Option<UnixTime>,
}
