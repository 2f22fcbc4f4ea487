//! A JWS by itself: bytes and keys in, payload out. Below JWTs and policies, for those who sign other things.

use super::{Compact, Header};
use crate::key::{Algorithm, PublishedKey, StillPublished};
use crate::limits;
use crate::reason::Reason;
use crate::wire::Scratch;
use crate::wire::json::Str;

/// Proof that a signature held: only this module can make one.
#[derive(Clone, Copy, Debug)]
pub struct SignatureChecked(());

impl SignatureChecked {
    /// The same proof from memory: the very same credential was verified before, with a key that is still published.
    pub(crate) const fn remembered(_: StillPublished) -> Self {
        Self(())
    }
}

/// Verifies a compact JWS with one of `keys` and gives its payload ([RFC 7515, section 5.2]).
///
/// The algorithm is the key's: a token that names another is refused. What the payload says is not looked at.
///
/// # Errors
///
/// `TokenMalformed`, `TokenEncrypted`, `AlgorithmRefused`, `CriticalHeaderUnknown`, `KeyUnknown` or `SignatureInvalid`;
/// `CredentialTooLarge` if the scratch memory cannot hold the token.
///
/// [RFC 7515, section 5.2]: https://www.rfc-editor.org/rfc/rfc7515#section-5.2
pub fn verify<'t, K: PublishedKey>(
    token: &'t [u8],
    keys: &[K],
    scratch: Scratch<'t>,
) -> Result<&'t [u8], Reason> {
    let (mut bump, members) = scratch.parts();
    let mut parse = || {
        let compact = Compact::parse(token, &mut bump)?;
        let header = Header::parse(compact.header, members)?;
        Ok((compact.signing_input, header, compact.payload(&mut bump)?, compact.signature(&mut bump)?))
    };
    let (message, header, payload, signature) = parse().map_err(|reason| Compact::fault(token, reason))?;
    header.check_crit()?;
    let algorithm = header.algorithm().ok_or(Reason::AlgorithmRefused)?;
    check(keys, header.kid, algorithm, message, signature)?;
    Ok(payload)
}

/// Finds the keys that the token may mean and checks its signature with them.
///
/// A `kid` is a hint that the sender chose: it selects among the issuer's keys and nothing else. The keys that it names
/// come first; a key that was published without a name fits every token of its issuer and comes after them. How many are
/// tried is bounded by [`limits::KEYS_TRIED`].
pub(crate) fn check<'k, K: PublishedKey>(
    keys: &'k [K],
    kid: Option<Str<'_>>,
    algorithm: Algorithm,
    message: &[u8],
    signature: &[u8],
) -> Result<(SignatureChecked, &'k K), Reason> {
    let named = |key: &&K| key.id().is_some_and(|id| kid.is_some_and(|kid| kid == *id));
    let other = |key: &&K| kid.is_none() || key.id().is_none();
    let fits = |key: &&K| key.algorithm() == algorithm;
    let mut tries = 0;
    for key in
        keys.iter().filter(named).chain(keys.iter().filter(other)).filter(fits).take(limits::KEYS_TRIED)
    {
        if key.verify(message, signature).is_ok() {
            return Ok((SignatureChecked(()), key));
        }
        tries += 1;
    }
    Err(if keys.iter().filter(named).any(|key| fits(&key)) {
        Reason::SignatureInvalid
    } else if keys.iter().any(|key| named(&key)) {
        // The very key that the token names is bound to another algorithm (RFC 8725, section 3.1).
        Reason::AlgorithmRefused
    } else if tries > 0 && (kid.is_none() || keys.iter().all(|key| key.id().is_none())) {
        Reason::SignatureInvalid
    } else {
        // Keys without a name were no help: the one that the token names is not among the issuer's.
        Reason::KeyUnknown
    })
}
