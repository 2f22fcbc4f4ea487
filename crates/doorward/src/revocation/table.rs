//! The table that decisions look into.

use super::Revocation;
use super::issuers::{Issuers, Meant};
use core::fmt;
use doorward_core::limits;
use doorward_core::policy::{Revoked, RevokedToken};
use doorward_core::time::UnixTime;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// How many revocations there are of each kind, each counted as often as it was given.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Single tokens.
    pub tokens: usize,
    /// Subjects.
    pub subjects: usize,
    /// Times before which an issuer's tokens are revoked.
    pub issued_before: usize,
    /// Keys.
    pub keys: usize,
    /// How many of all these are of issuers that the policy does not have, and so revoke nothing.
    pub elsewhere: usize,
}

impl Counts {
    /// All of them.
    #[must_use]
    pub const fn len(&self) -> usize {
        let some = self.tokens.saturating_add(self.subjects);
        some.saturating_add(self.issued_before).saturating_add(self.keys)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    const fn plus(self, other: Self) -> Self {
        Self {
            tokens: self.tokens.saturating_add(other.tokens),
            subjects: self.subjects.saturating_add(other.subjects),
            issued_before: self.issued_before.saturating_add(other.issued_before),
            keys: self.keys.saturating_add(other.keys),
            elsewhere: self.elsewhere.saturating_add(other.elsewhere),
        }
    }
}

/// Why a revocation was not taken.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Refused {
    /// The policy has no such issuer.
    IssuerUnknown {
        /// What it was called.
        name: String,
        /// What was probably meant.
        nearest: Option<String>,
    },
    /// There are [`REVOCATIONS`](limits::REVOCATIONS) already that were given this way.
    Full,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IssuerUnknown { name, nearest } => {
                write!(f, "expected the name of an issuer or its `iss`, found `{}`", name.escape_debug())?;
                nearest.as_ref().map_or(Ok(()), |near| write!(f, ": did you mean `{near}`?"))
            }
            Self::Full => {
                let most = limits::REVOCATIONS;
                write!(f, "expected at most {most} revocations beside the file, found one more")
            }
        }
    }
}

impl core::error::Error for Refused {}

/// Everything that is revoked, from the file and through the API. It never changes: with more there is another.
///
/// Issuers are named by their index in the policy, and each has lists of its own: no `jti`, subject or `kid` of one is ever
/// compared with those of another.
#[derive(Clone, Default)]
pub struct Revocations {
    epoch: u32,
    issuers: Arc<Issuers>,
    file: Arc<Table>,
    /// What the API gave, each part at least twice as large as the next: so one more entry copies few of the others, and a
    /// question asks few parts.
    added: Vec<Arc<Part>>,
}

impl Revocations {
    /// What is revoked by a file, for a policy with these issuers.
    #[must_use]
    pub fn build(file: &[Revocation], issuers: Issuers) -> Self {
        Self::default().reloaded(file, issuers)
    }

    /// The same with another file, or for another policy. What came through the API stays revoked.
    #[must_use]
    pub fn reloaded(&self, file: &[Revocation], issuers: Issuers) -> Self {
        let part = |part: &Arc<Part>| Arc::new(Part::new(part.entries.clone(), &issuers));
        Self {
            epoch: self.epoch.wrapping_add(1),
            file: Arc::new(Table::new(file, &issuers)),
            added: self.added.iter().map(part).collect(),
            issuers: Arc::new(issuers),
        }
    }

    /// The same with one more.
    ///
    /// # Errors
    ///
    /// - An issuer that the policy does not have and that is no URL either.
    /// - More than [`REVOCATIONS`](limits::REVOCATIONS) of these.
    pub fn with(&self, revocation: Revocation) -> Result<Self, Refused> {
        if let Meant::Unknown = self.issuers.meant(revocation.issuer()) {
            let name = revocation.issuer().to_owned();
            let nearest = self.issuers.nearest(&name).map(str::to_owned);
            return Err(Refused::IssuerUnknown { name, nearest });
        }
        // A section may get another name when the policy is loaded anew; what tokens say stays.
        let revocation = match self.issuers.in_tokens(revocation.issuer()).map(str::to_owned) {
            Some(name) => revocation.of(name),
            None => revocation,
        };
        if self.added.iter().any(|part| part.entries.contains(&revocation)) {
            return Ok(self.clone());
        }
        if self.added.iter().map(|part| part.entries.len()).sum::<usize>() >= limits::REVOCATIONS {
            return Err(Refused::Full);
        }
        let mut added = self.added.clone();
        let mut entries = HashSet::from([revocation]);
        while let Some(last) = added.pop_if(|last| last.entries.len() < entries.len().saturating_mul(2)) {
            entries.extend(last.entries.iter().cloned());
        }
        added.push(Arc::new(Part::new(entries, &self.issuers)));
        Ok(Self { epoch: self.epoch.wrapping_add(1), added, ..self.clone() })
    }

    /// How many revocations there are, from the file and through the API.
    #[must_use]
    pub fn len(&self) -> usize {
        self.counts().len()
    }

    /// Whether nothing is revoked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts().is_empty()
    }

    /// How many revocations there are of each kind.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.tables().fold(Counts::default(), |counts, table| counts.plus(table.counts))
    }

    fn tables(&self) -> impl Iterator<Item = &Table> {
        core::iter::once(&*self.file).chain(self.added.iter().map(|part| &part.table))
    }

    fn lists(&self, issuer: usize) -> impl Iterator<Item = &Lists> {
        self.tables().filter_map(move |table| table.issuers.get(&issuer))
    }
}

impl Revoked for Revocations {
    fn epoch(&self) -> u32 {
        self.epoch
    }

    fn key(&self, issuer: usize, kid: &str) -> bool {
        self.lists(issuer).any(|lists| lists.keys.contains(kid))
    }

    fn token(&self, issuer: usize, token: &RevokedToken<'_>) -> bool {
        self.lists(issuer).any(|lists| lists.revoke(token))
    }
}

impl fmt::Debug for Revocations {
    /// The counts, and nothing that a token says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Revocations")
            .field("epoch", &self.epoch)
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}

/// Some of what the API gave. The entries are kept as given: another policy may have other issuers.
struct Part {
    entries: HashSet<Revocation>,
    table: Table,
}

impl Part {
    fn new(entries: HashSet<Revocation>, issuers: &Issuers) -> Self {
        let table = Table::new(&entries, issuers);
        Self { entries, table }
    }
}

#[derive(Default)]
struct Table {
    issuers: BTreeMap<usize, Lists>,
    counts: Counts,
}

/// What is revoked of one issuer.
#[derive(Default)]
struct Lists {
    tokens: HashSet<Box<str>>,
    /// With the time at which each is let in again, if ever.
    subjects: HashMap<Box<str>, Option<UnixTime>>,
    keys: HashSet<Box<str>>,
    issued_before: Option<UnixTime>,
}

impl Table {
    fn new<'r>(entries: impl IntoIterator<Item = &'r Revocation>, issuers: &Issuers) -> Self {
        let mut table = Self::default();
        for entry in entries {
            table.count(entry);
            match issuers.meant(entry.issuer()) {
                Meant::These(places) => {
                    for place in places {
                        table.issuers.entry(*place).or_default().add(entry);
                    }
                }
                Meant::Elsewhere | Meant::Unknown => {
                    table.counts.elsewhere = table.counts.elsewhere.saturating_add(1);
                }
            }
        }
        table
    }

    fn count(&mut self, entry: &Revocation) {
        let count = match entry {
            Revocation::Token { .. } => &mut self.counts.tokens,
            Revocation::Subject { .. } => &mut self.counts.subjects,
            Revocation::IssuedBefore { .. } => &mut self.counts.issued_before,
            Revocation::Key { .. } => &mut self.counts.keys,
        };
        *count = count.saturating_add(1);
    }
}

impl Lists {
    fn revoke(&self, token: &RevokedToken<'_>) -> bool {
        // What does not tell when it was issued may be from before any time.
        let early = |time| token.issued.is_none_or(|issued| issued < time);
        let over = |until: Option<UnixTime>| until.is_some_and(|until| token.now >= until);
        self.issued_before.is_some_and(early)
            || token.id.is_some_and(|jti| self.tokens.contains(jti))
            || self.subjects.get(token.subject).is_some_and(|until| !over(*until))
    }

    /// Adds an entry. Of two that say different times, the one that revokes more holds.
    fn add(&mut self, entry: &Revocation) {
        match entry {
            Revocation::Token { jti, .. } => {
                self.tokens.insert(jti.as_str().into());
            }
            Revocation::Subject { subject, until, .. } => {
                let longest = self.subjects.entry(subject.as_str().into()).or_insert(*until);
                *longest = longest.zip(*until).map(|(one, other)| one.max(other));
            }
            Revocation::IssuedBefore { time, .. } => self.issued_before = self.issued_before.max(Some(*time)),
            Revocation::Key { kid, .. } => {
                self.keys.insert(kid.as_str().into());
            }
        }
    }
}
