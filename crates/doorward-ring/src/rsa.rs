//! RSA public keys, checked once by the rules that ring applies again at each verification.

use alloc::boxed::Box;
use doorward_core::key::{Algorithm, PrepareError};
use ring::error::Unspecified;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters,
    RsaPublicKeyComponents,
};

/// The shortest modulus in bytes: "A key of size 2048 bits or larger MUST be used" ([RFC 7518, section 3.3]).
///
/// [RFC 7518, section 3.3]: https://www.rfc-editor.org/rfc/rfc7518#section-3.3
const MODULUS_MIN: usize = 2048 / 8;

/// The longest modulus in bytes: ring's own limit.
const MODULUS_MAX: usize = 8192 / 8;

/// The longest exponent in bytes, and the greatest: ring's own limits.
const EXPONENT_MAX_LEN: usize = 5;
const EXPONENT_MAX: u64 = (1 << 33) - 1;

pub(crate) struct Key {
    parameters: &'static RsaParameters,
    components: RsaPublicKeyComponents<Box<[u8]>>,
}

impl Key {
    pub(crate) fn new(algorithm: Algorithm, n: &[u8], e: &[u8]) -> Result<Self, PrepareError> {
        let parameters = parameters(algorithm).ok_or(PrepareError::AlgorithmUnsupported)?;
        if !is_modulus(n) || !is_exponent(e) {
            return Err(PrepareError::KeyInvalid);
        }
        Ok(Self { parameters, components: RsaPublicKeyComponents { n: n.into(), e: e.into() } })
    }

    // COST: ring makes the modulus ready anew at each call and allocates for it; it has no prepared public key.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Unspecified> {
        self.components.verify(self.parameters, message, signature)
    }
}

fn parameters(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    match algorithm {
        Algorithm::RS256 => Some(&RSA_PKCS1_2048_8192_SHA256),
        Algorithm::RS384 => Some(&RSA_PKCS1_2048_8192_SHA384),
        Algorithm::RS512 => Some(&RSA_PKCS1_2048_8192_SHA512),
        Algorithm::PS256 => Some(&RSA_PSS_2048_8192_SHA256),
        Algorithm::PS384 => Some(&RSA_PSS_2048_8192_SHA384),
        Algorithm::PS512 => Some(&RSA_PSS_2048_8192_SHA512),
        Algorithm::HS256
        | Algorithm::HS384
        | Algorithm::HS512
        | Algorithm::ES256
        | Algorithm::ES384
        | Algorithm::ES512
        | Algorithm::Ed25519 => None,
    }
}

/// Whether it is odd and of 2048 to 8192 bits. ring alone would take from 2041 bits on.
fn is_modulus(n: &[u8]) -> bool {
    let (Some(first), Some(last)) = (n.first(), n.last()) else { return false };
    let least_first = if n.len() == MODULUS_MIN { 0x80 } else { 1 };
    (MODULUS_MIN..=MODULUS_MAX).contains(&n.len()) && *first >= least_first && last & 1 == 1
}

/// Whether it is odd and from 3 to 2³³ − 1, without a leading zero.
fn is_exponent(e: &[u8]) -> bool {
    let value = e.iter().take(EXPONENT_MAX_LEN).fold(0, |value, byte| value << 8 | u64::from(*byte));
    e.len() <= EXPONENT_MAX_LEN
        && e.first().is_some_and(|first| *first != 0)
        && (3..=EXPONENT_MAX).contains(&value)
        && value & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moduli_are_odd_and_of_2048_to_8192_bits() {
        let modulus = |len: usize, first: u8, last: u8| {
            let mut n = [0x55; 2048];
            n[0] = first;
            n[len - 1] = last;
            is_modulus(&n[..len])
        };
        for (len, first, last) in [(256, 0x80, 1), (256, 0xff, 0xff), (257, 1, 1), (1024, 0xff, 1)] {
            assert!(modulus(len, first, last), "{len} {first} {last}");
        }
        for (len, first, last) in
            [(256, 0x7f, 1), (256, 0x80, 2), (257, 0, 1), (255, 0xff, 1), (1025, 1, 1), (1, 3, 3)]
        {
            assert!(!modulus(len, first, last), "{len} {first} {last}");
        }
        assert!(!is_modulus(&[]));
    }

    #[test]
    fn exponents_are_odd_and_from_3_to_33_bits() {
        for e in [&[3][..], &[1, 0, 1], &[1, 0xff, 0xff, 0xff, 0xff]] {
            assert!(is_exponent(e), "{e:?}");
        }
        for e in [&[][..], &[0], &[1], &[2], &[4], &[0, 3], &[1, 0, 0], &[2, 0, 0, 0, 1], &[1, 0, 0, 0, 0, 1]]
        {
            assert!(!is_exponent(e), "{e:?}");
        }
    }
}
