//! An engine that is kept up to date while things go wrong: policies loaded anew in an outage or during a fetch, threads that start it
//! at once, revocations and single use over a reload. The provider is a server on loopback.
#![expect(clippy::unwrap_used, reason = "a test's panic is its verdict")]

mod files;
mod support;
mod withdrawn;

use core::sync::atomic::Ordering;
use core::time::Duration;
use doorward::{Engine, Format, Reason, Revocation, UnixTime};
use std::sync::{Arc, Barrier};
use std::thread;
use support::{File, LONG, Provider, ask, ask_at, fetched, given, key, policy, set, soon, token};

#[test]
fn other_rules_and_other_algorithms_keep_the_keys_that_an_outage_would_not_give_again() {
    let key = key(1);
    let provider = Provider::start(&set(&key, "a"));
    let good = token(&key, "a", "1", 600);
    let file = File::new("rules", &policy("", "corp", &fetched(&provider, ", stale_for = '1h'")));
    let engine = Engine::from_file(&file.0).unwrap();
    engine.ready(LONG).unwrap();
    assert_eq!(ask(&engine, &good), None);
    *provider.answer.lock().unwrap() = None;
    file.write(&policy("", "corp", &fetched(&provider, ", stale_for = '7d', refresh = '2m'")));
    engine.reload().unwrap();
    assert_eq!(ask(&engine, &good), None);
    let more = policy("", "corp", &fetched(&provider, "")).replace("['Ed25519']", "['Ed25519', 'RS256']");
    file.write(&more);
    engine.reload().unwrap();
    assert_eq!(ask(&engine, &good), None);
    file.write(&more.replace("['Ed25519', 'RS256']", "['RS256']"));
    engine.reload().unwrap();
    assert_eq!(ask(&engine, &good), Some(Reason::AlgorithmRefused));
    file.write(&more);
    engine.reload().unwrap();
    assert_eq!(ask(&engine, &good), None);
    assert_eq!(provider.hits(), 1, "nothing was asked for again");
}

#[test]
fn a_fetch_that_runs_while_the_policy_is_loaded_anew_is_not_lost() {
    let key = key(1);
    let provider = Provider::start(&set(&key, "a"));
    provider.delay.store(600, Ordering::SeqCst);
    let file = File::new("running", &policy("", "corp", &fetched(&provider, "")));
    let engine = Engine::from_file(&file.0).unwrap();
    assert!(soon(|| provider.hits() == 1));
    file.write(&policy("", "renamed", &fetched(&provider, ", stale_for = '2h'")));
    engine.reload().unwrap();
    engine.ready(LONG).unwrap();
    assert_eq!(ask(&engine, &token(&key, "a", "1", 600)), None);
    assert_eq!(provider.hits(), 1);
}

#[test]
fn keys_that_come_after_a_reload_are_those_of_the_issuer_that_asked() {
    let section = |name: &str, provider: &Provider| {
        format!(
            "[issuers.{name}]\nprofile = 'jwt'\nissuer = 'https://{name}.example'\naudience = 'api'\n\
             algorithms = ['Ed25519']\nkeys = {{ url = '{}' }}\n",
            provider.url
        )
    };
    let route = |names: &str| format!("[[routes]]\npath = '/'\naccept = [{names}]\n");
    let [first, second, third] =
        [1, 2, 3].map(|seed| Provider::start(&set(&key(seed), &format!("key-{seed}"))));
    second.delay.store(600, Ordering::SeqCst);
    let file =
        File::new("moved", &(section("first", &first) + &section("second", &second) + &route("'second'")));
    let engine = Engine::from_file(&file.0).unwrap();
    assert!(soon(|| second.hits() == 1));
    // The section whose fetch runs has another place now, and another stands where it stood.
    let moved = section("third", &third) + &section("first", &first) + &section("second", &second);
    file.write(&(moved + &route("'second'")));
    engine.reload().unwrap();
    engine.ready(LONG).unwrap();
    let status = engine.status(doorward::now());
    let kids = |name: &str| {
        let issuer = status.issuers.iter().find(|issuer| issuer.name == name).unwrap();
        issuer.keys.iter().map(|key| key.kid.clone().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!([kids("first"), kids("second"), kids("third")], [["key-1"], ["key-2"], ["key-3"]]);
    assert_eq!(second.hits(), 1);
}

#[test]
fn a_reload_that_brings_something_to_fetch_begins_to_fetch_it() {
    let key = key(1);
    let provider = Provider::start(&set(&key, "a"));
    let file = File::new("later", &policy("", "corp", &given(&key)));
    let engine = Engine::from_file(&file.0).unwrap();
    let good = token(&key, "a", "1", 600);
    assert_eq!(ask(&engine, &good), None);
    file.write(&policy("", "corp", &fetched(&provider, "")));
    engine.reload().unwrap();
    assert!(soon(|| ask(&engine, &good).is_none()), "{}", engine.status(doorward::now()));
}

#[test]
fn threads_that_start_it_at_once_start_one() {
    let key = key(1);
    let good = token(&key, "a", "1", 600);
    for round in 0..40_u64 {
        let provider = Provider::start(&set(&key, "a"));
        provider.delay.store(10, Ordering::SeqCst);
        let text = policy("", "corp", &fetched(&provider, ""));
        let engine = Engine::load_text(&text, Format::Toml, None).unwrap();
        let together = Arc::new(Barrier::new(4));
        let threads: Vec<_> = (0..4_u64)
            .map(|number| {
                let (engine, together) = (engine.clone(), Arc::clone(&together));
                thread::spawn(move || {
                    together.wait();
                    thread::sleep(Duration::from_micros((round * 37 + number * 71) % 300));
                    engine.ready(LONG)
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap().unwrap();
        }
        assert_eq!((ask(&engine, &good), provider.hits()), (None, 1), "round {round}");
    }
}

#[test]
fn ready_says_no_while_there_are_no_keys() {
    let provider = Provider::start("");
    *provider.answer.lock().unwrap() = None;
    let text = policy("", "corp", &fetched(&provider, ""));
    let engine = Engine::from_text(&text, Format::Toml, None).unwrap();
    assert!(soon(|| provider.hits() == 1));
    let fault = engine.ready(Duration::from_millis(300)).unwrap_err();
    assert_eq!(fault.issuers.len(), 1);
    assert!(fault.to_string().starts_with("no keys yet: issuers.corp"), "{fault}");
    assert_eq!(ask(&engine, &token(&key(1), "a", "1", 600)), Some(Reason::TrustUnavailable));
}

#[test]
fn a_revocation_outlasts_the_name_of_its_issuers_section() {
    let key = key(1);
    let file = File::new("rename", &policy("", "corp", &given(&key)));
    let engine = Engine::from_file(&file.0).unwrap();
    let bad = token(&key, "a", "bad", 600);
    assert_eq!(ask(&engine, &bad), None);
    engine.revoke(Revocation::Token { issuer: "corp".to_owned(), jti: "bad".to_owned() }).unwrap();
    assert_eq!(ask(&engine, &bad), Some(Reason::TokenRevoked));
    file.write(&policy("", "main", &given(&key)));
    engine.reload().unwrap();
    assert_eq!(ask(&engine, &bad), Some(Reason::TokenRevoked));
}

#[test]
fn a_used_token_stays_used_when_the_policy_allows_more_for_clocks() {
    let key = key(1);
    let once = format!("{}\nsingle_use = true", given(&key));
    let file = File::new("leeway", &policy("leeway = '0s'", "corp", &once));
    let engine = Engine::from_file(&file.0).unwrap();
    let used = token(&key, "a", "1", 10);
    let at = |seconds: i64| UnixTime::from_seconds(doorward::now().seconds() + seconds);
    assert_eq!(ask_at(&engine, "/", &used, at(0)), None);
    file.write(&policy("leeway = '1m'", "corp", &once));
    engine.reload().unwrap();
    assert_eq!(ask_at(&engine, "/", &used, at(30)), Some(Reason::TokenReplayed));
}

#[test]
fn a_new_key_without_a_name_is_asked_for_again_though_its_token_was_refused() {
    let (old, new) = (key(1), key(2));
    let text = policy("", "corp", "keys = { url = 'https://idp.example/jwks' }");
    let engine = Engine::load_text(&text, Format::Toml, None).unwrap();
    let good = token(&new, "", "1", 600);
    let start = doorward::now().seconds();
    let at = |seconds: i64| UnixTime::from_seconds(start + seconds);
    engine.supply_keys("corp", &set(&old, ""), at(0)).unwrap();
    assert_eq!(ask_at(&engine, "/", &good, at(12)), Some(Reason::KeyUnknown));
    engine.supply_keys("corp", &set(&old, ""), at(13)).unwrap();
    assert_eq!(ask_at(&engine, "/", &good, at(14)), Some(Reason::SignatureInvalid), "nothing is known of it");
    assert_eq!(ask_at(&engine, "/", &good, at(26)), Some(Reason::KeyUnknown), "asked for again");
    engine.supply_keys("corp", &set(&new, ""), at(27)).unwrap();
    assert_eq!(ask_at(&engine, "/", &good, at(27)), None);
}

#[test]
fn the_limit_does_not_tell_that_a_hidden_route_is_there() {
    let text = policy("limit = { failures = 3, per = '1m' }", "corp", &given(&key(1)));
    let at = doorward::now();
    for path in ["/nowhere", "/hidden"] {
        let engine = Engine::load_text(&text, Format::Toml, None).unwrap();
        for _ in 0..5 {
            assert_eq!(ask_at(&engine, path, "bad", at), Some(Reason::RouteUnmatched));
        }
        assert_eq!(ask_at(&engine, "/", "bad", at), Some(Reason::TokenMalformed), "{path}");
    }
}

#[test]
fn good_callers_stay_known_over_a_reload_and_are_not_throttled() {
    let key = key(1);
    let top = "limit = { failures = 2, per = '1m', by = 'peer' }";
    let file = File::new("known", &policy(top, "corp", &given(&key)));
    let engine = Engine::from_file(&file.0).unwrap();
    let (known, new) = (token(&key, "a", "1", 600), token(&key, "a", "2", 600));
    assert_eq!(ask(&engine, &known), None);
    for _ in 0..4 {
        let _ = ask(&engine, "bad");
    }
    assert_eq!(ask(&engine, &new), Some(Reason::TooManyFailures));
    assert_eq!(ask(&engine, &known), None);
    engine.reload().unwrap();
    assert_eq!(ask(&engine, &known), None, "looked at before it is turned away");
    assert_eq!(ask(&engine, &known), None);
    assert_eq!(ask(&engine, &new), Some(Reason::TooManyFailures));
}

#[test]
fn keys_that_a_host_supplies_are_not_undone_by_a_fetch_that_ran_meanwhile() {
    let (old, new) = (key(1), key(2));
    let provider = Provider::start(&set(&old, "old"));
    provider.delay.store(600, Ordering::SeqCst);
    let text = policy("", "corp", &fetched(&provider, ""));
    let engine = Engine::from_text(&text, Format::Toml, None).unwrap();
    assert!(soon(|| provider.hits() == 1));
    // What is no key set changes nothing, and does not end the fetch either.
    assert!(engine.supply_keys("corp", "{", doorward::now()).is_err());
    engine.supply_keys("corp", &set(&new, "new"), doorward::now()).unwrap();
    thread::sleep(Duration::from_millis(1_500));
    assert_eq!(ask(&engine, &token(&new, "new", "1", 600)), None);
    let status = engine.status(doorward::now());
    let facts = status.issuers[0].facts.unwrap();
    assert_eq!((facts.failures, facts.last_fault), (0, None), "{status}");
    assert!(status.issuers[0].gone.is_empty() && status.is_good(), "{status}");
}

#[test]
fn what_a_fresh_set_may_lack_because_nobody_answers_is_not_called_stale() {
    let (known, unknown) = (key(1), key(2));
    let provider = Provider::start("");
    *provider.answer.lock().unwrap() = None;
    let text = policy("", "corp", &fetched(&provider, ""));
    let engine = Engine::load_text(&text, Format::Toml, None).unwrap();
    // Longer ago than a window, so that the next fetch may begin at once.
    let before = UnixTime::from_seconds(doorward::now().seconds() - 30);
    engine.supply_keys("corp", &set(&known, "a"), before).unwrap();
    engine.start();
    let stranger = token(&unknown, "b", "1", 10_000);
    assert_eq!(ask(&engine, &stranger), Some(Reason::KeyUnknown));
    let failed = || engine.status(doorward::now()).issuers[0].facts.is_some_and(|facts| facts.failures > 0);
    assert!(soon(failed));
    assert_eq!(ask(&engine, &stranger), Some(Reason::TrustUnavailable));
    assert_eq!(engine.status(doorward::now()).issuers[0].trust, "fresh");
    let later = UnixTime::from_seconds(doorward::now().seconds() + 1_000);
    assert_eq!(ask_at(&engine, "/", &stranger, later), Some(Reason::TrustStale));
}

#[test]
fn a_bundle_is_kept_as_long_as_it_says_else_as_its_server_says_and_else_for_five_minutes() {
    for (header, hint, kept) in [
        ("", "", 300),
        ("Cache-Control: max-age=120\r\n", "", 120),
        ("Cache-Control: max-age=900\r\n", "", 600),
        ("Cache-Control: max-age=120\r\n", r#","spiffe_refresh_hint":90"#, 90),
    ] {
        let provider = Provider::start(&format!(r#"{{"keys":[]{hint}}}"#));
        *provider.header.lock().unwrap() = header;
        let text = format!(
            "[issuers.mesh]\nprofile = 'jwt-svid'\ntrust_domain = 'mesh.example'\naudience = 'api'\n\
             algorithms = ['ES256']\n{}\n[[routes]]\npath = '/'\naccept = ['mesh']\n",
            fetched(&provider, "")
        );
        let engine = Engine::from_text(&text, Format::Toml, None).unwrap();
        engine.ready(LONG).unwrap();
        let facts = engine.status(doorward::now()).issuers[0].facts.unwrap();
        let life = facts.fresh_until.unwrap().seconds() - facts.fetched.unwrap().seconds();
        assert_eq!(life, kept, "{header:?} {hint}");
    }
}
