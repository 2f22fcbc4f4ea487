//! Doorward's core.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

pub mod challenge;
pub mod credential;
pub mod decide;
pub mod decision;
pub mod jose;
pub mod key;
pub mod limits;
pub mod outcome;
pub mod policy;
pub mod principal;
pub mod reason;
pub mod recovery;
pub mod refusal;
pub mod request;
pub mod text;
pub mod time;
pub mod wire;
