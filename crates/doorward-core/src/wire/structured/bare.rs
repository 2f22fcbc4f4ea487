//! Bare items: the eight types of values that a structured field can hold ([RFC 9651, section 3.3]).
//!
//! [RFC 9651, section 3.3]: https://www.rfc-editor.org/rfc/rfc9651#section-3.3

use super::super::quoted::{self, QuotedText};
use super::super::{Malformed, field};
use super::cursor::Cursor;
use super::text::{ByteSequence, DisplayString};

/// A value.
#[derive(Clone, Copy)]
pub enum BareItem<'a> {
    /// A whole number of at most fifteen digits.
    Integer(i64),
    /// A number with at most twelve digits before its point, and one to three behind it.
    Decimal(Decimal),
    /// Text in quotes.
    String(QuotedText<'a>),
    /// A word.
    Token(&'a [u8]),
    /// Bytes in base64.
    ByteSequence(ByteSequence<'a>),
    /// True or false.
    Boolean(bool),
    /// A point in time: seconds since 1970-01-01T00:00:00Z.
    Date(i64),
    /// Text beyond ASCII.
    DisplayString(DisplayString<'a>),
}

/// A decimal number, exact.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Decimal {
    thousandths: i64,
}

impl Decimal {
    /// The number, a thousand times as large.
    #[must_use]
    pub const fn thousandths(self) -> i64 {
        self.thousandths
    }
}

/// How many digits a whole number has at most.
const INTEGER_DIGITS: usize = 15;
/// How many digits a decimal has at most before its point.
const WHOLE_DIGITS: usize = 12;
/// How many digits a decimal has at most behind its point.
const FRACTION_DIGITS: usize = 3;

impl<'a> BareItem<'a> {
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        match cursor.peek().ok_or(Malformed)? {
            b'-' | b'0'..=b'9' => number(cursor),
            b'"' => string(cursor).map(Self::String),
            b'*' | b'a'..=b'z' | b'A'..=b'Z' => Ok(Self::Token(cursor.take_while(is_token_byte))),
            b':' => ByteSequence::read(cursor).map(Self::ByteSequence),
            b'?' => boolean(cursor).map(Self::Boolean),
            b'@' => date(cursor).map(Self::Date),
            b'%' => DisplayString::read(cursor).map(Self::DisplayString),
            _ => Err(Malformed),
        }
    }

    /// The text of a string or token, which fields often take in each other's place.
    #[must_use]
    pub const fn text(&self) -> Option<QuotedText<'a>> {
        match self {
            Self::String(text) => Some(*text),
            Self::Token(text) => Some(QuotedText::unquoted(text)),
            _ => None,
        }
    }
}

impl core::fmt::Debug for BareItem<'_> {
    /// Shows the type, and of what is no text the value.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Integer(number) => write!(f, "Integer({number})"),
            Self::Decimal(number) => write!(f, "Decimal({} thousandths)", number.thousandths),
            Self::String(text) => write!(f, "String({} bytes)", text.raw().len()),
            Self::Token(text) => write!(f, "Token({} bytes)", text.len()),
            Self::ByteSequence(bytes) => bytes.fmt(f),
            Self::Boolean(value) => write!(f, "Boolean({value})"),
            Self::Date(seconds) => write!(f, "Date({seconds})"),
            Self::DisplayString(text) => text.fmt(f),
        }
    }
}

const fn is_token_byte(byte: u8) -> bool {
    field::is_tchar(byte) || matches!(byte, b':' | b'/')
}

/// A whole number or a decimal ([RFC 9651, section 4.2.4]).
///
/// [RFC 9651, section 4.2.4]: https://www.rfc-editor.org/rfc/rfc9651#section-4.2.4
fn number<'a>(cursor: &mut Cursor<'a>) -> Result<BareItem<'a>, Malformed> {
    let sign = if cursor.eat(b'-') { -1 } else { 1 };
    let digits = |byte: u8| byte.is_ascii_digit();
    let whole = cursor.take_while(digits);
    if whole.is_empty() || whole.len() > INTEGER_DIGITS {
        return Err(Malformed);
    }
    if !cursor.eat(b'.') {
        return Ok(BareItem::Integer(sign * value(whole)));
    }
    let fraction = cursor.take_while(digits);
    if whole.len() > WHOLE_DIGITS || fraction.is_empty() || fraction.len() > FRACTION_DIGITS {
        return Err(Malformed);
    }
    let padded = (fraction.len()..FRACTION_DIGITS).fold(value(fraction), |number, _| number * 10);
    Ok(BareItem::Decimal(Decimal { thousandths: sign * (value(whole) * 1000 + padded) }))
}

/// The number that these digits write, of which there are at most fifteen.
fn value(digits: &[u8]) -> i64 {
    let digit = |byte: &u8| i64::from(byte.wrapping_sub(b'0'));
    digits.iter().fold(0_i64, |number, byte| number.saturating_mul(10).saturating_add(digit(byte)))
}

/// Text in quotes: printable ASCII, in which quotes and backslashes, and nothing else, are escaped.
fn string<'a>(cursor: &mut Cursor<'a>) -> Result<QuotedText<'a>, Malformed> {
    cursor.pass();
    let (text, rest) = quoted::after_quote(cursor.rest).map_err(|_| Malformed)?;
    let mut bytes = text.raw().iter();
    while let Some(byte) = bytes.next() {
        let good = match byte {
            b'\\' => matches!(bytes.next(), Some(b'"' | b'\\')),
            _ => matches!(byte, b' '..=b'~'),
        };
        if !good {
            return Err(Malformed);
        }
    }
    cursor.rest = rest;
    Ok(text)
}

fn boolean(cursor: &mut Cursor<'_>) -> Result<bool, Malformed> {
    cursor.pass();
    match (cursor.eat(b'1'), cursor.eat(b'0')) {
        (true, false) => Ok(true),
        (false, true) => Ok(false),
        _ => Err(Malformed),
    }
}

fn date(cursor: &mut Cursor<'_>) -> Result<i64, Malformed> {
    cursor.pass();
    match number(cursor)? {
        BareItem::Integer(seconds) => Ok(seconds),
        _ => Err(Malformed),
    }
}
