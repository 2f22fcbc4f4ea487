//! A secret in a store that answers as Vault's KV stores do, of either version.

use super::http::{address, passes, unanswered};
use super::metadata::host;
use super::secret::Secret;
use super::wiped::Wiped;
use crate::caller::{Credential, SourceFault};
use crate::members::Members;
use crate::trust::Http;
use crate::trust::exchange::{Question, Reply};
use doorward_core::limits;
use doorward_core::time::Seconds;
use serde_json::Value;
use std::path::PathBuf;

const MEMBERS: &[&str] = &["url", "field", "token", "namespace", "ca"];

/// A secret of a store.
pub(super) struct Vault {
    url: String,
    field: String,
    token: Secret,
    namespace: Option<String>,
    ca: Option<PathBuf>,
}

impl Vault {
    /// Reads `vault` of a source.
    pub(super) fn from_json(inside: &Value) -> Result<Self, String> {
        let members = Members::strict(inside, "`vault`", MEMBERS)?;
        let namespace = members.text("namespace")?;
        if namespace.is_some_and(|namespace| !namespace.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err("expected `namespace` of `vault` in visible ASCII characters".to_owned());
        }
        Ok(Self {
            url: address("url", members.need_text("url")?)?,
            field: members.text("field")?.unwrap_or("token").to_owned(),
            token: Secret::from_json("token", members.need("token")?)?,
            namespace: namespace.map(str::to_owned),
            ca: members.text("ca")?.map(PathBuf::from),
        })
    }

    pub(super) fn name(&self) -> String {
        format!("the secret store {}", host(&self.url))
    }

    /// Asks for the secret.
    pub(super) fn obtain(&self, scheme: &str) -> Result<Credential, SourceFault> {
        let http = Http::new();
        let token = self.token.get()?;
        let mut fields = vec![("x-vault-token", token.as_str()), ("x-vault-request", "true")];
        fields.extend(self.namespace.as_deref().map(|namespace| ("x-vault-namespace", namespace)));
        let question = Question { url: &self.url, fields: &fields, form: None, ca: self.ca.as_deref() };
        let reply = http.exchange(&question, http.deadline()).map_err(|failed| match failed.status {
            // A standby sends to the active node, which another address may lead to soon.
            Some(307) => SourceFault::transient(failed.detail),
            _ => unanswered(&failed),
        })?;
        self.read(scheme, &reply).map_err(|fault| fault.of(host(&self.url)))
    }

    fn read(&self, scheme: &str, reply: &Reply) -> Result<Credential, SourceFault> {
        check(reply)?;
        let json = Wiped::read(&reply.text);
        let data = json.as_ref().and_then(|json| json.0.get("data")).unwrap_or(&Value::Null);
        // Version 2 has the members one deeper, beside what it knows of the version.
        let inner = data
            .get("data")
            .filter(|inner| inner.is_object() && data.get("metadata").is_some_and(Value::is_object));
        let secret = inner.unwrap_or(data).get(&self.field).and_then(Value::as_str);
        let secret = secret.ok_or_else(|| {
            SourceFault::hard(format!("the secret has no text with the name `{}`", self.field.escape_debug()))
        })?;
        let credential = Credential::with_scheme(scheme, secret)?;
        Ok(credential.looked_at_again(Some(Seconds(limits::SOURCE_LOOK_AGAIN))))
    }
}

fn check(reply: &Reply) -> Result<(), SourceFault> {
    match reply.status {
        200 => Ok(()),
        401 | 403 => Err(SourceFault::hard("it refuses the token that it is asked with")),
        404 => Err(SourceFault::hard("it has no such secret, or its newest version was deleted")),
        // 412: another node does not know yet what the token stands for; 472 and 473: a standby.
        status if passes(status) || matches!(status, 412 | 472 | 473) => {
            let message = match status {
                503 => "it is sealed or down".to_owned(),
                _ => format!("it answered with status {status}"),
            };
            Err(SourceFault::transient(message).with_retry_after(reply.retry_after))
        }
        status => Err(SourceFault::hard(format!("it answered with status {status}"))),
    }
}
