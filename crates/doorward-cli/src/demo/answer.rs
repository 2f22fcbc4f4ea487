//! The answers of the demo's server, as bytes.

use doorward::UnixTime;
use doorward::report::Report;
use doorward::time::rfc3339;
use serde_json::{Map, Value, json};

/// An answer to a decision: status, the fields that it asks for, and the part of the report that a caller may see.
///
/// The policy of the demo says `disclosure = "reason"`, so the reason is among it; what is for operators never is.
pub(super) fn decided(report: &Report, is_head: bool, now: UnixTime) -> Vec<u8> {
    let fields: Vec<(&str, &str)> =
        report.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut body = Map::new();
    if let Value::Object(all) = report.to_json() {
        let public = ["outcome", "status", "reason", "sentence", "recovery", "advice", "may_resend"];
        body.extend(all.into_iter().filter(|(name, _)| public.contains(&name.as_str())));
    }
    if let (true, Some(caller)) = (report.is_allow(), &report.principal) {
        body.insert("you".to_owned(), json!({ "issuer": caller.issuer, "subject": caller.subject }));
    }
    bytes(report.status, &fields, &Value::Object(body), is_head, now)
}

/// An answer to something that no decision could be made on.
pub(super) fn refused(status: u16, message: &str, now: UnixTime) -> Vec<u8> {
    bytes(status, &[], &json!({ "status": status, "error": message }), false, now)
}

fn bytes(status: u16, fields: &[(&str, &str)], body: &Value, is_head: bool, now: UnixTime) -> Vec<u8> {
    let body = format!("{body}\n");
    // The reason phrase is left out (RFC 9112, section 4): the one of 401 is what the reason is there to correct.
    let mut head = format!("HTTP/1.1 {status} \r\nDate: {}\r\n", http_date(now));
    for (name, value) in fields {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let length = body.len();
    head.push_str(&format!(
        "Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    ));
    if !is_head {
        head.push_str(&body);
    }
    head.into_bytes()
}

/// A time as `Sun, 06 Nov 1994 08:49:37 GMT` ([RFC 9110, section 5.6.7]).
///
/// [RFC 9110, section 5.6.7]: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
fn http_date(time: UnixTime) -> String {
    // The epoch was a Thursday.
    const WEEK: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let text = rfc3339(UnixTime::from_seconds(time.seconds()));
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let nth = |list: &[&'static str], index: Option<usize>| {
        index.and_then(|index| list.get(index).copied()).unwrap_or_default()
    };
    let weekday = nth(&WEEK, usize::try_from(time.seconds().div_euclid(86_400).rem_euclid(7)).ok());
    let month = nth(&MONTHS, part(5, 7).parse::<usize>().ok().and_then(|month| month.checked_sub(1)));
    format!("{weekday}, {} {month} {} {} GMT", part(8, 10), part(0, 4), part(11, 19))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_standard() {
        assert_eq!(http_date(UnixTime::from_seconds(784_111_777)), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(http_date(UnixTime::from_seconds(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
    }
}
