//! The listener for operators, and for whatever keeps the service running: what is trusted, whether we live, whether we can
//! judge.

use super::address::Listener;
use super::answer::{self, Answer};
use super::limits::{ACCEPT_PAUSE, HEAD_BYTES, HEAD_TIME, STATUS_CONNECTIONS};
use super::policy::Policy;
use crate::ending::complain;
use core::convert::Infallible;
use core::future::ready;
use doorward::{IssuerStatus, Status};
use hyper::header::{ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::json;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::thread;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};
use tokio::runtime;
use tokio::sync::Semaphore;
use tokio::task::{LocalSet, spawn_local};
use tokio::time::{sleep, timeout};

/// Starts the thread that answers, which ends with the process.
pub(super) fn start(listener: Listener, policy: Arc<Policy>) -> io::Result<()> {
    let runtime = runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    thread::Builder::new().name("status".to_owned()).spawn(move || {
        if let Err(error) = LocalSet::new().block_on(&runtime, accept(listener, policy)) {
            complain(&format!("the status cannot be asked for: {error}"));
        }
    })?;
    Ok(())
}

/// Takes connections for as long as the process runs.
async fn accept(listener: Listener, policy: Arc<Policy>) -> io::Result<()> {
    let places = Rc::new(Semaphore::new(STATUS_CONNECTIONS));
    match listener {
        Listener::Tcp(listener) => {
            let listener = TcpListener::from_std(listener)?;
            loop {
                serve(listener.accept().await.map(|(stream, _)| stream), &places, &policy).await;
            }
        }
        Listener::Unix(listener) => {
            let listener = UnixListener::from_std(listener)?;
            loop {
                serve(listener.accept().await.map(|(stream, _)| stream), &places, &policy).await;
            }
        }
    }
}

/// Answers one question on a connection, in a task of its own, and closes it. Whoever is slow is cut off.
async fn serve<S>(stream: io::Result<S>, places: &Rc<Semaphore>, policy: &Arc<Policy>)
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let Ok(stream) = stream else { return sleep(ACCEPT_PAUSE).await };
    let (places, policy) = (Rc::clone(places), Arc::clone(policy));
    // A place is waited for before the next connection is taken, not after.
    let Ok(permit) = places.acquire().await else { return };
    permit.forget();
    let places = Rc::clone(&places);
    spawn_local(async move {
        let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
            ready(Ok::<_, Infallible>(answer(&request.into_parts().0, &policy)))
        });
        let mut http = http1::Builder::new();
        http.max_buf_size(HEAD_BYTES).header_read_timeout(None).keep_alive(false);
        let _ = timeout(HEAD_TIME, http.serve_connection(TokioIo::new(stream), service)).await;
        places.add_permits(1);
    });
}

fn answer(parts: &Parts, policy: &Policy) -> Answer {
    let mut answer = match (&parts.method, parts.uri.path()) {
        (&Method::GET | &Method::HEAD, "/status") => page(parts, &policy.engine().status(doorward::now())),
        (&Method::GET | &Method::HEAD, "/healthz") => answer::healthy(),
        (&Method::GET | &Method::HEAD, "/readyz") => readiness(&policy.engine().status(doorward::now())),
        (_, "/status" | "/healthz" | "/readyz") => {
            let mut answer = answer::plain(405, r#"{"status":405}"#.to_owned());
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            answer
        }
        _ => answer::plain(404, r#"{"status":404}"#.to_owned()),
    };
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// The page, as text unless JSON is asked for.
fn page(parts: &Parts, status: &Status) -> Answer {
    let accepted = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_json = match parts.uri.query() {
        None => accepted.split(',').any(|range| range.trim().starts_with("application/json")),
        Some("format=json") => true,
        Some("format=text") => false,
        Some(_) => {
            let fault = json!({ "status": 400, "expected": "format=text or format=json" });
            return answer::plain(400, fault.to_string());
        }
    };
    if is_json {
        return answer::plain(200, status.to_json().to_string());
    }
    let mut answer = Response::new(status.to_string());
    *answer.status_mut() = StatusCode::OK;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    answer
}

/// Whether every issuer whose keys are fetched has some that may be used.
fn readiness(status: &Status) -> Answer {
    let is_missing = |issuer: &&IssuerStatus| issuer.facts.is_some() && !issuer.is_usable();
    let missing: Vec<&str> =
        status.issuers.iter().filter(is_missing).map(|issuer| issuer.name.as_str()).collect();
    let code = if missing.is_empty() { 200 } else { 503 };
    answer::plain(code, json!({ "status": code, "without_keys": missing }).to_string())
}
