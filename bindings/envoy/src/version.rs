//! Whether the program that loads the module speaks the module's version of the ABI.
//!
//! Envoy 1.40 compares versions and warns, but loads the module all the same. A callback with another signature is
//! undefined behaviour, so the module looks for the version in Envoy's program itself, where it is a constant.

use crate::abi;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// The running program.
const PROGRAM: &str = "/proc/self/exe";

/// How much of the program is looked at in one piece.
const PIECE: usize = 1 << 20;

/// Refuses every program that does not hold the version of the ABI as a constant of its own.
pub(crate) fn check() -> Result<(), String> {
    let mut program = File::open(PROGRAM).map_err(|error| format!("{PROGRAM}: {error}"))?;
    let wanted = abi::VERSION.to_str().unwrap_or_default();
    match speaks(&mut program, wanted) {
        Ok(true) => Ok(()),
        Ok(false) => Err(format!(
            "this module was built for Envoy's dynamic module ABI {wanted}, which this Envoy does not have"
        )),
        Err(error) => Err(format!("{PROGRAM}: {error}")),
    }
}

/// Whether a loaded, constant part of an ELF program holds `version` as a C string of its own.
fn speaks<P: Read + Seek>(program: &mut P, version: &str) -> std::io::Result<bool> {
    let text = [b"\0", version.as_bytes(), b"\0"].concat();
    let mut headers = vec![0; 64];
    program.read_exact(&mut headers)?;
    // 64 bits, little-endian: what the released Envoys are, on x86-64 and on ARM alike.
    if headers.get(..6) != Some(b"\x7fELF\x02\x01") {
        return Ok(false);
    }
    let at = number(&headers, 32, 8);
    let (size, count) = (number(&headers, 54, 2), number(&headers, 56, 2));
    let mut table = vec![0; usize::try_from(size.saturating_mul(count)).unwrap_or_default()];
    program.seek(SeekFrom::Start(at))?;
    program.read_exact(&mut table)?;
    for entry in table.chunks_exact(usize::try_from(size).unwrap_or_default().max(56)) {
        let (kind, flags) = (number(entry, 0, 4), number(entry, 4, 4));
        // PT_LOAD, and not writable: constants stand beside code or alone.
        if kind == 1 && flags & 2 == 0 && holds(program, number(entry, 8, 8), number(entry, 32, 8), &text)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether `text` stands in the `length` bytes from `start`.
fn holds<P: Read + Seek>(program: &mut P, start: u64, length: u64, text: &[u8]) -> std::io::Result<bool> {
    program.seek(SeekFrom::Start(start))?;
    let mut part = program.take(length);
    let mut piece = Vec::with_capacity(PIECE.saturating_add(text.len()));
    loop {
        let limit = u64::try_from(PIECE).unwrap_or_default();
        if (&mut part).take(limit).read_to_end(&mut piece)? == 0 {
            return Ok(false);
        }
        if piece.windows(text.len()).any(|window| window == text) {
            return Ok(true);
        }
        // The text may begin at the end of this piece.
        let keep = piece.len().saturating_sub(text.len());
        piece.drain(..keep);
    }
}

/// The little-endian number of `length` bytes at `at`; 0 where there is none.
fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    let digits = bytes.get(at..at.saturating_add(length)).unwrap_or_default();
    digits.iter().rev().fold(0, |number, digit| number << 8 | u64::from(*digit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// A program of one part with these flags.
    fn program(flags: u8, content: &[u8]) -> Cursor<Vec<u8>> {
        let mut bytes = vec![0; 64 + 56];
        bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
        (bytes[32], bytes[54], bytes[56]) = (64, 56, 1);
        (bytes[64], bytes[68], bytes[72]) = (1, flags, 120);
        bytes[64 + 32..64 + 40].copy_from_slice(&u64::try_from(content.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(content);
        Cursor::new(bytes)
    }

    #[test]
    fn a_constant_is_found_and_nothing_else_is() {
        assert!(speaks(&mut program(4, b"a\0v0.2.0\0b"), "v0.2.0").unwrap());
        assert!(speaks(&mut program(5, b"\0v0.2.0\0"), "v0.2.0").unwrap());
        assert!(!speaks(&mut program(6, b"\0v0.2.0\0"), "v0.2.0").unwrap(), "writable");
        assert!(!speaks(&mut program(4, b"\0v0.2.01\0"), "v0.2.0").unwrap(), "part of another");
        assert!(!speaks(&mut program(4, b"\0v0.3.0\0"), "v0.2.0").unwrap());
        assert!(!speaks(&mut Cursor::new(vec![0; 200]), "v0.2.0").unwrap(), "no ELF");
        assert!(speaks(&mut Cursor::new(b"\x7fELF".to_vec()), "v0.2.0").is_err(), "cut off");
    }

    #[test]
    fn a_constant_between_two_pieces_is_found() {
        for offset in 0..10 {
            let mut content = vec![b'.'; PIECE - offset];
            content.extend_from_slice(b"\0v0.2.0\0");
            content.resize(2 * PIECE + 7, b'.');
            assert!(speaks(&mut program(4, &content), "v0.2.0").unwrap(), "{offset}");
        }
    }
}
