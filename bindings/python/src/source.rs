//! Sources of credentials in Python, and what they give.

use crate::caller::whole;
use crate::moment::Moment;
use crate::text::mistyped;
use crate::typed::{Dict, Patience};
use doorward::Format;
use doorward::caller::{Credential as Inner, Expiry, ObtainFault, SourceFault, Want};
use doorward::source::Source as InnerSource;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString};
use pyo3::{inspect::PyStaticExpr, type_hint_identifier};

/// A source of credentials that comes with the package: a file, a command, an issuer, a secret store.
#[pyclass(frozen, module = "doorward")]
pub(crate) struct Source(InnerSource);

/// A credential that a source gave. Nothing shows its secret.
#[pyclass(frozen, module = "doorward._doorward", name = "_Credential")]
pub(crate) struct Credential(pub(crate) Inner);

/// The dict that a source is made of.
struct Kind<'py>(Bound<'py, PyDict>);

impl<'py> FromPyObject<'_, 'py> for Kind<'py> {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("doorward._source", "SourceDict");

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match value.cast::<PyDict>() {
            Ok(dict) => Ok(Self(dict.to_owned())),
            Err(_) => Err(mistyped("a source as dict", &value)),
        }
    }
}

#[pymethods]
impl Source {
    /// Makes a source of a dict with one member, which says its kind: file, environment, exec, client_credentials, kubernetes or
    /// vault. Raises ValueError for any other.
    #[new]
    fn new(py: Python<'_>, source: Kind<'_>) -> PyResult<Self> {
        let options = PyDict::new(py);
        options.set_item("allow_nan", false)?;
        options.set_item("default", py.import("os")?.getattr("fspath")?)?;
        let text =
            py.import("json")?.call_method("dumps", (source.0,), Some(&options))?.cast_into::<PyString>()?;
        InnerSource::from_text(text.to_str()?, Format::Json).map(Self).map_err(PyValueError::new_err)
    }

    /// Gets a credential. Other threads go on meanwhile.
    fn _obtain(&self, py: Python<'_>, want: Dict<'_>, now: Moment) -> PyResult<Credential> {
        let want = wanted(&want.0)?;
        py.detach(|| self.0.obtain(&want, now.0)).map(Credential).map_err(|fault| raised(py, &fault))
    }

    fn __repr__(&self) -> String {
        format!("<{:?}>", self.0)
    }
}

#[pymethods]
impl Credential {
    #[new]
    #[pyo3(signature = (secret, *, scheme, expires_in, expires_at, look_again, now))]
    fn new(
        py: Python<'_>,
        secret: &str,
        scheme: &str,
        expires_in: Option<Patience>,
        expires_at: Option<Moment>,
        look_again: Option<Patience>,
        now: Moment,
    ) -> PyResult<Self> {
        let credential = Inner::with_scheme(scheme, secret).map_err(|fault| raised(py, &fault))?;
        let credential = match (expires_at, expires_in) {
            (Some(at), _) => credential.with_expiry(Some(Expiry::Server(at.0))),
            (None, Some(span)) => credential.with_expires_in(doorward::Seconds(span.0.as_secs()), now.0),
            (None, None) => credential,
        };
        Ok(Self(credential.looked_at_again(look_again.map(whole))))
    }

    fn __repr__(&self) -> String {
        format!("<Credential of scheme {}>", self.0.scheme())
    }
}

/// Whether a token endpoint that refuses with this code would do so again.
#[pyfunction]
pub(crate) fn _is_final(code: &str) -> bool {
    doorward::source::is_final(code)
}

/// What is wanted: the fields of `Want` in `doorward._source`.
fn wanted(want: &Bound<'_, PyDict>) -> PyResult<Want> {
    let member = |name: &str| Ok::<_, PyErr>(want.get_item(name)?.filter(|value| !value.is_none()));
    let text = |name: &str| -> PyResult<Option<String>> {
        let text = |value: Bound<'_, PyAny>| {
            value.extract().map_err(|_| mistyped(&format!("{name} as str"), &value))
        };
        member(name)?.map(text).transpose()
    };
    Ok(Want {
        refresh: member("refresh")?.is_some_and(|value| value.is_truthy().unwrap_or(false)),
        scope: text("scope")?,
        resource: text("resource")?,
        request_url: text("request_url")?,
        resource_metadata: text("resource_metadata")?,
        claims: text("claims")?,
        acr_values: text("acr_values")?,
        max_age: member("max_age")?.map(|value| value.extract()).transpose()?,
        clock_offset: member("clock_offset")?.map_or(Ok(0), |value| value.extract())?,
    })
}

/// The exception for a source's fault; the class is Python's, so that sources of the user's raise the same.
fn raised(py: Python<'_>, fault: &SourceFault) -> PyErr {
    let made = || {
        static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let facts = PyDict::new(py);
        facts.set_item("hard", !fault.is_transient())?;
        if let ObtainFault::Transient { retry_after: Some(span) } = fault.fault() {
            facts.set_item("retry_after", span.0)?;
        }
        let class = CLASS.import(py, "doorward._source", "SourceFault")?;
        Ok(PyErr::from_value(class.call((fault.message(),), Some(&facts))?))
    };
    made().unwrap_or_else(|error: PyErr| error)
}
