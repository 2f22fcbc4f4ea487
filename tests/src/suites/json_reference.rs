//! JSON as `serde_json` reads it, with the facts kept that it throws away by default: repeated names, the order of
//! members, and numbers as they were written.

use doorward_core::limits;
use doorward_core::wire::json::{Str, Value};
use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// An object, every member in order.
    Object(Vec<(String, Tree)>),
    /// An array.
    Array(Vec<Tree>),
    /// A string, without its escapes.
    String(String),
    /// A number, as written.
    Number(String),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
}

impl Tree {
    /// Reads a text, or `None` where `serde_json` refuses it.
    #[must_use]
    pub fn read(text: &[u8]) -> Option<Self> {
        let text = core::str::from_utf8(text).ok()?;
        Self::of(serde_json::from_str(text).ok()?)
    }

    fn of(raw: &RawValue) -> Option<Self> {
        let text = raw.get();
        Some(match text.as_bytes().first()? {
            b'{' => {
                let mut reader = serde_json::Deserializer::from_str(text);
                let members = reader.deserialize_map(Members).ok()?;
                let read = members.into_iter().map(|(name, raw)| Some((name, Self::of(raw)?)));
                Self::Object(read.collect::<Option<_>>()?)
            }
            b'[' => {
                let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                Self::Array(elements.into_iter().map(Self::of).collect::<Option<_>>()?)
            }
            b'"' => Self::String(serde_json::from_str(text).ok()?),
            b't' | b'f' => Self::Bool(serde_json::from_str(text).ok()?),
            b'n' => Self::Null,
            _ => Self::Number(text.to_owned()),
        })
    }

    /// Whether the core refuses this value although `serde_json` takes it: a repeated name in any object, too deep
    /// nesting, or more members open at once than there are slots.
    #[must_use]
    pub fn is_beyond_the_core(&self, slots: usize) -> bool {
        self.is_beyond(slots, limits::JSON_DEPTH)
    }

    fn is_beyond(&self, slots: usize, depth: usize) -> bool {
        match self {
            Self::Object(members) => {
                let repeated =
                    |at: usize, name: &str| members.iter().take(at).any(|(other, _)| other == name);
                depth == 0
                    || members.iter().enumerate().any(|(at, (name, value))| {
                        at >= slots || repeated(at, name) || value.is_beyond(slots - at - 1, depth - 1)
                    })
            }
            Self::Array(elements) => {
                depth == 0 || elements.iter().any(|element| element.is_beyond(slots, depth - 1))
            }
            _ => false,
        }
    }

    /// Whether a value of the core is this one, all the way down.
    #[must_use]
    pub fn is(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Object(members), Value::Object(_)) => {
                let mut found = value.members();
                let same = |(name, tree): &(String, Self)| {
                    found.next().is_some_and(|(found, value)| text(&found) == *name && tree.is(&value))
                };
                members.iter().all(same) && found.next().is_none()
            }
            (Self::Array(elements), Value::Array(_)) => {
                let mut found = value.elements();
                let same = |tree: &Self| found.next().is_some_and(|value| tree.is(&value));
                elements.iter().all(same) && found.next().is_none()
            }
            (Self::String(string), Value::String(found)) => text(found) == *string && *found == **string,
            (Self::Number(number), Value::Number(found)) => number == found,
            (Self::Bool(bool), Value::Bool(found)) => bool == found,
            (Self::Null, Value::Null) => true,
            _ => false,
        }
    }
}

/// A string of the core without its escapes.
fn text(string: &Str<'_>) -> String {
    let mut out = vec![0; string.raw_len()];
    string.decode(&mut out).unwrap_or("\u{fffd} not decoded").to_owned()
}

/// Collects the members of an object without making one of two.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_names_and_numbers_are_kept_as_written() {
        let tree = Tree::read(br#"{"a":1.0,"a":[1e400,"\u0061",null]}"#).unwrap();
        let number = |text: &str| Tree::Number(text.to_owned());
        let list = vec![number("1e400"), Tree::String("a".to_owned()), Tree::Null];
        let members = vec![("a".to_owned(), number("1.0")), ("a".to_owned(), Tree::Array(list))];
        assert_eq!(tree, Tree::Object(members));
        assert!(tree.is_beyond_the_core(8));
    }

    #[test]
    fn what_the_grammar_forbids_is_not_read() {
        for bad in ["", "01", "[1,]", "\"\\ud800\"", "{\"a\":\"\\ud800\"}", "[[[\u{1}]]]", "{}x", "[1e]"] {
            assert_eq!(Tree::read(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn members_count_only_while_their_object_is_open() {
        let beyond = |text: &str, slots| Tree::read(text.as_bytes()).unwrap().is_beyond_the_core(slots);
        assert!(!beyond(r#"{"a":{"b":1},"c":{"d":1}}"#, 3) && beyond(r#"{"a":{"b":1},"c":{"d":1}}"#, 2));
        assert!(!beyond(r#"[{"b":1},{"c":1}]"#, 1) && !beyond("{}", 0));
    }
}
