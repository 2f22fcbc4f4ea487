//! Which bodies are sent again, and that nobody sees a difference in those that are not.

use crate::server::{LIMIT, orders};
use crate::support::{client, first_is_expired, post, send};
use bytes::Bytes;
use core::convert::Infallible;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use http::{Request, StatusCode};
use http_body::{Body, Frame};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use tokio::sync::mpsc;

/// A body that somebody still writes.
struct Stream(mpsc::Receiver<Bytes>);

impl Body for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(cx).map(|data| data.map(|data| Ok(Frame::data(data))))
    }
}

/// H-RETRY-01: what cannot be sent again is not, but the next request has a good credential.
#[tokio::test]
async fn a_streamed_body_is_sent_once() {
    let (at, log) = orders().await;
    let (credentials, asked) = first_is_expired(at);
    let client = client(&credentials);
    let request = || {
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(async move {
            for piece in ["three ", "apples"] {
                tokio::time::sleep(Duration::from_millis(20)).await;
                let _ = sender.send(Bytes::from(piece)).await;
            }
        });
        Request::post(format!("http://{at}/v1/orders")).body(Stream(receiver)).unwrap()
    };
    let answer = send(&client, request()).await.unwrap();
    assert_eq!((answer.status, answer.trail.sends, log.count()), (StatusCode::UNAUTHORIZED, 1, 1));
    assert_eq!(
        (answer.text.as_str(), log.all()[0].body.as_str()),
        ("not you: ExpiredSignature", "three apples")
    );
    let answer = send(&client, request()).await.unwrap();
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "order for svc-1: three apples"));
    assert_eq!((log.count(), asked.get()), (2, 2));
}

/// What begins in memory and goes on as a stream arrives whole and in order.
#[tokio::test]
async fn a_body_of_which_only_the_beginning_is_there_arrives_whole() {
    let (at, log) = orders().await;
    let (credentials, _) = first_is_expired(at);
    let (sender, receiver) = mpsc::channel(4);
    sender.send(Bytes::from("one ")).await.unwrap();
    sender.send(Bytes::from("two ")).await.unwrap();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(50)).await;
        sender.send(Bytes::from("three")).await.unwrap();
    });
    let request = Request::post(format!("http://{at}/")).body(Stream(receiver)).unwrap();
    let answer = send(&client(&credentials), request).await.unwrap();
    assert_eq!((answer.trail.sends, log.all()[0].body.as_str()), (1, "one two three"));
}

/// A body whose type says nothing, but which lies in memory.
#[tokio::test]
async fn a_boxed_body_in_memory_is_sent_again() {
    let (at, log) = orders().await;
    let (credentials, _) = first_is_expired(at);
    let body: UnsyncBoxBody<Bytes, Infallible> = Full::from("boxed").boxed_unsync();
    let request = Request::put(format!("http://{at}/")).body(body).unwrap();
    let answer = send(&client(&credentials), request).await.unwrap();
    assert_eq!((answer.text.as_str(), log.count()), ("order for svc-1: boxed", 2));
}

#[tokio::test]
async fn what_is_longer_than_the_limit_is_sent_once() {
    let (at, log) = orders().await;
    for (length, sends) in [(1000, 2), (1001, 1)] {
        let (credentials, _) = first_is_expired(at);
        let client = client(&credentials.with_replay_limit(1000));
        let text = "x".repeat(length);
        let answer = send(&client, post(at, "/", &text)).await.unwrap();
        assert_eq!(answer.trail.sends, sends, "{length}");
        assert_eq!(log.all().last().unwrap().body.len(), length);
    }
}

/// The beginning of a refusal is read for its diagnosis; whoever gets the answer reads all of it.
#[tokio::test]
async fn a_long_refusal_is_given_back_whole() {
    let text = "0123456789abcdef".repeat(20_000);
    let body = text.clone();
    let app = axum::Router::new().fallback(async move || (StatusCode::FORBIDDEN, body.clone()));
    let at = crate::server::serve(app).await;
    let (credentials, _) = first_is_expired(at);
    let answer = send(&client(&credentials), post(at, "/", "")).await.unwrap();
    assert!(answer.text == text, "{}", answer.text.len());
}

/// A refusal whose content never ends is diagnosed by what came in time.
#[tokio::test]
async fn a_refusal_that_drips_holds_nobody_up() {
    let app = axum::Router::new().fallback(async || {
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(tokio::time::timeout(LIMIT, async move {
            while sender.send(Bytes::from("drip ")).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }));
        (StatusCode::FORBIDDEN, axum::body::Body::new(Stream(receiver)))
    });
    let at = crate::server::serve(app).await;
    let (credentials, _) = first_is_expired(at);
    let request = crate::support::get(at, "/");
    let answer = tower::ServiceExt::oneshot(client(&credentials), request);
    let mut answer = tokio::time::timeout(Duration::from_secs(10), answer).await.unwrap().unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    let frame = answer.body_mut().frame().await.unwrap().unwrap();
    assert_eq!(frame.into_data().unwrap(), "drip ");
}
