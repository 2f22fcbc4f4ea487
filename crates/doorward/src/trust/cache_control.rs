//! How long an answer says that it stays fresh ([RFC 9111, section 4.2.1]), read for a private cache.
//!
//! [RFC 9111, section 4.2.1]: https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1

use doorward_core::time::{Seconds, UnixTime};
use doorward_core::wire::http_date;

/// The longest span that is told apart from longer ones, in seconds: [RFC 9111, section 1.2.2] asks for it.
///
/// [RFC 9111, section 1.2.2]: https://www.rfc-editor.org/rfc/rfc9111#section-1.2.2
const LONGEST: u64 = 1 << 31;

/// The fields of an answer that speak of its freshness, as they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    /// The lines of `Cache-Control`; `None` is one that is not text.
    pub(super) cache_control: Vec<Option<String>>,
    /// `Age`.
    pub(super) age: Option<String>,
    /// `Expires`.
    pub(super) expires: Option<String>,
    /// `Date`.
    pub(super) date: Option<String>,
}

impl Fields {
    /// How much longer the answer stays fresh; `None` if it does not say.
    ///
    /// `s-maxage` is for shared caches, which this is not. Whatever cannot be understood counts as stale at once
    /// ([RFC 9111, section 4.2.1]), and of directives that conflict the strictest holds; how often an issuer may be asked is
    /// bounded elsewhere.
    ///
    /// [RFC 9111, section 4.2.1]: https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1
    pub(super) fn lifetime(&self, now: UnixTime) -> Option<Seconds> {
        let mut found = Found::default();
        for line in &self.cache_control {
            match line {
                Some(line) if directives(line, |name, value| found.take(name, value)).is_some() => {}
                _ => found.stale = true,
            }
        }
        if found.stale {
            return Some(Seconds(0));
        }
        let whole = found.max_age.or_else(|| self.until_expires(now))?;
        Some(Seconds(whole.saturating_sub(self.age())))
    }

    /// `Expires` less `Date`; a date that is none has passed ([RFC 9111, section 5.3]).
    ///
    /// [RFC 9111, section 5.3]: https://www.rfc-editor.org/rfc/rfc9111#section-5.3
    fn until_expires(&self, now: UnixTime) -> Option<u64> {
        let expires = self.expires.as_deref()?;
        let date =
            self.date.as_deref().and_then(|date| http_date::parse(date.as_bytes(), now)).unwrap_or(now);
        let span = http_date::parse(expires.as_bytes(), now)
            .map_or(0, |expires| expires.seconds().saturating_sub(date.seconds()));
        Some(u64::try_from(span).unwrap_or(0).min(LONGEST))
    }

    /// How old the answer was when it came. Of a list the first counts, and what is no number is ignored
    /// ([RFC 9111, section 5.1]).
    ///
    /// [RFC 9111, section 5.1]: https://www.rfc-editor.org/rfc/rfc9111#section-5.1
    fn age(&self) -> u64 {
        let first = self.age.as_deref().and_then(|age| age.split(',').next());
        first.and_then(|age| delta_seconds(age.trim_ascii())).unwrap_or(0)
    }
}

/// What the directives say so far.
#[derive(Default)]
struct Found {
    max_age: Option<u64>,
    stale: bool,
}

impl Found {
    fn take(&mut self, name: &str, value: Option<&str>) {
        if name.eq_ignore_ascii_case("no-store") || name.eq_ignore_ascii_case("no-cache") {
            // `no-cache` with a list of fields forbids less; few send it, and asking again is always right.
            self.stale = true;
        } else if name.eq_ignore_ascii_case("max-age") {
            match value.and_then(delta_seconds) {
                Some(age) => self.max_age = Some(self.max_age.map_or(age, |other| other.min(age))),
                None => self.stale = true,
            }
        }
    }
}

/// Hands over the directives of one line: tokens with, after `=`, a token or a quoted string, between commas
/// ([RFC 9111, section 5.2]). `None` if the line has another form.
///
/// [RFC 9111, section 5.2]: https://www.rfc-editor.org/rfc/rfc9111#section-5.2
fn directives(line: &str, mut take: impl FnMut(&str, Option<&str>)) -> Option<()> {
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return Some(());
        }
        let (name, after) = token(rest)?;
        rest = match after.strip_prefix('=') {
            None => {
                take(name, None);
                after
            }
            Some(after) if after.starts_with('"') => {
                let (value, after) = quoted(after)?;
                take(name, Some(&value));
                after
            }
            Some(after) => {
                let (value, after) = token(after)?;
                take(name, Some(value));
                after
            }
        };
        rest = rest.trim_start_matches([' ', '\t']);
        if !rest.is_empty() && !rest.starts_with(',') {
            return None;
        }
    }
}

fn token(text: &str) -> Option<(&str, &str)> {
    let tchar = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let end = text.find(|c| !tchar(c)).unwrap_or(text.len());
    let (token, rest) = text.split_at_checked(end)?;
    if token.is_empty() { None } else { Some((token, rest)) }
}

/// A quoted string without its quotes and escapes, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.strip_prefix('"')?.chars();
    loop {
        match chars.next()? {
            '"' => return Some((value, chars.as_str())),
            '\\' => value.push(chars.next()?),
            other => value.push(other),
        }
    }
}

/// A number of seconds; one that is too long for us is the longest that we know.
fn delta_seconds(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().map_or(LONGEST, |seconds: u64| seconds.min(LONGEST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime::from_seconds(784_111_777);
    const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

    fn lifetime(lines: &[&str]) -> Option<u64> {
        let cache_control = lines.iter().map(|line| Some((*line).to_owned())).collect();
        Fields { cache_control, ..Fields::default() }.lifetime(NOW).map(|Seconds(seconds)| seconds)
    }

    #[test]
    fn max_age_is_the_lifetime_in_each_of_its_spellings() {
        for line in [
            "max-age=600",
            "Max-Age=600",
            "public, max-age=600, s-maxage=5",
            "max-age=\"600\"",
            "max-age=\"\\600\"",
            ",, private\t,max-age=600 ,",
            "x=\"a, max-age=7\", max-age=600, must-revalidate",
            "max-age=600, max-age=900",
        ] {
            assert_eq!(lifetime(&[line]), Some(600), "{line}");
        }
        assert_eq!(lifetime(&["public", "max-age=600"]), Some(600));
        assert_eq!(lifetime(&["max-age=99999999999999999999999"]), Some(LONGEST));
    }

    #[test]
    fn what_forbids_keeping_or_cannot_be_understood_is_stale_at_once() {
        for line in [
            "no-store",
            "No-Cache, max-age=600",
            "max-age=600, no-cache=\"set-cookie\"",
            "max-age",
            "max-age=",
            "max-age=-1",
            "max-age=1.5",
            "max-age = 600",
            "public; max-age=600",
            "max-age=\"600",
            "=600",
            "ä",
        ] {
            assert_eq!(lifetime(&[line]), Some(0), "{line}");
        }
        let unreadable = Fields { cache_control: vec![None], ..Fields::default() };
        assert_eq!(unreadable.lifetime(NOW), Some(Seconds(0)));
    }

    #[test]
    fn an_answer_that_says_nothing_has_no_lifetime() {
        for lines in [&[][..], &[""], &["public"], &["s-maxage=600"], &["immutable, x"]] {
            assert_eq!(lifetime(lines), None, "{lines:?}");
        }
    }

    #[test]
    fn age_is_taken_off_and_never_more_than_all() {
        for (age, left) in [("100", 500), ("100, 7", 500), ("9999", 0), ("x", 600), ("-5", 600), ("", 600)] {
            let fields = Fields {
                cache_control: vec![Some("max-age=600".to_owned())],
                age: Some(age.to_owned()),
                ..Fields::default()
            };
            assert_eq!(fields.lifetime(NOW), Some(Seconds(left)), "{age}");
        }
    }

    #[test]
    fn expires_counts_from_date_and_only_without_max_age() {
        let fields = |expires: &str, date: Option<&str>, control: &[&str]| Fields {
            cache_control: control.iter().map(|line| Some((*line).to_owned())).collect(),
            age: None,
            expires: Some(expires.to_owned()),
            date: date.map(str::to_owned),
        };
        let later = "Sun, 06 Nov 1994 08:59:37 GMT";
        assert_eq!(fields(later, Some(DATE), &[]).lifetime(NOW), Some(Seconds(600)));
        assert_eq!(fields(later, None, &[]).lifetime(NOW), Some(Seconds(600)));
        assert_eq!(fields(later, Some(later), &[]).lifetime(NOW), Some(Seconds(0)));
        assert_eq!(fields(DATE, Some(later), &[]).lifetime(NOW), Some(Seconds(0)));
        assert_eq!(fields("0", Some(DATE), &[]).lifetime(NOW), Some(Seconds(0)));
        assert_eq!(fields(later, Some(DATE), &["max-age=7"]).lifetime(NOW), Some(Seconds(7)));
    }

    /// Any text is either understood or stale; nothing panics, and nothing is fresh for longer than it says.
    #[test]
    fn no_line_makes_the_reader_panic() {
        let pieces = ["max-age", "=", "\"", "\\", ",", " ", "\t", "60", "no-cache", "ä", "\u{0}", ";", "x"];
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            pieces[usize::try_from(state % 13).unwrap()]
        };
        for _ in 0..50_000 {
            let mut line = String::new();
            (0..12).for_each(|_| line.push_str(next()));
            let fields = Fields {
                cache_control: vec![Some(line.clone())],
                age: Some(line.clone()),
                expires: Some(line.clone()),
                date: Some(line.clone()),
            };
            assert!(fields.lifetime(NOW).is_none_or(|Seconds(seconds)| seconds <= LONGEST), "{line}");
        }
    }
}
