//! Everything that an issuer gave before a time.

use super::{PROVES, corps, one, revoked};
use crate::case::{File, NOW, ROBOT, SVC_A, Step, allow};
use crate::mint::{corp, partner};
use serde_json::json;

/// When the tokens of these cases were issued.
const ISSUED: i64 = NOW - 60;

pub(super) fn cases(f: &mut File) {
    let before = |later: i64| corps(json!({"issued_before": ISSUED + later}));
    f.case("issued-before", PROVES, one(&corp()).after(before(1)), &revoked(SVC_A));
    f.case("issued-just-then", "9.1/revoked", one(&corp()).after(before(0)), &allow(SVC_A));
    f.case("issued-after", "9.1/revoked", one(&corp()).after(before(-1)), &allow(SVC_A));
    let known = || one(&corp()).asked();
    f.case("issued-before-and-known", PROVES, one(&corp()).after(known()).after(before(1)), &revoked(SVC_A));
    f.case(
        "issued-after-and-known",
        "9.1/revoked",
        one(&corp()).after(known()).after(before(0)),
        &allow(SVC_A),
    );
    // No allowance for clocks: both times are the issuer's word.
    let half = |text: &str| one(&corp().claim_text("iat", text)).after(before(1));
    f.case("issued-a-moment-before", PROVES, half(&format!("{ISSUED}.999999999")), &revoked(SVC_A));
    f.case("issued-a-moment-after", "9.1/revoked", half(&format!("{}.000000001", ISSUED + 1)), &allow(SVC_A));
    let dated = json!({"issued_before": "2026-11-22T22:42:52Z"});
    f.case("issued-before-a-written-date", PROVES, one(&corp()).after(corps(dated)), &revoked(SVC_A));
    for (case, first, second) in [("earlier-and-later", -100, 1), ("later-and-earlier", 1, -100)] {
        let r = one(&corp()).after(before(first)).after(before(second));
        f.case(&format!("issued-before-the-later-of-{case}"), PROVES, r, &revoked(SVC_A));
    }
    let future = || corps(json!({"issued_before": NOW + 3600}));
    let new = corp().claim("iat", json!(NOW));
    f.case("issued-before-a-time-to-come", PROVES, one(&new).after(future()), &revoked(SVC_A));
    // What does not tell its time may be from before any.
    let theirs = |time: i64| Step::revoked("partner", json!({"issued_before": time}));
    f.case("issued-at-no-time", PROVES, one(&partner()).after(theirs(1)), &revoked(ROBOT));
    let r = one(&partner()).after(one(&partner()).asked()).after(theirs(1));
    f.case("issued-at-no-time-and-known", PROVES, r, &revoked(ROBOT));
    let told = partner().claim("iat", json!(ISSUED));
    f.case("issued-at-a-time-by-a-plain-jwt", "9.1/revoked", one(&told).after(theirs(ISSUED)), &allow(ROBOT));
    f.case("issued-before-by-a-plain-jwt", PROVES, one(&told).after(theirs(NOW)), &revoked(ROBOT));
    f.case("issued-before-by-another-issuer", "9.1/revoked", one(&partner()).after(future()), &allow(ROBOT));
    let r = one(&corp()).after(theirs(NOW + 3600));
    f.case("issued-before-by-another-issuer-turned", "9.1/revoked", r, &allow(SVC_A));
}
