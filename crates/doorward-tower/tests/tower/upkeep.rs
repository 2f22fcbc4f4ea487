//! What changes while a layer is in use: the policy, who failed too often, what is revoked.

use crate::support::{NOW, bearer, policy, token};
use bytes::Bytes;
use core::convert::Infallible;
use core::net::{IpAddr, SocketAddr};
use doorward::{Engine, Format, Revocation};
use doorward_tower::{DoorwardLayer, Peer, RequestBody};
use futures_util::FutureExt;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use std::fs;
use std::path::{Path, PathBuf};
use tower::{Layer, Service, ServiceExt, service_fn};

async fn well(_: Request<RequestBody<Full<Bytes>>>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::default())
}

fn order(line: &str) -> Request<Full<Bytes>> {
    Request::get("/v1/orders/7").header("authorization", line).body(Full::default()).unwrap()
}

/// What a layer answers to a request.
fn ask(door: &DoorwardLayer, request: Request<Full<Bytes>>) -> (StatusCode, Option<u64>) {
    let response = door.layer(service_fn(well)).oneshot(request).now_or_never().unwrap().unwrap();
    let wait = response.headers().get("retry-after").map(|wait| wait.to_str().unwrap().parse().unwrap());
    (response.status(), wait)
}

/// A policy file of this name, and a layer of it.
fn staged(name: &str, text: &str) -> (PathBuf, DoorwardLayer) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tower");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{name}.json"));
    fs::write(&file, text).unwrap();
    let door = DoorwardLayer::from_file(&file).unwrap().with_clock(|| NOW);
    (file, door)
}

/// The policy of the other tests with more at its top.
fn policy_with(name: &str, value: serde_json::Value) -> String {
    let mut policy: serde_json::Value = serde_json::from_str(&policy("reason")).unwrap();
    policy[name] = value;
    policy.to_string()
}

#[test]
fn a_policy_that_is_loaded_anew_is_in_force_for_services_that_were_made_before() {
    let without_forms = policy("reason").replace("[\"header\",\"query\",\"form\"]", "[\"header\"]");
    assert!(!without_forms.contains("form"));
    let (file, door) = staged("reload", &without_forms);
    let mut service = door.layer(service_fn(well));
    let mut post = || {
        let form = Full::<Bytes>::from(format!("access_token={}", token("svc-a", 600)));
        let request =
            Request::post("/v1/orders/7").header("content-type", "application/x-www-form-urlencoded");
        let response = service.call(request.body(form).unwrap()).now_or_never().unwrap().unwrap();
        let challenge = response.headers().get("www-authenticate").map(|line| line.to_str().unwrap().len());
        (response.status(), challenge)
    };
    assert_eq!(post().0, StatusCode::UNAUTHORIZED);
    fs::write(&file, policy("reason")).unwrap();
    assert_eq!(post().0, StatusCode::UNAUTHORIZED, "nothing changes unasked");
    door.engine().reload().unwrap();
    assert_eq!(post().0, StatusCode::OK, "forms are read from now on");
    fs::write(&file, r#"{"routes": 1}"#).unwrap();
    door.engine().reload().unwrap_err();
    assert_eq!(post().0, StatusCode::OK, "what does not load changes nothing");
    // Longer answers than there was room for before.
    let realm = "r".repeat(2000);
    fs::write(&file, without_forms.replace("\"orders\"", &format!("\"{realm}\""))).unwrap();
    door.engine().reload().unwrap();
    let (status, challenge) = post();
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(challenge.unwrap() > 2000);
}

#[test]
fn what_is_revoked_is_refused_by_the_next_decision() {
    let engine = Engine::from_text(&policy("reason"), Format::Json, None).unwrap();
    let door = DoorwardLayer::new(engine.clone()).with_clock(|| NOW);
    for _ in 0..3 {
        assert_eq!(ask(&door, order(&bearer("svc-a"))).0, StatusCode::OK);
    }
    let subject = |subject: &str| Revocation::Subject {
        issuer: "corp".to_owned(),
        subject: subject.to_owned(),
        until: None,
    };
    engine.revoke(subject("svc-a")).unwrap();
    assert_eq!(ask(&door, order(&bearer("svc-a"))).0, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&door, order(&bearer("svc-b"))).0, StatusCode::OK);
}

#[test]
fn failures_are_counted_by_the_peer_that_the_server_tells() {
    let limit = serde_json::json!({ "failures": 3, "per": "1m", "by": "peer" });
    let with_limit = policy_with("limit", limit);
    let engine = || Engine::from_text(&with_limit, Format::Json, None).unwrap();
    let here: IpAddr = "192.0.2.1".parse().unwrap();
    let there: IpAddr = "192.0.2.2".parse().unwrap();
    let own = DoorwardLayer::new(engine()).with_clock(|| NOW);
    // As axum's `ConnectInfo` does, by a type of its own.
    let other = DoorwardLayer::new(engine())
        .with_clock(|| NOW)
        .with_peer(|extensions| extensions.get::<SocketAddr>().map(SocketAddr::ip));
    for (door, kind) in [(&own, "own"), (&other, "other")] {
        let from = |address: IpAddr, line: &str| {
            let mut request = order(line);
            if kind == "own" {
                request.extensions_mut().insert(Peer(address));
            } else {
                request.extensions_mut().insert(SocketAddr::new(address, 4711));
            }
            ask(door, request)
        };
        let forged = |number: u32| format!("{}{number}", bearer("svc-a"));
        for number in 0..3 {
            assert_eq!(from(here, &forged(number)).0, StatusCode::UNAUTHORIZED, "{kind}");
        }
        let (status, wait) = from(here, &forged(3));
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "{kind}");
        assert!((1..=60).contains(&wait.unwrap()), "{kind}: {wait:?}");
        assert_eq!(from(there, &forged(4)).0, StatusCode::UNAUTHORIZED, "{kind}");
    }
    // Without an address nobody pays for anybody.
    let nobody = DoorwardLayer::new(engine()).with_clock(|| NOW);
    for number in 0..9 {
        assert_eq!(ask(&nobody, order(&format!("Bearer no.token.{number}"))).0, StatusCode::UNAUTHORIZED);
    }
}

#[test]
fn keys_that_never_came_are_503_and_say_when_to_ask_again() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/jwks", listener.local_addr().unwrap());
    drop(listener);
    let text = policy("reason").replace("\"HS256\"]", "\"ES256\"]");
    let mut text: serde_json::Value = serde_json::from_str(&text).unwrap();
    text["issuers"]["corp"]["keys"] = serde_json::json!({ "url": url });
    // Not started: whether an attempt was made already must make no difference.
    let engine = Engine::load_text(&text.to_string(), Format::Json, None).unwrap();
    let door = DoorwardLayer::new(engine);
    let header = "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImEifQ";
    let claims = bearer("svc-a");
    let line = format!("Bearer {header}.{}.{}", claims.split('.').nth(1).unwrap(), "A".repeat(86));
    let (status, wait) = ask(&door, order(&line));
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(wait.unwrap() >= 1);
}
