//! Tests of what a snapshot keeps, and of bytes that are no record.

#![cfg(test)]

use super::*;
use crate::{Engine, Field, Format, Request, UnixTime};

const POLICY: &str = r#"
realm = "orders"
[issuers.corp]
profile = "jwt"
issuer = "https://idp.example"
audience = ["https://api.example"]
algorithms = ["HS256"]
keys = { inline = { keys = [ { kty = "oct", k = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" } ] } }
[[routes]]
path = "/orders"
accept = ["corp"]
[[routes]]
path = "/open"
accept = "anyone"
"#;

/// `{"iss":"https://idp.example","sub":"svc-a","aud":"https://api.example","exp":100,"act":{"sub":"svc-b"}}`, signed.
const EXPIRED: &str = "Bearer eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwic3ViIjoic3ZjLWEiLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlIiwiZXhwIjoxMDAsImFjdCI6eyJzdWIiOiJzdmMtYiJ9fQ.M-W_TWdKBk6nwINaELzJEd-eQsE10Rw8MfOs9oAZOPo";

fn kept(path: &str, fields: &[Field<'_>]) -> Snapshot {
    let engine = Engine::from_text(POLICY, Format::Toml, None).unwrap();
    let mut scratch = engine.scratch();
    let now = UnixTime::new(1_000, 500_000_000);
    let request = Request::new("GET", path, fields);
    let decision = engine.decide(&request, now, &mut scratch);
    let kept = Snapshot::new(&decision);
    assert_eq!(kept.outcome(), decision.outcome());
    assert_eq!(kept.status(), decision.status());
    assert_eq!(kept.reason(), decision.reason());
    assert_eq!(kept.path(), decision.path());
    assert_eq!(kept.route(), decision.route());
    assert_eq!(kept.grounds(), decision.grounds());
    assert_eq!(kept.context().as_ref(), decision.context());
    assert_eq!(
        kept.principal().map(|p| p.claims.to_owned()),
        decision.principal().map(|p| p.claims.to_owned())
    );
    kept
}

#[test]
fn a_kept_refusal_says_what_the_decision_said() {
    let kept = kept("/orders", &[Field::new("authorization", EXPIRED)]);
    assert_eq!((kept.status(), kept.route(), kept.may_resend()), (401, Some(0), false));
    assert_eq!(
        kept.context(),
        Some(Context::Time {
            claim: "exp",
            value: UnixTime::from_seconds(100),
            limit: None,
            now: UnixTime::new(1_000, 500_000_000),
            leeway: Seconds(30),
        })
    );
    let principal = kept.principal().unwrap();
    assert_eq!(
        (principal.issuer, principal.issuer_name, principal.subject),
        ("https://idp.example", "corp", "svc-a")
    );
    assert_eq!(principal.actor, Some(r#"{"sub":"svc-b"}"#));
    assert_eq!(kept.challenges().collect::<Vec<_>>(), [r#"Bearer realm="orders", error="invalid_token""#]);
}

#[test]
fn a_kept_allow_says_what_the_decision_said() {
    let kept = kept("/x/../open", &[]);
    assert!(kept.is_allow() && kept.principal().is_none() && kept.headers().next().is_none());
    assert_eq!((kept.path(), kept.grounds(), kept.status()), ("/open", Some("anyone"), 200));
}

#[test]
fn memory_is_used_again() {
    let engine = Engine::from_text(POLICY, Format::Toml, None).unwrap();
    let mut scratch = engine.scratch();
    let mut bytes = Vec::new();
    record(&engine.decide(&Request::new("GET", "/orders", &[]), crate::now(), &mut scratch), &mut bytes);
    let before = (bytes.as_ptr(), bytes.capacity());
    record(&engine.decide(&Request::new("GET", "/open", &[]), crate::now(), &mut scratch), &mut bytes);
    assert_eq!((bytes.as_ptr(), bytes.capacity()), before);
    assert!(Snapshot::from_bytes(&bytes).unwrap().is_allow());
}

#[test]
fn bytes_that_are_no_record_are_refused_and_never_allow() {
    let whole = kept("/orders", &[Field::new("authorization", EXPIRED)]).as_bytes().to_vec();
    assert!(Snapshot::from_bytes(&whole).is_some());
    for end in 0..whole.len() {
        assert!(Snapshot::from_bytes(&whole[..end]).is_none(), "{end}");
    }
    let longer: Vec<u8> = whole.iter().copied().chain([0]).collect();
    assert!(Snapshot::from_bytes(longer).is_none());
    for place in 0..whole.len() {
        for wrong in [0, 1, 0x7f, 0xff] {
            let mut bytes = whole.clone();
            bytes[place] = wrong;
            let Some(snapshot) = Snapshot::from_bytes(bytes) else { continue };
            let _ = (snapshot.report().to_json(), format!("{snapshot:?}"));
            assert!(place == 0 || !snapshot.is_allow());
        }
    }
    assert!(!Snapshot { bytes: [] }.is_allow());
}

#[test]
fn a_long_answer_is_kept_whole() {
    let scopes: Vec<String> = (0..400).map(|number| format!("\"scope-number-{number}\"")).collect();
    let policy =
        POLICY.replace("path = \"/orders\"", &format!("path = \"/orders\"\nscopes = [{}]", scopes.join(",")));
    let engine = Engine::from_text(&format!("advertise_scope = true\n{policy}"), Format::Toml, None).unwrap();
    let mut scratch = engine.scratch();
    let kept =
        Snapshot::new(&engine.decide(&Request::new("GET", "/orders", &[]), crate::now(), &mut scratch));
    let challenge = kept.challenges().next().unwrap();
    assert!(challenge.len() > 4 * ANSWER_BYTES && challenge.ends_with("scope-number-399\""));
}

#[test]
fn the_engine_names_the_fields_that_it_looks_at() {
    let fields = |policy: &str| {
        Engine::from_text(policy, Format::Toml, None).unwrap().fields().iter().collect::<Vec<_>>()
    };
    assert_eq!(fields(POLICY), ["authorization"]);
    let form = POLICY.replace("profile = \"jwt\"", "profile = \"jwt\"\ntoken_in = [\"form\"]");
    assert_eq!(fields(&form), ["authorization", "content-type"]);
    let cors = format!("{POLICY}cors_preflight = true\n");
    assert_eq!(fields(&cors), ["authorization", "access-control-request-method"]);
}
