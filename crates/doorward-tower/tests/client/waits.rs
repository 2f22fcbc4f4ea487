//! Waits that an answer asks for, credentials that are got before they are missed, and the contract of tower.

use crate::server::{LIMIT, Log, orders, serve, token};
use crate::support::{Count, client, first_is_expired, get, options, post, send};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::IntoResponse;
use bytes::Bytes;
use core::convert::Infallible;
use core::future::{Ready, ready};
use core::sync::atomic::{AtomicI64, Ordering};
use core::task::{Context, Poll};
use core::time::Duration;
use doorward::caller::Credential;
use doorward::{Seconds, UnixTime};
use doorward_tower::client::{Credentials, RecoverLayer};
use http::{Response, StatusCode};
use http_body_util::Full;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Notify;
use tower::{Layer, Service, ServiceExt};

/// H-RA-01: the wait that an answer asks for is the least.
#[tokio::test]
async fn a_service_that_is_busy_is_asked_again_when_it_said() {
    let log = Log::default();
    let answer = async |State(log): State<Log>, request: Request| {
        log.note(request).await;
        match log.count() {
            1 | 3 => (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "1")], "busy").into_response(),
            _ => "well".into_response(),
        }
    };
    let at = serve(Router::new().fallback(answer).with_state(log.clone())).await;
    let (credentials, asked) = first_is_expired(at);
    let client = client(&credentials);
    let began = Instant::now();
    let answer = send(&client, get(at, "/")).await.unwrap();
    assert_eq!((answer.status, log.count(), asked.get()), (StatusCode::OK, 2, 1));
    assert!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
    // H-RETRY-01: nothing says that a 503 did nothing.
    let answer = send(&client, post(at, "/", "one apple")).await.unwrap();
    assert_eq!(
        (answer.status, answer.text.as_str(), log.count()),
        (StatusCode::SERVICE_UNAVAILABLE, "busy", 3)
    );
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_left_to_the_caller() {
    let app = Router::new().fallback(async || {
        (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "3600")], "busy").into_response()
    });
    let at = serve(app).await;
    let (credentials, _) = first_is_expired(at);
    let answer = send(&client(&credentials), get(at, "/")).await.unwrap();
    assert_eq!((answer.status, answer.trail.sends), (StatusCode::SERVICE_UNAVAILABLE, 1));
    assert_eq!(answer.trail.first().unwrap().retry_after, Some(3600));
}

/// The clock of the next test.
static CLOCK: AtomicI64 = AtomicI64::new(0);

/// The credential in hand is still good: no request waits for the next one, and none is refused.
#[tokio::test]
async fn a_credential_that_ends_soon_is_replaced_beside_the_requests() {
    let clock = || UnixTime::from_seconds(CLOCK.load(Ordering::SeqCst));
    CLOCK.store(doorward::now().seconds(), Ordering::SeqCst);
    let (at, log) = orders().await;
    let (asked, go) = (Count::default(), Arc::new(Notify::new()));
    let source = {
        let (asked, go) = (asked.clone(), Arc::clone(&go));
        move |_| {
            let (number, go) = (asked.next(), Arc::clone(&go));
            async move {
                if number == 1 {
                    go.notified().await;
                }
                let credential = Credential::bearer(token(&format!("svc-{number}"), 600))?;
                Ok(credential.with_expires_in(Seconds(100), clock()))
            }
        }
    };
    let credentials = Credentials::from_async(source, options(at)).unwrap().with_clock(clock);
    let client = client(&credentials);
    let ask = async || send(&client, get(at, "/")).await.unwrap();
    assert_eq!((ask().await.text.as_str(), asked.get()), ("order for svc-0: ", 1));
    CLOCK.fetch_add(90, Ordering::SeqCst);
    // While the next one is got, and that takes its time.
    for _ in 0..5 {
        assert_eq!(ask().await.text, "order for svc-0: ");
    }
    assert_eq!(asked.get(), 2);
    go.notify_one();
    let began = Instant::now();
    while ask().await.text != "order for svc-1: " {
        assert!(began.elapsed() < LIMIT);
    }
    assert_eq!(asked.get(), 2);
    assert!(log.all().iter().all(|seen| seen.caller.is_ok()));
}

/// Panics when it is called without having been made ready; a clone has to be made ready anew. Refuses the first request.
struct Strict {
    ready: bool,
    count: Count,
}

impl Clone for Strict {
    fn clone(&self) -> Self {
        Self { ready: false, count: self.count.clone() }
    }
}

impl<B> Service<http::Request<B>> for Strict {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: http::Request<B>) -> Self::Future {
        assert!(core::mem::take(&mut self.ready), "called without being ready");
        let mut answer = Response::new(Full::default());
        if self.count.next() == 0 {
            *answer.status_mut() = StatusCode::UNAUTHORIZED;
            answer
                .headers_mut()
                .insert("www-authenticate", r#"Bearer error="invalid_token""#.parse().unwrap());
        }
        ready(Ok(answer))
    }
}

#[tokio::test]
async fn the_client_that_was_made_ready_is_the_one_that_is_called() {
    let number = Count::default();
    let source = move |_| {
        let number = number.next();
        async move { Credential::bearer(format!("token-{number}")) }
    };
    let credentials = Credentials::from_async(source, options(([127, 0, 0, 1], 80).into())).unwrap();
    let count = Count::default();
    let mut client = RecoverLayer::new(credentials).layer(Strict { ready: false, count: count.clone() });
    for sent in [2, 3] {
        let request = http::Request::get("http://127.0.0.1/").body(Full::<Bytes>::default()).unwrap();
        let ready = ServiceExt::<http::Request<Full<Bytes>>>::ready(&mut client).await.unwrap();
        let answer = ready.call(request).await.unwrap();
        assert_eq!((answer.status(), count.get()), (StatusCode::OK, sent));
    }
}
