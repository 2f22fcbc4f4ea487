//! Values that count once: an insertion succeeds for one caller only, until the value's time is over.

use super::shard::{ENTRIES, Fault, Shard};
use super::sync::{AtomicU32, AtomicU64, Ordering};
use super::{Digest, spread};
use crate::limits;
use crate::time::UnixTime;

pub use super::shard::Bucket;

/// How many buckets make a shard, at least; always fewer than twice as many, which 16 bits can count the entries of.
///
/// With 2048 entries each, a thousand shards are filled evenly enough that the first of them is full when nine tenths of all
/// are (measured).
#[cfg(not(all(loom, test)))]
const SHARD: usize = 128;
/// How many buckets make a shard in a model.
#[cfg(all(loom, test))]
const SHARD: usize = 1;

/// Why a value was not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refused {
    /// It was taken before, and its time is not over.
    Replayed,
    /// It cannot be remembered, and so must not be taken: the store or the issuer's share of it is full, its time is over or
    /// may have been (a clock that went back), or other threads kept the store busy for too long. Nobody is to blame for it
    /// who presents the value.
    Full,
}

/// Values for one use that were used.
///
/// A value is found by its keyed digest, counts until its time is over, and is never dropped before; then it is dropped by the
/// next insertion into its shard, in a number of steps that the shard's size bounds. Points in time are taken in whole
/// seconds, `until` rounded up and `now` down, so that a value counts up to a second longer, and never shorter.
///
/// **When the clock goes back**, values that were dropped might be current again. Each shard knows the latest expiry that
/// it ever dropped, and refuses what expires at that time or before. Tokens that were issued for longer are taken as ever.
///
/// **Locks.** Each shard is behind a lock that is held for about a microsecond. Who finds it shut tries again for a bounded
/// number of times and is then refused as [`Refused::Full`].
///
/// **After a fork** the child has a copy, and one lock or two may be shut in it whose holders are not there. Each lock names its
/// holder's process if the store is told it ([`Self::in_process`]; else that shard is full for ever), so that the child opens it; what may be half done behind it is emptied, and
/// whatever expires no later than anything that was there is refused as [`Refused::Full`] until then.
#[derive(Debug)]
pub struct Replay<S> {
    storage: S,
    pause: fn(),
    process: fn() -> u32,
    issuers: AtomicU32,
    counters: Counters,
}

/// Counts of what was refused.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Counters {
    replayed: AtomicU64,
    full: AtomicU64,
    over_quota: AtomicU64,
}

/// How many [buckets](Bucket) hold `capacity` values: rounded up to whole buckets of sixteen, and from 4096 on to whole shards
/// of at least 2048. A bucket is 640 bytes, so that a value costs 40.
#[must_use]
pub const fn storage_for(capacity: usize) -> usize {
    let buckets = capacity.div_ceil(ENTRIES);
    let shards = shards(buckets);
    buckets.div_ceil(shards).saturating_mul(shards)
}

/// How many shards so many buckets make.
const fn shards(buckets: usize) -> usize {
    if buckets < SHARD { 1 } else { buckets / SHARD }
}

impl<S: AsRef<[Bucket]>> Replay<S> {
    /// One that keeps its values in `storage`, see [`storage_for`], for this many issuers, see [`Self::share`].
    /// Without any bucket every value is refused as [`Refused::Full`].
    #[must_use]
    pub fn new(storage: S, issuers: usize) -> Self {
        let made = Self {
            storage,
            pause: core::hint::spin_loop,
            process: || 1,
            issuers: AtomicU32::new(0),
            counters: Counters::default(),
        };
        made.share(issuers);
        made
    }

    /// The same, which calls `pause` while it waits for a lock for long: a host that has threads gives its "yield" here, so
    /// that a thread that was stopped in the middle can go on.
    #[must_use]
    pub fn pausing(self, pause: fn()) -> Self {
        Self { pause, ..self }
    }

    /// The same in a process that may fork: `process` gives the number of the one that it is called in, which is not 0.
    #[must_use]
    pub fn in_process(self, process: fn() -> u32) -> Self {
        Self { process, ..self }
    }

    /// Tells how many issuers there are from now on: with more than one, none may hold more than
    /// one [`limits::REPLAY_SHARE`]th of the capacity. What is held already stays.
    pub fn share(&self, issuers: usize) {
        self.issuers.store(u32::try_from(issuers).unwrap_or(u32::MAX), Ordering::Relaxed);
    }

    /// How many values it has memory for.
    ///
    /// The digests decide which shard a value is in, so that the first of many shards is full when nine tenths are taken.
    #[must_use]
    pub fn capacity(&self) -> usize {
        let buckets = self.storage.as_ref().len();
        let shards = shards(buckets);
        (buckets / shards).saturating_mul(shards).saturating_mul(ENTRIES)
    }

    /// Whether the value was used and its time is not over. Only [`Self::insert`] decides: "no" may be old when it is read.
    #[must_use]
    pub fn contains(&self, digest: &Digest, now: UnixTime) -> bool {
        self.lock(self.shard(digest)).is_some_and(|shard| shard.holds(digest, now.seconds()))
    }

    /// Takes a value, once: of any number of callers with the same digest one succeeds before `until`.
    ///
    /// `issuer` is any number that stays the same for one issuer. `until` is the time from which on the value would be refused
    /// without this store, allowances for clocks included.
    ///
    /// # Errors
    ///
    /// See [`Refused`].
    pub fn insert(
        &self,
        digest: &Digest,
        issuer: u32,
        until: UnixTime,
        now: UnixTime,
    ) -> Result<(), Refused> {
        let until = until.seconds().saturating_add(i64::from(until.nanos() > 0));
        let buckets = self.shard(digest);
        let several = self.issuers.load(Ordering::Relaxed) > 1;
        let share = buckets.len().saturating_mul(ENTRIES).div_ceil(limits::REPLAY_SHARE);
        let quota = if several { share } else { usize::MAX };
        let inserted = self
            .lock(buckets)
            .ok_or(Fault::Full)
            .and_then(|shard| shard.insert(digest, issuer, until, now.seconds(), quota));
        inserted.map_err(|fault| {
            if fault == Fault::Present {
                self.counters.replayed.fetch_add(1, Ordering::Relaxed);
                return Refused::Replayed;
            }
            if fault == Fault::Quota {
                self.counters.over_quota.fetch_add(1, Ordering::Relaxed);
            }
            self.counters.full.fetch_add(1, Ordering::Relaxed);
            Refused::Full
        })
    }

    /// How many values it holds. Those whose time is over are among them as long as nothing came into their shard.
    #[must_use]
    pub fn len(&self) -> usize {
        let buckets = self.storage.as_ref();
        let per = buckets.len() / shards(buckets.len());
        buckets.chunks(per.max(1)).map(|shard| shard.first().map_or(0, Bucket::len)).sum()
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many values were refused because they were used before.
    #[must_use]
    pub fn replayed(&self) -> u64 {
        self.counters.replayed.load(Ordering::Relaxed)
    }

    /// How many values were refused as [`Refused::Full`].
    #[must_use]
    pub fn full(&self) -> u64 {
        self.counters.full.load(Ordering::Relaxed)
    }

    /// How many of [`Self::full`] were refused because their issuer had its share.
    #[must_use]
    pub fn over_quota(&self) -> u64 {
        self.counters.over_quota.load(Ordering::Relaxed)
    }

    fn lock<'a>(&self, buckets: &'a [Bucket]) -> Option<Shard<'a>> {
        Shard::lock(buckets, self.pause, (self.process)())
    }

    /// The buckets of the shard of a digest; none if there are none at all.
    fn shard(&self, digest: &Digest) -> &[Bucket] {
        let buckets = self.storage.as_ref();
        let [high, _] = *digest;
        let shards = shards(buckets.len());
        let per = buckets.len() / shards;
        let start = spread(high, shards).saturating_mul(per);
        buckets.get(start..start.saturating_add(per)).unwrap_or(&[])
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::store::mixed;
    use std::vec::Vec;

    fn at(seconds: i64) -> UnixTime {
        UnixTime::from_seconds(seconds)
    }

    fn store(capacity: usize, issuers: usize) -> Replay<Vec<Bucket>> {
        Replay::new((0..storage_for(capacity)).map(|_| Bucket::default()).collect(), issuers)
    }

    #[test]
    fn a_value_counts_once_until_its_time_is_over() {
        let store = store(100, 1);
        assert_eq!(store.insert(&[1, 2], 0, at(110), at(100)), Ok(()));
        assert_eq!(store.insert(&[1, 2], 0, at(110), at(109)), Err(Refused::Replayed));
        assert!(
            store.contains(&[1, 2], UnixTime::new(109, 999_999_999)) && !store.contains(&[1, 2], at(110))
        );
        assert!(!store.contains(&[1, 3], at(100)) && !store.contains(&[2, 2], at(100)));
        assert_eq!(store.insert(&[1, 2], 0, at(120), at(110)), Ok(()));
        assert_eq!((store.len(), store.replayed(), store.full()), (1, 1, 0));
    }

    #[test]
    fn a_part_of_a_second_rounds_to_the_longer_side() {
        let store = store(100, 1);
        assert_eq!(store.insert(&[1, 2], 0, UnixTime::new(110, 1), at(100)), Ok(()));
        assert_eq!(store.insert(&[1, 2], 0, at(200), UnixTime::new(110, 999)), Err(Refused::Replayed));
        assert_eq!(store.insert(&[1, 2], 0, at(200), at(111)), Ok(()));
    }

    #[test]
    fn what_cannot_be_remembered_is_not_taken() {
        let store = store(100, 1);
        assert_eq!(store.insert(&[1, 2], 0, at(100), at(100)), Err(Refused::Full), "over already");
        assert_eq!(Replay::new([], 1).insert(&[1, 2], 0, at(110), at(100)), Err(Refused::Full), "no memory");
        assert!(!Replay::new([], 1).contains(&[1, 2], at(100)) && store.is_empty());
    }

    #[test]
    fn a_full_store_says_so_and_drops_nothing_that_counts() {
        let store = store(16, 1);
        for value in 0..16 {
            assert_eq!(store.insert(&mixed(value), 7, at(200), at(100)), Ok(()));
        }
        assert_eq!(store.insert(&mixed(99), 7, at(200), at(100)), Err(Refused::Full));
        assert_eq!((store.len(), store.full(), store.over_quota()), (16, 1, 0));
        assert!((0..16).all(|value| store.contains(&mixed(value), at(199))));
        assert_eq!(store.insert(&mixed(99), 7, at(201), at(200)), Ok(()));
        assert_eq!(store.len(), 1);
    }

    #[test]
    fn a_value_outlasts_any_number_of_turns_of_the_wheel() {
        let store = store(64, 1);
        // All of these meet in one tick of a wheel that has sixty-four.
        for turn in 0..20_u64 {
            assert_eq!(store.insert(&mixed(turn), 1, at(101 + 64 * turn.cast_signed()), at(100)), Ok(()));
        }
        for turn in 0..20_u64 {
            let until = 101 + 64 * turn.cast_signed();
            assert_eq!(store.insert(&mixed(turn), 1, at(9_999), at(until - 1)), Err(Refused::Replayed));
            // The first to go is the last in its list, later ones are in the midst of it.
            assert_eq!(store.insert(&mixed(100 + turn), 1, at(until + 1), at(until)), Ok(()));
            assert!(!store.contains(&mixed(turn), at(until)));
            assert!((turn + 1..20).all(|later| store.contains(&mixed(later), at(until))));
        }
        assert_eq!(store.len(), 1);
    }

    #[test]
    fn of_several_issuers_none_fills_it_for_the_others() {
        let store = store(16, 3);
        // 5 and 21 share a tally in a store of sixteen.
        assert_eq!(store.insert(&mixed(50), 21, at(150), at(100)), Ok(()));
        for value in 0..8 {
            assert_eq!(store.insert(&mixed(value), 5, at(200), at(100)), Ok(()));
        }
        assert_eq!(store.insert(&mixed(8), 5, at(200), at(100)), Err(Refused::Full));
        assert_eq!(store.insert(&mixed(51), 21, at(150), at(100)), Ok(()), "another one has room");
        assert_eq!((store.full(), store.over_quota()), (1, 1));
        assert_eq!(
            store.insert(&mixed(8), 5, at(300), at(200)),
            Ok(()),
            "its time is over, its share is free"
        );
        store.share(1);
        for value in 20..35 {
            assert_eq!(store.insert(&mixed(value), 5, at(300), at(200)), Ok(()), "alone it may have all");
        }
        assert_eq!((store.len(), store.over_quota()), (16, 1));
    }

    #[test]
    fn a_clock_that_goes_back_lets_no_dropped_value_in() {
        let store = store(100, 1);
        assert_eq!(store.insert(&[1, 2], 0, at(110), at(100)), Ok(()));
        assert_eq!(store.insert(&[3, 4], 0, at(9000), at(8000)), Ok(()), "drops the first");
        assert_eq!(store.insert(&[1, 2], 0, at(110), at(100)), Err(Refused::Full));
        assert_eq!(
            store.insert(&[5, 6], 0, at(120), at(100)),
            Ok(()),
            "was never dropped, since it lives longer"
        );
        assert_eq!(store.insert(&[3, 4], 0, at(9000), at(100)), Err(Refused::Replayed));
        assert_eq!(store.len(), 2);
        assert_eq!(store.insert(&[7, 8], 0, at(130), at(120)), Ok(()), "and the wheel turns on from there");
        assert_eq!(store.len(), 2);
    }

    #[test]
    fn a_lock_that_a_fork_has_left_shut_is_opened_and_no_value_behind_it_is_taken_again() {
        static PROCESS: core::sync::atomic::AtomicU32 = core::sync::atomic::AtomicU32::new(7);
        let process = || PROCESS.load(Ordering::Relaxed);
        let store = store(16, 1).in_process(process);
        for value in 0..12 {
            let until = if value == 0 { 130 } else { 120 };
            assert_eq!(store.insert(&mixed(value), 1, at(until), at(100)), Ok(()));
        }
        // The lock of a thread that is not there any more.
        core::mem::forget(Shard::lock(store.shard(&mixed(0)), || (), 7));
        assert_eq!(store.insert(&mixed(50), 1, at(500), at(100)), Err(Refused::Full), "in the same process");
        PROCESS.store(8, Ordering::Relaxed);
        assert_eq!(
            store.insert(&mixed(51), 1, at(131), at(100)),
            Ok(()),
            "it lives longer than all there were"
        );
        for value in (0..12).chain([52]) {
            assert_eq!(store.insert(&mixed(value), 1, at(130), at(100)), Err(Refused::Full), "{value}");
        }
        for value in 60..75 {
            assert_eq!(store.insert(&mixed(value), 1, at(200), at(100)), Ok(()), "{value}");
        }
        assert_eq!(store.insert(&mixed(75), 1, at(200), at(100)), Err(Refused::Full), "sixteen, as before");
        assert_eq!((store.len(), store.replayed()), (16, 0));
        assert_eq!(store.insert(&mixed(51), 1, at(131), at(100)), Err(Refused::Replayed));
        assert_eq!(store.insert(&mixed(76), 1, at(400), at(200)), Ok(()), "and the wheel turns on");
        assert_eq!(store.len(), 1);
    }

    #[test]
    fn any_time_and_any_step_of_the_clock_is_borne() {
        let store = store(64, 1);
        let times = [i64::MIN, -1, 0, 1, 50, i64::MAX - 1, i64::MAX];
        for (turn, now) in (0..70).zip(times.into_iter().cycle()) {
            for until in times {
                let _ = store.insert(&mixed(turn), 1, UnixTime::new(until, 5), at(now));
            }
        }
        assert!(store.len() <= 64);
    }

    /// A plain map is the same store, as long as nothing is full.
    #[test]
    fn it_agrees_with_a_map_over_a_long_time() {
        let store = store(4096, 1);
        let mut map = std::collections::HashMap::new();
        let mut now = 1_800_000_000;
        for step in 0..200_000_u64 {
            let [random, other] = mixed(step ^ 0xabcd);
            now += i64::from(random % 97 == 0) + if random % 40_009 == 0 { 5_000 } else { 0 };
            let value = mixed(other % 20_000);
            let until = now + 1 + (other >> 32 & 15).cast_signed();
            map.retain(|_, until| *until > now || step % 64 != 0);
            let fresh = map.get(&value).is_none_or(|until| *until <= now);
            assert_eq!(store.contains(&value, at(now)), !fresh, "step {step}");
            let expected = if fresh { Ok(()) } else { Err(Refused::Replayed) };
            assert_eq!(store.insert(&value, 3, at(until), at(now)), expected, "step {step}");
            if fresh {
                map.insert(value, until);
            }
        }
        let now = now + 20;
        let alive = 64 * u64::try_from(shards(storage_for(4096))).unwrap();
        (0..alive).for_each(|value| assert!(store.insert(&mixed(!value), 3, at(now + 9), at(now)).is_ok()));
        assert_eq!(u64::try_from(store.len()), Ok(alive), "everything else has expired and was dropped");
        assert_eq!(store.full(), 0);
    }

    #[test]
    fn nine_tenths_are_taken_before_anything_is_refused() {
        for capacity in [1_000, 5_000, 20_000, 1_000_000] {
            let store = store(capacity, 1);
            let taken =
                (0..).take_while(|value| store.insert(&mixed(*value), 1, at(9), at(1)).is_ok()).count();
            std::println!("{capacity}: {taken} of {} taken before the first is refused", store.capacity());
            assert!(taken * 10 >= store.capacity() * 9 && store.capacity() >= capacity);
        }
    }

    #[test]
    fn storage_is_rounded_up_to_buckets_and_shards() {
        assert_eq!((storage_for(0), storage_for(1), storage_for(17)), (0, 1, 2));
        assert_eq!((storage_for(4095), storage_for(4097), storage_for(1_000_000)), (256, 258, 62_952));
        assert_eq!(size_of::<Bucket>(), 640);
        assert!((0..9000).all(|capacity| store(capacity, 1).capacity() >= capacity));
    }
}
