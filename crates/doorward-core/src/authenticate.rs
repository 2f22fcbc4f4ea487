//! Who is it? What is known of the credential first, then the limit on failures, then the whole check; and what came of it is
//! remembered.

use crate::credential::Presented;
use crate::key::{Keys, PublishedKey as _};
use crate::outcome::Outcome;
use crate::policy::{
    self, Entry, Epochs, Genuine, Limit, Recalled, Revoked as _, Tables, Unproven, Verified,
};
use crate::principal::Principal;
use crate::reason::Reason;
use crate::refusal::Fault;
use crate::request::Request;
use crate::store::{Digest, Digester as _, Domain, Refused, Remembered};
use crate::stores::Stores;
use crate::time::{Seconds, UnixTime};
use crate::wire::Bump;
use crate::wire::json::Member;

/// Proof that a token was not used before, where that matters: only this module can make one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotUsedBefore(());

/// A credential that was found genuine, current and meant for us; and its use, where it may be used once.
pub(crate) struct Authenticated<'d> {
    pub(crate) verified: Verified<'d>,
    pub(crate) once: Option<Once>,
}

/// The use of a token that may be used once.
pub(crate) struct Once {
    value: Digest,
    issuer: u32,
    until: UnixTime,
    credential: Option<Digest>,
}

/// A credential that was refused, and whom it speaks of if it is genuine all the same.
pub(crate) struct Rejected<'d> {
    pub(crate) fault: Fault<'d>,
    pub(crate) principal: Option<Principal<'d>>,
}

impl<'d> From<Fault<'d>> for Rejected<'d> {
    fn from(fault: Fault<'d>) -> Self {
        Self { fault, principal: None }
    }
}

/// What every step looks at.
pub(crate) struct Desk<'a, 'd, K, S> {
    pub(crate) tables: &'a Tables<'d>,
    pub(crate) keys: &'a K,
    pub(crate) stores: &'a S,
    pub(crate) request: &'a Request<'d>,
    pub(crate) now: UnixTime,
    /// Whether the route hides. Its failures count apart: others would tell by their limit that somebody was refused there.
    pub(crate) hidden: bool,
}

impl<'d, K: Keys, S: Stores> Desk<'_, 'd, K, S> {
    /// Finds out whether the credential is genuine, current and meant for us.
    #[expect(clippy::result_large_err, reason = "boxing would allocate, and it is moved once")]
    #[inline(always)]
    pub(crate) fn authenticate(
        &self,
        presented: Presented<'d>,
        bump: &mut Bump<'d>,
        members: &mut [Member],
    ) -> Result<Authenticated<'d>, Rejected<'d>> {
        let Self { tables, keys, stores, now, .. } = *self;
        let token = presented.token;
        let digest = self.digest(&presented);
        let known = remembered(stores.known(), digest.as_ref());
        if let Some(entry) = &known
            && entry.epochs().policy == stores.epoch()
            && let Some(Recalled::Good(genuine, window)) = entry.recall(tables, keys, token, now, bump)
        {
            let judged = self.judge_known(entry, &genuine, window, digest.as_ref(), bump);
            let judged = judged.and_then(|current| Ok((current, self.once(&genuine, digest, bump)?)));
            return match judged {
                Ok((current, once)) => Ok(Authenticated { verified: genuine.verified(current), once }),
                // It was good once and is not now: an attempt like any other.
                Err(rejected) => Err(self.failed(&self.attempt(digest), rejected)),
            };
        }

        let attempt = self.attempt(digest);
        if known.is_none() {
            // What was good under an earlier policy, or with a key that is gone, is looked at before it is turned away.
            self.check(&attempt)?;
        }
        let result = self.look_closely(presented, digest, bump, members);
        result.map_err(|rejected| match known {
            Some(_) => self.failed(&attempt, rejected),
            None => {
                self.spend(&attempt, &rejected.fault);
                rejected
            }
        })
    }

    /// What becomes of a credential that was good once, and was looked at before it was known whether its sender may try again.
    fn failed(&self, attempt: &Option<Attempt>, rejected: Rejected<'d>) -> Rejected<'d> {
        if !is_failure(&rejected.fault) {
            return rejected;
        }
        match self.check(attempt) {
            Ok(()) => {
                self.spend(attempt, &rejected.fault);
                rejected
            }
            Err(throttled) => throttled.into(),
        }
    }

    /// The whole check, or what is left of it for a credential that was refused a moment ago.
    #[expect(clippy::result_large_err, reason = "as above")]
    #[inline(always)]
    fn look_closely(
        &self,
        presented: Presented<'d>,
        digest: Option<Digest>,
        bump: &mut Bump<'d>,
        members: &mut [Member],
    ) -> Result<Authenticated<'d>, Rejected<'d>> {
        let Self { tables, keys, stores, now, .. } = *self;
        let revoked = stores.revoked();
        let token = presented.token;
        let entry = remembered(stores.refused(), digest.as_ref());
        let entry = entry.filter(|entry| {
            let epochs = entry.epochs();
            !entry.is_over(now) && epochs.policy == stores.epoch() && epochs.revoked == revoked.epoch()
        });
        let recalled = entry.and_then(|entry| entry.recall(tables, keys, token, now, bump));
        let is_new = recalled.is_none();
        let forget_at = now.plus(policy::REFUSED_AT_MOST);
        let genuine = match recalled {
            Some(Recalled::Refused(reason)) => return Err(Fault::from(reason).into()),
            Some(Recalled::Genuine(genuine) | Recalled::Good(genuine, _)) => genuine,
            None => match policy::prove(tables, keys, revoked, &presented, now, bump, members) {
                Ok(genuine) => genuine,
                Err(Unproven { fault, issuer, lasts }) => {
                    if lasts {
                        let epochs = self.epochs(issuer);
                        self.remember(stores.refused(), digest.as_ref(), || {
                            Entry::refused(fault.reason, issuer, epochs, forget_at)
                        });
                    }
                    return Err(fault.into());
                }
            },
        };
        let epochs = self.epochs(Some(genuine.issuer.index));
        let judged = policy::judge(tables, revoked, &genuine, now, bump);
        let current = match judged {
            Ok(current) => current,
            Err(fault) => {
                if is_new {
                    self.remember(stores.refused(), digest.as_ref(), || {
                        Entry::genuine(&genuine, token, epochs, forget_at)
                    });
                }
                return Err(Rejected { fault, principal: genuine.known() });
            }
        };
        let once = self.once(&genuine, digest, bump)?;
        self.remember(stores.known(), digest.as_ref(), || Entry::good(&genuine, token, epochs));
        Ok(Authenticated { verified: genuine.verified(current), once })
    }

    /// Judges a known credential by what may have changed since: time, and what is revoked.
    #[expect(clippy::result_large_err, reason = "as above")]
    #[inline(always)]
    fn judge_known(
        &self,
        entry: &Entry,
        genuine: &Genuine<'d>,
        window: policy::Window,
        digest: Option<&Digest>,
        bump: &mut Bump<'d>,
    ) -> Result<policy::Current, Rejected<'d>> {
        let Self { keys, stores, now, .. } = *self;
        let revoked = stores.revoked();
        let epochs = self.epochs(Some(genuine.issuer.index));
        let same = entry.epochs().revoked == epochs.revoked;
        if !same {
            let index = genuine.issuer.index;
            let mut own = keys.of_issuer(index).iter().filter(|key| key.serial() == genuine.serial);
            if own.any(|key| key.id().is_some_and(|kid| revoked.key(index, kid))) {
                return Err(Fault::from(Reason::TokenRevoked).into());
            }
        }
        let judged = policy::judge_again(genuine, window, now, || {
            if same { Ok(()) } else { policy::check_revocation(revoked, genuine, now, bump) }
        });
        let current = judged.map_err(|fault| Rejected { fault, principal: genuine.known() })?;
        if entry.epochs() != epochs {
            self.remember(stores.known(), digest, || Some(entry.in_epochs(epochs)));
        }
        Ok(current)
    }

    /// The use of a token that may be used once; refused if it was used.
    #[expect(clippy::result_large_err, reason = "as above")]
    #[inline(always)]
    fn once(
        &self,
        genuine: &Genuine<'d>,
        credential: Option<Digest>,
        bump: &mut Bump<'d>,
    ) -> Result<Option<Once>, Rejected<'d>> {
        if !genuine.issuer.issuer.single_use {
            return Ok(None);
        }
        self.first_use(genuine, credential, bump)
            .map(Some)
            .map_err(|fault| Rejected { fault, principal: genuine.known() })
    }

    #[inline(never)]
    fn first_use(
        &self,
        genuine: &Genuine<'d>,
        credential: Option<Digest>,
        bump: &mut Bump<'d>,
    ) -> Result<Once, Fault<'d>> {
        let full = || Reason::ReplayStoreFull.after(Seconds(crate::limits::REPLAY_FULL_WAIT));
        let (Some(replay), Some(digester)) = (self.stores.replay(), self.stores.digester()) else {
            // Where uses cannot be counted none is let in.
            return Err(full());
        };
        let issuer = genuine.issuer.issuer;
        let id = policy::token_id(genuine, bump)?;
        let name = self.tables.text(issuer.display);
        let value = digester.digest(Domain::SingleUse, &[name.as_bytes(), id.as_bytes()]);
        if replay.contains(&value, self.now) {
            return Err(Reason::TokenReplayed.into());
        }
        let expires = genuine.principal.expires.unwrap_or(UnixTime::LATEST);
        // A policy that is loaded anew may allow more for clocks than this one.
        let until = expires.plus(Seconds(crate::limits::LEEWAY_MAX));
        // By its name, which outlasts a policy that is loaded anew.
        Ok(Once { value, issuer: policy::segment_hash(name), until, credential })
    }

    /// Uses a token up, after every other check: what is refused for another reason has not been used.
    pub(crate) fn use_up(&self, once: Option<&Once>) -> Result<NotUsedBefore, Fault<'d>> {
        let Some(once) = once else { return Ok(NotUsedBefore(())) };
        let full = || Reason::ReplayStoreFull.after(Seconds(crate::limits::REPLAY_FULL_WAIT));
        let replay = self.stores.replay().ok_or_else(full)?;
        match replay.insert(&once.value, once.issuer, once.until, self.now) {
            Ok(()) => Ok(NotUsedBefore(())),
            Err(Refused::Full) => Err(full()),
            Err(Refused::Replayed) => {
                let fault = Fault::from(Reason::TokenReplayed);
                self.spend(&self.attempt(once.credential), &fault);
                Err(fault)
            }
        }
    }

    /// The digest of a credential: all of it, and where it was sent.
    fn digest(&self, presented: &Presented<'_>) -> Option<Digest> {
        let digester = self.stores.digester()?;
        Some(digester.digest(Domain::Bearer, &[&[presented.place.number()], presented.token]))
    }

    fn epochs(&self, issuer: Option<usize>) -> Epochs {
        let keys = issuer.map_or(0, |issuer| self.keys.epoch(issuer));
        Epochs { policy: self.stores.epoch(), keys, revoked: self.stores.revoked().epoch() }
    }

    fn remember(
        &self,
        store: Option<&Remembered<S::Credentials>>,
        digest: Option<&Digest>,
        entry: impl FnOnce() -> Option<Entry>,
    ) {
        if let (Some(store), Some(digest)) = (store, digest)
            && let Some(entry) = entry()
        {
            store.put(digest, &entry.words(), self.now);
        }
    }

    /// Whose attempt this is, where attempts are limited.
    fn attempt(&self, credential: Option<Digest>) -> Option<Attempt> {
        let limit = self.tables.settings.limit?;
        let digester = self.stores.digester()?;
        let by_peer = || {
            let (bytes, len) = policy::counted(policy::peer(self.tables, self.request)?);
            Some(digester.digest(Domain::Peer, &[bytes.get(..len)?, &[u8::from(self.hidden)]]))
        };
        let by_credential = |[high, low]: Digest| {
            let apart =
                || digester.digest(Domain::Peer, &[&high.to_le_bytes(), &low.to_le_bytes(), b"hidden"]);
            if self.hidden { apart() } else { [high, low] }
        };
        Some(Attempt {
            limit,
            peer: if limit.by_peer { by_peer() } else { None },
            credential: credential.filter(|_| limit.by_credential).map(by_credential),
        })
    }

    /// Whether one more attempt may be made.
    fn check(&self, attempt: &Option<Attempt>) -> Result<(), Fault<'d>> {
        let (Some(attempt), Some(failures)) = (attempt, self.stores.failures()) else { return Ok(()) };
        let waits = attempt.keys().filter_map(|key| failures.check(key, attempt.limit.rate, self.now).err());
        match waits.max() {
            Some(wait) => Err(Reason::TooManyFailures.after(wait)),
            None => Ok(()),
        }
    }

    /// Counts a failed attempt.
    fn spend(&self, attempt: &Option<Attempt>, fault: &Fault<'_>) {
        if let (true, Some(attempt), Some(failures)) = (is_failure(fault), attempt, self.stores.failures()) {
            attempt.keys().for_each(|key| failures.spend(key, attempt.limit.rate, self.now));
        }
    }
}

/// Whether it is a failure of the caller: not where our own trust is in question, or the key may be known in a moment.
fn is_failure(fault: &Fault<'_>) -> bool {
    fault.reason.outcome() == Outcome::Unauthenticated
        && fault.reason != Reason::CredentialMissing
        && fault.wait.is_none()
}

/// Whose attempts are counted together with this one.
struct Attempt {
    limit: Limit,
    peer: Option<Digest>,
    credential: Option<Digest>,
}

impl Attempt {
    fn keys(&self) -> impl Iterator<Item = &Digest> {
        self.peer.iter().chain(&self.credential)
    }
}

/// What a store has of a credential.
#[inline(always)]
fn remembered<B: AsRef<[crate::store::known::Bucket]>>(
    store: Option<&Remembered<B>>,
    digest: Option<&Digest>,
) -> Option<Entry> {
    Entry::from_words(&store?.get(digest?)?)
}
