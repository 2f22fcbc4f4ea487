//! Algorithms: each accepted, each with a signature that does not hold, and none where another belongs.

use super::policy;
use crate::case::{File, allow, get, refuse};
use crate::mint::{Key, Token, base64url, corp};
use serde_json::{Value, json};

/// Every algorithm that this build can check, with a key that fits and one that does not hold.
const ALL: [(&str, &str, Key, Key); 13] = [
    ("HS256", "hs256", Key::Secret("a"), Key::Secret("b")),
    ("HS384", "hs384", Key::Secret("a"), Key::Secret("b")),
    ("HS512", "hs512", Key::Secret("a"), Key::Secret("b")),
    ("RS256", "rs256", Key::Rsa, Key::RsaStranger),
    ("RS384", "rs384", Key::Rsa, Key::RsaStranger),
    ("RS512", "rs512", Key::Rsa, Key::RsaStranger),
    ("PS256", "ps256", Key::Rsa, Key::RsaStranger),
    ("PS384", "ps384", Key::Rsa, Key::RsaStranger),
    ("PS512", "ps512", Key::Rsa, Key::RsaStranger),
    ("ES256", "es256", Key::P256("a"), Key::P256("b")),
    ("ES384", "es384", Key::P384("a"), Key::P384("b")),
    ("Ed25519", "ed25519", Key::Ed25519("a"), Key::Ed25519("b")),
    ("EdDSA", "eddsa", Key::Ed25519("a"), Key::Ed25519("b")),
];

fn iss(name: &str) -> String {
    format!("https://{name}.example")
}

fn token(name: &str, key: Key, algorithm: &'static str) -> Token {
    corp().header("kid", json!("k")).alg(key, algorithm).claim("iss", json!(iss(name)))
}

fn issuer(name: &str, algorithms: &[&str], keys: &[Value]) -> Value {
    json!({
        "profile": "rfc9068", "issuer": iss(name), "audience": ["https://api.example"],
        "algorithms": algorithms, "keys": {"inline": {"keys": keys}},
    })
}

pub(super) fn files() -> Vec<File> {
    vec![each(), bound(), shape()]
}

fn each() -> File {
    let mut issuers = json!({});
    for (algorithm, name, key, _) in ALL {
        if let Some(issuers) = issuers.as_object_mut() {
            issuers.insert(name.to_owned(), issuer(name, &[algorithm], &[key.named("k", algorithm)]));
        }
    }
    let names: Vec<_> = ALL.iter().map(|(_, name, ..)| *name).collect();
    let mut f = File::new("algorithm", policy(issuers, json!([{"path": "/any", "accept": names}])));
    let any = |token: Token| get("/any").bearer(&token);
    for (algorithm, name, key, other) in ALL {
        let good = token(name, key, algorithm);
        let display = format!("https://{name}.example");
        let subject = allow(("", "svc-a")).and("principal", json!({"issuer": display, "subject": "svc-a"}));
        f.case(&format!("{name}-accepted"), "J-ALG-01 J-9068-05", any(good.clone()), &subject);
        // A forger's word is nobody's.
        let invalid = refuse("signature_invalid").and("principal", json!(null));
        f.case(
            &format!("{name}-changed-claims"),
            "9.1/bad-signature reason/signature_invalid",
            any(good.clone().tampered()),
            &invalid,
        );
        f.case(
            &format!("{name}-changed-signature"),
            "9.1/bad-signature",
            any(good.clone().scratched()),
            &invalid,
        );
        f.case(&format!("{name}-another-key"), "9.1/bad-signature", any(good.signed_by(other)), &invalid);
    }
    let refused = refuse("algorithm_refused");
    for (case, name, key, algorithm) in [
        ("rs256-where-ps256-is-listed", "ps256", Key::Rsa, "RS256"),
        ("ps256-where-rs256-is-listed", "rs256", Key::Rsa, "PS256"),
        ("rs384-where-rs256-is-listed", "rs256", Key::Rsa, "RS384"),
        ("rs256-where-rs512-is-listed", "rs512", Key::Rsa, "RS256"),
        ("hs512-where-hs256-is-listed", "hs256", Key::Secret("a"), "HS512"),
        ("hs256-where-hs384-is-listed", "hs384", Key::Secret("a"), "HS256"),
        ("rs256-where-hs256-is-listed", "hs256", Key::Rsa, "RS256"),
        ("es256-where-es384-is-listed", "es384", Key::P256("a"), "ES256"),
        ("es384-where-es256-is-listed", "es256", Key::P384("a"), "ES384"),
        ("ed25519-where-es256-is-listed", "es256", Key::Ed25519("a"), "Ed25519"),
        ("es256-where-ed25519-is-listed", "ed25519", Key::P256("a"), "ES256"),
    ] {
        f.case(
            case,
            "J-ALG-01 J-ALG-02 9.1/weak-alg reason/algorithm_refused",
            any(token(name, key, algorithm)),
            &refused,
        );
    }
    // The older and the newer name of one algorithm are the same binding.
    let alias = |name: &str, alg: &'static str| any(token(name, Key::Ed25519("a"), alg));
    let who = |name: &str| allow(("", "")).and("principal", json!({"issuer": iss(name), "subject": "svc-a"}));
    f.case("eddsa-where-ed25519-is-listed", "J-ALG-05", alias("ed25519", "EdDSA"), &who("ed25519"));
    f.case("ed25519-where-eddsa-is-listed", "J-ALG-05", alias("eddsa", "Ed25519"), &who("eddsa"));
    for (case, name) in [
        ("es512", "ES512"),
        ("es256k", "ES256K"),
        ("ed448", "Ed448"),
        ("ml-dsa-65", "ML-DSA-65"),
        ("an-encryption", "RSA-OAEP"),
        ("empty", ""),
        ("lower-case", "ed25519"),
        ("upper-case", "ED25519"),
        ("a-space-behind", "Ed25519 "),
        ("a-nul-behind", "Ed25519\0"),
    ] {
        let r = any(token("ed25519", Key::Ed25519("a"), "Ed25519").header("alg", json!(name)));
        f.case(&format!("name-{case}"), "J-ALG-01 9.1/weak-alg", r, &refused);
    }
    let r = any(token("ed25519", Key::Ed25519("a"), "Ed25519").no_header("alg"));
    f.case("name-missing", "J-ALG-01", r, &refused);
    let r = any(token("ed25519", Key::Ed25519("a"), "Ed25519").header_text("alg", r#""Ed2551\u0039""#));
    f.case("name-with-an-escape", "J-ALG-01", r, &who("ed25519"));
    for (case, text) in [("number", "256"), ("null", "null"), ("array", r#"["Ed25519"]"#)] {
        let r = any(token("ed25519", Key::Ed25519("a"), "Ed25519").header_text("alg", text));
        f.case(&format!("name-{case}"), "J-ALG-01 reason/token_malformed", r, &refuse("token_malformed"));
    }
    f
}

/// A key is bound to one algorithm, or to each that is listed and fits.
fn bound() -> File {
    let rs_and_ps = ["RS256", "PS256"];
    let policy = policy(
        json!({
            "bound": issuer("bound", &rs_and_ps, &[Key::Rsa.named("k", "RS256")]),
            "free": issuer("free", &rs_and_ps, &[Key::Rsa.named("k", "")]),
            "curves": issuer("curves", &["ES256", "ES384"], &[Key::P256("a").named("k", ""), Key::P384("a").named("j", "")]),
            "secrets": issuer("secrets", &["HS256", "HS512"], &[Key::Secret("a").named("k", "HS512")]),
        }),
        json!([{"path": "/any", "accept": ["bound", "free", "curves", "secrets"]}]),
    );
    let mut f = File::new("algorithm/bound", policy);
    let any = |token: Token| get("/any").bearer(&token);
    let who = |name: &str| allow(("", "")).and("principal", json!({"issuer": iss(name), "subject": "svc-a"}));
    let refused = refuse("algorithm_refused");
    f.case("key-bound-and-kept", "J-ALG-02", any(token("bound", Key::Rsa, "RS256")), &who("bound"));
    f.case(
        "key-bound-to-another",
        "J-ALG-02 reason/algorithm_refused",
        any(token("bound", Key::Rsa, "PS256")),
        &refused,
    );
    f.case("key-free-for-rs256", "J-ALG-02", any(token("free", Key::Rsa, "RS256")), &who("free"));
    f.case("key-free-for-ps256", "J-ALG-02", any(token("free", Key::Rsa, "PS256")), &who("free"));
    let r = any(token("free", Key::Rsa, "PS256").header("alg", json!("RS256")));
    f.case("a-pss-signature-called-rs256", "J-ALG-02", r, &refuse("signature_invalid"));
    let r = any(token("free", Key::Rsa, "RS256").header("alg", json!("PS256")));
    f.case("a-pkcs1-signature-called-ps256", "J-ALG-02", r, &refuse("signature_invalid"));
    f.case("curve-that-fits", "J-ALG-02", any(token("curves", Key::P256("a"), "ES256")), &who("curves"));
    let r = token("curves", Key::P384("a"), "ES384").header("kid", json!("j"));
    f.case("another-curve-that-fits", "J-ALG-02", any(r), &who("curves"));
    let r = any(token("curves", Key::P384("a"), "ES384"));
    f.case("curve-of-another-key", "J-ALG-02", r, &refused);
    f.case(
        "secret-bound-and-kept",
        "J-ALG-02",
        any(token("secrets", Key::Secret("a"), "HS512")),
        &who("secrets"),
    );
    f.case("secret-bound-to-another", "J-ALG-02", any(token("secrets", Key::Secret("a"), "HS256")), &refused);
    f
}

/// Signatures that hold but are not written as they must be.
fn shape() -> File {
    let policy = policy(
        json!({
            "ec": issuer("ec", &["ES256"], &[Key::P256("a").named("k", "ES256")]),
            "rsa": issuer("rsa", &["RS256"], &[Key::Rsa.named("k", "RS256")]),
            "ed": issuer("ed", &["Ed25519"], &[Key::Ed25519("a").named("k", "Ed25519")]),
            "hs": issuer("hs", &["HS256"], &[Key::Secret("a").named("k", "HS256")]),
        }),
        json!([{"path": "/any", "accept": ["ec", "rsa", "ed", "hs"]}]),
    );
    let mut f = File::new("algorithm/shape", policy);
    let invalid = refuse("signature_invalid");
    let ec = |edit: fn(Vec<u8>) -> Vec<u8>| {
        get("/any").bearer(&token("ec", Key::P256("a"), "ES256").edit_signature(edit))
    };
    f.case("ecdsa-in-der", "J-ALG-04", ec(|signature| der(&signature)), &invalid);
    f.case("ecdsa-of-zeros", "J-ALG-04", ec(|_| vec![0; 64]), &invalid);
    f.case("ecdsa-one-byte-short", "J-ALG-04", ec(|s| s.into_iter().skip(1).collect()), &invalid);
    f.case("ecdsa-one-byte-long", "J-ALG-04", ec(|s| [vec![0], s].concat()), &invalid);
    f.case(
        "ecdsa-halves-turned",
        "J-ALG-04",
        ec(|s| {
            [s.iter().copied().skip(32).collect(), s.iter().copied().take(32).collect::<Vec<_>>()].concat()
        }),
        &invalid,
    );
    let rsa = |edit: fn(Vec<u8>) -> Vec<u8>| {
        get("/any").bearer(&token("rsa", Key::Rsa, "RS256").edit_signature(edit))
    };
    f.case("rsa-with-a-zero-before", "J-ALG-04", rsa(|s| [vec![0], s].concat()), &invalid);
    f.case("rsa-one-byte-short", "J-ALG-04", rsa(|s| s.into_iter().skip(1).collect()), &invalid);
    f.case("rsa-of-zeros", "J-ALG-04", rsa(|_| vec![0; 256]), &invalid);
    f.case("rsa-of-one", "J-ALG-04", rsa(|_| [vec![0; 255], vec![1]].concat()), &invalid);
    let ed = token("ed", Key::Ed25519("a"), "Ed25519").edit_signature(|s| s.into_iter().take(63).collect());
    f.case("ed25519-one-byte-short", "J-ALG-04", get("/any").bearer(&ed), &invalid);
    let ed = token("ed", Key::Ed25519("a"), "Ed25519").signature(vec![0; 64]);
    f.case("ed25519-of-zeros", "J-ALG-04", get("/any").bearer(&ed), &invalid);
    let hs = |edit: fn(Vec<u8>) -> Vec<u8>| {
        get("/any").bearer(&token("hs", Key::Secret("a"), "HS256").edit_signature(edit))
    };
    f.case("hmac-cut-to-half", "J-ALG-04", hs(|s| s.into_iter().take(16).collect()), &invalid);
    f.case("hmac-one-byte-long", "J-ALG-04", hs(|s| [s, vec![0]].concat()), &invalid);
    let r = token("hs", Key::Secret("a"), "HS256");
    let swapped =
        format!("{}.{}", r.text().rsplit_once('.').map_or("", |(input, _)| input), base64url(b"none"));
    f.case("hmac-of-nothing", "J-ALG-04", get("/any").auth(&format!("Bearer {swapped}")), &invalid);
    f
}

/// A raw ECDSA signature as the DER that other protocols use.
fn der(raw: &[u8]) -> Vec<u8> {
    let integer = |half: &[u8]| {
        let bytes: Vec<u8> = half.iter().copied().skip_while(|byte| *byte == 0).collect();
        let pad = bytes.first().is_some_and(|first| *first > 127);
        let bytes = if pad { [vec![0], bytes].concat() } else { bytes };
        [vec![2, u8::try_from(bytes.len()).unwrap_or_default()], bytes].concat()
    };
    let (r, s) = raw.split_at(raw.len() / 2);
    let body = [integer(r), integer(s)].concat();
    [vec![0x30, u8::try_from(body.len()).unwrap_or_default()], body].concat()
}
