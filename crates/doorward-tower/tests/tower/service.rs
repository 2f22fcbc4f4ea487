//! The contract of tower: who is made ready is called, and what an outer layer left behind does not count.

use crate::support::{bearer, door, token};
use bytes::Bytes;
use core::convert::Infallible;
use core::future::{Ready, ready};
use core::task::{Context, Poll};
use doorward::Reason;
use doorward_tower::{Caller, Refused, RequestBody};
use futures_util::FutureExt;
use http::{Method, Request, Response, StatusCode, Version};
use http_body::Body as _;
use http_body_util::Full;
use tower::{Layer, Service, ServiceExt, service_fn};

/// Panics when it is called without having been made ready; a clone has to be made ready anew.
struct Strict {
    ready: bool,
}

impl Clone for Strict {
    fn clone(&self) -> Self {
        Self { ready: false }
    }
}

impl<B> Service<Request<B>> for Strict {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<B>) -> Self::Future {
        assert!(core::mem::take(&mut self.ready), "called without being ready");
        ready(Ok(Response::default()))
    }
}

#[test]
fn the_service_that_was_made_ready_is_the_one_that_is_called() {
    let mut service = door().layer(Strict { ready: false });
    for _ in 0..3 {
        let plain = Request::get("/healthz").body(Full::<Bytes>::default()).unwrap();
        let form = Request::post("/open/x").header("content-type", "application/x-www-form-urlencoded");
        let form = form.body(Full::<Bytes>::from("a=1")).unwrap();
        for request in [plain, form] {
            let response = ServiceExt::<Request<Full<Bytes>>>::ready(&mut service)
                .now_or_never()
                .unwrap()
                .unwrap()
                .call(request);
            assert_eq!(response.now_or_never().unwrap().unwrap().status(), StatusCode::OK);
        }
    }
}

#[test]
fn a_refusal_tells_outer_layers_why() {
    let mut service = door().layer(Strict { ready: false });
    let line = format!("Bearer {}", token("svc-a", -600));
    let request = Request::get("/v1/secret").header("authorization", line);
    let request = request.body(Full::<Bytes>::default()).unwrap();
    let response = service.call(request).now_or_never().unwrap().unwrap();
    let refused = response.extensions().get::<Refused>().unwrap();
    assert_eq!(refused.reason, Some(Reason::RouteUnmatched));
    assert_eq!(refused.true_reason(), Some(Reason::TokenExpired));
}

#[test]
fn the_caller_of_an_outer_layer_is_not_the_caller_of_an_inner_one() {
    let seen = service_fn(|request: Request<RequestBody<RequestBody<Full<Bytes>>>>| async move {
        let known = request.extensions().get::<Caller>().is_some();
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::from(known.to_string())))
    });
    let engine = doorward::Engine::from_text(
        "[[routes]]\npath = '/{*rest}'\naccept = 'anyone'\n",
        doorward::Format::Toml,
        None,
    );
    let open = doorward_tower::DoorwardLayer::new(engine.unwrap());
    let request = || {
        let request = Request::get("/v1/orders/7").header("authorization", bearer("svc-a"));
        request.body(Full::<Bytes>::default()).unwrap()
    };
    let mut inner_is_open = door().layer(open.layer(seen));
    let mut inner_is_ours = open.layer(door().layer(seen));
    for (service_says, response) in [
        ("false", inner_is_open.call(request()).now_or_never().unwrap().unwrap()),
        ("true", inner_is_ours.call(request()).now_or_never().unwrap().unwrap()),
    ] {
        let body = http_body_util::BodyExt::collect(response.into_body()).now_or_never().unwrap().unwrap();
        assert_eq!(body.to_bytes(), service_says);
    }
}

#[test]
fn a_request_without_a_path_is_refused() {
    let mut service = door().layer(Strict { ready: false });
    let request = Request::connect("api.example:443").body(Full::<Bytes>::default()).unwrap();
    let response = service.call(request).now_or_never().unwrap().unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
}

#[test]
fn callers_and_layers_do_not_print_what_is_personal() {
    let show = service_fn(|request: Request<RequestBody<Full<Bytes>>>| async move {
        let text = format!("{:?}", request.extensions().get::<Caller>().unwrap());
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::from(text)))
    });
    let request = Request::get("/v1/orders/7").header("authorization", bearer("svc-a"));
    let request = request.body(Full::<Bytes>::default()).unwrap();
    let response = door().layer(show).oneshot(request).now_or_never().unwrap().unwrap();
    let body = http_body_util::BodyExt::collect(response.into_body()).now_or_never().unwrap().unwrap();
    assert_eq!(body.to_bytes(), r#"Caller { issuer: "https://idp.example", .. }"#);
    assert!(format!("{:?}", door()).starts_with("DoorwardLayer { issuers: 1, routes: 8"));
}

#[test]
fn a_refused_head_has_no_body_of_its_own() {
    let mut service = door().layer(Strict { ready: false });
    let mut lengths = Vec::new();
    for method in [Method::HEAD, Method::GET] {
        let request = Request::builder().method(method).uri("/v1/orders/7");
        let request = request.body(Full::<Bytes>::default()).unwrap();
        let response = service.call(request).now_or_never().unwrap().unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        let said = response.headers().get("content-length").map(|length| length.to_str().unwrap().to_owned());
        lengths.push((said, response.into_body().size_hint().exact().unwrap()));
    }
    assert_eq!(lengths, [(Some(lengths[1].1.to_string()), 0), (None, lengths[1].1)]);
}

#[test]
fn http_1_has_no_grpc() {
    let mut service = door().layer(Strict { ready: false });
    for (version, status) in [(Version::HTTP_11, 401), (Version::HTTP_2, 200)] {
        let request =
            Request::post("/v1/orders/7").version(version).header("content-type", "application/grpc");
        let request = request.body(Full::<Bytes>::default()).unwrap();
        let response = service.call(request).now_or_never().unwrap().unwrap();
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(response.into_body().is_end_stream(), status == 200);
    }
}
