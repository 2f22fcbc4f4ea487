//! What a policy says of what is remembered, of failed attempts, and of the trace that a refusal leaves.

use super::model::Located;
use doorward_core::time::Seconds;

/// How many entries each store has room for; 0 turns one off.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct StoreModel {
    /// Verified credentials.
    pub known: usize,
    /// Refused credentials.
    pub refused: usize,
    /// Values that may be used once. 0 where no issuer is [`single_use`](super::model::IssuerModel::single_use), and never where
    /// one is.
    pub replay: usize,
}

/// How many failed attempts a caller has.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct LimitModel {
    /// How many failures a caller has at once.
    pub failures: u32,
    /// In which time they are given back, evenly.
    pub per: Seconds,
    /// What is counted by.
    pub by: LimitBy,
}

/// What failed attempts are counted by; at least one is true.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct LimitBy {
    /// By the address that they come from.
    pub peer: bool,
    /// By the credential that is sent.
    pub credential: bool,
}

/// What is left for others to see where a refusal came from.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TraceModel {
    /// The name of this gateway in `Proxy-Status`, as the policy gives it; the field is left out without one.
    pub proxy_status: Option<String>,
    /// Whether the field tells the reason, where it is disclosed.
    pub details: bool,
    /// The path of the file with the key of trace markers, as the policy gives it.
    pub key: Option<Located<String>>,
}

impl Default for LimitBy {
    /// Both.
    fn default() -> Self {
        Self { peer: true, credential: true }
    }
}
