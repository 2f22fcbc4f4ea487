//! Who the caller is, in Python.

use crate::typed::{Object, Seconds};
use crate::vocabulary::Member;
use doorward::snapshot::Snapshot;
use doorward::{Context, CredentialKind, UnixTime};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyFloat, PyInt};
use std::sync::OnceLock;

/// A caller whose credential was found genuine. A subject means nothing without its issuer.
#[pyclass(frozen, module = "doorward")]
pub(crate) struct Principal {
    kept: Snapshot,
    claims: OnceLock<Py<PyDict>>,
    actor: OnceLock<Py<PyDict>>,
}

impl Principal {
    pub(crate) const fn new(kept: Snapshot) -> Self {
        Self { kept, claims: OnceLock::new(), actor: OnceLock::new() }
    }

    fn known(&self) -> PyResult<doorward::Principal<'_>> {
        self.kept.principal().ok_or_else(|| PyRuntimeError::new_err("a principal without a record"))
    }
}

#[pymethods]
impl Principal {
    /// The issuer's identifier, or the name of a SPIFFE trust domain.
    #[getter]
    fn issuer(&self) -> PyResult<&str> {
        self.known().map(|principal| principal.issuer)
    }

    /// The name of the issuer in the policy.
    #[getter]
    fn issuer_name(&self) -> PyResult<&str> {
        self.known().map(|principal| principal.issuer_name)
    }

    /// The subject; empty where a plain JWT has none.
    #[getter]
    fn subject(&self) -> PyResult<&str> {
        self.known().map(|principal| principal.subject)
    }

    /// The kind of credential.
    #[getter]
    fn kind(&self) -> PyResult<Member<CredentialKind>> {
        self.known().map(|principal| Member(principal.kind))
    }

    /// When the credential expires, in Unix seconds.
    #[getter]
    fn expires<'py>(&self, py: Python<'py>) -> PyResult<Option<Seconds<'py>>> {
        self.known()?.expires.map(|time| seconds(py, time)).transpose()
    }

    /// All claims as the issuer signed them, parsed when they are first asked for. They may be personal.
    #[getter]
    fn claims<'py>(&self, py: Python<'py>) -> PyResult<Object<'py>> {
        parsed(py, &self.claims, self.known()?.claims)
    }

    /// The chain of delegation: the outermost `act` claim (RFC 8693, section 4.1).
    #[getter]
    fn actor<'py>(&self, py: Python<'py>) -> PyResult<Option<Object<'py>>> {
        self.known()?.actor.map(|text| parsed(py, &self.actor, text)).transpose()
    }

    /// The issuer's name in the policy and the kind of credential; not the subject, which may be personal.
    fn __repr__(&self) -> PyResult<String> {
        let principal = self.known()?;
        Ok(format!("<Principal of {}, {}>", principal.issuer_name, principal.kind.code()))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        for kept in [&self.claims, &self.actor] {
            if let Some(object) = kept.get() {
                visit.call(object)?;
            }
        }
        Ok(())
    }
}

fn parsed<'py>(py: Python<'py>, kept: &OnceLock<Py<PyDict>>, text: &str) -> PyResult<Object<'py>> {
    if kept.get().is_none() {
        let object = json(py, text)?.cast_into::<PyDict>()?;
        // Parsing runs Python's code, so that another thread may have come first: its object stays.
        let _ = kept.set(object.unbind());
    }
    match kept.get() {
        Some(object) => Ok(Object(object.bind(py).clone())),
        None => Err(PyRuntimeError::new_err("nothing was kept")),
    }
}

/// A JSON text as Python reads it.
///
/// # Errors
///
/// A `ValueError` without the text, where a number has more digits than Python's limit.
pub(crate) fn json<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    LOADS.import(py, "json", "loads")?.call1((text,)).map_err(|error| {
        let unreadable = || PyValueError::new_err("expected claims that Python's json can read");
        if error.is_instance_of::<PyValueError>(py) { unreadable() } else { error }
    })
}

/// A time in Unix seconds.
pub(crate) fn seconds<'py>(py: Python<'py>, time: UnixTime) -> PyResult<Seconds<'py>> {
    if time.nanos() == 0 {
        return Ok(Seconds(PyInt::new(py, time.seconds()).into_any()));
    }
    // By way of the decimal text, which rounds once.
    let value: f64 = time.to_string().parse().map_err(|_| PyValueError::new_err("expected a time"))?;
    Ok(Seconds(PyFloat::new(py, value).into_any()))
}

/// The facts beside a reason.
pub(crate) fn context<'py>(py: Python<'py>, facts: &Context<'_>) -> PyResult<Bound<'py, PyDict>> {
    let all = PyDict::new(py);
    match facts {
        Context::Time { claim, value, limit, now, leeway } => {
            all.set_item(intern!(py, "claim"), claim)?;
            all.set_item(intern!(py, "value"), seconds(py, *value)?)?;
            all.set_item(intern!(py, "now"), seconds(py, *now)?)?;
            all.set_item(intern!(py, "leeway"), leeway.0)?;
            if let Some(limit) = limit {
                all.set_item(intern!(py, "limit"), limit.0)?;
            }
            all.set_item(intern!(py, "missed_by"), facts.missed_by())?;
        }
        Context::Claim(claim) => all.set_item(intern!(py, "claim"), claim)?,
        Context::Scope(scope) => all.set_item(intern!(py, "scope"), scope)?,
        Context::Role(role) => all.set_item(intern!(py, "role"), role)?,
        Context::Upstream { cause, at } => {
            all.set_item(intern!(py, "cause"), cause.code())?;
            all.set_item(intern!(py, "at"), seconds(py, *at)?)?;
        }
        // The list may grow in the core before it does here.
        _ => {}
    }
    Ok(all)
}
