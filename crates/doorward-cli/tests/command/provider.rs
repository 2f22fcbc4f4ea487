//! An identity provider of one page: a JWK Set on loopback that can be exchanged, counted and stopped, and tokens of its keys.

use crate::support::base64url;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use core::time::Duration;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// A key pair with a name.
pub(crate) struct Key {
    kid: &'static str,
    pair: EcdsaKeyPair,
}

impl Key {
    pub(crate) fn new(kid: &'static str) -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        Self { kid, pair }
    }

    pub(crate) fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let (x, y) = (base64url(&point[1..33]), base64url(&point[33..]));
        json!({ "kty": "EC", "crv": "P-256", "alg": "ES256", "kid": self.kid, "x": x, "y": y })
    }

    /// A token that is good for an hour, unlike any other of this `jti`.
    pub(crate) fn token(&self, jti: &str) -> String {
        let now = doorward::now().seconds();
        let header = json!({ "alg": "ES256", "typ": "at+jwt", "kid": self.kid });
        let claims = json!({
            "iss": "https://idp.example", "sub": "svc-billing", "client_id": "svc-billing",
            "aud": "https://api.example", "scope": "orders:read", "jti": jti, "iat": now - 60, "exp": now + 3600,
        });
        let encode = |value: &Value| base64url(value.to_string().as_bytes());
        let signed = format!("{}.{}", encode(&header), encode(&claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", base64url(signature.as_ref()))
    }

    pub(crate) fn bearer(&self, jti: &str) -> String {
        format!("Bearer {}", self.token(jti))
    }
}

/// The set of these keys.
pub(crate) fn jwks(keys: &[&Key]) -> String {
    json!({ "keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>() }).to_string()
}

/// A policy whose issuer `corp` has its keys from there.
pub(crate) fn policy(keys: &str) -> String {
    format!(
        r#"realm = "orders"
disclosure = "reason"

[issuers.corp]
profile = "rfc9068"
issuer = "https://idp.example"
audience = ["https://api.example"]
algorithms = ["ES256"]
keys = {{ {keys} }}

[[routes]]
path = "/v1/orders/{{id}}"
accept = "corp"
scopes = ["orders:read"]
"#
    )
}

/// The provider. When it is stopped, connections to its port are refused.
pub(crate) struct Provider {
    port: u16,
    set: Arc<Mutex<String>>,
    asked: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Provider {
    pub(crate) fn start(set: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (set, asked, stop) =
            (Arc::new(Mutex::new(set)), Arc::default(), Arc::new(AtomicBool::new(false)));
        let thread = {
            let (set, asked, stop) = (Arc::clone(&set), Arc::clone(&asked), Arc::clone(&stop));
            thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                    answer(stream, &set, &asked);
                }
            })
        };
        Self { port, set, asked, stop, thread: Some(thread) }
    }

    /// The line of a policy that has keys from here.
    pub(crate) fn keys(&self) -> String {
        format!("url = \"http://127.0.0.1:{}/jwks\"", self.port)
    }

    pub(crate) fn publish(&self, set: String) {
        *self.set.lock().unwrap() = set;
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Ends it: nobody listens at its port when this returns.
    pub(crate) fn stop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // So that it stops waiting for somebody.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.stop();
    }
}

fn answer(mut stream: TcpStream, set: &Mutex<String>, asked: &AtomicUsize) {
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    asked.fetch_add(1, Ordering::SeqCst);
    let set = set.lock().unwrap().clone();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", set.len());
    // A client that has gone is no fault of a test.
    let _ = stream.write_all(format!("{head}{set}").as_bytes());
}
