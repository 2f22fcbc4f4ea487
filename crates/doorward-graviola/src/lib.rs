//! Doorward's signature provider over graviola: no verification allocates.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod ec;
mod rsa;

use alloc::boxed::Box;
use core::fmt;
use doorward_core::key::{Algorithm, Curve, Material, PrepareError, Provider, SignatureInvalid, Verify};
use graviola::hashing::hmac::Hmac;
use graviola::hashing::{Sha256, Sha384, Sha512};
use graviola::signing::ecdsa::{P256, P384};
use graviola::signing::eddsa::Ed25519VerifyingKey;

/// The provider over graviola. It has every algorithm but ES512.
///
/// graviola builds for x86-64 and aarch64 only and panics on one of those that is too old; a `Graviola` exists only
/// where it runs.
///
/// # What allocates
///
/// Preparing a key allocates. Verification never does: RSA keys are kept in Montgomery form, points on NIST
/// curves with their table of multiples, HMAC keys as hash states that are copied on the stack.
///
/// Only a graviola that was built with debug assertions allocates at each call: it looks for switches in the
/// environment. `[profile.dev.package.graviola] debug-assertions = false` in the workspace's manifest turns that off.
///
/// # What is known when
///
/// Every key is checked when it is prepared. Ed25519 points of small order, under which anyone can sign, are taken:
/// [`Material::check`] refuses them.
///
/// ```
/// use doorward_core::key::{Algorithm, Material, PrepareError, Provider, Verify};
/// use doorward_graviola::Graviola;
///
/// # fn main() -> Result<(), PrepareError> {
/// # if Graviola::new().is_err() { return Ok(()); }
/// let key = Graviola::new()?.prepare(Algorithm::HS256, &Material::Symmetric { k: &[7; 32] })?;
/// assert!(key.verify(b"message", &[0; 32]).is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Graviola {
    // INVARIANT: constructed by `new` only, after graviola accepted the CPU.
    _cpu: (),
}

/// A key prepared by [`Graviola`]. `Debug` shows its algorithm only.
pub struct Key {
    algorithm: Algorithm,
    kind: Kind,
}

/// Boxed where the prepared form takes kilobytes.
enum Kind {
    Ed25519(Ed25519VerifyingKey),
    Hs256(Box<Hmac<Sha256>>),
    Hs384(Box<Hmac<Sha384>>),
    Hs512(Box<Hmac<Sha512>>),
    P256(Box<ec::Key<P256>>),
    P384(Box<ec::Key<P384>>),
    Rsa(Box<rsa::Key>),
}

impl Graviola {
    /// The provider, where the CPU has what graviola needs.
    ///
    /// # Errors
    ///
    /// `CpuUnsupported` on x86-64 without AES, PCLMULQDQ, ADX, BMI1, AVX or AVX2, and on aarch64 without NEON or the
    /// cryptography extensions.
    pub fn new() -> Result<Self, PrepareError> {
        if graviola::util::is_cpu_supported() {
            Ok(Self { _cpu: () })
        } else {
            Err(PrepareError::CpuUnsupported)
        }
    }
}

impl Provider for Graviola {
    type Key = Key;

    fn name(&self) -> &'static str {
        "graviola"
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
    /// # Errors
    ///
    /// - `AlgorithmUnsupported`: ES512; and a good RSA key whose modulus is not a multiple of 64 bits long or whose
    ///   exponent exceeds 32 bits, which another provider may take.
    /// - `MaterialMismatch`: a key of another kind or curve than the algorithm needs.
    /// - `KeyInvalid`: an RSA modulus that is even or outside 2048 to 8192 bits, an exponent that is even or less
    ///   than 3, a leading zero in either; a coordinate of another length than the curve's or a point off the
    ///   curve; an Ed25519 key that is no point; an empty secret.
    fn prepare(&self, algorithm: Algorithm, material: &Material<'_>) -> Result<Key, PrepareError> {
        if !self.supports(algorithm) {
            return Err(PrepareError::AlgorithmUnsupported);
        }
        if !material.fits(algorithm) {
            return Err(PrepareError::MaterialMismatch);
        }
        let kind = match *material {
            Material::Rsa { n, e } => rsa::Key::new(algorithm, n, e).map(|key| Kind::Rsa(Box::new(key))),
            Material::Ec { curve: Curve::P256, x, y } => {
                ec::key(Curve::P256, x, y).map(|key| Kind::P256(Box::new(key)))
            }
            Material::Ec { curve: Curve::P384, x, y } => {
                ec::key(Curve::P384, x, y).map(|key| Kind::P384(Box::new(key)))
            }
            Material::Ec { curve: Curve::P521, .. } => Err(PrepareError::AlgorithmUnsupported),
            Material::Ed25519 { x } => {
                Ed25519VerifyingKey::from_bytes(x).map(Kind::Ed25519).map_err(|_| PrepareError::KeyInvalid)
            }
            Material::Symmetric { k: [] } => Err(PrepareError::KeyInvalid),
            Material::Symmetric { k } => hmac(algorithm, k).ok_or(PrepareError::AlgorithmUnsupported),
        };
        kind.map(|kind| Key { algorithm, kind })
    }
}

/// The hash states of a symmetric algorithm after the secret.
fn hmac(algorithm: Algorithm, secret: &[u8]) -> Option<Kind> {
    match algorithm {
        Algorithm::HS256 => Some(Kind::Hs256(Box::new(Hmac::new(secret)))),
        Algorithm::HS384 => Some(Kind::Hs384(Box::new(Hmac::new(secret)))),
        Algorithm::HS512 => Some(Kind::Hs512(Box::new(Hmac::new(secret)))),
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
            Kind::Ed25519(key) => key.verify(signature, message),
            Kind::Hs256(key) => with(key, message).verify(signature),
            Kind::Hs384(key) => with(key, message).verify(signature),
            Kind::Hs512(key) => with(key, message).verify(signature),
            Kind::P256(key) => key.verify::<Sha256>(&[message], signature),
            Kind::P384(key) => key.verify::<Sha384>(&[message], signature),
            Kind::Rsa(key) => key.verify(message, signature),
        }
        .map_err(|_| SignatureInvalid)
    }
}

/// A copy of the prepared state that has read the message.
fn with<H: graviola::hashing::Hash>(prepared: &Hmac<H>, message: &[u8]) -> Hmac<H>
where
    Hmac<H>: Clone,
{
    let mut state = prepared.clone();
    state.update(message);
    state
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}
