//! The proxies through which an answer came ([RFC 9110, section 7.6.3]), the nearest to the origin first.
//!
//! [RFC 9110, section 7.6.3]: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.3

use super::field;
use crate::limits;

/// One proxy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ViaHop<'a> {
    /// The protocol by which the proxy received the message; that it is HTTP need not be said.
    pub protocol: &'a [u8],
    /// Its host, with or without a port, or what it calls itself.
    pub by: &'a [u8],
}

/// Reads one line of `Via`. Comments are passed over, and so is an element that has not its form.
pub fn read(value: &[u8]) -> impl Iterator<Item = ViaHop<'_>> {
    let mut rest = if value.len() > limits::RESPONSE_FIELD_BYTES { &[] } else { value };
    core::iter::from_fn(move || {
        while !rest.is_empty() {
            let (element, behind) = element(rest);
            rest = behind;
            if let Some(hop) = hop(element) {
                return Some(hop);
            }
        }
        None
    })
}

/// The element at the front and what follows its comma. Commas in comments, which may nest, separate nothing.
fn element(text: &[u8]) -> (&[u8], &[u8]) {
    let mut depth = 0_usize;
    let mut escaped = false;
    let end = text.iter().position(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if depth > 0 => escaped = true,
            b'(' => depth = depth.saturating_add(1),
            b')' => depth = depth.saturating_sub(1),
            b',' => return depth == 0,
            _ => {}
        }
        false
    });
    let (element, behind) = end.and_then(|end| text.split_at_checked(end)).unwrap_or((text, &[]));
    (element, behind.get(1..).unwrap_or_default())
}

fn hop(element: &[u8]) -> Option<ViaHop<'_>> {
    let space = |byte: u8| matches!(byte, b' ' | b'\t');
    let (protocol, rest) =
        field::split_while(field::trim(element), |byte| field::is_tchar(byte) || byte == b'/');
    let (between, rest) = field::split_while(rest, space);
    let (by, rest) =
        field::split_while(rest, |byte| byte.is_ascii_graphic() && !matches!(byte, b'(' | b'"' | b'\\'));
    let (_, comment) = field::split_while(rest, space);
    let good = !protocol.is_empty() && !between.is_empty() && !by.is_empty();
    (good && matches!(comment, [] | [b'(', ..])).then_some(ViaHop { protocol, by })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;
    use std::string::String;
    use std::vec::Vec;

    fn hops(line: &str) -> Vec<String> {
        let text = |hop: ViaHop<'_>| format!("{} {}", hop.protocol.escape_ascii(), hop.by.escape_ascii());
        read(line.as_bytes()).map(text).collect()
    }

    /// H-VIA-02.
    #[test]
    fn each_element_is_a_proxy() {
        assert_eq!(
            hops("1.0 fred, 1.1 p.example.net:8080 (Apache/1.1),HTTP/2\t[2001:db8::1]:80 ,, 3 edge-eu"),
            ["1.0 fred", "1.1 p.example.net:8080", "HTTP/2 [2001:db8::1]:80", "3 edge-eu"]
        );
        assert_eq!(hops(""), [""; 0]);
    }

    #[test]
    fn comments_hide_what_is_in_them() {
        assert_eq!(hops(r"1.1 a (b, 1.1 c (d, \), e) f, 1.1 g), 1.1 h"), ["1.1 a", "1.1 h"]);
        assert_eq!(hops("1.1 a (never closed, 1.1 b"), ["1.1 a"]);
        assert_eq!(hops("1.1 a), 1.1 b(c)"), ["1.1 a)", "1.1 b"]);
    }

    #[test]
    fn what_has_not_the_form_of_a_proxy_is_passed_over() {
        assert_eq!(hops("1.1, a, 1.1 b c, (d) e, \"f\" g, 1.1 \"h\", 1.1 i"), ["1.1 i"]);
        let long = format!("1.1 {}", "a".repeat(limits::RESPONSE_FIELD_BYTES));
        assert_eq!(hops(&long), [""; 0]);
    }
}
