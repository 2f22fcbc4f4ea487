//! A position in a JSON text, and the checked steps that move it past white space, strings, numbers and words.

use super::string::{Str, simple_escape, unicode_escape};
use crate::wire::Malformed;

pub(super) struct Cursor<'j> {
    text: &'j str,
    /// What of `text` is not yet passed.
    rest: &'j [u8],
}

impl<'j> Cursor<'j> {
    pub(super) const fn new(text: &'j str) -> Self {
        Self { text, rest: text.as_bytes() }
    }

    pub(super) const fn at(&self) -> usize {
        // INVARIANT: `rest` is the end of `text`.
        self.text.len().wrapping_sub(self.rest.len())
    }

    /// The text from `start` up to here.
    pub(super) fn since(&self, start: usize) -> &'j str {
        self.text.get(start..self.at()).unwrap_or_default()
    }

    /// The next byte after white space, not yet passed; zero, which no text may hold there, at the end.
    #[inline]
    pub(super) fn peek(&mut self) -> u8 {
        match self.rest {
            [byte, ..] if *byte > b' ' => *byte,
            _ => self.peek_past_space(),
        }
    }

    #[cold]
    fn peek_past_space(&mut self) -> u8 {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
        self.rest.first().copied().unwrap_or_default()
    }

    /// Whether nothing but white space is left.
    pub(super) fn at_end(&mut self) -> bool {
        self.peek();
        self.rest.is_empty()
    }

    /// Passes the byte that [`Self::peek`] has shown.
    #[inline]
    pub(super) const fn pass(&mut self) {
        if let [_, rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    /// Passes `byte`, after white space.
    #[inline]
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.peek() != byte {
            return Err(Malformed);
        }
        self.pass();
        Ok(())
    }

    /// Passes one of `true`, `false` and `null`.
    pub(super) fn word(&mut self, word: &str) -> Result<(), Malformed> {
        self.rest = self.rest.strip_prefix(word.as_bytes()).ok_or(Malformed)?;
        Ok(())
    }

    /// Passes a string, whose opening quote [`Self::peek`] has shown, and checks its escapes.
    #[inline]
    pub(super) fn string(&mut self) -> Result<Str<'j>, Malformed> {
        self.pass();
        let start = self.at();
        self.rest = past_plain(self.rest);
        if let [b'"', rest @ ..] = self.rest {
            let inside = self.since(start);
            self.rest = rest;
            return Ok(Str::new(inside, false));
        }
        self.escaped_string(start)
    }

    /// The rest of a string that began at `start` and has an escape or a fault here.
    #[cold]
    fn escaped_string(&mut self, start: usize) -> Result<Str<'j>, Malformed> {
        let mut escaped = false;
        loop {
            match self.rest {
                [b'"', rest @ ..] => {
                    let inside = self.since(start);
                    self.rest = rest;
                    return Ok(Str::new(inside, escaped));
                }
                [b'\\', b'u', rest @ ..] => {
                    escaped = true;
                    let (_, after) = unicode_escape(rest).ok_or(Malformed)?;
                    self.rest = after;
                }
                [b'\\', letter, rest @ ..] if simple_escape(*letter).is_some() => {
                    escaped = true;
                    self.rest = rest;
                }
                // A control character, an unknown escape or the end of the text.
                _ => return Err(Malformed),
            }
            self.rest = past_plain(self.rest);
        }
    }

    /// Passes a string of a text that is known to be good.
    pub(super) fn known_string(&mut self) -> Option<Str<'j>> {
        self.pass();
        let start = self.at();
        let mut escaped = false;
        loop {
            self.rest = past_plain(self.rest);
            match self.rest {
                [b'"', rest @ ..] => {
                    let inside = self.since(start);
                    self.rest = rest;
                    return Some(Str::new(inside, escaped));
                }
                [_, _, rest @ ..] => {
                    escaped = true;
                    self.rest = rest;
                }
                _ => return None,
            }
        }
    }

    /// Passes a number (RFC 8259, section 6).
    pub(super) fn number(&mut self) -> Result<&'j str, Malformed> {
        let start = self.at();
        if self.rest.first() == Some(&b'-') {
            self.pass();
        }
        match self.rest {
            [b'0', ..] => self.pass(),
            _ => self.digits()?,
        }
        if self.rest.first() == Some(&b'.') {
            self.pass();
            self.digits()?;
        }
        if matches!(self.rest, [b'e' | b'E', ..]) {
            self.pass();
            if matches!(self.rest, [b'+' | b'-', ..]) {
                self.pass();
            }
            self.digits()?;
        }
        Ok(self.since(start))
    }

    /// Passes what looks like a number or a word of a text that is known to be good.
    pub(super) fn known_atom(&mut self) -> &'j str {
        let start = self.at();
        let end = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r');
        let len = self.rest.iter().position(end).unwrap_or(self.rest.len());
        self.rest = self.rest.get(len..).unwrap_or_default();
        self.since(start)
    }

    /// Passes an object or array of a text that is known to be good, by its brackets alone.
    pub(super) fn known_container(&mut self) -> &'j str {
        let start = self.at();
        let mut depth = 0_usize;
        while let Some(byte) = self.rest.first() {
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
        let [b'0'..=b'9', rest @ ..] = self.rest else { return Err(Malformed) };
        self.rest = rest;
        while let [b'0'..=b'9', rest @ ..] = self.rest {
            self.rest = rest;
        }
        Ok(())
    }
}

/// What follows the run of bytes at the front that are neither quote, backslash nor control character; eight at a time.
#[inline]
fn past_plain(mut text: &[u8]) -> &[u8] {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    while let Some((word, rest)) = text.split_first_chunk() {
        let x = u64::from_le_bytes(*word);
        // With this bit turned a quote is the next number above the control characters: all are less than 0x21 then.
        let low = (x ^ (ONES * 2)).wrapping_sub(ONES * 0x21);
        let backslash = (x ^ (ONES * 0x5c)).wrapping_sub(ONES);
        // The lowest marked byte is exact; those above it may not be. What has the high bit is none of the three.
        let stop = (low | backslash) & !x & HIGH;
        if stop != 0 {
            let len = usize::try_from(stop.trailing_zeros() / 8).unwrap_or_default();
            return text.get(len..).unwrap_or_default();
        }
        text = rest;
    }
    past_plain_tail(text)
}

#[cold]
fn past_plain_tail(mut text: &[u8]) -> &[u8] {
    while let [byte, rest @ ..] = text
        && !matches!(byte, b'"' | b'\\' | 0..0x20)
    {
        text = rest;
    }
    text
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
                assert_eq!(text.len() - past_plain(&text).len(), at, "{stop} at {at}");
            }
        }
        assert_eq!(past_plain(b"abc\x7f\xc3\xa9 \x20"), b"");
        assert_eq!(past_plain(b""), b"");
    }
}
