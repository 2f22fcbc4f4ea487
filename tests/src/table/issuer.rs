//! Who a token says it comes from, and which issuers a route takes.

use crate::case::{File, ROBOT, SVC_A, allow, get, refuse};
use crate::mint::{Token, corp, partner};
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    let mut f = File::orders("issuer");
    let one = |token: Token| get("/any").bearer(&token);
    let untrusted = refuse("issuer_untrusted");
    for (case, iss) in [
        ("unknown", "https://evil.example"),
        ("in-capitals", "HTTPS://IDP.EXAMPLE"),
        ("host-in-capitals", "https://IDP.example"),
        ("slash-behind", "https://idp.example/"),
        ("without-tls", "http://idp.example"),
        ("with-a-port", "https://idp.example:443"),
        ("percent-encoded", "https://%69dp.example"),
        ("prefix", "https://idp.exampl"),
        ("suffix", "https://idp.example.evil.example"),
        ("space-behind", "https://idp.example "),
        ("empty", ""),
        ("the-policys-name", "corp"),
        ("a-letter-that-looks-alike", "https://\u{456}dp.example"),
    ] {
        f.case(
            case,
            "J-ISS-01 9.1/untrusted-issuer reason/issuer_untrusted",
            one(corp().claim("iss", json!(iss))),
            &untrusted,
        );
    }
    f.case("missing", "J-ISS-01 reason/issuer_untrusted", one(corp().no_claim("iss")), &untrusted);
    for (case, text) in [
        ("number", "1"),
        ("null", "null"),
        ("true", "true"),
        ("array", r#"["https://idp.example"]"#),
        ("object", r#"{"iss":"https://idp.example"}"#),
    ] {
        f.case(
            &format!("mistyped-{case}"),
            "J-ISS-01 reason/issuer_untrusted",
            one(corp().claim_text("iss", text)),
            &untrusted,
        );
    }
    f.case(
        "unknown-and-forged",
        "",
        one(corp().claim("iss", json!("https://evil.example")).scratched()),
        &untrusted,
    );
    let r = one(corp().claim_text("iss", r#""https:\/\/idp.example""#));
    f.case("slashes-escaped", "J-ISS-01", r, &allow(SVC_A));
    let r = one(corp().claim_text("iss", r#""\u0068ttps://idp.exampl\u0065""#));
    f.case("letters-escaped", "J-ISS-01", r, &allow(SVC_A));
    let r = one(corp().edit_claims(|claims| claims.replace("\"iss\"", r#""\u0069ss""#).into_bytes()));
    f.case("name-escaped", "J-ISS-01", r, &allow(SVC_A));
    let r = one(corp().claim("ISS", json!("https://evil.example")));
    f.case("name-in-capitals-is-another", "J-UNK-01", r, &allow(SVC_A));
    f.case(
        "of-another-with-our-key",
        "J-ISS-01",
        one(corp().claim("iss", json!("https://partner.example"))),
        &refuse("token_type_refused"),
    );

    f.case("accepted-first", "", get("/any").bearer(&corp()), &allow(SVC_A));
    f.case("accepted-second", "", get("/any").bearer(&partner()), &allow(ROBOT));
    f.case(
        "not-accepted-on-this-route",
        "reason/issuer_refused",
        get("/corp-only").bearer(&partner()),
        &refuse("issuer_refused").who(ROBOT),
    );
    f.case(
        "not-accepted-and-forged",
        "",
        get("/corp-only").bearer(&partner().scratched()),
        &refuse("signature_invalid"),
    );
    f.case("accepted-on-this-route", "", get("/corp-only").bearer(&corp()), &allow(SVC_A));
    vec![f]
}
