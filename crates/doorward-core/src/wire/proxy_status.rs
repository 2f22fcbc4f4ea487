//! What proxies say of an answer on its way ([RFC 9209]): one member for each hop that has something to say, the nearest to
//! the origin first.
//!
//! Nobody vouches for it: it may serve to explain an answer, and never to decide on one (RFC 9209, section 4).
//!
//! [RFC 9209]: https://www.rfc-editor.org/rfc/rfc9209

use super::Malformed;
use super::quoted::QuotedText;
use super::structured::{BareItem, List, Member};

/// One hop.
#[derive(Clone, Copy, Debug)]
pub struct ProxyStatusHop<'a> {
    /// What the proxy calls itself.
    pub name: QuotedText<'a>,
    /// The type of an error that the proxy met; with one, the answer may be the proxy's own (RFC 9209, section 2.1.1).
    pub error: Option<&'a [u8]>,
    /// The status that the proxy received from the next hop.
    pub received_status: Option<u16>,
    /// Where the proxy sent the request.
    pub next_hop: Option<QuotedText<'a>>,
    /// The protocol towards the next hop.
    pub next_protocol: Option<QuotedText<'a>>,
    /// What else the proxy wants to say.
    pub details: Option<QuotedText<'a>>,
    /// The status that the proxy made for the origin, with `http_request_error`.
    pub status_code: Option<u16>,
}

/// Reads one line of `Proxy-Status`. Members that are no names, and parameters that nobody knows, are passed over.
///
/// # Errors
///
/// [`Malformed`] if the line is no list of [RFC 9651, section 3.1].
///
/// [RFC 9651, section 3.1]: https://www.rfc-editor.org/rfc/rfc9651#section-3.1
pub fn read(value: &[u8]) -> Result<impl Iterator<Item = ProxyStatusHop<'_>>, Malformed> {
    Ok(List::parse(value)?.members().filter_map(|member| {
        let Member::Item(item) = member else { return None };
        let mut hop = ProxyStatusHop {
            name: item.value.text()?,
            error: None,
            received_status: None,
            next_hop: None,
            next_protocol: None,
            details: None,
            status_code: None,
        };
        // Of parameters with one key, the last one counts.
        for (key, value) in item.parameters.iter() {
            match key {
                // A token, though the example of RFC 9209, section 2.1.5 has a string.
                b"error" => hop.error = value.text().map(|text| text.raw()),
                b"received-status" => hop.received_status = status(value),
                b"next-hop" => hop.next_hop = value.text(),
                b"next-protocol" => hop.next_protocol = value.text(),
                b"details" => hop.details = value.text(),
                b"status-code" => hop.status_code = status(value),
                _ => {}
            }
        }
        Some(hop)
    }))
}

fn status(value: BareItem<'_>) -> Option<u16> {
    let BareItem::Integer(number) = value else { return None };
    u16::try_from(number).ok().filter(|status| (100..=999).contains(status))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;
    use std::string::String;
    use std::vec::Vec;

    fn hops(line: &str) -> Vec<ProxyStatusHop<'_>> {
        read(line.as_bytes()).unwrap().collect()
    }

    fn names(line: &str) -> Vec<String> {
        hops(line)
            .iter()
            .map(|hop| hop.name.raw().escape_ascii().collect::<Vec<u8>>())
            .map(|name| String::from_utf8(name).unwrap())
            .collect()
    }

    /// H-PS-01, H-PS-02.
    #[test]
    fn a_hop_says_what_it_made_and_what_it_received() {
        let line = r#"r34.example.net; error=http_request_error; status-code=400; status-phrase="x", "edge, eu"; received-status=401; next-hop="10.0.0.1:80"; next-protocol=h2; details="a \"b\"""#;
        let [origin, edge] = hops(line)[..] else { panic!() };
        assert_eq!((origin.error, origin.status_code), (Some(b"http_request_error".as_slice()), Some(400)));
        assert!(origin.name.eq(b"r34.example.net".as_slice()) && !origin.name.is_quoted());
        assert!(edge.name.eq(b"edge, eu".as_slice()) && edge.error.is_none());
        assert_eq!(edge.received_status, Some(401));
        assert!(edge.next_hop.unwrap().eq(b"10.0.0.1:80".as_slice()));
        assert!(edge.next_protocol.unwrap().eq(b"h2".as_slice()));
        assert!(edge.details.unwrap().eq(b"a \"b\"".as_slice()));
    }

    /// H-PS-03.
    #[test]
    fn the_error_is_a_token_or_a_string_and_strange_parameters_say_nothing() {
        let line = r#"a; error="http_request_denied"; x=1; y=:AAAA:; z, b; error=(1)"#;
        assert!(read(line.as_bytes()).is_err(), "a parameter is never a list");
        let hop = hops(r#"a; error="http_request_denied"; x=1; y=:AAAA:; z"#)[0];
        assert_eq!(hop.error, Some(b"http_request_denied".as_slice()));
        let hop = hops("a; error=1; received-status=41; next-hop=?1; details=@1; status-code=401.0")[0];
        assert_eq!((hop.error, hop.received_status, hop.status_code), (None, None, None));
        assert!(hop.next_hop.is_none() && hop.details.is_none());
        assert_eq!(hops("a; received-status=1000")[0].received_status, None);
    }

    #[test]
    fn of_parameters_with_one_key_the_last_one_counts() {
        assert_eq!(hops("a; error=x; error=y")[0].error, Some(b"y".as_slice()));
        assert_eq!(hops("a; error=x; error=1")[0].error, None);
    }

    #[test]
    fn members_that_are_no_names_are_passed_over_and_what_is_no_list_is_refused() {
        assert_eq!(names("a, 1, (b c), \"d\", ?1, e"), ["a", "d", "e"]);
        for line in ["a;", "a b", "a,", "a; Error=x", "a; error=", "a\n"] {
            assert!(read(line.as_bytes()).is_err(), "{line}");
        }
        assert_eq!(format!("{:?}", hops("s3cret; details=s3cret")[0].details), "Some(QuotedText(6 bytes))");
    }
}
