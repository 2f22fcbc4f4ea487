//! `decide`.

use crate::support::{AT, command, run, run_with, stage};
use serde_json::json;
use std::fs;
use std::process::Stdio;

#[test]
fn the_exit_status_is_the_worst_decision() {
    let folder = stage("decide-status");
    for (inputs, code) in [
        (&["good.http"][..], 0),
        (&["late.http"], 1),
        (&["good.http", "missing.http"], 1),
        (&["none.http", "good.http"], 2),
        (&["late.http", "absent.http"], 2),
    ] {
        let arguments = [&["decide", "--policy", "policy.toml", "--at", AT], inputs].concat();
        assert_eq!(run(&folder, &arguments).code, Some(code), "{inputs:?}");
    }
}

#[test]
fn json_is_one_object_for_each_input_with_every_field() {
    let folder = stage("decide-json");
    let run = run(
        &folder,
        &["decide", "--policy", "policy.toml", "--at", AT, "--format", "json", "late.http", "good.http"],
    );
    let objects = run.objects();
    let names: Vec<&String> = objects[0].as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "input",
            "outcome",
            "status",
            "reason",
            "reason_number",
            "sentence",
            "recovery",
            "advice",
            "operator",
            "signal",
            "may_resend",
            "retry_after",
            "challenges",
            "headers",
            "principal",
            "context",
            "route",
            "path",
            "grounds",
            "concealed"
        ]
    );
    let challenge = r#"Bearer realm="orders", error="invalid_token", error_description="token_expired""#;
    assert_eq!(objects[0]["input"], "late.http");
    assert_eq!(objects[0]["status"], 401);
    assert_eq!(objects[0]["reason_number"], 209);
    assert_eq!(objects[0]["challenges"], json!([challenge]));
    assert_eq!(objects[0]["headers"], json!([["WWW-Authenticate", challenge]]));
    assert_eq!(
        objects[0]["context"],
        json!({ "claim": "exp", "value": 1_795_387_400, "now": 1_795_387_431, "leeway": 30, "missed_by": 1 })
    );
    assert_eq!(objects[1]["outcome"], "allow");
    assert_eq!(objects[1]["reason"], json!(null));
    assert_eq!(objects[1]["grounds"], "credential");
    assert_eq!(
        objects[1]["principal"],
        json!({
            "issuer": "https://batch.example", "issuer_name": "batch", "subject": "nightly", "kind": "bearer",
            "expires": 1_795_390_000, "actor": null
        })
    );
    assert_eq!(objects.len(), 2);
}

#[test]
fn text_names_reason_challenge_and_both_cures_and_never_the_token() {
    let folder = stage("decide-text");
    let run =
        run(&folder, &["decide", "--policy", "policy.toml", "--at", "2026-11-22T22:43:51Z", "late.http"]);
    for said in [
        "late.http: 401 unauthenticated, token_expired (209)",
        "exp was 31 s ago; missed by 1 s beyond 30 s of leeway",
        "WWW-Authenticate: Bearer realm=\"orders\", error=\"invalid_token\"",
        "refresh the credential",
        "operator",
    ] {
        assert!(run.out.contains(said), "{said}: {}", run.out);
    }
    assert!(!run.out.contains("eyJ") && !run.out.contains('\u{1b}'));
}

#[test]
fn a_dash_is_the_standard_input_and_what_is_no_http_is_named() {
    let folder = stage("decide-stdin");
    let arguments = ["decide", "--policy", "policy.toml", "--at", AT, "-"];
    let good = fs::read_to_string(folder.join("good.http")).unwrap();
    assert_eq!(run_with(&folder, &arguments, &good).code, Some(0));
    let bad = run_with(&folder, &arguments, "{}");
    assert_eq!((bad.code, bad.out.as_str()), (Some(2), ""));
    assert!(bad.err.contains("-: expected an HTTP/1.1 request"), "{}", bad.err);
}

#[test]
fn a_policy_that_does_not_load_is_status_2_with_its_faults() {
    let folder = stage("decide-policy");
    fs::write(folder.join("bad.toml"), "reaml = 'x'\n").unwrap();
    let run = run(&folder, &["decide", "--policy", "bad.toml", "good.http"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("bad.toml:1:1:") && run.err.contains("`realm`"), "{}", run.err);
}

#[test]
fn what_a_request_brings_cannot_drive_the_terminal() {
    let folder = stage("decide-terminal");
    let arguments = ["decide", "--policy", "policy.toml", "--at", AT, "-"];
    let run = run_with(&folder, &arguments, "GET /v1/orders/\u{9b}2J\u{202e}x HTTP/1.1\n\n");
    assert!(!run.out.contains(['\u{9b}', '\u{202e}']), "{:?}", run.out);
}

/// Status 0 would say "allowed".
#[test]
fn a_reader_that_goes_away_ends_the_command_quietly() {
    let folder = stage("decide-pipe");
    let mut child = command(&folder, &["decide", "--policy", "policy.toml", "--at", AT, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let good = fs::read(folder.join("good.http")).unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), &good).unwrap();
    let done = child.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(141));
    assert!(done.stderr.is_empty());
}
