//! Spans in milliseconds, and sums of them with points in time that never overflow.

use crate::time::{Seconds, UnixTime};

/// A span of time in milliseconds.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Millis(pub u64);

impl Millis {
    /// A span of whole seconds; saturates.
    #[must_use]
    pub const fn of(span: Seconds) -> Self {
        Self(span.0.saturating_mul(1_000))
    }

    /// The span with up to a quarter more by chance, never with less: what was to be waited for at least, stays so.
    #[must_use]
    pub(super) const fn spread(self, random: u64) -> Self {
        Self(self.0.saturating_add(random % (self.0 / 4).saturating_add(1)))
    }

    /// The span doubled as often as said, but no longer than `most`.
    pub(super) fn doubled(self, times: u32, most: Self) -> Self {
        let factor = 1_u64.checked_shl(times).unwrap_or(u64::MAX);
        Self(self.0.saturating_mul(factor)).min(most)
    }
}

/// The point `span` after `point`.
pub(super) fn after(point: UnixTime, span: Millis) -> UnixTime {
    let nanos = u64::from(point.nanos()).saturating_add((span.0 % 1_000).saturating_mul(1_000_000));
    let seconds = (span.0 / 1_000).saturating_add(nanos / 1_000_000_000);
    let rest = u32::try_from(nanos % 1_000_000_000).unwrap_or_default();
    UnixTime::new(point.seconds().saturating_add_unsigned(seconds), rest)
}

/// The point `span` before `point`, rounded to the past by less than a second.
pub(super) const fn before(point: UnixTime, span: Millis) -> UnixTime {
    point.minus(Seconds(span.0.div_ceil(1_000)))
}

/// How long it is from one point to a later one; nothing if it is not later.
pub(super) fn between(from: UnixTime, to: UnixTime) -> Millis {
    if to <= from {
        return Millis(0);
    }
    let seconds = to.seconds().saturating_sub(from.seconds());
    let millis = u64::try_from(seconds).unwrap_or_default().saturating_mul(1_000);
    let (more, less) = (u64::from(to.nanos() / 1_000_000), u64::from(from.nanos() / 1_000_000));
    Millis(millis.saturating_add(more).saturating_sub(less))
}

/// A point of our clock as another clock shows it that is `offset` seconds ahead.
pub(super) const fn seen_by(point: UnixTime, offset: i64) -> UnixTime {
    UnixTime::new(point.seconds().saturating_add(offset), point.nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_and_spans_add_up() {
        let point = UnixTime::new(10, 900_000_000);
        assert_eq!(after(point, Millis(1_250)), UnixTime::new(12, 150_000_000));
        assert_eq!(between(point, after(point, Millis(1_250))), Millis(1_250));
        assert_eq!(between(after(point, Millis(1)), point), Millis(0));
        assert_eq!(before(point, Millis(1)), UnixTime::new(9, 900_000_000));
        assert_eq!(
            after(UnixTime::LATEST, Millis(u64::MAX)).seconds(),
            253_402_300_799 + 18_446_744_073_709_552
        );
        assert_eq!(seen_by(point, -20), UnixTime::new(-10, 900_000_000));
    }

    #[test]
    fn chance_only_ever_makes_a_wait_longer() {
        for random in [0, 1, 249, 250, 251, u64::MAX] {
            let spread = Millis(1_000).spread(random);
            assert!((1_000..=1_250).contains(&spread.0), "{random}");
        }
        assert_eq!(Millis(0).spread(u64::MAX), Millis(0));
        assert_eq!(Millis(1_000).doubled(3, Millis(5_000)), Millis(5_000));
        assert_eq!(Millis(1_000).doubled(200, Millis(u64::MAX)), Millis(u64::MAX));
    }
}
