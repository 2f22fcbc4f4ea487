//! Policies that must not load: what is wrong with each, where, and what would mend it.

mod keys;
mod settings;
mod trace;

use crate::mint::Key;
use serde_json::{Value, json};

/// A policy without fault, into which each case puts one: four lines of issuer, its keys, and a route.
const GOOD: &str = "\
[issuers.corp]
profile = 'rfc9068'
issuer = 'https://idp.example'
audience = ['https://api.example']
algorithms = ['Ed25519']
keys = { inline = KEY }

[[routes]]
path = '/any'
accept = 'corp'
";

/// One policy: name, what is replaced by what, line and column, and a part of the message.
type Fault = (&'static str, &'static str, &'static str, (usize, usize), &'static str);

const FAULTS: &[Fault] = &[
    (
        "misspelt-at-the-top",
        "[issuers.corp]",
        "reaml = 'x'\n[issuers.corp]",
        (1, 1),
        "unknown key `reaml`: did you mean `realm`?",
    ),
    ("misspelt-section", "[issuers.corp]", "[isuers.corp]", (1, 2), "did you mean `issuers`?"),
    (
        "misspelt-in-an-issuer",
        "audience",
        "audiense",
        (4, 1),
        "unknown key `audiense`: did you mean `audience`?",
    ),
    ("misspelt-in-a-route", "accept", "acept", (10, 1), "unknown key `acept`: did you mean `accept`?"),
    (
        "misspelt-scopes",
        "accept = 'corp'",
        "accept = 'corp'\nscpoes = ['a']",
        (11, 1),
        "did you mean `scopes`?",
    ),
    (
        "misspelt-in-a-rule",
        "accept = 'corp'",
        "accept = 'corp'\nrequire = [{ claim = '/a', equal = 1 }]",
        (11, 28),
        "did you mean `equals`?",
    ),
    ("misspelt-in-keys", "inline = KEY", "inlin = KEY", (6, 10), "did you mean `inline`?"),
    (
        "key-of-another-section",
        "accept = 'corp'",
        "accept = 'corp'\nrealm = 'x'",
        (11, 1),
        "it belongs to the top of the policy",
    ),
    ("profile-missing", "profile = 'rfc9068'\n", "", (1, 1), "missing key `profile`"),
    ("profile-misspelt", "rfc9068", "rfc9608", (2, 11), "did you mean `rfc9068`?"),
    ("issuer-missing", "issuer = 'https://idp.example'\n", "", (1, 1), "missing key `issuer`"),
    ("audience-missing", "audience = ['https://api.example']\n", "", (1, 1), "missing key `audience`"),
    ("audience-empty", "['https://api.example']", "[]", (4, 12), "expected at least one audience"),
    ("algorithms-missing", "algorithms = ['Ed25519']\n", "", (1, 1), "missing key `algorithms`"),
    ("algorithms-empty", "['Ed25519']", "[]", (5, 14), "expected at least one element"),
    ("algorithm-misspelt", "'Ed25519'", "'Ed2551'", (5, 15), "did you mean `Ed25519`?"),
    ("algorithm-none", "'Ed25519'", "'none'", (5, 15), "lets anyone forge a token"),
    ("algorithm-none-in-capitals", "'Ed25519'", "'Ed25519', 'NONE'", (5, 26), "lets anyone forge a token"),
    ("algorithm-twice", "'Ed25519'", "'Ed25519', 'Ed25519'", (5, 26), "found `Ed25519` again"),
    ("algorithms-of-two-kinds", "'Ed25519'", "'Ed25519', 'HS256'", (5, 14), "expected one kind of key"),
    (
        "algorithm-es512-of-no-provider",
        "'Ed25519'",
        "'Ed25519', 'ES512'",
        (1, 1),
        "`ES512` is not supported by this provider",
    ),
    (
        "svid-with-hmac",
        "profile = 'rfc9068'\nissuer = 'https://idp.example'\naudience = ['https://api.example']\nalgorithms = ['Ed25519']",
        "profile = 'jwt-svid'\ntrust_domain = 'prod.example'\naudience = ['https://api.example']\nalgorithms = ['HS256']",
        (5, 15),
        "expected an RS, PS or ES algorithm for profile `jwt-svid`, found `HS256`",
    ),
    (
        "svid-with-ed25519",
        "profile = 'rfc9068'\nissuer = 'https://idp.example'",
        "profile = 'jwt-svid'\ntrust_domain = 'prod.example'",
        (5, 15),
        "expected an RS, PS or ES algorithm for profile `jwt-svid`, found `Ed25519`",
    ),
    ("svid-without-domain", "'rfc9068'", "'jwt-svid'", (1, 1), "missing key `trust_domain`"),
    (
        "domain-in-capitals",
        "profile = 'rfc9068'",
        "profile = 'jwt-svid'\ntrust_domain = 'PROD.example'",
        (3, 16),
        "a trust domain of 1 to 255 characters",
    ),
    (
        "domain-where-none-belongs",
        "profile = 'rfc9068'",
        "profile = 'rfc9068'\ntrust_domain = 'prod.example'",
        (3, 16),
        "expected no `trust_domain` with profile `rfc9068`",
    ),
    (
        "secret-too-short-for-its-hash",
        "'Ed25519']\nkeys = { inline = KEY }",
        "'HS512']\nkeys = { inline = { kty = 'oct', k = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY' } }",
        (6, 19),
        "expected a secret of at least 64 bytes, found 32",
    ),
    (
        "modulus-too-short",
        "'Ed25519']\nkeys = { inline = KEY }",
        "'RS256']\nkeys = { inline = { kty = 'RSA', e = 'AQAB', n = '_____w' } }",
        (6, 19),
        "at least 2048 bits, found 32",
    ),
    (
        "point-of-small-order",
        "KEY",
        "{ kty = 'OKP', crv = 'Ed25519', x = 'AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }",
        (6, 19),
        "an Ed25519 point of large order",
    ),
    (
        "issuer-twice",
        "[[routes]]",
        "[issuers.again]\nprofile = 'rfc9068'\nissuer = 'https://idp.example'\naudience = 'x'\nalgorithms = ['Ed25519']\nkeys = { inline = KEY }\n[[routes]]",
        (8, 1),
        "each `issuer` once per profile",
    ),
    (
        "issuer-with-two-kinds-of-key",
        "[[routes]]",
        "[issuers.again]\nprofile = 'jwt'\nissuer = 'https://idp.example'\naudience = 'x'\nalgorithms = ['HS256']\nkeys = { inline = { kty = 'oct', k = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY' } }\n[[routes]]",
        (8, 1),
        "expected one kind of key for one `issuer`",
    ),
    ("issuer-called-anyone", "[issuers.corp]", "[issuers.anyone]", (1, 10), "a name other than `anyone`"),
    ("leeway-too-long", "[issuers.corp]", "leeway = '5m1s'\n[issuers.corp]", (1, 10), "from `0s` to `5m`"),
    (
        "leeway-without-unit",
        "[issuers.corp]",
        "leeway = '30'\n[issuers.corp]",
        (1, 10),
        "did you mean `30s`?",
    ),
    (
        "max-credential-too-small",
        "[issuers.corp]",
        "max_credential = 511\n[issuers.corp]",
        (1, 18),
        "from 512 to 65536",
    ),
    (
        "max-credential-too-large",
        "[issuers.corp]",
        "max_credential = 65537\n[issuers.corp]",
        (1, 18),
        "from 512 to 65536",
    ),
    (
        "disclosure-misspelt",
        "[issuers.corp]",
        "disclosure = 'reasons'\n[issuers.corp]",
        (1, 14),
        "did you mean `reason`?",
    ),
    (
        "realm-outside-ascii",
        "[issuers.corp]",
        "realm = 'caf\u{e9}'\n[issuers.corp]",
        (1, 9),
        "printable ASCII",
    ),
    (
        "realm-with-a-line-break",
        "[issuers.corp]",
        "realm = \"a\\r\\nX: y\"\n[issuers.corp]",
        (1, 9),
        "printable ASCII",
    ),
    (
        "metadata-without-tls",
        "[issuers.corp]",
        "resource_metadata = 'http://api.example/'\n[issuers.corp]",
        (1, 21),
        "an https URL",
    ),
    (
        "token-in-a-cookie",
        "profile = 'rfc9068'",
        "profile = 'rfc9068'\ntoken_in = ['cookie']",
        (3, 13),
        "`header`, `query` or `form`",
    ),
    ("path-missing", "path = '/any'\n", "", (8, 1), "missing key `path`"),
    ("path-without-slash", "'/any'", "'any'", (9, 8), "begins with `/`"),
    ("path-with-an-empty-segment", "'/any'", "'/a//b'", (9, 8), "without empty segments"),
    ("path-with-a-tail-inside", "'/any'", "'/{*a}/b'", (9, 8), "comes last"),
    ("path-with-half-a-segment", "'/any'", "'/{a}.json'", (9, 8), "fills a whole segment"),
    ("path-that-is-ambiguous", "'/any'", "'/a%2Fb'", (9, 8), "one way only"),
    ("path-with-dots", "'/any'", "'/a/../b'", (9, 8), "one way only"),
    (
        "path-twice",
        "accept = 'corp'",
        "accept = 'corp'\n[[routes]]\npath = '/%61ny'\naccept = 'anyone'",
        (12, 8),
        "same path",
    ),
    ("accept-missing", "accept = 'corp'\n", "", (8, 1), "missing key `accept`"),
    ("accept-nobody", "accept = 'corp'", "accept = []", (10, 10), "at least one issuer"),
    ("accept-a-stranger", "accept = 'corp'", "accept = ['crop']", (10, 11), "did you mean `corp`?"),
    (
        "accept-anyone-among-others",
        "accept = 'corp'",
        "accept = ['corp', 'anyone']",
        (10, 19),
        "found `anyone`",
    ),
    (
        "anyone-with-scopes",
        "accept = 'corp'",
        "accept = 'anyone'\nscopes = ['a']",
        (11, 10),
        "expected no `scopes` where anyone is let in",
    ),
    ("scope-with-a-space", "accept = 'corp'", "accept = 'corp'\nscopes = ['a b']", (11, 11), "one scope"),
    (
        "rule-without-test",
        "accept = 'corp'",
        "accept = 'corp'\nrequire = [{ claim = '/a' }]",
        (11, 12),
        "found none",
    ),
    (
        "rule-with-two-tests",
        "accept = 'corp'",
        "accept = 'corp'\nrequire = [{ claim = '/a', equals = 1, exists = true }]",
        (11, 12),
        "found `equals` and `exists`",
    ),
    (
        "rule-without-pointer",
        "accept = 'corp'",
        "accept = 'corp'\nrequire = [{ claim = 'department', equals = 1 }]",
        (11, 22),
        "did you mean `/department`?",
    ),
    (
        "rule-with-a-broken-pointer",
        "accept = 'corp'",
        "accept = 'corp'\nrequire = [{ claim = '/a~2', equals = 1 }]",
        (11, 22),
        "`~` is written `~0`",
    ),
    (
        "delegation-to-nobody",
        "accept = 'corp'",
        "accept = 'corp'\ndelegation = []",
        (11, 14),
        "at least one actor",
    ),
    (
        "later-certificates",
        "[[routes]]",
        "[certificates.mesh]\ntrust_domain = 'a'\n[[routes]]",
        (8, 2),
        "`certificates` is not supported by this build yet",
    ),
    (
        "later-signers",
        "[[routes]]",
        "[signers.a]\n[[routes]]",
        (8, 2),
        "`signers` is not supported by this build yet",
    ),
    (
        "later-api-keys",
        "[[routes]]",
        "[api_keys.a]\n[[routes]]",
        (8, 2),
        "`api_keys` is not supported by this build yet",
    ),
    (
        "later-external-url",
        "[issuers.corp]",
        "external_url = 'https://api.example'\n[issuers.corp]",
        (1, 1),
        "`external_url` is not supported by this build yet",
    ),
    ("kind-that-nobody-knows", "[[routes]]", "[passwords.a]\n[[routes]]", (8, 2), "unknown key `passwords`"),
    ("no-toml", "accept = 'corp'", "accept = ", (10, 10), ""),
    ("key-twice", "accept = 'corp'", "accept = 'corp'\naccept = 'corp'", (11, 1), ""),
    (
        "secret-too-short",
        "'Ed25519']\nkeys = { inline = KEY }",
        "'HS256']\nkeys = { inline = { kty = 'oct', k = 'AAAA' } }",
        (6, 19),
        "expected a secret of at least 32 bytes, found 3",
    ),
];

fn all() -> impl Iterator<Item = &'static Fault> {
    FAULTS.iter().chain(keys::FAULTS).chain(settings::FAULTS).chain(trace::FAULTS)
}

/// The file of cases.
pub(crate) fn file() -> Value {
    let jwk = Key::Ed25519("corp").jwk();
    let x = jwk.get("x").and_then(Value::as_str).unwrap_or_default();
    let key = format!("{{ kty = 'OKP', crv = 'Ed25519', x = '{x}' }}");
    let cases: Vec<_> = all()
        .map(|(name, from, to, (line, column), contains)| {
            let toml = GOOD.replacen(from, to, 1).replace("KEY", &key);
            let error = json!({"contains": contains, "line": line, "column": column});
            json!({"id": format!("policy_errors/{name}"), "toml": toml, "error": error})
        })
        .collect();
    json!({"policies": cases})
}

/// The ids of the cases.
pub(crate) fn count() -> usize {
    all().count()
}
