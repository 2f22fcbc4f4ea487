//! Keys: what algorithms exist, what a key is made of, and the small traits behind which the cryptography lives.

mod algorithm;
mod material;
mod refresh;
mod rules;

pub use algorithm::{Algorithm, Algorithms, Family};
pub use material::{Curve, Material};
pub use refresh::{Answered, Facts, FetchFault, KeyHint, Missed, Next, Refresh, RefreshRules, Round, Trust};
pub use rules::Weakness;

use crate::time::UnixTime;

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

    /// A number that no other key has, kept while its issuer publishes the key: by it a verified credential remembers what it
    /// was verified with. Where nothing is remembered it does not matter.
    fn serial(&self) -> u32 {
        0
    }
}

/// The keys of a policy's issuers, each set by itself: keys of different issuers are never mixed.
pub trait Keys {
    /// A prepared key with its name.
    type Key: PublishedKey;

    /// The keys of the issuer with this index in the policy; none if there is no such issuer.
    fn of_issuer(&self, issuer: usize) -> &[Self::Key];

    /// A number that changes whenever the issuer's keys do.
    fn epoch(&self, issuer: usize) -> u32 {
        let _ = issuer;
        0
    }

    /// How far the issuer's keys can be trusted at a time. Keys that are given once and for all always can.
    fn trust(&self, issuer: usize, now: UnixTime) -> Trust {
        let _ = (issuer, now);
        Trust::Fresh
    }

    /// Notes that a token was signed with a key that is not among the issuer's, and tells what is known of that. Of keys
    /// that are given once and for all everything is known.
    fn missed(&self, issuer: usize, key: KeyHint, now: UnixTime) -> Missed {
        let _ = (issuer, key, now);
        Missed::Unknown
    }

    /// The key that our own gateways authenticate their trace markers with (HMAC-SHA-256); without one none is looked at.
    fn trace(&self) -> Option<&dyn Verify> {
        None
    }
}

/// Proof that a key is among its issuer's: only this module can make one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StillPublished(());

impl StillPublished {
    /// Looks for the key with this number. Where the issuer's keys are those of `epoch`, it need not look.
    pub(crate) fn check<K: Keys>(keys: &K, issuer: usize, epoch: u32, serial: u32) -> Option<Self> {
        let published =
            keys.epoch(issuer) == epoch || keys.of_issuer(issuer).iter().any(|key| key.serial() == serial);
        published.then_some(Self(()))
    }
}
