//! The caller's side against real servers on loopback.
#![cfg(test)] // or the lints would not know the helpers as tests

mod bodies;
mod circles;
mod connections;
mod faults;
mod hangs;
mod proofs;
mod races;
mod refresh;
mod reports;
mod reqwest_client;
mod server;
mod support;
mod waits;
