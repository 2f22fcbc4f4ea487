//! One fetch on a thread of its own: from the request to what came of it.

use super::event::{Event, one_line};
use super::fetch::{Failed, Fetched, Fetcher, Http};
use super::keeper::Shared;
use super::rounds::{Issuer, span};
use super::{Delivery, Source, Taken, Ward};
use core::panic::AssertUnwindSafe;
use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use doorward_core::key::{Answered, Facts, FetchFault, Round};
use doorward_core::time::{Seconds, UnixTime};
use std::panic::catch_unwind;
use std::sync::{Arc, Weak};
use std::thread::{self, Thread};
use std::time::Instant;

/// One fetch, from its beginning to what came of it.
pub(super) struct Job<W> {
    ward: Weak<W>,
    http: Arc<Http>,
    epoch: u32,
    round: Round,
    issuer: usize,
    source: Arc<Source>,
    fetcher: Arc<Fetcher>,
    mark: Mark,
}

/// Counts a fetch as running until it is dropped, however it ends.
struct Mark {
    shared: Arc<Shared>,
    fetching: Arc<AtomicBool>,
    keeper: Thread,
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.shared.fetching.fetch_sub(1, Ordering::AcqRel);
        self.fetching.store(false, Ordering::Release);
        self.shared.ended.notify_all();
        self.keeper.unpark();
    }
}

impl<W: Ward> Job<W> {
    /// Marks the issuer's fetch as running.
    pub(super) fn new(
        ward: &Weak<W>,
        shared: &Arc<Shared>,
        http: &Arc<Http>,
        epoch: u32,
        round: Round,
        issuer: &Issuer,
    ) -> Self {
        shared.fetching.fetch_add(1, Ordering::AcqRel);
        issuer.fetching.store(true, Ordering::Release);
        let mark = Mark {
            shared: Arc::clone(shared),
            fetching: Arc::clone(&issuer.fetching),
            keeper: thread::current(),
        };
        Self {
            ward: Weak::clone(ward),
            http: Arc::clone(http),
            epoch,
            round,
            issuer: issuer.index,
            source: Arc::clone(&issuer.source),
            fetcher: Arc::clone(&issuer.fetcher),
            mark,
        }
    }

    /// Fetches, on a thread of its own.
    pub(super) fn start(self) {
        let job = Arc::new(self);
        let on_its_own = Arc::clone(&job);
        let name = "doorward-fetch".to_owned();
        if thread::Builder::new().name(name).spawn(move || on_its_own.run()).is_err() {
            // Without a thread to spare the keeper does it itself: late is better than never.
            job.run();
        }
    }

    fn run(&self) {
        // Whatever fails in here, the keeper goes on, and the machine counts the fetch as failed at its deadline.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            let fetched = catch_unwind(AssertUnwindSafe(|| self.fetcher.keys(&self.http, &self.source)));
            let Some(ward) = self.ward.upgrade() else { return };
            let taken = catch_unwind(AssertUnwindSafe(|| {
                self.take(&*ward, fetched.unwrap_or_else(|_| Err(own_fault())))
            }));
            self.settle(&*ward, taken.unwrap_or_else(|_| Err(own_fault())));
        }));
    }

    /// Puts what came in force. It comes before the machine is told, which from then on blames whoever has another key.
    fn take(&self, ward: &W, fetched: Result<Fetched, Failed>) -> Result<Taken, Failed> {
        let Fetched { text, lifetime } = fetched?;
        let delivery = Delivery::Fetch { round: self.round, lifetime };
        ward.take_keys(self.issuer, self.epoch, &text, delivery, crate::now())
            .map_err(|(fault, detail)| Failed::new(fault, one_line(&detail)))
    }

    fn settle(&self, ward: &W, outcome: Result<Taken, Failed>) {
        let now = crate::now();
        let answer = match &outcome {
            Ok(taken) => Answered::Keys { lifetime: taken.lifetime },
            Err(failed) => Answered::Failed { fault: failed.fault, retry_after: failed.retry_after },
        };
        let facts = ward.with_refresh(self.issuer, self.epoch, |refresh| {
            let before = refresh.facts(now);
            refresh.finish(self.round, now, answer).then(|| (before, refresh.facts(now)))
        });
        // Newer keys may have come meanwhile: then this fetch has neither succeeded nor failed.
        let Some((before, after)) = facts.flatten() else { return };
        // The policy may have been loaded anew since, and the issuer stand elsewhere.
        let Some(place) = ward.place(self.issuer, self.epoch) else { return };
        let issuer = ward.issuer_name(place);
        match outcome {
            Ok(taken) => {
                self.mark.shared.faults().remove(&place);
                self.trust_metadata(&after, now);
                if taken.changed || before.fetched.is_none() || before.failures > 0 {
                    ward.event(Event::KeysLoaded { issuer, changed: taken.changed });
                }
            }
            Err(Failed { fault, detail, .. }) => {
                self.mark.shared.faults().insert(place, (fault, detail.clone()));
                let retry_in = Seconds(span(now, after.next_fetch).as_secs());
                ward.event(Event::KeysFailed { issuer, fault, detail, failures: after.failures, retry_in });
            }
        }
    }

    fn trust_metadata(&self, facts: &Facts, now: UnixTime) {
        /// The scheduled fetch must find it gone, though two clocks tell the time.
        const BEFORE: Duration = Duration::from_secs(1);
        let good_for = span(now, facts.next_fetch).saturating_sub(BEFORE);
        if let Some(until) = Instant::now().checked_add(good_for) {
            self.fetcher.trust_metadata_until(until);
        }
    }
}

fn own_fault() -> Failed {
    Failed::new(FetchFault::Malformed, "reading the answer met a fault of our own")
}
