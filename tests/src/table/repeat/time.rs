//! Time goes on, and back.

use super::{any, pay, payer};
use crate::case::{File, NOW, SVC_A, allow, refuse};
use crate::mint::{Token, corp};
use serde_json::json;

pub(super) fn cases(f: &mut File) {
    let seen =
        |token: &Token, then: i64, now: i64| any(token).later(now).after(any(token).later(then).asked());
    let ends = corp().claim("exp", json!(NOW + 100));
    let context = |claim: &str, value: i64, now: i64, missed: i64| json!({"claim": claim, "value": value, "now": NOW + now, "leeway": 30, "missed_by": missed});
    f.case("known-and-almost-expired", "J-TIME-01", seen(&ends, 0, 129), &allow(SVC_A));
    let r = any(&ends).at(json!(format!("{}.999999999", NOW + 129))).after(any(&ends).asked());
    f.case("known-and-a-nanosecond-left", "J-TIME-02", r, &allow(SVC_A));
    let expired = refuse("token_expired").who(SVC_A);
    let e = expired.clone().and("context", context("exp", NOW + 100, 130, 0));
    f.case("known-and-expired-since", "J-TIME-01 9.1/expired", seen(&ends, 0, 130), &e);
    let e = expired.clone().and("context", context("exp", NOW + 100, 500, 370));
    f.case("known-and-long-expired", "J-TIME-01 9.1/expired", seen(&ends, 0, 500), &e);
    let e = expired.clone().and("context", context("exp", NOW + 100, 150, 20));
    f.case("expired-and-more-so", "J-TIME-01 9.1/expired", seen(&ends, 140, 150), &e);
    let half = corp().claim_text("exp", &format!("{}.5", NOW + 100));
    f.case("known-and-half-a-second-left", "J-TIME-02", seen(&half, 0, 130), &allow(SVC_A));
    f.case("known-and-half-a-second-over", "J-TIME-02", seen(&half, 0, 131), &expired);
    f.case("expired-and-the-clock-went-back", "J-TIME-01", seen(&ends, 140, 50), &allow(SVC_A));
    let r = seen(&ends, 140, 50).after(any(&ends).asked());
    f.case("expired-and-known-and-the-clock-went-back", "J-TIME-01", r, &allow(SVC_A));
    let begins = corp().claim("nbf", json!(NOW + 100));
    let early = refuse("token_not_yet_valid").who(SVC_A);
    f.case("early-and-current-since", "J-TIME-01", seen(&begins, 0, 70), &allow(SVC_A));
    let e = early.clone().and("context", context("nbf", NOW + 100, 69, 1));
    f.case("early-and-still-early", "J-TIME-01 9.1/not-yet-valid", seen(&begins, 0, 69), &e);
    f.case("known-and-the-clock-went-back", "J-TIME-01", seen(&begins, 70, 69), &e);
    f.case("known-and-the-clock-went-back-a-little", "J-TIME-01", seen(&begins, 80, 70), &allow(SVC_A));
    let issued = corp().claim("iat", json!(NOW + 100));
    f.case("issued-in-future-and-current-since", "J-TIME-03", seen(&issued, 0, 70), &allow(SVC_A));
    let e = refuse("token_issued_in_future").and("context", context("iat", NOW + 100, 69, 1));
    f.case("known-and-issued-in-future-again", "J-TIME-03", seen(&issued, 70, 69), &e);
    let both = corp().claim("nbf", json!(NOW + 60)).claim("iat", json!(NOW + 100));
    let e = refuse("token_not_yet_valid").and("context", context("nbf", NOW + 60, 29, 1));
    f.case("known-and-both-ahead-again", "J-TIME-01", seen(&both, 70, 29), &e);
    // The age of the authentication grows while the token stays good.
    let gold = payer().claim("auth_time", json!(NOW));
    let strong = |then: i64, now: i64| pay(&gold).later(now).after(pay(&gold).later(then).asked());
    f.case("known-and-authenticated-in-time", "9.1/step-up", strong(0, 329), &allow(SVC_A));
    let e = refuse("step_up_required").acr("urn:example:gold urn:example:silver").max_age(300).who(SVC_A);
    f.case("known-and-authenticated-too-long-ago", "9.1/step-up", strong(0, 330), &e);
    // Refused ones are forgotten after a while, which nobody notices.
    for later in [59, 60, 61, 500] {
        let forged = corp().scratched();
        let e = refuse("signature_invalid").nobody();
        f.case(
            &format!("forged-and-again-after-{later}-seconds"),
            "9.1/bad-signature",
            seen(&forged, 0, later),
            &e,
        );
    }
    let r = seen(&corp().scratched(), 5000, 0);
    f.case("forged-and-the-clock-went-back", "9.1/bad-signature", r, &refuse("signature_invalid"));
}
