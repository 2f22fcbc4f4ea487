//! Origins: where a credential may be sent. Never to another one ([RFC 9110, section 11.5]).
//!
//! [RFC 9110, section 11.5]: https://www.rfc-editor.org/rfc/rfc9110#section-11.5

use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

/// A scheme, a host and a port.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Origin {
    is_tls: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// The origin of an absolute http or https URL.
    ///
    /// # Errors
    ///
    /// What it should have been. The URL itself is not shown: it may hold a secret.
    pub(crate) fn of(url: &str) -> Result<Self, &'static str> {
        let (scheme, rest) = url.split_once("://").ok_or("expected a URL that begins with https://")?;
        let is_tls = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err("expected a URL of http or https"),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        // Browsers take a backslash for a slash, and curl for part of a name: no two agree on where that leads.
        if !authority.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
            return Err("expected a URL with a host in ASCII");
        }
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let port = match port {
            None | Some("") => {
                if is_tls {
                    443
                } else {
                    80
                }
            }
            Some(digits) => {
                let decimal = digits.bytes().all(|byte| byte.is_ascii_digit());
                digits.parse().ok().filter(|_| decimal).ok_or("expected a port from 1 to 65535")?
            }
        };
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let is_address = |host: &str| {
            let inside = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
            inside.is_some_and(|inside| inside.parse::<Ipv6Addr>().is_ok())
        };
        if host.is_empty() || !(host.bytes().all(plain) || is_address(&host)) {
            return Err("expected a URL with a host in ASCII");
        }
        Ok(Self { is_tls, host, port })
    }

    /// Whether nobody on the way can read along.
    pub(crate) fn is_private(&self) -> bool {
        let bare = self.host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        self.is_tls
            || self.host == "localhost"
            || self.host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
            || bare.is_some_and(|host| host.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback()))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, usual) = if self.is_tls { ("https", 443) } else { ("http", 80) };
        write!(f, "{scheme}://{}", self.host)?;
        if self.port == usual { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_compare_by_scheme_host_and_port() {
        let origin = |url| Origin::of(url).unwrap().to_string();
        assert_eq!(origin("HTTPS://API.example:443/a?b#c"), "https://api.example");
        assert_eq!(origin("http://api.example"), "http://api.example");
        assert_eq!(origin("http://[::1]:8080/"), "http://[::1]:8080");
        assert_eq!(origin("http://[::1]/"), "http://[::1]");
        assert_eq!(origin("https://u:p@api.example:8443"), "https://api.example:8443");
        assert_eq!(origin("https://api.example./"), "https://api.example");
        for url in [
            "",
            "/a",
            "api.example",
            "ftp://a",
            "https://",
            "https:///a",
            "https://a:b",
            "https://a:70000",
            "https://a:+1",
            "https://ä",
            "https://good.example\\@bad.example/",
            "https://good.example\\.bad.example/",
            "https://good.example\t@bad.example/",
            "https://a:b:80",
            "https://[::1",
            "https://[good.example]",
        ] {
            assert!(Origin::of(url).is_err(), "{url}");
        }
        for (url, private) in [
            ("https://a", true),
            ("http://a", false),
            ("http://127.0.0.1:1", true),
            ("http://LOCALHOST", true),
            ("http://[::1]", true),
            ("http://localhost.example", false),
        ] {
            assert_eq!(Origin::of(url).unwrap().is_private(), private, "{url}");
        }
    }
}
