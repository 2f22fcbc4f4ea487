//! From JSON text to the tree.
//!
//! Strict as [RFC 8259] has it, and duplicate names are refused. `serde_json` is not used: it drops the
//! places of values, and with them every line and column of an error.
//!
//! [RFC 8259]: https://www.rfc-editor.org/rfc/rfc8259

use super::document::{DEPTH, Lines, Member, Node, Value, place_of_element, place_of_member, shown};
use super::json_string;
use crate::error::{LoadError, LoadErrors};
use std::collections::HashMap;

/// Reads a JSON text.
///
/// # Errors
///
/// Text that is not JSON, a byte order mark, names given twice, and values that nest too deep.
pub(super) fn read(text: &str, lines: &Lines<'_>) -> Result<Node, LoadErrors> {
    if text.starts_with('\u{feff}') {
        let fault = LoadError::new("", "expected JSON without a byte order mark, found one");
        return Err(fault.at(lines.position(0)).with_help("save the file as UTF-8 without BOM").into());
    }
    let mut reader = Reader { text, lines, offset: 0, duplicates: Vec::new() };
    let root = reader.document()?;
    match LoadErrors::from_vec(reader.duplicates) {
        Some(errors) => Err(errors),
        None => Ok(root),
    }
}

struct Reader<'t> {
    text: &'t str,
    lines: &'t Lines<'t>,
    offset: usize,
    duplicates: Vec<LoadError>,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<Node, LoadError> {
        let root = self.node("", 0)?;
        self.skip_space();
        match self.peek() {
            None => Ok(root),
            Some(_) => Err(self.expected("", "the end of the text")),
        }
    }

    fn node(&mut self, place: &str, depth: usize) -> Result<Node, LoadError> {
        self.skip_space();
        let start = self.offset;
        let value = match self.peek() {
            Some(b'{' | b'[') if depth >= DEPTH => {
                let message = format!("expected at most {DEPTH} levels of nesting, found more");
                return Err(self.fault(place, message));
            }
            Some(b'{') => self.table(place, depth.saturating_add(1))?,
            Some(b'[') => self.array(place, depth.saturating_add(1))?,
            Some(b'"') => Value::String(self.string(place)?),
            Some(b'-' | b'0'..=b'9') => self.number(place)?,
            Some(b'a'..=b'z') => self.word(place)?,
            _ => return Err(self.expected(place, "a value")),
        };
        Ok(Node { start, value })
    }

    fn table(&mut self, place: &str, depth: usize) -> Result<Value, LoadError> {
        let mut members = Vec::new();
        let mut first_at: HashMap<String, usize> = HashMap::new();
        self.advance();
        self.skip_space();
        if self.take(b'}') {
            return Ok(Value::Table(members));
        }
        loop {
            self.skip_space();
            let name_start = self.offset;
            if self.peek() != Some(b'"') {
                return Err(self.expected(place, "a name in double quotes"));
            }
            let name = self.string(place)?;
            match first_at.get(&name) {
                Some(first) => {
                    let line = self.lines.position(*first).line;
                    let message = format!("key `{}` given twice, first on line {line}", shown(&name));
                    self.duplicates.push(LoadError::new(place, message).at(self.lines.position(name_start)));
                }
                None => {
                    first_at.insert(name.clone(), name_start);
                }
            }
            self.skip_space();
            if !self.take(b':') {
                return Err(self.expected(&place_of_member(place, &name), "`:`"));
            }
            let node = self.node(&place_of_member(place, &name), depth)?;
            members.push(Member { name, name_start, node });
            self.skip_space();
            if self.take(b'}') {
                return Ok(Value::Table(members));
            }
            if !self.take(b',') {
                return Err(self.expected(place, "`,` or `}`"));
            }
        }
    }

    fn array(&mut self, place: &str, depth: usize) -> Result<Value, LoadError> {
        let mut elements = Vec::new();
        self.advance();
        self.skip_space();
        if self.take(b']') {
            return Ok(Value::Array(elements));
        }
        loop {
            elements.push(self.node(&place_of_element(place, elements.len()), depth)?);
            self.skip_space();
            if self.take(b']') {
                return Ok(Value::Array(elements));
            }
            if !self.take(b',') {
                return Err(self.expected(place, "`,` or `]`"));
            }
        }
    }

    fn string(&mut self, place: &str) -> Result<String, LoadError> {
        let rest = self.text.get(self.offset..).unwrap_or_default();
        match json_string::unescape(rest) {
            Ok((string, length)) => {
                self.offset = self.offset.saturating_add(length);
                Ok(string)
            }
            Err((message, at)) => {
                self.offset = self.offset.saturating_add(at);
                Err(self.fault(place, message))
            }
        }
    }

    /// `number = [ minus ] int [ frac ] [ exp ]`
    fn number(&mut self, place: &str) -> Result<Value, LoadError> {
        let start = self.offset;
        self.take(b'-');
        if self.take(b'0') {
            if matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(self.fault(place, "expected no digit after a number's leading zero, found one"));
            }
        } else {
            self.digits(place)?;
        }
        let mut whole = true;
        if self.take(b'.') {
            whole = false;
            self.digits(place)?;
        }
        if self.take(b'e') || self.take(b'E') {
            whole = false;
            if !self.take(b'-') {
                self.take(b'+');
            }
            self.digits(place)?;
        }
        let text = self.text.get(start..self.offset).unwrap_or_default();
        Ok(match text.parse() {
            Ok(number) if whole => Value::Integer(number),
            _ => Value::Float(text.to_owned()),
        })
    }

    fn digits(&mut self, place: &str) -> Result<(), LoadError> {
        let start = self.offset;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.advance();
        }
        if self.offset == start { Err(self.expected(place, "a digit")) } else { Ok(()) }
    }

    fn word(&mut self, place: &str) -> Result<Value, LoadError> {
        let rest = self.text.get(self.offset..).unwrap_or_default();
        let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let value = match rest.get(..length) {
            Some("true") => Value::Boolean(true),
            Some("false") => Value::Boolean(false),
            Some("null") => Value::Null,
            _ => return Err(self.expected(place, "a value")),
        };
        self.offset = self.offset.saturating_add(length);
        Ok(value)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.advance();
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    fn advance(&mut self) {
        self.offset = self.offset.saturating_add(1);
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.advance();
        }
        found
    }

    fn fault(&self, place: &str, message: impl Into<String>) -> LoadError {
        LoadError::new(place, message).at(self.lines.position(self.offset))
    }

    /// Says what was found by its kind alone: what stands here may be a secret that lost its quotes.
    fn expected(&self, place: &str, what: &str) -> LoadError {
        let found = match self.peek() {
            None => "the end of the text",
            Some(b'{') => "`{`",
            Some(b'}') => "`}`",
            Some(b'[') => "`[`",
            Some(b']') => "`]`",
            Some(b':') => "`:`",
            Some(b',') => "`,`",
            Some(b'"') => "a string",
            Some(b'\'') => "a single quote",
            Some(b'/' | b'#') => "a comment",
            Some(b'-' | b'0'..=b'9') => "a number",
            Some(byte) if byte.is_ascii_alphabetic() => "a bare word",
            Some(_) => "a character that JSON does not allow here",
        };
        self.fault(place, format!("expected {what}, found {found}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        read(text, &Lines::new(text)).unwrap_or_else(|errors| panic!("{errors}")).value
    }

    fn fault(text: &str) -> String {
        match read(text, &Lines::new(text)) {
            Ok(_) => panic!("{text} was read"),
            Err(errors) => errors.to_string(),
        }
    }

    #[test]
    fn members_keep_the_order_and_the_places_of_the_text() {
        let Value::Table(members) = value("{\"z\": 1,\n \"a\" : [true, null]}") else { panic!("a table") };
        let places: Vec<_> = members.iter().map(|m| (m.name.as_str(), m.name_start, m.node.start)).collect();
        assert_eq!(places, [("z", 1, 6), ("a", 10, 16)]);
    }

    #[test]
    fn numbers_follow_the_grammar_and_keep_their_text() {
        for (text, kept) in [("0", "0"), ("-7", "-7"), ("1.50e+3", "1.50e+3"), ("2E9", "2E9")] {
            assert_eq!(value(text).number_text().unwrap(), kept);
        }
        assert_eq!(value("18446744073709551616").number_text().unwrap(), "18446744073709551616");
        for text in ["01", "-", "1.", ".5", "+1", "1e", "0x1", "1_0", "NaN", "-Infinity", "--1"] {
            assert!(fault(text).contains("expected"), "{text}");
        }
    }

    #[test]
    fn errors_have_line_column_and_place() {
        assert_eq!(
            fault("{\"routes\": [\n  {\"path\" \"/\"}]}"),
            "2:11: routes[0].path: expected `:`, found a string"
        );
        assert_eq!(fault("{\"ä\": 1,}"), "1:9: expected a name in double quotes, found `}`");
        assert_eq!(fault("[1 2]"), "1:4: expected `,` or `]`, found a number");
        assert_eq!(fault("[1,]"), "1:4: [1]: expected a value, found `]`");
        assert_eq!(fault("{} // x"), "1:4: expected the end of the text, found a comment");
        assert_eq!(fault(""), "1:1: expected a value, found the end of the text");
        assert_eq!(fault("{\"a\": 'x'}"), "1:7: a: expected a value, found a single quote");
    }

    #[test]
    fn a_name_given_twice_is_refused_also_when_it_is_escaped() {
        assert_eq!(
            fault("{\"realm\": \"a\",\n\"real\\u006d\": \"b\",\n\"k\": {\"x\": 1, \"x\": 1}}"),
            "2:1: key `realm` given twice, first on line 1\n3:15: k: key `x` given twice, first on line 3"
        );
    }

    #[test]
    fn a_byte_order_mark_is_refused_by_name() {
        assert_eq!(
            fault("\u{feff}{}"),
            "1:1: expected JSON without a byte order mark, found one: save the file as UTF-8 without BOM"
        );
    }

    #[test]
    fn nesting_is_bounded() {
        value(&format!("{}{}", "[".repeat(DEPTH), "]".repeat(DEPTH)));
        assert!(fault(&"[".repeat(DEPTH + 1)).contains("1:65: "));
        assert!(
            fault(&"{\"a\":".repeat(100_000)).ends_with("expected at most 64 levels of nesting, found more")
        );
    }

    #[test]
    fn a_secret_without_quotes_is_not_shown() {
        let text = "{\"k\": hunter2}";
        assert_eq!(fault(text), "1:7: k: expected a value, found a bare word");
    }
}
