//! An engine that is kept up to date while things go wrong: policies loaded anew in an outage or during a fetch, threads that start it
//! at once, revocations and single use over a reload. The provider is a server on loopback.
#![expect(clippy::unwrap_used, reason = "a test's panic is its verdict")]

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use core::time::Duration;
use doorward::{Engine, Field, Format, Reason, Request, Revocation, UnixTime};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Instant;

/// Longer than anything here takes on a busy machine.
const LONG: Duration = Duration::from_secs(20);

/// A provider: what it answers, how late, and how often it was asked. Without an answer it fails.
#[derive(Clone)]
struct Provider {
    url: String,
    hits: Arc<AtomicUsize>,
    delay: Arc<AtomicU64>,
    answer: Arc<Mutex<Option<String>>>,
}

impl Provider {
    fn start(answer: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let provider = Self {
            url: format!("http://{}/jwks", listener.local_addr().unwrap()),
            hits: Arc::default(),
            delay: Arc::default(),
            answer: Arc::new(Mutex::new(Some(answer.to_owned()))),
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
        let head =
            format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        let _ = stream.write_all((head + &body).as_bytes());
    }

    fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }
}

fn key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

/// A set of one key; without a `kid` if it is empty.
fn set(key: &Ed25519KeyPair, kid: &str) -> String {
    let x = URL_SAFE_NO_PAD.encode(key.public_key().as_ref());
    let kid = if kid.is_empty() { String::new() } else { format!(r#""kid":"{kid}","#) };
    format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519",{kid}"x":"{x}"}}]}}"#)
}

/// A token of `https://idp.example` that lasts for so many seconds.
fn token(key: &Ed25519KeyPair, kid: &str, jti: &str, lasts: i64) -> String {
    let named = format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#);
    let header = if kid.is_empty() { r#"{"alg":"EdDSA"}"#.to_owned() } else { named };
    let exp = doorward::now().seconds() + lasts;
    let claims =
        format!(r#"{{"iss":"https://idp.example","sub":"svc-a","aud":"api","jti":"{jti}","exp":{exp}}}"#);
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(key.sign(input.as_bytes())))
}

/// A policy with one issuer, whose section has this name and these keys.
fn policy(top: &str, name: &str, keys: &str) -> String {
    format!(
        "{top}\n[issuers.{name}]\nprofile = 'jwt'\nissuer = 'https://idp.example'\naudience = 'api'\n\
         algorithms = ['Ed25519']\n{keys}\n[[routes]]\npath = '/'\naccept = ['{name}']\n\
         [[routes]]\npath = '/hidden'\naccept = ['{name}']\nhidden = true\n"
    )
}

fn fetched(provider: &Provider, more: &str) -> String {
    format!("keys = {{ url = '{}'{more} }}", provider.url)
}

fn given(key: &Ed25519KeyPair) -> String {
    let set = set(key, "a").replace("\":", "\"=");
    format!("keys = {{ inline = {set} }}")
}

/// A policy file that is gone with the test.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let file = std::env::temp_dir().join(format!("doorward-upkeep-{name}-{}.toml", std::process::id()));
        std::fs::write(&file, text).unwrap();
        Self(file)
    }

    fn write(&self, text: &str) {
        std::fs::write(&self.0, text).unwrap();
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn ask_at(engine: &Engine, path: &str, token: &str, now: UnixTime) -> Option<Reason> {
    let line = format!("Bearer {token}");
    let fields = [Field::new("Authorization", line.as_str())];
    let request = Request::new("GET", path, &fields).with_peer("192.0.2.1".parse().unwrap());
    engine.decide(&request, now, &mut engine.scratch()).reason()
}

fn ask(engine: &Engine, token: &str) -> Option<Reason> {
    ask_at(engine, "/", token, doorward::now())
}

fn soon(mut holds: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    while began.elapsed() < LONG {
        if holds() {
            return true;
        }
        thread::sleep(Duration::from_millis(10));
    }
    false
}

#[test]
fn other_rules_and_other_algorithms_keep_the_keys_that_an_outage_would_not_give_again() {
    let key = key(1);
    let provider = Provider::start(&set(&key, "a"));
    let good = token(&key, "a", "1", 600);
    let file = File::new("rules", &policy("", "corp", &fetched(&provider, ", stale_for = '1h'")));
    let engine = Engine::from_file(&file.0).unwrap();
    engine.ready(LONG).unwrap();
    assert_eq!(ask(&engine, &good), None);
    *provider.answer.lock().unwrap() = None;
    file.write(&policy("", "corp", &fetched(&provider, ", stale_for = '7d', refresh = '2m'")));
    engine.reload().unwrap();
    assert_eq!(ask(&engine, &good), None);
    let more = policy("", "corp", &fetched(&provider, "")).replace("['Ed25519']", "['Ed25519', 'RS256']");
    file.write(&more);
    engine.reload().unwrap();
    assert_eq!(ask(&engine, &good), None);
    file.write(&more.replace("['Ed25519', 'RS256']", "['RS256']"));
    engine.reload().unwrap();
    assert_eq!(ask(&engine, &good), Some(Reason::AlgorithmRefused));
    file.write(&more);
    engine.reload().unwrap();
    assert_eq!(ask(&engine, &good), None);
    assert_eq!(provider.hits(), 1, "nothing was asked for again");
}

#[test]
fn a_fetch_that_runs_while_the_policy_is_loaded_anew_is_not_lost() {
    let key = key(1);
    let provider = Provider::start(&set(&key, "a"));
    provider.delay.store(600, Ordering::SeqCst);
    let file = File::new("running", &policy("", "corp", &fetched(&provider, "")));
    let engine = Engine::from_file(&file.0).unwrap();
    assert!(soon(|| provider.hits() == 1));
    file.write(&policy("", "renamed", &fetched(&provider, ", stale_for = '2h'")));
    engine.reload().unwrap();
    engine.ready(LONG).unwrap();
    assert_eq!(ask(&engine, &token(&key, "a", "1", 600)), None);
    assert_eq!(provider.hits(), 1);
}

#[test]
fn keys_that_come_after_a_reload_are_those_of_the_issuer_that_asked() {
    let section = |name: &str, provider: &Provider| {
        format!(
            "[issuers.{name}]\nprofile = 'jwt'\nissuer = 'https://{name}.example'\naudience = 'api'\n\
             algorithms = ['Ed25519']\nkeys = {{ url = '{}' }}\n",
            provider.url
        )
    };
    let route = |names: &str| format!("[[routes]]\npath = '/'\naccept = [{names}]\n");
    let [first, second, third] =
        [1, 2, 3].map(|seed| Provider::start(&set(&key(seed), &format!("key-{seed}"))));
    second.delay.store(600, Ordering::SeqCst);
    let file =
        File::new("moved", &(section("first", &first) + &section("second", &second) + &route("'second'")));
    let engine = Engine::from_file(&file.0).unwrap();
    assert!(soon(|| second.hits() == 1));
    // The section whose fetch runs has another place now, and another stands where it stood.
    let moved = section("third", &third) + &section("first", &first) + &section("second", &second);
    file.write(&(moved + &route("'second'")));
    engine.reload().unwrap();
    engine.ready(LONG).unwrap();
    let status = engine.status(doorward::now());
    let kids = |name: &str| {
        let issuer = status.issuers.iter().find(|issuer| issuer.name == name).unwrap();
        issuer.keys.iter().map(|key| key.kid.clone().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!([kids("first"), kids("second"), kids("third")], [["key-1"], ["key-2"], ["key-3"]]);
    assert_eq!(second.hits(), 1);
}

#[test]
fn a_reload_that_brings_something_to_fetch_begins_to_fetch_it() {
    let key = key(1);
    let provider = Provider::start(&set(&key, "a"));
    let file = File::new("later", &policy("", "corp", &given(&key)));
    let engine = Engine::from_file(&file.0).unwrap();
    let good = token(&key, "a", "1", 600);
    assert_eq!(ask(&engine, &good), None);
    file.write(&policy("", "corp", &fetched(&provider, "")));
    engine.reload().unwrap();
    assert!(soon(|| ask(&engine, &good).is_none()), "{}", engine.status(doorward::now()));
}

#[test]
fn threads_that_start_it_at_once_start_one() {
    let key = key(1);
    let good = token(&key, "a", "1", 600);
    for round in 0..40_u64 {
        let provider = Provider::start(&set(&key, "a"));
        provider.delay.store(10, Ordering::SeqCst);
        let text = policy("", "corp", &fetched(&provider, ""));
        let engine = Engine::load_text(&text, Format::Toml, None).unwrap();
        let together = Arc::new(Barrier::new(4));
        let threads: Vec<_> = (0..4_u64)
            .map(|number| {
                let (engine, together) = (engine.clone(), Arc::clone(&together));
                thread::spawn(move || {
                    together.wait();
                    thread::sleep(Duration::from_micros((round * 37 + number * 71) % 300));
                    engine.ready(LONG)
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap().unwrap();
        }
        assert_eq!((ask(&engine, &good), provider.hits()), (None, 1), "round {round}");
    }
}

#[test]
fn ready_says_no_while_there_are_no_keys() {
    let provider = Provider::start("");
    *provider.answer.lock().unwrap() = None;
    let text = policy("", "corp", &fetched(&provider, ""));
    let engine = Engine::from_text(&text, Format::Toml, None).unwrap();
    assert!(soon(|| provider.hits() == 1));
    let fault = engine.ready(Duration::from_millis(300)).unwrap_err();
    assert_eq!(fault.issuers.len(), 1);
    assert!(fault.to_string().starts_with("no keys yet: issuers.corp"), "{fault}");
    assert_eq!(ask(&engine, &token(&key(1), "a", "1", 600)), Some(Reason::TrustUnavailable));
}

#[test]
fn a_revocation_outlasts_the_name_of_its_issuers_section() {
    let key = key(1);
    let file = File::new("rename", &policy("", "corp", &given(&key)));
    let engine = Engine::from_file(&file.0).unwrap();
    let bad = token(&key, "a", "bad", 600);
    assert_eq!(ask(&engine, &bad), None);
    engine.revoke(Revocation::Token { issuer: "corp".to_owned(), jti: "bad".to_owned() }).unwrap();
    assert_eq!(ask(&engine, &bad), Some(Reason::TokenRevoked));
    file.write(&policy("", "main", &given(&key)));
    engine.reload().unwrap();
    assert_eq!(ask(&engine, &bad), Some(Reason::TokenRevoked));
}

#[test]
fn a_used_token_stays_used_when_the_policy_allows_more_for_clocks() {
    let key = key(1);
    let once = format!("{}\nsingle_use = true", given(&key));
    let file = File::new("leeway", &policy("leeway = '0s'", "corp", &once));
    let engine = Engine::from_file(&file.0).unwrap();
    let used = token(&key, "a", "1", 10);
    let at = |seconds: i64| UnixTime::from_seconds(doorward::now().seconds() + seconds);
    assert_eq!(ask_at(&engine, "/", &used, at(0)), None);
    file.write(&policy("leeway = '1m'", "corp", &once));
    engine.reload().unwrap();
    assert_eq!(ask_at(&engine, "/", &used, at(30)), Some(Reason::TokenReplayed));
}

#[test]
fn a_new_key_without_a_name_is_asked_for_again_though_its_token_was_refused() {
    let (old, new) = (key(1), key(2));
    let text = policy("", "corp", "keys = { url = 'https://idp.example/jwks' }");
    let engine = Engine::load_text(&text, Format::Toml, None).unwrap();
    let good = token(&new, "", "1", 600);
    let start = doorward::now().seconds();
    let at = |seconds: i64| UnixTime::from_seconds(start + seconds);
    engine.supply_keys("corp", &set(&old, ""), at(0)).unwrap();
    assert_eq!(ask_at(&engine, "/", &good, at(12)), Some(Reason::KeyUnknown));
    engine.supply_keys("corp", &set(&old, ""), at(13)).unwrap();
    assert_eq!(ask_at(&engine, "/", &good, at(14)), Some(Reason::SignatureInvalid), "nothing is known of it");
    assert_eq!(ask_at(&engine, "/", &good, at(26)), Some(Reason::KeyUnknown), "asked for again");
    engine.supply_keys("corp", &set(&new, ""), at(27)).unwrap();
    assert_eq!(ask_at(&engine, "/", &good, at(27)), None);
}

#[test]
fn the_limit_does_not_tell_that_a_hidden_route_is_there() {
    let text = policy("limit = { failures = 3, per = '1m' }", "corp", &given(&key(1)));
    let at = doorward::now();
    for path in ["/nowhere", "/hidden"] {
        let engine = Engine::load_text(&text, Format::Toml, None).unwrap();
        for _ in 0..5 {
            assert_eq!(ask_at(&engine, path, "bad", at), Some(Reason::RouteUnmatched));
        }
        assert_eq!(ask_at(&engine, "/", "bad", at), Some(Reason::TokenMalformed), "{path}");
    }
}

#[test]
fn good_callers_stay_known_over_a_reload_and_are_not_throttled() {
    let key = key(1);
    let top = "limit = { failures = 2, per = '1m', by = 'peer' }";
    let file = File::new("known", &policy(top, "corp", &given(&key)));
    let engine = Engine::from_file(&file.0).unwrap();
    let (known, new) = (token(&key, "a", "1", 600), token(&key, "a", "2", 600));
    assert_eq!(ask(&engine, &known), None);
    for _ in 0..4 {
        let _ = ask(&engine, "bad");
    }
    assert_eq!(ask(&engine, &new), Some(Reason::TooManyFailures));
    assert_eq!(ask(&engine, &known), None);
    engine.reload().unwrap();
    assert_eq!(ask(&engine, &known), None, "looked at before it is turned away");
    assert_eq!(ask(&engine, &known), None);
    assert_eq!(ask(&engine, &new), Some(Reason::TooManyFailures));
}
