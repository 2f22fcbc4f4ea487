//! How one issuer's fetched keys are kept up to date: its state machine under a lock, and what decisions may read without it.

use core::sync::atomic::{AtomicI64, Ordering};
use doorward_core::key::{Facts, KeyHint, Missed, Next, Refresh, RefreshRules, Trust};
use doorward_core::time::{Seconds, UnixTime};
use std::sync::{Mutex, PoisonError, TryLockError};

/// An issuer's state machine.
pub(crate) struct Upkeep {
    /// Stays with the issuer's keys when the policy is loaded anew, so that a fetch that was begun before can end after.
    pub(crate) id: u32,
    refresh: Mutex<Refresh>,
    /// Until when the keys may be used, in Unix seconds: all that most decisions need to know.
    usable_until: AtomicI64,
    /// When the keys were fetched last, and how long they were said to last; for a machine that has to be built anew.
    fetched: AtomicI64,
    lifetime: AtomicI64,
    /// What went wrong last, for people.
    detail: Mutex<Option<String>>,
}

/// Stands for "never" and "not said".
const NONE: i64 = i64::MIN;

/// How often a decision tries the lock, which is held for less than a microsecond and never across I/O.
const TRIES: usize = 64;

/// What a decision says when it cannot get at the machine: nobody's fault, and over in a moment.
const SHUT: Missed = Missed::Unavailable { wait: Seconds(1) };

impl Upkeep {
    /// The keys were never fetched.
    pub(crate) fn new(rules: RefreshRules) -> Self {
        Self {
            id: super::epoch(),
            refresh: Mutex::new(Refresh::new(rules, crate::trust::seed())),
            usable_until: AtomicI64::new(NONE),
            fetched: AtomicI64::new(NONE),
            lifetime: AtomicI64::new(NONE),
            detail: Mutex::new(None),
        }
    }

    /// The same keys with a machine of its own: after a fork, where a lock may stay shut for ever.
    pub(crate) fn renewed(&self, rules: RefreshRules) -> Self {
        let made = Self { id: self.id, ..Self::new(rules) };
        let (fetched, lifetime) =
            (self.fetched.load(Ordering::Relaxed), self.lifetime.load(Ordering::Relaxed));
        if fetched != NONE {
            let lifetime = u64::try_from(lifetime).ok().map(Seconds);
            let at = UnixTime::from_seconds(fetched);
            made.with(|refresh| *refresh = Refresh::restored(rules, crate::trust::seed(), at, lifetime));
        }
        made
    }

    /// Goes on under the rules of a policy that was loaded anew.
    pub(crate) fn set_rules(&self, rules: RefreshRules) {
        self.with(|refresh| {
            if refresh.rules() != rules {
                refresh.set_rules(rules);
            }
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Refresh> {
        self.refresh.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands over the machine under its lock.
    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut Refresh) -> R) -> R {
        let mut refresh = self.lock();
        let result = f(&mut refresh);
        let usable_until = refresh.usable_until();
        let facts = refresh.facts(usable_until);
        self.usable_until.store(usable_until.seconds(), Ordering::Relaxed);
        if let (Some(fetched), Some(fresh_until)) = (facts.fetched, facts.fresh_until) {
            // Rounded up: a machine that is built anew must not fetch within the window of this one.
            let fetched_at = fetched.seconds().saturating_add(i64::from(fetched.nanos() > 0));
            self.fetched.store(fetched_at, Ordering::Relaxed);
            let lifetime = fresh_until.seconds().saturating_sub(fetched.seconds());
            self.lifetime.store(lifetime, Ordering::Relaxed);
        }
        result
    }

    /// Notes what went wrong last.
    pub(crate) fn set_detail(&self, detail: Option<String>) {
        *self.detail.lock().unwrap_or_else(PoisonError::into_inner) = detail;
    }

    /// What went wrong last.
    pub(crate) fn detail(&self) -> Option<String> {
        self.detail.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What a status page tells.
    pub(crate) fn facts(&self, now: UnixTime) -> Facts {
        self.lock().facts(now)
    }

    /// How far the keys can be trusted.
    #[inline]
    pub(crate) fn trust(&self, now: UnixTime) -> Trust {
        if now.seconds() < self.usable_until.load(Ordering::Relaxed) {
            let (fetched, lifetime) =
                (self.fetched.load(Ordering::Relaxed), self.lifetime.load(Ordering::Relaxed));
            let since = UnixTime::from_seconds(fetched.saturating_add(lifetime));
            return if now < since { Trust::Fresh } else { Trust::Stale { since } };
        }
        self.try_with(|refresh| refresh.trust(now)).unwrap_or(Trust::Never)
    }

    /// Notes that a key was missed, and tells whether whoever fetches should look again: at once, or because it would sleep
    /// past what is due now.
    #[cold]
    pub(crate) fn missed(&self, key: KeyHint, now: UnixTime) -> (Missed, bool) {
        let asked = self.try_with(|refresh| {
            let before = refresh.next(now);
            let missed = refresh.missed(now, key);
            let after = refresh.next(now);
            (missed, after == Next::Fetch || after != before)
        });
        asked.unwrap_or((SHUT, false))
    }

    /// Hands over the machine if that can be done at once: a decision waits for nobody, least of all for a thread that a fork
    /// has taken away.
    fn try_with<R>(&self, f: impl FnOnce(&mut Refresh) -> R) -> Option<R> {
        for _ in 0..TRIES {
            match self.refresh.try_lock() {
                Ok(mut refresh) => return Some(f(&mut refresh)),
                Err(TryLockError::Poisoned(poisoned)) => return Some(f(&mut poisoned.into_inner())),
                Err(TryLockError::WouldBlock) => core::hint::spin_loop(),
            }
        }
        None
    }
}
