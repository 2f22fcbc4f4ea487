//! What is remembered of keys that decisions missed: a few hashed names, and since when.

use crate::limits;

/// A hash of a token's `kid`, by which the machine tells missed keys apart.
///
/// It is FNV-1a, which anyone can find collisions for. All that two kids with one hint do is share an answer: a forger who
/// aims at an honest caller's kid makes it `Unknown` where it would be `Pending`, for one window, which sending that very
/// kid would do as well. A hint never selects a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyHint(u64);

impl KeyHint {
    /// The hint of a token that names no key.
    pub const NONE: Self = Self(0);

    /// The hint of this `kid`; an empty one is a name like any other.
    #[must_use]
    pub fn of(kid: Option<&[u8]>) -> Self {
        let Some(kid) = kid else { return Self::NONE };
        let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        Self(kid.iter().fold(0xcbf2_9ce4_8422_2325, step).max(1))
    }
}

/// One missed key.
#[derive(Clone, Copy, Debug)]
struct Miss {
    kid: KeyHint,
    round: u64,
}

/// The most recently missed keys, each with how many fetches had begun when it was missed.
///
/// Counting fetches instead of comparing times keeps "was it missed before that fetch began?" right whatever the clock
/// does. A flood of distinct kids pushes entries out; a key that is forgotten here is asked for again, which the window
/// bounds, and its caller is told to wait instead of being told no.
#[derive(Clone, Debug)]
pub(super) struct Misses {
    ring: [Option<Miss>; limits::KEYS_MISSED],
    oldest: usize,
}

impl Misses {
    pub(super) const NONE: Self = Self { ring: [None; limits::KEYS_MISSED], oldest: 0 };

    /// How many fetches had begun when this key was missed.
    pub(super) fn round(&self, kid: KeyHint) -> Option<u64> {
        self.ring.iter().flatten().find(|miss| miss.kid == kid).map(|miss| miss.round)
    }

    /// Notes that this key was missed after so many fetches had begun.
    pub(super) fn note(&mut self, kid: KeyHint, round: u64) {
        if let Some(miss) = self.ring.iter_mut().flatten().find(|miss| miss.kid == kid) {
            miss.round = round;
        } else if let Some(slot) = self.ring.get_mut(self.oldest) {
            *slot = Some(Miss { kid, round });
            self.oldest = self.oldest.saturating_add(1) % limits::KEYS_MISSED;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_kid_has_a_hint_of_its_own() {
        assert_eq!(KeyHint::of(None), KeyHint::NONE);
        assert_ne!(KeyHint::of(Some(b"")), KeyHint::NONE);
        assert_ne!(KeyHint::of(Some(b"2026-11")), KeyHint::of(Some(b"2026-12")));
    }

    #[test]
    fn the_hint_is_fnv_1a() {
        // The vectors of draft-eastlake-fnv, section 8.2, for "" and "a" and "foobar".
        assert_eq!(KeyHint::of(Some(b"")), KeyHint(0xcbf2_9ce4_8422_2325));
        assert_eq!(KeyHint::of(Some(b"a")), KeyHint(0xaf63_dc4c_8601_ec8c));
        assert_eq!(KeyHint::of(Some(b"foobar")), KeyHint(0x8594_4171_f739_67e8));
    }

    #[test]
    fn the_oldest_miss_is_forgotten_first_and_a_repeat_takes_no_second_place() {
        let mut misses = Misses::NONE;
        let full: std::vec::Vec<KeyHint> = (0..).map(KeyHint).take(limits::KEYS_MISSED).collect();
        for kid in &full {
            misses.note(*kid, 1);
            misses.note(*kid, 2);
        }
        assert!(full.iter().all(|kid| misses.round(*kid) == Some(2)));
        misses.note(KeyHint(999), 3);
        assert_eq!(misses.round(KeyHint(0)), None);
        assert_eq!(misses.round(KeyHint(1)), Some(2));
        assert_eq!(misses.round(KeyHint(999)), Some(3));
    }
}
