//! base64url without padding, decoded strictly: one text for one value.
//!
//! RFC 7515, section 2 leaves out padding, white space and line breaks. Trailing bits that no byte needs must be zero
//! (RFC 4648, section 3.5), or two tokens that differ as text would be one as a signature.

use super::Malformed;

/// The number of bytes that `len` characters stand for; `None` where no text has that length.
#[must_use]
pub const fn decoded_len(len: usize) -> Option<usize> {
    match len % 4 {
        0 => Some(len / 4 * 3),
        2 => Some(len / 4 * 3 + 1),
        3 => Some(len / 4 * 3 + 2),
        _ => None,
    }
}

/// Decodes all of `text` into the front of `out` and returns that part.
///
/// # Errors
///
/// [`Malformed`] for a character outside the alphabet, an impossible length, trailing bits that are not zero, and an
/// `out` that is too short.
pub fn decode<'o>(text: &[u8], out: &'o mut [u8]) -> Result<&'o [u8], Malformed> {
    let len = decoded_len(text.len()).ok_or(Malformed)?;
    let out = out.get_mut(..len).ok_or(Malformed)?;
    let (quads, tail) = text.as_chunks::<4>();
    let (triples, last) = out.as_chunks_mut::<3>();
    // What is wrong is gathered and looked at once, at the end: a branch for each character would cost more than it saves.
    let mut seen = 0;
    for ([a, b, c, d], triple) in quads.iter().zip(triples) {
        let word = FIRST.at(*a) | SECOND.at(*b) | THIRD.at(*c) | FOURTH.at(*d);
        seen |= word;
        let [x, y, z, _] = word.to_le_bytes();
        *triple = [x, y, z];
    }
    let mut bad = if seen & INVALID_WORD == 0 { 0 } else { INVALID };
    match (tail, last) {
        ([], []) => {}
        ([a, b], [first]) => {
            let (a, b) = (sextet(*a), sextet(*b));
            *first = a << 2 | (b >> 4) & 3;
            bad |= a | b | if b & 15 == 0 { 0 } else { INVALID };
        }
        ([a, b, c], [first, second]) => {
            let (a, b, c) = (sextet(*a), sextet(*b), sextet(*c));
            *first = a << 2 | (b >> 4) & 3;
            *second = b << 4 | (c >> 2) & 15;
            bad |= a | b | c | if c & 3 == 0 { 0 } else { INVALID };
        }
        _ => return Err(Malformed),
    }
    if bad & INVALID == 0 { Ok(out) } else { Err(Malformed) }
}

/// The characters, by the six bits that they stand for.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// How many characters so many bytes take.
#[must_use]
pub const fn encoded_len(bytes: usize) -> usize {
    bytes.saturating_mul(4).div_ceil(3)
}

/// Writes `bytes` to the front of `out`, as many characters as it has room for.
///
/// A lookup by secret bits shows in caches: it is for what is sent anyway.
pub fn encode(bytes: &[u8], out: &mut [u8]) {
    let character =
        |bits: u32| ALPHABET.get(usize::from(bits.to_le_bytes()[0] & 63)).copied().unwrap_or(b'A');
    for (triple, quad) in bytes.chunks(3).zip(out.chunks_mut(4)) {
        let at = |place: usize| u32::from(triple.get(place).copied().unwrap_or(0));
        let word = at(0) << 16 | at(1) << 8 | at(2);
        // One byte takes two characters, two take three.
        for (shift, to) in [18, 12, 6, 0].into_iter().zip(quad).take(triple.len().saturating_add(1)) {
            *to = character(word >> shift);
        }
    }
}

/// Marks a character outside the alphabet; no sextet has this bit.
const INVALID: u8 = 0x80;

/// The six bits that a character stands for, or [`INVALID`].
const fn sextet(c: u8) -> u8 {
    let upper = c.wrapping_sub(b'A');
    let lower = c.wrapping_sub(b'a');
    let digit = c.wrapping_sub(b'0');
    let mut value = INVALID;
    value = if upper < 26 { upper } else { value };
    value = if lower < 26 { lower + 26 } else { value };
    value = if digit < 10 { digit + 52 } else { value };
    value = if c == b'-' { 62 } else { value };
    if c == b'_' { 63 } else { value }
}

/// What each character adds to three bytes, at one of four places; little-endian in the low 24 bits.
///
/// Four kilobytes of tables: twice as fast as computing the sextets, even in vectors.
struct Place([u32; 256]);

/// Marks a character outside the alphabet, above the 24 bits that make bytes.
const INVALID_WORD: u32 = 1 << 31;

static FIRST: Place = Place::new(18);
static SECOND: Place = Place::new(12);
static THIRD: Place = Place::new(6);
static FOURTH: Place = Place::new(0);

impl Place {
    const fn new(shift: u32) -> Self {
        let mut table = [INVALID_WORD; 256];
        let mut rest: &mut [u32] = &mut table;
        let mut c: u8 = 0;
        while let [entry, more @ ..] = rest {
            let value = sextet(c);
            if value & INVALID == 0 {
                let [_, x, y, z] = (u32::from_le_bytes([value, 0, 0, 0]) << shift).to_be_bytes();
                *entry = u32::from_le_bytes([x, y, z, 0]);
            }
            rest = more;
            c = c.wrapping_add(1);
        }
        Self(table)
    }

    fn at(&self, c: u8) -> u32 {
        self.0.get(usize::from(c)).copied().unwrap_or(INVALID_WORD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ok(text: &str, expected: &[u8]) {
        let mut out = [0; 128];
        assert_eq!(decode(text.as_bytes(), &mut out), Ok(expected), "{text}");
    }

    fn bad(text: &str) {
        assert_eq!(decode(text.as_bytes(), &mut [0; 128]), Err(Malformed), "{text}");
    }

    #[test]
    fn every_length_decodes() {
        ok("", b"");
        ok("Zg", b"f");
        ok("Zm8", b"fo");
        ok("Zm9v", b"foo");
        ok("Zm9vYg", b"foob");
        ok("_-8", b"\xff\xef");
        ok(
            "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm8",
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmno",
        );
    }

    /// J-FMT-02: trailing bits are canonical.
    #[test]
    fn trailing_bits_must_be_zero() {
        bad("Zh");
        bad("Zm9");
        bad("Zm9vYh");
    }

    /// J-FMT-01: no padding, white space or character of another alphabet.
    #[test]
    fn nothing_but_the_alphabet() {
        for text in ["Z", "Zm9vY", "Zg==", "Zm9v\n", "Zm+v", "Zm/v", "Zm 9", "Zm9\u{e9}", "Z\0==", "=", "Zg="]
        {
            bad(text);
        }
    }

    #[test]
    fn each_byte_outside_the_alphabet_is_found_in_every_position() {
        for position in 0..44 {
            for byte in 0..=255_u8 {
                let mut text = *b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZn";
                text[position] = byte;
                let legal = byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
                assert_eq!(decode(&text, &mut [0; 64]).is_ok(), legal, "{byte} at {position}");
            }
        }
    }

    #[test]
    fn a_short_buffer_is_refused() {
        assert_eq!(decode(b"Zm9v", &mut [0; 2]), Err(Malformed));
    }
}
