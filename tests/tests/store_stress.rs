//! The stores under many threads at once, without a model: what holds in `store::models` holds on this machine's memory too.
//!
//! `cargo test --release -p doorward-tests --test store_stress`; with `-- --ignored --nocapture --test-threads=1` it prints
//! what the stores cost. Under a sanitizer:
//! `RUSTFLAGS="-Zsanitizer=thread" cargo +nightly test -Zbuild-std --target x86_64-unknown-linux-gnu …`.

use core::hint::black_box;
use core::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use doorward_core::store::{
    Bucket, Digest, FailureBucket, Failures, Rate, Refused, Remembered, Replay, ReplayBucket, WORDS, Words,
    failures, known, replay,
};
use doorward_core::time::{Seconds, UnixTime};
use std::thread;
use std::time::Instant;

const THREADS: u64 = 8;
/// How much each thread does: enough to meet the others many thousand times, and soon over without optimisation.
const TURNS: u64 = if cfg!(debug_assertions) { 40_000 } else { 400_000 };
const NOW: UnixTime = UnixTime::from_seconds(1_000);

/// Every bit depends on every bit (splitmix64).
fn mix(seed: u64) -> u64 {
    let mut word = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x6a09_e667_f3bc_c909);
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

fn digest(value: u64) -> Digest {
    [mix(value), mix(!value)]
}

/// Words that say whose they are and of which version: half of one and half of another cannot pass for either.
fn words(digest: Digest, version: u64, until: i64) -> Words {
    let mut words = [0; WORDS];
    for (place, word) in (0_u64..).zip(&mut words) {
        *word = mix(digest[0] ^ digest[1].rotate_left(7) ^ version.rotate_left(40) ^ place);
    }
    words[0] = until.cast_unsigned();
    words[1] = version;
    words
}

fn is_whole(digest: Digest, words: &Words) -> bool {
    words[1] < THREADS * TURNS && *words == self::words(digest, words[1], words[0].cast_signed())
}

fn known(capacity: usize) -> Remembered<Vec<Bucket>> {
    Remembered::new((0..known::storage_for(capacity)).map(|_| Bucket::default()).collect())
}

fn replay(capacity: usize, issuers: usize) -> Replay<Vec<ReplayBucket>> {
    let storage = (0..replay::storage_for(capacity)).map(|_| ReplayBucket::default()).collect();
    Replay::new(storage, issuers).pausing(thread::yield_now)
}

fn failures(capacity: usize) -> Failures<Vec<FailureBucket>> {
    Failures::new((0..failures::storage_for(capacity)).map(|_| FailureBucket::default()).collect())
}

/// Runs `work` in every thread at once.
fn together(work: impl Fn(u64) + Sync) {
    thread::scope(|scope| {
        for id in 0..THREADS {
            let work = &work;
            scope.spawn(move || work(id));
        }
    });
}

#[test]
fn no_reader_sees_half_of_an_entry() {
    // Twice as many values as there is room for, so that slots change their owner all the time.
    let store = known(64);
    let values = u64::try_from(store.capacity()).unwrap() * 2;
    let hits = AtomicU64::new(0);
    together(|id| {
        for turn in 0..TURNS {
            let random = mix(id << 40 | turn);
            let value = digest(random % values);
            match random >> 60 {
                0..=3 => store.put(
                    &value,
                    &words(value, id * TURNS + turn, 1_000 + (random >> 50 & 1_023).cast_signed()),
                    NOW,
                ),
                4 => store.forget(&value),
                _ => {
                    if let Some(found) = store.get(&value) {
                        assert!(is_whole(value, &found), "torn");
                        hits.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        }
    });
    println!("{} hits of {}", hits.load(Ordering::Relaxed), THREADS * TURNS);
    assert!(hits.load(Ordering::Relaxed) > THREADS * TURNS / 100);
    let found = (0..values).filter(|value| store.get(&digest(*value)).is_some()).count();
    assert!(found <= store.len() && store.len() <= store.capacity());
    (0..values).for_each(|value| store.forget(&digest(value)));
    assert_eq!(store.len(), 0, "every entry was counted once");
}

#[test]
fn nobody_finds_what_was_forgotten_before_the_question() {
    let store = known(64);
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for id in 1..THREADS {
            let (store, stop) = (&store, &stop);
            scope.spawn(move || {
                let mut turn = id << 40;
                while !stop.load(Ordering::Relaxed) {
                    turn += 1;
                    // Readers of the value, and writers of others around it.
                    black_box(store.get(&digest(7)));
                    let other = digest(100 + mix(turn) % 100);
                    if id % 2 == 0 {
                        store.put(&other, &words(other, turn, 2_000), NOW);
                    }
                }
            });
        }
        let value = digest(7);
        for turn in 0..TURNS / 4 {
            store.put(&value, &words(value, turn, 2_000), NOW);
            store.forget(&value);
            if store.get(&value).is_some() {
                stop.store(true, Ordering::Relaxed);
                panic!("found after it was forgotten");
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
}

#[test]
fn what_is_in_use_survives_a_flood_from_other_threads() {
    let store = known(10_000);
    let regular = (0..2_000).map(digest).collect::<Vec<_>>();
    regular.iter().for_each(|value| store.put(value, &words(*value, 1, 90_000), NOW));
    let regular = regular.into_iter().filter(|value| store.get(value).is_some()).collect::<Vec<_>>();
    let missed = AtomicU64::new(0);
    let clock = AtomicI64::new(1_000);
    together(|id| {
        for turn in 0..TURNS {
            if id == 0 {
                // One thread reads them all, more often than once in a minute of the clock that it turns.
                let place = usize::try_from(turn).unwrap() % regular.len();
                missed.fetch_add(u64::from(store.get(&regular[place]).is_none()), Ordering::Relaxed);
                clock.fetch_add(i64::from(turn % 50 == 0), Ordering::Relaxed);
            } else {
                let value = digest(id << 40 | turn);
                store.put(
                    &value,
                    &words(value, 1, 90_000),
                    UnixTime::from_seconds(clock.load(Ordering::Relaxed)),
                );
            }
        }
    });
    let left = regular.iter().filter(|value| store.get(value).is_some()).count();
    let (minutes, others) = ((clock.into_inner() - 1_000) / 60, (THREADS - 1) * TURNS);
    println!("{left} of {} in use left after {others} others in {minutes} minutes", regular.len());
    assert_eq!((left, missed.into_inner()), (regular.len(), 0));
}

#[test]
fn every_value_is_taken_by_exactly_one_thread() {
    let values = TURNS / 4;
    let store = replay(usize::try_from(values).unwrap() * 5 / 4, 1);
    let (won, lost) = (AtomicU64::new(0), AtomicU64::new(0));
    together(|id| {
        for turn in 0..values {
            // Half of the threads come from the other end.
            let value = if id % 2 == 0 { turn } else { values - 1 - turn };
            match store.insert(&digest(value), 1, UnixTime::from_seconds(2_000), NOW) {
                Ok(()) => won.fetch_add(1, Ordering::Relaxed),
                Err(Refused::Replayed) => lost.fetch_add(1, Ordering::Relaxed),
                Err(Refused::Full) => panic!("there is room"),
            };
            assert!(store.contains(&digest(value), NOW));
        }
    });
    assert_eq!(won.into_inner(), values);
    assert_eq!(lost.into_inner(), values * (THREADS - 1));
    assert_eq!(u64::try_from(store.len()), Ok(values));
    assert_eq!((store.replayed(), store.full()), (values * (THREADS - 1), 0));
}

#[test]
fn no_value_is_taken_twice_while_others_expire() {
    let store = replay(5_000, 2);
    let clock = AtomicI64::new(1_000);
    let values = TURNS / 4;
    let wins = (0..values).map(|_| AtomicU64::new(0)).collect::<Vec<_>>();
    together(|id| {
        for turn in 0..values {
            if id == 0 && turn % 500 == 0 {
                clock.fetch_add(1, Ordering::Relaxed);
            }
            // All threads ask for values that live now, again and again; the clock decides which those are.
            let now = clock.load(Ordering::Relaxed);
            let value = (u64::try_from(now).unwrap() - 1_000) * 100 + mix(id << 40 | turn) % 300;
            let until = 1_000 + i64::try_from(value / 100).unwrap() + 4;
            if let Some(wins) = wins.get(usize::try_from(value).unwrap())
                && store
                    .insert(
                        &digest(value),
                        u32::from(value.is_multiple_of(2)),
                        UnixTime::from_seconds(until),
                        UnixTime::from_seconds(now),
                    )
                    .is_ok()
            {
                wins.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    assert!(wins.iter().all(|wins| wins.load(Ordering::Relaxed) <= 1), "a value was taken twice");
    assert!(wins.iter().map(|wins| wins.load(Ordering::Relaxed)).sum::<u64>() > 1_000);
    assert_eq!(store.over_quota(), 0);
}

#[test]
fn failures_from_all_threads_are_counted() {
    let store = failures(64);
    let each = TURNS / 100;
    let rate = Rate { failures: u32::try_from(each * THREADS + 1).unwrap(), per: Seconds(3_600) };
    together(|id| {
        for turn in 0..each {
            store.spend(&digest(1), rate, NOW);
            // A flood of others beside it, one failure each.
            store.spend(&digest((id + 1) << 40 | turn), rate, NOW);
        }
    });
    assert_eq!(store.check(&digest(1), rate, NOW), Ok(()), "one is left");
    store.spend(&digest(1), rate, NOW);
    assert!(store.check(&digest(1), rate, NOW).is_err(), "all were counted");
}

/// The time of one turn in nanoseconds: the best of five rounds, since a neighbour on the machine can only make it longer.
fn nanos(turns: u64, mut work: impl FnMut(u64)) -> f64 {
    let round = |work: &mut dyn FnMut(u64)| {
        let start = Instant::now();
        (0..turns).for_each(work);
        start.elapsed() / u32::try_from(turns / 1_000).unwrap_or(1)
    };
    (0..5).map(|_| round(&mut work)).min().unwrap_or_default().as_secs_f64() * 1e6
}

#[test]
#[ignore = "prints times, asserts nothing"]
fn what_the_stores_cost() {
    println!("making a digest alone: {:.1} ns", nanos(1_000_000, |turn| _ = black_box(digest(turn))));
    for count in [10_000_u64, 1_000_000] {
        let store = known(usize::try_from(count).unwrap());
        (0..count).for_each(|value| store.put(&digest(value), &words(digest(value), 1, 2_000), NOW));
        let one = digest(1);
        println!("known, {count} entries of {} MB", store.capacity() / 8 * size_of::<Bucket>() / 1_000_000);
        println!(
            "  hit, one entry   {:6.1} ns",
            nanos(1_000_000, |_| _ = black_box(store.get(black_box(&one))))
        );
        println!(
            "  hit, any entry   {:6.1} ns",
            nanos(count, |turn| _ = black_box(store.get(&digest(mix(turn) % count))))
        );
        println!(
            "  miss             {:6.1} ns",
            nanos(count, |turn| _ = black_box(store.get(&digest(!turn))))
        );
        let new = words(one, 1, 3_000);
        println!(
            "  put, there       {:6.1} ns",
            nanos(count, |turn| store.put(&digest(mix(turn) % count), &new, NOW))
        );
        let mut next = 0;
        println!(
            "  put, new         {:6.1} ns",
            nanos(count, |_| {
                next += 1;
                store.put(&digest(u64::MAX / 2 + next), &new, NOW);
            })
        );
        let store = replay(usize::try_from(count).unwrap() * 6, 1);
        let (mut next, until) = (0, UnixTime::from_seconds(2_000));
        let insert = nanos(count, |_| {
            next += 1;
            let _ = black_box(store.insert(&digest(next), 1, until, NOW));
        });
        println!(
            "replay, {} values of {} MB",
            store.len(),
            store.capacity() / 16 * size_of::<ReplayBucket>() / 1_000_000
        );
        println!("  insert, new      {insert:6.1} ns");
        println!(
            "  insert, replayed {:6.1} ns",
            nanos(count, |turn| _ = black_box(store.insert(&digest(turn + 1), 1, until, NOW)))
        );
        println!(
            "  contains, not    {:6.1} ns",
            nanos(count, |turn| _ = black_box(store.contains(&digest(!turn), NOW)))
        );
        let store = failures(usize::try_from(count).unwrap());
        let rate = Rate { failures: 10, per: Seconds(60) };
        println!("failures, {count} keys of {} kB", store.capacity() * 8 / 1_000);
        println!("  spend            {:6.1} ns", nanos(count, |turn| store.spend(&digest(turn), rate, NOW)));
        println!(
            "  check            {:6.1} ns",
            nanos(count, |turn| _ = black_box(store.check(&digest(turn), rate, NOW)))
        );
    }
}
