//! The layer in front of real services, with real clients on loopback, and over the whole table of decisions.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod axum_server;
mod forms;
mod gateway;
mod grpc_server;
mod hyper_server;
mod nest;
mod service;
mod support;
mod table;
mod upkeep;
