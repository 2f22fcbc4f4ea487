//! Points on NIST curves, checked once.

use alloc::vec::Vec;
use doorward_core::key::{Curve, PrepareError};
use ring::agreement::{self, EphemeralPrivateKey, agree_ephemeral};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, UnparsedPublicKey};

pub(crate) fn p256(x: &[u8], y: &[u8]) -> Result<UnparsedPublicKey<Vec<u8>>, PrepareError> {
    let point = point(Curve::P256, &agreement::ECDH_P256, x, y)?;
    Ok(UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point))
}

pub(crate) fn p384(x: &[u8], y: &[u8]) -> Result<UnparsedPublicKey<Vec<u8>>, PrepareError> {
    let point = point(Curve::P384, &agreement::ECDH_P384, x, y)?;
    Ok(UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point))
}

/// The uncompressed encoding of a point on the curve.
fn point(
    curve: Curve,
    agreement: &'static agreement::Algorithm,
    x: &[u8],
    y: &[u8],
) -> Result<Vec<u8>, PrepareError> {
    // Together the coordinates could have the right length while the border between them is elsewhere.
    if x.len() != curve.coordinate_len() || y.len() != curve.coordinate_len() {
        return Err(PrepareError::KeyInvalid);
    }
    let point = [&[4], x, y].concat();
    // A trial verification would not do: ring has one answer for a bad point and a bad signature. An agreement
    // cannot fail with a good point.
    EphemeralPrivateKey::generate(agreement, &SystemRandom::new())
        .and_then(|own| agree_ephemeral(own, &agreement::UnparsedPublicKey::new(agreement, &point), |_| ()))
        .map_err(|_| PrepareError::KeyInvalid)?;
    Ok(point)
}
