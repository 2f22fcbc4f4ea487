//! Writing base64url into text.

use doorward_core::wire::base64url::{encode, encoded_len};

/// Writes bytes as base64url without padding ([RFC 4648, section 5]).
///
/// [RFC 4648, section 5]: https://www.rfc-editor.org/rfc/rfc4648#section-5
pub(crate) fn base64url(bytes: &[u8]) -> String {
    let mut text = vec![0; encoded_len(bytes.len())];
    encode(bytes, &mut text);
    text.into_iter().map(char::from).collect()
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
