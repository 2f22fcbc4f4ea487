//! Addresses in the fields by which proxies say whom they speak for: one element for each hop, the nearest last, and
//! read from there.

use super::field;
use core::net::{IpAddr, SocketAddr};

/// The hops of one line of `X-Forwarded-For`, the last first; `None` for one that is no address.
pub fn x_forwarded_for(line: &[u8]) -> impl Iterator<Item = Option<IpAddr>> {
    line.rsplit(|byte| *byte == b',').map(|element| node(field::trim(element)))
}

/// The hops of one line of `Forwarded`, the last first; `None` for one without an address ([RFC 7239, section 4]).
///
/// [RFC 7239, section 4]: https://www.rfc-editor.org/rfc/rfc7239#section-4
pub fn forwarded(line: &[u8]) -> impl Iterator<Item = Option<IpAddr>> {
    from_the_end(line, b',').map(|element| {
        let mut found = None;
        for pair in from_the_end(element, b';') {
            let pair = field::trim(pair);
            let Some(at) = pair.iter().position(|byte| *byte == b'=') else { continue };
            let (name, value) = pair.split_at_checked(at)?;
            if name.eq_ignore_ascii_case(b"for") {
                if found.is_some() {
                    // Each parameter once in an element; two say nothing.
                    return None;
                }
                let value = value.get(1..)?;
                let inside = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
                found = Some(node(inside.unwrap_or(value)));
            }
        }
        found.flatten()
    })
}

/// The pieces between separators that stand outside of quoted strings, the last first.
///
/// From the end, where our own proxies have written: a quote that a caller opened and never closed then swallows what the caller
/// wrote, and nothing behind it.
fn from_the_end(text: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut quoted = false;
    text.rsplit(move |byte| {
        quoted ^= *byte == b'"';
        *byte == separator && !quoted
    })
}

/// An address, with or without brackets and a port. Names that hide an address, and everything else, are none.
fn node(text: &[u8]) -> Option<IpAddr> {
    let text = core::str::from_utf8(text).ok()?;
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address);
    }
    if let Ok(with_port) = text.parse::<SocketAddr>() {
        return Some(with_port.ip());
    }
    let inside = text.strip_prefix('[')?.strip_suffix(']')?;
    inside.parse().ok().map(IpAddr::V6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::{String, ToString};
    use std::vec::Vec;

    fn shown(hops: impl Iterator<Item = Option<IpAddr>>) -> Vec<String> {
        hops.map(|hop| hop.map_or("-".to_string(), |hop| hop.to_string())).collect()
    }

    #[test]
    fn each_element_is_a_hop_and_ports_do_not_matter() {
        let line =
            b" 203.0.113.7, 10.0.0.1:4711 ,[2001:db8::1]:80,2001:db8::2,[2001:db8::3], unknown,, 1.2.3";
        let hops = shown(x_forwarded_for(line));
        let expected =
            ["-", "-", "-", "2001:db8::3", "2001:db8::2", "2001:db8::1", "10.0.0.1", "203.0.113.7"];
        assert_eq!(hops, expected);
    }

    #[test]
    fn forwarded_names_the_hop_in_for() {
        let line = br#"for=192.0.2.43;proto=http, For="[2001:db8:cafe::17]:4711" ; by=_x, by="a,for=1.2.3.4;", for=_hidden, for=unknown"#;
        assert_eq!(shown(forwarded(line)), ["-", "-", "-", "2001:db8:cafe::17", "192.0.2.43"]);
    }

    #[test]
    fn an_element_that_names_two_hops_names_none() {
        assert_eq!(shown(forwarded(b"for=192.0.2.1;for=192.0.2.2")), ["-"]);
        assert_eq!(shown(forwarded(br#"for="192.0.2.1"#)), ["-"]);
    }

    #[test]
    fn a_quote_that_is_never_closed_swallows_nothing_that_was_added_behind_it() {
        assert_eq!(shown(forwarded(br#"for="x, for=192.0.2.9"#)).first().unwrap(), "192.0.2.9");
        let line = br#"for="x, for="[2001:db8::1]:80", for=192.0.2.9"#;
        assert_eq!(shown(forwarded(line))[..2], ["192.0.2.9", "2001:db8::1"]);
    }
}
