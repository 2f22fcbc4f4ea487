//! Keys that sign the tokens of the benchmarks at start-up: throw-away keys that protect nothing.

use crate::token::base64url;
use doorward_core::key::{Curve, Material};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};

/// A private key with the algorithm that it signs with.
pub enum Signer {
    /// RSA with a padding.
    Rsa(Box<RsaKeyPair>, &'static dyn RsaEncoding),
    /// ECDSA.
    Ec(EcdsaKeyPair),
    /// Ed25519.
    Ed25519(Ed25519KeyPair),
    /// HMAC.
    Hmac(hmac::Key),
}

/// What a verifier needs, as numbers.
pub enum Public {
    /// Modulus and exponent.
    Rsa {
        /// The modulus.
        n: Vec<u8>,
        /// The public exponent.
        e: Vec<u8>,
    },
    /// A point on a NIST curve.
    Ec {
        /// The curve.
        curve: Curve,
        /// The first coordinate.
        x: Vec<u8>,
        /// The second coordinate.
        y: Vec<u8>,
    },
    /// An encoded Ed25519 point.
    Ed25519(Vec<u8>),
    /// The shared secret itself.
    Secret(Vec<u8>),
}

/// RS256 with 2048, 3072 or 4096 bits.
pub(crate) fn rs256(der: &[u8]) -> (Signer, Public) {
    rsa(der, &RSA_PKCS1_SHA256)
}

/// PS256.
pub(crate) fn ps256(der: &[u8]) -> (Signer, Public) {
    rsa(der, &RSA_PSS_SHA256)
}

fn rsa(der: &[u8], encoding: &'static dyn RsaEncoding) -> (Signer, Public) {
    let pair = RsaKeyPair::from_pkcs8(der).expect("an RSA key");
    let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(pair.public());
    (Signer::Rsa(Box::new(pair), encoding), Public::Rsa { n, e })
}

/// ES256.
pub(crate) fn es256() -> (Signer, Public) {
    ec(Curve::P256, &ECDSA_P256_SHA256_FIXED_SIGNING, include_bytes!("../keys/p256.der"))
}

/// ES384.
pub(crate) fn es384() -> (Signer, Public) {
    ec(Curve::P384, &ECDSA_P384_SHA384_FIXED_SIGNING, include_bytes!("../keys/p384.der"))
}

fn ec(curve: Curve, algorithm: &'static EcdsaSigningAlgorithm, der: &[u8]) -> (Signer, Public) {
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, der, &SystemRandom::new()).expect("a key on the curve");
    let point = pair.public_key().as_ref().get(1..).expect("an uncompressed point");
    let (x, y) = point.split_at_checked(curve.coordinate_len()).expect("two coordinates");
    let public = Public::Ec { curve, x: x.to_vec(), y: y.to_vec() };
    (Signer::Ec(pair), public)
}

/// Ed25519.
pub(crate) fn ed25519() -> (Signer, Public) {
    let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(include_bytes!("../keys/ed25519.der"))
        .expect("an Ed25519 key");
    let public = Public::Ed25519(pair.public_key().as_ref().to_vec());
    (Signer::Ed25519(pair), public)
}

/// HMAC with a secret as long as the hash.
pub(crate) fn hmac(algorithm: hmac::Algorithm) -> (Signer, Public) {
    let secret: Vec<u8> = (1..=64).cycle().take(algorithm.digest_algorithm().output_len()).collect();
    (Signer::Hmac(hmac::Key::new(algorithm, &secret)), Public::Secret(secret))
}

impl Signer {
    /// The signature of a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(*encoding, &random, message, &mut signature).expect("a signature");
                signature
            }
            Self::Ec(pair) => pair.sign(&random, message).expect("a signature").as_ref().to_vec(),
            Self::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Self::Hmac(key) => hmac::sign(key, message).as_ref().to_vec(),
        }
    }
}

impl Public {
    /// The numbers, as providers take them.
    #[must_use]
    pub fn material(&self) -> Material<'_> {
        match self {
            Self::Rsa { n, e } => Material::Rsa { n, e },
            Self::Ec { curve, x, y } => Material::Ec { curve: *curve, x, y },
            Self::Ed25519(x) => Material::Ed25519 { x },
            Self::Secret(k) => Material::Symmetric { k },
        }
    }

    /// The key as a JWK for this algorithm.
    #[must_use]
    pub fn jwk(&self, alg: &str, kid: &str) -> String {
        let numbers = match self {
            Self::Rsa { n, e } => {
                format!(r#""kty":"RSA","n":"{}","e":"{}""#, base64url(n), base64url(e))
            }
            Self::Ec { curve, x, y } => {
                let (crv, x, y) = (curve.name(), base64url(x), base64url(y));
                format!(r#""kty":"EC","crv":"{crv}","x":"{x}","y":"{y}""#)
            }
            Self::Ed25519(x) => format!(r#""kty":"OKP","crv":"Ed25519","x":"{}""#, base64url(x)),
            Self::Secret(k) => format!(r#""kty":"oct","k":"{}""#, base64url(k)),
        };
        format!(r#"{{{numbers},"alg":"{alg}","kid":"{kid}"}}"#)
    }
}
