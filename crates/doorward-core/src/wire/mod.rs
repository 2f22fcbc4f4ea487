//! Byte parsers that know nothing of policy: each takes untrusted bytes and gives a borrowed form or a refusal.

pub mod answer_body;
pub mod base64url;
pub mod field;
pub mod form;
pub mod forwarded;
pub mod http_date;
pub mod json;
pub mod path;
pub mod proxy_status;
pub mod quoted;
pub mod retry_after;
mod scratch;
pub mod spiffe_id;
pub mod structured;
pub mod trace_marker;
pub mod via;

pub(crate) use scratch::Bump;
pub use scratch::Scratch;

/// The bytes do not have the form asked for.
///
/// There is no detail here on purpose: the reason that is reported depends on where the bytes were found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Malformed;
