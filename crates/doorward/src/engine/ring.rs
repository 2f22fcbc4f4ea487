//! The keys of a state as a decision sees them.

use super::inner::Inner;
use super::state::State;
use doorward_core::key::{KeyHint, Keys, Missed, Trust, Verify};
use doorward_core::time::{Seconds, UnixTime};

/// The keys of a state as a decision sees them: a key that is missed is asked for.
pub(crate) struct Ring<'s, K> {
    pub(crate) state: &'s State<K>,
    pub(crate) inner: &'s Inner<K>,
}

impl<K: Verify + Send + Sync + 'static> Keys for Ring<'_, K> {
    type Key = crate::keys::Key<K>;

    #[inline]
    fn of_issuer(&self, issuer: usize) -> &[Self::Key] {
        self.state.issuers.get(issuer).map_or(&[], |issuer| &issuer.keys)
    }

    #[inline]
    fn epoch(&self, issuer: usize) -> u32 {
        self.state.issuers.get(issuer).map_or(0, |issuer| issuer.epoch)
    }

    #[inline]
    fn trust(&self, issuer: usize, now: UnixTime) -> Trust {
        match self.state.issuers.get(issuer).map(|issuer| &issuer.upkeep) {
            Some(Some(upkeep)) => upkeep.trust(now),
            Some(None) => Trust::Fresh,
            None => Trust::Never,
        }
    }

    fn trace(&self) -> Option<&dyn Verify> {
        self.state.trace.as_ref().map(|key| key.verifier())
    }

    fn missed(&self, index: usize, key: KeyHint, now: UnixTime) -> Missed {
        let Some(issuer) = self.state.issuers.get(index) else {
            return Missed::Unavailable { wait: Seconds(1) };
        };
        let Some(upkeep) = &issuer.upkeep else { return Missed::Unknown };
        let (missed, due) = upkeep.missed(key, now);
        if due {
            self.inner.wake();
        }
        // The key may be in a set that came while this decision was made by the one before; the machine, which is told of a set
        // after it is in force, may know of it already.
        let changed = self.inner.number() != self.state.number
            && self.inner.state().issuers.get(index).is_none_or(|newer| newer.epoch != issuer.epoch);
        if changed && missed == Missed::Unknown { Missed::Pending { wait: Seconds(1) } } else { missed }
    }
}
