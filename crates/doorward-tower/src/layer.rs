//! The layer: an engine, a clock and how paths are treated, shared by every service that it makes.

use crate::peer::{self, FindPeer};
use crate::pool::Pool;
use crate::service::Doorward;
use core::net::IpAddr;
use doorward::error::LoadErrors;
use doorward::{Engine, Fields, UnixTime};
use http::{Extensions, HeaderName};
use std::path::Path;
use std::sync::Arc;
use tower_layer::Layer;

/// Lets requests in to the services that it wraps, or answers in their place.
///
/// Cloning is cheap, and clones share everything.
#[derive(Clone)]
pub struct DoorwardLayer {
    shared: Arc<Shared>,
}

/// What all services of a layer share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    /// The names of the fields that an engine may look at: of all of them, since those that it does look at may change when it
    /// is loaded anew.
    pub(crate) names: Box<[HeaderName]>,
    pub(crate) clock: fn() -> UnixTime,
    pub(crate) before_routing: bool,
    /// Whether requests of callers that could not be told are passed on without their credentials.
    pub(crate) passes_on: bool,
    /// The limit on forms, where it is not the engine's own, which may change as well.
    pub(crate) form_limit: Option<usize>,
    pub(crate) peer: FindPeer,
    pub(crate) pool: Pool,
}

impl DoorwardLayer {
    /// A layer that decides by this engine, with the system's clock.
    ///
    /// The engine goes on in the caller's hands too, since its clones are one engine: [`Engine::reload`] on any of them is in
    /// force here from the next request on, [`Engine::status`] tells what is trusted.
    ///
    /// # Panics
    ///
    /// If some policy could look at a field that has no valid name in lower case. None can.
    #[must_use]
    pub fn new(engine: Engine) -> Self {
        Self {
            shared: Arc::new(Shared {
                names: names(Fields::ALL.iter()),
                clock: doorward::now,
                before_routing: false,
                passes_on: false,
                form_limit: None,
                peer: peer::told,
                pool: Pool::default(),
                engine,
            }),
        }
    }

    /// A layer that decides by a policy file.
    ///
    /// # Errors
    ///
    /// Every fault that [`Engine::from_file`] finds.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, LoadErrors> {
        Engine::from_file(path).map(Self::new)
    }

    /// The same with another clock, for tests and for hosts that keep their own time.
    #[must_use]
    pub fn with_clock(self, clock: fn() -> UnixTime) -> Self {
        self.with(|shared| shared.clock = clock)
    }

    /// Says that this layer stands before whatever routes, so that a path can still be rewritten: a request whose path is
    /// not written in its normal form is then sent on with the normal form, instead of being refused as `path_ambiguous`.
    ///
    /// This holds around a whole service of hyper or tonic, and around a whole router of axum
    /// (`Router::new().fallback_service(door.layer(router))`). It does **not** hold for `axum::Router::layer`, which runs once a route was chosen by the
    /// path as it came: with this setting, a caller could have one path judged and another one served there. Inside a nest
    /// of axum it changes nothing: its prefix is stripped by then, so that a path can only be refused.
    #[must_use]
    pub fn before_routing(self) -> Self {
        self.with(|shared| shared.before_routing = true)
    }

    /// Says that this layer is a gateway's, and that an application behind it judges again: a request that would be answered 401
    /// is passed on **without its credential**, with a marker in `x-doorward-trace` that says why (see
    /// [`Engine::trace_marker`]), instead of being refused. Lines of that field that come in are removed from every request.
    ///
    /// Only for a service that has a Doorward of its own, or treats everybody as a stranger: it gets requests that nobody was let
    /// in for. Handlers that extract a [`Caller`](crate::Caller), even an optional one, fail there. What is refused for anything but the
    /// caller's identity is refused as ever, and so is a request with a credential in its query or in a form.
    #[must_use]
    pub fn pass_unauthenticated_on(self) -> Self {
        self.with(|shared| shared.passes_on = true)
    }

    /// The same with another limit on the forms that are read ahead for their token, in bytes. A longer form is refused
    /// with 413. The default is [`Engine::form_limit`].
    ///
    /// No other body is touched, and none at all unless the policy takes tokens from forms.
    #[must_use]
    pub fn with_form_limit(self, bytes: usize) -> Self {
        self.with(|shared| shared.form_limit = Some(bytes))
    }

    /// The same with another way to learn the address of the connection's other end, which a policy's `limit` counts failed
    /// attempts by. The default looks for a [`Peer`](crate::Peer); without an address nobody's attempts are counted by it.
    ///
    /// axum tells it as `ConnectInfo` where the server was started with `into_make_service_with_connect_info`:
    ///
    /// ```
    /// # use axum::extract::ConnectInfo;
    /// # use core::net::SocketAddr;
    /// # use doorward_tower::DoorwardLayer;
    /// # fn layer(door: DoorwardLayer) -> DoorwardLayer {
    /// door.with_peer(|extensions| extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip()))
    /// # }
    /// ```
    ///
    /// It must be the address of the *connection*: what a proxy says in a header field is read by the engine, and believed only
    /// of the policy's `trusted_proxies`.
    #[must_use]
    pub fn with_peer(self, find: fn(&Extensions) -> Option<IpAddr>) -> Self {
        self.with(|shared| shared.peer = find)
    }

    /// The engine that decides.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.shared.engine
    }

    fn with(mut self, change: impl FnOnce(&mut Shared)) -> Self {
        change(Arc::make_mut(&mut self.shared));
        self
    }
}

/// The names to look up in a header map. None may be left out, or a credential could go unseen: rather no layer is made.
fn names(fields: impl Iterator<Item = &'static str>) -> Box<[HeaderName]> {
    fields.map(HeaderName::from_static).collect()
}

impl Shared {
    /// The longest form that is read ahead.
    pub(crate) fn form_limit(&self) -> usize {
        self.form_limit.unwrap_or_else(|| self.engine.form_limit())
    }
}

impl<S> Layer<S> for DoorwardLayer {
    type Service = Doorward<S>;

    fn layer(&self, inner: S) -> Doorward<S> {
        Doorward::new(inner, Arc::clone(&self.shared))
    }
}

impl core::fmt::Debug for DoorwardLayer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.shared.fmt(f)
    }
}

impl core::fmt::Debug for Shared {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("DoorwardLayer")
            .field("issuers", &self.engine.issuers())
            .field("routes", &self.engine.routes())
            .field("before_routing", &self.before_routing)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_an_engine_is_looked_up() {
        assert!(Fields::ALL.iter().eq(names(Fields::ALL.iter()).iter().map(HeaderName::as_str)));
    }

    #[test]
    #[should_panic = "invalid bytes"]
    fn no_layer_is_made_that_would_not_see_a_field() {
        names(["authorization", "no name"].into_iter());
    }
}
