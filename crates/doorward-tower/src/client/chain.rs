//! Who obtains a credential for whom: a source that asks through the very client that waits for it would wait for itself.

use super::fault::NotSent;
use core::future::Future;
use core::sync::atomic::{AtomicBool, Ordering};
use doorward::caller::{Caller, Credential, SourceFault};
use std::sync::Arc;

const SENTENCE: &str =
    "the source of credentials asks through the client that waits for it: give it a client of its own";

tokio::task_local! {
    /// For whom this task, or this thread for blocking work, obtains.
    static CHAIN: Chain;
}

/// For whom a credential is obtained: a caller, and whoever's source that one is asked by.
#[derive(Clone)]
pub(crate) struct Chain(Vec<(Arc<Caller>, Arc<AtomicBool>)>);

impl Chain {
    /// The chain of a source that is asked for this caller by what runs here.
    pub(crate) fn of(caller: &Arc<Caller>) -> Self {
        let mut chain = CHAIN.try_with(Clone::clone).unwrap_or(Self(Vec::new()));
        chain.0.push((Arc::clone(caller), Arc::default()));
        chain
    }

    /// Refuses a request whose credential what runs here is to obtain.
    pub(crate) fn admit(caller: &Arc<Caller>) -> Result<(), NotSent> {
        let waits = CHAIN.try_with(|chain| {
            let own = chain.0.iter().find(|(waiting, _)| Arc::ptr_eq(waiting, caller));
            own.inspect(|(_, is_circle)| is_circle.store(true, Ordering::Relaxed)).is_some()
        });
        if waits.unwrap_or_default() { Err(NotSent::wrong(SENTENCE)) } else { Ok(()) }
    }

    /// Does what may block.
    pub(crate) fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        CHAIN.sync_scope(self.clone(), work)
    }

    /// Does what waits.
    pub(crate) fn scope<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        CHAIN.scope(self.clone(), work)
    }

    /// What came of it. Whatever the source makes of its own request that was refused, that does not pass by itself.
    pub(crate) fn judge(&self, came: Result<Credential, SourceFault>) -> Result<Credential, SourceFault> {
        let is_circle = self.0.iter().any(|(_, is_circle)| is_circle.load(Ordering::Relaxed));
        came.map_err(|fault| if is_circle { SourceFault::hard(SENTENCE) } else { fault })
    }
}
