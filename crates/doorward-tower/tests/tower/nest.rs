//! A layer inside a nest of axum: what is judged is what the caller sent, not what the nest left of it.

use crate::axum_server::{AMBIGUOUS, ask, serve};
use crate::support::{bearer, door};
use axum::Router;
use axum::extract::{OriginalUri, Request};
use axum::middleware::{Next, from_fn};
use axum::routing::get;
use doorward_tower::Caller;
use http::{StatusCode, Uri};
use tower::Layer;

/// Answers with whom and what it saw: the path within the nest, and the original one.
async fn seen(uri: Uri, OriginalUri(original): OriginalUri, caller: Option<Caller>) -> String {
    let who = caller.as_ref().map_or("nobody", Caller::subject);
    format!("{who} at {uri} of {original}")
}

fn inner() -> Router {
    Router::new().route("/", get(seen)).route("/{*rest}", get(seen))
}

/// The same inner router behind a door, in every way that axum has to strip a prefix.
fn nests(prefix: &str) -> [Router; 4] {
    let (first, rest) = prefix.split_at(prefix.rfind('/').unwrap());
    let deep = Router::new().nest(rest, inner().layer(door()));
    [
        Router::new().nest(prefix, inner().layer(door())),
        Router::new().nest(prefix, inner().route_layer(door())),
        Router::new().nest_service(prefix, door().before_routing().layer(inner())),
        if first.is_empty() { deep } else { Router::new().nest(first, deep) },
    ]
}

#[tokio::test]
async fn what_a_nest_leaves_of_a_path_does_not_choose_the_rule() {
    for app in nests("/v1/refunds") {
        let at = serve(app).await;
        // The nest leaves `/open/x`, which the policy opens to anyone.
        assert_eq!(ask(at, "/v1/refunds/open/x", &[]).await.status, StatusCode::UNAUTHORIZED);
        let lines = [("authorization", bearer("svc-a"))];
        let lines = [(lines[0].0, lines[0].1.as_str())];
        let answer = ask(at, "/v1/refunds/open/x", &lines).await;
        assert_eq!(answer.json()["reason"], "scope_insufficient");
    }
}

#[tokio::test]
async fn a_nest_is_reached_by_the_rule_for_the_whole_path() {
    let authorization = bearer("svc-a");
    for app in nests("/v1/orders") {
        let at = serve(app).await;
        let answer = ask(at, "/v1/orders/7?page=2", &[("authorization", &authorization)]).await;
        assert_eq!(answer.text, "svc-a at /7?page=2 of /v1/orders/7?page=2");
        assert_eq!(ask(at, "/v1/orders/7", &[]).await.status, StatusCode::UNAUTHORIZED);
    }
    for app in nests("/healthz") {
        let at = serve(app).await;
        assert_eq!(ask(at, "/healthz", &[]).await.text, "nobody at / of /healthz");
    }
}

#[tokio::test]
async fn inside_a_nest_no_path_is_rewritten() {
    for app in nests("/v1/refunds").into_iter().chain(nests("/open")) {
        let at = serve(app).await;
        for prefix in ["/v1/refunds", "/open"] {
            for rest in ["/../../open/x", "/%2e%2e/%2e%2e/open/x", "/../healthz", "/./x", "/%78"] {
                let target = format!("{prefix}{rest}");
                for lines in [&[][..], &[("authorization", bearer("svc-a").as_str())]] {
                    let answer = ask(at, &target, lines).await;
                    assert!(answer.status.is_client_error(), "{target}: {answer:?}");
                }
            }
        }
    }
    for app in nests("/open") {
        let at = serve(app).await;
        for target in ["/open/../healthz", "/open/%2e%2e/healthz", "/open/./x", "/open/%78"] {
            let answer = ask(at, target, &[]).await;
            assert_eq!(
                (answer.status, answer.text.as_str()),
                (StatusCode::BAD_REQUEST, AMBIGUOUS),
                "{target}"
            );
        }
    }
}

#[tokio::test]
async fn a_path_that_is_no_part_of_the_original_is_refused() {
    let elsewhere = from_fn(async |mut request: Request, next: Next| {
        *request.uri_mut() = "/v1/refunds/7".parse().unwrap();
        next.run(request).await
    });
    let at = serve(inner().layer(door()).layer(elsewhere)).await;
    let answer = ask(at, "/open/x", &[]).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::BAD_REQUEST, AMBIGUOUS));
}

#[tokio::test]
async fn a_path_rewritten_before_routing_is_the_original_of_what_is_behind() {
    let app = Router::new().nest("/v1/orders", inner().layer(door()));
    let at = serve(Router::new().fallback_service(door().before_routing().layer(app))).await;
    let answer = ask(at, "/open/../v1/orders/%37", &[("authorization", &bearer("svc-a"))]).await;
    assert_eq!(answer.text, "svc-a at /7 of /v1/orders/7");
}
