//! Choices made at random, the same ones for the same seed.

use crate::suites::corpus::Mutator;

/// What chooses.
#[derive(Debug)]
pub(super) struct Pick {
    numbers: Mutator,
}

impl Pick {
    pub(super) fn new(seed: u64) -> Self {
        // Neighbouring seeds are spread out (the constant of Weyl sequences), and the first numbers thrown away.
        let mut numbers = Mutator::new((seed.wrapping_add(1)).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        for _ in 0..8 {
            numbers.below(2);
        }
        Self { numbers }
    }

    /// A number below `end`, or 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.numbers.below(end)
    }

    /// Yes, so many times in a hundred.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list.
    pub(super) fn one<'l, T>(&mut self, list: &'l [T]) -> Option<&'l T> {
        let at = self.below(list.len());
        list.get(at)
    }

    /// One of a list of texts.
    pub(super) fn word(&mut self, list: &[&'static str]) -> &'static str {
        self.one(list).copied().unwrap_or_default()
    }

    /// The place of one of a list, as often as its weight says.
    pub(super) fn weighted(&mut self, weights: &[usize]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (at, weight) in weights.iter().enumerate() {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return at,
            }
        }
        0
    }

    /// A text with one to four changes to its bytes; what is no UTF-8 any more becomes the replacement character, since
    /// a case file holds text.
    pub(super) fn spoil(&mut self, text: &str, other: &str) -> String {
        String::from_utf8_lossy(&self.numbers.mutate(text.as_bytes(), other.as_bytes())).into_owned()
    }

    /// A place between two characters of a text.
    pub(super) fn split<'t>(&mut self, text: &'t str) -> (&'t str, &'t str) {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        text.split_at_checked(at).unwrap_or((text, ""))
    }
}
