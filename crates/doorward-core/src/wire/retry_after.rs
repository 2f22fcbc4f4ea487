//! How long a server asks to be left alone ([RFC 9110, section 10.2.3]): a span, or a point on its clock.
//!
//! [RFC 9110, section 10.2.3]: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3

use super::{field, http_date};
use crate::time::{Seconds, UnixTime};

/// The value of a `Retry-After` field.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RetryAfter {
    /// After this span.
    After(Seconds),
    /// Not before this point on the server's clock.
    At(UnixTime),
}

impl RetryAfter {
    /// Reads the field. A span beyond all numbers is the longest there is.
    #[must_use]
    pub fn parse(value: &[u8], now: UnixTime) -> Option<Self> {
        let value = field::trim(value);
        if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
            return http_date::parse(value, now).map(Self::At);
        }
        let span = value.iter().fold(0_u64, |number, digit| {
            number.saturating_mul(10).saturating_add(u64::from(digit.wrapping_sub(b'0')))
        });
        Some(Self::After(Seconds(span)))
    }

    /// How long that is from when the answer was made: `date` is what its `Date` field says, by the same clock as the point;
    /// without it, our own clock has to do.
    #[must_use]
    pub fn seconds(self, date: Option<UnixTime>, now: UnixTime) -> Seconds {
        match self {
            Self::After(span) => span,
            Self::At(point) => {
                let span = point.seconds().saturating_sub(date.unwrap_or(now).seconds());
                Seconds(u64::try_from(span).unwrap_or_default())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime::from_seconds(784_111_770);

    fn span(value: &str, date: Option<i64>) -> Option<u64> {
        let read = RetryAfter::parse(value.as_bytes(), NOW)?;
        Some(read.seconds(date.map(UnixTime::from_seconds), NOW).0)
    }

    /// H-RA-01.
    #[test]
    fn a_span_is_taken_as_it_is_and_a_point_by_the_clock_that_wrote_it() {
        assert_eq!(span(" 120\t", None), Some(120));
        assert_eq!(span("0", Some(7)), Some(0));
        assert_eq!(span("Sun, 06 Nov 1994 08:49:37 GMT", None), Some(7));
        assert_eq!(span("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_677)), Some(100));
    }

    #[test]
    fn a_point_in_the_past_is_now_and_a_number_beyond_all_is_the_longest() {
        assert_eq!(span("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_778)), Some(0));
        assert_eq!(span("99999999999999999999999", None), Some(u64::MAX));
    }

    #[test]
    fn what_is_neither_is_none() {
        for value in ["", " ", "-1", "+1", "1.5", "1 2", "soon", "1s"] {
            assert_eq!(span(value, None), None, "{value}");
        }
    }
}
