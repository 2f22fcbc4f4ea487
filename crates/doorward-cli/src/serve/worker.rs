//! One thread: takes connections, and answers what comes in by them.

use super::address::Listener;
use super::judge::{Judge, Site};
use super::limits::{ACCEPT_PAUSE, HEAD_BYTES, HEAD_TIME};
use super::pulse::{Pulse, Pulsing};
use crate::ending::complain;
use core::cell::RefCell;
use core::convert::Infallible;
use core::future::{Future, poll_fn, ready};
use core::net::{IpAddr, Ipv4Addr};
use core::pin::{Pin, pin};
use core::task::{Context, Poll};
use hyper::header::{CONNECTION, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};
use tokio::runtime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{LocalSet, spawn_local};
use tokio::time::{Instant, Sleep, sleep, sleep_until};

/// The peer of a Unix socket: a process of this machine, as those on its loopback address are.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// What every thread needs.
#[derive(Clone)]
pub(super) struct Crew {
    pub(super) site: Arc<Site>,
    /// One place for each connection, and one for each thread that waits for the next.
    pub(super) places: Arc<Semaphore>,
    pub(super) stop: watch::Receiver<bool>,
}

/// What a thread's connections share.
struct Post {
    judge: RefCell<Judge>,
    http: http1::Builder,
    crew: Crew,
}

impl Crew {
    /// Starts a thread.
    pub(super) fn start(self, listener: Listener) -> io::Result<JoinHandle<()>> {
        let runtime = runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        thread::Builder::new().name("serve".to_owned()).spawn(move || {
            let tasks = LocalSet::new();
            tasks.block_on(&runtime, self.accept(listener));
            // What is under way goes on after the last connection was taken.
            runtime.block_on(tasks);
        })
    }

    /// Takes connections until the service stops.
    async fn accept(self, listener: Listener) {
        let mut http = http1::Builder::new();
        // Time is kept by the pulse, which knows a slow head from a silent connection.
        http.max_buf_size(HEAD_BYTES).header_read_timeout(None);
        let judge = RefCell::new(Judge::new(Arc::clone(&self.site)));
        let post = Rc::new(Post { judge, http, crew: self });
        let mut stop = post.crew.stop.clone();
        let mut stopped = pin!(stop.wait_for(|stop| *stop));
        let mut taken = pin!(take(listener, &post));
        poll_fn(|cx| {
            if stopped.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            taken.as_mut().poll(cx)
        })
        .await;
    }

    /// Whether more than half of the places are taken.
    fn is_crowded(&self) -> bool {
        let places = usize::try_from(self.site.options.connections).unwrap_or(usize::MAX);
        self.places.available_permits() < places / 2
    }
}

async fn take(listener: Listener, post: &Rc<Post>) {
    match listener {
        Listener::Tcp(listener) => {
            let Some(listener) = heard(TcpListener::from_std(listener)) else { return };
            loop {
                let Some(place) = post.place().await else { return };
                match listener.accept().await {
                    Ok((stream, peer)) => {
                        // An answer is one small piece: waiting for more would only make it late.
                        let _ = stream.set_nodelay(true);
                        spawn_local(Rc::clone(post).serve(stream, peer.ip(), place));
                    }
                    Err(error) => pause(&error).await,
                }
            }
        }
        Listener::Unix(listener) => {
            let Some(listener) = heard(UnixListener::from_std(listener)) else { return };
            loop {
                let Some(place) = post.place().await else { return };
                match listener.accept().await {
                    Ok((stream, _)) => drop(spawn_local(Rc::clone(post).serve(stream, HERE, place))),
                    Err(error) => pause(&error).await,
                }
            }
        }
    }
}

/// A socket that cannot be watched is said aloud: the other threads may not be there either.
fn heard<L>(listener: io::Result<L>) -> Option<L> {
    listener.inspect_err(|error| complain(&format!("a thread cannot listen: {error}"))).ok()
}

/// A connection that fails before it begins is its client's affair; without files or memory for it, trying again at once
/// would only keep the thread busy.
async fn pause(error: &io::Error) {
    if !matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset) {
        sleep(ACCEPT_PAUSE).await;
    }
}

impl Post {
    /// A place for one connection, when there is one. Until then connections wait in the system's queue.
    async fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.crew.places).acquire_owned().await.ok()
    }

    /// Serves one connection from a peer to its end.
    async fn serve<S>(self: Rc<Self>, stream: S, peer: IpAddr, place: OwnedSemaphorePermit)
    where
        S: AsyncRead + AsyncWrite + Unpin + 'static,
    {
        let pulse = Pulse::new();
        let service = {
            let (post, pulse) = (Rc::clone(&self), pulse.clone());
            service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                pulse.answered();
                let (parts, _) = request.into_parts();
                let mut answer = post.judge.borrow_mut().answer(&parts, peer);
                if *post.crew.stop.borrow() {
                    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
                ready(Ok::<_, Infallible>(answer))
            })
        };
        let io = TokioIo::new(Pulsing::new(stream, pulse.clone()));
        let mut connection = pin!(self.http.serve_connection(io, service));
        let mut stop = self.crew.stop.clone();
        let mut stopped = pin!(stop.wait_for(|stop| *stop));
        let mut is_stopping = false;
        let mut timer = pin!(sleep_until(pulse.deadline(false)));
        poll_fn(|cx| {
            is_stopping = is_stopping || stopped.as_mut().poll(cx).is_ready();
            let mut ended = connection.as_mut().poll(cx).is_ready();
            // A head that has begun is read to its end and answered: its answer says that the connection closes.
            if !ended && is_stopping && pulse.is_idle() {
                connection.as_mut().graceful_shutdown();
                ended = connection.as_mut().poll(cx).is_ready();
            }
            if ended { Poll::Ready(()) } else { self.wait(&pulse, timer.as_mut(), cx) }
        })
        .await;
        drop(place);
    }

    /// Waits for the time when a connection is to be closed.
    fn wait(&self, pulse: &Pulse, mut timer: Pin<&mut Sleep>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let (deadline, now) = (pulse.deadline(self.crew.is_crowded()), Instant::now());
            if deadline <= now {
                return Poll::Ready(());
            }
            // Places may become short while a silent connection sleeps.
            timer.as_mut().reset(now.checked_add(HEAD_TIME).map_or(deadline, |next| next.min(deadline)));
            if timer.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
        }
    }
}
