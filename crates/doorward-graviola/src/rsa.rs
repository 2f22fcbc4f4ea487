//! RSA public keys, kept in Montgomery form.

use alloc::vec;
use alloc::vec::Vec;
use doorward_core::key::{Algorithm, PrepareError};
use graviola::Error;
use graviola::signing::rsa::VerifyingKey;

/// The lengths of moduli in bytes: "A key of size 2048 bits or larger MUST be used" ([RFC 7518, section 3.3]); the
/// upper one is graviola's own.
///
/// [RFC 7518, section 3.3]: https://www.rfc-editor.org/rfc/rfc7518#section-3.3
const MODULUS_LENS: core::ops::RangeInclusive<usize> = 2048 / 8..=8192 / 8;

/// The longest exponent in bytes: graviola's own limit.
const EXPONENT_MAX_LEN: usize = 4;

/// One of graviola's verifications: of a signature, then of a message.
type Verification = fn(&VerifyingKey, &[u8], &[u8]) -> Result<(), Error>;

pub(crate) struct Key {
    verification: Verification,
    key: VerifyingKey,
}

impl Key {
    pub(crate) fn new(algorithm: Algorithm, n: &[u8], e: &[u8]) -> Result<Self, PrepareError> {
        let verification = verification(algorithm).ok_or(PrepareError::AlgorithmUnsupported)?;
        check(n, e)?;
        let key = pkcs1(n, e).and_then(|der| VerifyingKey::from_pkcs1_der(&der).ok());
        key.map(|key| Self { verification, key }).ok_or(PrepareError::KeyInvalid)
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        (self.verification)(&self.key, signature, message)
    }
}

fn verification(algorithm: Algorithm) -> Option<Verification> {
    match algorithm {
        Algorithm::RS256 => Some(VerifyingKey::verify_pkcs1_sha256),
        Algorithm::RS384 => Some(VerifyingKey::verify_pkcs1_sha384),
        Algorithm::RS512 => Some(VerifyingKey::verify_pkcs1_sha512),
        Algorithm::PS256 => Some(VerifyingKey::verify_pss_sha256),
        Algorithm::PS384 => Some(VerifyingKey::verify_pss_sha384),
        Algorithm::PS512 => Some(VerifyingKey::verify_pss_sha512),
        Algorithm::HS256
        | Algorithm::HS384
        | Algorithm::HS512
        | Algorithm::ES256
        | Algorithm::ES384
        | Algorithm::ES512
        | Algorithm::Ed25519 => None,
    }
}

/// What graviola leaves to its caller: leading zeros, the exact least length, and the lengths that it would
/// take but under which no signature holds.
fn check(n: &[u8], e: &[u8]) -> Result<(), PrepareError> {
    let leads_with = n.first().copied().unwrap_or_default();
    let too_short = n.len() == *MODULUS_LENS.start() && leads_with < 0x80;
    let is_odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
    let has_leading_zero = leads_with == 0 || e.first().is_none_or(|first| *first == 0);
    if !MODULUS_LENS.contains(&n.len()) || too_short || has_leading_zero || !is_odd(n) || !is_odd(e) {
        return Err(PrepareError::KeyInvalid);
    }
    // graviola 0.4.4 compares encoded messages in whole words of 64 bits, and takes the top bit to be set.
    if !n.len().is_multiple_of(8) || leads_with < 0x80 || e.len() > EXPONENT_MAX_LEN {
        return Err(PrepareError::AlgorithmUnsupported);
    }
    Ok(())
}

/// The key as a DER `RSAPublicKey`, the one form that graviola reads ([RFC 8017, appendix A.1.1]).
///
/// [RFC 8017, appendix A.1.1]: https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.1
fn pkcs1(n: &[u8], e: &[u8]) -> Option<Vec<u8>> {
    der(0x30, &[integer(n)?, integer(e)?].concat())
}

/// A positive INTEGER: a first byte from 0x80 on would be a minus sign.
fn integer(magnitude: &[u8]) -> Option<Vec<u8>> {
    let sign: &[u8] = if *magnitude.first()? < 0x80 { &[] } else { &[0] };
    der(0x02, &[sign, magnitude].concat())
}

fn der(tag: u8, content: &[u8]) -> Option<Vec<u8>> {
    let mut der = vec![tag];
    match u16::try_from(content.len()).ok()?.to_be_bytes() {
        [0, low @ 0..=0x7f] => der.push(low),
        [0, low] => der.extend([0x81, low]),
        [high, low] => der.extend([0x82, high, low]),
    }
    der.extend(content);
    Some(der)
}
