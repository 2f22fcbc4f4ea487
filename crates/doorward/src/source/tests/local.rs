//! Files, variables, and the form of sources.

use super::*;
use crate::caller::Expiry;
use crate::policy::Format;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_core::limits;
use doorward_core::time::Seconds;
use serde_json::json;
use std::time::Instant;

fn jwt(exp: i64) -> String {
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(format!(r#"{{"exp":{exp}}}"#)))
}

/// kubernetes#68164, kubernetes-client/python#1768: the file was replaced, and the client kept the old token.
#[test]
fn a_file_is_read_anew_each_time() {
    let file = Temporary::new("rotates", "first\n");
    let source = source(json!({ "file": file.path() }));
    let first = source.obtain(&Want::default(), NOW).unwrap();
    assert_eq!((first.secret(), first.look_again(), first.expires()), ("first", Some(Seconds(60)), None));
    file.write(jwt(1_795_390_000));
    let second = source.obtain(&Want::default(), NOW).unwrap();
    assert_eq!((second.secret(), second.expires()), (jwt(1_795_390_000).as_str(), None));
}

/// J-9068-06: a client does not look into a token, unless its operator says that it may.
#[test]
fn a_token_is_not_looked_into_unless_that_is_asked_for() {
    let file = Temporary::new("looked-into", jwt(1_795_390_000));
    let end = |json: Value| obtain(json).unwrap().expires();
    assert_eq!(end(json!({ "file": file.path() })), None);
    let told = Some(Expiry::Server(UnixTime::from_seconds(1_795_390_000)));
    assert_eq!(end(json!({ "file": file.path(), "jwt_expiry": true })), told);
    let error = Source::from_json(&json!({ "file": "a", "jwt_expiry": 1 })).unwrap_err();
    assert_eq!(error, "expected `jwt_expiry` of a source as `true` or `false`");
}

#[test]
fn the_token_of_a_pod_is_a_file_in_its_usual_place_or_another() {
    let file = Temporary::new("pod", jwt(1_795_390_000));
    assert_eq!(
        obtain(json!({ "kubernetes": { "path": file.path() } })).unwrap().secret(),
        jwt(1_795_390_000)
    );
    let usual = source(json!({ "kubernetes": {} })).name();
    assert_eq!(usual, "the file `/var/run/secrets/kubernetes.io/serviceaccount/token`");
}

#[test]
fn a_file_that_is_being_written_is_read_when_it_rests() {
    let file = Temporary::new("half", "half");
    let path = file.0.clone();
    std::fs::write(&path, "hal").unwrap();
    let writing = std::thread::spawn(move || {
        std::thread::sleep(core::time::Duration::from_millis(100));
        std::fs::write(path, "whole").unwrap();
    });
    let began = Instant::now();
    assert_eq!(obtain(json!({ "file": file.path() })).unwrap().secret(), "whole");
    assert!(began.elapsed().as_millis() >= 250);
    writing.join().unwrap();
}

#[test]
fn what_is_wrong_with_a_file_is_told_without_its_content() {
    let file = Temporary::new("wrong", SECRET);
    assert!(
        hard(obtain(json!({ "file": file.path() }))).ends_with("in visible ASCII characters, found others")
    );
    file.write("s3cr3t\r\nX-Injected: 1");
    hard(obtain(json!({ "file": file.path() })));
    file.write(b"s3cr3t\xff");
    assert!(hard(obtain(json!({ "file": file.path() }))).ends_with("is not UTF-8 text"));
    file.write(" \n");
    assert!(transient(obtain(json!({ "file": file.path() }))).ends_with("is empty"), "about to be written");
    file.write("s3cr3t".repeat(limits::SOURCE_BYTES / 6 + 1));
    assert!(hard(obtain(json!({ "file": file.path() }))).ends_with("is too large for a credential"));
    file.write("a".repeat(limits::CREDENTIAL_MAX + 1));
    assert!(hard(obtain(json!({ "file": file.path() }))).contains("at most 65536 bytes"));
    assert!(hard(obtain(json!({ "file": "/nowhere/token" }))).ends_with("is not there"));
    assert!(hard(obtain(json!({ "file": "/dev/zero" }))).ends_with("is no plain file"));
    assert!(hard(obtain(json!({ "file": "/tmp" }))).ends_with("is no plain file"));
}

#[test]
fn a_variable_is_taken_as_it_is() {
    // Every process that cargo starts has it.
    let credential = obtain(json!({ "environment": "CARGO_PKG_NAME", "scheme": "token" })).unwrap();
    assert_eq!(*credential.field_value(), "token doorward");
    let missing = hard(obtain(json!({ "environment": "DOORWARD_NOT_THERE" })));
    assert_eq!(missing, "the variable `DOORWARD_NOT_THERE` is not set");
}

#[test]
fn what_is_wrong_with_a_source_is_told_with_what_was_meant() {
    for (json, message) in [
        (json!([]), "expected a source as an object"),
        (
            json!({}),
            "expected a source with one of file, environment, exec, kubernetes, client_credentials, vault",
        ),
        (
            json!({ "enviroment": "A" }),
            "unknown member `enviroment` of a source: did you mean `environment`?",
        ),
        (json!({ "file": "a", "exec": ["b"] }), "expected a source of one kind, found `file` and `exec`"),
        (json!({ "file": 1 }), "expected `file` of a source as a string"),
        (json!({ "file": "" }), "expected the path of a file"),
        (json!({ "file": "a", "timeout": 1 }), "`timeout` belongs to a source of the kind `exec`"),
        (json!({ "exec": [] }), "expected `exec` of a source to begin with a command"),
        (json!({ "exec": "rm -rf" }), "expected `exec` of a source as an array"),
        (json!({ "exec": ["a", 1] }), "expected `exec` of a source as an array of strings"),
        (json!({ "exec": ["a"], "timeout": 0 }), "expected `timeout` of a source from 1 to 60 seconds"),
        (json!({ "exec": ["a"], "timeout": 61 }), "expected `timeout` of a source from 1 to 60 seconds"),
        (
            json!({ "exec": ["a"], "variables": { "A=B": "" } }),
            "expected `variables` of a source as names with strings",
        ),
        (
            json!({ "kubernetes": { "pth": "a" } }),
            "unknown member `pth` of `kubernetes`: did you mean `path`?",
        ),
    ] {
        assert_eq!(Source::from_json(&json).unwrap_err(), message);
    }
}

#[test]
fn sources_are_read_from_both_formats() {
    let toml = Source::from_text("environment = 'A'\nscheme = \"token\"", Format::Toml).unwrap();
    let json = Source::from_text(r#"{"environment": "A"}"#, Format::Json).unwrap();
    assert_eq!((toml.name(), json.name()), ("the variable `A`".to_owned(), "the variable `A`".to_owned()));
    let nested = "exec = [\"a\", \"b\"]\ntimeout = 5\n[variables]\nA = \"1\"";
    assert_eq!(Source::from_text(nested, Format::Toml).unwrap().name(), "the command `a`");
    let wrong = Source::from_text("{\"environment\": s3cr3t}", Format::Json).unwrap_err();
    assert!(wrong.contains("1:17") && !wrong.contains("s3cr3t"), "{wrong}");
}

#[test]
fn no_source_shows_its_secrets() {
    let source = source(json!({ "exec": ["sh", "s3cr3t"], "variables": { "A": "s3cr3t" } }));
    assert_eq!(format!("{source:?}"), "Source(\"the command `sh`\")");
    let credential = Credential::bearer("s3cr3t").unwrap();
    assert_eq!(
        format!("{credential:?}"),
        "Credential { scheme: \"Bearer\", expires: None, look_again: None, .. }"
    );
}
