//! Credentials that were decided on before: a cache from keyed digests to a few words.

use super::slot::{Body, Head, Minute, Seen, Slot};
use super::sync::{AtomicU64, Ordering};
use super::{Digest, spread};
use crate::time::UnixTime;

/// How many words an entry holds.
pub const WORDS: usize = 15;

/// What an entry holds; word 0 is its expiry in Unix seconds (the bits of an `i64`), the others are the host's.
pub type Words = [u64; WORDS];

/// How many entries a [`Bucket`] holds. The heads of four are one cache line, those of eight two, which come together.
const WAYS: usize = 8;

/// With how many free slots in an entry's first bucket the second is not considered. So nearly all hits find what they look
/// for in the first, and yet the memory fills as evenly as if the emptier of the two was always taken (simulated).
const ROOMY: usize = 3;

/// How often [`Remembered::put`] chooses again when another thread was faster. It is a cache: better to give up.
const TRIES: usize = 3;

/// The unit of storage: eight entries in eighteen cache lines, of which a lookup reads the first two, and a hit two more.
#[derive(Debug, Default)]
#[repr(C, align(128))]
pub struct Bucket {
    heads: [Head; WAYS],
    bodies: [Body<WORDS>; WAYS],
}

impl Bucket {
    /// A bucket that holds nothing.
    #[cfg(not(all(loom, test)))]
    #[expect(
        clippy::declare_interior_mutable_const,
        reason = "to fill arrays with; each use is a new bucket"
    )]
    pub const EMPTY: Self =
        Self { heads: [const { Head::new() }; WAYS], bodies: [const { Body::new() }; WAYS] };

    #[inline]
    fn slots(&self) -> impl Iterator<Item = Slot<'_, WORDS>> {
        self.heads.iter().zip(&self.bodies).map(|(head, body)| Slot { head, body })
    }

    /// How many slots are free, and the one that is worth least; none if all are in use.
    fn choose(&self, now: UnixTime) -> (usize, Option<Choice<'_>>) {
        let minute = Minute::of(now);
        let mut free = 0_usize;
        let mut least: Option<Choice<'_>> = None;
        for slot in self.slots() {
            let seen = slot.look();
            if seen.is_busy() {
                continue;
            }
            let until = slot.first_word().cast_signed();
            let worth = if !seen.is_full() || until <= now.seconds() {
                free = free.saturating_add(1);
                Worth::Nothing
            } else if !seen.is_proven() {
                Worth::NeverUsed(until)
            } else if !seen.is_old(minute) {
                continue;
            } else if seen.is_used() {
                // From now on it has a minute to be used again, so that those who once were do not stay for ever.
                slot.cool(seen, minute);
                continue;
            } else {
                Worth::NotUsedLately(until)
            };
            if least.as_ref().is_none_or(|least| worth < least.worth) {
                least = Some(Choice { worth, slot, seen });
            }
        }
        (free, least)
    }
}

/// A slot that may be written over.
#[derive(Debug)]
struct Choice<'a> {
    worth: Worth,
    slot: Slot<'a, WORDS>,
    seen: Seen,
}

/// One partition of what is remembered: verified credentials, or refused ones. A flood in one never reaches the other.
///
/// An entry lives in one of two buckets that its digest names: in the first, or, if that is nearly full, in the emptier one.
/// So a hit mostly costs three or four cache lines, and the memory fills evenly before anything has to go.
///
/// What has to go: an entry that expired; else one that was never read since it was put; else one that was not read for more
/// than a minute; of each the one that expires first. What is read at least once a minute never has to go: if there is nothing
/// else, the new entry is not remembered. A flood of new entries therefore replaces itself and not what is in use.
#[derive(Debug)]
pub struct Remembered<S> {
    storage: S,
    filled: Apart,
}

/// A counter that writers change, away from the line that readers need.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Apart(AtomicU64);

/// How gladly a slot is given up; the least goes first, then what expires first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Worth {
    Nothing,
    NeverUsed(i64),
    NotUsedLately(i64),
}

/// What became of a digest's own entry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Renewed {
    Yes,
    Absent,
    Missed,
}

/// How many [buckets](Bucket) keep `capacity` entries at once.
///
/// A quarter more than they need, rounded up to whole buckets: entries fall where their digests say, and with this much room
/// two in a thousand of them find both of their buckets taken (measured). A bucket is 1152 bytes, so that an entry costs 180.
#[must_use]
pub const fn storage_for(capacity: usize) -> usize {
    capacity.saturating_add(capacity.div_ceil(4)).div_ceil(WAYS)
}

impl<S: AsRef<[Bucket]>> Remembered<S> {
    /// One that keeps its entries in `storage`; see [`storage_for`]. Without any bucket it remembers nothing.
    #[must_use]
    pub fn new(storage: S) -> Self {
        Self { storage, filled: Apart::default() }
    }

    /// How many entries it has memory for.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.storage.as_ref().len().saturating_mul(WAYS)
    }

    /// The words that were put for this digest, all of one [`Self::put`]. Nothing is said about their expiry.
    ///
    /// Nothing is found while the entry is being replaced, even by itself.
    #[must_use]
    #[inline]
    pub fn get(&self, digest: &Digest) -> Option<Words> {
        self.slots(digest).find_map(|slot| slot.read(digest))
    }

    /// Remembers `words` for `digest`, instead of what was there for it.
    ///
    /// It may give up when other threads write in the same place at the same time.
    pub fn put(&self, digest: &Digest, words: &Words, now: UnixTime) {
        for _ in 0..TRIES {
            let done = match self.renew(digest, words, now) {
                Renewed::Yes => true,
                // To place it elsewhere would leave two, of which a reader could find the older.
                Renewed::Missed => false,
                Renewed::Absent => self.place(digest, words, now),
            };
            if done {
                return;
            }
        }
    }

    /// Forgets `digest`: who asks after this call does not find what was put before it.
    ///
    /// What is put at the same time may stay; who may not tolerate that changes an epoch first.
    pub fn forget(&self, digest: &Digest) {
        for slot in self.slots(digest) {
            if slot.erase(digest) {
                self.filled.0.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }

    /// How many entries it holds, expired ones included; not exact while others write.
    #[must_use]
    pub fn len(&self) -> usize {
        // A removal may be counted before the entry that it removed.
        usize::try_from(self.filled.0.load(Ordering::Relaxed).cast_signed()).unwrap_or(0)
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The two buckets of a digest, each of which is named by one half of it, and the second by the first as well.
    #[inline]
    fn buckets(&self, digest: &Digest) -> impl Iterator<Item = &Bucket> {
        let buckets = self.storage.as_ref();
        let [high, low] = *digest;
        // The first bucket comes from the half that is not compared first, so that neighbours differ in that one.
        let first = spread(low, buckets.len());
        // Never the same one twice: a slot that is met again would pass for a second entry of the same digest.
        let second = spread(high, buckets.len().saturating_sub(1));
        let second = if second < first { second } else { second.saturating_add(1) };
        [first, second].into_iter().filter_map(|index| buckets.get(index))
    }

    /// All the slots of those.
    #[inline]
    fn slots(&self, digest: &Digest) -> impl Iterator<Item = Slot<'_, WORDS>> {
        self.buckets(digest).flat_map(Bucket::slots)
    }

    /// Writes over the entry of the same digest. Two threads can have put two; one of them goes.
    fn renew(&self, digest: &Digest, words: &Words, now: UnixTime) -> Renewed {
        let mut renewed = Renewed::Absent;
        for slot in self.slots(digest) {
            let seen = slot.look();
            if !(seen.is_full() || seen.is_busy()) || !slot.seems(digest) {
                continue;
            }
            if renewed == Renewed::Yes {
                if slot.erase(digest) {
                    self.filled.0.fetch_sub(1, Ordering::Relaxed);
                }
            } else if slot.write(seen, digest, words, Minute::of(now)) {
                renewed = Renewed::Yes;
            } else {
                return Renewed::Missed;
            }
        }
        renewed
    }

    /// Writes into the slot that is worth least; true also if all are worth more than a new entry.
    fn place(&self, digest: &Digest, words: &Words, now: UnixTime) -> bool {
        let mut best: Option<Choice<'_>> = None;
        let mut most = 0;
        for bucket in self.buckets(digest) {
            let (free, choice) = bucket.choose(now);
            let better = match (&best, &choice) {
                (Some(best), Some(choice)) => choice.worth < best.worth || free > most,
                (None, _) => true,
                (_, None) => false,
            };
            if better {
                (best, most) = (choice, free);
            }
            if free >= ROOMY {
                break;
            }
        }
        let Some(Choice { slot, seen, .. }) = best else { return true };
        let written = slot.write(seen, digest, words, Minute::of(now));
        if written && !seen.is_full() {
            self.filled.0.fetch_add(1, Ordering::Relaxed);
        }
        written
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::store::mixed;
    use std::vec::Vec;

    const NOW: UnixTime = UnixTime::from_seconds(1_000);

    fn store(buckets: usize) -> Remembered<Vec<Bucket>> {
        Remembered::new((0..buckets).map(|_| Bucket::default()).collect())
    }

    fn words(until: i64, mark: u64) -> Words {
        let mut words = [mark; WORDS];
        words[0] = until.cast_unsigned();
        words
    }

    #[test]
    fn what_was_put_is_found_whole_and_nothing_else_is() {
        let store = store(4);
        assert_eq!(store.get(&[1, 2]), None);
        assert_eq!(store.get(&[0, 0]), None, "an empty slot is no entry");
        store.put(&[1, 2], &words(2_000, 7), NOW);
        assert_eq!(store.get(&[1, 2]), Some(words(2_000, 7)));
        store.put(&[0, 0], &words(2_000, 8), NOW);
        assert_eq!(store.get(&[0, 0]), Some(words(2_000, 8)));
        assert_eq!((store.len(), store.is_empty()), (2, false));
    }

    #[test]
    fn the_whole_digest_is_compared() {
        let store = store(1);
        store.put(&[5, 6], &words(2_000, 7), NOW);
        for bit in 0..64 {
            assert_eq!(store.get(&[5 ^ (1 << bit), 6]), None);
            assert_eq!(store.get(&[5, 6 ^ (1 << bit)]), None);
            store.forget(&[5 ^ (1 << bit), 6]);
            store.forget(&[5, 6 ^ (1 << bit)]);
        }
        assert!(store.get(&[5, 6]).is_some());
        store.put(&[5, 7], &words(2_000, 8), NOW);
        store.put(&[4, 6], &words(2_000, 9), NOW);
        assert_eq!(store.get(&[5, 6]), Some(words(2_000, 7)));
        assert_eq!(store.len(), 3);
    }

    #[test]
    fn a_second_put_takes_the_place_of_the_first() {
        let store = store(3);
        store.put(&[1, 2], &words(2_000, 7), NOW);
        store.put(&[1, 2], &words(3_000, 8), NOW);
        assert_eq!(store.get(&[1, 2]), Some(words(3_000, 8)));
        assert_eq!(store.len(), 1);
    }

    #[test]
    fn a_second_entry_of_one_digest_goes_with_the_next_put_or_removal() {
        for forget in [false, true] {
            let store = store(3);
            // What two threads can leave that put at the same time.
            for slot in store.slots(&[1, 2]).take(2) {
                assert!(slot.write(slot.look(), &[1, 2], &words(2_000, 7), Minute::of(NOW)));
                store.filled.0.fetch_add(1, Ordering::Relaxed);
            }
            if forget {
                store.forget(&[1, 2]);
            } else {
                store.put(&[1, 2], &words(2_000, 8), NOW);
            }
            assert_eq!(store.len(), usize::from(!forget));
            assert_eq!(store.slots(&[1, 2]).filter(|slot| slot.seems(&[1, 2])).count(), usize::from(!forget));
        }
    }

    #[test]
    fn a_writer_that_is_stopped_costs_its_slot_and_stops_nobody() {
        let store = store(1);
        store.put(&[1, 2], &words(2_000, 7), NOW);
        store.slots(&[1, 2]).filter(|slot| slot.seems(&[1, 2])).for_each(|slot| slot.stop_in_the_middle());
        store.put(&[1, 2], &words(2_000, 8), NOW);
        assert_eq!((store.get(&[1, 2]), store.len()), (None, 1), "there is no second one of it elsewhere");
        store.forget(&[1, 2]);
        (10..50).for_each(|id| store.put(&[id, id], &words(2_000, id), NOW));
        assert_eq!(store.len(), WAYS);
    }

    #[test]
    fn what_was_forgotten_is_gone() {
        let store = store(2);
        store.put(&[1, 2], &words(2_000, 7), NOW);
        store.put(&[1, 3], &words(2_000, 7), NOW);
        assert!(store.get(&[1, 2]).is_some(), "and in use");
        store.forget(&[1, 2]);
        store.forget(&[1, 2]);
        assert_eq!(store.get(&[1, 2]), None);
        assert!(store.get(&[1, 3]).is_some());
        assert_eq!(store.len(), 1);
    }

    fn held(store: &Remembered<Vec<Bucket>>) -> Vec<u64> {
        let mut marks = Vec::new();
        for slot in store.slots(&[0, 0]) {
            marks.extend((0..20).filter(|id| slot.look().is_full() && slot.seems(&[*id, *id])));
        }
        marks.sort_unstable();
        marks
    }

    /// Takes half of a bucket with entries that stay, so that the cases below need name only the others.
    fn fill(store: &Remembered<Vec<Bucket>>) {
        for slot in store.slots(&[0, 0]).take(WAYS / 2) {
            // A minute to come: these are always in use.
            assert!(slot.write(
                slot.look(),
                &[99, 99],
                &words(i64::MAX, 99),
                Minute::of(UnixTime::from_seconds(600_000))
            ));
            assert!(slot.read(&[99, 99]).is_some());
        }
    }

    fn read(store: &Remembered<Vec<Bucket>>, ids: &[u64]) {
        assert!(ids.iter().all(|id| store.get(&[*id, *id]).is_some()));
    }

    #[test]
    fn the_expired_go_first_then_those_never_read_then_those_not_read_for_a_minute() {
        let store = store(1);
        let put = |id, until, now| store.put(&[id, id], &words(until, id), UnixTime::from_seconds(now));
        fill(&store);
        (1..).zip([5_500, 5_200, 1_000, 5_400]).for_each(|(id, until)| put(id, until, 0));
        read(&store, &[1, 3]);
        put(5, 5_300, 1_000);
        assert_eq!(held(&store), [1, 2, 4, 5], "3 was read, but its time is over");
        put(6, 5_100, 1_000);
        assert_eq!(held(&store), [1, 4, 5, 6], "2 expires first of those that were never read");
        read(&store, &[1, 4, 5, 6]);
        put(7, 9_000, 1_001);
        assert_eq!(held(&store), [1, 4, 5, 6], "all are in use");
        read(&store, &[5, 6]);
        put(8, 9_000, 1_079);
        assert_eq!(held(&store), [1, 4, 5, 6], "1 and 4 had no whole minute to be read again");
        put(9, 9_000, 1_080);
        assert_eq!(held(&store), [1, 5, 6, 9], "4 expires first of those that were not read for a minute");
        put(10, 9_000, 1_080);
        assert_eq!(held(&store), [1, 5, 6, 10], "9 was never read, which is less than not for a minute");
    }

    #[test]
    fn what_is_read_once_a_minute_stays_and_what_is_not_goes_in_the_end() {
        let store = store(1);
        fill(&store);
        (1..=4).for_each(|id| store.put(&[id, id], &words(90_000, id), NOW));
        read(&store, &[1, 2, 3, 4]);
        for second in 0..3_000 {
            if second % 60 == 0 {
                read(&store, &[1, 2, 3]);
            }
            let id = 1_000 + second;
            store.put(&[id, id], &words(90_001, id), UnixTime::from_seconds(1_000 + id.cast_signed()));
        }
        read(&store, &[1, 2, 3]);
        assert_eq!(store.get(&[4, 4]), None);
    }

    #[test]
    fn an_entry_whose_time_is_over_at_this_second_makes_room() {
        let store = store(1);
        fill(&store);
        (1..=4).for_each(|id| store.put(&[id, id], &words(1_000 + id.cast_signed(), id), NOW));
        assert!((1..=4).all(|id| store.get(&[id, id]).is_some()));
        store.put(&[9, 9], &words(2_000, 9), UnixTime::from_seconds(1_001));
        assert_eq!(store.get(&[1, 1]), None);
        assert!((2..=4).all(|id| store.get(&[id, id]).is_some()));
    }

    #[test]
    fn a_flood_of_new_entries_leaves_those_in_use_alone() {
        let store = store(storage_for(10_000));
        (0..5_000).for_each(|id| store.put(&mixed(id), &words(2_000, id), NOW));
        let regular = (0..5_000).filter(|id| store.get(&mixed(*id)).is_some()).collect::<Vec<_>>();
        assert!(regular.len() > 4_990);
        // Later expiry and sooner expiry, a hundred times the capacity, and nobody reads the regular ones meanwhile.
        (0..1_000_000)
            .for_each(|id| store.put(&mixed(!id), &words(1_001 + (id % 5_000).cast_signed(), id), NOW));
        let left = regular.iter().filter(|id| store.get(&mixed(**id)).is_some()).count();
        std::println!("{left} of {} entries in use survived a million new ones", regular.len());
        assert_eq!(left, regular.len());
    }

    #[test]
    fn storage_for_a_number_of_entries_keeps_them() {
        for count in [1_000, 10_000, 100_000_u32] {
            let values = || (0..count).map(u64::from);
            let count = usize::try_from(count).unwrap();
            let store = store(storage_for(count));
            assert!(store.capacity() >= count + count / 4);
            values().for_each(|id| store.put(&mixed(id), &words(2_000, id), NOW));
            let kept = values().filter(|id| store.get(&mixed(*id)) == Some(words(2_000, *id))).count();
            std::println!("{kept} of {count} kept in {} slots", store.capacity());
            assert!(kept * 1_000 >= count * 995);
            assert_eq!(store.len(), kept);
        }
    }

    #[test]
    fn without_memory_nothing_is_remembered() {
        let store = store(storage_for(0));
        store.put(&[1, 2], &words(2_000, 7), NOW);
        store.forget(&[1, 2]);
        assert_eq!((store.get(&[1, 2]), store.len(), store.capacity()), (None, 0, 0));
    }

    #[test]
    fn the_heads_of_a_bucket_are_two_cache_lines_that_come_together() {
        assert_eq!(
            (size_of::<[Head; WAYS]>(), size_of::<Body<WORDS>>(), size_of::<Bucket>()),
            (128, 128, 1152)
        );
        assert_eq!(align_of::<Bucket>(), 128);
    }
}
