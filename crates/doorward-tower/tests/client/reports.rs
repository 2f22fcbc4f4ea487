//! What looks like an attack is told, whatever comes of the retry.

use crate::server::{Log, serve, token};
use crate::support::{client, first_is_expired, get, options, send};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::IntoResponse;
use doorward::caller::{CallerReport, Credential};
use doorward::{Reason, Signal};
use doorward_tower::client::Credentials;
use http::StatusCode;
use std::sync::{Arc, Mutex};

/// A service behind Doorward, by its words, that takes the first token for a replayed one.
async fn suspicious(code: &'static str) -> core::net::SocketAddr {
    let log = Log::default();
    let answer = async move |State(log): State<Log>, request: Request| {
        log.note(request).await;
        if log.count() > 1 {
            return "well".into_response();
        }
        let challenge =
            format!(r#"Bearer realm="orders", error="invalid_token", error_description="{code}""#);
        (StatusCode::UNAUTHORIZED, [("www-authenticate", challenge)]).into_response()
    };
    serve(Router::new().fallback(answer).with_state(log)).await
}

#[tokio::test]
async fn an_attack_is_reported_even_where_the_retry_succeeds() {
    let reason = Reason::ALL.iter().copied().find(|reason| {
        reason.signal() == Signal::Attack
            && reason.status() == 401
            && reason.wire_error().is_some()
            && reason.recovery() == doorward::Recovery::ReplaceCredential
    });
    let reason = reason.unwrap();
    let at = suspicious(reason.code()).await;
    let told: Arc<Mutex<Vec<CallerReport>>> = Arc::default();
    let (credentials, _) = first_is_expired(at);
    let credentials = credentials.on_report({
        let told = Arc::clone(&told);
        move |report| told.lock().unwrap().push(report.clone())
    });
    let client = client(&credentials);
    let answer = send(&client, get(at, "/")).await.unwrap();
    assert_eq!((answer.status, answer.trail.sends), (StatusCode::OK, 2));
    assert_eq!(answer.trail.first().unwrap().signal, Some(Signal::Attack));
    let told = told.lock().unwrap();
    assert_eq!((told.len(), told[0].reason, told[0].count), (1, reason, 1));
}

#[tokio::test]
async fn a_plain_expiry_is_no_attack() {
    let at = suspicious("token_expired").await;
    let (credentials, _) = first_is_expired(at);
    let credentials = credentials.on_report(|report| panic!("{report:?}"));
    let answer = send(&client(&credentials), get(at, "/")).await.unwrap();
    assert_eq!((answer.status, answer.trail.sends), (StatusCode::OK, 2));
    assert!(credentials.caller().take_reports().is_empty());
}

#[tokio::test]
async fn nothing_that_is_printed_holds_the_token() {
    let at = suspicious("token_expired").await;
    let secret = token("svc", 600);
    let copy = secret.clone();
    let source = move |_| {
        let copy = copy.clone();
        async move { Credential::bearer(copy) }
    };
    let credentials = Credentials::from_async(source, options(at)).unwrap();
    let client = client(&credentials);
    let answer = send(&client, get(at, "/")).await.unwrap();
    let printed =
        format!("{credentials:?} {client:?} {answer:?} {}", credentials.caller().status(doorward::now()));
    assert!(!printed.contains(&secret) && !printed.contains("eyJ"), "{printed}");
}
