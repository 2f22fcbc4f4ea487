//! Keys as issuers publish them: read from JWK text, checked, and prepared once.

use crate::provider::{DefaultProvider, PreparedKey};
use doorward_core::jose::jwk::{Jwk, JwkFault, JwkSet, Purpose};
use doorward_core::key::{
    Algorithm, Algorithms, Keys, PrepareError, Provider, PublishedKey, SignatureInvalid, Verify,
};
use doorward_core::limits;
use doorward_core::policy::Profile;
use doorward_core::wire::Scratch;
use doorward_core::wire::json::{Member, Value};

/// The largest JWK Set that is read, in bytes: a thousand keys of usual size, and less than any provider's page limit.
pub const JWK_SET_BYTES: usize = 1 << 20;

/// A published key, ready for use with the one algorithm that it is bound to.
pub struct Key<K = PreparedKey> {
    id: Option<Box<str>>,
    algorithm: Algorithm,
    prepared: K,
}

impl<K> core::fmt::Debug for Key<K> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

impl<K: Verify> Verify for Key<K> {
    #[inline]
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureInvalid> {
        self.prepared.verify(message, signature)
    }
}

impl<K: Verify> PublishedKey for Key<K> {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

/// The keys of each issuer, by its index in the policy.
#[derive(Debug)]
pub struct KeyRing<K = PreparedKey> {
    issuers: Vec<Vec<Key<K>>>,
}

impl<K> KeyRing<K> {
    pub(crate) const fn new(issuers: Vec<Vec<Key<K>>>) -> Self {
        Self { issuers }
    }

    /// Every key of every issuer.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Key<K>> {
        self.issuers.iter().flatten()
    }
}

impl<K: Verify> Keys for KeyRing<K> {
    type Key = Key<K>;

    fn of_issuer(&self, issuer: usize) -> &[Key<K>] {
        self.issuers.get(issuer).map_or(&[], Vec::as_slice)
    }
}

/// What came of reading a key set.
#[derive(Debug)]
pub struct KeySet<K = PreparedKey> {
    /// The keys that can be used.
    pub keys: Vec<Key<K>>,
    /// How many were left aside because they are for another purpose or of an unknown kind.
    pub ignored: usize,
    /// What whoever publishes the set should know: each a sentence, lower case, no full stop.
    pub warnings: Vec<String>,
}

impl KeySet {
    /// Reads a JWK Set or a single JWK for checking signatures with any algorithm that the keys fit.
    ///
    /// # Errors
    ///
    /// A sentence about the first fault: no JSON, no key set, a weak or broken key.
    pub fn from_jwks(text: &str) -> Result<Self, String> {
        Self::read(text, Profile::Jwt, Algorithms::ALL, &DefaultProvider::new())
    }
}

impl<P: Verify> KeySet<P> {
    /// Reads a key set for these algorithms. A key without an `alg` is bound to each of them that fits its kind.
    ///
    /// For JWT-SVIDs a SPIFFE bundle gives its keys for them, and any other set those for signatures.
    pub(crate) fn read(
        text: &str,
        profile: Profile,
        algorithms: Algorithms,
        provider: &impl Provider<Key = P>,
    ) -> Result<Self, String> {
        if text.len() > JWK_SET_BYTES {
            return Err(format!("expected a key set of at most {JWK_SET_BYTES} bytes, found {}", text.len()));
        }
        let mut members = vec![Member::default(); Scratch::MEMBERS];
        let set = JwkSet::parse(text.as_bytes(), &mut members).map_err(|_| {
            "expected a JWK Set or a JWK: strict JSON without duplicate members, with `keys` or `kty`"
                .to_owned()
        })?;
        let mut read = Self { keys: Vec::new(), ignored: 0, warnings: Vec::new() };
        let bundle = profile == Profile::JwtSvid && set.is_spiffe_bundle();
        let purpose = if bundle { Purpose::JwtSvid } else { Purpose::Signatures };
        for (at, key) in set.iter().enumerate() {
            read.add(at, key, purpose, algorithms, provider)?;
        }
        read.warn_about_the_whole();
        Ok(read)
    }

    fn add(
        &mut self,
        at: usize,
        value: Value<'_>,
        purpose: Purpose,
        algorithms: Algorithms,
        provider: &impl Provider<Key = P>,
    ) -> Result<(), String> {
        let name = name_of(at, value);
        let mut buffer = [0; Jwk::BYTES];
        let jwk = match Jwk::parse(value, purpose, &mut buffer) {
            Ok(jwk) => jwk,
            Err(JwkFault::NotForUs) => {
                self.ignored += 1;
                return Ok(());
            }
            Err(fault) => return Err(format!("{name}: {fault}")),
        };
        let private = ["d", "p", "q", "priv"].into_iter().any(|member| value.member(member).is_some());
        if private {
            self.warnings
                .push(format!("{name}: holds a private key, which whoever only verifies should not have"));
        }
        let bound: Vec<_> = algorithms
            .iter()
            .filter(|algorithm| {
                jwk.material.fits(*algorithm) && jwk.algorithm.is_none_or(|own| own == *algorithm)
            })
            .filter(|algorithm| provider.supports(*algorithm))
            .collect();
        if bound.is_empty() {
            self.ignored += 1;
            return Ok(());
        }
        if jwk.algorithm.is_none() && bound.len() > 1 && algorithms != Algorithms::ALL {
            let names: Vec<_> = bound.iter().map(|algorithm| algorithm.name()).collect();
            self.warnings.push(format!("{name}: names no `alg`, and several fit: {}", names.join(", ")));
        }
        let before = self.keys.len();
        for algorithm in bound {
            if let Err(weakness) = jwk.material.check(algorithm) {
                // A secret that is long enough for a shorter hash is not thrown away with the longer one.
                if jwk.algorithm.is_none() && self.keys.len() > before {
                    continue;
                }
                return Err(format!("{name}: {weakness}"));
            }
            let prepared = match provider.prepare(algorithm, &jwk.material) {
                Ok(prepared) => prepared,
                Err(PrepareError::AlgorithmUnsupported) => {
                    return Err(format!("{name}: not supported by this provider ({})", provider.name()));
                }
                Err(_) => return Err(format!("{name}: the key is not a valid one for {}", algorithm.name())),
            };
            self.keys.push(Key { id: id_of(value), algorithm, prepared });
        }
        Ok(())
    }

    fn warn_about_the_whole(&mut self) {
        for algorithm in Algorithm::ALL {
            let count = self.keys.iter().filter(|key| key.algorithm == algorithm).count();
            if count > limits::KEYS_TRIED {
                self.warnings.push(format!(
                    "{count} keys for {}: of those that a token's `kid` does not tell apart only {} are tried",
                    algorithm.name(),
                    limits::KEYS_TRIED
                ));
            }
        }
        let nameless = self.keys.iter().filter(|key| key.id.is_none()).count();
        if nameless > 0 && self.keys.len() > 1 {
            self.warnings.push("a key without a `kid` among others is tried for every token".to_owned());
        }
    }
}

fn id_of(key: Value<'_>) -> Option<Box<str>> {
    let id = key.member("kid")?.as_str()?;
    let bytes: Vec<u8> = id.bytes().collect();
    String::from_utf8(bytes).ok().map(String::into_boxed_str)
}

/// How a key is called in messages. A `kid` is public, so it may be shown.
fn name_of(at: usize, key: Value<'_>) -> String {
    match id_of(key) {
        Some(id) => format!("key `{}`", id.escape_debug()),
        None => format!("key {at}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldC1zZWNyZXQ";

    fn read(keys: &str, algorithms: Algorithms) -> Result<KeySet, String> {
        KeySet::read(&format!(r#"{{"keys":[{keys}]}}"#), Profile::Jwt, algorithms, &DefaultProvider::new())
    }

    #[test]
    fn a_key_without_alg_is_bound_to_each_listed_algorithm_that_it_is_strong_enough_for() {
        let hmac = Algorithms::NONE.with(Algorithm::HS256).with(Algorithm::HS384).with(Algorithm::HS512);
        let set = read(&format!(r#"{{"kty":"oct","kid":"a","k":"{SECRET}"}}"#), hmac).unwrap();
        assert_eq!(set.keys.iter().map(Key::algorithm).collect::<Vec<_>>(), [Algorithm::HS256]);
        assert_eq!(set.warnings, ["key `a`: names no `alg`, and several fit: HS256, HS384, HS512"]);
    }

    #[test]
    fn a_secret_that_fits_nothing_is_a_fault_and_is_not_shown() {
        let one = Algorithms::NONE.with(Algorithm::HS512);
        let key = format!(r#"{{"kty":"oct","k":"{SECRET}"}}"#);
        let fault = read(&format!("{key},{key}"), one).unwrap_err();
        assert_eq!(fault, "key 0: expected a secret of at least 64 bytes, found 41");
        assert!(!format!("{:?}", read(&key, Algorithms::NONE.with(Algorithm::HS256))).contains(SECRET));
    }

    #[test]
    fn keys_for_others_are_left_aside() {
        let set = read(
            &format!(
                r#"{{"kty":"EC","crv":"secp256k1"}},{{"kty":"oct","use":"enc","k":"{SECRET}"}},{{"kty":"AKP"}}"#
            ),
            Algorithms::ALL,
        );
        assert_eq!(set.map(|set| (set.keys.len(), set.ignored)), Ok((0, 3)));
    }
}
