//! One issuer's key set in time: when to fetch it, how far to rely on it, and what a missed key means.
//!
//! The host fetches and keeps the keys; this decides. Nothing here does I/O, reads a clock, or knows a key. The host asks
//! [`Refresh::next`], says [`Refresh::begin`] and [`Refresh::finish`] around each fetch, and tells of every decision that
//! lacked a key by [`Refresh::missed`]. It must
//!
//! * run one fetch of an issuer at a time, and drop what one still brings that [does not count](Refresh::is_current) any more;
//! * put the new set in force *before* it says [`Answered::Keys`]: after that a key that is still missed is blamed on the
//!   credential;
//! * look again in the set in force when that has changed between the look-up and [`Refresh::missed`].
//!
//! What follows from the rules, whatever callers and provider do:
//!
//! * Two fetches begin at least [`limits::KEYS_WINDOW`] apart. There is one gate, and the schedule, missed keys and failures
//!   all pass it: a flood of distinct kids cannot take turns with an outage.
//! * A missed key is fetched for at the next moment that the gate allows, so no flood can keep a new key out.
//! * Failures have a budget of their own, which doubles; missed keys do not shorten it.
//! * A failure changes nothing about the set in force, and no failure is ever the caller's fault.
//! * What a provider asks us to wait never keeps us from asking while that could still save the set in force, nor for long where
//!   there is nothing to use.

mod answer;
mod fault;
mod hint;
mod pace;
mod rules;
#[cfg(test)]
mod tests;

pub use answer::{Answered, Facts, Missed, Next, Round, Trust};
pub use fault::FetchFault;
pub use hint::KeyHint;
pub use rules::RefreshRules;

use crate::limits;
use crate::time::{Seconds, UnixTime};
use hint::Misses;

/// The set in force.
#[derive(Clone, Copy, Debug)]
struct Held {
    fetched: UnixTime,
    life: Seconds,
}

/// The state of one issuer's key set; plain data, which the host guards by a lock of its own.
///
/// Sets of different issuers never share one, so that a flood at one issuer costs another nothing.
#[derive(Clone, Debug)]
pub struct Refresh {
    rules: RefreshRules,
    seed: u64,
    /// How many fetches have begun.
    rounds: u64,
    /// When the latest of them began.
    begun: Option<UnixTime>,
    /// When the host last said anything, which is what shows that the clock went back.
    heard: UnixTime,
    /// Whether the latest fetch has not finished yet.
    running: bool,
    /// How long the latest successful one took, in milliseconds, for the waits that callers are told.
    took: u64,
    held: Option<Held>,
    /// When the next fetch is due by the schedule or, after a failure, by the failure budget.
    due: UnixTime,
    /// Whether a decision missed a key that no fetch was begun for since.
    asked: bool,
    failures: u32,
    failed: Option<(FetchFault, UnixTime)>,
    misses: Misses,
}

impl Refresh {
    /// A set that was never loaded: its first fetch is due at once.
    ///
    /// `seed` spreads fetches of many processes over time. It need not be secret, but should differ between them.
    #[must_use]
    pub const fn new(rules: RefreshRules, seed: u64) -> Self {
        Self {
            rules,
            seed,
            rounds: 0,
            begun: None,
            heard: UnixTime::from_seconds(i64::MIN),
            running: false,
            took: 0,
            held: None,
            due: UnixTime::from_seconds(i64::MIN),
            asked: false,
            failures: 0,
            failed: None,
            misses: Misses::NONE,
        }
    }

    /// A set that came at `fetched` with this lifetime hint: what a process has after a fork.
    ///
    /// The window counts from `fetched`, so that starting over does not fetch over.
    #[must_use]
    pub fn restored(rules: RefreshRules, seed: u64, fetched: UnixTime, lifetime: Option<Seconds>) -> Self {
        let mut restored = Self::new(rules, seed);
        restored.supply(fetched, lifetime);
        restored
    }

    /// What to do now about the set.
    ///
    /// While a fetch runs, the answer is to wait for its deadline, [`limits::KEYS_FETCH_DEADLINE`] after it began; past
    /// it the fetch counts as failed, and the next one is due by the failure budget.
    #[must_use]
    pub fn next(&self, now: UnixTime) -> Next {
        if let Some(begun) = self.fetching(now) {
            return Next::WaitUntil(deadline(begun));
        }
        let start = self.start(now);
        if start <= now { Next::Fetch } else { Next::WaitUntil(start) }
    }

    /// Notes that the host begins a fetch, which it does when [`Self::next`] says so.
    ///
    /// If another was running, that one has failed.
    pub fn begin(&mut self, now: UnixTime) -> Round {
        if self.running {
            self.fail(now, FetchFault::TimedOut, None);
        }
        self.hear(now);
        self.begun = Some(now);
        self.running = true;
        self.asked = false;
        self.rounds = self.rounds.saturating_add(1);
        Round(self.rounds)
    }

    /// Whether the end of this fetch still counts: not after another has begun, nor after keys were [supplied](Self::supply).
    #[must_use]
    pub const fn is_current(&self, round: Round) -> bool {
        self.running && self.rounds == round.0
    }

    /// The policy's rules.
    #[must_use]
    pub const fn rules(&self) -> RefreshRules {
        self.rules
    }

    /// Goes on under other rules, with everything that is known: keys that are there last by the new rules from when they came, and
    /// longer than they were said to only by what `stale_for` adds.
    pub fn set_rules(&mut self, rules: RefreshRules) {
        self.rules = rules;
        if let Some(held) = &mut self.held {
            held.life = rules.life(Some(held.life));
            if self.failures == 0 {
                let due = pace::after(held.fetched, pace::scheduled(held.life, self.seed, self.rounds));
                self.due = self.due.min(due);
            }
        }
        if let Some((_, failed)) = self.failed.filter(|_| self.failures > 0) {
            self.due = self.due.min(self.latest_retry(failed));
        }
    }

    /// Notes how a fetch has ended, and tells whether that [counts](Self::is_current); if not, nothing has changed.
    ///
    /// An answer past the deadline is still an answer.
    pub fn finish(&mut self, round: Round, now: UnixTime, answer: Answered) -> bool {
        if !self.is_current(round) {
            return false;
        }
        self.hear(now);
        match answer {
            Answered::Keys { lifetime } => {
                let life = self.rules.life(lifetime);
                let took = self.begun.map_or(0, |begun| pace::between(begun, now));
                self.took = took.min(pace::millis(DEADLINE));
                self.held = Some(Held { fetched: now, life });
                self.due = pace::after(now, pace::scheduled(life, self.seed, self.rounds));
                self.failures = 0;
            }
            Answered::Failed { fault, retry_after } => self.fail(now, fault, retry_after),
        }
        self.running = false;
        true
    }

    /// Notes that keys came without a fetch, as when a person supplies them. One that runs has not failed, but does not count any
    /// more: it may have been answered before.
    pub fn supply(&mut self, now: UnixTime, lifetime: Option<Seconds>) {
        self.running = false;
        let round = self.begin(now);
        self.finish(round, now, Answered::Keys { lifetime });
    }

    /// What it means that a decision lacked this key, and a request to fetch it if that could help.
    ///
    /// A key that was missed before the latest fetch began, and is still not there after its success, is
    /// [`Missed::Unknown`] for one window; then it may be asked for again.
    pub fn missed(&mut self, now: UnixTime, kid: KeyHint) -> Missed {
        // Only a fetch that began after the miss can tell that the key does not exist. Of several misses the first counts,
        // or a client that sends a bad credential again and again would never be told.
        let answered = self.misses.round(kid).is_some_and(|round| round < self.rounds);
        if self.failing(now) || self.trust(now) != Trust::Fresh {
            if !(answered && self.running) {
                self.misses.note(kid, self.rounds);
            }
            return Missed::Unavailable { wait: self.wait(now) };
        }
        if answered && !self.running && self.held.is_some_and(|held| now < held.fetched.plus(WINDOW)) {
            return Missed::Unknown;
        }
        if !(answered && self.running) {
            self.misses.note(kid, self.rounds);
            self.asked = true;
        }
        Missed::Pending { wait: self.wait(now) }
    }

    /// How far the set in force can be relied upon.
    #[must_use]
    pub fn trust(&self, now: UnixTime) -> Trust {
        let Some(held) = self.held else { return Trust::Never };
        let (fresh_until, usable_until) = (held.fetched.plus(held.life), self.usable_until());
        if usable_until <= now {
            Trust::Expired { since: usable_until }
        } else if fresh_until <= now {
            Trust::Stale { since: fresh_until }
        } else if self.stepped(now) {
            // The clock was set back: how old the set is cannot be told until the next fetch.
            Trust::Stale { since: now }
        } else {
            Trust::Fresh
        }
    }

    /// When the keys in force stop being usable; the earliest time there is if nothing was ever loaded.
    #[must_use]
    pub fn usable_until(&self) -> UnixTime {
        let earliest = UnixTime::from_seconds(i64::MIN);
        self.held.map_or(earliest, |held| held.fetched.plus(held.life).plus(self.rules.stale_for))
    }

    /// How long until the answer of the next fetch, or of the one that runs, can be here: rounded up, at least one second.
    #[must_use]
    pub fn wait(&self, now: UnixTime) -> Seconds {
        let end = match self.fetching(now) {
            // One that takes longer than the last did is taken to be half-way through.
            Some(begun) => pace::after(begun, self.took.max(pace::between(begun, now).saturating_mul(2))),
            None => pace::after(self.start(now).max(now), self.took),
        };
        Seconds(pace::between(now, end).saturating_add(MARGIN).div_ceil(1000).max(1))
    }

    /// What a status page tells.
    #[must_use]
    pub fn facts(&self, now: UnixTime) -> Facts {
        let trust = self.trust(now);
        let since = match trust {
            Trust::Stale { since } => Some(since),
            Trust::Expired { .. } => self.held.map(|held| held.fetched.plus(held.life)),
            Trust::Never | Trust::Fresh => None,
        };
        Facts {
            trust,
            fetched: self.held.map(|held| held.fetched),
            fresh_until: self.held.map(|held| held.fetched.plus(held.life)),
            stale_since: since,
            usable_until: self.held.map(|_| self.usable_until()),
            next_fetch: self.start(now),
            fetching_since: self.fetching(now),
            failures: self.failures.saturating_add(u32::from(self.overdue(now))),
            last_fault: self.failed.map(|(fault, _)| fault),
            failed_at: self.failed.map(|(_, at)| at),
        }
    }

    /// When the fetch began that is running within its deadline.
    fn fetching(&self, now: UnixTime) -> Option<UnixTime> {
        self.begun.filter(|begun| self.running && !self.stepped(now) && now < deadline(*begun))
    }

    /// Whether a fetch runs past its deadline.
    fn overdue(&self, now: UnixTime) -> bool {
        self.running && self.fetching(now).is_none()
    }

    /// Whether the latest fetch failed.
    fn failing(&self, now: UnixTime) -> bool {
        self.failures > 0 || self.overdue(now)
    }

    /// When the next fetch begins, after the one that runs.
    fn start(&self, now: UnixTime) -> UnixTime {
        let Some(begun) = self.begun else { return now };
        if self.stepped(now) {
            return if now < begun.minus(WINDOW) { now } else { begun.plus(WINDOW) };
        }
        let due = if self.running {
            let failures = self.failures.saturating_add(1);
            pace::after(deadline(begun), pace::backoff(failures, self.seed, self.rounds))
        } else if self.asked && self.failures == 0 {
            begun
        } else {
            self.due
        };
        due.max(begun.plus(WINDOW))
    }

    /// Whether the clock went back by more than a window since the host last said anything.
    ///
    /// A smaller step is waited out. A larger one makes a fetch due as soon as it is a window away from the latest, in
    /// either direction: waiting for a time that was noted under the other clock could take years.
    fn stepped(&self, now: UnixTime) -> bool {
        now < self.heard.minus(WINDOW)
    }

    /// Notes the time, and brings what was noted under a clock that went back to the clock as it is now.
    fn hear(&mut self, now: UnixTime) {
        if self.stepped(now) {
            self.begun = Some(now);
            if let Some(held) = &mut self.held {
                held.fetched = held.fetched.min(now);
            }
        }
        self.heard = now;
    }

    /// Spends from the failure budget.
    fn fail(&mut self, now: UnixTime, fault: FetchFault, retry_after: Option<Seconds>) {
        self.failures = self.failures.saturating_add(1);
        self.failed = Some((fault, now));
        let asked = retry_after.unwrap_or_default().min(Seconds(limits::KEYS_RETRY_AFTER_MAX));
        let wait = self.backoff().max(pace::millis(asked));
        self.due = pace::after(now, wait).min(self.latest_retry(now));
    }

    /// When we try again after a failure then, whatever the provider asks for: early enough for some tries while the keys that we
    /// have can be used, soon where they cannot, and never before the failure budget allows.
    fn latest_retry(&self, failed: UnixTime) -> UnixTime {
        let usable_until = self.usable_until();
        let obeyed_until = if failed < usable_until {
            usable_until.minus(Seconds(limits::KEYS_LAST_TRIES))
        } else {
            failed.plus(Seconds(limits::KEYS_BACKOFF_MAX))
        };
        obeyed_until.max(pace::after(failed, self.backoff()))
    }

    /// How long the failure budget has us wait, in milliseconds.
    fn backoff(&self) -> u64 {
        pace::backoff(self.failures, self.seed, self.rounds)
    }
}

/// The least time between two beginnings.
const WINDOW: Seconds = Seconds(limits::KEYS_WINDOW);

/// What is added to a wait that callers are told, in milliseconds: a host takes its time to begin a fetch and to put in force what
/// came, and whoever comes back too early has used up its one repeat.
const MARGIN: u64 = 500;

/// How long a fetch may take.
const DEADLINE: Seconds = Seconds(limits::KEYS_FETCH_DEADLINE);

/// When a fetch that began then counts as failed.
const fn deadline(begun: UnixTime) -> UnixTime {
    begun.plus(DEADLINE)
}
