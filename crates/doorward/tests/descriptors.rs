//! Files that change while the process has no descriptor to read them with. It is a process of its own, since it takes all of
//! its descriptors away.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test's panic is its verdict")]

use core::time::Duration;
use doorward::Engine;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::thread;
use std::time::Instant;

const KEY: &str =
    r#"{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

const POLICY: &str = "revoked = { file = 'revoked.toml' }\n[issuers.corp]\nprofile = 'jwt'\n\
    issuer = 'https://idp.example'\naudience = 'api'\nalgorithms = ['Ed25519']\nkeys = { file = 'keys.json' }\n\
    [[routes]]\npath = '/'\naccept = ['corp']\n";

/// A folder that is gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn status(engine: &Engine) -> Value {
    engine.status(doorward::now()).to_json()
}

/// Whether it comes to hold within a time that is long for any machine.
fn soon(holds: impl Fn() -> bool) -> bool {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(20) {
        if holds() {
            return true;
        }
        thread::sleep(Duration::from_millis(20));
    }
    false
}

#[test]
fn a_file_that_could_not_be_read_when_it_changed_is_read_when_that_can_be_done() {
    let name = format!("doorward-descriptors-{}", std::process::id());
    let folder = Folder(std::env::temp_dir().join(name));
    std::fs::create_dir_all(&folder.0).unwrap();
    folder.write("keys.json", &format!(r#"{{"keys":[{KEY}]}}"#));
    folder.write("revoked.toml", "");
    folder.write("policy.toml", POLICY);
    let engine = Engine::from_file(folder.0.join("policy.toml")).unwrap();
    // By then the thread has looked at them for the first time.
    thread::sleep(Duration::from_secs(1));
    assert_eq!(engine.take_events(), []);

    folder.write("keys.json", r#"{"keys":[]}"#);
    folder.write("revoked.toml", "[[tokens]]\nissuer = 'corp'\njti = 'bad'\n");
    let before = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: Some(0), ..before }).unwrap();
    let refused = soon(|| !engine.status(doorward::now()).is_good());
    // Long enough for some more looks.
    thread::sleep(Duration::from_secs(5));
    let events = engine.take_events();
    setrlimit(Resource::Nofile, before).unwrap();
    assert!(refused);
    assert_eq!(events.len(), 2, "each is told of once: {events:?}");

    assert!(soon(|| status(&engine)["revoked"]["tokens"] == 1), "{}", status(&engine));
    assert!(soon(|| status(&engine)["issuers"][0]["keys"] == json!([])), "{}", status(&engine));
    let faults = [&status(&engine)["revoked"]["fault"], &status(&engine)["issuers"][0]["file_fault"]]
        .map(Value::is_null);
    assert_eq!(faults, [true, true]);
}
