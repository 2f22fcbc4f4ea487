//! One shard of the replay store: a hash table and a wheel of expiries behind one lock.
//!
//! All links are numbers of entries within the shard, one more than the index, so that memory full of zeros is a shard
//! without entries. Everything is atomic only because other threads hold references to it; what orders the accesses is
//! the lock.

use super::sync::Ordering::{Acquire, Release};
use super::sync::{AtomicU16, AtomicU32, AtomicU64, Ordering::Relaxed};
use super::{Digest, spread};

/// How many entries a [`Bucket`] holds.
#[cfg(not(all(loom, test)))]
pub(super) const ENTRIES: usize = 16;
/// How many entries a [`Bucket`] holds in a model, in which each atomic costs time.
#[cfg(all(loom, test))]
pub(super) const ENTRIES: usize = 2;

/// How often a shut lock is tried again. What it guards takes a microsecond, and some dozens after a long silence; the rest is
/// for a holder that the scheduler has stopped, whom [the host's pause](super::Replay::pausing) lets go on.
#[cfg(not(all(loom, test)))]
const TRIES: u32 = 20_000;
/// How often a shut lock is tried again in a model.
#[cfg(all(loom, test))]
const TRIES: u32 = 3;

/// After how many tries one pauses instead of spinning: about the time of what the lock guards.
const SPINS: u32 = TRIES / 200;

/// What stands in a lock that nobody holds; else it is the number of the process whose thread does.
const OPEN: u32 = 0;

/// One remembered value; half a cache line. The time is 0 in an entry that is free.
#[derive(Debug, Default)]
#[repr(C)]
struct Entry {
    high: AtomicU64,
    low: AtomicU64,
    until: AtomicU64,
    issuer: AtomicU32,
    /// The next entry with the same hash.
    chain: AtomicU16,
    /// The next entry of the same tick of the wheel, or the next free one.
    wheel: AtomicU16,
}

/// The unit of storage of a [`Replay`](super::Replay): sixteen entries and their share of what finds them, ten cache lines.
///
/// A shard is a run of buckets; its lock and its counters are those of the first.
#[derive(Debug, Default)]
#[repr(C, align(64))]
pub struct Bucket {
    chains: [AtomicU16; ENTRIES],
    ticks: [AtomicU16; ENTRIES],
    tallies: [AtomicU16; ENTRIES],
    lock: AtomicU32,
    len: AtomicU16,
    /// How many entries were ever taken into use.
    fresh: AtomicU16,
    /// The first free one of those.
    free: AtomicU16,
    /// The second up to which the wheel has turned.
    tick: AtomicU64,
    /// The latest expiry that was ever dropped.
    dropped: AtomicU64,
    entries: [Entry; ENTRIES],
}

impl Entry {
    #[cfg(not(all(loom, test)))]
    const fn new() -> Self {
        Self {
            high: AtomicU64::new(0),
            low: AtomicU64::new(0),
            until: AtomicU64::new(0),
            issuer: AtomicU32::new(0),
            chain: AtomicU16::new(0),
            wheel: AtomicU16::new(0),
        }
    }

    fn until(&self) -> i64 {
        self.until.load(Relaxed).cast_signed()
    }
}

impl Bucket {
    /// A bucket that holds nothing.
    #[cfg(not(all(loom, test)))]
    #[expect(
        clippy::declare_interior_mutable_const,
        reason = "to fill arrays with; each use is a new bucket"
    )]
    pub const EMPTY: Self = Self {
        chains: [const { AtomicU16::new(0) }; ENTRIES],
        ticks: [const { AtomicU16::new(0) }; ENTRIES],
        tallies: [const { AtomicU16::new(0) }; ENTRIES],
        lock: AtomicU32::new(0),
        len: AtomicU16::new(0),
        fresh: AtomicU16::new(0),
        free: AtomicU16::new(0),
        tick: AtomicU64::new(0),
        dropped: AtomicU64::new(0),
        entries: [const { Entry::new() }; ENTRIES],
    };

    /// How many entries the shard that begins here holds.
    pub(super) fn len(&self) -> usize {
        self.len.load(Relaxed).into()
    }
}

/// Why a value was not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fault {
    /// It is there.
    Present,
    /// It would be forgotten at once, or may have been forgotten already.
    Past,
    /// Every entry is taken.
    Full,
    /// The issuer has its share.
    Quota,
}

/// A shard whose lock is held; letting go of this opens it.
#[derive(Debug)]
pub(super) struct Shard<'a> {
    buckets: &'a [Bucket],
    first: &'a Bucket,
    size: usize,
}

impl Drop for Shard<'_> {
    fn drop(&mut self) {
        self.first.lock.store(OPEN, Release);
    }
}

impl<'a> Shard<'a> {
    /// Locks the shard that these buckets are for a thread of `process`, which is not 0; nothing if there are none, or if the
    /// lock stays shut for too long. Who holds it in another process does so in a copy of this memory, and will not open this one.
    pub(super) fn lock(buckets: &'a [Bucket], pause: fn(), process: u32) -> Option<Self> {
        let first = buckets.first()?;
        for turn in 0..TRIES {
            let holder = first.lock.load(Relaxed);
            if holder != process && first.lock.compare_exchange(holder, process, Acquire, Relaxed).is_ok() {
                let shard = Self { buckets, first, size: buckets.len().saturating_mul(ENTRIES) };
                if holder != OPEN {
                    shard.clear();
                }
                return Some(shard);
            }
            if turn < SPINS { core::hint::spin_loop() } else { pause() }
        }
        None
    }

    /// Whether the value is there and counts at `now`.
    pub(super) fn holds(&self, digest: &Digest, now: i64) -> bool {
        self.find(digest).is_some_and(|entry| entry.until() > now)
    }

    /// Takes a value in if it is not there, after everything that has expired is dropped.
    pub(super) fn insert(
        &self,
        digest: &Digest,
        issuer: u32,
        until: i64,
        now: i64,
        quota: usize,
    ) -> Result<(), Fault> {
        self.turn(now);
        if self.find(digest).is_some() {
            return Err(Fault::Present);
        }
        if until <= now || until <= self.first.dropped.load(Relaxed).cast_signed() {
            return Err(Fault::Past);
        }
        // The tally is of all issuers that share a cell, so that it can only be too high; it is counted out when it matters.
        let tally = self.tally(issuer).ok_or(Fault::Full)?;
        if usize::from(tally.load(Relaxed)) >= quota && self.count(issuer) >= quota {
            return Err(Fault::Quota);
        }
        let link = self.take().ok_or(Fault::Full)?;
        let (entry, chain) = self.entry(link).zip(self.chain(digest)).ok_or(Fault::Full)?;
        let wheel = self.tick(until).ok_or(Fault::Full)?;
        let [high, low] = *digest;
        entry.high.store(high, Relaxed);
        entry.low.store(low, Relaxed);
        entry.until.store(until.cast_unsigned(), Relaxed);
        entry.issuer.store(issuer, Relaxed);
        entry.chain.store(chain.load(Relaxed), Relaxed);
        chain.store(link, Relaxed);
        entry.wheel.store(wheel.load(Relaxed), Relaxed);
        wheel.store(link, Relaxed);
        tally.store(tally.load(Relaxed).saturating_add(1), Relaxed);
        self.first.len.store(self.first.len.load(Relaxed).saturating_add(1), Relaxed);
        Ok(())
    }

    /// Empties the shard, in which a thread may have left off halfway. What was in it counts as dropped, so that no such value is
    /// taken again before its time is over.
    fn clear(&self) {
        let mut dropped = self.first.dropped.load(Relaxed).cast_signed();
        for bucket in self.buckets {
            for entry in &bucket.entries {
                dropped = dropped.max(entry.until());
                entry.until.store(0, Relaxed);
            }
            let links = bucket.chains.iter().chain(&bucket.ticks).chain(&bucket.tallies);
            links.for_each(|link| link.store(0, Relaxed));
        }
        for count in [&self.first.len, &self.first.fresh, &self.first.free] {
            count.store(0, Relaxed);
        }
        self.first.dropped.store(dropped.cast_unsigned(), Relaxed);
    }

    /// Turns the wheel to `now`: drops every entry that does not count any more, and looks at no others than those and those
    /// that a whole turn separates from them.
    ///
    /// INVARIANT: every entry's expiry is after the tick. So nothing has to be done when the clock went back, except to set
    /// the tick back with it, so that the seconds in between are passed again.
    fn turn(&self, now: i64) {
        let was = self.first.tick.load(Relaxed).cast_signed();
        self.first.tick.store(now.cast_unsigned(), Relaxed);
        if self.first.len() == 0 {
            return;
        }
        let size = i64::try_from(self.size).unwrap_or(i64::MAX);
        for step in 1..=now.saturating_sub(was).min(size) {
            self.reap(was.saturating_add(step), now);
        }
    }

    /// Drops what does not count any more at `now` from the tick of `second`.
    fn reap(&self, second: i64, now: i64) {
        let Some(mut before) = self.tick(second) else { return };
        while let Some(entry) = self.entry(before.load(Relaxed)) {
            if entry.until() > now {
                before = &entry.wheel;
                continue;
            }
            let link = before.load(Relaxed);
            before.store(entry.wheel.load(Relaxed), Relaxed);
            self.unchain(entry, link);
            if let Some(tally) = self.tally(entry.issuer.load(Relaxed)) {
                tally.store(tally.load(Relaxed).saturating_sub(1), Relaxed);
            }
            let dropped = self.first.dropped.load(Relaxed).cast_signed().max(entry.until());
            self.first.dropped.store(dropped.cast_unsigned(), Relaxed);
            entry.until.store(0, Relaxed);
            entry.wheel.store(self.first.free.load(Relaxed), Relaxed);
            self.first.free.store(link, Relaxed);
            self.first.len.store(self.first.len.load(Relaxed).saturating_sub(1), Relaxed);
        }
    }

    /// Takes an entry out of the chain of its hash.
    fn unchain(&self, entry: &Entry, link: u16) {
        let Some(mut before) = self.chain(&[entry.high.load(Relaxed), entry.low.load(Relaxed)]) else {
            return;
        };
        while before.load(Relaxed) != link {
            let Some(next) = self.entry(before.load(Relaxed)) else { return };
            before = &next.chain;
        }
        before.store(entry.chain.load(Relaxed), Relaxed);
    }

    /// The entry of a value.
    fn find(&self, digest: &Digest) -> Option<&'a Entry> {
        let [high, low] = *digest;
        let mut entry = self.entry(self.chain(digest)?.load(Relaxed))?;
        while entry.high.load(Relaxed) != high || entry.low.load(Relaxed) != low {
            entry = self.entry(entry.chain.load(Relaxed))?;
        }
        Some(entry)
    }

    /// Takes an entry out of the free ones.
    fn take(&self) -> Option<u16> {
        let free = self.first.free.load(Relaxed);
        if let Some(entry) = self.entry(free) {
            self.first.free.store(entry.wheel.load(Relaxed), Relaxed);
            return Some(free);
        }
        let fresh = self.first.fresh.load(Relaxed);
        if usize::from(fresh) >= self.size {
            return None;
        }
        let link = fresh.checked_add(1)?;
        self.first.fresh.store(link, Relaxed);
        Some(link)
    }

    /// How many entries an issuer has, counted one by one.
    fn count(&self, issuer: u32) -> usize {
        let entries = self.buckets.iter().flat_map(|bucket| &bucket.entries);
        entries.filter(|entry| entry.issuer.load(Relaxed) == issuer && entry.until() != 0).count()
    }

    fn entry(&self, link: u16) -> Option<&'a Entry> {
        let index = usize::from(link.checked_sub(1)?);
        self.buckets.get(index / ENTRIES)?.entries.get(index % ENTRIES)
    }

    fn chain(&self, digest: &Digest) -> Option<&'a AtomicU16> {
        let [_, low] = *digest;
        let index = spread(low, self.size);
        self.buckets.get(index / ENTRIES)?.chains.get(index % ENTRIES)
    }

    fn tick(&self, second: i64) -> Option<&'a AtomicU16> {
        let index = usize::try_from(second.rem_euclid(i64::try_from(self.size).ok()?)).ok()?;
        self.buckets.get(index / ENTRIES)?.ticks.get(index % ENTRIES)
    }

    fn tally(&self, issuer: u32) -> Option<&'a AtomicU16> {
        let index = usize::try_from(issuer).ok()?.checked_rem(self.size)?;
        self.buckets.get(index / ENTRIES)?.tallies.get(index % ENTRIES)
    }
}
