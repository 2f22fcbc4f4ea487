//! What an engine trusts, how fresh it is and what happens next: for operators, on one screen.

mod page;
#[cfg(test)]
mod tests;

use super::inner::Inner;
use super::state::{State, Trusted};
use crate::keys::Key;
use crate::trust::Source;
use doorward_core::key::{Facts, PublishedKey as _, Trust, Verify};
use doorward_core::time::UnixTime;
use serde_json::{Value, json};

/// What an engine trusts, how fresh it is and what happens next. Nothing in it is secret, and no credential.
///
/// As text it is a page for people; [`Status::to_json`] is the same for programs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Status {
    /// The time that it is about.
    pub now: UnixTime,
    /// The policy's file, if it has one.
    pub policy: Option<String>,
    /// When the policy in force was loaded.
    pub loaded: UnixTime,
    /// Why the last attempt to load it anew failed, if it did.
    pub policy_fault: Option<String>,
    /// Whether the thread that fetches and watches runs in this process.
    pub keeping: bool,
    /// The issuers, in the order of the policy.
    pub issuers: Vec<IssuerStatus>,
    /// How much is revoked.
    pub revoked: crate::revocation::Counts,
    /// Why the file of revocations was not taken, if it was not.
    pub revoked_fault: Option<String>,
    /// The stores: `known`, `refused`, `replay`, `failures`.
    pub stores: Vec<StoreStatus>,
    /// Uses of single-use values that were refused because they were used before.
    pub replayed: u64,
    /// Single-use values that were refused because the store was full, or its issuer's share of it.
    pub replay_full: u64,
}

/// One issuer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IssuerStatus {
    /// Its name in the policy.
    pub name: String,
    /// Its identifier or trust domain.
    pub issuer: String,
    /// Where its keys come from: `inline`, a file, a URL without its query, or `discovery`.
    pub source: String,
    /// How far its keys can be relied upon: `given`, `fresh`, `stale`, `expired`, `never`.
    pub trust: &'static str,
    /// When they were fetched, and what comes next; none for keys that are given.
    pub facts: Option<Facts>,
    /// What went wrong last: a sentence.
    pub detail: Option<String>,
    /// Why the file of its keys was not taken, if it was not: those that were read from it before stay in force.
    pub file_fault: Option<String>,
    /// The keys in force.
    pub keys: Vec<KeyStatus>,
    /// Keys that the issuer has withdrawn, the latest first.
    pub gone: Vec<KeyStatus>,
    /// What was left out of the set, and what its publisher should know.
    pub notes: Vec<String>,
}

/// One key.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeyStatus {
    /// Its name.
    pub kid: Option<String>,
    /// What it signs with.
    pub algorithm: &'static str,
    /// When it was seen first.
    pub first_seen: UnixTime,
    /// When it was seen last.
    pub last_seen: UnixTime,
}

/// One store.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct StoreStatus {
    /// Its name.
    pub name: &'static str,
    /// How many entries it has memory for; 0 where it is off.
    pub capacity: usize,
    /// How many it holds, where that is counted.
    pub used: Option<usize>,
    /// Its memory in bytes.
    pub bytes: usize,
}

impl Status {
    pub(super) fn of<K: Verify + Send + Sync + 'static>(inner: &Inner<K>, now: UnixTime) -> Self {
        // First, since this leaves nothing behind that is another process's.
        let (state, mut faults) = inner.state_and_faults();
        let names = &state.rules.model.issuers;
        let issuers = names.iter().zip(&state.rules.sources).zip(&state.issuers);
        let file = inner.origin().name();
        let replay = state.memory.replay.as_deref();
        Self {
            now,
            policy: (!file.is_empty()).then_some(file),
            loaded: state.rules.loaded,
            policy_fault: faults.policy,
            keeping: inner.keeper().is_some(),
            issuers: issuers
                .enumerate()
                .map(|(index, ((issuer, source), trusted))| {
                    let id = issuer.issuer.as_ref().or(issuer.trust_domain.as_ref());
                    let status =
                        IssuerStatus::of(&issuer.name, id.map_or("", String::as_str), source, trusted, now);
                    IssuerStatus { file_fault: faults.keys.remove(&index), ..status }
                })
                .collect(),
            revoked: state.revoked.counts(),
            revoked_fault: faults.revoked,
            stores: stores(&state),
            replayed: replay.map_or(0, |replay| replay.replayed()),
            replay_full: replay.map_or(0, |replay| replay.full()),
        }
    }

    /// The memory of all stores in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.stores.iter().map(|store| store.bytes).sum()
    }

    /// Whether there is nothing to mend: every issuer [is good](IssuerStatus::is_good), and policy and revocations are those of
    /// their files.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let is_loaded = self.policy_fault.is_none() && self.revoked_fault.is_none();
        is_loaded && self.issuers.iter().all(IssuerStatus::is_good)
    }

    /// The same as a JSON object: every member is always there, `null` where it has no value; times are Unix seconds.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let stores = self.stores.iter().map(|store| {
            let facts = json!({ "capacity": store.capacity, "used": store.used, "bytes": store.bytes });
            (store.name.to_owned(), facts)
        });
        let revoked = &self.revoked;
        json!({
            "now": time(self.now),
            "policy": { "file": self.policy, "loaded": time(self.loaded), "fault": self.policy_fault },
            "keeping": self.keeping,
            "issuers": self.issuers.iter().map(IssuerStatus::to_json).collect::<Vec<_>>(),
            "revoked": {
                "tokens": revoked.tokens, "subjects": revoked.subjects,
                "issued_before": revoked.issued_before, "keys": revoked.keys,
                "elsewhere": revoked.elsewhere, "fault": self.revoked_fault,
            },
            "stores": stores.collect::<serde_json::Map<_, _>>(),
            "replayed": self.replayed,
            "replay_full": self.replay_full,
            "memory": self.memory(),
        })
    }
}

fn stores<K>(state: &State<K>) -> Vec<StoreStatus> {
    let memory = &state.memory;
    let [known, refused, replay, failures] = memory.bytes();
    let sizes = memory.sizes();
    let store = |name, capacity, used, bytes| StoreStatus { name, capacity, used, bytes };
    vec![
        store("known", sizes.known, memory.known.as_deref().map(|store| store.len()), known),
        store("refused", sizes.refused, memory.refused.as_deref().map(|store| store.len()), refused),
        store("replay", sizes.replay, memory.replay.as_deref().map(|store| store.len()), replay),
        store("failures", memory.failures.as_deref().map_or(0, |store| store.capacity()), None, failures),
    ]
}

impl IssuerStatus {
    /// Whether it has keys that may be used: given, fresh, or stale and not yet beyond the policy's `stale_for`.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        let trust = self.facts.map(|facts| facts.trust);
        !self.keys.is_empty() && !matches!(trust, Some(Trust::Never | Trust::Expired { .. }))
    }

    /// Whether its keys may be used, are not stale and those of their file, and no fetch of them has failed since the last that did
    /// not.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let is_kept = |facts: Facts| facts.trust == Trust::Fresh && facts.failures == 0;
        self.is_usable() && self.file_fault.is_none() && self.facts.is_none_or(is_kept)
    }

    fn of<K: Verify>(name: &str, issuer: &str, source: &Source, trusted: &Trusted<K>, now: UnixTime) -> Self {
        let facts = trusted.upkeep.as_ref().map(|upkeep| upkeep.facts(now));
        let fetched = facts.as_ref().and_then(|facts| facts.fetched).or(trusted.taken);
        let key = |key: &Key<K>| KeyStatus {
            kid: key.id().map(str::to_owned),
            algorithm: key.algorithm().name(),
            first_seen: key.first_seen,
            last_seen: fetched.unwrap_or(key.first_seen),
        };
        let gone = trusted.gone.iter().map(|gone| KeyStatus {
            kid: gone.id.clone(),
            algorithm: gone.algorithm,
            first_seen: gone.first_seen,
            last_seen: gone.last_seen,
        });
        Self {
            name: name.to_owned(),
            issuer: issuer.to_owned(),
            source: match source {
                Source::Static => "inline".to_owned(),
                Source::File(path) => path.display().to_string(),
                Source::Url { url, .. } => url.split('?').next().unwrap_or_default().to_owned(),
                Source::Discovery { .. } => "discovery".to_owned(),
            },
            trust: match facts.as_ref().map(|facts| facts.trust) {
                None => "given",
                Some(Trust::Fresh) => "fresh",
                Some(Trust::Stale { .. }) => "stale",
                Some(Trust::Expired { .. }) => "expired",
                Some(Trust::Never) => "never",
            },
            detail: trusted.upkeep.as_ref().and_then(|upkeep| upkeep.detail()),
            file_fault: None,
            facts,
            keys: trusted.keys.iter().map(key).collect(),
            gone: gone.collect(),
            notes: trusted.notes.clone(),
        }
    }

    fn to_json(&self) -> Value {
        let at = |time_of: fn(&Facts) -> Option<UnixTime>| self.facts.as_ref().and_then(time_of).map(time);
        let facts = self.facts.as_ref();
        let fault = facts.and_then(|facts| facts.last_fault).map(
            |fault| json!({ "code": fault.code(), "detail": self.detail, "at": at(|facts| facts.failed_at) }),
        );
        let keys = |keys: &[KeyStatus]| keys.iter().map(KeyStatus::to_json).collect::<Vec<_>>();
        json!({
            "name": self.name,
            "issuer": self.issuer,
            "source": self.source,
            "trust": self.trust,
            "fetched": at(|facts| facts.fetched),
            "fresh_until": at(|facts| facts.fresh_until),
            "stale_since": at(|facts| facts.stale_since),
            "usable_until": at(|facts| facts.usable_until),
            "next_fetch": at(|facts| Some(facts.next_fetch)),
            "fetching_since": at(|facts| facts.fetching_since),
            "failures": facts.map_or(0, |facts| facts.failures),
            "last_fault": fault,
            "file_fault": self.file_fault,
            "keys": keys(&self.keys),
            "gone": keys(&self.gone),
            "notes": self.notes,
        })
    }
}

impl KeyStatus {
    fn to_json(&self) -> Value {
        json!({
            "kid": self.kid,
            "algorithm": self.algorithm,
            "first_seen": time(self.first_seen),
            "last_seen": time(self.last_seen),
        })
    }
}

fn time(time: UnixTime) -> Value {
    json!(time.seconds())
}
