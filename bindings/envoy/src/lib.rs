//! An HTTP filter for Envoy as a dynamic module: every request is decided on before it is routed.
//!
//! Envoy loads this library (`abi`), hands it a configuration (`config`) and calls it for each stream (`filter`).
//! What is decided is decided by the `doorward` crate; here are only the ways in and out.

#[expect(unsafe_code, reason = "exports the hooks that Envoy calls, and declares what they may call")]
mod abi;
mod answer;
mod config;
mod filter;
mod guard;
#[expect(unsafe_code, reason = "follows the pointers that Envoy hands over")]
mod host;
mod members;
mod memory;
mod page;
mod policy;
mod registry;
mod version;
