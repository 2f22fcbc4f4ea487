//! Points in time as people write them: seconds since the epoch, or RFC 3339.

use doorward_core::time::UnixTime;
use doorward_core::wire::json;

const DAY: i64 = 86_400;

/// Reads seconds since the epoch, with a fraction or without, or a date and time of [RFC 3339, section 5.6].
///
/// ```
/// use doorward::{UnixTime, time::parse_time};
///
/// let time = Some(UnixTime::new(1_795_387_431, 500_000_000));
/// assert_eq!(parse_time("1795387431.5"), time);
/// assert_eq!(parse_time("2026-11-22T23:43:51.5+01:00"), time);
/// ```
///
/// [RFC 3339, section 5.6]: https://www.rfc-editor.org/rfc/rfc3339#section-5.6
#[must_use]
pub fn parse_time(text: &str) -> Option<UnixTime> {
    if is_decimal(text) { json::to_time(text) } else { from_rfc3339(text) }
}

/// Writes a time as RFC 3339 does, in UTC; outside the years 0 to 9999 as the decimal number of seconds.
#[must_use]
pub fn rfc3339(time: UnixTime) -> String {
    let (days, second) = (time.seconds().div_euclid(DAY), time.seconds().rem_euclid(DAY));
    let Some((year, month, day)) = civil(days).filter(|(year, ..)| (0..=9999).contains(year)) else {
        return time.to_string();
    };
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if time.nanos() != 0 {
        let fraction = format!("{:09}", time.nanos());
        text.push('.');
        text.push_str(fraction.trim_end_matches('0'));
    }
    text.push('Z');
    text
}

fn is_decimal(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    digits(whole.strip_prefix('-').unwrap_or(whole)) && digits(fraction)
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn from_rfc3339(text: &str) -> Option<UnixTime> {
    let (date, rest) = text.split_at_checked(10)?;
    let (clock, mut rest) = rest.strip_prefix(['T', 't', ' '])?.split_at_checked(8)?;
    let (year, month, day) = three(date, '-', 4)?;
    let (hour, minute, second) = three(clock, ':', 2)?;
    // A leap second is the second after the one before it, as in every POSIX clock.
    if !(1..=12).contains(&month) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let days = days(year, month, day);
    if civil(days) != Some((year, month, day)) {
        return None;
    }
    let mut fraction = "0";
    if let Some(after) = rest.strip_prefix('.') {
        (fraction, rest) = after.split_at_checked(after.bytes().take_while(u8::is_ascii_digit).count())?;
        if fraction.is_empty() {
            return None;
        }
    }
    let nanos: u32 = format!("{:0<9}", fraction.get(..9).unwrap_or(fraction)).parse().ok()?;
    let seconds = days * DAY + hour * 3600 + minute * 60 + second - offset(rest)?;
    Some(UnixTime::new(seconds, nanos))
}

/// The offset from UTC in seconds.
fn offset(text: &str) -> Option<i64> {
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1, text),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Three numbers: the first with this many digits, the others with two.
fn three(text: &str, separator: char, width: usize) -> Option<(i64, i64, i64)> {
    let mut parts = text.split(separator);
    let numbers = (number(parts.next()?, width)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    parts.next().is_none().then_some(numbers)
}

fn number(text: &str, width: usize) -> Option<i64> {
    if text.len() == width && digits(text) { text.parse().ok() } else { None }
}

/// Days since the epoch of a date of the Gregorian calendar; years are counted from March, so that a leap day comes last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

/// The date of a day: the inverse of [`days`].
fn civil(days: i64) -> Option<(i64, i64, i64)> {
    let days = days.checked_add(719_468)?;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (year * 365 + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    Some((year + era * 400 + carry, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_name_the_same_second() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-11-22T22:23:51Z", 1_795_386_231),
            ("2026-11-22t22:23:51z", 1_795_386_231),
            ("2026-11-22 23:53:51+01:30", 1_795_386_231),
            ("2026-11-22T20:23:51-02:00", 1_795_386_231),
            ("2024-02-29T00:00:00Z", 1_709_164_800),
            ("1969-12-31T23:59:59Z", -1),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
            ("0000-03-01T00:00:00Z", -62_162_035_200),
            ("-1", -1),
            ("1795386231", 1_795_386_231),
        ] {
            assert_eq!(parse_time(text), Some(UnixTime::from_seconds(seconds)), "{text}");
        }
        assert_eq!(parse_time("0.25"), Some(UnixTime::new(0, 250_000_000)));
        assert_eq!(parse_time("1970-01-01T00:00:00.0000000019Z"), Some(UnixTime::new(0, 1)));
    }

    #[test]
    fn what_is_written_is_read_again() {
        for seconds in [0, 1, -1, 951_782_400, 951_868_799, 1_795_386_231, 4_107_542_400, 253_402_300_799] {
            let time = UnixTime::new(seconds, 120_000_000);
            assert_eq!(parse_time(&rfc3339(time)), Some(time), "{seconds}");
        }
        for day in -800_000..800_000 {
            let (year, month, date) = civil(day).unwrap();
            assert_eq!(days(year, month, date), day);
        }
        assert_eq!(rfc3339(UnixTime::from_seconds(i64::MAX)), i64::MAX.to_string());
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "-",
            ".",
            "1.",
            ".5",
            "1e9",
            "+1",
            " 1",
            "now",
            "2026-11-22",
            "2026-11-22T22:23Z",
            "2026-11-22T22:23:51",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-32T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:61Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00+1:00",
            "2026-01-01T00:00:00+24:00",
            "2026-01-01T00:00:00ZZ",
            "ä026-01-01T00:00:00Z",
            "999999999999999999999",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}
