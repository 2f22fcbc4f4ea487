//! The stores of an engine: made when it is built, and kept when its policy is loaded anew.

use crate::digest::CredentialDigester;
use crate::policy::model::{PolicyModel, StoreModel};
use crate::revocation::Revocations;
use core::mem::size_of;
use doorward_core::limits;
use doorward_core::store::{Failures, Remembered, Replay, failures, known, replay};
use doorward_core::stores::Stores;
use std::sync::Arc;

type Credentials = Remembered<Box<[known::Bucket]>>;
type Uses = Replay<Box<[replay::Bucket]>>;
type Counts = Failures<Box<[failures::Bucket]>>;

/// What is remembered between decisions. Fixed in size once it is made.
#[derive(Clone)]
pub(crate) struct Memory {
    digester: Option<Arc<CredentialDigester>>,
    pub(crate) known: Option<Arc<Credentials>>,
    pub(crate) refused: Option<Arc<Credentials>>,
    pub(crate) replay: Option<Arc<Uses>>,
    pub(crate) failures: Option<Arc<Counts>>,
    sizes: StoreModel,
}

/// How many issuers share the store of single-use values.
fn sharing(model: &PolicyModel) -> usize {
    model.issuers.iter().filter(|issuer| issuer.single_use).count()
}

/// Makes so many empty pieces.
fn storage<T: Default>(count: usize) -> Box<[T]> {
    core::iter::repeat_with(T::default).take(count).collect()
}

fn credentials(capacity: usize) -> Option<Arc<Credentials>> {
    (capacity > 0).then(|| Arc::new(Remembered::new(storage(known::storage_for(capacity)))))
}

impl Memory {
    /// The stores that a policy asks for; what `before` has of them is kept where it is as large.
    ///
    /// # Errors
    ///
    /// A sentence: the system gives no randomness for the digests' key.
    pub(crate) fn new(
        model: &PolicyModel,
        before: Option<&Self>,
        warnings: &mut Vec<String>,
    ) -> Result<Self, String> {
        let StoreModel { known, refused, replay } = model.store;
        let kept = |size: usize, own: fn(&Self) -> (usize, Option<Arc<Credentials>>)| {
            before.map(own).filter(|(before, _)| *before == size).and_then(|(_, store)| store)
        };
        let digester = match before.and_then(|before| before.digester.clone()) {
            Some(digester) => Some(digester),
            None if known == 0 && refused == 0 && replay == 0 && model.limit.is_none() => None,
            None => Some(Arc::new(CredentialDigester::new().map_err(|fault| fault.to_string())?)),
        };
        let uses = before.and_then(|before| Some((before.replay.clone()?, before.sizes.replay)));
        let (uses, replay) = match uses {
            // What was used must not be forgotten, so that this store is never made anew.
            Some((uses, size)) => {
                uses.share(sharing(model));
                if replay != size && replay != 0 {
                    warnings.push(format!(
                        "store.replay: stays {size} until the next start: what was used must not be forgotten"
                    ));
                }
                (Some(uses), size)
            }
            None if replay > 0 => {
                let uses = Replay::new(storage(replay::storage_for(replay)), sharing(model));
                // COST: a system call or two for each use, which has just had its signature checked.
                let uses = uses.pausing(std::thread::yield_now).in_process(std::process::id);
                (Some(Arc::new(uses)), replay)
            }
            None => (None, 0),
        };
        let failures = before.and_then(|before| before.failures.clone()).or_else(|| {
            let made = || Failures::new(storage(failures::storage_for(limits::FAILURES_KEYS)));
            model.limit.map(|_| Arc::new(made()))
        });
        Ok(Self {
            digester,
            known: kept(known, |before| (before.sizes.known, before.known.clone()))
                .or_else(|| credentials(known)),
            refused: kept(refused, |before| (before.sizes.refused, before.refused.clone()))
                .or_else(|| credentials(refused)),
            replay: uses,
            failures,
            sizes: StoreModel { known, refused, replay },
        })
    }

    /// The bytes of each store: known, refused, single-use, failures.
    pub(crate) fn bytes(&self) -> [usize; 4] {
        let credentials = |store: &Option<Arc<Credentials>>, capacity: usize| {
            let buckets = known::storage_for(capacity);
            store.as_ref().map_or(0, |_| buckets.saturating_mul(size_of::<known::Bucket>()))
        };
        let replay = replay::storage_for(self.sizes.replay).saturating_mul(size_of::<replay::Bucket>());
        let failures = failures::storage_for(limits::FAILURES_KEYS);
        [
            credentials(&self.known, self.sizes.known),
            credentials(&self.refused, self.sizes.refused),
            self.replay.as_ref().map_or(0, |_| replay),
            self.failures.as_ref().map_or(0, |_| failures.saturating_mul(size_of::<failures::Bucket>())),
        ]
    }

    /// How many credentials each store was asked to keep.
    pub(crate) const fn sizes(&self) -> StoreModel {
        self.sizes
    }
}

/// The stores as a decision sees them, with what is revoked.
pub(crate) struct Lent<'s> {
    pub(crate) memory: &'s Memory,
    pub(crate) revoked: &'s Revocations,
    pub(crate) epoch: u32,
}

impl Stores for Lent<'_> {
    type Digester = CredentialDigester;
    type Credentials = Box<[known::Bucket]>;
    type Uses = Box<[replay::Bucket]>;
    type Counts = Box<[failures::Bucket]>;
    type Revoked = Revocations;

    #[inline]
    fn digester(&self) -> Option<&CredentialDigester> {
        self.memory.digester.as_deref()
    }

    #[inline]
    fn epoch(&self) -> u32 {
        self.epoch
    }

    #[inline]
    fn known(&self) -> Option<&Credentials> {
        self.memory.known.as_deref()
    }

    #[inline]
    fn refused(&self) -> Option<&Credentials> {
        self.memory.refused.as_deref()
    }

    #[inline]
    fn replay(&self) -> Option<&Uses> {
        self.memory.replay.as_deref()
    }

    #[inline]
    fn failures(&self) -> Option<&Counts> {
        self.memory.failures.as_deref()
    }

    #[inline]
    fn revoked(&self) -> &Revocations {
        self.revoked
    }
}
