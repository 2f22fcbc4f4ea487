//! The suite of the HTTP working group for RFC 9651: what must be refused is refused, and everything else means what it
//! says.

use doorward_tests::suites::exceptions::Score;
use doorward_tests::suites::structured::{published, reading};
use doorward_tests::suites::vectors;
use serde_json::Value;

#[test]
fn fields_are_read_as_published() {
    let Some(folder) = vectors::folder("structured-fields") else { return };
    let mut score = Score::new("structured-fields");
    for (file, path) in vectors::files(&folder) {
        if !file.ends_with(".json") {
            continue;
        }
        for case in vectors::json(&path).as_array().expect("a list of cases") {
            let raw: Vec<&str> =
                case["raw"].as_array().expect("lines").iter().filter_map(Value::as_str).collect();
            let kind = case["header_type"].as_str().expect("a type");
            let expected = match case["must_fail"].as_bool() {
                Some(true) => "refused".to_owned(),
                _ => published(kind, &case["expected"]),
            };
            // Lines of one field are one list (RFC 9651, section 4.2).
            let id = format!("{file}: {}", case["name"].as_str().expect("a name"));
            score.case(&id, &expected, &reading(kind, raw.join(", ").as_bytes()));
        }
    }
    assert_eq!(score.finish(), (235, 0));
}
