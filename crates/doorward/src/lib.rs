//! One decision on every caller: let in, **401** (we could not tell who you are) or **403** (we know who you are, and
//! you may not), with the reason, the challenge and the cure.
//!
//! This is the façade that services use: it loads a policy file and its keys into an [`Engine`] once, and then decides
//! without allocating. The decision itself is made in `doorward-core`.
//!
//! # The map
//!
//! * For services: [`Engine`], [`Request`], [`Decision`], [`Format`]; [`revocation`] for what is taken back, [`Status`] for
//!   whoever watches.
//! * For clients: [`caller`] holds a credential and says which step is next, [`source`] gets the next one, [`diagnosis`] says
//!   what an answer means.
//! * For hosts that wrap this: [`snapshot`] is a decision as one flat record, [`body`] a refusal's content, [`identity`] the fields
//!   that tell an application who calls, [`peer()`] the address that counts, [`error`] every fault of a policy with its place.
//! * For tests and tools: [`cases`] is the table of decisions, [`policy`] the keys of a policy file, [`report`] a decision as JSON,
//!   [`raw_request`] a request with memory of its own, [`keys`] key sets by themselves, [`provider`] who checks signatures,
//!   [`time`] times as people write them.
#![forbid(unsafe_code)]

pub mod body;
pub mod caller;
pub mod cases;
mod compile;
pub mod diagnosis;
mod digest;
mod engine;
pub mod error;
pub mod identity;
pub mod keys;
mod members;
mod peer;
pub mod policy;
pub mod provider;
pub mod raw_request;
pub mod report;
pub mod revocation;
mod scratch;
pub mod snapshot;
pub mod source;
pub mod time;
mod tree;
mod trust;

pub use body::Body;
pub use diagnosis::{DemandReport, DiagnosisReport, RawResponse, RawSent, diagnose_json};
pub use doorward_core;
pub use doorward_core::challenge::{Answer, BufferTooShort};
pub use doorward_core::decision::Decision;
pub use doorward_core::diagnose::{
    Clue, Clues, Confidence, Demanded, Diagnosis, Origin, Response, Retry, Sent, Skew, diagnose,
};
pub use doorward_core::outcome::{Disclosure, Outcome, Signal};
pub use doorward_core::principal::{CredentialKind, Principal};
pub use doorward_core::reason::Reason;
pub use doorward_core::recovery::Recovery;
pub use doorward_core::refusal::Context;
pub use doorward_core::request::{Field, Request};
pub use doorward_core::time::{Seconds, UnixTime};
pub use engine::{Engine, Fields, IssuerStatus, KeyStatus, NotReady, Status, StoreStatus, SupplyFault};
pub use peer::peer;
pub use policy::Format;
pub use policy::nearest::nearest;
pub use revocation::Revocation;
pub use scratch::{Memory, Scratch};
pub use snapshot::Snapshot;
pub use trust::Event;

/// The README's examples, which are tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// The system's time, for hosts that have no better one.
///
/// A clock that stands before 1970 is broken: it reads as the end of time, when every token has expired.
#[must_use]
pub fn now() -> UnixTime {
    match std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) {
        Ok(since) => UnixTime::new(i64::try_from(since.as_secs()).unwrap_or(i64::MAX), since.subsec_nanos()),
        Err(_) => UnixTime::LATEST,
    }
}
