//! The policy, the key and the way from raw bytes to a request that the fuzz targets share.

use super::token;
use super::trust_all::{InsecureKey, InsecureTrustAll};
use doorward::error::LoadErrors;
use doorward::{Decision, Engine, Field, Format, Request, UnixTime};
use std::sync::LazyLock;

/// The secret of the policy's issuer, known to everyone.
pub const SECRET: &[u8; 32] = b"a secret that everyone may know!";

/// It as a JWK.
pub const JWK: &str =
    r#"{"kty":"oct","alg":"HS256","kid":"k1","k":"YSBzZWNyZXQgdGhhdCBldmVyeW9uZSBtYXkga25vdyE"}"#;

/// When the requests come in.
pub const NOW: UnixTime = UnixTime::from_seconds(1_795_387_431);

/// A policy with something of everything that a request can reach.
const POLICY: &str = r#"
realm = "orders"
disclosure = "reason"
resource_metadata = "https://api.example/.well-known/oauth-protected-resource"
advertise_scope = true

[issuers.corp]
profile = "rfc9068"
issuer = "https://idp.example"
audience = ["https://api.example"]
algorithms = ["HS256"]
token_in = ["header", "query", "form"]
keys = { inline = { kty = "oct", alg = "HS256", kid = "k1", k = "YSBzZWNyZXQgdGhhdCBldmVyeW9uZSBtYXkga25vdyE" } }

[issuers.plain]
profile = "jwt"
issuer = "https://plain.example"
audience = []
algorithms = ["HS256"]
max_age = "1h"
required_claims = ["jti"]
keys = { inline = { kty = "oct", alg = "HS256", k = "YSBzZWNyZXQgdGhhdCBldmVyeW9uZSBtYXkga25vdyE" } }

[issuers.mesh]
profile = "jwt-svid"
trust_domain = "prod.example"
audience = ["orders"]
algorithms = ["ES256"]

[issuers.mesh.keys.inline]
kty = "EC"
crv = "P-256"
x = "04N0xi21hshyvBp7I167sbE_bXqyqkAPfefdklMO7wY"
y = "UI8exy-C06a7DUnjIdENkxeFtHM4-l_41LqEw9nVgmw"

[[routes]]
path = "/v1/orders/{id}"
methods = ["GET", "POST"]
accept = ["corp", "plain", "mesh"]
cors_preflight = true

[[routes]]
path = "/v1/admin/{*rest}"
accept = ["corp"]
scopes = ["orders:write"]
any_scope = ["a", "b"]
roles = ["admin"]
acr = ["urn:mfa"]
max_auth_age = "5m"
delegation = ["svc-a"]
require = [
  { claim = "/department", equals = "sales" },
  { claim = "/levels/0", one_of = [1, 2.5] },
  { claim = "/groups", contains = "x" },
  { claim = "/sub", prefix = "svc-" },
  { claim = "/blocked", exists = false },
]

[[routes]]
path = "/hidden"
accept = ["corp"]
hidden = true

[[routes]]
path = "/healthz"
accept = "anyone"
"#;

/// A policy for engines that believe every signature.
///
/// # Errors
///
/// What is wrong with it.
pub fn load(text: &str, format: Format) -> Result<Engine<InsecureKey>, LoadErrors> {
    Engine::with_provider(text, format, None, InsecureTrustAll)
}

/// A request with the field lines as name and value.
pub type Lines<'r> = [(&'r str, &'r [u8])];

/// Decides on a request, with genuine signatures only.
///
/// # Panics
///
/// If the policy of the targets cannot be loaded.
pub fn with(
    method: &[u8],
    url: &[u8],
    lines: &Lines<'_>,
    body: Option<&[u8]>,
    look: impl FnOnce(&Decision<'_>),
) {
    static ENGINE: LazyLock<Result<Engine, LoadErrors>> =
        LazyLock::new(|| Engine::from_text(POLICY, Format::Toml, None));
    assert!(ENGINE.is_ok(), "{:?}", ENGINE.as_ref().err());
    let Ok(engine) = ENGINE.as_ref() else { return };
    on(method, url, lines, body, |request| look(&engine.decide(request, NOW, &mut engine.scratch())));
}

/// The same where every signature holds.
///
/// # Panics
///
/// If the policy of the targets cannot be loaded.
pub fn with_any_signature(
    method: &[u8],
    url: &[u8],
    lines: &Lines<'_>,
    body: Option<&[u8]>,
    look: impl FnOnce(&Decision<'_>),
) {
    static ENGINE: LazyLock<Result<Engine<InsecureKey>, LoadErrors>> =
        LazyLock::new(|| load(POLICY, Format::Toml));
    assert!(ENGINE.is_ok(), "{:?}", ENGINE.as_ref().err());
    let Ok(engine) = ENGINE.as_ref() else { return };
    on(method, url, lines, body, |request| look(&engine.decide(request, NOW, &mut engine.scratch())));
}

fn on(method: &[u8], url: &[u8], lines: &Lines<'_>, body: Option<&[u8]>, decide: impl FnOnce(&Request<'_>)) {
    let fields: Vec<_> = lines.iter().map(|(name, value)| Field::new(*name, *value)).collect();
    let request = Request::new(method, url, &fields);
    decide(&body.map_or(request, |body| request.with_body(body)));
}

/// Takes raw bytes apart into a request, however odd: method and target on the first line, then field lines, an empty
/// line and the content. [`token::expand`] is applied to targets, values and content.
pub fn parse(data: &[u8], look: impl FnOnce(&[u8], &[u8], &Lines<'_>, Option<&[u8]>)) {
    let (head, body) = match data.windows(2).position(|two| two == b"\n\n") {
        Some(at) => (data.get(..at), data.get(at + 2..)),
        None => (Some(data), None),
    };
    let mut lines = head.unwrap_or_default().split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let (method, url) = cut(first, b' ');
    let lines: Vec<(String, Vec<u8>)> = lines
        .map(|line| {
            let (name, value) = cut(line, b':');
            (String::from_utf8_lossy(name).into_owned(), token::expand(value))
        })
        .collect();
    let lines: Vec<(&str, &[u8])> =
        lines.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let (url, body) = (token::expand(url), body.map(token::expand));
    look(method, &url, &lines, body.as_deref());
}

fn cut(text: &[u8], at: u8) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| *byte == at).unwrap_or(text.len());
    let (before, after) = text.split_at_checked(end).unwrap_or((text, &[]));
    (before, after.get(1..).unwrap_or_default())
}
