//! `diagnose`.

use crate::support::{folder, run, run_with};
use serde_json::json;
use std::fs;
use std::path::PathBuf;

/// When the answers came: 2026-11-22T22:43:51Z.
const AT: &str = "1795387431";

/// A folder with answers: `good.http`; `late.http`, where a service of Doorward's says that the token has expired; `missing.http`,
/// where it says that no credential came; `none.http`, which is no answer.
fn stage(name: &str) -> PathBuf {
    let folder = folder(name);
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    let date = "Date: Sun, 22 Nov 2026 22:43:51 GMT\r\n";
    write("good.http", &format!("HTTP/1.1 200 OK\r\n{date}\r\nwell"));
    write(
        "late.http",
        &format!(
            "HTTP/2 401 \r\n{date}www-authenticate: Bearer realm=\"orders\", error=\"invalid_token\", \
             error_description=\"token_expired\"\r\n\r\n"
        ),
    );
    let body = r#"{"status":401,"outcome":"unauthenticated","reason":"credential_missing","recovery":"send_credential"}"#;
    let head = format!("HTTP/1.1 401 x\r\n{date}Content-Type: application/json\r\n");
    write("missing.http", &format!("{head}WWW-Authenticate: Bearer realm=\"orders\"\r\n\r\n{body}"));
    write("none.http", "GET / HTTP/1.1\r\n\r\n");
    folder
}

#[test]
fn the_exit_status_is_the_worst_answer() {
    let folder = stage("diagnose-status");
    for (inputs, code) in [
        (&["good.http"][..], 0),
        (&["late.http"], 1),
        (&["good.http", "missing.http"], 1),
        (&["none.http", "good.http"], 2),
        (&["late.http", "absent.http"], 2),
    ] {
        let run = run(&folder, &[&["diagnose", "--at", AT], inputs].concat());
        assert_eq!(run.code, Some(code), "{inputs:?}: {}{}", run.out, run.err);
    }
}

#[test]
fn json_is_one_object_for_each_answer_with_every_field() {
    let folder = stage("diagnose-json");
    let run = run(
        &folder,
        &["diagnose", "--at", AT, "--sent-scheme", "Bearer", "--format", "json", "late.http", "good.http"],
    );
    let objects = run.objects();
    let names: Vec<&String> = objects[0].as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "input",
            "status",
            "diagnosis",
            "cause",
            "confidence",
            "origin",
            "product",
            "clues",
            "misused_status",
            "proper_status",
            "skew",
            "recovery",
            "retry",
            "retry_after",
            "signal",
            "demand",
            "summary"
        ]
    );
    assert_eq!(
        (&objects[0]["input"], &objects[0]["diagnosis"]),
        (&json!("late.http"), &json!("token_expired"))
    );
    assert_eq!(objects[0]["recovery"], "refresh_credential");
    assert_eq!((&objects[1]["status"], &objects[1]["diagnosis"]), (&json!(200), &json!(null)));
    assert_eq!(objects.len(), 2);
}

#[test]
fn text_says_why_by_which_evidence_and_what_to_do() {
    let folder = stage("diagnose-text");
    let run = run(&folder, &["diagnose", "--at", AT, "--sent-scheme", "Bearer", "late.http"]);
    for said in [
        "late.http: 401, token_expired (209)",
        "because   the token has expired",
        "evidence  ",
        "demands   Bearer, realm \"orders\", error \"invalid_token\", error_description \"token_expired\"",
        "caller    refresh the credential and send the request once more (refresh_credential)",
        "retry     only with another credential or proof",
        "operator  ",
        "signal    noise",
    ] {
        assert!(run.out.contains(said), "{said}: {}", run.out);
    }
    assert!(!run.out.contains("say so: --sent-scheme"), "{}", run.out);
}

/// H-GRAM-16: an answer of "missing" to a request that carried a credential means that somebody took it away.
#[test]
fn what_was_sent_makes_the_difference() {
    let folder = stage("diagnose-sent");
    let of = |options: &[&str]| {
        let run =
            run(&folder, &[&["diagnose", "--at", AT, "--format", "json", "missing.http"], options].concat());
        run.objects()[0]["diagnosis"].clone()
    };
    assert_eq!(of(&[]), "credential_missing");
    assert_eq!(of(&["--sent-scheme", "Bearer"]), "credential_stripped");
    assert_eq!(
        of(&["--sent-scheme", "Bearer", "--url", "https://a/", "--final-url", "https://b/"]),
        "credential_withheld"
    );
    let text = run(&folder, &["diagnose", "missing.http"]);
    assert!(text.out.contains("if a credential was sent, say so: --sent-scheme Bearer"), "{}", text.out);
}

/// H-DATE-01: the difference of the clocks is measured by the answer's `Date`; an old file says nothing about it.
#[test]
fn clocks_are_compared_only_where_the_time_of_the_answer_is_told() {
    let folder = stage("diagnose-clock");
    let skew = |options: &[&str]| {
        let run = run(
            &folder,
            &[&["diagnose", "--format", "json", "--sent-scheme", "Bearer", "late.http"], options].concat(),
        );
        run.objects()[0]["skew"]["seconds"].clone()
    };
    let told = skew(&["--at", "2026-11-22T22:33:51Z", "--sent-at", "2026-11-22T22:33:51Z"]);
    assert_eq!(told.as_i64().unwrap().abs_diff(600) / 2, 0, "{told}");
    let untold = skew(&[]);
    assert!(untold.is_null() || untold == 0, "{untold}");
}

#[test]
fn a_dash_is_the_standard_input_and_what_is_no_answer_is_named() {
    let folder = stage("diagnose-stdin");
    let late = fs::read_to_string(folder.join("late.http")).unwrap();
    assert_eq!(run_with(&folder, &["diagnose", "--at", AT, "-"], &late).code, Some(1));
    let bad = run_with(&folder, &["diagnose", "-"], "{}");
    assert_eq!((bad.code, bad.out.as_str()), (Some(2), ""));
    assert!(bad.err.contains("-: expected an HTTP answer"), "{}", bad.err);
}

#[test]
fn what_an_answer_brings_cannot_drive_the_terminal() {
    let folder = stage("diagnose-terminal");
    let answer = "HTTP/1.1 401 x\nWWW-Authenticate: Bearer realm=\"\u{9b}2J\u{202e}x\"\n\n";
    let run = run_with(&folder, &["diagnose", "--sent-scheme", "Bearer", "-"], answer);
    assert!(!run.out.contains(['\u{9b}', '\u{202e}']), "{:?}", run.out);
}

#[test]
fn a_pasted_credential_is_refused_and_not_repeated() {
    let folder = stage("diagnose-usage");
    for (arguments, said) in [
        (&["diagnose"][..], "expected a file with an answer, or `-`"),
        (&["diagnose", "--sent-scheme", "Bearer eyJh", "late.http"], "as a scheme alone"),
        (&["diagnose", "--sent-at", "noon", "late.http"], "expected `--sent-at` as Unix seconds"),
        (&["diagnose", "--attempt", "0", "late.http"], "expected `--attempt` as a whole number from 1"),
        (&["diagnose", "--url", "api.example", "late.http"], "expected `--url` as a whole URL"),
        (&["diagnose", "--sent-schem", "Bearer"], "--sent-schem"),
    ] {
        let run = run(&folder, arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(run.err.contains(said) && !run.err.contains("eyJh"), "{arguments:?}: {}", run.err);
    }
}
