//! Keys: what algorithms exist, what a key is made of, and the small traits behind which the cryptography lives.

mod algorithm;
mod material;
mod rules;

pub use algorithm::{Algorithm, Algorithms, Family};
pub use material::{Curve, Material};
pub use rules::Weakness;

/// A signature did not hold. There is nothing more to know about it: details would help a forger.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SignatureInvalid;

/// Why a provider did not take a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PrepareError {
    /// The provider does not have the algorithm.
    AlgorithmUnsupported,
    /// The key is of another kind than the algorithm needs.
    MaterialMismatch,
    /// The key is not a valid one: a point off the curve, an even modulus, too long.
    KeyInvalid,
    /// The provider cannot run on this CPU.
    CpuUnsupported,
}

/// Makes keys ready for use, once, when they are loaded.
pub trait Provider {
    /// A prepared key.
    type Key: Verify;

    /// The provider's name, for messages.
    fn name(&self) -> &'static str;

    /// Whether it has this algorithm on this machine.
    fn supports(&self, algorithm: Algorithm) -> bool;

    /// Prepares a key for one algorithm; may allocate.
    ///
    /// The rules of [`Material::check`] have been applied before.
    ///
    /// # Errors
    ///
    /// See [`PrepareError`].
    fn prepare(&self, algorithm: Algorithm, material: &Material<'_>) -> Result<Self::Key, PrepareError>;
}

/// A prepared key, bound to one algorithm.
pub trait Verify {
    /// Checks `signature` over `message`; constant-time for shared secrets, and without allocation unless the
    /// provider says otherwise.
    ///
    /// # Errors
    ///
    /// [`SignatureInvalid`] for every failure alike.
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureInvalid>;
}

/// A prepared key with the name under which its issuer published it.
pub trait PublishedKey: Verify {
    /// The `kid`, compared exactly; `None` fits every token of the issuer.
    fn id(&self) -> Option<&str>;

    /// The one algorithm that it is bound to.
    fn algorithm(&self) -> Algorithm;
}

/// The keys of a policy's issuers, each set by itself: keys of different issuers are never mixed.
pub trait Keys {
    /// A prepared key with its name.
    type Key: PublishedKey;

    /// The keys of the issuer with this index in the policy; none if there is no such issuer.
    fn of_issuer(&self, issuer: usize) -> &[Self::Key];
}
