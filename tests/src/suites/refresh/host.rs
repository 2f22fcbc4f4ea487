//! A model of the host: it fetches when the machine says so, keeps the set, and lets callers in or not.

use super::dice::Dice;
use super::promises::Promises;
use super::provider::Reply;
use super::schedule::{Caller, Schedule};
use super::tally::Tally;
use doorward_core::key::{Answered, KeyHint, Missed, Next, Refresh, Round, Trust};
use doorward_core::time::{Seconds, UnixTime};

/// Where the clock stands when a schedule begins: late enough for it to be set back by years.
const BEGINNING: u64 = 1_795_387_431_000;

/// The kid of the caller with one bad key; the provider's keys are below 64.
const JUNK: u32 = 64;

/// What happened last, for the message about a broken promise.
#[derive(Debug)]
#[expect(dead_code, reason = "read by Debug only")]
enum Last {
    Nothing,
    Fetch,
    Answer(Reply),
    Missed(u32, Missed),
}

struct Host<'a> {
    schedule: &'a Schedule,
    promises: Promises<'a>,
    dice: Dice,
    tally: Tally,
    machine: Refresh,
    /// What the host keeps of the latest answer: its keys, when it came, and the hint.
    set: Option<(u64, UnixTime, Option<Seconds>)>,
    running: Option<(u64, Round, Reply)>,
    /// Fetches that were given up, whose answers come all the same.
    abandoned: Vec<(u64, Round, Answered)>,
    /// When the host's thread wakes.
    wakes: u64,
    clock: i64,
    flooded: u32,
    /// Honest callers that were told to wait: when they come again, and with which key.
    again: Vec<(u64, u32)>,
    waiting: u64,
    last: (u64, Last),
}

/// Runs a schedule.
///
/// # Errors
///
/// The promise that was broken, when, the seed and the schedule.
pub fn run(schedule: &Schedule) -> Result<Tally, String> {
    let mut host = Host {
        schedule,
        promises: Promises::new(schedule),
        dice: Dice::new(!schedule.seed),
        tally: Tally::default(),
        machine: Refresh::new(schedule.rules, schedule.seed),
        set: None,
        running: None,
        abandoned: Vec::new(),
        wakes: 0,
        clock: 0,
        flooded: 0,
        again: Vec::new(),
        waiting: 0,
        last: (0, Last::Nothing),
    };
    let mut now = 0;
    host.drive(&mut now).map_err(|broken| {
        format!(
            "broken at {now} ms of seed {}: {broken}\nlast: {:?}\n{:?}\n{schedule:?}",
            schedule.seed,
            host.last,
            host.machine.facts(host.time(now))
        )
    })?;
    host.tally.hours = schedule.end / 3_600_000;
    Ok(host.tally)
}

impl<'a> Host<'a> {
    fn time(&self, now: u64) -> UnixTime {
        let millis = (BEGINNING + now).saturating_add_signed(self.clock);
        let nanos = u32::try_from(millis % 1000 * 1_000_000).unwrap_or(0);
        UnixTime::new(i64::try_from(millis / 1000).unwrap_or(0), nanos)
    }

    fn drive(&mut self, now: &mut u64) -> Result<(), String> {
        let schedule = self.schedule;
        let mut streams = schedule.streams.clone();
        let mut restarts = schedule.restarts.iter().peekable();
        let mut steps = schedule.steps.iter().peekable();
        while *now < schedule.end {
            let stream =
                streams.iter_mut().filter(|stream| stream.from <= stream.until).min_by_key(|s| s.from);
            let again =
                self.again.iter().enumerate().min_by_key(|(_, (at, _))| *at).map(|(i, (at, _))| (i, *at));
            let at_stream = stream.as_ref().map_or(u64::MAX, |stream| stream.from);
            let at_again = again.map_or(u64::MAX, |(_, at)| at);
            let at_end = self.running.and_then(|(_, _, reply)| reply.at).unwrap_or(u64::MAX);
            let at_late = self.abandoned.iter().map(|(at, ..)| *at).min().unwrap_or(u64::MAX);
            let at_restart = restarts.peek().map_or(u64::MAX, |(at, _)| *at);
            let at_step = steps.peek().map_or(u64::MAX, |(at, _)| *at);
            let at_wake = if self.running.is_some() && !schedule.abandons { u64::MAX } else { self.wakes };
            let at =
                at_stream.min(at_again).min(at_end).min(at_late).min(at_restart).min(at_step).min(at_wake);
            *now = at.max(*now);
            if at >= schedule.end {
                break;
            }
            self.tally.events += 1;
            if at == at_end {
                self.finish(*now)?;
            } else if at == at_late {
                self.come_late(*now)?;
            } else if at == at_wake {
                self.wake(*now)?;
            } else if at == at_step {
                let by = steps.next().map_or(0, |(_, by)| *by);
                self.clock = self.clock.saturating_add(by);
                self.promises.stepped(by);
                self.tally.clock_steps += 1;
            } else if at == at_restart {
                self.restart(*now, restarts.next().is_some_and(|(_, keeps)| *keeps));
            } else if at == at_again {
                let (_, key) = again.map_or((0, 0), |(place, _)| self.again.swap_remove(place));
                // The key may be gone since: then this is one more bad credential.
                self.present(*now, Some(key), true)?;
            } else if let Some(stream) = stream {
                stream.from += stream.every.max(1);
                self.call(*now, stream.caller)?;
            }
            self.promises.check(*now)?;
        }
        Ok(())
    }

    /// When the thread wakes next: it sleeps for a span, whatever the clock does meanwhile.
    fn plan(&mut self, now: u64) {
        let clock = self.time(now);
        let sleeps = match self.machine.next(clock) {
            Next::Fetch => now,
            Next::WaitUntil(then) => {
                let whole = then.seconds().saturating_sub(clock.seconds()).saturating_mul(1000);
                let parts =
                    i64::from(then.nanos().div_ceil(1_000_000)) - i64::from(clock.nanos() / 1_000_000);
                now.saturating_add(u64::try_from(whole.saturating_add(parts)).unwrap_or(0))
            }
        };
        self.wakes = sleeps.saturating_add(self.schedule.latency);
    }

    /// The same after a decision missed a key: a thread that is being woken is not put to sleep again.
    fn hurry(&mut self, now: u64) {
        let wakes = self.wakes;
        self.plan(now);
        self.wakes = self.wakes.min(wakes);
    }

    fn wake(&mut self, now: u64) -> Result<(), String> {
        let clock = self.time(now);
        match self.machine.next(clock) {
            Next::Fetch => {
                self.promises.begin(now)?;
                self.tally.fetches += 1;
                let given_up = self.running.take();
                self.tally.abandoned += u64::from(given_up.is_some());
                self.abandoned
                    .extend(given_up.and_then(|(_, round, reply)| Some((reply.at?, round, reply.answer))));
                let round = self.machine.begin(clock);
                let part = self.dice.within(0, 100);
                let reply = self.schedule.provider.reply(now, part, self.schedule.patience);
                self.running = Some((now, round, reply));
                self.last = (now, Last::Fetch);
            }
            Next::WaitUntil(then) if then <= clock => return Err("a wait ends in the future".to_owned()),
            Next::WaitUntil(_) => {}
        }
        self.plan(now);
        Ok(())
    }

    fn finish(&mut self, now: u64) -> Result<(), String> {
        let Some((begun, round, reply)) = self.running.take() else { return Ok(()) };
        let clock = self.time(now);
        if let Answered::Keys { lifetime } = reply.answer {
            self.set = Some((reply.keys, clock, lifetime));
            self.tally.successes += 1;
            self.tally.late += u64::from(now - begun > 60_000);
            self.tally.empty_sets += u64::from(reply.keys == 0);
        } else {
            self.tally.failures += 1;
        }
        if !self.machine.finish(round, clock, reply.answer) {
            return Err("the end of the latest fetch counts".to_owned());
        }
        self.promises.finish(now, reply.answer, reply.keys);
        self.last = (now, Last::Answer(reply));
        if self.machine.facts(clock).fetching_since.is_some() {
            return Err("a fetch that has ended runs no more".to_owned());
        }
        self.plan(now);
        Ok(())
    }

    /// The answer of a fetch that was given up.
    fn come_late(&mut self, now: u64) -> Result<(), String> {
        let Some(place) = self.abandoned.iter().position(|(at, ..)| *at <= now) else { return Ok(()) };
        let (_, round, answer) = self.abandoned.swap_remove(place);
        self.tally.overtaken += 1;
        let clock = self.time(now);
        let before = self.machine.facts(clock);
        if self.machine.finish(round, clock, answer) || self.machine.facts(clock) != before {
            return Err("the end of a fetch that was given up changes nothing".to_owned());
        }
        Ok(())
    }

    fn restart(&mut self, now: u64, keeps: bool) {
        self.tally.restarts += 1;
        self.running = None;
        self.abandoned.clear();
        self.set = self.set.filter(|_| keeps);
        self.promises = self.promises.restarted(now, keeps);
        let (rules, seed) = (self.schedule.rules, !self.schedule.seed);
        self.machine = match self.set {
            Some((_, fetched, lifetime)) => Refresh::restored(rules, seed, fetched, lifetime),
            None => Refresh::new(rules, seed),
        };
        self.plan(now);
    }

    fn call(&mut self, now: u64, caller: Caller) -> Result<(), String> {
        let published = self.schedule.provider.published(now);
        let from = |keys: u64, place: u64| {
            (0..64_u32).filter(|key| keys >> key & 1 == 1).nth(usize::try_from(place).unwrap_or(0))
        };
        match caller {
            Caller::Published => {
                let place = self.dice.within(0, u64::from(published.count_ones()).saturating_sub(1));
                match from(published, place) {
                    Some(key) => self.present(now, Some(key), true),
                    None => Ok(()),
                }
            }
            Caller::Any => {
                let ever = self.schedule.provider.keys.iter().fold(0, |all, (_, keys)| all | keys);
                let place = self.dice.within(0, u64::from(ever.count_ones()).saturating_sub(1));
                self.present(now, from(ever, place), false)
            }
            Caller::Junk => self.present(now, Some(JUNK), false),
            Caller::Flood => {
                self.flooded += 1;
                self.present(now, None, false)
            }
        }
    }

    /// A credential signed with this key, or with one of its own that nobody has seen before.
    fn present(&mut self, now: u64, key: Option<u32>, honest: bool) -> Result<(), String> {
        let clock = self.time(now);
        let kid = key.unwrap_or(JUNK + self.flooded);
        let trust = self.machine.trust(clock);
        let usable = matches!(trust, Trust::Fresh | Trust::Stale { .. });
        let holds = kid < JUNK && self.set.is_some_and(|(keys, _, _)| keys >> kid & 1 == 1);
        let provable = key.filter(|key| *key < JUNK);
        self.promises.presented(now, provable, trust, usable && holds)?;
        if holds {
            let count = if usable { &mut self.tally.accepted } else { &mut self.tally.expired };
            *count += 1;
            self.tally.accepted_stale += u64::from(matches!(trust, Trust::Stale { .. }));
            if usable && self.waiting >> kid & 1 == 1 {
                self.tally.new_key_accepted += 1;
                self.waiting &= !(1 << kid);
            }
            if usable || trust == Trust::Never {
                return Ok(());
            }
        }
        let said = self.machine.missed(clock, KeyHint::of(Some(&kid.to_be_bytes())));
        self.last = (now, Last::Missed(kid, said));
        self.promises.missed(now, key, self.flooded > 0, said)?;
        let wait = match said {
            Missed::Unknown => {
                self.tally.unknown += 1;
                None
            }
            Missed::Pending { wait } => {
                self.tally.pending += 1;
                Some(wait)
            }
            Missed::Unavailable { wait } => {
                self.tally.unavailable += 1;
                Some(wait)
            }
        };
        if honest && !holds {
            self.tally.new_key_waits += 1;
            self.waiting |= 1 << kid;
        }
        if let Some(wait) = wait.filter(|_| honest && self.again.len() < 4) {
            self.again.push((now.saturating_add(wait.0.saturating_mul(1000)), kid));
        }
        self.hurry(now);
        Ok(())
    }
}
