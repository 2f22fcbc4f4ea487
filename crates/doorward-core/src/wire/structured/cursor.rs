//! A position in a structured field.

use super::super::{Malformed, field};

/// What of a field is not yet passed.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(text: &'a [u8]) -> Self {
        Self { rest: text }
    }

    pub(super) const fn is_left(&self) -> bool {
        !self.rest.is_empty()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Passes one byte.
    pub(super) const fn pass(&mut self) {
        if let [_, rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    /// Passes `byte`, if it stands here.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let here = self.peek() == Some(byte);
        if here {
            self.pass();
        }
        here
    }

    /// Passes the longest run of such bytes.
    pub(super) fn take_while(&mut self, of: impl Fn(u8) -> bool) -> &'a [u8] {
        let (run, rest) = field::split_while(self.rest, of);
        self.rest = rest;
        run
    }

    pub(super) fn spaces(&mut self) {
        self.take_while(|byte| byte == b' ');
    }

    /// Passes what stands behind a member of a list or dictionary: nothing, or a comma that another member follows.
    pub(super) fn separator(&mut self) -> Result<(), Malformed> {
        self.take_while(|byte| matches!(byte, b' ' | b'\t'));
        if !self.is_left() {
            return Ok(());
        }
        if !self.eat(b',') {
            return Err(Malformed);
        }
        self.take_while(|byte| matches!(byte, b' ' | b'\t'));
        if self.is_left() { Ok(()) } else { Err(Malformed) }
    }

    /// Passes a key ([RFC 9651, section 4.2.3.3]).
    ///
    /// [RFC 9651, section 4.2.3.3]: https://www.rfc-editor.org/rfc/rfc9651#section-4.2.3.3
    pub(super) fn key(&mut self) -> Result<&'a [u8], Malformed> {
        if !matches!(self.peek(), Some(b'a'..=b'z' | b'*')) {
            return Err(Malformed);
        }
        Ok(self.take_while(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'*')))
    }
}
