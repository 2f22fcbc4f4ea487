//! The way of one request: a form is read if it has to be, then the inner service answers, or we do.

use crate::judge::{Fields, judge};
use crate::layer::Shared;
use crate::refusal::{Refusal, form_too_large, form_unreadable};
use crate::request_body::RequestBody;
use crate::response_body::ResponseBody;
use bytes::{Buf, BufMut, Bytes, BytesMut};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use http::request::Parts;
use http::{HeaderMap, Request, Response};
use http_body::Body;
use pin_project_lite::pin_project;
use std::sync::Arc;
use tower_service::Service;

pin_project! {
    /// The response of a [`Doorward`](crate::Doorward) service, once it is there.
    #[must_use = "futures do nothing unless they are polled"]
    pub struct ResponseFuture<S, B>
    where
        S: Service<Request<RequestBody<B>>>,
    {
        #[pin]
        state: State<S, S::Future, B>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, F, B> {
        Reading { form: Option<Box<Form<S>>>, #[pin] body: B },
        Passed { #[pin] response: F, fields: Fields },
        Refused { refusal: Option<Refusal> },
    }
}

/// A form that is being read, with all that is needed once it is there.
struct Form<S> {
    ready: S,
    shared: Arc<Shared>,
    parts: Parts,
    data: BytesMut,
    trailers: Option<HeaderMap>,
}

impl<S, B> ResponseFuture<S, B>
where
    S: Service<Request<RequestBody<B>>>,
{
    pub(crate) fn reading(ready: S, shared: Arc<Shared>, parts: Parts, body: B) -> Self {
        let form = Form { ready, shared, parts, data: BytesMut::new(), trailers: None };
        Self { state: State::Reading { form: Some(Box::new(form)), body } }
    }

    pub(crate) const fn passed(response: S::Future, fields: Fields) -> Self {
        Self { state: State::Passed { response, fields } }
    }

    pub(crate) const fn refused(refusal: Refusal) -> Self {
        Self { state: State::Refused { refusal: Some(refusal) } }
    }
}

impl<S, B, R> Future for ResponseFuture<S, B>
where
    S: Service<Request<RequestBody<B>>, Response = Response<R>>,
    B: Body,
    B::Data: From<Bytes>,
{
    type Output = Result<Response<ResponseBody<R>>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            let next = match state.as_mut().project() {
                StateProjection::Reading { form, body } => {
                    let Some(reading) = form else { return Poll::Pending };
                    let whole = ready!(reading.poll_read(body, cx));
                    let Some(form) = form.take() else { return Poll::Pending };
                    match whole.and_then(|()| form.judge()) {
                        Ok((response, fields)) => State::Passed { response, fields },
                        Err(refusal) => State::Refused { refusal: Some(refusal) },
                    }
                }
                StateProjection::Passed { response, fields } => {
                    let mut response = ready!(response.poll(cx))?;
                    for (name, value) in core::mem::take(fields) {
                        // Besides what the service says of itself: where two lines disagree, caches keep to the stricter one
                        // (RFC 9111, section 4.2.1).
                        response.headers_mut().append(name, value);
                    }
                    return Poll::Ready(Ok(response.map(ResponseBody::inner)));
                }
                StateProjection::Refused { refusal } => {
                    let Some(refusal) = refusal.take() else { return Poll::Pending };
                    return Poll::Ready(Ok(refusal.map(ResponseBody::refusal)));
                }
            };
            state.set(next);
        }
    }
}

impl<S> Form<S> {
    /// Reads on until the form is whole.
    fn poll_read<B: Body>(
        &mut self,
        mut body: Pin<&mut B>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Refusal>> {
        while let Some(frame) = ready!(body.as_mut().poll_frame(cx)) {
            let Ok(frame) = frame else { return Poll::Ready(Err(form_unreadable(&self.parts))) };
            match frame.into_data() {
                Ok(data) => {
                    if data.remaining() > self.shared.form_limit().saturating_sub(self.data.len()) {
                        return Poll::Ready(Err(form_too_large(&self.parts)));
                    }
                    self.data.put(data);
                }
                Err(frame) => self.trailers = frame.into_trailers().ok(),
            }
        }
        Poll::Ready(Ok(()))
    }

    fn judge<B>(self) -> Result<(S::Future, Fields), Refusal>
    where
        S: Service<Request<RequestBody<B>>>,
    {
        let Self { mut ready, shared, mut parts, data, trailers } = self;
        let data = data.freeze();
        let fields = judge(&shared, &mut parts, Some(&data))?;
        let request = Request::from_parts(parts, RequestBody::replayed(data, trailers));
        Ok((ready.call(request), fields))
    }
}

impl<S, B> core::fmt::Debug for ResponseFuture<S, B>
where
    S: Service<Request<RequestBody<B>>>,
{
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
