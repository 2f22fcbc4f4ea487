//! A provider that believes every signature, so that hostile claims reach the checks behind it. For tests only.

use doorward_core::key::{Algorithm, Material, PrepareError, Provider, SignatureInvalid, Verify};

/// The provider. It is as insecure as its name says.
#[derive(Clone, Copy, Debug)]
pub struct InsecureTrustAll;

/// A key under which everything is genuine.
#[derive(Clone, Copy, Debug)]
pub struct InsecureKey;

impl Provider for InsecureTrustAll {
    type Key = InsecureKey;

    fn name(&self) -> &'static str {
        "insecure, trusts all"
    }

    fn supports(&self, _: Algorithm) -> bool {
        true
    }

    fn prepare(&self, _: Algorithm, _: &Material<'_>) -> Result<InsecureKey, PrepareError> {
        Ok(InsecureKey)
    }
}

impl Verify for InsecureKey {
    fn verify(&self, _: &[u8], _: &[u8]) -> Result<(), SignatureInvalid> {
        Ok(())
    }
}
