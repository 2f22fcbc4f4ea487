//! What is remembered between decisions, lent by the host: nothing of it is needed for a decision to be right.

use crate::policy::{NothingRevoked, Revoked};
use crate::store::{Digest, Digester, Domain, Failures, Remembered, Replay, failures, known, replay};

/// The memory of an engine. Each store may be absent: then nothing is remembered there.
pub trait Stores {
    /// Makes the digests that credentials are known by.
    type Digester: Digester;
    /// What the stores of credentials lie in.
    type Credentials: AsRef<[known::Bucket]>;
    /// What the store of single-use values lies in.
    type Uses: AsRef<[replay::Bucket]>;
    /// What the counts of failures lie in.
    type Counts: AsRef<[failures::Bucket]>;
    /// What is revoked.
    type Revoked: Revoked;

    /// The keyed digests of this host; without them nothing is remembered.
    fn digester(&self) -> Option<&Self::Digester>;

    /// A number that changes with the policy: what was found out under one policy says nothing under another.
    fn epoch(&self) -> u32;

    /// Credentials that passed every check.
    fn known(&self) -> Option<&Remembered<Self::Credentials>>;

    /// Credentials that were refused, in a place of their own: however many there are, they push no good one out.
    fn refused(&self) -> Option<&Remembered<Self::Credentials>>;

    /// Single-use values that were used.
    fn replay(&self) -> Option<&Replay<Self::Uses>>;

    /// Failed attempts.
    fn failures(&self) -> Option<&Failures<Self::Counts>>;

    /// What is revoked.
    fn revoked(&self) -> &Self::Revoked;
}

/// No memory: every decision stands for itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoStores;

/// Makes no digests, since nothing asks it to.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum NoDigester {}

impl Digester for NoDigester {
    fn digest(&self, _: Domain, _: &[&[u8]]) -> Digest {
        match *self {}
    }
}

impl Stores for NoStores {
    type Digester = NoDigester;
    type Credentials = [known::Bucket; 0];
    type Uses = [replay::Bucket; 0];
    type Counts = [failures::Bucket; 0];
    type Revoked = NothingRevoked;

    fn digester(&self) -> Option<&NoDigester> {
        None
    }

    fn epoch(&self) -> u32 {
        0
    }

    fn known(&self) -> Option<&Remembered<Self::Credentials>> {
        None
    }

    fn refused(&self) -> Option<&Remembered<Self::Credentials>> {
        None
    }

    fn replay(&self) -> Option<&Replay<Self::Uses>> {
        None
    }

    fn failures(&self) -> Option<&Failures<Self::Counts>> {
        None
    }

    fn revoked(&self) -> &NothingRevoked {
        &NothingRevoked
    }
}
