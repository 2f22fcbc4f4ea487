//! What the sources over HTTP share: addresses that may be asked, and what a failure to ask means.

use crate::caller::{Origin, SourceFault};
use crate::trust::Failed;
use doorward_core::key::FetchFault;

/// Checks an address of the configuration: https, or http on a loopback host; no user, no password, no fragment.
///
/// # Errors
///
/// What it should have been. The address itself is not shown.
pub(super) fn address(name: &str, url: &str) -> Result<String, String> {
    let wrong = |sentence: &str| format!("`{name}`: {sentence}");
    let origin = Origin::of(url).map_err(wrong)?;
    if !origin.is_private() {
        return Err(wrong("expected https, or http on a loopback host"));
    }
    let authority = url.split("://").nth(1).and_then(|rest| rest.split(['/', '?', '#']).next());
    if url.contains('#') || authority.is_some_and(|authority| authority.contains('@')) {
        return Err(wrong("expected a URL without user, password and fragment"));
    }
    Ok(url.to_owned())
}

/// A failure to ask, as a fault of the source.
pub(super) fn unanswered(failed: &Failed) -> SourceFault {
    let message = failed.detail.clone();
    match failed.fault {
        FetchFault::Unreachable | FetchFault::TimedOut => SourceFault::transient(message),
        FetchFault::Status if failed.status.is_some_and(passes) => {
            SourceFault::transient(message).with_retry_after(failed.retry_after)
        }
        _ => SourceFault::hard(message),
    }
}

/// Whether a status speaks of trouble that passes by itself.
pub(super) const fn passes(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}
