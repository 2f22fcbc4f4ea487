//! josekit, over OpenSSL.

use super::Peer;
use crate::policy::{AUDIENCE, ISSUER};
use crate::suite::Suite;
use doorward_core::key::Algorithm;
use josekit::jwk::Jwk;
use josekit::jws::{ES256, ES384, EdDSA, HS256, HS384, HS512, JwsVerifier, PS256, RS256};
use josekit::jwt::{self, JwtPayloadValidator};

pub(super) fn peer(suite: &Suite) -> Option<Peer> {
    let jwk = Jwk::from_bytes(suite.jwk()).ok()?;
    let verifier: Box<dyn JwsVerifier> = match suite.algorithm {
        Algorithm::RS256 => Box::new(RS256.verifier_from_jwk(&jwk).ok()?),
        Algorithm::PS256 => Box::new(PS256.verifier_from_jwk(&jwk).ok()?),
        Algorithm::ES256 => Box::new(ES256.verifier_from_jwk(&jwk).ok()?),
        Algorithm::ES384 => Box::new(ES384.verifier_from_jwk(&jwk).ok()?),
        Algorithm::Ed25519 => Box::new(EdDSA.verifier_from_jwk(&jwk).ok()?),
        Algorithm::HS256 => Box::new(HS256.verifier_from_jwk(&jwk).ok()?),
        Algorithm::HS384 => Box::new(HS384.verifier_from_jwk(&jwk).ok()?),
        Algorithm::HS512 => Box::new(HS512.verifier_from_jwk(&jwk).ok()?),
        _ => return None,
    };
    let mut validator = JwtPayloadValidator::new();
    validator.set_issuer(ISSUER);
    validator.set_audience(AUDIENCE);
    let accepts = move |token: &str| {
        jwt::decode_with_verifier(token, &*verifier)
            .is_ok_and(|(payload, _)| validator.validate(&payload).is_ok() && payload.subject().is_some())
    };
    Some(Peer { name: "josekit 0.10 (OpenSSL)", accepts: Box::new(accepts) })
}
