//! The test keys: derived from names, but for RSA, whose primes take too long to find.
#![expect(clippy::expect_used, reason = "the keys are constants, and a broken one must stop the generator")]

use super::base64url::{decode, encode};
use super::rsa::{Hash, RsaKey};
use hmac::{Hmac, KeyInit, Mac};
use p256::ecdsa::signature::Signer;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256, Sha384, Sha512};

const TRUSTED: &str = include_str!("../../keys/rsa-trusted.private-test-key.jwk.json");
const STRANGER: &str = include_str!("../../keys/rsa-stranger.private-test-key.jwk.json");

/// A key pair or a secret. The name is all that it is made from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Key {
    Ed25519(&'static str),
    P256(&'static str),
    P384(&'static str),
    /// The RSA key that policies trust.
    Rsa,
    /// The RSA key that none does.
    RsaStranger,
    /// 64 bytes.
    Secret(&'static str),
}

impl Key {
    /// Signs with the algorithm of this name; the key must fit.
    pub(crate) fn sign(self, algorithm: &'static str, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ed25519(name) => ed(name).sign(message).to_bytes().to_vec(),
            Self::P256(name) => {
                let signature: p256::ecdsa::Signature = p256(name).sign(message);
                signature.to_bytes().to_vec()
            }
            Self::P384(name) => {
                let signature: p384::ecdsa::Signature = p384(name).sign(message);
                signature.to_bytes().to_vec()
            }
            Self::Rsa | Self::RsaStranger => {
                let hash = Hash(algorithm.get(2..).unwrap_or_default());
                let key = self.rsa();
                if algorithm.starts_with('P') { key.pss(hash, message) } else { key.pkcs1(hash, message) }
            }
            Self::Secret(name) => hmac(algorithm, &secret(name), message),
        }
    }

    /// The public members of its JWK; of a secret, the secret.
    pub(crate) fn jwk(self) -> Map<String, Value> {
        let value = match self {
            Self::Ed25519(name) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": encode(ed(name).verifying_key().as_bytes())})
            }
            Self::P256(name) => point("P-256", p256(name).verifying_key().to_sec1_point(false).as_bytes()),
            Self::P384(name) => point("P-384", p384(name).verifying_key().to_sec1_point(false).as_bytes()),
            Self::Rsa | Self::RsaStranger => json!({"kty": "RSA", "n": encode(&self.rsa().n), "e": "AQAB"}),
            Self::Secret(name) => json!({"kty": "oct", "k": encode(&secret(name))}),
        };
        value.as_object().cloned().unwrap_or_default()
    }

    /// The JWK with an id and, if it is not empty, an algorithm.
    pub(crate) fn named(self, kid: &str, algorithm: &str) -> Value {
        let mut jwk = self.jwk();
        jwk.insert("kid".to_owned(), json!(kid));
        if !algorithm.is_empty() {
            jwk.insert("alg".to_owned(), json!(algorithm));
        }
        Value::Object(jwk)
    }

    /// The DER of an RSA public key as a SubjectPublicKeyInfo.
    pub(crate) fn spki(self) -> Vec<u8> {
        let n = self.rsa().n;
        let integer = |bytes: &[u8]| der(2, &[&[0][..], bytes].concat());
        let numbers = der(0x30, &[integer(&n), der(2, &[1, 0, 1])].concat());
        let algorithm = [0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
        der(0x30, &[&algorithm[..], &der(3, &[&[0][..], &numbers].concat())].concat())
    }

    /// The modulus of an RSA key.
    pub(crate) fn modulus(self) -> Vec<u8> {
        self.rsa().n
    }

    fn rsa(self) -> RsaKey {
        let text = if self == Self::Rsa { TRUSTED } else { STRANGER };
        let jwk: Value = serde_json::from_str(text).expect("an RSA key file that is JSON");
        let number = |name: &str| decode(jwk.get(name).and_then(Value::as_str).unwrap_or_default());
        RsaKey { n: number("n"), d: number("d") }
    }
}

/// A MAC with any bytes as the secret.
pub(crate) fn hmac(algorithm: &str, secret: &[u8], message: &[u8]) -> Vec<u8> {
    fn tag<M: Mac + KeyInit>(secret: &[u8], message: &[u8]) -> Vec<u8> {
        let mac = <M as KeyInit>::new_from_slice(secret).expect("HMAC takes secrets of any length");
        mac.chain_update(message).finalize().into_bytes().to_vec()
    }
    match algorithm {
        "HS384" => tag::<Hmac<Sha384>>(secret, message),
        "HS512" => tag::<Hmac<Sha512>>(secret, message),
        _ => tag::<Hmac<Sha256>>(secret, message),
    }
}

/// The PEM text of DER.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let text = encode(der).replace('-', "+").replace('_', "/");
    let padded = format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4));
    let lines: Vec<_> = padded.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line)).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn seed(name: &str) -> [u8; 32] {
    Sha256::digest(format!("doorward test key {name}")).into()
}

fn secret(name: &str) -> Vec<u8> {
    Sha512::digest(format!("doorward test secret {name}")).to_vec()
}

fn ed(name: &str) -> ed25519_dalek::SigningKey {
    ed25519_dalek::SigningKey::from_bytes(&seed(name))
}

fn p256(name: &str) -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(&seed(name)).expect("a seed below the order of the curve")
}

fn p384(name: &str) -> p384::ecdsa::SigningKey {
    let seed = Sha384::digest(format!("doorward test key {name}"));
    p384::ecdsa::SigningKey::from_slice(&seed).expect("a seed below the order of the curve")
}

/// An EC key from an uncompressed point.
fn point(curve: &str, sec1: &[u8]) -> Value {
    let (x, y) = sec1.get(1..).unwrap_or_default().split_at(sec1.len() / 2);
    json!({"kty": "EC", "crv": curve, "x": encode(x), "y": encode(y)})
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let len = u16::try_from(content.len()).unwrap_or_default().to_be_bytes();
    let head = match len {
        [0, low] if low < 128 => vec![tag, low],
        [0, low] => vec![tag, 0x81, low],
        [high, low] => vec![tag, 0x82, high, low],
    };
    [&head[..], content].concat()
}
