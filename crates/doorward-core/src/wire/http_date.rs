//! Dates as HTTP writes them ([RFC 9110, section 5.6.7]), in the one form that is sent and in the two that must be understood.
//!
//! [RFC 9110, section 5.6.7]: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7

use crate::time::UnixTime;

const MONTHS: [&[u8]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// How many years a two-digit year may lie ahead before it means the century before.
const AHEAD: i64 = 50;

/// Reads a date. `now` tells the century of a year with two digits.
///
/// The day of the week is not looked at: it says nothing that the date does not say.
#[must_use]
pub fn parse(value: &[u8], now: UnixTime) -> Option<UnixTime> {
    let mut words = value.trim_ascii().split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let mut next = || words.next().unwrap_or_default();
    match [next(), next(), next(), next(), next(), next(), next()] {
        // Sun, 06 Nov 1994 08:49:37 GMT
        [_, day, month, year, time, b"GMT", b""] => at(digits(year, 4)?, month, digits(day, 2)?, time),
        // Sunday, 06-Nov-94 08:49:37 GMT
        [_, date, time, b"GMT", b"", ..] => {
            let [day, month, year] = parts(date, b'-')?;
            at(century(digits(year, 2)?, now), month, digits(day, 2)?, time)
        }
        // Sun Nov  6 08:49:37 1994
        [_, month, day, time, year, b"", _] => at(digits(year, 4)?, month, digits(day, day.len())?, time),
        _ => None,
    }
}

/// The three parts of a text between two separators.
fn parts(text: &[u8], separator: u8) -> Option<[&[u8]; 3]> {
    let mut parts = text.split(|byte| *byte == separator);
    let three = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(three)
}

fn at(year: i64, month: &[u8], day: i64, time: &[u8]) -> Option<UnixTime> {
    let month = i64::try_from(MONTHS.iter().position(|name| *name == month)?).ok()?.checked_add(1)?;
    let [hour, minute, second] = parts(time, b':')?;
    let (hour, minute, second) = (digits(hour, 2)?, digits(minute, 2)?, digits(second, 2)?);
    // A leap second is written as 60.
    let valid = (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    if !valid {
        return None;
    }
    let seconds = days(year, month, day)
        .checked_mul(86_400)?
        .checked_add(hour.checked_mul(3_600)?.checked_add(minute.checked_mul(60)?.checked_add(second)?)?)?;
    Some(UnixTime::from_seconds(seconds))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar: the year is counted from March, so that its leap day is its last.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The year that ends in these two digits and lies at most fifty years ahead.
fn century(two: i64, now: UnixTime) -> i64 {
    // The mean length of a year is near enough for this.
    let this = now.seconds().div_euclid(31_556_952).saturating_add(1970);
    let year = this.saturating_sub(this.rem_euclid(100)).saturating_add(two);
    if year > this.saturating_add(AHEAD) { year.saturating_sub(100) } else { year }
}

fn digits(text: &[u8], len: usize) -> Option<i64> {
    let fits = text.len() == len && (1..=4).contains(&len) && text.iter().all(u8::is_ascii_digit);
    if !fits {
        return None;
    }
    Some(text.iter().fold(0, |number, digit| number * 10 + i64::from(*digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime::from_seconds(1_795_387_431);

    fn read(text: &str) -> Option<i64> {
        parse(text.as_bytes(), NOW).map(UnixTime::seconds)
    }

    /// H-DATE-01.
    #[test]
    fn all_three_forms_name_the_same_second() {
        for text in
            ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
        {
            assert_eq!(read(text), Some(784_111_777), "{text}");
        }
    }

    #[test]
    fn leap_days_and_ends_of_centuries_are_counted() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
            ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
            ("Wed, 31 Dec 2036 23:59:60 GMT", 2_114_380_800),
        ] {
            assert_eq!(read(text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn a_year_of_two_digits_is_never_more_than_fifty_years_ahead() {
        assert_eq!(read("Sunday, 06-Nov-77 08:49:37 GMT"), read("Sun, 06 Nov 1977 08:49:37 GMT"));
        assert_eq!(read("Sunday, 06-Nov-76 08:49:37 GMT"), read("Sun, 06 Nov 2076 08:49:37 GMT"));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "0",
            "-1",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 08:49:37:00 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT GMT",
            "Sunday, 06-Nov-94-1 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT x",
            "Sun Nov  6 08:49:37 1994 x",
            "Sun, 06 Nov 99999 08:49:37 GMT",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(parse(b"Sun, 06 Nov 1994 08:49:3\xb7 GMT", NOW), None);
    }
}
