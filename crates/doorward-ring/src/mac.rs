//! HMAC-SHA-256 made, not checked: for what this side authenticates itself.

use core::fmt;
use ring::hmac;

/// A shared secret, ready to authenticate messages with HMAC-SHA-256 ([RFC 2104, section 2]). `Debug` shows nothing of it.
///
/// To check what it made, prepare the same secret for HS256: that compares in constant time.
///
/// [RFC 2104, section 2]: https://www.rfc-editor.org/rfc/rfc2104#section-2
pub struct Mac(hmac::Key);

impl Mac {
    /// Makes a secret ready.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The MAC of a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 32] {
        let mut mac = [0; 32];
        let made = hmac::sign(&self.0, message);
        mac.iter_mut().zip(made.as_ref()).for_each(|(to, from)| *to = *from);
        mac
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mac").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ring;
    use doorward_core::key::{Algorithm, Material, Provider as _, Verify as _};

    /// RFC 4231, section 4.3: the second test case.
    #[test]
    fn a_mac_is_the_standard_s() {
        let mac = Mac::new(b"Jefe").sign(b"what do ya want for nothing?");
        assert_eq!(mac[..8], [0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e]);
        assert_eq!(mac[24..], [0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43]);
    }

    #[test]
    fn what_was_made_is_checked_by_the_same_secret_only() {
        let mac = Mac::new(&[7; 32]).sign(b"message");
        let key = |secret: &[u8]| Ring.prepare(Algorithm::HS256, &Material::Symmetric { k: secret }).unwrap();
        assert!(key(&[7; 32]).verify(b"message", &mac).is_ok());
        assert!(key(&[8; 32]).verify(b"message", &mac).is_err());
    }
}
