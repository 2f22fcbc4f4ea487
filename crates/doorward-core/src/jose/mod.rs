//! JWS in compact form, its header, the claims of a JWT, and JWKs.

pub(crate) mod claims;
mod compact;
mod header;
pub mod jwk;
pub mod jws;

pub(crate) use claims::Claims;
pub(crate) use compact::Compact;
pub(crate) use header::Header;
