//! The engine's inside: the state in force and how it is swapped, and the thread that keeps trust up to date.

use super::load::{self, ReadKeys};
use super::locks::{Change, Faults, Handler, Locks, hold};
use super::origin::Origin;
use super::state::{State, Trusted};
use crate::error::LoadErrors;
use crate::keys::KeySet;
use crate::revocation::{self, Revocation};
use crate::trust::{Event, Keeper, Source};
use arc_swap::{ArcSwap, ArcSwapOption};
use core::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering};
use doorward_core::key::{Algorithms, Verify};
use doorward_core::policy::Profile;
use doorward_core::time::UnixTime;
use std::sync::Arc;

/// What an engine and its thread share.
pub(crate) struct Inner<K> {
    origin: Origin,
    reader: Box<dyn ReadKeys<K>>,
    state: ArcSwap<State<K>>,
    /// The number of the state in force: decisions look at nothing else to see that theirs is still it.
    number: AtomicU64,
    /// What hosts ask for with each request: see [`super::state::Rules::facts`].
    facts: AtomicU64,
    locks: ArcSwap<Locks<K>>,
    /// The process that the locks belong to, or are being made for.
    home: AtomicU32,
    keeper: ArcSwapOption<Keeper>,
    /// The process in which some thread is starting the keeper; 0 if none is.
    starting: AtomicU32,
    /// Whether the host wants the thread.
    wanted: AtomicBool,
    /// When a decision looks after the thread next, in Unix seconds.
    look_at: AtomicI64,
}

/// How often a decision looks whether the thread is still there, in seconds: after a fork it is not.
const LOOK_EVERY: i64 = 5;

/// How often a policy is read again because something else changed while it was read, before others have to wait.
const READ_AGAIN: usize = 3;

impl<K: Verify + Send + Sync + 'static> Inner<K> {
    pub(crate) fn new(origin: Origin, reader: Box<dyn ReadKeys<K>>) -> Result<Arc<Self>, LoadErrors> {
        let state = load::load(&origin, &*reader, None, crate::now())?;
        Ok(Arc::new(Self {
            origin,
            reader,
            number: AtomicU64::new(state.number),
            facts: AtomicU64::new(state.rules.facts()),
            state: ArcSwap::from_pointee(state),
            locks: ArcSwap::from_pointee(Locks::new(None)),
            home: AtomicU32::new(std::process::id()),
            keeper: ArcSwapOption::empty(),
            starting: AtomicU32::new(0),
            wanted: AtomicBool::new(false),
            look_at: AtomicI64::new(i64::MAX),
        }))
    }

    /// The state in force.
    pub(crate) fn state(&self) -> Arc<State<K>> {
        self.state.load_full()
    }

    /// The number of the state in force.
    #[inline]
    pub(crate) fn number(&self) -> u64 {
        self.number.load(Ordering::Acquire)
    }

    /// What hosts ask for with each request.
    #[inline]
    pub(crate) fn facts(&self) -> u64 {
        self.facts.load(Ordering::Relaxed)
    }

    /// Where the policy comes from.
    pub(crate) const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Reads a set of keys.
    pub(crate) fn read_keys(
        &self,
        text: &str,
        profile: Profile,
        algorithms: Algorithms,
    ) -> Result<KeySet<K>, String> {
        self.reader.read(text, profile, algorithms)
    }

    /// The state in force, and which of its files have not been taken since.
    pub(crate) fn state_and_faults(&self) -> (Arc<State<K>>, Faults) {
        self.change(|change| (self.state(), change.faults.clone()))
    }

    /// Changes something that decisions look at, one after the other.
    pub(crate) fn change<R>(&self, with: impl FnOnce(&mut Change<K>) -> R) -> R {
        let locks = self.locks();
        let mut change = locks.change();
        with(&mut change)
    }

    /// Puts another state in force: decisions that have begun end by the one before.
    pub(crate) fn publish(&self, change: &mut Change<K>, state: State<K>) {
        let number = state.number;
        self.facts.store(state.rules.facts(), Ordering::Relaxed);
        change.retired.push(self.state.swap(Arc::new(state)));
        self.number.store(number, Ordering::Release);
        change.retired.retain(|state| Arc::strong_count(state) > 1);
    }

    /// Loads the policy anew, and all files that it names.
    pub(crate) fn reload(self: &Arc<Self>) -> Result<(), LoadErrors> {
        let locks = self.locks();
        let one_at_a_time = hold(&locks.reloading);
        let loaded = self.load_anew();
        drop(one_at_a_time);
        self.tell(match &loaded {
            Ok(()) => Event::PolicyReloaded,
            Err(errors) => Event::PolicyRefused { detail: errors.to_string() },
        });
        loaded?;
        // The policy may have something to fetch or watch now, where it had nothing before.
        self.look_after(crate::now());
        self.wake();
        Ok(())
    }

    fn load_anew(&self) -> Result<(), LoadErrors> {
        for _ in 0..READ_AGAIN {
            let before = self.state();
            let loaded = load::load(&self.origin, &*self.reader, Some(&before), crate::now());
            // Keys or revocations that came while files were read must not be lost to a state that does not know them.
            let done = self.change(|change| {
                let same = loaded.is_err() || self.number() == before.number;
                if same { Ok(self.settle(change, loaded)) } else { Err(()) }
            });
            if let Ok(settled) = done {
                return settled;
            }
        }
        self.change(|change| {
            let loaded = load::load(&self.origin, &*self.reader, Some(&self.state()), crate::now());
            self.settle(change, loaded)
        })
    }

    fn settle(&self, change: &mut Change<K>, loaded: Result<State<K>, LoadErrors>) -> Result<(), LoadErrors> {
        let state = match loaded {
            Ok(state) => state,
            Err(errors) => {
                change.faults.policy = Some(errors.to_string());
                return Err(errors);
            }
        };
        for (issuer, model) in state.issuers.iter().zip(&state.rules.model.issuers) {
            if let Some(upkeep) = &issuer.upkeep {
                upkeep.set_rules(load::refresh_rules(model));
            }
        }
        change.faults = Faults::default();
        self.publish(change, state);
        Ok(())
    }

    /// Revokes something, from the next decision on.
    pub(crate) fn revoke(&self, revocation: Revocation) -> Result<(), revocation::Refused> {
        self.change(|change| {
            let before = self.state();
            let revoked = Arc::new(before.revoked.with(revocation)?);
            self.publish(change, State { revoked, ..before.next() });
            Ok(())
        })
    }

    /// Has `handler` called at each event, on the thread that it happens on.
    pub(crate) fn on_event(&self, handler: Handler) {
        self.locks().set_handler(handler);
    }

    /// The events since the last call.
    pub(crate) fn take_events(&self) -> Vec<Event> {
        self.locks().take_events()
    }

    /// Tells the host of an event.
    pub(crate) fn tell(&self, event: Event) {
        if let Some(handler) = self.locks().keep(&event) {
            handler(&event);
        }
    }

    /// Whether there is anything to keep up to date.
    fn has_work(&self) -> bool {
        let state = self.state();
        state.rules.revoked.is_some() || state.rules.sources.iter().any(|source| *source != Source::Static)
    }

    /// Starts the thread, if there is anything for it to do and it does not run in this process.
    pub(crate) fn start(self: &Arc<Self>) {
        self.wanted.store(true, Ordering::Relaxed);
        self.look_after(crate::now());
    }

    /// Has the thread started by the first decision in each process, and not before.
    pub(crate) fn arm(&self) {
        self.wanted.store(true, Ordering::Relaxed);
        self.look_at.store(i64::MIN, Ordering::Relaxed);
    }

    /// Whether a decision should look after the thread.
    #[inline]
    pub(crate) fn is_due(&self, now: UnixTime) -> bool {
        let look_at = self.look_at.load(Ordering::Relaxed);
        // A time far ahead was noted under a clock that has been set back since.
        now.seconds() >= look_at
            || (look_at != i64::MAX && look_at > now.seconds().saturating_add(LOOK_EVERY))
    }

    /// Looks after the thread: one that a fork has left behind, or that has died, is started anew.
    #[cold]
    pub(crate) fn look_after(self: &Arc<Self>, now: UnixTime) {
        // First the answer for "nothing to do": whoever changes that meanwhile stores another one after it.
        self.look_at.store(i64::MAX, Ordering::SeqCst);
        if !self.wanted.load(Ordering::SeqCst) || !self.has_work() {
            return;
        }
        self.look_at.store(now.seconds().saturating_add(LOOK_EVERY), Ordering::SeqCst);
        let pid = std::process::id();
        // One thread of this process starts it. Whoever was about to in another process is not here.
        let other = self.starting.load(Ordering::Acquire);
        let mine = other != pid
            && self.starting.compare_exchange(other, pid, Ordering::AcqRel, Ordering::Acquire).is_ok();
        if !mine {
            return;
        }
        let _done = Starting(&self.starting);
        self.settle_here();
        if self.keeper().is_none()
            && let Ok(keeper) = Keeper::start(self)
        {
            self.keeper.store(Some(Arc::new(keeper)));
        }
    }

    /// Makes sure that nothing behind a lock is another process's.
    pub(crate) fn settle_here(&self) {
        let _ = self.locks();
    }

    /// The locks of this process. In a child after a fork they are made anew, and so are those of the issuers.
    fn locks(&self) -> Arc<Locks<K>> {
        let pid = std::process::id();
        let home = self.home.load(Ordering::Acquire);
        if home != pid {
            let locks = Arc::new(Locks::new(self.locks.load().try_handler()));
            let before = self.state();
            let renewed = |(issuer, model): (&Arc<Trusted<K>>, _)| match &issuer.upkeep {
                None => Arc::clone(issuer),
                Some(upkeep) => {
                    Arc::new(issuer.with_upkeep(Arc::new(upkeep.renewed(load::refresh_rules(model)))))
                }
            };
            let issuers = before.issuers.iter().zip(&before.rules.model.issuers).map(renewed).collect();
            let state = State { issuers, ..before.next() };
            // Everything that could fail is done: from here on the others wait.
            if self.home.compare_exchange(home, pid, Ordering::AcqRel, Ordering::Acquire).is_ok() {
                self.publish(&mut locks.change(), state);
                self.locks.store(locks);
            }
        }
        loop {
            let locks = self.locks.load_full();
            if locks.pid == pid {
                return locks;
            }
            // Another thread is making them.
            std::thread::yield_now();
        }
    }

    /// Has the thread look for what is due.
    pub(crate) fn wake(&self) {
        if let Some(keeper) = &*self.keeper.load() {
            keeper.wake();
        }
    }

    /// The thread, if it runs.
    pub(crate) fn keeper(&self) -> Option<Arc<Keeper>> {
        self.keeper.load_full().filter(|keeper| keeper.is_alive())
    }
}

/// Says that nobody is starting the thread any more, however that ended.
struct Starting<'a>(&'a AtomicU32);

impl Drop for Starting<'_> {
    fn drop(&mut self) {
        self.0.store(0, Ordering::Release);
    }
}
