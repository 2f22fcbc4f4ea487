//! Working memory that the caller lends: decoded parts of a token live here for as long as the decision.

use super::json::Member;
use crate::limits;
use core::fmt;

/// A loan of memory for one decision. What it holds afterwards is the caller's credential, decoded.
pub struct Scratch<'b> {
    pub(crate) bytes: &'b mut [u8],
    pub(crate) members: &'b mut [Member],
}

impl<'b> Scratch<'b> {
    /// How many slots the reading of tokens asks for.
    pub const MEMBERS: usize = limits::JSON_MEMBERS;

    /// How many bytes a policy with this `max_credential` asks for.
    ///
    /// The path twice: normalised, and read in its other way. And the credential three times: decoded from a form, decoded from base64url (three quarters of it),
    /// and its strings without their escapes (less than that).
    #[must_use]
    pub const fn bytes_for(max_credential: usize) -> usize {
        max_credential.saturating_mul(3).saturating_add(limits::PATH).saturating_add(limits::PATH)
    }

    /// Takes the memory. With less than [`Self::bytes_for`] long credentials are refused as too large and long paths that
    /// need work as ambiguous; with fewer than [`Self::MEMBERS`] slots tokens with many members are malformed.
    #[must_use]
    pub const fn new(bytes: &'b mut [u8], members: &'b mut [Member]) -> Self {
        Self { bytes, members }
    }

    /// The memory, taken apart.
    pub(crate) const fn parts(self) -> (Bump<'b>, &'b mut [Member]) {
        (Bump { rest: self.bytes }, self.members)
    }
}

impl fmt::Debug for Scratch<'_> {
    /// Shows sizes only: the bytes may be a credential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch")
            .field("bytes", &self.bytes.len())
            .field("members", &self.members.len())
            .finish()
    }
}

/// Hands out pieces of the memory, one after the other.
pub(crate) struct Bump<'b> {
    rest: &'b mut [u8],
}

impl<'b> Bump<'b> {
    /// The next `len` bytes, if there are as many.
    pub(crate) fn take(&mut self, len: usize) -> Option<&'b mut [u8]> {
        if len > self.rest.len() {
            return None;
        }
        let (piece, rest) = core::mem::take(&mut self.rest).split_at_mut_checked(len)?;
        self.rest = rest;
        Some(piece)
    }
}
