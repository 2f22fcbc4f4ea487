//! The times of a token against a clock.

use super::token::Token;
use crate::show::span;
use doorward::UnixTime;
use doorward::time::{parse_time, rfc3339};
use serde_json::Value;

/// One time of a token.
pub(super) struct Time {
    pub(super) claim: &'static str,
    /// As RFC 3339.
    pub(super) when: String,
    /// How it stands to the clock: `expired 31 s ago`.
    pub(super) relation: String,
}

/// Each time that the claims have: past and future of each in words.
const CLAIMS: [(&str, &str, &str); 4] = [
    ("iat", "issued", "issued in the future, in"),
    ("auth_time", "authenticated", "authenticated in the future, in"),
    ("nbf", "valid since", "not valid yet, only in"),
    ("exp", "expired", "expires in"),
];

pub(super) fn of(token: &Token, now: UnixTime) -> Vec<Time> {
    let Ok(claims) = &token.claims else { return Vec::new() };
    let time = |(claim, past, future): &(&'static str, &str, &str)| {
        let (when, relation) = relation(claims.get(claim)?, now, past, future);
        Some(Time { claim, when, relation })
    };
    CLAIMS.iter().filter_map(time).collect()
}

fn relation(value: &Value, now: UnixTime, past: &str, future: &str) -> (String, String) {
    let Value::Number(number) = value else {
        return ("-".to_owned(), "not a number, which it must be".to_owned());
    };
    // The float keeps a tenth of a microsecond, and this is only shown.
    let Some(time) = number.as_f64().and_then(|seconds| parse_time(&format!("{seconds}"))) else {
        return ("-".to_owned(), "no date: perhaps milliseconds".to_owned());
    };
    let far = span(now, time);
    (rfc3339(time), if time <= now { format!("{past} {far} ago") } else { format!("{future} {far}") })
}
