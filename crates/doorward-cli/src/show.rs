//! A decision as text for people: what was decided, why, and who should do what about it.

use crate::output::{Output, Style};
use doorward::UnixTime;
use doorward::report::Report;
use doorward::time::{parse_time, rfc3339};
use serde_json::Value;
use std::io;

/// Writes a decision below the name of its input.
pub(crate) fn report(output: &mut Output, input: &str, report: &Report) -> io::Result<()> {
    let style = if report.is_allow() { Style::Good } else { Style::Bad };
    output.styled(style, &format!("{input}: {}", verdict(report)))?;
    if let Some(reason) = report.reason {
        let facts = facts(&report.context).map(|facts| format!(" ({facts})")).unwrap_or_default();
        fact(output, "because", &format!("{}{facts}", reason.sentence()))?;
    }
    if let Some(reason) = report.concealed {
        fact(
            output,
            "truly",
            &format!("{}: {}; the answer must not say so", reason.code(), reason.sentence()),
        )?;
    }
    if let Some(grounds) = report.grounds {
        fact(output, "grounds", grounds)?;
    }
    for (name, value) in &report.headers {
        fact(output, "answer", &format!("{name}: {value}"))?;
    }
    if !report.is_allow() {
        fact(output, "caller", &format!("{} ({})", report.recovery.advice(), report.recovery.code()))?;
    }
    if let Some(reason) = report.true_reason() {
        fact(output, "operator", reason.operator())?;
        fact(output, "signal", reason.signal().code())?;
    }
    if let Some(caller) = &report.principal {
        fact(
            output,
            "who",
            &format!("{} of {} ({})", named(&caller.subject), caller.issuer, caller.issuer_name),
        )?;
        if let Some(expires) = caller.expires {
            fact(output, "until", &rfc3339(expires))?;
        }
        if !caller.actor.is_null() {
            fact(output, "actor", &caller.actor.to_string())?;
        }
    }
    if let Some(route) = report.route {
        fact(output, "route", &format!("{route}, for {}", report.path))?;
    }
    Ok(())
}

/// The decision in a few words: `401 unauthenticated, token_expired (209)`.
pub(crate) fn verdict(report: &Report) -> String {
    match report.reason {
        Some(reason) => {
            format!("{} {}, {} ({})", report.status, report.outcome.code(), reason.code(), reason.number())
        }
        None => format!("{} {}", report.status, report.outcome.code()),
    }
}

/// The facts beside a reason, in words.
pub(crate) fn facts(context: &Value) -> Option<String> {
    let time = |name: &str| parse_time(&context.get(name)?.to_string());
    if let (Some(value), Some(now)) = (time("value"), time("now")) {
        let claim = context.get("claim").and_then(Value::as_str)?;
        let far = span(now, value);
        let when = if value <= now { format!("was {far} ago") } else { format!("is in {far}") };
        let limit =
            context.get("limit").map(|limit| format!(", {limit} s are the limit")).unwrap_or_default();
        let (leeway, missed) = (context.get("leeway")?, context.get("missed_by")?);
        return Some(format!("{claim} {when}{limit}; missed by {missed} s beyond {leeway} s of leeway"));
    }
    let (name, value) = context.as_object()?.iter().next()?;
    Some(format!("{name} {}", value.as_str()?))
}

/// How far two times are apart, in words and rounded down: `31 s`, `5 min`.
pub(crate) fn span(one: UnixTime, other: UnixTime) -> String {
    // The later minus the earlier, so that a begun second does not count.
    let (early, late) = if one <= other { (one, other) } else { (other, one) };
    let begun = u64::from(late.nanos() < early.nanos());
    match late.seconds().abs_diff(early.seconds()).saturating_sub(begun) {
        far @ 0..180 => format!("{far} s"),
        far @ 180..10_800 => format!("{} min", far / 60),
        far @ 10_800..259_200 => format!("{} h", far / 3600),
        far => format!("{} days", far / 86_400),
    }
}

fn named(subject: &str) -> &str {
    if subject.is_empty() { "no subject" } else { subject }
}

fn fact(output: &mut Output, name: &str, value: &str) -> io::Result<()> {
    let name = output.paint(Style::Faint, &format!("{name:<9}"));
    output.painted(&format!("  {name} {}", crate::output::harmless(value)))
}
