//! Clocks: a token whose times are refused though they are good by the caller's clock.

use super::{date, soon};
use crate::case::File;
use crate::response::{Answer, Sent, answer, bearer, challenge, dpop, told};
use serde_json::json;

/// A token got a moment ago, good for an hour.
fn fresh() -> Sent {
    bearer().and("at", soon(0)).and("issued_at", soon(-3)).and("expires_at", soon(3600))
}

fn expired() -> Answer {
    challenge("Bearer error=\"invalid_token\", error_description=\"token_expired\"")
}

fn too_early() -> Answer {
    challenge("Bearer error=\"invalid_token\", error_description=\"token_not_yet_valid\"")
}

pub(super) fn file() -> File {
    let mut f = File::responses("response/clock");
    let skewed = || told("clock_skewed", "certain", "sync_clock", "changed").product("Doorward");
    let expected = || told("token_expired", "certain", "refresh_credential", "changed").product("Doorward");
    f.response(
        "server-is-ahead",
        "H-DATE-01 9.1/expired",
        fresh(),
        expired().header("Date", &date(3_700)),
        skewed()
            .cause("token_expired")
            .and("skew", json!({"seconds": 3_700, "within": 1}))
            .and("signal", json!("fault"))
            .clues(&["doorward_code", "credential_fresh", "credential_current", "date"]),
    );
    f.response(
        "server-is-ahead-of-a-token-without-known-end",
        "H-DATE-01",
        bearer().and("at", soon(-2)).and("issued_at", soon(-60)),
        expired().header("Date", &date(900)),
        told("clock_skewed", "likely", "sync_clock", "changed")
            .product("Doorward")
            .cause("token_expired")
            .and("skew", json!({"seconds": 901, "within": 2})),
    );
    // A file or a command may have handed out an old token.
    f.response(
        "got-a-moment-ago-and-nothing-else-known",
        "9.1/expired",
        bearer().and("at", soon(0)).and("issued_at", soon(-1)),
        expired(),
        expected(),
    );
    f.response(
        "got-a-moment-ago-and-clocks-agree",
        "9.1/expired",
        bearer().and("at", soon(0)).and("issued_at", soon(-1)),
        expired().header("Date", &date(0)),
        expected(),
    );
    f.response(
        "server-is-ahead-but-not-by-as-much",
        "H-DATE-01",
        fresh(),
        expired().header("Date", &date(40)),
        expected().and("skew", json!({"seconds": 40, "within": 1})),
    );
    f.response(
        "clocks-agree",
        "H-DATE-01",
        fresh(),
        expired().header("Date", &date(1)),
        expected().and("skew", json!({"seconds": 1, "within": 1})),
    );
    f.response(
        "server-is-behind-and-calls-it-expired",
        "H-DATE-01",
        fresh(),
        expired().header("Date", &date(-500)),
        expected().and("skew", json!({"seconds": -500, "within": 1})),
    );
    f.response(
        "expired-by-both-clocks",
        "9.1/expired",
        fresh().and("expires_at", soon(-10)),
        expired().header("Date", &date(0)),
        expected().clues(&["doorward_code", "credential_expired"]),
    );
    f.response(
        "expired-now",
        "9.1/expired",
        bearer().and("expires_at", soon(0)),
        expired(),
        expected().and("skew", json!(null)),
    );
    f.response(
        "fresh-and-no-date",
        "9.1/expired",
        fresh(),
        expired(),
        told("clock_skewed", "likely", "sync_clock", "changed")
            .product("Doorward")
            .cause("token_expired")
            .and("skew", json!(null)),
    );
    f.response(
        "not-fresh-and-no-date",
        "9.1/expired",
        bearer().and("issued_at", soon(-600)).and("expires_at", soon(3000)),
        expired(),
        expected(),
    );
    f.response(
        "nothing-known-of-the-token",
        "9.1/expired",
        bearer(),
        expired().header("Date", &date(5_000 - 4_000)),
        expected().and("skew", json!({"seconds": 1_000, "within": 30})),
    );
    f.response(
        "answer-from-a-cache",
        "H-DATE-02",
        fresh(),
        expired().header("Date", &date(-3_700)).header("Age", "3700"),
        told("clock_skewed", "likely", "sync_clock", "changed")
            .product("Doorward")
            .cause("token_expired")
            .and("skew", json!(null)),
    );
    f.response(
        "age-of-nothing",
        "H-DATE-02",
        fresh(),
        expired().header("Date", &date(3_700)).header("Age", "0"),
        skewed().cause("token_expired").and("skew", json!({"seconds": 3_700, "within": 1})),
    );
    f.response(
        "dates-in-the-other-forms",
        "H-DATE-01",
        fresh(),
        expired().header("Date", "Sunday, 22-Nov-26 23:45:31 GMT"),
        skewed().cause("token_expired").and("skew", json!({"seconds": 3_700, "within": 1})),
    );
    f.response(
        "asctime",
        "H-DATE-01",
        fresh(),
        expired().header("Date", "Sun Nov 22 23:45:31 2026"),
        skewed().cause("token_expired").and("skew", json!({"seconds": 3_700, "within": 1})),
    );
    f.response(
        "a-slow-answer",
        "H-DATE-01",
        fresh().and("at", soon(-8)),
        expired().header("Date", &date(3_700)),
        skewed().cause("token_expired").and("skew", json!({"seconds": 3_704, "within": 5})),
    );
    f.response(
        "server-is-behind",
        "9.1/not-yet-valid",
        fresh(),
        too_early().header("Date", &date(-120)),
        told("clock_skewed", "certain", "sync_clock", "same")
            .product("Doorward")
            .cause("token_not_yet_valid")
            .and("skew", json!({"seconds": -120, "within": 1}))
            .wait(121),
    );
    f.response(
        "server-is-behind-and-a-proof-was-sent",
        "9.1/not-yet-valid P-19",
        dpop().and("at", soon(0)),
        challenge("DPoP error=\"invalid_token\", error_description=\"token_issued_in_future\"")
            .header("Date", &date(-9)),
        told("clock_skewed", "certain", "sync_clock", "changed")
            .product("Doorward")
            .cause("token_issued_in_future")
            .wait(10),
    );
    f.response(
        "not-yet-valid-though-clocks-agree",
        "9.1/not-yet-valid",
        fresh(),
        too_early().header("Date", &date(0)),
        told("token_not_yet_valid", "certain", "sync_clock", "same").product("Doorward").wait(5),
    );
    f.response(
        "not-yet-valid-and-no-date",
        "9.1/not-yet-valid",
        bearer(),
        too_early(),
        told("token_not_yet_valid", "certain", "sync_clock", "same").product("Doorward").wait(5),
    );
    f.response(
        "issued-in-the-future",
        "9.1/not-yet-valid",
        bearer(),
        challenge("Bearer error=\"invalid_token\", error_description=\"token_issued_in_future\"")
            .header("Retry-After", "30"),
        told("token_issued_in_future", "certain", "sync_clock", "same").product("Doorward").wait(30),
    );
    f.response(
        "a-wrong-clock-is-no-second-refusal",
        "H-401-05",
        fresh().again(),
        expired().header("Date", &date(3_700)),
        skewed().cause("token_expired"),
    );
    f.response(
        "words-and-a-date",
        "H-DATE-01",
        fresh(),
        challenge("Bearer error=\"invalid_token\", error_description=\"The token expired at '11/22/2026 22:43:00'\"")
            .header("Date", &date(4_000)),
        told("clock_skewed", "likely", "sync_clock", "changed").product("ASP.NET Core").application().cause("token_expired"),
    );
    f.response(
        "a-date-that-is-none",
        "H-DATE-01",
        fresh(),
        expired().header("Date", "yesterday"),
        told("clock_skewed", "likely", "sync_clock", "changed")
            .product("Doorward")
            .cause("token_expired")
            .and("skew", json!(null)),
    );
    // The clock of whoever a redirect led to is nobody's business.
    f.response(
        "another-origins-clock-is-no-measurement",
        "H-DATE-02 H-REALM-01",
        bearer()
            .and("at", soon(0))
            .to("https://api.example/")
            .and("final_url", json!("https://other.example/")),
        answer(200).header("Date", "Wed, 01 Jan 2070 00:00:00 GMT"),
        crate::response::no_refusal().and("skew", json!(null)),
    );
    f.response(
        "skew-is-measured-on-every-answer",
        "H-DATE-01",
        bearer().and("at", soon(-1)),
        answer(200).header("Date", &date(60)),
        crate::response::no_refusal().and("skew", json!({"seconds": 60, "within": 2})),
    );
    unsaid(&mut f);
    f
}

/// A refusal without a reason, of which the clocks tell it.
fn unsaid(f: &mut File) {
    let sent = || bearer().and("at", soon(0)).and("issued_at", soon(-10)).and("expires_at", soon(300));
    let refused = |seconds| challenge("Bearer error=\"invalid_token\"").header("Date", &date(seconds));
    let skewed = |cause| told("clock_skewed", "likely", "sync_clock", "changed").cause(cause);
    f.response(
        "ended-by-the-other-clock-and-not-said",
        "9.3/date",
        sent(),
        refused(600),
        skewed("token_expired"),
    );
    f.response(
        "not-yet-good-by-the-other-clock-and-not-said",
        "9.3/date",
        sent(),
        refused(-600),
        skewed("token_not_yet_valid").and("retry", json!("same")),
    );
    let plain = || told("credential_refused", "certain", "refresh_credential", "changed");
    f.response("in-time-by-both-clocks", "9.3/date", sent(), refused(120), plain());
    f.response("early-by-less-than-is-let-pass", "9.3/date", sent(), refused(-60), plain());
    f.response(
        "old-and-far-from-early",
        "9.3/date",
        sent().and("issued_at", soon(-3_600)),
        refused(-600),
        plain(),
    );
    let unknown = bearer().and("at", soon(0)).and("issued_at", soon(-10));
    f.response("an-end-that-nobody-knows", "9.3/date", unknown, refused(600), plain());
}
