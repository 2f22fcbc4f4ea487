//! Changes to the time at which a request is judged: around the dates of its token, in every form that a case file has.

use super::pick::Pick;
use super::token::Parts;
use crate::case::NOW;
use doorward::UnixTime;
use doorward::time::rfc3339;
use serde_json::{Value, json};

/// Seconds by which a date is missed or met: none, one, the usual leeway and those beside it, an hour, a day.
const STEPS: &[i64] = &[0, 1, -1, 29, 30, 31, -29, -30, -31, 300, 330, 3600, -3600, 86_400];

/// Nanoseconds on top.
const FRACTIONS: &[u32] = &[0, 0, 0, 500_000_000, 1, 999_999_999, 123_456_789, 1_000_000, 999_000_000];

/// The seconds that every host takes: some take numbers outside for another unit than they are meant in, and refuse them.
const EVERYWHERE: (i64, i64) = (100_000_000, 99_999_999_999);

/// Changes the time of a case.
pub(super) fn change(pick: &mut Pick, case: &mut Value, token: Option<&Parts>) {
    let mut dates = vec![NOW, NOW];
    if let Some(token) = token {
        dates.extend(["exp", "nbf", "iat", "auth_time"].iter().filter_map(|name| token.date(name)));
    }
    let date = pick.one(&dates).copied().unwrap_or(NOW);
    let step = pick.one(STEPS).copied().unwrap_or_default();
    let nanos = pick.one(FRACTIONS).copied().unwrap_or_default();
    let time = UnixTime::new(date.saturating_add(step).clamp(EVERYWHERE.0, EVERYWHERE.1), nanos);
    let at = match (nanos, pick.below(3)) {
        (0, 0) => json!(time.seconds()),
        (_, 1) => json!(rfc3339(time)),
        _ => json!(time.to_string()),
    };
    if let Some(members) = case.as_object_mut() {
        members.insert("at".to_owned(), at);
    }
}
