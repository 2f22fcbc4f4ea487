//! The same through reqwest-middleware.

use crate::server::{Log, orders, refusal, serve};
use crate::support::{first_is_expired, options};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Redirect};
use bytes::Bytes;
use core::time::Duration;
use doorward::Reason;
use doorward::caller::{Credential, SourceFault};
use doorward_tower::client::{Credentials, NotSent, RecoverMiddleware, Trail};
use http::StatusCode;
use http_body_util::Full;
use reqwest::{Body, Client};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Error};

fn client(credentials: &Credentials) -> ClientWithMiddleware {
    let inner = Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
    ClientBuilder::new(inner).with(RecoverMiddleware::new(credentials.clone())).build()
}

#[tokio::test]
async fn an_expired_token_is_refreshed_once_and_the_request_sent_once_more() {
    let (at, log) = orders().await;
    let (credentials, asked) = first_is_expired(at);
    let client = client(&credentials);
    let answer = client.post(format!("http://{at}/v1/orders")).body("three apples").send().await.unwrap();
    assert_eq!((answer.status(), log.count(), asked.get()), (StatusCode::OK, 2, 2));
    assert_eq!(answer.extensions().get::<Trail>().unwrap().sends, 2);
    assert_eq!(answer.text().await.unwrap(), "order for svc-1: three apples");
}

/// H-401-05.
#[tokio::test]
async fn the_first_refusal_is_given_back_with_its_address_and_content() {
    let log = Log::default();
    let answer = async |State(log): State<Log>, request: Request| {
        log.note(request).await;
        let mut answer = refusal("nobody said why");
        *answer.body_mut() = format!("refusal {} {}", log.count(), "x".repeat(100_000)).into();
        answer
    };
    let at = serve(Router::new().fallback(answer).with_state(log.clone())).await;
    let (credentials, _) = first_is_expired(at);
    let answer = client(&credentials).get(format!("http://{at}/a?b=c")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(answer.url().as_str(), format!("http://{at}/a?b=c"));
    assert!(answer.remote_addr().is_some());
    let text = answer.text().await.unwrap();
    assert!(text.starts_with("refusal 1 x") && text.len() == 100_010 && log.count() == 2, "{}", text.len());
}

#[tokio::test]
async fn a_streamed_body_is_sent_once() {
    let (at, log) = orders().await;
    let (credentials, asked) = first_is_expired(at);
    let client = client(&credentials);
    for (status, sent) in [(StatusCode::UNAUTHORIZED, 1), (StatusCode::OK, 2)] {
        // reqwest knows nothing of what it wraps.
        let body = Body::wrap(Full::<Bytes>::from("apples"));
        let answer = client.post(format!("http://{at}/")).body(body).send().await.unwrap();
        assert_eq!((answer.status(), log.count()), (status, sent));
    }
    assert_eq!(asked.get(), 2);
}

/// H-REALM-01: reqwest leaves the credential out where a redirect leads to another origin; that is no reason to refresh it.
#[tokio::test]
async fn a_redirect_to_another_origin_is_told_from_a_refused_credential() {
    let (other, others) = orders().await;
    let app = Router::new().fallback(async move || Redirect::temporary(&format!("http://{other}/there")));
    let at = serve(app).await;
    let (credentials, asked) = first_is_expired(at);
    let answer = client(&credentials).get(format!("http://{at}/here")).send().await.unwrap();
    assert_eq!((answer.status(), others.count(), asked.get()), (StatusCode::UNAUTHORIZED, 1, 1));
    assert_eq!(others.all()[0].caller, Err("missing".to_owned()));
    assert_eq!(
        answer.extensions().get::<Trail>().unwrap().first().unwrap().reason,
        Some(Reason::CredentialWithheld)
    );
}

#[tokio::test]
async fn a_request_that_is_not_sent_says_why() {
    let (at, _) = orders().await;
    let source = |_| async { Err::<Credential, _>(SourceFault::hard("the client was deleted")) };
    let credentials = Credentials::from_async(source, options(at)).unwrap();
    let Error::Middleware(fault) =
        client(&credentials).get(format!("http://{at}/")).send().await.unwrap_err()
    else {
        panic!("expected an error of the middleware");
    };
    let fault = fault.downcast_ref::<NotSent>().unwrap();
    assert_eq!(fault.reason, Some(Reason::CredentialUnobtainable));
}

#[tokio::test]
async fn answers_that_refuse_nobody_are_passed_on() {
    let at =
        serve(Router::new().fallback(async || (StatusCode::NOT_FOUND, "nothing here").into_response())).await;
    let (credentials, asked) = first_is_expired(at);
    let answer = client(&credentials).get(format!("http://{at}/")).send().await.unwrap();
    assert_eq!((answer.status(), asked.get()), (StatusCode::NOT_FOUND, 1));
    assert_eq!(answer.text().await.unwrap(), "nothing here");
}
