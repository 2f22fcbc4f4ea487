//! A model of a provider: which keys it publishes when, and how it answers.

use doorward_core::key::{Answered, FetchFault};
use doorward_core::time::Seconds;

/// How the provider answers for a while.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mode {
    /// With its keys, after so many milliseconds.
    Up { delay: u64 },
    /// Not at all: the connection fails after so many milliseconds.
    Down { delay: u64 },
    /// At once, with a status that is not 200.
    Busy { retry_after: Option<Seconds> },
    /// At once, with something that is no key set.
    Garbage { fault: FetchFault },
    /// Never, and the client does not notice.
    Silent,
}

/// What a fetch will bring.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reply {
    /// When; never if `None`.
    pub(super) at: Option<u64>,
    pub(super) answer: Answered,
    /// The keys of a set.
    pub(super) keys: u64,
}

/// The provider's life, written down before it begins; times are milliseconds of true time.
#[derive(Clone, Debug)]
pub(super) struct Provider {
    /// From when on which of 64 keys are published.
    pub(super) keys: Vec<(u64, u64)>,
    /// From when on it answers how.
    pub(super) modes: Vec<(u64, Mode)>,
    /// What it says about the lifetime of its answers.
    pub(super) lifetime: Option<Seconds>,
}

impl Provider {
    /// The keys that are published at a time.
    pub(super) fn published(&self, at: u64) -> u64 {
        self.keys.iter().rev().find(|(from, _)| *from <= at).map_or(0, |(_, keys)| *keys)
    }

    /// Since when this key has been published without a break.
    pub(super) fn published_since(&self, key: u32, at: u64) -> Option<u64> {
        let until_now = self.keys.iter().rev().skip_while(|(from, _)| *from > at);
        until_now
            .take_while(|(_, keys)| keys.checked_shr(key).unwrap_or(0) & 1 == 1)
            .last()
            .map(|(from, _)| *from)
    }

    /// What a fetch brings that begins at `begun`; the keys are read at `part` percent of the way, and the client gives up
    /// after `patience`, if it ever does.
    pub(super) fn reply(&self, begun: u64, part: u64, patience: Option<u64>) -> Reply {
        let mode = self.modes.iter().rev().find(|(from, _)| *from <= begun).map(|(_, mode)| *mode);
        let failed = |after: u64, fault, retry_after| Reply {
            at: Some(begun + after),
            answer: Answered::Failed { fault, retry_after },
            keys: 0,
        };
        match (mode, patience) {
            (Some(Mode::Up { delay }), Some(patience)) if delay > patience => {
                failed(patience, FetchFault::TimedOut, None)
            }
            (Some(Mode::Up { delay }), _) => Reply {
                at: Some(begun + delay),
                answer: Answered::Keys { lifetime: self.lifetime },
                keys: self.published(begun + delay * part / 100),
            },
            (Some(Mode::Busy { retry_after }), _) => failed(1, FetchFault::Status, retry_after),
            (Some(Mode::Garbage { fault }), _) => failed(3, fault, None),
            (Some(Mode::Silent), Some(patience)) => failed(patience, FetchFault::TimedOut, None),
            (Some(Mode::Silent), None) => Reply { at: None, ..failed(0, FetchFault::TimedOut, None) },
            (Some(Mode::Down { delay }), _) => failed(delay, FetchFault::Unreachable, None),
            (None, _) => failed(0, FetchFault::Unreachable, None),
        }
    }
}
