//! Tokens with an actor.

use super::{corp_issuer, policy};
use crate::case::{File, SVC_A, allow, get, refuse};
use crate::mint::corp;
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    let policy = policy(
        json!({"corp": corp_issuer(json!({}))}),
        json!([
            {"path": "/silent", "accept": "corp"},
            {"path": "/allow", "accept": "corp", "delegation": "allow"},
            {"path": "/refuse", "accept": "corp", "delegation": "refuse"},
            {"path": "/listed", "accept": "corp", "delegation": ["agent-1", "agent-2"]},
        ]),
    );
    let mut f = File::new("delegation", policy);
    let act = |path: &str, text: &str| get(path).bearer(&corp().claim_text("act", text));
    let refused = refuse("delegation_refused").who(SVC_A);
    let one = r#"{"sub":"agent-1"}"#;
    f.case(
        "allowed-unless-said",
        "X-ACT-01",
        act("/silent", one),
        &allow(SVC_A)
            .and("principal", json!({"issuer": SVC_A.0, "subject": SVC_A.1, "actor": {"sub": "agent-1"}})),
    );
    f.case("allowed", "X-ACT-01", act("/allow", r#"{"sub":"anybody"}"#), &allow(SVC_A));
    f.case("allowed-without-sub", "X-ACT-01", act("/allow", "{}"), &allow(SVC_A));
    f.case("refused", "X-ACT-01 9.1/delegation reason/delegation_refused", act("/refuse", one), &refused);
    f.case("refused-without-sub", "9.1/delegation reason/delegation_refused", act("/refuse", "{}"), &refused);
    f.case("no-actor-where-refused", "X-ACT-01", get("/refuse").bearer(&corp()), &allow(SVC_A));
    f.case("no-actor-where-listed", "X-ACT-01", get("/listed").bearer(&corp()), &allow(SVC_A));
    f.case("listed-first", "X-ACT-01", act("/listed", one), &allow(SVC_A));
    f.case("listed-second", "X-ACT-01", act("/listed", r#"{"iss":"x","sub":"agent-2"}"#), &allow(SVC_A));
    f.case("listed-with-an-escape", "X-ACT-01", act("/listed", r#"{"sub":"agent\u002d1"}"#), &allow(SVC_A));
    f.case(
        "listed-and-history-below",
        "X-ACT-01",
        act("/listed", r#"{"sub":"agent-1","act":{"sub":"other"}}"#),
        &allow(SVC_A),
    );
    for (case, text) in [
        ("not-listed", r#"{"sub":"agent-3"}"#),
        ("listed-only-in-history", r#"{"sub":"other","act":{"sub":"agent-1"}}"#),
        ("longer", r#"{"sub":"agent-12"}"#),
        ("in-capitals", r#"{"sub":"AGENT-1"}"#),
        ("without-sub", r#"{"client_id":"agent-1"}"#),
        ("sub-in-an-array", r#"{"sub":["agent-1"]}"#),
        ("sub-number", r#"{"sub":1}"#),
        ("empty", "{}"),
    ] {
        f.case(
            &format!("listed-but-{case}"),
            "X-ACT-01 9.1/delegation reason/delegation_refused",
            act("/listed", text),
            &refused,
        );
    }
    let r = corp().claim("may_act", json!({"sub": "agent-3"}));
    f.case("may-act-is-not-for-us", "X-ACT-01", get("/refuse").bearer(&r), &allow(SVC_A));
    vec![f]
}
