//! What the threads of one process share: the governor, the credential and those who wait.

use super::credential::Credential;
use super::first::FirstRefusals;
use super::origin::Origin;
use super::want::Want;
use crate::diagnosis::DiagnosisReport;
use core::task::Waker;
use doorward_core::recover::Governor;
use doorward_core::time::UnixTime;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What lies behind the lock. No I/O is ever done under it.
#[derive(Clone)]
pub(super) struct State {
    pub(super) governor: Governor,
    pub(super) credential: Option<Arc<Credential>>,
    /// When the caller got that credential first.
    pub(super) issued_at: Option<UnixTime>,
    pub(super) origins: Vec<Origin>,
    pub(super) want: Want,
    /// What was asked for with the ticket that was given last.
    pub(super) asked: Want,
    /// The scopes that the credential that is held was asked for with.
    pub(super) held_scope: Option<String>,
    /// The scopes that a credential was asked for with which was accepted.
    pub(super) accepted_scope: Option<String>,
    /// What the source said last, if it gave no credential.
    pub(super) source_fault: Option<String>,
    pub(super) last_refusal: Option<Arc<DiagnosisReport>>,
    /// Where a credential is wanted, if there is no source.
    pub(super) first_refusals: FirstRefusals,
    /// How many tickets were brought back.
    pub(super) ended: u64,
    pub(super) wakers: Vec<Waker>,
}

impl State {
    pub(super) fn new(governor: Governor, origins: Vec<Origin>) -> Self {
        Self {
            governor,
            credential: None,
            issued_at: None,
            origins,
            want: Want::new(),
            asked: Want::new(),
            held_scope: None,
            accepted_scope: None,
            source_fault: None,
            last_refusal: None,
            first_refusals: FirstRefusals::new(),
            ended: 0,
            wakers: Vec::new(),
        }
    }

    /// It as a child after a fork goes on with it: whoever obtains or waits is in the other process.
    fn after_fork(&self) -> Self {
        let mut state = self.clone();
        state.governor.forget_ticket();
        state.wakers.clear();
        state
    }
}

/// The state of one process. A child after a fork gets its own: a thread that is not there may hold the lock of its parent's.
pub(super) struct Shared {
    pub(super) pid: u32,
    state: Mutex<State>,
    ended: Condvar,
}

impl Shared {
    pub(super) fn new(state: State) -> Self {
        Self { pid: std::process::id(), state: Mutex::new(state), ended: Condvar::new() }
    }

    /// The state, whatever became of the thread that had it: nothing behind the lock is left half done.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a child after a fork begins with: as much as can be had without waiting.
    pub(super) fn fork(&self, fresh: impl FnOnce() -> State) -> Self {
        match self.state.try_lock() {
            Ok(state) => Self::new(state.after_fork()),
            Err(_) => Self::new(fresh()),
        }
    }

    /// The same as a child finds it after a fork.
    #[cfg(test)]
    pub(super) fn of_parent(&self) -> Arc<Self> {
        Arc::new(Self { pid: self.pid.wrapping_add(1), ..Self::new(self.lock().clone()) })
    }

    /// A ticket was brought back: whoever waits looks again.
    pub(super) fn wake(&self, mut state: MutexGuard<'_, State>) {
        state.ended = state.ended.wrapping_add(1);
        let wakers = core::mem::take(&mut state.wakers);
        drop(state);
        self.ended.notify_all();
        for waker in wakers {
            waker.wake();
        }
    }

    /// Waits until another ticket was brought back than those that were `seen`, or as long as said.
    pub(super) fn wait(&self, seen: u64, span: core::time::Duration) {
        let waits = |state: &mut State| state.ended == seen;
        drop(self.ended.wait_timeout_while(self.lock(), span, waits));
    }
}
