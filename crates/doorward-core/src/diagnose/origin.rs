//! Who made the answer: a gateway on the way, or the service.

use super::clue::Clue;
use super::diagnosis::Origin;
use super::evidence::{Evidence, hops};
use super::finding::Finding;
use super::vendor;
use crate::wire::via;

/// The errors of proxies that only answers of their own have ([RFC 9209, section 2.3]). All others can go with an answer that was passed
/// on, as where it was cut off on the way.
///
/// [RFC 9209, section 2.3]: https://www.rfc-editor.org/rfc/rfc9209#section-2.3
const OF_OWN_ANSWERS: [&[u8]; 17] = [
    b"dns_timeout",
    b"dns_error",
    b"destination_not_found",
    b"destination_unavailable",
    b"destination_ip_prohibited",
    b"destination_ip_unroutable",
    b"connection_refused",
    b"connection_timeout",
    b"connection_limit_reached",
    b"tls_certificate_error",
    b"http_request_error",
    b"http_request_denied",
    b"http_upgrade_failed",
    b"proxy_internal_response",
    b"proxy_internal_error",
    b"proxy_configuration_error",
    b"proxy_loop_detected",
];

/// The origin of the answer, and the finding with the clue that told it. Hints get weaker from top to bottom.
pub(super) fn origin(finding: Finding, evidence: &Evidence<'_, '_>) -> (Origin, Finding) {
    if matches!(evidence.response.status, 407 | 502 | 504 | 511) {
        return (Origin::Gateway, finding.with(Clue::Status));
    }
    if let Some(origin) = by_proxy_status(evidence) {
        return (origin, finding.with(Clue::ProxyStatus));
    }
    if let Some(side) = finding.side {
        return (side, finding);
    }
    if finding.reason.is_some() && vendor::came_from_behind(evidence.response) {
        return (Origin::Application, finding.with(Clue::Upstream));
    }
    // A proxy that makes an answer need not name itself, and one that names itself need not have made it
    // (RFC 9110, section 7.6.3).
    let passed = evidence.response.values("via").flat_map(via::read).next().is_some();
    let finding = if finding.reason.is_some() && passed { finding.with(Clue::Via) } else { finding };
    (Origin::Unknown, finding)
}

/// What the hops say (RFC 9209, section 2.1): one with an error of its own answers made this one; one that received its status did not.
fn by_proxy_status(evidence: &Evidence<'_, '_>) -> Option<Origin> {
    let mut found = None;
    for hop in hops(evidence.response) {
        if hop.error.is_some_and(|error| OF_OWN_ANSWERS.contains(&error)) {
            return Some(Origin::Gateway);
        }
        if hop.received_status == Some(evidence.response.status) {
            found = Some(Origin::Application);
        }
    }
    found
}
