//! The C ABI: handles, strings and numbers over the façade, and no logic.
//!
//! What is documented here for C is what `doorward.h` says; the header is made from these sources. All pointers that a
//! function takes are null, or point to what their type says; for all functions that is what their callers promise, and the
//! rest is checked.
#![expect(unsafe_code, reason = "a C ABI lends pointers and takes them")]
#![expect(
    clippy::missing_safety_doc,
    reason = "the promise is the same for all functions, and stands above and in the header"
)]

pub mod attempt;
pub mod caller;
pub mod caller_options;
pub mod constants;
pub mod decision;
pub mod diagnosis;
pub mod engine;
pub mod error;
pub mod event;
mod guard;
mod handle;
mod lists;
pub mod names;
mod numbers;
pub mod prepared;
pub mod request;
pub mod result;
pub mod revocation;
pub mod scratch;
mod slice;
pub mod status;
mod test_panic;
pub mod text;
pub mod time;
pub mod trace;
pub mod upkeep;
pub mod version;
