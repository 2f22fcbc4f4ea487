//! What is remembered of a credential: enough to judge it again without its signature, and nothing to make one of.

use super::issuer::{self, Selected};
use super::prove::{Genuine, principal};
use super::tables::Tables;
use super::verify::Window;
use crate::jose::claims::Places;
use crate::jose::jws::SignatureChecked;
use crate::jose::{Claims, Compact};
use crate::key::{Keys, StillPublished, Trust};
use crate::reason::Reason;
use crate::store::{WORDS, Words};
use crate::time::{Seconds, UnixTime};
use crate::wire::Bump;
use crate::wire::json::Place;

/// What was found out about a credential, as a store keeps it.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    kind: Kind,
    /// When a store may forget it; of a good credential the end of its window.
    until: UnixTime,
    /// The beginning of a good credential's window.
    from: UnixTime,
    /// The issuer's index, or [`NOBODY`].
    issuer: u32,
    /// The number of the key that it was verified with.
    serial: u32,
    epochs: Epochs,
    /// The lengths of header and payload in the token.
    header: u16,
    payload: u16,
    places: Places,
}

/// What is known of a credential.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// Genuine, and nothing is wrong with its claims but what time and revocation may bring.
    Good,
    /// Genuine; what it says has to be judged again.
    Genuine,
    /// Refused for this reason, whenever and whatever for.
    Refused(Reason),
}

/// A credential that came before.
pub(crate) enum Recalled<'d> {
    /// It is genuine, and its claims were found good.
    Good(Genuine<'d>, Window),
    /// It is genuine.
    Genuine(Genuine<'d>),
    /// It was refused.
    Refused(Reason),
}

/// What remembering depends on beside the credential itself and the policy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Epochs {
    /// Of the policy.
    pub(crate) policy: u32,
    /// Of the issuer's keys.
    pub(crate) keys: u32,
    /// Of what is revoked.
    pub(crate) revoked: u32,
}

/// Stands for a credential whose issuer is not known.
const NOBODY: u32 = u32::MAX;

impl Entry {
    /// Of a credential that passed every check. `None` for one that cannot be written down, which is rare and does no harm.
    pub(crate) fn good(genuine: &Genuine<'_>, token: &[u8], epochs: Epochs) -> Option<Self> {
        let Window { from, until } = Window::of(genuine)?;
        Some(Self { kind: Kind::Good, from, until, ..Self::genuine(genuine, token, epochs, until)? })
    }

    /// Of a genuine credential that was refused for what it says.
    pub(crate) fn genuine(
        genuine: &Genuine<'_>,
        token: &[u8],
        epochs: Epochs,
        until: UnixTime,
    ) -> Option<Self> {
        let (header, payload) = Compact::lengths(token)?;
        Some(Self {
            kind: Kind::Genuine,
            until,
            from: UnixTime::EARLIEST,
            issuer: u32::try_from(genuine.issuer.index).ok()?,
            serial: genuine.serial,
            epochs,
            header: u16::try_from(header).ok()?,
            payload: u16::try_from(payload).ok()?,
            places: genuine.claims.places,
        })
    }

    /// Of a credential that was refused before it could be found genuine. `None` for reasons that may be gone at the next
    /// attempt without a change of epoch.
    pub(crate) fn refused(
        reason: Reason,
        issuer: Option<usize>,
        epochs: Epochs,
        until: UnixTime,
    ) -> Option<Self> {
        let lasts = match reason {
            Reason::TokenMalformed
            | Reason::TokenEncrypted
            | Reason::TokenTypeRefused
            | Reason::CriticalHeaderUnknown
            | Reason::IssuerUntrusted => true,
            // With another key, or without the revocation, it might pass.
            Reason::AlgorithmRefused | Reason::SignatureInvalid | Reason::TokenRevoked => true,
            _ => false,
        };
        lasts.then_some(Self {
            kind: Kind::Refused(reason),
            until,
            from: UnixTime::EARLIEST,
            issuer: issuer.and_then(|issuer| u32::try_from(issuer).ok()).unwrap_or(NOBODY),
            serial: 0,
            epochs,
            header: 0,
            payload: 0,
            places: Places::default(),
        })
    }

    /// The epochs that it was written in.
    pub(crate) const fn epochs(&self) -> Epochs {
        self.epochs
    }

    /// The same entry in other epochs.
    pub(crate) const fn in_epochs(self, epochs: Epochs) -> Self {
        Self { epochs, ..self }
    }

    /// Whether a store may have kept it for too long.
    pub(crate) fn is_over(&self, now: UnixTime) -> bool {
        // A clock that was set back must not lengthen what was to be short.
        now >= self.until || self.until > now.plus(REFUSED_AT_MOST)
    }

    /// The issuer's index, where it is known.
    pub(crate) fn issuer(&self) -> Option<usize> {
        if self.issuer == NOBODY { None } else { usize::try_from(self.issuer).ok() }
    }

    /// What is known of the credential whose token this is, if that still holds for the keys of its issuer.
    ///
    /// The payload is decoded again, since claims are not kept: who is let in must be told what the token says.
    #[inline(always)]
    pub(crate) fn recall<'d, K: Keys>(
        &self,
        tables: &Tables<'d>,
        keys: &K,
        token: &'d [u8],
        now: UnixTime,
        bump: &mut Bump<'d>,
    ) -> Option<Recalled<'d>> {
        let index = self.issuer();
        if let Some(index) = index
            && matches!(keys.trust(index, now), Trust::Never | Trust::Expired { .. })
        {
            return None;
        }
        if let Kind::Refused(reason) = self.kind {
            let same = index.is_none_or(|index| keys.epoch(index) == self.epochs.keys);
            return same.then_some(Recalled::Refused(reason));
        }
        let index = index?;
        let published = StillPublished::check(keys, index, self.epochs.keys, self.serial)?;
        let issuer = tables.issuers.get(index)?;
        let payload = Compact::payload_at(token, self.header.into(), self.payload.into(), bump)?;
        let claims = Claims { text: core::str::from_utf8(payload).ok()?, places: self.places };
        let subject = match claims.sub().and_then(|sub| sub.as_str()) {
            Some(subject) => issuer::text(subject, bump).ok()?,
            None => "",
        };
        let genuine = Genuine {
            issuer: Selected { index, issuer },
            principal: principal(tables, issuer, &claims, subject),
            claims,
            signature: SignatureChecked::remembered(published),
            serial: self.serial,
        };
        Some(match self.kind {
            Kind::Good => Recalled::Good(genuine, Window { from: self.from, until: self.until }),
            Kind::Genuine | Kind::Refused(_) => Recalled::Genuine(genuine),
        })
    }

    /// As a store keeps it. The first word is when it may be forgotten.
    pub(crate) fn words(&self) -> Words {
        let (kind, reason) = match self.kind {
            Kind::Good => (1, 0),
            Kind::Genuine => (2, 0),
            Kind::Refused(reason) => (3, reason.number()),
        };
        let mut words = [0; WORDS];
        let front = [
            self.until.seconds().cast_unsigned(),
            self.from.seconds().cast_unsigned(),
            halves(self.until.nanos(), self.from.nanos()),
            halves(self.issuer, self.serial),
            halves(self.epochs.keys, self.epochs.revoked),
            quarters([kind, reason, self.header, self.payload]),
            halves(self.epochs.policy, 0),
        ];
        let places = self.places.as_chunks::<2>().0.iter();
        let places = places.map(|[one, two]| quarters([one.start, one.len, two.start, two.len]));
        words.iter_mut().zip(front.into_iter().chain(places)).for_each(|(to, from)| *to = from);
        words
    }

    /// From what a store kept.
    pub(crate) fn from_words(words: &Words) -> Option<Self> {
        let [until, from, nanos, key, epochs, form, policy, rest @ ..] = words;
        let (until_nanos, from_nanos) = in_halves(*nanos);
        let (issuer, serial) = in_halves(*key);
        let (keys, revoked) = in_halves(*epochs);
        let (policy, _) = in_halves(*policy);
        let [kind, reason, header, payload] = in_quarters(*form);
        let kind = match kind {
            1 => Kind::Good,
            2 => Kind::Genuine,
            3 => Kind::Refused(Reason::from_number(reason)?),
            _ => return None,
        };
        let mut places = Places::default();
        for (pair, word) in places.as_chunks_mut::<2>().0.iter_mut().zip(rest) {
            let [a, b, c, d] = in_quarters(*word);
            *pair = [Place { start: a, len: b }, Place { start: c, len: d }];
        }
        Some(Self {
            kind,
            until: UnixTime::new(until.cast_signed(), until_nanos),
            from: UnixTime::new(from.cast_signed(), from_nanos),
            issuer,
            serial,
            epochs: Epochs { policy, keys, revoked },
            header,
            payload,
            places,
        })
    }
}

/// How long a refused credential is remembered: a storm of retries is over sooner or comes back, and what was wrong with the
/// credential is looked at afresh once a minute.
pub(crate) const REFUSED_AT_MOST: Seconds = Seconds(crate::limits::REFUSED_FOR);

fn halves(first: u32, second: u32) -> u64 {
    u64::from(first) << 32 | u64::from(second)
}

fn in_halves(word: u64) -> (u32, u32) {
    let [a, b, c, d, e, f, g, h] = word.to_be_bytes();
    (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]))
}

fn quarters([a, b, c, d]: [u16; 4]) -> u64 {
    u64::from(a) << 48 | u64::from(b) << 32 | u64::from(c) << 16 | u64::from(d)
}

fn in_quarters(word: u64) -> [u16; 4] {
    let [a, b, c, d, e, f, g, h] = word.to_be_bytes();
    [[a, b], [c, d], [e, f], [g, h]].map(u16::from_be_bytes)
}
