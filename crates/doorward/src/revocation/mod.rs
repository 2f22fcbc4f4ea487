//! What is revoked although it is genuine: single tokens, subjects, all from before a time, and keys.
//!
//! Entries come from a file, TOML or JSON by its name, and through the API; together they are [`Revocations`], which a
//! decision asks about every genuine token, whether it is new or known.
//!
//! ```toml
//! [[tokens]]
//! issuer = "corp"                       # the name of its section in the policy, or its `iss`
//! jti = "0b6f3b7e"
//!
//! [[subjects]]
//! issuer = "https://idp.example"
//! subject = "svc-a"
//! until = 2026-11-22T22:23:51Z          # never let in again unless given
//!
//! [[issued_before]]
//! issuer = "corp"
//! time = 2026-11-22T22:23:51Z           # or seconds since 1970
//!
//! [[keys]]
//! issuer = "corp"
//! kid = "2026-11"
//! ```

mod issuers;
mod table;

pub use issuers::Issuers;
pub(crate) use issuers::Meant;
pub use table::{Counts, Refused, Revocations};

use crate::error::LoadErrors;
use crate::policy::{self, Format};
use core::fmt;
use doorward_core::time::UnixTime;

/// One thing that is revoked. `issuer` is the name of its section in the policy, or its `iss` or trust domain.
#[derive(Clone, Eq, Hash, PartialEq)]
pub enum Revocation {
    /// A single token.
    Token {
        /// Who issued it.
        issuer: String,
        /// Its `jti`.
        jti: String,
    },
    /// Every token of a subject.
    Subject {
        /// Who issued them.
        issuer: String,
        /// Their `sub`.
        subject: String,
        /// When the subject is let in again; never unless given.
        until: Option<UnixTime>,
    },
    /// Every token from before a time, and every one that does not tell its time.
    IssuedBefore {
        /// Who issued them.
        issuer: String,
        /// The first `iat` that is good.
        time: UnixTime,
    },
    /// Every token that was signed with a key.
    Key {
        /// Whose key it is.
        issuer: String,
        /// Its `kid`.
        kid: String,
    },
}

impl Revocation {
    /// Whose tokens it revokes, as it was given.
    #[must_use]
    pub fn issuer(&self) -> &str {
        match self {
            Self::Token { issuer, .. }
            | Self::Subject { issuer, .. }
            | Self::IssuedBefore { issuer, .. }
            | Self::Key { issuer, .. } => issuer,
        }
    }
}

impl Revocation {
    /// The same of an issuer by another name.
    pub(crate) fn of(mut self, name: String) -> Self {
        match &mut self {
            Self::Token { issuer, .. }
            | Self::Subject { issuer, .. }
            | Self::IssuedBefore { issuer, .. }
            | Self::Key { issuer, .. } => *issuer = name,
        }
        self
    }
}

impl fmt::Debug for Revocation {
    /// Without what tokens say.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, until) = match self {
            Self::Token { .. } => ("Token", None),
            Self::Subject { until, .. } => ("Subject", *until),
            Self::IssuedBefore { time, .. } => ("IssuedBefore", Some(*time)),
            Self::Key { .. } => ("Key", None),
        };
        let mut shown = f.debug_struct(kind);
        shown.field("issuer", &self.issuer());
        if let Some(time) = until {
            shown.field("time", &time);
        }
        shown.finish_non_exhaustive()
    }
}

/// Reads a revocation file, and checks its issuers against those of the policy.
///
/// An issuer that is a URL and not in the policy is no fault: a file may serve several policies.
///
/// # Errors
///
/// - Text that is not of the format, or too large: the first fault, and in TOML the first of each line.
/// - Otherwise every fault: keys that are unknown, missing or given twice; values of the wrong kind or form; issuers that the
///   policy does not have; more entries than [`REVOCATIONS`](doorward_core::limits::REVOCATIONS).
pub fn read(text: &str, format: Format, issuers: &Issuers) -> Result<Vec<Revocation>, LoadErrors> {
    policy::read_revocations(text, format, issuers)
}

#[cfg(test)]
mod tests;
