//! One case: a request at a time, and what the answer must be.

use super::before::Step;
use super::expect::{Expectation, Mismatch, is_pair};
use crate::engine::Engine;
use crate::members::Members;
use crate::raw_request::RawRequest;
use crate::report::Report;
use crate::scratch::Scratch;
use crate::time::parse_time;
use doorward_core::key::Verify;
use doorward_core::request::Request;
use doorward_core::time::UnixTime;
use serde_json::Value;

const MEMBERS: &[&str] = &["id", "at", "before", "request", "expect"];
const REQUEST: &[&str] = &["method", "url", "headers", "client_chain", "body", "peer"];

/// One row of the table of decisions.
#[derive(Clone, Debug)]
pub struct Case {
    id: String,
    at: UnixTime,
    before: Option<Vec<Step>>,
    request: RawRequest,
    expect: Expectation,
}

impl Case {
    pub(super) fn read(value: &Value) -> Result<Self, String> {
        let members = Members::with_notes(value, "the case", MEMBERS)?;
        let id = members.need_text("id")?.to_owned();
        let at = time(members.need("at")?)?;
        let before = match members.has("before") {
            true => Some(members.list("before")?.iter().map(Step::read).collect::<Result<_, _>>()?),
            false => None,
        };
        let request = read_request(members.need("request")?)?;
        let expect = Expectation::read(members.need("expect")?)?;
        Ok(Self { id, at, before, request, expect })
    }

    /// The name of the case, unique in its file.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The time at which the request is judged.
    #[must_use]
    pub const fn at(&self) -> UnixTime {
        self.at
    }

    /// What happened before, if the case says: then it is decided on by an engine of its own, to which nothing else has
    /// happened. See [`CaseFile::engine_for`](super::CaseFile::engine_for).
    #[must_use]
    pub fn before(&self) -> Option<&[Step]> {
        self.before.as_deref()
    }

    /// The request.
    #[must_use]
    pub const fn request(&self) -> &RawRequest {
        &self.request
    }

    /// Lends the request to `with`, which may decide on it with an engine of its own. All memory is there before `with`
    /// begins.
    pub fn with_request<R>(&self, with: impl FnOnce(&Request<'_>) -> R) -> R {
        self.request.lend(with)
    }

    /// Decides on the request.
    pub fn decide<K: Verify + Send + Sync + 'static>(
        &self,
        engine: &Engine<K>,
        scratch: &mut Scratch<K>,
    ) -> Report {
        self.with_request(|request| Report::new(&engine.decide(request, self.at, scratch)))
    }

    /// Every field in which the answer is not what the case expects.
    #[must_use]
    pub fn check(&self, report: &Report) -> Vec<Mismatch> {
        self.expect.check(report)
    }
}

pub(super) fn time(value: &Value) -> Result<UnixTime, String> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => String::new(),
    };
    parse_time(&text)
        .ok_or_else(|| format!("expected `at` as Unix seconds or a time of RFC 3339, found {value}"))
}

pub(super) fn read_request(value: &Value) -> Result<RawRequest, String> {
    let members = Members::strict(value, "`request`", REQUEST)?;
    let mut request = RawRequest::new(members.need_text("method")?, members.need_text("url")?);
    for pair in members.list("headers")? {
        match pair.as_array().map(Vec::as_slice) {
            Some([Value::String(name), Value::String(value)]) if is_pair(pair) => {
                request = request.with_header(name.as_str(), value.as_str());
            }
            _ => return Err("expected `headers` of `request` as an array of pairs of strings".to_owned()),
        }
    }
    request.body = members.text("body")?.map(|body| body.as_bytes().to_vec());
    if let Some(text) = members.text("peer")? {
        let peer =
            crate::peer(text).ok_or_else(|| format!("expected `peer` as an address, found `{text}`"))?;
        request = request.with_peer(peer);
    }
    // Accepted so that a table can be written ahead of the kind of credential that needs it.
    if !members.list("client_chain")?.iter().all(Value::is_string) {
        return Err("expected `client_chain` of `request` as an array of strings".to_owned());
    }
    Ok(request)
}
