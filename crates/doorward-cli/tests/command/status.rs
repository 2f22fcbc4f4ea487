//! `status`, and what other verbs do with keys that are fetched.

use crate::provider::{Key, Provider, jwks, policy};
use crate::support::{folder, run};
use core::time::Duration;
use serde_json::json;
use std::fs;
use std::net::TcpListener;
use std::time::Instant;

#[test]
fn a_policy_is_fetched_for_once_and_shown() {
    let key = Key::new("known");
    let mut provider = Provider::start(jwks(&[&key]));
    let place = folder("status-policy");
    fs::write(place.join("policy.toml"), policy(&provider.keys())).unwrap();
    let shown = run(&place, &["status", "--policy", "policy.toml"]);
    assert_eq!(shown.code, Some(0), "{}{}", shown.out, shown.err);
    assert!(
        shown.out.contains("fresh: 1 key fetched") && shown.out.contains("known  ES256"),
        "{}",
        shown.out
    );
    assert!(shown.err.contains("fetching the keys of 1 issuer, for 15 s at most"), "{}", shown.err);
    assert_eq!(provider.asked(), 1);
    provider.publish("{}".to_owned());
    let json = run(&place, &["status", "--policy", "policy.toml", "--format", "json", "--wait", "1"]);
    assert_eq!((json.code, &json.objects()[0]["issuers"][0]["trust"]), (Some(1), &json!("never")));
    assert_eq!(json.objects()[0]["issuers"][0]["last_fault"]["code"], "malformed");
    provider.stop();
    let gone = run(&place, &["status", "--policy", "policy.toml", "--wait", "1"]);
    assert_eq!(gone.code, Some(1));
    assert!(gone.out.contains("NEVER LOADED") && gone.out.contains("failed once"), "{}", gone.out);
    assert!(gone.err.contains("warning: no keys yet: issuers.corp: "), "{}", gone.err);
}

#[test]
fn nobody_who_answers_is_status_2_and_within_the_time() {
    let place = folder("status-usage");
    fs::write(place.join("bad.toml"), "reaml = 'x'\n").unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}", silent.local_addr().unwrap());
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = format!("http://{free}");
    let began = Instant::now();
    for (arguments, said) in [
        (&["status"][..], "expected one of http://ADDRESS and `--policy`"),
        (&["status", "127.0.0.1:1"], "expected http://ADDRESS:PORT"),
        (&["status", "https://127.0.0.1:1"], "expected http://ADDRESS:PORT"),
        (&["status", "http://127.0.0.1:1", "--wait", "1"], "expected `--wait` beside `--policy`"),
        (&["status", "--policy", "bad.toml"], "did you mean `realm`?"),
        (&["status", "--policy", "bad.toml", "--wait", "x"], "found `x`"),
        (&["status", &nobody], "nobody listens there"),
        (&["status", &silent], ": "),
    ] {
        let run = run(&place, arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(run.err.contains(said), "{arguments:?}: {}", run.err);
    }
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}

#[test]
fn decide_and_explain_fetch_before_they_decide() {
    let (key, other) = (Key::new("known"), Key::new("other"));
    let mut provider = Provider::start(jwks(&[&key]));
    let place = folder("status-decide");
    fs::write(place.join("policy.toml"), policy(&provider.keys())).unwrap();
    let request =
        |key: &Key| format!("GET /v1/orders/7 HTTP/1.1\r\nAuthorization: {}\r\n\r\n", key.bearer("a"));
    fs::write(place.join("good.http"), request(&key)).unwrap();
    fs::write(place.join("other.http"), request(&other)).unwrap();
    let decide = |name: &str| run(&place, &["decide", "--policy", "policy.toml", "--format", "json", name]);
    let good = decide("good.http");
    assert_eq!((good.code, &good.objects()[0]["outcome"]), (Some(0), &json!("allow")), "{}", good.err);
    assert!(good.err.contains("fetching the keys of 1 issuer, for 15 s at most"), "{}", good.err);
    let waiting = decide("other.http");
    assert_eq!(waiting.objects()[0]["reason"], "key_unknown");
    assert!(waiting.objects()[0]["retry_after"].as_u64().is_some_and(|wait| wait >= 1));
    let token = key.token("a");
    let explained = run(&place, &["explain", "--policy", "policy.toml", "--url", "/v1/orders/7", &token]);
    assert_eq!(explained.code, Some(0), "{}{}", explained.out, explained.err);
    assert_eq!(provider.asked(), 3);
    provider.stop();
    // A set that cannot be had is not the caller's fault.
    let gone = decide("good.http");
    assert_eq!((gone.code, &gone.objects()[0]["status"]), (Some(1), &json!(503)), "{}", gone.out);
    assert!(gone.err.contains("warning: no keys yet"), "{}", gone.err);
}

#[test]
fn check_says_what_would_be_fetched_and_fetches_nothing() {
    let provider = Provider::start(String::new());
    let place = folder("status-check");
    let top = "limit = { failures = 9, per = \"1m\" }\n";
    let keys = format!("{}, refresh = \"5m\"", provider.keys().replace("/jwks", "/jwks?secret=1"));
    fs::write(place.join("policy.toml"), top.to_owned() + &policy(&keys)).unwrap();
    let text = run(&place, &["check", "policy.toml"]);
    assert_eq!(text.code, Some(0), "{}{}", text.out, text.err);
    for words in
        ["issuers.corp: fetches http://127.0.0.1:", "/jwks every 5 min at most, and keeps it for 1 d more"]
    {
        assert!(text.out.contains(words), "no `{words}` in {}", text.out);
    }
    assert!(text.out.contains("warning: issuers.corp.keys: plain http"), "{}", text.out);
    assert!(text.out.contains("warning: limit: no `trusted_proxies`"), "{}", text.out);
    assert!(!text.out.contains("secret"), "{}", text.out);
    let json = &run(&place, &["check", "--format", "json", "policy.toml"]).objects()[0];
    assert_eq!(
        (&json["fetches"][0]["issuer"], &json["fetches"][0]["refresh"]),
        (&json!("corp"), &json!(300))
    );
    assert_eq!(provider.asked(), 0);
}
