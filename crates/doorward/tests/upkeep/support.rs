//! A provider on loopback, keys and tokens of its issuer, and policies about it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use core::time::Duration;
use doorward::{Engine, Field, Reason, Request, UnixTime};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

/// Longer than anything here takes on a busy machine.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// A provider: what it answers, how late, and how often it was asked. Without an answer it fails.
#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) url: String,
    hits: Arc<AtomicUsize>,
    pub(crate) delay: Arc<AtomicU64>,
    pub(crate) answer: Arc<Mutex<Option<String>>>,
    /// A line of its answers' header, with its end.
    pub(crate) header: Arc<Mutex<&'static str>>,
}

impl Provider {
    pub(crate) fn start(answer: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let provider = Self {
            url: format!("http://{}/jwks", listener.local_addr().unwrap()),
            hits: Arc::default(),
            delay: Arc::default(),
            answer: Arc::new(Mutex::new(Some(answer.to_owned()))),
            header: Arc::default(),
        };
        let serving = provider.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let own = serving.clone();
                thread::spawn(move || own.serve(stream));
            }
        });
        provider
    }

    fn serve(&self, mut stream: std::net::TcpStream) {
        self.hits.fetch_add(1, Ordering::SeqCst);
        let _ = stream.read(&mut [0; 4096]);
        thread::sleep(Duration::from_millis(self.delay.load(Ordering::SeqCst)));
        let answer = self.answer.lock().unwrap().clone();
        let (status, body) = answer.map_or((503, String::new()), |body| (200, body));
        let (header, len) = (*self.header.lock().unwrap(), body.len());
        let head =
            format!("HTTP/1.1 {status} x\r\n{header}Content-Length: {len}\r\nConnection: close\r\n\r\n");
        let _ = stream.write_all((head + &body).as_bytes());
    }

    pub(crate) fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }
}

pub(crate) fn key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

/// A key as it is published; without a `kid` if that is empty.
pub(crate) fn jwk(key: &Ed25519KeyPair, kid: &str) -> String {
    let x = URL_SAFE_NO_PAD.encode(key.public_key().as_ref());
    let kid = if kid.is_empty() { String::new() } else { format!(r#""kid":"{kid}","#) };
    format!(r#"{{"kty":"OKP","crv":"Ed25519",{kid}"x":"{x}"}}"#)
}

/// A set of one key.
pub(crate) fn set(key: &Ed25519KeyPair, kid: &str) -> String {
    set_of(&[&jwk(key, kid)])
}

/// A set of these.
pub(crate) fn set_of(keys: &[&str]) -> String {
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

/// A token of `https://idp.example` that lasts for so many seconds.
pub(crate) fn token(key: &Ed25519KeyPair, kid: &str, jti: &str, lasts: i64) -> String {
    let named = format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#);
    let header = if kid.is_empty() { r#"{"alg":"EdDSA"}"#.to_owned() } else { named };
    let exp = doorward::now().seconds() + lasts;
    let claims =
        format!(r#"{{"iss":"https://idp.example","sub":"svc-a","aud":"api","jti":"{jti}","exp":{exp}}}"#);
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(key.sign(input.as_bytes())))
}

/// A policy with one issuer, whose section has this name and these keys.
pub(crate) fn policy(top: &str, name: &str, keys: &str) -> String {
    format!(
        "{top}\n[issuers.{name}]\nprofile = 'jwt'\nissuer = 'https://idp.example'\naudience = 'api'\n\
         algorithms = ['Ed25519']\n{keys}\n[[routes]]\npath = '/'\naccept = ['{name}']\n\
         [[routes]]\npath = '/hidden'\naccept = ['{name}']\nhidden = true\n"
    )
}

pub(crate) fn fetched(provider: &Provider, more: &str) -> String {
    format!("keys = {{ url = '{}'{more} }}", provider.url)
}

pub(crate) fn given(key: &Ed25519KeyPair) -> String {
    let set = set(key, "a").replace("\":", "\"=");
    format!("keys = {{ inline = {set} }}")
}

/// A policy file that is gone with the test.
pub(crate) struct File(pub(crate) PathBuf);

impl File {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        let file = std::env::temp_dir().join(format!("doorward-upkeep-{name}-{}.toml", std::process::id()));
        std::fs::write(&file, text).unwrap();
        Self(file)
    }

    pub(crate) fn write(&self, text: &str) {
        std::fs::write(&self.0, text).unwrap();
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

pub(crate) fn ask_at(engine: &Engine, path: &str, token: &str, now: UnixTime) -> Option<Reason> {
    let line = format!("Bearer {token}");
    let fields = [Field::new("Authorization", line.as_str())];
    let request = Request::new("GET", path, &fields).with_peer("192.0.2.1".parse().unwrap());
    engine.decide(&request, now, &mut engine.scratch()).reason()
}

pub(crate) fn ask(engine: &Engine, token: &str) -> Option<Reason> {
    ask_at(engine, "/", token, doorward::now())
}

pub(crate) fn soon(mut holds: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    while began.elapsed() < LONG {
        if holds() {
            return true;
        }
        thread::sleep(Duration::from_millis(10));
    }
    false
}
