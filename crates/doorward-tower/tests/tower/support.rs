//! A policy, tokens for it, and a client that sends what it is told to.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use core::net::SocketAddr;
use core::time::Duration;
use doorward::{Engine, Format, UnixTime};
use doorward_tower::DoorwardLayer;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use ring::hmac;
use serde_json::{Value, json};

/// When everything here happens.
pub(crate) const NOW: UnixTime = UnixTime::from_seconds(1_795_387_431);

/// How long anything on loopback may take.
pub(crate) const LIMIT: Duration = Duration::from_secs(20);

const SECRET: &[u8] = b"a secret of thirty-two bytes, at least";

/// What is answered to whom.
pub(crate) fn policy(disclosure: &str) -> String {
    let jwk = json!({ "kty": "oct", "k": URL_SAFE_NO_PAD.encode(SECRET), "alg": "HS256" });
    let mut policy = json!({
        "realm": "orders",
        "disclosure": disclosure,
        "issuers": { "corp": {
            "profile": "jwt", "issuer": "https://idp.example", "audience": ["https://api.example"],
            "algorithms": ["HS256"], "token_in": ["header", "query", "form"],
            "keys": { "inline": { "keys": [jwk] } },
        } },
    });
    policy["routes"] = json!([
        { "path": "/healthz", "accept": "anyone" },
        { "path": "/v1/orders/{id}", "accept": "corp" },
        { "path": "/v1/orders/{id}/items", "accept": "corp" },
        { "path": "/v1/refunds/{*rest}", "accept": "corp", "scopes": ["refunds:write"] },
        { "path": "/v1/secret", "accept": "corp", "scopes": ["secrets:read"], "hidden": true },
        { "path": "/open/{*rest}", "accept": "anyone" },
        { "path": "/grpc.health.v1.Health/Check", "accept": "corp" },
        { "path": "/grpc.health.v1.Health/Watch", "accept": "corp", "scopes": ["health:watch"] },
    ]);
    policy.to_string()
}

pub(crate) fn door() -> DoorwardLayer {
    door_that_discloses("reason")
}

pub(crate) fn door_that_discloses(disclosure: &str) -> DoorwardLayer {
    let engine = Engine::from_text(&policy(disclosure), Format::Json, None).unwrap();
    DoorwardLayer::new(engine).with_clock(|| NOW)
}

/// A token for somebody, that expires so many seconds from now.
pub(crate) fn token(subject: &str, expires_in: i64) -> String {
    let claims = json!({
        "iss": "https://idp.example", "aud": "https://api.example", "sub": subject,
        "exp": NOW.seconds() + expires_in, "team": "sales",
    });
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(&json!({ "alg": "HS256", "typ": "JWT" })), encode(&claims));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}

pub(crate) fn bearer(subject: &str) -> String {
    format!("Bearer {}", token(subject, 600))
}

/// An answer as the client got it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn lines(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }
}

/// A GET with these lines.
pub(crate) fn get(at: SocketAddr, target: &str, lines: &[(&str, &str)]) -> Request<Full<Bytes>> {
    let mut request = Request::get(format!("http://{at}{target}"));
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    request.body(Full::default()).unwrap()
}

/// Sends a request over HTTP/1.1, or over HTTP/2 with prior knowledge.
pub(crate) async fn send(http2: bool, request: Request<Full<Bytes>>) -> Answer {
    let client = Client::builder(TokioExecutor::new()).http2_only(http2).build_http();
    let answer = async {
        let (parts, body) = client.request(request).await.unwrap().into_parts();
        let text = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(text.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    };
    tokio::time::timeout(LIMIT, answer).await.unwrap()
}
