//! JSON Web Keys: read strictly, without allocation, into material that a provider can prepare.

use crate::key::{Algorithm, Curve, Material, Weakness};
use crate::limits;
use crate::wire::json::{self, Member, Str, Value};
use crate::wire::{Malformed, base64url};
use core::fmt;

/// What keys are wanted for; others of a set are left aside.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// Signatures: `use` is `sig` if it is there.
    Signatures,
    /// JWT-SVIDs, from a SPIFFE bundle: `use` is `jwt-svid`, and there is a `kid` (JWT-SVID, section 6).
    JwtSvid,
}

/// A JWK Set, or a single JWK read as a set of one ([RFC 7517, section 5]).
///
/// [RFC 7517, section 5]: https://www.rfc-editor.org/rfc/rfc7517#section-5
#[derive(Clone, Copy, Debug)]
pub struct JwkSet<'j> {
    keys: Value<'j>,
    single: bool,
}

impl<'j> JwkSet<'j> {
    /// Checks the whole text: strict JSON without duplicate members at any level.
    ///
    /// # Errors
    ///
    /// [`Malformed`] also for an object that has neither `keys`, as an array, nor `kty`.
    pub fn parse(text: &'j [u8], members: &mut [Member]) -> Result<Self, Malformed> {
        let mut keys = None;
        let mut single = false;
        let text = json::scan(text, members, |name, value| {
            if name == *"keys" {
                keys = Some(value);
            } else if name == *"kty" {
                single = true;
            }
        })?;
        match keys {
            Some(keys @ Value::Array(_)) => Ok(Self { keys, single: false }),
            None if single => Ok(Self { keys: Value::Object(text), single }),
            _ => Err(Malformed),
        }
    }

    /// Whether it is a SPIFFE bundle: one of its keys says what kind of SVID it is for.
    #[must_use]
    pub fn is_spiffe_bundle(&self) -> bool {
        let kind = |key: Value<'j>| key.member("use").and_then(|purpose| purpose.as_str());
        self.iter().any(|key| kind(key).is_some_and(|kind| kind == *"jwt-svid" || kind == *"x509-svid"))
    }

    /// The keys as they stand in the text.
    pub fn iter(&self) -> impl Iterator<Item = Value<'j>> + use<'j> {
        self.keys.elements().chain(self.single.then_some(self.keys))
    }
}

/// A key for checking signatures.
#[derive(Clone, Copy, Debug)]
pub struct Jwk<'j, 'b> {
    /// The `kid`.
    pub id: Option<Str<'j>>,
    /// The algorithm that the key is bound to, where it names one.
    pub algorithm: Option<Algorithm>,
    /// What it is made of.
    pub material: Material<'b>,
}

/// Why a JWK is not used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum JwkFault {
    /// It is of a kind, curve or algorithm that is not known here, or meant for something other than checking
    /// signatures: ignored, as [RFC 7517, section 5] asks.
    ///
    /// [RFC 7517, section 5]: https://www.rfc-editor.org/rfc/rfc7517#section-5
    NotForUs,
    /// This member is missing, or not what it must be.
    Member(&'static str),
    /// Its `alg` does not fit its `kty` and `crv`.
    AlgorithmMismatch,
    /// It is too weak.
    Weak(Weakness),
}

impl fmt::Display for JwkFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotForUs => {
                f.write_str("the key is not for checking signatures, or of a kind that is not known here")
            }
            Self::Member(name) => write!(f, "the member `{name}` is missing or malformed"),
            Self::AlgorithmMismatch => f.write_str("the key's `alg` does not fit its `kty` and `crv`"),
            Self::Weak(weakness) => weakness.fmt(f),
        }
    }
}

impl<'j, 'b> Jwk<'j, 'b> {
    /// How many bytes a key may need: an RSA modulus that is just too long to be taken, and an exponent.
    pub const BYTES: usize = 2048;

    /// Reads one key of a set, its numbers decoded into `out`. Private members are not looked at.
    ///
    /// # Errors
    ///
    /// See [`JwkFault`]; of the rules for strength, those that depend on the algorithm only where the key names one.
    pub fn parse(key: Value<'j>, purpose: Purpose, out: &'b mut [u8]) -> Result<Self, JwkFault> {
        let kty = string(key, "kty")?.ok_or(JwkFault::Member("kty"))?;
        check_purpose(key, purpose)?;
        let mut out = out;
        let mut bytes = |name: &'static str| -> Result<&'b [u8], JwkFault> {
            let fault = JwkFault::Member(name);
            let text = string(key, name)?.and_then(|text| text.plain()).ok_or(fault)?;
            let len = base64url::decoded_len(text.len()).ok_or(fault)?;
            let (piece, rest) = core::mem::take(&mut out).split_at_mut_checked(len).ok_or(fault)?;
            out = rest;
            base64url::decode(text.as_bytes(), piece).map_err(|_| fault)
        };
        let material = if kty == *"RSA" {
            Material::Rsa { n: number(bytes("n")?), e: number(bytes("e")?) }
        } else if kty == *"EC" {
            let curve = curve(string(key, "crv")?.ok_or(JwkFault::Member("crv"))?)?;
            let mut coordinate = |name| {
                let bytes = bytes(name)?;
                // RFC 7518, section 6.2.1.2: always as long as the curve's field.
                if bytes.len() == curve.coordinate_len() { Ok(bytes) } else { Err(JwkFault::Member(name)) }
            };
            Material::Ec { curve, x: coordinate("x")?, y: coordinate("y")? }
        } else if kty == *"OKP" {
            if string(key, "crv")?.ok_or(JwkFault::Member("crv"))? != *"Ed25519" {
                return Err(JwkFault::NotForUs);
            }
            let x = bytes("x")?;
            if x.len() != 32 {
                return Err(JwkFault::Member("x"));
            }
            Material::Ed25519 { x }
        } else if kty == *"oct" {
            Material::Symmetric { k: bytes("k")? }
        } else {
            return Err(JwkFault::NotForUs);
        };
        let algorithm = match string(key, "alg")? {
            Some(name) => {
                let name = name.plain().and_then(Algorithm::from_name).ok_or(JwkFault::NotForUs)?;
                if !material.fits(name) {
                    return Err(JwkFault::AlgorithmMismatch);
                }
                Some(name)
            }
            None => None,
        };
        let id = string(key, "kid")?;
        // Without an algorithm the RSA rules still hold; HS256 asks for the least of a secret.
        material.check(algorithm.unwrap_or(Algorithm::HS256)).map_err(JwkFault::Weak)?;
        Ok(Self { id, algorithm, material })
    }
}

/// Whether the key is for this purpose: its `use` fits, and `key_ops` has `verify` if set and nothing that contradicts it
/// ([RFC 7517, section 4.2] and [RFC 7517, section 4.3]).
///
/// [RFC 7517, section 4.2]: https://www.rfc-editor.org/rfc/rfc7517#section-4.2
/// [RFC 7517, section 4.3]: https://www.rfc-editor.org/rfc/rfc7517#section-4.3
fn check_purpose(key: Value<'_>, purpose: Purpose) -> Result<(), JwkFault> {
    let named = string(key, "use")?;
    let fits = match purpose {
        Purpose::Signatures => named.is_none_or(|named| named == *"sig"),
        Purpose::JwtSvid => named.is_some_and(|named| named == *"jwt-svid") && string(key, "kid")?.is_some(),
    };
    if !fits {
        return Err(JwkFault::NotForUs);
    }
    let Some(operations) = key.member("key_ops") else { return Ok(()) };
    let Value::Array(_) = operations else { return Err(JwkFault::Member("key_ops")) };
    if operations.elements().nth(limits::KEY_OPERATIONS).is_some() {
        return Err(JwkFault::Member("key_ops"));
    }
    let mut verifies = false;
    let mut consistent = true;
    for (at, operation) in operations.elements().enumerate() {
        let operation = operation.as_str().ok_or(JwkFault::Member("key_ops"))?;
        if operations.elements().take(at).any(|other| other.as_str() == Some(operation)) {
            return Err(JwkFault::Member("key_ops"));
        }
        verifies |= operation == *"verify";
        consistent &= operation == *"verify" || operation == *"sign";
    }
    if named.is_some() && verifies && !consistent {
        return Err(JwkFault::Member("key_ops"));
    }
    if verifies { Ok(()) } else { Err(JwkFault::NotForUs) }
}

fn string<'j>(key: Value<'j>, name: &'static str) -> Result<Option<Str<'j>>, JwkFault> {
    match key.member(name) {
        None => Ok(None),
        Some(value) => value.as_str().map(Some).ok_or(JwkFault::Member(name)),
    }
}

fn curve(name: Str<'_>) -> Result<Curve, JwkFault> {
    let curves = [Curve::P256, Curve::P384, Curve::P521];
    curves.into_iter().find(|curve| name == *curve.name()).ok_or(JwkFault::NotForUs)
}

/// A number without leading zeros. RFC 7518, section 2 asks for the shortest form; issuers that pad it with a zero byte
/// are common, and no two keys become one by taking theirs.
fn number(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<(Option<Algorithm>, bool), JwkFault> {
        let set = JwkSet::parse(text.as_bytes(), &mut [Member::default(); 32])
            .map_err(|_| JwkFault::Member("set"))?;
        let mut out = [0; Jwk::BYTES];
        let key = set.iter().next().ok_or(JwkFault::Member("none"))?;
        let purpose = if set.is_spiffe_bundle() { Purpose::JwtSvid } else { Purpose::Signatures };
        let jwk = Jwk::parse(key, purpose, &mut out)?;
        Ok((jwk.algorithm, jwk.id.is_some()))
    }

    const SECRET: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    #[test]
    fn a_single_key_is_a_set_of_one() {
        let key = std::format!(r#"{{"kty":"oct","k":"{SECRET}","alg":"HS256","kid":"a"}}"#);
        assert_eq!(parse(&key), Ok((Some(Algorithm::HS256), true)));
        assert_eq!(parse(&std::format!(r#"{{"keys":[{key}]}}"#)), Ok((Some(Algorithm::HS256), true)));
        assert_eq!(parse(r#"{"keys":[]}"#), Err(JwkFault::Member("none")));
        for bad in ["{}", "[]", r#"{"keys":{}}"#, r#"{"kty":"oct","kty":"oct"}"#, ""] {
            assert_eq!(parse(bad), Err(JwkFault::Member("set")), "{bad}");
        }
    }

    /// J-KEY-02.
    #[test]
    fn keys_for_other_purposes_are_ignored() {
        for (extra, expected) in [
            (r#""use":"sig""#, Ok((None, false))),
            (r#""use":"enc""#, Err(JwkFault::NotForUs)),
            (r#""use":"jwt-svid","kid":"a""#, Ok((None, true))),
            (r#""use":"jwt-svid""#, Err(JwkFault::NotForUs)),
            (r#""use":"x509-svid","kid":"a""#, Err(JwkFault::NotForUs)),
            (r#""use":"sig","key_ops":["verify","encrypt"]"#, Err(JwkFault::Member("key_ops"))),
            (r#""key_ops":["sign","verify"]"#, Ok((None, false))),
            (r#""key_ops":["sign"]"#, Err(JwkFault::NotForUs)),
            (r#""key_ops":[]"#, Err(JwkFault::NotForUs)),
            (r#""key_ops":["verify","verify"]"#, Err(JwkFault::Member("key_ops"))),
            (r#""key_ops":"verify""#, Err(JwkFault::Member("key_ops"))),
            (r#""alg":"A128KW""#, Err(JwkFault::NotForUs)),
            (r#""alg":"none""#, Err(JwkFault::NotForUs)),
            (r#""alg":"RS256""#, Err(JwkFault::AlgorithmMismatch)),
            (r#""kid":7"#, Err(JwkFault::Member("kid"))),
            (r#""use":7"#, Err(JwkFault::Member("use"))),
        ] {
            assert_eq!(
                parse(&std::format!(r#"{{"kty":"oct","k":"{SECRET}",{extra}}}"#)),
                expected,
                "{extra}"
            );
        }
    }

    #[test]
    fn no_key_has_more_operations_than_there_are() {
        let all = r#""sign","verify","encrypt","decrypt","wrapKey","unwrapKey","deriveKey","deriveBits""#;
        let key = |operations: &str| {
            parse(&std::format!(r#"{{"kty":"oct","k":"{SECRET}","key_ops":[{operations}]}}"#))
        };
        assert_eq!(key(all), Ok((None, false)));
        assert_eq!(key(&std::format!(r#"{all},"x""#)), Err(JwkFault::Member("key_ops")));
    }

    #[test]
    fn members_have_their_form() {
        let zeros = "A".repeat(43);
        let keys: [(std::string::String, JwkFault); 11] = [
            (r#"{"kty":"oct"}"#.into(), JwkFault::Member("k")),
            (
                r#"{"kty":"oct","k":"AA"}"#.into(),
                JwkFault::Weak(Weakness::SecretShort { bytes: 1, least: 32 }),
            ),
            (r#"{"kty":"oct","k":"A="}"#.into(), JwkFault::Member("k")),
            (
                r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#.into(),
                JwkFault::Weak(Weakness::ModulusShort { bits: 17 }),
            ),
            (r#"{"kty":"EC","crv":"P-256"}"#.into(), JwkFault::Member("x")),
            (
                std::format!(r#"{{"kty":"EC","crv":"P-384","x":"{zeros}","y":"{zeros}"}}"#),
                JwkFault::Member("x"),
            ),
            (
                std::format!(r#"{{"kty":"EC","crv":"secp256k1","x":"{zeros}","y":"{zeros}"}}"#),
                JwkFault::NotForUs,
            ),
            (std::format!(r#"{{"kty":"OKP","crv":"X25519","x":"{zeros}"}}"#), JwkFault::NotForUs),
            (std::format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{zeros}AAAA"}}"#), JwkFault::Member("x")),
            (r#"{"kty":"AKP"}"#.into(), JwkFault::NotForUs),
            (r#"{"kty":1}"#.into(), JwkFault::Member("kty")),
        ];
        for (key, expected) in keys {
            assert_eq!(parse(&key), Err(expected), "{key}");
        }
        let point = std::format!("{}A", "B".repeat(42));
        assert_eq!(
            parse(&std::format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{point}"}}"#)),
            Ok((None, false))
        );
    }
}
