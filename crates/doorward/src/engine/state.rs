//! What decisions are made by: one policy, the keys of its issuers, and what is revoked, all swapped together.

use super::fields::Fields;
use super::memory::Memory;
use super::trace::TraceKey;
use super::upkeep::Upkeep;
use crate::compile::Compiled;
use crate::keys::Key;
use crate::policy::model::PolicyModel;
use crate::revocation::{Revocation, Revocations};
use crate::trust::Source;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use doorward_core::limits;
use doorward_core::policy::{Policy, Profile};
use doorward_core::time::UnixTime;
use std::path::PathBuf;
use std::sync::Arc;

/// Everything that a decision looks at and that an engine can change. It never changes itself: there is another one then.
pub(crate) struct State<K> {
    /// Never that of another state of any engine in this process.
    pub(crate) number: u64,
    pub(crate) rules: Arc<Rules>,
    /// By the issuer's index.
    pub(crate) issuers: Vec<Arc<Trusted<K>>>,
    pub(crate) revoked: Arc<Revocations>,
    /// What the policy's file of revocations says.
    pub(crate) file: Arc<[Revocation]>,
    pub(crate) memory: Memory,
    /// What trace markers are made and checked with.
    pub(crate) trace: Option<Arc<TraceKey<K>>>,
    /// For the policies before this one, the latest first: their epoch, and which machine kept each issuer's keys.
    pub(crate) earlier: Vec<(u32, Arc<[Option<u32>]>)>,
}

/// How many policies back a fetch may have begun that ends now: more than an operator loads while one runs.
const EARLIER_KEPT: usize = 8;

impl<K> State<K> {
    /// Where the issuer is now that was at this place under the policy of this epoch, if its keys are still kept by the same machine.
    pub(crate) fn place_of(&self, issuer: usize, epoch: u32) -> Option<usize> {
        if self.rules.epoch == epoch {
            return (issuer < self.issuers.len()).then_some(issuer);
        }
        let (_, machines) = self.earlier.iter().find(|(earlier, _)| *earlier == epoch)?;
        let machine = (*machines.get(issuer)?)?;
        self.issuers.iter().position(|issuer| issuer.machine() == Some(machine))
    }

    /// What [`State::earlier`] of the next policy begins with.
    pub(crate) fn history(&self) -> Vec<(u32, Arc<[Option<u32>]>)> {
        let own = self.issuers.iter().map(|issuer| issuer.machine()).collect();
        let all = core::iter::once((self.rules.epoch, own)).chain(self.earlier.iter().cloned());
        all.take(EARLIER_KEPT).collect()
    }

    /// The next state, with everything as it is.
    pub(crate) fn next(&self) -> Self {
        Self {
            number: number(),
            rules: Arc::clone(&self.rules),
            issuers: self.issuers.clone(),
            revoked: Arc::clone(&self.revoked),
            file: Arc::clone(&self.file),
            memory: self.memory.clone(),
            trace: self.trace.clone(),
            earlier: self.earlier.clone(),
        }
    }

    /// Every key of every issuer.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key<K>> {
        self.issuers.iter().flat_map(|issuer| issuer.keys.iter())
    }
}

/// A number for a state.
pub(crate) fn number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A number for a policy or a set of keys. One in four billion comes round again, when what was remembered under it is long
/// forgotten.
pub(crate) fn epoch() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A compiled policy, and what else was read from its file.
pub(crate) struct Rules {
    pub(crate) policy: Policy<Compiled>,
    pub(crate) model: PolicyModel,
    pub(crate) epoch: u32,
    pub(crate) fields: Fields,
    pub(crate) reads_body: bool,
    pub(crate) warnings: Vec<String>,
    /// By the issuer's index.
    pub(crate) sources: Vec<Source>,
    /// The file of revocations.
    pub(crate) revoked: Option<PathBuf>,
    /// When it was loaded.
    pub(crate) loaded: UnixTime,
}

impl Rules {
    /// What hosts ask for with each request, in one word: the epoch, whether bodies are read, and the fields.
    pub(crate) fn facts(&self) -> u64 {
        u64::from(self.epoch) << 16 | u64::from(self.reads_body) << 8 | u64::from(self.fields.bits())
    }

    /// The longest credential that is looked at, in bytes.
    pub(crate) fn max_credential(&self) -> usize {
        usize::try_from(self.policy.tables().settings.max_credential)
            .unwrap_or(limits::CREDENTIAL_MAX)
            .min(limits::CREDENTIAL_MAX)
    }
}

/// An issuer's keys, and how current they are.
pub(crate) struct Trusted<K> {
    pub(crate) keys: Arc<[Key<K>]>,
    /// Changes whenever the keys do.
    pub(crate) epoch: u32,
    /// The issuer's profile, by which its keys are read.
    pub(crate) profile: Profile,
    /// How they are kept up to date; `None` for keys that are given, not fetched.
    pub(crate) upkeep: Option<Arc<Upkeep>>,
    /// The text that they were read from, if they were fetched: another policy may read other keys in it.
    pub(crate) text: Option<Arc<str>>,
    /// `spiffe_sequence` of the bundle that they came in.
    pub(crate) sequence: Option<u64>,
    /// What was left out and what its publisher should know: each a sentence, lower case, no full stop.
    pub(crate) notes: Vec<String>,
    /// When the keys were taken.
    pub(crate) taken: Option<UnixTime>,
    /// Keys that were there before, the latest first.
    pub(crate) gone: Vec<Gone>,
}

impl<K> Trusted<K> {
    /// Which machine keeps the keys up to date.
    pub(crate) fn machine(&self) -> Option<u32> {
        self.upkeep.as_ref().map(|upkeep| upkeep.id)
    }

    /// The same keys, kept up to date by another machine.
    pub(crate) fn with_upkeep(&self, upkeep: Arc<Upkeep>) -> Self {
        Self {
            keys: Arc::clone(&self.keys),
            upkeep: Some(upkeep),
            text: self.text.clone(),
            epoch: self.epoch,
            profile: self.profile,
            sequence: self.sequence,
            notes: self.notes.clone(),
            taken: self.taken,
            gone: self.gone.clone(),
        }
    }
}

/// A key that its issuer has withdrawn.
#[derive(Clone, Debug)]
pub(crate) struct Gone {
    pub(crate) id: Option<String>,
    pub(crate) algorithm: &'static str,
    /// [`Key::print`].
    pub(crate) print: u64,
    pub(crate) first_seen: UnixTime,
    pub(crate) last_seen: UnixTime,
}
