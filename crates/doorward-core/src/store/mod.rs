//! What is remembered between decisions: fixed capacity, memory that the host lends, no allocation and no waiting.
//!
//! * [`known`]: verified or refused credentials, a cache: anything may be forgotten, nothing may be mixed up.
//! * [`replay`]: single-use values: nothing may be forgotten before its time.
//! * [`failures`]: who failed how often: small debts may be forgotten, large ones only for larger ones.
//!
//! Everything is found by a keyed [`Digest`], never by what it is a digest of; no entry holds a credential.
//! All three are shared by any number of threads without a lock around them. They do not cross processes: a forked child
//! has copies. What another thread was writing at the time of the fork is lost to it: one entry of a cache, or
//! [one shard of used values](Replay::in_process), behind which nothing is taken twice. (A replay store that is not told its process
//! refuses all of that shard as full.)

pub mod digest;
pub mod failures;
pub mod known;
pub mod replay;

#[cfg(all(loom, test))]
mod models;
mod shard;
mod slot;
mod sync;

pub use digest::{Digest, Digester, Domain};
pub use failures::{Bucket as FailureBucket, Failures, Rate};
pub use known::{Bucket, Remembered, WORDS, Words};
pub use replay::{Bucket as ReplayBucket, Refused, Replay};

/// Maps a word of a digest evenly to a number below `count`; 0 if there is none.
///
/// A product instead of a remainder: cheaper than a division, and counts need not be powers of two.
fn spread(word: u64, count: usize) -> usize {
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    usize::try_from(u128::from(word).wrapping_mul(u128::from(count)) >> 64).unwrap_or(0)
}

/// A digest as good as random.
#[cfg(test)]
fn mixed(seed: u64) -> Digest {
    let mix = |salt: u64| {
        let mut word = seed.wrapping_add(salt).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    };
    [mix(1 << 32), mix(3 << 40)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreading_is_even_and_stays_below_the_count() {
        for count in [1, 2, 3, 1000] {
            assert_eq!((spread(0, count), spread(u64::MAX, count)), (0, count - 1));
        }
        assert_eq!(spread(u64::MAX, 0), 0);
    }
}
