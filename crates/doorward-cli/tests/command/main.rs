//! The command as its users run it: each verb, its exit status, its two forms of output.
#![cfg(test)] // or the lints would not know the helpers as tests

mod check;
mod decide;
mod demo;
mod diagnose;
mod explain;
#[cfg(unix)]
mod fetch;
mod jws;
#[cfg(unix)]
mod provider;
mod reasons;
#[cfg(unix)]
mod serve;
#[cfg(unix)]
mod status;
mod support;
mod test;
mod usage;
