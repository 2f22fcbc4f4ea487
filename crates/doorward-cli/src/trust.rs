//! What a policy fetches and whom it believes, for those who read, check or run it.

use crate::ending::complain;
use core::time::Duration;
use doorward::Engine;
use doorward::policy::model::{KeySource, PolicyModel};
use doorward::policy::{self, Format};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// How long a verb that needs keys waits for them unless told otherwise: longer than any one fetch may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// What a policy file says; nothing where it cannot be read, which loading it explains.
pub(crate) fn model(file: &OsStr) -> Option<PolicyModel> {
    let path = Path::new(file);
    policy::read(&fs::read_to_string(path).ok()?, Format::from_path(path)?).ok()
}

/// Fetches what an engine needs before it can decide, and says so. Whoever it is in vain for is told why, and gets the answer
/// that callers would get.
pub(crate) fn fetch_once(engine: &Engine, patience: Duration) {
    let status = engine.status(doorward::now());
    let fetched = status.issuers.iter().filter(|issuer| issuer.facts.is_some()).count();
    if fetched == 0 {
        return;
    }
    let issuers = if fetched == 1 { "1 issuer".to_owned() } else { format!("{fetched} issuers") };
    complain(&format!("fetching the keys of {issuers}, for {} s at most", patience.as_secs()));
    if let Err(missing) = engine.ready(patience) {
        complain(&format!("warning: {missing}"));
    }
}

/// One issuer whose keys are fetched.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Fetched {
    name: String,
    /// Where from, without a query, which may be a secret.
    from: String,
    ca: Option<String>,
    refresh: u64,
    stale_for: u64,
}

impl Fetched {
    /// Every issuer of a policy whose keys are fetched.
    pub(crate) fn all(model: &PolicyModel) -> Vec<Self> {
        let fetched = model.issuers.iter().filter_map(|issuer| {
            let (from, ca) = match &issuer.keys {
                KeySource::Url { url, ca, .. } => (url.split('?').next().unwrap_or_default().to_owned(), ca),
                KeySource::Discovery { ca, .. } => (
                    format!("what the metadata of {} names", issuer.issuer.as_deref().unwrap_or_default()),
                    ca,
                ),
                KeySource::File { .. } | KeySource::Inline { .. } => return None,
            };
            Some(Self {
                name: issuer.name.clone(),
                from,
                ca: ca.as_ref().map(|ca| ca.value.clone()),
                refresh: issuer.refresh.0,
                stale_for: issuer.stale_for.0,
            })
        });
        fetched.collect()
    }

    /// One line for people.
    pub(crate) fn line(&self) -> String {
        let Self { name, from, ca, refresh, stale_for } = self;
        let ca = ca.as_ref().map(|ca| format!(" (its server known by {ca})")).unwrap_or_default();
        format!(
            "issuers.{name}: fetches {from}{ca} every {} at most, and keeps it for {} more while that fails",
            span(*refresh),
            span(*stale_for)
        )
    }

    /// The same for programs; spans are seconds.
    pub(crate) fn to_json(&self) -> Value {
        let Self { name, from, ca, refresh, stale_for } = self;
        json!({ "issuer": name, "from": from, "ca": ca, "refresh": refresh, "stale_for": stale_for })
    }
}

/// What the author of a policy should know of what it trusts, though it is no fault.
pub(crate) fn warnings(model: &PolicyModel) -> Vec<String> {
    let mut warnings = Vec::new();
    for issuer in &model.issuers {
        let plain = match &issuer.keys {
            KeySource::Url { url, .. } => url.starts_with("http:"),
            KeySource::Discovery { .. } => issuer.issuer.as_ref().is_some_and(|url| url.starts_with("http:")),
            KeySource::File { .. } | KeySource::Inline { .. } => false,
        };
        if plain {
            warnings.push(format!(
                "issuers.{}.keys: plain http: whoever can listen on that port of this machine decides whom we trust",
                issuer.name
            ));
        }
        if issuer.keys.is_fetched() && issuer.stale_for.0 == 0 {
            warnings.push(format!(
                "issuers.{}.stale_for: with 0 every token gets 503 as soon as one refresh fails",
                issuer.name
            ));
        }
    }
    warnings.extend(peer_warning(model).map(str::to_owned));
    let counts_peers = model.limit.is_some_and(|limit| limit.by.peer);
    if !counts_peers && !model.trusted_proxies.is_empty() {
        warnings.push("trusted_proxies: not needed: no `limit` counts failures by address".to_owned());
    }
    warnings
}

/// That one caller's failures would be everybody's behind a proxy.
pub(crate) fn peer_warning(model: &PolicyModel) -> Option<&'static str> {
    let counts_peers = model.limit.is_some_and(|limit| limit.by.peer);
    (counts_peers && model.trusted_proxies.is_empty()).then_some(
        "limit: no `trusted_proxies`: behind a proxy all callers have its address, and the failures of one are those of all",
    )
}

/// A span in its largest whole unit.
fn span(seconds: u64) -> String {
    for (size, unit) in [(86_400, "d"), (3_600, "h"), (60, "min")] {
        if seconds >= size && seconds.is_multiple_of(size) {
            return format!("{} {unit}", seconds / size);
        }
    }
    format!("{seconds} s")
}
