//! The engine in Python.

use crate::asgi::Scope;
use crate::decision::Decision;
use crate::fault::policy_error;
use crate::lines::Lines;
use crate::memory::with_scratch;
use crate::moment::Moment;
use crate::text::{Text, utf8};
use crate::typed::{Chain, Dict, FormatName, Headers, Strings};
use crate::wsgi::{Environ, Variable};
use core::panic::AssertUnwindSafe;
use core::sync::atomic::{AtomicU64, Ordering};
use doorward::error::{LoadError, LoadErrors};
use doorward::snapshot::Snapshot;
use doorward::{Engine as Inner, Field, Format, Request};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use std::panic::catch_unwind;
use std::path::PathBuf;

/// A policy with its keys, ready to decide. It never changes, and any number of threads may share it.
#[pyclass(frozen, module = "doorward")]
pub(crate) struct Engine {
    inner: Inner,
    number: u64,
    variables: Vec<Variable>,
}

/// The number of the next engine: memory that a thread keeps belongs to one of them.
static NEXT: AtomicU64 = AtomicU64::new(0);

impl Engine {
    fn of(py: Python<'_>, loaded: Result<Inner, LoadErrors>) -> PyResult<Self> {
        let inner = loaded.map_err(|errors| policy_error(py, errors))?;
        let variables = inner.fields().iter().map(|field| Variable::new(py, field)).collect();
        Ok(Self { inner, number: NEXT.fetch_add(1, Ordering::Relaxed), variables })
    }

    /// Decides, and keeps what was decided. A fault inside becomes an error, which is never an allow.
    ///
    /// The interpreter is not let go meanwhile: a decision takes microseconds, and whoever lets go may have to wait
    /// milliseconds for a busy thread to give it back.
    fn judge(
        &self,
        method: &[u8],
        url: &[u8],
        fields: &[Field<'_>],
        body: Option<&[u8]>,
        now: Option<Moment>,
    ) -> PyResult<Decision> {
        let request = Request::new(method, url, fields);
        let request = match body {
            Some(body) => request.with_body(body),
            None => request,
        };
        let now = now.map_or_else(doorward::now, |moment| moment.0);
        let decide = || {
            with_scratch(self.number, &self.inner, |scratch| {
                Snapshot::new(&self.inner.decide(&request, now, scratch))
            })
        };
        match catch_unwind(AssertUnwindSafe(decide)) {
            Ok(kept) => Ok(Decision::new(kept)),
            Err(_) => Err(PyRuntimeError::new_err("the decision failed inside; nobody was let in")),
        }
    }
}

#[pymethods]
impl Engine {
    /// Loads a policy file, TOML or JSON by its name, and the key files that it names, relative to its folder.
    ///
    /// Raises PolicyError with every fault that was found.
    #[new]
    fn new(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        Self::of(py, py.detach(|| Inner::from_file(path)))
    }

    /// Loads a policy file; the same as calling the class.
    #[staticmethod]
    fn from_file(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        Self::new(py, path)
    }

    /// Loads a policy from text in the format "toml" or "json"; key files are looked for in `folder`, and refused if there
    /// is none.
    #[staticmethod]
    #[pyo3(signature = (text, format, folder=None))]
    fn from_text(
        py: Python<'_>,
        text: &Bound<'_, PyString>,
        format: FormatName,
        folder: Option<PathBuf>,
    ) -> PyResult<Self> {
        let text = utf8(text.as_any().as_borrowed())?;
        Self::of(py, py.detach(|| Inner::from_text(text, format.0, folder.as_deref())))
    }

    /// Makes an engine of a policy that is a dict with the members of a policy file; `folder` as for from_text.
    #[staticmethod]
    #[pyo3(signature = (policy, folder=None))]
    fn from_policy(py: Python<'_>, policy: Dict<'_>, folder: Option<PathBuf>) -> PyResult<Self> {
        let options = PyDict::new(py);
        options.set_item("allow_nan", false)?;
        let text = py.import("json")?.call_method("dumps", (policy.0,), Some(&options))?;
        let text = text.cast_into::<PyString>()?;
        let text = text.to_str()?;
        let loaded = py.detach(|| Inner::from_text(text, Format::Json, folder.as_deref()));
        Self::of(py, loaded.map_err(without_places))
    }

    /// Decides on a request.
    ///
    /// `method` and `url` (the raw target, or an absolute URL) are str or bytes, and so are the names and values of
    /// `headers`, pairs in order, repeats kept: hand over all lines at least of the fields named by `fields`. `now` is in Unix
    /// seconds, or a datetime with a time zone; without it the clock is read. `client_chain` (DER certificates, leaf first)
    /// and `peer` (an address) are checked for their types and carried nowhere yet: no kind of credential that this version
    /// knows reads them.
    #[pyo3(
        signature = (*, method, url, headers, client_chain=Chain, body=None, peer=None, now=None),
        text_signature = "($self, *, method, url, headers, client_chain=(), body=None, peer=None, now=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "they are keywords to those who call")]
    fn decide(
        &self,
        method: Text<'_>,
        url: Text<'_>,
        headers: Headers<'_, '_>,
        client_chain: Chain,
        body: Option<&[u8]>,
        peer: Option<&str>,
        now: Option<Moment>,
    ) -> PyResult<Decision> {
        let (Chain, _) = (client_chain, peer);
        let lines = Lines::of_pairs(&headers.0, self.inner.fields())?;
        lines.lend(|fields| self.judge(method.0, url.0, fields, body, now))?
    }

    /// Decides on an ASGI scope of type http or websocket, from its raw path where the server tells it. Headers that are
    /// not in `fields` are not copied.
    #[pyo3(signature = (scope, body=None, now=None))]
    fn decide_asgi(&self, scope: Dict<'_>, body: Option<&[u8]>, now: Option<Moment>) -> PyResult<Decision> {
        let scope = Scope::read(&scope.0, self.inner.fields())?;
        let (method, target) = (scope.method()?, scope.target()?);
        scope.lines.lend(|fields| self.judge(method, &target, fields, body, now))?
    }

    /// Decides on a WSGI environ, from its raw target where the server tells it. Headers that are not in `fields` are
    /// not read.
    #[pyo3(signature = (environ, body=None, now=None))]
    fn decide_wsgi(&self, environ: Dict<'_>, body: Option<&[u8]>, now: Option<Moment>) -> PyResult<Decision> {
        let environ = Environ::read(&environ.0, &self.variables)?;
        let (method, target) = (environ.method()?, environ.target()?);
        environ.lend(|fields| self.judge(&method, &target, fields, body, now))?
    }

    /// What the policy's author should know, though it is no fault.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Strings<'py>> {
        PyTuple::new(py, self.inner.warnings()).map(Strings)
    }

    /// The names of the header fields that a decision can look at, in lower case: the others need not be handed over.
    #[getter]
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Strings<'py>> {
        PyTuple::new(py, self.inner.fields()).map(Strings)
    }

    /// Whether a decision can look at the body, which then matters only as application/x-www-form-urlencoded.
    #[getter]
    fn reads_body(&self) -> bool {
        self.inner.reads_body()
    }

    /// How long a form may be in bytes that a host waits for: enough for the longest token that the policy takes.
    #[getter]
    fn form_limit(&self) -> usize {
        self.inner.form_limit()
    }

    /// How many issuers the policy has.
    #[getter]
    fn issuers(&self) -> usize {
        self.inner.issuers()
    }

    /// How many routes the policy has.
    #[getter]
    fn routes(&self) -> usize {
        self.inner.routes()
    }

    fn __repr__(&self) -> String {
        format!("<Engine with {} issuers and {} routes>", self.inner.issuers(), self.inner.routes())
    }
}

/// The same faults without places in a text that nobody has seen.
fn without_places(errors: LoadErrors) -> LoadErrors {
    let mut errors = errors.into_vec();
    for error in &mut errors {
        error.at = None;
    }
    LoadErrors::from_vec(errors).unwrap_or_else(|| LoadError::new("", "the policy does not load").into())
}
