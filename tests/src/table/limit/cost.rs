//! What counts as a failed attempt, and what does not.

use super::{OTHER, PEER, PROVES, bad, new, one, wait};
use crate::case::{File, NOW, ROBOT, Request, SVC_A, Step, allow, get, refuse, send};
use crate::mint::{FLAWS, Flaw, Key, corp, partner};
use serde_json::json;

pub(super) fn cases(f: &mut File) {
    spends(f);
    costs_nothing(f);
}

/// One failure an hour: everything for which a credential is refused is one.
fn spends(f: &mut File) {
    let malformed: Flaw = ("claim_malformed", |t| t.claim("scope", json!(1)));
    for (reason, fault) in FLAWS.into_iter().chain([malformed]) {
        let r = new().after(one(&fault(corp())).asked());
        f.case(&format!("spent-by-{reason}"), PROVES, r, &wait(3600));
    }
    let revoked = Step::revoked("corp", json!({"jti": "t-1"}));
    let r = one(&partner()).after(revoked).after(new().asked());
    f.case("spent-by-token_revoked", PROVES, r, &wait(3600));
    let r = one(&partner())
        .after(new().asked())
        .after(Step::revoked("corp", json!({"jti": "t-1"})))
        .after(new().asked());
    f.case("spent-by-a-known-one-that-is-revoked", PROVES, r, &wait(3600));
    let once = || one(&corp().claim("iss", json!("https://once.example")));
    let r = new().after(once().asked_times(2));
    f.case("spent-by-token_replayed", PROVES, r, &wait(3600));
    let short = || one(&corp().claim("exp", json!(NOW - 25)));
    let r = new().later(10).after(short().asked()).after(short().later(10).asked());
    f.case("spent-by-a-known-one-that-has-expired", PROVES, r, &wait(3600));
}

/// What is no failure of the caller.
fn costs_nothing(f: &mut File) {
    let away = || corp().claim("iss", json!("https://away.example"));
    let keys = || Step::keys(0, "away", &[Key::Ed25519("corp").named("ed-1", "Ed25519")]);
    let large = format!("Bearer {}", "a".repeat(9000));
    let free: [(&str, Request); 12] = [
        ("an-allow", one(&partner())),
        ("no-credential", get("/any")),
        ("an-open-route", get("/open").bearer(&corp().scratched())),
        ("no-route", get("/nowhere").bearer(&corp().scratched())),
        ("another-method", send("POST", "/nowhere").bearer(&corp().scratched())),
        ("an-ambiguous-path", get("/any//x").bearer(&corp().scratched())),
        ("a-missing-scope", get("/orders").bearer(&corp())),
        ("a-refused-issuer", get("/corp-only").bearer(&partner())),
        ("two-credentials", get("/any").bearer(&corp()).bearer(&corp())),
        ("a-too-large-one", get("/any").auth(&large)),
        ("keys-that-never-came", get("/any").bearer(&away())),
        ("a-token-in-a-wrong-place", get(&format!("/any?access_token={}", corp().scratched().text()))),
    ];
    for (case, request) in free {
        let r = one(&corp().claim("jti", json!("t-2"))).after(request.peer(PEER).asked_times(10));
        f.case(&format!("free-is-{case}"), "9.1/throttled", r, &allow(SVC_A));
    }
    let unknown = one(&away().header("kid", json!("ed-9"))).later(1);
    let r = new().later(1).after(keys()).after(unknown.clone().asked_times(10));
    f.case("free-is-a-key-on-its-way", "9.1/throttled H-RA-01", r, &allow(SVC_A));
    let e = refuse("key_unknown").wait(10).nobody();
    f.case(
        "free-is-a-key-on-its-way-again",
        "9.1/unknown-key",
        unknown.clone().after(keys()).after(unknown.clone().asked_times(10)),
        &e,
    );
    let came = || Step::keys(20, "away", &[Key::Ed25519("corp").named("ed-1", "Ed25519")]);
    let r = new()
        .later(21)
        .after(keys())
        .after(unknown.clone().asked())
        .after(came())
        .after(unknown.later(20).asked());
    f.case("spent-by-a-key-that-did-not-come", PROVES, r, &wait(3599));
    let old = one(&away().claim("exp", json!(NOW + 200_000))).later(100_000);
    let r = one(&corp().claim("exp", json!(NOW + 200_000)))
        .later(100_000)
        .after(keys())
        .after(old.asked_times(10));
    f.case("free-are-keys-that-are-too-old", "9.1/throttled", r, &allow(SVC_A));
    let e = refuse("trust_unavailable").wait(1);
    f.case("free-is-our-own-fault-again", "9.1/trust", one(&away()).after(one(&away()).asked_times(10)), &e);
    let use_up = |n: i32| {
        one(&corp().claim("iss", json!("https://once.example")).claim("jti", json!(format!("n-{n}")))).asked()
    };
    f.case("free-is-a-full-store", "9.1/throttled", new().after_all((0..12).map(use_up)), &allow(SVC_A));
    f.case(
        "another-peer-is-unharmed",
        "9.1/throttled",
        one(&partner()).peer(OTHER).after(bad(0).asked_times(9)),
        &allow(ROBOT),
    );
}
