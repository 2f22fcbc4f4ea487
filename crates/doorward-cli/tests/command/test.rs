//! `test`.

use crate::support::{run, stage, token};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

fn case(id: &str, token: &str, expect: Value) -> Value {
    json!({
        "id": id, "at": 1_795_387_431,
        "request": {
            "method": "GET", "url": "https://api.example/v1/orders/7",
            "headers": [["Authorization", format!("Bearer {token}")]],
            "peer": "192.0.2.7", "client_chain": []
        },
        "expect": expect
    })
}

fn write(folder: &Path, name: &str, cases: &Value) {
    fs::write(folder.join(name), json!({ "policy": "policy.toml", "cases": cases }).to_string()).unwrap();
}

#[test]
fn passing_cases_are_counted_on_both_sides() {
    let folder = stage("test-pass");
    let late = token(1_795_387_400);
    write(
        &folder,
        "cases.json",
        &json!([
            case("late", &late, json!({
                "outcome": "unauthenticated", "status": 401, "reason": "token_expired", "signal": "noise",
                "recovery": "refresh_credential", "principal": { "subject": "nightly" }, "context": { "missed_by": 1 },
                "challenges": ["Bearer realm=\"orders\", error=\"invalid_token\", error_description=\"token_expired\""]
            })),
            case("good", &token(1_795_390_000), json!({
                "outcome": "allow", "grounds": "credential", "path": "/v1/orders/7", "route": 0, "reason": null,
                "headers": [], "principal": { "issuer": "https://batch.example", "subject": "nightly" }
            })),
            { "id": "theirs", "at": "2026-11-22T22:43:51Z", "sent": { "scheme": "Bearer" }, "response": { "status": 429 },
              "expect": { "diagnosis": "rate_limited", "retry": "same" } },
        ]),
    );
    let run = run(&folder, &["test", "cases.json"]);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    assert!(run.out.ends_with("3 passed, 0 failed\n"), "{}", run.out);
}

#[test]
fn a_failing_case_is_shown_field_by_field() {
    let folder = stage("test-fail");
    let expect = json!({ "outcome": "allow", "status": 200, "principal": { "subject": "daily" } });
    write(&folder, "cases.json", &json!([case("wrong", &token(1_795_390_000), expect.clone())]));
    let text = run(&folder, &["test", "cases.json"]);
    assert_eq!(text.code, Some(1));
    assert_eq!(
        text.out,
        "FAILED cases.json wrong\n  \
           principal.subject  expected  \"daily\"\n                     actual    \"nightly\"\n\
         0 passed, 1 failed\n"
    );
    let json = run(&folder, &["test", "--format", "json", "cases.json"]);
    assert_eq!(json.code, Some(1));
    assert_eq!(json.objects()[0]["result"], "failed");
    assert_eq!(
        json.objects()[0]["mismatches"],
        json!([{ "field": "principal.subject", "expected": "daily", "actual": "nightly" }])
    );
    assert_eq!(json.objects()[1], json!({ "passed": 0, "failed": 1 }));
}

#[test]
fn what_came_before_a_case_is_done_and_what_cannot_be_done_is_no_pass() {
    let folder = stage("test-before");
    let after = |id: &str, issuer: &str, expect: Value| {
        let mut case = case(id, &token(1_795_390_000), expect);
        case["before"] = json!([{ "revoke": { "issuer": issuer, "subject": "nightly" } }]);
        case
    };
    let revoked = json!({ "outcome": "unauthenticated", "reason": "token_revoked" });
    let good = case("good", &token(1_795_390_000), json!({ "outcome": "allow" }));
    let own = after("revoked", "https://batch.example", revoked.clone());
    write(
        &folder,
        "cases.json",
        &json!([good, own, after("not-us", "https://elsewhere.example", good["expect"].clone())]),
    );
    let found = run(&folder, &["test", "cases.json"]);
    assert_eq!((found.code, found.out.as_str()), (Some(0), "3 passed, 0 failed\n"), "{}", found.err);

    write(&folder, "cases.json", &json!([good, after("revoked", "nobody", revoked)]));
    let found = run(&folder, &["test", "cases.json"]);
    assert_eq!(found.code, Some(2), "{}", found.out);
    let said =
        "cases.json: case `revoked`: before: expected the name of an issuer or its `iss`, found `nobody`";
    assert!(found.err.contains(said), "{}", found.err);
}

#[test]
fn folders_are_searched_and_companions_left_aside() {
    let folder = stage("test-folder");
    let deep = folder.join("cases/deep");
    fs::create_dir_all(&deep).unwrap();
    let inline = json!({
        "policy": { "routes": [{ "path": "/", "accept": "anyone" }] },
        "cases": [{
            "id": "open", "at": 1, "request": { "method": "GET", "url": "/" }, "expect": { "outcome": "allow" }
        }]
    });
    fs::write(deep.join("open.json"), inline.to_string()).unwrap();
    fs::write(deep.join("jwks.json"), r#"{"keys":[]}"#).unwrap();
    fs::write(deep.join("policy.json"), r#"{"routes":[]}"#).unwrap();
    fs::write(deep.join("revoked.json"), r#"{"subjects":[]}"#).unwrap();
    let found = run(&folder, &["test", "cases"]);
    assert_eq!((found.code, found.out.as_str()), (Some(0), "1 passed, 0 failed\n"), "{}", found.err);

    fs::write(deep.join("broken.json"), r#"{"casse":[]}"#).unwrap();
    let broken = run(&folder, &["test", "cases"]);
    assert_eq!(broken.code, Some(2));
    assert!(
        broken.err.contains("unknown member `casse` of the file: did you mean `cases`?"),
        "{}",
        broken.err
    );
    assert!(broken.out.ends_with("1 passed, 1 failed\n"), "a file that cannot be used is no pass");
}

/// A test that looks in the wrong place must not pass.
#[test]
fn finding_nothing_is_no_success() {
    let folder = stage("test-nothing");
    fs::create_dir_all(folder.join("empty")).unwrap();
    let run = run(&folder, &["test", "empty"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("no case file"), "{}", run.err);
}

#[test]
fn a_misspelt_member_names_file_case_and_the_nearest() {
    let folder = stage("test-misspelt");
    let mut wrong = case("one", "x", json!({ "outcome": "allow" }));
    wrong["expect"] = json!({ "outcome": "unauthenticated", "reasn": "token_malformed" });
    write(&folder, "cases.json", &json!([wrong]));
    let misspelt = run(&folder, &["test", "cases.json"]);
    assert_eq!(misspelt.code, Some(2));
    assert!(
        misspelt
            .err
            .contains("cases.json: case `one`: unknown member `reasn` of `expect`: did you mean `reason`?"),
        "{}",
        misspelt.err
    );
}

#[test]
fn policies_that_must_not_load_are_cases_too() {
    let folder = stage("test-policies");
    let table = json!({ "policies": [
        { "id": "misspelt", "toml": "reaml = 'x'", "error": { "contains": "did you mean `realm`?", "line": 1, "column": 1 } },
        { "id": "loads", "toml": "realm = 'x'", "error": { "contains": "anything" } },
    ] });
    fs::write(folder.join("policies.json"), table.to_string()).unwrap();
    let run = run(&folder, &["test", "policies.json"]);
    assert_eq!(run.code, Some(1), "{}", run.err);
    assert!(run.out.contains("FAILED policies.json loads") && run.out.contains("\"the policy loads\""));
    assert!(run.out.ends_with("1 passed, 1 failed\n"), "{}", run.out);
}
