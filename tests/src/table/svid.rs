//! JWT-SVIDs: workloads that are known by a SPIFFE id.

use super::{corp_issuer, mesh_issuer, policy, with};
use crate::case::{CART, File, NOW, allow, get, refuse};
use crate::mint::{Key, Token, mesh};
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    vec![workloads(), domains()]
}

fn workloads() -> File {
    let mut f = File::orders("svid");
    let one = |token: Token| get("/any").bearer(&token);
    let sub = |sub: &str| one(mesh().claim("sub", json!(sub)));
    let untrusted = refuse("issuer_untrusted");
    f.case("usual", "W-J-03", one(mesh()), &allow(CART));
    for (case, id) in [
        ("one-segment", "spiffe://prod.example/cart"),
        ("all-characters", "spiffe://prod.example/A-z_0.9/..."),
        ("in-capitals-behind-the-domain", "spiffe://prod.example/NS/Cart"),
    ] {
        let e = allow(("", "")).and("principal", json!({"issuer": "prod.example", "subject": id}));
        f.case(&format!("id-{case}"), "W-ID-01 W-ID-03", sub(id), &e);
    }
    for (case, id) in [
        ("slash-behind", "spiffe://prod.example/cart/"),
        ("slash-only", "spiffe://prod.example/"),
        ("empty-segment", "spiffe://prod.example/a//b"),
        ("dot-segment", "spiffe://prod.example/./a"),
        ("dots-segment", "spiffe://prod.example/a/../b"),
        ("percent", "spiffe://prod.example/a%41"),
        ("query", "spiffe://prod.example/a?b"),
        ("fragment", "spiffe://prod.example/a#b"),
        ("space", "spiffe://prod.example/a b"),
        ("letter-outside-ascii", "spiffe://prod.example/\u{e9}"),
    ] {
        let e = refuse("claim_malformed").and("context", json!({"claim": "sub"}));
        f.case(&format!("id-{case}"), "W-ID-01 W-ID-03 W-J-03 reason/claim_malformed", sub(id), &e);
    }
    for (case, id) in [
        ("another-domain", "spiffe://test.example/cart"),
        ("domain-longer", "spiffe://prod.example.evil.example/cart"),
        ("domain-below", "spiffe://a.prod.example/cart"),
        ("domain-in-capitals", "spiffe://PROD.example/cart"),
        ("scheme-in-capitals", "SPIFFE://prod.example/cart"),
        ("port", "spiffe://prod.example:443/cart"),
        ("user", "spiffe://u@prod.example/cart"),
        ("no-domain", "spiffe:///cart"),
        ("https", "https://prod.example/cart"),
        ("no-id", "cart"),
        ("empty", ""),
    ] {
        f.case(
            &format!("id-{case}"),
            "W-ID-01 W-ID-02 W-ID-05 9.1/untrusted-issuer reason/issuer_untrusted",
            sub(id),
            &untrusted,
        );
    }
    f.case("sub-missing", "W-J-03 reason/issuer_untrusted", one(mesh().no_claim("sub")), &untrusted);
    f.case("sub-number", "W-J-03 reason/issuer_untrusted", one(mesh().claim("sub", json!(1))), &untrusted);
    let r = one(mesh().claim_text("sub", r#""spiffe:\/\/prod.example\/ns\/shop\/sa\/cart""#));
    f.case("sub-with-escapes", "W-J-03", r, &allow(CART));
    f.case(
        "aud-missing",
        "W-J-03 9.1/wrong-audience reason/audience_mismatch",
        one(mesh().no_claim("aud")),
        &refuse("audience_mismatch"),
    );
    f.case(
        "aud-another",
        "W-J-03 reason/audience_mismatch",
        one(mesh().claim("aud", json!(["x"]))),
        &refuse("audience_mismatch"),
    );
    f.case(
        "exp-missing",
        "W-J-03 reason/claim_missing",
        one(mesh().no_claim("exp")),
        &refuse("claim_missing"),
    );
    f.case(
        "exp-past",
        "W-J-03 reason/token_expired",
        one(mesh().claim("exp", json!(NOW - 31))),
        &refuse("token_expired"),
    );
    f.case("forged", "reason/signature_invalid", one(mesh().scratched()), &refuse("signature_invalid"));
    f.case(
        "unknown-kid",
        "reason/key_unknown",
        one(mesh().header("kid", json!("x"))),
        &refuse("key_unknown"),
    );
    let r = mesh().alg(Key::Ed25519("corp"), "Ed25519");
    f.case(
        "algorithm-not-for-svids",
        "W-J-01 reason/algorithm_refused",
        one(r),
        &refuse("algorithm_refused"),
    );
    f.case(
        "secret",
        "W-J-01 reason/algorithm_refused",
        one(mesh().mac(b"x".to_vec(), "HS256")),
        &refuse("algorithm_refused"),
    );
    let r = mesh().claim("iss", json!("https://spire.example"));
    f.case("iss-that-no-policy-names", "J-ISS-01 9.1/untrusted-issuer", one(r), &untrusted);
    let r = mesh().claim("iss", json!("https://idp.example"));
    f.case("iss-of-another-issuer", "J-ISS-01 W-J-04", one(r), &refuse("token_type_refused"));
    f.case(
        "not-accepted-on-this-route",
        "reason/issuer_refused",
        get("/corp-only").bearer(&mesh()),
        &refuse("issuer_refused").who(CART),
    );
    f
}

/// Two trust domains, one of which has an issuer too; and ids as long as they may be.
fn domains() -> File {
    let test = json!({
        "trust_domain": "test.example",
        "keys": {"inline": {"keys": [Key::P256("corp").named("m-1", "ES256")]}},
    });
    let issued = json!({
        "trust_domain": "issued.example",
        "issuer": "https://spire.example",
        "keys": {"inline": {"keys": [Key::P256("partner").named("m-1", "ES256")]}},
    });
    let table = policy(
        json!({"mesh": mesh_issuer(json!({})), "test": mesh_issuer(test), "issued": mesh_issuer(issued), "corp": corp_issuer(json!({}))}),
        json!([{"path": "/any", "accept": ["mesh", "test", "issued"]}]),
    );
    let mut f = File::new("svid/domains", with(table, json!({"max_credential": 65536})));
    let one = |token: Token| get("/any").bearer(&token);
    let who = |issuer: &str, subject: &str| {
        allow(("", "")).and("principal", json!({"issuer": issuer, "subject": subject}))
    };
    let test = || mesh().signed_by(Key::P256("corp")).claim("sub", json!("spiffe://test.example/a"));
    f.case("second-domain", "W-J-03", one(test()), &who("test.example", "spiffe://test.example/a"));
    f.case(
        "key-of-the-other-domain",
        "J-ISS-01 W-X-03 9.1/bad-signature",
        one(test().signed_by(Key::P256("mesh"))),
        &refuse("signature_invalid"),
    );
    f.case(
        "id-of-the-other-domain",
        "J-ISS-01",
        one(test().claim("sub", json!("spiffe://prod.example/a"))),
        &refuse("signature_invalid"),
    );
    let issued = || {
        mesh()
            .signed_by(Key::P256("partner"))
            .claim("iss", json!("https://spire.example"))
            .claim("sub", json!("spiffe://issued.example/a"))
    };
    f.case(
        "issuer-and-domain",
        "J-ISS-01",
        one(issued()),
        &who("https://spire.example", "spiffe://issued.example/a"),
    );
    let untrusted = refuse("issuer_untrusted");
    f.case(
        "issuer-and-another-domain",
        "J-ISS-01 reason/issuer_untrusted",
        one(issued().claim("sub", json!("spiffe://prod.example/a"))),
        &untrusted,
    );
    f.case(
        "issuer-and-no-id",
        "J-ISS-01 reason/issuer_untrusted",
        one(issued().claim("sub", json!("a"))),
        &untrusted,
    );
    f.case(
        "domain-without-its-issuer",
        "W-J-03",
        one(issued().no_claim("iss")),
        &who("https://spire.example", "spiffe://issued.example/a"),
    );
    let id = |len: usize| {
        let head = "spiffe://prod.example/";
        format!("{head}{}", "a".repeat(len - head.len()))
    };
    let long = id(2048);
    f.case(
        "id-as-long-as-allowed",
        "W-ID-04",
        one(mesh().claim("sub", json!(long))),
        &who("prod.example", &long),
    );
    f.case(
        "id-one-byte-too-long",
        "W-ID-04 reason/claim_malformed",
        one(mesh().claim("sub", json!(id(2049)))),
        &refuse("claim_malformed"),
    );
    f
}
