//! Challenge fields as published, with what several clients read in them: each client's reading is a case of its own.
#![expect(clippy::expect_used, reason = "a test's panic is its verdict")]

use doorward_tests::suites::challenges::{basic_realm, bytes, published, reading};
use doorward_tests::suites::exceptions::Score;
use doorward_tests::suites::vectors;
use serde_json::Value;

fn suite() -> Option<Value> {
    Some(vectors::json(&vectors::folder("www-authenticate")?.join("www-authenticate.json")))
}

fn cases<'s>(suite: &'s Value, name: &str) -> &'s [Value] {
    suite.get(name).and_then(Value::as_array).expect("the part is there")
}

/// The lines of a case.
fn lines(case: &Value) -> Vec<Vec<u8>> {
    match case.get("field_lines").and_then(Value::as_array) {
        Some(lines) => lines.iter().filter_map(Value::as_str).map(bytes).collect(),
        None => vec![bytes(case["input"].as_str().expect("a field"))],
    }
}

/// H-GRAM-01 to H-GRAM-12: where clients disagree, RFC 9110, section 11.6.1 decides, and the exception says so.
#[test]
fn challenges_are_read_as_published() {
    let Some(suite) = suite() else { return };
    let mut score = Score::new("www-authenticate");
    let mut fields = 0;
    for case in cases(&suite, "greenbytes_cases") {
        fields += 1;
        let name = case["name"].as_str().expect("a name");
        let lines = lines(case);
        if let Some(realm) = case["firefox_basic_realm"].as_str() {
            let or_none = |realm: &str| if realm.is_empty() { "none".to_owned() } else { realm.to_owned() };
            score.case(&format!("{name} firefox"), &or_none(realm), &or_none(&basic_realm(&lines)));
        }
        for client in ["abdera2", "rust_www_authenticate"] {
            let expected = match &case[client] {
                Value::Null => continue,
                Value::String(error) => error.clone(),
                challenges => {
                    let all = challenges.as_array().expect("a list");
                    all.iter().map(|one| published(&one[0], &one[1])).collect::<Vec<_>>().join(" ")
                }
            };
            score.case(&format!("{name} {client}"), &expected, &reading(&lines));
        }
    }
    for part in ["chromium_tokenizer", "vscode"] {
        for case in cases(&suite, part) {
            fields += 1;
            let name = case["name"].as_str().expect("a name");
            let expected = published(&case["scheme"], &case["params"]);
            score.case(&format!("{name} {part}"), &expected, &reading(&lines(case)));
        }
    }
    assert_eq!(fields, 46);
    assert_eq!(score.finish(), (74, 15));
}
