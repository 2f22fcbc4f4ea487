//! A layer before another: what the first refuses goes on without its credential, and the second says why.

use crate::support::{NOW, bearer, token};
use bytes::Bytes;
use core::convert::Infallible;
use doorward::{Engine, Format};
use doorward_tower::{Caller, DoorwardLayer};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty, Full};
use serde_json::Value;
use std::path::{Path, PathBuf};
use tower::{ServiceExt, service_fn};
use tower_layer::Layer;

/// A folder with a key that gateway and application share.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("doorward-tower-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("trace.key"), "a secret that only the gateway and the application know\n")
        .unwrap();
    folder
}

/// A layer by the usual policy, with `[trace]` and tokens in the header only.
fn layer(folder: &Path, more: &str) -> DoorwardLayer {
    let mut policy: Value = serde_json::from_str(&crate::support::policy("reason")).unwrap();
    policy["issuers"]["corp"]["token_in"] = serde_json::json!(["header"]);
    policy["trace"] = serde_json::from_str(more).unwrap();
    let engine = Engine::from_text(&policy.to_string(), Format::Json, Some(folder)).unwrap();
    DoorwardLayer::new(engine).with_clock(|| NOW)
}

const KEY: &str = r#"{"key": {"file": "trace.key"}}"#;

/// Tells what it sees of a request.
async fn seen<B>(request: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    let is = |name: &str| request.headers().contains_key(name);
    let (credential, marker) = (is("authorization"), is("x-doorward-trace"));
    let caller = request.extensions().get::<Caller>().is_some();
    let text = format!("credential {credential}, marker {marker}, caller {caller}");
    Ok(Response::new(Full::new(Bytes::from(text))))
}

/// What comes of a request, and what the innermost service saw: its credential, its marker, and who it was told the caller is.
async fn ask(
    gateway: &DoorwardLayer,
    application: Option<&DoorwardLayer>,
    request: Request<Empty<Bytes>>,
) -> (StatusCode, String) {
    let (parts, text) = match application {
        Some(application) => {
            let response = gateway.layer(application.layer(service_fn(seen))).oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            (parts, body.collect().await.unwrap().to_bytes())
        }
        None => {
            let response = gateway.layer(service_fn(seen)).oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            (parts, body.collect().await.unwrap().to_bytes())
        }
    };
    (parts.status, String::from_utf8(text.to_vec()).unwrap())
}

fn get(target: &str, lines: &[(&str, &str)]) -> Request<Empty<Bytes>> {
    let mut request = Request::get(target);
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    request.body(Empty::new()).unwrap()
}

/// The trace of origin, end to end: the application names the root cause instead of "missing".
#[tokio::test]
async fn what_a_gateway_strips_is_named_by_the_application() {
    let folder = folder("named");
    let gateway = layer(&folder, KEY).pass_unauthenticated_on();
    let application = layer(&folder, KEY);
    let expired = format!("Bearer {}", token("svc-a", -600));
    let path = "/v1/orders/7?page=2";
    for (credential, cause) in [
        (expired.as_str(), "token_expired"),
        ("Bearer", "credential_malformed"),
        ("Basic eDp5", "scheme_unsupported"),
    ] {
        let (status, body) =
            ask(&gateway, Some(&application), get(path, &[("Authorization", credential)])).await;
        assert_eq!(status, 401);
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            (&body["reason"], &body["cause"]),
            (&"credential_stripped_upstream".into(), &cause.into())
        );
    }
    let (status, body) = ask(&gateway, Some(&application), get(path, &[])).await;
    assert_eq!((status, body.contains("credential_missing")), (401.try_into().unwrap(), true), "{body}");
    let good = bearer("svc-a");
    let (status, body) = ask(&gateway, Some(&application), get(path, &[("Authorization", &good)])).await;
    assert_eq!((status.as_u16(), body.as_str()), (200, "credential true, marker false, caller true"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn what_is_passed_on_has_neither_credential_nor_caller_and_what_came_in_is_gone() {
    let folder = folder("passed");
    let gateway = layer(&folder, KEY).pass_unauthenticated_on();
    let own = ("X-Doorward-Trace", "made up");
    let (status, seen) =
        ask(&gateway, None, get("/v1/orders/7", &[("Authorization", "Bearer x.y.z"), own])).await;
    assert_eq!((status.as_u16(), seen.as_str()), (200, "credential false, marker true, caller false"));
    let (_, seen) = ask(&gateway, None, get("/v1/orders/7", &[own])).await;
    assert_eq!(seen, "credential false, marker false, caller false");
    let good = bearer("svc-a");
    let (_, seen) = ask(&gateway, None, get("/v1/orders/7", &[("Authorization", &good), own])).await;
    assert_eq!(seen, "credential true, marker false, caller true");
    let (_, seen) = ask(&gateway, None, get("/healthz", &[own])).await;
    assert_eq!(seen, "credential false, marker false, caller false");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn only_who_cannot_be_told_is_passed_on() {
    let folder = folder("refused");
    let gateway = layer(&folder, KEY).pass_unauthenticated_on();
    let good = bearer("svc-a");
    let refused = [
        ("/v1/refunds/7", good.as_str(), 403),
        ("/v1/secret", "Bearer x.y.z", 403),
        ("/nowhere", "Bearer x.y.z", 403),
        ("/v1//orders", "Bearer x.y.z", 400),
        ("/v1/./orders/7", "Bearer x.y.z", 401),
        ("/v1/orders/7?access_token=x.y.z", "Bearer x.y.z", 400),
    ];
    for (path, credential, expected) in refused {
        let (status, body) = ask(&gateway, None, get(path, &[("Authorization", credential)])).await;
        assert_eq!(status, expected, "{path}");
        assert!(!body.starts_with("credential "), "{path} was passed on");
    }
    let (status, body) = ask(&gateway, None, get("/v1/orders/7?access_token=x.y.z", &[])).await;
    assert!(status == 401 && !body.starts_with("credential "), "a credential in the query goes nowhere");
    // Off unless it is asked for.
    let (status, _) = ask(&layer(&folder, KEY), None, get("/v1/orders/7", &[])).await;
    assert_eq!(status, 401);
    std::fs::remove_dir_all(folder).unwrap();
}

/// H-PS-05: the field is there on every refusal, whichever host writes it.
#[tokio::test]
async fn a_refusal_says_whose_it_is() {
    let folder = folder("hop");
    let edge = layer(&folder, r#"{"proxy_status": "edge-eu", "details": true}"#);
    let refused = edge
        .layer(service_fn(seen))
        .oneshot(get("/v1/orders/7", &[("Authorization", "Bearer x.y.z")]))
        .await
        .unwrap();
    let hop: Vec<_> = refused.headers().get_all("proxy-status").iter().collect();
    assert_eq!(hop, [r#"edge-eu; error=http_request_denied; details="reason=token_malformed""#]);
    std::fs::remove_dir_all(folder).unwrap();
}
