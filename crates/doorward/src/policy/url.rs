//! URLs that a policy may name: what is fetched from them, or sent to callers, must not be open to change on the way.

/// The regular expression of what [`check`] takes; it is stricter in places.
pub(super) const PATTERN: &str =
    r"^(https://[^/?#@]+|http://(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]+)?)([/?][^#]*)?$";

/// Whether the text is an absolute https URL; http is enough where nothing leaves the host.
///
/// # Errors
///
/// What it should have been, and what was found. The text itself is in neither: a user, a password or a query may be a
/// secret.
pub(super) fn check(text: &str) -> Result<(), (&'static str, &'static str)> {
    let (https, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return Err(("an https URL", "a string that begins otherwise")),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(("a URL without user and password", "one with them"));
    }
    if rest.contains('#') {
        return Err(("a URL without fragment", "one with a fragment"));
    }
    let (host, port) = host_and_port(authority);
    if !is_host(host) {
        return Err(("a URL with a host", "one whose host is empty or not ASCII"));
    }
    if !https && !is_loopback(host) {
        return Err(("an https URL, or an http URL of this host", "an http URL of another host"));
    }
    if !port.is_none_or(is_port) {
        return Err(("a URL with a port from 1 to 65535, or none", "another port"));
    }
    if !rest.bytes().all(is_url) || !escapes_are_whole(rest) {
        return Err(("a URL in ASCII with all else percent-encoded", "other characters"));
    }
    Ok(())
}

fn host_and_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn is_host(host: &str) -> bool {
    match host.strip_prefix('[') {
        Some(rest) => {
            rest.strip_suffix(']').is_some_and(|address| address.parse::<core::net::Ipv6Addr>().is_ok())
        }
        None => {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            !host.is_empty() && host.bytes().all(plain)
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.parse::<core::net::Ipv4Addr>();
    host == "localhost" || host == "[::1]" || address.is_ok_and(|address| address.is_loopback())
}

fn is_port(port: &str) -> bool {
    let decimal = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    decimal && port.parse::<u16>().is_ok_and(|port| port != 0)
}

/// The characters of a URI without its fragment ([RFC 3986, section 2]).
///
/// [RFC 3986, section 2]: https://www.rfc-editor.org/rfc/rfc3986#section-2
fn is_url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?[]@!$&'()*+,;=%".contains(&byte)
}

fn escapes_are_whole(text: &str) -> bool {
    text.split('%')
        .skip(1)
        .all(|rest| rest.get(..2).is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_https_or_loopback() {
        for text in [
            "https://api.example/.well-known/oauth-protected-resource",
            "https://api.example",
            "https://api.example:8443/a?b=c%20d",
            "https://[2001:db8::1]:1/a",
            "http://localhost:8080/x",
            "http://127.0.0.53/x",
            "http://[::1]/x",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
        for text in [
            "",
            "/a",
            "https://",
            "https:///a",
            "https://?a",
            "https://a b/",
            "https://a/\"x",
            "https://a/\\",
            "https://a/%4",
            "https://a:/",
            "https://a:65536/",
            "https://a:+1/",
            "https://[::1/",
            "https://ä.example/",
            "HTTPS://a.example/",
            "ftp://a.example/",
            "http://api.example/",
            "http://localhost.example/",
            "http://128.0.0.1/",
            "http://127.0.0.1.evil.example/",
        ] {
            assert!(check(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_user_and_a_fragment_are_refused_by_name() {
        for text in
            ["https://u@api.example/", "https://u:p@a/", "http://localhost@evil.example/", "https://@a/"]
        {
            assert_eq!(check(text), Err(("a URL without user and password", "one with them")), "{text}");
        }
        for text in ["https://a/#f", "https://a#f", "https://a/?b#", "https://a/#u@b"] {
            assert_eq!(check(text), Err(("a URL without fragment", "one with a fragment")), "{text}");
        }
        assert_eq!(check("https://a/@b"), Ok(()), "behind the host it is a character like others");
    }
}
