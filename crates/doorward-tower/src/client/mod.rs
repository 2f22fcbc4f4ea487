//! The caller's side: attaches a credential to requests, and recovers where one is refused.
//!
//! [`Credentials`] hold a credential, know where to get the next one, and may be shared by any number of clients. Around a
//! client of tower goes a [`RecoverLayer`], into one of reqwest-middleware a `RecoverMiddleware` (feature `reqwest`):
//!
//! ```
//! use doorward::caller::CallerOptions;
//! use doorward::source::Source;
//! use doorward_tower::client::{Credentials, RecoverLayer};
//! use http_body_util::Full;
//! use hyper_util::{client::legacy::Client, rt::TokioExecutor};
//! use tower::{Layer, ServiceExt};
//! # async fn ask() -> Result<(), Box<dyn std::error::Error>> {
//!
//! let source = Source::from_json(&serde_json::json!({ "file": "/run/secrets/orders-token" }))?;
//! let origins = vec!["https://api.example".to_owned()];
//! let credentials = Credentials::new(source, CallerOptions { origins, ..CallerOptions::default() })?;
//! let client = RecoverLayer::new(credentials).layer(Client::builder(TokioExecutor::new()).build_http());
//!
//! let request = http::Request::get("https://api.example/v1/orders/7").body(Full::<bytes::Bytes>::default())?;
//! let answer = client.oneshot(request).await?;
//! # let _ = answer;
//! # Ok(())
//! # }
//! ```
//!
//! # What happens to a request
//!
//! * It gets the credential that is there; if there is none yet, one is got first. A hundred requests that find none, or are
//!   refused with the same one, wait for one refresh. Nothing of this blocks the executor: a [`Source`](doorward::source::Source) works on a thread for
//!   blocking work, and [`Credentials::from_async`] takes an asynchronous function in its place.
//! * An answer that refuses it is diagnosed, and the request is sent again only if something changed: another credential, or
//!   a wait that the answer asked for. After a few attempts in vain the first answer is given back, as if nothing had been
//!   tried.
//! * Its body is sent again only if all of it lies in memory; what is streamed is sent once. So a request whose body is a
//!   stream gets its 401, while the credential is refreshed for the next one.
//! * It is left alone where it has an `Authorization` field of its own, and not sent at all to an origin that the credential is
//!   not for.
//!
//! A source must not ask through the client that waits for it: that request fails at once, and so does what waits. A source that
//! does not end within a minute has brought nothing.
//!
//! Every response carries a [`Trail`] among its extensions: how often the request was sent, and what each refusal meant.
//! What looks like an attack is told to [`Credentials::on_report`] even where the recovery succeeded.
//!
//! A token that is bound to a key needs a proof with each request: [`Credentials::with_proof`] takes the function that makes it.
//!
//! This needs a runtime of tokio with its timer on.

mod body;
mod chain;
mod credentials;
mod exchange;
mod fault;
mod layer;
#[cfg(feature = "reqwest")]
mod middleware;
mod proof;
mod service;
mod trail;

pub use body::ReadAhead;
pub use credentials::Credentials;
pub use fault::{ClientError, NotSent};
pub use layer::RecoverLayer;
#[cfg(feature = "reqwest")]
pub use middleware::RecoverMiddleware;
pub use proof::ProofOf;
pub use service::{Recover, ResponseFuture};
pub use trail::Trail;
