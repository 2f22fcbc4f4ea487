//! The caller's side in Python: handles over the façade's caller and its sources. What they lead to is carried out in Python.

use crate::diagnosis::{object, response};
use crate::moment::Moment;
use crate::principal::{json, seconds};
use crate::source::Credential;
use crate::typed::{Headers, Object, Patience, Seconds};
use crate::vocabulary::Member;
use doorward::Reason;
use doorward::caller::{
    Answered as InnerAnswered, Attempt as InnerAttempt, Caller, CallerOptions, Millis, Next,
    Prepared as InnerPrepared, Sending, Settings, SourceFault, Ticket, Traits, Which,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a caller knows, without any input or output; use `doorward.Caller` instead.
#[pyclass(frozen, module = "doorward._doorward", name = "_CallerState")]
pub(crate) struct CallerState {
    caller: Caller,
    /// Whether its tokens are sent with a proof of possession.
    proof: bool,
}

/// One request on its way.
#[pyclass(frozen, module = "doorward._doorward", name = "_Attempt")]
pub(crate) struct Attempt(Mutex<InnerAttempt>);

/// What to do with a request: one of `send`, `obtain`, `wait`, `blocked`, `first` and `latest`.
#[pyclass(frozen, module = "doorward._doorward", name = "_Prepared")]
pub(crate) struct Prepared(InnerPrepared);

/// What an answer means, and what to do then: one of `again`, `first` and `latest`.
#[pyclass(frozen, module = "doorward._doorward", name = "_Answered")]
pub(crate) struct Answered(InnerAnswered);

impl Attempt {
    fn lock(&self) -> MutexGuard<'_, InnerAttempt> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Attempt {
    #[new]
    #[pyo3(signature = (*, replayable, method, proof))]
    fn new(replayable: bool, method: &str, proof: bool) -> Self {
        let traits = Traits { proof, ..Traits::of_method(method, replayable) };
        Self(Mutex::new(InnerAttempt::new(traits)))
    }
}

#[pymethods]
impl CallerState {
    #[new]
    #[pyo3(signature = (
        origins, *, name, has_source, attempts, ahead, longest_wait, cooldown, interactive, scopes, proof
    ))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords to those who call")]
    fn new(
        origins: Vec<String>,
        name: String,
        has_source: bool,
        attempts: u8,
        ahead: Patience,
        longest_wait: Patience,
        cooldown: (Patience, Patience),
        interactive: bool,
        scopes: Option<Vec<String>>,
        proof: bool,
    ) -> PyResult<Self> {
        let settings = Settings {
            attempts,
            ahead: whole(ahead),
            longest_wait: whole(longest_wait),
            cooldown_first: whole(cooldown.0),
            cooldown_most: whole(cooldown.1),
            interactive,
        };
        let options = CallerOptions { origins, settings, has_source, name, scopes };
        Ok(Self { caller: Caller::new(options).map_err(PyValueError::new_err)?, proof })
    }

    /// The next step of a request. Raises ValueError for a URL that the credential is not for.
    fn prepare(&self, url: &str, attempt: &Attempt, now: Moment) -> PyResult<Prepared> {
        let prepared = self.caller.prepare(url, &mut attempt.lock(), now.0);
        prepared.map(Prepared).map_err(PyValueError::new_err)
    }

    /// What an answer means, and what to do then.
    #[expect(clippy::too_many_arguments, reason = "there is one place that calls it")]
    fn answered(
        &self,
        attempt: &Attempt,
        url: &str,
        final_url: &str,
        at: Moment,
        status: u16,
        headers: Headers<'_, '_>,
        body: &[u8],
        now: Moment,
    ) -> PyResult<Answered> {
        let response = response(status, &headers, body)?;
        let sending = Sending { url, final_url, at: Some(at.0) };
        let mut attempt = attempt.lock();
        Ok(Answered(response.lend(|response| self.caller.answered(&mut attempt, &sending, response, now.0))))
    }

    /// A credential came for a ticket. Whatever source it came from, a bearer token that goes with a proof is a bound one.
    fn obtained(&self, ticket: u64, credential: &Credential, now: Moment) {
        let credential = credential.0.clone();
        let credential = if self.proof { credential.bound() } else { credential };
        self.caller.obtained(Ticket::from_number(ticket), credential, now.0);
    }

    /// None came.
    #[pyo3(signature = (ticket, message, hard, retry_after, now))]
    fn not_obtained(
        &self,
        ticket: u64,
        message: &str,
        hard: bool,
        retry_after: Option<Patience>,
        now: Moment,
    ) {
        let fault = if hard { SourceFault::hard(message) } else { SourceFault::transient(message) };
        let fault = fault.with_retry_after(retry_after.map(whole));
        self.caller.not_obtained(Ticket::from_number(ticket), &fault, now.0);
    }

    /// Whoever obtained was stopped.
    fn abandoned(&self, ticket: u64, now: Moment) {
        self.caller.abandoned(Ticket::from_number(ticket), now.0);
    }

    /// What smells of an attack, since it was last taken.
    fn take_reports<'py>(&self, py: Python<'py>) -> PyResult<Vec<Object<'py>>> {
        let reports = self.caller.take_reports();
        reports
            .iter()
            .map(|report| Ok(Object(json(py, &report.to_json().to_string())?.cast_into()?)))
            .collect()
    }

    /// Where it stands, as plain values.
    fn status<'py>(&self, py: Python<'py>, now: Moment) -> PyResult<Object<'py>> {
        Ok(Object(json(py, &self.caller.status(now.0).to_string())?.cast_into()?))
    }
}

#[pymethods]
impl Prepared {
    /// Which step.
    #[getter]
    const fn kind(&self) -> &'static str {
        match &self.0 {
            InnerPrepared::Send(_) | InnerPrepared::SendAndObtain(..) | InnerPrepared::SendBare => "send",
            InnerPrepared::Obtain(..) => "obtain",
            InnerPrepared::Wait { .. } => "wait",
            InnerPrepared::Blocked(_) => "blocked",
            InnerPrepared::Deliver(which) => place(*which),
        }
    }

    /// What to send as `Authorization`.
    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyString>> {
        match &self.0 {
            InnerPrepared::Send(credential) | InnerPrepared::SendAndObtain(credential, ..) => {
                Some(PyString::new(py, &credential.field_value()))
            }
            _ => None,
        }
    }

    /// The ticket of whoever is to obtain a credential.
    #[getter]
    const fn ticket(&self) -> Option<u64> {
        match &self.0 {
            InnerPrepared::Obtain(ticket, _) | InnerPrepared::SendAndObtain(_, ticket, _) => {
                Some(ticket.number())
            }
            _ => None,
        }
    }

    /// What is wanted of it.
    #[getter]
    fn want<'py>(&self, py: Python<'py>) -> PyResult<Option<Object<'py>>> {
        let (InnerPrepared::Obtain(_, want) | InnerPrepared::SendAndObtain(_, _, want)) = &self.0 else {
            return Ok(None);
        };
        Ok(Some(Object(json(py, &want.to_json().to_string())?.cast_into()?)))
    }

    /// Until when to wait, or nothing is sent.
    #[getter]
    fn until<'py>(&self, py: Python<'py>) -> PyResult<Option<Seconds<'py>>> {
        match &self.0 {
            InnerPrepared::Wait { until } => seconds(py, *until).map(Some),
            InnerPrepared::Blocked(blocked) => blocked.until.map(|until| seconds(py, until)).transpose(),
            _ => Ok(None),
        }
    }

    /// Why nothing is sent.
    #[getter]
    fn reason(&self) -> Option<Member<Reason>> {
        match &self.0 {
            InnerPrepared::Blocked(blocked) => Some(Member(blocked.reason)),
            _ => None,
        }
    }

    /// Why nothing is sent, as a sentence.
    #[getter]
    fn sentence(&self) -> Option<String> {
        match &self.0 {
            InnerPrepared::Blocked(blocked) => Some(blocked.sentence()),
            _ => None,
        }
    }

    /// What the last refusal meant.
    #[getter]
    fn last_refusal<'py>(&self, py: Python<'py>) -> PyResult<Option<Object<'py>>> {
        match &self.0 {
            InnerPrepared::Blocked(blocked) => {
                blocked.last_refusal.as_ref().map(|report| object(py, report)).transpose()
            }
            _ => Ok(None),
        }
    }
}

#[pymethods]
impl Answered {
    /// What it means.
    #[getter]
    fn diagnosis<'py>(&self, py: Python<'py>) -> PyResult<Object<'py>> {
        object(py, &self.0.report)
    }

    /// Whether it refuses.
    #[getter]
    fn refuses(&self) -> bool {
        self.0.report.is_refusal()
    }

    /// What to do.
    #[getter]
    const fn next(&self) -> &'static str {
        match self.0.next {
            Next::Deliver(which) => place(which),
            Next::Again { .. } | Next::NewProof => "again",
        }
    }

    /// After how many seconds.
    #[getter]
    fn after(&self) -> Option<f64> {
        match self.0.next {
            Next::Again { after: Some(Millis(millis)) } => {
                Some(core::time::Duration::from_millis(millis).as_secs_f64())
            }
            _ => None,
        }
    }

    /// The nonce that the next proof must hold.
    #[getter]
    fn nonce(&self) -> Option<&str> {
        self.0.nonce()
    }
}

const fn place(which: Which) -> &'static str {
    match which {
        Which::First => "first",
        Which::Latest => "latest",
    }
}

/// Whole seconds, and none too few.
pub(crate) fn whole(span: Patience) -> doorward::Seconds {
    doorward::Seconds(span.0.as_secs().saturating_add(u64::from(span.0.subsec_nanos() > 0)))
}
