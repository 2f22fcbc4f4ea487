//! A credential that has expired, and answers that refuse for ever.

use crate::server::{Log, orders, refusal, serve, token};
use crate::support::{Count, client, first_is_expired, get, options, post, send};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::IntoResponse;
use doorward::Reason;
use doorward::caller::{CallerOptions, Credential, Settings};
use doorward_tower::client::Credentials;
use http::StatusCode;
use http::header::AUTHORIZATION;

/// H-401-04, H-RETRY-02.
#[tokio::test]
async fn an_expired_token_is_refreshed_once_and_the_request_sent_once_more() {
    let (at, log) = orders().await;
    let (credentials, asked) = first_is_expired(at);
    let client = client(&credentials);
    let answer = send(&client, get(at, "/v1/orders/7")).await.unwrap();
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "order for svc-1: "));
    assert_eq!((log.count(), asked.get()), (2, 2));
    assert_eq!(log.all()[0].caller, Err("ExpiredSignature".to_owned()));
    assert_eq!(answer.trail.sends, 2);
    let report = answer.trail.first().unwrap();
    assert_eq!((report.status, report.reason), (401, Some(Reason::TokenExpired)), "{report:?}");
    // The next request has nothing to recover from.
    let answer = send(&client, get(at, "/v1/orders/8")).await.unwrap();
    assert_eq!((answer.status, answer.trail.sends, log.count(), asked.get()), (StatusCode::OK, 1, 3, 2));
    assert_eq!(credentials.caller().status(doorward::now())["totals"]["recovered"], 1);
}

/// H-401-02: what a 401 refused was not carried out, so that a POST may be sent again, with its content.
#[tokio::test]
async fn content_in_memory_is_sent_again_as_it_was() {
    let (at, log) = orders().await;
    let (credentials, asked) = first_is_expired(at);
    let answer = send(&client(&credentials), post(at, "/v1/orders", "three apples")).await.unwrap();
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "order for svc-1: three apples"));
    assert_eq!((log.all()[0].body.as_str(), log.count(), asked.get()), ("three apples", 2, 2));
}

/// A service that refuses whatever comes, and counts.
async fn refusing() -> (core::net::SocketAddr, Log) {
    let log = Log::default();
    let answer = async |State(log): State<Log>, request: Request| {
        log.note(request).await;
        let mut answer = refusal("nobody said why");
        *answer.body_mut() = format!("refusal {}", log.count()).into();
        answer
    };
    (serve(Router::new().fallback(answer).with_state(log.clone())).await, log)
}

/// H-401-05: the first answer is what the caller is to see.
#[tokio::test]
async fn a_service_that_always_refuses_is_asked_a_few_times_and_the_first_answer_given_back() {
    for attempts in [1, 2, 3] {
        let (at, log) = refusing().await;
        let asked = Count::default();
        let counted = asked.clone();
        let source = move |_| {
            let number = counted.next();
            async move { Credential::bearer(token(&format!("svc-{number}"), 600)) }
        };
        let settings = Settings { attempts, ..Settings::default() };
        let credentials = Credentials::from_async(source, CallerOptions { settings, ..options(at) }).unwrap();
        let client = client(&credentials);
        let answer = send(&client, get(at, "/")).await.unwrap();
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::UNAUTHORIZED, "refusal 1"));
        assert_eq!(answer.headers["www-authenticate"].to_str().unwrap().split(' ').next(), Some("Bearer"));
        assert!(
            log.count() <= usize::from(attempts) && asked.get() <= usize::from(attempts),
            "{}",
            log.count()
        );
        assert_eq!(usize::try_from(answer.trail.sends).unwrap(), log.count());
        // However often it is asked again, the service is spared.
        let mut errors = 0;
        for _ in 0..20 {
            match send(&client, get(at, "/")).await {
                Ok(answer) => assert_eq!(answer.status, StatusCode::UNAUTHORIZED),
                Err(error) => {
                    errors += 1;
                    assert!(error.to_string().contains("retry_blocked"), "{error}");
                }
            }
        }
        assert!(errors >= 15 && log.count() <= 6, "{errors} {}", log.count());
    }
}

/// H-RETRY-02: nothing is sent again that has not changed.
#[tokio::test]
async fn the_same_credential_from_the_source_is_not_sent_again() {
    let (at, log) = orders().await;
    let asked = Count::default();
    let (counted, same) = (asked.clone(), token("svc", -600));
    let source = move |_| {
        counted.next();
        let same = same.clone();
        async move { Credential::bearer(same) }
    };
    let credentials = Credentials::from_async(source, options(at)).unwrap();
    let answer = send(&client(&credentials), get(at, "/")).await.unwrap();
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (StatusCode::UNAUTHORIZED, "not you: ExpiredSignature")
    );
    assert_eq!((log.count(), asked.get()), (1, 2));
}

/// H-403-03.
#[tokio::test]
async fn a_permission_that_is_not_there_is_no_reason_to_refresh() {
    let app = Router::new().fallback(async || (StatusCode::FORBIDDEN, "not this").into_response());
    let at = serve(app).await;
    let (credentials, asked) = first_is_expired(at);
    let answer = send(&client(&credentials), get(at, "/")).await.unwrap();
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::FORBIDDEN, "not this"));
    assert_eq!((answer.trail.sends, asked.get()), (1, 1));
}

/// H-407-01: what a proxy wants is not what the service refuses.
#[tokio::test]
async fn what_a_proxy_or_the_network_wants_is_given_back_as_it_is() {
    for (status, reason) in [(407, Reason::ProxyCredentialMissing), (511, Reason::NetworkSignInRequired)] {
        let status = StatusCode::from_u16(status).unwrap();
        let at = serve(Router::new().fallback(async move || (status, "sign in").into_response())).await;
        let (credentials, asked) = first_is_expired(at);
        let answer = send(&client(&credentials), get(at, "/")).await.unwrap();
        assert_eq!((answer.status, answer.trail.sends, asked.get()), (status, 1, 1));
        assert_eq!(answer.trail.first().unwrap().reason, Some(reason));
    }
}

#[tokio::test]
async fn a_request_with_a_credential_of_its_own_is_left_alone() {
    let (at, log) = orders().await;
    let (credentials, asked) = first_is_expired(at);
    let mut request = get(at, "/");
    request.headers_mut().insert(AUTHORIZATION, "Bearer of-its-own".parse().unwrap());
    let answer = send(&client(&credentials), request).await.unwrap();
    assert_eq!((answer.status, log.count(), asked.get()), (StatusCode::UNAUTHORIZED, 1, 0));
}
