//! A compiled policy: flat tables that whoever builds it owns, checked once, and what is read from them.

mod check;
mod entry;
mod issuer;
mod peer;
mod permit;
mod prove;
mod revoke;
mod route;
mod tables;
mod trace;
mod verify;

pub use check::Inconsistent;
pub use revoke::{NothingRevoked, Revoked, Token as RevokedToken};
pub use route::{LetThrough, Matched, segment_hash};
pub use tables::{
    AsTables, ClaimTest, Delegation, Edge, ForwardedField, Issuer, Limit, Network, Node, Profile, Route,
    Rule, Scalar, Settings, Tables, Trace, Unmatched,
};

pub(crate) use entry::{Entry, Epochs, REFUSED_AT_MOST, Recalled};
pub(crate) use peer::{counted, peer};
pub(crate) use permit::{Permitted, permit};
pub(crate) use prove::{Genuine, Unproven, prove};
pub(crate) use trace::upstream;
pub(crate) use verify::{
    AudienceChecked, Current, TimeChecked, Verified, Window, check_revocation, judge, judge_again, token_id,
};

/// A policy whose tables were found consistent: every index in them is inside its table.
#[derive(Debug)]
pub struct Policy<T> {
    tables: T,
}

impl<T: AsTables> Policy<T> {
    /// Checks the tables.
    ///
    /// # Errors
    ///
    /// [`Inconsistent`] names the first table with an index that points nowhere or an order that does not hold. It is a
    /// mistake of whoever compiled the policy, never of its author.
    pub fn new(tables: T) -> Result<Self, Inconsistent> {
        check::check(&tables.as_tables())?;
        Ok(Self { tables })
    }

    /// The tables.
    pub fn tables(&self) -> Tables<'_> {
        self.tables.as_tables()
    }

    /// What owns the tables.
    pub const fn owner(&self) -> &T {
        &self.tables
    }
}
