//! The table of decisions: requests with the answers they must get, as data that every language reads alike, and that
//! tests a policy of one's own.
//!
//! A case file is a JSON object without duplicate members:
//!
//! ```json
//! { "policy": "orders.toml",
//!   "cases": [
//!     { "id": "bearer/missing",
//!       "at": 1795387431,
//!       "request": { "method": "GET", "url": "https://api.example/v1/orders/7", "headers": [["Accept", "*/*"]] },
//!       "expect": { "outcome": "unauthenticated", "status": 401, "reason": "credential_missing" } } ] }
//! ```
//!
//! * `policy`: the path of a policy file, relative to the case file, or the policy itself as an object, whose key
//!   files are then relative to the case file.
//! * `at`: Unix seconds, whole or with a fraction, or a time of RFC 3339 as a string. A number in quotes keeps all
//!   digits of its fraction.
//! * `request`: `method` and `url` are needed; `headers` are pairs, in order, repeats kept; `body` is text.
//!   `peer` is the address of the connection's other end. `client_chain` is accepted and not used yet.
//! * `before`, if it is there: what happened before, to an engine of the case's own, as a list of steps, which may be empty.
//!   That engine fetches nothing; cases without `before` share another one. Each step is one of
//!   `{ "at": …, "request": { … }, "times": 3 }`, a request whose answer does not matter;
//!   `{ "at": …, "keys": { "issuer": "corp", "jwks": { "keys": [ … ] } } }`, keys that came for an issuer whose keys are fetched;
//!   `{ "revoke": { "issuer": "corp", "jti": "…" } }`, with `subject` (and `until`), `issued_before` or `kid` in place of `jti`.
//! * `expect`: `outcome` is needed; `status`, `reason`, `recovery`, `challenges`, `headers`, `principal`, `may_resend`,
//!   `signal`, `context`, `concealed`, `grounds`, `path` and `route` are compared if they are given, each with the field of
//!   the same name of a [`Report`](crate::report::Report). Lists must be equal; of `principal` and `context` only the given members
//!   are compared, and `null` says that there is none.
//! * A case with a `response` in place of a `request` is about the caller's side ([`ResponseCase`]), and needs no policy: `sent`
//!   is what the caller knows of its request, with the members of a [`RawSent`](crate::RawSent); `response` has `status`, `headers` and `body`;
//!   `expect` has `diagnosis`, a reason's code or `none`, and what else is compared of a [`DiagnosisReport`](crate::DiagnosisReport): `cause`,
//!   `confidence`, `origin`, `product`, `clues`, `misused_status`, `proper_status`, `skew`, `recovery`, `retry`, `retry_after`,
//!   `signal` and `demand`, of which only the given members are compared.
//!
//! An unknown member of `request` or `expect`, or a code that does not exist, is an error. Other members of a file or a case are
//! notes for people, unless they look like a misspelling.
//!
//! A file may also hold policies that must not load. `error` is met if one of the errors says what it says; `errors` is
//! the whole list, in the order of the text. `contains` is looked for in the message and its help, `place` is the whole place, and
//! `line` and `column` are for policies that are text or a file:
//!
//! ```json
//! { "policies": [
//!     { "id": "policy/misspelt", "toml": "reaml = 'orders'",
//!       "error": { "contains": "did you mean `realm`?", "line": 1, "column": 1 } },
//!     { "id": "policy/empty-path", "policy": { "routes": [{ "path": "", "accept": "anyone" }] },
//!       "errors": [{ "place": "routes[0].path" }] } ] }
//! ```
//!
//! `"policy_error": { … }` beside `policy`, in place of `cases`, is the short form for one policy.

mod before;
mod case;
mod expect;
mod policies;
mod response;

pub use before::Step;
pub use case::Case;
pub use expect::Mismatch;
pub use policies::PolicyCase;
pub use response::ResponseCase;

use crate::engine::Engine;
use crate::error::{LoadError, LoadErrors};
use crate::members::Members;
use crate::provider::{DefaultProvider, PreparedKey};
use core::fmt;
use doorward_core::key::Provider;
use doorward_core::wire::json::{self, Member};
use policies::Source;
use serde_json::Value;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

const MEMBERS: &[&str] = &["policy", "cases", "policies", "policy_error"];

/// How many members may be open at once in a case file: a policy with this many routes would not be written into one.
const OPEN_MEMBERS: usize = 1 << 14;

/// Why a case file cannot be used.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CaseError {
    /// The file.
    pub file: PathBuf,
    /// The case, by its id, or its place in the list if it has none.
    pub case: Option<String>,
    /// What is wrong: lower case, no full stop.
    pub message: String,
}

impl fmt::Display for CaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file.display())?;
        if let Some(case) = &self.case {
            write!(f, "{case}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl core::error::Error for CaseError {}

/// One file of the table.
#[derive(Clone, Debug)]
pub struct CaseFile {
    path: PathBuf,
    folder: PathBuf,
    policy: Option<Source>,
    cases: Vec<Case>,
    responses: Vec<ResponseCase>,
    policies: Vec<PolicyCase>,
}

impl CaseFile {
    /// Reads a case file. The policy is not loaded yet.
    ///
    /// # Errors
    ///
    /// The first fault: no such file, no JSON, an unknown or missing member, a code that does not exist, an id that is
    /// there twice.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, CaseError> {
        let path = path.as_ref();
        let fault = |message: String| CaseError { file: path.to_owned(), case: None, message };
        let text = std::fs::read_to_string(path).map_err(|error| fault(error.to_string().to_lowercase()))?;
        Self::parse(&text, path)
    }

    /// Reads the text of a case file that lies at `path`, or would.
    ///
    /// # Errors
    ///
    /// As for [`CaseFile::load`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, CaseError> {
        let fault = |message: String| CaseError { file: path.to_owned(), case: None, message };
        let root: Value =
            serde_json::from_str(text).map_err(|error| fault(format!("expected cases in JSON: {error}")))?;
        if json::scan_value(text.as_bytes(), &mut vec![Member::default(); OPEN_MEMBERS]).is_err() {
            return Err(fault(
                "expected no member twice in one object, and not so deep a nesting".to_owned(),
            ));
        }
        let members = Members::with_notes(&root, "the file", MEMBERS).map_err(fault)?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let policy =
            members.get("policy").map(|value| Source::read(value, &folder)).transpose().map_err(fault)?;
        let mut ids = HashSet::new();
        let (mut cases, mut responses) = (Vec::new(), Vec::new());
        for side in list(&members, "cases", path, &mut ids, Side::read)? {
            match side {
                Side::Service(case) => cases.push(case),
                Side::Caller(case) => responses.push(case),
            }
        }
        let mut policies =
            list(&members, "policies", path, &mut ids, |value| PolicyCase::read(value, path, &folder))?;
        if let Some(error) = members.get("policy_error") {
            let source = match (&policy, members.has("cases")) {
                (Some(source), false) => source.clone(),
                _ => return Err(fault("`policy_error` needs a `policy`, and no `cases`".to_owned())),
            };
            policies.push(PolicyCase::of_file(source, error, path, &folder).map_err(fault)?);
        }
        if !cases.is_empty() && policy.is_none() {
            return Err(fault("missing member `policy` of the file".to_owned()));
        }
        if cases.is_empty() && responses.is_empty() && policies.is_empty() {
            return Err(fault("expected `cases`, `policies` or `policy_error`, found none".to_owned()));
        }
        Ok(Self { path: path.to_owned(), folder, policy, cases, responses, policies })
    }

    /// Where the file is, as its reader named it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The cases of requests, in the order of the file.
    #[must_use]
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// The cases of the caller's side, in the order of the file.
    #[must_use]
    pub fn responses(&self) -> &[ResponseCase] {
        &self.responses
    }

    /// The policies that must not load, in the order of the file.
    #[must_use]
    pub fn policies(&self) -> &[PolicyCase] {
        &self.policies
    }

    /// An engine with the policy of the cases.
    ///
    /// # Errors
    ///
    /// Every fault of the policy; that there is none.
    pub fn engine(&self) -> Result<Engine<PreparedKey>, LoadErrors> {
        self.engine_with(&DefaultProvider::new())
    }

    /// The same with a provider of one's own.
    ///
    /// # Errors
    ///
    /// As for [`CaseFile::engine`].
    pub fn engine_with<P: Provider<Key: Send + Sync + 'static> + Clone + Send + Sync + 'static>(
        &self,
        provider: &P,
    ) -> Result<Engine<P::Key>, LoadErrors> {
        match &self.policy {
            Some(source) => source.load(&self.path, &self.folder, provider),
            None => {
                let message = "a file without `policy` has no engine";
                Err(LoadError::new("", message).in_file(self.path.display().to_string()).into())
            }
        }
    }
}

impl CaseFile {
    /// The engine that a case is decided on by, if it is to have one of its own, with everything done that came before.
    ///
    /// # Errors
    ///
    /// As for [`CaseFile::engine`], and every step that could not be done.
    pub fn engine_for<P>(&self, case: &Case, provider: &P) -> Option<Result<Engine<P::Key>, LoadErrors>>
    where
        P: Provider<Key: Send + Sync + 'static> + Clone + Send + Sync + 'static,
    {
        let steps = case.before()?;
        Some(self.engine_with(provider).and_then(|engine| {
            let done = steps.iter().try_for_each(|step| step.apply(&engine));
            let place = format!("case `{}`: before", case.id().escape_debug());
            let fault = |message| LoadError::new(place, message).in_file(self.path.display().to_string());
            done.map(|()| engine).map_err(|message| fault(message).into())
        }))
    }
}

/// An entry of `cases`: its member tells on which side of the wire it is.
enum Side {
    Service(Case),
    Caller(ResponseCase),
}

impl Side {
    fn read(value: &Value) -> Result<Self, String> {
        let has = |name: &str| value.get(name).is_some();
        match (has("request"), has("response")) {
            (true, false) if has("sent") => Err("`sent` belongs to a case with a `response`".to_owned()),
            (true, false) => Case::read(value).map(Self::Service),
            (false, true) => ResponseCase::read(value).map(Self::Caller),
            _ => Err("expected one of `request` and `response`".to_owned()),
        }
    }
}

/// The entries of a list, each with an id of its own.
fn list<'j, T>(
    members: &Members<'j>,
    name: &str,
    path: &Path,
    ids: &mut HashSet<&'j str>,
    read: impl Fn(&'j Value) -> Result<T, String>,
) -> Result<Vec<T>, CaseError> {
    let fault = |case: Option<String>, message: String| CaseError { file: path.to_owned(), case, message };
    let mut entries = Vec::new();
    for (index, value) in members.list(name).map_err(|message| fault(None, message))?.iter().enumerate() {
        let id = value.get("id").and_then(Value::as_str);
        let called =
            id.map_or_else(|| format!("{name}[{index}]"), |id| format!("case `{}`", id.escape_debug()));
        entries.push(read(value).map_err(|message| fault(Some(called.clone()), message))?);
        if id.is_some_and(|id| !ids.insert(id)) {
            return Err(fault(Some(called), "expected an id of its own, found it twice".to_owned()));
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests;
