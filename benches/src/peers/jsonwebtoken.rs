//! jsonwebtoken with each of its backends.

use super::Peer;
use crate::policy::{AUDIENCE, ISSUER};
use crate::signer::Public;
use crate::suite::Suite;
use crate::token::base64url;
use doorward_core::key::Algorithm;

/// The least that a service wants to know. It must be `Clone`, as `decode` asks for it in some versions.
#[derive(Clone, serde::Deserialize)]
struct Claims {
    sub: String,
}

macro_rules! backend {
    ($function:ident, $library:ident, $name:literal) => {
        pub(super) fn $function(suite: &Suite) -> Option<Peer> {
            use $library::{Algorithm as Theirs, DecodingKey, Validation, decode};
            let algorithm = match suite.algorithm {
                Algorithm::HS256 => Theirs::HS256,
                Algorithm::HS384 => Theirs::HS384,
                Algorithm::HS512 => Theirs::HS512,
                Algorithm::RS256 => Theirs::RS256,
                Algorithm::PS256 => Theirs::PS256,
                Algorithm::ES256 => Theirs::ES256,
                Algorithm::ES384 => Theirs::ES384,
                Algorithm::Ed25519 => Theirs::EdDSA,
                _ => return None,
            };
            let key = match &suite.public {
                Public::Rsa { n, e } => DecodingKey::from_rsa_raw_components(n, e),
                Public::Ec { x, y, .. } => {
                    DecodingKey::from_ec_components(&base64url(x), &base64url(y)).ok()?
                }
                Public::Ed25519(x) => DecodingKey::from_ed_components(&base64url(x)).ok()?,
                Public::Secret(k) => DecodingKey::from_secret(k),
            };
            let mut validation = Validation::new(algorithm);
            validation.set_audience(&[AUDIENCE]);
            validation.set_issuer(&[ISSUER]);
            let accepts = move |token: &str| {
                decode::<Claims>(token, &key, &validation).is_ok_and(|token| !token.claims.sub.is_empty())
            };
            Some(Peer { name: $name, accepts: Box::new(accepts) })
        }
    };
}

backend!(aws_lc, jsonwebtoken_aws_lc, "jsonwebtoken 11.1 (aws-lc)");
backend!(rust_crypto, jsonwebtoken_rust_crypto, "jsonwebtoken 10.4 (rust_crypto)");
