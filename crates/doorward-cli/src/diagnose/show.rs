//! A diagnosis as text for people: what the answer means, what that rests on, and who should do what about it.

use crate::output::{Output, Style};
use doorward::{Confidence, DiagnosisReport, Origin, Reason, Retry, Signal};
use std::io;

/// The diagnosis in a few words: `401, token_expired (209)`.
pub(crate) fn verdict(report: &DiagnosisReport) -> String {
    match report.reason {
        Some(reason) => format!("{}, {} ({})", report.status, reason.code(), reason.number()),
        None => format!("{}, refuses nobody", report.status),
    }
}

/// What is said below it, line by line: a short name and a sentence.
pub(crate) fn facts(report: &DiagnosisReport) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    let Some(reason) = report.reason else {
        clock(report, &mut facts);
        return facts;
    };
    let sure = match report.confidence {
        Confidence::Certain => "",
        Confidence::Likely => "most likely ",
        Confidence::Guess => "perhaps ",
    };
    facts.push(("because", format!("{sure}{}", reason.sentence())));
    if let Some(cause) = report.cause {
        facts.push(("behind", format!("{}: {}", cause.code(), cause.sentence())));
    }
    facts.push(("from", origin(report)));
    for clue in report.clues.iter() {
        facts.push(("evidence", format!("{} ({})", clue.sentence(), clue.code())));
    }
    if report.misused_status {
        let proper = report.proper_status.map_or(String::new(), |proper| format!(", {proper} would"));
        facts.push(("misused", format!("{} does not say what is meant{proper}", report.status)));
    }
    clock(report, &mut facts);
    demands(report, &mut facts);
    facts.push(("caller", format!("{} ({})", report.recovery.advice(), report.recovery.code())));
    facts.push(("retry", retry(report)));
    operator(reason, report.cause, &mut facts);
    if let Some(signal) = report.signal {
        facts.push(("signal", signal_in_words(signal).to_owned()));
    }
    facts
}

/// Writes one of them.
pub(crate) fn fact(output: &mut Output, name: &str, value: &str) -> io::Result<()> {
    let name = output.paint(Style::Faint, &format!("{name:<9}"));
    output.painted(&format!("  {name} {}", crate::output::harmless(value)))
}

fn origin(report: &DiagnosisReport) -> String {
    let who = match report.origin {
        Origin::Gateway => "a gateway before the service",
        Origin::Application => "the service itself",
        Origin::Unknown => "nothing tells whether a gateway or the service answered",
    };
    report.product.map_or(who.to_owned(), |product| format!("{who}; {product} answers like this"))
}

fn clock(report: &DiagnosisReport, facts: &mut Vec<(&'static str, String)>) {
    let Some(skew) = report.skew else { return };
    let far = skew.seconds.unsigned_abs();
    // Within what it may be off, there is nothing to see.
    if far <= skew.within {
        return;
    }
    let side = if skew.seconds > 0 { "ahead of" } else { "behind" };
    facts.push((
        "clock",
        format!("the other clock is {far} s {side} this one, give or take {} s", skew.within),
    ));
}

fn demands(report: &DiagnosisReport, facts: &mut Vec<(&'static str, String)>) {
    let demand = &report.demand;
    let mut parts: Vec<String> = demand.scheme.iter().cloned().collect();
    for (name, value) in [
        ("realm", &demand.realm),
        ("scope", &demand.scope),
        ("acr_values", &demand.acr_values),
        ("max_age", &demand.max_age),
        ("resource_metadata", &demand.resource_metadata),
        ("claims", &demand.claims),
        ("nonce", &demand.nonce),
        ("error", &demand.error),
        ("error_description", &demand.error_description),
    ] {
        parts.extend(value.as_ref().map(|value| format!("{name} \"{value}\"")));
    }
    if !parts.is_empty() {
        facts.push(("demands", parts.join(", ")));
    }
}

fn retry(report: &DiagnosisReport) -> String {
    let whether = match report.retry {
        Retry::Never => "no: it cannot help",
        Retry::Changed => "only with another credential or proof",
        Retry::Same => "yes, as it is",
    };
    match report.retry_after {
        Some(wait) if report.retry != Retry::Never => format!("{whether}, in {wait} s at the earliest"),
        _ => whether.to_owned(),
    }
}

fn operator(reason: Reason, cause: Option<Reason>, facts: &mut Vec<(&'static str, String)>) {
    facts.push(("operator", reason.operator().to_owned()));
    if let Some(cause) = cause.filter(|cause| cause.operator() != reason.operator()) {
        facts.push(("operator", cause.operator().to_owned()));
    }
}

const fn signal_in_words(signal: Signal) -> &'static str {
    match signal {
        Signal::Noise => "noise: expected in operation",
        Signal::Fault => "fault: something is broken",
        Signal::Attack => "attack: a sign of a compromise, whatever a retry brings",
    }
}
