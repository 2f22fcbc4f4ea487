//! A tower layer over the façade: it lets a request in, or answers with the status, the challenge and the cure.
//!
//! Services of axum, hyper and tonic get the same decision as every other host of Doorward, from the same policy file:
//!
//! ```
//! use axum::{Router, routing::get};
//! use doorward_tower::{Caller, DoorwardLayer};
//! # const POLICY: &str = "[[routes]]\npath = '/healthz'\naccept = 'anyone'\n";
//! # let file = std::env::temp_dir().join(format!("doorward-tower-{}.toml", std::process::id()));
//! # std::fs::write(&file, POLICY)?;
//!
//! async fn order(caller: Caller) -> String {
//!     format!("for {} of {}", caller.subject(), caller.issuer())
//! }
//!
//! # let orders_toml = &file;
//! let door = DoorwardLayer::from_file(orders_toml)?; // "orders.toml"
//! let app: Router = Router::new()
//!     .route("/healthz", get(|| async { "well" }))
//!     .route("/v1/orders/{id}", get(order))
//!     .layer(door);
//! # let _ = app;
//! # std::fs::remove_file(&file)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a service gets to see
//!
//! * On a request that is let in with a credential, the [`Caller`] is among the request's extensions: axum takes it as an
//!   extractor, hyper and tonic as `request.extensions().get::<Caller>()`. It is never there for anybody else.
//! * The path that was judged, and no other. A request whose path is not written in its normal form (`/v1/./orders`,
//!   `/%761`) is refused as `path_ambiguous`, since a service could read it in another way than the policy does. A layer
//!   that stands *before* whatever routes may send the normal form on instead: [`DoorwardLayer::before_routing`]. axum's
//!   `Router::layer` stands behind the router.
//! * Inside a nest of axum (`Router::nest`, `Router::nest_service`), what is left of the path; but what is judged is the
//!   whole path that the caller sent, which axum keeps as `OriginalUri`. So policies say `/admin/users`, wherever the layer
//!   stands. A path that is not written in its normal form, or does not end with the path that is served because something
//!   rewrote it in between, is refused as `path_ambiguous`. This takes the feature `axum` (on by default) and axum 0.8;
//!   whatever else strips a prefix before the layer has only the rest judged, and belongs behind it.
//! * The header fields and the body as they came. Only where a policy takes tokens from forms is a form read ahead, up to
//!   [`DoorwardLayer::with_form_limit`], and then replayed; so the inner service takes a [`RequestBody`].
//!
//! # What a refused caller gets
//!
//! Status and fields of the decision, and a body of JSON with `status` and `outcome`, and where the policy discloses reasons,
//! `reason` and `recovery`. Calls of gRPC (a POST over HTTP/2 with a content type of `application/grpc`) get what their
//! clients look at: status 200, `grpc-status`, the same fields, and the reason's code as `grpc-message` where the policy
//! discloses it.
//!
//! | outcome | HTTP | gRPC |
//! |---|---|---|
//! | `unauthenticated` | 401 | 16 `UNAUTHENTICATED` |
//! | `forbidden` | 403 | 7 `PERMISSION_DENIED` |
//! | `forbidden`, where the policy hides that there is something | 404 | 12 `UNIMPLEMENTED` |
//! | `bad_request` | 400 | 3 `INVALID_ARGUMENT` |
//! | `throttled` | 429 | 8 `RESOURCE_EXHAUSTED` |
//! | `unavailable` | 503 | 14 `UNAVAILABLE` |
//!
//! A 429 and a 503 say in `Retry-After` when to ask again, as does a 401 whose key is being fetched.
//!
//! # Who failed too often
//!
//! A policy with a `limit` counts failed attempts by the caller's address, which is that of the connection:
//! [`DoorwardLayer::with_peer`] says where the server tells it, for axum in one line. Behind a proxy the policy's
//! `trusted_proxies` names that proxy, and what it says in `X-Forwarded-For` counts instead.
//!
//! # Policies and keys that change
//!
//! [`Engine::reload`](doorward::Engine::reload) on the layer's engine, or on any clone of it, is in force from the next request
//! on, for every service that the layer has made; requests under way end by the policy that they began with.
//!
//! The response carries a [`Refused`] among its extensions, for whatever logs or counts outside of this layer.
//!
//! # The caller's side
//!
//! The module `client` (feature `client`) is a layer for the other end of the wire: it attaches a credential to the requests of
//! any tower client of HTTP, such as hyper-util's, says what a refusal means, and recovers from it. The feature `reqwest` adds
//! the same as a middleware of reqwest-middleware.
#![forbid(unsafe_code)]

mod caller;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "axum")]
mod extractor;
mod future;
mod grpc;
mod judge;
mod layer;
mod nest;
mod peer;
mod pool;
mod refusal;
mod request_body;
mod response_body;
mod service;

pub use caller::Caller;
#[cfg(feature = "axum")]
pub use extractor::CallerRejection;
pub use future::ResponseFuture;
pub use layer::DoorwardLayer;
pub use peer::Peer;
pub use refusal::Refused;
pub use request_body::RequestBody;
pub use response_body::ResponseBody;
pub use service::Doorward;
