//! What is promised, checked from outside: this knows what happened in true time and shares nothing with the machine.

use super::schedule::Schedule;
use doorward_core::key::{Answered, Missed, Trust};
use doorward_core::limits;
use doorward_core::time::Seconds;
use std::collections::BTreeMap;

const WINDOW: u64 = limits::KEYS_WINDOW * 1000;
const DEADLINE: u64 = limits::KEYS_FETCH_DEADLINE * 1000;
const LAST_TRIES: u64 = limits::KEYS_LAST_TRIES * 1000;

/// A set that came.
#[derive(Clone, Copy, Debug)]
struct Came {
    at: u64,
    life: u64,
    keys: u64,
}

/// What happened since the process began, as far as promises depend on it.
#[derive(Clone, Debug)]
pub(super) struct Promises<'a> {
    schedule: &'a Schedule,
    steady: bool,
    /// The latest set, and how long its fetch took.
    came: Option<(Came, u64)>,
    begun: Option<u64>,
    running: bool,
    fetches: u64,
    failures: u32,
    /// By when the next fetch must have begun, and before when it must not.
    owed: u64,
    not_before: u64,
    /// Whether a key was first missed while a fetch ran, and whether one may have been: a flood makes older misses forgotten.
    asked: bool,
    may_ask: bool,
    /// When each key was first missed, and after how many fetches.
    first_missed: BTreeMap<u32, (u64, u64)>,
    /// After how many fetches each key was last promised one.
    promised: BTreeMap<u32, u64>,
    /// When each key was first said to be asked for since it has been published, and after how many failures in all.
    asked_for: BTreeMap<u32, (u64, u64)>,
    faults: u64,
    /// How long the slowest answer took.
    slowest: u64,
    /// Clock steps since the latest fetch began, and in all.
    steps: u64,
    all_steps: u64,
    /// Milliseconds that the clock was set forward since the set came, and by how much steps back since the host last said
    /// anything may delay the next fetch: never by more than the wait that they fell into, since that begins anew at most.
    forward: u64,
    back: u64,
    all_back: u64,
    heard: u64,
}

/// Fails with a sentence unless the promise holds.
macro_rules! must {
    ($holds:expr, $($promise:tt)+) => {
        if !$holds {
            return Err(format!($($promise)+));
        }
    };
}

fn millis(span: Seconds) -> u64 {
    span.0.saturating_mul(1000)
}

/// What callers are told to wait beyond the time that an answer takes, so that their one repeat does not come too early.
const SPARE: u64 = 500;

/// The shortest and longest wait after so many failures in a row.
fn backoff(failures: u32) -> (u64, u64) {
    let most = (20_000_u64 << failures.saturating_sub(1).min(10)).min(300_000);
    (most / 2, most)
}

impl<'a> Promises<'a> {
    pub(super) fn new(schedule: &'a Schedule) -> Self {
        Self {
            schedule,
            steady: schedule.steps.is_empty(),
            came: None,
            begun: None,
            running: false,
            fetches: 0,
            failures: 0,
            owed: 0,
            not_before: 0,
            asked: false,
            may_ask: false,
            first_missed: BTreeMap::new(),
            promised: BTreeMap::new(),
            asked_for: BTreeMap::new(),
            faults: 0,
            slowest: 0,
            steps: 0,
            all_steps: 0,
            forward: 0,
            back: 0,
            all_back: 0,
            heard: 0,
        }
    }

    /// The same after the process started over at `now` with the set that it had, or with none.
    pub(super) fn restarted(&self, now: u64, keeps: bool) -> Self {
        let mut new = Self::new(self.schedule);
        new.all_steps = self.all_steps;
        (new.forward, new.all_back, new.heard) = (self.forward, self.all_back, now);
        new.owed = now;
        if let Some((came, _)) = self.came.filter(|_| keeps) {
            new.came = Some((came, 0));
            new.begun = Some(came.at);
            new.fetches = 1;
            new.owed = came.at.saturating_add(came.life).max(now);
            new.not_before = came.at.saturating_add(came.life - came.life / 10);
            // Which of the steps came since then is not counted: any may have.
            (new.steps, new.heard, new.back) = (self.all_steps, came.at, self.all_back);
        }
        new
    }

    /// The clock was set.
    pub(super) fn stepped(&mut self, by: i64) {
        self.steps += 1;
        self.all_steps += 1;
        self.forward = self.forward.saturating_add(u64::try_from(by).unwrap_or(0));
        let back = u64::try_from(-by).unwrap_or(0);
        // A step is noticed within a window; one that the latest fetch's window hides waits for that window to pass.
        let wait = self.owed.saturating_sub(self.heard).max(DEADLINE + limits::KEYS_BACKOFF_MAX * 1000);
        self.back += back.min(wait.saturating_add(3 * WINDOW));
        self.all_back += back;
    }

    /// When the lifetime and the stale cap of the set in force end.
    fn ends(&self) -> Option<(u64, u64)> {
        let (came, _) = self.came?;
        let stale = came.at.saturating_add(came.life);
        Some((stale, stale.saturating_add(millis(self.schedule.rules.stale_for))))
    }

    /// How long a provider may ask us to wait: until some tries are left for the keys that we have, and not for long where there are
    /// none that can be used.
    fn obeyed_for(&self, now: u64) -> u64 {
        match self.ends().filter(|(_, cap)| now < *cap) {
            Some((_, cap)) => cap.saturating_sub(LAST_TRIES).saturating_sub(now),
            None => limits::KEYS_BACKOFF_MAX * 1000,
        }
    }

    fn overdue(&self, now: u64) -> bool {
        self.running && self.begun.is_some_and(|begun| begun + DEADLINE <= now)
    }

    /// Whether we may blame nobody: never loaded, stale, or the latest fetch failed.
    fn blind(&self, now: u64) -> bool {
        self.failures > 0 || self.overdue(now) || self.ends().is_none_or(|(stale, _)| stale <= now)
    }

    /// After every step: what is owed is not late.
    pub(super) fn check(&self, now: u64) -> Result<(), String> {
        let due = match self.begun {
            Some(_) if self.running && !self.schedule.abandons => return Ok(()),
            Some(begun) if self.running => begun + DEADLINE + backoff(self.failures + 1).1,
            _ => self.owed,
        };
        // A wait that a step has lengthened ends in a second waking.
        let slack = self.schedule.latency * (1 + self.steps) + self.back;
        let late = now > due.saturating_add(slack);
        must!(!late, "a fetch begins in time: it was due at {due} and has not begun");
        Ok(())
    }

    pub(super) fn begin(&mut self, now: u64) -> Result<(), String> {
        self.check(now)?;
        let steady = self.steps == 0;
        if let Some(begun) = self.begun.filter(|_| steady) {
            must!(
                now >= begun + WINDOW,
                "two fetches begin a window apart: these began at {begun} and {now}"
            );
            let earliest =
                if self.running { begun + DEADLINE + backoff(self.failures + 1).0 } else { self.not_before };
            must!(
                now >= earliest,
                "no fetch begins before it is needed: this one could wait until {earliest}"
            );
        }
        if self.running {
            self.failures += 1;
            self.faults += 1;
        }
        (self.begun, self.running, self.steps) = (Some(now), true, 0);
        (self.asked, self.may_ask) = (false, false);
        (self.heard, self.back) = (now, 0);
        self.fetches += 1;
        Ok(())
    }

    pub(super) fn finish(&mut self, now: u64, answer: Answered, keys: u64) {
        // After a step the machine may count the window from here, or from a window later if it was too small to be noticed.
        let begun = self.begun.filter(|_| self.steps == 0).unwrap_or(now);
        self.begun = Some(begun);
        self.running = false;
        (self.heard, self.back) = (now, if self.steps > 0 { WINDOW } else { 0 });
        let (least, most) = match answer {
            Answered::Keys { lifetime } => {
                let hint = lifetime.unwrap_or(Seconds(u64::MAX));
                let life = millis(self.schedule.rules.refresh.min(hint)).max(60_000);
                self.came = Some((Came { at: now, life, keys }, (now - begun).min(DEADLINE)));
                self.slowest = self.slowest.max(now - begun);
                (self.failures, self.forward) = (0, 0);
                (
                    if self.may_ask { 0 } else { life - life / 10 },
                    if self.asked { 0 } else { life - life / 20 },
                )
            }
            Answered::Failed { retry_after, .. } => {
                self.failures += 1;
                self.faults += 1;
                let (least, most) = backoff(self.failures);
                let asked = millis(retry_after.unwrap_or_default()).min(limits::KEYS_RETRY_AFTER_MAX * 1000);
                let obeyed = asked.min(self.obeyed_for(now));
                // Where a clock was set, the machine may take the keys' end for sooner than it is, or for later.
                if self.steady { (least.max(obeyed), most.max(obeyed)) } else { (least, most.max(asked)) }
            }
        };
        self.not_before = now.saturating_add(least).max(begun + WINDOW);
        self.owed = now.saturating_add(most).max(begun + WINDOW);
    }

    /// A credential with this key was let in, or was not because the set has no such key or is past its cap.
    pub(super) fn presented(
        &self,
        now: u64,
        key: Option<u32>,
        trust: Trust,
        accepted: bool,
    ) -> Result<(), String> {
        let holds = key.is_some_and(|key| self.came.is_some_and(|(came, _)| came.keys >> key & 1 == 1));
        let (stale, cap) = self.ends().unwrap_or((0, 0));
        let surely_usable = now < cap.saturating_sub(self.forward);
        must!(
            accepted || !holds || !surely_usable,
            "a valid caller whose key the latest set holds is let in"
        );
        must!(!accepted || holds, "a key that the latest set does not have is dead");
        if !self.steady {
            return Ok(());
        }
        must!(!accepted || now < cap, "no key is used past the stale cap");
        let right = match trust {
            Trust::Never => self.came.is_none(),
            Trust::Fresh => now < stale,
            Trust::Stale { .. } => stale <= now && now < cap,
            Trust::Expired { .. } => self.came.is_some() && cap <= now,
        };
        must!(right, "trust is told as it is: {trust:?}, with {:?}", self.came);
        match key.filter(|_| !holds) {
            Some(key) => self.patience(now, key),
            None => Ok(()),
        }
    }

    /// A published key that was asked for, and is not there yet, is not overdue.
    ///
    /// From the first miss after it was published it takes what runs then, a window, and the fetch that was asked for. Where
    /// someone named the key before it was published, it may be unknown for a window more: the rest is checked by `denied`.
    fn patience(&self, now: u64, key: u32) -> Result<(), String> {
        let Some((asked, faults)) = self.asked_for.get(&key).copied() else { return Ok(()) };
        let since = self.schedule.provider.published_since(key, now);
        let slower = self.running && self.begun.is_none_or(|begun| now - begun > self.slowest);
        if since.is_none_or(|since| asked < since || self.named_before(key, since))
            || faults != self.faults
            || slower
        {
            return Ok(());
        }
        let most = WINDOW + 2 * self.slowest + self.schedule.latency;
        must!(
            now <= asked + most,
            "a new key is let in within a window and an answer: it was missed at {asked}"
        );
        Ok(())
    }

    /// Whether this key was missed before then.
    fn named_before(&self, key: u32, then: u64) -> bool {
        self.first_missed.get(&key).is_some_and(|(first, _)| *first < then)
    }

    /// A key was missed, and this was said of it.
    pub(super) fn missed(
        &mut self,
        now: u64,
        key: Option<u32>,
        flood: bool,
        said: Missed,
    ) -> Result<(), String> {
        let before = key.and_then(|key| self.first_missed.get(&key).copied());
        if let Some(key) = key {
            self.first_missed.entry(key).or_insert((now, self.fetches));
        }
        let blind = self.blind(now) == matches!(said, Missed::Unavailable { .. });
        must!(blind || !self.steady, "a key is Unavailable when we cannot know, and only then: {said:?}");
        match said {
            Missed::Unknown => self.denied(now, key, before),
            Missed::Unavailable { wait } => {
                must!(wait.0 >= 1, "a wait is at least a second");
                Ok(())
            }
            Missed::Pending { wait } => {
                self.ask(now, key);
                if self.running {
                    self.asked |= before.is_none_or(|(_, fetches)| fetches == self.fetches);
                    self.may_ask |= self.asked || flood;
                    // The answer is up to a deadline away, and a small step back of the clock is waited out.
                    let most = (DEADLINE + SPARE + if self.steady { 0 } else { WINDOW }).div_ceil(1000);
                    must!((1..=most).contains(&wait.0), "a wait for what runs is bounded: {wait:?}");
                    return Ok(());
                }
                self.pending(now, key.filter(|_| !flood), wait)
            }
        }
    }

    /// Notes the first miss of a key since it has been published.
    fn ask(&mut self, now: u64, key: Option<u32>) {
        let Some(key) = key else { return };
        let since = self.schedule.provider.published_since(key, now);
        let asked = self.asked_for.get(&key).is_some_and(|(asked, faults)| {
            since.is_some_and(|since| since <= *asked) && *faults == self.faults
        });
        if since.is_some() && !asked {
            self.asked_for.insert(key, (now, self.faults));
        }
    }

    /// A key was said to be asked for while no fetch runs.
    fn pending(&mut self, now: u64, key: Option<u32>, wait: Seconds) -> Result<(), String> {
        let (came, took) = self.came.ok_or("pending without a set")?;
        let start = now.max(self.begun.unwrap_or(0) + WINDOW);
        self.owed = self.owed.min(start);
        self.not_before = self.not_before.min(start);
        if !self.steady {
            return Ok(());
        }
        let right = (start - now + took + SPARE).div_ceil(1000).max(1);
        must!(wait.0 == right, "a wait lasts until the answer can be here: {right} s, not {wait:?}");
        let Some(key) = key else { return Ok(()) };
        let answered =
            self.promised.insert(key, self.fetches).is_some_and(|fetches| fetches + 1 == self.fetches);
        must!(
            !answered || now >= came.at + WINDOW,
            "a key that was asked for in vain is unknown for one window"
        );
        Ok(())
    }

    /// A key was said not to exist.
    fn denied(&self, now: u64, key: Option<u32>, before: Option<(u64, u64)>) -> Result<(), String> {
        let Some(key) = key else {
            return Err("a key that was never missed before is not unknown".to_owned());
        };
        let (came, _) = self.came.ok_or("unknown without a set")?;
        must!(!self.running, "no key is called unknown while a fetch runs");
        let asked = before.is_some_and(|(_, fetches)| fetches < self.fetches);
        must!(asked, "a key is unknown only if a fetch began after it was missed");
        let recently = now < came.at + WINDOW || !self.steady;
        must!(recently, "a key is unknown for one window, then it is asked for again");
        let since = self.schedule.provider.published_since(key, now);
        let early = since.is_none_or(|since| self.named_before(key, since));
        must!(early, "a key that was not missed before it was published is not called unknown");
        Ok(())
    }
}
