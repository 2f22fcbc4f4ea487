//! A provider without cryptography: for counting what is done around a signature, the same on every CPU.
//!
//! Its "signature" is a sum that anyone can make. It exists in this crate only, and is never to leave it.

use doorward_core::key::{Algorithm, Material, PrepareError, Provider, SignatureInvalid, Verify};

/// The provider: takes every key, and looks at none.
#[derive(Clone, Copy, Debug)]
pub struct InsecureChecksum;

impl Provider for InsecureChecksum {
    type Key = Self;

    fn name(&self) -> &'static str {
        "insecure checksum"
    }

    fn supports(&self, _: Algorithm) -> bool {
        true
    }

    fn prepare(&self, _: Algorithm, _: &Material<'_>) -> Result<Self, PrepareError> {
        Ok(*self)
    }
}

impl Verify for InsecureChecksum {
    #[inline(never)]
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureInvalid> {
        if signature.first_chunk() == Some(&sum(message)) { Ok(()) } else { Err(SignatureInvalid) }
    }
}

/// A "signature" as long as one of RSA with 2048 bits.
#[must_use]
pub fn sign(message: &[u8]) -> Vec<u8> {
    let mut signature = vec![0x55; 256];
    signature.splice(..8, sum(message));
    signature
}

/// The sum of the message's words; what is left over does not count.
fn sum(message: &[u8]) -> [u8; 8] {
    let (words, _) = message.as_chunks::<8>();
    words.iter().fold(0_u64, |sum, word| sum.wrapping_add(u64::from_le_bytes(*word))).to_le_bytes()
}
