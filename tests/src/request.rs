//! A request under construction, and what came before it.

use crate::mint::{NOW, Token};
use serde_json::{Map, Value, json};

/// A request under construction.
#[derive(Clone)]
pub(crate) struct Request {
    /// The steps that came before, if the case has an engine of its own.
    pub(crate) before: Option<Vec<Value>>,
    pub(crate) at: Value,
    pub(crate) json: Map<String, Value>,
}

/// A GET of this path or absolute URL.
pub(crate) fn get(path: &str) -> Request {
    send("GET", path)
}

/// A request with this method for this path or absolute URL.
pub(crate) fn send(method: &str, path: &str) -> Request {
    let url = if path.starts_with('/') { format!("https://api.example{path}") } else { path.to_owned() };
    let mut json = Map::new();
    json.insert("method".to_owned(), json!(method));
    json.insert("url".to_owned(), json!(url));
    json.insert("headers".to_owned(), json!([]));
    Request { before: None, at: json!(NOW), json }
}

impl Request {
    /// The URL exactly as given.
    pub(crate) fn target(mut self, url: &str) -> Self {
        self.json.insert("url".to_owned(), json!(url));
        self
    }

    /// One more field line.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        if let Some(lines) = self.json.get_mut("headers").and_then(Value::as_array_mut) {
            lines.push(json!([name, value]));
        }
        self
    }

    /// The `Authorization` field with this value.
    pub(crate) fn auth(self, value: &str) -> Self {
        self.with("Authorization", value)
    }

    /// The `Authorization` field with this token.
    pub(crate) fn bearer(self, token: &Token) -> Self {
        self.auth(&format!("Bearer {}", token.text()))
    }

    /// Content.
    pub(crate) fn body(mut self, body: &str) -> Self {
        self.json.insert("body".to_owned(), json!(body));
        self
    }

    /// Form content.
    pub(crate) fn form(self, body: &str) -> Self {
        self.with("Content-Type", "application/x-www-form-urlencoded").body(body)
    }

    /// So many seconds after the usual time.
    pub(crate) fn later(self, seconds: i64) -> Self {
        self.at(json!(NOW + seconds))
    }

    /// At this time.
    pub(crate) fn at(mut self, at: Value) -> Self {
        self.at = at;
        self
    }

    /// From this address.
    pub(crate) fn peer(mut self, address: &str) -> Self {
        self.json.insert("peer".to_owned(), json!(address));
        self
    }

    /// To an engine of its own, to which nothing has happened yet.
    pub(crate) fn alone(mut self) -> Self {
        self.before.get_or_insert_default();
        self
    }

    /// To an engine of its own, after this step, which is the last so far.
    pub(crate) fn after(mut self, step: Step) -> Self {
        self.before.get_or_insert_default().push(step.0);
        self
    }

    /// To an engine of its own, after all of these steps.
    pub(crate) fn after_all(self, steps: impl IntoIterator<Item = Step>) -> Self {
        steps.into_iter().fold(self.alone(), Self::after)
    }

    /// The request as a step before another.
    pub(crate) fn asked(self) -> Step {
        self.asked_times(1)
    }

    /// The request as a step before another, so many times.
    pub(crate) fn asked_times(self, times: u32) -> Step {
        let Self { at, json: request, .. } = self;
        Step(match times {
            1 => json!({"at": at, "request": request}),
            _ => json!({"at": at, "request": request, "times": times}),
        })
    }
}

/// Something that happened before a request.
#[derive(Clone)]
pub(crate) struct Step(Value);

impl Step {
    /// These keys came for an issuer, so many seconds after the usual time.
    pub(crate) fn keys(later: i64, issuer: &str, keys: &[Value]) -> Self {
        Self::set(later, issuer, json!({"keys": keys}))
    }

    /// This key set came.
    pub(crate) fn set(later: i64, issuer: &str, set: Value) -> Self {
        Self(json!({"at": NOW + later, "keys": {"issuer": issuer, "jwks": set}}))
    }

    /// Something of an issuer was revoked.
    pub(crate) fn revoked(issuer: &str, what: Value) -> Self {
        Self(json!({"revoke": crate::table::with(json!({"issuer": issuer}), what)}))
    }
}
