//! The native module of the Node package: handles and bytes over the façade, and no logic.
//!
//! Free functions over an external handle, not methods: what JavaScript sees are the classes in `lib/`. A request
//! comes in as one run of bytes and a decision goes out as one number and one run of bytes, because strings and
//! objects cost more than the decision itself.

pub mod call;
pub mod caller;
mod decide;
pub mod decision;
pub mod diagnosis;
pub mod engine;
mod errors;
mod frame;
pub mod source;
pub mod upkeep;

use napi_derive::napi;

/// The version of this module, which must be that of the package beside it.
#[napi(catch_unwind)]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
