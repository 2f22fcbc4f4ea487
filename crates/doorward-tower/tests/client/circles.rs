//! Sources that ask through the client that waits for them.

use crate::faults::not_sent;
use crate::server::orders;
use crate::support::{Count, HttpClient, client, get, options, send};
use bytes::Bytes;
use core::net::SocketAddr;
use core::time::Duration;
use doorward::caller::{Credential, SourceFault, Want};
use doorward::{Reason, UnixTime};
use doorward_tower::client::{Credentials, NotSent};
use http_body_util::Full;
use std::sync::{Arc, OnceLock};
use std::time::Instant;
use tokio::runtime::Handle;
use tower::ServiceExt;

const SENTENCE: &str = "the source of credentials asks through the client that waits for it";

/// A client that its own source can get hold of.
type Own = Arc<OnceLock<HttpClient<Full<Bytes>>>>;

/// What most sources make of any fault of their client.
async fn ask_through(own: Own, at: SocketAddr) -> Result<Credential, SourceFault> {
    let client = own.get().unwrap().clone();
    let answer = client.oneshot(get(at, "/token")).await;
    answer.map_err(|fault| SourceFault::transient(fault.to_string()))?;
    Credential::bearer("token")
}

fn through(own: &Own, at: SocketAddr, asked: &Count) -> Credentials {
    let (own, asked) = (Arc::clone(own), asked.clone());
    let source = move |_| {
        asked.next();
        ask_through(Arc::clone(&own), at)
    };
    Credentials::from_async(source, options(at)).unwrap()
}

async fn refused_at_once(client: &HttpClient<Full<Bytes>>, at: SocketAddr) -> NotSent {
    let began = Instant::now();
    let fault = not_sent(send(client, get(at, "/")).await);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(fault.reason, Some(Reason::CredentialUnobtainable));
    fault
}

#[tokio::test]
async fn a_source_that_asks_through_its_own_client_is_told_so_at_once() {
    let ((at, log), own, asked) = (orders().await, Own::default(), Count::default());
    let client = own.get_or_init(|| client(&through(&own, at, &asked))).clone();
    for _ in 0..3 {
        let fault = refused_at_once(&client, at).await;
        assert!(fault.message.contains(SENTENCE), "{fault}");
    }
    // It does not pass by itself: there is a pause.
    assert_eq!((log.count(), asked.get()), (0, 1));
}

#[tokio::test]
async fn so_is_one_that_blocks() {
    let ((at, log), own, asked) = (orders().await, Own::default(), Count::default());
    let source = {
        let (own, asked) = (Arc::clone(&own), asked.clone());
        move |_: &Want, _: UnixTime| {
            asked.next();
            Handle::current().block_on(ask_through(Arc::clone(&own), at))
        }
    };
    let credentials = Credentials::new(source, options(at)).unwrap();
    let client = own.get_or_init(|| client(&credentials)).clone();
    let fault = refused_at_once(&client, at).await;
    assert!(fault.message.contains(SENTENCE), "{fault}");
    assert_eq!((log.count(), asked.get()), (0, 1));
}

#[tokio::test]
async fn so_are_two_whose_sources_ask_through_each_other() {
    let ((at, log), (one, other)) = (orders().await, (Own::default(), Own::default()));
    let (asked, asked_other) = (Count::default(), Count::default());
    let first = one.get_or_init(|| client(&through(&other, at, &asked))).clone();
    other.get_or_init(|| client(&through(&one, at, &asked_other)));
    let fault = refused_at_once(&first, at).await;
    assert!(fault.message.contains(SENTENCE), "{fault}");
    assert_eq!((log.count(), asked.get(), asked_other.get()), (0, 1, 1));
}

/// A source may well have a client with a credential of its own.
#[tokio::test]
async fn a_source_may_ask_through_another_client() {
    let ((at, log), other) = (orders().await, Own::default());
    let source = |_| async { Credential::bearer(crate::server::token("source", 600)) };
    other.get_or_init(|| client(&Credentials::from_async(source, options(at)).unwrap()));
    let source = move |_| {
        let other = Arc::clone(&other);
        async move {
            ask_through(other, at).await?;
            Credential::bearer(crate::server::token("svc", 600))
        }
    };
    let credentials = Credentials::from_async(source, options(at)).unwrap();
    let answer = send(&client(&credentials), get(at, "/")).await.unwrap();
    assert_eq!((answer.text.as_str(), log.count()), ("order for svc: ", 2));
}
