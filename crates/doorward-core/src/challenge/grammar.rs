//! The pieces of which challenges are made ([RFC 9110, section 11.2]).
//!
//! [RFC 9110, section 11.2]: https://www.rfc-editor.org/rfc/rfc9110#section-11.2

use super::fault::Fault;
use crate::wire::field;
use crate::wire::quoted::{self, QuotedFault, QuotedText};

/// Why reading stops, and what of the line is left there.
#[derive(Clone, Copy)]
pub(super) struct Stop<'a> {
    pub(super) fault: Fault,
    pub(super) rest: &'a [u8],
}

impl<'a> Stop<'a> {
    /// A fault at the front of `rest`; where a byte stands that no field may hold, that is the fault.
    pub(super) const fn at(rest: &'a [u8], fault: Fault) -> Self {
        match rest {
            [byte, ..] if !quoted::is_field_byte(*byte) => Self { fault: Fault::IllegalByte, rest },
            _ => Self { fault, rest },
        }
    }
}

/// What follows the white space at the front.
pub(super) fn past_space(text: &[u8]) -> &[u8] {
    field::split_while(text, |byte| matches!(byte, b' ' | b'\t')).1
}

/// Whether a token and `=` stand here: behind a comma that is a parameter of the challenge before, and never a scheme
/// (RFC 9110, section 11.6.1).
pub(super) fn parameter_begins(text: &[u8]) -> bool {
    let (name, rest) = field::split_while(text, field::is_tchar);
    !name.is_empty() && past_space(rest).starts_with(b"=")
}

/// A parameter that was read.
pub(super) struct Parameter<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: QuotedText<'a>,
    /// Where its value ceases to be a token, if it is neither that nor quoted.
    pub(super) loose: Option<&'a [u8]>,
    /// What follows.
    pub(super) rest: &'a [u8],
}

/// A parameter, whose value may be one that nobody quoted.
pub(super) fn parameter(text: &[u8]) -> Result<Parameter<'_>, Stop<'_>> {
    let (name, rest) = field::split_while(text, field::is_tchar);
    let rest = past_space(rest);
    let Some(rest) = rest.strip_prefix(b"=").filter(|_| !name.is_empty()) else {
        return Err(Stop::at(rest, Fault::BadParameter));
    };
    let value = past_space(rest);
    if let [b'"', inside @ ..] = value {
        return match quoted::after_quote(inside) {
            Ok((value, rest)) => Ok(Parameter { name, value, loose: None, rest }),
            Err(QuotedFault::Unterminated) => Err(Stop { fault: Fault::UnterminatedQuote, rest: value }),
            Err(QuotedFault::IllegalByte(at)) => {
                Err(Stop { fault: Fault::IllegalByte, rest: inside.get(at..).unwrap_or_default() })
            }
        };
    }
    let (run, rest) = field::split_while(value, is_unquoted);
    let (token, stranger) = field::split_while(value, field::is_tchar);
    if run.is_empty() || run.starts_with(b"=") || !matches!(rest, [] | [b' ' | b'\t' | b',', ..]) {
        return Err(Stop::at(stranger, Fault::BadValue));
    }
    let loose = (token.len() < run.len()).then_some(stranger);
    Ok(Parameter { name, value: QuotedText::unquoted(run), loose, rest })
}

/// Whether an unquoted value may go on with the byte, as addresses do: whatever is seen and neither ends a value nor could
/// be meant to, quotes or escapes.
const fn is_unquoted(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~') && !matches!(byte, b'"' | b'\\' | b',' | b';')
}

/// Whether blanks alone stand between the value that has just been read and a parameter, which then has none around its
/// `=`. What began with an apostrophe may not be over yet.
pub(super) fn parameter_follows(value: QuotedText<'_>, behind: &[u8]) -> bool {
    let here = past_space(behind);
    let (name, rest) = field::split_while(here, field::is_tchar);
    let is_over = value.is_quoted() || !value.raw().starts_with(b"'");
    is_over
        && here.len() < behind.len()
        && !name.is_empty()
        && matches!(rest, [b'=', byte, ..] if is_unquoted(*byte) && *byte != b'=' || *byte == b'"')
}

/// Whether quotes come in pairs up to the end, and no byte stands there that no field may hold.
pub(super) fn is_whole(text: &[u8]) -> bool {
    let mut rest = text;
    loop {
        rest = match rest {
            [] => return true,
            [b'"', inside @ ..] => match quoted::after_quote(inside) {
                Ok((_, behind)) => behind,
                Err(_) => return false,
            },
            [byte, behind @ ..] if quoted::is_field_byte(*byte) => behind,
            _ => return false,
        };
    }
}

/// Text that was read, and what follows it.
type Split<'a> = (&'a [u8], &'a [u8]);

/// A token68 that fills its element, and what follows; `None` where a parameter or nothing stands.
pub(super) fn token68(text: &[u8]) -> Result<Option<Split<'_>>, Stop<'_>> {
    let here = past_space(text);
    if matches!(here, [] | [b',', ..]) {
        return Ok(None);
    }
    let (run, rest) = field::split_while(here, |byte| !matches!(byte, b' ' | b'\t' | b','));
    if field::is_token68(run) && !value_follows(here, run) {
        return element_end(rest).map(|rest| Some((run, rest)));
    }
    if parameter_begins(here) {
        return Ok(None);
    }
    let (_, stranger) = field::split_while(here, |byte| field::is_tchar(byte) || byte == b'/');
    Err(Stop::at(stranger, Fault::BadParameter))
}

/// Whether what looks like a token68 is the name of a parameter, whose `=` or value stands behind white space.
fn value_follows(text: &[u8], run: &[u8]) -> bool {
    let rest = past_space(text.get(run.len()..).unwrap_or_default());
    match run.strip_suffix(b"=") {
        None => rest.starts_with(b"="),
        Some(name) => {
            field::is_token(name) && rest.first().is_some_and(|byte| *byte == b'"' || field::is_tchar(*byte))
        }
    }
}

/// What follows an element: nothing, or what begins with the comma behind it.
pub(super) fn element_end(text: &[u8]) -> Result<&[u8], Stop<'_>> {
    let rest = past_space(text);
    if matches!(rest, [] | [b',', ..]) { Ok(rest) } else { Err(Stop::at(rest, Fault::MissingComma)) }
}

/// The first place behind a fault where nothing but a scheme can begin: behind a comma outside of quotes, a token that no
/// `=` follows. Where the quotes do not come in pairs up to the end, there is none: what stands between them would be taken
/// for what stands outside. Nor is there one where a byte stands that no field may hold.
pub(super) fn next_scheme(text: &[u8]) -> &[u8] {
    if !is_whole(text) {
        return &[];
    }
    let mut rest = text;
    loop {
        rest = match rest {
            [] => return &[],
            [b'"', inside @ ..] => quoted::after_quote(inside).map_or(&[], |(_, behind)| behind),
            [b',', behind @ ..] => {
                let here = past_space(behind);
                let (scheme, after) = field::split_while(here, field::is_tchar);
                let ends = matches!(after, [] | [b' ' | b'\t' | b',', ..]);
                if !scheme.is_empty() && ends && !parameter_begins(here) {
                    return here;
                }
                behind
            }
            [_, behind @ ..] => behind,
        };
    }
}
