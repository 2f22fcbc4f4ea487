//! The proxies that may ask, and by which fields each says what its caller wants.

use crate::ending::Failure;

/// The proxy that asks. It is named and never guessed: each leaves the fields of the others to its callers, so that a
/// guess would let a caller say which path is to be judged.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Proxy {
    Nginx,
    Traefik,
    Caddy,
    Envoy,
}

/// The fields that carry the original request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Fields {
    pub(super) url: &'static str,
    pub(super) method: &'static str,
}

/// What nginx is told to send (`$request_uri`, `$request_method`). Not `X-Original-URL`, which some controllers make from the
/// caller's `Host` field: a `?` in that field moves the path into the query.
const ORIGINAL: Fields = Fields { url: "x-original-uri", method: "x-original-method" };

/// What Traefik and Caddy send of themselves.
const FORWARDED: Fields = Fields { url: "x-forwarded-uri", method: "x-forwarded-method" };

impl Proxy {
    const ALL: [Self; 4] = [Self::Nginx, Self::Traefik, Self::Caddy, Self::Envoy];

    /// Reads the value of `--from`.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        Self::ALL.into_iter().find(|proxy| proxy.name() == text).ok_or_else(|| {
            let found = text.escape_debug();
            Failure::usage(format!("expected `--from` as nginx, traefik, caddy or envoy, found `{found}`"))
        })
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Traefik => "traefik",
            Self::Caddy => "caddy",
            Self::Envoy => "envoy",
        }
    }

    /// The fields that carry the original request; none where it is in the request line.
    pub(super) const fn own(self) -> Option<Fields> {
        match self {
            Self::Nginx => Some(ORIGINAL),
            Self::Traefik | Self::Caddy => Some(FORWARDED),
            Self::Envoy => None,
        }
    }

    /// The fields of other proxies, which nobody but a caller, or another proxy than the one named, can have sent.
    pub(super) const fn foreign(self) -> &'static [&'static str] {
        match self {
            Self::Nginx => &[FORWARDED.url, FORWARDED.method],
            Self::Traefik | Self::Caddy => &[ORIGINAL.url, ORIGINAL.method],
            Self::Envoy => &[ORIGINAL.url, ORIGINAL.method, FORWARDED.url, FORWARDED.method],
        }
    }

    /// What the configuration of the proxy has to say, if the original request does not arrive.
    pub(super) const fn cure(self) -> &'static str {
        match self {
            Self::Nginx => {
                "the location of the subrequest needs `proxy_set_header X-Original-URI $request_uri;` and \
                 `proxy_set_header X-Original-Method $request_method;`"
            }
            Self::Traefik => "a forwardAuth middleware sends it of itself: is it Traefik that asks?",
            Self::Caddy => "the forward_auth directive sends it of itself: is it Caddy that asks?",
            Self::Envoy => "the http_service of ext_authz needs `path_prefix` with what `--endpoint` says",
        }
    }
}

/// Whether a field is one of those by which any proxy tells of the original request.
pub(super) fn tells_of_original(name: &str) -> bool {
    [ORIGINAL, FORWARDED].iter().any(|fields| name == fields.url || name == fields.method)
}
