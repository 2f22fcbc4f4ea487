//! Pages and redirects for people who should sign in, given to a program.

use super::clue::Clue;
use super::diagnosis::Confidence::{Guess, Likely};
use super::evidence::Evidence;
use super::finding::Finding;
use super::vendor::contains;
use crate::reason::Reason;

/// What addresses of sign-in pages have in their path.
const PATHS: [&[u8]; 7] = [
    b"/login",
    b"/signin",
    b"/sign_in",
    b"/sign-in",
    b"/oauth2/start",
    b"/oauth2/authorize",
    b"/cdn-cgi/access/login",
];

/// Parameters that an authorization request has ([RFC 6749, section 4.1.1]).
///
/// [RFC 6749, section 4.1.1]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1
const PARAMETERS: [&[u8]; 2] = [b"response_type=", b"client_id="];

/// A redirect to a page for signing in, or the page that such a redirect led to.
pub(super) fn offered(evidence: &Evidence<'_, '_>) -> Option<Finding> {
    let response = evidence.response;
    let address = match response.status {
        301 | 302 | 303 | 307 => response.only("location")?,
        200 if is_html(evidence) => evidence.sent.final_url,
        _ => return None,
    };
    let is_request = PARAMETERS.iter().all(|parameter| contains(address, parameter));
    if !is_request && !PATHS.iter().any(|path| leads_to(address, path)) {
        return None;
    }
    let confidence = if is_request { Likely } else { Guess };
    let found = evidence.traits.find(|_, reason| reason == Reason::SignInOffered);
    let finding = Finding::new(Reason::SignInOffered, confidence, Clue::SignInPage);
    Some(finding.of(found.reason).of(found.product))
}

/// A page with a password field in place of an explanation.
pub(super) fn page(evidence: &Evidence<'_, '_>) -> Option<Finding> {
    let refuses = matches!(evidence.response.status, 401 | 403);
    let asks = refuses
        && is_html(evidence)
        && !evidence.heard.any
        && contains(evidence.response.body, b"type=\"password\"");
    asks.then(|| Finding::new(Reason::SignInOffered, Likely, Clue::SignInPage))
}

/// Whether the path of an address has these segments: a longer name is another path, and a query names what comes after.
fn leads_to(address: &[u8], segments: &[u8]) -> bool {
    let end = address.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(address.len());
    let path = address.get(..end).unwrap_or_default();
    path.windows(segments.len()).enumerate().any(|(at, window)| {
        let behind = path.get(at.saturating_add(segments.len()));
        window.eq_ignore_ascii_case(segments) && matches!(behind, None | Some(b'/' | b'.' | b';'))
    })
}

fn is_html(evidence: &Evidence<'_, '_>) -> bool {
    evidence.response.only("content-type").is_some_and(|kind| contains(kind, b"text/html"))
}
