//! Why there is no credential, where a gateway of ours took it away and left a marker.

use super::tables::Tables;
use crate::key::Keys;
use crate::limits;
use crate::reason::Reason;
use crate::refusal::{Context, Fault};
use crate::request::{Request, field_names};
use crate::time::{Seconds, UnixTime};
use crate::wire::trace_marker::{self, Said};
use crate::wire::{Bump, field};

/// The fault that a marker makes of a missing credential, if there is exactly one marker, it is ours, for this method and path,
/// and from now. Whatever is wrong with one, it is as if there were none: the worst that a stranger's can do is nothing.
///
/// It is asked only of a request without a credential, which is refused in any case, with the same status.
#[cold]
pub(crate) fn upstream<'d>(
    tables: &Tables<'_>,
    keys: &impl Keys,
    request: &Request<'_>,
    path: &str,
    now: UnixTime,
    bump: &mut Bump<'_>,
) -> Option<Fault<'d>> {
    let key = keys.trace()?;
    let mut lines = request.values(field_names::TRACE);
    let line = lines.next()?;
    if lines.next().is_some() {
        return None;
    }
    let (said, mac) = Said::parse(field::trim(line)).ok()?;
    let (method, path) = (request.method(), path.as_bytes());
    let message = said.message(method, path, bump.take(trace_marker::message_len(method, path)?)?)?;
    key.verify(message, &mac).ok()?;
    // What it says is a gateway's word from here on.
    let at = UnixTime::from_seconds(i64::try_from(said.at).ok()?);
    let most = Seconds(tables.settings.trace.leeway.0.saturating_add(limits::TRACE_WINDOW));
    if now < at.minus(most) || now >= at.plus(most) {
        return None;
    }
    let cause = Reason::from_number(said.reason).filter(|cause| cause.is_root_cause())?;
    Some(Reason::CredentialStrippedUpstream.with(Context::Upstream { cause, at }))
}

impl Reason {
    /// Whether a gateway that refuses for this reason may say so to whoever is behind it: where nothing was sent nothing was
    /// taken away, what another gateway said is not the root of it, and a caller's conclusions are no gateway's.
    #[must_use]
    pub const fn is_root_cause(self) -> bool {
        !matches!(self, Self::CredentialMissing | Self::CredentialStrippedUpstream)
            && !self.is_of_caller_side()
    }
}
