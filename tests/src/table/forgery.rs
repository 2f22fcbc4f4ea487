//! Forgeries: unsigned tokens, public keys as secrets, and keys that the token brings along.

use super::{corp_issuer, policy};
use crate::case::{File, NOW, SVC_A, allow, get, refuse};
use crate::mint::{Key, Token, corp, pem};
use serde_json::{Value, json};

pub(super) fn files() -> Vec<File> {
    vec![unsigned(), confused(), embedded()]
}

fn unsigned() -> File {
    let mut f = File::orders("forgery");
    let refused = refuse("algorithm_refused");
    let none = |token: Token| get("/any").bearer(&token.signature(Vec::new()));
    for (case, text) in [
        ("none", r#""none""#),
        ("none-with-a-capital", r#""None""#),
        ("none-in-capitals", r#""NONE""#),
        ("none-in-mixed-case", r#""nOnE""#),
        ("none-with-an-escape", r#""n\u006fne""#),
        ("none-in-escapes", r#""\u006e\u006f\u006e\u0065""#),
        ("none-with-a-space", r#""none ""#),
    ] {
        let r = none(corp().header_text("alg", text));
        f.case(case, "J-ALG-03 9.1/weak-alg reason/algorithm_refused", r, &refused);
    }
    let alg_none = || corp().header("alg", json!("none"));
    f.case("none-with-a-signature", "J-ALG-03", get("/any").bearer(&alg_none()), &refused);
    f.case("none-and-no-kid", "J-ALG-03", none(alg_none().no_header("kid")), &refused);
    f.case(
        "none-and-an-unknown-issuer",
        "J-ALG-03",
        none(alg_none().claim("iss", json!("https://evil.example"))),
        &refused,
    );
    let spelt = || corp().header("alg", json!("nOnE"));
    let r = none(spelt().claim("iss", json!("https://evil.example")));
    f.case("none-in-mixed-case-and-an-unknown-issuer", "J-ALG-03", r, &refused);
    let r = none(spelt().header("typ", json!("JWT")));
    f.case("none-in-mixed-case-and-another-type", "J-ALG-03", r, &refused);
    f.case("none-and-no-issuer", "J-ALG-03", none(alg_none().no_claim("iss")), &refused);
    f.case("none-and-another-type", "J-ALG-03", none(alg_none().header("typ", json!("JWT"))), &refused);
    f.case("none-and-expired", "J-ALG-03", none(alg_none().claim("exp", json!(NOW - 999))), &refused);
    f.case(
        "none-and-critical",
        "J-ALG-03",
        none(alg_none().header("crit", json!(["x"])).header("x", json!(1))),
        &refused,
    );
    f.case("none-and-a-broken-crit", "J-ALG-03", none(alg_none().header("crit", json!([]))), &refused);
    f.case("none-and-b64", "J-ALG-03", none(alg_none().header("b64", json!(false))), &refused);
    let broken = alg_none().edit_claims(|_| b"not json".to_vec());
    f.case("none-and-broken-claims", "J-ALG-03", none(broken), &refused);
    f.case(
        "none-of-a-plain-jwt",
        "J-ALG-03",
        none(crate::mint::partner().header("alg", json!("none"))),
        &refused,
    );
    f.case(
        "none-of-an-svid",
        "J-ALG-03 W-J-01",
        none(crate::mint::mesh().header("alg", json!("none"))),
        &refused,
    );
    f
}

/// HMAC with the public key of the issuer as the secret, in every form in which that key is known.
fn confused() -> File {
    let policy = policy(
        json!({"corp": corp_issuer(json!({
            "algorithms": ["RS256", "Ed25519"],
            "keys": {"inline": {"keys": [Key::Rsa.named("k", "RS256"), Key::Ed25519("corp").named("ed-1", "Ed25519")]}},
        }))}),
        json!([{"path": "/any", "accept": "corp"}]),
    );
    let mut f = File::new("forgery/public-key-as-secret", policy);
    let refused = refuse("algorithm_refused");
    let secret_of = |name: &str| {
        Value::Object(Key::Rsa.jwk()).get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let spki = Key::Rsa.spki();
    for (case, secret, algorithm) in [
        ("secret-pem", pem("PUBLIC KEY", &spki).into_bytes(), "HS256"),
        (
            "secret-pem-without-its-last-line-break",
            pem("PUBLIC KEY", &spki).trim_end().as_bytes().to_vec(),
            "HS256",
        ),
        ("secret-der", spki, "HS256"),
        ("secret-modulus", Key::Rsa.modulus(), "HS256"),
        ("secret-modulus-text", secret_of("n").into_bytes(), "HS256"),
        ("secret-jwk", Key::Rsa.named("k", "RS256").to_string().into_bytes(), "HS256"),
        ("secret-modulus-hs384", Key::Rsa.modulus(), "HS384"),
        ("secret-modulus-hs512", Key::Rsa.modulus(), "HS512"),
        ("secret-empty", Vec::new(), "HS256"),
    ] {
        let r = get("/any").bearer(&corp().header("kid", json!("k")).mac(secret, algorithm));
        f.case(case, "J-ALG-02 9.1/weak-alg reason/algorithm_refused", r, &refused);
    }
    let mac = || corp().header("kid", json!("k")).mac(Key::Rsa.modulus(), "HS256");
    let one = |token: Token| get("/any").bearer(&token);
    f.case("secret-and-no-kid", "J-ALG-02", one(mac().no_header("kid")), &refused);
    f.case("secret-and-an-unknown-kid", "J-ALG-02", one(mac().header("kid", json!("none"))), &refused);
    f.case("secret-and-another-type", "J-ALG-02", one(mac().header("typ", json!("JWT"))), &refused);
    f.case(
        "secret-and-critical",
        "J-ALG-02",
        one(mac().header("crit", json!(["x"])).header("x", json!(1))),
        &refused,
    );
    f.case("secret-and-expired", "J-ALG-02", one(mac().claim("exp", json!(NOW - 999))), &refused);
    f.case("secret-and-another-audience", "J-ALG-02", one(mac().claim("aud", json!("x"))), &refused);
    let x = Value::Object(Key::Ed25519("corp").jwk())
        .get("x")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let r = one(corp().mac(x.into_bytes(), "HS256"));
    f.case("secret-of-an-ed25519-key", "J-ALG-02", r, &refused);
    f
}

/// Keys and certificates in the header are never a source of trust.
fn embedded() -> File {
    let mut f = File::orders("forgery/embedded-key");
    let attacker = Key::Ed25519("attacker");
    let forged = |name: &str, value: Value| corp().signed_by(attacker).header(name, value);
    let one = |token: Token| get("/any").bearer(&token);
    let invalid = refuse("signature_invalid");
    let unknown = refuse("key_unknown");
    let jwk = || attacker.named("ed-1", "Ed25519");
    for (case, name, value) in [
        ("jwk", "jwk", jwk()),
        ("jku", "jku", json!("https://evil.example/jwks.json")),
        ("x5u", "x5u", json!("https://evil.example/cert.pem")),
        ("x5c", "x5c", json!(["MIIB"])),
        ("x5t", "x5t#S256", json!("AAAA")),
    ] {
        f.case(
            &format!("attackers-{case}"),
            "J-KEY-01 9.1/bad-signature reason/signature_invalid",
            one(forged(name, value.clone())),
            &invalid,
        );
        f.case(
            &format!("attackers-{case}-and-no-kid"),
            "J-KEY-01",
            one(forged(name, value.clone()).no_header("kid")),
            &invalid,
        );
        f.case(
            &format!("attackers-{case}-and-a-kid-of-its-own"),
            "J-KEY-01 9.1/unknown-key reason/key_unknown",
            one(forged(name, value.clone()).header("kid", json!("evil"))),
            &unknown,
        );
        f.case(
            &format!("{case}-of-nobodys-business"),
            "J-KEY-01 J-UNK-01",
            one(corp().header(name, value)),
            &allow(SVC_A),
        );
    }
    f
}
