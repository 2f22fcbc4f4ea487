//! What the keeper's thread does, round after round: look at the files, begin the fetches that are due, sleep.

use super::event::{Event, one_line};
use super::fetch::{Fetcher, Http};
use super::job::Job;
use super::keeper::Shared;
use super::watch::{self, Watch};
use super::{Delivery, Plan, Source, Taken, Ward};
use crate::keys::JWK_SET_BYTES;
use core::panic::AssertUnwindSafe;
use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use doorward_core::key::Next;
use doorward_core::limits;
use doorward_core::time::UnixTime;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Instant;

/// The longest sleep: the wall clock may be set while the thread sleeps, and a minute is what a schedule may slip by then.
const SLEEP_MOST: Duration = Duration::from_secs(60);

/// The shortest span between two rounds: a flood of missed keys wakes the thread as often as it has requests.
const PACE: Duration = Duration::from_millis(50);

/// How long the thread rests after a fault of its own.
const REST: Duration = Duration::from_secs(1);

/// The thread's own memory.
pub(super) struct Rounds<W> {
    ward: Weak<W>,
    shared: Arc<Shared>,
    http: Arc<Http>,
    epoch: Option<u32>,
    issuers: Vec<Issuer>,
    /// Watched files that are no source of keys.
    files: Vec<PathBuf>,
    watch: Watch,
}

/// An issuer whose keys are fetched or read from a file.
pub(super) struct Issuer {
    pub(super) index: usize,
    pub(super) source: Arc<Source>,
    pub(super) fetcher: Arc<Fetcher>,
    /// Whether a fetch of its keys runs.
    pub(super) fetching: Arc<AtomicBool>,
    /// When its latest fetch began: whoever has waited longest goes first.
    began: Option<Instant>,
}

/// Tells that the thread has ended, however it did.
struct Alive(Arc<Shared>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.alive.store(false, Ordering::Release);
    }
}

impl<W: Ward> Rounds<W> {
    pub(super) fn new(ward: &Arc<W>, shared: &Arc<Shared>, http: Http) -> Self {
        Self {
            ward: Arc::downgrade(ward),
            shared: Arc::clone(shared),
            http: Arc::new(http),
            epoch: None,
            issuers: Vec::new(),
            files: Vec::new(),
            watch: Watch::default(),
        }
    }

    /// Runs until the keeper is told to stop or the engine is gone.
    pub(super) fn run(mut self) {
        let _alive = Alive(Arc::clone(&self.shared));
        while !self.shared.stop.load(Ordering::Acquire) {
            let began = Instant::now();
            let sleep = match catch_unwind(AssertUnwindSafe(|| self.round())) {
                Ok(Some(sleep)) => sleep,
                Ok(None) => return,
                Err(_) => {
                    self.report_fault();
                    REST
                }
            };
            thread::park_timeout(sleep);
            thread::sleep(PACE.saturating_sub(began.elapsed()));
        }
    }

    fn report_fault(&self) {
        if let Some(ward) = self.ward.upgrade() {
            // The fault may have been in the host's own taker of events.
            let _ = catch_unwind(AssertUnwindSafe(|| ward.event(Event::KeeperFailed)));
        }
    }

    /// Does what is due. How long nothing will be, or `None` if the engine is gone.
    fn round(&mut self) -> Option<Duration> {
        let ward = self.ward.upgrade()?;
        let epoch = match self.epoch {
            Some(epoch) if epoch == ward.policy_epoch() => epoch,
            _ => self.load(&ward),
        };
        self.look(&ward, epoch);
        let sleep = self.fetch(&ward, epoch);
        Some(self.watch.wait().map_or(sleep, |wait| wait.min(sleep)))
    }

    /// Begins with another policy, and gives its epoch.
    fn load(&mut self, ward: &Arc<W>) -> u32 {
        let Plan { epoch, sources, mut files } = ward.plan();
        self.issuers.clear();
        self.files.clone_from(&files);
        for (index, source) in sources {
            if let Source::File(path) = &source {
                files.push(path.clone());
            }
            self.issuers.push(Issuer {
                index,
                source: Arc::new(source),
                fetcher: Arc::default(),
                fetching: Arc::default(),
                began: None,
            });
        }
        self.watch = Watch::new(files);
        self.shared.faults().clear();
        self.epoch = Some(epoch);
        epoch
    }

    /// Reads the files that have changed.
    fn look(&mut self, ward: &Arc<W>, epoch: u32) {
        for path in self.watch.changed(Instant::now()) {
            let mut was_read = !self.files.contains(&path) || ward.file_changed(&path);
            let is_this = |issuer: &&Issuer| matches!(&*issuer.source, Source::File(file) if *file == path);
            for issuer in self.issuers.iter().filter(is_this) {
                was_read &= self.take_file(ward, epoch, issuer.index, &path);
            }
            if !was_read {
                self.watch.hand_out_again(&path, Instant::now());
            }
        }
    }

    /// Takes an issuer's keys from its file. Whether that could be read.
    fn take_file(&self, ward: &Arc<W>, epoch: u32, issuer: usize, path: &Path) -> bool {
        let read = watch::read(path, u64::try_from(JWK_SET_BYTES).unwrap_or(u64::MAX));
        if !self.watch.still(path) {
            return true;
        }
        let was_read = !read.as_ref().is_err_and(|fault| fault.may_pass);
        let taken = read.map_err(|fault| fault.detail).and_then(|text| {
            let taken = ward.take_keys(issuer, epoch, &text, Delivery::File, crate::now());
            taken.map_err(|(_, sentence)| sentence)
        });
        if ward.policy_epoch() != epoch {
            return was_read;
        }
        let is_news = ward.key_file(issuer, epoch, taken.as_ref().err().map(String::as_str));
        match taken {
            Ok(Taken { changed: true, .. }) => ward.event(Event::FileReloaded { path: path.to_path_buf() }),
            Err(detail) if was_read || is_news => {
                ward.event(Event::FileRefused { path: path.to_path_buf(), detail: one_line(&detail) });
            }
            _ => {}
        }
        was_read
    }

    /// Begins the fetches that are due. How long none will be.
    fn fetch(&mut self, ward: &Arc<W>, epoch: u32) -> Duration {
        let now = crate::now();
        let mut sleep = SLEEP_MOST;
        let mut due = Vec::new();
        for (at, issuer) in self.issuers.iter().enumerate() {
            if !issuer.source.is_fetched() || issuer.fetching.load(Ordering::Acquire) {
                continue;
            }
            match ward.with_refresh(issuer.index, epoch, |refresh| refresh.next(now)) {
                Some(Next::Fetch) => due.push((issuer.began, at)),
                Some(Next::WaitUntil(time)) => sleep = sleep.min(span(now, time)),
                // The policy has changed, and a later round sees it.
                None => sleep = sleep.min(REST),
            }
        }
        // Whoever has never been fetched is first, then who has waited longest.
        due.sort_unstable();
        for (_, at) in due {
            if self.shared.fetching.load(Ordering::Acquire) >= limits::FETCHES_AT_ONCE {
                // The next one that ends wakes this thread.
                break;
            }
            if let Some(issuer) = self.issuers.get_mut(at) {
                let begun = ward.with_refresh(issuer.index, epoch, |refresh| {
                    (refresh.next(now) == Next::Fetch).then(|| refresh.begin(now))
                });
                if let Some(Some(round)) = begun {
                    issuer.began = Some(Instant::now());
                    let job = Job::new(&self.ward, &self.shared, &self.http, epoch, round, issuer);
                    job.start();
                }
            }
        }
        sleep
    }
}

/// From one time to a later one; nothing if it is not later.
pub(super) fn span(from: UnixTime, to: UnixTime) -> Duration {
    let nanos = |time: UnixTime| i128::from(time.seconds()) * 1_000_000_000 + i128::from(time.nanos());
    let span = nanos(to).saturating_sub(nanos(from)).max(0);
    Duration::from_nanos(u64::try_from(span).unwrap_or(u64::MAX))
}
