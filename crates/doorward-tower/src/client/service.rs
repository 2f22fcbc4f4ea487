//! The client with a credential, as a service of tower.

use super::body::ReadAhead;
use super::credentials::Credentials;
use super::exchange::{Exchange, Permit, Step, put_aside, read_beginning};
use super::fault::ClientError;
use super::trail::Answers;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll};
use doorward::caller::Which;
use http::header::AUTHORIZATION;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

/// A client whose requests get a credential. Made by [`RecoverLayer`](super::RecoverLayer).
#[derive(Clone, Debug)]
pub struct Recover<S> {
    inner: S,
    credentials: Credentials,
}

impl<S> Recover<S> {
    pub(crate) const fn new(inner: S, credentials: Credentials) -> Self {
        Self { inner, credentials }
    }
}

/// The answer, once it is there.
pub type ResponseFuture<R, E> =
    Pin<Box<dyn Future<Output = Result<Response<ReadAhead<R>>, ClientError<E>>> + Send>>;

impl<S, B, R> Service<Request<B>> for Recover<S>
where
    S: Service<Request<ReadAhead<B>>, Response = Response<R>, Error: Send, Future: Send>
        + Clone
        + Send
        + 'static,
    B: Body<Data: Send, Error: Send> + Send + 'static,
    R: Body<Data: Send, Error: Send> + Send + 'static,
{
    type Response = Response<ReadAhead<R>>;
    type Error = ClientError<S::Error>;
    type Future = ResponseFuture<R, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(ClientError::Inner)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that was made ready goes with the request; its clone has to be made ready for the next.
        let clone = self.inner.clone();
        let ready = core::mem::replace(&mut self.inner, clone);
        Box::pin(send(ready, self.credentials.clone(), request))
    }
}

/// Sends a request as often as it takes, and may.
async fn send<S, B, R>(
    mut inner: S,
    credentials: Credentials,
    request: Request<B>,
) -> Result<Response<ReadAhead<R>>, ClientError<S::Error>>
where
    S: Service<Request<ReadAhead<B>>, Response = Response<R>>,
    B: Body,
    R: Body,
{
    let (parts, body) = request.into_parts();
    let mut body = ReadAhead::new(body);
    if parts.headers.contains_key(AUTHORIZATION) {
        let answer = inner.call(Request::from_parts(parts, body)).await;
        return answer.map(|answer| answer.map(ReadAhead::new)).map_err(ClientError::Inner);
    }
    let most = credentials.replay_limit();
    poll_fn(|cx| {
        body.read_at_hand(most, cx);
        Poll::Ready(())
    })
    .await;
    let kept = body.again(most);
    let mut next = Some(body);
    let url = credentials.url(&parts)?;
    let mut exchange = Exchange::new(&credentials, url, &parts.method, kept.is_some());
    let mut answers = Answers::default();
    let mut is_ready = true;
    loop {
        let fields = match exchange.permit().await? {
            Permit::Send(fields) => fields,
            Permit::Deliver(which) => return Ok(exchange.end(answers, which, Response::extensions_mut)?),
        };
        let body = next.take().or_else(|| kept.as_ref().and_then(|kept| kept.again(most)));
        // The caller was told that it cannot be sent twice, so that this never happens.
        let Some(body) = body else {
            return Ok(exchange.end(answers, Which::Latest, Response::extensions_mut)?);
        };
        let mut parts = parts.clone();
        fields.put(&mut parts.headers);
        if !core::mem::replace(&mut is_ready, false) {
            poll_fn(|cx| inner.poll_ready(cx)).await.map_err(ClientError::Inner)?;
        }
        exchange.begin();
        let answer = inner.call(Request::from_parts(parts, body)).await.map_err(ClientError::Inner)?;
        let mut answer = answer.map(ReadAhead::new);
        let beginning = read_beginning(answer.status(), answer.body_mut()).await;
        let step = exchange.answered(answer.status(), answer.headers(), &beginning, "");
        let step = match step {
            Step::Again(_) if !put_aside(answer.body_mut()).await => Step::Deliver(Which::Latest),
            step => step,
        };
        answers.push(answer);
        match step {
            Step::Deliver(which) => return Ok(exchange.end(answers, which, Response::extensions_mut)?),
            Step::Again(wait) => tokio::time::sleep(wait).await,
        }
    }
}
