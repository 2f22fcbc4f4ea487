//! For hosts that may block a thread: obtaining and waiting are done here.

use super::attempt::{Attempt, Blocked, Prepared};
use super::credential::Credential;
use super::fault::SourceFault;
use super::main::Caller;
use super::want::Want;
use core::cell::RefCell;
use core::time::Duration;
use doorward_core::recover::{Ticket, Which};
use doorward_core::time::UnixTime;
use std::sync::Arc;

/// Where credentials come from. It may take its time, and is never asked twice at once by one caller.
pub trait TokenSource: Send + Sync {
    /// Gets a credential.
    ///
    /// # Errors
    ///
    /// Why there is none, in words without secrets.
    fn obtain(&self, want: &Want, now: UnixTime) -> Result<Credential, SourceFault>;
}

impl<F: Fn(&Want, UnixTime) -> Result<Credential, SourceFault> + Send + Sync> TokenSource for F {
    fn obtain(&self, want: &Want, now: UnixTime) -> Result<Credential, SourceFault> {
        self(want, now)
    }
}

/// What is left to the host after [`Caller::prepare_blocking`].
#[derive(Clone, Debug)]
pub enum Ready {
    /// Send the request with this credential.
    Send(Arc<Credential>),
    /// Send it as it is.
    SendBare,
    /// Send nothing, and fail at once.
    Blocked(Blocked),
    /// Deliver the answer that came.
    Deliver(Which),
}

impl Caller {
    /// As [`Self::prepare`], with all obtaining and waiting done. What is obtained beside a request, is so on a thread of its own.
    ///
    /// # Errors
    ///
    /// As for [`Self::prepare`], and for a source that sends its own requests through this caller: it would wait for itself.
    pub fn prepare_blocking<S: TokenSource + ?Sized + 'static>(
        self: &Arc<Self>,
        url: &str,
        attempt: &mut Attempt,
        source: &Arc<S>,
    ) -> Result<Ready, String> {
        if Obtaining::is_under_way(self) {
            return Err(
                "the source of credentials sends its own requests through the caller that waits for it"
                    .to_owned(),
            );
        }
        loop {
            let seen = self.ended();
            let now = crate::now();
            return Ok(match self.prepare(url, attempt, now)? {
                Prepared::Send(credential) => Ready::Send(credential),
                Prepared::SendAndObtain(credential, ticket, want) => {
                    self.obtain_beside(source, ticket, want);
                    Ready::Send(credential)
                }
                Prepared::SendBare => Ready::SendBare,
                Prepared::Obtain(ticket, want) => {
                    self.obtain_from(&**source, ticket, &want);
                    continue;
                }
                Prepared::Wait { until } => {
                    self.wait(seen, span(now, until));
                    continue;
                }
                Prepared::Blocked(blocked) => Ready::Blocked(blocked),
                Prepared::Deliver(which) => Ready::Deliver(which),
            });
        }
    }

    /// Obtains a credential for a ticket, and tells how that went. A source that panics has brought none.
    pub fn obtain_from<S: TokenSource + ?Sized>(&self, source: &S, ticket: Ticket, want: &Want) {
        let duty = Duty { caller: self, ticket, done: false };
        let _obtaining = Obtaining::begin(self);
        let result = source.obtain(want, crate::now());
        duty.end(result);
    }

    fn obtain_beside<S: TokenSource + ?Sized + 'static>(
        self: &Arc<Self>,
        source: &Arc<S>,
        ticket: Ticket,
        want: Want,
    ) {
        let (caller, source) = (Arc::clone(self), Arc::clone(source));
        let work = move || caller.obtain_from(&*source, ticket, &want);
        if std::thread::Builder::new().name("doorward-obtain".to_owned()).spawn(work).is_err() {
            // Without a thread the credential that is held has to do until it ends.
            self.abandoned(ticket, crate::now());
        }
    }
}

thread_local! {
    /// The callers that this thread obtains for, by address.
    static OBTAINING: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// This thread obtains for a caller: it would wait for itself if it went through that caller again.
struct Obtaining;

impl Obtaining {
    fn begin(caller: &Caller) -> Self {
        OBTAINING.with_borrow_mut(|all| all.push(core::ptr::from_ref(caller).addr()));
        Self
    }

    fn is_under_way(caller: &Caller) -> bool {
        OBTAINING.with_borrow(|all| all.contains(&core::ptr::from_ref(caller).addr()))
    }
}

impl Drop for Obtaining {
    fn drop(&mut self) {
        OBTAINING.with_borrow_mut(Vec::pop);
    }
}

/// A ticket in the hands of a thread: if that panics, others must not wait for it.
struct Duty<'c> {
    caller: &'c Caller,
    ticket: Ticket,
    done: bool,
}

impl Duty<'_> {
    fn end(mut self, result: Result<Credential, SourceFault>) {
        self.done = true;
        match result {
            Ok(credential) => self.caller.obtained(self.ticket, credential, crate::now()),
            Err(fault) => self.caller.not_obtained(self.ticket, &fault, crate::now()),
        }
    }
}

impl Drop for Duty<'_> {
    fn drop(&mut self) {
        if !self.done {
            let fault = SourceFault::transient("the source of credentials panicked");
            self.caller.not_obtained(self.ticket, &fault, crate::now());
        }
    }
}

/// How long it is until then, rounded up to a millisecond so that nobody looks too early.
fn span(now: UnixTime, until: UnixTime) -> Duration {
    let seconds = u64::try_from(until.seconds().saturating_sub(now.seconds())).unwrap_or_default();
    let nanos = u64::from(until.nanos()).saturating_add(1_000_000);
    Duration::from_secs(seconds)
        .saturating_add(Duration::from_nanos(nanos))
        .saturating_sub(Duration::from_nanos(u64::from(now.nanos())))
}
