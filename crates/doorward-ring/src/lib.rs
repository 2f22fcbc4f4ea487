//! Doorward's signature provider over ring: the portable one, for every machine that ring runs on.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod ec;
mod mac;
mod rsa;

use alloc::vec::Vec;
use core::fmt;
use doorward_core::key::{Algorithm, Curve, Material, PrepareError, Provider, SignatureInvalid, Verify};
use ring::hmac;
use ring::signature::{ED25519, UnparsedPublicKey};

pub use mac::Mac;

/// The provider over ring. It has every algorithm but ES512.
///
/// # What allocates
///
/// Verification under an RSA key calls the allocator five times where the signature holds, whatever the key's size, and at
/// most five times otherwise; it gives everything
/// back before it returns. Verification of every other kind does not allocate. Preparing a key does.
///
/// # What is known when
///
/// RSA numbers and points on NIST curves are checked when a key is prepared. ring decodes the point of an
/// Ed25519 key only while it verifies: 32 bytes that are no point make a key under which no signature holds. It
/// takes encodings of Ed25519 points above the field's prime, and, as others do, points of small order, under which
/// anyone can sign: [`Material::check`] refuses both.
///
/// ```
/// use doorward_core::key::{Algorithm, Material, PrepareError, Provider, Verify};
/// use doorward_ring::Ring;
///
/// let key = Ring.prepare(Algorithm::HS256, &Material::Symmetric { k: &[7; 32] })?;
/// assert!(key.verify(b"message", &[0; 32]).is_err());
/// # Ok::<(), PrepareError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Ring;

/// A key prepared by [`Ring`]. `Debug` shows its algorithm only.
pub struct Key {
    algorithm: Algorithm,
    kind: Kind,
}

enum Kind {
    Hmac(hmac::Key),
    Point(UnparsedPublicKey<Vec<u8>>),
    Rsa(rsa::Key),
}

impl Provider for Ring {
    type Key = Key;

    fn name(&self) -> &'static str {
        "ring"
    }

    fn supports(&self, algorithm: Algorithm) -> bool {
        match algorithm {
            Algorithm::HS256
            | Algorithm::HS384
            | Algorithm::HS512
            | Algorithm::RS256
            | Algorithm::RS384
            | Algorithm::RS512
            | Algorithm::PS256
            | Algorithm::PS384
            | Algorithm::PS512
            | Algorithm::ES256
            | Algorithm::ES384
            | Algorithm::Ed25519 => true,
            Algorithm::ES512 => false,
        }
    }

    /// Prepares a key for one algorithm; allocates.
    ///
    /// A point on a NIST curve is checked by agreeing on a secret with it and a throw-away key, for which ring
    /// asks the operating system for randomness once.
    ///
    /// # Errors
    ///
    /// - `AlgorithmUnsupported`: ES512.
    /// - `MaterialMismatch`: a key of another kind or curve than the algorithm needs.
    /// - `KeyInvalid`: an RSA modulus that is even or outside 2048 to 8192 bits, an exponent that is even or
    ///   outside 3 to 2³³ − 1, a leading zero in either; a coordinate of another length than the curve's or a
    ///   point off the curve; an Ed25519 key of another length than 32 bytes; an empty secret; and every point on a
    ///   NIST curve while the operating system gives no randomness.
    fn prepare(&self, algorithm: Algorithm, material: &Material<'_>) -> Result<Key, PrepareError> {
        if !self.supports(algorithm) {
            return Err(PrepareError::AlgorithmUnsupported);
        }
        if !material.fits(algorithm) {
            return Err(PrepareError::MaterialMismatch);
        }
        let kind = match *material {
            Material::Rsa { n, e } => rsa::Key::new(algorithm, n, e).map(Kind::Rsa),
            Material::Ec { curve: Curve::P256, x, y } => ec::p256(x, y).map(Kind::Point),
            Material::Ec { curve: Curve::P384, x, y } => ec::p384(x, y).map(Kind::Point),
            Material::Ec { curve: Curve::P521, .. } => Err(PrepareError::AlgorithmUnsupported),
            Material::Ed25519 { x } if x.len() == 32 => {
                Ok(Kind::Point(UnparsedPublicKey::new(&ED25519, x.to_vec())))
            }
            Material::Symmetric { k } if !k.is_empty() => hash(algorithm)
                .map(|hash| Kind::Hmac(hmac::Key::new(hash, k)))
                .ok_or(PrepareError::AlgorithmUnsupported),
            Material::Ed25519 { .. } | Material::Symmetric { .. } => Err(PrepareError::KeyInvalid),
        };
        kind.map(|kind| Key { algorithm, kind })
    }
}

/// The HMAC of a symmetric algorithm.
fn hash(algorithm: Algorithm) -> Option<hmac::Algorithm> {
    match algorithm {
        Algorithm::HS256 => Some(hmac::HMAC_SHA256),
        Algorithm::HS384 => Some(hmac::HMAC_SHA384),
        Algorithm::HS512 => Some(hmac::HMAC_SHA512),
        Algorithm::RS256
        | Algorithm::RS384
        | Algorithm::RS512
        | Algorithm::PS256
        | Algorithm::PS384
        | Algorithm::PS512
        | Algorithm::ES256
        | Algorithm::ES384
        | Algorithm::ES512
        | Algorithm::Ed25519 => None,
    }
}

impl Verify for Key {
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureInvalid> {
        match &self.kind {
            Kind::Hmac(key) => hmac::verify(key, message, signature),
            Kind::Point(key) => key.verify(message, signature),
            Kind::Rsa(key) => key.verify(message, signature),
        }
        .map_err(|_| SignatureInvalid)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}
