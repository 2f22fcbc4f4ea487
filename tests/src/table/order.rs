//! The order of judgement: of two faults in one request, the earlier one is named.

use super::{corp_issuer, mesh_issuer, partner_issuer, policy, with};
use crate::case::{File, NOW, ROBOT, SVC_A, get, refuse, send};
use crate::mint::{FLAWS, Flaw, Token, corp, partner};
use serde_json::{Value, json};

pub(super) fn files() -> Vec<File> {
    vec![pairs(), content()]
}

/// Faults of a token in the order of judgement, from its form to what the route asks for.
fn faults() -> Vec<Flaw> {
    let later: [Flaw; 3] = [
        ("proof_missing", |t| t.claim("cnf", json!({"jkt": "x"}))),
        ("step_up_required", |t| t.claim("acr", json!("bronze"))),
        ("scope_insufficient", |t| t.claim("scope", json!("other"))),
    ];
    FLAWS.into_iter().chain(later).collect()
}

/// A token that `/payments` lets in.
fn payer() -> Token {
    corp()
        .claim("acr", json!("urn:example:gold"))
        .claim("auth_time", json!(NOW - 10))
        .claim("scope", json!("payments:write"))
        .claim("roles", json!(["payer"]))
        .claim("department", json!("sales"))
}

fn expected(reason: &'static str) -> crate::case::Expect {
    match reason {
        "step_up_required" => {
            refuse(reason).acr("urn:example:gold urn:example:silver").max_age(300).who(SVC_A)
        }
        "scope_insufficient" => refuse(reason).scope("payments:write").who(SVC_A),
        "proof_missing" => refuse(reason).who(SVC_A),
        _ => refuse(reason),
    }
}

/// Every fault alone, every two neighbours, and all faults from one on.
fn pairs() -> File {
    let mut f = File::orders("order");
    let pay = |token: Token| get("/payments").bearer(&token);
    f.case("no-fault", "", pay(payer()), &crate::case::allow(SVC_A));
    let faults = faults();
    for (at, (reason, fault)) in faults.iter().enumerate() {
        f.case(&format!("alone-{reason}"), "", pay(fault(payer())), &expected(reason));
        if let Some((next, also)) = faults.get(at + 1) {
            f.case(&format!("pair-{reason}-before-{next}"), "", pay(fault(also(payer()))), &expected(reason));
        }
        let all = faults.iter().skip(at).rev().fold(payer(), |token, (_, fault)| fault(token));
        f.case(&format!("all-from-{reason}"), "", pay(all), &expected(reason));
    }
    // Content is spoken of only when the signature held.
    for (reason, fault) in faults.iter().skip(7) {
        f.case(
            &format!("forged-and-{reason}"),
            "9.1/bad-signature",
            pay(fault(payer()).scratched()),
            &refuse("signature_invalid"),
        );
    }
    let last = || payer().no_claim("roles").no_claim("department").claim("act", json!({"sub": "x"}));
    f.case("roles-before-rules", "", pay(last()), &refuse("role_missing").who(SVC_A));
    f.case(
        "rules-before-delegation",
        "",
        pay(last().claim("roles", json!("payer"))),
        &refuse("claim_refused").who(SVC_A),
    );
    f.case("scopes-before-roles", "", pay(last().no_claim("scope")), &expected("scope_insufficient"));
    let r = pay(last().claim("roles", json!("payer")).claim("department", json!("sales")));
    f.case("delegation-last", "", r, &refuse("delegation_refused").who(SVC_A));
    let r = get("/corp-only").bearer(&partner().claim("exp", json!(NOW - 31)));
    f.case("expired-before-another-issuers-route", "", r, &refuse("token_expired"));
    let r = send("DELETE", "/v1/orders/7").bearer(&partner());
    f.case("another-issuers-route-before-scopes", "", r, &refuse("issuer_refused").who(ROBOT));

    f.case("path-before-route", "reason/path_ambiguous", get("/nowhere//x"), &refuse("path_ambiguous"));
    f.case(
        "path-before-method",
        "reason/path_ambiguous",
        send("PUT", "/v1/orders/%2F"),
        &refuse("path_ambiguous"),
    );
    f.case(
        "route-before-credential",
        "reason/route_unmatched",
        get("/nowhere").auth("Basic"),
        &refuse("route_unmatched"),
    );
    f.case(
        "method-before-credential",
        "reason/method_refused",
        send("PUT", "/v1/orders/7").auth("Basic"),
        &refuse("method_refused"),
    );
    f.case(
        "number-before-scheme",
        "",
        get("/any").auth("Basic a").auth("Digest b"),
        &refuse("credentials_ambiguous"),
    );
    f.case(
        "number-before-form",
        "",
        get("/any").auth("Bearer {").auth("Bearer }"),
        &refuse("credentials_ambiguous"),
    );
    f.case("scheme-before-form", "", get("/any").auth("Basic {"), &refuse("scheme_unsupported"));
    f.case(
        "form-before-token",
        "",
        get("/any").auth(&format!("Bearer {} x", payer().text())),
        &refuse("credential_malformed"),
    );
    f
}

/// What is judged of a token's content, where two claims are wrong.
fn content() -> File {
    let table = policy(
        json!({
            "corp": corp_issuer(json!({"max_age": "1h", "required_claims": ["tenant"]})),
            "partner": partner_issuer(json!({})),
            "mesh": mesh_issuer(json!({})),
        }),
        json!([{"path": "/any", "accept": ["corp", "partner", "mesh"]}]),
    );
    let mut f = File::new("order/content", with(table, json!({"leeway": 0})));
    let one = |token: Token| get("/any").bearer(&token);
    let good = || corp().claim("tenant", json!("t"));
    let change = |name: &str, value: Value| good().claim(name, value);
    f.case(
        "audience-mistyped-and-expired",
        "",
        one(change("aud", json!(1)).claim("exp", json!(0))),
        &refuse("claim_malformed"),
    );
    f.case(
        "exp-mistyped-and-nbf-ahead",
        "",
        one(change("exp", json!("0")).claim("nbf", json!(NOW + 9))),
        &refuse("claim_malformed").and("context", json!({"claim": "exp"})),
    );
    f.case(
        "expired-and-nbf-mistyped",
        "",
        one(change("exp", json!(NOW - 9)).claim("nbf", json!("0"))),
        &refuse("token_expired"),
    );
    f.case(
        "nbf-ahead-and-iat-mistyped",
        "",
        one(change("nbf", json!(NOW + 9)).claim("iat", json!("0"))),
        &refuse("token_not_yet_valid"),
    );
    f.case(
        "expired-and-too-old",
        "",
        one(change("exp", json!(NOW - 9)).claim("iat", json!(NOW - 9000))),
        &refuse("token_expired"),
    );
    f.case(
        "nbf-ahead-and-too-old",
        "",
        one(change("nbf", json!(NOW + 9)).claim("iat", json!(NOW - 9000))),
        &refuse("token_not_yet_valid"),
    );
    f.case(
        "too-old-and-a-claim-missing",
        "",
        one(change("iat", json!(NOW - 9000)).no_claim("tenant")),
        &refuse("token_too_old"),
    );
    f.case(
        "too-old-and-a-claim-mistyped",
        "",
        one(change("iat", json!(NOW - 9000)).claim("jti", json!(1))),
        &refuse("token_too_old"),
    );
    f.case(
        "expired-and-a-claim-missing",
        "",
        one(change("exp", json!(NOW - 9)).no_claim("tenant")),
        &refuse("token_expired"),
    );
    f.case(
        "expired-and-a-claim-mistyped",
        "",
        one(change("exp", json!(NOW - 9)).claim("scope", json!(1))),
        &refuse("token_expired"),
    );
    let r =
        crate::mint::mesh().claim("sub", json!("spiffe://prod.example/a//b")).claim("exp", json!(NOW - 9));
    f.case("expired-and-no-spiffe-id", "", one(r), &refuse("token_expired"));
    f
}
