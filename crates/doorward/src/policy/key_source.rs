//! Where an issuer's keys come from.

use super::model::Located;
use crate::error::Position;
use core::fmt;

/// Where an issuer's keys come from.
#[derive(Clone, PartialEq)]
pub enum KeySource {
    /// A JWK Set or JWK in a file.
    File {
        /// The path as the policy gives it.
        path: String,
        /// Where the policy gives it.
        at: Position,
    },
    /// A JWK Set or JWK in the policy itself.
    Inline {
        /// It as JSON text. This may be a secret.
        json: String,
        /// Where it begins.
        at: Position,
    },
    /// A JWK Set at a URL; for [`Profile::JwtSvid`](super::model::Profile::JwtSvid) a SPIFFE bundle endpoint.
    Url {
        /// The URL: https, or http on a loopback host; without user, password and fragment. Its query may be a secret.
        url: String,
        /// A file of the certificates (PEM) that its server is known by, instead of those of the public authorities.
        ca: Option<Located<String>>,
        /// Where the policy gives the URL.
        at: Position,
    },
    /// The JWK Set that the issuer's own metadata names (OpenID Connect Discovery, [RFC 8414]).
    ///
    /// The issuer's identifier, always there then, is a URL as for [`KeySource::Url`], and without query.
    ///
    /// [RFC 8414]: https://www.rfc-editor.org/rfc/rfc8414
    Discovery {
        /// As for [`KeySource::Url`].
        ca: Option<Located<String>>,
        /// Where the policy asks for it.
        at: Position,
    },
}

impl KeySource {
    /// Whether the keys are fetched, and so have a time after which they are stale.
    #[must_use]
    pub const fn is_fetched(&self) -> bool {
        matches!(self, Self::Url { .. } | Self::Discovery { .. })
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, at } => f.debug_struct("File").field("path", path).field("at", at).finish(),
            Self::Inline { at, .. } => f.debug_struct("Inline").field("at", at).finish_non_exhaustive(),
            Self::Url { url, ca, at } => {
                let shown = url.split('?').next().unwrap_or_default();
                f.debug_struct("Url").field("url", &shown).field("ca", ca).field("at", at).finish()
            }
            Self::Discovery { ca, at } => {
                f.debug_struct("Discovery").field("ca", ca).field("at", at).finish()
            }
        }
    }
}
