//! URLs: what may be asked, where a redirect leads, and what of either may be shown.

use core::net::IpAddr;
use ureq::http::Uri;

/// Reads a URL that may be asked.
pub(super) fn read(text: &str) -> Result<Uri, String> {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    let Some(rest) = rest else {
        return Err("expected a URL with http:// or https://".to_owned());
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("expected a URL without user and password; say `--source`".to_owned());
    }
    let text = text.split_once('#').map_or(text, |(url, _)| url);
    let uri: Uri = text.parse().map_err(|_| "expected a URL, found something else".to_owned())?;
    if uri.host().is_none_or(str::is_empty) { Err("expected a URL with a host".to_owned()) } else { Ok(uri) }
}

/// Where a `Location` leads from here ([RFC 9110, section 10.2.2], [RFC 3986, section 5.2]).
///
/// [RFC 9110, section 10.2.2]: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.2
/// [RFC 3986, section 5.2]: https://www.rfc-editor.org/rfc/rfc3986#section-5.2
pub(super) fn follow(from: &Uri, location: &str) -> Result<Uri, String> {
    let location = location.trim();
    let scheme = from.scheme_str().unwrap_or("https");
    let authority = from.authority().map(ToString::to_string).unwrap_or_default();
    let base = from.path();
    let is_absolute = |text: &str| {
        text.split_once(':').is_some_and(|(name, _)| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        })
    };
    if is_absolute(location) {
        return read(location);
    }
    let target = if let Some(rest) = location.strip_prefix("//") {
        return read(&format!("{scheme}://{rest}"));
    } else if location.starts_with('/') {
        location.to_owned()
    } else if location.starts_with('?') {
        format!("{base}{location}")
    } else {
        let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{folder}/{location}")
    };
    let (path, query) =
        target.split_once('?').map_or((target.as_str(), None), |(path, query)| (path, Some(query)));
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    read(&format!("{scheme}://{authority}{}{query}", without_dots(path)))
}

/// Whether both have one origin: scheme, host and port.
pub(super) fn is_same_origin(one: &Uri, other: &Uri) -> bool {
    let port = |uri: &Uri| uri.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 });
    let host = |uri: &Uri| uri.host().unwrap_or_default().to_ascii_lowercase();
    one.scheme_str() == other.scheme_str() && host(one) == host(other) && port(one) == port(other)
}

/// Scheme, host and port.
pub(super) fn origin(uri: &Uri) -> String {
    format!("{}://{}", uri.scheme_str().unwrap_or_default(), super::ask::authority(uri))
}

/// Whether nobody on the way can read along.
pub(super) fn is_private(uri: &Uri) -> bool {
    uri.scheme_str() == Some("https") || is_loopback(uri)
}

/// Whether it is on this machine.
pub(super) fn is_loopback(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The URL with its query hidden: a trace is made to be passed on, and queries hold secrets.
pub(super) fn shown(uri: &Uri) -> String {
    let query = if uri.query().is_some() { "?…" } else { "" };
    format!("{}{}{query}", origin(uri), uri.path())
}

/// A path without dot segments.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let ends_open = path.ends_with("/.") || path.ends_with("/..");
    for segment in path.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            segment => kept.push(segment),
        }
    }
    let end = if ends_open && kept.last().is_some() { "/" } else { "" };
    format!("/{}{end}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_asked_has_a_host_and_no_password() {
        for good in ["http://a", "https://a:1/b?c#d", "http://[::1]:80/"] {
            assert!(read(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "ftp://a", "http://", "http://u:p@a/", "http://a b/", "https:///x"] {
            let fault = read(bad).unwrap_err();
            assert!(fault.starts_with("expected a URL") && !fault.contains("u:p"), "{fault}");
        }
    }

    /// After the examples of RFC 3986, section 5.4.
    #[test]
    fn a_location_is_resolved_where_it_was_said() {
        let from = read("http://a/b/c/d;p?q").unwrap();
        for (location, to) in [
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g/"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y/./x", "http://a/b/c/g?y/./x"),
            ("..", "http://a/b/"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
            ("https://x:8/y#z", "https://x:8/y"),
        ] {
            assert_eq!(follow(&from, location).unwrap().to_string(), to, "{location}");
        }
        for bad in ["javascript:alert(1)", "http://u:p@x/", "file:///etc/passwd"] {
            assert!(follow(&from, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let same = |one: &str, other: &str| is_same_origin(&read(one).unwrap(), &read(other).unwrap());
        assert!(same("http://a/x", "http://A:80/y"));
        assert!(same("https://a:443/", "https://a/"));
        for (one, other) in
            [("http://a", "https://a"), ("http://a", "http://a:8080"), ("http://a", "http://a.b")]
        {
            assert!(!same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn what_others_can_read_is_http_to_another_machine() {
        for (url, private) in [
            ("https://a", true),
            ("http://a", false),
            ("http://192.0.2.1/", false),
            ("http://0.0.0.0/", false),
            ("http://127.1.2.3:80/", true),
            ("http://LOCALHOST/", true),
            ("http://localhost.example/", false),
            ("http://[::1]:80/", true),
            ("http://[::2]/", false),
        ] {
            assert_eq!(is_private(&read(url).unwrap()), private, "{url}");
        }
    }

    #[test]
    fn a_query_is_not_shown() {
        assert_eq!(shown(&read("https://a:1/b?token=secret").unwrap()), "https://a:1/b?…");
        assert_eq!(shown(&read("https://a").unwrap()), "https://a/");
    }
}
