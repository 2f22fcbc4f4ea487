//! Finding an issuer's keys by its metadata.

use super::patient;
use super::server::{Reply, Server};
use crate::trust::Source;
use crate::trust::fetch::Fetcher;
use crate::trust::http::Http;
use core::time::Duration;
use doorward_core::key::FetchFault;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

const SET: &str = r#"{"keys":[]}"#;
const OPENID: &str = "/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server";

/// A provider whose issuer has this path. Its keys are at paths that begin with `/k`; for others it answers what `metadata`
/// says of the path, of the server's own URL, and of how many requests came before.
fn provider(
    path: &str,
    metadata: impl Fn(&str, &str, usize) -> Reply + Send + Sync + 'static,
) -> (Server, Source) {
    let own = Arc::new(OnceLock::new());
    let known: Arc<OnceLock<String>> = Arc::clone(&own);
    let server = Server::start(move |asked| match asked.path {
        path if path.starts_with("/k") => Reply::ok(SET),
        path => metadata(path, known.wait(), asked.before),
    });
    own.set(server.url("")).unwrap();
    let source = Source::Discovery { issuer: server.url(path), ca: None };
    (server, source)
}

fn metadata(issuer: &str, keys: &str) -> Reply {
    Reply::ok(&format!(r#"{{"issuer":"{issuer}","jwks_uri":"{keys}","other":[1,{{}}]}}"#))
}

fn keys(source: &Source) -> Result<String, FetchFault> {
    Fetcher::default().keys(&patient(), source).map(|fetched| fetched.text).map_err(|failed| failed.fault)
}

#[test]
fn keys_are_found_at_each_of_the_well_known_places_in_order() {
    let (openid, oauth) = (OPENID.to_owned(), OAUTH.to_owned());
    let tenant = [format!("/t{OPENID}"), format!("{OAUTH}/t"), format!("{OPENID}/t")];
    for (path, places) in [("", &[openid, oauth][..]), ("/t", &tenant[..])] {
        for (at, place) in places.iter().enumerate() {
            let (there, issuer) = (place.clone(), path);
            let (server, source) = provider(path, move |asked, own, _| match asked == there {
                true => metadata(&format!("{own}{issuer}"), &format!("{own}/k1")),
                false => Reply::new(404, "", "nothing here"),
            });
            assert_eq!(keys(&source), Ok(SET.to_owned()), "{place}");
            let mut expected = places[..=at].to_vec();
            expected.push("/k1".to_owned());
            assert_eq!(server.paths(), expected);
        }
    }
}

#[test]
fn pages_for_every_path_and_redirects_count_as_nothing_there() {
    for page in [200, 302] {
        let (server, source) = provider("", move |asked, own, _| match asked == OAUTH {
            true => metadata(own, &format!("{own}/k1")),
            false => Reply::new(page, "location: /login\r\n", "<!doctype html>"),
        });
        assert_eq!(keys(&source), Ok(SET.to_owned()));
        assert_eq!(server.paths(), [OPENID, OAUTH, "/k1"]);
    }
}

#[test]
fn nothing_anywhere_is_the_first_places_fault() {
    let (server, source) =
        provider("/t", |_, _, before| Reply::new(if before == 0 { 404 } else { 302 }, "", ""));
    assert_eq!(keys(&source), Err(FetchFault::Status));
    assert_eq!(server.hits(), 3);
}

#[test]
fn a_provider_that_is_down_or_busy_is_asked_once() {
    for status in [408, 429, 500, 503] {
        let (server, source) = provider("/t", move |_, _, _| Reply::new(status, "retry-after: 60\r\n", ""));
        assert_eq!(keys(&source), Err(FetchFault::Status), "{status}");
        assert_eq!(server.hits(), 1, "{status}");
    }
}

#[test]
fn metadata_of_another_issuer_is_discarded_and_ends_the_search() {
    let (server, source) = provider("", |_, own, _| metadata(&format!("{own}/other"), &format!("{own}/k1")));
    assert_eq!(keys(&source), Err(FetchFault::IssuerMismatch));
    assert_eq!(server.paths(), [OPENID], "neither the keys nor another place are asked");
}

#[test]
fn keys_that_are_neither_behind_https_nor_on_loopback_are_not_fetched() {
    let (server, source) = provider("", |_, own, _| metadata(own, "http://idp.invalid/k1"));
    assert_eq!(keys(&source), Err(FetchFault::Insecure));
    assert_eq!(server.hits(), 1);
}

#[test]
fn duplicate_members_are_refused() {
    let (_server, source) = provider("", |_, own, _| {
        Reply::ok(&format!(r#"{{"issuer":"{own}","jwks_uri":"{own}/k1","jwks_uri":"{own}/k2"}}"#))
    });
    assert_eq!(keys(&source), Err(FetchFault::Malformed));
}

/// A provider that moves its keys with each look at its metadata.
fn moving() -> (Server, Source) {
    provider("", |_, own, before| metadata(own, &format!("{own}/k{before}")))
}

#[test]
fn a_missed_key_costs_one_request_and_a_scheduled_fetch_follows_moved_keys() {
    let (server, source) = moving();
    let (fetcher, http) = (Fetcher::default(), patient());
    let ask = |good_for: Duration| {
        let before = server.hits();
        fetcher.keys(&http, &source).unwrap();
        fetcher.trust_metadata_until(Instant::now() + good_for);
        server.paths()[before..].to_vec()
    };
    assert_eq!(ask(Duration::from_secs(100)), [OPENID, "/k0"]);
    assert_eq!(ask(Duration::ZERO), ["/k0"], "a missed key");
    assert_eq!(ask(Duration::ZERO), ["/k0"], "which does not put off the schedule, either");
    let (server, source) = moving();
    let fetcher = Fetcher::default();
    for expected in [[OPENID, "/k0"], [OPENID, "/k2"]] {
        let before = server.hits();
        fetcher.keys(&http, &source).unwrap();
        fetcher.trust_metadata_until(Instant::now());
        assert_eq!(server.paths()[before..], expected, "the scheduled fetch");
    }
}

#[test]
fn an_address_that_fails_is_forgotten() {
    let own = Arc::new(OnceLock::new());
    let known: Arc<OnceLock<String>> = Arc::clone(&own);
    let server = Server::start(move |asked| match asked.path {
        "/k0" if asked.before > 1 => Reply::new(404, "", ""),
        path if path.starts_with("/k") => Reply::ok(SET),
        _ => metadata(known.wait(), &format!("{}/k{}", known.wait(), asked.before)),
    });
    own.set(server.url("")).unwrap();
    let source = Source::Discovery { issuer: server.url(""), ca: None };
    let (fetcher, http) = (Fetcher::default(), patient());
    let ask = || {
        let fetched = fetcher.keys(&http, &source);
        fetcher.trust_metadata_until(Instant::now() + Duration::from_secs(100));
        fetched.map_err(|failed| failed.fault)
    };
    ask().unwrap();
    assert_eq!(ask(), Err(FetchFault::Status));
    ask().unwrap();
    assert_eq!(server.paths(), [OPENID, "/k0", "/k0", OPENID, "/k3"]);
}

#[test]
fn metadata_and_keys_share_one_deadline() {
    let (_server, source) = provider("", |_, own, _| {
        let Reply::Bytes(bytes) = metadata(own, &format!("{own}/hang")) else { return Reply::ok("") };
        Reply::Drip(bytes, Duration::from_millis(2))
    });
    let http = Http::with(Duration::from_millis(400), Duration::from_millis(300), |_| None);
    let began = Instant::now();
    let failed = Fetcher::default().keys(&http, &source).unwrap_err();
    assert_eq!(failed.fault, FetchFault::TimedOut, "{}", failed.detail);
    assert!(began.elapsed() < Duration::from_millis(1_000));
}
