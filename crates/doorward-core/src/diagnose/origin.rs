//! Who made the answer: a gateway on the way, or the service.

use super::clue::Clue;
use super::diagnosis::Origin;
use super::evidence::{Evidence, hops};
use super::finding::Finding;
use super::vendor;
use crate::wire::via;

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
    // H-VIA-01: a proxy that makes an answer need not name itself, and one that names itself need not have made it.
    let passed = evidence.response.values("via").flat_map(via::read).next().is_some();
    let finding = if finding.reason.is_some() && passed { finding.with(Clue::Via) } else { finding };
    (Origin::Unknown, finding)
}

/// What the hops say (H-PS-02, H-PS-03): one with an error made the answer; one that received this status did not.
fn by_proxy_status(evidence: &Evidence<'_, '_>) -> Option<Origin> {
    let mut found = None;
    for hop in hops(evidence.response) {
        if hop.error.is_some() {
            found = Some(Origin::Gateway);
        } else if found.is_none() && hop.received_status == Some(evidence.response.status) {
            found = Some(Origin::Application);
        }
    }
    found
}
