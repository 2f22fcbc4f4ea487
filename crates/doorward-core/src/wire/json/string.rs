//! JSON strings as they stand in the text, compared and copied without their escapes.

use crate::wire::Malformed;
use crate::wire::form::hex;

/// The inside of a JSON string that [`super::scan`] has passed.
#[derive(Clone, Copy)]
pub struct Str<'j> {
    raw: &'j str,
    spelling: Spelling,
}

/// Whether there are escapes in a string. As wide as a word: with a `bool` and its padding a `Str` is copied in pieces, and
/// each copy then waits for the stores before it.
#[derive(Clone, Copy, Debug)]
#[repr(usize)]
enum Spelling {
    Plain,
    Escaped,
}

impl<'j> Str<'j> {
    /// The text between the quotes; `escaped` says whether there is a backslash in it.
    pub(super) const fn new(raw: &'j str, escaped: bool) -> Self {
        Self { raw, spelling: if escaped { Spelling::Escaped } else { Spelling::Plain } }
    }

    /// The value, where the text is the value.
    #[must_use]
    pub const fn plain(&self) -> Option<&'j str> {
        match self.spelling {
            Spelling::Plain => Some(self.raw),
            Spelling::Escaped => None,
        }
    }

    /// The text between the quotes, as it stands.
    pub(super) const fn raw(&self) -> &'j str {
        self.raw
    }

    /// Whether the value is empty.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// The bytes of the value, as UTF-8.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + use<'j> {
        Unescape { rest: self.raw.as_bytes(), pending: [0; 4], from: 4 }
    }

    /// Whether the value begins with `prefix`.
    #[must_use]
    pub fn starts_with(&self, prefix: &str) -> bool {
        match self.plain() {
            Some(plain) => plain.starts_with(prefix),
            None => {
                let mut bytes = self.bytes();
                prefix.bytes().all(|byte| bytes.next() == Some(byte))
            }
        }
    }

    /// The value, borrowed where it can be, else copied to the front of `out`.
    ///
    /// # Errors
    ///
    /// [`Malformed`] if `out` is shorter than the value; it never needs more than the text between the quotes.
    pub fn decode<'o>(&self, out: &'o mut [u8]) -> Result<&'o str, Malformed>
    where
        'j: 'o,
    {
        if let Some(plain) = self.plain() {
            return Ok(plain);
        }
        let mut len = 0;
        for byte in self.bytes() {
            *out.get_mut(len).ok_or(Malformed)? = byte;
            len += 1;
        }
        core::str::from_utf8(out.get(..len).ok_or(Malformed)?).map_err(|_| Malformed)
    }

    /// The length of the text between the quotes: an upper bound for the value's.
    #[must_use]
    pub const fn raw_len(&self) -> usize {
        self.raw.len()
    }
}

impl core::fmt::Debug for Str<'_> {
    /// Shows the length only: the text may be personal or a secret.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Str({} bytes)", self.raw.len())
    }
}

impl PartialEq<str> for Str<'_> {
    fn eq(&self, other: &str) -> bool {
        match self.plain() {
            Some(plain) => plain == other,
            None => self.bytes().eq(other.bytes()),
        }
    }
}

impl PartialEq for Str<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self.plain(), other.plain()) {
            (Some(a), Some(b)) => a == b,
            _ => self.bytes().eq(other.bytes()),
        }
    }
}

/// Walks the value's bytes; on text that the scan refused it stops early instead of failing.
struct Unescape<'j> {
    rest: &'j [u8],
    /// UTF-8 of the last `\u` escape, right-aligned.
    pending: [u8; 4],
    from: usize,
}

impl Iterator for Unescape<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        if let Some(byte) = self.pending.get(self.from) {
            self.from += 1;
            return Some(*byte);
        }
        let (byte, rest) = match self.rest {
            [] => return None,
            [b'\\', b'u', rest @ ..] => {
                let (char, rest) = unicode_escape(rest)?;
                let mut utf8 = [0; 4];
                let len = char.encode_utf8(&mut utf8).len();
                self.from = 4 - len;
                for (to, from) in self.pending.iter_mut().skip(self.from).zip(utf8) {
                    *to = from;
                }
                self.rest = rest;
                return self.next();
            }
            [b'\\', escape, rest @ ..] => (simple_escape(*escape)?, rest),
            [byte, rest @ ..] => (*byte, rest),
        };
        self.rest = rest;
        Some(byte)
    }
}

/// What stands for `\` and this letter.
pub(super) const fn simple_escape(letter: u8) -> Option<u8> {
    Some(match letter {
        b'"' | b'\\' | b'/' => letter,
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'f' => 12,
        b'r' => b'\r',
        _ => return None,
    })
}

/// The character of a `\u` escape, of two where the first is a surrogate; `None` for a lone surrogate, which no UTF-8
/// text can hold.
pub(super) fn unicode_escape(text: &[u8]) -> Option<(char, &[u8])> {
    let (unit, rest) = four_hex(text)?;
    if let Some(char) = char::from_u32(unit) {
        return Some((char, rest));
    }
    let [b'\\', b'u', rest @ ..] = rest else { return None };
    let (low, rest) = four_hex(rest)?;
    if !(0xd800..0xdc00).contains(&unit) || !(0xdc00..0xe000).contains(&low) {
        return None;
    }
    let char = char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00))?;
    Some((char, rest))
}

fn four_hex(text: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_first_chunk::<4>()?;
    let mut unit = 0;
    for digit in digits {
        unit = unit << 4 | u32::from(hex(*digit)?);
    }
    Some((unit, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &str) -> Str<'_> {
        Str::new(raw, raw.contains('\\'))
    }

    #[test]
    fn escapes_do_not_hide_equality() {
        assert!(text(r"https:\/\/idp.example") == *"https://idp.example");
        assert!(text("\\u0069ss") == *"iss");
        assert!(text(r"\ud83d\ude00x") == *"\u{1f600}x");
        assert!(text(r"a\u00e9") == text("a\u{e9}"));
        assert!(text("iss ") != *"iss");
        assert!(text(r"\b\t\n\f\r\\") == *"\u{8}\t\n\u{c}\r\\");
    }

    #[test]
    fn prefixes_see_through_escapes() {
        assert!(text(r"\u0061bc").starts_with("ab"));
        assert!(!text(r"\u0061").starts_with("ab"));
    }

    #[test]
    fn values_are_borrowed_or_copied() {
        assert_eq!(text("abc").decode(&mut []), Ok("abc"));
        assert_eq!(text(r"a\/c").decode(&mut [0; 4]), Ok("a/c"));
        assert_eq!(text(r"a\/c").decode(&mut [0; 2]), Err(Malformed));
    }
}
