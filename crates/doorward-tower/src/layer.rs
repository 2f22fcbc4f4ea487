//! The layer: an engine, a clock and how paths are treated, shared by every service that it makes.

use crate::pool::Pool;
use crate::service::Doorward;
use doorward::error::LoadErrors;
use doorward::{Engine, UnixTime};
use http::HeaderName;
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
    pub(crate) engine: Arc<Engine>,
    /// The names of the fields that the engine looks at.
    pub(crate) names: Box<[HeaderName]>,
    pub(crate) clock: fn() -> UnixTime,
    pub(crate) before_routing: bool,
    pub(crate) form_limit: usize,
    pub(crate) pool: Pool,
}

impl DoorwardLayer {
    /// A layer that decides by this engine, with the system's clock.
    ///
    /// # Panics
    ///
    /// If the engine looks at a field that has no valid name in lower case. None does.
    #[must_use]
    pub fn new(engine: Arc<Engine>) -> Self {
        let form_limit = engine.form_limit();
        Self {
            shared: Arc::new(Shared {
                names: names(engine.fields()),
                clock: doorward::now,
                before_routing: false,
                form_limit,
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
        Engine::from_file(path).map(|engine| Self::new(Arc::new(engine)))
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

    /// The same with another limit on the forms that are read ahead for their token, in bytes. A longer form is refused
    /// with 413. The default is [`Engine::form_limit`].
    ///
    /// No other body is touched, and none at all unless the policy takes tokens from forms.
    #[must_use]
    pub fn with_form_limit(self, bytes: usize) -> Self {
        self.with(|shared| shared.form_limit = bytes)
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
fn names(fields: &[&'static str]) -> Box<[HeaderName]> {
    fields.iter().copied().map(HeaderName::from_static).collect()
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
        assert_eq!(*names(&["authorization", "content-type"]), ["authorization", "content-type"]);
    }

    #[test]
    #[should_panic = "invalid bytes"]
    fn no_layer_is_made_that_would_not_see_a_field() {
        names(&["authorization", "no name"]);
    }
}
