//! Query strings and form bodies: one named parameter, found and decoded.
//!
//! The rules are those of `application/x-www-form-urlencoded`: `&` between pairs, `+` for a space, `%` with two hex
//! digits for a byte.

use super::Malformed;

/// What a search for a parameter found.
#[derive(Clone, Copy, Eq, PartialEq)]
pub enum Found<'t> {
    /// It is not there.
    Absent,
    /// It is there once, with this value, not yet decoded.
    Once(&'t [u8]),
    /// It is there more than once.
    Repeated,
}

impl core::fmt::Debug for Found<'_> {
    /// Leaves the value out: it may be a credential.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Absent => "Absent",
            Self::Once(_) => "Once(..)",
            Self::Repeated => "Repeated",
        })
    }
}

/// Looks for the parameter `name` in `text`; names are compared after decoding.
#[must_use]
pub fn find<'t>(text: &'t [u8], name: &str) -> Found<'t> {
    let mut found = Found::Absent;
    for pair in text.split(|byte| *byte == b'&') {
        let end = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let (key, value) = pair.split_at_checked(end).unwrap_or((pair, &[]));
        if Decode(key).eq(name.bytes().map(Ok)) {
            if found != Found::Absent {
                return Found::Repeated;
            }
            found = Found::Once(value.get(1..).unwrap_or_default());
        }
    }
    found
}

/// Decodes `text` into the front of `out`, or borrows it where there is nothing to decode.
///
/// # Errors
///
/// [`Malformed`] for `%` without two hex digits, and for an `out` that is too short.
pub fn decode<'t>(text: &'t [u8], out: &'t mut [u8]) -> Result<&'t [u8], Malformed> {
    if !text.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return Ok(text);
    }
    let mut len = 0;
    for byte in Decode(text) {
        *out.get_mut(len).ok_or(Malformed)? = byte?;
        len += 1;
    }
    out.get(..len).ok_or(Malformed)
}

/// The most bytes that [`decode`] needs: none where it borrows.
#[must_use]
pub fn decoded_len(text: &[u8]) -> usize {
    if !text.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return 0;
    }
    let escapes = text.iter().filter(|byte| **byte == b'%').count();
    text.len().saturating_sub(escapes.saturating_mul(2))
}

struct Decode<'t>(&'t [u8]);

impl Iterator for Decode<'_> {
    type Item = Result<u8, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        let (byte, rest) = match self.0 {
            [] => return None,
            [b'+', rest @ ..] => (Ok(b' '), rest),
            [b'%', high, low, rest @ ..] => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => (Ok(high << 4 | low), rest),
                _ => (Err(Malformed), &[][..]),
            },
            [b'%', ..] => (Err(Malformed), &[][..]),
            [byte, rest @ ..] => (Ok(*byte), rest),
        };
        self.0 = rest;
        Some(byte)
    }
}

/// The value of a hex digit, in either case.
#[must_use]
pub const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_found_whole_and_once() {
        assert_eq!(find(b"a=1&access_token=x.y&b", "access_token"), Found::Once(b"x.y"));
        assert_eq!(find(b"my_access_token=x&access_tokens=y", "access_token"), Found::Absent);
        assert_eq!(find(b"access_token", "access_token"), Found::Once(b""));
        assert_eq!(find(b"access_token=a=b", "access_token"), Found::Once(b"a=b"));
        assert_eq!(find(b"", "access_token"), Found::Absent);
    }

    #[test]
    fn a_second_one_is_seen_even_in_disguise() {
        assert_eq!(find(b"access_token=x&access%5Ftoken=y", "access_token"), Found::Repeated);
        assert_eq!(find(b"access_token=x&access_token=x", "access_token"), Found::Repeated);
    }

    #[test]
    fn values_are_decoded_only_where_needed() {
        let mut out = [0; 8];
        assert_eq!(decode(b"a.b", &mut []), Ok(&b"a.b"[..]));
        assert_eq!(decode(b"a%2Eb+c", &mut out), Ok(&b"a.b c"[..]));
        for bad in ["%", "%2", "%zz", "%2E%"] {
            assert_eq!(decode(bad.as_bytes(), &mut out), Err(Malformed), "{bad}");
        }
        assert_eq!(decode(b"%41%41", &mut [0; 1]), Err(Malformed));
    }
}
