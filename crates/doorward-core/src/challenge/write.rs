//! The challenge writer: every parameter is a quoted string, and nothing that is written can leave it.

use crate::text::Digits;
use core::fmt;

/// The buffer cannot hold what has to be written; nothing of it may be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BufferTooShort;

impl fmt::Display for BufferTooShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the buffer is too short for the fields of the answer")
    }
}

impl core::error::Error for BufferTooShort {}

/// An authentication scheme that a challenge can ask for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scheme {
    /// A bearer token ([RFC 6750, section 3]).
    ///
    /// [RFC 6750, section 3]: https://www.rfc-editor.org/rfc/rfc6750#section-3
    Bearer,
    /// A token bound to a key, with a proof ([RFC 9449, section 7.1]).
    ///
    /// [RFC 9449, section 7.1]: https://www.rfc-editor.org/rfc/rfc9449#section-7.1
    Dpop,
    /// User name and password ([RFC 7617, section 2]).
    ///
    /// [RFC 7617, section 2]: https://www.rfc-editor.org/rfc/rfc7617#section-2
    Basic,
}

impl Scheme {
    /// The name as it is registered.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Dpop => "DPoP",
            Self::Basic => "Basic",
        }
    }
}

/// Writes one challenge: `Scheme name="value", name="value"`.
///
/// Values are always quoted, `"` and `\` are escaped, and a byte that no field value may hold (CR, LF, NUL and other
/// controls, and everything outside ASCII) becomes a space, so that no value can end its field ([RFC 9110, section 5.5]).
///
/// [RFC 9110, section 5.5]: https://www.rfc-editor.org/rfc/rfc9110#section-5.5
#[derive(Debug)]
pub struct Writer<'o> {
    out: &'o mut [u8],
    len: usize,
    parameters: usize,
    short: bool,
}

impl<'o> Writer<'o> {
    /// Begins a challenge for `scheme` at the front of `out`.
    #[must_use]
    pub fn new(scheme: Scheme, out: &'o mut [u8]) -> Self {
        let mut writer = Self { out, len: 0, parameters: 0, short: false };
        writer.raw(scheme.name());
        writer
    }

    /// Adds a parameter with this value.
    pub fn parameter(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.list(name, [value].into_iter())
    }

    /// Adds a parameter whose value is this number.
    pub fn number(&mut self, name: &'static str, value: u64) -> &mut Self {
        self.parameter(name, Digits::of(value).text())
    }

    /// Adds a parameter whose value is these words, separated by spaces.
    pub fn list<'v>(&mut self, name: &'static str, words: impl Iterator<Item = &'v str>) -> &mut Self {
        self.raw(if self.parameters == 0 { " " } else { ", " });
        self.parameters += 1;
        self.raw(name);
        self.raw("=\"");
        for (i, word) in words.enumerate() {
            if i > 0 {
                self.byte(b' ');
            }
            for byte in word.bytes() {
                match byte {
                    b'"' | b'\\' => {
                        self.byte(b'\\');
                        self.byte(byte);
                    }
                    b' '..=b'~' => self.byte(byte),
                    _ => self.byte(b' '),
                }
            }
        }
        self.byte(b'"');
        self
    }

    /// The finished challenge and the rest of the buffer.
    ///
    /// # Errors
    ///
    /// [`BufferTooShort`] if any part of it did not fit.
    pub fn finish(self) -> Result<(&'o str, &'o mut [u8]), BufferTooShort> {
        if self.short {
            return Err(BufferTooShort);
        }
        let (text, rest) = self.out.split_at_mut_checked(self.len).ok_or(BufferTooShort)?;
        Ok((core::str::from_utf8(text).map_err(|_| BufferTooShort)?, rest))
    }

    fn raw(&mut self, text: &str) {
        text.bytes().for_each(|byte| self.byte(byte));
    }

    fn byte(&mut self, byte: u8) {
        match self.out.get_mut(self.len) {
            Some(slot) => {
                *slot = byte;
                self.len += 1;
            }
            None => self.short = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::{String, ToString};

    fn written(value: &str) -> String {
        let mut out = [0; 128];
        let mut writer = Writer::new(Scheme::Bearer, &mut out);
        writer.parameter("realm", value);
        writer.finish().unwrap().0.to_string()
    }

    /// H-GRAM-06, H-GRAM-11, H-GRAM-12.
    #[test]
    fn no_value_can_leave_its_quotes() {
        assert_eq!(written("orders"), r#"Bearer realm="orders""#);
        assert_eq!(written(r#"a"b\c"#), r#"Bearer realm="a\"b\\c""#);
        assert_eq!(written("a\r\nX: y\0"), "Bearer realm=\"a  X: y \"");
        assert_eq!(written("caf\u{e9}"), "Bearer realm=\"caf  \"");
    }

    #[test]
    fn parameters_numbers_and_lists_are_joined() {
        let mut out = [0; 128];
        let mut writer = Writer::new(Scheme::Dpop, &mut out);
        writer.list("algs", ["ES256", "Ed25519"].into_iter()).number("max_age", 0).number("x", u64::MAX);
        let (text, rest) = writer.finish().unwrap();
        assert_eq!(text, r#"DPoP algs="ES256 Ed25519", max_age="0", x="18446744073709551615""#);
        assert_eq!(rest.len(), 128 - text.len());
    }

    #[test]
    fn a_short_buffer_is_an_error_at_every_length() {
        let full = written("orders").len();
        for len in 0..full {
            let mut out = [0; 128];
            let mut writer = Writer::new(Scheme::Bearer, &mut out[..len]);
            writer.parameter("realm", "orders");
            assert!(writer.finish().is_err(), "{len}");
        }
    }
}
