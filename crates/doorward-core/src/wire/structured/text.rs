//! Byte sequences and display strings: what is decoded while it is walked.

use super::super::Malformed;
use super::super::form::hex;
use super::cursor::Cursor;

/// Bytes, as base64 ([RFC 9651, section 3.3.5]).
///
/// [RFC 9651, section 3.3.5]: https://www.rfc-editor.org/rfc/rfc9651#section-3.3.5
#[derive(Clone, Copy)]
pub struct ByteSequence<'a> {
    /// Without its padding.
    text: &'a [u8],
}

impl<'a> ByteSequence<'a> {
    /// Padding may be missing, and its bits may be anything ([RFC 9651, section 4.2.7]).
    ///
    /// [RFC 9651, section 4.2.7]: https://www.rfc-editor.org/rfc/rfc9651#section-4.2.7
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        cursor.pass();
        let text = cursor.take_while(|byte| digit(byte).is_some());
        let padding = cursor.take_while(|byte| byte == b'=');
        let whole = match text.len() % 4 {
            0 => padding.is_empty(),
            2 => matches!(padding.len(), 0 | 2),
            3 => matches!(padding.len(), 0 | 1),
            _ => false,
        };
        if whole && cursor.eat(b':') { Ok(Self { text }) } else { Err(Malformed) }
    }

    /// The bytes.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + use<'a> {
        self.text.chunks(4).flat_map(|chunk| {
            let bits = chunk
                .iter()
                .fold(0_u32, |bits, byte| bits << 6 | u32::from(digit(*byte).unwrap_or_default()));
            let missing = 4_usize.saturating_sub(chunk.len());
            let bits = (0..missing).fold(bits, |bits, _| bits << 6);
            let [_, bytes @ ..] = bits.to_be_bytes();
            bytes.into_iter().take(3_usize.saturating_sub(missing))
        })
    }
}

impl core::fmt::Debug for ByteSequence<'_> {
    /// Shows the length only: it may be a signature or a key.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "ByteSequence({} bytes)", self.bytes().count())
    }
}

/// The six bits for which a character of base64 stands.
const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// Text of any characters, percent-encoded ([RFC 9651, section 3.3.8]).
///
/// [RFC 9651, section 3.3.8]: https://www.rfc-editor.org/rfc/rfc9651#section-3.3.8
#[derive(Clone, Copy)]
pub struct DisplayString<'a> {
    text: &'a [u8],
}

impl<'a> DisplayString<'a> {
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        cursor.pass();
        if !cursor.eat(b'"') {
            return Err(Malformed);
        }
        let text = cursor.take_while(|byte| matches!(byte, b' '..=b'~') && byte != b'"');
        if !cursor.eat(b'"') {
            return Err(Malformed);
        }
        let mut rest = text.iter();
        while let Some(byte) = rest.next() {
            let lower = |digit: Option<&u8>| matches!(digit, Some(b'0'..=b'9' | b'a'..=b'f'));
            if *byte == b'%' && !(lower(rest.next()) && lower(rest.next())) {
                return Err(Malformed);
            }
        }
        let string = Self { text };
        if is_utf8(string.bytes()) { Ok(string) } else { Err(Malformed) }
    }

    /// The text as UTF-8.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + use<'a> {
        let mut rest = self.text;
        core::iter::from_fn(move || {
            let (byte, behind) = match rest {
                [b'%', high, low, behind @ ..] => (hex(*high)? << 4 | hex(*low)?, behind),
                [byte, behind @ ..] => (*byte, behind),
                [] => return None,
            };
            rest = behind;
            Some(byte)
        })
    }
}

impl core::fmt::Debug for DisplayString<'_> {
    /// Shows the length only.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "DisplayString({} bytes)", self.text.len())
    }
}

/// Whether bytes that come one by one are UTF-8.
fn is_utf8(mut bytes: impl Iterator<Item = u8>) -> bool {
    while let Some(first) = bytes.next() {
        let len = match first {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => 1,
        };
        let mut char = [first, 0, 0, 0];
        for slot in char.iter_mut().take(len).skip(1) {
            let Some(byte) = bytes.next() else { return false };
            *slot = byte;
        }
        if char.get(..len).is_none_or(|char| core::str::from_utf8(char).is_err()) {
            return false;
        }
    }
    true
}
