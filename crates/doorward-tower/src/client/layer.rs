//! The layer: credentials around the clients that it wraps.

use super::credentials::Credentials;
use super::service::Recover;
use tower_layer::Layer;

/// Attaches a credential to the requests of the clients that it wraps, and recovers where one is refused.
#[derive(Clone, Debug)]
pub struct RecoverLayer {
    credentials: Credentials,
}

impl RecoverLayer {
    /// A layer with these credentials, which it shares with whoever else has them.
    #[must_use]
    pub const fn new(credentials: Credentials) -> Self {
        Self { credentials }
    }

    /// The credentials.
    #[must_use]
    pub const fn credentials(&self) -> &Credentials {
        &self.credentials
    }
}

impl<S> Layer<S> for RecoverLayer {
    type Service = Recover<S>;

    fn layer(&self, inner: S) -> Recover<S> {
        Recover::new(inner, self.credentials.clone())
    }
}
