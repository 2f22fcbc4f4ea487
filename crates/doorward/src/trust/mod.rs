//! How trust is kept up to date: keys are fetched, files are watched, and one thread per engine does both.
//!
//! * [`keeper`], [`rounds`], [`job`]: that thread. It asks each issuer's [`Refresh`] what is next, and never decides itself.
//! * [`fetch`], [`http`], [`discovery`], [`cache_control`], [`address`]: from a source to the text of a key set.
//! * [`exchange`]: requests of other kinds by the same client, for sources of credentials.
//! * [`bundle`]: what a SPIFFE trust bundle says beside its keys.
//! * [`watch`]: which files have changed.
//! * [`event`]: what a host may want to log.
//!
//! The engine's inside is known here by the trait [`Ward`] only.

#[cfg(feature = "fetch")]
mod address;
pub(crate) mod bundle;
#[cfg(feature = "fetch")]
mod cache_control;
#[cfg(feature = "fetch")]
pub(crate) mod discovery;
mod event;
#[cfg(feature = "fetch")]
pub(crate) mod exchange;
mod fetch;
#[cfg(feature = "fetch")]
mod http;
mod job;
mod keeper;
mod rounds;
#[cfg(test)]
#[cfg(feature = "fetch")]
mod tests;
mod watch;

pub use event::Event;
#[cfg(feature = "fetch")]
pub(crate) use fetch::{Failed, Http};
pub(crate) use keeper::{Keeper, not_loaded};
pub(crate) use watch::{ReadFault, read};

use core::hash::{BuildHasher, Hasher};
use doorward_core::key::{FetchFault, Refresh, Round};
use doorward_core::time::{Seconds, UnixTime};
use std::path::{Path, PathBuf};

/// Whether this build can fetch keys at all (the feature `fetch`).
pub(crate) const CAN_FETCH: bool = cfg!(feature = "fetch");

/// Where an issuer's keys come from, as far as keeping them up to date goes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Source {
    /// Given once and for all.
    Static,
    /// A file, which is watched.
    File(PathBuf),
    /// A JWK Set or trust bundle at a URL.
    Url {
        /// The URL.
        url: String,
        /// The certificates that its server is known by, instead of those of the public authorities.
        ca: Option<PathBuf>,
    },
    /// The JWK Set that the issuer's own metadata names.
    Discovery {
        /// The issuer's identifier.
        issuer: String,
        /// As for a URL; for the metadata and the keys alike.
        ca: Option<PathBuf>,
    },
}

impl Source {
    /// Whether it is fetched.
    pub(crate) const fn is_fetched(&self) -> bool {
        matches!(self, Self::Url { .. } | Self::Discovery { .. })
    }
}

/// What one policy has to fetch and to watch.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The policy's epoch.
    pub(crate) epoch: u32,
    /// The issuers by their index, and where their keys come from.
    pub(crate) sources: Vec<(usize, Source)>,
    /// Other files that are watched, such as revocations.
    pub(crate) files: Vec<PathBuf>,
}

/// How a key set came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Delivery {
    /// It was read from a file.
    File,
    /// A host supplied it.
    Host,
    /// It was fetched.
    Fetch {
        /// In which round.
        round: Round,
        /// How long its server says that it may be kept.
        lifetime: Option<Seconds>,
    },
}

/// What came of taking a key set.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Taken {
    /// How long it may be kept, by its publisher's word, else its server's.
    pub(crate) lifetime: Option<Seconds>,
    /// Whether it differs from the one before.
    pub(crate) changed: bool,
}

/// What the keeper keeps up to date: the engine's inside.
///
/// Every method is called on the keeper's thread or on one that fetches for it, and none while another's lock is held.
pub(crate) trait Ward: Send + Sync + 'static {
    /// What there is to fetch and to watch. All of it is of one policy: an index of one and the epoch of another would be another
    /// issuer's.
    fn plan(&self) -> Plan;

    /// A number that changes whenever the policy does.
    fn policy_epoch(&self) -> u32;

    /// Where the issuer is now that was there under the policy of `epoch`.
    fn place(&self, issuer: usize, epoch: u32) -> Option<usize> {
        let _ = epoch;
        Some(issuer)
    }

    /// How an issuer is called in events.
    fn issuer_name(&self, issuer: usize) -> String {
        issuer.to_string()
    }

    /// Reads a key set and puts it in force.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or that the policy is no longer that of `epoch`, or that newer keys came while these were fetched;
    /// nothing has changed then.
    fn take_keys(
        &self,
        issuer: usize,
        epoch: u32,
        text: &str,
        delivery: Delivery,
        now: UnixTime,
    ) -> Result<Taken, (FetchFault, String)>;

    /// Notes why an issuer's key file was not taken, or that it was; and tells whether that is news.
    fn key_file(&self, issuer: usize, epoch: u32, fault: Option<&str>) -> bool;

    /// A watched file other than a source of keys has changed, or this is the first look at it. Whether it could be read; if not,
    /// this is called again.
    fn file_changed(&self, path: &Path) -> bool;

    /// Hands over an issuer's state machine under its lock; `None` if it has none, or if the policy is no longer that of
    /// `epoch`. `f` does no I/O.
    fn with_refresh<R>(&self, issuer: usize, epoch: u32, f: impl FnOnce(&mut Refresh) -> R) -> Option<R>;

    /// Something happened that a host may want to log.
    fn event(&self, event: Event);
}

/// A number for spreading fetches over time, which differs between processes, forked ones included.
///
/// `RandomState` alone would not: a forked child goes on with its parent's numbers.
pub(crate) fn seed() -> u64 {
    let mut hasher = std::hash::RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    let now = crate::now();
    hasher.write_i64(now.seconds());
    hasher.write_u32(now.nanos());
    hasher.finish()
}
