//! Byte parsers that know nothing of policy: each takes untrusted bytes and gives a borrowed form or a refusal.

pub mod base64url;
pub mod field;
pub mod form;
pub mod forwarded;
pub mod json;
pub mod path;
mod scratch;
pub mod spiffe_id;

pub(crate) use scratch::Bump;
pub use scratch::Scratch;

/// The bytes do not have the form asked for.
///
/// There is no detail here on purpose: the reason that is reported depends on where the bytes were found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Malformed;
