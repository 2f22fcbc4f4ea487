//! Values of a JSON text that the scan has passed, walked without checking them again.

use super::cursor::Cursor;
use super::string::Str;

/// Where a value stands in a text: its first byte and its length, of a string what is between its quotes. No value of an
/// object's member stands at byte 0, so that such places stand for what has no text of its own.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Place {
    pub(crate) start: u16,
    pub(crate) len: u16,
}

impl Place {
    const TRUE: Self = Self { start: 0, len: 1 };
    const FALSE: Self = Self { start: 0, len: 2 };
    const NULL: Self = Self { start: 0, len: 3 };
}

/// A value: containers and numbers as their text.
#[derive(Clone, Copy)]
pub enum Value<'j> {
    /// An object, with its braces.
    Object(&'j str),
    /// An array, with its brackets.
    Array(&'j str),
    /// A string.
    String(Str<'j>),
    /// A number, as written.
    Number(&'j str),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
}

impl core::fmt::Debug for Value<'_> {
    /// Shows kind and length only: the text may be personal or a secret.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Object(text) => write!(f, "Object({} bytes)", text.len()),
            Self::Array(text) => write!(f, "Array({} bytes)", text.len()),
            Self::String(string) => string.fmt(f),
            Self::Number(text) => write!(f, "Number({} bytes)", text.len()),
            Self::Bool(_) => f.write_str("Bool"),
            Self::Null => f.write_str("Null"),
        }
    }
}

impl<'j> Value<'j> {
    /// Reads the first value of a text that is known to be good.
    pub(super) fn parse(text: &'j str) -> Option<Self> {
        Self::next(&mut Cursor::new(text))
    }

    fn next(cursor: &mut Cursor<'j>) -> Option<Self> {
        Some(match cursor.peek() {
            b'{' => Self::Object(cursor.known_container()),
            b'[' => Self::Array(cursor.known_container()),
            b'"' => Self::String(cursor.known_string()?),
            b't' => {
                cursor.known_atom();
                Self::Bool(true)
            }
            b'f' => {
                cursor.known_atom();
                Self::Bool(false)
            }
            b'n' => {
                cursor.known_atom();
                Self::Null
            }
            0 => return None,
            _ => Self::Number(cursor.known_atom()),
        })
    }

    /// Where the value stands in a text that begins at this address, and from which it was read.
    #[inline]
    pub(crate) fn place_from(&self, start: usize) -> Place {
        let own = match self {
            Self::Object(own) | Self::Array(own) | Self::Number(own) => own,
            Self::String(string) => string.raw(),
            Self::Bool(true) => return Place::TRUE,
            Self::Bool(false) => return Place::FALSE,
            Self::Null => return Place::NULL,
        };
        let start = u16::try_from(own.as_ptr().addr().wrapping_sub(start));
        match (start, u16::try_from(own.len())) {
            (Ok(start), Ok(len)) => Place { start, len },
            // Beyond the longest credential that a policy may allow. What cannot be pointed at must not pass for absent.
            _ => Place::NULL,
        }
    }

    /// The value that [`Self::place_from`] found there in the same text; `None` where there was none.
    #[inline]
    pub(crate) fn at_place(text: &'j str, place: Place) -> Option<Self> {
        let Place { start, len } = place;
        if start == 0 {
            return match place {
                Place::TRUE => Some(Self::Bool(true)),
                Place::FALSE => Some(Self::Bool(false)),
                Place::NULL => Some(Self::Null),
                _ => None,
            };
        }
        let start = usize::from(start);
        let own = text.get(start..start.saturating_add(len.into()))?;
        // Only strings have a quote before them: before other values comes a colon or white space.
        if text.as_bytes().get(start - 1) == Some(&b'"') {
            return Some(Self::String(Str::new(own, own.as_bytes().contains(&b'\\'))));
        }
        Some(match own.as_bytes().first()? {
            b'{' => Self::Object(own),
            b'[' => Self::Array(own),
            _ => Self::Number(own),
        })
    }

    /// The elements of an array; none of anything else.
    pub fn elements(&self) -> impl Iterator<Item = Value<'j>> + use<'j> {
        let mut cursor = Cursor::new(if let Self::Array(text) = self { text } else { "" });
        core::iter::from_fn(move || {
            match cursor.peek() {
                b'[' | b',' => cursor.pass(),
                _ => return None,
            }
            if cursor.peek() == b']' { None } else { Self::next(&mut cursor) }
        })
    }

    /// The members of an object; none of anything else.
    pub fn members(&self) -> impl Iterator<Item = (Str<'j>, Value<'j>)> + use<'j> {
        let mut cursor = Cursor::new(if let Self::Object(text) = self { text } else { "" });
        core::iter::from_fn(move || {
            match cursor.peek() {
                b'{' | b',' => cursor.pass(),
                _ => return None,
            }
            if cursor.peek() != b'"' {
                return None;
            }
            let name = cursor.known_string()?;
            cursor.expect(b':').ok()?;
            Some((name, Self::next(&mut cursor)?))
        })
    }

    /// The member `name` of an object.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<Self> {
        self.members().find(|(found, _)| *found == *name).map(|(_, value)| value)
    }

    /// The string, if it is one.
    #[must_use]
    pub const fn as_str(&self) -> Option<Str<'j>> {
        if let Self::String(string) = self { Some(*string) } else { None }
    }
}

/// The value at a JSON Pointer ([RFC 6901, section 4]) below `root`; the empty pointer is `root` itself.
///
/// [RFC 6901, section 4]: https://www.rfc-editor.org/rfc/rfc6901#section-4
#[must_use]
pub fn pointer<'j>(root: Value<'j>, pointer: &str) -> Option<Value<'j>> {
    let mut value = root;
    for token in pointer.split('/').skip(1) {
        value = match value {
            Value::Object(_) => value.members().find(|(name, _)| token_eq(token, *name))?.1,
            Value::Array(_) => value.elements().nth(index(token)?)?,
            _ => return None,
        };
    }
    Some(value)
}

/// Compares a reference token, in which `~1` is `/` and `~0` is `~`, with a name.
fn token_eq(token: &str, name: Str<'_>) -> bool {
    if !token.contains('~') {
        return name == *token;
    }
    let mut token = token.bytes();
    let unescaped = core::iter::from_fn(|| match token.next()? {
        b'~' => Some(if token.next() == Some(b'1') { b'/' } else { b'~' }),
        byte => Some(byte),
    });
    name.bytes().eq(unescaped)
}

/// An array index: digits without leading zeros.
fn index(token: &str) -> Option<usize> {
    let canonical = token == "0" || !token.starts_with('0');
    let digits = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
    if canonical && digits { token.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::super::{Member, scan_value};
    use super::*;
    use std::format;
    use std::vec::Vec;

    fn at(text: &str, path: &str) -> std::string::String {
        let root = scan_value(text.as_bytes(), &mut [Member::default(); 32]).unwrap();
        pointer(root, path).map_or("-".into(), |value| match value {
            Value::Object(t) | Value::Array(t) | Value::Number(t) => t.into(),
            Value::String(s) => s.decode(&mut [0; 64]).unwrap().into(),
            Value::Bool(b) => format!("{b}"),
            Value::Null => "null".into(),
        })
    }

    #[test]
    fn pointers_reach_what_they_name() {
        let text = r#"{"foo":["bar", "baz"],"":0,"a/b":1,"m~n":8,"k\"l":6," ":7,"o":{"p":[{"q":true},null]},"\u0065":5}"#;
        for (path, expected) in [
            ("/foo", r#"["bar", "baz"]"#),
            ("/foo/0", "bar"),
            ("/foo/1", "baz"),
            ("/foo/2", "-"),
            ("/foo/01", "-"),
            ("/foo/-", "-"),
            ("/", "0"),
            ("/a~1b", "1"),
            ("/m~0n", "8"),
            ("/k\"l", "6"),
            ("/ ", "7"),
            ("/o/p/0/q", "true"),
            ("/o/p/1", "null"),
            ("/o/p/1/x", "-"),
            ("/e", "5"),
            ("/nothing", "-"),
        ] {
            assert_eq!(at(text, path), expected, "{path}");
        }
    }

    #[test]
    fn walking_ends_where_the_container_ends() {
        let root =
            scan_value(br#" [ 1 , "]" , [ ] , { "a" : "}" } ] "#, &mut [Member::default(); 8]).unwrap();
        assert_eq!(root.elements().collect::<Vec<_>>().len(), 4);
        let empty = scan_value(b"[ ]", &mut []).unwrap();
        assert_eq!(empty.elements().count(), 0);
        let empty = scan_value(b"{ }", &mut []).unwrap();
        assert_eq!(empty.members().count(), 0);
    }
}
