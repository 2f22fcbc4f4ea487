//! What of an engine lies behind locks: nothing that a decision needs, and all of it of one process.

use super::state::State;
use crate::trust::Event;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a host does with events.
pub(crate) type Handler = Arc<dyn Fn(&Event) + Send + Sync>;

/// The locks of one process. A child after a fork gets its own: a thread that is not there may hold those of its parent.
pub(crate) struct Locks<K> {
    pub(crate) pid: u32,
    /// Held while a state is replaced, so that no change is lost to another; never across I/O.
    change: Mutex<Change<K>>,
    /// Held while a policy is loaded anew.
    pub(crate) reloading: Mutex<()>,
    handler: Mutex<Option<Handler>>,
    events: Mutex<VecDeque<Event>>,
}

/// What changes beside the state.
pub(crate) struct Change<K> {
    /// States that some decision may still look at. They end here, not on a thread that decides.
    pub(crate) retired: Vec<Arc<State<K>>>,
    pub(crate) faults: Faults,
}

/// Why files were not taken when they were last read; what was read from them before is in force.
#[derive(Clone, Default)]
pub(crate) struct Faults {
    /// The policy's.
    pub(crate) policy: Option<String>,
    /// That of revocations.
    pub(crate) revoked: Option<String>,
    /// The files of keys, by the issuer's index.
    pub(crate) keys: BTreeMap<usize, String>,
}

/// How many events are kept for hosts that ask for them: a day of an issuer that fails every five minutes.
const EVENTS_KEPT: usize = 288;

impl<K> Locks<K> {
    /// Locks for this process, that nobody holds.
    pub(crate) fn new(handler: Option<Handler>) -> Self {
        Self {
            pid: std::process::id(),
            change: Mutex::new(Change { retired: Vec::new(), faults: Faults::default() }),
            reloading: Mutex::new(()),
            handler: Mutex::new(handler),
            events: Mutex::new(VecDeque::new()),
        }
    }

    /// What changes beside the state, under its lock.
    pub(crate) fn change(&self) -> MutexGuard<'_, Change<K>> {
        hold(&self.change)
    }

    /// The handler, if that can be told at once.
    pub(crate) fn try_handler(&self) -> Option<Handler> {
        self.handler.try_lock().ok()?.clone()
    }

    /// Sets the handler.
    pub(crate) fn set_handler(&self, handler: Handler) {
        *hold(&self.handler) = Some(handler);
    }

    /// Keeps an event, and gives the handler that is to be told of it.
    pub(crate) fn keep(&self, event: &Event) -> Option<Handler> {
        let mut kept = hold(&self.events);
        if kept.len() >= EVENTS_KEPT {
            kept.pop_front();
        }
        kept.push_back(event.clone());
        drop(kept);
        hold(&self.handler).clone()
    }

    /// The events since the last call.
    pub(crate) fn take_events(&self) -> Vec<Event> {
        hold(&self.events).drain(..).collect()
    }
}

/// The lock, whatever became of the thread that had it: nothing behind these is left half done.
pub(crate) fn hold<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
