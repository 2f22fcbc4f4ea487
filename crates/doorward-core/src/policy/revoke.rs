//! What is revoked: asked of every genuine token, whether it is new or known.

use crate::time::UnixTime;

/// Says what is revoked. Issuers are named by their index in the policy, so that no issuer's list is ever another's.
pub trait Revoked {
    /// A number that changes whenever something more is revoked, so that what is remembered is asked again.
    fn epoch(&self) -> u32;

    /// Whether tokens that were signed with the key of this name are revoked.
    fn key(&self, issuer: usize, kid: &str) -> bool;

    /// Whether a token is revoked: by its `jti`, by its subject, or because all tokens of its issuer from before some time are.
    ///
    /// What the token does not say counts against it: one that does not tell when it was issued may be from before.
    fn token(&self, issuer: usize, token: &Token<'_>) -> bool;
}

/// What a token is revoked by.
#[derive(Clone, Copy, Debug)]
pub struct Token<'t> {
    /// Its `jti`.
    pub id: Option<&'t str>,
    /// Its subject; empty where it has none.
    pub subject: &'t str,
    /// Its `iat`.
    pub issued: Option<UnixTime>,
    /// Our time, for what is revoked for a time only.
    pub now: UnixTime,
}

/// Nothing is revoked.
#[derive(Clone, Copy, Debug, Default)]
pub struct NothingRevoked;

impl Revoked for NothingRevoked {
    fn epoch(&self) -> u32 {
        0
    }

    fn key(&self, _: usize, _: &str) -> bool {
        false
    }

    fn token(&self, _: usize, _: &Token<'_>) -> bool {
        false
    }
}
