//! A schedule: everything that will happen, drawn from one seed before it begins.

use super::dice::Dice;
use super::provider::{Mode, Provider};
use doorward_core::key::{FetchFault, RefreshRules};
use doorward_core::time::Seconds;

/// Whether the host's clock may be set while a schedule runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Clock {
    /// It goes as time does.
    Steady,
    /// It is set forwards and backwards.
    Stepped,
}

/// Who presents credentials.
#[derive(Clone, Copy, Debug)]
pub(super) enum Caller {
    /// An honest one, whose key is published right now.
    Published,
    /// One whose key is any of those that the provider ever has: not yet, no more, or now.
    Any,
    /// One with one bad key, again and again.
    Junk,
    /// One that never names a key twice.
    Flood,
}

/// A stream of credentials.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stream {
    pub(super) caller: Caller,
    pub(super) from: u64,
    pub(super) until: u64,
    pub(super) every: u64,
}

/// Everything that will happen; times are milliseconds of true time.
#[derive(Clone, Debug)]
pub struct Schedule {
    pub(super) seed: u64,
    pub(super) rules: RefreshRules,
    pub(super) end: u64,
    pub(super) provider: Provider,
    pub(super) streams: Vec<Stream>,
    /// How long the host's thread takes to wake.
    pub(super) latency: u64,
    /// When the host's client gives up by itself.
    pub(super) patience: Option<u64>,
    /// Whether the host gives a fetch up when the machine does.
    pub(super) abandons: bool,
    /// When the process starts over, and whether the new one is given the old one's set.
    pub(super) restarts: Vec<(u64, bool)>,
    /// When the clock is set, and by how many milliseconds.
    pub(super) steps: Vec<(u64, i64)>,
}

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

impl Schedule {
    /// The schedule of a seed.
    #[must_use]
    pub fn of_seed(seed: u64, clock: Clock) -> Self {
        let dice = &mut Dice::new(seed);
        // A short life in which every second counts, or days in which caps are reached.
        let long = dice.percent(35);
        let (end, pace) = if long {
            (dice.within(3 * HOUR, 40 * HOUR), 4 * MINUTE)
        } else {
            (dice.within(10 * MINUTE, 50 * MINUTE), 3 * SECOND)
        };
        let (refreshes, caps): (&[u64], &[u64]) = if long {
            (&[600, 3600, 7200, u64::MAX], &[0, 3600, 86_400, u64::MAX])
        } else {
            (&[5, 60, 120, 300], &[0, 60, 300, 1200])
        };
        let rules = RefreshRules {
            refresh: Seconds(dice.pick(600, refreshes)),
            stale_for: Seconds(dice.pick(600, caps)),
        };
        let calm = dice.percent(20);
        let abandons = dice.percent(50);
        Self {
            seed,
            rules,
            end,
            provider: Provider {
                keys: rotations(dice, end),
                modes: if calm { vec![(0, up(dice))] } else { modes(dice, end, rules, abandons) },
                lifetime: dice
                    .pick(None, &[0, 30, 300, 1_000_000_000, u64::MAX].map(|hint| Some(Seconds(hint)))),
            },
            streams: streams(dice, end, pace),
            latency: dice.pick(0, &[1, 30, 250]),
            patience: dice.pick(Some(5 * SECOND), &[Some(30 * SECOND), Some(59 * SECOND), None]),
            abandons,
            restarts: if dice.percent(20) {
                vec![(dice.within(0, end), dice.percent(70))]
            } else {
                Vec::new()
            },
            steps: if clock == Clock::Stepped { steps(dice, end) } else { Vec::new() },
        }
    }
}

/// Rotations of every kind: with overlap and without, back to an old key, everything revoked.
fn rotations(dice: &mut Dice, end: u64) -> Vec<(u64, u64)> {
    let mut keys = dice.within(1, 3);
    let mut newest = 1;
    let mut all = vec![(0, keys)];
    let mut at = 0;
    let longest = end / dice.within(2, 12);
    while all.len() < 24 {
        at += dice.within(1, longest);
        if at >= end {
            break;
        }
        newest = (newest + 1) % 60;
        let new = 1 << newest;
        keys = match dice.within(0, 9) {
            0..=3 => keys | new,
            4..=5 => keys & keys.wrapping_sub(1),
            6..=7 => new,
            8 => 0,
            _ => dice.within(1, 7) | new,
        };
        all.push((at, keys));
    }
    all
}

fn up(dice: &mut Dice) -> Mode {
    let delay = dice.pick(80, &[1, 400, 2 * SECOND, 12 * SECOND]);
    Mode::Up { delay }
}

/// Good times and bad ones in turn.
fn modes(dice: &mut Dice, end: u64, rules: RefreshRules, abandons: bool) -> Vec<(u64, Mode)> {
    let mut all = vec![(0, up(dice))];
    let mut at = if dice.percent(15) { 0 } else { dice.within(0, end / 3) };
    while at < end && all.len() < 40 {
        let silent = if abandons { Mode::Silent } else { Mode::Down { delay: 20 * SECOND } };
        let slow = Mode::Up { delay: dice.within(5 * SECOND, 100 * SECOND) };
        let busy = Mode::Busy {
            retry_after: dice.pick(None, &[0, 5, 45, 900, 999_999_999].map(|wait| Some(Seconds(wait)))),
        };
        let garbage = Mode::Garbage { fault: dice.pick(FetchFault::Malformed, &[FetchFault::TooLarge]) };
        let down = Mode::Down { delay: dice.pick(1, &[50, 3 * SECOND, 75 * SECOND]) };
        all.push((at, dice.pick(down, &[down, slow, busy, garbage, silent])));
        // Now and then longer than any cap.
        let cap = rules.stale_for.0.saturating_add(rules.refresh.0).saturating_mul(SECOND);
        let longest = if dice.percent(25) { cap.saturating_mul(2) } else { cap / 3 };
        at += dice.within(SECOND, longest.clamp(MINUTE, end));
        all.push((at, up(dice)));
        at += dice.within(SECOND, end / 3);
    }
    all
}

fn streams(dice: &mut Dice, end: u64, pace: u64) -> Vec<Stream> {
    let stream = |caller, from, until, every| Stream { caller, from, until, every };
    let mut all = vec![stream(Caller::Published, dice.within(0, pace), end, dice.within(pace / 4, 2 * pace))];
    if dice.percent(50) {
        all.push(stream(Caller::Any, dice.within(0, end), end, dice.within(pace / 2, 4 * pace)));
    }
    if dice.percent(40) {
        all.push(stream(Caller::Junk, dice.within(0, end), end, dice.within(pace / 2, 8 * pace)));
    }
    if dice.percent(50) {
        let from = dice.within(0, end);
        let until = from + dice.within(5 * SECOND, 2 * MINUTE);
        all.push(stream(Caller::Flood, from, until, dice.within(40, 700)));
        // Honest callers at second's pace beside the flood, or there is nothing to see.
        all.push(stream(Caller::Published, from, until, dice.within(100, 4 * SECOND)));
    }
    all
}

/// Steps from a blink to years.
fn steps(dice: &mut Dice, end: u64) -> Vec<(u64, i64)> {
    let mut all: Vec<(u64, i64)> = (0..dice.within(1, 5))
        .map(|_| {
            let size =
                dice.pick(300, &[2 * SECOND, 9 * SECOND, 15 * SECOND, 5 * MINUTE, 2 * HOUR, 9000 * HOUR]);
            let size = i64::try_from(dice.within(1, size)).unwrap_or(0);
            (dice.within(0, end), if dice.percent(60) { -size } else { size })
        })
        .collect();
    all.sort_unstable();
    all
}
