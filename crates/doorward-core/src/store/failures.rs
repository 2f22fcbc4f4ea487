//! Who failed how often: the generic cell rate algorithm (GCRA) over a bounded table.

use super::sync::{AtomicU64, Ordering};
use super::{Digest, spread};
use crate::time::{Seconds, UnixTime};

/// How many keys a [`Bucket`] holds: one cache line.
const WAYS: usize = 8;

/// How many bits of a cell are the time, in milliseconds; the rest is the tag.
///
/// 2^40 ms are 34 years. A time is compared by its distance from now, so that a cell could be taken for a debt only 17 years
/// after its last failure.
const TIME_BITS: u32 = 40;

/// The bits of the time.
const TIME: u64 = (1 << TIME_BITS) - 1;

/// How often a change is tried again when other threads change the same cell. Each try that fails is another thread's that
/// succeeded; a failure that is not counted after so many is one among as many that were.
const TRIES: usize = 64;

/// The unit of storage: eight keys and what they owe, in one cache line.
#[derive(Debug, Default)]
#[repr(C, align(64))]
pub struct Bucket {
    cells: [AtomicU64; WAYS],
}

impl Bucket {
    /// A bucket in which nobody owes anything.
    #[cfg(not(all(loom, test)))]
    #[expect(
        clippy::declare_interior_mutable_const,
        reason = "to fill arrays with; each use is a new bucket"
    )]
    pub const EMPTY: Self = Self { cells: [const { AtomicU64::new(0) }; WAYS] };
}

/// How many failures are borne: `failures` at once, and one more after each `per / failures`.
///
/// Below one failure and one millisecond for each, the least is taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rate {
    /// How many failures at once.
    pub failures: u32,
    /// The time after which that many are forgiven.
    pub per: Seconds,
}

impl Rate {
    /// The time in which one failure is forgiven, in milliseconds; rounded up.
    fn interval(self) -> u64 {
        // A quarter of the range of times at most, so that no debt comes near the half that counts as past.
        let per = self.per.0.saturating_mul(1000).min(TIME >> 2);
        per.div_ceil(u64::from(self.failures.max(1))).max(1)
    }

    /// The greatest debt, in milliseconds: that of `failures` failures at once.
    fn most(self) -> u64 {
        self.interval().saturating_mul(u64::from(self.failures.max(1))).min(TIME >> 1)
    }
}

/// Counts failures per key, and says who has to wait.
///
/// For each key there is one time, up to which its failures are paid for (the "theoretical arrival time"): each failure moves
/// it on by the interval of the rate, and a key whose time is so far ahead that one more failure would exceed the burst has
/// to wait. Only failures move it; a check costs nothing and changes nothing.
///
/// A key is known by a part of its digest, 24 bits beside those that choose its bucket. That another key is taken for one
/// that has to wait has a chance of one in two million if all eight cells around it have to; nobody can aim at it, since the
/// digests are keyed.
///
/// A new key takes the place of the least debt among eight. So a flood of new keys replaces itself, and a heavy debt is only
/// lost to eight heavier ones that happen to meet it.
#[derive(Debug)]
pub struct Failures<S> {
    storage: S,
}

/// How many [buckets](Bucket) hold `capacity` keys, rounded up to whole buckets of eight: 8 bytes a key.
#[must_use]
pub const fn storage_for(capacity: usize) -> usize {
    capacity.div_ceil(WAYS)
}

impl<S: AsRef<[Bucket]>> Failures<S> {
    /// One that keeps its keys in `storage`; see [`storage_for`]. Without any bucket nobody ever waits.
    #[must_use]
    pub fn new(storage: S) -> Self {
        Self { storage }
    }

    /// How many keys it has memory for.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.storage.as_ref().len().saturating_mul(WAYS)
    }

    /// Whether `key` may try.
    ///
    /// A debt beyond what `rate` can make, which a clock that went back leaves behind, is cut down to the greatest.
    ///
    /// # Errors
    ///
    /// The time after which one failure is forgiven, at least one second, if `key` failed too often.
    pub fn check(&self, key: &Digest, rate: Rate, now: UnixTime) -> Result<(), Seconds> {
        let Some((bucket, tag)) = self.place(key) else { return Ok(()) };
        let now = millis(now);
        let mut wait = 0;
        for cell in &bucket.cells {
            let seen = cell.load(Ordering::Relaxed);
            if seen >> TIME_BITS != tag {
                continue;
            }
            let mut debt = debt(seen, now);
            if debt > rate.most() {
                debt = rate.most();
                // If somebody else changed it, the next check will do.
                let cut = entry(tag, now.wrapping_add(debt));
                let _ = cell.compare_exchange(seen, cut, Ordering::Relaxed, Ordering::Relaxed);
            }
            wait = wait.max(debt.saturating_sub(rate.most().saturating_sub(rate.interval())));
        }
        if wait == 0 { Ok(()) } else { Err(Seconds(wait.div_ceil(1000))) }
    }

    /// Counts a failure of `key`.
    pub fn spend(&self, key: &Digest, rate: Rate, now: UnixTime) {
        let Some((bucket, tag)) = self.place(key) else { return };
        let now = millis(now);
        for _ in 0..TRIES {
            let mut chosen: Option<(u64, &AtomicU64, u64)> = None;
            for cell in &bucket.cells {
                let seen = cell.load(Ordering::Relaxed);
                let owed = debt(seen, now);
                if seen >> TIME_BITS == tag {
                    chosen = Some((owed, cell, seen));
                    break;
                }
                if chosen.is_none_or(|(least, ..)| owed < least) {
                    chosen = Some((owed, cell, seen));
                }
            }
            let Some((owed, cell, seen)) = chosen else { return };
            let owed = if seen >> TIME_BITS == tag { owed } else { 0 };
            let owes = owed.saturating_add(rate.interval()).min(rate.most());
            let next = entry(tag, now.wrapping_add(owes));
            if cell.compare_exchange(seen, next, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
                return;
            }
        }
    }

    /// The bucket of a key, and its tag, which is never that of an empty cell.
    fn place(&self, key: &Digest) -> Option<(&Bucket, u64)> {
        let buckets = self.storage.as_ref();
        let [high, low] = *key;
        Some((buckets.get(spread(high, buckets.len()))?, (low >> TIME_BITS).max(1)))
    }
}

/// A point in time in milliseconds, in the bits that a cell has for it.
fn millis(now: UnixTime) -> u64 {
    let whole = now.seconds().cast_unsigned().wrapping_mul(1000);
    whole.wrapping_add(u64::from(now.nanos() / 1_000_000)) & TIME
}

/// How far ahead of `now` the time of a cell is; 0 if it is past, or if the cell is empty.
const fn debt(cell: u64, now: u64) -> u64 {
    let ahead = (cell & TIME).wrapping_sub(now) & TIME;
    if cell >> TIME_BITS == 0 || ahead > TIME >> 1 { 0 } else { ahead }
}

/// A cell.
const fn entry(tag: u64, time: u64) -> u64 {
    (tag << TIME_BITS) | (time & TIME)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::store::mixed;
    use std::vec::Vec;

    const TEN_A_MINUTE: Rate = Rate { failures: 10, per: Seconds(60) };

    fn at(seconds: i64) -> UnixTime {
        UnixTime::from_seconds(seconds)
    }

    fn store(capacity: usize) -> Failures<Vec<Bucket>> {
        Failures::new((0..storage_for(capacity)).map(|_| Bucket::default()).collect())
    }

    fn spend(store: &Failures<Vec<Bucket>>, key: &Digest, times: u32, now: UnixTime) {
        (0..times).for_each(|_| store.spend(key, TEN_A_MINUTE, now));
    }

    #[test]
    fn the_burst_is_borne_and_one_more_is_not() {
        let store = store(8);
        for _ in 0..10 {
            assert_eq!(store.check(&mixed(1), TEN_A_MINUTE, at(100)), Ok(()));
            store.spend(&mixed(1), TEN_A_MINUTE, at(100));
        }
        assert_eq!(store.check(&mixed(1), TEN_A_MINUTE, at(100)), Err(Seconds(6)));
        assert_eq!(store.check(&mixed(2), TEN_A_MINUTE, at(100)), Ok(()), "nobody else waits");
    }

    #[test]
    fn whoever_waits_as_long_as_told_may_try_once() {
        let store = store(8);
        spend(&store, &mixed(1), 10, UnixTime::new(100, 500_000_000));
        let now = UnixTime::new(103, 400_000_000);
        assert_eq!(store.check(&mixed(1), TEN_A_MINUTE, now), Err(Seconds(4)), "3.1 s, rounded up");
        assert_eq!(store.check(&mixed(1), TEN_A_MINUTE, UnixTime::new(106, 499_000_000)), Err(Seconds(1)));
        assert_eq!(store.check(&mixed(1), TEN_A_MINUTE, UnixTime::new(106, 500_000_000)), Ok(()));
        spend(&store, &mixed(1), 1, at(107));
        assert!(store.check(&mixed(1), TEN_A_MINUTE, at(107)).is_err());
        assert_eq!(store.check(&mixed(1), TEN_A_MINUTE, at(200)), Ok(()));
        spend(&store, &mixed(1), 9, at(200));
        assert_eq!(store.check(&mixed(1), TEN_A_MINUTE, at(200)), Ok(()), "all is forgiven after a while");
    }

    #[test]
    fn checks_cost_nothing() {
        let store = store(8);
        spend(&store, &mixed(1), 9, at(100));
        assert!((0..100).all(|_| store.check(&mixed(1), TEN_A_MINUTE, at(100)).is_ok()));
    }

    #[test]
    fn nobody_owes_more_than_the_burst() {
        let store = store(8);
        spend(&store, &mixed(1), 1_000, at(100));
        assert_eq!(store.check(&mixed(1), TEN_A_MINUTE, at(100)), Err(Seconds(6)));
    }

    #[test]
    fn a_flood_of_new_keys_forgives_no_heavy_offender() {
        let store = store(1_000);
        spend(&store, &mixed(1), 10, at(100));
        (10..1_000_000).for_each(|key| store.spend(&mixed(key), TEN_A_MINUTE, at(100)));
        assert_eq!(store.check(&mixed(1), TEN_A_MINUTE, at(100)), Err(Seconds(6)));
    }

    #[test]
    fn the_least_debt_goes_first() {
        let store = store(8);
        (1..=8).for_each(|key| spend(&store, &mixed(key.into()), 2 + key % 8, at(100)));
        spend(&store, &mixed(9), 1, at(100));
        // 8 had two failures, the least; whoever still has them is stopped by as many more as make ten.
        let owes = |key: u32, times: u32| {
            spend(&store, &mixed(key.into()), 10 - times, at(100));
            store.check(&mixed(key.into()), TEN_A_MINUTE, at(100)).is_err()
        };
        assert!((1..=7).all(|key| owes(key, 2 + key)));
        assert!(!owes(8, 2));
    }

    #[test]
    fn a_clock_that_goes_back_makes_nobody_wait_longer_than_the_burst() {
        let store = store(8);
        spend(&store, &mixed(1), 10, at(100_000));
        assert_eq!(store.check(&mixed(1), TEN_A_MINUTE, at(100)), Err(Seconds(6)));
        assert_eq!(store.check(&mixed(1), TEN_A_MINUTE, at(106)), Ok(()));
    }

    #[test]
    fn any_time_and_any_rate_is_borne() {
        let store = store(8);
        for now in [i64::MIN, -1, 0, 253_402_300_799, i64::MAX] {
            for failures in [0, 1, u32::MAX] {
                for per in [0, 1, u64::MAX] {
                    let rate = Rate { failures, per: Seconds(per) };
                    store.spend(&mixed(1), rate, at(now));
                    let _ = store.check(&mixed(1), rate, at(now));
                }
            }
        }
        let once = Rate { failures: 0, per: Seconds(0) };
        store.spend(&mixed(2), once, at(5));
        assert_eq!(store.check(&mixed(2), once, at(5)), Err(Seconds(1)), "the least wait is a second");
    }

    #[test]
    fn without_memory_nobody_waits() {
        let store = store(0);
        spend(&store, &mixed(1), 100, at(100));
        assert_eq!((store.check(&mixed(1), TEN_A_MINUTE, at(100)), store.capacity()), (Ok(()), 0));
    }

    #[test]
    fn a_bucket_is_one_cache_line() {
        assert_eq!((size_of::<Bucket>(), align_of::<Bucket>(), storage_for(9)), (64, 64, 2));
    }
}
