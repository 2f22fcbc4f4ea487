//! Credentials for clients: the one in force, and where the next one comes from.

use super::chain::Chain;
use super::fault::NotSent;
use super::proof::{ProofOf, Proofs};
use core::error::Error;
use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::Poll;
use core::time::Duration;
use doorward::UnixTime;
use doorward::caller::{
    Caller, CallerOptions, CallerReport, Credential, SourceFault, Ticket, TokenSource, Want,
};
use doorward::doorward_core::limits;
use http::header::HOST;
use http::request::Parts;
use std::sync::Arc;

/// The longest body that is kept to be sent again, in bytes. What is longer is seldom held in memory, and worth streaming.
const REPLAY_LIMIT: usize = 1 << 20;

/// How long a source may take, in seconds: it says how that went before others take its credential for lost.
const OBTAIN_SECONDS: u64 = limits::OBTAIN_LIMIT - 1;

/// How many threads a blocking source may hold that never comes back. One is given up each minute.
const HANGING: usize = 4;

type Obtaining = Pin<Box<dyn Future<Output = Result<Credential, SourceFault>> + Send>>;
type Obtain = dyn Fn(Want, UnixTime, &Chain) -> Obtaining + Send + Sync;
type OnReport = dyn Fn(&CallerReport) + Send + Sync;

/// A credential for clients, and where to get the next one.
///
/// Cloning is cheap, and clones share the credential: whatever one client learns about it holds for all.
#[derive(Clone)]
pub struct Credentials {
    caller: Arc<Caller>,
    obtain: Arc<Obtain>,
    on_report: Option<Arc<OnReport>>,
    proofs: Option<Proofs>,
    /// The one origin that requests without a host are for.
    origin: Option<Arc<str>>,
    clock: fn() -> UnixTime,
    replay_limit: usize,
}

impl Credentials {
    /// Credentials from a source that may block: a [`Source`](doorward::source::Source), or a function. It is asked on a thread for
    /// blocking work.
    ///
    /// # Errors
    ///
    /// An option that is out of its bounds, or an origin that is none.
    pub fn new(source: impl TokenSource + 'static, options: CallerOptions) -> Result<Self, String> {
        let source = Arc::new(source);
        let threads = Arc::new(AtomicUsize::new(0));
        let obtain = move |want: Want, now: UnixTime, chain: &Chain| -> Obtaining {
            let thread = Thread::take(&threads);
            if threads.load(Ordering::Relaxed) > HANGING {
                return Box::pin(async { Err(SourceFault::transient("the source does not come back")) });
            }
            let (source, chain) = (Arc::clone(&source), chain.clone());
            let work = tokio::task::spawn_blocking(move || {
                let _thread = thread;
                chain.run(|| source.obtain(&want, now))
            });
            // Otherwise it panicked, or the runtime is going down.
            Box::pin(async {
                work.await.unwrap_or_else(|_| Err(SourceFault::transient("the source broke off")))
            })
        };
        Self::with(Arc::new(obtain), options)
    }

    /// Credentials from an asynchronous function, which is told what the next one is wanted for.
    ///
    /// ```
    /// use doorward::caller::{CallerOptions, Credential, SourceFault};
    /// use doorward_tower::client::Credentials;
    /// # async fn ask_the_issuer(_: Option<&str>) -> Result<String, std::io::Error> { Ok(String::new()) }
    ///
    /// let source = async |want: doorward::caller::Want| {
    ///     let token = ask_the_issuer(want.scope.as_deref()).await;
    ///     Credential::bearer(token.map_err(|error| SourceFault::transient(error.to_string()))?)
    /// };
    /// let origins = vec!["https://api.example".to_owned()];
    /// let credentials = Credentials::from_async(source, CallerOptions { origins, ..CallerOptions::default() })?;
    /// # let _ = credentials;
    /// # Ok::<(), String>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`Self::new`].
    pub fn from_async<F>(
        source: impl Fn(Want) -> F + Send + Sync + 'static,
        options: CallerOptions,
    ) -> Result<Self, String>
    where
        F: Future<Output = Result<Credential, SourceFault>> + Send + 'static,
    {
        let obtain = move |want: Want, _: UnixTime, chain: &Chain| -> Obtaining {
            Box::pin(chain.scope(chain.run(|| source(want))))
        };
        Self::with(Arc::new(obtain), options)
    }

    fn with(obtain: Arc<Obtain>, options: CallerOptions) -> Result<Self, String> {
        let origin = match options.origins.as_slice() {
            [only] => Some(only.trim_end_matches('/').into()),
            _ => None,
        };
        let caller = Arc::new(Caller::new(CallerOptions { has_source: true, ..options })?);
        Ok(Self {
            caller,
            obtain,
            on_report: None,
            proofs: None,
            origin,
            clock: doorward::now,
            replay_limit: REPLAY_LIMIT,
        })
    }

    /// The same, which tells this function what looks like an attack, even where a retry succeeded.
    ///
    /// Without it, [`Caller::take_reports`] has them.
    #[must_use]
    pub fn on_report(mut self, tell: impl Fn(&CallerReport) + Send + Sync + 'static) -> Self {
        self.on_report = Some(Arc::new(tell));
        self
    }

    /// The same for tokens that are bound to a key ([RFC 9449]): this function makes the proof that goes with each request, in the
    /// field `DPoP`, and is told the nonce that the service wants in it. Each proof needs a `jti` of its own. Bearer tokens of the
    /// source are sent with the scheme `DPoP`.
    ///
    /// Where the client inside follows a redirect, it copies the field; take it out there if that leads to another origin.
    ///
    /// [RFC 9449]: https://www.rfc-editor.org/rfc/rfc9449
    #[must_use]
    pub fn with_proof(
        mut self,
        make: impl Fn(&ProofOf<'_>) -> Result<String, Box<dyn Error + Send + Sync>> + Send + Sync + 'static,
    ) -> Self {
        self.proofs = Some(Proofs::new(make));
        self
    }

    /// The same with another clock, for tests and for hosts that keep their own time.
    #[must_use]
    pub fn with_clock(mut self, clock: fn() -> UnixTime) -> Self {
        self.clock = clock;
        self
    }

    /// The same with another limit on the bodies that are kept to be sent again, in bytes. The default is one mebibyte.
    #[must_use]
    pub const fn with_replay_limit(mut self, bytes: usize) -> Self {
        self.replay_limit = bytes;
        self
    }

    /// What holds the credential, with its status and its reports.
    #[must_use]
    pub const fn caller(&self) -> &Arc<Caller> {
        &self.caller
    }

    pub(crate) fn now(&self) -> UnixTime {
        (self.clock)()
    }

    pub(crate) const fn proofs(&self) -> Option<&Proofs> {
        self.proofs.as_ref()
    }

    pub(crate) const fn replay_limit(&self) -> usize {
        self.replay_limit
    }

    /// Where a request goes. Clients that have a connection already leave the origin out.
    pub(crate) fn url(&self, parts: &Parts) -> Result<String, NotSent> {
        if parts.uri.authority().is_some() {
            return Ok(parts.uri.to_string());
        }
        let host = parts.headers.get(HOST).map(|host| host.as_bytes());
        let fits = |origin: &&Arc<str>| {
            let authority = origin.split_once("://").map_or(&***origin, |(_, authority)| authority);
            host.is_none_or(|host| host.eq_ignore_ascii_case(authority.as_bytes()))
        };
        match self.origin.as_ref().filter(fits) {
            Some(origin) => Ok(format!("{origin}{}", parts.uri)),
            None => Err(NotSent::wrong(
                "expected a request with a whole URL, or of the one origin of its credential",
            )),
        }
    }

    /// Gets a credential in a task of its own: whoever asked for it may go away, and others wait for it, though not for ever.
    pub(crate) fn obtain(&self, ticket: Ticket, want: Want) {
        let duty = Duty { credentials: self.clone(), ticket: Some(ticket) };
        let chain = Chain::of(&self.caller);
        let obtaining = (self.obtain)(want, self.now(), &chain);
        tokio::spawn(async move {
            let limit = OBTAIN_SECONDS;
            let came = tokio::time::timeout(Duration::from_secs(limit), obtaining).await;
            let late = || SourceFault::transient(format!("the source did not end within {limit} seconds"));
            duty.end(chain.judge(came.unwrap_or_else(|_| Err(late()))));
        });
    }

    /// Waits until somebody has ended to obtain a credential, or until then.
    pub(crate) async fn wait(&self, seen: u64, until: UnixTime) {
        let ended = poll_fn(|cx| {
            if self.caller.ended() != seen {
                return Poll::Ready(());
            }
            self.caller.register(seen, cx.waker());
            Poll::Pending
        });
        // Whichever is first.
        drop(tokio::time::timeout(span(self.now(), until), pin!(ended)).await);
    }

    /// Tells what looks like an attack.
    pub(crate) fn report(&self) {
        if let Some(tell) = &self.on_report {
            self.caller.take_reports().iter().for_each(|report| tell(report));
        }
    }
}

/// A thread in the hands of a blocking source.
struct Thread(Arc<AtomicUsize>);

impl Thread {
    fn take(threads: &Arc<AtomicUsize>) -> Self {
        threads.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(threads))
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A ticket in the hands of a task: if that ends without a word, others must not wait for it.
struct Duty {
    credentials: Credentials,
    ticket: Option<Ticket>,
}

impl Duty {
    fn end(mut self, came: Result<Credential, SourceFault>) {
        let Some(ticket) = self.ticket.take() else { return };
        let now = self.credentials.now();
        match came {
            Ok(credential) => {
                let is_bound = self.credentials.proofs.is_some();
                let credential = if is_bound { credential.bound() } else { credential };
                self.credentials.caller.obtained(ticket, credential, now);
            }
            Err(fault) => self.credentials.caller.not_obtained(ticket, &fault, now),
        }
    }
}

impl Drop for Duty {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.credentials.caller.abandoned(ticket, self.credentials.now());
        }
    }
}

/// How long it is until then, and a millisecond more so that nobody looks too early.
fn span(now: UnixTime, until: UnixTime) -> Duration {
    let since = |time: UnixTime| {
        let seconds = u64::try_from(time.seconds().saturating_sub(now.seconds())).unwrap_or_default();
        Duration::new(seconds, 0).saturating_add(Duration::from_nanos(u64::from(time.nanos())))
    };
    since(until).saturating_sub(since(now)).saturating_add(Duration::from_millis(1))
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("caller", &self.caller).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_never_short() {
        let at = UnixTime::new;
        for (now, until, millis) in [
            (at(10, 0), at(10, 0), 1),
            (at(10, 900_000_000), at(11, 100_000_000), 201),
            (at(10, 0), at(12, 500_000_000), 2501),
            (at(12, 0), at(10, 0), 1),
        ] {
            assert_eq!(span(now, until), Duration::from_millis(millis));
        }
    }
}
