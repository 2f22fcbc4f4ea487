//! Answers held against those of the façade, as JSON: texts byte for byte, objects member by member.

use serde_json::Value;
use std::collections::BTreeMap;

use super::tally::Tally;

/// Compares what a host printed with the reference: every case once, and every answer the same.
pub(super) fn compare(set: &str, reference: &[Value], printed: &[String]) -> Tally {
    let mut tally = Tally { cases: count(reference.len()), ..Tally::default() };
    let mut found: BTreeMap<String, Value> = BTreeMap::new();
    for line in printed {
        match serde_json::from_str::<Value>(line) {
            Ok(value) => {
                let name = value.get("case").and_then(Value::as_str).unwrap_or_default().to_owned();
                if found.insert(name.clone(), value).is_some() {
                    tally.faults.push(format!("{set}: {name}: answered twice"));
                }
            }
            Err(error) => tally.faults.push(format!("{set}: a line that is no JSON: {error}")),
        }
    }
    for expected in reference {
        let name = expected.get("case").and_then(Value::as_str).unwrap_or_default();
        match found.remove(name) {
            None => tally.faults.push(format!("{set}: {name}: not answered")),
            Some(actual) => match difference("", expected, &actual) {
                None => tally.same += 1,
                Some(difference) => tally.faults.push(format!("{set}: {name}: {difference}")),
            },
        }
    }
    tally.faults.extend(found.into_keys().map(|name| format!("{set}: {name}: nobody asked")));
    tally
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

/// The first difference between two values, with its place.
fn difference(place: &str, expected: &Value, actual: &Value) -> Option<String> {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            let extra = actual.keys().find(|name| !expected.contains_key(*name));
            if let Some(name) = extra {
                return Some(format!("{place}/{name}: not expected"));
            }
            expected.iter().find_map(|(name, value)| match actual.get(name) {
                None => Some(format!("{place}/{name}: missing")),
                Some(actual) => difference(&format!("{place}/{name}"), value, actual),
            })
        }
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
            let mut pairs = expected.iter().zip(actual).enumerate();
            pairs.find_map(|(at, (expected, actual))| difference(&format!("{place}/{at}"), expected, actual))
        }
        // `1` and `1.0` are one number, in JSON and in JavaScript, where there is no other kind.
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => None,
        _ if expected == actual => None,
        _ => Some(format!("{place}: expected {expected}, found {actual}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn against(printed: &[&str]) -> Tally {
        let answer = json!({"status": 401, "challenges": ["Bearer realm=\"a\""], "path": "/a"});
        let reference =
            [json!({"case": "f#1", "answer": answer}), json!({"case": "f#2", "errors": ["1:1: x"]})];
        let printed: Vec<String> = printed.iter().map(|line| (*line).to_owned()).collect();
        compare("set", &reference, &printed)
    }

    const ONE: &str =
        r#"{"answer":{"path":"/a","status":401.0,"challenges":["Bearer realm=\"a\""]},"case":"f#1"}"#;
    const TWO: &str = r#"{"case":"f#2","errors":["1:1: x"]}"#;

    #[test]
    fn the_order_of_members_and_the_form_of_numbers_do_not_matter() {
        let tally = against(&[TWO, ONE]);
        assert_eq!((tally.same, tally.faults.len()), (2, 0));
    }

    #[test]
    fn one_character_of_a_challenge_is_a_difference() {
        let tally = against(&[&ONE.replace("\\\"a", "\\\"b"), TWO]);
        let fault =
            r#"set: f#1: /answer/challenges/0: expected "Bearer realm=\"a\"", found "Bearer realm=\"b\"""#;
        assert_eq!(tally.faults, [fault]);
        assert_eq!(against(&[ONE, &TWO.replace('x', "y")]).faults.len(), 1);
    }

    #[test]
    fn what_is_missing_extra_or_twice_is_a_fault() {
        assert_eq!(against(&[ONE]).faults, ["set: f#2: not answered"]);
        assert_eq!(against(&[ONE, TWO, TWO]).faults, ["set: f#2: answered twice"]);
        assert_eq!(against(&[ONE, TWO, &TWO.replace("f#2", "f#3")]).faults, ["set: f#3: nobody asked"]);
        assert_eq!(
            against(&[&ONE.replace("\"path\":\"/a\",", ""), TWO]).faults,
            ["set: f#1: /answer/path: missing"]
        );
        let extra = ONE.replace("\"path\"", "\"more\":1,\"path\"");
        assert_eq!(against(&[&extra, TWO]).faults, ["set: f#1: /answer/more: not expected"]);
        assert_eq!(against(&[ONE, TWO, "{"]).faults.len(), 1);
        assert_eq!(against(&[]).faults.len(), 2);
    }
}
