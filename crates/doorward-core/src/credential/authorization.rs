//! The `Authorization` field: exactly one line with exactly one credential in it.

use crate::reason::Reason;
use crate::request::{Request, field_names};
use crate::wire::field;

/// The value of the only line, without the white space around it.
///
/// A second line is an error and never a list ([RFC 9110, section 5.3]). A line in which a server has joined two is one,
/// too, and is left to [`has_second_credential`].
///
/// [RFC 9110, section 5.3]: https://www.rfc-editor.org/rfc/rfc9110#section-5.3
pub(super) fn only_line<'r>(request: &Request<'r>) -> Result<Option<&'r [u8]>, Reason> {
    let mut lines = request.values(field_names::AUTHORIZATION);
    let Some(value) = lines.next() else { return Ok(None) };
    if lines.next().is_some() {
        return Err(Reason::CredentialsAmbiguous);
    }
    Ok(Some(field::trim(value)))
}

/// Splits the scheme off a credential ([RFC 9110, section 11.4]).
///
/// > credentials = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
///
/// `None` if there is no scheme, or something other than spaces follows it.
///
/// [RFC 9110, section 11.4]: https://www.rfc-editor.org/rfc/rfc9110#section-11.4
#[must_use]
pub fn split_scheme(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let (scheme, rest) = field::split_while(value, field::is_tchar);
    let (spaces, data) = field::split_while(rest, |byte| byte == b' ');
    let separated = !spaces.is_empty() || rest.is_empty();
    if scheme.is_empty() || !separated { None } else { Some((scheme, data)) }
}

/// Whether a second credential follows a comma, as where a server has joined two lines into one.
///
/// Commas inside quoted strings do not count, nor do those between the parameters of one credential: what follows them
/// is a name and `=`. What counts is a scheme with something behind it, or a scheme that is in use, alone.
#[must_use]
pub fn has_second_credential(value: &[u8]) -> bool {
    if field::find_byte(value, b',').is_none() {
        return false;
    }
    let mut rest = value;
    while let Some(after) = after_comma(rest) {
        rest = after;
        let (_, element) = field::split_while(after, |byte| matches!(byte, b' ' | b'\t'));
        let (scheme, tail) = field::split_while(element, field::is_tchar);
        let (space, data) = field::split_while(tail, |byte| matches!(byte, b' ' | b'\t'));
        let more = !space.is_empty() && !matches!(data, [] | [b'=' | b',', ..]);
        let alone =
            matches!(data, [] | [b',', ..]) && SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known));
        if !scheme.is_empty() && (more || alone) {
            return true;
        }
    }
    false
}

/// Schemes that are told from other words when they stand alone: those of HTTP's registry that are in use.
const SCHEMES: [&[u8]; 7] = [b"Basic", b"Bearer", b"Digest", b"DPoP", b"GNAP", b"HOBA", b"Negotiate"];

/// What follows the next comma outside a quoted string.
fn after_comma(text: &[u8]) -> Option<&[u8]> {
    let mut quoted = false;
    let mut rest = text;
    loop {
        rest = match rest {
            [] => return None,
            [b'\\', _, rest @ ..] if quoted => rest,
            [b'"', rest @ ..] => {
                quoted = !quoted;
                rest
            }
            [b',', rest @ ..] if !quoted => return Some(rest),
            [_, rest @ ..] => rest,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// H-GRAM-07, H-GRAM-13.
    #[test]
    fn a_joined_second_credential_is_seen() {
        for two in [
            "Bearer a, Bearer b",
            "Bearer a,Bearer b",
            "Bearer a , Basic dTpw",
            "Basic dTpw, Bearer a",
            "Bearer a, Bearer",
            "Bearer a,\tDPoP x",
            "Bearer a, , Bearer b",
            "Digest username=\"a\", realm=\"b\", Bearer x",
            ", Bearer a b",
            "Bearer a, x y=z",
        ] {
            assert!(has_second_credential(two.as_bytes()), "{two}");
        }
        for one in [
            "Bearer a",
            "Bearer a,b",
            "Bearer a,",
            "Bearer a, ",
            "Digest username=\"a, Bearer x\", realm = \"b\"",
            "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host;date, Signature=00",
            "Digest a=\"\\\", Bearer x\"",
            "",
        ] {
            assert!(!has_second_credential(one.as_bytes()), "{one}");
        }
    }

    /// H-GRAM-02: only spaces separate scheme and data.
    #[test]
    fn the_scheme_ends_at_a_space() {
        assert_eq!(split_scheme(b"Bearer  abc"), Some((&b"Bearer"[..], &b"abc"[..])));
        assert_eq!(split_scheme(b"Bearer"), Some((&b"Bearer"[..], &b""[..])));
        assert_eq!(split_scheme(b"Bearer\tabc"), None);
        assert_eq!(split_scheme(b"Bearer=abc"), None);
        assert_eq!(split_scheme(b""), None);
        assert_eq!(split_scheme(b" abc"), None);
    }
}
