//! Points in time and spans of it, given by the caller: the core has no clock.

use core::fmt;

/// A point in time: seconds since 1970-01-01T00:00:00Z, with nanoseconds.
///
/// Both `now` and every NumericDate of a token have this type, so that fractions compare exactly
/// ([RFC 7519, section 2]).
///
/// [RFC 7519, section 2]: https://www.rfc-editor.org/rfc/rfc7519#section-2
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UnixTime {
    seconds: i64,
    nanos: u32,
}

impl UnixTime {
    /// The last second of the year 9999, the end of what RFC 3339 can write.
    ///
    /// A NumericDate beyond it is not a date: most often it is a time in milliseconds, and taking it at its
    /// word would make a token valid for tens of thousands of years.
    pub const LATEST: Self = Self { seconds: 253_402_300_799, nanos: 999_999_999 };

    /// The earliest point that can be told.
    pub const EARLIEST: Self = Self { seconds: i64::MIN, nanos: 0 };

    /// The point `seconds` after the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self { seconds, nanos: 0 }
    }

    /// The point `seconds` and `nanos` after the epoch; nanoseconds past one second are clamped to the last one.
    #[must_use]
    pub const fn new(seconds: i64, nanos: u32) -> Self {
        Self { seconds, nanos: if nanos > 999_999_999 { 999_999_999 } else { nanos } }
    }

    /// Whole seconds since the epoch, rounded towards the past.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds after [`Self::seconds`], below one second.
    #[must_use]
    pub const fn nanos(self) -> u32 {
        self.nanos
    }

    /// This point moved `span` into the future; saturates.
    #[must_use]
    pub const fn plus(self, span: Seconds) -> Self {
        Self { seconds: self.seconds.saturating_add_unsigned(span.0), nanos: self.nanos }
    }

    /// This point moved `span` into the past; saturates.
    #[must_use]
    pub const fn minus(self, span: Seconds) -> Self {
        Self { seconds: self.seconds.saturating_sub_unsigned(span.0), nanos: self.nanos }
    }
}

impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nanos == 0 {
            write!(f, "{}", self.seconds)
        } else if self.seconds < 0 {
            // The pair counts nanoseconds upwards from the second below: -1 s + 0.5 s is written -0.5.
            let whole = self.seconds.saturating_add(1).unsigned_abs();
            write!(f, "-{whole}.{:09}", 1_000_000_000_u32.saturating_sub(self.nanos))
        } else {
            write!(f, "{}.{:09}", self.seconds, self.nanos)
        }
    }
}

/// A span of time in whole seconds.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Seconds(pub u64);

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn fractions_order_exactly() {
        assert!(UnixTime::new(10, 1) > UnixTime::from_seconds(10));
        assert!(UnixTime::new(-1, 500_000_000) < UnixTime::from_seconds(0));
    }

    #[test]
    fn text_is_the_decimal_number() {
        assert_eq!(UnixTime::new(-1, 500_000_000).to_string(), "-0.500000000");
        assert_eq!(UnixTime::new(7, 5).to_string(), "7.000000005");
        assert_eq!(UnixTime::from_seconds(-3).to_string(), "-3");
    }

    #[test]
    fn moving_saturates() {
        assert_eq!(UnixTime::from_seconds(i64::MAX).plus(Seconds(u64::MAX)).seconds(), i64::MAX);
        assert_eq!(UnixTime::from_seconds(i64::MIN).minus(Seconds(9)).seconds(), i64::MIN);
    }
}
