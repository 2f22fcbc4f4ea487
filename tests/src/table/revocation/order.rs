//! When it is judged that a token is revoked: after all that it says of itself, and before anything that the route asks.

use super::{PROVES, corps, revoked};
use crate::case::{File, NOW, ROBOT, SVC_A, Step, get, refuse};
use crate::mint::{Flaw, Token, corp, partner};
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    vec![order()]
}

fn order() -> File {
    let mut f = File::orders("revocation/order");
    let this = || corps(json!({"jti": "t-1"}));
    let pay = |token: &Token| get("/payments").bearer(token);
    let faults: [Flaw; 10] = [
        ("token_malformed", |t| t.header("b64", json!(false))),
        ("token_type_refused", |t| t.header("typ", json!("JWT"))),
        ("algorithm_refused", |t| t.header("alg", json!("ES384"))),
        ("key_unknown", |t| t.header("kid", json!("nobodys"))),
        ("signature_invalid", Token::scratched),
        ("audience_mismatch", |t| t.claim("aud", json!("https://other.example"))),
        ("token_expired", |t| t.claim("exp", json!(NOW - 100))),
        ("token_not_yet_valid", |t| t.claim("nbf", json!(NOW + 100))),
        ("token_issued_in_future", |t| t.claim("iat", json!(NOW + 100))),
        ("claim_missing", |t| t.no_claim("client_id")),
    ];
    for (reason, fault) in faults {
        let token = fault(corp());
        f.case(
            &format!("{reason}-before-revoked"),
            "9.1/revoked",
            pay(&token).after(this()),
            &refuse(reason),
        );
        let r = pay(&token).after(pay(&token).asked()).after(this());
        f.case(&format!("{reason}-before-revoked-and-refused-before"), "9.1/revoked", r, &refuse(reason));
    }
    for (case, token) in [
        ("a-proof", corp().claim("cnf", json!({"jkt": "x"}))),
        ("step-up", corp().claim("scope", json!("payments:write"))),
        ("scopes", corp().claim("acr", json!("urn:example:gold")).claim("auth_time", json!(NOW))),
        ("all-else", corp().claim("act", json!({"sub": "x"}))),
    ] {
        f.case(&format!("revoked-before-{case}"), PROVES, pay(&token).after(this()), &revoked(SVC_A));
        let r = pay(&token).after(pay(&token).asked()).after(this());
        f.case(&format!("revoked-before-{case}-and-known"), PROVES, r, &revoked(SVC_A));
    }
    let corps_only = || get("/corp-only").bearer(&partner());
    let r = corps_only().after(Step::revoked("partner", json!({"subject": "robot-7"})));
    f.case("revoked-before-the-issuer-is-refused", PROVES, r, &revoked(ROBOT));
    let r = corps_only()
        .after(corps_only().asked())
        .after(Step::revoked("partner", json!({"subject": "robot-7"})));
    f.case("revoked-before-the-issuer-is-refused-and-known", PROVES, r, &revoked(ROBOT));
    // Known, revoked, and then expired: what expired is called that, revoked or not.
    let r = get("/any").bearer(&corp()).later(630).after(get("/any").bearer(&corp()).asked()).after(this());
    f.case("known-and-revoked-and-expired", "9.1/expired", r, &refuse("token_expired").who(SVC_A));
    let r = get("/any").bearer(&corp()).later(629).after(get("/any").bearer(&corp()).asked()).after(this());
    f.case("known-and-revoked-and-almost-expired", PROVES, r, &revoked(SVC_A));
    let r = get("/open").bearer(&corp()).after(this());
    f.case("revoked-and-open", "9.1/revoked", r, &crate::case::open());
    f
}
