//! A JSON object as the list of its members, each once, with their texts as they stand.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of an object, in order.
pub(crate) struct Members(pub(crate) Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members: Vec<(String, Box<RawValue>)> = Vec::new();
                while let Some((name, value)) = map.next_entry()? {
                    if members.iter().any(|(known, _)| *known == name) {
                        return Err(A::Error::custom(format!("`{name}` is there twice")));
                    }
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

/// The one of `known` that `name` was probably meant to be: at most two letters more, less or other.
pub(crate) fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    known
        .iter()
        .copied()
        .map(|other| (distance(name, other), other))
        .filter(|(far, _)| *far <= 2)
        .min()
        .map(|(_, near)| near)
}

/// How many letters have to be added, removed or replaced to make one of the other.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, from) in left.bytes().enumerate() {
        let mut diagonal = index;
        let mut before = index.saturating_add(1);
        if let Some(first) = row.first_mut() {
            *first = before;
        }
        for (cell, to) in row.iter_mut().skip(1).zip(right.bytes()) {
            let replaced = diagonal.saturating_add(usize::from(from != to));
            diagonal = *cell;
            before = replaced.min(before.saturating_add(1)).min(diagonal.saturating_add(1));
            *cell = before;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_texts_and_stand_once() {
        let members: Members = serde_json::from_str(r#"{"a": {"b":1, "b":2}, "c": true}"#).unwrap();
        let texts: Vec<_> = members.0.iter().map(|(name, value)| (name.as_str(), value.get())).collect();
        assert_eq!(texts, [("a", r#"{"b":1, "b":2}"#), ("c", "true")]);
        assert!(serde_json::from_str::<Members>(r#"{"a": 1, "a": 1}"#).is_err());
        assert!(serde_json::from_str::<Members>("[]").is_err());
    }

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        let known = ["policy", "policy_file", "policy_toml", "body"];
        assert_eq!(nearest("polcy", &known), Some("policy"));
        assert_eq!(nearest("policy_flie", &known), Some("policy_file"));
        assert_eq!(nearest("timeout", &known), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
