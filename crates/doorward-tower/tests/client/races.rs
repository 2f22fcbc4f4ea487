//! Many requests at once, and answers that come late.

use crate::server::{Log, orders, refusal, serve, token};
use crate::support::{client, first_is_expired, get, options, send};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::IntoResponse;
use core::time::Duration;
use doorward::UnixTime;
use doorward::caller::{Credential, SourceFault, Want};
use doorward_tower::client::Credentials;
use http::StatusCode;
use std::sync::{Arc, Mutex, mpsc};
use tokio::sync::{Barrier, Notify};

const MANY: usize = 100;

/// A service that answers the first hundred requests together, so that all of them were sent with the same token.
async fn together() -> (core::net::SocketAddr, Log) {
    let log = Log::default();
    let barrier = Arc::new(Barrier::new(MANY));
    let answer = async |State((log, barrier)): State<(Log, Arc<Barrier>)>, request: Request| {
        let seen = log.note(request).await;
        match seen.caller {
            Ok(subject) => format!("for {subject}").into_response(),
            Err(why) => {
                barrier.wait().await;
                refusal(&why)
            }
        }
    };
    (serve(Router::new().fallback(answer).with_state((log.clone(), barrier))).await, log)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_requests_with_one_expired_token_are_one_refresh_and_none_is_lost() {
    let (at, log) = together().await;
    let (credentials, asked) = first_is_expired(at);
    let client = client(&credentials);
    let tasks = (0..MANY).map(|number| {
        let client = client.clone();
        tokio::spawn(async move { send(&client, get(at, &format!("/{number}"))).await.unwrap() })
    });
    for task in tasks.collect::<Vec<_>>() {
        let answer = task.await.unwrap();
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "for svc-1"));
        assert_eq!(answer.trail.sends, 2);
    }
    // One for the first token, and one refresh.
    assert_eq!((asked.get(), log.count()), (2, 2 * MANY));
    for number in 0..MANY {
        let path = format!("/{number}");
        assert_eq!(log.all().iter().filter(|seen| seen.path == path).count(), 2);
    }
}

#[tokio::test]
async fn a_late_refusal_of_the_old_token_does_not_cost_the_new_one() {
    let log = Log::default();
    let held = Arc::new(Notify::new());
    let answer = async |State((log, held)): State<(Log, Arc<Notify>)>, request: Request| {
        let seen = log.note(request).await;
        match seen.caller {
            Ok(subject) => format!("for {subject}").into_response(),
            Err(why) => {
                if seen.path == "/slow" {
                    held.notified().await;
                }
                refusal(&why)
            }
        }
    };
    let at = serve(Router::new().fallback(answer).with_state((log.clone(), Arc::clone(&held)))).await;
    let (credentials, asked) = first_is_expired(at);
    let client = client(&credentials);
    let slow = tokio::spawn({
        let client = client.clone();
        async move { send(&client, get(at, "/slow")).await.unwrap() }
    });
    while log.count() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let quick = send(&client, get(at, "/quick")).await.unwrap();
    assert_eq!((quick.text.as_str(), asked.get()), ("for svc-1", 2));
    // Only now does the slow one hear that the old token was refused.
    held.notify_one();
    let slow = slow.await.unwrap();
    assert_eq!((slow.text.as_str(), slow.trail.sends, asked.get()), ("for svc-1", 2, 2));
    let again = send(&client, get(at, "/again")).await.unwrap();
    assert_eq!((again.text.as_str(), again.trail.sends, asked.get()), ("for svc-1", 1, 2));
}

#[tokio::test]
async fn who_goes_away_while_a_token_is_got_leaves_it_to_the_others() {
    let (at, log) = orders().await;
    let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let source = {
        let (begun, go) = (Arc::clone(&begun), Arc::clone(&go));
        move |_| {
            let (begun, go) = (Arc::clone(&begun), Arc::clone(&go));
            async move {
                begun.notify_one();
                go.notified().await;
                Credential::bearer(token("svc", 600))
            }
        }
    };
    let credentials = Credentials::from_async(source, options(at)).unwrap();
    let client = client(&credentials);
    let impatient = tokio::spawn({
        let client = client.clone();
        async move { send(&client, get(at, "/impatient")).await }
    });
    begun.notified().await;
    impatient.abort();
    assert!(impatient.await.unwrap_err().is_cancelled());
    go.notify_one();
    let answer = send(&client, get(at, "/patient")).await.unwrap();
    assert_eq!((answer.status, log.count()), (StatusCode::OK, 1));
}

/// Waiting for a slow source is waiting, and a source that blocks has a thread of its own.
#[tokio::test(flavor = "current_thread")]
async fn the_executor_goes_on_while_a_source_blocks() {
    let (at, _) = orders().await;
    let (go, waits) = mpsc::channel();
    let waits = Mutex::new(waits);
    let slow = move |_: &Want, _: UnixTime| {
        let came = waits.lock().unwrap().recv_timeout(Duration::from_secs(20));
        came.map_err(|_| SourceFault::hard("the executor was held up"))?;
        Credential::bearer(token("svc", 600))
    };
    let credentials = Credentials::new(slow, options(at)).unwrap();
    let client = client(&credentials);
    let both = [(); 2].map(|()| {
        let client = client.clone();
        tokio::spawn(async move { send(&client, get(at, "/")).await.unwrap() })
    });
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    go.send(()).unwrap();
    for task in both {
        assert_eq!(task.await.unwrap().status, StatusCode::OK);
    }
    assert_eq!(credentials.caller().status(doorward::now())["totals"]["obtained"], 1);
}
