//! The mint: test keys, and tokens signed with them, the same bytes at every run.

mod base64url;
mod keys;
mod marker;
mod rsa;
mod token;

pub(crate) use base64url::{decode as decode_base64url, encode as base64url};
pub(crate) use keys::{Key, pem};
pub(crate) use marker::{Marker, TRACE_KEY, marker};
pub(crate) use token::{FLAWS, Flaw, NOW, Token, corp, mesh, partner};
