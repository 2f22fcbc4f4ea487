//! What happened before the request of a case: other requests, keys that came, and revocations.

use super::case::{read_request, time};
use crate::engine::Engine;
use crate::members::Members;
use crate::raw_request::RawRequest;
use crate::revocation::Revocation;
use doorward_core::key::Verify;
use doorward_core::time::UnixTime;
use serde_json::Value;

const MEMBERS: &[&str] = &["at", "request", "times", "keys", "revoke"];
const KEYS: &[&str] = &["issuer", "jwks"];
const REVOKE: &[&str] = &["issuer", "jti", "subject", "until", "issued_before", "kid"];

/// How often a request may be repeated: more than any limit that a table needs to run into.
const TIMES: u64 = 100_000;

/// One thing that happened before.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Step {
    /// A request was decided on, so many times; the answers do not matter.
    Request {
        /// When.
        at: UnixTime,
        /// The request.
        request: RawRequest,
        /// How often.
        times: u64,
    },
    /// An issuer's keys came.
    Keys {
        /// When.
        at: UnixTime,
        /// The name of the issuer in the policy.
        issuer: String,
        /// A JWK Set.
        jwks: String,
    },
    /// Something was revoked.
    Revoke(Revocation),
}

impl Step {
    pub(super) fn read(value: &Value) -> Result<Self, String> {
        let members = Members::strict(value, "a step of `before`", MEMBERS)?;
        let at = || time(members.need("at")?);
        match (members.get("request"), members.get("keys"), members.get("revoke")) {
            (Some(request), None, None) => {
                let times = match members.get("times") {
                    None => 1,
                    Some(times) => {
                        times.as_u64().filter(|times| (1..=TIMES).contains(times)).ok_or_else(|| {
                            format!("expected `times` as a number from 1 to {TIMES}, found {times}")
                        })?
                    }
                };
                Ok(Self::Request { at: at()?, request: read_request(request)?, times })
            }
            (None, Some(keys), None) => {
                let keys = Members::strict(keys, "`keys` of `before`", KEYS)?;
                let issuer = keys.need_text("issuer")?.to_owned();
                Ok(Self::Keys { at: at()?, issuer, jwks: keys.need("jwks")?.to_string() })
            }
            (None, None, Some(revoke)) => revocation(revoke).map(Self::Revoke),
            _ => Err("expected one of `request`, `keys` and `revoke` in a step of `before`".to_owned()),
        }
    }

    /// Does it to an engine.
    pub(super) fn apply<K: Verify + Send + Sync + 'static>(&self, engine: &Engine<K>) -> Result<(), String> {
        match self {
            Self::Request { at, request, times } => {
                let mut scratch = engine.scratch();
                request.lend(|request| {
                    for _ in 0..*times {
                        let _ = engine.decide(request, *at, &mut scratch);
                    }
                });
                Ok(())
            }
            Self::Keys { at, issuer, jwks } => {
                engine.supply_keys(issuer, jwks, *at).map_err(|fault| fault.to_string())
            }
            Self::Revoke(revocation) => engine.revoke(revocation.clone()).map_err(|fault| fault.to_string()),
        }
    }
}

fn revocation(value: &Value) -> Result<Revocation, String> {
    let members = Members::strict(value, "`revoke` of `before`", REVOKE)?;
    let issuer = members.need_text("issuer")?.to_owned();
    let text = |name: &str| Ok::<_, String>(members.text(name)?.map(str::to_owned));
    let until = members.get("until").map(time).transpose()?;
    let before = members.get("issued_before").map(time).transpose()?;
    match (text("jti")?, text("subject")?, before, text("kid")?) {
        (Some(jti), None, None, None) if until.is_none() => Ok(Revocation::Token { issuer, jti }),
        (None, Some(subject), None, None) => Ok(Revocation::Subject { issuer, subject, until }),
        (None, None, Some(time), None) if until.is_none() => Ok(Revocation::IssuedBefore { issuer, time }),
        (None, None, None, Some(kid)) if until.is_none() => Ok(Revocation::Key { issuer, kid }),
        _ => Err("expected one of `jti`, `subject` (with or without `until`), `issued_before` and `kid` in `revoke`"
            .to_owned()),
    }
}
