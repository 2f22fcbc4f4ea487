//! Other libraries that check tokens, each asked for signature, `exp`, `aud` and `iss`, and set up once beforehand.
//!
//! They are given the token alone and one key: none looks at requests, chooses among issuers or keys, or judges a scope.

#[cfg(feature = "peers")]
mod josekit;
#[cfg(feature = "peers")]
mod jsonwebtoken;
#[cfg(feature = "peers")]
mod jwt_simple;

use crate::suite::Suite;

/// A library, ready to check tokens of one issuer.
pub struct Peer {
    /// Its name, version and backend.
    pub name: &'static str,
    /// Whether it takes the token.
    pub accepts: Box<dyn Fn(&str) -> bool>,
}

/// The libraries that have the algorithm; none where they are not built in.
#[must_use]
#[cfg(feature = "peers")]
pub fn all(suite: &Suite) -> Vec<Peer> {
    let peers = [
        jsonwebtoken::aws_lc(suite),
        jsonwebtoken::rust_crypto(suite),
        jwt_simple::peer(suite),
        josekit::peer(suite),
    ];
    peers.into_iter().flatten().collect()
}

/// The libraries that have the algorithm; none where they are not built in.
#[must_use]
#[cfg(not(feature = "peers"))]
pub fn all(_: &Suite) -> Vec<Peer> {
    Vec::new()
}

#[cfg(all(test, feature = "peers"))]
mod tests {
    use super::*;
    use crate::call::CLASSES;

    #[test]
    fn peers_take_and_refuse_the_same_tokens() {
        for suite in Suite::all() {
            let peers = all(&suite);
            assert_eq!(peers.len(), 4, "{}", suite.name);
            for class in CLASSES.iter().filter(|class| class.peers) {
                let call = class.call(suite.alg, |message| suite.signer.sign(message));
                for peer in &peers {
                    let accepted = (peer.accepts)(&call.token);
                    assert_eq!(
                        accepted,
                        class.reason.is_none(),
                        "{} {} {}",
                        suite.name,
                        class.name,
                        peer.name
                    );
                }
            }
        }
    }
}
