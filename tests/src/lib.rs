//! Tests across Doorward's crates.

mod case;
pub mod hosts;
mod mint;
mod request;
mod response;
mod spec;
pub mod suites;
mod table;
mod write;

pub use write::files;
