//! What every key must meet before a provider sees it: lengths, exponents, and the fingerprint of a broken generator.

use super::{Algorithm, Material};
use core::fmt;

/// Why a key is too weak to be trusted with anything.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Weakness {
    /// The RSA modulus has fewer than 2048 bits ([RFC 7518, section 3.3]).
    ///
    /// [RFC 7518, section 3.3]: https://www.rfc-editor.org/rfc/rfc7518#section-3.3
    ModulusShort {
        /// Its length in bits.
        bits: usize,
    },
    /// The RSA modulus has more than 8192 bits, beyond what the providers verify and anyone uses.
    ModulusLong {
        /// Its length in bits.
        bits: usize,
    },
    /// The RSA modulus is even: it is not the product of two large primes.
    ModulusEven,
    /// The RSA exponent is even, or not between 65537 and 2^33 - 1 (FIPS 186-5, section A.1.1, and what the providers
    /// take).
    ExponentWeak,
    /// The RSA modulus has the fingerprint of keys that can be factored (CVE-2017-15361, "ROCA").
    ModulusFactorable,
    /// The Ed25519 point has a small order, so that anyone can sign for it, or is not written canonically
    /// ([RFC 8032, section 5.1.3]).
    ///
    /// [RFC 8032, section 5.1.3]: https://www.rfc-editor.org/rfc/rfc8032#section-5.1.3
    PointWeak,
    /// The shared secret is shorter than the hash's output ([RFC 7518, section 3.2]).
    ///
    /// [RFC 7518, section 3.2]: https://www.rfc-editor.org/rfc/rfc7518#section-3.2
    SecretShort {
        /// Its length in bytes.
        bytes: usize,
        /// The least length in bytes.
        least: usize,
    },
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ModulusShort { bits } => {
                write!(f, "expected an RSA modulus of at least 2048 bits, found {bits}")
            }
            Self::ModulusLong { bits } => {
                write!(f, "expected an RSA modulus of at most 8192 bits, found {bits}")
            }
            Self::ModulusEven => f.write_str("expected an odd RSA modulus, found an even one"),
            Self::ExponentWeak => f.write_str("expected an odd RSA exponent from 65537 to 2^33 - 1"),
            Self::ModulusFactorable => f.write_str(
                "the RSA modulus can be factored: it comes from a generator with CVE-2017-15361 (ROCA)",
            ),
            Self::PointWeak => f.write_str("expected an Ed25519 point of large order in canonical form"),
            Self::SecretShort { bytes, least } => {
                write!(f, "expected a secret of at least {least} bytes, found {bytes}")
            }
        }
    }
}

impl Material<'_> {
    /// Checks the rules that do not need cryptography.
    ///
    /// # Errors
    ///
    /// The first [`Weakness`] found.
    pub fn check(&self, algorithm: Algorithm) -> Result<(), Weakness> {
        match self {
            Self::Rsa { n, e } => check_rsa(n, e),
            Self::Symmetric { k } if k.len() < algorithm.secret_min() => {
                Err(Weakness::SecretShort { bytes: k.len(), least: algorithm.secret_min() })
            }
            Self::Ed25519 { x } if is_weak_point(x) => Err(Weakness::PointWeak),
            Self::Symmetric { .. } | Self::Ec { .. } | Self::Ed25519 { .. } => Ok(()),
        }
    }
}

/// Whether an encoded Ed25519 point has an order of at most eight, or a coordinate that is not below the field's prime.
///
/// Under a point of small order a signature that was never made can hold; the providers take such points.
fn is_weak_point(x: &[u8]) -> bool {
    /// The coordinates of the points of order 8, 4, 2 and 1, little-endian: two, zero, minus one and one.
    const SMALL_ORDER: [[u8; 32]; 5] = [
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
            0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
        ],
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
            0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
        ],
        [0; 32],
        little_endian(0xec, 0xff, 0x7f),
        little_endian(1, 0, 0),
    ];
    let Some(mut y) = x.first_chunk::<32>().copied() else { return true };
    let [first, middle @ .., last] = &mut y;
    *last &= 0x7f; // the sign of the other coordinate
    let beyond_prime = *first >= 0xed && *last == 0x7f && middle.iter().all(|byte| *byte == 0xff);
    beyond_prime || SMALL_ORDER.contains(&y)
}

/// A number of 32 bytes with this first, these middle and this last byte.
const fn little_endian(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    let [a, .., z] = &mut bytes;
    (*a, *z) = (first, last);
    bytes
}

fn check_rsa(n: &[u8], e: &[u8]) -> Result<(), Weakness> {
    let bits = n.first().map_or(0, |first| n.len() * 8 - first.leading_zeros().try_into().unwrap_or(0));
    if bits < 2048 {
        return Err(Weakness::ModulusShort { bits });
    }
    if bits > 8192 {
        return Err(Weakness::ModulusLong { bits });
    }
    if n.last().is_none_or(|last| last % 2 == 0) {
        return Err(Weakness::ModulusEven);
    }
    // Five bytes hold every exponent that is taken.
    let exponent = e.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    if e.len() > 5 || !(65_537..1 << 33).contains(&exponent) || exponent % 2 == 0 {
        return Err(Weakness::ExponentWeak);
    }
    if is_factorable(n) { Err(Weakness::ModulusFactorable) } else { Ok(()) }
}

/// Whether a modulus has the fingerprint of the broken generator: modulo each small prime it is a power of 65537.
///
/// Its primes are `k * M + 65537^a mod M` with `M` the product of the first primes (Nemec et al., "The Return of
/// Coppersmith's Attack", 2017, section 2.2). Another modulus passes for all of these primes with a probability of about
/// 2^-27.
fn is_factorable(n: &[u8]) -> bool {
    const PRIMES: [u64; 38] = [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101,
        103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    ];
    PRIMES.into_iter().all(|prime| {
        let rest = n.iter().fold(0, |rest, byte| (rest << 8 | u64::from(*byte)) % prime);
        let mut power = 1;
        for _ in 0..prime {
            if power == rest {
                return true;
            }
            power = power * 65_537 % prime;
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    const E: &[u8] = &[1, 0, 1];

    fn odd(bytes: usize) -> Vec<u8> {
        // Divisible by 3, which no power of 65537 is: never mistaken for the broken generator's.
        let mut n = std::vec![0xff; bytes];
        n[bytes - 1] = 0xff;
        n
    }

    /// J-ALG-04.
    #[test]
    fn rsa_needs_2048_bits_and_a_strong_exponent() {
        assert_eq!(check_rsa(&odd(256), E), Ok(()));
        assert_eq!(check_rsa(&odd(1024), E), Ok(()));
        assert_eq!(check_rsa(&odd(255), E), Err(Weakness::ModulusShort { bits: 2040 }));
        assert_eq!(check_rsa(&odd(1025), E), Err(Weakness::ModulusLong { bits: 8200 }));
        let mut n = odd(256);
        n[0] = 0x7f;
        assert_eq!(check_rsa(&n, E), Err(Weakness::ModulusShort { bits: 2047 }));
        n[0] = 0xff;
        n[255] = 0xfe;
        assert_eq!(check_rsa(&n, E), Err(Weakness::ModulusEven));
        for e in [&[][..], &[1], &[3], &[1, 0, 0], &[0xff, 0xff], &[2, 0, 0, 0, 1], &[1, 0, 0, 0, 0, 1]] {
            assert_eq!(check_rsa(&odd(256), e), Err(Weakness::ExponentWeak), "{e:?}");
        }
        assert_eq!(check_rsa(&odd(256), &[1, 0, 0, 0, 1]), Ok(()));
    }

    #[test]
    fn a_power_of_65537_is_the_fingerprint() {
        // 65537^129 has 2065 bits and is a power of 65537 modulo everything.
        let mut n = std::vec![0_u8; 259];
        n[258] = 1;
        for _ in 0..129 {
            let mut carry = 0_u64;
            for byte in n.iter_mut().rev() {
                let value = u64::from(*byte) * 65_537 + carry;
                *byte = u8::try_from(value % 256).unwrap();
                carry = value / 256;
            }
        }
        assert_eq!(check_rsa(&n, E), Err(Weakness::ModulusFactorable));
        n[258] = n[258].wrapping_add(2);
        assert_eq!(check_rsa(&n, E), Ok(()));
    }

    #[test]
    fn points_of_small_order_are_refused() {
        let weak =
            |x: [u8; 32]| Material::Ed25519 { x: &x }.check(Algorithm::Ed25519) == Err(Weakness::PointWeak);
        for y in [[0; 32], little_endian(1, 0, 0), little_endian(1, 0, 0x80), little_endian(0xec, 0xff, 0xff)]
        {
            assert!(weak(y), "{y:?}");
        }
        for beyond in 0xed..=0xff {
            assert!(weak(little_endian(beyond, 0xff, 0x7f)) && weak(little_endian(beyond, 0xff, 0xff)));
        }
        assert!(!weak(little_endian(0xeb, 0xff, 0x7f)) && !weak(little_endian(0x58, 0x66, 0x66)));
        assert!(!weak(little_endian(0xed, 0xff, 0x7e)));
    }

    #[test]
    fn secrets_are_as_long_as_the_hash() {
        for (algorithm, least) in [(Algorithm::HS256, 32), (Algorithm::HS384, 48), (Algorithm::HS512, 64)] {
            assert_eq!(Material::Symmetric { k: &[7; 64][..least] }.check(algorithm), Ok(()));
            let short = Material::Symmetric { k: &[7; 64][..least - 1] };
            assert_eq!(short.check(algorithm), Err(Weakness::SecretShort { bytes: least - 1, least }));
        }
    }
}
