//! The HTTP client: one GET, within a deadline, of a bounded answer, from whom we meant to ask.

use super::address::Address;
use super::cache_control::Fields;
use super::event::one_line;
use super::fetch::{Failed, Fetched};
use crate::keys::JWK_SET_BYTES;
use core::time::Duration;
use doorward_core::key::FetchFault;
use doorward_core::limits;
use doorward_core::time::{Seconds, UnixTime};
use doorward_core::wire::http_date;
use doorward_core::wire::retry_after::RetryAfter;
use std::io::Read;
use std::path::Path;
use std::time::Instant;
use ureq::config::Config;
use ureq::http::{HeaderMap, Response, header};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, Error, Proxy};

const ACCEPT: &str = "application/jwk-set+json, application/json;q=0.9";
const USER_AGENT: &str = concat!("doorward/", env!("CARGO_PKG_VERSION"));

/// The client of one keeper.
///
/// * Servers are known by the public authorities (Mozilla's list, compiled in), or by the certificates of a file and those
///   alone. The system's own store is not asked: a worker may be in a container or a `chroot` without one, all hosts are to
///   trust the same, and who needs a private authority names it in the policy.
/// * Proxies are taken from `HTTPS_PROXY` and `ALL_PROXY` with `NO_PROXY`, as operators expect, when the client is built.
///   `HTTP_PROXY` is not read: under CGI that is a header of the caller's. Loopback hosts are never asked through a proxy.
/// * Connections are not kept. Keys are fetched minutes apart, and a kept connection would be shared by forked processes.
pub(crate) struct Http {
    proxy: Result<Option<Proxy>, &'static str>,
    no_proxy: Vec<String>,
    connect: Duration,
    whole: Duration,
}

impl Http {
    /// A client with the limits of [`limits`] and the proxy of this process's environment.
    pub(crate) fn new() -> Self {
        Self::with(
            Duration::from_secs(limits::FETCH_CONNECT),
            Duration::from_secs(limits::FETCH_WHOLE),
            |name| std::env::var(name).ok(),
        )
    }

    /// A client with other limits and another environment.
    pub(super) fn with(
        connect: Duration,
        whole: Duration,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let first = |names: &[&str]| {
            names.iter().filter_map(|name| environment(name)).find(|value| !value.is_empty())
        };
        let proxy = match first(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]) {
            None => Ok(None),
            // Asking directly instead would walk around what the operator set up.
            Some(url) => {
                Proxy::new(&url).map(Some).map_err(|_| "the proxy of the environment is not a proxy's URL")
            }
        };
        let no_proxy = first(&["no_proxy", "NO_PROXY"]).unwrap_or_default();
        let no_proxy = no_proxy.split(',').map(|host| host.trim_ascii().to_ascii_lowercase());
        Self { proxy, no_proxy: no_proxy.filter(|host| !host.is_empty()).collect(), connect, whole }
    }

    /// When a fetch that begins now must have ended, with all that it asks for.
    pub(crate) fn deadline(&self) -> Instant {
        let now = Instant::now();
        now.checked_add(self.whole).unwrap_or(now)
    }

    /// Asks for a URL.
    ///
    /// # Errors
    ///
    /// Everything but a whole answer with status 200 and UTF-8 text of at most [`JWK_SET_BYTES`]; the sentence names the host.
    pub(super) fn fetch(&self, url: &str, ca: Option<&Path>, until: Instant) -> Result<Fetched, Failed> {
        let address = Address::parse(url).map_err(|(fault, sentence)| Failed::new(fault, sentence))?;
        self.ask(&address, ca, until)
            .map_err(|failed| Failed { detail: format!("{}: {}", address.host(), failed.detail), ..failed })
    }

    fn ask(&self, address: &Address, ca: Option<&Path>, until: Instant) -> Result<Fetched, Failed> {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Failed::new(FetchFault::TimedOut, "no time was left to ask"));
        }
        let agent = self.agent(address, ca, left)?;
        let response = agent.get(address.uri().clone()).call().map_err(|error| describe(&error))?;
        let now = crate::now();
        check_status(&response, now)?;
        check_coding(response.headers())?;
        let lifetime = freshness(response.headers()).lifetime(now);
        let text = read(response.into_body())?;
        Ok(Fetched { text, lifetime })
    }

    pub(super) fn agent(
        &self,
        address: &Address,
        ca: Option<&Path>,
        left: Duration,
    ) -> Result<Agent, Failed> {
        let roots = match ca {
            // Without TLS there is nobody to know.
            Some(path) if address.is_tls() => authorities(path)?,
            _ => RootCerts::WebPki,
        };
        let config: Config = Agent::config_builder()
            .https_only(address.is_tls())
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(self.proxy_for(address)?)
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .timeout_global(Some(left))
            .timeout_resolve(Some(self.connect.min(left)))
            .timeout_connect(Some(self.connect.min(left)))
            .max_response_header_size(limits::FETCH_HEADER_BYTES)
            .max_idle_connections(0)
            .user_agent(USER_AGENT)
            .accept(ACCEPT)
            // A compressed answer of any size could be hidden in one of an allowed size.
            .accept_encoding("identity")
            .build();
        Ok(config.new_agent())
    }

    fn proxy_for(&self, address: &Address) -> Result<Option<Proxy>, Failed> {
        let host = address.host().to_ascii_lowercase();
        let named = |entry: &String| {
            let suffix = entry.trim_start_matches('*').trim_start_matches('.');
            let below = || host.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.'));
            entry == "*" || host == suffix || (!suffix.is_empty() && below())
        };
        if address.is_loopback() || self.no_proxy.iter().any(named) {
            return Ok(None);
        }
        self.proxy.clone().map_err(|sentence| Failed::new(FetchFault::Unreachable, sentence))
    }
}

/// The certificates of a PEM file, the only ones that a server is then known by. It is read for each fetch, so that a
/// new one counts at once.
fn authorities(path: &Path) -> Result<RootCerts, Failed> {
    let fault = |sentence: &str| {
        Failed::new(FetchFault::Untrusted, format!("`{}`: {sentence}", one_line(&path.display().to_string())))
    };
    let most = limits::FETCH_CA_BYTES;
    let mut pem = Vec::new();
    let file = std::fs::File::open(path).map_err(|_| fault("the file of certificates cannot be opened"))?;
    let read = file.take(most.saturating_add(1)).read_to_end(&mut pem);
    read.map_err(|_| fault("the file of certificates cannot be read"))?;
    if !u64::try_from(pem.len()).is_ok_and(|len| len <= most) {
        return Err(fault("the file of certificates is too large"));
    }
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(_) => return Err(fault("expected certificates in PEM")),
        }
    }
    if certificates.is_empty() {
        return Err(fault("expected certificates in PEM, found none"));
    }
    Ok(RootCerts::from(certificates))
}

fn check_status(response: &Response<Body>, now: UnixTime) -> Result<(), Failed> {
    let status = response.status().as_u16();
    match status {
        200 => Ok(()),
        300..=303 | 307 | 308 => {
            Err(Failed::new(FetchFault::Redirected, format!("expected no redirect, found status {status}")))
        }
        _ => {
            let asked = matches!(status, 429 | 503);
            let retry_after = asked.then(|| retry_after(response.headers(), now)).flatten();
            let detail = format!("expected status 200, found {status}");
            Err(Failed { fault: FetchFault::Status, detail, status: Some(status), retry_after })
        }
    }
}

/// `Retry-After` in either of its forms ([RFC 9110, section 10.2.3]); a date counts from the answer's own.
///
/// [RFC 9110, section 10.2.3]: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
pub(super) fn retry_after(headers: &HeaderMap, now: UnixTime) -> Option<Seconds> {
    let value = RetryAfter::parse(text(headers, &header::RETRY_AFTER)?.as_bytes(), now)?;
    let date = text(headers, &header::DATE).and_then(|date| http_date::parse(date.as_bytes(), now));
    Some(value.seconds(date, now))
}

pub(super) fn check_coding(headers: &HeaderMap) -> Result<(), Failed> {
    match headers.get(header::CONTENT_ENCODING) {
        Some(coding) if !coding.as_bytes().eq_ignore_ascii_case(b"identity") => {
            Err(Failed::new(FetchFault::Malformed, "expected no content coding, found one"))
        }
        _ => Ok(()),
    }
}

fn freshness(headers: &HeaderMap) -> Fields {
    let own = |name| text(headers, name).map(str::to_owned);
    let lines = headers.get_all(header::CACHE_CONTROL).iter();
    Fields {
        cache_control: lines.map(|line| line.to_str().ok().map(str::to_owned)).collect(),
        age: own(&header::AGE),
        // A second `Expires` is a contradiction, and `0` is how a past date is often written.
        expires: match headers.get_all(header::EXPIRES).iter().count() {
            0 | 1 => headers.get(header::EXPIRES).map(|value| value.to_str().unwrap_or("0").to_owned()),
            _ => Some("0".to_owned()),
        },
        date: own(&header::DATE),
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &header::HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// The body, whatever its declared length: one byte more than allowed shows that there is more.
fn read(body: Body) -> Result<String, Failed> {
    let most = u64::try_from(JWK_SET_BYTES).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let reader = body.into_with_config().limit(u64::MAX).reader();
    reader
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| describe(&Error::from(error)))?;
    if bytes.len() > JWK_SET_BYTES {
        return Err(Failed::new(
            FetchFault::TooLarge,
            format!("expected at most {JWK_SET_BYTES} bytes, found more"),
        ));
    }
    String::from_utf8(bytes).map_err(|_| Failed::new(FetchFault::Malformed, "expected UTF-8 text"))
}

/// An error of the client's as a fault and a sentence. Its own text is used only where it cannot hold a URL.
pub(super) fn describe(error: &Error) -> Failed {
    let (fault, sentence) = match error {
        Error::Timeout(phase) => {
            (FetchFault::TimedOut, format!("no whole answer in time ({})", phase_name(*phase)))
        }
        Error::Io(io) => return describe_io(io),
        Error::Rustls(tls) => (FetchFault::Untrusted, format!("TLS: {}", lower(&tls.to_string()))),
        Error::Tls(tls) => (FetchFault::Untrusted, format!("TLS: {}", lower(tls))),
        Error::HostNotFound => (FetchFault::Unreachable, "the host's name has no address".to_owned()),
        Error::LargeResponseHeader(..) => {
            let most = limits::FETCH_HEADER_BYTES;
            (FetchFault::TooLarge, format!("expected a header of at most {most} bytes, found more"))
        }
        Error::BodyExceedsLimit(_) => (FetchFault::TooLarge, "the answer is too large".to_owned()),
        Error::Protocol(_) | Error::Http(_) => {
            (FetchFault::Malformed, "expected an HTTP answer, found something else".to_owned())
        }
        Error::InvalidProxyUrl | Error::ConnectProxyFailed(_) => {
            (FetchFault::Unreachable, "the proxy did not connect".to_owned())
        }
        _ => (FetchFault::Unreachable, "no connection".to_owned()),
    };
    Failed::new(fault, sentence)
}

fn describe_io(error: &std::io::Error) -> Failed {
    use std::io::ErrorKind;
    let (fault, sentence) = match error.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => {
            (FetchFault::TimedOut, "no whole answer in time".to_owned())
        }
        // This is how a fault of TLS comes out of a stream.
        ErrorKind::InvalidData => (FetchFault::Untrusted, format!("TLS: {}", lower(&error.to_string()))),
        ErrorKind::UnexpectedEof => {
            (FetchFault::Unreachable, "the connection ended before the answer did".to_owned())
        }
        _ => (FetchFault::Unreachable, lower(&error.to_string())),
    };
    Failed::new(fault, sentence)
}

const fn phase_name(phase: ureq::Timeout) -> &'static str {
    match phase {
        ureq::Timeout::Resolve => "while looking up the host's name",
        ureq::Timeout::Connect => "while connecting",
        _ => "in all",
    }
}

/// A library's message in the style of our own: it may quote what a server sent.
fn lower(text: &str) -> String {
    one_line(text).to_lowercase()
}
