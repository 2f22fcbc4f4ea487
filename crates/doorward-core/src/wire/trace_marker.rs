//! The marker that a gateway of ours leaves for the application behind it: why the credential is gone.
//!
//! The field's value is base64url of a fixed number of bytes: a version, the number of the reason, the time, a nonce, and
//! a MAC over these, the method and the normalised path. There is one text for one marker and no part of variable length,
//! so that nothing in it can be read in two ways.

use super::{Malformed, base64url};
use crate::limits;

/// The only version there is.
const VERSION: u8 = 1;

/// What a message begins with. No other message of ours that is authenticated under a shared secret does: that of a token
/// is base64url and dots, which hold no space.
const DOMAIN: &[u8] = b"doorward trace marker";

/// The length of the nonce in bytes: two drawn at random are never the same.
pub const NONCE: usize = 16;

/// The length of the MAC in bytes: HMAC-SHA-256, not cut.
pub const MAC: usize = 32;

/// The length of what the marker says itself: version, reason, time and nonce.
const SAID: usize = 1 + 2 + 8 + NONCE;

/// The length of the whole.
const WHOLE: usize = SAID + MAC;

/// The length of a marker as text.
pub const TEXT: usize = 79;

/// What a marker says, before its MAC was looked at or made: nobody's word yet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Said {
    /// The number of the reason.
    pub reason: u16,
    /// When the credential was refused, in Unix seconds.
    pub at: u64,
    /// Makes every marker another.
    pub nonce: [u8; NONCE],
}

impl Said {
    /// What a text says, and the MAC beside it.
    ///
    /// # Errors
    ///
    /// [`Malformed`] for a text of another length than [`TEXT`], one that is not base64url, and another version.
    pub fn parse(text: &[u8]) -> Result<(Self, [u8; MAC]), Malformed> {
        // A text of another length does not fit into these bytes, or leaves some of them out.
        let mut whole = [0; WHOLE];
        let decoded = base64url::decode(text, &mut whole)?;
        let mut parts = Parts(decoded);
        let [version] = parts.take()?;
        if version != VERSION {
            return Err(Malformed);
        }
        let reason = u16::from_be_bytes(parts.take()?);
        let at = u64::from_be_bytes(parts.take()?);
        let nonce = parts.take()?;
        Ok((Self { reason, at, nonce }, parts.take()?))
    }

    /// The marker as text, with its MAC.
    #[must_use]
    pub fn text(&self, mac: &[u8; MAC]) -> [u8; TEXT] {
        let mut whole = [0; WHOLE];
        let (said, rest) = whole.split_at_mut(SAID);
        said.copy_from_slice(&self.bytes());
        rest.copy_from_slice(mac);
        let mut text = [b'A'; TEXT];
        base64url::encode(&whole, &mut text);
        text
    }

    /// What the MAC is made over, written to the front of `out`: the version, the reason, the time and the nonce, then the
    /// method and the path, each behind its length. `None` where `out` is too short.
    #[must_use]
    pub fn message<'o>(&self, method: &[u8], path: &[u8], out: &'o mut [u8]) -> Option<&'o [u8]> {
        let len = message_len(method, path)?;
        let out = out.get_mut(..len)?;
        let lengths = [method.len(), path.len()].map(|len| u32::try_from(len).unwrap_or(u32::MAX));
        let [method_len, path_len] = lengths.map(u32::to_be_bytes);
        let mut rest = &mut *out;
        for part in [DOMAIN, &self.bytes(), &method_len, method, &path_len, path] {
            let (to, after) = rest.split_at_mut_checked(part.len())?;
            to.copy_from_slice(part);
            rest = after;
        }
        Some(out)
    }

    fn bytes(&self) -> [u8; SAID] {
        let mut bytes = [0; SAID];
        let (reason, at) = (self.reason.to_be_bytes(), self.at.to_be_bytes());
        let said = [VERSION].into_iter().chain(reason).chain(at).chain(self.nonce);
        bytes.iter_mut().zip(said).for_each(|(to, from)| *to = from);
        bytes
    }
}

/// How long the message of [`Said::message`] is for this method and path; `None` beyond [`limits::TRACE_MESSAGE`].
#[must_use]
pub fn message_len(method: &[u8], path: &[u8]) -> Option<usize> {
    let fixed = DOMAIN.len() + SAID + 4 + 4;
    let len = fixed.checked_add(method.len())?.checked_add(path.len())?;
    (len <= limits::TRACE_MESSAGE).then_some(len)
}

/// Bytes that are taken off the front.
struct Parts<'b>(&'b [u8]);

impl Parts<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (part, rest) = self.0.split_first_chunk().ok_or(Malformed)?;
        self.0 = rest;
        Ok(*part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: Said = Said { reason: 207, at: 1_795_387_431, nonce: [7; NONCE] };

    #[test]
    fn what_is_written_is_read() {
        let text = SAMPLE.text(&[9; MAC]);
        assert_eq!(Said::parse(&text), Ok((SAMPLE, [9; MAC])));
        assert!(text.starts_with(b"AQDPAAAAAG"));
    }

    #[test]
    fn every_other_length_version_and_character_is_malformed() {
        let text = SAMPLE.text(&[9; MAC]);
        for len in (0..=TEXT + 9).filter(|len| *len != TEXT) {
            let mut other = [b'A'; TEXT + 9];
            other[..TEXT].copy_from_slice(&text);
            assert_eq!(Said::parse(&other[..len]), Err(Malformed), "{len}");
        }
        for at in 0..TEXT {
            let mut other = text;
            other[at] = b'+';
            assert_eq!(Said::parse(&other), Err(Malformed), "{at}");
        }
        let mut other = text;
        other[1] = b'g';
        assert_eq!(Said::parse(&other), Err(Malformed), "version 2");
        other = text;
        other[TEXT - 1] = if text[TEXT - 1] == b'k' { b'l' } else { b'k' };
        assert_ne!(Said::parse(&other), Ok((SAMPLE, [9; MAC])), "loose bits");
    }

    /// No two requests have one message, whatever their methods and paths are.
    #[test]
    fn no_part_of_a_message_can_be_taken_for_another() {
        let message = |method: &str, path: &str| {
            let mut out = [0; 128];
            SAMPLE.message(method.as_bytes(), path.as_bytes(), &mut out).unwrap().to_vec()
        };
        assert_ne!(message("GET", "/a"), message("GET/", "a"));
        assert_ne!(message("GET", "/a"), message("GET", "/a\0"));
        assert_ne!(message("", "GET/a"), message("GET", "/a"));
        assert_eq!(message("GET", "/a"), message("GET", "/a"));
        assert!(message("GET", "/a").starts_with(b"doorward trace marker\x01\x00\xcf"));
    }

    #[test]
    fn a_message_has_an_end() {
        let path = [b'/'; limits::TRACE_MESSAGE];
        assert_eq!(message_len(b"GET", &path), None);
        let mut out = [0; 4];
        assert_eq!(SAMPLE.message(b"GET", b"/", &mut out), None);
    }
}
