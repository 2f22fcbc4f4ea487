//! What a connection is doing, so that one that does nothing can be told from one that is slow.

use super::limits::{HEAD_TIME, IDLE_TIME};
use core::cell::Cell;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::io::{self, IoSlice};
use std::rc::Rc;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    /// Nothing has come yet.
    New,
    /// A head has begun.
    Head,
    /// The last request was answered.
    Idle,
}

/// The phase of a connection and when it began; shared by all who see a part of it.
#[derive(Clone, Debug)]
pub(super) struct Pulse(Rc<Cell<(Phase, Instant)>>);

impl Pulse {
    pub(super) fn new() -> Self {
        Self(Rc::new(Cell::new((Phase::New, Instant::now()))))
    }

    /// A whole head was read, and is answered on the spot.
    pub(super) fn answered(&self) {
        self.0.set((Phase::Idle, Instant::now()));
    }

    /// Bytes came. Those that follow the first do not give more time.
    fn received(&self) {
        if self.0.get().0 != Phase::Head {
            self.0.set((Phase::Head, Instant::now()));
        }
    }

    /// Whether no request is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.0.get().0 != Phase::Head
    }

    /// When the connection is to be closed if nothing changes. Where places are short, silence is not waited for.
    pub(super) fn deadline(&self, is_crowded: bool) -> Instant {
        let (phase, since) = self.0.get();
        let time = if phase == Phase::Idle && !is_crowded { IDLE_TIME } else { HEAD_TIME };
        since.checked_add(time).unwrap_or(since)
    }
}

/// A stream that feels its pulse.
#[derive(Debug)]
pub(super) struct Pulsing<S> {
    stream: S,
    pulse: Pulse,
}

impl<S> Pulsing<S> {
    pub(super) fn new(stream: S, pulse: Pulse) -> Self {
        Self { stream, pulse }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Pulsing<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.pulse.received();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Pulsing<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
