//! The caller as an extractor of axum. Where there is none, and there should be, nobody gets through.

use crate::caller::{Anyone, Caller};
use crate::refusal::{Refused, body_without_reason};
use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use core::fmt;
use doorward::Outcome;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderValue, StatusCode};

/// Why a handler got no [`Caller`]. Either is a mistake of whoever set the service up, and answered with 500.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CallerRejection {
    /// No [`DoorwardLayer`](crate::DoorwardLayer) has judged the request.
    LayerMissing,
    /// The policy lets anyone use this route, but its handler wants to know who. `Option<Caller>` takes both.
    RouteForAnyone,
}

impl fmt::Display for CallerRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LayerMissing => "expected a request that a DoorwardLayer has judged, found none",
            Self::RouteForAnyone => "expected a route that takes a credential, found one for anyone",
        })
    }
}

impl core::error::Error for CallerRejection {}

impl IntoResponse for CallerRejection {
    /// 500, and nothing about the reason: it is for whoever operates the service, who finds this value among the extensions
    /// of the response.
    fn into_response(self) -> Response {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        let refused = Refused::without_reason(Outcome::Unavailable, status.as_u16());
        let mut response = Response::new(body_without_reason(&refused).into());
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response.extensions_mut().insert(refused);
        response.extensions_mut().insert(self);
        response
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = CallerRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, CallerRejection> {
        known(parts)?.ok_or(CallerRejection::RouteForAnyone)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Caller {
    type Rejection = CallerRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, CallerRejection> {
        known(parts)
    }
}

/// The caller, if there is one; an error where nobody has judged.
fn known(parts: &Parts) -> Result<Option<Caller>, CallerRejection> {
    match parts.extensions.get::<Caller>() {
        Some(caller) => Ok(Some(caller.clone())),
        None if parts.extensions.get::<Anyone>().is_some() => Ok(None),
        None => Err(CallerRejection::LayerMissing),
    }
}
