//! Keys as issuers publish them: read from JWK text, checked, and prepared once.

use crate::provider::{DefaultProvider, PreparedKey};
use core::hash::BuildHasher as _;
use doorward_core::jose::jwk::{Jwk, JwkFault, JwkSet, Purpose};
use doorward_core::key::{
    Algorithm, Algorithms, Material, PrepareError, Provider, PublishedKey, SignatureInvalid, Verify,
};
use doorward_core::limits;
use doorward_core::policy::Profile;
use doorward_core::time::UnixTime;
use doorward_core::wire::Scratch;
use doorward_core::wire::json::{Member, Value};
use std::hash::RandomState;
use std::sync::LazyLock;

/// The largest JWK Set that is read, in bytes: a thousand keys of usual size, and less than any provider's page limit.
pub const JWK_SET_BYTES: usize = 1 << 20;

/// A published key, ready for use with the one algorithm that it is bound to.
pub struct Key<K = PreparedKey> {
    id: Option<Box<str>>,
    algorithm: Algorithm,
    prepared: K,
    /// Stands for its name, its algorithm and what it is made of; only compared within one issuer, whose own word all of its
    /// keys are.
    print: u64,
    serial: u32,
    /// When it was seen first.
    pub(crate) first_seen: UnixTime,
}

impl<K> Key<K> {
    /// Makes it the same key as an earlier one of its issuer, if it is, or a new one.
    pub(crate) fn follow(&mut self, before: &[Self], now: UnixTime) {
        (self.serial, self.first_seen) = match before.iter().find(|old| old.print == self.print) {
            Some(old) => (old.serial, old.first_seen),
            None => (crate::engine::epoch(), now),
        };
    }

    /// Whether it is the same key.
    pub(crate) const fn is(&self, other: &Self) -> bool {
        self.serial == other.serial
    }

    /// What tells it from other keys that its issuer has or had.
    pub(crate) const fn print(&self) -> u64 {
        self.print
    }
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

    fn serial(&self) -> u32 {
        self.serial
    }
}

/// What came of reading a key set.
#[derive(Debug)]
pub struct KeySet<K = PreparedKey> {
    /// The keys that can be used.
    pub keys: Vec<Key<K>>,
    /// Whether the set is empty on purpose: everything is revoked.
    pub is_empty: bool,
    /// How many were left aside because they are for another purpose or of an unknown kind.
    pub ignored: usize,
    /// Keys that were refused, and why: weak, broken, or for none of the algorithms. Each a sentence, as the next.
    pub refused: Vec<String>,
    /// What whoever publishes the set should know: each a sentence, lower case, no full stop.
    pub warnings: Vec<String>,
    /// The names of those that could not even be read.
    garbled: Vec<Option<Box<str>>>,
}

impl KeySet {
    /// Reads a JWK Set or a single JWK for checking signatures with any algorithm that the keys fit.
    ///
    /// # Errors
    ///
    /// A sentence about the text: too large, no strict JSON, no key set. A key that is weak or broken is left out, and
    /// [`KeySet::refused`] says why.
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
        let mut read = Self {
            keys: Vec::new(),
            is_empty: set.iter().next().is_none(),
            ignored: 0,
            refused: Vec::new(),
            warnings: Vec::new(),
            garbled: Vec::new(),
        };
        let bundle = profile == Profile::JwtSvid && set.is_spiffe_bundle();
        let purpose = if bundle { Purpose::JwtSvid } else { Purpose::Signatures };
        for (at, key) in set.iter().enumerate() {
            let name = name_of(at, key);
            if let Err(fault) = read.add(&name, key, purpose, algorithms, provider) {
                // RFC 7517, section 5: a key that cannot be used does not spoil those beside it.
                read.refused.push(format!("{name}: not used: {fault}"));
            }
        }
        read.warn_about_the_whole();
        Ok(read)
    }

    /// Whether nothing can be used because of a fault of whoever publishes it: each of the keys before is still named, and none can
    /// be read. A key that a set does not name is withdrawn, whatever else is in it.
    pub(crate) fn is_garbled(&self, before: &[Key<P>]) -> bool {
        // One without a name that can be read may be any of them.
        let names =
            |key: &Key<P>| self.garbled.iter().any(|name| name.is_none() || name.as_deref() == key.id());
        self.keys.is_empty() && !self.garbled.is_empty() && before.iter().all(names)
    }

    fn add(
        &mut self,
        name: &str,
        value: Value<'_>,
        purpose: Purpose,
        algorithms: Algorithms,
        provider: &impl Provider<Key = P>,
    ) -> Result<(), String> {
        let mut buffer = [0; Jwk::BYTES];
        let jwk = match Jwk::parse(value, purpose, &mut buffer) {
            Ok(jwk) => jwk,
            Err(JwkFault::NotForUs) => {
                self.ignored += 1;
                return Ok(());
            }
            Err(fault) => {
                if !matches!(fault, JwkFault::Weak(_)) {
                    self.garbled.push(id_of(value));
                }
                return Err(fault.to_string());
            }
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
            .collect();
        if bound.is_empty() {
            return Err("it fits none of the algorithms that are asked for".to_owned());
        }
        let strong = |algorithm: &Algorithm| jwk.material.check(*algorithm).is_ok();
        let bound: Vec<_> = if jwk.algorithm.is_none() && bound.iter().any(strong) {
            // A secret that is long enough for a shorter hash is not thrown away with the longer one.
            bound.into_iter().filter(strong).collect()
        } else {
            bound
        };
        if jwk.algorithm.is_none() && bound.len() > 1 && algorithms != Algorithms::ALL {
            let names: Vec<_> = bound.iter().map(|algorithm| algorithm.name()).collect();
            self.warnings.push(format!("{name}: names no `alg`, and several fit: {}", names.join(", ")));
        }
        for algorithm in bound {
            jwk.material.check(algorithm).map_err(|weakness| weakness.to_string())?;
            let prepared = provider.prepare(algorithm, &jwk.material).map_err(|error| match error {
                PrepareError::AlgorithmUnsupported => {
                    format!("{} is not supported by this provider ({})", algorithm.name(), provider.name())
                }
                _ => {
                    self.garbled.push(id_of(value));
                    format!("it is not a valid key for {}", algorithm.name())
                }
            })?;
            let id = id_of(value);
            let (print, first_seen) = (print_of(id.as_deref(), algorithm, &jwk.material), UnixTime::EARLIEST);
            self.keys.push(Key { id, algorithm, prepared, print, serial: 0, first_seen });
        }
        Ok(())
    }

    fn warn_about_the_whole(&mut self) {
        if self.is_empty {
            self.warnings.push("the key set is empty: every token is refused".to_owned());
        }
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

/// A number that stands for a key in this process, however it is written.
fn print_of(id: Option<&str>, algorithm: Algorithm, material: &Material<'_>) -> u64 {
    static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    SEED.hash_one((id, algorithm, material))
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

    /// A secret of this many bytes.
    fn hmac_key(bytes: usize) -> String {
        "A".repeat(bytes.div_ceil(3) * 4 - (3 - bytes % 3) % 3)
    }

    #[test]
    fn a_key_without_alg_is_bound_to_each_listed_algorithm_that_it_is_strong_enough_for() {
        let hmac = Algorithms::NONE.with(Algorithm::HS256).with(Algorithm::HS384).with(Algorithm::HS512);
        let set = read(&format!(r#"{{"kty":"oct","kid":"a","k":"{SECRET}"}}"#), hmac).unwrap();
        assert_eq!(set.keys.iter().map(Key::algorithm).collect::<Vec<_>>(), [Algorithm::HS256]);
        assert!(set.warnings.is_empty());
        let both = hmac_key(64);
        let set = read(&format!(r#"{{"kty":"oct","kid":"a","k":"{both}"}}"#), hmac).unwrap();
        assert_eq!(set.warnings, ["key `a`: names no `alg`, and several fit: HS256, HS384, HS512"]);
    }

    #[test]
    fn a_secret_that_fits_nothing_is_a_fault_and_is_not_shown() {
        let one = Algorithms::NONE.with(Algorithm::HS512);
        let key = format!(r#"{{"kty":"oct","k":"{SECRET}"}}"#);
        let set = read(&format!("{key},{key}"), one).unwrap();
        let fault = "not used: expected a secret of at least 64 bytes, found 41";
        assert_eq!(set.refused, [format!("key 0: {fault}"), format!("key 1: {fault}")]);
        assert!(set.keys.is_empty());
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
