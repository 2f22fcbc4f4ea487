//! Step-up: how strong and how recent the authentication behind a token is.

use super::{corp_issuer, policy};
use crate::case::{File, NOW, SVC_A, allow, get, refuse};
use crate::mint::{Token, corp};
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    let policy = policy(
        json!({"corp": corp_issuer(json!({}))}),
        json!([
            {"path": "/acr", "accept": "corp", "acr": ["gold", "silver"]},
            {"path": "/age", "accept": "corp", "max_auth_age": "5m"},
            {"path": "/now", "accept": "corp", "max_auth_age": 0},
            {"path": "/both", "accept": "corp", "acr": ["gold", "silver"], "max_auth_age": 300, "scopes": ["pay"]},
        ]),
    );
    let mut f = File::new("step_up", policy);
    let acr = |text: &str| get("/acr").bearer(&corp().claim_text("acr", text));
    let step = || refuse("step_up_required").who(SVC_A);
    let weak = step().acr("gold silver");
    f.case("acr-first", "X-SU-02", acr(r#""gold""#), &allow(SVC_A));
    f.case("acr-second", "X-SU-02", acr(r#""silver""#), &allow(SVC_A));
    f.case("acr-with-an-escape", "X-SU-02", acr(r#""g\u006fld""#), &allow(SVC_A));
    for (case, text) in [
        ("another", r#""bronze""#),
        ("in-capitals", r#""GOLD""#),
        ("both-in-one", r#""gold silver""#),
        ("empty", r#""""#),
        ("longer", r#""golden""#),
    ] {
        f.case(&format!("acr-{case}"), "X-SU-01 9.1/step-up reason/step_up_required", acr(text), &weak);
    }
    let e = weak.clone().and("context", json!({"claim": "acr"}));
    f.case(
        "acr-missing",
        "X-SU-01 X-SU-02 9.1/step-up reason/step_up_required",
        get("/acr").bearer(&corp()),
        &e,
    );
    let age = |token: &Token, offset: i64| get("/age").bearer(token).later(offset);
    let seen = corp().claim("auth_time", json!(NOW)).claim("exp", json!(NOW + 9_000));
    let late = step().max_age(300);
    f.case("age-young", "X-SU-02", age(&seen, 1), &allow(SVC_A));
    f.case("age-one-second-inside-leeway", "X-SU-02", age(&seen, 329), &allow(SVC_A));
    f.case(
        "age-exactly-limit-and-leeway",
        "X-SU-01 9.1/step-up reason/step_up_required",
        age(&seen, 330),
        &late,
    );
    let e = late.clone().and("context", json!({"claim": "auth_time", "limit": 300, "missed_by": 1}));
    f.case("age-one-second-past-leeway", "X-SU-01 9.1/step-up", age(&seen, 331), &e);
    let half = seen.clone().claim_text("auth_time", &format!("{NOW}.5"));
    f.case("age-half-a-second-younger", "X-SU-02", age(&half, 330), &allow(SVC_A));
    let e = late.clone().and("context", json!({"claim": "auth_time"}));
    f.case("age-unknown", "X-SU-02 reason/step_up_required", age(&corp(), 0), &e);
    f.case(
        "age-mistyped",
        "reason/claim_malformed",
        age(&corp().claim("auth_time", json!("now")), 0),
        &refuse("claim_malformed"),
    );
    let ahead = |seconds: i64| age(&corp().claim("auth_time", json!(NOW + seconds)), 0);
    f.case("age-in-the-future-inside-leeway", "X-SU-02", ahead(30), &allow(SVC_A));
    f.case("age-in-the-future-past-leeway", "X-SU-02 reason/step_up_required", ahead(31), &late);
    let now = |offset: i64| get("/now").bearer(&seen).later(offset);
    f.case("age-zero-inside-leeway", "X-SU-01", now(29), &allow(SVC_A));
    f.case("age-zero-exactly-leeway", "X-SU-01 reason/step_up_required", now(30), &step().max_age(0));
    let both = |acr: &str, offset: i64| {
        get("/both").bearer(&seen.clone().claim("acr", json!(acr)).claim("scope", json!("pay"))).later(offset)
    };
    // The challenge lists all that the route demands, whichever of it is missing.
    let all = step().acr("gold silver").max_age(300);
    f.case("both-met", "X-SU-01", both("gold", 0), &allow(SVC_A));
    f.case("both-and-too-weak", "X-SU-01 9.1/step-up reason/step_up_required", both("bronze", 0), &all);
    f.case("both-and-too-long-ago", "X-SU-01 9.1/step-up reason/step_up_required", both("gold", 400), &all);
    f.case("both-unmet", "X-SU-01", both("bronze", 400), &all);
    f.case("too-weak-and-without-scope", "X-SU-01", get("/both").bearer(&seen), &all);
    let exact = all.clone().headers(&[(
        "WWW-Authenticate",
        "Bearer realm=\"orders\", error=\"insufficient_user_authentication\", error_description=\"step_up_required\", acr_values=\"gold silver\", max_age=\"300\"",
    )]);
    f.case("challenge-byte-for-byte", "X-SU-01 9.1/step-up", both("none", 0), &exact);
    vec![f]
}
