//! Who the caller is, as fields that a proxy copies into the request that it sends on.

use doorward::{Decision, identity};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};

const OUTCOME: HeaderName = HeaderName::from_static(identity::OUTCOME);
const ISSUER: HeaderName = HeaderName::from_static(identity::ISSUER);
const SUBJECT: HeaderName = HeaderName::from_static(identity::SUBJECT);

/// Adds the fields for a caller who is let in.
///
/// All of them are always there, empty where nobody is known: a proxy that copies a field overwrites what the caller sent
/// under its name, and what is not there cannot overwrite anything.
pub(super) fn add(fields: &mut HeaderMap, decision: &Decision<'_>) {
    let principal = decision.principal();
    let known = |text: Option<&str>| text.map_or(const { HeaderValue::from_static("") }, value);
    fields.insert(OUTCOME, HeaderValue::from_static(decision.outcome().code()));
    fields.insert(ISSUER, known(principal.map(|principal| principal.issuer)));
    fields.insert(SUBJECT, known(principal.map(|principal| principal.subject)));
}

/// A text as a field value.
fn value(text: &str) -> HeaderValue {
    let mut encoded = Vec::with_capacity(text.len());
    identity::encode(text, &mut encoded);
    // Visible ASCII is always a value.
    HeaderValue::try_from(encoded).unwrap_or(const { HeaderValue::from_static("") })
}
