//! The default provider: for each algorithm the one that is heap-free first and fastest second, on this CPU.

use doorward_core::key::{Algorithm, Material, PrepareError, Provider, SignatureInvalid, Verify};
use doorward_graviola::Graviola;
use doorward_ring::Ring;

/// The default choice of providers, made anew on each machine.
///
/// Where the CPU has what graviola needs, graviola checks every signature, since it never touches the heap; the figures
/// are in the benchmarks' README. Elsewhere ring does, and also for RSA keys of a length that graviola does not take:
/// there, and only there, a decision allocates (inside ring: five times where the signature holds, at most five otherwise).
#[derive(Clone, Copy, Debug)]
pub struct DefaultProvider {
    graviola: Option<Graviola>,
}

impl DefaultProvider {
    /// The choice for this machine.
    #[must_use]
    pub fn new() -> Self {
        Self { graviola: Graviola::new().ok() }
    }

    /// ring alone, as on a machine whose CPU graviola does not support.
    #[must_use]
    pub const fn portable() -> Self {
        Self { graviola: None }
    }
}

impl Default for DefaultProvider {
    fn default() -> Self {
        Self::new()
    }
}

/// A prepared key of whichever provider it was given to.
#[derive(Debug)]
pub enum PreparedKey {
    /// A key of graviola.
    Graviola(doorward_graviola::Key),
    /// A key of ring.
    Ring(doorward_ring::Key),
}

impl Provider for DefaultProvider {
    type Key = PreparedKey;

    fn name(&self) -> &'static str {
        match self.graviola {
            Some(_) => "graviola and ring",
            None => "ring",
        }
    }

    fn supports(&self, algorithm: Algorithm) -> bool {
        self.graviola.is_some_and(|graviola| graviola.supports(algorithm)) || Ring.supports(algorithm)
    }

    fn prepare(&self, algorithm: Algorithm, material: &Material<'_>) -> Result<PreparedKey, PrepareError> {
        if let Some(graviola) = self.graviola
            && graviola.supports(algorithm)
        {
            match graviola.prepare(algorithm, material) {
                Err(PrepareError::AlgorithmUnsupported) => {}
                prepared => return prepared.map(PreparedKey::Graviola),
            }
        }
        Ring.prepare(algorithm, material).map(PreparedKey::Ring)
    }
}

impl Verify for PreparedKey {
    #[inline]
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureInvalid> {
        match self {
            Self::Graviola(key) => key.verify(message, signature),
            Self::Ring(key) => key.verify(message, signature),
        }
    }
}
