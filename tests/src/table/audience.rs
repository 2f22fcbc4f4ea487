//! Whom a token is meant for.

use super::{partner_issuer, policy};
use crate::case::{File, ROBOT, SVC_A, allow, get, refuse};
use crate::mint::{Token, corp, partner};
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    vec![named(), given_up()]
}

fn named() -> File {
    let mut f = File::orders("audience");
    let one = |token: Token| get("/any").bearer(&token);
    let aud = |text: &str| one(corp().claim_text("aud", text));
    for (case, text) in [
        ("string", r#""https://api.example""#),
        ("second-name", r#""https://orders.example""#),
        ("array-of-one", r#"["https://api.example"]"#),
        ("array-first", r#"["https://api.example","https://other.example"]"#),
        ("array-last", r#"["https://other.example","x","https://api.example"]"#),
        ("array-twice", r#"["https://api.example","https://api.example"]"#),
        ("slashes-escaped", r#""https:\/\/api.example""#),
        ("array-with-an-escape", r#"["x","\u0068ttps://api.example"]"#),
    ] {
        f.case(case, "J-AUD-01", aud(text), &allow(SVC_A));
    }
    for (case, text) in [
        ("another", r#""https://other.example""#),
        ("empty-array", "[]"),
        ("empty-string", r#""""#),
        ("array-of-others", r#"["https://other.example","https://third.example"]"#),
        ("array-of-an-empty-string", r#"[""]"#),
        ("in-capitals", r#""HTTPS://API.EXAMPLE""#),
        ("slash-behind", r#""https://api.example/""#),
        ("prefix", r#""https://api.exampl""#),
        ("longer", r#""https://api.example/v1""#),
        ("names-in-one-string", r#""https://other.example https://api.example""#),
        ("the-client", r#""svc-a""#),
    ] {
        f.case(
            case,
            "J-AUD-01 9.1/wrong-audience reason/audience_mismatch",
            aud(text),
            &refuse("audience_mismatch").and("principal", json!({"subject": SVC_A.1})),
        );
    }
    f.case(
        "missing",
        "J-AUD-01 9.1/wrong-audience reason/audience_mismatch",
        one(corp().no_claim("aud")),
        &refuse("audience_mismatch"),
    );
    f.case(
        "missing-in-a-plain-jwt",
        "J-AUD-01",
        one(partner().no_claim("aud")),
        &refuse("audience_mismatch"),
    );
    for (case, text) in [
        ("number", "1"),
        ("null", "null"),
        ("true", "true"),
        ("object", r#"{"https://api.example":1}"#),
        ("array-with-a-number", r#"["https://api.example",1]"#),
        ("array-with-a-number-first", r#"[1,"https://api.example"]"#),
        ("array-with-null", r#"[null]"#),
        ("array-in-an-array", r#"[["https://api.example"]]"#),
    ] {
        f.case(
            &format!("mistyped-{case}"),
            "J-AUD-01 reason/claim_malformed",
            aud(text),
            &refuse("claim_malformed"),
        );
    }
    f
}

/// A plain JWT's issuer for which the policy has given up the check.
fn given_up() -> File {
    let policy = policy(
        json!({"partner": partner_issuer(json!({"audience": []}))}),
        json!([{"path": "/any", "accept": "partner"}]),
    );
    let mut f = File::new("audience/given_up", policy);
    let one = |token: Token| get("/any").bearer(&token);
    f.case("given-up-and-missing", "", one(partner().no_claim("aud")), &allow(ROBOT));
    f.case("given-up-and-another", "", one(partner().claim("aud", json!("x"))), &allow(ROBOT));
    f.case("given-up-and-empty", "", one(partner().claim("aud", json!([]))), &allow(ROBOT));
    f.case(
        "given-up-and-mistyped",
        "reason/claim_malformed",
        one(partner().claim("aud", json!(1))),
        &refuse("claim_malformed"),
    );
    f.case(
        "given-up-and-mistyped-in-an-array",
        "reason/claim_malformed",
        one(partner().claim("aud", json!([1]))),
        &refuse("claim_malformed"),
    );
    f
}
