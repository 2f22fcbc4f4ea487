//! Answers under construction: what was sent, what came back, and what it must be taken for.

use serde_json::{Map, Value, json};

/// What the caller knows of its request.
pub(crate) struct Sent(pub(crate) Map<String, Value>);

/// An answer.
pub(crate) struct Answer(pub(crate) Map<String, Value>);

/// What an answer must be taken for. What is not said is that the status is right, nobody knows who answered, no product is recognised
/// and no reason lies behind the first.
pub(crate) struct Told(pub(crate) Map<String, Value>);

/// A request without a credential.
pub(crate) fn bare() -> Sent {
    Sent(Map::new())
}

/// A request with a bearer token.
pub(crate) fn bearer() -> Sent {
    with("Bearer")
}

/// A request with a credential of this scheme.
pub(crate) fn with(scheme: &str) -> Sent {
    bare().and("scheme", json!(scheme))
}

/// A request with a token that is bound to a key, and with the proof.
pub(crate) fn dpop() -> Sent {
    with("DPoP").and("proof", json!(true))
}

impl Sent {
    /// One more thing that the caller knows.
    pub(crate) fn and(mut self, name: &str, value: Value) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    /// The same credential was refused before.
    pub(crate) fn again(self) -> Self {
        self.and("attempt", json!(2)).and("refused_before", json!(true))
    }

    /// Sent to this address.
    pub(crate) fn to(self, url: &str) -> Self {
        self.and("url", json!(url))
    }
}

/// An answer with this status.
pub(crate) fn answer(status: u16) -> Answer {
    let mut answer = Map::new();
    answer.insert("status".to_owned(), json!(status));
    Answer(answer)
}

/// A 401 with this challenge.
pub(crate) fn challenge(value: &str) -> Answer {
    answer(401).challenge(value)
}

impl Answer {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let headers = self.0.entry("headers").or_insert_with(|| json!([]));
        if let Some(headers) = headers.as_array_mut() {
            headers.push(json!([name, value]));
        }
        self
    }

    pub(crate) fn challenge(self, value: &str) -> Self {
        self.header("WWW-Authenticate", value)
    }

    pub(crate) fn body(mut self, body: &str) -> Self {
        self.0.insert("body".to_owned(), json!(body));
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body(&body.to_string())
    }
}

/// A refusal for this reason, with what to do next and whether to try again.
pub(crate) fn told(reason: &str, confidence: &str, recovery: &str, retry: &str) -> Told {
    let usual = json!({
        "diagnosis": reason, "cause": null, "confidence": confidence, "origin": "unknown", "product": null,
        "misused_status": false, "proper_status": null, "recovery": recovery, "retry": retry,
    });
    Told(usual.as_object().cloned().unwrap_or_default())
}

/// An answer that refuses nobody.
pub(crate) fn no_refusal() -> Told {
    told("none", "certain", "none", "never").and("signal", json!(null))
}

impl Told {
    pub(crate) fn and(mut self, field: &str, value: Value) -> Self {
        self.0.insert(field.to_owned(), value);
        self
    }

    /// The status should have been this one.
    pub(crate) fn proper(self, status: u16) -> Self {
        self.and("misused_status", json!(true)).and("proper_status", json!(status))
    }

    pub(crate) fn cause(self, reason: &str) -> Self {
        self.and("cause", json!(reason))
    }

    pub(crate) fn gateway(self) -> Self {
        self.and("origin", json!("gateway"))
    }

    pub(crate) fn application(self) -> Self {
        self.and("origin", json!("application"))
    }

    pub(crate) fn product(self, product: &str) -> Self {
        self.and("product", json!(product))
    }

    pub(crate) fn demand(self, demand: Value) -> Self {
        self.and("demand", demand)
    }

    pub(crate) fn clues(self, clues: &[&str]) -> Self {
        self.and("clues", json!(clues))
    }

    pub(crate) fn wait(self, seconds: u64) -> Self {
        self.and("retry_after", json!(seconds))
    }
}
