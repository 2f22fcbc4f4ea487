//! The origin of a URL, as far as it takes to tell whether two are of one origin.

use core::net::Ipv4Addr;

/// Scheme, host and port ([RFC 9110, section 4.3.1]).
///
/// [RFC 9110, section 4.3.1]: https://www.rfc-editor.org/rfc/rfc9110#section-4.3.1
#[derive(Clone, Copy)]
pub(super) struct UrlOrigin<'a> {
    secure: bool,
    host: &'a [u8],
    port: u16,
}

impl<'a> UrlOrigin<'a> {
    /// The origin of an absolute URL. One with user information, or with bytes that browsers and servers read differently, has
    /// none.
    pub(super) fn of(url: &'a [u8]) -> Option<Self> {
        let (secure, rest) = match prefix(url, b"https://") {
            Some(rest) => (true, rest),
            None => (false, prefix(url, b"http://")?),
        };
        if !url.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'\\') {
            return None;
        }
        let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
        let authority = rest.get(..end)?;
        let colon = authority.iter().rposition(|byte| *byte == b':');
        let colon = colon.filter(|colon| !authority.get(*colon..).unwrap_or_default().contains(&b']'));
        let (host, port) = match colon {
            Some(colon) => (authority.get(..colon)?, authority.get(colon.saturating_add(1)..)?),
            None => (authority, b"".as_slice()),
        };
        if host.is_empty() || host.contains(&b'@') {
            return None;
        }
        let port = match port {
            b"" if secure => 443,
            b"" => 80,
            _ if port.iter().all(u8::is_ascii_digit) => core::str::from_utf8(port).ok()?.parse().ok()?,
            _ => return None,
        };
        Some(Self { secure, host, port })
    }

    /// Whether nobody on the way can listen or answer in another's name: TLS, or a connection that does not leave the machine.
    pub(super) fn is_safe(&self) -> bool {
        let address = || core::str::from_utf8(self.host).ok()?.parse::<Ipv4Addr>().ok();
        self.secure
            || self.host.eq_ignore_ascii_case(b"localhost")
            || self.host == b"[::1]"
            || address().is_some_and(|address| address.is_loopback())
    }
}

impl PartialEq for UrlOrigin<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.secure == other.secure && self.port == other.port && self.host.eq_ignore_ascii_case(other.host)
    }
}

fn prefix<'a>(text: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (front, rest) = text.split_at_checked(prefix.len())?;
    front.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> Option<bool> {
        Some(UrlOrigin::of(one.as_bytes())? == UrlOrigin::of(other.as_bytes())?)
    }

    /// H-REALM-01.
    #[test]
    fn scheme_host_and_port_make_an_origin() {
        for other in [
            "https://api.example",
            "HTTPS://API.example:443/x",
            "https://api.example?q",
            "https://api.example:/#f",
        ] {
            assert_eq!(same("https://api.example/", other), Some(true), "{other}");
        }
        for other in [
            "http://api.example/",
            "https://api.example:444/",
            "https://api.example.evil/",
            "https://example/",
            "https://api.example./",
        ] {
            assert_eq!(same("https://api.example/", other), Some(false), "{other}");
        }
        assert_eq!(same("http://[::1]:80/", "http://[::1]"), Some(true));
        assert_eq!(same("http://[::1]:8080/", "http://[::1]"), Some(false));
    }

    #[test]
    fn what_can_be_read_in_two_ways_has_no_origin() {
        for url in [
            "",
            "/path",
            "//api.example/",
            "ftp://api.example/",
            "https://",
            "https:///x",
            "https://user@api.example/",
            "https://api.example@evil.example/",
            "https://api.example\\@evil.example/",
            "https://api.example /",
            "https://api.example:port/",
            "https://api.example:65536/",
            "https://api.example:+443/",
            "https://api.ex\u{e4}mple/",
        ] {
            assert!(UrlOrigin::of(url.as_bytes()).is_none(), "{url}");
        }
    }

    #[test]
    fn only_tls_and_the_own_machine_are_safe() {
        let safe = |url: &str| UrlOrigin::of(url.as_bytes()).unwrap().is_safe();
        assert!(safe("https://api.example") && safe("http://localhost:8080") && safe("http://127.8.9.10/x"));
        assert!(safe("http://[::1]:1/"));
        assert!(
            !safe("http://api.example") && !safe("http://127.0.0.1.evil.example") && !safe("http://10.0.0.1")
        );
    }
}
