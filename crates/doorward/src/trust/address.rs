//! Addresses that keys may be fetched from: https, or http on a loopback host.

use core::net::{Ipv4Addr, Ipv6Addr};
use doorward_core::key::FetchFault;
use ureq::http::Uri;
use ureq::http::uri::Scheme;

/// A URL that may be asked.
#[derive(Clone, Debug)]
pub(super) struct Address {
    uri: Uri,
}

impl Address {
    /// Reads a URL.
    ///
    /// # Errors
    ///
    /// [`FetchFault::Insecure`] with a sentence that does not show the URL: text that is no URL, with a user, a password or a
    /// fragment, without a host, of another scheme than https, or of http on a host that is not a loopback one.
    pub(super) fn parse(url: &str) -> Result<Self, (FetchFault, String)> {
        let fault = |sentence: &str| (FetchFault::Insecure, sentence.to_owned());
        if url.contains('#') {
            // `Uri` drops fragments without a word.
            return Err(fault("expected a URL without a fragment"));
        }
        let uri: Uri = url.parse().map_err(|_| fault("expected a URL"))?;
        let authority = uri.authority().ok_or_else(|| fault("expected a URL with a host"))?;
        if authority.as_str().contains('@') {
            return Err(fault("expected a URL without user and password"));
        }
        if authority.host().is_empty() {
            return Err(fault("expected a URL with a host"));
        }
        let address = Self { uri };
        if address.is_tls() || (address.uri.scheme() == Some(&Scheme::HTTP) && address.is_loopback()) {
            Ok(address)
        } else {
            let host = address.host();
            Err((
                FetchFault::Insecure,
                format!("expected https, or http on a loopback host, found neither for {host}"),
            ))
        }
    }

    /// The host as it stands in the URL.
    pub(super) fn host(&self) -> &str {
        self.uri.host().unwrap_or_default()
    }

    /// Whether it is https.
    pub(super) fn is_tls(&self) -> bool {
        self.uri.scheme() == Some(&Scheme::HTTPS)
    }

    /// Whether the host is this machine by its name alone: `localhost`, 127.0.0.0/8 or ::1.
    ///
    /// Other spellings of these addresses (`127.1`, `0x7f000001`) are resolved by some systems to them, and are not taken.
    pub(super) fn is_loopback(&self) -> bool {
        let host = self.host();
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        host.eq_ignore_ascii_case("localhost")
            || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
            || bare.is_some_and(|host| host.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback()))
    }

    /// It as the client wants it.
    pub(super) const fn uri(&self) -> &Uri {
        &self.uri
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_anywhere_and_http_on_a_loopback_host_may_be_asked() {
        for url in [
            "https://idp.example/keys?x=1",
            "HTTPS://idp.example:8443",
            "http://localhost:1/keys",
            "http://LOCALHOST",
            "http://127.0.0.1:1/keys",
            "http://127.9.9.9/",
            "http://[::1]:1/keys",
            "https://[2001:db8::1]/",
        ] {
            assert!(Address::parse(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn nothing_else_is_asked_and_no_message_shows_a_query() {
        for url in [
            "http://idp.example/keys?secret=7",
            "http://localhost.example/keys",
            "http://127.0.0.1.example/",
            "http://127.1/",
            "http://0x7f000001/",
            "http://0.0.0.0/",
            "http://128.0.0.1/",
            "http://[::2]/",
            "http://[::ffff:127.0.0.1]/",
            "https://user@idp.example/",
            "http://localhost@idp.example/?secret=7",
            "http://localhost\\@idp.example/?secret=7",
            "https://idp.example/#keys",
            "https:///keys",
            "https://",
            "ftp://localhost/keys",
            "file:///etc/keys",
            "/keys",
            "idp.example",
            "",
        ] {
            let Err((fault, sentence)) = Address::parse(url) else { panic!("`{url}` is taken") };
            assert_eq!(fault, FetchFault::Insecure);
            assert!(!sentence.contains("secret"), "{sentence}");
        }
    }
}
