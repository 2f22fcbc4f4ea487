//! The limit on failed attempts: who fails too often waits, whoever is known to be good does not, and what is no failure of
//! the caller costs nothing.

mod cost;
mod time;

use super::{corp_issuer, fetched, partner_issuer, policy, with};
use crate::case::{Expect, File, NOW, Request, SVC_A, Step, allow, conceal, get, open, refuse};
use crate::mint::{Token, corp};
use serde_json::{Value, json};

const PROVES: &str = "H-429-01 9.1/throttled reason/too_many_failures";
/// Who attempts.
const PEER: &str = "203.0.113.7";
/// Somebody else.
const OTHER: &str = "198.51.100.9";

pub(super) fn files() -> Vec<File> {
    let three = |by: Value| json!({"limit": {"failures": 3, "per": "1m", "by": by}});
    let mut by_peer = File::new("limit", table(three(json!("peer"))));
    throttled(&mut by_peer);
    time::cases(&mut by_peer);
    let mut by_credential = File::new("limit/credential", table(three(json!("credential"))));
    credentials(&mut by_credential);
    let mut both = File::new("limit/both", table(json!({"limit": {"failures": 2, "per": "1h"}})));
    either(&mut both);
    let single = json!({"limit": {"failures": 1, "per": "1h", "by": "peer"}});
    let mut one = File::new("limit/one", table(single));
    cost::cases(&mut one);
    let mut none = File::new("limit/none", table(json!({})));
    let r = new().after(bad(0).asked_times(200));
    none.case("off-unless-asked-for", "9.1/throttled", r, &allow(SVC_A));
    let r = bad(0).after(bad(0).asked_times(200));
    none.case("off-unless-asked-for-and-failing", "9.1/throttled", r, &refuse("signature_invalid"));
    let mut fast =
        File::new("limit/fast", table(json!({"limit": {"failures": 10, "per": "1s", "by": "peer"}})));
    let e = wait(1);
    fast.case("a-tenth-of-a-second-is-told-as-a-whole", PROVES, new().after_all(failed(10)), &e);
    let soon = |part: &str| new().at(json!(format!("{NOW}.{part}"))).after_all(failed(10));
    fast.case("a-tenth-of-a-second-is-waited-for", PROVES, soon("099"), &e);
    fast.case("a-tenth-of-a-second-is-enough", "9.1/throttled", soon("1"), &allow(SVC_A));
    vec![by_peer, by_credential, both, one, none, fast]
}

fn table(limit: Value) -> Value {
    let table = policy(
        json!({
            "corp": corp_issuer(json!({})),
            "partner": partner_issuer(json!({})),
            "once": corp_issuer(json!({"issuer": "https://once.example", "single_use": true})),
            "away": fetched(corp_issuer(json!({"issuer": "https://away.example"})), json!({})),
        }),
        json!([
            {"path": "/any", "accept": ["corp", "partner", "once", "away"]},
            {"path": "/corp-only", "accept": "corp"},
            {"path": "/orders", "accept": "corp", "scopes": ["orders:read"]},
            {"path": "/secret", "accept": "corp", "hidden": true},
            {"path": "/open", "accept": "anyone"},
        ]),
    );
    with(with(table, json!({"store": {"replay": 16}})), limit)
}

fn one(token: &Token) -> Request {
    get("/any").bearer(token).peer(PEER)
}

/// A credential that is good and was never seen.
fn new() -> Request {
    one(&corp())
}

/// A credential that is none of ours, one of many.
fn bad(number: i32) -> Request {
    one(&corp().claim("jti", json!(format!("bad-{number}"))).scratched())
}

/// So many failures with as many credentials.
fn failed(count: i32) -> Vec<Step> {
    (0..count).map(|number| bad(number).asked()).collect()
}

fn wait(seconds: u64) -> Expect {
    refuse("too_many_failures")
        .wait(seconds)
        .nobody()
        .and("context", json!(null))
        .and("signal", json!("attack"))
}

/// Three failures are borne, and one more after each twenty seconds.
fn throttled(f: &mut File) {
    let invalid = refuse("signature_invalid");
    f.case("third-failure", "9.1/throttled", bad(9).after_all(failed(2)), &invalid);
    f.case("fourth-failure", PROVES, bad(9).after_all(failed(3)), &wait(20));
    f.case("good-after-two", "9.1/throttled", new().after_all(failed(2)), &allow(SVC_A));
    f.case("good-and-new-after-three", PROVES, new().after_all(failed(3)), &wait(20));
    f.case("good-and-new-after-fifty", PROVES, new().after_all(failed(50)), &wait(20));
    f.case("same-credential-again", PROVES, bad(0).after(bad(0).asked_times(3)), &wait(20));
    let fields = [("Retry-After", "20")];
    f.case("byte-for-byte", PROVES, new().after_all(failed(3)), &wait(20).headers(&fields));
    // Known to be good: whoever shares an address with a forger is served as ever.
    let known = |request: Request| request.after(new().asked()).after_all(failed(5));
    f.case("known", "9.1/throttled", known(new()), &allow(SVC_A));
    f.case(
        "known-elsewhere",
        "9.1/throttled",
        known(get("/corp-only").bearer(&corp()).peer(PEER)),
        &allow(SVC_A),
    );
    let scope = get("/orders").bearer(&corp()).peer(PEER);
    let e = refuse("scope_insufficient").scope("orders:read").who(SVC_A);
    f.case("known-and-without-scope", "9.1/scope", known(scope.clone()), &e);
    let r = scope.clone().after(scope.asked()).after_all(failed(5));
    f.case("known-by-a-refusal-of-the-route", "9.1/scope", r, &e);
    let other = one(&corp().claim("jti", json!("t-2")));
    f.case("another-one-of-the-known-caller", PROVES, known(other), &wait(20));
    let revoked = Step::revoked("corp", json!({"jti": "t-1"}));
    f.case("known-and-revoked-since", PROVES, known(new()).after(revoked), &wait(20));
    let short = || one(&corp().claim("exp", json!(NOW - 25)));
    let r = short().later(10).after(short().asked()).after_all(failed(3));
    f.case("known-and-expired-since", PROVES, r, &wait(10));

    // Others, and what is judged before.
    f.case("another-peer", "9.1/throttled", new().peer(OTHER).after_all(failed(5)), &allow(SVC_A));
    let r = bad(0).peer(OTHER).after_all(failed(5));
    f.case("another-peer-with-a-refused-credential", "9.1/throttled", r, &invalid);
    let nobody = || get("/any").bearer(&corp());
    f.case("peer-that-is-not-told", "9.1/throttled", nobody().after_all(failed(5)), &allow(SVC_A));
    let r = get("/any")
        .bearer(&corp().scratched())
        .after(get("/any").bearer(&corp().scratched()).asked_times(50));
    f.case("peer-that-is-never-told", "9.1/throttled", r, &invalid);
    let plain = |request: Request| request.peer(PEER).after_all(failed(5));
    f.case("no-credential", "9.1/missing", plain(get("/any")), &refuse("credential_missing"));
    f.case(
        "another-scheme",
        "9.1/scheme",
        plain(get("/any").auth("Basic eDp5")),
        &refuse("scheme_unsupported"),
    );
    f.case(
        "malformed-field",
        "9.1/malformed-field",
        plain(get("/any").auth("Bearer")),
        &refuse("credential_malformed"),
    );
    let two = get("/any").auth("Bearer a").auth("Bearer b");
    f.case("two-credentials", "9.1/ambiguous", plain(two), &refuse("credentials_ambiguous"));
    f.case("no-route", "", plain(get("/nowhere").bearer(&corp())), &refuse("route_unmatched"));
    f.case("open-route", "", plain(get("/open").bearer(&corp())), &open());
    f.case("malformed-token", PROVES, plain(get("/any").auth("Bearer x")), &wait(20));
    let stranger = corp().claim("iss", json!("https://evil.example"));
    f.case("strangers-token", PROVES, plain(get("/any").bearer(&stranger)), &wait(20));
    let away = corp().claim("iss", json!("https://away.example"));
    f.case("token-of-an-issuer-without-keys", PROVES, plain(get("/any").bearer(&away)), &wait(20));
    // Failures on a route that hides count apart, or the limit elsewhere would tell that somebody was refused there.
    let secret = |token: &Token| get("/secret").bearer(token).peer(PEER);
    let forged =
        |number: i32| secret(&corp().claim("jti", json!(format!("bad-{number}"))).scratched()).asked();
    let r = secret(&corp()).after_all((0..3).map(forged));
    f.case("hidden", "T-05 9.1/throttled", r, &conceal("too_many_failures"));
    f.case("hidden-tells-nothing-elsewhere", "T-05", new().after_all((0..9).map(forged)), &allow(SVC_A));
    f.case("hidden-hears-nothing-from-elsewhere", "T-05", plain(secret(&corp())), &allow(SVC_A));
    let r = get("/secret").bearer(&corp()).peer(PEER).after(new().asked()).after_all(failed(5));
    f.case("hidden-and-known", "9.1/throttled", r, &allow(SVC_A));
}

/// By credential: each has its own count, wherever it comes from.
fn credentials(f: &mut File) {
    let worn = || bad(0).asked_times(3);
    let id = |case: &str| format!("credential-{case}");
    f.case(
        &id("third-failure"),
        "9.1/throttled",
        bad(0).after(bad(0).asked_times(2)),
        &refuse("signature_invalid"),
    );
    f.case(&id("fourth-failure"), PROVES, bad(0).after(worn()), &wait(20));
    f.case(&id("from-elsewhere"), PROVES, bad(0).peer(OTHER).after(worn()), &wait(20));
    let unseen = get("/any").bearer(&corp().claim("jti", json!("bad-0")).scratched());
    f.case(&id("from-nowhere"), PROVES, unseen.clone().after(unseen.asked_times(3)), &wait(20));
    let r = get("/corp-only").bearer(&corp().claim("jti", json!("bad-0")).scratched()).peer(PEER);
    f.case(&id("on-another-route"), PROVES, r.after(worn()), &wait(20));
    f.case(&id("another"), "9.1/throttled", bad(1).after(worn()), &refuse("signature_invalid"));
    f.case(&id("many-others"), "9.1/throttled", bad(99).after_all(failed(20)), &refuse("signature_invalid"));
    f.case(&id("good"), "9.1/throttled", new().after(worn()), &allow(SVC_A));
    f.case(&id("later"), "9.1/throttled", bad(0).later(20).after(worn()), &refuse("signature_invalid"));
    let hidden = || get("/secret").bearer(&corp().claim("jti", json!("bad-0")).scratched()).peer(PEER);
    let r = hidden().after(hidden().asked_times(3));
    f.case(&id("hidden"), "T-05 9.1/throttled", r, &conceal("too_many_failures"));
    let r = bad(0).after(hidden().asked_times(9));
    f.case(&id("hidden-tells-nothing-elsewhere"), "T-05", r, &refuse("signature_invalid"));
    let early = one(&corp().claim("nbf", json!(NOW + 40)));
    let r = early
        .clone()
        .later(10)
        .after(early.clone().asked_times(3))
        .after(early.clone().later(1).asked_times(9));
    f.case(&id("current-since"), PROVES, r, &wait(10));
    let r = early.clone().later(20).after(early.asked_times(3));
    f.case(&id("current-since-and-forgiven"), "9.1/throttled", r, &allow(SVC_A));
}

/// By both, which is what a policy gets that does not say: the longer wait counts. Two, and half an hour for each.
fn either(f: &mut File) {
    let id = |case: &str| format!("both-{case}");
    f.case(&id("same-peer"), PROVES, new().after_all(failed(2)), &wait(1800));
    f.case(&id("same-credential"), PROVES, bad(0).peer(OTHER).after(bad(0).asked_times(2)), &wait(1800));
    f.case(&id("neither"), "9.1/throttled", new().peer(OTHER).after_all(failed(2)), &allow(SVC_A));
    let elsewhere = bad(0).peer(OTHER).later(600).asked_times(2);
    let r = bad(0).later(700).after(bad(1).asked()).after(bad(2).asked()).after(elsewhere.clone());
    f.case(&id("the-longer-wait-is-the-credentials"), PROVES, r, &wait(1700));
    let r = bad(0).later(700).after(bad(0).asked_times(2)).after(bad(1).later(700).asked());
    f.case(&id("no-longer-wait"), PROVES, r, &wait(1100));
    let r = bad(3).later(700).after(bad(1).asked()).after(bad(2).asked()).after(elsewhere);
    f.case(&id("the-only-wait-is-the-peers"), PROVES, r, &wait(1100));
    let r = bad(0).peer(OTHER).after(bad(0).asked()).after(bad(1).peer(OTHER).asked());
    f.case(&id("one-of-each"), "9.1/throttled", r, &refuse("signature_invalid"));
}
