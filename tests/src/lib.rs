//! Tests across Doorward's crates.
