//! The request target as the applications behind us will read it.
//!
//! Frameworks of Python route on the *decoded* path, where `%3A` and `:` are one. A rule for `/jobs:stop` could be walked
//! around as `/jobs%3Astop`, which is another path to RFC 3986. So what is judged here has the characters that may
//! stand in a path as they are, the way the application sees them, and a path that no application reads alike is
//! refused. Everything else is left to the core: encoded slashes, dots and the like are still there to be seen.

use doorward::doorward_core::wire::form::hex;
use std::borrow::Cow;

/// A target that the core always calls ambiguous, whatever the policy says: it has an encoded NUL.
const AMBIGUOUS: &[u8] = b"/%00";

/// The target for a raw path and a query.
pub(crate) fn from_raw<'t>(raw: &'t [u8], query: Option<&[u8]>) -> Cow<'t, [u8]> {
    let path = read(raw);
    let Some(query) = query.filter(|query| !query.is_empty()) else { return path };
    let mut target = path.into_owned();
    target.push(b'?');
    target.extend_from_slice(query);
    Cow::Owned(target)
}

/// The target for a path that a server has decoded already: what may not stand in a path is encoded again.
pub(crate) fn from_decoded(path: &[u8], query: &[u8]) -> Vec<u8> {
    if core::str::from_utf8(path).is_err() {
        return AMBIGUOUS.to_vec();
    }
    let mut target = Vec::with_capacity(path.len().saturating_add(query.len()).saturating_add(16));
    for byte in path {
        if is_unreserved(*byte) || is_reserved(*byte) || *byte == b'/' {
            target.push(*byte);
        } else {
            let digit =
                |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0').to_ascii_uppercase();
            target.push(b'%');
            target.extend([byte >> 4, byte & 15].map(|value| u8::try_from(digit(value)).unwrap_or(b'0')));
        }
    }
    if !query.is_empty() {
        target.push(b'?');
        target.extend_from_slice(query);
    }
    target
}

/// A raw path, or a whole target, with every `%XX` of its path that stands for a reserved character of paths decoded.
pub(crate) fn read(raw: &[u8]) -> Cow<'_, [u8]> {
    let end = raw.iter().position(|byte| *byte == b'?').unwrap_or(raw.len());
    let (path, rest) = raw.split_at_checked(end).unwrap_or((raw, b""));
    if !path.contains(&b'%') {
        return Cow::Borrowed(raw);
    }
    let mut target = Vec::with_capacity(raw.len());
    let mut decoded = Vec::with_capacity(path.len());
    let mut left = path;
    while let [byte, more @ ..] = left {
        left = more;
        let escaped = match (byte, more) {
            (b'%', [high, low, after @ ..]) => {
                hex(*high).zip(hex(*low)).map(|(high, low)| (high << 4 | low, after))
            }
            _ => None,
        };
        // What is wrong with any other `%`, the core says.
        let Some((value, after)) = escaped else {
            target.push(*byte);
            decoded.push(*byte);
            continue;
        };
        if is_reserved(value) {
            target.push(value);
        } else {
            target.push(*byte);
            target.extend(more.iter().take(2));
        }
        decoded.push(value);
        left = after;
    }
    if core::str::from_utf8(&decoded).is_err() {
        return Cow::Borrowed(AMBIGUOUS);
    }
    target.extend_from_slice(rest);
    Cow::Owned(target)
}

/// The reserved characters that may stand in a segment as they are (RFC 3986, section 3.3).
const fn is_reserved(byte: u8) -> bool {
    matches!(byte, b'!' | b'$' | b'&'..=b',' | b';' | b'=' | b':' | b'@')
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}
