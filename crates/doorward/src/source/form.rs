//! Forms: pairs in `application/x-www-form-urlencoded`, as [RFC 6749, appendix B] has them.
//!
//! [RFC 6749, appendix B]: https://www.rfc-editor.org/rfc/rfc6749#appendix-B

use zeroize::Zeroizing;

/// A form that is being written.
#[derive(Default)]
pub(super) struct Form {
    text: Zeroizing<String>,
}

impl Form {
    /// Adds a pair.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        let more = name.len().saturating_add(value.len()).saturating_mul(3).saturating_add(2);
        // Growing would leave copies of secrets behind.
        let mut next = Zeroizing::new(String::with_capacity(self.text.len().saturating_add(more)));
        next.push_str(&self.text);
        if !next.is_empty() {
            next.push('&');
        }
        encode(name, &mut next);
        next.push('=');
        encode(value, &mut next);
        self.text = next;
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

/// Writes a text so that it can stand in a form.
pub(super) fn encode(text: &str, out: &mut String) {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or('0');
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => out.push(char::from(byte)),
            _ => {
                out.push('%');
                out.push(digit(byte >> 4));
                out.push(digit(byte & 15));
            }
        }
    }
}

/// `Basic` and a pair in base64 with its padding, which URLs' base64 lacks ([RFC 7617, section 2]).
///
/// [RFC 7617, section 2]: https://www.rfc-editor.org/rfc/rfc7617#section-2
pub(super) fn basic(pair: &str) -> Zeroizing<String> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |bits: u32| {
        let place = usize::try_from(bits & 63).unwrap_or_default();
        ALPHABET.get(place).map_or('A', |byte| char::from(*byte))
    };
    let mut value = Zeroizing::new(String::with_capacity(pair.len().saturating_mul(2).saturating_add(16)));
    value.push_str("Basic ");
    for three in pair.as_bytes().chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or_default());
        let bits = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        value.push(letter(bits >> 18));
        value.push(letter(bits >> 12));
        value.push(if three.len() > 1 { letter(bits >> 6) } else { '=' });
        value.push(if three.len() > 2 { letter(bits) } else { '=' });
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_written_as_basic_has_it() {
        use base64::Engine as _;
        for pair in ["", "a", "a:", "a:b", "Aladdin:open sesame", "\u{7f}\u{ff}\u{3ff}"] {
            let expected = base64::engine::general_purpose::STANDARD.encode(pair);
            assert_eq!(*basic(pair), format!("Basic {expected}"));
        }
    }

    #[test]
    fn pairs_are_written_as_forms_want_them() {
        let mut form = Form::default();
        form.add("scope", "a:read b*c-._");
        form.add("ä", "&=+%\r\n");
        assert_eq!(form.text(), "scope=a%3Aread+b*c-._&%C3%A4=%26%3D%2B%25%0D%0A");
    }
}
