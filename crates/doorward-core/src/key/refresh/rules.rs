//! What a policy says about one issuer's key set in time.

use crate::limits;
use crate::time::Seconds;

/// What a policy says about the refresh of one issuer's keys.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RefreshRules {
    /// The longest time between two fetches while the provider answers; below [`limits::KEYS_REFRESH_MIN`] that is used.
    pub refresh: Seconds,
    /// How long keys past their lifetime stay in use while the provider cannot be asked; 0 ends their use at once.
    pub stale_for: Seconds,
}

impl Default for RefreshRules {
    fn default() -> Self {
        Self {
            refresh: Seconds(limits::KEYS_REFRESH_DEFAULT),
            stale_for: Seconds(limits::KEYS_STALE_DEFAULT),
        }
    }
}

impl RefreshRules {
    /// The lifetime of a set that came with this hint.
    pub(super) fn life(self, hint: Option<Seconds>) -> Seconds {
        self.refresh.min(hint.unwrap_or(self.refresh)).max(Seconds(limits::KEYS_REFRESH_MIN))
    }
}
