//! Files of keys that cannot be taken: what was read before stays, and whoever looks is told.

use super::support::{File, ask, jwk, key, policy, set_of, soon, token};
use doorward::Engine;

/// What the status says of the file.
fn fault(engine: &Engine) -> Option<String> {
    let status = engine.status(doorward::now());
    let json = status.to_json();
    let fault = json.pointer("/issuers/0/file_fault").unwrap().as_str().map(str::to_owned);
    assert_eq!(status.is_good(), fault.is_none(), "{status}");
    assert_eq!(status.to_string().contains("FILE NOT TAKEN"), fault.is_some(), "{status}");
    fault
}

#[test]
fn a_key_file_that_is_not_taken_is_trouble_until_it_is_mended() {
    let key = key(1);
    let good = set_of(&[&jwk(&key, "a")]);
    let keys = File::new("broken-keys", &good);
    let file =
        File::new("broken", &policy("", "corp", &format!("keys = {{ file = '{}' }}", keys.0.display())));
    let engine = Engine::from_file(&file.0).unwrap();
    let token = token(&key, "a", "1", 600);
    assert_eq!(fault(&engine), None);
    for broken in ["{ broken", "{}"] {
        keys.write(broken);
        assert!(soon(|| fault(&engine).is_some_and(|fault| fault.starts_with("expected a JWK Set"))));
        assert_eq!(ask(&engine, &token), None, "what was read before stays");
        keys.write(&good);
        assert!(soon(|| fault(&engine).is_none()));
    }
    std::fs::remove_file(&keys.0).unwrap();
    assert!(soon(|| fault(&engine).as_deref() == Some("no such file")));
    assert_eq!(ask(&engine, &token), None);
    // A policy that is loaded anew reads its files itself.
    engine.reload().unwrap_err();
    assert!(!engine.status(doorward::now()).is_good());
    keys.write(&good);
    engine.reload().unwrap();
    assert_eq!(fault(&engine), None);
    assert_eq!(ask(&engine, &token), None);
}
