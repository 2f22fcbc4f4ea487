//! Tokens that are revoked one by one.

use super::{PROVES, corps, one, revoked};
use crate::case::{File, ROBOT, SVC_A, Step, allow, get, refuse};
use crate::mint::{corp, partner};
use serde_json::json;

pub(super) fn cases(f: &mut File) {
    let this = || corps(json!({"jti": "t-1"}));
    f.case("token", PROVES, one(&corp()).after(this()), &revoked(SVC_A));
    f.case("token-twice", PROVES, one(&corp()).after(this()).after(this()), &revoked(SVC_A));
    f.case(
        "token-and-known",
        PROVES,
        one(&corp()).after(one(&corp()).asked_times(3)).after(this()),
        &revoked(SVC_A),
    );
    let r = one(&corp()).after(one(&corp()).asked()).after(this()).after(one(&corp()).asked_times(3));
    f.case("token-and-refused-before", PROVES, r, &revoked(SVC_A));
    let scope = get("/v1/orders/7").bearer(&corp()).asked();
    f.case(
        "token-and-without-scope-before",
        PROVES,
        one(&corp()).after(scope).after(this()),
        &revoked(SVC_A),
    );
    let early = one(&corp()).later(-1000).asked();
    f.case("token-and-too-early-before", PROVES, one(&corp()).after(early).after(this()), &revoked(SVC_A));
    for (case, name) in [("its-iss", "https://idp.example"), ("its-section", "corp")] {
        let r = one(&corp()).after(Step::revoked(name, json!({"jti": "t-1"})));
        f.case(&format!("token-by-{case}"), PROVES, r, &revoked(SVC_A));
    }
    let escaped = corp().claim_text("jti", r#""\u0074\u002d1""#);
    f.case("token-with-escapes", PROVES, one(&escaped).after(this()), &revoked(SVC_A));
    f.case(
        "token-with-escapes-and-known",
        PROVES,
        one(&escaped).after(one(&escaped).asked()).after(this()),
        &revoked(SVC_A),
    );
    let strange = corp().claim("jti", json!("ä \"1\"\n"));
    let r = one(&strange).after(corps(json!({"jti": "ä \"1\"\n"})));
    f.case("token-with-a-strange-name", PROVES, r, &revoked(SVC_A));
    let other = corp().claim("exp", json!(crate::case::NOW + 300));
    f.case(
        "another-token-of-that-name",
        PROVES,
        one(&other).after(one(&corp()).asked()).after(this()),
        &revoked(SVC_A),
    );
    for (case, jti) in [
        ("in-capitals", "T-1"),
        ("longer", "t-11"),
        ("shorter", "t-"),
        ("with-a-space", "t-1 "),
        ("empty", ""),
    ] {
        let r = one(&corp()).after(one(&corp()).asked()).after(corps(json!({"jti": jti})));
        f.case(&format!("token-not-named-{case}"), "9.1/revoked J-JTI-01", r, &allow(SVC_A));
    }
    // Names of tokens are their issuer's.
    let robot = || partner().claim("jti", json!("t-1"));
    f.case("token-of-another-issuer", "9.1/revoked J-JTI-01", one(&robot()).after(this()), &allow(ROBOT));
    let r = one(&corp()).after(Step::revoked("partner", json!({"jti": "t-1"})));
    f.case("token-of-another-issuer-turned", "9.1/revoked J-JTI-01", r, &allow(SVC_A));
    let r = one(&robot()).after(Step::revoked("partner", json!({"jti": "t-1"})));
    f.case("token-of-a-plain-jwt", PROVES, r, &revoked(ROBOT));
    let r = one(&corp()).after(Step::revoked("https://elsewhere.example", json!({"jti": "t-1"})));
    f.case("token-of-an-issuer-of-another-policy", "9.1/revoked", r, &allow(SVC_A));
    for (case, jti) in [("any", "t-1"), ("an-empty", "")] {
        let r = one(&partner()).after(Step::revoked("partner", json!({"jti": jti})));
        f.case(&format!("token-without-a-name-and-{case}-one"), "9.1/revoked J-JTI-01", r, &allow(ROBOT));
    }
    let number = partner().claim("jti", json!(1));
    let r = one(&number).after(Step::revoked("partner", json!({"jti": "1"})));
    let e = refuse("claim_malformed").and("context", json!({"claim": "jti"}));
    f.case("token-whose-name-is-a-number", "J-JTI-01", r, &e);
    let r = one(&corp().scratched()).after(this());
    f.case("token-and-forged", "9.1/bad-signature", r, &refuse("signature_invalid").nobody());
}
