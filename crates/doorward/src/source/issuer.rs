//! An issuer that is asked for a token by the client credentials grant ([RFC 6749, section 4.4]).
//!
//! [RFC 6749, section 4.4]: https://www.rfc-editor.org/rfc/rfc6749#section-4.4

use super::claims;
use super::form::{Form, encode};
use super::http::{address, unanswered};
use super::metadata;
use super::secret::Secret;
use super::token_answer;
use crate::caller::{Credential, SourceFault, Want};
use crate::members::Members;
use crate::trust::Http;
use crate::trust::discovery::find_address;
use crate::trust::exchange::Question;
use core::time::Duration;
use doorward_core::limits;
use doorward_core::time::UnixTime;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;
use zeroize::Zeroizing;

const MEMBERS: &[&str] = &[
    "token_url",
    "issuer",
    "client_id",
    "client_secret",
    "client_assertion",
    "auth",
    "scope",
    "resource",
    "audience",
    "ca",
];

/// A JWT in the place of a secret ([RFC 7523, section 2.2]).
///
/// [RFC 7523, section 2.2]: https://www.rfc-editor.org/rfc/rfc7523#section-2.2
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An issuer, and who asks it.
pub(super) struct Issuer {
    place: Place,
    client_id: String,
    proof: Proof,
    scope: Option<String>,
    resource: Option<String>,
    audience: Option<String>,
    ca: Option<PathBuf>,
    resources: metadata::Resources,
}

/// Where tokens are asked for.
enum Place {
    Url(String),
    /// Found in the issuer's metadata, and good until then.
    Discovered {
        issuer: String,
        found: Mutex<Option<(String, Instant)>>,
    },
}

/// How the client shows who it is.
enum Proof {
    /// In the `Authorization` field.
    Basic(Secret),
    /// In the form.
    Post(Secret),
    /// By a JWT, which something else renews in its file.
    Assertion(Secret),
}

impl Issuer {
    /// Reads `client_credentials` of a source.
    pub(super) fn from_json(inside: &Value) -> Result<Self, String> {
        let members = Members::strict(inside, "`client_credentials`", MEMBERS)?;
        let place = match (members.text("token_url")?, members.text("issuer")?) {
            (Some(url), None) => Place::Url(address("token_url", url)?),
            (None, Some(issuer)) => {
                Place::Discovered { issuer: address("issuer", issuer)?, found: Mutex::new(None) }
            }
            _ => return Err("expected `client_credentials` with `token_url` or `issuer`".to_owned()),
        };
        let auth = members.text("auth")?;
        let proof = match (members.get("client_secret"), members.get("client_assertion"), auth) {
            (Some(secret), None, None | Some("basic")) => {
                Proof::Basic(Secret::from_json("client_secret", secret)?)
            }
            (Some(secret), None, Some("post")) => Proof::Post(Secret::from_json("client_secret", secret)?),
            (Some(_), None, Some(_)) => return Err("expected `auth` as `basic` or `post`".to_owned()),
            (None, Some(assertion), None) => {
                Proof::Assertion(Secret::from_json("client_assertion", assertion)?)
            }
            (None, Some(_), Some(_)) => {
                return Err("`auth` is how a `client_secret` is sent: leave it out".to_owned());
            }
            _ => {
                let message = "expected `client_credentials` with `client_secret` or `client_assertion`";
                return Err(message.to_owned());
            }
        };
        let own = |name: &str| Ok::<_, String>(members.text(name)?.map(str::to_owned));
        Ok(Self {
            place,
            client_id: members.need_text("client_id")?.to_owned(),
            proof,
            scope: own("scope")?,
            resource: own("resource")?,
            audience: own("audience")?,
            ca: members.text("ca")?.map(PathBuf::from),
            resources: metadata::Resources::default(),
        })
    }

    pub(super) fn name(&self) -> String {
        match &self.place {
            Place::Url(url) => format!("the token endpoint of {}", metadata::host(url)),
            Place::Discovered { issuer, .. } => format!("the issuer {}", metadata::host(issuer)),
        }
    }

    /// Asks for a token.
    pub(super) fn obtain(&self, want: &Want, now: UnixTime) -> Result<Credential, SourceFault> {
        let http = Http::new();
        let (form, authorization) = self.form(&http, want)?;
        let until = http.deadline();
        let url = self.url(&http, until)?;
        let fields: Vec<(&str, &str)> =
            authorization.iter().map(|value| ("authorization", value.as_str())).collect();
        let question = Question { url: &url, fields: &fields, form: Some(form.text()), ca: self.ca() };
        let reply = http.exchange(&question, until).map_err(|failed| {
            self.forget();
            unanswered(&failed)
        })?;
        if reply.status == 404 {
            self.forget();
        }
        token_answer::read(&reply, now).map_err(|fault| fault.of(metadata::host(&url)))
    }

    fn ca(&self) -> Option<&Path> {
        self.ca.as_deref()
    }

    fn url(&self, http: &Http, until: Instant) -> Result<String, SourceFault> {
        let (issuer, found) = match &self.place {
            Place::Url(url) => return Ok(url.clone()),
            Place::Discovered { issuer, found } => (issuer, found),
        };
        let hold = || found.lock().unwrap_or_else(PoisonError::into_inner);
        let known = hold().clone();
        if let Some((url, good_until)) = known
            && Instant::now() < good_until
        {
            return Ok(url);
        }
        let url = find_address("token_endpoint", http, issuer, self.ca(), until);
        let url = url.map_err(|failed| unanswered(&failed))?;
        let now = Instant::now();
        let span = Duration::from_secs(limits::KEYS_REFRESH_DEFAULT);
        *hold() = Some((url.clone(), now.checked_add(span).unwrap_or(now)));
        Ok(url)
    }

    /// The address that was found may be another's by now.
    fn forget(&self) {
        if let Place::Discovered { found, .. } = &self.place {
            *found.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    /// The form, and the value of the `Authorization` field.
    fn form(&self, http: &Http, want: &Want) -> Result<(Form, Option<Zeroizing<String>>), SourceFault> {
        let mut form = Form::default();
        form.add("grant_type", "client_credentials");
        if let Some(scope) = scopes(self.scope.as_deref(), want.scope.as_deref()) {
            form.add("scope", &scope);
        }
        // What the operator wrote counts more than what the service says of itself.
        if let Some(resource) = &self.resource {
            form.add("resource", resource);
        } else if let Some(resource) = self.resources.get(http, want) {
            form.add("resource", &resource);
        }
        if let Some(audience) = &self.audience {
            form.add("audience", audience);
        }
        if let Some(claims) = &want.claims {
            form.add("claims", &claims::text(claims));
        }
        let authorization = match &self.proof {
            Proof::Basic(secret) => Some(basic(&self.client_id, &secret.get()?)),
            Proof::Post(secret) => {
                form.add("client_id", &self.client_id);
                form.add("client_secret", &secret.get()?);
                None
            }
            Proof::Assertion(assertion) => {
                form.add("client_id", &self.client_id);
                form.add("client_assertion_type", ASSERTION_TYPE);
                form.add("client_assertion", &assertion.get()?);
                None
            }
        };
        Ok((form, authorization))
    }
}

/// Client and secret are written as in a form before they become user and password ([RFC 6749, section 2.3.1]).
///
/// [RFC 6749, section 2.3.1]: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
fn basic(client: &str, secret: &str) -> Zeroizing<String> {
    let room = client.len().saturating_add(secret.len()).saturating_mul(3).saturating_add(1);
    let mut pair = Zeroizing::new(String::with_capacity(room));
    encode(client, &mut pair);
    pair.push(':');
    encode(secret, &mut pair);
    super::form::basic(&pair)
}

/// The scopes of both, each once.
fn scopes(own: Option<&str>, wanted: Option<&str>) -> Option<String> {
    let mut all: Vec<&str> = Vec::new();
    for scope in own.into_iter().chain(wanted).flat_map(|scopes| scopes.split(' ')) {
        if !scope.is_empty() && !all.contains(&scope) {
            all.push(scope);
        }
    }
    (!all.is_empty()).then(|| all.join(" "))
}
