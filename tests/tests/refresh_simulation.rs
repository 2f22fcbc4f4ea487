//! The key-set state machine in simulated time: no promise is broken in thousands of random schedules.
//!
//! Every schedule is drawn from a seed. `DOORWARD_SCHEDULES` says how many run (1000000 take some minutes in release), and
//! `DOORWARD_SEED` with which seed they begin: with it and `DOORWARD_SCHEDULES=1` a failure is run again.
//!
//! ```text
//! DOORWARD_SCHEDULES=1000000 cargo test --release -p doorward-tests --test refresh_simulation -- --nocapture
//! ```
#![expect(clippy::panic, reason = "a test's panic is its verdict")]

use doorward_core::key::{Answered, FetchFault, KeyHint, Missed, Next, Refresh, RefreshRules, Round, Trust};
use doorward_core::time::{Seconds, UnixTime};
use doorward_tests::suites::refresh::{Clock, Schedule, Tally, run};
use doorward_tests::suites::vectors::say;
use proptest::prelude::*;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn simulate(clock: Clock, share: u64) -> Tally {
    let usual = if cfg!(debug_assertions) { 1000 } else { 4000 };
    let first = number("DOORWARD_SEED").unwrap_or(1);
    let count = (number("DOORWARD_SCHEDULES").unwrap_or(usual) / share).max(1);
    let mut all = Tally::default();
    for seed in first..first.saturating_add(count) {
        match run(&Schedule::of_seed(seed, clock)) {
            Ok(tally) => all.add(&tally),
            Err(broken) => panic!("{broken}"),
        }
    }
    say(&format!("refresh, {clock:?} clock: {count} schedules: {:?}", all.all()));
    if count >= 500 {
        for (name, count) in all.all() {
            let steps = name == "clock_steps" && clock == Clock::Steady;
            assert!(count > 0 || steps, "no schedule reaches {name}");
        }
    }
    all
}

#[test]
fn rotation_outage_and_flood_at_once_break_no_promise() {
    simulate(Clock::Steady, 1);
}

#[test]
fn a_clock_that_is_set_neither_stops_the_machine_nor_starts_a_storm() {
    simulate(Clock::Stepped, 4);
}

/// What a host may say to the machine, in any order and at any time.
#[derive(Clone, Copy, Debug)]
enum Said {
    Begin,
    Keys(Option<u64>),
    Failed(Option<u64>),
    Missed(u8),
}

fn said() -> impl Strategy<Value = Said> {
    let hint =
        || prop_oneof![Just(None), Just(Some(0)), Just(Some(u64::MAX)), (1..10_000_u64).prop_map(Some)];
    prop_oneof![
        Just(Said::Begin),
        hint().prop_map(Said::Keys),
        hint().prop_map(Said::Failed),
        (0..40_u8).prop_map(Said::Missed),
    ]
}

fn time() -> impl Strategy<Value = i64> {
    prop_oneof![8 => 0..2000_i64, 2 => 1_000_000_000..1_000_000_100_i64, 1 => any::<i64>()]
}

/// Says it, and checks what must hold of whatever was said before. `rounds` are the latest fetch and the one before.
fn hear(
    machine: &mut Refresh,
    rounds: &mut [Option<Round>; 2],
    now: UnixTime,
    said: Said,
) -> Result<(), TestCaseError> {
    let before = machine.trust(now);
    let [latest, earlier] = *rounds;
    match said {
        Said::Begin => *rounds = [Some(machine.begin(now)), latest],
        Said::Keys(hint) => {
            let lifetime = hint.map(Seconds);
            if !latest.is_some_and(|round| machine.finish(round, now, Answered::Keys { lifetime })) {
                machine.supply(now, lifetime);
            }
        }
        Said::Failed(wait) => {
            let answer = Answered::Failed { fault: FetchFault::Status, retry_after: wait.map(Seconds) };
            let facts = machine.facts(now);
            for round in rounds.iter().flatten().rev() {
                let counts = machine.is_current(*round);
                prop_assert!(!counts || Some(*round) != earlier);
                prop_assert_eq!(machine.finish(*round, now, answer), counts);
                prop_assert!(counts || machine.facts(now) == facts);
            }
        }
        Said::Missed(kid) => match machine.missed(now, KeyHint::of(Some(&[kid]))) {
            Missed::Unknown => prop_assert_eq!(before, Trust::Fresh),
            Missed::Pending { wait } => {
                prop_assert_eq!(before, Trust::Fresh);
                prop_assert!(wait >= Seconds(1) && wait <= Seconds(10 + 60 + 60));
            }
            Missed::Unavailable { wait } => prop_assert!(wait >= Seconds(1)),
        },
    }
    if let Said::Keys(_) = said {
        prop_assert_eq!(machine.trust(now), Trust::Fresh);
        prop_assert_eq!(machine.facts(now).failures, 0);
    }
    Ok(())
}

proptest! {
    /// However a host calls it, and whatever its clock does: from every state the machine comes to a fetch, and to one
    /// only.
    #[test]
    fn no_order_of_calls_and_no_clock_stops_the_machine(
        refresh in prop_oneof![0..4000_u64, Just(u64::MAX)],
        stale_for in prop_oneof![0..4000_u64, Just(u64::MAX)],
        seed in any::<u64>(),
        calls in prop::collection::vec((time(), 0..1_000_000_000_u32, said()), 0..60),
        (last, nanos) in (time(), 0..1_000_000_000_u32),
    ) {
        let rules = RefreshRules { refresh: Seconds(refresh), stale_for: Seconds(stale_for) };
        let (mut machine, mut rounds) = (Refresh::new(rules, seed), [None; 2]);
        for (seconds, nanos, said) in calls {
            hear(&mut machine, &mut rounds, UnixTime::new(seconds, nanos), said)?;
        }
        // A running fetch's deadline, its failure's wait or the schedule, and a small step back of the clock.
        let longest = refresh.clamp(60, i64::MAX.unsigned_abs()).max(60 + 3600) + 2 * 10 + 1;
        let now = UnixTime::new(last, nanos);
        let mut then = now;
        for _ in 0..3 {
            match machine.next(then) {
                Next::Fetch => break,
                Next::WaitUntil(later) => {
                    prop_assert!(later > then);
                    then = later;
                }
            }
        }
        prop_assert_eq!(machine.next(then), Next::Fetch);
        prop_assert!(then <= now.plus(Seconds(longest)), "{:?} is more than {} s away", then, longest);
        machine.begin(then);
        prop_assert!(machine.next(then) != Next::Fetch || then.seconds() == i64::MAX);
    }
}
