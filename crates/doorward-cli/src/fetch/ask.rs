//! One request over HTTP, and whatever comes back: no redirect is followed here, no status is an error.

use super::url::is_loopback;
use core::time::Duration;
use doorward::RawResponse;
use doorward_core::limits;
use std::io::Read;
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, Uri};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, AsSendBody, Body, Error};

/// The longest content that is read of one answer, in bytes.
pub(super) const BODY_BYTES: u64 = 64 << 20;

const USER_AGENT: &str = concat!("doorward/", env!("CARGO_PKG_VERSION"));

/// A client with the limits of one run.
pub(super) struct Client {
    agent: Agent,
}

/// What is sent, but for the credential.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) fields: HeaderMap,
    pub(super) body: Option<Vec<u8>>,
}

/// What came back.
pub(super) struct Answer {
    /// The answer with as much of its content as a diagnosis looks at.
    pub(super) response: RawResponse,
    /// The content.
    pub(super) body: Vec<u8>,
    /// The answer is longer than this, or broke off.
    pub(super) is_cut: bool,
}

impl Client {
    /// A client that waits so long for each whole answer, and knows servers by the public authorities, or by these alone.
    pub(super) fn new(whole: Duration, authorities: Option<&[u8]>) -> Result<Self, String> {
        let roots = match authorities {
            Some(pem) => certificates(pem)?,
            None => RootCerts::WebPki,
        };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .timeout_global(Some(whole))
            .max_response_header_size(1 << 20)
            .user_agent(USER_AGENT)
            .accept("*/*")
            // What is shown is what was sent.
            .accept_encoding("identity")
            .build();
        Ok(Self { agent: config.new_agent() })
    }

    /// Sends a request with these fields more.
    ///
    /// # Errors
    ///
    /// Why there is no answer.
    pub(super) fn ask(
        &self,
        call: &Call,
        to: &Uri,
        more: &[(HeaderName, HeaderValue)],
    ) -> Result<Answer, String> {
        let fault = |error: Error| format!("no answer from {}: {}", authority(to), describe(&error));
        let mut request = Request::builder().method(call.method.clone()).uri(to.clone());
        if let Some(fields) = request.headers_mut() {
            fields.extend(call.fields.clone());
            for (name, value) in more {
                fields.insert(name, value.clone());
            }
        }
        let unusable = |_| "the request cannot be written".to_owned();
        // What does not leave the machine goes through no proxy, to which a credential would go in the clear.
        let direct = is_loopback(to);
        let response = match &call.body {
            Some(body) => self.run(request.body(body.as_slice()).map_err(unusable)?, direct),
            None => self.run(request.body(()).map_err(unusable)?, direct),
        };
        let (parts, body) = response.map_err(fault)?.into_parts();
        let fields =
            parts.headers.iter().map(|(name, value)| (name.as_str().into(), value.as_bytes().into()));
        let fields: Vec<(Vec<u8>, Vec<u8>)> = fields.collect();
        let mut bytes = Vec::new();
        let mut reader = body.into_with_config().limit(u64::MAX).reader().take(BODY_BYTES);
        let is_broken = reader.read_to_end(&mut bytes).is_err();
        let is_cut = is_broken || u64::try_from(bytes.len()).is_ok_and(|length| length == BODY_BYTES);
        let beginning = bytes.get(..limits::RESPONSE_BODY_BYTES).unwrap_or(&bytes);
        let response = RawResponse::new(parts.status.as_u16(), fields, beginning);
        Ok(Answer { response, body: bytes, is_cut })
    }

    fn run(&self, request: Request<impl AsSendBody>, direct: bool) -> Result<Response<Body>, Error> {
        if !direct {
            return self.agent.run(request);
        }
        self.agent.run(self.agent.configure_request(request).proxy(None).build())
    }
}

impl Answer {
    /// The one value of a field, as text.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let mut lines =
            self.response.headers.iter().filter(|(field, _)| field.eq_ignore_ascii_case(name.as_bytes()));
        let (_, value) = lines.next().filter(|_| lines.next().is_none())?;
        core::str::from_utf8(value).ok()
    }
}

/// Host and port, without whatever may be secret in a URL.
pub(super) fn authority(uri: &Uri) -> String {
    let authority = uri.authority().map(ToString::to_string).unwrap_or_default();
    authority.rsplit_once('@').map_or(authority.clone(), |(_, host)| host.to_owned())
}

fn certificates(pem: &[u8]) -> Result<RootCerts, String> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => {}
            Err(_) => return Err("expected certificates in PEM".to_owned()),
        }
    }
    if found.is_empty() {
        Err("expected certificates in PEM, found none".to_owned())
    } else {
        Ok(RootCerts::from(found))
    }
}

/// An error of the client's in our words. Its own are used only where they cannot hold a URL.
fn describe(error: &Error) -> String {
    match error {
        Error::Timeout(_) => "no whole answer in time".to_owned(),
        Error::Io(io) => match io.kind() {
            std::io::ErrorKind::ConnectionRefused => "nobody listens there".to_owned(),
            std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock => {
                "no whole answer in time".to_owned()
            }
            std::io::ErrorKind::UnexpectedEof => "the connection ended before the answer did".to_owned(),
            // This is how a fault of TLS comes out of a stream.
            std::io::ErrorKind::InvalidData => format!("TLS: {}", io.to_string().to_lowercase()),
            _ => io.to_string().to_lowercase(),
        },
        Error::Rustls(tls) => format!("TLS: {}", tls.to_string().to_lowercase()),
        Error::Tls(tls) => format!("TLS: {tls}"),
        Error::HostNotFound => "the host's name has no address".to_owned(),
        Error::LargeResponseHeader(..) => "the fields of the answer are too long".to_owned(),
        Error::Protocol(_) | Error::Http(_) => "expected an HTTP answer, found something else".to_owned(),
        Error::InvalidProxyUrl | Error::ConnectProxyFailed(_) => "the proxy did not connect".to_owned(),
        _ => "no connection".to_owned(),
    }
}
