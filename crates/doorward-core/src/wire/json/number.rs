//! JSON numbers as decimal text: exact times and exact comparison, never through floating point.

use crate::time::UnixTime;

/// The point in time that a NumericDate stands for ([RFC 7519, section 2]): seconds, with fraction and exponent.
///
/// Digits below a nanosecond are cut off. `None` for a time beyond the year 9999 in either direction, which is no date:
/// it is refused rather than taken for "valid forever".
///
/// [RFC 7519, section 2]: https://www.rfc-editor.org/rfc/rfc7519#section-2
#[must_use]
pub fn to_time(number: &str) -> Option<UnixTime> {
    whole_seconds(number).or_else(|| any_time(number))
}

/// A time as nearly every token writes it: whole seconds of at most eleven digits, which no year after 9999 needs fewer
/// than twelve for.
fn whole_seconds(number: &str) -> Option<UnixTime> {
    if number.len() > 11 || number.is_empty() {
        return None;
    }
    let mut seconds: i64 = 0;
    for byte in number.bytes() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        seconds = i64::from(digit).wrapping_add(seconds.wrapping_mul(10));
    }
    Some(UnixTime::from_seconds(seconds))
}

fn any_time(number: &str) -> Option<UnixTime> {
    let decimal = Decimal::parse(number);
    let mut seconds: i64 = 0;
    let mut nanos: u32 = 0;
    let mut place = decimal.exponent;
    for digit in decimal.digits() {
        if digit != 0 {
            match place {
                12.. => return None,
                0..12 => seconds += i64::from(digit) * 10_i64.pow(u32::try_from(place).ok()?),
                -9..0 => nanos += u32::from(digit) * 10_u32.pow(u32::try_from(place + 9).ok()?),
                _ => break,
            }
        }
        place = place.saturating_sub(1);
    }
    let time = match (decimal.negative, nanos) {
        (false, _) => UnixTime::new(seconds, nanos),
        (true, 0) => UnixTime::from_seconds(-seconds),
        (true, _) => UnixTime::new(-seconds - 1, 1_000_000_000 - nanos),
    };
    let range = UnixTime::from_seconds(-UnixTime::LATEST.seconds())..=UnixTime::LATEST;
    range.contains(&time).then_some(time)
}

/// Whether two numbers are equal as values: `1`, `1.0` and `10e-1` are.
///
/// Numbers whose exponents are beyond every use (hundreds of millions) are equal only if they are written alike.
#[must_use]
pub fn number_eq(a: &str, b: &str) -> bool {
    const USEFUL: core::ops::Range<i32> = -(i32::MAX / 4)..i32::MAX / 4;
    let (x, y) = (Decimal::parse(a), Decimal::parse(b));
    let (mut left, mut right) = (x.significant(), y.significant());
    match (left.next(), right.next()) {
        (None, None) => true, // zero has no sign and no size here
        (Some(first), Some(other)) => {
            let (place, same) = (x.leading_place(), y.leading_place());
            if !USEFUL.contains(&place) || !USEFUL.contains(&same) {
                return a == b;
            }
            x.negative == y.negative && place == same && first == other && left.eq(right)
        }
        _ => false,
    }
}

/// A number's parts: its digits without the point, and the power of ten of the first one.
struct Decimal<'j> {
    negative: bool,
    whole: &'j [u8],
    fraction: &'j [u8],
    /// The power of ten of the first digit of `whole`; saturated, since no exponent that large is in range.
    exponent: i32,
}

impl<'j> Decimal<'j> {
    /// Takes a number that the scan has passed apart; of anything else the digits are what they are.
    fn parse(text: &'j str) -> Self {
        let bytes = text.as_bytes();
        let (negative, bytes) = match bytes {
            [b'-', rest @ ..] => (true, rest),
            _ => (false, bytes),
        };
        let (mantissa, power) = match bytes.iter().position(|b| matches!(b, b'e' | b'E')) {
            Some(at) => {
                (bytes.get(..at).unwrap_or_default(), exponent(bytes.get(at + 1..).unwrap_or_default()))
            }
            None => (bytes, 0),
        };
        let (whole, fraction) = match mantissa.iter().position(|b| *b == b'.') {
            Some(at) => (mantissa.get(..at).unwrap_or_default(), mantissa.get(at + 1..).unwrap_or_default()),
            None => (mantissa, &[][..]),
        };
        let first = i32::try_from(whole.len()).unwrap_or(i32::MAX).saturating_sub(1);
        Self { negative, whole, fraction, exponent: first.saturating_add(power) }
    }

    fn digits(&self) -> impl Iterator<Item = u8> + use<'j> {
        self.whole.iter().chain(self.fraction).map(|byte| byte.wrapping_sub(b'0') & 15)
    }

    /// The digits from the first to the last that is not zero.
    fn significant(&self) -> impl Iterator<Item = u8> + use<'j> {
        let last =
            self.digits().enumerate().filter(|(_, digit)| *digit != 0).last().map_or(0, |(at, _)| at + 1);
        self.digits().take(last).skip_while(|digit| *digit == 0)
    }

    /// The power of ten of the first digit that is not zero.
    fn leading_place(&self) -> i32 {
        let zeros = self.digits().take_while(|digit| *digit == 0).count();
        self.exponent.saturating_sub(i32::try_from(zeros).unwrap_or(i32::MAX))
    }
}

fn exponent(text: &[u8]) -> i32 {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let value = digits.iter().fold(0_i32, |value, byte| {
        value.saturating_mul(10).saturating_add(i32::from(byte.wrapping_sub(b'0') & 15))
    });
    // Half the range, so that adding a length can neither overflow nor come back into view.
    let value = value.min(i32::MAX / 2);
    if negative { -value } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// J-TIME-02.
    #[test]
    fn dates_are_exact_decimals() {
        for (text, seconds, nanos) in [
            ("0", 0, 0),
            ("-0", 0, 0),
            ("1795387431", 1_795_387_431, 0),
            ("1795387431.5", 1_795_387_431, 500_000_000),
            ("1.795387431e9", 1_795_387_431, 0),
            ("1.7953874315E+9", 1_795_387_431, 500_000_000),
            ("17953874310e-1", 1_795_387_431, 0),
            ("0.0000000001e10", 1, 0),
            ("0.1", 0, 100_000_000),
            ("1e-9", 0, 1),
            ("1e-10", 0, 0),
            ("100.999999999999", 100, 999_999_999),
            ("-0.5", -1, 500_000_000),
            ("-1", -1, 0),
            ("253402300799", 253_402_300_799, 0),
            ("000", 0, 0),
            ("0e999999999999", 0, 0),
        ] {
            assert_eq!(to_time(text), Some(UnixTime::new(seconds, nanos)), "{text}");
        }
    }

    #[test]
    fn a_date_out_of_range_is_none() {
        for text in
            ["253402300800", "1e12", "1795387431000", "1e400", "9e99999999999999", "-253402300800", "-1e30"]
        {
            assert_eq!(to_time(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_equal_by_value() {
        for (a, b) in [("1", "1.0"), ("1", "10e-1"), ("0", "-0.0e5"), ("120", "1.2E2"), ("0.05", "5e-2")] {
            assert!(number_eq(a, b), "{a} {b}");
        }
        for (a, b) in [
            ("1", "2"),
            ("1", "-1"),
            ("1", "10"),
            ("0", "1"),
            ("1.5", "1.50001"),
            ("12", "1.2"),
            ("1e1073741824", "1e1073741999"),
        ] {
            assert!(!number_eq(a, b), "{a} {b}");
        }
    }
}
