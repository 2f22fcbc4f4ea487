//! A client with credentials, and sources that count.

use crate::server::{LIMIT, token};
use bytes::Bytes;
use core::net::SocketAddr;
use core::sync::atomic::{AtomicUsize, Ordering};
use doorward::caller::{CallerOptions, Credential};
use doorward_tower::client::{ClientError, Credentials, ReadAhead, Recover, RecoverLayer, Trail};
use http::{HeaderMap, Request, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::TokioExecutor;
use std::sync::Arc;
use tower::{Layer, ServiceExt};

pub(crate) type HttpClient<B> = Recover<Client<HttpConnector, ReadAhead<B>>>;

/// A client of hyper-util around which the layer goes.
pub(crate) fn client<B>(credentials: &Credentials) -> HttpClient<B>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn core::error::Error + Send + Sync>> + Send> + Send + 'static,
{
    RecoverLayer::new(credentials.clone()).layer(Client::builder(TokioExecutor::new()).build_http())
}

/// Options for a service at this address.
pub(crate) fn options(at: SocketAddr) -> CallerOptions {
    CallerOptions { origins: vec![format!("http://{at}")], ..CallerOptions::default() }
}

/// How often a source was asked.
#[derive(Clone, Default)]
pub(crate) struct Count(Arc<AtomicUsize>);

impl Count {
    pub(crate) fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    /// Counts one more, and says which it is, from 0.
    pub(crate) fn next(&self) -> usize {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// Credentials whose first token has expired long ago, and whose later ones are good; the caller knows nothing of their times.
pub(crate) fn first_is_expired(at: SocketAddr) -> (Credentials, Count) {
    let count = Count::default();
    let asked = count.clone();
    let source = move |_| {
        let number = asked.next();
        async move { Credential::bearer(token(&format!("svc-{number}"), if number == 0 { -600 } else { 600 })) }
    };
    (Credentials::from_async(source, options(at)).unwrap(), count)
}

/// An answer as a client got it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) trail: Trail,
}

pub(crate) fn get(at: SocketAddr, path: &str) -> Request<Full<Bytes>> {
    Request::get(format!("http://{at}{path}")).body(Full::default()).unwrap()
}

pub(crate) fn post(at: SocketAddr, path: &str, body: &str) -> Request<Full<Bytes>> {
    Request::post(format!("http://{at}{path}")).body(Full::from(body.to_owned())).unwrap()
}

/// Sends a request, and reads the whole answer.
pub(crate) async fn send<B>(client: &HttpClient<B>, request: Request<B>) -> Result<Answer, ClientError<Error>>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn core::error::Error + Send + Sync>> + Send>
        + Send
        + Unpin
        + 'static,
{
    let answer = async {
        let (parts, body) = client.clone().oneshot(request).await?.into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        let trail = parts.extensions.get::<Trail>().cloned().unwrap_or_default();
        Ok(Answer { status: parts.status, headers: parts.headers, text, trail })
    };
    tokio::time::timeout(LIMIT, answer).await.unwrap()
}
