//! The algorithms that are measured, each with a key.

use crate::signer::{self, Public, Signer};
use doorward::provider::{DefaultProvider, PreparedKey};
use doorward_core::key::{Algorithm, Provider as _};
use ring::hmac;

/// The name under which the issuers of the benchmarks publish their key.
pub const KID: &str = "2026-11-a";

/// An algorithm with a key.
pub struct Suite {
    /// The name in the table, with the size of the key where that matters.
    pub name: &'static str,
    /// The name in the header of tokens: for Ed25519 the older one, which every peer knows.
    pub alg: &'static str,
    /// The algorithm.
    pub algorithm: Algorithm,
    /// What signs.
    pub signer: Signer,
    /// What verifies.
    pub public: Public,
}

impl Suite {
    fn new(name: &'static str, algorithm: Algorithm, (signer, public): (Signer, Public)) -> Self {
        let alg = if algorithm == Algorithm::Ed25519 { "EdDSA" } else { algorithm.name() };
        Self { name, alg, algorithm, signer, public }
    }

    /// All of them.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let rsa3072 = include_bytes!("../keys/rsa-3072.der");
        let rsa4096 = include_bytes!("../keys/rsa-4096.der");
        vec![
            Self::rs256(),
            Self::new("RS256-3072", Algorithm::RS256, signer::rs256(rsa3072)),
            Self::new("RS256-4096", Algorithm::RS256, signer::rs256(rsa4096)),
            Self::new("PS256", Algorithm::PS256, signer::ps256(include_bytes!("../keys/rsa-2048.der"))),
            Self::new("ES256", Algorithm::ES256, signer::es256()),
            Self::new("ES384", Algorithm::ES384, signer::es384()),
            Self::new("Ed25519", Algorithm::Ed25519, signer::ed25519()),
            Self::hs256(),
            Self::new("HS384", Algorithm::HS384, signer::hmac(hmac::HMAC_SHA384)),
            Self::new("HS512", Algorithm::HS512, signer::hmac(hmac::HMAC_SHA512)),
        ]
    }

    /// RS256 with 2048 bits, the most common one.
    #[must_use]
    pub fn rs256() -> Self {
        let der = include_bytes!("../keys/rsa-2048.der");
        Self::new("RS256-2048", Algorithm::RS256, signer::rs256(der))
    }

    /// HS256, the fastest one, beside which everything else shows.
    #[must_use]
    pub fn hs256() -> Self {
        Self::new("HS256", Algorithm::HS256, signer::hmac(hmac::HMAC_SHA256))
    }

    /// The public key as a JWK.
    #[must_use]
    pub fn jwk(&self) -> String {
        self.public.jwk(self.alg, KID)
    }

    /// The key as the default provider prepares it, and the name of the provider that did.
    #[must_use]
    pub fn prepared(&self) -> (PreparedKey, &'static str) {
        let key = DefaultProvider::new()
            .prepare(self.algorithm, &self.public.material())
            .expect("the default provider takes this key");
        let provider = match key {
            PreparedKey::Graviola(_) => "graviola",
            PreparedKey::Ring(_) => "ring",
        };
        (key, provider)
    }
}
