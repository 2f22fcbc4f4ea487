//! The service: judges a request, and calls the inner service or answers in its place.

use crate::future::ResponseFuture;
use crate::judge::{judge, reads_form};
use crate::layer::Shared;
use crate::request_body::RequestBody;
use crate::response_body::ResponseBody;
use bytes::Bytes;
use core::task::{Context, Poll};
use http::{Request, Response};
use http_body::Body;
use std::sync::Arc;
use tower_service::Service;

/// A service behind a door. Made by [`DoorwardLayer`](crate::DoorwardLayer).
#[derive(Clone, Debug)]
pub struct Doorward<S> {
    inner: S,
    shared: Arc<Shared>,
}

impl<S> Doorward<S> {
    pub(crate) const fn new(inner: S, shared: Arc<Shared>) -> Self {
        Self { inner, shared }
    }
}

impl<S, B, R> Service<Request<B>> for Doorward<S>
where
    S: Service<Request<RequestBody<B>>, Response = Response<R>> + Clone,
    B: Body,
    B::Data: From<Bytes>,
    R: Body,
    R::Data: From<Bytes>,
{
    type Response = Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<S, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        if reads_form(&self.shared, &parts) {
            // The one that was made ready goes with the request; its clone has to be made ready for the next.
            let clone = self.inner.clone();
            let ready = core::mem::replace(&mut self.inner, clone);
            return ResponseFuture::reading(ready, Arc::clone(&self.shared), parts, body);
        }
        match judge(&self.shared, &mut parts, None) {
            Ok(fields) => {
                let request = Request::from_parts(parts, RequestBody::untouched(body));
                ResponseFuture::passed(self.inner.call(request), fields)
            }
            Err(refusal) => ResponseFuture::refused(refusal),
        }
    }
}
