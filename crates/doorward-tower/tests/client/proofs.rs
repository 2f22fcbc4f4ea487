//! Tokens that are bound to a key: a proof of possession with each request, checked by a service that keeps to RFC 9449.

use crate::server::serve;
use crate::support::{client, get, options, post, send};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use core::net::SocketAddr;
use doorward::caller::{Credential, Want};
use doorward_tower::client::{ClientError, Credentials, ProofOf, RecoverMiddleware};
use http::{HeaderMap, StatusCode};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};

const TOKEN: &str = "a-token-that-is-bound";

/// A key, and what it signs.
struct Signer {
    key: EncodingKey,
    jwk: Jwk,
}

impl Signer {
    fn new() -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let jwk = json!({ "kty": "EC", "crv": "P-256", "x": text(x), "y": text(y) });
        let key = EncodingKey::from_ec_der(pkcs8.as_ref());
        Self { key, jwk: serde_json::from_value(jwk).unwrap() }
    }

    /// RFC 9449, section 4.2.
    fn prove(&self, of: &ProofOf<'_>, number: usize) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some("dpop+jwt".to_owned());
        header.jwk = Some(self.jwk.clone());
        let claims = json!({
            "jti": number.to_string(), "htm": of.method.as_str(), "htu": of.url, "iat": 1_795_387_431,
            "ath": hash(of.token), "nonce": of.nonce,
        });
        encode(&header, &claims, &self.key).unwrap()
    }
}

fn hash(token: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, token.as_bytes()))
}

/// A service that gives a new nonce with every answer, and wants to see the one before.
#[derive(Clone, Default)]
struct Service(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    at: Option<SocketAddr>,
    requests: usize,
    proofs: HashSet<String>,
}

impl Service {
    async fn start() -> (Self, SocketAddr) {
        let service = Self::default();
        let router = Router::new().fallback(answer).with_state(service.clone());
        let at = serve(router).await;
        service.0.lock().unwrap().at = Some(at);
        (service, at)
    }

    fn requests(&self) -> usize {
        self.0.lock().unwrap().requests
    }
}

/// RFC 9449, section 4.3, as far as a test needs it.
fn check(state: &mut Seen, method: &str, path: &str, headers: &HeaderMap) -> Result<(), &'static str> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if text("authorization") != Some(&format!("DPoP {TOKEN}")) {
        return Err("invalid_token");
    }
    let proofs: Vec<_> = headers.get_all("dpop").iter().collect();
    let [proof] = proofs.as_slice() else { return Err("invalid_dpop_proof") };
    let proof = proof.to_str().unwrap();
    let jwk = decode_header(proof).ok().and_then(|header| header.jwk).ok_or("invalid_dpop_proof")?;
    let mut validation = Validation::new(Algorithm::ES256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    let key = DecodingKey::from_jwk(&jwk).map_err(|_| "invalid_dpop_proof")?;
    let claims = decode::<Value>(proof, &key, &validation).map_err(|_| "invalid_dpop_proof")?.claims;
    let url = format!("http://{}{path}", state.at.unwrap());
    let is_for_this = claims["htm"] == method && claims["htu"] == url.as_str();
    let is_new = state.proofs.insert(claims["jti"].as_str().unwrap().to_owned());
    if !is_for_this || !is_new || claims["ath"] != hash(TOKEN).as_str() {
        return Err("invalid_dpop_proof");
    }
    let expected = format!("nonce-{}", state.requests - 1);
    if claims["nonce"] == expected.as_str() { Ok(()) } else { Err("use_dpop_nonce") }
}

async fn answer(State(service): State<Service>, request: Request) -> Response {
    let mut state = service.0.lock().unwrap();
    state.requests += 1;
    let (method, path) = (request.method().as_str(), request.uri().path());
    let nonce = [("dpop-nonce", format!("nonce-{}", state.requests))];
    match check(&mut state, method, path, request.headers()) {
        Ok(()) => (nonce, "welcome").into_response(),
        Err(error) => {
            let challenge = [("www-authenticate", format!(r#"DPoP error="{error}", algs="ES256""#))];
            (StatusCode::UNAUTHORIZED, nonce, challenge, error).into_response()
        }
    }
}

/// Credentials of a source that knows nothing of proofs.
fn credentials(at: SocketAddr) -> Credentials {
    let source = async |_: Want| Credential::bearer(TOKEN);
    let (signer, made) = (Signer::new(), Mutex::new(0));
    Credentials::from_async(source, options(at)).unwrap().with_proof(move |of| {
        let mut made = made.lock().unwrap();
        *made += 1;
        Ok(signer.prove(of, *made))
    })
}

/// P-17, P-19: the nonce is taken over from any answer, so that only the first request is sent twice.
#[tokio::test]
async fn each_request_has_a_proof_of_its_own_with_the_nonce_that_is_due() {
    let (service, at) = Service::start().await;
    let client = client(&credentials(at));
    for (request, sends) in
        [(post(at, "/v1/orders?dry", "x"), 2), (get(at, "/v1/orders/7"), 1), (get(at, "/v1/orders/7"), 1)]
    {
        let answer = send(&client, request).await.unwrap();
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "welcome"));
        assert_eq!(answer.trail.sends, sends);
    }
    assert_eq!(service.requests(), 4);
}

#[tokio::test]
async fn reqwest_does_the_same() {
    let (service, at) = Service::start().await;
    let recover = RecoverMiddleware::new(credentials(at));
    let client = reqwest_middleware::ClientBuilder::new(reqwest::Client::new()).with(recover).build();
    for requests in [2, 3] {
        let answer = client.get(format!("http://{at}/v1/orders/7?page=2")).send().await.unwrap();
        assert_eq!((answer.status(), service.requests()), (StatusCode::OK, requests));
    }
}

#[tokio::test]
async fn without_its_proof_nothing_is_sent() {
    let (service, at) = Service::start().await;
    let source = async |_: Want| Credential::bearer(TOKEN);
    let credentials = Credentials::from_async(source, options(at)).unwrap();
    let client = client(&credentials.with_proof(|_| Err("the key is locked".into())));
    let ClientError::NotSent(fault) = send(&client, get(at, "/")).await.unwrap_err() else {
        panic!("expected a request that is not sent");
    };
    assert_eq!(fault.message, "no proof could be made: the key is locked");
    assert_eq!(service.requests(), 0);
}
