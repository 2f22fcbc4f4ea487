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

/// What a repeat is called, and the kind of the token that is sent again: asked of an engine that remembers.
pub const KNOWN: [(&str, &str); 2] = [("known", "valid"), ("known, refused", "expired")];

/// How many credentials that engine remembers.
const REMEMBERED: u64 = 10_000;

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
    Engine::from_text(&policy(suite), Format::Json, None).expect("the policy is sound")
}

/// The engine that remembers the tokens of a suite, for the two that show it: a repeat costs the same under every algorithm.
#[must_use]
pub fn remembering(suite: &Suite) -> Option<Engine> {
    let text = remembering_policy(suite)?;
    Some(Engine::from_text(&text, Format::Json, None).expect("the policy is sound"))
}

fn policy(suite: &Suite) -> String {
    policy::single(suite.alg, &suite.jwk())
}

fn remembering_policy(suite: &Suite) -> Option<String> {
    matches!(suite.alg, "HS256" | "RS256").then(|| policy::remembering(&policy(suite), REMEMBERED))
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
        fs::write(folder.join(format!("policy-{name}.json")), policy(&suite))?;
        let known = remembering_policy(&suite).map(|text| (format!("policy-known-{name}.json"), text));
        if let Some((file, text)) = &known {
            fs::write(folder.join(file), text)?;
        }
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
            // Null where repeats are not timed.
            "known_policy": known.map(|(file, _)| file),
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
        // What a repeat is called, by the kind of its token.
        "known": KNOWN,
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

    #[test]
    fn a_repeat_is_known_and_decided_as_before() {
        let mut tried = 0;
        for suite in suites() {
            let Some(engine) = remembering(&suite) else { continue };
            let mut scratch = engine.scratch();
            for (name, kind) in KNOWN {
                let value = format!("Bearer {}", token(&suite, "at+jwt", kind));
                let fields = [Field::new("authorization", &value)];
                let request = Request::new("GET", URL, &fields);
                let expected = KINDS.iter().find(|(other, _)| *other == kind).unwrap().1;
                for _ in 0..3 {
                    let found = engine.decide(&request, doorward::now(), &mut scratch).reason();
                    assert_eq!(found, expected, "{} {name}", suite.alg);
                }
                tried += 1;
            }
            for store in engine.status(doorward::now()).stores {
                let remembered = matches!(store.name, "known" | "refused").then_some(1);
                assert_eq!(store.used, remembered, "{store:?}");
            }
        }
        assert_eq!(tried, 4);
    }
}
