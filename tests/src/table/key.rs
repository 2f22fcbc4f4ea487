//! Which key a token means: its `kid`, or any that fits.

use super::{corp_issuer, policy};
use crate::case::{File, ROBOT, SVC_A, allow, get, refuse};
use crate::mint::{Key, Token, corp, partner};
use serde_json::{Value, json};

const ED: [&str; 9] = ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8"];

pub(super) fn files() -> Vec<File> {
    vec![kid(), sets()]
}

fn kid() -> File {
    let mut f = File::orders("key");
    let one = |token: Token| get("/any").bearer(&token);
    let unknown = refuse("key_unknown");
    let invalid = refuse("signature_invalid");
    for (case, name) in [
        ("unknown", "ed-9"),
        ("empty", ""),
        ("in-other-case", "ED-1"),
        ("with-a-space", "ed-1 "),
        ("of-a-path", "../../keys/ed-1"),
        ("of-a-query", "ed-1' OR '1'='1"),
        ("of-another-issuer", "m-1"),
    ] {
        f.case(
            &format!("kid-{case}"),
            "J-KEY-01 9.1/unknown-key reason/key_unknown",
            one(corp().header("kid", json!(name))),
            &unknown,
        );
    }
    f.case(
        "kid-unknown-and-forged",
        "J-KEY-01",
        one(corp().header("kid", json!("ed-9")).scratched()),
        &unknown,
    );
    let r = one(corp().header_text("kid", r#""\u0065d-1""#));
    f.case("kid-with-an-escape", "J-KEY-01", r, &allow(SVC_A));
    for (case, text) in [("number", "1"), ("null", "null"), ("object", "{}")] {
        let r = one(corp().header_text("kid", text));
        f.case(&format!("kid-{case}"), "J-KEY-01 reason/token_malformed", r, &refuse("token_malformed"));
    }
    f.case("kid-missing", "J-KEY-02", one(corp().no_header("kid")), &allow(SVC_A));
    let r = corp().alg(Key::P256("corp-shared"), "ES256").no_header("kid");
    f.case("kid-missing-and-the-second-key-fits", "J-KEY-02", one(r), &allow(SVC_A));
    f.case(
        "kid-missing-and-no-key-fits",
        "J-KEY-02",
        one(corp().signed_by(Key::Ed25519("b")).no_header("kid")),
        &invalid,
    );
    let second = |kid: &str| corp().alg(Key::P256("corp"), "ES256").header("kid", json!(kid));
    f.case("kid-of-the-second-key", "J-KEY-02", one(second("ec-1")), &allow(SVC_A));
    f.case(
        "kid-of-a-key-of-another-algorithm",
        "J-ALG-02 9.1/weak-alg reason/algorithm_refused",
        one(second("ed-1")),
        &refuse("algorithm_refused"),
    );
    f.case(
        "kid-of-a-key-of-another-algorithm-turned",
        "J-ALG-02",
        one(corp().header("kid", json!("ec-1"))),
        &refuse("algorithm_refused"),
    );
    f.case("kid-of-another-key-of-the-algorithm", "J-KEY-02", one(second("shared")), &invalid);
    f.case(
        "kid-shared-by-two-issuers",
        "J-ISS-01",
        one(corp().alg(Key::P256("corp-shared"), "ES256").header("kid", json!("shared"))),
        &allow(SVC_A),
    );
    f.case("kid-shared-by-two-issuers-and-the-other", "J-ISS-01", one(partner()), &allow(ROBOT));
    let r = corp().alg(Key::P256("partner"), "ES256").header("kid", json!("shared"));
    f.case(
        "kid-shared-and-the-other-issuers-key",
        "J-ISS-01 9.1/bad-signature reason/signature_invalid",
        one(r),
        &invalid,
    );
    let r = partner().signed_by(Key::P256("corp-shared"));
    f.case("kid-shared-and-the-other-issuers-key-turned", "J-ISS-01", one(r), &invalid);
    let r = partner().signed_by(Key::P256("mesh")).header("kid", json!("m-1"));
    f.case("kid-and-key-of-another-issuer", "J-ISS-01 reason/key_unknown", one(r), &unknown);
    f
}

/// Sets with keys that share a name, have none, or are for something else.
fn sets() -> File {
    let key = |name: &'static str, kid: &str| Key::Ed25519(name).named(kid, "Ed25519");
    let without = |mut key: Value, member: &str, value: Value| {
        if let Some(key) = key.as_object_mut() {
            key.shift_remove("kid");
            key.insert(member.to_owned(), value);
        }
        key
    };
    let nameless = |name| without(key(name, ""), "use", json!("sig"));
    let issuer = |name: &str, keys: Vec<Value>| {
        corp_issuer(json!({"issuer": format!("https://{name}.example"), "keys": {"inline": {"keys": keys}}}))
    };
    let nine: Vec<_> = ED.into_iter().map(nameless).collect();
    let named_nine: Vec<_> = ED.into_iter().map(|name| key(name, "same")).collect();
    let purposes = vec![
        key("k0", "k0"),
        super::with(key("k1", "k1"), json!({"use": "enc"})),
        super::with(key("k2", "k2"), json!({"key_ops": ["sign"]})),
        super::with(key("k3", "k3"), json!({"use": "sig", "key_ops": ["verify"], "x-unknown": {"a": 1}})),
        json!({"kty": "XYZ", "kid": "k4"}),
        super::with(Key::P384("corp").named("k5", ""), json!({})),
        json!({"kty": "RSA", "kid": "k6", "alg": "RS256", "n": "wwwwwwwww", "e": "AQAB"}),
        json!({"kty": "OKP", "crv": "Ed25519", "kid": "k7", "x": "A".repeat(43)}),
        json!({"kty": "OKP", "crv": "Ed25519", "kid": "k8"}),
    ];
    let policy = policy(
        json!({
            "twins": issuer("twins", vec![key("k0", "same"), key("k1", "same")]),
            "nine": issuer("nine", nine),
            "same": issuer("same", named_nine),
            "mixed": issuer("mixed", vec![key("k0", "k0"), nameless("k1")]),
            "purposes": issuer("purposes", purposes),
            "none": issuer("none", vec![]),
        }),
        json!([{"path": "/any", "accept": ["twins", "nine", "same", "mixed", "purposes", "none"]}]),
    );
    let mut f = File::new("key/sets", policy);
    let token = |issuer: &str, key: &'static str, kid: &str| {
        let token = corp().signed_by(Key::Ed25519(key)).header("kid", json!(kid));
        get("/any").bearer(&token.claim("iss", json!(format!("https://{issuer}.example"))))
    };
    let who = |name: &str| {
        allow(("", ""))
            .and("principal", json!({"issuer": format!("https://{name}.example"), "subject": "svc-a"}))
    };
    let invalid = refuse("signature_invalid");
    f.case("twins-first", "J-KEY-02", token("twins", "k0", "same"), &who("twins"));
    f.case("twins-second", "J-KEY-02", token("twins", "k1", "same"), &who("twins"));
    f.case("twins-neither", "J-KEY-02", token("twins", "k2", "same"), &invalid);
    f.case("eighth-nameless-key", "J-KEY-02", token("nine", "k7", "whatever"), &who("nine"));
    f.case("ninth-nameless-key", "J-KEY-02", token("nine", "k8", "whatever"), &invalid);
    f.case("eighth-key-of-one-name", "J-KEY-02", token("same", "k7", "same"), &who("same"));
    f.case("ninth-key-of-one-name", "J-KEY-02", token("same", "k8", "same"), &invalid);
    f.case("name-beside-a-nameless-key", "J-KEY-02", token("mixed", "k0", "k0"), &who("mixed"));
    f.case("nameless-key-for-any-name", "J-KEY-02", token("mixed", "k1", "other"), &who("mixed"));
    let unknown = refuse("key_unknown");
    f.case(
        "nameless-key-does-not-help",
        "J-KEY-02 reason/key_unknown",
        token("mixed", "k2", "other"),
        &unknown,
    );
    f.case(
        "named-key-does-not-hold-and-the-nameless-one-does",
        "J-KEY-02",
        token("mixed", "k1", "k0"),
        &who("mixed"),
    );
    f.case("named-and-nameless-key-do-not-hold", "J-KEY-02", token("mixed", "k2", "k0"), &invalid);
    f.case("key-for-signatures", "J-KEY-02", token("purposes", "k3", "k3"), &who("purposes"));
    f.case("key-for-encryption", "J-KEY-02 reason/key_unknown", token("purposes", "k1", "k1"), &unknown);
    f.case("key-for-signing-only", "J-KEY-02", token("purposes", "k2", "k2"), &unknown);
    f.case("key-of-an-unknown-kind", "J-KEY-02", token("purposes", "k4", "k4"), &unknown);
    for (case, kid) in [("too-short", "k6"), ("of-small-order", "k7"), ("without-its-point", "k8")] {
        f.case(&format!("key-{case}"), "J-ALG-04 J-KEY-02", token("purposes", "k8", kid), &unknown);
    }
    f.case("empty-set", "W-B-01 reason/key_unknown", token("none", "k0", "k0"), &unknown);
    f.case("key-of-no-listed-algorithm", "J-KEY-02", token("purposes", "k5", "k5"), &unknown);
    f
}
