//! What is revoked by a file beside the policy, in TOML and in JSON.

use super::{PROVES, one, revoked, revoked_key};
use crate::case::{CART, Expect, File, NOW, ROBOT, Request, SVC_A, Step, allow, refuse};
use crate::mint::{Key, corp, mesh, partner};
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    ["toml", "json"].into_iter().map(list).collect()
}

fn list(format: &str) -> File {
    let policy = format!("../policies/revoking-by-{format}.toml");
    let mut f = File::disclosing(&format!("revocation/by_{format}"), &policy);
    let id = |case: &str| format!("{format}-{case}");
    let c = |jti: &str, sub: &str| corp().claim("jti", json!(jti)).claim("sub", json!(sub));
    let named = |sub: &'static str| (SVC_A.0, sub);
    let cases: [(&str, Request, Expect); 15] = [
        ("nothing", one(&corp()), allow(SVC_A)),
        ("token", one(&c("stolen", "svc-a")), revoked(SVC_A)),
        ("token-by-iss", one(&c("stolen-2", "svc-a")), revoked(SVC_A)),
        ("token-of-another-issuer", one(&partner().claim("jti", json!("stolen"))), allow(ROBOT)),
        ("token-of-the-other-issuer", one(&partner().claim("jti", json!("lost"))), revoked(ROBOT)),
        ("subject", one(&c("t-1", "svc-gone")), revoked(named("svc-gone"))),
        ("subject-until-later", one(&c("t-1", "svc-paused")), revoked(named("svc-paused"))),
        ("subject-past-that", one(&c("t-1", "svc-paused")).later(60), allow(named("svc-paused"))),
        ("subject-of-a-domain", one(&mesh()), revoked(CART)),
        (
            "subject-of-a-domain-another",
            one(&mesh().claim("sub", json!("spiffe://prod.example/b"))),
            allow((CART.0, "spiffe://prod.example/b")),
        ),
        ("issued-before", one(&corp().claim("iat", json!(NOW - 86_401))), revoked(SVC_A)),
        ("issued-then", one(&corp().claim("iat", json!(NOW - 86_400))), allow(SVC_A)),
        ("key", one(&corp().alg(Key::P256("corp"), "ES256").header("kid", json!("ec-1"))), revoked_key()),
        ("key-not-named", one(&corp().alg(Key::P256("corp"), "ES256").no_header("kid")), revoked_key()),
        (
            "key-and-forged",
            one(&corp().alg(Key::P256("b"), "ES256").header("kid", json!("ec-1"))),
            refuse("signature_invalid"),
        ),
    ];
    for (case, request, e) in cases {
        f.case(&id(case), PROVES, request, &e);
    }
    // What comes through the API is beside the file, and takes nothing back.
    let more = Step::revoked("corp", json!({"jti": "t-1"}));
    f.case(
        &id("and-more"),
        PROVES,
        one(&corp()).after(one(&corp()).asked()).after(more.clone()),
        &revoked(SVC_A),
    );
    f.case(&id("and-more-beside"), PROVES, one(&c("stolen", "svc-a")).after(more), &revoked(SVC_A));
    let shorter = Step::revoked("corp", json!({"subject": "svc-gone", "until": NOW - 10}));
    f.case(
        &id("and-nothing-less"),
        PROVES,
        one(&c("t-1", "svc-gone")).after(shorter),
        &revoked(named("svc-gone")),
    );
    f
}
