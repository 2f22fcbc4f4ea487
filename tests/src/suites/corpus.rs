//! The seeds of the fuzz targets, and changes to them that are the same on every run.

use std::path::Path;

/// The committed seeds of a target, by name.
///
/// # Panics
///
/// If there are none: a target without seeds tests next to nothing.
#[must_use]
pub fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let seeds: Vec<_> = super::vectors::files(&folder)
        .into_iter()
        .filter_map(|(name, path)| Some((name, std::fs::read(path).ok()?)))
        .collect();
    assert!(!seeds.is_empty(), "no seeds for {target}");
    seeds
}

/// Makes hostile inputs out of good ones.
#[derive(Clone, Copy, Debug)]
pub struct Mutator {
    state: u64,
}

/// Bytes on which parsers turn.
const TURNS: &[u8] = b"\0\t\n\r \"%&+,-./0129:;<=>?@AEZ[\\]_`aez{|}~\x7f\x80\xc0\xff#*fnut";

impl Mutator {
    /// One that gives the same for the same seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed | 1 }
    }

    /// The next number below `end`, which is not zero (xorshift64*, Vigna 2016).
    pub fn below(&mut self, end: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        let high = self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).unwrap_or_default() % end.max(1)
    }

    /// `input` with one to four changes; `other` is what a piece may be taken from.
    pub fn mutate(&mut self, input: &[u8], other: &[u8]) -> Vec<u8> {
        let mut out = input.to_vec();
        for _ in 0..=self.below(4) {
            self.change(&mut out, other);
        }
        out
    }

    fn change(&mut self, out: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(out.len() + 1);
        let end = (at + 1 + self.below(8)).min(out.len()).max(at);
        let turn = TURNS.get(self.below(TURNS.len())).copied().unwrap_or_default();
        match self.below(7) {
            0 => {
                let bit = 1 << self.below(8);
                out.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= bit);
            }
            1 => out.iter_mut().skip(at).take(1).for_each(|byte| *byte = turn),
            2 => out.insert(at, turn),
            3 => drop(out.drain(at..end)),
            4 => {
                let piece: Vec<u8> = out.iter().skip(at).take(end - at).copied().collect();
                drop(out.splice(at..at, piece));
            }
            5 => {
                let from = self.below(other.len() + 1);
                let piece: Vec<u8> = other.iter().skip(from).take(1 + self.below(32)).copied().collect();
                drop(out.splice(at..end, piece));
            }
            _ => out.truncate(at),
        }
    }
}
