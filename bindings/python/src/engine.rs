//! The engine in Python.

use crate::asgi::Scope;
use crate::decision::Decision;
use crate::fault::{not_ready, policy_error};
use crate::fork::Process;
use crate::lines::Lines;
use crate::memory::with_scratch;
use crate::moment::Moment;
use crate::principal::json;
use crate::revocation::Keywords;
use crate::text::{Text, utf8};
use crate::typed::{Chain, Dict, FormatName, Headers, Patience, Peer, StatusDict, Strings};
use crate::wsgi::{Environ, Variable};
use core::net::IpAddr;
use core::panic::AssertUnwindSafe;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::time::Duration;
use doorward::error::LoadErrors;
use doorward::snapshot::Snapshot;
use doorward::{Engine as Inner, Field, Fields, Format, Reason, Request, UnixTime};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use std::panic::catch_unwind;
use std::path::PathBuf;
use std::time::Instant;

/// A policy with its keys, ready to decide, and kept up to date. Any number of threads may share it.
#[pyclass(frozen, module = "doorward")]
pub(crate) struct Engine {
    inner: Inner,
    number: u64,
    /// Every field that some policy can look at: which one this policy does may change at any moment.
    wanted: Vec<&'static str>,
    variables: Vec<Variable>,
    /// Whether the policy was a dict, whose text nobody has seen.
    is_placeless: bool,
    is_started: AtomicBool,
    process: Process,
}

/// The number of the next engine: memory that a thread keeps belongs to one of them.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// How long a wait may last before Python is asked whether it was interrupted.
const PULSE: Duration = Duration::from_millis(100);

impl Engine {
    fn of(py: Python<'_>, loaded: Result<Inner, LoadErrors>, start: bool) -> PyResult<Self> {
        let inner = loaded.map_err(|errors| policy_error(py, errors))?;
        let wanted: Vec<_> = Fields::ALL.iter().collect();
        let engine = Self {
            inner,
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            variables: wanted.iter().map(|field| Variable::new(py, field)).collect(),
            wanted,
            is_placeless: false,
            is_started: AtomicBool::new(false),
            process: Process::this(py)?,
        };
        if start {
            engine.start(py);
        }
        Ok(engine)
    }

    /// The engine as it is in this process: in a child after a fork, its thread is started first.
    #[inline]
    fn here(&self) -> &Inner {
        if self.process.is_new() && self.is_started.load(Ordering::Relaxed) {
            self.inner.start();
        }
        &self.inner
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
        peer: Option<IpAddr>,
        now: Option<Moment>,
    ) -> PyResult<Decision> {
        let request = Request::new(method, url, fields);
        let request = match body {
            Some(body) => request.with_body(body),
            None => request,
        };
        let request = match peer {
            Some(peer) => request.with_peer(peer),
            None => request,
        };
        let now = time(now);
        let decide = || {
            let inner = self.here();
            with_scratch(self.number, inner, |scratch| Snapshot::new(&inner.decide(&request, now, scratch)))
        };
        match catch_unwind(AssertUnwindSafe(decide)) {
            Ok(kept) => Ok(Decision::new(kept)),
            Err(_) => Err(PyRuntimeError::new_err("the decision failed inside; nobody was let in")),
        }
    }
}

#[pymethods]
impl Engine {
    /// Loads a policy file, TOML or JSON by its name, and the files that it names, relative to its folder; and begins to fetch
    /// and to watch in the background what the policy says, unless `start` is false.
    ///
    /// Raises PolicyError with every fault that was found.
    #[new]
    #[pyo3(signature = (path, *, start=true))]
    fn new(py: Python<'_>, path: PathBuf, start: bool) -> PyResult<Self> {
        Self::of(py, py.detach(|| Inner::load_file(path)), start)
    }

    /// Loads a policy file; the same as calling the class.
    #[staticmethod]
    #[pyo3(signature = (path, *, start=true))]
    fn from_file(py: Python<'_>, path: PathBuf, start: bool) -> PyResult<Self> {
        Self::new(py, path, start)
    }

    /// Loads a policy from text in the format "toml" or "json"; key files are looked for in `folder`, and refused if there
    /// is none.
    #[staticmethod]
    #[pyo3(signature = (text, format, folder=None, *, start=true))]
    fn from_text(
        py: Python<'_>,
        text: &Bound<'_, PyString>,
        format: FormatName,
        folder: Option<PathBuf>,
        start: bool,
    ) -> PyResult<Self> {
        let text = utf8(text.as_any().as_borrowed())?;
        Self::of(py, py.detach(|| Inner::load_text(text, format.0, folder.as_deref())), start)
    }

    /// Makes an engine of a policy that is a dict with the members of a policy file; `folder` as for from_text.
    #[staticmethod]
    #[pyo3(signature = (policy, folder=None, *, start=true))]
    fn from_policy(py: Python<'_>, policy: Dict<'_>, folder: Option<PathBuf>, start: bool) -> PyResult<Self> {
        let options = PyDict::new(py);
        options.set_item("allow_nan", false)?;
        let text = py.import("json")?.call_method("dumps", (policy.0,), Some(&options))?;
        let text = text.cast_into::<PyString>()?;
        let text = text.to_str()?;
        let loaded = py.detach(|| Inner::load_text(text, Format::Json, folder.as_deref()));
        let engine = Self::of(py, loaded.map_err(LoadErrors::without_positions), start)?;
        Ok(Self { is_placeless: true, ..engine })
    }

    /// Decides on a request.
    ///
    /// `method` and `url` (the raw target, or an absolute URL) are str or bytes, and so are the names and values of
    /// `headers`, pairs in order, repeats kept: hand over all lines at least of the fields named by `fields`. `now` is in Unix
    /// seconds, or a datetime with a time zone; without it the clock is read. `peer` is the address of the connection's other
    /// end, never one out of a header field: those the engine reads itself, where the policy trusts proxies; text that is no
    /// address counts as none. `client_chain` (DER certificates, leaf first) is checked for its types and carried nowhere yet:
    /// no kind of credential that this version knows reads it.
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
        peer: Option<Peer>,
        now: Option<Moment>,
    ) -> PyResult<Decision> {
        let Chain = client_chain;
        let lines = Lines::of_pairs(&headers.0, &self.wanted)?;
        let peer = peer.and_then(|peer| peer.0);
        lines.lend(|fields| self.judge(method.0, url.0, fields, body, peer, now))?
    }

    /// Decides on an ASGI scope of type http or websocket, from its raw path where the server tells it. The peer is its
    /// `client`. Headers that no policy looks at are not copied.
    #[pyo3(signature = (scope, body=None, now=None))]
    fn decide_asgi(&self, scope: Dict<'_>, body: Option<&[u8]>, now: Option<Moment>) -> PyResult<Decision> {
        let scope = Scope::read(&scope.0, &self.wanted)?;
        let (method, target, peer) = (scope.method()?, scope.target()?, scope.peer());
        scope.lines.lend(|fields| self.judge(method, &target, fields, body, peer, now))?
    }

    /// Decides on a WSGI environ, from its raw target where the server tells it. The peer is its `REMOTE_ADDR`. Headers
    /// that no policy looks at are not read.
    #[pyo3(signature = (environ, body=None, now=None))]
    fn decide_wsgi(&self, environ: Dict<'_>, body: Option<&[u8]>, now: Option<Moment>) -> PyResult<Decision> {
        let environ = Environ::read(&environ.0, &self.variables)?;
        let (method, target) = (environ.method()?, environ.target()?);
        environ.lend(|fields| self.judge(&method, &target, fields, body, environ.peer(), now))?
    }

    /// Begins to fetch keys and to watch files in the background, if the policy has any to fetch or watch. An engine that is
    /// started starts by itself in a child after a fork, as soon as it is used there.
    fn start(&self, py: Python<'_>) {
        self.is_started.store(true, Ordering::Relaxed);
        py.detach(|| self.here().start());
    }

    /// Waits until every issuer whose keys are fetched has some, and starts what `start` starts. Other threads go on meanwhile.
    ///
    /// Raises NotReadyError when the time is over; the engine goes on fetching.
    fn ready(&self, py: Python<'_>, timeout_seconds: Patience) -> PyResult<()> {
        self.start(py);
        let began = Instant::now();
        loop {
            let left = timeout_seconds.0.saturating_sub(began.elapsed());
            match py.detach(|| self.inner.ready(left.min(PULSE))) {
                Ok(()) => return Ok(()),
                Err(missing) if left <= PULSE => return Err(not_ready(py, missing)),
                Err(_) => py.check_signals()?,
            }
        }
    }

    /// Loads the policy anew, with all files that it names, and puts it in force at once: decisions that have begun end by the
    /// one before. Keys that are fetched from where they were stay.
    ///
    /// Raises PolicyError with every fault that was found; then all stays as it was.
    fn reload(&self, py: Python<'_>) -> PyResult<()> {
        let loaded = py.detach(|| self.here().reload());
        let placed = |errors| if self.is_placeless { LoadErrors::without_positions(errors) } else { errors };
        loaded.map_err(|errors| policy_error(py, placed(errors)))
    }

    /// Revokes, from the next decision on, exactly one of: the token `jti`, all tokens of `subject` (`until` a time, or for
    /// good), all that were issued before a time, all that were signed with the key `kid`. It lasts as long as the engine; what
    /// is to last longer belongs into the policy's file of revocations.
    ///
    /// `issuer` is a name of the policy, or the issuer's identifier. Raises ValueError for one that the policy does not have.
    #[pyo3(signature = (issuer, *, jti=None, subject=None, until=None, issued_before=None, kid=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords to those who call")]
    fn revoke(
        &self,
        py: Python<'_>,
        issuer: String,
        jti: Option<String>,
        subject: Option<String>,
        until: Option<Moment>,
        issued_before: Option<Moment>,
        kid: Option<String>,
    ) -> PyResult<()> {
        let revocation = Keywords { jti, subject, until, issued_before, kid }.of(issuer)?;
        let revoked = py.detach(|| self.here().revoke(revocation));
        revoked.map_err(|refused| PyValueError::new_err(refused.to_string()))
    }

    /// Gives an issuer, by its name in the policy, the keys that the host has fetched for itself at `now`: the text of a JWK Set
    /// or of a trust bundle. For hosts that do not let the engine fetch (`start=False`).
    ///
    /// Raises ValueError for what is no key set, and for an issuer whose keys are not fetched; then all stays as it was.
    #[pyo3(signature = (issuer, jwks, now=None))]
    fn supply_keys(&self, py: Python<'_>, issuer: &str, jwks: Text<'_>, now: Option<Moment>) -> PyResult<()> {
        let text =
            str::from_utf8(jwks.0).map_err(|_| PyValueError::new_err("expected keys as UTF-8 text"))?;
        let supplied = py.detach(|| self.here().supply_keys(issuer, text, time(now)));
        supplied.map_err(|fault| PyValueError::new_err(fault.to_string()))
    }

    /// The value of `x-doorward-trace` that a gateway sends on in place of the credential that it takes away from a request, so
    /// that the application behind it can say why there is none. It is a fact for operators, and never a reason to let anybody
    /// in; it is good for this method and target, and for a minute.
    ///
    /// `cause` is why the credential was refused: `decision.concealed or decision.reason`. None where the policy has no
    /// `trace.key`, and where nothing was taken away. A gateway removes the lines of this field that come in.
    ///
    /// Raises ValueError for a cause that is no reason.
    #[pyo3(signature = (*, method, url, cause, now=None))]
    fn trace_marker(
        &self,
        method: Text<'_>,
        url: Text<'_>,
        cause: &str,
        now: Option<Moment>,
    ) -> PyResult<Option<String>> {
        let reason = Reason::from_code(cause).ok_or_else(|| {
            PyValueError::new_err(format!("expected a reason, found `{}`", cause.escape_debug()))
        })?;
        Ok(self.here().trace_marker(&Request::new(method.0, url.0, &[]), reason, time(now)))
    }

    /// What is trusted, how fresh it is and what happens next, as plain values; times are in Unix seconds. Nothing in it is
    /// secret.
    #[pyo3(signature = (now=None))]
    fn status<'py>(&self, py: Python<'py>, now: Option<Moment>) -> PyResult<StatusDict<'py>> {
        let text = py.detach(|| self.here().status(time(now)).to_json().to_string());
        Ok(StatusDict(json(py, &text)?.cast_into()?))
    }

    /// The same as a page of text for people.
    #[pyo3(signature = (now=None))]
    fn status_text(&self, py: Python<'_>, now: Option<Moment>) -> String {
        py.detach(|| self.here().status(time(now)).to_string())
    }

    /// What happened to keys, files and the policy since the last call, the latest few hundred, each as a line for a log.
    fn events(&self, py: Python<'_>) -> Vec<String> {
        py.detach(|| self.here().take_events().iter().map(ToString::to_string).collect())
    }

    /// The memory of all stores in bytes.
    #[getter]
    fn memory(&self) -> usize {
        self.inner.memory()
    }

    /// A number that changes when `reload` has put another policy in force, which may have other `fields`, `reads_body` and
    /// `form_limit`.
    #[getter]
    fn policy_epoch(&self) -> u32 {
        self.inner.policy_epoch()
    }

    /// What the policy's author should know, though it is no fault.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Strings<'py>> {
        PyTuple::new(py, self.inner.warnings()).map(Strings)
    }

    /// The names of the header fields that a decision can look at, in lower case: the others need not be handed over. They
    /// may change with `reload`.
    #[getter]
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Strings<'py>> {
        PyTuple::new(py, self.inner.fields().iter().collect::<Vec<_>>()).map(Strings)
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

/// The time that is meant, which is now unless it is given.
fn time(now: Option<Moment>) -> UnixTime {
    now.map_or_else(doorward::now, |moment| moment.0)
}
