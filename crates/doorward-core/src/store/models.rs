//! Models of the stores: loom runs them in every order that the memory model allows.
//!
//! `RUSTFLAGS="--cfg loom" cargo test --release -p doorward-core --lib store::models`

use super::failures::{Bucket as FailureBucket, Failures, Rate};
use super::replay::{Bucket as ReplayBucket, Refused, Replay};
use super::slot::{Body, Head, Minute, Slot};
use super::{Digest, mixed};
use crate::time::{Seconds, UnixTime};
use loom::sync::Arc;
use loom::thread;
use std::vec::Vec;

/// Two digests that a first look does not tell apart.
const ONE: Digest = [1, 1];
const OTHER: Digest = [1, 2];

const NOW: UnixTime = UnixTime::from_seconds(100);
const THEN: UnixTime = UnixTime::from_seconds(200);

#[derive(Default)]
struct Entry {
    head: Head,
    body: Body<2>,
}

impl Entry {
    fn slot(&self) -> Slot<'_, 2> {
        Slot { head: &self.head, body: &self.body }
    }

    fn put(&self, digest: &Digest, mark: u64) -> bool {
        let slot = self.slot();
        slot.write(slot.look(), digest, &[mark, mark], Minute::of(NOW))
    }

    /// What is found, which must be one writer's.
    fn get(&self, digest: &Digest) -> Option<u64> {
        self.slot().read(digest).map(|[first, second]| {
            assert_eq!(first, second, "torn");
            first
        })
    }
}

#[test]
fn a_reader_never_sees_half_of_two_writes() {
    loom::model(|| {
        let entry = Arc::new(Entry::default());
        assert!(entry.put(&ONE, 10));
        let writer = Arc::clone(&entry);
        let writer = thread::spawn(move || writer.put(&ONE, 11));
        assert!(matches!(entry.get(&ONE), None | Some(10 | 11)));
        let wrote = writer.join().unwrap();
        assert_eq!(entry.get(&ONE), Some(if wrote { 11 } else { 10 }));
    });
}

#[test]
fn a_reader_never_sees_parts_of_turns_that_are_over() {
    // Every order with two writes takes minutes; every order in which threads are stopped thrice at most takes seconds.
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let entry = Arc::new(Entry::default());
        assert!(entry.put(&ONE, 10));
        let writer = Arc::clone(&entry);
        let writer = thread::spawn(move || writer.put(&ONE, 11) && writer.put(&ONE, 12));
        assert!(matches!(entry.get(&ONE), None | Some(10..=12)));
        writer.join().unwrap();
    });
}

#[test]
fn a_reader_never_sees_another_digests_words() {
    loom::model(|| {
        let entry = Arc::new(Entry::default());
        assert!(entry.put(&ONE, 10));
        let writer = Arc::clone(&entry);
        let writer = thread::spawn(move || {
            writer.put(&OTHER, 20);
        });
        assert!(matches!(entry.get(&ONE), None | Some(10)));
        assert!(matches!(entry.get(&OTHER), None | Some(20)));
        writer.join().unwrap();
    });
}

#[test]
fn of_two_writers_each_writes_all_or_nothing() {
    loom::model(|| {
        let entry = Arc::new(Entry::default());
        let writer = Arc::clone(&entry);
        let writer = thread::spawn(move || writer.put(&ONE, 10));
        let here = entry.put(&OTHER, 20);
        let there = writer.join().unwrap();
        assert!(here || there, "one of them got through");
        match (entry.get(&ONE), entry.get(&OTHER)) {
            (Some(10), None) => assert!(there),
            (None, Some(20)) => assert!(here),
            found => panic!("{found:?}"),
        }
    });
}

#[test]
fn who_asks_after_a_removal_finds_nothing_whoever_reads_meanwhile() {
    loom::model(|| {
        let entry = Arc::new(Entry::default());
        assert!(entry.put(&ONE, 10));
        let reader = Arc::clone(&entry);
        let reader = thread::spawn(move || {
            assert!(matches!(reader.get(&ONE), None | Some(10)));
            reader.slot().cool(reader.slot().look(), Minute::of(THEN));
        });
        assert!(entry.slot().erase(&ONE), "a reader never stops a removal");
        assert_eq!(entry.get(&ONE), None);
        reader.join().unwrap();
        assert_eq!(entry.get(&ONE), None);
    });
}

#[test]
fn a_removal_beside_a_write_of_another_digest_leaves_that_one() {
    loom::model(|| {
        let entry = Arc::new(Entry::default());
        assert!(entry.put(&ONE, 10));
        let writer = Arc::clone(&entry);
        let writer = thread::spawn(move || writer.put(&OTHER, 20));
        entry.slot().erase(&ONE);
        let wrote = writer.join().unwrap();
        assert_eq!(entry.get(&ONE), None);
        assert_eq!(entry.get(&OTHER), wrote.then_some(20));
    });
}

fn replay(capacity: usize) -> Arc<Replay<Vec<ReplayBucket>>> {
    let storage = (0..super::replay::storage_for(capacity)).map(|_| ReplayBucket::default()).collect();
    Arc::new(Replay::new(storage, 1).pausing(thread::yield_now))
}

#[test]
fn of_two_insertions_of_one_value_exactly_one_succeeds() {
    loom::model(|| {
        let store = replay(2);
        let other = Arc::clone(&store);
        let other = thread::spawn(move || other.insert(&ONE, 1, THEN, NOW));
        let here = store.insert(&ONE, 1, THEN, NOW);
        let there = other.join().unwrap();
        assert!(here.is_ok() != there.is_ok(), "{here:?}, {there:?}");
        assert!(store.contains(&ONE, NOW));
        assert_eq!(store.len(), 1);
        assert_eq!(store.insert(&ONE, 1, THEN, NOW), Err(Refused::Replayed));
    });
}

#[test]
fn insertions_beside_an_expiry_lose_nothing() {
    loom::model(|| {
        let store = replay(2);
        assert_eq!(store.insert(&OTHER, 1, UnixTime::from_seconds(101), NOW), Ok(()));
        let later = UnixTime::from_seconds(150);
        let other = Arc::clone(&store);
        let other = thread::spawn(move || other.insert(&[7, 7], 1, THEN, later));
        let here = store.insert(&ONE, 1, THEN, later);
        let there = other.join().unwrap();
        assert_eq!(store.contains(&ONE, later), here.is_ok());
        assert_eq!(store.contains(&[7, 7], later), there.is_ok());
        assert_eq!(store.len(), usize::from(here.is_ok()) + usize::from(there.is_ok()));
        assert!(store.len() > 0);
    });
}

const TWO: Rate = Rate { failures: 2, per: Seconds(60) };

fn failures() -> Arc<Failures<Vec<FailureBucket>>> {
    Arc::new(Failures::new((0..1).map(|_| FailureBucket::default()).collect()))
}

#[test]
fn failures_at_the_same_time_are_all_counted() {
    loom::model(|| {
        let store = failures();
        let other = Arc::clone(&store);
        let other = thread::spawn(move || other.spend(&mixed(1), TWO, NOW));
        store.spend(&mixed(1), TWO, NOW);
        other.join().unwrap();
        assert_eq!(store.check(&mixed(1), TWO, NOW), Err(Seconds(30)));
    });
}

#[test]
fn a_new_key_beside_a_failure_takes_no_debt_over() {
    loom::model(|| {
        let store = failures();
        for key in 1..=8_i64 {
            store.spend(
                &mixed(key.cast_unsigned()),
                Rate { failures: 9, per: Seconds(60) },
                UnixTime::from_seconds(90 + key),
            );
        }
        let other = Arc::clone(&store);
        let other = thread::spawn(move || other.spend(&mixed(1), TWO, NOW));
        store.spend(&mixed(99), TWO, NOW);
        other.join().unwrap();
        assert_eq!(store.check(&mixed(99), TWO, NOW), Ok(()), "one failure of two");
    });
}
