//! The signals that stop the service or have it read its policy again.

use super::judge::Site;
use crate::ending::complain;
use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::Poll;
use core::time::Duration;
use std::io;
use std::sync::Arc;
use std::thread;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

/// What a signal asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Call {
    Reload,
    Stop,
}

/// The signals that are listened to.
pub(super) struct Signals {
    reload: Signal,
    stop: [Signal; 2],
}

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        let stop = [signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?];
        Ok(Self { reload: signal(SignalKind::hangup())?, stop })
    }

    /// The next one.
    pub(super) async fn next(&mut self) -> Call {
        poll_fn(|cx| {
            if self.stop.iter_mut().any(|stop| stop.poll_recv(cx).is_ready()) {
                return Poll::Ready(Call::Stop);
            }
            self.reload.poll_recv(cx).map(|_| Call::Reload)
        })
        .await
    }

    /// Waits until the service is to stop.
    pub(super) async fn until_stop(&mut self) {
        while self.next().await != Call::Stop {}
    }

    /// Waits for the first keys, but not longer than `patience`; false if the service is to stop meanwhile. A policy that is read
    /// again meanwhile is waited for instead.
    pub(super) async fn until_ready(&mut self, site: &Arc<Site>, patience: Duration) -> io::Result<bool> {
        let (done, mut ready) = oneshot::channel();
        let policy = Arc::clone(&site.policy);
        // Nobody may be there to be told any more.
        thread::Builder::new()
            .name("ready".to_owned())
            .spawn(move || done.send(policy.ready(patience)).ok())?;
        loop {
            let ended = poll_fn(|cx| match pin!(self.next()).poll(cx) {
                Poll::Ready(call) => Poll::Ready(Err(call)),
                Poll::Pending => Pin::new(&mut ready).poll(cx).map(Ok),
            });
            match ended.await {
                Ok(Ok(Err(missing))) => {
                    complain(&format!("warning: {missing}; who needs them is answered 503 until they come"));
                    return Ok(true);
                }
                Ok(_) => return Ok(true),
                Err(Call::Stop) => return Ok(false),
                Err(Call::Reload) => site.policy.reload(&site.log),
            }
        }
    }
}
