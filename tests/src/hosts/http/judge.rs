//! What an HTTP host must do with a case, by the façade's own decision, and in what it did something else.

use super::client::Response;
use super::upstream;
use super::wire::Wire;
use core::fmt::Write;
use doorward::report::Report;
use doorward::{Body, Decision};
use serde_json::Value;

/// What was seen of a host's answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub(super) response: Response,
    /// Whether the host's own part has spoken, and not the server around it.
    pub(super) judged: bool,
    /// The facts that the host shows to operators, by their names in reports; empty where there is none.
    pub(super) shown: Vec<(&'static str, String)>,
    /// What the application behind was sent.
    pub(super) behind: Behind,
}

/// What is behind a host.
#[derive(Clone, Debug, Default)]
pub(super) enum Behind {
    /// An application, which was not asked.
    #[default]
    Unasked,
    /// An application, which was sent this request.
    Asked(Value),
    /// Whoever asked: the identity stands in the answer.
    Answer,
}

impl Seen {
    /// The application's part of an answer.
    pub(super) fn behind(response: &Response) -> Behind {
        upstream::seen(response.field(upstream::SEEN)).map_or(Behind::Unasked, Behind::Asked)
    }

    /// The answer in a few words, as exceptions write it.
    pub(super) fn described(&self) -> String {
        let who = if self.judged { "judged" } else { "of the server's own" };
        format!("{} {who}", self.response.status)
    }
}

/// What must come of a case.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) report: Report,
    body: String,
}

impl Expected {
    pub(super) fn new(decision: &Decision<'_>) -> Self {
        Self { report: Report::new(decision), body: Body::new(decision).as_str().to_owned() }
    }

    /// In what the answer is not what it must be.
    pub(super) fn differences(&self, wire: &Wire, seen: &Seen) -> Vec<String> {
        let mut found = Differences(Vec::new());
        let Self { report, body } = self;
        let Seen { response, .. } = seen;
        if !seen.judged {
            found.0.push(format!("expected {}, found {}", report.status, seen.described()));
            return found.0;
        }
        found.compare("status", &report.status, &response.status);
        for (name, value) in &seen.shown {
            found.compare(name, &self.fact(name).as_str(), &value.as_str());
        }
        for name in ["WWW-Authenticate", "Cache-Control", "Retry-After"] {
            let due: Vec<&str> = report
                .headers
                .iter()
                .filter(|(other, _)| other == name)
                .map(|(_, value)| value.as_str())
                .collect();
            let there: Vec<&str> = response.fields(&name.to_lowercase()).collect();
            found.compare(name, &due, &there);
        }
        if report.is_allow() {
            self.allowed(wire, seen, &mut found);
        } else {
            if let Behind::Asked(_) = seen.behind {
                found.0.push("a refused request reached the application".to_owned());
            }
            let due = if wire.method == "HEAD" { "" } else { body };
            found.compare("body", &due, &String::from_utf8_lossy(&response.body).as_ref());
            found.compare("content-type", &Some("application/json"), &response.field("content-type"));
        }
        found.0
    }

    /// A fact of the decision, as a field or a line of a log can hold it.
    fn fact(&self, name: &str) -> String {
        let report = &self.report;
        let code = |reason: Option<doorward::Reason>| reason.map(doorward::Reason::code).unwrap_or_default();
        let caller = |part: fn(&doorward::report::Caller) -> &str| {
            report.principal.as_ref().map(|caller| encoded(part(caller))).unwrap_or_default()
        };
        match name {
            "outcome" => report.outcome.code().to_owned(),
            "reason" => code(report.reason).to_owned(),
            "concealed" => code(report.concealed).to_owned(),
            "recovery" => report.recovery.code().to_owned(),
            "signal" => {
                report.true_reason().map(|reason| reason.signal().code()).unwrap_or_default().to_owned()
            }
            "grounds" => report.grounds.unwrap_or_default().to_owned(),
            "route" => report.route.map(|route| route.to_string()).unwrap_or_default(),
            "issuer" => caller(|caller| &caller.issuer),
            "issuer_name" => caller(|caller| &caller.issuer_name),
            "subject" => caller(|caller| &caller.subject),
            _ => "no such fact".to_owned(),
        }
    }

    /// A request that is let in reaches the application as it was judged, and as nobody else's.
    fn allowed(&self, wire: &Wire, seen: &Seen, found: &mut Differences) {
        let due =
            ["outcome", "issuer", "subject"].map(|name| (format!("x-doorward-{name}"), self.fact(name)));
        match &seen.behind {
            Behind::Unasked => found.0.push("the application was not asked".to_owned()),
            Behind::Answer => {
                for (name, value) in due {
                    let there: Vec<&str> = seen.response.fields(&name).collect();
                    found.compare(&name, &vec![value.as_str()], &there);
                }
            }
            Behind::Asked(request) => {
                let text =
                    |name: &str| request.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                found.compare("method behind", &wire.method, &text("method"));
                let query = latin(wire.query());
                found.compare("target behind", &format!("{}{query}", self.report.path), &text("target"));
                let mut there: Vec<(String, String)> = fields(request);
                // In whatever spelling: an application in the manner of CGI cannot tell `-` from `_`.
                there.retain(|(name, value)| {
                    name.replace('_', "-").starts_with("x-doorward-") && !value.is_empty()
                });
                there.sort();
                let mut due: Vec<(String, String)> =
                    due.into_iter().filter(|(_, value)| !value.is_empty()).collect();
                due.sort();
                found.compare("identity behind", &due, &there);
                // A proxy may join lines of one name, but not lose one that says something.
                let due: Vec<String> = wire.values("authorization").map(latin).collect();
                let lines = fields(request).into_iter().filter(|(name, _)| name == "authorization");
                let there: Vec<String> = lines.map(|(_, value)| value).collect();
                let joined = |mut values: Vec<String>| {
                    values.retain(|value| !value.is_empty());
                    values.join(",")
                };
                found.compare("Authorization behind", &joined(due), &joined(there));
            }
        }
    }
}

struct Differences(Vec<String>);

impl Differences {
    fn compare<T: PartialEq + core::fmt::Debug>(&mut self, what: &str, expected: &T, found: &T) {
        if expected != found {
            self.0.push(format!("{what}: expected {expected:?}, found {found:?}"));
        }
    }
}

/// Bytes as the characters of those numbers, as they are read from the wire.
fn latin(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// The field lines of the request that the application saw.
fn fields(request: &Value) -> Vec<(String, String)> {
    let pairs = request.get("fields").and_then(Value::as_array).into_iter().flatten();
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    pairs.map(|pair| (text(pair.get(0)), text(pair.get(1)))).collect()
}

/// A text as hosts forward it: bytes outside visible ASCII, and `%`, are percent-encoded.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && byte != b'%' {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
