//! Keys that live as long as the demo, and tokens signed with them.

use crate::base64url::base64url;
use doorward_graviola::Graviola;
use graviola::signing::rsa;
use ring::error::Unspecified;
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

/// One key of each kind, and one that no key set has.
pub(super) struct Keys {
    random: SystemRandom,
    es256: EcdsaKeyPair,
    ed25519: Ed25519KeyPair,
    /// Not on a machine that graviola does not run on: ring makes no RSA keys.
    rsa: Option<rsa::SigningKey>,
    secret: [u8; 32],
    stranger: EcdsaKeyPair,
}

/// With what a token is signed.
#[derive(Clone, Copy)]
pub(super) enum Signer {
    Es256,
    Ed25519,
    /// ES256 where there is no RSA key.
    Rs256,
    Hs256,
    /// A key that was never published, under the name of one that was not either.
    Stranger,
    /// The public key of `Es256`, as text, taken for an HMAC secret.
    PublicKeyAsSecret,
    /// Not at all.
    Nobody,
}

impl Keys {
    pub(super) fn new() -> Result<Self, Unspecified> {
        let random = SystemRandom::new();
        let mut secret = [0; 32];
        random.fill(&mut secret)?;
        let ed25519 = Ed25519KeyPair::generate_pkcs8(&random)?;
        let rsa = Graviola::new().ok().and_then(|_| rsa::SigningKey::generate(rsa::KeySize::Rsa2048).ok());
        Ok(Self {
            es256: es256(&random)?,
            ed25519: Ed25519KeyPair::from_pkcs8(ed25519.as_ref()).map_err(|_| Unspecified)?,
            rsa,
            secret,
            stranger: es256(&random)?,
            random,
        })
    }

    /// What the issuer `corp` publishes.
    pub(super) fn published(&self) -> Value {
        let mut keys = vec![self.es256_jwk()];
        let x = base64url(self.ed25519.public_key().as_ref());
        keys.push(json!({ "kty": "OKP", "kid": "ed", "alg": "Ed25519", "crv": "Ed25519", "x": x }));
        if let Some(n) = self.rsa.as_ref().and_then(modulus) {
            keys.push(json!({ "kty": "RSA", "kid": "rsa", "alg": "RS256", "n": n, "e": "AQAB" }));
        }
        json!({ "keys": keys })
    }

    /// What the issuer `batch` shares with this service.
    pub(super) fn shared(&self) -> Value {
        let k = base64url(&self.secret);
        json!({ "keys": [{ "kty": "oct", "kid": "shared", "alg": "HS256", "k": k }] })
    }

    fn es256_jwk(&self) -> Value {
        // An uncompressed point: 4, then both coordinates (SEC 1, section 2.3.3).
        let point = self.es256.public_key().as_ref();
        let (x, y) = point.get(1..).unwrap_or_default().split_at_checked(32).unwrap_or_default();
        json!({ "kty": "EC", "kid": "ec", "alg": "ES256", "crv": "P-256", "x": base64url(x), "y": base64url(y) })
    }

    /// A token with these claims. The header says what the signer does, and `header` what else it says.
    pub(super) fn token(&self, signer: Signer, typ: &str, claims: &Value) -> Result<String, Unspecified> {
        let (alg, kid) = match signer {
            Signer::Rs256 if self.rsa.is_some() => ("RS256", "rsa"),
            Signer::Es256 | Signer::Rs256 => ("ES256", "ec"),
            Signer::Ed25519 => ("Ed25519", "ed"),
            Signer::Hs256 => ("HS256", "shared"),
            Signer::Stranger => ("ES256", "rotated-away"),
            Signer::PublicKeyAsSecret => ("HS256", "ec"),
            Signer::Nobody => ("none", "ec"),
        };
        let header = json!({ "alg": alg, "typ": typ, "kid": kid }).to_string();
        let signed = format!("{}.{}", base64url(header.as_bytes()), base64url(claims.to_string().as_bytes()));
        let signature = self.sign(signer, signed.as_bytes())?;
        Ok(format!("{signed}.{}", base64url(&signature)))
    }

    fn sign(&self, signer: Signer, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        let mac =
            |secret: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message).as_ref().to_vec();
        Ok(match (signer, &self.rsa) {
            (Signer::Rs256, Some(rsa)) => {
                let mut signature = vec![0; rsa.modulus_len_bytes()];
                rsa.sign_pkcs1_sha256(&mut signature, message).map_err(|_| Unspecified)?;
                signature
            }
            (Signer::Es256 | Signer::Rs256, _) => self.es256.sign(&self.random, message)?.as_ref().to_vec(),
            (Signer::Stranger, _) => self.stranger.sign(&self.random, message)?.as_ref().to_vec(),
            (Signer::Ed25519, _) => self.ed25519.sign(message).as_ref().to_vec(),
            (Signer::Hs256, _) => mac(&self.secret),
            (Signer::PublicKeyAsSecret, _) => mac(self.es256_jwk().to_string().as_bytes()),
            (Signer::Nobody, _) => Vec::new(),
        })
    }
}

fn es256(random: &SystemRandom) -> Result<EcdsaKeyPair, Unspecified> {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, random)?;
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), random)
        .map_err(|_| Unspecified)
}

/// The modulus of a key of 2048 bits, whose exponent is 65537: in PKCS #1 it stands between two heads of fixed length.
fn modulus(key: &rsa::SigningKey) -> Option<String> {
    let mut out = [0; 512];
    let der = key.public_key().to_pkcs1_der(&mut out).ok()?;
    let rest = der.strip_prefix(&[0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00])?;
    Some(base64url(rest.strip_suffix(&[0x02, 0x03, 0x01, 0x00, 0x01])?))
}
