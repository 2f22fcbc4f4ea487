//! Keyed digests: what the stores know a credential by, since they never hold one.

/// A keyed digest of 128 bits. It is never shown: not in a message, not in a log, not in an order that a caller could
/// observe beyond the time of one lookup.
pub type Digest = [u64; 2];

/// What a digest is of, so that the digest of one kind of thing is never that of another.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[repr(u8)]
pub enum Domain {
    /// A bearer credential: the place where it was, the token.
    Bearer = 1,
    /// The peer that sent a request, for the limit on failures.
    Peer = 2,
    /// A single-use value: the identifier of its issuer, the value.
    SingleUse = 3,
}

impl Domain {
    /// Every domain.
    pub const ALL: [Self; 3] = [Self::Bearer, Self::Peer, Self::SingleUse];

    /// The number that is hashed first.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Bearer => 1,
            Self::Peer => 2,
            Self::SingleUse => 3,
        }
    }
}

/// Makes keyed digests, with a key that nobody else knows: two messages with one digest would be one credential to a
/// store, so that a collision that somebody can find is a way in.
pub trait Digester {
    /// The digest of `parts` in `domain`. What is hashed says where each part ends: `["ab", "c"]` is not `["a", "bc"]`.
    fn digest(&self, domain: Domain, parts: &[&[u8]]) -> Digest;
}
