//! One fetch: from a source of keys to their text.

use doorward_core::key::FetchFault;
use doorward_core::time::Seconds;

#[cfg(feature = "fetch")]
pub(super) use with_http::Fetcher;
#[cfg(feature = "fetch")]
pub(crate) use with_http::Http;
#[cfg(not(feature = "fetch"))]
pub(super) use without_http::{Fetcher, Http};

/// An answer with status 200.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Fetched {
    /// The body.
    pub(super) text: String,
    /// How long the answer says that it stays fresh; `None` if it does not say.
    pub(super) lifetime: Option<Seconds>,
}

/// Why there is none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Failed {
    /// What went wrong.
    pub(crate) fault: FetchFault,
    /// A sentence, lower case, no full stop; it names the host, and never a query.
    pub(crate) detail: String,
    /// The status, if it is the fault.
    pub(crate) status: Option<u16>,
    /// The provider's `Retry-After`.
    pub(crate) retry_after: Option<Seconds>,
}

impl Failed {
    pub(super) fn new(fault: FetchFault, detail: impl Into<String>) -> Self {
        Self { fault, detail: detail.into(), status: None, retry_after: None }
    }
}

#[cfg(feature = "fetch")]
mod with_http {
    //! Over HTTP.

    use super::{Failed, Fetched};
    use crate::trust::Source;
    use crate::trust::discovery::{self, Metadata};
    pub(crate) use crate::trust::http::Http;
    use doorward_core::key::FetchFault;
    use std::sync::{Mutex, PoisonError};
    use std::time::Instant;

    /// Fetches one issuer's keys; what it has learned of where they are lasts from fetch to fetch.
    #[derive(Debug, Default)]
    pub(in crate::trust) struct Fetcher {
        metadata: Mutex<Option<Metadata>>,
    }

    impl Fetcher {
        /// Fetches the keys.
        ///
        /// # Errors
        ///
        /// See [`FetchFault`]. Where an address of keys that was found before fails, it is forgotten, so that the next
        /// fetch asks the issuer's metadata again.
        pub(in crate::trust) fn keys(&self, http: &Http, source: &Source) -> Result<Fetched, Failed> {
            let until = http.deadline();
            match source {
                Source::Url { url, ca } => http.fetch(url, ca.as_deref(), until),
                Source::Discovery { issuer, ca } => {
                    let known = self.known();
                    let metadata = match known {
                        Some(metadata) => metadata,
                        None => discovery::find(http, issuer, ca.as_deref(), until)?,
                    };
                    let fetched = http.fetch(&metadata.jwks_uri, ca.as_deref(), until);
                    self.set(fetched.is_ok().then_some(metadata));
                    fetched
                }
                Source::Static | Source::File(_) => {
                    Err(Failed::new(FetchFault::Insecure, "expected a source that is fetched"))
                }
            }
        }

        /// Until when the address that was found is good without asking the issuer again: the next scheduled fetch.
        ///
        /// So a scheduled fetch follows an address that has changed, and one for a missed key costs a single request.
        pub(in crate::trust) fn trust_metadata_until(&self, until: Instant) {
            if let Some(metadata) = self.lock().as_mut() {
                metadata.good_until.get_or_insert(until);
            }
        }

        fn known(&self) -> Option<Metadata> {
            let known = self.lock().clone();
            known.filter(|metadata| metadata.good_until.is_some_and(|until| Instant::now() < until))
        }

        fn set(&self, metadata: Option<Metadata>) {
            *self.lock() = metadata;
        }

        fn lock(&self) -> std::sync::MutexGuard<'_, Option<Metadata>> {
            self.metadata.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }
}

#[cfg(not(feature = "fetch"))]
mod without_http {
    //! In a build without the feature `fetch`, where policies that would need it do not load.

    use super::{Failed, Fetched};
    use crate::trust::Source;
    use doorward_core::key::FetchFault;
    use std::time::Instant;

    /// Stands for the HTTP client.
    #[derive(Debug, Default)]
    pub(in crate::trust) struct Http;

    impl Http {
        pub(in crate::trust) const fn new() -> Self {
            Self
        }
    }

    /// Fetches nothing.
    #[derive(Debug, Default)]
    pub(in crate::trust) struct Fetcher;

    impl Fetcher {
        pub(in crate::trust) fn keys(&self, _: &Http, _: &Source) -> Result<Fetched, Failed> {
            Err(Failed::new(FetchFault::Unreachable, "this build cannot fetch: it lacks the feature `fetch`"))
        }

        pub(in crate::trust) fn trust_metadata_until(&self, _: Instant) {}
    }
}
