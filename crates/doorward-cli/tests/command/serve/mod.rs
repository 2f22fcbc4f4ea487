//! `serve`: the real service, asked over real sockets.

mod ask;
mod lifetime;
mod limits;
mod policy;
mod server;
mod table;
mod trust;
mod usage;
