//! JSON that may hold secrets: its texts are wiped when it is dropped.

use doorward_core::wire::Scratch;
use doorward_core::wire::json::{Member, scan};
use serde_json::Value;
use zeroize::Zeroize as _;

/// A JSON value whose texts are wiped.
pub(super) struct Wiped(pub(super) Value);

impl Wiped {
    /// Reads a text; `None` if it is no JSON object, or if one name occurs twice in it: two readers would not agree on what it says.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut members = vec![Member::default(); Scratch::MEMBERS];
        scan(text.trim_ascii().as_bytes(), &mut members, |_, _| {}).ok()?;
        serde_json::from_str(text).ok().map(Self)
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// As deep as the reader goes, which is 128 levels.
fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(list) => list.iter_mut().for_each(wipe),
        Value::Object(map) => map.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
