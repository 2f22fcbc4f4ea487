//! `explain`.

use crate::support::{AT, base64url, folder, run, run_with, stage, token};
use serde_json::json;

#[test]
fn it_says_first_that_nothing_is_verified_and_hides_the_signature() {
    let folder = stage("explain-text");
    let token = token(1_795_387_400);
    let run = run(&folder, &["explain", "--at", AT, &token]);
    assert_eq!(run.code, Some(0));
    assert!(run.out.lines().next().unwrap().contains("not verified"));
    assert!(run.out.contains("exp       2026-11-22T22:43:20Z  expired 31 s ago"), "{}", run.out);
    assert!(run.out.contains("\"sub\": \"nightly\""));
    assert!(!run.out.contains(token.rsplit('.').next().unwrap()));
}

#[test]
fn json_says_the_same_and_a_policy_adds_its_decision() {
    let folder = stage("explain-json");
    let token = token(1_795_387_400);
    let arguments = [
        "explain",
        "--at",
        AT,
        "--format",
        "json",
        "--policy",
        "policy.toml",
        "--url",
        "/v1/orders/7",
        &token,
    ];
    let run = run(&folder, &arguments);
    assert_eq!(run.code, Some(1));
    let object = &run.objects()[0];
    assert_eq!(object["verified"], false);
    assert_eq!(object["header"], json!({ "alg": "HS256", "typ": "JWT" }));
    assert_eq!(object["claims"]["exp"], 1_795_387_400);
    assert_eq!(object["times"][1]["relation"], "expired 31 s ago");
    assert_eq!(object["decision"]["reason"], "token_expired");
}

#[test]
fn hints_name_what_will_be_refused() {
    let folder = folder("explain-hints");
    let claims = base64url(br#"{"exp":1795387400000}"#);
    for (header, hint) in [
        (r#"{"alg":"none"}"#, "`alg` is `none`"),
        (r#"{"alg":"RS256","kid":"a","kid":"b"}"#, "duplicate members"),
        (r#"{"alg":"RS256","jku":"https://evil.example"}"#, "brings its own key"),
        (r#"{"alg":"HS256"}"#, "whoever can verify this token can also make one"),
        (r#"{"alg":"RS256"}"#, "no `kid`"),
        (r#"{"alg":"RS256"}"#, "no date: perhaps milliseconds"),
    ] {
        let token = format!("{}.{claims}.AA", base64url(header.as_bytes()));
        let run = run(&folder, &["explain", &token]);
        assert_eq!(run.code, Some(0), "{header}");
        assert!(run.out.contains(hint), "{header}: {}", run.out);
    }
    let five = format!("{}.AA.AA.AA.AA", base64url(br#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#));
    assert!(run(&folder, &["explain", &five]).out.contains("encrypted token (JWE)"));
}

#[test]
fn what_is_no_token_is_status_2_and_is_not_repeated() {
    let folder = folder("explain-none");
    let run = run(&folder, &["explain", "hunter2-hunter2!"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("no token") && !run.err.contains("hunter2") && !run.out.contains("hunter2"));
}

#[test]
fn the_token_can_be_read_from_the_standard_input() {
    let folder = folder("explain-stdin");
    let run = run_with(&folder, &["explain", "-"], &format!("Bearer {}\n", token(1)));
    assert_eq!(run.code, Some(0));
    assert!(run.out.contains("nightly") && run.out.contains("`Bearer` was taken off"));
}
