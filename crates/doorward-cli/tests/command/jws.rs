//! `jws verify`.

use crate::support::{base64url, folder, key, run, run_with, signed};
use serde_json::json;
use std::fs;

#[test]
fn each_token_gets_a_line() {
    let folder = folder("jws");
    fs::write(folder.join("keys.json"), json!({ "keys": [key()] }).to_string()).unwrap();
    let good = signed(&json!({ "alg": "HS256" }), &json!("any payload"));
    let one = run(&folder, &["jws", "verify", "--keys", "keys.json", &good]);
    let payload = base64url(br#""any payload""#);
    assert_eq!((one.code, one.out), (Some(0), format!("{{\"valid\":true,\"payload\":\"{payload}\"}}\n")));
    let lines = format!("{good}\r\n{good} \n\n{}\n", good.replace('.', "!"));
    let several = run_with(&folder, &["jws", "verify", "--keys", "keys.json", "-"], &lines);
    assert_eq!(several.code, Some(1));
    let bad = json!({ "valid": false, "reason": "token_malformed" });
    assert_eq!(several.objects()[1..], [bad.clone(), bad.clone(), bad]);
    assert_eq!(several.objects()[0]["valid"], true);
}

#[test]
fn a_token_that_is_too_long_is_not_looked_at() {
    let folder = folder("jws-long");
    fs::write(folder.join("keys.json"), key().to_string()).unwrap();
    let run = run_with(&folder, &["jws", "verify", "--keys", "keys.json"], &"a".repeat((64 << 10) + 1));
    assert_eq!(run.objects(), [json!({ "valid": false, "reason": "credential_too_large" })]);
}

#[test]
fn a_weak_key_is_not_used_and_the_others_are() {
    let folder = folder("jws-weak");
    let weak = json!({ "kty": "oct", "k": "AAAA", "kid": "weak" });
    fs::write(folder.join("keys.json"), json!({ "keys": [weak, key()] }).to_string()).unwrap();
    let good = signed(&json!({ "alg": "HS256" }), &json!(1));
    let both = run(&folder, &["jws", "verify", "--keys", "keys.json", &good]);
    assert_eq!(both.code, Some(0));
    assert!(
        both.err.contains("key `weak`: not used: expected a secret of at least 32 bytes"),
        "{}",
        both.err
    );
    assert!(!both.err.contains("AAAA"));
    fs::write(folder.join("keys.json"), weak.to_string()).unwrap();
    let alone = run(&folder, &["jws", "verify", "--keys", "keys.json", &good]);
    assert_eq!(alone.code, Some(1));
    assert_eq!(alone.objects(), [json!({ "valid": false, "reason": "key_unknown" })]);
}

/// A set that a loose parser reads one way and a strict one not at all is not read at all.
#[test]
fn a_key_set_with_duplicate_members_is_status_2() {
    let folder = folder("jws-duplicate");
    let twice = key().to_string().replace("\"kty\"", "\"kty\":\"RSA\",\"kty\"");
    for text in [twice.as_str(), "[]", "{}", "nonsense"] {
        fs::write(folder.join("keys.json"), text).unwrap();
        let run = run(&folder, &["jws", "verify", "--keys", "keys.json", "a.b.c"]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{text}: {}", run.err);
    }
}
