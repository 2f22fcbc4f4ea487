//! Challenges and the other fields of an answer: written into memory that the caller lends, and read from what was received.

mod answer;
mod fault;
mod grammar;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use answer::Answer;
pub use fault::{ChallengeFault, Fault};
pub use read::{ChallengeData, Challenges, Parameters, ReadChallenge, read, read_parameters};
pub use write::{BufferTooShort, Scheme, Writer};
