//! What the larger suites share: where published vectors are, how a suite is scored, and what the fuzz targets run.

pub mod challenges;
pub mod corpus;
pub mod decisions;
pub mod exceptions;
pub mod fuzz_answers;
pub mod fuzz_bodies;
pub mod json_reference;
pub mod refresh;
pub mod requests;
pub mod structured;
pub mod token;
pub mod trust_all;
pub mod vectors;
pub mod walks;
