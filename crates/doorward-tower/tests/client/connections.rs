//! A client of one connection, which carries the next request only when it is done with the answer before.

use crate::server::{LIMIT, Log, serve};
use crate::support::first_is_expired;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use core::net::SocketAddr;
use core::time::Duration;
use doorward_tower::client::{ClientError, Credentials, ReadAhead, RecoverLayer, Trail};
use http::StatusCode;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::time::Instant;
use tower::{BoxError, Layer, ServiceExt, service_fn};

/// What a service writes into its first answer, a 401, beside a piece of 100,000 bytes.
#[derive(Clone, Copy, PartialEq)]
enum More {
    Nothing,
    Forever,
}

async fn refusing_once(more: More) -> (SocketAddr, Log) {
    let log = Log::default();
    let answer = async move |State(log): State<Log>, request: Request| {
        log.note(request).await;
        if log.count() > 1 {
            return "welcome".into_response();
        }
        let (sender, receiver) = tokio::sync::mpsc::channel(1);
        tokio::spawn(async move {
            let _ = sender.send(Bytes::from(vec![b'x'; 100_000])).await;
            if more == More::Forever {
                sender.closed().await;
            }
        });
        let frames = futures_util::stream::unfold(receiver, async |mut receiver| {
            let piece = receiver.recv().await?;
            Some((Ok::<_, BoxError>(Frame::data(piece)), receiver))
        });
        let challenge = [("www-authenticate", r#"Bearer error="invalid_token""#)];
        (StatusCode::UNAUTHORIZED, challenge, Body::new(StreamBody::new(frames))).into_response()
    };
    (serve(Router::new().fallback(answer).with_state(log.clone())).await, log)
}

/// Sends one request over one connection.
async fn ask(
    at: SocketAddr,
    credentials: &Credentials,
) -> Result<Response<ReadAhead<Incoming>>, ClientError<BoxError>> {
    let stream = tokio::net::TcpStream::connect(at).await.unwrap();
    let (sender, connection) =
        http1::handshake::<_, ReadAhead<Full<Bytes>>>(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let sender = std::sync::Arc::new(tokio::sync::Mutex::new(sender));
    let one = service_fn(move |request| {
        let sender = sender.clone();
        async move {
            let mut sender = sender.lock().await;
            sender.ready().await?;
            sender.send_request(request).await
        }
    });
    let request = http::Request::get("/v1/orders").header("host", at.to_string()).body(Full::default());
    let answer = RecoverLayer::new(credentials.clone()).layer(one.map_err(BoxError::from));
    tokio::time::timeout(LIMIT, answer.oneshot(request.unwrap())).await.expect("an answer in time")
}

#[tokio::test]
async fn a_long_refusal_does_not_keep_the_connection_from_the_next_try() {
    let (at, log) = refusing_once(More::Nothing).await;
    let answer = ask(at, &first_is_expired(at).0).await.unwrap();
    assert_eq!((answer.status(), log.count()), (StatusCode::OK, 2));
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "welcome");
}

#[tokio::test]
async fn a_refusal_that_does_not_end_is_given_back() {
    let (at, log) = refusing_once(More::Forever).await;
    let began = Instant::now();
    let answer = ask(at, &first_is_expired(at).0).await.unwrap();
    assert_eq!((answer.status(), log.count()), (StatusCode::UNAUTHORIZED, 1));
    assert_eq!(answer.extensions().get::<Trail>().unwrap().sends, 1);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    let mut body = answer.into_body();
    let piece = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(!piece.is_empty() && piece.iter().all(|byte| *byte == b'x'), "from its beginning");
}
