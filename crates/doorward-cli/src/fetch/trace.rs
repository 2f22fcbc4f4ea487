//! The steps of a request as people read them, while they happen, and as JSON. No credential is in either.

use super::ask::Answer;
use super::url::shown;
use crate::diagnose::show;
use crate::ending::Ending;
use crate::output::harmless;
use doorward::caller::CallerReport;
use doorward::{DiagnosisReport, Reason};
use serde_json::{Map, Value, json};
use std::io::{self, Write};
use ureq::http::Uri;

/// The longest value of a field that is shown, in characters.
const SHOWN: usize = 400;

/// The shortest secret that is looked for in texts; every text has some shorter one in it.
const SECRET: usize = 6;

/// What happened so far.
pub(super) struct Trace {
    is_live: bool,
    /// What must not be seen, whoever repeats it.
    secrets: Vec<String>,
    steps: Vec<Value>,
    sends: u32,
    /// Status and diagnosis of the answer that the caller gets.
    last: Option<(u16, Option<Reason>)>,
    alarms: Vec<Value>,
    fault: Option<String>,
}

impl Trace {
    /// A trace that is written to the error stream while it grows, or only kept.
    pub(super) const fn new(is_live: bool) -> Self {
        Self {
            is_live,
            secrets: Vec::new(),
            steps: Vec::new(),
            sends: 0,
            last: None,
            alarms: Vec::new(),
            fault: None,
        }
    }

    /// Takes care that this is never shown.
    pub(super) fn hide(&mut self, secret: &str) {
        if secret.len() >= SECRET && !self.secrets.iter().any(|known| known == secret) {
            self.secrets.push(secret.to_owned());
        }
    }

    /// A request goes out.
    pub(super) fn sends(&mut self, method: &str, to: &Uri, fields: &[String], credential: Option<&Carried>) {
        self.sends = self.sends.saturating_add(1);
        self.say(&format!("{} > {method} {}", self.sends, shown(to)));
        if let Some(Carried { scheme, length, about }) = credential {
            self.say(&format!("  > Authorization: {scheme} … ({length} bytes, not shown{about})"));
        }
        for name in fields {
            self.say(&format!("  > {name}: …"));
        }
        let scheme = credential.map(|credential| credential.scheme.as_str());
        self.step("send", [("method", json!(method)), ("url", json!(shown(to))), ("scheme", json!(scheme))]);
    }

    /// Its answer came.
    pub(super) fn answered(&mut self, answer: &Answer, report: &DiagnosisReport) {
        let status = answer.response.status;
        self.say(&format!("  < {status}"));
        let mut headers = Vec::new();
        for (name, value) in &answer.response.headers {
            let (name, value) = (String::from_utf8_lossy(name), String::from_utf8_lossy(value));
            let value = match name.to_ascii_lowercase().as_str() {
                name if is_secret(name) => "…".to_owned(),
                name if LOCATIONS.contains(&name) => without_queries(&self.without_secrets(&value)),
                _ => self.without_secrets(&value),
            };
            self.say(&format!("  < {name}: {}", cut(&value)));
            headers.push(json!([name, value]));
        }
        if answer.is_cut {
            self.say("  < the content broke off, or is too long");
        }
        if report.is_refusal() {
            self.say(&format!("    {}", show::verdict(report)));
        }
        for (name, value) in show::facts(report) {
            self.say(&format!("    {name:<9} {value}"));
        }
        let diagnosis = self.clean(report.to_json());
        if let Some(Value::Object(step)) = self.steps.last_mut() {
            step.insert("answer".to_owned(), json!({ "status": status, "headers": headers }));
            step.insert("diagnosis".to_owned(), diagnosis);
        }
    }

    /// A credential is got.
    pub(super) fn obtains(&mut self, from: &str, wanted: &Value, came: Result<&str, &str>) {
        let said = came.unwrap_or_else(|fault| fault);
        let how = if came.is_ok() { "got a credential" } else { "got no credential" };
        self.say(&format!("* {how} from {from}: {said}"));
        let fault = self.clean(json!(came.err()));
        let wanted = self.clean(wanted.clone());
        self.step("obtain", [("from", json!(from)), ("want", wanted), ("fault", fault)]);
    }

    /// A redirect is followed, or not.
    pub(super) fn redirects(&mut self, to: &Uri, has_credential: bool) {
        let how =
            if has_credential { "with the credential" } else { "without the credential: another origin" };
        self.say(&format!("* goes on to {}, {how}", shown(to)));
        self.step("redirect", [("url", json!(shown(to))), ("credential", json!(has_credential))]);
    }

    /// Something takes its time.
    pub(super) fn waits(&mut self, millis: u64, why: &str) {
        self.say(&format!("* waits {}.{:03} s: {why}", millis / 1000, millis % 1000));
        self.step("wait", [("milliseconds", json!(millis)), ("why", json!(why))]);
    }

    /// What is done next, in words.
    pub(super) fn next(&mut self, what: &str) {
        self.say(&format!("    next      {what}"));
        if let Some(Value::Object(step)) = self.steps.last_mut() {
            step.insert("next".to_owned(), json!(what));
        }
    }

    /// What looks like an attack, whatever comes of the retry.
    pub(super) fn alarm(&mut self, report: &CallerReport) {
        let reason = report.reason;
        self.say(&format!("! {}: {}; this looks like an attack", reason.code(), reason.sentence()));
        self.alarms.push(report.to_json());
    }

    /// Something else that is worth a line.
    pub(super) fn note(&mut self, what: &str) {
        self.say(&format!("* {what}"));
    }

    /// There is no answer.
    pub(super) fn fails(&mut self, fault: &str) {
        let fault = self.without_secrets(fault);
        crate::ending::complain(&fault);
        self.fault = Some(fault);
    }

    /// This is the answer that the caller gets.
    pub(super) fn ends(&mut self, answer: &Answer, report: &DiagnosisReport) {
        let status = answer.response.status;
        let times = if self.sends == 1 { "once".to_owned() } else { format!("{} times", self.sends) };
        let why = report.reason.map(|reason| format!(", {}", reason.code())).unwrap_or_default();
        self.say(&format!("= {status}{why}, sent {times}"));
        self.last = Some((status, report.reason));
    }

    /// What the exit status says.
    pub(super) fn ending(&self) -> Ending {
        match self.last {
            _ if self.fault.is_some() => Ending::Unusable,
            Some((..400, None)) => Ending::Yes,
            Some(_) => Ending::No,
            None => Ending::Unusable,
        }
    }

    /// All of it, with the content of the answer.
    pub(super) fn to_json(&self, body: Option<&[u8]>) -> Value {
        let reason = self.last.and_then(|(_, reason)| reason);
        json!({
            "status": self.last.map(|(status, _)| status),
            "diagnosis": reason.map(Reason::code),
            "sends": self.sends,
            "steps": self.steps,
            "alarms": self.alarms,
            "fault": self.fault,
            "body": body.map(String::from_utf8_lossy),
        })
    }

    fn step<const N: usize>(&mut self, kind: &str, facts: [(&str, Value); N]) {
        let mut step = Map::new();
        step.insert("step".to_owned(), json!(kind));
        step.extend(facts.map(|(name, value)| (name.to_owned(), value)));
        self.steps.push(Value::Object(step));
    }

    /// Writes a line to the error stream; if that is gone there is nobody to tell.
    fn say(&self, line: &str) {
        if self.is_live {
            let line = self.without_secrets(line);
            let _ = writeln!(io::stderr().lock(), "{}", harmless(&line));
        }
    }

    fn without_secrets(&self, text: &str) -> String {
        let hide = |text: String, secret: &String| text.replace(secret.as_str(), "(the credential)");
        self.secrets.iter().fold(text.to_owned(), hide)
    }

    fn clean(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.without_secrets(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.clean(item)).collect(),
            Value::Object(members) => {
                members.into_iter().map(|(name, value)| (name, self.clean(value))).collect()
            }
            other => other,
        }
    }
}

/// A credential as a trace shows it.
pub(super) struct Carried {
    pub(super) scheme: String,
    pub(super) length: usize,
    /// More about it, with a comma before.
    pub(super) about: String,
}

/// The fields that hold URLs, in whose queries secrets are.
const LOCATIONS: [&str; 4] = ["location", "content-location", "link", "refresh"];

/// A value without what follows a question mark, up to the end of the URL.
fn without_queries(value: &str) -> String {
    let mut parts = value.split('?');
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown.push_str("?…");
        let end = part.find(['>', ',', ';', ' ', '"']).unwrap_or(part.len());
        shown.push_str(part.get(end..).unwrap_or_default());
    }
    shown
}

/// Whether a field's value is a secret by its name, in small letters.
fn is_secret(name: &str) -> bool {
    ["cookie", "authorization", "token", "secret", "password", "api-key"]
        .iter()
        .any(|word| name.contains(word))
}

fn cut(value: &str) -> String {
    match value.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", value.get(..at).unwrap_or_default()),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_whoever_repeats_it() {
        let mut trace = Trace::new(false);
        trace.hide("s3cr3t-token");
        trace.hide("abc");
        let clean = trace.clean(json!({ "a": ["x s3cr3t-token y", 1], "b": { "c": "abc" } }));
        assert_eq!(clean, json!({ "a": ["x (the credential) y", 1], "b": { "c": "abc" } }));
        trace.obtains("--token-exec", &json!({}), Err("it said s3cr3t-token"));
        trace.fails("no answer, s3cr3t-token");
        assert!(!trace.to_json(None).to_string().contains("s3cr3t"));
    }

    #[test]
    fn the_queries_of_a_location_are_not_shown() {
        for (value, shown) in [
            ("https://s3.example/o?X-Amz-Signature=s3cr3t", "https://s3.example/o?…"),
            ("<https://a/b?c=s3cr3t>; rel=next, </d?e>", "<https://a/b?…>; rel=next, </d?…>"),
            ("/plain/path", "/plain/path"),
        ] {
            assert_eq!(without_queries(value), shown);
        }
    }

    #[test]
    fn names_of_secrets_are_known() {
        for name in ["Set-Cookie", "X-Auth-Token", "x-api-key", "Proxy-Authorization"] {
            assert!(is_secret(&name.to_ascii_lowercase()), "{name}");
        }
        for name in ["WWW-Authenticate", "Proxy-Status", "Date", "Via"] {
            assert!(!is_secret(&name.to_ascii_lowercase()), "{name}");
        }
    }
}
