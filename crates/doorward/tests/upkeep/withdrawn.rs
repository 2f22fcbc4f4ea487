//! A provider that answers without a key has withdrawn it, whatever else is in its answer.

use super::support::{File, ask_at, jwk, key, policy, set, set_of, token};
use doorward::{Engine, Format, Reason, UnixTime};

/// A good key, for another algorithm than the policy's.
const FOREIGN: &str = r#"{"kty":"EC","crv":"P-256","kid":"ec","alg":"ES256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

/// A point of small order, for which anyone can sign.
const WEAK: &str =
    r#"{"kty":"OKP","crv":"Ed25519","kid":"weak","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#;

/// A key whose point is too short.
fn garbled(kid: &str) -> String {
    format!(r#"{{"kty":"OKP","crv":"Ed25519","kid":"{kid}","x":"AA"}}"#)
}

fn at(seconds: i64) -> UnixTime {
    UnixTime::from_seconds(doorward::now().seconds() + seconds)
}

/// An engine to which a host gives keys.
fn engine() -> Engine {
    let text = policy("", "corp", "keys = { url = 'https://idp.example/jwks' }");
    Engine::load_text(&text, Format::Toml, None).unwrap()
}

#[test]
fn a_key_that_a_set_lacks_is_gone_whatever_is_left_in_the_set() {
    let key = key(1);
    for left in [FOREIGN, WEAK, &garbled("old"), r#"{"kty":"AKP","kid":"a"}"#] {
        let engine = engine();
        let before = set_of(&[&jwk(&key, "a"), left]);
        engine.supply_keys("corp", &before, at(0)).unwrap();
        let (known, new) = (token(&key, "a", "1", 9_000), token(&key, "a", "2", 9_000));
        assert_eq!(ask_at(&engine, "/", &known, at(1)), None, "{left}");
        engine.supply_keys("corp", &set_of(&[left]), at(600)).unwrap();
        for token in [&known, &new] {
            assert_eq!(ask_at(&engine, "/", token, at(601)), Some(Reason::KeyUnknown), "{left}");
        }
        let status = engine.status(at(601));
        assert_eq!(status.issuers[0].gone.len(), 1, "{status}");
        assert!(!status.is_good() && status.to_string().contains("NO KEYS"), "{status}");
    }
}

#[test]
fn a_set_that_names_each_of_our_keys_and_can_be_read_for_none_changes_nothing() {
    let key = key(1);
    let engine = engine();
    let good = token(&key, "a", "1", 9_000);
    for (kid, kept) in [("a", true), ("b", false)] {
        engine.supply_keys("corp", &set(&key, "a"), at(0)).unwrap();
        assert_eq!(ask_at(&engine, "/", &good, at(1)), None);
        let supplied = engine.supply_keys("corp", &set_of(&[FOREIGN, &garbled(kid)]), at(600));
        assert_eq!(supplied.is_err(), kept, "{kid}");
        assert_eq!(ask_at(&engine, "/", &good, at(601)).is_none(), kept, "{kid}");
    }
    engine.supply_keys("corp", &set(&key, "a"), at(610)).unwrap();
    for nameless in ["{}", "null", r#"{"kty":"OKP","crv":"Ed25519","kid":7,"x":"AA"}"#] {
        engine.supply_keys("corp", &set_of(&[nameless]), at(620)).unwrap_err();
        assert_eq!(ask_at(&engine, "/", &good, at(621)), None, "{nameless}");
    }
    let two = set_of(&[&jwk(&key, "a"), &jwk(&super::key(2), "b")]);
    engine.supply_keys("corp", &two, at(700)).unwrap();
    engine.supply_keys("corp", &set_of(&[&garbled("a")]), at(710)).unwrap();
    assert_eq!(engine.status(at(711)).issuers[0].gone.len(), 2, "`b` is withdrawn for certain");
}

#[test]
fn keys_that_never_came_are_not_there_because_others_did() {
    let engine = engine();
    for useless in [FOREIGN, WEAK, &garbled("a")] {
        let fault = engine.supply_keys("corp", &set_of(&[useless]), at(0)).unwrap_err().to_string();
        assert!(fault.starts_with("expected a key that can be used, found none: key `"), "{fault}");
    }
    let unavailable = Some(Reason::TrustUnavailable);
    assert_eq!(ask_at(&engine, "/", &token(&key(1), "a", "1", 9_000), at(1)), unavailable);
}

#[test]
fn a_key_file_without_our_key_withdraws_it_at_a_reload_but_a_policy_does_not_begin_with_one() {
    let key = key(1);
    let keys = File::new("withdrawn-keys", &set_of(&[&jwk(&key, "a"), FOREIGN]));
    let from_file = policy("", "corp", &format!("keys = {{ file = '{}' }}", keys.0.display()));
    let file = File::new("withdrawn", &from_file);
    let engine = Engine::load_file(&file.0).unwrap();
    let good = token(&key, "a", "1", 9_000);
    assert_eq!(ask_at(&engine, "/", &good, at(0)), None);
    keys.write(&set_of(&[&garbled("a")]));
    engine.reload().unwrap_err();
    assert_eq!(ask_at(&engine, "/", &good, at(0)), None, "nobody has withdrawn it");
    keys.write(&set_of(&[FOREIGN]));
    engine.reload().unwrap();
    assert_eq!(ask_at(&engine, "/", &good, at(0)), Some(Reason::KeyUnknown));
    let status = engine.status(at(0)).to_string();
    assert!(status.contains("key `ec`: not used: it fits none of the algorithms"), "{status}");
    let fault = Engine::load_file(&file.0).unwrap_err().to_string();
    assert!(fault.contains("expected a key for one of Ed25519, found none"), "{fault}");
    // Whoever asks for other algorithms wants keys for them.
    keys.write(&set(&key, "a"));
    engine.reload().unwrap();
    file.write(&from_file.replace("Ed25519", "ES256"));
    engine.reload().unwrap_err();
    assert_eq!(ask_at(&engine, "/", &good, at(0)), None);
}

#[test]
fn a_key_is_the_same_however_it_is_written() {
    let key = key(1);
    let engine = engine();
    let one = jwk(&key, "a");
    let other = one.replace(r#""kty":"OKP","#, "").replace('}', r#" ,"use":"sig" ,"kty":"OKP" }"#);
    for (round, text) in [&one, &other, &one].into_iter().enumerate() {
        engine.supply_keys("corp", &set_of(&[text]), at(i64::try_from(round).unwrap() * 600)).unwrap();
        let issuer = &engine.status(at(9_000)).issuers[0];
        assert!(issuer.gone.is_empty(), "{round}: {issuer:?}");
        assert!(issuer.keys[0].first_seen <= at(1), "{round}: {issuer:?}");
    }
    // Another name or other material is another key.
    engine.supply_keys("corp", &set(&key, "b"), at(2_000)).unwrap();
    engine.supply_keys("corp", &set(&super::key(2), "b"), at(3_000)).unwrap();
    assert_eq!(engine.status(at(9_000)).issuers[0].gone.len(), 2);
}

#[test]
fn a_key_that_is_back_is_not_gone_and_one_that_comes_and_goes_is_told_of_once() {
    let (stays, comes) = (key(1), key(2));
    let engine = engine();
    let both = set_of(&[&jwk(&stays, "a"), &jwk(&comes, "b")]);
    let mut time = 0;
    for _ in 0..20 {
        for (text, gone) in [(&both, 0), (&set(&stays, "a"), 1)] {
            engine.supply_keys("corp", text, at(time)).unwrap();
            assert_eq!(engine.status(at(time)).issuers[0].gone.len(), gone);
            time += 60;
        }
    }
}
