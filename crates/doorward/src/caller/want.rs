//! What is wanted of the next credential: what the service demanded, for the source to ask its issuer for.

use super::first::place;
use super::origin::Origin;
use crate::diagnosis::DiagnosisReport;
use crate::members::Members;
use doorward_core::limits;
use doorward_core::recovery::Recovery;
use serde_json::{Value, json};

/// What is wanted of the next credential. A source that cannot ask for a part passes over it.
///
/// The texts were written by the service: they say what to ask the issuer for, never whom to ask.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Want {
    /// Whether a credential that the source has kept will not do: the last one was refused.
    pub refresh: bool,
    /// The scopes that the service asked for, separated by spaces, those of before included.
    pub scope: Option<String>,
    /// The service, where it refused the credential for its audience ([RFC 8707, section 2]).
    ///
    /// [RFC 8707, section 2]: https://www.rfc-editor.org/rfc/rfc8707#section-2
    pub resource: Option<String>,
    /// The address of the request that it refused so, without query and user.
    pub request_url: Option<String>,
    /// Where the service describes itself: an https address of its own origin.
    pub resource_metadata: Option<String>,
    /// The claims that the service asked for, as it wrote them.
    pub claims: Option<String>,
    /// How the user has to authenticate, best first, separated by spaces ([RFC 9470, section 3]).
    ///
    /// [RFC 9470, section 3]: https://www.rfc-editor.org/rfc/rfc9470#section-3
    pub acr_values: Option<String>,
    /// How many seconds ago the user may have authenticated.
    pub max_age: Option<u64>,
    /// How far the service's clock is ahead of ours, in seconds: for sources that write times into the credential.
    pub clock_offset: i64,
}

const MEMBERS: &[&str] = &[
    "refresh",
    "scope",
    "resource",
    "request_url",
    "resource_metadata",
    "claims",
    "acr_values",
    "max_age",
    "clock_offset",
];

impl Want {
    /// Nothing in particular.
    pub(super) const fn new() -> Self {
        Self {
            refresh: false,
            scope: None,
            resource: None,
            request_url: None,
            resource_metadata: None,
            claims: None,
            acr_values: None,
            max_age: None,
            clock_offset: 0,
        }
    }

    /// It as a JSON object: every member is always there.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "refresh": self.refresh,
            "scope": self.scope,
            "resource": self.resource,
            "request_url": self.request_url,
            "resource_metadata": self.resource_metadata,
            "claims": self.claims,
            "acr_values": self.acr_values,
            "max_age": self.max_age,
            "clock_offset": self.clock_offset,
        })
    }

    /// Reads a JSON object with any of the members.
    ///
    /// # Errors
    ///
    /// The first member that is unknown or of the wrong kind.
    pub fn from_json(value: &Value) -> Result<Self, String> {
        let members = Members::strict(value, "a want", MEMBERS)?;
        let text = |name: &str| Ok::<_, String>(members.optional_text(name)?.map(str::to_owned));
        let refresh = match members.get("refresh") {
            None => false,
            Some(value) => value.as_bool().ok_or("expected `refresh` of a want as `true` or `false`")?,
        };
        let max_age = match members.get("max_age").filter(|value| !value.is_null()) {
            None => None,
            Some(value) => Some(value.as_u64().ok_or("expected `max_age` of a want as a whole number")?),
        };
        let clock_offset = match members.get("clock_offset") {
            None => 0,
            Some(value) => value.as_i64().ok_or("expected `clock_offset` of a want as a whole number")?,
        };
        Ok(Self {
            refresh,
            scope: text("scope")?,
            resource: text("resource")?,
            request_url: text("request_url")?,
            resource_metadata: text("resource_metadata")?,
            claims: text("claims")?,
            acr_values: text("acr_values")?,
            max_age,
            clock_offset,
        })
    }

    /// Adds what an answer from `url` demands.
    pub(super) fn add(&mut self, report: &DiagnosisReport, url: &str, scopes: Option<&[String]>) {
        let demand = &report.demand;
        self.refresh = true;
        match report.recovery {
            Recovery::RequestScope => self.add_scope(demand.scope.as_deref(), scopes),
            Recovery::RequestAudience => {
                self.resource = Origin::of(url).ok().map(|origin| origin.to_string());
                self.request_url = address(url);
                self.resource_metadata = demand.resource_metadata.as_ref().map(|metadata| bounded(metadata));
            }
            Recovery::StepUp => {
                self.add_scope(demand.scope.as_deref(), scopes);
                self.acr_values = demand.acr_values.as_ref().map(|values| bounded(values));
                self.max_age = demand.max_age.as_ref().and_then(|age| age.parse().ok());
            }
            _ => {}
        }
        if let Some(claims) = &demand.claims {
            self.claims = Some(bounded(claims));
        }
    }

    /// Adds scopes to those that were asked for before, so that one route's do not push out another's. What would grow without
    /// bound begins anew.
    fn add_scope(&mut self, scope: Option<&str>, allowed: Option<&[String]>) {
        let Some(scope) = scope else { return };
        let may = |scope: &&str| allowed.is_none_or(|allowed| allowed.iter().any(|one| one == scope));
        let before = self.scope.take().unwrap_or_default();
        let mut all: Vec<&str> = before.split(' ').filter(|scope| !scope.is_empty()).collect();
        for scope in scope.split(' ').filter(|scope| !scope.is_empty()).filter(may) {
            if !all.contains(&scope) {
                all.push(scope);
            }
        }
        let joined = all.join(" ");
        let short = joined.len() <= limits::WANT_BYTES;
        self.scope = Some(joined).filter(|joined| short && !joined.is_empty());
    }

    /// Takes back the scopes that an answer demands and that were `asked` for before it came: in vain, unless credentials with them are
    /// accepted elsewhere.
    pub(super) fn drop_scope(&mut self, report: &DiagnosisReport, asked: &str, accepted: Option<&str>) {
        let of = |scope: Option<&str>, one: &str| {
            scope.is_some_and(|all| all.split(' ').any(|other| other == one))
        };
        let demanded = report.demand.scope.as_deref();
        let in_vain = |one: &str| of(demanded, one) && of(Some(asked), one) && !of(accepted, one);
        let kept = self.scope.take().unwrap_or_default();
        let kept: Vec<&str> = kept.split(' ').filter(|one| !one.is_empty() && !in_vain(one)).collect();
        self.scope = (!kept.is_empty()).then(|| kept.join(" "));
    }

    /// What is still wanted after the source refused what it was `asked` for: it may be that, so that only the scopes are left that
    /// work; and if it was no more than those, not even they.
    pub(super) fn give_up(&mut self, asked: &Self, accepted: &mut Option<String>) {
        if asked.scope == *accepted {
            *accepted = None;
        }
        *self = Self { refresh: self.refresh, scope: accepted.clone(), ..Self::new() };
    }

    /// What is still wanted after a credential came that was asked for with `asked`: scopes and the audience stay, what was asked
    /// for once does not. What was demanded meanwhile stays too.
    pub(super) fn settle(&mut self, asked: &Self) {
        self.refresh = false;
        if self.claims == asked.claims {
            self.claims = None;
        }
        if self.acr_values == asked.acr_values && self.max_age == asked.max_age {
            self.acr_values = None;
            self.max_age = None;
        }
    }
}

/// An address as far as it may be shown: origin and path. One that is too long to be kept is none, since a part is another.
fn address(url: &str) -> Option<String> {
    let origin = Origin::of(url).ok()?;
    let (_, rest) = url.split_once("://")?;
    let path = place(rest).split_once('/').map(|(_, path)| path).unwrap_or_default();
    Some(format!("{origin}/{path}")).filter(|address| address.len() <= limits::WANT_BYTES)
}

/// A text of the other side's, cut where no honest one reaches.
fn bounded(text: &str) -> String {
    text.chars().take(limits::WANT_BYTES).collect()
}
