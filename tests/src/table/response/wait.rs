//! How long to wait: a lower bound, in seconds or as a date, and never longer than is believed.

use super::date;
use crate::case::{File, NOW};
use crate::response::{answer, bearer, challenge, told};
use serde_json::{Value, json};

pub(super) fn file() -> File {
    let mut f = File::responses("response/wait");
    let limited = || told("rate_limited", "certain", "wait", "same");
    for (name, value, seconds) in [
        ("seconds", "120", json!(120)),
        ("nothing", "0", json!(0)),
        ("a-day-and-more", "86401", json!(86_400)),
        ("beyond-all-numbers", "99999999999999999999999", json!(86_400)),
        ("negative", "-1", Value::Null),
        ("a-fraction", "1.5", Value::Null),
        ("words", "soon", Value::Null),
    ] {
        f.response(
            name,
            "H-RA-01",
            bearer(),
            answer(429).header("Retry-After", value),
            limited().and("retry_after", seconds),
        );
    }
    f.response(
        "a-date-by-the-servers-clock",
        "H-RA-01 H-DATE-01",
        bearer(),
        answer(503).header("Date", &date(500)).header("Retry-After", &date(530)),
        told("service_unavailable", "certain", "wait", "same").wait(30),
    );
    f.response(
        "a-date-without-the-servers-clock",
        "H-RA-01",
        bearer(),
        answer(503).header("Retry-After", &date(45)),
        told("service_unavailable", "certain", "wait", "same").wait(45),
    );
    f.response(
        "a-date-that-has-passed",
        "H-RA-01",
        bearer(),
        answer(503).header("Retry-After", &date(-45)),
        told("service_unavailable", "certain", "wait", "same").wait(0),
    );
    f.response(
        "two-values",
        "H-RA-01",
        bearer(),
        answer(429).header("Retry-After", "1").header("Retry-After", "100"),
        limited().and("retry_after", json!(null)),
    );
    f.response(
        "before-another-credential",
        "H-RA-01",
        bearer(),
        challenge("Bearer error=\"invalid_token\"").header("Retry-After", "7"),
        told("credential_refused", "certain", "refresh_credential", "changed")
            .wait(7)
            .clues(&["error_code", "retry_after"]),
    );
    f.response(
        "where-nothing-helps",
        "H-403-03",
        bearer(),
        answer(403).header("Retry-After", "7"),
        told("refusal_unexplained", "guess", "ask_operator", "never").and("retry_after", json!(null)),
    );
    counters(&mut f);
    f
}

/// Fields in which services count: they say when the count begins anew, where `Retry-After` is missing.
fn counters(f: &mut File) {
    let limited = |wait: Value| told("rate_limited", "certain", "wait", "same").and("retry_after", wait);
    let used = |name: &str, left: &str| answer(429).header(name, left);
    let later = (NOW + 90).to_string();
    let reset = "X-RateLimit-Reset";
    let remaining = "X-RateLimit-Remaining";
    for (name, answer, wait) in [
        ("a-reset-as-a-time", used(remaining, "0").header(reset, &later), json!(90)),
        (
            "a-reset-as-a-time-of-the-servers-clock",
            used(remaining, "0").header(reset, &later).header("Date", &date(60)),
            json!(30),
        ),
        ("a-reset-that-has-passed", used(remaining, "0").header(reset, "1500000000"), json!(0)),
        ("a-reset-as-a-span", used(remaining, "0").header(reset, "42"), json!(42)),
        (
            "a-reset-beyond-all-numbers",
            used(remaining, "0").header(reset, "99999999999999999999"),
            json!(86_400),
        ),
        ("a-reset-that-is-no-number", used(remaining, "0").header(reset, "1.5"), Value::Null),
        ("a-reset-of-another-count", used(remaining, "17").header(reset, &later), Value::Null),
        (
            "a-wait-outweighs-a-reset",
            used(remaining, "0").header(reset, &later).header("Retry-After", "3"),
            json!(3),
        ),
        ("the-first-drafts-reset", used("RateLimit-Remaining", "0").header("RateLimit-Reset", "7"), json!(7)),
        ("the-second-drafts-reset", used("RateLimit", "limit=100, remaining=0, reset=8"), json!(8)),
        (
            "the-second-drafts-reset-of-another-count",
            used("RateLimit", "limit=100, remaining=1, reset=8"),
            Value::Null,
        ),
        (
            "the-last-drafts-reset",
            used("RateLimit", "\"burst\";r=0;t=9, \"daily\";r=0;t=11, \"monthly\";r=5;t=1000"),
            json!(11),
        ),
        ("the-last-draft-with-a-negative-time", used("RateLimit", "\"burst\";r=0;t=-9"), Value::Null),
        ("counters-that-cannot-be-read", used("RateLimit", "\"burst;r=0;t=9"), Value::Null),
    ] {
        f.response(name, "H-RA-01", bearer(), answer, limited(wait));
    }
    // Services send the counters with every answer: only an answer that is about them is made to wait.
    f.response(
        "counters-beside-another-refusal",
        "H-RA-01",
        bearer(),
        challenge("Bearer error=\"invalid_token\"").header(remaining, "0").header(reset, &later),
        told("credential_refused", "certain", "refresh_credential", "changed")
            .and("retry_after", json!(null)),
    );
}
