//! How far apart fetches are: spans in milliseconds, spread by a mixer instead of a random generator's state.

use crate::limits;
use crate::time::{Seconds, UnixTime};

/// A span in milliseconds, saturating.
pub(super) const fn millis(span: Seconds) -> u64 {
    span.0.saturating_mul(1000)
}

/// The point `span` milliseconds after `time`; saturates.
pub(super) fn after(time: UnixTime, span: u64) -> UnixTime {
    let nanos = u64::from(time.nanos()).saturating_add((span % 1000).saturating_mul(1_000_000));
    let seconds = (span / 1000).saturating_add(nanos / 1_000_000_000);
    let nanos = u32::try_from(nanos % 1_000_000_000).unwrap_or(0);
    UnixTime::new(time.seconds().saturating_add_unsigned(seconds), nanos)
}

/// The milliseconds from `from` to `to`, rounded up; 0 if `to` is not later.
pub(super) fn between(from: UnixTime, to: UnixTime) -> u64 {
    if to <= from {
        return 0;
    }
    let seconds = to.seconds().saturating_sub(from.seconds()).unsigned_abs().saturating_mul(1000);
    let (more, less) = (u64::from(to.nanos()), u64::from(from.nanos()));
    if more >= less {
        seconds.saturating_add(more.saturating_sub(less).div_ceil(1_000_000))
    } else {
        seconds.saturating_sub(less.saturating_sub(more) / 1_000_000)
    }
}

/// A number of milliseconds from 0 to `most`, the same for the same seed and round.
pub(super) const fn spread(seed: u64, round: u64, most: u64) -> u64 {
    // SplitMix64's output function: every bit of the seed and the round reaches every bit of the result.
    let mut mixed = seed.wrapping_add(round.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    if most == u64::MAX { mixed } else { mixed % most.saturating_add(1) }
}

/// How long after a success the next fetch is due, in milliseconds: 5 to 10 % before the lifetime ends.
///
/// At least 5 %, so that an ordinary answer arrives while the set in force is still fresh; a spread of another 5 %, so that
/// services that started together do not ask together.
pub(super) fn scheduled(life: Seconds, seed: u64, round: u64) -> u64 {
    let life = millis(life);
    let part = life / 20;
    life.saturating_sub(part).saturating_sub(spread(seed, round, part))
}

/// How long to wait after the `failures`th failure in a row, in milliseconds: the upper half of a span that doubles.
pub(super) fn backoff(failures: u32, seed: u64, round: u64) -> u64 {
    let most = millis(Seconds(limits::KEYS_BACKOFF_MAX));
    let doublings = failures.min(32);
    let half = (millis(Seconds(limits::KEYS_WINDOW)) << doublings.saturating_sub(1)).min(most / 2);
    half.saturating_add(spread(seed, round, half))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_carry_into_seconds_and_saturate() {
        assert_eq!(after(UnixTime::new(7, 999_000_000), 1001), UnixTime::new(9, 0));
        assert_eq!(after(UnixTime::from_seconds(-1), 500), UnixTime::new(-1, 500_000_000));
        assert_eq!(after(UnixTime::from_seconds(i64::MAX), u64::MAX).seconds(), i64::MAX);
    }

    #[test]
    fn a_span_between_is_rounded_up_and_never_negative() {
        assert_eq!(between(UnixTime::new(1, 999_999_999), UnixTime::from_seconds(2)), 1);
        assert_eq!(between(UnixTime::new(1, 400_000_000), UnixTime::new(3, 100_000_000)), 1700);
        assert_eq!(between(UnixTime::from_seconds(2), UnixTime::from_seconds(1)), 0);
        assert_eq!(between(UnixTime::from_seconds(i64::MIN), UnixTime::from_seconds(i64::MAX)), u64::MAX);
    }

    #[test]
    fn the_schedule_lies_5_to_10_percent_before_the_end_and_uses_that_span() {
        let all: std::vec::Vec<u64> = (0..2000).map(|seed| scheduled(Seconds(600), seed, 1)).collect();
        assert!(all.iter().all(|span| (540_000..=570_000).contains(span)));
        assert!(all.iter().any(|span| *span < 541_000) && all.iter().any(|span| *span > 569_000));
    }

    #[test]
    fn failures_wait_from_10_s_to_5_min_and_differ_between_seeds() {
        for (failures, least, most) in [
            (1, 10, 20),
            (2, 20, 40),
            (3, 40, 80),
            (4, 80, 160),
            (5, 150, 300),
            (6, 150, 300),
            (u32::MAX, 150, 300),
        ] {
            let all: std::vec::Vec<u64> = (0..500).map(|seed| backoff(failures, seed, 1)).collect();
            assert!(all.iter().all(|span| (least * 1000..=most * 1000).contains(span)), "{failures}");
            assert!(all.iter().max() > all.iter().min(), "{failures}");
        }
    }
}
