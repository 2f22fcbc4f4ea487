//! jwt-simple.

use super::Peer;
use crate::policy::{AUDIENCE, ISSUER};
use crate::signer::Public;
use crate::suite::Suite;
use doorward_core::key::Algorithm;
use jwt_simple::prelude::{
    ECDSAP256PublicKeyLike as _, ECDSAP384PublicKeyLike as _, ES256PublicKey, ES384PublicKey,
    Ed25519PublicKey, EdDSAPublicKeyLike as _, HS256Key, HS384Key, HS512Key, MACLike as _, NoCustomClaims,
    PS256PublicKey, RS256PublicKey, RSAPublicKeyLike as _, VerificationOptions,
};

const NAME: &str =
    if cfg!(feature = "boring") { "jwt-simple 0.15 (BoringSSL)" } else { "jwt-simple 0.15 (pure-rust)" };

pub(super) fn peer(suite: &Suite) -> Option<Peer> {
    let options = VerificationOptions {
        allowed_issuers: Some([ISSUER.to_owned()].into()),
        allowed_audiences: Some([AUDIENCE.to_owned()].into()),
        ..VerificationOptions::default()
    };
    macro_rules! accepts {
        ($key:expr) => {{
            let key = $key;
            Box::new(move |token: &str| {
                key.verify_token::<NoCustomClaims>(token, Some(options.clone()))
                    .is_ok_and(|claims| claims.subject.is_some())
            })
        }};
    }
    let accepts: Box<dyn Fn(&str) -> bool> = match (suite.algorithm, &suite.public) {
        (Algorithm::RS256, Public::Rsa { n, e }) => accepts!(RS256PublicKey::from_components(n, e).ok()?),
        (Algorithm::PS256, Public::Rsa { n, e }) => accepts!(PS256PublicKey::from_components(n, e).ok()?),
        (Algorithm::ES256, Public::Ec { x, y, .. }) => {
            accepts!(ES256PublicKey::from_bytes(&[&[4], &x[..], &y[..]].concat()).ok()?)
        }
        (Algorithm::ES384, Public::Ec { x, y, .. }) => {
            accepts!(ES384PublicKey::from_bytes(&[&[4], &x[..], &y[..]].concat()).ok()?)
        }
        (Algorithm::Ed25519, Public::Ed25519(x)) => accepts!(Ed25519PublicKey::from_bytes(x).ok()?),
        (Algorithm::HS256, Public::Secret(k)) => accepts!(HS256Key::from_bytes(k)),
        (Algorithm::HS384, Public::Secret(k)) => accepts!(HS384Key::from_bytes(k)),
        (Algorithm::HS512, Public::Secret(k)) => accepts!(HS512Key::from_bytes(k)),
        _ => return None,
    };
    Some(Peer { name: NAME, accepts })
}
