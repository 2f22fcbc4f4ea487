//! Who the caller is, as fields that a proxy copies into the request that it sends on.

use doorward::Decision;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};

const OUTCOME: HeaderName = HeaderName::from_static("x-doorward-outcome");
const ISSUER: HeaderName = HeaderName::from_static("x-doorward-issuer");
const SUBJECT: HeaderName = HeaderName::from_static("x-doorward-subject");

/// Adds the fields for a caller who is let in.
///
/// All of them are always there, empty where nobody is known: a proxy that copies a field overwrites what the caller sent
/// under its name, and what is not there cannot overwrite anything.
pub(super) fn add(fields: &mut HeaderMap, decision: &Decision<'_>) {
    let principal = decision.principal();
    let known = |text: Option<&str>| text.map_or(const { HeaderValue::from_static("") }, value);
    fields.insert(OUTCOME, HeaderValue::from_static(decision.outcome().code()));
    fields.insert(ISSUER, known(principal.map(|principal| principal.issuer)));
    fields.insert(SUBJECT, known(principal.map(|principal| principal.subject)));
}

/// A text as a field value: bytes outside visible ASCII, and `%` itself, are percent-encoded.
///
/// `%` too, or the subjects `a b` and `a%20b` would be one and the same for whoever reads the field.
fn value(text: &str) -> HeaderValue {
    let is_plain = |byte: &u8| byte.is_ascii_graphic() && *byte != b'%';
    let encoded = if text.bytes().all(|byte| is_plain(&byte)) {
        HeaderValue::from_str(text)
    } else {
        let mut encoded = String::with_capacity(text.len().saturating_mul(3));
        for byte in text.bytes() {
            if is_plain(&byte) {
                encoded.push(char::from(byte));
            } else {
                encoded.push('%');
                for digit in [byte >> 4, byte & 15] {
                    encoded.push(char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase());
                }
            }
        }
        HeaderValue::from_str(&encoded)
    };
    // Visible ASCII is always a value.
    encoded.unwrap_or(const { HeaderValue::from_static("") })
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn no_two_names_become_one_and_no_line_can_be_broken() {
        assert_eq!(value("spiffe://prod.example/ns/a?b=c"), "spiffe://prod.example/ns/a?b=c");
        assert_eq!(value("a b"), "a%20b");
        assert_eq!(value("a%20b"), "a%2520b");
        assert_eq!(value("ä\r\nx: y\0"), "%C3%A4%0D%0Ax:%20y%00");
        assert_eq!(value(""), "");
    }
}
