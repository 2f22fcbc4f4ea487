//! What the caller knows of the request that was answered, and the answer itself, all borrowed.

use crate::request::Field;
use crate::time::UnixTime;

/// What the caller sent. Every part may be unknown; the more of it is known, the surer the diagnosis.
#[derive(Clone, Copy, Default)]
pub struct Sent<'a> {
    /// The authentication scheme of the credential; `None` if no credential was sent.
    pub scheme: Option<&'a [u8]>,
    /// Which attempt this was: 1 for the first (0 reads as 1).
    pub attempt: u32,
    /// When the request was sent, by the caller's clock.
    pub at: Option<UnixTime>,
    /// When the caller got the credential, by its own clock.
    pub issued_at: Option<UnixTime>,
    /// When the credential expires, by the caller's own clock: counted from its lifetime, or the time that its issuer has set, less what
    /// the other side's clock is known to be ahead.
    pub expires_at: Option<UnixTime>,
    /// How many seconds the caller takes the other side's clock to be ahead of its own. Only what it is ahead beyond that explains why a
    /// credential is refused that has not expired.
    pub clock_offset: i64,
    /// Whether this very credential was refused here before.
    pub refused_before: bool,
    /// Where the request was sent; empty if unknown.
    pub url: &'a [u8],
    /// Where the answer came from, if redirects were followed; else empty.
    pub final_url: &'a [u8],
    /// Whether a proof of possession went with the credential.
    pub proof: bool,
    /// Whether a person is there who can sign in again.
    pub interactive: bool,
}

impl core::fmt::Debug for Sent<'_> {
    /// Leaves out the addresses: their queries may hold credentials.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Sent")
            .field("credential", &self.scheme.is_some())
            .field("attempt", &self.attempt)
            .field("refused_before", &self.refused_before)
            .finish_non_exhaustive()
    }
}

/// The answer to a request.
#[derive(Clone, Copy)]
pub struct Response<'a> {
    /// The status.
    pub status: u16,
    /// All field lines, in order, repeats kept.
    pub fields: &'a [Field<'a>],
    /// The beginning of the content: no more than
    /// [`limits::RESPONSE_BODY_BYTES`](crate::limits::RESPONSE_BODY_BYTES) of it are looked at.
    pub body: &'a [u8],
}

impl<'a> Response<'a> {
    /// The values of all lines with this name, in order.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.fields.iter().filter_map(move |field| field.value_of(name))
    }

    /// The value of the one line with this name: `None` if there is none, or more than one.
    pub(super) fn only(&self, name: &str) -> Option<&'a [u8]> {
        let mut values = self.values(name);
        values.next().filter(|_| values.next().is_none())
    }
}

impl core::fmt::Debug for Response<'_> {
    /// Shows the shape only: fields and content may hold credentials.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("fields", &self.fields.len())
            .field("body", &self.body.len())
            .finish()
    }
}
