//! Writing base64url; the core only reads it.

/// Writes bytes as base64url without padding ([RFC 4648, section 5]).
///
/// [RFC 4648, section 5]: https://www.rfc-editor.org/rfc/rfc4648#section-5
pub(crate) fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: [char; 64] = [
        'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T',
        'U', 'V', 'W', 'X', 'Y', 'Z', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n',
        'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', '0', '1', '2', '3', '4', '5', '6', '7',
        '8', '9', '-', '_',
    ];
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().chain([&0, &0]).take(3).fold(0_u32, |group, byte| group << 8 | u32::from(*byte));
        for place in 0..=chunk.len() {
            let shift = 18_u32.saturating_sub(u32::try_from(place).unwrap_or(3) * 6);
            let digit = usize::try_from(group >> shift & 63).unwrap_or_default();
            text.extend(ALPHABET.get(digit));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64url;

    /// RFC 4648, section 10.
    #[test]
    fn the_vectors_of_the_standard_come_out_without_padding() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
            ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64url(bytes.as_bytes()), text);
        }
        assert_eq!(base64url(&[0xfb, 0xff, 0xfe]), "-__-");
    }
}
