//! The JOSE cookbook: every compact, attached JWS of an algorithm that a provider has verifies; what else it shows is
//! refused, each with the reason that is written down.
#![expect(clippy::expect_used, reason = "a test's panic is its verdict")]

use doorward::keys::{Key, KeySet};
use doorward_core::jose::jws;
use doorward_tests::suites::exceptions::Score;
use doorward_tests::suites::vectors;
use serde_json::Value;

/// The keys of an example, of which it may have several.
fn keys(key: &Value) -> Vec<Key> {
    let set = if key.is_array() { serde_json::json!({ "keys": key }) } else { key.clone() };
    KeySet::from_jwks(&set.to_string()).expect("keys of the cookbook are good").keys
}

/// What becomes of one serialisation of an example.
fn verified(output: &Value, keys: &[Key], payload: &str) -> &'static str {
    let text = output.as_str().map_or_else(|| output.to_string(), ToOwned::to_owned);
    match jws::verify(text.as_bytes(), keys, doorward::Memory::default().lend()) {
        Ok(found) if found == payload.as_bytes() => "verifies",
        Ok(_) => "verifies with another payload",
        Err(reason) => reason.code(),
    }
}

#[test]
fn every_compact_and_attached_example_verifies() {
    let Some(folder) = vectors::folder("jose-cookbook") else { return };
    let mut score = Score::new("jose-cookbook");
    for (name, path) in vectors::files(&folder) {
        let Some(id) = name.strip_suffix(".json") else { continue };
        if id.starts_with("jwk/") {
            continue; // keys by themselves
        }
        let example = vectors::json(&path);
        let keys = keys(&example["input"]["key"]);
        let payload = example["input"]["payload"].as_str().expect("a payload");
        for (form, output) in example["output"].as_object().expect("serialisations") {
            score.case(&format!("{id} {form}"), "verifies", verified(output, &keys, payload));
        }
    }
    let (verified, _) = score.finish();
    assert_eq!(verified, 4, "RS256, PS384, HS256 and Ed25519");
}

#[test]
fn every_key_of_the_cookbook_that_checks_signatures_is_read() {
    let Some(folder) = vectors::folder("jose-cookbook") else { return };
    let mut read = Vec::new();
    for (name, path) in vectors::files(&folder.join("jwk")) {
        let set =
            KeySet::from_jwks(&vectors::json(&path).to_string()).expect("keys of the cookbook are good");
        read.push((name, !set.keys.is_empty()));
    }
    vectors::say(&format!("jose-cookbook keys: {} read", read.len()));
    let usable: Vec<_> = read.iter().filter(|(_, usable)| *usable).map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        usable,
        ["3_3.rsa_public_key.json", "3_4.rsa_private_key.json", "3_5.symmetric_key_mac_computation.json"]
    );
}
