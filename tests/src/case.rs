//! A case under construction: a request, what it proves, and what must come of it.

use crate::spec::{Wire, row_of};
use serde_json::{Map, Value, json};

pub(crate) use crate::mint::NOW;
pub(crate) use crate::request::{Request, Step, get, send};
pub(crate) use crate::response::{Answer, Sent, Told};

/// One file of the table: a policy and the cases that are judged by it.
pub(crate) struct File {
    /// The path below `tests/cases`, without its ending.
    pub(crate) path: String,
    /// The policy; `null` in a file about answers, which has none.
    pub(crate) policy: Value,
    facts: Facts,
    pub(crate) cases: Vec<Case>,
}

/// A finished case.
pub(crate) struct Case {
    pub(crate) id: String,
    /// Names of requirements, separated by spaces.
    pub(crate) proves: &'static str,
    /// The steps that came before, if it has an engine of its own.
    pub(crate) before: Option<Vec<Value>>,
    pub(crate) at: Value,
    /// What it is about: the members between `at` and `expect`.
    pub(crate) subject: Vec<(&'static str, Value)>,
    pub(crate) expect: Value,
}

/// What the challenges of a policy depend on.
struct Facts {
    realm: String,
    disclose: bool,
    metadata: Option<String>,
    unmatched: u16,
}

impl File {
    /// A file that is judged by a policy given in place.
    pub(crate) fn new(path: &str, policy: Value) -> Self {
        let facts = Facts::of(&policy);
        Self { path: path.to_owned(), policy, facts, cases: Vec::new() }
    }

    /// A file that is judged by `policies/orders.toml`.
    pub(crate) fn orders(path: &str) -> Self {
        let up = "../".repeat(path.matches('/').count());
        Self::disclosing(path, &format!("{up}policies/orders.toml"))
    }

    /// A file that is judged by a policy file whose realm is `orders`, and which discloses reasons.
    pub(crate) fn disclosing(path: &str, policy: &str) -> Self {
        let facts = Facts::of(&json!({"realm": "orders", "disclosure": "reason"}));
        Self { path: path.to_owned(), policy: json!(policy), facts, cases: Vec::new() }
    }

    /// A file that is judged by a policy file of which this much matters to the answers.
    pub(crate) fn by(path: &str, policy: &str, facts: &Value) -> Self {
        Self { path: path.to_owned(), policy: json!(policy), facts: Facts::of(facts), cases: Vec::new() }
    }

    /// Adds a case; its id is the path's first part and `name`.
    pub(crate) fn case(&mut self, name: &str, proves: &'static str, request: Request, expect: &Expect) {
        let theme = self.path.split('/').next().unwrap_or_default();
        let expect = expect.json(&self.facts);
        let Request { before, at, json: request } = request;
        let subject = vec![("request", Value::Object(request))];
        self.cases.push(Case { id: format!("{theme}/{name}"), proves, before, at, subject, expect });
    }

    /// A file about answers.
    pub(crate) fn responses(path: &str) -> Self {
        Self { path: path.to_owned(), policy: Value::Null, facts: Facts::of(&Value::Null), cases: Vec::new() }
    }

    /// Adds a case of the caller's side; its id is the path and `name`.
    pub(crate) fn response(
        &mut self,
        name: &str,
        proves: &'static str,
        sent: Sent,
        answer: Answer,
        told: Told,
    ) {
        let subject = vec![("sent", Value::Object(sent.0)), ("response", Value::Object(answer.0))];
        let id = format!("{}/{name}", self.path);
        self.cases.push(Case {
            id,
            proves,
            before: None,
            at: json!(NOW),
            subject,
            expect: Value::Object(told.0),
        });
    }
}

impl Facts {
    fn of(policy: &Value) -> Self {
        let text = |name: &str| policy.get(name).and_then(Value::as_str);
        Self {
            realm: text("realm").unwrap_or("doorward").to_owned(),
            disclose: text("disclosure") == Some("reason"),
            metadata: text("resource_metadata").map(str::to_owned),
            unmatched: if text("unmatched") == Some("hide") { 404 } else { 403 },
        }
    }
}

/// What must come of a request.
#[derive(Clone)]
pub(crate) struct Expect {
    reason: Option<&'static str>,
    who: Option<(&'static str, &'static str)>,
    scope: Option<&'static str>,
    acr: Option<&'static str>,
    max_age: Option<u64>,
    wait: Option<u64>,
    headers: Option<Vec<(&'static str, String)>>,
    more: Vec<(&'static str, Value)>,
}

/// `svc-a` of `corp`.
pub(crate) const SVC_A: (&str, &str) = ("https://idp.example", "svc-a");
/// `robot-7` of `partner`.
pub(crate) const ROBOT: (&str, &str) = ("https://partner.example", "robot-7");
/// The workload of `mesh`.
pub(crate) const CART: (&str, &str) = ("prod.example", "spiffe://prod.example/ns/shop/sa/cart");

/// Let in as this caller.
pub(crate) fn allow(who: (&'static str, &'static str)) -> Expect {
    Expect { who: Some(who), ..open() }
}

/// Let in without a look at who it is.
pub(crate) fn open() -> Expect {
    Expect {
        reason: None,
        who: None,
        scope: None,
        acr: None,
        max_age: None,
        wait: None,
        headers: None,
        more: Vec::new(),
    }
}

/// Refused for this reason, which a hidden route conceals.
pub(crate) fn conceal(reason: &'static str) -> Expect {
    refuse("route_unmatched").and("concealed", json!(reason)).and("may_resend", json!(false)).nobody()
}

/// Refused for this reason.
pub(crate) fn refuse(reason: &'static str) -> Expect {
    Expect { reason: Some(reason), ..open() }
}

impl Expect {
    /// The caller is known all the same.
    pub(crate) fn who(self, who: (&'static str, &'static str)) -> Self {
        Self { who: Some(who), ..self }
    }

    /// The challenge names these scopes.
    pub(crate) fn scope(self, scope: &'static str) -> Self {
        Self { scope: Some(scope), ..self }
    }

    /// The challenge names these authentication contexts.
    pub(crate) fn acr(self, acr: &'static str) -> Self {
        Self { acr: Some(acr), ..self }
    }

    /// The challenge names this age of the authentication.
    pub(crate) fn max_age(self, seconds: u64) -> Self {
        Self { max_age: Some(seconds), ..self }
    }

    /// The same credential may be sent again after so many seconds.
    pub(crate) fn wait(self, seconds: u64) -> Self {
        Self { wait: Some(seconds), ..self }
    }

    /// Nobody is known.
    pub(crate) fn nobody(self) -> Self {
        self.and("principal", json!(null))
    }

    /// The whole list of header fields, byte for byte, in place of what follows from the rules.
    pub(crate) fn headers(self, headers: &[(&'static str, &str)]) -> Self {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { headers: Some(headers), ..self }
    }

    /// One more field of the answer.
    pub(crate) fn and(mut self, field: &'static str, value: Value) -> Self {
        self.more.push((field, value));
        self
    }

    fn json(&self, facts: &Facts) -> Value {
        let mut json = Map::new();
        let mut put = |name: &str, value: Value| json.insert(name.to_owned(), value);
        let mut status = 200;
        match self.reason.and_then(row_of) {
            Some(row) => {
                status = if row.code == "route_unmatched" { facts.unmatched } else { row.status };
                put("outcome", json!(row.outcome));
                put("status", json!(status));
                put("reason", json!(row.code));
                // Whoever is told when to come back has nothing to do but that.
                put("recovery", json!(if self.wait.is_some() { "wait" } else { row.recovery }));
                if self.wait.is_some() {
                    put("may_resend", json!(true));
                }
            }
            // A reason that the table does not have stays in sight: no build can produce it.
            None => {
                put("outcome", json!(if self.reason.is_some() { "unknown reason" } else { "allow" }));
                put("status", json!(status));
                put("recovery", json!("none"));
            }
        }
        let headers = self.headers.clone().unwrap_or_else(|| self.usual_headers(facts, status));
        let challenges: Vec<_> =
            headers.iter().filter(|(name, _)| *name == "WWW-Authenticate").map(|(_, value)| value).collect();
        put("challenges", json!(challenges));
        put("headers", json!(headers));
        if let Some((issuer, subject)) = self.who {
            put("principal", json!({"issuer": issuer, "subject": subject}));
        }
        for (field, value) in &self.more {
            put(field, value.clone());
        }
        Value::Object(json)
    }

    fn usual_headers(&self, facts: &Facts, status: u16) -> Vec<(&'static str, String)> {
        let challenge =
            self.reason.and_then(row_of).and_then(|row| self.challenge(facts, row.code, row.error));
        let challenge = challenge.map(|value| ("WWW-Authenticate", value));
        let wait = self.wait.map(|seconds| ("Retry-After", seconds.to_string()));
        let uncached = (status == 404).then(|| ("Cache-Control", "no-store".to_owned()));
        challenge.into_iter().chain(wait).chain(uncached).collect()
    }

    /// The parameters in the one order: realm, error, description, scope, metadata, step-up.
    fn challenge(&self, facts: &Facts, code: &str, error: Wire) -> Option<String> {
        let quoted = |value: &str| format!("\"{}\"", value.replace('\\', r"\\").replace('"', "\\\""));
        let mut parameters = vec![("realm", facts.realm.clone())];
        match error {
            Wire::None => return None,
            Wire::Bare => {}
            Wire::Error(error) => {
                parameters.push(("error", error.to_owned()));
                if facts.disclose {
                    parameters.push(("error_description", code.to_owned()));
                }
            }
        }
        parameters.extend(self.scope.map(|scope| ("scope", scope.to_owned())));
        parameters.extend(facts.metadata.clone().map(|url| ("resource_metadata", url)));
        parameters.extend(self.acr.map(|acr| ("acr_values", acr.to_owned())));
        parameters.extend(self.max_age.map(|age| ("max_age", age.to_string())));
        let parameters: Vec<_> =
            parameters.iter().map(|(name, value)| format!("{name}={}", quoted(value))).collect();
        Some(format!("Bearer {}", parameters.join(", ")))
    }
}
