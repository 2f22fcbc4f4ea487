//! The request target, put together from the parts that servers hand over.
//!
//! A raw target is handed on as it is: what it means is for the core to say, as in every other host. Only where a server
//! tells nothing but the decoded path is it encoded again, since then there is no other.

use std::borrow::Cow;

/// A target that the core always calls ambiguous, whatever the policy says: it has an encoded NUL.
const AMBIGUOUS: &[u8] = b"/%00";

/// The target for a raw path and a query.
pub(crate) fn from_raw<'t>(path: &'t [u8], query: &[u8]) -> Cow<'t, [u8]> {
    if query.is_empty() {
        return Cow::Borrowed(path);
    }
    Cow::Owned([path, b"?", query].concat())
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

/// The reserved characters that may stand in a segment as they are (RFC 3986, section 3.3).
const fn is_reserved(byte: u8) -> bool {
    matches!(byte, b'!' | b'$' | b'&'..=b',' | b';' | b'=' | b':' | b'@')
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}
