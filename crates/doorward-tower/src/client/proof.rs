//! Proofs of possession beside a credential: who makes them, and the nonces that services want to see in them.

use super::fault::NotSent;
use core::error::Error;
use core::fmt;
use http::{HeaderValue, Method, Uri};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a proof is for ([RFC 9449, section 4.2]). `Debug` does not show the token.
///
/// [RFC 9449, section 4.2]: https://www.rfc-editor.org/rfc/rfc9449#section-4.2
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct ProofOf<'p> {
    /// The method of the request (`htm`).
    pub method: &'p Method,
    /// Its URL without query, fragment and user information (`htu`).
    pub url: &'p str,
    /// The access token that goes with it, of which the proof holds a digest (`ath`).
    pub token: &'p str,
    /// The nonce that the service wants in it, if it gave one.
    pub nonce: Option<&'p str>,
}

impl fmt::Debug for ProofOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProofOf")
            .field("method", self.method)
            .field("url", &self.url)
            .field("nonce", &self.nonce)
            .finish_non_exhaustive()
    }
}

/// What a function that makes proofs can fail with.
pub(crate) type ProofError = Box<dyn Error + Send + Sync>;

type Make = dyn Fn(&ProofOf<'_>) -> Result<String, ProofError> + Send + Sync;

/// The maker of proofs, and the last nonce of each origin: one is for the server that gave it (RFC 9449, section 8.2). There are
/// no more of them than origins that the credential is for.
#[derive(Clone)]
pub(crate) struct Proofs {
    make: Arc<Make>,
    nonces: Arc<Mutex<HashMap<String, String>>>,
}

impl Proofs {
    pub(crate) fn new(
        make: impl Fn(&ProofOf<'_>) -> Result<String, ProofError> + Send + Sync + 'static,
    ) -> Self {
        Self { make: Arc::new(make), nonces: Arc::default() }
    }

    /// The `DPoP` field of a request. It is another one each time, as long as the maker keeps to the standard's `jti`.
    pub(crate) fn field(
        &self,
        target: &Target,
        method: &Method,
        token: &str,
    ) -> Result<HeaderValue, NotSent> {
        let nonce = self.nonces.lock().unwrap_or_else(PoisonError::into_inner).get(&target.origin).cloned();
        let of = ProofOf { method, url: &target.url, token, nonce: nonce.as_deref() };
        let proof =
            (self.make)(&of).map_err(|error| NotSent::wrong(format!("no proof could be made: {error}")))?;
        HeaderValue::from_str(&proof).map_err(|_| NotSent::wrong("the proof cannot be written into a field"))
    }

    /// A server wants to see this nonce in the next proof.
    pub(crate) fn heard(&self, target: &Target, nonce: &str) {
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        nonces.insert(target.origin.clone(), nonce.to_owned());
    }
}

/// What of a URL goes into a proof.
pub(crate) struct Target {
    origin: String,
    url: String,
}

impl Target {
    pub(crate) fn of(url: &str) -> Result<Self, NotSent> {
        let wrong = || NotSent::wrong("expected a request with a whole URL");
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let (scheme, host) = (uri.scheme_str().ok_or_else(wrong)?, uri.host().ok_or_else(wrong)?);
        let port = uri.port().map(|port| format!(":{port}")).unwrap_or_default();
        let origin = format!("{scheme}://{host}{port}").to_ascii_lowercase();
        let url = format!("{origin}{}", uri.path());
        Ok(Self { origin, url })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_for_a_url_without_names_passwords_and_queries() {
        let target = Target::of("https://u:p@API.example:8443/v1/Orders?page=2").unwrap();
        assert_eq!(target.url, "https://api.example:8443/v1/Orders");
        assert_eq!(Target::of("http://[::1]:80").unwrap().url, "http://[::1]:80/");
        assert!(Target::of("/v1/orders").is_err());
    }

    #[test]
    fn a_proofs_token_is_not_shown() {
        let of = ProofOf { method: &Method::GET, url: "https://api.example/", token: "s3cret", nonce: None };
        assert!(!format!("{of:?}").contains("s3cret"));
    }
}
