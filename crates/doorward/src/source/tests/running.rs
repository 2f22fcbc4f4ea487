//! Commands: what they print, how long they take, how they end.

use super::*;
use crate::caller::Expiry;
use doorward_core::time::Seconds;
use serde_json::json;
use std::time::Instant;

fn shell(script: &str) -> Value {
    json!({ "exec": ["/bin/sh", "-c", script], "timeout": 5 })
}

#[test]
fn a_command_prints_a_token_or_an_exec_credential_or_a_token_answer() {
    assert_eq!(obtain(shell("echo token")).unwrap().secret(), "token");
    let exec = r#"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t","expirationTimestamp":"2026-11-23T10:00:00Z"}}"#;
    let credential = obtain(json!({ "exec": ["/bin/echo", exec] })).unwrap();
    let end = crate::time::parse_time("2026-11-23T10:00:00Z").unwrap();
    assert_eq!((credential.secret(), credential.expires()), ("t", Some(Expiry::Server(end))));
    let answer = r#"{"access_token":"t","expires_in":3600,"token_type":"Bearer"}"#;
    let credential = obtain(json!({ "exec": ["/bin/echo", answer] })).unwrap();
    assert_eq!(credential.expires(), Some(Expiry::Local(NOW.plus(Seconds(3_600)))));
}

#[test]
fn what_is_no_credential_is_refused_and_not_shown() {
    for text in [
        "{s3cr3t",
        r#"{"secret":"s3cr3t"}"#,
        r#"{"kind":"ExecCredential","apiVersion":"other/v1","status":{"token":"s3cr3t"}}"#,
        r#"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"clientKeyData":"s3cr3t"}}"#,
        r#"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"s3cr3t","expirationTimestamp":"soon"}}"#,
        r#"{"access_token":["s3cr3t"]}"#,
        r#"{"access_token":"s3cr3t","access_token":"b"}"#,
        "s3cr3t and more",
        "",
    ] {
        hard(obtain(json!({ "exec": ["/bin/echo", text] })));
    }
}

#[test]
fn no_shell_reads_the_words_of_a_command() {
    let credential = obtain(json!({ "exec": ["/bin/echo", "$HOME;`id`|&"] })).unwrap();
    assert_eq!(credential.secret(), "$HOME;`id`|&");
}

#[test]
fn a_command_knows_what_is_wanted_and_gets_its_variables_and_no_input() {
    let source = source(json!({
        "exec": ["/bin/sh", "-c", "cat; printf '%s-%s-%s' \"$OWN\" \"$DOORWARD_WANT\" \"$KUBERNETES_EXEC_INFO\" | tr -d ' {}\"\\\\'"],
        "variables": { "OWN": "s3cr3t" },
    }));
    let want = Want { refresh: true, scope: Some("a".to_owned()), ..Want::default() };
    let secret = source.obtain(&want, NOW).unwrap().secret().to_owned();
    assert!(secret.starts_with("s3cr3t-refresh:true,scope:a,"), "{secret}");
    assert!(secret.contains("kind:ExecCredential"), "{secret}");
}

#[test]
fn a_command_that_hangs_is_killed() {
    let marker = Temporary::new("killed", "");
    let script = format!("sleep 3; echo late > '{}'", marker.path());
    let began = Instant::now();
    let message = transient(obtain(json!({ "exec": ["/bin/sh", "-c", script], "timeout": 1 })));
    assert_eq!(message, "the command `/bin/sh`: it did not end within 1 seconds, and was killed");
    assert!(began.elapsed().as_secs() < 3);
    std::thread::sleep(core::time::Duration::from_secs(3));
    assert_eq!(std::fs::read_to_string(&marker.0).unwrap(), "", "it went on");
}

/// ssh-agent, gcloud, aws-vault: they leave something behind that holds their output open.
#[test]
fn what_a_command_leaves_behind_is_not_waited_for() {
    let began = Instant::now();
    assert_eq!(obtain(shell("sleep 4 & echo token")).unwrap().secret(), "token");
    assert!(began.elapsed().as_secs() < 3);
    let long = obtain(shell("head -c 60000 /dev/zero | tr '\\0' a; sleep 4 &")).unwrap();
    assert_eq!(long.secret().len(), 60_000);
}

/// Whatever a command has started, is not left to run when its time is over.
#[test]
fn a_command_that_hangs_is_killed_with_all_that_it_has_started() {
    let marker = Temporary::new("killed-group", "");
    let script = format!("(sleep 2; echo late > '{}') & wait", marker.path());
    let message = transient(obtain(json!({ "exec": ["/bin/sh", "-c", script], "timeout": 1 })));
    assert!(message.ends_with("it did not end within 1 seconds, and was killed"), "{message}");
    std::thread::sleep(core::time::Duration::from_secs(2));
    assert_eq!(std::fs::read_to_string(&marker.0).unwrap(), "", "it went on");
}

/// A helper that is asked every half minute for days must not cost a thread each time.
#[test]
#[cfg(target_os = "linux")]
fn nobody_goes_on_reading_what_a_command_left_behind() {
    let threads = || std::fs::read_dir("/proc/self/task").unwrap().count();
    let before = threads();
    for _ in 0..64 {
        assert_eq!(obtain(shell("sleep 4 & echo token")).unwrap().secret(), "token");
    }
    // Other tests have threads of their own.
    assert!(threads() < before + 32, "{} threads, before there were {before}", threads());
}

#[test]
fn a_command_that_prints_without_end_is_stopped() {
    let began = Instant::now();
    let message = hard(obtain(shell("exec yes s3cr3t")));
    assert_eq!(message, "the command `/bin/sh`: it prints more than a credential");
    assert!(began.elapsed().as_secs() < 4);
}

#[test]
fn how_a_command_ends_tells_whether_it_is_worth_another_try() {
    assert_eq!(
        transient(obtain(shell("echo s3cr3t; exit 3"))),
        "the command `/bin/sh`: it ended with status 3"
    );
    assert_eq!(transient(obtain(shell("kill -9 $$"))), "the command `/bin/sh`: it ended with a signal");
    assert!(hard(obtain(json!({ "exec": ["/nowhere/cmd", "s3cr3t"] }))).ends_with("it is not there"));
    assert!(hard(obtain(json!({ "exec": ["/etc/passwd"] }))).ends_with("it may not be run"));
}
