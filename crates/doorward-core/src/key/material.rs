//! What a key is made of, and the rules that every key must meet before a provider sees it.

use super::{Algorithm, Family};
use core::fmt;

/// A NIST curve.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Curve {
    /// P-256, for ES256.
    P256,
    /// P-384, for ES384.
    P384,
    /// P-521, for ES512.
    P521,
}

impl Curve {
    /// The name in a JWK's `crv`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }

    /// The length of a coordinate in bytes.
    #[must_use]
    pub const fn coordinate_len(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }
}

/// A key as decoded bytes, big-endian where they are numbers. `Debug` shows no secret.
#[derive(Clone, Copy, Hash)]
pub enum Material<'k> {
    /// An RSA public key: modulus and exponent, without leading zeros.
    Rsa {
        /// The modulus.
        n: &'k [u8],
        /// The public exponent.
        e: &'k [u8],
    },
    /// A point on a NIST curve, each coordinate padded to the curve's length.
    Ec {
        /// The curve.
        curve: Curve,
        /// The first coordinate.
        x: &'k [u8],
        /// The second coordinate.
        y: &'k [u8],
    },
    /// An Ed25519 public key of 32 bytes.
    Ed25519 {
        /// The encoded point.
        x: &'k [u8],
    },
    /// A shared secret.
    Symmetric {
        /// The secret.
        k: &'k [u8],
    },
}

impl fmt::Debug for Material<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa { .. } => "Rsa { .. }",
            Self::Ec { .. } => "Ec { .. }",
            Self::Ed25519 { .. } => "Ed25519 { .. }",
            Self::Symmetric { .. } => "Symmetric { .. }",
        })
    }
}

impl Material<'_> {
    /// Whether the key's kind and curve fit the algorithm.
    #[must_use]
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        match self {
            Self::Rsa { .. } => algorithm.family() == Family::Rsa,
            Self::Ec { curve, .. } => matches!(
                (curve, algorithm),
                (Curve::P256, Algorithm::ES256)
                    | (Curve::P384, Algorithm::ES384)
                    | (Curve::P521, Algorithm::ES512)
            ),
            Self::Ed25519 { .. } => algorithm == Algorithm::Ed25519,
            Self::Symmetric { .. } => algorithm.is_symmetric(),
        }
    }
}
