//! Who a caller is, as header fields of the request that goes on to the application: one set of names and one spelling of
//! values for every proxy.

/// What was decided: `allow`, also where nobody had to be known.
pub const OUTCOME: &str = "x-doorward-outcome";
/// The issuer of the caller's credential, [encoded](encode).
pub const ISSUER: &str = "x-doorward-issuer";
/// The subject of the caller's credential, [encoded](encode); it means nothing without the issuer.
pub const SUBJECT: &str = "x-doorward-subject";

/// Appends a text as a field value can carry it: bytes outside visible ASCII, and `%` itself, are percent-encoded.
///
/// `%` too, or the subjects `a b` and `a%20b` would be one and the same for whoever reads the field.
pub fn encode(text: &str, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or(b'0');
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && byte != b'%' {
            out.push(byte);
        } else {
            out.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::encode;

    #[test]
    fn no_two_texts_become_one_and_no_line_can_be_broken() {
        let encoded = |text: &str| {
            let mut out = Vec::new();
            encode(text, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(encoded("spiffe://prod.example/ns/a?b=c"), "spiffe://prod.example/ns/a?b=c");
        assert_eq!(encoded("a b"), "a%20b");
        assert_eq!(encoded("a%20b"), "a%2520b");
        assert_eq!(encoded("j\u{f6}rg\r\nx-role: admin\0\u{7f}"), "j%C3%B6rg%0D%0Ax-role:%20admin%00%7F");
        assert_eq!(encoded(""), "");
    }
}
