//! The one background thread of an engine: it fetches keys when they are due and looks at files.
//!
//! The thread itself does no network I/O: each fetch has a short-lived thread of its own, at most
//! [`doorward_core::limits::FETCHES_AT_ONCE`] at a time. So a provider that hangs holds up neither the others nor the files nor the end of
//! the engine, without an event loop and without a pool that would have to be told when to go. A fetch is minutes apart and
//! takes milliseconds, so that what a thread costs (some tens of microseconds) does not matter.

use super::fetch::Http;
use super::rounds::Rounds;
use super::{Plan, Ward};
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use core::time::Duration;
use doorward_core::key::{FetchFault, Trust};
use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::Instant;

/// The thread, for as long as this lives. It does not keep the engine alive.
#[derive(Debug)]
pub(crate) struct Keeper {
    thread: Thread,
    shared: Arc<Shared>,
    pid: u32,
}

/// An issuer whose keys have never come.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct NotLoaded {
    /// Its index in the policy.
    pub(crate) issuer: usize,
    /// What went wrong at the latest attempt, if one has ended; a sentence as in [`crate::Event::KeysFailed`].
    pub(crate) fault: Option<(FetchFault, String)>,
}

/// What the thread, those that fetch for it, and the engine share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// Whether the thread is to end.
    pub(super) stop: AtomicBool,
    /// Whether it has not ended.
    pub(super) alive: AtomicBool,
    /// How many fetches run.
    pub(super) fetching: AtomicUsize,
    /// Told when one has ended.
    pub(super) ended: Condvar,
    faults: Mutex<HashMap<usize, (FetchFault, String)>>,
}

impl Shared {
    /// The latest fault of each issuer since its latest success.
    pub(super) fn faults(&self) -> MutexGuard<'_, HashMap<usize, (FetchFault, String)>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keeper {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub(crate) fn start<W: Ward>(ward: &Arc<W>) -> std::io::Result<Self> {
        // The environment is read here, on the thread of whoever starts the engine: others may be changing it later.
        Self::start_with(ward, Http::new())
    }

    pub(super) fn start_with<W: Ward>(ward: &Arc<W>, http: Http) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        shared.alive.store(true, Ordering::Release);
        let rounds = Rounds::new(ward, &shared, http);
        // The handle is given up at once: joining would wait for ever in a forked child, where the thread is not.
        let thread = thread::Builder::new().name("doorward-keys".to_owned()).spawn(move || rounds.run())?;
        Ok(Self { thread: thread.thread().clone(), shared, pid: std::process::id() })
    }

    /// Has the thread look for what is due. It takes no lock and allocates nothing, so that deciding threads may call it.
    pub(crate) fn wake(&self) {
        self.thread.unpark();
    }

    /// Ends the thread soon, without waiting for it. A fetch that is running ends by itself, and changes nothing any more.
    pub(crate) fn stop(&self) {
        self.shared.stop.store(true, Ordering::Release);
        self.thread.unpark();
    }

    /// Whether the thread runs in this process: in a forked child it does not.
    pub(crate) fn is_alive(&self) -> bool {
        self.pid == std::process::id() && self.shared.alive.load(Ordering::Acquire)
    }

    /// Waits until every issuer whose keys are fetched has some, whether fetched, supplied or restored.
    ///
    /// # Errors
    ///
    /// Those that have none when the time is over.
    pub(crate) fn wait_first_load(&self, ward: &impl Ward, timeout: Duration) -> Result<(), Vec<NotLoaded>> {
        /// Keys may also be supplied by hand, of which nobody tells here.
        const LOOK_EVERY: Duration = Duration::from_millis(50);
        let began = Instant::now();
        loop {
            let missing = missing(ward);
            let faults = self.shared.faults();
            let left = timeout.saturating_sub(began.elapsed());
            if missing.is_empty() {
                return Ok(());
            }
            if left.is_zero() {
                let missing = missing.into_iter();
                return Err(missing
                    .map(|issuer| NotLoaded { issuer, fault: faults.get(&issuer).cloned() })
                    .collect());
            }
            // Whether it was told or has waited long enough: it looks again.
            let _ = self.shared.ended.wait_timeout(faults, left.min(LOOK_EVERY));
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The issuers whose keys are fetched and have never come, where no thread can tell why.
pub(crate) fn not_loaded(ward: &impl Ward) -> Vec<NotLoaded> {
    missing(ward).into_iter().map(|issuer| NotLoaded { issuer, fault: None }).collect()
}

/// The issuers whose keys are fetched and have never come.
fn missing(ward: &impl Ward) -> Vec<usize> {
    let Plan { epoch, sources, .. } = ward.plan();
    let now = crate::now();
    let never = |issuer| {
        ward.with_refresh(issuer, epoch, |refresh| refresh.trust(now))
            .is_none_or(|trust| trust == Trust::Never)
    };
    let fetched = sources.into_iter().filter(|(_, source)| source.is_fetched());
    fetched.map(|(issuer, _)| issuer).filter(|issuer| never(*issuer)).collect()
}
