//! Changes to a token: to its text, or to its header and claims with a signature that holds again.

use super::pick::Pick;
use super::put;
use crate::mint::{Key, base64url, decode_base64url};
use serde_json::{Map, Value, json};

/// Names of header parameters and values that one may have; the texts are JSON, sometimes wrong.
const PARAMETERS: &[(&str, &[&str])] = &[
    (
        "alg",
        &[
            "\"none\"",
            "\"HS256\"",
            "\"RS256\"",
            "\"ES256\"",
            "\"Ed25519\"",
            "\"EdDSA\"",
            "\"PS256\"",
            "\"es256\"",
            "null",
            "7",
        ],
    ),
    (
        "kid",
        &["\"ed-1\"", "\"ec-1\"", "\"rsa-1\"", "\"shared\"", "\"m-1\"", "\"\"", "\"nobody\"", "null", "[]"],
    ),
    (
        "typ",
        &[
            "\"at+jwt\"",
            "\"JWT\"",
            "\"application/at+jwt\"",
            "\"AT+JWT\"",
            "\"\"",
            "\"dpop+jwt\"",
            "\"JOSE\"",
            "1",
        ],
    ),
    ("crit", &["[]", "[\"exp\"]", "[\"b64\"]", "null", "\"b64\""]),
    ("b64", &["false", "true"]),
    ("jwk", &["{}", "{\"kty\":\"oct\",\"k\":\"AA\"}"]),
    ("cty", &["\"JWT\"", "\"é\""]),
    ("zip", &["\"DEF\""]),
];

/// Names of claims and values that one may have.
const CLAIMS: &[(&str, &[&str])] = &[
    (
        "iss",
        &[
            "\"https://idp.example\"",
            "\"https://partner.example\"",
            "\"https://idp.example/\"",
            "\"\"",
            "null",
            "1",
            "\"prod.example\"",
        ],
    ),
    (
        "sub",
        &[
            "\"svc-a\"",
            "\"spiffe://prod.example/ns/shop/sa/cart\"",
            "\"\"",
            "\"ürsula\\n\\u0000\"",
            "\"a%b c,d\\\"\"",
            "null",
            "\"\\ud83d\\ude00\"",
            "\"x\\u007fy\"",
        ],
    ),
    (
        "aud",
        &[
            "\"https://api.example\"",
            "[\"https://api.example\"]",
            "[]",
            "[\"a\",\"https://orders.example\"]",
            "\"\"",
            "null",
            "[1]",
            "{}",
        ],
    ),
    (
        "exp",
        &[
            "1795387431",
            "1795387401",
            "1795387400.999999999",
            "1.795387500e9",
            "1795388031000",
            "-1",
            "0",
            "\"1795388031\"",
            "null",
            "1e400",
            "253402300799",
        ],
    ),
    ("nbf", &["1795387431", "1795387461", "1795387461.000000001", "1795387462", "0", "-1e3", "true"]),
    ("iat", &["1795387431", "1795387461", "1795387462", "1795383831", "1795387461.5", "[]"]),
    ("auth_time", &["1795387431", "1795387131", "1795387101", "1795387100", "0", "\"x\""]),
    (
        "acr",
        &[
            "\"urn:example:gold\"",
            "\"urn:example:silver\"",
            "\"urn:example:bronze\"",
            "7",
            "[\"urn:example:gold\"]",
        ],
    ),
    (
        "scope",
        &[
            "\"orders:read\"",
            "\"orders:read orders:write\"",
            "\"reports:read\"",
            "\"payments:write\"",
            "\"\"",
            "[\"orders:read\"]",
            "null",
            "\"orders:read  x\"",
        ],
    ),
    ("scp", &["[\"orders:read\",\"reports:all\"]", "\"orders:write\"", "[1]"]),
    ("roles", &["[\"clerk\"]", "[\"clerk\",\"payer\"]", "\"payer\"", "[]", "{\"a\":[\"clerk\"]}"]),
    ("department", &["\"sales\"", "\"Sales\"", "[\"sales\"]", "1.0", "null"]),
    (
        "act",
        &[
            "{\"sub\":\"svc-b\"}",
            "{\"sub\":\"svc-b\",\"act\":{\"sub\":\"svc-c\"}}",
            "{}",
            "null",
            "\"x\"",
            "{\"sub\":1}",
        ],
    ),
    ("cnf", &["{\"jkt\":\"x\"}", "{}", "null"]),
    ("client_id", &["\"svc-a\"", "7", "null"]),
    ("jti", &["\"t-2\"", "7", "null"]),
    (
        "levels",
        &[
            "[1,2.5,-0,1e2,0.1]",
            "[9007199254740993]",
            "[12345678901234567890]",
            "[0.30000000000000004,1e-7,5e-324]",
        ],
    ),
    ("groups", &["[\"x\",\"é\",\"\\u2028\"]", "{\"\":{\"a/b\":[{}]}}", "[[[]]]"]),
];

/// A token taken apart, as far as it can be.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

impl Parts {
    fn of(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let mut next = || serde_json::from_slice(&decode_base64url(parts.next()?)).ok();
        Some(Self { header: next()?, claims: next()? })
    }

    /// The whole seconds of a claim that is a date.
    pub(super) fn date(&self, name: &str) -> Option<i64> {
        self.claims.get(name)?.as_i64()
    }
}

/// The keys of the table that are trusted somewhere.
const KEYS: &[Key] = &[
    Key::Ed25519("corp"),
    Key::Ed25519("a"),
    Key::P256("corp"),
    Key::P256("corp-shared"),
    Key::P256("partner"),
    Key::P256("mesh"),
    Key::P256("a"),
    Key::P384("corp"),
    Key::P384("a"),
    Key::Rsa,
    Key::Secret("a"),
];

/// The algorithms that a key can sign with.
const fn algorithms(key: Key) -> &'static [&'static str] {
    match key {
        Key::Ed25519(_) => &["Ed25519", "EdDSA"],
        Key::P256(_) => &["ES256"],
        Key::P384(_) => &["ES384"],
        Key::Rsa | Key::RsaStranger => &["RS256", "PS256", "RS384", "PS384", "RS512", "PS512"],
        Key::Secret(_) => &["HS256", "HS384", "HS512"],
    }
}

/// The key that signed a token: the one that makes the same signature again, since all of them sign without chance.
fn signer(text: &str, parts: &Parts) -> Option<(Key, &'static str)> {
    let named = parts.header.get("alg").and_then(Value::as_str)?;
    let (input, signature) = text.rsplit_once('.')?;
    let fits =
        |key: &Key| algorithms(*key).iter().find(|algorithm| **algorithm == named).map(|name| (*key, *name));
    let mut fitting = KEYS.iter().filter_map(fits);
    fitting.find(|(key, algorithm)| base64url(&key.sign(algorithm, input.as_bytes())) == signature)
}

/// The token of a request's first bearer credential.
pub(super) fn of(case: &Value) -> Option<Parts> {
    Parts::of(&bearer(case)?.1)
}

/// Where the credential is among the lines, and its token.
fn bearer(case: &Value) -> Option<(usize, String)> {
    let lines = case.pointer("/request/headers").and_then(Value::as_array)?;
    lines.iter().enumerate().find_map(|(at, line)| {
        let token = line.get(1)?.as_str()?.strip_prefix("Bearer ")?;
        Some((at, token.to_owned()))
    })
}

/// Changes the token of a request, if it has one.
pub(super) fn change(pick: &mut Pick, case: &mut Value) {
    let Some((at, text)) = bearer(case) else { return };
    let changed = match Parts::of(&text) {
        Some(parts) if pick.chance(80) => {
            let signer = signer(&text, &parts).unwrap_or((Key::Ed25519("corp"), "Ed25519"));
            signed(pick, &parts, signer)
        }
        _ => spoilt(pick, &text),
    };
    let mut lines = case.pointer("/request/headers").cloned().unwrap_or_default();
    if let Some(value) = lines.get_mut(at).and_then(|line| line.get_mut(1)) {
        *value = json!(format!("Bearer {changed}"));
    }
    put(case, "headers", lines);
}

/// The text of a token with something done to it.
fn spoilt(pick: &mut Pick, text: &str) -> String {
    match pick.below(6) {
        0 => pick.spoil(text, "eyJhbGciOiJub25lIn0.e30."),
        1 => format!("{text}{}", pick.word(&["=", "==", ".", ".x", "\u{0}", " ", "é", "AAAA"])),
        2 => text.rsplit_once('.').map(|(before, _)| format!("{before}.")).unwrap_or_default(),
        3 => {
            let mut parts: Vec<&str> = text.split('.').collect();
            parts.swap(0, pick.below(3).min(text.matches('.').count()));
            parts.join(".")
        }
        4 => text.replacen('-', "+", 1).replacen('_', "/", 1),
        _ => text
            .split_at_checked(pick.below(text.len() + 1))
            .map(|(before, _)| before.to_owned())
            .unwrap_or_default(),
    }
}

/// The token with one to three members changed, and signed again by whoever may, mostly.
fn signed(pick: &mut Pick, parts: &Parts, (key, algorithm): (Key, &'static str)) -> String {
    let mut header = members(&parts.header);
    let mut claims = members(&parts.claims);
    for _ in 0..=pick.below(3) {
        if pick.chance(25) {
            edit(pick, &mut header, PARAMETERS);
        } else {
            edit(pick, &mut claims, CLAIMS);
        }
    }
    let input =
        format!("{}.{}", base64url(object(&header).as_bytes()), base64url(object(&claims).as_bytes()));
    let (key, algorithm) = match pick.below(20) {
        0 => (Key::Ed25519("attacker"), "Ed25519"),
        1 => (key, pick.word(algorithms(key))),
        _ => (key, algorithm),
    };
    let mut signature = key.sign(algorithm, input.as_bytes());
    if pick.chance(5) {
        let at = pick.below(signature.len());
        signature.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1);
    }
    format!("{input}.{}", base64url(&signature))
}

fn members(map: &Map<String, Value>) -> Vec<(String, String)> {
    map.iter().map(|(name, value)| (json!(name).to_string(), value.to_string())).collect()
}

fn object(members: &[(String, String)]) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("{name}:{value}")).collect();
    format!("{{{}}}", members.join(","))
}

/// Sets, removes, repeats or respells a member; names and values are JSON texts.
fn edit(pick: &mut Pick, members: &mut Vec<(String, String)>, known: &[(&str, &[&'static str])]) {
    let Some((name, values)) = pick.one(known) else { return };
    let name = json!(name).to_string();
    let at = members.iter().position(|(other, _)| *other == name);
    match (pick.below(12), at) {
        (0, Some(at)) => drop(members.remove(at)),
        (1, Some(at)) => members.extend(members.get(at).cloned()),
        (2, Some(at)) => {
            if let Some((spelt, _)) = members.get_mut(at) {
                *spelt = escaped(spelt);
            }
        }
        (3, Some(at)) => {
            if let Some((_, value)) = members.get_mut(at) {
                *value = pick.spoil(value, ",{}[]\"0");
            }
        }
        (_, Some(at)) => {
            if let Some((_, value)) = members.get_mut(at) {
                *value = pick.word(values).to_owned();
            }
        }
        (_, None) => members.push((name, pick.word(values).to_owned())),
    }
}

/// A quoted name with its first letter as an escape.
fn escaped(name: &str) -> String {
    let mut letters = name.trim_matches('"').chars();
    let first = letters.next().map(|letter| format!("\\u{:04x}", u32::from(letter))).unwrap_or_default();
    format!("\"{first}{}\"", letters.as_str())
}
