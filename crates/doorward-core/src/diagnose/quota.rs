//! When a limit begins anew: the fields in which services count requests, which nobody has standardised yet.

use super::evidence::Evidence;
use super::sent::Response;
use crate::limits;
use crate::time::Seconds;
use crate::wire::field;
use crate::wire::http_date;
use crate::wire::structured::{BareItem, Dictionary, Item, List, Member};

/// The names of what is left and of when it begins anew, in pairs: as most services write them, and as the first drafts of a standard did.
const COUNTERS: [(&str, &str); 2] =
    [("x-ratelimit-remaining", "x-ratelimit-reset"), ("ratelimit-remaining", "ratelimit-reset")];

/// How long until a count that is used up begins anew; never longer than is believed. The others say nothing of this refusal.
pub(super) fn reset(evidence: &Evidence<'_, '_>) -> Option<Seconds> {
    let response = evidence.response;
    let drafts = response.values("ratelimit").filter_map(by_draft).max();
    let span = drafts.or_else(|| COUNTERS.into_iter().find_map(|names| by_counter(names, evidence)))?;
    Some(Seconds(span.min(limits::ANSWER_WAIT_MAX)))
}

/// A pair of fields: the reset is a number of seconds, or a point in time by the clock of whoever counts.
fn by_counter((left, reset): (&str, &str), evidence: &Evidence<'_, '_>) -> Option<u64> {
    let response: &Response<'_> = evidence.response;
    if response.values(left).any(|left| field::trim(left) != b"0") {
        return None;
    }
    let value = number(field::trim(response.only(reset)?))?;
    if value < limits::LATEST_SPAN {
        return Some(value);
    }
    let date = response.only("date").and_then(|date| http_date::parse(date, evidence.now));
    let now = u64::try_from(date.unwrap_or(evidence.now).seconds()).unwrap_or(0);
    Some(value.saturating_sub(now))
}

/// The one field of the later drafts: a list of counts with what is left (`r`) and the time (`t`), or before that a dictionary.
fn by_draft(value: &[u8]) -> Option<u64> {
    let Ok(list) = List::parse(value) else {
        let members = Dictionary::parse(value).ok()?;
        let number = |name: &str| match members.get(name)? {
            Member::Item(Item { value, .. }) => whole(value),
            Member::InnerList(_) => None,
        };
        return number("remaining").filter(|left| *left == 0).and_then(|_| number("reset"));
    };
    let counts = list.members().filter_map(|member| match member {
        Member::Item(item) => Some(item.parameters),
        Member::InnerList(_) => None,
    });
    let used = counts.filter(|count| count.get("r").and_then(whole) == Some(0));
    used.filter_map(|count| whole(count.get("t")?)).max()
}

fn whole(item: BareItem<'_>) -> Option<u64> {
    match item {
        BareItem::Integer(number) => u64::try_from(number).ok(),
        _ => None,
    }
}

/// A number of digits; one beyond all numbers is the greatest there is.
fn number(text: &[u8]) -> Option<u64> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(text.iter().fold(0_u64, |number, digit| {
        number.saturating_mul(10).saturating_add(u64::from(digit.wrapping_sub(b'0')))
    }))
}
