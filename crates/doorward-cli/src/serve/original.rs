//! The original request, as the proxy tells of it; or why it cannot be known, which lets nobody in.

use super::proxy::Proxy;
use core::fmt;
use doorward::Outcome;
use hyper::header::{HeaderMap, HeaderName};
use hyper::http::request::Parts;

/// What the caller wants of the proxy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Original<'r> {
    pub(super) method: &'r [u8],
    /// The target as the caller wrote it: path and query.
    pub(super) url: &'r [u8],
}

/// Why there is nothing to judge.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fault {
    /// The proxy asks at another path than the endpoint.
    Endpoint,
    /// A field is not there, whether or not another proxy's is.
    Missing(&'static str, Option<&'static str>),
    /// A field is there more than once.
    Repeated(&'static str),
    /// The field has no path: not the request's target.
    NoPath(&'static str),
    /// Fields of two proxies. One of the two was sent by the caller.
    Mixed(&'static str),
    /// The policy takes tokens from forms, which no question carries.
    Forms,
    /// Something is wrong with ourselves.
    Internal,
}

impl Fault {
    /// The status for it: a caller who sends another proxy's fields is to blame, for everything else we are.
    pub(super) const fn status(self) -> u16 {
        match self {
            Self::Mixed(_) => 400,
            _ => 500,
        }
    }

    /// The outcome that goes with the status.
    pub(super) const fn outcome(self) -> &'static str {
        if self.status() < 500 { Outcome::BadRequest.code() } else { Outcome::Unavailable.code() }
    }

    /// What the operator should know.
    pub(super) const fn told(self, proxy: Proxy, endpoint: &str) -> Told<'_> {
        Told { fault: self, proxy, endpoint }
    }
}

/// A fault in words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told<'a> {
    fault: Fault,
    proxy: Proxy,
    endpoint: &'a str,
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fault, proxy, endpoint } = self;
        let (name, cure) = (proxy.name(), proxy.cure());
        match fault {
            Fault::Endpoint if *proxy == Proxy::Envoy => {
                write!(f, "expected a path that begins with `{endpoint}/`, found another: {cure}")
            }
            Fault::Endpoint => write!(f, "expected the path `{endpoint}`, found another"),
            Fault::Missing(field, None) => write!(f, "expected the field `{field}`, found none: {cure}"),
            Fault::Missing(field, Some(other)) => write!(
                f,
                "expected the field `{field}`, found `{other}`: `--from {name}` is for another proxy than the one that asks"
            ),
            Fault::Repeated(field) => {
                write!(f, "expected the field `{field}` once, found it again: {name} must set it, not add it")
            }
            Fault::NoPath(field) => {
                write!(f, "expected a path in the field `{field}`, found something else: {cure}")
            }
            Fault::Mixed(field) => {
                write!(f, "expected no field `{field}` from {name}: the caller sent it, or `--from` is wrong")
            }
            Fault::Forms => {
                f.write_str("expected a policy with `token_in` without `form`: nobody is let in by this one")
            }
            Fault::Internal => f.write_str("the request could not be judged: this is a bug"),
        }
    }
}

impl<'r> Original<'r> {
    /// Reads what the proxy tells.
    pub(super) fn read(parts: &'r Parts, proxy: Proxy, endpoint: &str) -> Result<Self, Fault> {
        let foreign = proxy.foreign().iter().copied().find(|name| parts.headers.contains_key(*name));
        let original = match proxy.own() {
            None => Self::of_line(parts, endpoint)?,
            Some(_) if parts.uri.path() != endpoint => return Err(Fault::Endpoint),
            Some(own) => {
                let field = |name| match one(&parts.headers, name) {
                    Err(Fault::Missing(name, _)) => Err(Fault::Missing(name, foreign)),
                    found => found,
                };
                let original = Self { method: field(own.method)?, url: field(own.url)? };
                // An absolute URL would be made from the caller's `Host`, which may hold a `?`.
                if !is_target(original.url) {
                    return Err(Fault::NoPath(own.url));
                }
                original
            }
        };
        foreign.map_or(Ok(original), |name| Err(Fault::Mixed(name)))
    }

    /// Envoy keeps method and path, and puts its prefix before the path.
    fn of_line(parts: &'r Parts, endpoint: &str) -> Result<Self, Fault> {
        let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
        let prefix = if endpoint == "/" { "" } else { endpoint };
        let url = target.strip_prefix(prefix).filter(|rest| is_target(rest.as_bytes()));
        let url = url.ok_or(Fault::Endpoint)?;
        Ok(Self { method: parts.method.as_str().as_bytes(), url: url.as_bytes() })
    }
}

/// Whether it is what a request line has: origin form or asterisk form ([RFC 9112, section 3.2]).
///
/// [RFC 9112, section 3.2]: https://www.rfc-editor.org/rfc/rfc9112#section-3.2
fn is_target(url: &[u8]) -> bool {
    url.first() == Some(&b'/') || url == b"*"
}

/// The value of a field that must be there exactly once.
fn one<'r>(headers: &'r HeaderMap, name: &'static str) -> Result<&'r [u8], Fault> {
    let mut values = headers.get_all(HeaderName::from_static(name)).iter();
    let value = values.next().filter(|value| !value.is_empty()).ok_or(Fault::Missing(name, None))?;
    if values.next().is_some() { Err(Fault::Repeated(name)) } else { Ok(value.as_bytes()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::Request;

    fn read(proxy: Proxy, line: &str, fields: &[(&str, &str)]) -> Result<(String, String), Fault> {
        let (method, target) = line.split_once(' ').unwrap();
        let request = Request::builder().method(method).uri(target);
        let request = fields.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Original::read(&parts, proxy, "/auth").map(|found| (text(found.method), text(found.url)))
    }

    const NGINX: [(&str, &str); 2] = [("X-Original-URI", "/a?b"), ("X-Original-Method", "POST")];
    const TRAEFIK: [(&str, &str); 2] = [("X-Forwarded-Uri", "/a?b"), ("X-Forwarded-Method", "POST")];

    #[test]
    fn each_proxy_has_its_own_way_to_tell() {
        let told = Ok(("POST".to_owned(), "/a?b".to_owned()));
        assert_eq!(read(Proxy::Nginx, "GET /auth", &NGINX), told);
        assert_eq!(read(Proxy::Traefik, "GET /auth?x=1", &TRAEFIK), told);
        assert_eq!(read(Proxy::Caddy, "GET /auth", &TRAEFIK), told);
        assert_eq!(read(Proxy::Envoy, "POST /auth/a?b", &[]), told);
        assert_eq!(read(Proxy::Envoy, "OPTIONS /auth*", &[]), Ok(("OPTIONS".into(), "*".into())));
    }

    #[test]
    fn what_is_missing_is_a_fault_of_ours_and_names_the_other_proxy() {
        let [uri, method] = NGINX;
        assert_eq!(read(Proxy::Nginx, "GET /auth", &[uri]), Err(Fault::Missing("x-original-method", None)));
        assert_eq!(read(Proxy::Nginx, "GET /auth", &[method]), Err(Fault::Missing("x-original-uri", None)));
        let empty = [("X-Original-URI", ""), method];
        assert_eq!(read(Proxy::Nginx, "GET /auth", &empty), Err(Fault::Missing("x-original-uri", None)));
        let other = Fault::Missing("x-original-method", Some("x-forwarded-uri"));
        assert_eq!(read(Proxy::Nginx, "GET /auth", &TRAEFIK), Err(other));
        assert_eq!(other.status(), 500);
        assert!(
            other.told(Proxy::Nginx, "/auth").to_string().contains("`--from nginx` is for another proxy")
        );
    }

    #[test]
    fn a_caller_cannot_mix_the_fields_of_two_proxies() {
        let both = [NGINX[0], NGINX[1], ("X-Forwarded-Uri", "/healthz")];
        assert_eq!(read(Proxy::Nginx, "GET /auth", &both), Err(Fault::Mixed("x-forwarded-uri")));
        let both = [TRAEFIK[0], TRAEFIK[1], ("X-Original-Method", "GET")];
        assert_eq!(read(Proxy::Traefik, "GET /auth", &both), Err(Fault::Mixed("x-original-method")));
        assert_eq!(read(Proxy::Caddy, "GET /auth", &both), Err(Fault::Mixed("x-original-method")));
        for field in [NGINX[0], NGINX[1], TRAEFIK[0], TRAEFIK[1]] {
            let found = read(Proxy::Envoy, "GET /auth/a", &[field]);
            assert!(matches!(found, Err(Fault::Mixed(_))), "{field:?}");
        }
    }

    #[test]
    fn repeats_and_what_is_no_path_are_refused() {
        let twice = [NGINX[0], NGINX[1], NGINX[0]];
        assert_eq!(read(Proxy::Nginx, "GET /auth", &twice), Err(Fault::Repeated("x-original-uri")));
        let twice = [TRAEFIK[0], TRAEFIK[1], ("X-Forwarded-Method", "GET")];
        assert_eq!(read(Proxy::Caddy, "GET /auth", &twice), Err(Fault::Repeated("x-forwarded-method")));
        for url in ["https://api.example?/a", "a", "?", "**"] {
            let fields = [("X-Original-URI", url), NGINX[1]];
            assert_eq!(
                read(Proxy::Nginx, "GET /auth", &fields),
                Err(Fault::NoPath("x-original-uri")),
                "{url}"
            );
        }
    }

    #[test]
    fn the_endpoint_is_met_exactly() {
        assert_eq!(read(Proxy::Nginx, "GET /other", &NGINX), Err(Fault::Endpoint));
        assert_eq!(read(Proxy::Nginx, "GET /auth/", &NGINX), Err(Fault::Endpoint));
        for line in ["GET /a", "GET /auth", "GET /authority", "GET /auth?a", "GET /auth**", "CONNECT a:1"] {
            assert_eq!(read(Proxy::Envoy, line, &[]), Err(Fault::Endpoint), "{line}");
        }
    }
}
