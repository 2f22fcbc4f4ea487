//! A position in a JSON text, and the checked steps that move it past white space, strings, numbers and words.

use super::string::{Str, simple_escape, unicode_escape};
use crate::wire::Malformed;

pub(super) struct Cursor<'j> {
    text: &'j str,
    at: usize,
}

impl<'j> Cursor<'j> {
    pub(super) const fn new(text: &'j str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    /// The text from `start` up to here.
    pub(super) fn since(&self, start: usize) -> &'j str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// The next byte after white space, not yet passed; zero, which no text may hold there, at the end.
    pub(super) fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return *byte;
            }
            self.at += 1;
        }
        0
    }

    /// Whether nothing but white space is left.
    pub(super) fn at_end(&mut self) -> bool {
        self.peek();
        self.at == self.text.len()
    }

    /// Passes the byte that [`Self::peek`] has shown.
    pub(super) const fn pass(&mut self) {
        self.at += 1;
    }

    /// Passes `byte`, after white space.
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.peek() != byte {
            return Err(Malformed);
        }
        self.pass();
        Ok(())
    }

    /// Passes one of `true`, `false` and `null`.
    pub(super) fn word(&mut self, word: &str) -> Result<(), Malformed> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(Malformed);
        }
        self.at += word.len();
        Ok(())
    }

    /// Passes a string with its quotes and checks its escapes.
    pub(super) fn string(&mut self) -> Result<Str<'j>, Malformed> {
        self.expect(b'"')?;
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += plain_len(self.rest());
            match self.rest() {
                [b'"', ..] => {
                    let inside = self.since(start);
                    self.pass();
                    return Ok(Str::new(inside, escaped));
                }
                [b'\\', b'u', rest @ ..] => {
                    escaped = true;
                    let (_, after) = unicode_escape(rest).ok_or(Malformed)?;
                    self.at = self.text.len() - after.len();
                }
                [b'\\', letter, ..] if simple_escape(*letter).is_some() => {
                    escaped = true;
                    self.at += 2;
                }
                // A control character, an unknown escape or the end of the text.
                _ => return Err(Malformed),
            }
        }
    }

    /// Passes a string of a text that is known to be good.
    pub(super) fn known_string(&mut self) -> Option<Str<'j>> {
        self.pass();
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += plain_len(self.rest());
            match self.rest() {
                [b'"', ..] => {
                    let inside = self.since(start);
                    self.pass();
                    return Some(Str::new(inside, escaped));
                }
                [_, _, ..] => {
                    escaped = true;
                    self.at += 2;
                }
                _ => return None,
            }
        }
    }

    /// Passes a number (RFC 8259, section 6).
    pub(super) fn number(&mut self) -> Result<&'j str, Malformed> {
        let start = self.at;
        if self.rest().first() == Some(&b'-') {
            self.pass();
        }
        match self.rest() {
            [b'0', ..] => self.pass(),
            _ => self.digits()?,
        }
        if self.rest().first() == Some(&b'.') {
            self.pass();
            self.digits()?;
        }
        if matches!(self.rest(), [b'e' | b'E', ..]) {
            self.pass();
            if matches!(self.rest(), [b'+' | b'-', ..]) {
                self.pass();
            }
            self.digits()?;
        }
        Ok(self.since(start))
    }

    /// Passes what looks like a number or a word of a text that is known to be good.
    pub(super) fn known_atom(&mut self) -> &'j str {
        let start = self.at;
        let end = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r');
        self.at += self.rest().iter().position(end).unwrap_or(self.rest().len());
        self.since(start)
    }

    /// Passes an object or array of a text that is known to be good, by its brackets alone.
    pub(super) fn known_container(&mut self) -> &'j str {
        let start = self.at;
        let mut depth = 0_usize;
        while let Some(byte) = self.rest().first() {
            match byte {
                b'"' => {
                    if self.known_string().is_none() {
                        break;
                    }
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.pass();
            if depth == 0 {
                break;
            }
        }
        self.since(start)
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let count = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        if count == 0 { Err(Malformed) } else { Ok(()) }
    }

    fn rest(&self) -> &'j [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }
}

/// How many bytes from the front are neither quote, backslash nor control character; eight at a time.
fn plain_len(text: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    /// The high bit of each byte that is zero; above the first such byte it may err.
    const fn zero_bytes(x: u64) -> u64 {
        x.wrapping_sub(ONES) & !x & HIGH
    }
    let mut len = 0;
    let (words, tail) = text.as_chunks::<8>();
    for word in words {
        let x = u64::from_le_bytes(*word);
        let quote = zero_bytes(x ^ (ONES * 0x22));
        let backslash = zero_bytes(x ^ (ONES * 0x5c));
        let control = x.wrapping_sub(ONES * 0x20) & !x & HIGH;
        let stop = quote | backslash | control;
        if stop != 0 {
            return len + usize::try_from(stop.trailing_zeros() / 8).unwrap_or_default();
        }
        len += 8;
    }
    len + tail.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_plain_run_is_found_at_every_offset() {
        for stop in [b'"', b'\\', 0, 0x1f] {
            for at in 0..20 {
                let mut text = *b"abcdefghijklmnopqrst\x7f\xc3\xa9";
                text[at] = stop;
                assert_eq!(plain_len(&text), at, "{stop} at {at}");
            }
        }
        assert_eq!(plain_len(b"abc\x7f\xc3\xa9 \x20"), 8);
        assert_eq!(plain_len(b""), 0);
    }
}
