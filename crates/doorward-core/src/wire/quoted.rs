//! Quoted strings ([RFC 9110, section 5.6.4]) and the tokens that may stand in their place.
//!
//! [RFC 9110, section 5.6.4]: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.4

/// What stood in a token or in a quoted string: both mean the same (RFC 9110, section 5.6.6).
#[derive(Clone, Copy)]
pub struct QuotedText<'a> {
    raw: &'a [u8],
    quoted: bool,
}

/// Why there is no quoted string.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum QuotedFault {
    /// Its closing quote is missing.
    Unterminated,
    /// A byte that no quoted string may hold stands so many bytes behind its opening quote.
    IllegalByte(usize),
}

impl<'a> QuotedText<'a> {
    /// Text without quotes, in which a backslash is a backslash.
    #[must_use]
    pub const fn unquoted(text: &'a [u8]) -> Self {
        Self { raw: text, quoted: false }
    }

    /// What stands between two quotes, with its escapes.
    pub(super) const fn quoted(inside: &'a [u8]) -> Self {
        Self { raw: inside, quoted: true }
    }

    /// The bytes as they stood there, without the quotes around them and with the escapes between.
    #[must_use]
    pub const fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Whether it stood in quotes.
    #[must_use]
    pub const fn is_quoted(&self) -> bool {
        self.quoted
    }

    /// The bytes that are meant, without escapes.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + use<'a> {
        let mut rest = self.raw.iter().copied();
        let quoted = self.quoted;
        core::iter::from_fn(move || match rest.next()? {
            b'\\' if quoted => rest.next(),
            byte => Some(byte),
        })
    }

    /// The bytes that are meant, where they can be lent because nothing among them is escaped.
    #[must_use]
    pub fn plain(&self) -> Option<&'a [u8]> {
        (!self.quoted || !self.raw.contains(&b'\\')).then_some(self.raw)
    }

    /// Whether the bytes that are meant are these, in any case.
    #[must_use]
    pub fn eq_ignore_ascii_case(&self, other: &[u8]) -> bool {
        let lower = |byte: u8| byte.to_ascii_lowercase();
        self.bytes().map(lower).eq(other.iter().copied().map(lower))
    }
}

impl PartialEq<[u8]> for QuotedText<'_> {
    /// Whether the bytes that are meant are these.
    fn eq(&self, other: &[u8]) -> bool {
        self.bytes().eq(other.iter().copied())
    }
}

impl core::fmt::Debug for QuotedText<'_> {
    /// Shows the length only: a server may quote what was sent to it.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "QuotedText({} bytes)", self.raw.len())
    }
}

/// Whether a field value may hold the byte: no control but the tab ([RFC 9110, section 5.5]).
///
/// [RFC 9110, section 5.5]: https://www.rfc-editor.org/rfc/rfc9110#section-5.5
#[must_use]
pub const fn is_field_byte(byte: u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'~' | 0x80..)
}

/// Reads the quoted string whose opening quote has just been passed, and gives what stands behind its closing one.
///
/// # Errors
///
/// [`QuotedFault`] if it does not end, or holds what it may not.
pub fn after_quote(text: &[u8]) -> Result<(QuotedText<'_>, &[u8]), QuotedFault> {
    let mut at = 0_usize;
    let mut rest = text;
    loop {
        let len = match rest {
            [b'"', behind @ ..] => {
                let inside = text.get(..at).unwrap_or_default();
                return Ok((QuotedText::quoted(inside), behind));
            }
            [b'\\', byte, ..] if is_field_byte(*byte) => 2,
            [b'\\'] | [] => return Err(QuotedFault::Unterminated),
            [b'\\', ..] => return Err(QuotedFault::IllegalByte(at.saturating_add(1))),
            [byte, ..] if is_field_byte(*byte) => 1,
            _ => return Err(QuotedFault::IllegalByte(at)),
        };
        rest = rest.get(len..).unwrap_or_default();
        at = at.saturating_add(len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;
    use std::vec::Vec;

    fn inside(text: &str) -> (Vec<u8>, bool) {
        let (text, _) = after_quote(text.as_bytes()).unwrap();
        (text.bytes().collect(), text.plain().is_some())
    }

    /// H-GRAM-06: a backslash makes the next character mean itself, whatever it is.
    #[test]
    fn escapes_are_undone() {
        assert_eq!(inside("a b\""), (b"a b".to_vec(), true));
        assert_eq!(inside("\" tail"), (b"".to_vec(), true));
        assert_eq!(inside(r#"\a\"\\\ ""#), (br#"a"\ "#.to_vec(), false));
        assert_eq!(after_quote(br#"x\"" rest"#).unwrap().1, b" rest");
    }

    #[test]
    fn text_without_quotes_has_no_escapes() {
        let text = QuotedText::unquoted(br"a\b");
        assert!(text.eq(br"a\b".as_slice()) && text.eq_ignore_ascii_case(br"A\B"));
        assert_eq!((text.plain(), text.is_quoted()), (Some(br"a\b".as_slice()), false));
    }

    #[test]
    fn comparing_sees_through_escapes_and_asks_for_the_whole() {
        let (text, _) = after_quote(br#"in\valid_Token""#).unwrap();
        assert!(text.eq(b"invalid_Token".as_slice()) && !text.eq(b"invalid_token".as_slice()));
        assert!(text.eq_ignore_ascii_case(b"INVALID_token"));
        for other in ["", "invalid", "invalid_token2", "in\\valid_token"] {
            assert!(!text.eq_ignore_ascii_case(other.as_bytes()), "{other}");
        }
        assert_eq!(text.raw(), br"in\valid_Token");
        assert_eq!(format!("{text:?}"), "QuotedText(14 bytes)");
    }

    /// H-GRAM-12.
    #[test]
    fn a_string_that_does_not_end_and_a_byte_that_may_not_be_there_are_told_apart() {
        let fault = |text: &[u8]| after_quote(text).unwrap_err();
        for open in ["", "abc", "abc\\", "\\\""] {
            assert_eq!(fault(open.as_bytes()), QuotedFault::Unterminated, "{open}");
        }
        for byte in 0..=255_u8 {
            let listed = byte == b'\t' || (b' '..=b'~').contains(&byte) || byte >= 0x80;
            assert_eq!(is_field_byte(byte), listed, "{byte}");
            if !listed {
                assert_eq!(fault(&[b'a', byte, b'"']), QuotedFault::IllegalByte(1));
                assert_eq!(fault(&[b'\\', byte, b'"']), QuotedFault::IllegalByte(1));
            }
        }
    }
}
