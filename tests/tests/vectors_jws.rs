//! Wycheproof's JSON Web Signatures: forged, truncated and mis-keyed ones are refused, good ones verify.

use doorward::keys::KeySet;
use doorward_core::jose::jws;
use doorward_tests::suites::exceptions::Score;
use doorward_tests::suites::vectors;

/// The keys of a group, as a service would load them: of a set with a broken key nothing is taken.
fn keys(group: &serde_json::Value) -> Vec<doorward::keys::Key> {
    let jwk = group.get("public").unwrap_or(&group["private"]);
    KeySet::from_jwks(&jwk.to_string()).map(|set| set.keys).unwrap_or_default()
}

#[test]
fn wycheproof_agrees_but_for_its_errata() {
    let Some(folder) = vectors::folder("wycheproof") else { return };
    let suite = vectors::json(&folder.join("json_web_signature_test.json"));
    let mut score = Score::new("wycheproof-jws");
    let mut scratch = doorward::Memory::default();
    for group in suite["testGroups"].as_array().expect("a list of groups") {
        let keys = keys(group);
        for test in group["tests"].as_array().expect("a list of tests") {
            let token = test["jws"].as_str().expect("a JWS");
            let expected = test["result"].as_str().expect("a result");
            let verified = jws::verify(token.as_bytes(), &keys, scratch.lend());
            let actual = if verified.is_ok() { "valid" } else { "invalid" };
            score.case(&test["tcId"].to_string(), expected, actual);
        }
    }
    assert_eq!(score.finish(), (393, 8), "of 401 cases");
}
