//! Points on NIST curves, checked once and kept with their table of multiples.

use doorward_core::key::{Curve, PrepareError};
use graviola::signing::ecdsa::{self, VerifyingKey};

pub(crate) type Key<C> = VerifyingKey<C>;

pub(crate) fn key<C: ecdsa::Curve>(curve: Curve, x: &[u8], y: &[u8]) -> Result<Key<C>, PrepareError> {
    // Together the coordinates could have the right length while the border between them is elsewhere.
    if x.len() != curve.coordinate_len() || y.len() != curve.coordinate_len() {
        return Err(PrepareError::KeyInvalid);
    }
    VerifyingKey::from_x962_uncompressed(&[&[4], x, y].concat()).map_err(|_| PrepareError::KeyInvalid)
}
