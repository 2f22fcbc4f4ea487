//! Keys that are replaced: what an issuer no longer publishes counts for nothing from the next decision on, and what it
//! publishes anew counts at once.

use super::super::{corp_issuer, fetched, partner_issuer, policy, with};
use super::{at, key, lasting, lasting_partner, loaded, own, partners, signed};
use crate::case::{Expect, File, NOW, ROBOT, Request, SVC_A, Step, allow, refuse};
use crate::mint::{Key, Token};
use serde_json::{Value, json};

const PROVES: &str = "9.1/unknown-key reason/key_unknown";

pub(super) fn files() -> Vec<File> {
    let es = json!({"algorithms": ["Ed25519", "ES256"]});
    let table = policy(
        json!({
            "corp": fetched(corp_issuer(es), json!({})),
            "partner": fetched(partner_issuer(json!({})), json!({})),
        }),
        json!([{"path": "/any", "accept": ["corp", "partner"]}]),
    );
    let mut f = File::new("trust/rotation", table);
    removed(&mut f);
    replaced(&mut f);
    issuers(&mut f);
    vec![f]
}

/// The set that came second is twenty seconds younger, and judged a second later: the next fetch begins
/// nine seconds later, and has half a second to come.
fn gone() -> Expect {
    refuse("key_unknown").wait(10).nobody()
}

/// A request after the first set, and after the second; known if it was let in between them.
fn turned(token: &Token, known: bool, first: Step, second: &[Value]) -> Request {
    let r = at(21, token).after(first);
    let r = if known { r.after(at(5, token).asked_times(2)) } else { r };
    r.after(Step::keys(20, "corp", second))
}

fn removed(f: &mut File) {
    let second = [key("b", "ed-2")];
    let unusable = json!({"kty": "XYZ", "kid": "ed-1"});
    let sets: [(&str, &str, &[Value]); 4] = [
        ("replaced", PROVES, &second),
        ("and-nothing-is-left", "W-B-01 reason/key_unknown", &[]),
        ("and-renamed", PROVES, &[key("corp", "ed-2")]),
        ("and-nothing-usable-is-left", PROVES, &[unusable]),
    ];
    for (case, proves, keys) in sets {
        f.case(&format!("removed-{case}"), proves, turned(&lasting(), false, loaded(), keys), &gone());
        f.case(
            &format!("removed-{case}-and-known"),
            proves,
            turned(&lasting(), true, loaded(), keys),
            &gone(),
        );
    }
    let nameless = lasting().no_header("kid");
    f.case("removed-and-known-without-a-name", PROVES, turned(&nameless, true, loaded(), &second), &gone());
    let expired = lasting().claim("exp", json!(NOW + 10 - 30));
    f.case("removed-and-expired", PROVES, turned(&expired, true, loaded(), &second), &gone());
    let other = lasting().claim("aud", json!("https://other.example"));
    f.case("removed-and-refused-before", PROVES, turned(&other, true, loaded(), &second), &gone());
    let r = turned(&lasting(), true, loaded(), &second);
    let r = r.later(31).after(at(21, &lasting()).asked()).after(Step::keys(30, "corp", &second));
    let e = refuse("key_unknown").nobody().and("may_resend", json!(false));
    f.case("removed-and-asked-for", PROVES, r, &e);
    let r = turned(&lasting(), true, loaded(), &[]).after(at(21, &lasting()).asked());
    let r = r.later(41).after(Step::keys(40, "corp", &[own()]));
    f.case("removed-and-put-back", "J-KEY-01", r, &allow(SVC_A));
    let both = || Step::keys(0, "corp", &[own(), key("b", "ed-2")]);
    f.case("one-of-two-removed", PROVES, turned(&lasting(), true, both(), &second), &gone());
    let new = signed("b", "ed-2");
    f.case("one-of-two-left", "J-KEY-01", turned(&new, true, both(), &second), &allow(SVC_A));
    f.case("one-of-two-left-and-new", "J-KEY-01", turned(&new, false, both(), &second), &allow(SVC_A));
    let wrong = signed("c", "ed-2");
    let e = refuse("signature_invalid").nobody();
    let namesakes = || Step::keys(0, "corp", &[own(), key("b", "ed-1")]);
    let left = [key("b", "ed-1")];
    f.case("one-of-two-of-a-name-removed", PROVES, turned(&lasting(), true, namesakes(), &left), &e);
    let other = signed("b", "ed-1");
    f.case("one-of-two-of-a-name-left", "J-KEY-01", turned(&other, true, namesakes(), &left), &allow(SVC_A));
    let mut unnamed = own();
    if let Some(members) = unnamed.as_object_mut() {
        members.shift_remove("kid");
    }
    let unnamed = Step::keys(0, "corp", &[unnamed]);
    f.case("nameless-key-removed", PROVES, turned(&lasting(), true, unnamed, &second), &gone());
    f.case("one-of-two-left-and-forged", "9.1/bad-signature", turned(&wrong, true, both(), &second), &e);
}

fn replaced(f: &mut File) {
    f.case("same-again", "J-KEY-01", turned(&lasting(), true, loaded(), &[own()]), &allow(SVC_A));
    f.case("same-again-and-new", "J-KEY-01", turned(&lasting(), false, loaded(), &[own()]), &allow(SVC_A));
    let added = [key("b", "ed-2"), own()];
    f.case("added", "J-KEY-01", turned(&signed("b", "ed-2"), false, loaded(), &added), &allow(SVC_A));
    f.case(
        "added-and-the-first-is-known",
        "J-KEY-01",
        turned(&lasting(), true, loaded(), &added),
        &allow(SVC_A),
    );
    let r = turned(&lasting(), true, Step::keys(0, "corp", &[own(), key("b", "ed-2")]), &added);
    f.case("in-another-order", "J-KEY-01", r, &allow(SVC_A));
    // A name that changes hands.
    let invalid = refuse("signature_invalid").nobody();
    let same_name = [key("b", "ed-1")];
    for (case, known) in [("new", false), ("known", true)] {
        let r = turned(&lasting(), known, loaded(), &same_name);
        f.case(&format!("same-name-and-{case}"), "9.1/bad-signature J-KEY-01", r, &invalid);
    }
    let new = signed("b", "ed-1");
    f.case("same-name-and-the-new-key", "J-KEY-01", turned(&new, false, loaded(), &same_name), &allow(SVC_A));
    // It was refused a moment ago, which says nothing about the new key.
    f.case(
        "same-name-and-refused-before",
        "J-KEY-01",
        turned(&new, true, loaded(), &same_name),
        &allow(SVC_A),
    );
    let es = || lasting().alg(Key::P256("corp"), "ES256");
    let kind = [Key::P256("corp").named("ed-1", "ES256")];
    let e = refuse("algorithm_refused").nobody();
    f.case("same-name-of-another-kind", "J-ALG-02", turned(&lasting(), true, loaded(), &kind), &e);
    let r = turned(&es(), true, loaded(), &kind);
    f.case("same-name-of-another-kind-and-refused-before", "J-ALG-02", r, &allow(SVC_A));
    let encrypts = [with(own(), json!({"use": "enc"}))];
    f.case("no-longer-for-signatures", "J-KEY-02", turned(&lasting(), true, loaded(), &encrypts), &gone());
}

/// Each issuer's set is its own.
fn issuers(f: &mut File) {
    let partner_loaded = || Step::keys(0, "partner", &[partners()]);
    let named = |key: &'static str| Key::P256(key).named("shared", "ES256");
    let known = || at(5, &lasting_partner()).asked();
    let r = at(21, &lasting_partner()).after(loaded()).after(partner_loaded()).after(known());
    let r = r.after(Step::keys(20, "corp", &[]));
    f.case("another-issuers-is-empty", "J-ISS-01 W-B-03 W-B-01", r, &allow(ROBOT));
    let r = at(21, &lasting()).after(loaded()).after(at(5, &lasting()).asked());
    let r = r.after(partner_loaded()).after(Step::keys(20, "partner", &[]));
    f.case("another-issuers-is-empty-turned", "J-ISS-01 W-B-03 W-B-01", r, &allow(SVC_A));
    // The removed key is still somebody else's.
    let shared = lasting().alg(Key::P256("partner"), "ES256").header("kid", json!("shared"));
    let r = at(21, &shared).after(Step::keys(0, "corp", &[named("partner")])).after(partner_loaded());
    let r = r.after(at(5, &shared).asked()).after(Step::keys(20, "corp", &[own()]));
    f.case("removed-and-still-another-issuers", "J-ISS-01 W-B-03 reason/key_unknown", r, &gone());
    let ours = || lasting().alg(Key::P256("corp"), "ES256").header("kid", json!("shared"));
    let both = |r: Request| r.after(Step::keys(0, "corp", &[named("corp")])).after(partner_loaded());
    let let_in = both(at(1, &ours()));
    f.case("same-name-at-two-issuers", "J-ISS-01", let_in, &allow(SVC_A));
    f.case("same-name-at-two-issuers-turned", "J-ISS-01", both(at(1, &lasting_partner())), &allow(ROBOT));
    let crossed = ours().signed_by(Key::P256("partner"));
    let e = refuse("signature_invalid").nobody();
    f.case("same-name-and-the-other-issuers-key", "J-ISS-01 W-B-03", both(at(1, &crossed)), &e);
    let crossed = lasting_partner().signed_by(Key::P256("corp"));
    f.case("same-name-and-the-other-issuers-key-turned", "J-ISS-01 W-B-03", both(at(1, &crossed)), &e);
    // The same token is known of one issuer, and its key then appears at the other.
    let r = both(at(21, &crossed)).after(at(5, &crossed).asked());
    let r = r.after(Step::keys(20, "corp", &[named("corp"), named("partner")]));
    f.case("same-name-and-the-other-issuers-set-grows", "J-ISS-01 W-B-03", r, &e);
}
