//! axum on loopback: routers, extractors, paths.

use crate::support::{Answer, LIMIT, bearer, door, door_that_discloses, get, send, token};
use axum::Router;
use axum::extract::Path;
use axum::routing::get as on_get;
use core::net::SocketAddr;
use doorward_tower::Caller;
use http::StatusCode;
use tokio::net::TcpListener;
use tower::Layer;

/// The answer to a path that can be read in two ways: no route governs it, so that nothing says to disclose more.
pub(crate) const AMBIGUOUS: &str = r#"{"status":400,"outcome":"bad_request"}"#;

async fn order(Path(id): Path<String>, caller: Caller) -> String {
    format!("order {id} for {} of {}", caller.subject(), caller.issuer())
}

async fn whoever(caller: Option<Caller>) -> String {
    caller.map_or("nobody".to_owned(), |caller| caller.subject().to_owned())
}

/// A router whose answers name the handler that was reached, and the path that it saw.
fn router() -> Router {
    Router::new()
        .route("/healthz", on_get(|| async { "well" }))
        .route("/v1/orders/{id}", on_get(order))
        .route("/v1/refunds/{*rest}", on_get(|| async { "refunds" }))
        .route("/v1/secret", on_get(|| async { "secret" }))
        .route("/open/caller", on_get(order_for_nobody))
        .route("/open/{*rest}", on_get(whoever))
}

async fn order_for_nobody(caller: Caller) -> String {
    caller.subject().to_owned()
}

/// Serves an application for the time of one test.
pub(crate) async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let server = async { axum::serve(listener, app).await };
    tokio::spawn(tokio::time::timeout(LIMIT, server));
    at
}

pub(crate) async fn ask(at: SocketAddr, target: &str, lines: &[(&str, &str)]) -> Answer {
    send(false, get(at, target, lines)).await
}

#[tokio::test]
async fn a_caller_is_let_in_and_the_handler_knows_who() {
    for http2 in [false, true] {
        let at = serve(router().layer(door())).await;
        let answer = send(http2, get(at, "/v1/orders/7", &[("authorization", &bearer("svc-a"))])).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.text, "order 7 for svc-a of https://idp.example");
    }
}

#[tokio::test]
async fn a_missing_credential_is_401_with_its_challenge_and_no_word_too_many() {
    let at = serve(router().layer(door())).await;
    let answer = ask(at, "/v1/orders/7", &[]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.lines("www-authenticate"), [r#"Bearer realm="orders""#]);
    assert_eq!(answer.lines("content-type"), ["application/json"]);
    assert_eq!(
        answer.text,
        r#"{"status":401,"outcome":"unauthenticated","reason":"credential_missing","recovery":"send_credential"}"#
    );
}

#[tokio::test]
async fn an_expired_token_is_401_and_says_refresh() {
    let at = serve(router().layer(door())).await;
    let answer = ask(at, "/v1/orders/7", &[("authorization", &format!("Bearer {}", token("a", -600)))]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.json()["recovery"], "refresh_credential");
    assert_eq!(
        answer.lines("www-authenticate"),
        [r#"Bearer realm="orders", error="invalid_token", error_description="token_expired""#]
    );
}

#[tokio::test]
async fn a_known_caller_without_the_scope_is_403() {
    let at = serve(router().layer(door())).await;
    let answer = ask(at, "/v1/refunds/7", &[("authorization", &bearer("svc-a"))]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.json()["reason"], "scope_insufficient");
}

#[tokio::test]
async fn what_is_not_disclosed_is_not_in_the_body() {
    let at = serve(router().layer(door_that_discloses("none"))).await;
    let answer = ask(at, "/v1/orders/7", &[("authorization", "Bearer not.a.token")]).await;
    assert_eq!(answer.text, r#"{"status":401,"outcome":"unauthenticated"}"#);
}

#[tokio::test]
async fn a_hidden_route_answers_as_a_path_that_is_not_there() {
    let at = serve(router().layer(door())).await;
    let lines = [("authorization", bearer("svc-a"))];
    let lines = [(lines[0].0, lines[0].1.as_str())];
    let (hidden, nowhere) = (ask(at, "/v1/secret", &lines).await, ask(at, "/v1/nowhere", &lines).await);
    assert_eq!(hidden.status, StatusCode::FORBIDDEN);
    assert_eq!((hidden.status, &hidden.text), (nowhere.status, &nowhere.text));
    assert_eq!(hidden.lines("www-authenticate"), nowhere.lines("www-authenticate"));
}

#[tokio::test]
async fn a_refused_head_has_no_body_and_the_length_of_a_get() {
    for http2 in [false, true] {
        let at = serve(router().layer(door())).await;
        let asked = ask(at, "/v1/orders/7", &[]).await;
        let mut request = get(at, "/v1/orders/7", &[]);
        *request.method_mut() = http::Method::HEAD;
        let answer = send(http2, request).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::UNAUTHORIZED, ""));
        assert_eq!(answer.lines("content-length"), [asked.text.len().to_string()]);
    }
}

#[tokio::test]
async fn two_lines_of_authorization_are_one_too_many() {
    for http2 in [false, true] {
        let at = serve(router().layer(door())).await;
        let (one, two) = (bearer("svc-a"), bearer("svc-b"));
        for (first, second) in [(&one, &two), (&one, &one)] {
            let request = get(at, "/v1/orders/7", &[("authorization", first), ("authorization", second)]);
            let answer = send(http2, request).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST);
            assert_eq!(answer.json()["reason"], "credentials_ambiguous");
        }
        let joined = format!("{one}, {two}");
        let answer = send(http2, get(at, "/v1/orders/7", &[("authorization", &joined)])).await;
        assert_eq!(answer.json()["reason"], "credentials_ambiguous");
    }
}

#[tokio::test]
async fn a_token_of_the_query_makes_the_answer_private() {
    let at = serve(router().layer(door())).await;
    let answer = ask(at, &format!("/v1/orders/7?access_token={}", token("svc-q", 600)), &[]).await;
    assert_eq!(answer.text, "order 7 for svc-q of https://idp.example");
    assert_eq!(answer.lines("cache-control"), ["private"]);
    let answer = ask(at, "/v1/orders/7", &[("authorization", &bearer("svc-a"))]).await;
    assert_eq!(answer.lines("cache-control"), [""; 0]);
}

#[tokio::test]
async fn behind_a_router_a_path_that_can_be_read_in_two_ways_is_refused() {
    let at = serve(router().layer(door())).await;
    // Judged as /v1/refunds/7 or as /open/x by the policy, and routed by what was sent.
    for target in [
        "/open/../v1/refunds/7",
        "/open/%2e%2e/v1/refunds/7",
        "/v1/refunds/%2e%2e/%2e%2e/open/x",
        "/%6fpen/x",
    ] {
        for lines in [&[][..], &[("authorization", bearer("svc-a").as_str())]] {
            let answer = ask(at, target, lines).await;
            assert!(answer.status.is_client_error(), "{target}: {answer:?}");
            assert!(!["refunds", "nobody", "svc-a"].contains(&answer.text.as_str()), "{target}: {answer:?}");
        }
    }
    let answer = ask(at, "/%6fpen/x", &[]).await;
    assert_eq!(answer.text, AMBIGUOUS);
}

#[tokio::test]
async fn before_a_router_the_judged_path_is_the_routed_one() {
    let app = Router::new().fallback_service(door().before_routing().layer(router()));
    let at = serve(app).await;
    let lines = [("authorization", bearer("svc-a"))];
    let lines = [(lines[0].0, lines[0].1.as_str())];
    for (target, text) in [
        ("/v1/./orders/7", "order 7 for svc-a of https://idp.example"),
        ("/open/../v1/orders/7?a=%2e%2e", "order 7 for svc-a of https://idp.example"),
        ("/v1/refunds/../orders/%37", "order 7 for svc-a of https://idp.example"),
        ("/v1/refunds/%2e%2e/%2e%2e/open/x", "nobody"),
    ] {
        assert_eq!(ask(at, target, &lines).await.text, text, "{target}");
    }
    for target in ["/open/../v1/refunds/7", "/open/%2e%2e/v1/refunds/7", "/v1/orders/../refunds/7"] {
        assert_eq!(ask(at, target, &lines).await.status, StatusCode::FORBIDDEN, "{target}");
        assert_eq!(ask(at, target, &[]).await.status, StatusCode::UNAUTHORIZED, "{target}");
    }
    for target in ["/open//x", "/open/%2f/x", "/open/..;/v1/refunds/7", "/open/%252e%252e/x", "/open/%5c/x"] {
        let answer = ask(at, target, &lines).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::BAD_REQUEST, AMBIGUOUS), "{target}");
    }
}

#[tokio::test]
async fn a_handler_that_wants_a_caller_answers_500_without_the_layer() {
    let at = serve(router()).await;
    for (target, lines) in [
        ("/v1/orders/7", vec![("authorization", bearer("svc-a"))]),
        ("/v1/orders/7", vec![]),
        ("/open/x", vec![]),
        ("/open/x", vec![("authorization", bearer("svc-a"))]),
    ] {
        let lines: Vec<_> = lines.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = ask(at, target, &lines).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{target}");
        assert_eq!(answer.text, r#"{"status":500,"outcome":"unavailable"}"#);
    }
}

#[tokio::test]
async fn on_a_route_for_anyone_there_is_no_caller_whatever_was_sent() {
    let at = serve(router().layer(door())).await;
    for line in ["Bearer not.a.token".to_owned(), bearer("svc-a")] {
        assert_eq!(ask(at, "/open/x", &[("authorization", &line)]).await.text, "nobody");
        let wanted = ask(at, "/open/caller", &[("authorization", &line)]).await;
        assert_eq!(wanted.status, StatusCode::INTERNAL_SERVER_ERROR);
    }
    assert_eq!(ask(at, "/healthz", &[]).await.text, "well");
}
