//! A body whose beginning was read ahead: of a request, so that it can be sent again; of a response, so that it can be
//! diagnosed.

use bytes::{Buf, Bytes};
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use std::collections::VecDeque;

/// The most frames that are read ahead: those of an honest body are filled, and these hold more than any limit on bytes.
const FRAMES: usize = 1 << 12;

/// A body of which some part, all or nothing was read ahead. Whoever reads it sees no difference.
pub struct ReadAhead<B: Body> {
    frames: VecDeque<Bytes>,
    bytes: usize,
    trailers: Option<HeaderMap>,
    fault: Option<B::Error>,
    /// What was not read yet; nothing once it has ended.
    rest: Option<Pin<Box<B>>>,
}

impl<B: Body> ReadAhead<B> {
    /// A body of which nothing was read yet.
    pub(crate) fn new(body: B) -> Self {
        let rest = Some(Box::pin(body)).filter(|body| !body.is_end_stream());
        Self { frames: VecDeque::new(), bytes: 0, trailers: None, fault: None, rest }
    }

    /// Reads what is there without waiting for more, until there are so many bytes.
    ///
    /// What lies in memory is whole afterwards; what somebody still produces is not.
    pub(crate) fn read_at_hand(&mut self, most: usize, cx: &mut Context<'_>) {
        // Whether it is pending says nothing: then the rest is left to whoever reads on.
        let _ = self.poll_beginning(most, cx);
    }

    /// Reads on until there are so many bytes, or the end.
    pub(crate) fn poll_beginning(&mut self, most: usize, cx: &mut Context<'_>) -> Poll<()> {
        while let Some(rest) = self.rest.as_mut().filter(|_| self.bytes < most && self.frames.len() < FRAMES)
        {
            match ready!(rest.as_mut().poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(mut data) => {
                        let data = data.copy_to_bytes(data.remaining());
                        self.bytes = self.bytes.saturating_add(data.len());
                        self.frames.push_back(data);
                    }
                    Err(frame) => self.trailers = frame.into_trailers().ok(),
                },
                Some(Err(fault)) => {
                    self.fault = Some(fault);
                    self.rest = None;
                }
                None => self.rest = None,
            }
            if self.rest.as_ref().is_some_and(|rest| rest.is_end_stream()) {
                self.rest = None;
            }
        }
        Poll::Ready(())
    }

    /// The same body once more, if all of it was read and is no longer than this.
    pub(crate) fn again(&self, most: usize) -> Option<Self> {
        (self.rest.is_none() && self.fault.is_none() && self.bytes <= most).then(|| Self {
            frames: self.frames.clone(),
            bytes: self.bytes,
            trailers: self.trailers.clone(),
            fault: None,
            rest: None,
        })
    }

    /// Whether nothing is left to be read: it has ended, or broken off.
    pub(crate) const fn is_whole(&self) -> bool {
        self.rest.is_none()
    }

    /// What was read, up to so many bytes.
    pub(crate) fn beginning(&self, most: usize) -> Vec<u8> {
        let mut beginning = Vec::with_capacity(self.bytes.min(most));
        for frame in &self.frames {
            let room = most.saturating_sub(beginning.len());
            beginning.extend_from_slice(frame.get(..room).unwrap_or(frame));
        }
        beginning
    }
}

impl<B: Body> Body for ReadAhead<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if let Some(frame) = self.frames.pop_front() {
            self.bytes = self.bytes.saturating_sub(frame.len());
            return Poll::Ready(Some(Ok(Frame::data(frame))));
        }
        if let Some(fault) = self.fault.take() {
            return Poll::Ready(Some(Err(fault)));
        }
        if let Some(rest) = self.rest.as_mut() {
            let frame = ready!(rest.as_mut().poll_frame(cx));
            return Poll::Ready(frame.map(|frame| {
                frame.map(|frame| frame.map_data(|mut data| data.copy_to_bytes(data.remaining())))
            }));
        }
        Poll::Ready(self.trailers.take().map(|trailers| Ok(Frame::trailers(trailers))))
    }

    fn is_end_stream(&self) -> bool {
        let is_read = self.frames.is_empty() && self.fault.is_none() && self.trailers.is_none();
        is_read && self.rest.as_ref().is_none_or(|rest| rest.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        let read = u64::try_from(self.bytes).unwrap_or(u64::MAX);
        let rest = match (&self.rest, &self.fault) {
            (Some(rest), _) => rest.size_hint(),
            // How much was to come is not known any more.
            (None, Some(_)) => SizeHint::new(),
            (None, None) => SizeHint::with_exact(0),
        };
        let mut hint = SizeHint::new();
        hint.set_lower(read.saturating_add(rest.lower()));
        if let Some(upper) = rest.upper() {
            hint.set_upper(read.saturating_add(upper));
        }
        hint
    }
}

// What is pinned is in a box of its own.
impl<B: Body> Unpin for ReadAhead<B> {}

impl<B: Body> fmt::Debug for ReadAhead<B> {
    /// Shows the shape only: a body may hold anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadAhead").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}
