//! Tokens written so that a mutation can reach into them: `<…>` is the base64url of what is inside.
#![expect(clippy::panic, reason = "what cannot happen must not be passed over in a test")]

use super::requests::SECRET;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Encodes every `<…>` of a text. `<~>` stands for the HS256 signature over what was written since the last space or
/// `=`, so that a token whose inside has changed is still genuine.
#[must_use]
pub fn expand(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        rest = after;
        let inside = match byte {
            b'<' => after.iter().position(|byte| *byte == b'>').and_then(|end| after.split_at_checked(end)),
            _ => None,
        };
        let Some((inside, after)) = inside else {
            out.push(*byte);
            if matches!(byte, b' ' | b'=') {
                start = out.len();
            }
            continue;
        };
        rest = after.get(1..).unwrap_or_default();
        let encoded = if inside == b"~" {
            let message = out.get(start..).unwrap_or_default();
            URL_SAFE_NO_PAD.encode(sign(message.strip_suffix(b".").unwrap_or(message)))
        } else {
            URL_SAFE_NO_PAD.encode(inside)
        };
        out.extend(encoded.into_bytes());
    }
    out
}

/// The HS256 signature of a message, by another implementation than those that are tested.
///
/// # Panics
///
/// Never: HMAC takes secrets of any length.
#[must_use]
pub fn sign(message: &[u8]) -> [u8; 32] {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(SECRET) else {
        panic!("a secret of any length is taken")
    };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angle_brackets_are_encoded_and_the_rest_stays() {
        assert_eq!(expand(b" Bearer <foo>.<>.x<"), b" Bearer Zm9v..x<");
    }

    #[test]
    fn the_signature_is_over_the_token_alone() {
        let with_scheme = expand(b"Bearer <a>.<b>.<~>");
        assert_eq!(with_scheme.strip_prefix(b"Bearer "), Some(expand(b"<a>.<b>.<~>").as_slice()));
        assert_ne!(expand(b"<a>.<c>.<~>"), expand(b"<a>.<b>.<~>"));
    }
}
