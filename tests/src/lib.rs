//! Tests across Doorward's crates.

mod case;
pub mod hosts;
mod mint;
mod spec;
pub mod suites;
mod table;
mod write;

pub use write::files;
