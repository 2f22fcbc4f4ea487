//! Strict reading of JSON objects: what is misspelt is named, never passed over.

use crate::policy::nearest::{distance, nearest};
use serde_json::{Map, Value};

/// The members of one object, with the name by which messages call it.
#[derive(Clone, Copy)]
pub(crate) struct Members<'j> {
    place: &'static str,
    map: &'j Map<String, Value>,
}

impl<'j> Members<'j> {
    /// The members of an object that has no others than `known`.
    pub(crate) fn strict(value: &'j Value, place: &'static str, known: &[&str]) -> Result<Self, String> {
        let members = Self::open(value, place)?;
        match members.map.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(unknown(place, name, known)),
            None => Ok(members),
        }
    }

    /// The members of an object where others than `known` are notes for people, unless they look like a misspelling.
    pub(crate) fn with_notes(value: &'j Value, place: &'static str, known: &[&str]) -> Result<Self, String> {
        let members = Self::open(value, place)?;
        // Nearly every short word is near to `id` and `at`, and many a note to some longer name.
        let long = || known.iter().copied().filter(|name| name.len() > 3);
        let misspelt = |name: &&String| {
            !known.contains(&name.as_str())
                && nearest(name, long()).is_some_and(|near| distance(name, near) <= 1)
        };
        match members.map.keys().find(misspelt) {
            Some(name) => Err(unknown(place, name, known)),
            None => Ok(members),
        }
    }

    fn open(value: &'j Value, place: &'static str) -> Result<Self, String> {
        let map = value.as_object().ok_or_else(|| format!("expected {place} as an object"))?;
        Ok(Self { place, map })
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'j Value> {
        self.map.get(name)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'j String, &'j Value)> + use<'j> {
        self.map.iter()
    }

    pub(crate) fn need(&self, name: &str) -> Result<&'j Value, String> {
        self.get(name).ok_or_else(|| format!("missing member `{name}` of {}", self.place))
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<&'j str>, String> {
        let expected = || format!("expected `{name}` of {} as a string", self.place);
        self.get(name).map(|value| value.as_str().ok_or_else(expected)).transpose()
    }

    /// The same where `null` stands for nothing.
    pub(crate) fn optional_text(&self, name: &str) -> Result<Option<&'j str>, String> {
        if self.get(name).is_some_and(Value::is_null) { Ok(None) } else { self.text(name) }
    }

    pub(crate) fn need_text(&self, name: &str) -> Result<&'j str, String> {
        self.need(name)?;
        self.text(name).map(Option::unwrap_or_default)
    }

    pub(crate) fn list(&self, name: &str) -> Result<&'j [Value], String> {
        let expected = || format!("expected `{name}` of {} as an array", self.place);
        let list = self.get(name).map(|value| value.as_array().ok_or_else(expected)).transpose()?;
        Ok(list.map_or(&[], Vec::as_slice))
    }
}

fn unknown(place: &str, name: &str, known: &[&str]) -> String {
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("expected one of {}", known.join(", ")),
    };
    format!("unknown member `{}` of {place}: {help}", name.escape_debug())
}

/// The codes of a closed list, or the first of many.
fn few<'k>(known: impl Iterator<Item = &'k str>) -> String {
    const MOST: usize = 16;
    let known: Vec<&str> = known.collect();
    let more = if known.len() > MOST { ", …" } else { "" };
    format!("{}{more}", known.get(..MOST).unwrap_or(&known).join(", "))
}

/// That a code is one of a closed list.
pub(crate) fn one_of<'k>(
    name: &str,
    code: &str,
    known: impl Iterator<Item = &'k str> + Clone,
) -> Result<(), String> {
    if known.clone().any(|other| other == code) {
        return Ok(());
    }
    let help = match nearest(code, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("expected one of {}", few(known)),
    };
    Err(format!("`{}` is no {name}: {help}", code.escape_debug()))
}
