//! Random numbers that are the same on every run.

/// A stream of numbers from a seed (SplitMix64, Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xa076_1d64_78bd_642f) ^ 0xe703_7ed1_a0b4_28db)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `least` to `most`.
    pub(super) fn within(&mut self, least: u64, most: u64) -> u64 {
        least + self.next() % most.saturating_sub(least).saturating_add(1)
    }

    /// Whether an event of this many percent happens.
    pub(super) fn percent(&mut self, chance: u64) -> bool {
        self.within(1, 100) <= chance
    }

    /// One of these.
    pub(super) fn pick<T: Copy>(&mut self, first: T, others: &[T]) -> T {
        let place = usize::try_from(self.within(0, u64::try_from(others.len()).unwrap_or(0))).unwrap_or(0);
        place.checked_sub(1).and_then(|place| others.get(place)).copied().unwrap_or(first)
    }
}
