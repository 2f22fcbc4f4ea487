//! Challenges and the other fields of an answer, written into memory that the caller lends.

mod answer;
mod write;

pub use answer::Answer;
pub use write::{BufferTooShort, Scheme, Writer};
