//! Pieces of HTTP field values: tokens, token68 and optional white space (RFC 9110, sections 5.6 and 11.2).

/// Whether the byte may stand in a token ([RFC 9110, section 5.6.2]).
///
/// > tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." / "^" / "_" / "`" / "|" / "~" / DIGIT / ALPHA
///
/// [RFC 9110, section 5.6.2]: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
#[must_use]
pub const fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

/// Whether `text` is a token: one or more of its characters.
#[must_use]
pub fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().copied().all(is_tchar)
}

/// Whether `text` is a token68 ([RFC 9110, section 11.2]).
///
/// > token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
///
/// [RFC 9110, section 11.2]: https://www.rfc-editor.org/rfc/rfc9110#section-11.2
#[must_use]
pub fn is_token68(text: &[u8]) -> bool {
    let body = text.iter().rposition(|byte| *byte != b'=').and_then(|last| text.get(..=last));
    // The fold has no early exit, so that it runs over whole vectors.
    body.is_some_and(|body| body.iter().fold(true, |all, byte| all & is_token68_char(*byte)))
}

const fn is_token68_char(byte: u8) -> bool {
    // `.` `/` and the digits are neighbours, which saves two comparisons.
    (byte | 0x20).wrapping_sub(b'a') < 26
        || byte.wrapping_sub(b'-') < 13
        || byte == b'_'
        || byte == b'~'
        || byte == b'+'
}

/// `value` without the white space around it ([RFC 9110, section 5.5]).
///
/// [RFC 9110, section 5.5]: https://www.rfc-editor.org/rfc/rfc9110#section-5.5
#[must_use]
pub fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = value {
        value = rest;
    }
    while let [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// Where `byte` first stands in `text`.
#[must_use]
pub fn find_byte(text: &[u8], byte: u8) -> Option<usize> {
    let (blocks, _) = text.as_chunks::<32>();
    // A whole block at a time without an early exit, which makes vector code of it.
    let has = |block: &&[u8; 32]| block.iter().fold(false, |any, found| any | (*found == byte));
    let before = blocks.iter().take_while(|block| !has(block)).count() * 32;
    text.get(before..)?.iter().position(|found| *found == byte).map(|at| before + at)
}

/// Splits the longest run of bytes that meet `of` off the front.
#[must_use]
pub fn split_while(text: &[u8], of: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !of(*byte)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// H-GRAM-03.
    #[test]
    fn token68_is_its_alphabet_and_trailing_padding() {
        for good in ["a", "a=", "a==", "AZaz09-._~+/", "x.y.z"] {
            assert!(is_token68(good.as_bytes()), "{good}");
        }
        for bad in ["", "=", "==", "a=b", "a b", "a,b", "a\"", "é", "a\t", "a:b", "a@"] {
            assert!(!is_token68(bad.as_bytes()), "{bad}");
        }
        for byte in 0..=255_u8 {
            let listed = byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
            assert_eq!(is_token68_char(byte), listed, "{byte}");
        }
    }

    #[test]
    fn a_byte_is_found_at_every_offset() {
        for at in 0..19 {
            let mut text = *b"/-/-/-/-/-/-/-/-/-/";
            text[at] = b'.';
            assert_eq!(find_byte(&text, b'.'), Some(at));
        }
        assert_eq!(find_byte(b"0123456789/-\xae", b'.'), None);
    }

    #[test]
    fn white_space_is_trimmed_at_both_ends_only() {
        assert_eq!(trim(b" \ta b\t "), b"a b");
        assert_eq!(trim(b" \t"), b"");
    }
}
