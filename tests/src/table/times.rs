//! Times: `exp`, `nbf`, `iat` and the age of a token, each just in and just out, and every way to write a number.

use super::{corp_issuer, partner_issuer, policy, with};
use crate::case::{File, NOW, ROBOT, Request, SVC_A, allow, get, refuse};
use crate::mint::{Token, corp, partner};
use serde_json::json;

/// A point in time at which tokens of this file begin or end.
const T: i64 = NOW;

pub(super) fn files() -> Vec<File> {
    vec![bounds(), numbers(), leeway(), age()]
}

fn at(token: &Token, offset: i64) -> Request {
    get("/any").bearer(token).later(offset)
}

fn bounds() -> File {
    let mut f = File::orders("times");
    // The token is genuine, so that whose it was is known.
    let caller = json!({"issuer": SVC_A.0, "subject": SVC_A.1, "kind": "bearer"});
    let expired = refuse("token_expired").and("principal", caller);
    let early = refuse("token_not_yet_valid");
    let future = refuse("token_issued_in_future");
    let ends = corp().claim("exp", json!(T)).claim("iat", json!(T - 60));
    let context = |claim: &str, value: &str, now: i64, missed: u64| json!({"claim": claim, "value": value.parse::<i64>().unwrap_or_default(), "now": now, "leeway": 30, "missed_by": missed});
    f.case("exp-in-the-future", "J-TIME-01", at(&ends, -1), &allow(SVC_A));
    f.case("exp-now", "J-TIME-01", at(&ends, 0), &allow(SVC_A));
    f.case("exp-one-second-inside-leeway", "J-TIME-01", at(&ends, 29), &allow(SVC_A));
    let e = expired.clone().and("context", context("exp", &T.to_string(), T + 30, 0));
    f.case("exp-exactly-leeway-ago", "J-TIME-01 9.1/expired reason/token_expired", at(&ends, 30), &e);
    let e = expired.clone().and("context", context("exp", &T.to_string(), T + 31, 1));
    f.case("exp-one-second-past-leeway", "J-TIME-01 9.1/expired reason/token_expired", at(&ends, 31), &e);
    f.case("exp-a-day-ago", "J-TIME-01 9.1/expired", at(&ends, 86_400), &expired);
    f.case(
        "exp-at-half-a-second-past-leeway",
        "J-TIME-02",
        get("/any").bearer(&ends).at(json!(format!("{}.5", T + 29))),
        &allow(SVC_A),
    );
    f.case(
        "exp-at-a-nanosecond-before-the-end",
        "J-TIME-02",
        get("/any").bearer(&ends).at(json!(format!("{}.999999999", T + 29))),
        &allow(SVC_A),
    );
    f.case(
        "exp-judged-at-a-written-date",
        "J-TIME-01",
        get("/any").bearer(&ends).at(json!("2026-11-22T22:44:21Z")),
        &expired,
    );
    f.case(
        "exp-judged-at-a-written-date-before",
        "J-TIME-01",
        get("/any").bearer(&ends).at(json!("2026-11-22T22:44:20Z")),
        &allow(SVC_A),
    );
    let half = ends.clone().claim_text("exp", &format!("{T}.5"));
    f.case("exp-half-a-second-later-and-in", "J-TIME-02", at(&half, 30), &allow(SVC_A));
    f.case("exp-half-a-second-later-and-out", "J-TIME-02", at(&half, 31), &expired);
    let tick = ends.clone().claim_text("exp", &format!("{T}.000000001"));
    f.case("exp-one-nanosecond-later", "J-TIME-02", at(&tick, 30), &allow(SVC_A));

    let begins = corp().claim("nbf", json!(T));
    f.case("nbf-now", "J-TIME-01", at(&begins, 0), &allow(SVC_A));
    f.case("nbf-one-second-inside-leeway", "J-TIME-01", at(&begins, -29), &allow(SVC_A));
    f.case("nbf-exactly-leeway-ahead", "J-TIME-01", at(&begins, -30), &allow(SVC_A));
    let e = early.clone().and("context", context("nbf", &T.to_string(), T - 31, 1));
    f.case(
        "nbf-one-second-past-leeway",
        "J-TIME-01 9.1/not-yet-valid reason/token_not_yet_valid",
        at(&begins, -31),
        &e,
    );
    f.case(
        "nbf-tomorrow",
        "9.1/not-yet-valid reason/token_not_yet_valid",
        at(&corp().claim("nbf", json!(T + 86_400)), 0),
        &early,
    );
    let half = corp().claim_text("nbf", &format!("{T}.5"));
    f.case("nbf-half-a-second-later-and-in", "J-TIME-02", at(&half, -29), &allow(SVC_A));
    f.case("nbf-half-a-second-later-and-out", "J-TIME-02", at(&half, -30), &early);

    let issued = corp().claim("iat", json!(T));
    f.case("iat-now", "J-TIME-03", at(&issued, 0), &allow(SVC_A));
    f.case("iat-one-second-inside-leeway", "J-TIME-03", at(&issued, -29), &allow(SVC_A));
    f.case("iat-exactly-leeway-ahead", "J-TIME-03", at(&issued, -30), &allow(SVC_A));
    let e = future.clone().and("context", context("iat", &T.to_string(), T - 31, 1));
    f.case(
        "iat-one-second-past-leeway",
        "J-TIME-03 9.1/not-yet-valid reason/token_issued_in_future",
        at(&issued, -31),
        &e,
    );
    f.case(
        "iat-tomorrow",
        "reason/token_issued_in_future",
        at(&corp().claim("iat", json!(T + 86_400)), 0),
        &future,
    );
    let half = corp().claim_text("iat", &format!("{T}.5"));
    f.case("iat-half-a-second-later-and-out", "J-TIME-02", at(&half, -30), &future);
    f.case("iat-long-ago-without-a-limit", "J-TIME-03", at(&corp().claim("iat", json!(0)), 0), &allow(SVC_A));
    f.case("iat-missing-in-a-plain-jwt", "J-TIME-03", at(&partner(), 0), &allow(ROBOT));
    f
}

/// What counts as a number of seconds.
fn numbers() -> File {
    let mut f = File::orders("times/numbers");
    let malformed = |claim: &str| refuse("claim_malformed").and("context", json!({"claim": claim}));
    let exp = |text: &str| at(&corp().claim_text("exp", text), 0);
    for (case, text) in [
        ("with-a-zero-fraction", "1795388000.0"),
        ("with-an-exponent", "1.795388e9"),
        ("with-an-exponent-in-capitals", "1795388E0"),
        ("with-a-negative-exponent", "17953880000e-1"),
        ("with-a-signed-exponent", "1.795388E+9"),
        ("with-many-digits", "1795388000.00000000000000000000001"),
        ("at-the-end-of-time", "253402300799"),
    ] {
        let e = if text == "1795388E0" { refuse("token_expired") } else { allow(SVC_A) };
        f.case(&format!("exp-{case}"), "J-TIME-02", exp(text), &e);
    }
    for (case, text) in [
        ("past-the-end-of-time", "253402300800"),
        ("in-milliseconds", "1795388000000"),
        ("in-nanoseconds", "1795388000000000000"),
        ("huge", "1e400"),
        ("of-a-huge-exponent", "1e99999999999999999999"),
        ("beyond-64-bits", "18446744073709551617"),
        ("far-below-zero", "-1e30"),
        ("string", "\"1795388000\""),
        ("null", "null"),
        ("true", "true"),
        ("array", "[1795388000]"),
        ("object", "{}"),
        ("empty-string", "\"\""),
    ] {
        f.case(&format!("exp-{case}"), "J-TIME-02 reason/claim_malformed", exp(text), &malformed("exp"));
    }
    for (case, text) in [
        ("zero", "0"),
        ("minus-zero", "-0"),
        ("negative", "-1"),
        ("negative-fraction", "-0.5"),
        ("tiny", "1e-400"),
    ] {
        f.case(&format!("exp-{case}"), "J-TIME-02", exp(text), &refuse("token_expired"));
    }
    f.case(
        "exp-missing",
        "9.1/missing-claim reason/claim_missing",
        at(&corp().no_claim("exp"), 0),
        &refuse("claim_missing").and("context", json!({"claim": "exp"})),
    );
    f.case(
        "exp-missing-in-a-plain-jwt",
        "reason/claim_missing",
        at(&partner().no_claim("exp"), 0),
        &refuse("claim_missing"),
    );
    for claim in ["nbf", "iat"] {
        for (case, text) in [
            ("string", "\"1795387000\""),
            ("null", "null"),
            ("in-milliseconds", "1795387000000"),
            ("array", "[]"),
        ] {
            f.case(
                &format!("{claim}-{case}"),
                "J-TIME-02 reason/claim_malformed",
                at(&corp().claim_text(claim, text), 0),
                &malformed(claim),
            );
        }
        let r = at(&corp().claim_text(claim, "1.7953873E9"), 0);
        f.case(&format!("{claim}-with-an-exponent"), "J-TIME-02", r, &allow(SVC_A));
        f.case(
            &format!("{claim}-negative"),
            "J-TIME-02",
            at(&corp().claim_text(claim, "-1"), 0),
            &allow(SVC_A),
        );
    }
    f.case(
        "nbf-string-in-a-plain-jwt",
        "J-TIME-02",
        at(&partner().claim("nbf", json!("0")), 0),
        &malformed("nbf"),
    );
    f
}

/// Leeway of the policy, of the issuer, and none.
fn leeway() -> File {
    let policy = policy(
        json!({"corp": corp_issuer(json!({})), "partner": partner_issuer(json!({"leeway": "5m"}))}),
        json!([{"path": "/any", "accept": ["corp", "partner"]}]),
    );
    let mut f = File::new("times/leeway", with(policy, json!({"leeway": "0s"})));
    let ends = corp().claim("exp", json!(T));
    f.case("none-and-one-second-left", "J-TIME-01", at(&ends, -1), &allow(SVC_A));
    f.case("none-and-now", "J-TIME-01 reason/token_expired", at(&ends, 0), &refuse("token_expired"));
    let begins = corp().claim("nbf", json!(T));
    f.case("none-and-begins-now", "J-TIME-01", at(&begins, 0), &allow(SVC_A));
    f.case(
        "none-and-begins-next-second",
        "J-TIME-01 reason/token_not_yet_valid",
        at(&begins, -1),
        &refuse("token_not_yet_valid"),
    );
    let issued = corp().claim("iat", json!(T));
    f.case(
        "none-and-issued-next-second",
        "J-TIME-03 reason/token_issued_in_future",
        at(&issued, -1),
        &refuse("token_issued_in_future"),
    );
    let ends = partner().claim("exp", json!(T));
    f.case("of-the-issuer-and-in", "J-TIME-01", at(&ends, 299), &allow(ROBOT));
    f.case("of-the-issuer-and-out", "J-TIME-01", at(&ends, 300), &refuse("token_expired"));
    let begins = partner().claim("nbf", json!(T));
    f.case("of-the-issuer-and-begins-in", "J-TIME-01", at(&begins, -300), &allow(ROBOT));
    f.case("of-the-issuer-and-begins-out", "J-TIME-01", at(&begins, -301), &refuse("token_not_yet_valid"));
    f
}

/// How long after `iat` a token is taken.
fn age() -> File {
    let policy = policy(
        json!({
            "corp": corp_issuer(json!({"max_age": "1h"})),
            "partner": partner_issuer(json!({"max_age": "1h", "leeway": 0})),
        }),
        json!([{"path": "/any", "accept": ["corp", "partner"]}]),
    );
    let mut f = File::new("times/age", policy);
    let old = refuse("token_too_old");
    let issued = corp().claim("iat", json!(T)).claim("exp", json!(T + 90_000));
    f.case("age-young", "", at(&issued, 60), &allow(SVC_A));
    f.case("age-one-second-inside-leeway", "", at(&issued, 3600 + 29), &allow(SVC_A));
    f.case("age-exactly-limit-and-leeway", "reason/token_too_old", at(&issued, 3600 + 30), &old);
    f.case(
        "age-one-second-past-leeway",
        "reason/token_too_old",
        at(&issued, 3600 + 31),
        &old.clone().and("context", json!({"claim": "iat", "limit": 3600, "missed_by": 1})),
    );
    let half = issued.clone().claim_text("iat", &format!("{T}.5"));
    f.case("age-half-a-second-younger", "J-TIME-02", at(&half, 3630), &allow(SVC_A));
    let plain = partner().claim("iat", json!(T)).claim("exp", json!(T + 90_000));
    f.case("age-without-leeway-and-in", "", at(&plain, 3599), &allow(ROBOT));
    f.case("age-without-leeway-and-out", "reason/token_too_old", at(&plain, 3600), &old);
    f.case(
        "age-unknown",
        "reason/claim_missing",
        at(&partner(), 0),
        &refuse("claim_missing").and("context", json!({"claim": "iat"})),
    );
    f.case("age-and-expired", "", at(&issued, 90_030), &refuse("token_expired"));
    f
}
