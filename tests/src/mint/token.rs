//! A token under construction: members in order as raw JSON, so that any fault can be put in, and a signature that holds.

use super::base64url::{encode, with_loose_bits};
use super::keys::{Key, hmac};
use serde_json::{Value, json};

/// The time at which cases are judged unless they say otherwise: 2026-11-22T22:43:51Z.
pub(crate) const NOW: i64 = 1_795_387_431;

/// How the signature comes about.
#[derive(Clone, Debug)]
enum Signer {
    Key(Key, &'static str),
    Mac(Vec<u8>, &'static str),
    Bytes(Vec<u8>),
}

/// What is done to the text after, or instead of, signing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Damage {
    None,
    /// A claim is changed after signing.
    Payload,
    /// One bit of the signature is turned.
    Signature,
    /// Bits that no byte needs are set in this part; what is signed has them too.
    LooseBits(usize),
}

/// A token under construction.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    header: Vec<(String, String)>,
    claims: Vec<(String, String)>,
    raw_header: Option<Vec<u8>>,
    raw_claims: Option<Vec<u8>>,
    signer: Signer,
    damage: Damage,
}

/// An access token of `corp` for `svc-a`, good for ten minutes.
pub(crate) fn corp() -> Token {
    Token::new(Key::Ed25519("corp"), "Ed25519", "ed-1")
        .header("typ", json!("at+jwt"))
        .claim("iss", json!("https://idp.example"))
        .claim("sub", json!("svc-a"))
        .claim("aud", json!("https://api.example"))
        .claim("client_id", json!("svc-a"))
        .claim("iat", json!(NOW - 60))
        .claim("exp", json!(NOW + 600))
        .claim("jti", json!("t-1"))
}

/// A plain JWT of `partner` for `robot-7`.
pub(crate) fn partner() -> Token {
    Token::new(Key::P256("partner"), "ES256", "shared")
        .claim("iss", json!("https://partner.example"))
        .claim("sub", json!("robot-7"))
        .claim("aud", json!("https://api.example"))
        .claim("exp", json!(NOW + 600))
}

/// A JWT-SVID of `mesh` for the workload `/ns/shop/sa/cart`.
pub(crate) fn mesh() -> Token {
    Token::new(Key::P256("mesh"), "ES256", "m-1")
        .claim("sub", json!("spiffe://prod.example/ns/shop/sa/cart"))
        .claim("aud", json!(["https://api.example"]))
        .claim("exp", json!(NOW + 600))
}

impl Token {
    /// A token without claims, to be signed with `key`.
    pub(crate) fn new(key: Key, algorithm: &'static str, kid: &str) -> Self {
        let token = Self {
            header: Vec::new(),
            claims: Vec::new(),
            raw_header: None,
            raw_claims: None,
            signer: Signer::Key(key, algorithm),
            damage: Damage::None,
        };
        token.header("alg", json!(algorithm)).header("kid", json!(kid))
    }

    /// Sets a header parameter.
    pub(crate) fn header(mut self, name: &str, value: Value) -> Self {
        set(&mut self.header, name, value.to_string());
        self
    }

    /// Sets a header parameter to a JSON text.
    pub(crate) fn header_text(mut self, name: &str, json: &str) -> Self {
        set(&mut self.header, name, json.to_owned());
        self
    }

    /// Leaves a header parameter out.
    pub(crate) fn no_header(mut self, name: &str) -> Self {
        self.header.retain(|(known, _)| known != name);
        self
    }

    /// Sets a claim.
    pub(crate) fn claim(mut self, name: &str, value: Value) -> Self {
        set(&mut self.claims, name, value.to_string());
        self
    }

    /// Sets a claim to a JSON text, which may be wrong.
    pub(crate) fn claim_text(mut self, name: &str, json: &str) -> Self {
        set(&mut self.claims, name, json.to_owned());
        self
    }

    /// Leaves a claim out.
    pub(crate) fn no_claim(mut self, name: &str) -> Self {
        self.claims.retain(|(known, _)| known != name);
        self
    }

    /// Changes the JSON text of the claims.
    pub(crate) fn edit_claims(mut self, edit: impl Fn(String) -> Vec<u8>) -> Self {
        self.raw_claims = Some(edit(object(&self.claims)));
        self
    }

    /// Changes the JSON text of the header.
    pub(crate) fn edit_header(mut self, edit: impl Fn(String) -> Vec<u8>) -> Self {
        self.raw_header = Some(edit(object(&self.header)));
        self
    }

    /// Signs with another key and the same names in the header.
    pub(crate) fn signed_by(mut self, key: Key) -> Self {
        if let Signer::Key(_, algorithm) = self.signer {
            self.signer = Signer::Key(key, algorithm);
        }
        self
    }

    /// Signs with this key and algorithm, and says so in `alg`.
    pub(crate) fn alg(mut self, key: Key, algorithm: &'static str) -> Self {
        self.signer = Signer::Key(key, algorithm);
        self.header("alg", json!(algorithm))
    }

    /// Uses these bytes as an HMAC secret.
    pub(crate) fn mac(mut self, secret: Vec<u8>, algorithm: &'static str) -> Self {
        self.signer = Signer::Mac(secret, algorithm);
        self.header("alg", json!(algorithm))
    }

    /// Puts these bytes where the signature belongs.
    pub(crate) fn signature(mut self, bytes: Vec<u8>) -> Self {
        self.signer = Signer::Bytes(bytes);
        self
    }

    /// Changes the signature that would be right.
    pub(crate) fn edit_signature(self, edit: impl Fn(Vec<u8>) -> Vec<u8>) -> Self {
        let right = self.sign(&self.signing_input());
        self.signature(edit(right))
    }

    /// Changes a claim after signing.
    pub(crate) fn tampered(mut self) -> Self {
        self.damage = Damage::Payload;
        self
    }

    /// Turns one bit of the signature.
    pub(crate) fn scratched(mut self) -> Self {
        self.damage = Damage::Signature;
        self
    }

    /// Sets bits that no byte needs in part 0, 1 or 2.
    pub(crate) fn loose(mut self, part: usize) -> Self {
        self.damage = Damage::LooseBits(part);
        self
    }

    /// The compact serialisation.
    pub(crate) fn text(&self) -> String {
        let input = self.signing_input();
        let mut signature = self.sign(&input);
        match self.damage {
            Damage::None | Damage::LooseBits(0 | 1) => {}
            Damage::Payload => {
                let other = self.clone().claim("changed", json!(true));
                return format!("{}.{}", other.signing_input(), encode(&signature));
            }
            Damage::Signature => {
                if let Some(byte) = signature.get_mut(9) {
                    *byte ^= 1;
                }
            }
            Damage::LooseBits(_) => return format!("{input}.{}", with_loose_bits(&encode(&signature))),
        }
        format!("{input}.{}", encode(&signature))
    }

    /// The length of the text, without signing.
    pub(crate) fn len(&self) -> usize {
        // An Ed25519 signature is 64 bytes, which are 86 characters.
        self.signing_input().len() + 1 + 86
    }

    fn signing_input(&self) -> String {
        let mut header =
            encode(&self.raw_header.clone().unwrap_or_else(|| object(&self.header).into_bytes()));
        let mut claims =
            encode(&self.raw_claims.clone().unwrap_or_else(|| object(&self.claims).into_bytes()));
        match self.damage {
            Damage::LooseBits(0) => header = with_loose_bits(&header),
            Damage::LooseBits(1) => claims = with_loose_bits(&claims),
            _ => {}
        }
        format!("{header}.{claims}")
    }

    fn sign(&self, input: &str) -> Vec<u8> {
        match &self.signer {
            Signer::Key(key, algorithm) => key.sign(algorithm, input.as_bytes()),
            Signer::Mac(secret, algorithm) => hmac(algorithm, secret, input.as_bytes()),
            Signer::Bytes(bytes) => bytes.clone(),
        }
    }
}

fn set(members: &mut Vec<(String, String)>, name: &str, json: String) {
    match members.iter_mut().find(|(known, _)| known == name) {
        Some((_, value)) => *value = json,
        None => members.push((name.to_owned(), json)),
    }
}

fn object(members: &[(String, String)]) -> String {
    let members: Vec<_> = members.iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    format!("{{{}}}", members.join(","))
}

/// A way to spoil a token, and the reason for which it is refused then.
pub(crate) type Flaw = (&'static str, fn(Token) -> Token);

/// Faults of a token in the order of judgement, from its form to its required claims.
pub(crate) const FLAWS: [Flaw; 12] = [
    ("token_malformed", |t| t.header("b64", json!(false))),
    ("issuer_untrusted", |t| t.claim("iss", json!("https://evil.example"))),
    ("token_type_refused", |t| t.header("typ", json!("JWT"))),
    ("critical_header_unknown", |t| t.header("crit", json!(["x"])).header("x", json!(1))),
    ("algorithm_refused", |t| t.header("alg", json!("ES384"))),
    ("key_unknown", |t| t.header("kid", json!("nobodys"))),
    ("signature_invalid", Token::scratched),
    ("audience_mismatch", |t| t.claim("aud", json!("https://other.example"))),
    ("token_expired", |t| t.claim("exp", json!(NOW - 100))),
    ("token_not_yet_valid", |t| t.claim("nbf", json!(NOW + 100))),
    ("token_issued_in_future", |t| t.claim("iat", json!(NOW + 100))),
    ("claim_missing", |t| t.no_claim("jti")),
];
