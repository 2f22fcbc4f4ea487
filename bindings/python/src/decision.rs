//! A decision in Python: a frozen object over one run of bytes, whose properties are made when they are asked for.

use crate::principal::{Principal, context, json, seconds};
use crate::typed::{Object, Pairs, Strings};
use crate::vocabulary::{Grounds, Member, plain};
use doorward::snapshot::Snapshot;
use doorward::{Disclosure, Outcome, Reason, Recovery, Signal};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyTuple};
use std::sync::OnceLock;

/// One decision on one request. It cannot be changed, and it keeps nothing of the request alive.
///
/// A decision is neither true nor false: ask `allowed`.
// COST: not tracked by Python's collector, which would add a seventh to the time of a refusal. A cycle through a decision
// needs somebody who puts it into the dict of its own claims.
#[pyclass(frozen, module = "doorward")]
pub(crate) struct Decision {
    kept: Snapshot,
    principal: OnceLock<Py<Principal>>,
}

impl Decision {
    pub(crate) const fn new(kept: Snapshot) -> Self {
        Self { kept, principal: OnceLock::new() }
    }
}

#[pymethods]
impl Decision {
    /// What was decided.
    #[getter]
    fn outcome(&self) -> Member<Outcome> {
        Member(self.kept.outcome())
    }

    /// Whether the caller is let in.
    #[getter]
    fn allowed(&self) -> bool {
        self.kept.is_allow()
    }

    /// The HTTP status of the answer; 200 where the caller is let in and somebody else answers.
    #[getter]
    fn status(&self) -> u16 {
        self.kept.status()
    }

    /// Why the caller is refused.
    #[getter]
    fn reason(&self) -> Option<Member<Reason>> {
        self.kept.reason().map(Member)
    }

    /// The number of the reason.
    #[getter]
    fn reason_number(&self) -> Option<u16> {
        self.kept.reason().map(Reason::number)
    }

    /// The reason as a sentence.
    #[getter]
    fn sentence(&self) -> Option<&'static str> {
        self.kept.reason().map(Reason::sentence)
    }

    /// What the caller should do next.
    #[getter]
    fn recovery(&self) -> Member<Recovery> {
        Member(self.kept.recovery())
    }

    /// What the caller should do next, as a sentence.
    #[getter]
    fn advice(&self) -> &'static str {
        self.kept.recovery().advice()
    }

    /// What an operator should do about the true reason.
    #[getter]
    fn operator(&self) -> Option<&'static str> {
        self.kept.true_reason().map(Reason::operator)
    }

    /// How the true reason should be read by those who watch.
    #[getter]
    fn signal(&self) -> Option<Member<Signal>> {
        self.kept.signal().map(Member)
    }

    /// Whether the very same credential may be sent again after the recovery.
    #[getter]
    fn may_resend(&self) -> bool {
        self.kept.may_resend()
    }

    /// After how many seconds the caller should try again, as `Retry-After` among the headers says.
    #[getter]
    fn retry_after(&self) -> Option<u64> {
        self.kept.retry_after().map(|wait| wait.0)
    }

    /// The values of `WWW-Authenticate`, in order.
    #[getter]
    fn challenges<'py>(&self, py: Python<'py>) -> PyResult<Strings<'py>> {
        PyTuple::new(py, self.kept.challenges().collect::<Vec<_>>()).map(Strings)
    }

    /// The header fields that the answer must carry, as (name, value) pairs in order: send all of them.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Pairs<'py>> {
        PyTuple::new(py, self.kept.headers().collect::<Vec<_>>()).map(Pairs)
    }

    /// The body that a host sends with a refusal, as JSON; empty where the caller is let in.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.kept.body().as_ref())
    }

    /// Who the caller is: known on every allow that took a credential, and on every refusal of a credential that is genuine.
    /// Only an allow makes it somebody to act for.
    #[getter]
    fn principal(&self, py: Python<'_>) -> PyResult<Option<Py<Principal>>> {
        if self.principal.get().is_none() {
            if self.kept.principal().is_none() {
                return Ok(None);
            }
            // Where two threads come here at once, the object of the first one stays.
            let _ = self.principal.set(Py::new(py, Principal::new(self.kept.clone()))?);
        }
        Ok(self.principal.get().map(|principal| principal.clone_ref(py)))
    }

    /// The facts beside the reason, for operators: some of them come from the caller.
    #[getter]
    fn context<'py>(&self, py: Python<'py>) -> PyResult<Option<Object<'py>>> {
        self.kept.context().map(|facts| context(py, &facts).map(Object)).transpose()
    }

    /// The route that governed the request, by its place in the policy file.
    #[getter]
    fn route(&self) -> Option<u32> {
        self.kept.route()
    }

    /// The path that was judged, normalised: what a host must send on. Empty if it is ambiguous.
    #[getter]
    fn path(&self) -> &str {
        self.kept.path()
    }

    /// On what grounds the caller is let in.
    #[getter]
    fn grounds(&self) -> Option<Member<Grounds>> {
        self.kept.grounds().map(|grounds| Member(Grounds(grounds)))
    }

    /// The true reason of a refusal that a hidden route conceals. For operators: an answer must not show it.
    #[getter]
    fn concealed(&self) -> Option<Member<Reason>> {
        self.kept.concealed().map(Member)
    }

    /// What the caller may learn about the reason: whether a body of your own may name it.
    #[getter]
    fn disclosure(&self) -> Member<Disclosure> {
        Member(self.kept.disclosure())
    }

    /// Everything as plain values, as `doorward decide --format json` prints it. The claims are not in it.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Object<'py>> {
        let kept = &self.kept;
        let reason = |reason: Option<Reason>| reason.map(|reason| plain(py, reason));
        let pairs: PyResult<Vec<_>> =
            kept.headers().map(|(name, value)| PyList::new(py, [name, value])).collect();
        let all = PyDict::new(py);
        all.set_item("outcome", plain(py, kept.outcome()))?;
        all.set_item("status", kept.status())?;
        all.set_item("reason", reason(kept.reason()))?;
        all.set_item("reason_number", self.reason_number())?;
        all.set_item("sentence", self.sentence())?;
        all.set_item("recovery", plain(py, kept.recovery()))?;
        all.set_item("advice", self.advice())?;
        all.set_item("operator", self.operator())?;
        all.set_item("signal", kept.signal().map(|signal| plain(py, signal)))?;
        all.set_item("may_resend", kept.may_resend())?;
        all.set_item("retry_after", self.retry_after())?;
        all.set_item("challenges", kept.challenges().collect::<Vec<_>>())?;
        all.set_item("headers", pairs?)?;
        all.set_item("principal", principal(py, kept)?)?;
        all.set_item("context", kept.context().map(|facts| context(py, &facts)).transpose()?)?;
        all.set_item("route", kept.route())?;
        all.set_item("path", kept.path())?;
        all.set_item("grounds", kept.grounds())?;
        all.set_item("concealed", reason(kept.concealed()))?;
        Ok(Object(all))
    }

    /// Outcome, status, reason and what follows; nothing of the request and nothing of the caller.
    fn __repr__(&self) -> String {
        let mut text = format!("<Decision {} {}", self.kept.outcome().code(), self.kept.status());
        if let Some(reason) = self.kept.reason() {
            text.push_str(&format!(" {}, recovery {}", reason.code(), reason.recovery().code()));
        }
        if let Some(grounds) = self.kept.grounds() {
            text.push_str(&format!(", grounds {grounds}"));
        }
        if let Some(route) = self.kept.route() {
            text.push_str(&format!(", route {route}"));
        }
        text.push('>');
        text
    }

    /// A decision object would be true whatever it says: `if decision:` is a hole, and so it is an error.
    fn __bool__(&self) -> PyResult<bool> {
        Err(PyTypeError::new_err("a decision is neither true nor false: ask decision.allowed"))
    }
}

fn principal<'py>(py: Python<'py>, kept: &Snapshot) -> PyResult<Option<Bound<'py, PyDict>>> {
    let Some(principal) = kept.principal() else { return Ok(None) };
    let all = PyDict::new(py);
    all.set_item("issuer", principal.issuer)?;
    all.set_item("issuer_name", principal.issuer_name)?;
    all.set_item("subject", principal.subject)?;
    all.set_item("kind", plain(py, principal.kind))?;
    all.set_item("expires", principal.expires.map(|time| seconds(py, time)).transpose()?)?;
    all.set_item("actor", principal.actor.map(|text| json(py, text)).transpose()?)?;
    Ok(Some(all))
}
