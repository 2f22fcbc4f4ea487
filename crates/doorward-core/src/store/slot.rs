//! One entry of a cache: many read it without writing, few write it, and nobody ever sees half of two.
//!
//! # Why a torn entry cannot be returned
//!
//! It is a sequence lock. Everything that it guards is atomic, so that a race is no undefined behaviour but only an old or a
//! new value; what has to be shown is that a reader that takes what it read has read one writer's values only.
//!
//! A writer W turns `state` to [`BUSY`] (`A`), fences with `Release` (`B`), stores the data (`C`), and stores the next turn
//! with `Release` (`D`). A reader loads `state` with `Acquire` (`1`), loads the data (`2`), fences with `Acquire` (`3`), and
//! loads `state` again (`4`). It takes the data only if `1` was not busy and `4` has the same turn and is not busy.
//!
//! * **Nothing newer.** Let a load in `2` have read from a `C`. Then `B` synchronises with `3` (a release fence before a store,
//!   an acquire fence after a load that reads from it), and `A`, before `B`, happens before `4`: `4` finds `A` or what came
//!   after it in `state`. All of those differ from what `1` saw if that was older than `A`.
//! * **Nothing older.** `1` reads from the `D` of the writer whose turn it is, or from a later change of a flag, which is a
//!   read-modify-write and so part of the release sequence of that `D`. Either way `D` synchronises with `1`, that writer's `C`
//!   happens before `2`, and coherence forbids `2` to read what came before it.
//! * **One writer at a time.** `A` is a compare-and-exchange from a state that is not busy; it acquires, so that the stores of
//!   two writers follow each other in the order of their turns. A turn counts up to 2^44, and only a reader that
//!   sleeps through exactly that many writes to one slot could take the last for the first.

use super::Digest;
use super::sync::{AtomicU64, Ordering, fence};
use crate::time::UnixTime;

/// A writer is at it.
const BUSY: u64 = 1;
/// It was read since it was written or last [cooled](Slot::cool).
const USED: u64 = 2;
/// It was read since it was written.
const PROVEN: u64 = 4;
/// It holds an entry.
const FULL: u64 = 8;
/// The minute in which it was written or last cooled, in 16 bits.
const MINUTE: u64 = 0xffff << MINUTE_SHIFT;
const MINUTE_SHIFT: u32 = 4;
/// What changes in a slot without a new turn.
const FLAGS: u64 = USED | PROVEN | MINUTE;
/// One turn of the sequence, in the bits above the rest.
const TURN: u64 = 1 << 20;

/// How often a removal tries again. A reader can get in its way once for each time that a slot is cooled, which is
/// once in a minute, and a writer ends the matter, so that more than three tries are not to be seen.
const TRIES: usize = 64;

/// The part that a search looks at: four of them are one cache line.
#[derive(Debug, Default)]
pub(super) struct Head {
    tag: AtomicU64,
    state: AtomicU64,
}

/// The part that a hit looks at. With 15 words it is two cache lines.
#[derive(Debug)]
pub(super) struct Body<const N: usize> {
    low: AtomicU64,
    words: [AtomicU64; N],
}

impl Head {
    /// One that holds nothing.
    #[cfg(not(all(loom, test)))]
    pub(super) const fn new() -> Self {
        Self { tag: AtomicU64::new(0), state: AtomicU64::new(0) }
    }
}

impl<const N: usize> Body<N> {
    /// One that holds nothing.
    #[cfg(not(all(loom, test)))]
    pub(super) const fn new() -> Self {
        Self { low: AtomicU64::new(0), words: [const { AtomicU64::new(0) }; N] }
    }
}

impl<const N: usize> Default for Body<N> {
    fn default() -> Self {
        Self { low: AtomicU64::new(0), words: core::array::from_fn(|_| AtomicU64::new(0)) }
    }
}

/// What a slot was at one moment; a write goes through only if it still is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen(u64);

impl Seen {
    /// Whether a writer was at it.
    pub(super) const fn is_busy(self) -> bool {
        self.0 & BUSY != 0
    }

    /// Whether it held an entry.
    pub(super) const fn is_full(self) -> bool {
        self.0 & FULL != 0
    }

    /// Whether it was read since it was written or last cooled.
    pub(super) const fn is_used(self) -> bool {
        self.0 & USED != 0
    }

    /// Whether it was read since it was written.
    pub(super) const fn is_proven(self) -> bool {
        self.0 & PROVEN != 0
    }

    /// Whether a whole minute has passed since it was written or last cooled. A minute that is yet to come has not passed:
    /// two threads need not agree on which it is.
    pub(super) fn is_old(self, minute: Minute) -> bool {
        let since = (minute.0.wrapping_sub(self.0 & MINUTE) & MINUTE) >> MINUTE_SHIFT;
        (2..0x8000).contains(&since)
    }
}

/// A minute, as a slot marks it. It comes back after 45 days, in half of which an entry passes for young; that costs others
/// its place, and nothing else.
#[derive(Clone, Copy, Debug)]
pub(super) struct Minute(u64);

impl Minute {
    /// The minute of a point in time.
    pub(super) const fn of(now: UnixTime) -> Self {
        Self((now.seconds().div_euclid(60).cast_unsigned() << MINUTE_SHIFT) & MINUTE)
    }
}

/// Both parts of one entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot<'a, const N: usize> {
    pub(super) head: &'a Head,
    pub(super) body: &'a Body<N>,
}

impl<const N: usize> Slot<'_, N> {
    /// The words of `digest`, if they are here and no writer was at them in the meantime.
    #[inline]
    pub(super) fn read(&self, digest: &Digest) -> Option<[u64; N]> {
        let [high, low] = *digest;
        // A first look, so that the other slots of a set cost one compare each; what counts is the look below.
        if self.head.tag.load(Ordering::Relaxed) != high {
            return None;
        }
        let before = self.head.state.load(Ordering::Acquire);
        if before & (BUSY | FULL) != FULL
            || self.head.tag.load(Ordering::Relaxed) != high
            || self.body.low.load(Ordering::Relaxed) != low
        {
            return None;
        }
        let words = self.body.words.each_ref().map(|word| word.load(Ordering::Relaxed));
        fence(Ordering::Acquire);
        let after = self.head.state.load(Ordering::Relaxed);
        if (before ^ after) & !FLAGS != 0 {
            return None;
        }
        if after & USED == 0 {
            // Only the first reader writes, so that a busy entry's line stays shared. Who loses the race need not care.
            let used = after | USED | PROVEN;
            let _ = self.head.state.compare_exchange(after, used, Ordering::Relaxed, Ordering::Relaxed);
        }
        Some(words)
    }

    /// What it is now, for a writer that chooses.
    pub(super) fn look(&self) -> Seen {
        Seen(self.head.state.load(Ordering::Relaxed))
    }

    /// Whether it seems to hold `digest`: good enough to choose by, since [`Self::write`] fails if it changed since `look`
    /// and writes the whole digest anyway.
    pub(super) fn seems(&self, digest: &Digest) -> bool {
        let [high, low] = *digest;
        self.head.tag.load(Ordering::Relaxed) == high && self.body.low.load(Ordering::Relaxed) == low
    }

    /// Its first word, which may be torn from its digest: good enough to choose by.
    pub(super) fn first_word(&self) -> u64 {
        self.body.words.first().map_or(0, |word| word.load(Ordering::Relaxed))
    }

    /// Writes an entry if the slot still is what was `seen`; a new entry counts as never used.
    pub(super) fn write(&self, seen: Seen, digest: &Digest, words: &[u64; N], minute: Minute) -> bool {
        let Some(seen) = self.take(seen) else { return false };
        self.store(digest, words);
        self.head.state.store((seen.wrapping_add(TURN) & !FLAGS) | FULL | minute.0, Ordering::Release);
        true
    }

    /// Removes `digest` if it is here; true if it was. A reader never stops it, a writer does: what that writer writes comes
    /// after the removal.
    pub(super) fn erase(&self, digest: &Digest) -> bool {
        for _ in 0..TRIES {
            let seen = self.look();
            if seen.is_busy() || !seen.is_full() || !self.seems(digest) {
                return false;
            }
            let Some(seen) = self.take(seen) else { continue };
            let same = self.seems(digest);
            if same {
                self.store(&[0, 0], &[0; N]);
            }
            // A turn is over even if nothing was written: it costs a reader a miss, and is one case less to argue about.
            let next = seen.wrapping_add(TURN);
            self.head.state.store(if same { next & !(FLAGS | FULL) } else { next }, Ordering::Release);
            return same;
        }
        false
    }

    /// Takes the mark of use away, if the slot still is what was `seen`.
    pub(super) fn cool(&self, Seen(seen): Seen, minute: Minute) {
        let cool = (seen & !(USED | MINUTE)) | minute.0;
        if seen & BUSY == 0 {
            let _ = self.head.state.compare_exchange(seen, cool, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    /// `A` and `B` of the module's argument.
    fn take(&self, Seen(seen): Seen) -> Option<u64> {
        if seen & BUSY != 0 {
            return None;
        }
        self.head.state.compare_exchange(seen, seen | BUSY, Ordering::Acquire, Ordering::Relaxed).ok()?;
        fence(Ordering::Release);
        Some(seen)
    }

    /// Stays as a writer leaves it that was stopped in the middle.
    #[cfg(all(test, not(loom)))]
    pub(super) fn stop_in_the_middle(&self) {
        assert!(self.take(self.look()).is_some());
    }

    /// `C` of the module's argument.
    fn store(&self, digest: &Digest, words: &[u64; N]) {
        let [high, low] = *digest;
        self.head.tag.store(high, Ordering::Relaxed);
        self.body.low.store(low, Ordering::Relaxed);
        for (to, from) in self.body.words.iter().zip(words) {
            to.store(*from, Ordering::Relaxed);
        }
    }
}
