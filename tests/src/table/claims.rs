//! Claims that must be there, and the types that registered ones must have.

use super::{corp_issuer, partner_issuer, policy};
use crate::case::{File, ROBOT, SVC_A, allow, get, refuse};
use crate::mint::{Token, corp, mesh, partner};
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    vec![registered(), required()]
}

fn registered() -> File {
    let mut f = File::orders("claims");
    let one = |token: Token| get("/any").bearer(&token);
    let missing = |claim: &str| refuse("claim_missing").and("context", json!({"claim": claim}));
    let malformed = |claim: &str| refuse("claim_malformed").and("context", json!({"claim": claim}));
    for claim in ["sub", "client_id", "iat", "jti"] {
        f.case(
            &format!("rfc9068-without-{claim}"),
            "J-9068-02 9.1/missing-claim reason/claim_missing",
            one(corp().no_claim(claim)),
            &missing(claim),
        );
    }
    for claim in ["sub", "client_id", "jti"] {
        for (case, text) in [("number", "7"), ("null", "null"), ("array", r#"["a"]"#)] {
            f.case(
                &format!("{claim}-{case}"),
                "J-9068-02 reason/claim_malformed",
                one(corp().claim_text(claim, text)),
                &malformed(claim),
            );
        }
    }
    for (claim, case, text) in [
        ("scope", "number", "1"),
        ("scope", "null", "null"),
        ("scope", "array-with-a-number", r#"["a",1]"#),
        ("scp", "object", "{}"),
        ("acr", "number", "1"),
        ("acr", "array", r#"["gold"]"#),
        ("auth_time", "string", r#""1795387000""#),
        ("auth_time", "in-milliseconds", "1795387000000"),
        ("act", "string", r#""svc-b""#),
        ("act", "array", "[]"),
        ("cnf", "string", r#""thumbprint""#),
        ("cnf", "null", "null"),
    ] {
        f.case(
            &format!("{claim}-{case}"),
            "reason/claim_malformed",
            one(corp().claim_text(claim, text)),
            &malformed(claim),
        );
    }
    f.case(
        "sub-empty",
        "J-SUB-01 reason/claim_malformed",
        one(corp().claim("sub", json!(""))),
        &malformed("sub").and("principal", json!(null)),
    );
    f.case(
        "jwt-without-sub",
        "J-SUB-01",
        one(partner().no_claim("sub")),
        &allow(("https://partner.example", "")),
    );
    f.case("jwt-without-iat-and-jti", "", one(partner()), &allow(ROBOT));
    f.case(
        "jwt-sub-number",
        "reason/claim_malformed",
        one(partner().claim("sub", json!(7))),
        &malformed("sub"),
    );
    f.case(
        "jwt-jti-number",
        "reason/claim_malformed",
        one(partner().claim("jti", json!(7))),
        &malformed("jti"),
    );
    f.case("svid-without-iat", "W-J-03", one(mesh()), &allow(crate::case::CART));
    let r = corp().claim("x", json!({"iss": "https://evil.example", "exp": 0})).claim("roles", json!(7));
    f.case("unknown-claims-are-ignored", "J-UNK-01", one(r), &allow(SVC_A));
    let r = corp().claim_text("sub", r#""svc\u002da""#);
    f.case("sub-with-an-escape", "J-SUB-01", one(r), &allow(SVC_A));
    let r = corp().claim("sub", json!("\u{44e}\u{1f600}"));
    f.case("sub-outside-ascii", "J-SUB-01", one(r), &allow(("https://idp.example", "\u{44e}\u{1f600}")));
    let r = partner().claim("sub", json!("svc-a"));
    f.case(
        "sub-of-another-issuer-is-another",
        "J-SUB-01",
        one(r),
        &allow(("https://partner.example", "svc-a")),
    );
    f
}

/// Claims that the policy asks for beyond the profile.
fn required() -> File {
    let policy = policy(
        json!({
            "corp": corp_issuer(json!({"required_claims": ["tenant", "a/b"]})),
            "partner": partner_issuer(json!({"required_claims": ["jti", "iat"]})),
        }),
        json!([{"path": "/any", "accept": ["corp", "partner"], "scopes": ["none-has-it"]}]),
    );
    let mut f = File::new("claims/required", policy);
    let one = |token: Token| get("/any").bearer(&token);
    let scope = |who| refuse("scope_insufficient").scope("none-has-it").who(who);
    let full = || corp().claim("tenant", json!("t")).claim("a/b", json!(1));
    f.case("required-and-there", "", one(full()), &scope(SVC_A));
    f.case(
        "required-and-missing",
        "9.1/missing-claim reason/claim_missing",
        one(full().no_claim("tenant")),
        &refuse("claim_missing").and("context", json!({"claim": "tenant"})),
    );
    f.case(
        "required-with-a-slash-and-missing",
        "reason/claim_missing",
        one(full().no_claim("a/b")),
        &refuse("claim_missing"),
    );
    f.case(
        "required-only-below",
        "reason/claim_missing",
        one(full().no_claim("tenant").claim("x", json!({"tenant": "t"}))),
        &refuse("claim_missing"),
    );
    f.case(
        "required-in-other-case",
        "reason/claim_missing",
        one(full().no_claim("tenant").claim("Tenant", json!("t"))),
        &refuse("claim_missing"),
    );
    let r = full()
        .no_claim("tenant")
        .edit_claims(|claims| claims.replacen('{', r#"{"ten\u0061nt":1,"#, 1).into_bytes());
    f.case("required-with-an-escape", "", one(r), &scope(SVC_A));
    f.case(
        "required-of-a-plain-jwt",
        "reason/claim_missing",
        one(partner().claim("jti", json!("1"))),
        &refuse("claim_missing").and("context", json!({"claim": "iat"})),
    );
    let r = partner().claim("jti", json!("1")).claim("iat", json!(1));
    f.case("required-of-a-plain-jwt-and-there", "", one(r), &scope(ROBOT));
    f
}
