//! Sources that never come back, with a clock that the tests turn.

use crate::faults::not_sent;
use crate::support::Count;
use bytes::Bytes;
use core::convert::Infallible;
use core::future::Future;
use core::time::Duration;
use doorward::caller::{CallerOptions, Credential, Want};
use doorward::{Reason, UnixTime};
use doorward_tower::client::{ClientError, Credentials, RecoverLayer};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use std::sync::{Mutex, mpsc};
use tokio::time::{Instant, advance, sleep, timeout};
use tower::{Layer, ServiceExt, service_fn};

thread_local! {
    /// When the clock of a test began.
    static BEGAN: Instant = Instant::now();
}

fn clock() -> UnixTime {
    let span = BEGAN.with(Instant::elapsed);
    UnixTime::new(1_800_000_000 + i64::try_from(span.as_secs()).unwrap(), span.subsec_nanos())
}

/// Sends a request to a service that accepts all, and gives up after five minutes.
async fn ask(credentials: Credentials) -> Result<StatusCode, ClientError<Infallible>> {
    let accept = service_fn(async |_| Ok::<_, Infallible>(Response::new(Full::<Bytes>::default())));
    let request = Request::get("http://127.0.0.1/").body(Full::<Bytes>::default()).unwrap();
    let answer = RecoverLayer::new(credentials).layer(accept).oneshot(request);
    let answer = timeout(Duration::from_secs(300), answer).await.expect("it waits for ever");
    answer.map(|answer| answer.status())
}

#[tokio::test(start_paused = true)]
async fn a_source_that_never_ends_is_not_waited_for_longer_than_a_minute() {
    let source = |_| core::future::pending();
    let credentials = Credentials::from_async(source, CallerOptions::default()).unwrap().with_clock(clock);
    for _ in 0..3 {
        let began = Instant::now();
        let fault = not_sent(ask(credentials.clone()).await);
        assert_eq!(fault.reason, Some(Reason::CredentialUnobtainable));
        assert!(fault.message.contains("the source did not end within 59 seconds"), "{fault}");
        assert!(began.elapsed() <= Duration::from_secs(75), "{:?}", began.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_once_is_asked_again() {
    let asked = Count::default();
    let counted = asked.clone();
    let source = move |_| {
        let number = counted.next();
        async move {
            if number == 0 {
                core::future::pending::<()>().await;
            }
            Credential::bearer("token")
        }
    };
    let credentials = Credentials::from_async(source, CallerOptions::default()).unwrap().with_clock(clock);
    let requests = (0..10).map(|_| tokio::spawn(ask(credentials.clone()))).collect::<Vec<_>>();
    for request in requests {
        not_sent(request.await.unwrap());
    }
    assert_eq!((ask(credentials).await.unwrap(), asked.get()), (StatusCode::OK, 2));
}

/// Time does not pass by itself while a thread is at work.
async fn while_time_passes<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let work = tokio::spawn(work);
    while !work.is_finished() {
        advance(Duration::from_millis(500)).await;
        std::thread::sleep(Duration::from_millis(1));
    }
    work.await.unwrap()
}

/// Each try would cost a thread for ever.
#[tokio::test(start_paused = true)]
async fn a_source_that_blocks_for_ever_holds_few_threads() {
    let (asked, (go, gate)) = (Count::default(), mpsc::channel::<()>());
    let (counted, gate) = (asked.clone(), Mutex::new(gate));
    let source = move |_: &Want, _: UnixTime| {
        counted.next();
        let _ = gate.lock().unwrap().recv();
        Credential::bearer("token")
    };
    let credentials = Credentials::new(source, CallerOptions::default()).unwrap().with_clock(clock);
    for _ in 0..12 {
        let fault = not_sent(while_time_passes(ask(credentials.clone())).await);
        assert_eq!(fault.reason, Some(Reason::CredentialUnobtainable));
    }
    assert_eq!(asked.get(), 4);
    drop(go);
    // Once they are back, the source is asked again.
    while_time_passes(sleep(Duration::from_secs(60))).await;
    assert_eq!(while_time_passes(ask(credentials)).await.unwrap(), StatusCode::OK);
}
