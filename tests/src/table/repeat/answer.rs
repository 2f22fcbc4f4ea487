//! Each answer is given again as it was.

use super::{again, any, pay, payer};
use crate::case::{CART, Expect, File, NOW, ROBOT, SVC_A, allow, get, refuse};
use crate::mint::{Key, Token, corp, mesh, partner};
use serde_json::json;

pub(super) fn cases(f: &mut File) {
    let time = |claim: &str, value: i64, missed: i64| json!({"claim": claim, "value": value, "now": NOW, "leeway": 30, "missed_by": missed});
    let claim = |name: &str| json!({"claim": name});
    let caller = json!({
        "issuer": SVC_A.0, "issuer_name": "corp", "subject": SVC_A.1, "kind": "bearer", "expires": NOW + 600, "actor": null,
    });
    let told = |e: Expect| e.and("principal", caller.clone());
    let r = |reason: &'static str| refuse(reason);
    let cases: Vec<(&str, Token, Expect)> = vec![
        ("allow", payer(), told(allow(SVC_A)).and("grounds", json!("credential")).and("route", json!(7))),
        ("token_malformed", payer().header("b64", json!(false)), r("token_malformed").nobody()),
        (
            "issuer_untrusted",
            payer().claim("iss", json!("https://evil.example")),
            r("issuer_untrusted").nobody(),
        ),
        ("token_type_refused", payer().header("typ", json!("JWT")), r("token_type_refused").nobody()),
        (
            "critical_header_unknown",
            payer().header("crit", json!(["x"])).header("x", json!(1)),
            r("critical_header_unknown").nobody(),
        ),
        ("algorithm_refused", payer().header("alg", json!("ES384")), r("algorithm_refused").nobody()),
        ("key_unknown", payer().header("kid", json!("nobodys")), r("key_unknown").nobody()),
        ("signature_invalid", payer().scratched(), r("signature_invalid").nobody()),
        (
            "audience_mismatch",
            payer().claim("aud", json!("https://other.example")),
            told(r("audience_mismatch")).and("context", json!(null)),
        ),
        (
            "token_expired",
            payer().claim("exp", json!(NOW - 31)),
            r("token_expired").who(SVC_A).and("context", time("exp", NOW - 31, 1)),
        ),
        (
            "token_not_yet_valid",
            payer().claim("nbf", json!(NOW + 31)),
            told(r("token_not_yet_valid")).and("context", time("nbf", NOW + 31, 1)),
        ),
        (
            "token_issued_in_future",
            payer().claim("iat", json!(NOW + 31)),
            told(r("token_issued_in_future")).and("context", time("iat", NOW + 31, 1)),
        ),
        ("claim_missing", payer().no_claim("jti"), told(r("claim_missing")).and("context", claim("jti"))),
        (
            "claim_malformed",
            payer().claim("scope", json!(1)),
            told(r("claim_malformed")).and("context", claim("scope")),
        ),
        ("proof_missing", payer().claim("cnf", json!({"jkt": "x"})), told(r("proof_missing"))),
        (
            "step_up_required",
            payer().claim("acr", json!("bronze")),
            told(r("step_up_required").acr("urn:example:gold urn:example:silver").max_age(300)),
        ),
        (
            "scope_insufficient",
            payer().claim("scope", json!("other")),
            told(r("scope_insufficient").scope("payments:write"))
                .and("context", json!({"scope": "payments:write"})),
        ),
        (
            "role_missing",
            payer().no_claim("roles"),
            told(r("role_missing")).and("context", json!({"role": "payer"})),
        ),
        ("claim_refused", payer().no_claim("department"), told(r("claim_refused"))),
    ];
    for (case, token, e) in &cases {
        f.case(&format!("again-{case}"), "", again(&pay(token)), e);
    }
    let r = get("/payments").auth(&format!("Bearer {}.x.y", payer().text()));
    f.case("again-token_encrypted", "", again(&r), &refuse("token_encrypted").nobody());
    let acting = payer().claim("act", json!({"sub": "x"}));
    let e = refuse("delegation_refused")
        .who(SVC_A)
        .and("principal", json!({"subject": "svc-a", "actor": {"sub": "x"}}));
    f.case("again-delegation_refused", "", again(&pay(&acting)), &e);
    let e = allow(SVC_A).and("principal", json!({"subject": "svc-a", "actor": {"sub": "x"}}));
    f.case("again-an-actor", "", again(&any(&acting)), &e);
    f.case(
        "again-issuer_refused",
        "",
        again(&get("/corp-only").bearer(&partner())),
        &refuse("issuer_refused").who(ROBOT),
    );
    f.case("again-another-issuer", "", again(&any(&partner())), &allow(ROBOT));
    f.case("again-a-workload", "", again(&any(&mesh())), &allow(CART));
    f.case("again-without-a-subject", "", again(&any(&partner().no_claim("sub"))), &allow((ROBOT.0, "")));
    let escaped = corp().claim_text("sub", r#""svc\u002d\u00e4\ud83d\ude00""#);
    f.case("again-a-subject-in-escapes", "", again(&any(&escaped)), &allow((SVC_A.0, "svc-ä😀")));
    let (ec, rsa) = (Key::P256("corp"), Key::Rsa);
    for (case, token) in [
        ("ec", corp().alg(ec, "ES256").header("kid", json!("ec-1"))),
        ("rsa", corp().alg(rsa, "RS256").header("kid", json!("rsa-1"))),
        ("a-nameless-key", corp().no_header("kid")),
        ("a-large-one", corp().claim("pad", json!("x".repeat(5000)))),
    ] {
        f.case(&format!("again-{case}"), "", again(&any(&token)), &allow(SVC_A));
        let e = refuse("signature_invalid").nobody();
        f.case(&format!("again-{case}-and-forged"), "9.1/bad-signature", again(&any(&token.scratched())), &e);
    }
}
