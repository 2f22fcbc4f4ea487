//! What the page says of each state of trust, so that nobody has to guess in an outage.

use super::*;
use crate::revocation::Counts;
use doorward_core::key::FetchFault;

const NOW: i64 = 1_795_387_431;

fn at(seconds: i64) -> UnixTime {
    UnixTime::from_seconds(NOW + seconds)
}

fn facts(trust: Trust, failures: u32) -> Facts {
    let is_loaded = trust != Trust::Never;
    let known = |seconds: i64| is_loaded.then(|| at(seconds));
    Facts {
        trust,
        fetched: known(-1_500),
        fresh_until: known(-900),
        stale_since: if matches!(trust, Trust::Stale { .. }) { known(-900) } else { None },
        usable_until: known(85_500),
        next_fetch: at(36),
        fetching_since: None,
        failures,
        last_fault: (failures > 0).then_some(FetchFault::Status),
        failed_at: (failures > 0).then(|| at(-12)),
    }
}

fn issuer(name: &str, facts: Option<Facts>, keys: usize) -> IssuerStatus {
    let key = |number: usize| KeyStatus {
        kid: Some(format!("k{number}")),
        algorithm: "RS256",
        first_seen: at(-200_000),
        last_seen: at(-1_500),
    };
    IssuerStatus {
        name: name.to_owned(),
        issuer: "https://idp.example".to_owned(),
        source: "https://idp.example/jwks".to_owned(),
        trust: "fresh",
        facts,
        detail: facts.and_then(|facts| facts.last_fault).map(|_| "expected status 200, found 502".to_owned()),
        file_fault: None,
        keys: (0..keys).map(key).collect(),
        gone: Vec::new(),
        notes: Vec::new(),
    }
}

fn status(issuers: Vec<IssuerStatus>) -> Status {
    Status {
        now: at(0),
        policy: Some("orders.toml".to_owned()),
        loaded: at(-90_061),
        policy_fault: None,
        keeping: true,
        issuers,
        revoked: Counts::default(),
        revoked_fault: None,
        stores: vec![StoreStatus { name: "known", capacity: 10, used: Some(3), bytes: 4096 }],
        replayed: 0,
        replay_full: 0,
    }
}

/// The page of one issuer in this state.
fn page(trust: Trust, failures: u32, keys: usize) -> String {
    status(vec![issuer("corp", Some(facts(trust, failures)), keys)]).to_string()
}

#[test]
fn a_page_without_trouble_is_short_and_says_so() {
    assert_eq!(
        page(Trust::Fresh, 0, 1),
        "\
status    good at 2026-11-22T22:43:51Z: nothing to mend
policy    orders.toml, loaded 1 d 1 h ago
issuer    corp  https://idp.example
          trust   fresh: 1 key fetched 25 min ago, from https://idp.example/jwks
          next    fetch in 36 s
          key     k0  RS256, first seen 2 d 7 h ago, last 25 min ago
revoked   nothing
stores    known 3 of 10; 4 KiB
"
    );
}

#[test]
fn each_state_says_what_is_wrong_and_what_callers_meet_until_it_is_mended() {
    let unknown = "until one succeeds, unknown keys get 503";
    let known = "and known keys are good for 23 h 45 min more, to 2026-11-23T22:28:51Z";
    let nobody = "until one succeeds, every token of this issuer gets 503";
    let stale = Trust::Stale { since: at(-900) };
    let failed = "why     failed 3 times in a row, last 12 s ago: status: expected status 200, found 502";
    for (trust, failures, keys, words) in [
        (Trust::Fresh, 3, 1, [failed, unknown, known]),
        (stale, 3, 1, ["trust   STALE for 15 min: 1 key fetched 25 min ago", failed, known]),
        (stale, 0, 2, ["STALE for 15 min: 2 keys", unknown, known]),
        (Trust::Expired { since: at(-60) }, 1, 1, ["EXPIRED 1 min ago: 1 key", "failed once, last", nobody]),
        (Trust::Never, 3, 0, ["NEVER LOADED: no key, from", failed, nobody]),
        (
            Trust::Fresh,
            0,
            0,
            ["NO KEYS: the provider has none", "fetched 25 min ago", "next    fetch in 36 s\n"],
        ),
    ] {
        let page = page(trust, failures, keys);
        assert!(page.starts_with("status    ATTENTION at 2026-11-22T22:43:51Z: keys of corp\n"), "{page}");
        for words in words {
            assert!(page.contains(words), "no `{words}` in:\n{page}");
        }
    }
}

#[test]
fn of_many_issuers_those_in_trouble_come_first_and_the_others_take_a_line() {
    let mut issuers: Vec<_> =
        (0..30).map(|number| issuer(&format!("good{number}"), Some(facts(Trust::Fresh, 0)), 3)).collect();
    issuers.push(issuer("bad", Some(facts(Trust::Fresh, 1)), 20));
    let page = status(issuers).to_string();
    let lines: Vec<_> = page.lines().collect();
    assert!(lines[0].ends_with(": keys of bad") && lines[2].starts_with("issuer    bad  "), "{page}");
    assert!(page.contains("key     k7 ") && !page.contains(" k8 ") && page.contains("and 12 more"), "{page}");
    assert!(page.contains("\nissuer    good15  fresh, 3 keys, fetch in 36 s\n"), "{page}");
    assert!(!page.contains("good16") && page.contains("issuer    and 14 more, as fresh as these"), "{page}");
    assert!(lines.len() <= 40, "{}", lines.len());
}

#[test]
fn broken_files_are_trouble_and_what_was_loaded_stays() {
    let mut broken = status(vec![issuer("corp", None, 1)]);
    assert!(broken.is_good());
    broken.policy_fault = Some("orders.toml:1:1: unknown key `reaml`\n".to_owned());
    broken.revoked_fault = Some("revoked.toml:2:1: unknown key `tokenz`".to_owned());
    (broken.revoked.subjects, broken.revoked.elsewhere) = (1, 1);
    broken.keeping = false;
    let page = broken.to_string();
    for words in [
        ": policy file; file of revocations\n",
        "          NOT LOADED ANEW: what was loaded then stays in force:\n                  orders.toml:1:1: unknown key `reaml`\n",
        "revoked   1 subject\n          note    1 of these are of issuers that the policy does not have\n          FILE NOT TAKEN: what was revoked before stays so:\n                  revoked.toml:2:1:",
        "trust   given: 1 key from",
    ] {
        assert!(page.contains(words), "no `{words}` in:\n{page}");
    }
    assert!(!broken.is_good() && !page.contains("NOT KEPT"), "given keys need no keeping");
    broken.issuers.push(issuer("far", Some(facts(Trust::Fresh, 0)), 1));
    assert!(broken.to_string().contains("NOT KEPT: nothing fetches keys in this process"));
}

#[test]
fn what_providers_and_paths_say_cannot_drive_a_terminal() {
    let mut hostile = issuer("corp", Some(facts(Trust::Fresh, 1)), 1);
    hostile.keys[0].kid = Some("a\u{1b}[2J\nstatus    good\u{202e}".to_owned());
    hostile.detail = Some("x\r\u{9b}y".repeat(1_000));
    let page = status(vec![hostile]).to_string();
    assert!(!page.contains(['\u{1b}', '\r', '\u{9b}', '\u{202e}']), "{page:?}");
    assert!(page.contains(r"a\u{1b}[2J\nstatus    good\u{202e}"), "{page}");
    assert!(page.lines().all(|line| line.len() < 2_000));
}

#[test]
fn keys_may_be_used_while_they_are_fresh_or_stale_and_there() {
    let usable = |trust, keys| issuer("corp", Some(facts(trust, 1)), keys).is_usable();
    assert!(usable(Trust::Fresh, 1) && usable(Trust::Stale { since: at(-900) }, 1));
    assert!(
        !usable(Trust::Expired { since: at(-60) }, 1) && !usable(Trust::Never, 0) && !usable(Trust::Fresh, 0)
    );
    assert!(issuer("corp", None, 1).is_usable());
}
