//! Keys that never came: nobody is blamed for it who presents a token of that issuer, and nobody else suffers.

use super::super::{corp_issuer, fetched, mesh_issuer, partner_issuer, policy, with};
use super::{at, lasting, loaded, own, partners};
use crate::case::{Expect, File, NOW, ROBOT, Request, SVC_A, Step, allow, conceal, get, open, refuse};
use crate::mint::{Key, Token, corp, mesh, partner};
use serde_json::json;

const PROVES: &str = "9.1/trust reason/trust_unavailable";

pub(super) fn files() -> Vec<File> {
    vec![unavailable(), hidden()]
}

fn nobodys_fault() -> Expect {
    refuse("trust_unavailable").wait(1).nobody().and("context", json!(null)).and("signal", json!("fault"))
}

fn unavailable() -> File {
    let lab = json!({"issuer": "https://lab.example", "keys": {"discovery": true}});
    let policy = policy(
        json!({
            "corp": fetched(corp_issuer(json!({})), json!({})),
            "partner": partner_issuer(json!({})),
            "lab": corp_issuer(lab),
            "mesh": fetched(mesh_issuer(json!({})), json!({})),
        }),
        json!([
            {"path": "/any", "accept": ["corp", "partner", "lab", "mesh"]},
            {"path": "/open", "accept": "anyone"},
            {"path": "/partner-only", "accept": "partner"},
            {"path": "/orders", "accept": "corp", "scopes": ["orders:read"], "acr": ["gold"]},
        ]),
    );
    let mut f = File::new("trust/unavailable", policy);
    let one = |token: &Token| get("/any").bearer(token).alone();
    let e = nobodys_fault();
    f.case("never-loaded", PROVES, one(&corp()), &e);
    for (case, token) in [
        ("forged", corp().scratched()),
        ("of-an-unknown-key", corp().header("kid", json!("ed-9"))),
        ("of-no-named-key", corp().no_header("kid")),
        ("expired", corp().claim("exp", json!(NOW - 1000))),
        ("not-valid-yet", corp().claim("nbf", json!(NOW + 1000))),
        ("for-another-audience", corp().claim("aud", json!("https://other.example"))),
        ("without-a-claim", corp().no_claim("jti")),
    ] {
        f.case(&format!("never-loaded-and-{case}"), PROVES, one(&token), &e);
    }
    let lab = corp().claim("iss", json!("https://lab.example"));
    f.case("never-discovered", PROVES, one(&lab), &e);
    f.case("never-loaded-bundle", PROVES, one(&mesh()), &e);
    let r = get("/partner-only").bearer(&corp()).alone();
    f.case("never-loaded-before-another-issuers-route", PROVES, r, &e);
    let r = get("/orders").bearer(&corp()).alone();
    f.case("never-loaded-before-scopes-and-step-up", PROVES, r, &e);

    // What does not depend on keys is judged as ever.
    for (case, token, reason) in [
        ("malformed", corp().header("b64", json!(false)), "token_malformed"),
        ("of-a-stranger", corp().claim("iss", json!("https://evil.example")), "issuer_untrusted"),
        ("of-another-type", corp().header("typ", json!("JWT")), "token_type_refused"),
        ("critical", corp().header("crit", json!(["x"])).header("x", json!(1)), "critical_header_unknown"),
        ("of-another-algorithm", corp().header("alg", json!("ES384")), "algorithm_refused"),
        ("unsigned", corp().header("alg", json!("none")).signature(Vec::new()), "algorithm_refused"),
    ] {
        f.case(&format!("never-loaded-and-{case}"), "9.1/trust", one(&token), &refuse(reason));
    }
    f.case("never-loaded-and-no-credential", "9.1/trust", get("/any").alone(), &refuse("credential_missing"));
    f.case("never-loaded-and-open", "9.1/trust", get("/open").bearer(&corp()).alone(), &open());

    // Others are not affected.
    f.case("others-are-let-in", "9.1/trust W-B-03", one(&partner()), &allow(ROBOT));
    let r = one(&partner().scratched());
    f.case("others-are-refused-as-ever", "9.1/trust W-B-03", r, &refuse("signature_invalid"));
    let came = Step::keys(0, "lab", &[own()]);
    f.case("another-issuer-was-loaded", "W-B-03 J-ISS-01", at(1, &corp()).after(came.clone()), &e);
    let who = json!({"issuer": "https://lab.example", "subject": "svc-a"});
    let e_lab = allow(("https://lab.example", "svc-a")).and("principal", who);
    f.case("the-other-issuer-was-loaded", "W-B-03 J-ISS-01", at(1, &lab).after(came), &e_lab);

    // It is never remembered.
    let asked = |token: &Token| get("/any").bearer(token).asked_times(5);
    f.case("asked-again", PROVES, one(&corp()).after(asked(&corp())), &e);
    let r = |token: Token| at(1, &token).after(asked(&token)).after(loaded());
    f.case("asked-again-when-the-keys-have-come", "9.1/trust", r(corp()), &allow(SVC_A));
    let e = refuse("signature_invalid");
    f.case("asked-again-when-the-keys-have-come-and-forged", "9.1/trust", r(corp().scratched()), &e);
    let wrong = corp().signed_by(Key::Ed25519("b"));
    f.case("asked-again-when-other-keys-have-come", "9.1/trust", r(wrong), &e);
    let r = at(1, &lasting()).after(Step::keys(0, "corp", &[]));
    let e = refuse("key_unknown").wait(10).nobody();
    f.case("loaded-and-empty-is-not-unavailable", "W-B-01 reason/key_unknown", r, &e);
    f
}

fn hidden() -> File {
    let table = policy(
        json!({
            "corp": fetched(corp_issuer(json!({})), json!({"refresh": "1m", "stale_for": "1m"})),
            "partner": fetched(partner_issuer(json!({})), json!({})),
        }),
        json!([{"path": "/secret", "accept": ["corp", "partner"], "hidden": true}]),
    );
    let mut f = File::new("trust/hidden", with(table, json!({"unmatched": "hide"})));
    let secret = |later: i64, token: &Token| -> Request { get("/secret").bearer(token).later(later) };
    let proves = "H-404-01 T-05 9.1/trust";
    f.case("hidden-and-never-loaded", proves, secret(0, &corp()).alone(), &conceal("trust_unavailable"));
    let r = secret(120, &lasting()).after(loaded());
    f.case("hidden-and-too-old", proves, r, &conceal("trust_stale"));
    let unknown = lasting().header("kid", json!("ed-9"));
    let r = secret(60, &unknown).after(loaded());
    f.case("hidden-and-unknown-to-old-keys", proves, r, &conceal("trust_stale"));
    let r = secret(1, &unknown).after(loaded());
    f.case("hidden-and-on-its-way", proves, r, &conceal("key_unknown"));
    f.case("hidden-and-loaded", proves, secret(1, &corp()).after(loaded()), &allow(SVC_A));
    let r = secret(1, &corp()).after(Step::keys(0, "partner", &[partners()]));
    f.case("hidden-and-another-was-loaded", proves, r, &conceal("trust_unavailable"));
    f
}
