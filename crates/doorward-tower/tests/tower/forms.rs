//! Forms that are read ahead: in pieces, with trailers, broken off; and bodies that are left alone.

use crate::support::{door, token};
use bytes::Bytes;
use core::convert::Infallible;
use core::pin::Pin;
use core::task::{Context, Poll};
use doorward_tower::{Caller, RequestBody};
use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use tower::{Layer, ServiceExt, service_fn};

/// A body of these frames, which counts how many were taken.
struct Pieces {
    frames: Vec<Result<Frame<Bytes>, &'static str>>,
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        let frame = if self.frames.is_empty() { None } else { Some(self.frames.remove(0)) };
        Poll::Ready(frame)
    }
}

fn pieces(parts: &[&str]) -> Vec<Result<Frame<Bytes>, &'static str>> {
    parts.iter().map(|part| Ok(Frame::data(Bytes::copy_from_slice(part.as_bytes())))).collect()
}

/// Sends a POST and gives back the status, the caller, and the body and trailers that the service saw.
fn post(content_type: &str, frames: Vec<Result<Frame<Bytes>, &'static str>>) -> (StatusCode, String) {
    let echo = service_fn(|request: Request<RequestBody<Pieces>>| async move {
        let (parts, body) = request.into_parts();
        let subject =
            parts.extensions.get::<Caller>().map_or("nobody".to_owned(), |c| c.subject().to_owned());
        let known = body.size_hint().exact();
        let seen = body.collect().await.map(|all| {
            let trailers = all.trailers().map(|trailers| trailers.len());
            format!("{} {trailers:?}", String::from_utf8_lossy(&all.to_bytes()))
        });
        let text = format!("{subject} {} {}", known.is_some(), seen.unwrap_or_else(str::to_owned));
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::from(text)))
    });
    let request = Request::post("/open/x").header("content-type", content_type);
    let request = request.body(Pieces { frames }).unwrap();
    let response = door().with_form_limit(1000).layer(echo).oneshot(request).now_or_never().unwrap().unwrap();
    let status = response.status();
    let body = response.into_body().collect().now_or_never().unwrap().unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

const FORM: &str = "Application/X-WWW-Form-Urlencoded ; charset=utf-8";

#[test]
fn a_form_in_pieces_comes_out_whole_with_its_trailers() {
    let mut frames = pieces(&["a=1", "&b=", "2"]);
    let trailers = HeaderMap::from_iter([(http::header::ETAG, HeaderValue::from_static("x"))]);
    frames.push(Ok(Frame::trailers(trailers)));
    assert_eq!(post(FORM, frames), (StatusCode::OK, "nobody true a=1&b=2 Some(1)".to_owned()));
    assert_eq!(post(FORM, Vec::new()), (StatusCode::OK, "nobody true  None".to_owned()));
}

#[test]
fn a_form_that_breaks_off_is_never_judged() {
    let mut frames = pieces(&["a=1"]);
    frames.push(Err("the connection was reset"));
    let (status, text) = post(FORM, frames);
    assert_eq!(
        (status, text.as_str()),
        (StatusCode::BAD_REQUEST, r#"{"status":400,"outcome":"bad_request"}"#)
    );
}

#[test]
fn the_limit_is_exact_over_all_pieces() {
    let (half, more) = ("x".repeat(500), "x".repeat(501));
    assert_eq!(post(FORM, pieces(&[&half, &half])).0, StatusCode::OK);
    assert_eq!(post(FORM, pieces(&[&half, &more])).0, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(post(FORM, pieces(&["", &"x".repeat(1001)])).0, StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn what_is_no_form_is_not_read() {
    let mut frames = pieces(&["a=1"]);
    frames.push(Err("the connection was reset"));
    let (status, text) = post("application/json", frames);
    // The error is the service's to meet.
    assert_eq!((status, text.as_str()), (StatusCode::OK, "nobody false the connection was reset"));
    assert_eq!(post("application/json", pieces(&[&"x".repeat(5000)])).0, StatusCode::OK);
}

#[test]
fn a_token_cut_by_pieces_is_still_one() {
    let form = format!("access_token={}", token("svc-f", 600));
    let request = |frames| {
        let request = Request::post("/v1/orders/7").header("content-type", FORM);
        request.body(Pieces { frames }).unwrap()
    };
    let (first, second) = form.split_at(40);
    let name = service_fn(|request: Request<RequestBody<Pieces>>| async move {
        let subject = request.extensions().get::<Caller>().unwrap().subject().to_owned();
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::from(subject)))
    });
    let response =
        door().layer(name).oneshot(request(pieces(&[first, second]))).now_or_never().unwrap().unwrap();
    let body = response.into_body().collect().now_or_never().unwrap().unwrap().to_bytes();
    assert_eq!(body, "svc-f");
}
