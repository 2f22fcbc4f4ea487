//! The judgement: what the answer itself says, in the order of what its evidence is worth.

use super::clue::Clue;
use super::diagnosis::Confidence::{Certain, Guess, Likely};
use super::diagnosis::Origin;
use super::evidence::Evidence;
use super::finding::Finding;
use super::refine::is_of_credential;
use super::sign_in;
use super::vendor::{Place, Row};
use crate::outcome::{Outcome, Signal};
use crate::reason::Reason;
use crate::wire::answer_body::AnswerBody;

/// What the answer says. What the caller knows besides comes later.
pub(super) fn judge(evidence: &Evidence<'_, '_>) -> Finding {
    let by_status = |reason| Finding::new(reason, Certain, Clue::Status);
    // What the status says by itself, our own words may say more closely, and never otherwise.
    let closer = |outcome| {
        doorward(evidence).filter(|told| told.reason.is_some_and(|reason| reason.outcome() == outcome))
    };
    let finding = match evidence.response.status {
        407 => by_status(Reason::ProxyCredentialMissing),
        511 => by_status(Reason::NetworkSignInRequired),
        429 => closer(Outcome::Throttled).unwrap_or_else(|| by_status(Reason::RateLimited)),
        502..=504 => closer(Outcome::Unavailable).unwrap_or_else(|| by_status(Reason::ServiceUnavailable)),
        400..=499 => as_well_formed(refusal(evidence), evidence),
        200..=399 => sign_in::offered(evidence).unwrap_or_else(Finding::nothing),
        _ => Finding::nothing(),
    };
    let finding = if evidence.doorward.body { finding.with(Clue::DoorwardBody) } else { finding };
    if evidence.doorward.body || finding.clues.has(Clue::DoorwardCode) {
        Finding { product: Some("Doorward"), ..finding }
    } else {
        finding
    }
}

/// The finding, a little less sure where the challenge behind it is malformed.
fn as_well_formed(finding: Finding, evidence: &Evidence<'_, '_>) -> Finding {
    match finding.reason {
        Some(reason) if evidence.has_credential() && evidence.heard.is_loose() => {
            finding.with(Clue::ChallengeMalformed).turned(reason, Likely)
        }
        _ => finding,
    }
}

fn refusal(evidence: &Evidence<'_, '_>) -> Finding {
    doorward(evidence)
        .or_else(|| by_proxy(evidence))
        .or_else(|| by_claims(evidence))
        .or_else(|| by_error_code(evidence))
        .or_else(|| by_stale(evidence))
        .or_else(|| by_product(evidence, |_, _| true))
        .or_else(|| by_body_error(evidence))
        .or_else(|| sign_in::page(evidence))
        .unwrap_or_else(|| by_shape(evidence))
}

/// A reason in Doorward's own words.
fn doorward(evidence: &Evidence<'_, '_>) -> Option<Finding> {
    let told = evidence.doorward;
    let finding = Finding::new(told.reason?, told.confidence(), Clue::DoorwardCode);
    Some(Finding { cause: told.cause, ..finding })
}

/// A proxy that asks for its own credentials in its own field, with the status of services (against RFC 9110, section 15.5.8).
fn by_proxy(evidence: &Evidence<'_, '_>) -> Option<Finding> {
    let asks = evidence.response.values("proxy-authenticate").next().is_some();
    let finding = Finding::new(Reason::ProxyCredentialMissing, Likely, Clue::Challenge);
    (asks && evidence.response.status == 401 && !evidence.heard.any)
        .then_some(Finding { side: Some(Origin::Gateway), ..finding })
}

/// A challenge that demands claims of a new token, whatever error goes with it.
fn by_claims(evidence: &Evidence<'_, '_>) -> Option<Finding> {
    evidence.demand.claims.filter(|claims| !claims.raw().is_empty())?;
    let product = evidence.demand.error.is_some_and(|error| error == *b"insufficient_claims".as_slice());
    let finding = if evidence.has_credential() {
        Finding::new(Reason::ClaimsDemanded, Certain, Clue::Claims)
    } else {
        Finding::new(Reason::CredentialMissing, Certain, Clue::Claims).with(Clue::CredentialNotSent)
    };
    Some(Finding { product: product.then_some("Microsoft Entra ID"), ..finding })
}

/// The registered error codes of challenges.
fn by_error_code(evidence: &Evidence<'_, '_>) -> Option<Finding> {
    let error = evidence.demand.error?;
    let is = |code: &str| error == *code.as_bytes();
    let coded = |reason| Finding::new(reason, Certain, Clue::ErrorCode);
    if !evidence.has_credential() {
        // Nothing can be wrong with a credential that was not there, whatever the code says (RFC 6750, section 3.1).
        let known = KNOWN_CODES.iter().any(|code| is(code));
        return known.then(|| coded(Reason::CredentialMissing).with(Clue::CredentialNotSent));
    }
    if is("invalid_token") {
        return Some(token_refused(evidence));
    }
    if is("insufficient_scope") {
        return Some(coded(Reason::ScopeInsufficient));
    }
    if is("insufficient_user_authentication") {
        return Some(coded(Reason::StepUpRequired));
    }
    if is("use_dpop_nonce") {
        return Some(coded(Reason::ProofNonceRequired));
    }
    if is("invalid_dpop_proof") {
        let reason = if evidence.sent.proof { Reason::ProofInvalid } else { Reason::ProofMissing };
        return Some(coded(reason));
    }
    if is("invalid_request") {
        // Some say so of a credential that they did not find.
        let missing = by_product(evidence, |_, reason| reason == Reason::CredentialMissing);
        return Some(missing.unwrap_or_else(|| coded(Reason::RequestRefused)));
    }
    // A code that nobody knows is no reason to give up.
    let product = by_product(evidence, |_, _| true);
    let unknown = |finding: Finding| finding.with(Clue::ErrorCodeUnknown);
    Some(unknown(product.unwrap_or_else(|| match evidence.response.status {
        401 => Finding::new(Reason::CredentialRefused, Likely, Clue::Status),
        400 => Finding::new(Reason::RequestRefused, Guess, Clue::Status),
        _ => Finding::new(Reason::RefusalUnexplained, Guess, Clue::Status),
    })))
}

const KNOWN_CODES: [&str; 6] = [
    "invalid_token",
    "invalid_request",
    "insufficient_scope",
    "insufficient_user_authentication",
    "use_dpop_nonce",
    "invalid_dpop_proof",
];

/// `invalid_token`: one code for many faults, of which words beside it and the caller's own clock may tell more.
fn token_refused(evidence: &Evidence<'_, '_>) -> Finding {
    let of_token = |row: &Row, reason: Reason| {
        // The code says that a credential came: what says the contrary must be more than a sentence of nobody in particular.
        let contrary = matches!(reason, Reason::CredentialMissing | Reason::SignInOffered);
        matches!(reason.outcome(), Outcome::Unauthenticated | Outcome::Unavailable)
            && !(contrary && is_vague(row, evidence))
    };
    let coded = Finding::new(Reason::CredentialRefused, Certain, Clue::ErrorCode);
    if let Some(finding) = by_product(evidence, of_token) {
        // That it was refused is certain, whatever explains it.
        return Finding { confidence: finding.confidence.max(Likely), ..finding.with(Clue::ErrorCode) };
    }
    let bound = evidence.heard.is_for_others()
        && evidence.heard.chosen.is_some_and(|challenge| challenge.is_scheme("DPoP"))
        && !evidence.sent.proof;
    if bound {
        // A bound token that was sent without its proof (RFC 9449, section 7.1).
        return coded.with(Clue::SchemeDiffers).turned(Reason::ProofMissing, Likely);
    }
    if evidence.has_expired() == Some(true) {
        return coded.with(Clue::CredentialExpired).turned(Reason::TokenExpired, Likely);
    }
    coded
}

/// Digest's flag that only the nonce has expired ([RFC 7616, section 3.3]).
///
/// [RFC 7616, section 3.3]: https://www.rfc-editor.org/rfc/rfc7616#section-3.3
fn by_stale(evidence: &Evidence<'_, '_>) -> Option<Finding> {
    evidence.heard.chosen.filter(|challenge| challenge.is_scheme("Digest"))?;
    let stale = evidence.heard.parameter("stale")?.eq_ignore_ascii_case(b"true");
    (stale && evidence.has_credential())
        .then(|| Finding::new(Reason::ProofNonceRequired, Certain, Clue::Challenge))
}

/// The ways of products.
fn by_product(evidence: &Evidence<'_, '_>, fits: impl Fn(&Row, Reason) -> bool) -> Option<Finding> {
    // Anybody can have vague words quoted: they raise no alarm.
    let alarms = |row: &Row, reason: Reason| reason.signal() == Signal::Attack && is_vague(row, evidence);
    let found = evidence.traits.find(|row, reason| fits(row, reason) && !alarms(row, reason));
    let row = found.reason?;
    let confidence = if is_vague(row, evidence) { Guess } else { Likely };
    let finding = Finding::new(row.reason?, confidence, clue_of(row, evidence));
    let finding = finding.of(Some(row)).of(found.product);
    Some(if evidence.has_credential() { finding } else { unsent(finding, evidence.response.status) })
}

/// Where a row was found.
fn clue_of(row: &Row, evidence: &Evidence<'_, '_>) -> Clue {
    match row.place {
        Place::Field(_) | Place::Value(_) => Clue::VendorField,
        Place::Error => Clue::ErrorCode,
        Place::Code | Place::Exception | Place::Problem => Clue::BodyCode,
        Place::Challenge => Clue::Description,
        Place::Whole | Place::Page | Place::Said(_) => Clue::BodyText,
        Place::Text if evidence.traits.is_described(row) => Clue::Description,
        Place::Text => Clue::BodyText,
    }
}

/// Whether a row is a sentence of nobody in particular, somewhere in a content: a hint and no more.
fn is_vague(row: &Row, evidence: &Evidence<'_, '_>) -> bool {
    row.product.is_empty() && clue_of(row, evidence) == Clue::BodyText
}

/// What is said of a credential to a request that had none: that one is wanted. A 403 may be meant for everybody.
fn unsent(finding: Finding, status: u16) -> Finding {
    let Some(reason) = finding.reason.filter(|reason| is_of_credential(*reason)) else { return finding };
    let confidence = match reason.outcome() {
        _ if status == 401 => Likely,
        Outcome::Forbidden => Guess,
        _ => finding.confidence,
    };
    let finding = finding.with(Clue::CredentialNotSent);
    Finding { reason: Some(Reason::CredentialMissing), confidence, ..finding }
}

/// The error codes of OAuth in a content, where there is no challenge that could hold them.
fn by_body_error(evidence: &Evidence<'_, '_>) -> Option<Finding> {
    if !matches!(evidence.response.status, 400 | 401 | 403) {
        return None;
    }
    let error = AnswerBody::new(evidence.response.body).oauth_error()?;
    let told = |reason| Some(Finding::new(reason, Likely, Clue::BodyCode));
    match error.plain()? {
        _ if !evidence.has_credential() => None,
        "invalid_token" => told(Reason::CredentialRefused),
        "insufficient_scope" => told(Reason::ScopeInsufficient),
        "use_dpop_nonce" => told(Reason::ProofNonceRequired),
        "access_denied" if evidence.response.status == 403 => told(Reason::PermissionDenied),
        _ => None,
    }
}

/// The status, and whether there is a challenge and for what.
fn by_shape(evidence: &Evidence<'_, '_>) -> Finding {
    let product = evidence.traits.find(|_, _| false).product;
    let finding = match (evidence.response.status, evidence.has_credential()) {
        (401, false) => {
            let finding = Finding::new(Reason::CredentialMissing, Certain, Clue::CredentialNotSent);
            if evidence.heard.any {
                finding
            } else {
                finding.with(Clue::ChallengeAbsent).turned(Reason::CredentialMissing, Likely)
            }
        }
        (401, true) => unexplained_401(evidence),
        // Some answer 403 to every credential that they do not like.
        (403, true) if evidence.has_expired() == Some(true) => {
            Finding::new(Reason::TokenExpired, Guess, Clue::CredentialExpired)
        }
        (403, _) => Finding::new(Reason::RefusalUnexplained, Guess, Clue::Status),
        (431, true) => Finding::new(Reason::CredentialTooLarge, Guess, Clue::Status),
        // Statuses of single products, such as 419, 440 and 498, say nothing that is written down anywhere.
        _ => Finding::nothing(),
    };
    finding.of(product)
}

/// A 401 without a word on why, to a request with a credential.
fn unexplained_401(evidence: &Evidence<'_, '_>) -> Finding {
    let heard = &evidence.heard;
    if heard.is_for_others() {
        return Finding::new(Reason::SchemeUnsupported, Likely, Clue::SchemeDiffers);
    }
    if !heard.ours {
        let clue = if heard.malformed { Clue::ChallengeMalformed } else { Clue::ChallengeAbsent };
        return refused(evidence, Finding::new(Reason::CredentialRefused, Guess, clue));
    }
    if !heard.has_codes() {
        // Schemes like Basic have no code for a credential that is wrong.
        return Finding::new(Reason::CredentialRefused, Likely, Clue::Challenge);
    }
    // Without a code the challenge says, strictly read, that nothing was sent; many never send one.
    let finding = Finding::new(Reason::CredentialRefused, Guess, Clue::ErrorAbsent);
    if evidence.doorward.body {
        return finding.turned_surer(Reason::CredentialMissing);
    }
    if evidence.sent.attempt > 1 && !evidence.sent.refused_before && evidence.is_fresh() {
        return finding.with(Clue::CredentialFresh).turned(Reason::CredentialMissing, Guess);
    }
    refused(evidence, finding)
}

/// The finding, or that the credential has expired, where the caller's own clock says so.
fn refused(evidence: &Evidence<'_, '_>, finding: Finding) -> Finding {
    if evidence.has_expired() == Some(true) {
        return Finding {
            reason: Some(Reason::TokenExpired),
            confidence: Likely,
            ..finding.with(Clue::CredentialExpired)
        };
    }
    finding
}

impl Finding {
    /// Doorward always sends a code for a credential that it saw.
    const fn turned_surer(self, reason: Reason) -> Self {
        Self { reason: Some(reason), confidence: Likely, ..self }
    }
}
