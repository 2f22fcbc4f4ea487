//! The one normalisation of paths: what is matched against routes, and what a forwarding host must send on.
//!
//! Percent-encoded unreserved characters are decoded, dot-segments removed, hex digits written in upper case
//! (RFC 3986, sections 6.2.2.1 to 6.2.2.3). Case and trailing slash stay significant. A path that servers are known to
//! read in different ways is refused and never guessed: two readers of one path are the classic way around a rule.

use super::Malformed;
use super::field;
use super::form::hex;
use crate::limits;

/// A request target, taken apart ([RFC 9112, section 3.2]).
///
/// [RFC 9112, section 3.2]: https://www.rfc-editor.org/rfc/rfc9112#section-3.2
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Target<'t> {
    /// The path, not yet normalised; `/` where an absolute URL has none, `*` for the asterisk form.
    pub path: &'t str,
    /// What follows the first `?`, without it.
    pub query: Option<&'t [u8]>,
}

impl core::fmt::Debug for Target<'_> {
    /// Leaves the query out: it may hold a credential.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Target").field("path", &self.path).finish_non_exhaustive()
    }
}

impl<'t> Target<'t> {
    /// Takes a request target or an absolute `http` or `https` URL apart. The query may be any bytes.
    ///
    /// # Errors
    ///
    /// [`Malformed`] for every other form, a path that is not UTF-8, and one with a fragment.
    pub fn parse(text: &'t [u8]) -> Result<Self, Malformed> {
        let (before, query) = match field::find_byte(text, b'?') {
            Some(at) => (text.get(..at).ok_or(Malformed)?, Some(text.get(at + 1..).ok_or(Malformed)?)),
            None => (text, None),
        };
        let before = core::str::from_utf8(before).map_err(|_| Malformed)?;
        if before.contains('#') {
            return Err(Malformed);
        }
        if before.starts_with('/') || before == "*" {
            return Ok(Self { path: before, query });
        }
        let (scheme, rest) = before.split_once("://").ok_or(Malformed)?;
        if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
            return Err(Malformed);
        }
        let (authority, path) =
            rest.split_at_checked(rest.find('/').unwrap_or(rest.len())).ok_or(Malformed)?;
        if authority.is_empty() || authority.contains('\\') {
            return Err(Malformed);
        }
        Ok(Self { path: if path.is_empty() { "/" } else { path }, query })
    }
}

/// What is before and what is behind the first `byte`, which is ASCII. Paths are short: a plain loop finds it sooner than
/// a search that is made for long texts.
#[must_use]
pub fn split_at_byte(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|found| found == byte)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Whether [`normalise`] would change or refuse something: `false` for nearly every path in use.
#[must_use]
pub fn needs_work(path: &str) -> bool {
    let mut previous = 0;
    let mut work = path.len() > limits::PATH || !path.starts_with('/');
    for byte in path.bytes() {
        work |= !PLAIN.contains(byte) | ((previous == b'/') & matches!(byte, b'/' | b'.'));
        previous = byte;
    }
    work
}

/// Normalises `path` into the front of `out`, which must be at least as long.
///
/// # Errors
///
/// [`Malformed`] for what can be read in more than one way: `%` without two hex digits, an encoded slash, backslash or
/// NUL, `%25` before two hex digits, overlong UTF-8 (`%C0%AF`), raw bytes that no path has, empty
/// segments, dot segments with parameters (`..;`), and a path over [`limits::PATH`].
pub fn normalise<'o>(path: &str, out: &'o mut [u8]) -> Result<&'o str, Malformed> {
    if path == "*" {
        return Ok("*");
    }
    if path.len() > limits::PATH {
        return Err(Malformed);
    }
    let mut rest = path.strip_prefix('/').ok_or(Malformed)?;
    let mut len = 0;
    loop {
        let (segment, more) = match rest.split_once('/') {
            Some((segment, more)) => (segment, Some(more)),
            None => (rest, None),
        };
        if segment.is_empty() && more.is_some() {
            return Err(Malformed);
        }
        let start = len;
        len = put(out, len, b'/')?;
        len = write_segment(segment.as_bytes(), out, len)?;
        match out.get(start + 1..len).unwrap_or_default() {
            b"." => len = start,
            b".." => {
                // One segment back; above the root there is nothing (RFC 3986, section 5.2.4).
                len = out.get(..start).and_then(|done| done.iter().rposition(|b| *b == b'/')).unwrap_or(0);
            }
            [b'.', b';', ..] | [b'.', b'.', b';', ..] => return Err(Malformed),
            [b'.', b'%', b'3', b'B', ..] | [b'.', b'.', b'%', b'3', b'B', ..] => return Err(Malformed),
            _ => {
                match more {
                    Some(more) => rest = more,
                    None => break,
                }
                continue;
            }
        }
        // A dot segment is gone; at the end it leaves the slash before it.
        match more {
            Some(more) => rest = more,
            None => {
                len = put(out, len, b'/')?;
                break;
            }
        }
    }
    core::str::from_utf8(out.get(..len).ok_or(Malformed)?).map_err(|_| Malformed)
}

/// The other reading of a normalised path: with every `%XX` decoded whose character may stand in a segment as it is.
///
/// To RFC 3986, section 2.2 `/jobs%3Astop` and `/jobs:stop` are two paths, and to most routers they are one. `None` where
/// there is nothing to decode, or `out` is shorter than the path.
#[must_use]
pub fn decode_reserved<'o>(path: &str, out: &'o mut [u8]) -> Option<&'o str> {
    let mut rest = path.as_bytes();
    let (mut len, mut differs) = (0, false);
    while let [byte, more @ ..] = rest {
        let (mut byte, mut after) = (*byte, more);
        if let (b'%', [high, low, behind @ ..]) = (byte, more)
            && let Some(value) = hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low)
            && value != b'/'
            && PLAIN.contains(value)
        {
            (byte, after, differs) = (value, behind, true);
        }
        len = put(out, len, byte).ok()?;
        rest = after;
    }
    let read = core::str::from_utf8(out.get(..len)?).ok()?;
    differs.then_some(read)
}

fn write_segment(mut text: &[u8], out: &mut [u8], start: usize) -> Result<usize, Malformed> {
    let mut len = start;
    while let [byte, rest @ ..] = text {
        text = rest;
        if *byte != b'%' {
            if !PLAIN.contains(*byte) {
                return Err(Malformed);
            }
            len = put(out, len, *byte)?;
            continue;
        }
        let [high, low, rest @ ..] = rest else { return Err(Malformed) };
        text = rest;
        let (Some(high_value), Some(low_value)) = (hex(*high), hex(*low)) else { return Err(Malformed) };
        let byte = high_value << 4 | low_value;
        match byte {
            b'/' | b'\\' | 0 => return Err(Malformed),
            _ if is_overlong(byte, rest) => return Err(Malformed),
            b'-' | b'.' | b'_' | b'~' => len = put(out, len, byte)?,
            _ if byte.is_ascii_alphanumeric() => len = put(out, len, byte)?,
            _ => {
                len = put(out, len, b'%')?;
                len = put(out, len, high.to_ascii_uppercase())?;
                len = put(out, len, low.to_ascii_uppercase())?;
            }
        }
    }
    // Looked for in what was written, since the digits may have been encoded themselves (`%25%32e`).
    let twice =
        |five: &[u8]| matches!(five, [b'%', b'2', b'5', a, b] if hex(*a).is_some() && hex(*b).is_some());
    if out.get(start..len).unwrap_or_default().windows(5).any(twice) { Err(Malformed) } else { Ok(len) }
}

/// Whether an encoded byte begins a character in a longer form than it needs, which careless decoders take for the short
/// one (`%C0%AF` for a slash), or can begin no character at all.
fn is_overlong(byte: u8, rest: &[u8]) -> bool {
    let next = match rest {
        [b'%', high, low, ..] => hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low),
        _ => None,
    };
    match byte {
        0xc0 | 0xc1 | 0xf5.. => true,
        0xe0 => next.is_some_and(|next| (0x80..0xa0).contains(&next)),
        0xf0 => next.is_some_and(|next| (0x80..0x90).contains(&next)),
        _ => false,
    }
}

fn put(out: &mut [u8], len: usize, byte: u8) -> Result<usize, Malformed> {
    *out.get_mut(len).ok_or(Malformed)? = byte;
    Ok(len + 1)
}

/// A set of bytes.
struct Set([bool; 256]);

impl Set {
    fn contains(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte)).copied().unwrap_or_default()
    }
}

/// What may stand in a path as it is: `pchar` without `%`, and `/` ([RFC 3986, section 3.3]).
///
/// [RFC 3986, section 3.3]: https://www.rfc-editor.org/rfc/rfc3986#section-3.3
static PLAIN: Set = {
    let mut set = [false; 256];
    let mut rest: &mut [bool] = &mut set;
    let mut byte = 0_u8;
    while let [entry, more @ ..] = rest {
        let extra = matches!(
            byte,
            b'-' | b'.'
                | b'_'
                | b'~'
                | b'!'
                | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b'='
                | b':'
                | b'@'
                | b'/'
                | b';'
        );
        *entry = byte.is_ascii_alphanumeric() || extra;
        rest = more;
        byte = byte.wrapping_add(1);
    }
    Set(set)
};

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(path: &str) -> Option<std::string::String> {
        let mut out = [0; 256];
        let normal = normalise(path, &mut out).ok().map(Into::into);
        // What needs no work is normal as it is, or the fast path would answer differently.
        if !needs_work(path) {
            assert_eq!(normal.as_deref(), Some(path));
        }
        normal
    }

    #[test]
    fn unreserved_characters_are_decoded_and_hex_is_upper_case() {
        assert_eq!(normal("/v1/%6frders/%7Ejo%2e").as_deref(), Some("/v1/orders/~jo."));
        assert_eq!(normal("/a%c3%a9%3f").as_deref(), Some("/a%C3%A9%3F"));
        assert_eq!(normal("/a;v=1/b:@!$&'()*+,=").as_deref(), Some("/a;v=1/b:@!$&'()*+,="));
        assert_eq!(normal("/100%25").as_deref(), Some("/100%25"));
        assert_eq!(normal("/100%25zz").as_deref(), Some("/100%25zz"));
    }

    #[test]
    fn reserved_characters_have_another_reading() {
        let mut out = [0; 64];
        assert_eq!(
            decode_reserved("/jobs%3Astop/%21%24%26%27%28%29%2A%2B%2C%3B%3D%40", &mut out),
            Some("/jobs:stop/!$&'()*+,;=@")
        );
        for same in ["/", "/a:b", "/a%20b%C3%A9", "/100%25zz", "/a%2"] {
            assert_eq!(decode_reserved(same, &mut out), None, "{same}");
        }
        assert_eq!(decode_reserved("/a%3Ab", &mut out[..3]), None);
    }

    #[test]
    fn dot_segments_are_removed() {
        for (path, expected) in [
            ("/a/./b", "/a/b"),
            ("/a/../b", "/b"),
            ("/a/b/..", "/a/"),
            ("/a/b/.", "/a/b/"),
            ("/..", "/"),
            ("/../../a", "/a"),
            ("/a/%2e%2E/b", "/b"),
            ("/.a/..b/c.", "/.a/..b/c."),
            ("/", "/"),
            ("/a/", "/a/"),
            ("/a/b/../../c/", "/c/"),
        ] {
            assert_eq!(normal(path).as_deref(), Some(expected), "{path}");
        }
    }

    #[test]
    fn case_and_trailing_slash_stay() {
        assert_eq!(normal("/V1/a/").as_deref(), Some("/V1/a/"));
    }

    #[test]
    fn what_two_servers_read_differently_is_refused() {
        for path in [
            "/a%2Fb",
            "/a%2fb",
            "/a%5Cb",
            "/a\\b",
            "/a%00",
            "/a%252Fb",
            "/a%2541",
            "/%25%32e",
            "/%25%32%65",
            "/%252%65",
            "//a",
            "/a//b",
            "/a/;/..;/b",
            "/..;/a",
            "/.;x/a",
            "/%2e%2e;/a",
            "/..%3b/a",
            "/%",
            "/%2",
            "/%zz",
            "/%u002f",
            "/%c0%af",
            "/%e0%80%af",
            "/%f0%80%80%af",
            "/%ff",
            "/a%252%46",
            "/a%25%32F",
            "/%C1%9c",
            "/a b",
            "/caf\u{e9}",
            "/a\u{7f}",
            "/a\tb",
            "/a\"b",
            "/a<b",
            "/a^b",
            "/a`b",
            "/a{b}",
            "/a|b",
            "a",
            "",
        ] {
            assert_eq!(normal(path), None, "{path}");
        }
    }

    #[test]
    fn a_path_over_the_limit_is_refused() {
        let mut long = std::string::String::from("/");
        long.push_str(&"a".repeat(limits::PATH - 1));
        assert!(normalise(&long, &mut [0; limits::PATH]).is_ok());
        long.push('a');
        assert!(needs_work(&long));
        assert!(normalise(&long, &mut [0; limits::PATH + 8]).is_err());
    }

    #[test]
    fn targets_come_apart() {
        let target = |text: &'static str| {
            Target::parse(text.as_bytes())
                .map(|t| (t.path, t.query.map(|query| core::str::from_utf8(query).unwrap())))
        };
        assert_eq!(target("/a?b?c"), Ok(("/a", Some("b?c"))));
        assert_eq!(target("https://h.example"), Ok(("/", None)));
        assert_eq!(target("HTTP://h.example:80?x=/y"), Ok(("/", Some("x=/y"))));
        assert_eq!(target("*"), Ok(("*", None)));
        assert_eq!(target("/a?b#c"), Ok(("/a", Some("b#c"))));
        assert_eq!(Target::parse(b"/a?\xff").unwrap().query, Some(&b"\xff"[..]));
        assert_eq!(Target::parse(b"/\xff"), Err(Malformed));
        for bad in ["", "a", "/a#b", "ftp://h/a", "h.example:443", "https:///a", "https://h\\a/b", "?a"] {
            assert_eq!(target(bad), Err(Malformed), "{bad}");
        }
    }
}
