//! Tokens, keys and policies as files, so that programs in other languages are timed on the very same ones.

use crate::policy::{self, AUDIENCE, ISSUER};
use crate::suite::Suite;
use crate::token::Draft;
use crate::{pem, signer::Public};
use doorward::{Engine, Format, Reason};
use serde_json::{Value, json};
use std::path::Path;
use std::{fs, io};

/// What every request asks for.
pub const URL: &str = "/v1/orders/7";

/// What a token is like, by the name that every program knows it under, and how we decide on it.
pub const KINDS: [(&str, Option<Reason>); 3] = [
    ("valid", None),
    ("expired", Some(Reason::TokenExpired)),
    ("bad signature", Some(Reason::SignatureInvalid)),
];

/// The algorithms that are compared across languages.
#[must_use]
pub fn suites() -> Vec<Suite> {
    let wanted = ["HS256", "RS256-2048", "ES256", "Ed25519"];
    let mut suites: Vec<_> = Suite::all().into_iter().filter(|suite| wanted.contains(&suite.name)).collect();
    suites.sort_by_key(|suite| wanted.iter().position(|name| *name == suite.name));
    suites
}

/// A token of one kind.
#[must_use]
pub fn token(suite: &Suite, typ: &'static str, kind: &str) -> String {
    let draft = Draft { typ, ..Draft::good(suite.alg) };
    let sign = |message: &[u8]| suite.signer.sign(message);
    match kind {
        "expired" => draft.expired().sign(sign),
        // Of the right length, and of another message.
        "bad signature" => draft.sign(|message| sign(&[b"another ", message].concat())),
        _ => draft.sign(sign),
    }
}

/// The engine that decides on the tokens of a suite.
#[must_use]
pub fn engine(suite: &Suite) -> Engine {
    let policy = policy::single(suite.alg, &suite.jwk());
    Engine::from_text(&policy, Format::Json, None).expect("the policy is sound")
}

/// Writes everything into a folder. What a program needs to know beforehand is in `fixtures.json`.
///
/// # Errors
///
/// What the file system says.
pub fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut suites_json = Vec::new();
    for suite in suites() {
        let name = suite.alg;
        let jwk: Value = serde_json::from_str(&suite.jwk()).map_err(io::Error::other)?;
        let pem = pem::public(&suite.public);
        fs::write(folder.join(format!("policy-{name}.json")), policy::single(suite.alg, &suite.jwk()))?;
        fs::write(folder.join(format!("jwks-{name}.json")), json!({ "keys": [jwk] }).to_string())?;
        let tokens = |typ| {
            let pairs = KINDS.iter().map(|(kind, _)| ((*kind).to_owned(), json!(token(&suite, typ, kind))));
            Value::Object(pairs.collect())
        };
        let secret = match &suite.public {
            Public::Secret(secret) => {
                Some(secret.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
            }
            _ => None,
        };
        suites_json.push(json!({
            "alg": name,
            "policy": format!("policy-{name}.json"),
            "jwk": jwk,
            "pem": pem,
            "secret": secret,
            // For libraries that take no other `typ` than JWT.
            "plain_tokens": tokens("JWT"),
            "tokens": tokens("at+jwt"),
        }));
    }
    let fixtures = json!({
        "method": "GET",
        "url": URL,
        "issuer": ISSUER,
        "audience": AUDIENCE,
        // What browsers and proxies send besides, to see what one more header field costs.
        "more_headers": (0..16).map(|n| [format!("x-header-{n}"), format!("value-{n}-of-a-usual-length")]).collect::<Vec<_>>(),
        "suites": suites_json,
    });
    fs::write(folder.join("fixtures.json"), format!("{fixtures:#}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use doorward::{Field, Request};

    #[test]
    fn every_token_is_decided_as_its_kind_says() {
        for suite in suites() {
            let engine = engine(&suite);
            let mut scratch = engine.scratch();
            for (kind, reason) in KINDS {
                let value = format!("Bearer {}", token(&suite, "at+jwt", kind));
                let fields = [Field::new("authorization", &value)];
                let request = Request::new("GET", URL, &fields);
                let found = engine.decide(&request, doorward::now(), &mut scratch).reason();
                assert_eq!(found, reason, "{} {kind}", suite.alg);
            }
        }
        assert_eq!(suites().len(), 4);
    }
}
