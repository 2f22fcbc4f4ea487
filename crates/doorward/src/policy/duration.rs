//! Spans of time as a policy writes them: `30s`, `5m`, `1h30m`, `2d`.

use doorward_core::time::Seconds;

/// The units, the longest first, with their seconds.
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// The regular expression of what [`parse`] takes.
pub(super) const PATTERN: &str = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$";

/// The longest span that any key takes, in seconds: a century, far beyond any use and far below any overflow.
pub(super) const MAX: u64 = 100 * 365 * 86_400;

/// Reads numbers with units, each unit at most once and the longer before the shorter.
///
/// `None` for everything else, and for spans whose seconds do not fit 64 bits.
pub(super) fn parse(text: &str) -> Option<Seconds> {
    let mut units = UNITS.iter();
    let mut total: u64 = 0;
    let mut rest = text;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest.get(..digits)?.parse().ok()?;
        let mut tail = rest.get(digits..)?.chars();
        let unit = tail.next()?;
        let (_, seconds) = units.find(|(name, _)| *name == unit)?;
        total = total.checked_add(number.checked_mul(*seconds)?)?;
        rest = tail.as_str();
    }
    Some(Seconds(total))
}

/// Writes a span in its longest units.
pub(super) fn write(span: Seconds) -> String {
    let mut text = String::new();
    let mut rest = span.0;
    for (name, seconds) in UNITS {
        if rest >= seconds {
            text.push_str(&format!("{}{name}", rest / seconds));
            rest %= seconds;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_add_up() {
        for (text, seconds) in [
            ("0s", 0),
            ("30s", 30),
            ("5m", 300),
            ("1h", 3_600),
            ("2d", 172_800),
            ("1h30m", 5_400),
            ("1d1h1m1s", 90_061),
            ("007s", 7),
        ] {
            assert_eq!(parse(text), Some(Seconds(seconds)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "", "30", "s", "-1s", "+1s", "1.5h", "1 h", " 1h", "1h ", "30m1h", "1h1h", "1w", "1S", "1ms",
            "١s",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("18446744073709551616s"), None);
        assert_eq!(parse("18446744073709551615d"), None);
        assert_eq!(parse("213503982334601d18446744073709551615s"), None);
    }

    #[test]
    fn what_is_written_is_read_again() {
        for seconds in [0, 30, 300, 5_400, 90_061, MAX] {
            assert_eq!(parse(&write(Seconds(seconds))), Some(Seconds(seconds)));
        }
    }
}
