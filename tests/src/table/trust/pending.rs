//! A key that nobody has heard of: fresh keys are asked for once more, and until the answer is here the caller waits.

use super::super::{corp_issuer, fetched, partner_issuer, policy};
use super::{at, key, lasting, lasting_partner, loaded, own, partners, signed};
use crate::case::{Expect, File, NOW, SVC_A, Step, allow, refuse};
use crate::mint::{Key, Token};
use serde_json::json;

const PROVES: &str = "9.1/unknown-key H-RA-01 reason/key_unknown";

pub(super) fn files() -> Vec<File> {
    let table = policy(
        json!({
            "corp": fetched(corp_issuer(json!({})), json!({})),
            "partner": fetched(partner_issuer(json!({})), json!({})),
            "given": corp_issuer(json!({"issuer": "https://given.example"})),
        }),
        json!([{"path": "/any", "accept": ["corp", "partner", "given"]}]),
    );
    let mut f = File::new("trust/pending", table);
    first_misses(&mut f);
    answers(&mut f);
    vec![f]
}

/// Nothing is known of the key yet.
fn pending(seconds: u64) -> Expect {
    refuse("key_unknown").wait(seconds).nobody().and("context", json!(null))
}

/// The issuer was asked for the key, and does not have it.
fn unknown() -> Expect {
    refuse("key_unknown").nobody().and("may_resend", json!(false)).and("context", json!(null))
}

fn new_key() -> Token {
    signed("b", "ed-2")
}

fn first_misses(f: &mut File) {
    // The window of ten seconds since the last fetch is waited for, and half a second for the answer.
    for (case, later, wait) in
        [("at-once", 0, 11), ("after-a-second", 1, 10), ("after-nine-seconds", 9, 2), ("after-ten", 10, 1)]
    {
        let r = at(later, &new_key()).after(loaded());
        f.case(&format!("missed-{case}"), PROVES, r, &pending(wait));
    }
    f.case("missed-late", PROVES, at(599, &new_key()).after(loaded()), &pending(1));
    let r = at(0, &new_key()).at(json!(format!("{}.25", NOW + 3))).after(loaded());
    f.case("missed-within-a-second", PROVES, r, &pending(8));
    let fields = [
        (
            "WWW-Authenticate",
            "Bearer realm=\"orders\", error=\"invalid_token\", error_description=\"key_unknown\"",
        ),
        ("Retry-After", "10"),
    ];
    let e = pending(10).headers(&fields).and("signal", json!("fault"));
    f.case("missed-byte-for-byte", PROVES, at(1, &new_key()).after(loaded()), &e);
    let r = at(3, &new_key()).after(loaded()).after(at(1, &new_key()).asked_times(20));
    f.case("missed-again", PROVES, r, &pending(8));
    let others: Vec<Step> = (0..5).map(|n| at(1, &signed("c", &format!("random-{n}"))).asked()).collect();
    f.case("missed-among-others", PROVES, at(2, &new_key()).after(loaded()).after_all(others), &pending(9));
    f.case("missed-with-an-empty-name", PROVES, at(1, &signed("b", "")).after(loaded()), &pending(10));
    let forged = new_key().scratched();
    f.case("missed-and-forged", PROVES, at(1, &forged).after(loaded()), &pending(10));
    let expired = new_key().claim("exp", json!(NOW - 1000));
    f.case("missed-and-expired", PROVES, at(1, &expired).after(loaded()), &pending(10));
    // Of a token without a name nobody can tell whose key it is, so that it may be a new one.
    let nameless = || new_key().no_header("kid");
    f.case("unnamed", "J-KEY-02 reason/key_unknown", at(1, &nameless()).after(loaded()), &pending(10));
    let r = at(1, &lasting().no_header("kid")).after(loaded());
    f.case("unnamed-and-there", "J-KEY-02", r, &allow(SVC_A));
    let r = at(21, &nameless()).after(loaded()).after(at(1, &nameless()).asked());
    let r = r.after(Step::keys(20, "corp", &[own()]));
    let e = refuse("signature_invalid").nobody();
    f.case("unnamed-and-asked-for", "J-KEY-02 reason/signature_invalid", r, &e);
    let r = at(21, &nameless()).after(loaded()).after(at(1, &nameless()).asked());
    let r = r.after(Step::keys(20, "corp", &[own(), key("b", "ed-2")]));
    f.case("unnamed-and-come", "J-KEY-02", r, &allow(SVC_A));
    let r = at(1, &lasting().scratched()).after(loaded());
    f.case("named-and-forged-waits-for-nothing", "9.1/bad-signature", r, &refuse("signature_invalid"));
    // Keys that the policy gives are all that there are.
    let given = new_key().claim("iss", json!("https://given.example"));
    f.case("given-keys-are-all", "9.1/unknown-key reason/key_unknown", at(1, &given).alone(), &unknown());
    let given = nameless().claim("iss", json!("https://given.example"));
    f.case("given-keys-are-all-and-unnamed", "J-KEY-02", at(1, &given).alone(), &refuse("signature_invalid"));
}

/// What the fetch that a miss led to has brought.
fn answers(f: &mut File) {
    let missed = || at(1, &new_key()).asked();
    let came = |later: i64| Step::keys(later, "corp", &[own()]);
    let asked = |later: i64| at(later, &new_key()).after(loaded()).after(missed()).after(came(20));
    f.case("answered-without-it", PROVES, asked(20), &unknown());
    f.case("answered-without-it-and-asked-later", PROVES, asked(29), &unknown());
    f.case("answered-without-it-and-the-window-is-over", PROVES, asked(30), &pending(1));
    let r = asked(25).after(at(21, &new_key()).asked_times(20));
    f.case("answered-without-it-and-asked-often", PROVES, r, &unknown());
    let other = signed("c", "ed-3");
    let r = at(21, &other).after(loaded()).after(missed()).after(came(20));
    f.case("answered-without-another", PROVES, r, &pending(10));
    let r = at(21, &new_key()).after(loaded()).after(came(20)).after(at(20, &other).asked());
    f.case("answered-before-it-was-missed", PROVES, r, &pending(10));
    let with_it = || Step::keys(20, "corp", &[own(), key("b", "ed-2")]);
    let r = at(20, &new_key()).after(loaded()).after(missed()).after(with_it());
    f.case("answered-with-it", "9.1/unknown-key J-KEY-01", r, &allow(SVC_A));
    let r = at(21, &new_key().scratched()).after(loaded()).after(at(1, &new_key().scratched()).asked());
    f.case(
        "answered-with-it-and-forged",
        "9.1/bad-signature",
        r.after(with_it()),
        &refuse("signature_invalid"),
    );
    let r =
        asked(41).after(at(25, &new_key()).asked()).after(Step::keys(40, "corp", &[own(), key("b", "ed-2")]));
    f.case("answered-at-the-second-time", "9.1/unknown-key J-KEY-01", r, &allow(SVC_A));
    let spelt = signed("b", "").header_text("kid", r#""\u0065d-2""#);
    let r = at(21, &new_key()).after(loaded()).after(at(1, &spelt).asked()).after(came(20));
    f.case("answered-for-the-same-name-in-escapes", "J-KEY-01", r, &unknown());
    // Nobody is asked for another issuer's key.
    let theirs = lasting_partner().signed_by(Key::P256("b")).header("kid", json!("ed-2"));
    let r = at(21, &new_key()).after(loaded()).after(Step::keys(0, "partner", &[partners()]));
    let r = r.after(at(1, &theirs).asked()).after(came(20));
    f.case("answered-for-another-issuer", "J-ISS-01 W-B-03 reason/key_unknown", r, &pending(10));
}
