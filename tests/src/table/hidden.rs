//! Hidden routes: every refusal looks exactly like a path without a route, with 403 and with 404.

use super::{corp_issuer, policy, with};
use crate::case::{Expect, File, NOW, SVC_A, allow, get, refuse, send};
use crate::mint::corp;
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    vec![hidden("forbid"), hidden("hide")]
}

fn hidden(unmatched: &str) -> File {
    let table = policy(
        json!({"corp": corp_issuer(json!({})), "other": corp_issuer(json!({"issuer": "https://other.example"}))}),
        json!([
            {"path": "/secret", "accept": "corp", "methods": ["GET"], "hidden": true, "scopes": ["s"], "roles": ["r"],
             "acr": ["gold"], "require": [{"claim": "/v", "equals": 1}], "delegation": "refuse"},
            {"path": "/half", "accept": "corp", "methods": ["GET"], "hidden": true},
            {"path": "/half", "accept": "corp", "methods": ["POST"]},
            {"path": "/plain", "accept": "corp", "methods": ["GET"]},
            {"path": "/secret:stop", "accept": "corp", "hidden": true},
        ]),
    );
    let top = json!({"unmatched": unmatched, "advertise_scope": true, "resource_metadata": "https://api.example/m"});
    let mut f = File::new(&format!("hidden/{unmatched}"), with(table, top));
    let id = |name: &str| format!("{unmatched}-{name}");
    let fields: &[(&str, &str)] = if unmatched == "hide" { &[("Cache-Control", "no-store")] } else { &[] };
    let nothing = refuse("route_unmatched").headers(fields);
    let proves = "H-404-01 T-05 9.1/policy reason/route_unmatched";
    f.case(
        &id("a-path-without-a-route"),
        proves,
        get("/nowhere"),
        &nothing.clone().and("concealed", json!(null)),
    );
    let secret = || get("/secret");
    let concealed = |reason: &str| nothing.clone().and("concealed", json!(reason));
    let full = || {
        corp()
            .claim("scope", json!("s"))
            .claim("roles", json!(["r"]))
            .claim("acr", json!("gold"))
            .claim("v", json!(1))
    };
    f.case(&id("missing"), proves, secret(), &concealed("credential_missing"));
    f.case(&id("other-scheme"), proves, secret().auth("Basic x"), &concealed("scheme_unsupported"));
    f.case(&id("malformed"), proves, secret().auth("Bearer"), &concealed("credential_malformed"));
    f.case(
        &id("ambiguous"),
        proves,
        secret().auth("Bearer a").auth("Bearer b"),
        &concealed("credentials_ambiguous"),
    );
    f.case(
        &id("too-large"),
        proves,
        secret().auth(&format!("Bearer {}", "a".repeat(9000))),
        &concealed("credential_too_large"),
    );
    let tokens = [
        ("forged", full().scratched(), "signature_invalid"),
        ("expired", full().claim("exp", json!(NOW - 999)), "token_expired"),
        ("wrong-audience", full().claim("aud", json!("x")), "audience_mismatch"),
        ("another-issuer", full().claim("iss", json!("https://other.example")), "issuer_refused"),
        ("bound", full().claim("cnf", json!({"jkt": "x"})), "proof_missing"),
        ("step-up", full().no_claim("acr"), "step_up_required"),
        ("scope", full().no_claim("scope"), "scope_insufficient"),
        ("role", full().no_claim("roles"), "role_missing"),
        ("rule", full().no_claim("v"), "claim_refused"),
        ("actor", full().claim("act", json!({"sub": "x"})), "delegation_refused"),
    ];
    for (name, token, reason) in tokens {
        f.case(&id(name), proves, secret().bearer(&token), &concealed(reason));
    }
    f.case(&id("method"), proves, send("POST", "/secret"), &concealed("method_refused"));
    f.case(
        &id("method-of-a-known-caller"),
        proves,
        send("POST", "/secret").bearer(&full()),
        &concealed("method_refused"),
    );
    f.case(&id("let-in"), "", secret().bearer(&full()), &allow(SVC_A));
    let open: Expect = refuse("method_refused").and("concealed", json!(null));
    f.case(&id("method-where-one-route-is-in-sight"), "reason/method_refused", send("PUT", "/half"), &open);
    f.case(&id("half-in-the-dark"), proves, get("/half"), &concealed("credential_missing"));
    f.case(&id("half-in-sight"), "", send("POST", "/half"), &refuse("credential_missing"));
    f.case(&id("method-in-sight"), "reason/method_refused", send("PUT", "/plain"), &open);
    f.case(&id("in-sight"), "", get("/plain"), &refuse("credential_missing"));
    f.case(&id("reserved-encoded"), proves, get("/secret%3Astop"), &concealed("path_ambiguous"));
    f.case(&id("ambiguous-path"), "reason/path_ambiguous", get("/secret%2Fx"), &refuse("path_ambiguous"));
    f
}
