//! What each fuzz target checks, one function for each, called by the fuzzer and by an ordinary test alike.
//!
//! Each takes any bytes and panics where a promise of the parser does not hold.
#![expect(clippy::panic, reason = "a panic is how a fuzz target says that a promise is broken")]

use super::fuzz_answers::{challenge, response, structured};
use super::json_reference::Tree;
use super::{requests, token};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward::keys::{Key, KeySet};
use doorward::policy::{self, Format};
use doorward::provider::DefaultProvider;
use doorward::revocation::{self, Issuers, Revocations};
use doorward::{Decision, Engine};
use doorward_core::credential::{has_second_credential, split_scheme};
use doorward_core::jose::jwk::{Jwk, JwkSet, Purpose};
use doorward_core::jose::jws;
use doorward_core::key::Algorithm;
use doorward_core::policy::Revoked as _;
use doorward_core::wire::forwarded as wire_forwarded;
use doorward_core::wire::json::{Member, scan, scan_value};
use doorward_core::wire::path::{self, Target};
use doorward_core::wire::spiffe_id::SpiffeId;
use doorward_core::wire::{Scratch as Loan, base64url, field, form};
use std::sync::LazyLock;

/// A fuzz target: its name, which is that of its corpus too, and what it checks.
pub type Body = (&'static str, fn(&[u8]));

/// Every target.
pub const ALL: [Body; 17] = [
    ("authorization", authorization),
    ("base64url", base64url),
    ("challenge", challenge),
    ("decide", decide),
    ("form", form),
    ("forwarded", forwarded),
    ("json_scan", json_scan),
    ("jwk", jwk),
    ("jws", jws),
    ("path", path),
    ("policy", policy),
    ("response", response),
    ("revocations", revocations),
    ("spiffe_id", spiffe_id),
    ("structured", structured),
    ("supply_keys", supply_keys),
    ("target", target),
];

/// The scanner takes exactly what `serde_json` takes, but for what it refuses on purpose, and reads the same in it.
pub fn json_scan(data: &[u8]) {
    let mut slots = [Member::default(); Loan::MEMBERS];
    let ours = scan_value(data, &mut slots);
    let theirs = Tree::read(data).filter(|tree| !tree.is_beyond_the_core(Loan::MEMBERS));
    assert_eq!(ours.is_ok(), theirs.is_some(), "accepted by one of the two only");
    let mut top = Vec::new();
    let scanned = scan(data, &mut slots, |name, value| top.push((name, value)));
    let (Ok(ours), Some(theirs)) = (ours, theirs) else { return assert!(scanned.is_err()) };
    assert!(theirs.is(&ours), "the values differ");
    let Tree::Object(members) = theirs else { return assert!(scanned.is_err()) };
    assert!(scanned.is_ok() && members.len() == top.len(), "the members differ");
    for ((name, tree), (found, value)) in members.iter().zip(&top) {
        assert!(*found == **name && tree.is(value), "a member differs");
    }
}

/// The decoder takes exactly what a strict decoder takes, and gives the same bytes.
pub fn base64url(data: &[u8]) {
    let mut out = vec![0; data.len()];
    assert_eq!(base64url::decode(data, &mut out).ok(), URL_SAFE_NO_PAD.decode(data).ok().as_deref());
}

/// Splitting loses nothing, and a comma is the only way to a second credential.
pub fn authorization(data: &[u8]) {
    if let Some((scheme, rest)) = split_scheme(data) {
        assert!(field::is_token(scheme) && data.starts_with(scheme) && data.ends_with(rest));
        let between = data.get(scheme.len()..data.len() - rest.len()).unwrap_or(b"?");
        assert!(between.iter().all(|byte| *byte == b' ') && !rest.starts_with(b" "));
    }
    let second = has_second_credential(data);
    assert!(!second || data.contains(&b','));
    if !data.contains(&b'"') {
        let joined = [data, b", Bearer x"].concat();
        assert!(has_second_credential(&joined), "a joined credential is not seen");
    }
    let line = [("Authorization", data)];
    requests::with(b"GET", b"/v1/orders/7", &line, None, |decision| {
        check_decision(decision);
        assert!(!second || !decision.is_allow(), "a second credential was let in");
    });
}

/// Normalising twice is normalising once; the result is not longer and cannot be read in another way.
pub fn path(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let mut out = vec![0; text.len() + 1];
    let needs_work = path::needs_work(text);
    let Ok(normal) = path::normalise(text, &mut out) else {
        return assert!(needs_work, "a path that needs no work was refused");
    };
    assert!(needs_work || normal == text, "a path that needs no work was changed");
    assert!(normal.len() <= text.len(), "a normal path is longer");
    let mut again = vec![0; normal.len() + 1];
    assert_eq!(path::normalise(normal, &mut again), Ok(normal), "a normal path was changed again");
    let segments = || normal.split('/').skip(1);
    assert!(segments().all(|segment| segment != "." && segment != ".."));
    assert!(!normal.contains("//"), "an empty segment");
    if !normal.contains('%') && normal != "*" && !normal.contains("/.") {
        assert!(!path::needs_work(normal), "a normal path needs work");
    }
}

/// A target's parts are pieces of it, and hold no delimiter that a later reader would cut at.
pub fn target(data: &[u8]) {
    let Ok(target) = Target::parse(data) else { return };
    assert!(target.path.starts_with('/') || target.path == "*");
    assert!(!target.path.contains(['?', '#']));
    let suffix = target.query.map_or_else(Vec::new, |query| [b"?", query].concat());
    let rest = data.strip_suffix(suffix.as_slice());
    assert!(rest.is_some_and(|rest| target.path == "/" || rest.ends_with(target.path.as_bytes())));
    assert!(rest.is_some_and(|rest| !rest.contains(&b'?')), "the query does not begin at the first mark");
}

/// A parameter is found as often as it is there, and decoding never makes it longer.
pub fn form(data: &[u8]) {
    const NAME: &str = "access_token";
    let decoded = |text: &[u8]| {
        let mut out = vec![0; form::decoded_len(text)];
        let decoded = form::decode(text, &mut out).map(<[u8]>::to_vec).ok();
        assert_eq!(
            decoded.as_deref(),
            form::decode(text, &mut vec![0; text.len()]).ok(),
            "too short a buffer"
        );
        decoded
    };
    let named = |pair: &&[u8]| {
        let name = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
        decoded(name).as_deref() == Some(NAME.as_bytes())
    };
    let values: Vec<&[u8]> = data.split(|byte| *byte == b'&').filter(named).collect();
    match form::find(data, NAME) {
        form::Found::Absent => assert!(values.is_empty()),
        form::Found::Repeated => assert!(values.len() > 1),
        form::Found::Once(value) => {
            let [pair] = values.as_slice() else { panic!("expected one pair, found {}", values.len()) };
            assert!(pair.ends_with(value));
            assert!(decoded(value).is_none_or(|decoded| decoded.len() <= value.len()));
        }
    }
}

/// An id that is taken is exactly its parts, in legal characters.
pub fn spiffe_id(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let Ok(id) = SpiffeId::parse(text) else { return };
    assert_eq!(format!("spiffe://{}{}", id.trust_domain(), id.path()), text);
    assert_eq!(SpiffeId::trust_domain_of(text), Some(id.trust_domain()));
    assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/.-_".contains(&byte)));
    assert!(!id.path().ends_with('/') && !id.path().split('/').any(|segment| matches!(segment, "." | "..")));
}

/// No key set makes the reader panic, and a key that is taken is as strong as its algorithm asks.
pub fn jwk(data: &[u8]) {
    let mut members = vec![Member::default(); Loan::MEMBERS];
    let Ok(set) = JwkSet::parse(data, &mut members) else { return };
    for key in set.iter() {
        for purpose in [Purpose::Signatures, Purpose::JwtSvid] {
            let mut out = [0; Jwk::BYTES];
            let Ok(jwk) = Jwk::parse(key, purpose, &mut out) else { continue };
            let strong = |own: Algorithm| jwk.material.fits(own) && jwk.material.check(own).is_ok();
            assert!(jwk.algorithm.is_none_or(strong), "a weak key was taken");
        }
    }
    if let Ok(text) = core::str::from_utf8(data) {
        // A fault names a member or a `kid`, never a secret; here it only has to come back.
        drop(KeySet::from_jwks(text));
    }
}

/// What verifies is what the key's holder signed: another implementation of HMAC agrees.
pub fn jws(data: &[u8]) {
    static KEYS: LazyLock<Vec<Key>> =
        LazyLock::new(|| KeySet::from_jwks(requests::JWK).map(|set| set.keys).unwrap_or_default());
    assert_eq!(KEYS.len(), 1);
    let mut scratch = doorward::Memory::default();
    let token = token::expand(data);
    let Ok(payload) = jws::verify(&token, &KEYS, scratch.lend()) else { return };
    let mut parts = token.rsplitn(2, |byte| *byte == b'.');
    let (signature, input) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
    assert_eq!(signature, token::sign(input), "a forged token verifies");
    let encoded = input.split(|byte| *byte == b'.').nth(1).unwrap_or_default();
    assert_eq!(URL_SAFE_NO_PAD.decode(encoded).ok().as_deref(), Some(payload));
}

/// No request makes the decision panic, whether signatures hold or not, and every answer is complete.
pub fn decide(data: &[u8]) {
    requests::parse(data, |method, url, fields, body| {
        requests::with(method, url, fields, body, check_decision);
        requests::with_any_signature(method, url, fields, body, check_decision);
    });
}

/// What every decision must keep, whatever was asked.
fn check_decision(decision: &Decision<'_>) {
    let mut buffer = [0; 2048];
    let answer = decision.answer(&mut buffer);
    assert!(answer.is_ok(), "an answer fits into two kilobytes");
    let Ok(answer) = answer else { return };
    assert_eq!(decision.is_allow(), decision.reason().is_none());
    assert_eq!(decision.is_allow(), decision.status() == 200);
    assert_eq!(
        decision.grounds() == Some("credential"),
        decision.is_allow() && decision.principal().is_some()
    );
    let challenges = answer.challenges().count();
    assert!(decision.status() != 401 || challenges > 0, "a 401 without a challenge is none");
    assert!(!matches!(decision.status(), 200 | 404) || challenges == 0);
    for (_, value) in answer.fields() {
        assert!(value.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "a byte that no field may hold");
    }
}

/// No text makes the policy reader panic, in either format, and what it reads can be compiled or is refused.
pub fn policy(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    for format in [Format::Toml, Format::Json] {
        if let Err(errors) = policy::read(text, format) {
            for error in errors.iter() {
                let shown = error.to_string();
                assert!(!shown.is_empty() && !shown.contains('\n'), "one line for one fault");
            }
        }
        drop(requests::load(text, format));
    }
}

/// No line makes the reading of hops panic, and no line has more hops than commas ask for.
pub fn forwarded(data: &[u8]) {
    let Some((kind, line)) = data.split_first() else { return };
    let most = line.iter().filter(|byte| **byte == b',').count() + 1;
    let hops = match kind {
        b'x' => wire_forwarded::x_forwarded_for(line).count(),
        _ => wire_forwarded::forwarded(line).count(),
    };
    assert!((1..=most).contains(&hops), "{hops} hops in {}", line.escape_ascii());
}

/// No text makes the reader of revocations panic, in either format, and what it reads can be looked up.
pub fn revocations(data: &[u8]) {
    let Some((kind, text)) = data.split_first() else { return };
    let Ok(text) = core::str::from_utf8(text) else { return };
    let format = if *kind == b'j' { Format::Json } else { Format::Toml };
    let issuers = Issuers::of(&FETCHING_MODEL);
    if let Ok(entries) = revocation::read(text, format, &issuers) {
        let all = Revocations::build(&entries, issuers);
        assert_eq!(all.len(), entries.len());
        assert!(!all.key(usize::MAX, "a"), "an issuer that there is not");
    }
}

/// No text makes an engine panic that takes it for keys, and what it does not take changes nothing.
pub fn supply_keys(data: &[u8]) {
    let Some((kind, text)) = data.split_first() else { return };
    let Ok(text) = core::str::from_utf8(text) else { return };
    let issuer = if *kind == b'm' { "mesh" } else { "corp" };
    let engine = Engine::with_provider(FETCHING, Format::Toml, None, DefaultProvider::new());
    let Ok(engine) = engine else { panic!("the policy is sound") };
    let now = requests::NOW;
    let taken = engine.supply_keys(issuer, text, now).is_ok();
    for one in engine.status(now).issuers {
        assert_eq!(one.trust == "never", one.name != issuer || !taken, "{}: {}", one.name, one.trust);
    }
}

/// A policy whose keys are fetched.
const FETCHING: &str = r#"
store = { off = true }
[issuers.corp]
profile = "rfc9068"
issuer = "https://idp.example"
audience = ["https://api.example"]
algorithms = ["Ed25519", "RS256"]
keys = { url = "https://idp.example/jwks" }
[issuers.mesh]
profile = "jwt-svid"
trust_domain = "prod.example"
audience = ["https://api.example"]
algorithms = ["ES256"]
keys = { url = "https://mesh.example/bundle" }
[[routes]]
path = "/"
accept = ["corp", "mesh"]
"#;

static FETCHING_MODEL: LazyLock<policy::model::PolicyModel> =
    LazyLock::new(|| policy::read(FETCHING, Format::Toml).unwrap_or_else(|errors| panic!("{errors}")));
