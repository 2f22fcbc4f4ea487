//! One decision on every caller: let in, **401** (we could not tell who you are) or **403** (we know who you are, and
//! you may not), with the reason, the challenge and the cure.
//!
//! This is the façade that services use: it loads a policy file and its keys into an [`Engine`] once, and then decides
//! without allocating. The decision itself is made in `doorward-core`.
#![forbid(unsafe_code)]

mod compile;
mod engine;
pub mod error;
pub mod keys;
pub mod policy;
pub mod provider;
mod scratch;
mod tree;

pub use compile::Compiled;
pub use doorward_core::decision::Decision;
pub use doorward_core::outcome::Outcome;
pub use doorward_core::principal::Principal;
pub use doorward_core::reason::Reason;
pub use doorward_core::recovery::Recovery;
pub use doorward_core::request::{Field, Request};
pub use doorward_core::time::UnixTime;
pub use engine::Engine;
pub use policy::Format;
pub use scratch::Scratch;
