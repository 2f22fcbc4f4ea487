//! Doorward's core.
#![no_std]
#![forbid(unsafe_code)]

pub mod key;
pub mod limits;
pub mod outcome;
pub mod reason;
pub mod recovery;
pub mod time;
