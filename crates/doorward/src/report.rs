//! A decision as owned facts, for logs, tests and the command: the same fields with the same names everywhere.

use crate::snapshot::Snapshot;
use doorward_core::decision::Decision;
use doorward_core::outcome::Outcome;
use doorward_core::principal::{CredentialKind, Principal};
use doorward_core::reason::Reason;
use doorward_core::recovery::Recovery;
use doorward_core::refusal::Context;
use doorward_core::time::UnixTime;
use serde_json::{Map, Number, Value, json};

/// What was decided, with everything that an operator may know about it. Neither the credential nor a key is in it.
///
/// ```
/// use doorward::{Engine, Format, Request, UnixTime, report::Report};
///
/// let engine = Engine::from_text("[[routes]]\npath = '/healthz'\naccept = 'anyone'\n", Format::Toml, None)?;
/// let mut scratch = engine.scratch();
/// let request = Request::new("GET", "/nowhere", &[]);
/// let report = Report::new(&engine.decide(&request, UnixTime::from_seconds(1_795_387_431), &mut scratch));
/// assert_eq!(report.to_json()["reason"], "route_unmatched");
/// # Ok::<(), doorward::error::LoadErrors>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// What was decided.
    pub outcome: Outcome,
    /// The HTTP status of the answer; 200 where the caller is let in and somebody else answers.
    pub status: u16,
    /// Why the caller is refused.
    pub reason: Option<Reason>,
    /// What the caller should do next.
    pub recovery: Recovery,
    /// Whether the very same credential may be sent again after the recovery.
    pub may_resend: bool,
    /// How many seconds the caller should wait before it asks again, where waiting helps.
    pub retry_after: Option<u64>,
    /// The header fields that the answer must carry, in order.
    pub headers: Vec<(String, String)>,
    /// Who the caller is, if that is known.
    pub principal: Option<Caller>,
    /// The facts beside the reason: an object, or `null`.
    pub context: Value,
    /// The route that governed the request, by its place in the policy file.
    pub route: Option<u32>,
    /// The path that was judged, normalised; empty if it is ambiguous.
    pub path: String,
    /// On what grounds the caller is let in.
    pub grounds: Option<&'static str>,
    /// The true reason of a refusal that a hidden route conceals.
    pub concealed: Option<Reason>,
}

/// A caller whose credential was found genuine, as owned text.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Caller {
    /// The issuer's identifier.
    pub issuer: String,
    /// The name of the issuer in the policy.
    pub issuer_name: String,
    /// The subject; empty where a plain JWT has none.
    pub subject: String,
    /// The kind of credential.
    pub kind: CredentialKind,
    /// When the credential expires.
    pub expires: Option<UnixTime>,
    /// The chain of delegation, or `null`.
    pub actor: Value,
}

impl Report {
    /// The facts of a decision.
    #[must_use]
    pub fn new(decision: &Decision<'_>) -> Self {
        Self::of(&Snapshot::new(decision))
    }

    /// The facts of a decision that was kept.
    pub(crate) fn of<B: AsRef<[u8]>>(kept: &Snapshot<B>) -> Self {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self {
            outcome: kept.outcome(),
            status: kept.status(),
            reason: kept.reason(),
            recovery: kept.recovery(),
            may_resend: kept.may_resend(),
            retry_after: kept.retry_after().map(|wait| wait.0),
            headers: kept.headers().map(owned).collect(),
            principal: kept.principal().as_ref().map(Caller::new),
            context: kept.context().as_ref().map_or(Value::Null, context),
            route: kept.route(),
            path: kept.path().to_owned(),
            grounds: kept.grounds(),
            concealed: kept.concealed(),
        }
    }

    /// Whether the caller is let in.
    #[must_use]
    pub fn is_allow(&self) -> bool {
        self.outcome == Outcome::Allow
    }

    /// The reason that an operator should act on: the true one, where a hidden route conceals it.
    #[must_use]
    pub fn true_reason(&self) -> Option<Reason> {
        self.concealed.or(self.reason)
    }

    /// The values of `WWW-Authenticate`, in order.
    pub fn challenges(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(|(name, _)| name == "WWW-Authenticate").map(|(_, value)| value.as_str())
    }

    /// All facts as a JSON object: every field is always there, in this order, `null` where it has no value.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let codes = |reason: Option<Reason>| reason.map(Reason::code);
        let headers: Vec<Value> = self.headers.iter().map(|(name, value)| json!([name, value])).collect();
        json!({
            "outcome": self.outcome.code(),
            "status": self.status,
            "reason": codes(self.reason),
            "reason_number": self.reason.map(Reason::number),
            "sentence": self.reason.map(Reason::sentence),
            "recovery": self.recovery.code(),
            "advice": self.recovery.advice(),
            "operator": self.true_reason().map(Reason::operator),
            "signal": self.true_reason().map(|reason| reason.signal().code()),
            "may_resend": self.may_resend,
            "retry_after": self.retry_after,
            "challenges": self.challenges().collect::<Vec<_>>(),
            "headers": headers,
            "principal": self.principal.as_ref().map(Caller::to_json),
            "context": self.context,
            "route": self.route,
            "path": self.path,
            "grounds": self.grounds,
            "concealed": codes(self.concealed),
        })
    }
}

impl Caller {
    fn new(principal: &Principal<'_>) -> Self {
        Self {
            issuer: principal.issuer.to_owned(),
            issuer_name: principal.issuer_name.to_owned(),
            subject: principal.subject.to_owned(),
            kind: principal.kind,
            expires: principal.expires,
            actor: principal.actor.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default(),
        }
    }

    /// The caller as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "issuer": self.issuer,
            "issuer_name": self.issuer_name,
            "subject": self.subject,
            "kind": self.kind.code(),
            "expires": self.expires.map(time),
            "actor": self.actor,
        })
    }
}

/// The claims of the decision's caller, parsed; `null` where the caller is not known. They may be personal.
#[must_use]
pub fn claims(decision: &Decision<'_>) -> Value {
    let text = decision.principal().map_or("null", |principal| principal.claims);
    serde_json::from_str(text).unwrap_or_default()
}

/// A time as a JSON number: whole where it is.
fn time(time: UnixTime) -> Value {
    if time.nanos() == 0 {
        return json!(time.seconds());
    }
    time.to_string().parse().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
}

fn context(context: &Context<'_>) -> Value {
    let mut facts = Map::new();
    let mut fact = |name: &str, value: Value| facts.insert(name.to_owned(), value);
    match context {
        Context::Time { claim, value, limit, now, leeway } => {
            fact("claim", json!(claim));
            fact("value", time(*value));
            fact("now", time(*now));
            fact("leeway", json!(leeway.0));
            if let Some(limit) = limit {
                fact("limit", json!(limit.0));
            }
            fact("missed_by", json!(context.missed_by()));
        }
        Context::Claim(claim) => drop(fact("claim", json!(claim))),
        Context::Scope(scope) => drop(fact("scope", json!(scope))),
        Context::Role(role) => drop(fact("role", json!(role))),
        Context::Upstream { cause, at } => {
            fact("cause", json!(cause.code()));
            fact("at", time(*at));
        }
        // The list may grow in the core before it does here.
        _ => return Value::Null,
    }
    Value::Object(facts)
}
