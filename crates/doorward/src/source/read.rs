//! From the JSON form of a source to the source.

use super::environment::Environment;
use super::exec::Exec;
use super::file::File;
use super::{Kind, Source};
use crate::members::Members;
use serde_json::Value;

const KINDS: &[&str] = &["file", "environment", "exec", "kubernetes", "client_credentials", "vault"];
const MEMBERS: &[&str] = &[
    "file",
    "environment",
    "exec",
    "kubernetes",
    "client_credentials",
    "vault",
    "scheme",
    "timeout",
    "variables",
    "jwt_expiry",
];

impl Source {
    /// Reads a source from a JSON object that has one of these members:
    ///
    /// | member | what it is |
    /// |---|---|
    /// | `"file": "path"` | a file with the token, read again when it may have changed |
    /// | `"environment": "NAME"` | a variable of the environment |
    /// | `"exec": ["command", …]` | a command that prints a token, or an `ExecCredential` of Kubernetes; with `timeout` in seconds and `variables` |
    /// | `"kubernetes": {"path"}` | the token of a pod's service account |
    /// | `"client_credentials": {…}` | an issuer: `token_url` or `issuer`, `client_id`, `client_secret` or `client_assertion`, `auth`, `scope`, `resource`, `audience`, `ca` |
    /// | `"vault": {…}` | a secret of a store with Vault's KV form: `url`, `field`, `token`, `namespace`, `ca` |
    ///
    /// Beside it there may be the `scheme` of a credential that is no bearer token; and `"jwt_expiry": true`, by which the source
    /// reads from a JWT itself until when it is good, where nothing else tells. A token is written for the service and not for
    /// its callers ([RFC 9068, section 6]), so do this only where issuer and format are your own; without it a file is
    /// looked at again every minute, and what has ended is replaced when the service refuses it.
    ///
    /// [RFC 9068, section 6]: https://www.rfc-editor.org/rfc/rfc9068#section-6
    ///
    /// ```
    /// use doorward::source::Source;
    ///
    /// let error = Source::from_json(&serde_json::json!({ "flie": "/run/token" })).unwrap_err();
    /// assert_eq!(error, "unknown member `flie` of a source: did you mean `file`?");
    /// ```
    ///
    /// # Errors
    ///
    /// The first member that is unknown, missing or of the wrong kind, or a source that this build cannot ask.
    pub fn from_json(value: &Value) -> Result<Self, String> {
        let members = Members::strict(value, "a source", MEMBERS)?;
        let mut kinds = KINDS.iter().copied().filter(|kind| members.has(kind));
        let kind =
            kinds.next().ok_or_else(|| format!("expected a source with one of {}", KINDS.join(", ")))?;
        if let Some(second) = kinds.next() {
            return Err(format!("expected a source of one kind, found `{kind}` and `{second}`"));
        }
        for own in ["timeout", "variables"] {
            if members.has(own) && kind != "exec" {
                return Err(format!("`{own}` belongs to a source of the kind `exec`"));
            }
        }
        let scheme = members.text("scheme")?.unwrap_or("Bearer").to_owned();
        if kind == "client_credentials" && members.has("scheme") {
            return Err("the issuer says the scheme of its tokens: leave `scheme` out".to_owned());
        }
        let jwt_expiry = match members.get("jwt_expiry") {
            None => false,
            Some(value) => value.as_bool().ok_or("expected `jwt_expiry` of a source as `true` or `false`")?,
        };
        let inside = members.need(kind)?;
        let kind = match kind {
            "file" => Kind::File(File::new(members.need_text("file")?)?),
            "environment" => Kind::Environment(Environment::new(members.need_text("environment")?)?),
            "exec" => Kind::Exec(Exec::from_json(&members)?),
            "kubernetes" => Kind::File(File::of_kubernetes(inside)?),
            _ => remote(kind, inside)?,
        };
        Ok(Self { kind, scheme, jwt_expiry })
    }
}

#[cfg(feature = "fetch")]
fn remote(kind: &str, inside: &Value) -> Result<Kind, String> {
    Ok(if kind == "vault" {
        Kind::Vault(Box::new(super::vault::Vault::from_json(inside)?))
    } else {
        Kind::Issuer(Box::new(super::issuer::Issuer::from_json(inside)?))
    })
}

#[cfg(not(feature = "fetch"))]
fn remote(kind: &str, _: &Value) -> Result<Kind, String> {
    Err(format!("this build cannot ask a source of the kind `{kind}`: it lacks the feature `fetch`"))
}
