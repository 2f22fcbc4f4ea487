//! hyper on loopback, without a framework: the layer around one function.

use crate::support::{LIMIT, bearer, door, get, send, token};
use bytes::Bytes;
use core::convert::Infallible;
use core::net::SocketAddr;
use doorward_tower::{Caller, Doorward, RequestBody};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::{Layer, service_fn};

/// Says who called, which path was seen, and what was sent.
async fn echo(request: Request<RequestBody<Incoming>>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let subject = parts.extensions.get::<Caller>().map_or("nobody", Caller::subject);
    let target = parts.uri.path_and_query().unwrap();
    let sent = body.collect().await.unwrap().to_bytes();
    let text = format!("{subject} {target} {}", String::from_utf8_lossy(&sent));
    Ok(Response::new(Full::from(text)))
}

/// Serves for the time of one test.
async fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let service: Doorward<_> = door().before_routing().with_form_limit(4096).layer(service_fn(echo));
    tokio::spawn(tokio::time::timeout(LIMIT, async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = TowerToHyperService::new(service.clone());
            tokio::spawn(async move {
                let builder = Builder::new(TokioExecutor::new());
                let connection = builder.serve_connection(TokioIo::new(stream), service);
                let _ = tokio::time::timeout(LIMIT, connection).await;
            });
        }
    }));
    at
}

#[tokio::test]
async fn http_1_and_2_are_judged_by_path_and_query_alike() {
    let at = serve().await;
    for http2 in [false, true] {
        let answer =
            send(http2, get(at, "/v1/./orders/7?x=%2e", &[("authorization", &bearer("svc-a"))])).await;
        assert_eq!(answer.text, "svc-a /v1/orders/7?x=%2e ");
        let answer = send(http2, get(at, "/v1/orders/7?x=1", &[])).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.lines("www-authenticate"), [r#"Bearer realm="orders""#]);
    }
}

#[tokio::test]
async fn a_token_in_a_form_is_found_and_the_form_is_replayed() {
    let at = serve().await;
    let form = format!("amount=3&access_token={}&note=a%20b", token("svc-f", 600));
    for http2 in [false, true] {
        let request = |content_type: &str, form: &str| {
            let mut request = get(at, "/v1/orders/7", &[("content-type", content_type)]);
            *request.method_mut() = http::Method::POST;
            *request.body_mut() = Full::from(form.to_owned());
            request
        };
        let answer = send(http2, request("application/x-www-form-urlencoded", &form)).await;
        assert_eq!(answer.text, format!("svc-f /v1/orders/7 {form}"));
        assert_eq!(answer.lines("cache-control"), ["private"]);

        let answer = send(http2, request("text/plain", &form)).await;
        assert_eq!(answer.json()["reason"], "credential_missing");

        let long = format!("{form}&filler={}", "x".repeat(5000));
        let answer = send(http2, request("application/x-www-form-urlencoded", &long)).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(answer.text, r#"{"status":413,"outcome":"bad_request"}"#);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn callers_are_never_mixed_up() {
    let at = serve().await;
    let tasks = (0..200).map(|number| {
        tokio::spawn(async move {
            let subject = format!("svc-{number}");
            let (line, expected) = match number % 3 {
                0 => (bearer(&subject), StatusCode::OK),
                1 => (format!("Bearer {}", token(&subject, -600)), StatusCode::UNAUTHORIZED),
                _ => (bearer(&subject), StatusCode::FORBIDDEN),
            };
            let target = if expected == StatusCode::FORBIDDEN { "/v1/refunds/7" } else { "/v1/orders/7" };
            let answer = send(number % 2 == 0, get(at, target, &[("authorization", &line)])).await;
            assert_eq!(answer.status, expected);
            if expected == StatusCode::OK {
                assert_eq!(answer.text, format!("{subject} /v1/orders/7 "));
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}
