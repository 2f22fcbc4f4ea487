//! Roles: all, any, and where they stand.

use super::{corp_issuer, policy};
use crate::case::{File, Request, SVC_A, allow, get, refuse};
use crate::mint::corp;
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    let policy = policy(
        json!({"corp": corp_issuer(json!({}))}),
        json!([
            {"path": "/all", "accept": "corp", "roles": ["clerk", "night shift"]},
            {"path": "/any", "accept": "corp", "any_role": ["clerk", "chief"]},
            {"path": "/both", "accept": "corp", "roles": ["clerk"], "any_role": ["day", "night"]},
            {"path": "/deep", "accept": "corp", "roles": ["clerk"], "roles_claim": "/realm_access/roles"},
            {"path": "/url", "accept": "corp", "roles": ["clerk"], "roles_claim": "/https:~1~1idp.example~1roles"},
            {"path": "/none", "accept": "corp", "roles": []},
        ]),
    );
    let mut f = File::new("roles", policy);
    let roles = |path: &str, text: &str| -> Request { get(path).bearer(&corp().claim_text("roles", text)) };
    let missing = || refuse("role_missing").who(SVC_A);
    f.case("all", "", roles("/all", r#"["clerk","night shift"]"#), &allow(SVC_A));
    f.case("all-turned-among-others", "", roles("/all", r#"["x","night shift","clerk"]"#), &allow(SVC_A));
    f.case("all-with-an-escape", "", roles("/all", r#"["cl\u0065rk","night shift"]"#), &allow(SVC_A));
    let e = missing().and("context", json!({"role": "night shift"}));
    f.case("first-only", "9.1/policy reason/role_missing", roles("/all", r#"["clerk"]"#), &e);
    f.case(
        "second-only",
        "9.1/policy reason/role_missing",
        roles("/all", r#"["night shift"]"#),
        &missing().and("context", json!({"role": "clerk"})),
    );
    f.case("claim-missing", "9.1/policy reason/role_missing", get("/all").bearer(&corp()), &missing());
    for (case, text) in [
        ("empty", "[]"),
        ("in-capitals", r#"["CLERK","NIGHT SHIFT"]"#),
        ("longer", r#"["clerks","night shift"]"#),
        ("one-string-of-both", r#""clerk night shift""#),
        ("joined", r#"["clerk,night shift"]"#),
        ("object", r#"{"clerk":true,"night shift":true}"#),
        ("number", "1"),
        ("null", "null"),
        ("numbers", "[1,2]"),
        ("nested", r#"[["clerk","night shift"]]"#),
    ] {
        f.case(&format!("claim-{case}"), "9.1/policy reason/role_missing", roles("/all", text), &missing());
    }
    f.case(
        "other-elements-do-no-harm",
        "",
        roles("/all", r#"[1,null,"clerk",{},"night shift"]"#),
        &allow(SVC_A),
    );
    f.case("any-first", "", roles("/any", r#"["clerk"]"#), &allow(SVC_A));
    f.case("any-second", "", roles("/any", r#"["chief"]"#), &allow(SVC_A));
    f.case("any-as-a-string", "", roles("/any", r#""chief""#), &allow(SVC_A));
    f.case(
        "any-none",
        "reason/role_missing",
        roles("/any", r#"["guest"]"#),
        &missing().and("context", json!({"role": "clerk"})),
    );
    f.case("both", "", roles("/both", r#"["clerk","night"]"#), &allow(SVC_A));
    f.case("both-without-any", "reason/role_missing", roles("/both", r#"["clerk"]"#), &missing());
    f.case("both-without-all", "reason/role_missing", roles("/both", r#"["day","night"]"#), &missing());
    let deep = |text: &str| get("/deep").bearer(&corp().claim_text("realm_access", text));
    f.case("deep", "", deep(r#"{"roles":["clerk"]}"#), &allow(SVC_A));
    f.case("deep-and-missing", "reason/role_missing", deep(r#"{"role":["clerk"]}"#), &missing());
    f.case("deep-and-only-above", "reason/role_missing", roles("/deep", r#"["clerk"]"#), &missing());
    let url = corp().claim("https://idp.example/roles", json!(["clerk"]));
    f.case("name-that-is-a-url", "", get("/url").bearer(&url), &allow(SVC_A));
    f.case(
        "name-that-is-a-url-and-missing",
        "reason/role_missing",
        roles("/url", r#"["clerk"]"#),
        &missing(),
    );
    f.case("none-asked", "", get("/none").bearer(&corp()), &allow(SVC_A));
    vec![f]
}
