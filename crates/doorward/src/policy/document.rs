//! A policy file as a tree that remembers where each part of it stands.

use crate::error::Position;

/// A value and where it begins.
///
/// There is no `Debug`: an inline key is a secret.
pub(super) struct Node {
    /// The offset of its first byte.
    pub(super) start: usize,
    /// The value.
    pub(super) value: Value,
}

/// What TOML and JSON can say.
pub(super) enum Value {
    /// Named values in the order of the text; no name occurs twice.
    Table(Vec<Member>),
    /// Values in order.
    Array(Vec<Node>),
    /// A string without its quotes and escapes.
    String(String),
    /// A whole number.
    Integer(i64),
    /// Any other number: its JSON text, or TOML's `inf` and `nan`.
    Float(String),
    /// `true` or `false`.
    Boolean(bool),
    /// JSON's `null`.
    Null,
    /// TOML's dates and times, in the form of RFC 3339. No key of a policy takes one.
    Datetime(String),
}

/// One named value of a table.
pub(super) struct Member {
    /// The name without its quotes and escapes.
    pub(super) name: String,
    /// The offset of the name's first byte, its quote included.
    pub(super) name_start: usize,
    /// The value.
    pub(super) node: Node,
}

impl Value {
    /// What it is, with its article, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Table(_) => "a table",
            Self::Array(_) => "an array",
            Self::String(_) => "a string",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a number that is not an integer of 64 bits",
            Self::Boolean(true) => "`true`",
            Self::Boolean(false) => "`false`",
            Self::Null => "`null`",
            Self::Datetime(_) => "a date or time",
        }
    }

    /// The text of a number as JSON writes it; `None` for other values and for TOML's `inf` and `nan`.
    pub(super) fn number_text(&self) -> Option<String> {
        match self {
            Self::Integer(number) => Some(number.to_string()),
            Self::Float(text) if !text.ends_with("inf") && !text.ends_with("nan") => Some(text.clone()),
            _ => None,
        }
    }
}

/// How deep tables and arrays of a policy may nest, inline keys included: ours use eight levels.
pub(super) const DEPTH: usize = 64;

/// The place of a member or element below `place`, as messages show it.
pub(super) fn place_of_member(place: &str, name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let name = if !name.is_empty() && name.bytes().all(plain) {
        name.to_owned()
    } else {
        format!("\"{}\"", shown(name))
    };
    if place.is_empty() { name } else { format!("{place}.{name}") }
}

/// The place of an element below `place`, as messages show it.
pub(super) fn place_of_element(place: &str, index: usize) -> String {
    format!("{place}[{index}]")
}

/// The longest piece of a policy's own text that a message repeats, in characters.
const SHOWN: usize = 80;

/// A piece of the policy's own text, made fit for one line of a message.
pub(super) fn shown(text: &str) -> String {
    let mut line = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == SHOWN {
            line.push('…');
            break;
        }
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

/// How many bytes lie between two known counts of characters.
///
/// A policy on one long line must not make each position a walk over the whole text.
const BLOCK: usize = 256;

/// Turns byte offsets of a text into lines and columns.
pub(super) struct Lines<'t> {
    bytes: &'t [u8],
    /// The offset at which each line begins.
    starts: Vec<usize>,
    /// How many characters begin before each whole block.
    before: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Prepares the text; a leading byte order mark takes no column.
    pub(super) fn new(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }];
        starts.extend(bytes.iter().zip(1..).filter(|(byte, _)| **byte == b'\n').map(|(_, next)| next));
        let mut before = Vec::new();
        let mut count: usize = 0;
        for block in bytes.chunks(BLOCK) {
            before.push(count);
            count = count.saturating_add(characters(block));
        }
        before.push(count);
        Self { bytes, starts, before }
    }

    /// The line and column of the character at `offset`; the end of the text for offsets beyond it.
    pub(super) fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.bytes.len());
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let column = self.characters_before(offset).saturating_sub(self.characters_before(start));
        Position { line, column: column.saturating_add(1) }
    }

    fn characters_before(&self, offset: usize) -> usize {
        let block = offset / BLOCK;
        let rest = self.bytes.get(block.saturating_mul(BLOCK)..offset).unwrap_or_default();
        self.before.get(block).copied().unwrap_or_default().saturating_add(characters(rest))
    }
}

/// How many characters begin in these bytes of UTF-8.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(text: &str, offset: usize) -> (usize, usize) {
        let Position { line, column } = Lines::new(text).position(offset);
        (line, column)
    }

    #[test]
    fn columns_count_characters_and_lines_end_at_the_line_feed() {
        assert_eq!(position("", 0), (1, 1));
        assert_eq!(position("ä=1\r\nb=2", 3), (1, 3));
        assert_eq!(position("ä=1\r\nb=2", 6), (2, 1));
        assert_eq!(position("a\n", 2), (2, 1));
        assert_eq!(position("a", 99), (1, 2));
        assert_eq!(position("\u{feff}a", 3), (1, 1));
    }

    #[test]
    fn positions_beyond_a_block_are_those_of_a_plain_count() {
        let text = "äb\n€".repeat(500);
        let lines = Lines::new(&text);
        for (offset, _) in text.char_indices() {
            let before = text.get(..offset).unwrap();
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            assert_eq!(lines.position(offset), Position { line, column });
        }
    }

    #[test]
    fn places_quote_names_that_are_not_plain() {
        assert_eq!(place_of_member("", "routes"), "routes");
        assert_eq!(place_of_element("routes", 2), "routes[2]");
        assert_eq!(place_of_member("issuers", "a b\n"), "issuers.\"a b\\n\"");
    }
}
