//! `check`.

use crate::support::{run, stage};
use serde_json::{Value, json};
use std::fs;

#[test]
fn a_good_policy_is_counted() {
    let folder = stage("check-good");
    let run = run(&folder, &["check", "policy.toml"]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "ok: 2 routes, 1 issuer\n"), "{}", run.err);
}

/// What loads and is hardly meant is said, and is no fault.
#[test]
fn what_lets_nobody_in_is_warned_of() {
    let folder = stage("check-warn");
    let policy = fs::read_to_string(folder.join("policy.toml")).unwrap();
    let (settings, _) = policy.split_once("[[routes]]").unwrap();
    let open = "[[routes]]\npath = \"/healthz\"\naccept = \"anyone\"\n";
    for (text, said) in [
        ("realm = \"x\"\n".to_owned(), "routes: there are none, so that every request is refused"),
        (settings.to_owned(), "routes: there are none, so that every request is refused"),
        (format!("{settings}{open}"), "issuers.batch: no route accepts it"),
        (format!("{policy}methods = [\"Get\"]\n"), "`Get` is not `GET`: methods have a case"),
    ] {
        fs::write(folder.join("odd.toml"), text).unwrap();
        let run = run(&folder, &["check", "odd.toml"]);
        assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
        assert!(format!("{}{}", run.out, run.err).contains(said), "{}{}", run.out, run.err);
    }
}

#[test]
fn every_fault_has_its_place_and_a_missing_file_is_status_2() {
    let folder = stage("check-bad");
    let policy = fs::read_to_string(folder.join("policy.toml")).unwrap();
    fs::write(folder.join("bad.toml"), policy.replace("scopes", "scpoes").replace("realm", "reaml")).unwrap();
    let bad = run(&folder, &["check", "bad.toml", "policy.toml"]);
    assert_eq!(bad.code, Some(1));
    assert!(bad.out.contains("bad.toml:1:1: unknown key `reaml`: did you mean `realm`?"), "{}", bad.out);
    assert!(bad.out.contains("bad.toml:14:1: routes[0]: unknown key `scpoes`: did you mean `scopes`?"));
    assert!(bad.out.ends_with("policy.toml: ok: 2 routes, 1 issuer\n"));
    let json = run(&folder, &["check", "--format", "json", "bad.toml"]);
    let object = &json.objects()[0];
    assert_eq!(object["ok"], false);
    assert_eq!((&object["errors"][1]["line"], &object["errors"][1]["column"]), (&json!(14), &json!(1)));
    assert_eq!(object["errors"][1]["help"], "did you mean `scopes`?");
    let absent = run(&folder, &["check", "absent.toml"]);
    assert_eq!(absent.code, Some(2));
    assert!(absent.err.contains("absent.toml: no such file"));
}

#[test]
fn the_schema_is_json() {
    let folder = stage("check-schema");
    let run = run(&folder, &["check", "--schema"]);
    let schema: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((run.code, &schema["title"]), (Some(0), &json!("Doorward policy")));
}
