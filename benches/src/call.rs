//! The requests that are decided on: one that is let in, and one for each class of refusal.

use crate::token::Draft;
use doorward::{Engine, Field, Reason, Request, Scratch};
use doorward_core::decision::Decision;
use doorward_core::key::Verify;

/// A class of requests, by the reason for which they are refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Class {
    /// The name in the table.
    pub name: &'static str,
    /// The reason, or `None` where the caller is let in.
    pub reason: Option<Reason>,
    /// Whether a signature is checked on the way.
    pub signature: bool,
    /// Whether peers refuse the same for the same reason.
    pub peers: bool,
    write: Write,
}

/// What is wrong with the request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Write {
    Good,
    NoField,
    Basic,
    IllegalCharacter,
    OtherPath(&'static str),
    CutToken,
    Issuer,
    Algorithm(&'static str),
    Kid,
    Expired,
    Audience,
    Forged,
    Scope,
}

const fn free(name: &'static str, reason: Reason, peers: bool, write: Write) -> Class {
    Class { name, reason: Some(reason), signature: false, peers, write }
}

const fn paid(name: &'static str, reason: Reason, peers: bool, write: Write) -> Class {
    Class { name, reason: Some(reason), signature: true, peers, write }
}

/// Every class.
pub const CLASSES: &[Class] = &[
    Class { name: "allow", reason: None, signature: true, peers: true, write: Write::Good },
    free("path_ambiguous", Reason::PathAmbiguous, false, Write::OtherPath("/v1/orders%2f7")),
    free("route_unmatched", Reason::RouteUnmatched, false, Write::OtherPath("/v2/orders/7")),
    free("credential_missing", Reason::CredentialMissing, false, Write::NoField),
    free("scheme_unsupported", Reason::SchemeUnsupported, false, Write::Basic),
    free("credential_malformed", Reason::CredentialMalformed, false, Write::IllegalCharacter),
    free("token_malformed", Reason::TokenMalformed, true, Write::CutToken),
    free("issuer_untrusted", Reason::IssuerUntrusted, true, Write::Issuer),
    free("algorithm_refused", Reason::AlgorithmRefused, true, Write::Algorithm("ES512")),
    free("alg_none", Reason::AlgorithmRefused, true, Write::Algorithm("none")),
    free("key_unknown", Reason::KeyUnknown, false, Write::Kid),
    paid("signature_invalid", Reason::SignatureInvalid, true, Write::Forged),
    paid("audience_mismatch", Reason::AudienceMismatch, true, Write::Audience),
    paid("token_expired", Reason::TokenExpired, true, Write::Expired),
    paid("scope_insufficient", Reason::ScopeInsufficient, false, Write::Scope),
];

/// A request to decide on.
#[derive(Clone, Debug)]
pub struct Call {
    /// The request target.
    pub url: String,
    /// The `Authorization` line, if there is one.
    pub authorization: Option<String>,
    /// The token, as a peer gets it.
    pub token: String,
}

impl Call {
    /// A good request with this token.
    #[must_use]
    pub fn with_token(url: String, token: String) -> Self {
        Self { url, authorization: Some(format!("Bearer {token}")), token }
    }

    /// The header fields, as a request borrows them.
    #[must_use]
    pub fn fields(&self) -> Vec<Field<'_>> {
        self.authorization.iter().map(|value| Field::new("authorization", value)).collect()
    }

    /// What was signed, and the signature.
    #[must_use]
    pub fn signed(&self) -> (&[u8], Vec<u8>) {
        let (message, signature) = self.token.rsplit_once('.').unwrap_or_default();
        let mut out = vec![0; signature.len()];
        let signature = doorward_core::wire::base64url::decode(signature.as_bytes(), &mut out);
        (message.as_bytes(), signature.map(<[u8]>::to_vec).unwrap_or_default())
    }
}

impl Class {
    /// Whether a store remembers its refusals.
    #[must_use]
    pub const fn is_remembered(&self) -> bool {
        matches!(
            self.reason,
            Some(Reason::TokenMalformed | Reason::IssuerUntrusted | Reason::AlgorithmRefused)
        )
    }

    /// A request of this class, its token signed by `sign`.
    #[must_use]
    pub fn call(&self, alg: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> Call {
        let url = match self.write {
            Write::OtherPath(path) => path,
            _ => "/v1/orders/7",
        };
        let good = Draft::good(alg);
        let draft = match self.write {
            Write::Issuer => Draft { issuer: "https://idp.examplf".to_owned(), ..good },
            Write::Algorithm(other) => Draft { alg: other.to_owned(), ..good },
            Write::Kid => Draft { kid: "2026-11-b".to_owned(), ..good },
            Write::Expired => good.expired(),
            Write::Audience => Draft { audience: "https://other.example".to_owned(), ..good },
            Write::Scope => Draft { scope: "orders:list orders:write".to_owned(), ..good },
            _ => good,
        };
        let mut token = match self.write {
            Write::Forged => draft.sign(|message| sign(&[b"another ", message].concat())),
            _ => draft.sign(sign),
        };
        if self.write == Write::CutToken {
            // Without its last closing brace the payload is no JSON; signature and header stay as they were.
            let cut = token.rfind('.').unwrap_or_default();
            token.replace_range(cut.saturating_sub(4)..cut, "AAAA");
        }
        let call = Call::with_token(url.to_owned(), token);
        let authorization = match self.write {
            Write::NoField => None,
            Write::Basic => Some("Basic c3ZjOnBhc3N3b3Jk".to_owned()),
            Write::IllegalCharacter => call.authorization.map(|value| value + "\""),
            _ => call.authorization,
        };
        Call { authorization, ..call }
    }

    /// Stops with a message unless the engine decides as this class says.
    ///
    /// # Panics
    ///
    /// If it decides otherwise: nothing that was timed then would mean what the table says.
    pub fn check<K: Verify + Send + Sync + 'static>(&self, engine: &Engine<K>, call: &Call) {
        let fields = call.fields();
        let request = Request::new("GET", &call.url, &fields);
        let mut scratch = engine.scratch();
        let found = engine.decide(&request, crate::NOW, &mut scratch).reason();
        assert_eq!(found, self.reason, "{}: {:?}", self.name, request);
    }
}

/// One decision, kept from being optimised away.
#[inline]
pub fn decide<'d, K: Verify + Send + Sync + 'static>(
    engine: &'d Engine<K>,
    request: &Request<'d>,
    scratch: &'d mut Scratch<K>,
) {
    let decision: Decision<'d> = engine.decide(core::hint::black_box(request), crate::NOW, scratch);
    core::hint::black_box(&decision);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{policy, stub, suite::Suite};
    use doorward::Format;

    #[test]
    fn every_class_is_decided_as_it_says() {
        for suite in Suite::all() {
            let engine = Engine::from_text(&policy::single(suite.alg, &suite.jwk()), Format::Json, None);
            let engine = engine.unwrap();
            for class in CLASSES {
                class.check(&engine, &class.call(suite.alg, |message| suite.signer.sign(message)));
            }
        }
    }

    #[test]
    fn the_stub_decides_alike() {
        let suite = Suite::rs256();
        let text = policy::single(suite.alg, &suite.jwk());
        let engine = Engine::with_provider(&text, Format::Json, None, stub::InsecureChecksum).unwrap();
        for class in CLASSES {
            class.check(&engine, &class.call(suite.alg, stub::sign));
        }
    }
}
