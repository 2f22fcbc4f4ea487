//! Diagnoses in Python: both sides of an exchange on the way in, plain values on the way out.

use crate::lines::pairs;
use crate::moment::Moment;
use crate::principal::json;
use crate::text::mistyped;
use crate::typed::{Headers, Object};
use doorward::doorward_core::limits::RESPONSE_BODY_BYTES;
use doorward::{DiagnosisReport, RawResponse, RawSent};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use pyo3::{PyTypeInfo, inspect::PyStaticExpr, type_hint_identifier, type_hint_subscript};

/// What an answer means, as plain values; import `diagnose` from `doorward` instead.
#[pyfunction]
#[pyo3(signature = (status, headers, body, sent, now))]
pub(crate) fn _diagnose<'py>(
    py: Python<'py>,
    status: u16,
    headers: Headers<'_, 'py>,
    body: &[u8],
    sent: Facts,
    now: Option<Moment>,
) -> PyResult<Object<'py>> {
    let response = response(status, &headers, body)?;
    let now = now.map_or_else(doorward::now, |moment| moment.0);
    object(py, &py.detach(|| response.diagnose(&sent.0, now)))
}

/// A diagnosis as plain values.
pub(crate) fn object<'py>(py: Python<'py>, report: &DiagnosisReport) -> PyResult<Object<'py>> {
    Ok(Object(json(py, &report.to_json().to_string())?.cast_into()?))
}

/// An answer, with as much of its content as a diagnosis looks at.
pub(crate) fn response(status: u16, headers: &Headers<'_, '_>, body: &[u8]) -> PyResult<RawResponse> {
    if !(100..=999).contains(&status) {
        return Err(PyValueError::new_err("expected a status of three digits"));
    }
    let body = body.get(..RESPONSE_BODY_BYTES).unwrap_or(body);
    Ok(RawResponse::new(status, pairs(&headers.0)?, body))
}

/// What is known of a request: the fields of `Sent` in `doorward._diagnosis`.
pub(crate) struct Facts(RawSent);

impl<'py> FromPyObject<'_, 'py> for Facts {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr =
        type_hint_subscript!(PyDict::TYPE_HINT, PyString::TYPE_HINT, type_hint_identifier!("typing", "Any"));

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let Ok(facts) = value.cast::<PyDict>() else { return Err(mistyped("a dict", &value)) };
        let member = |name: &str| Ok::<_, PyErr>(facts.get_item(name)?.filter(|value| !value.is_none()));
        let text = |name: &str| -> PyResult<Option<Vec<u8>>> {
            let Some(value) = member(name)? else { return Ok(None) };
            let text = value.cast::<PyString>().map_err(|_| mistyped(&format!("{name} as str"), &value))?;
            Ok(Some(crate::text::utf8(text.as_any().as_borrowed())?.as_bytes().to_vec()))
        };
        let moment = |name: &str| member(name)?.map(|value| value.extract::<Moment>()).transpose();
        let flag = |name: &str| {
            Ok::<_, PyErr>(member(name)?.is_some_and(|value| value.is_truthy().unwrap_or(false)))
        };
        Ok(Self(RawSent {
            scheme: text("scheme")?,
            attempt: member("attempt")?.map_or(Ok(1), |value| value.extract())?,
            at: moment("at")?.map(|moment| moment.0),
            issued_at: moment("issued_at")?.map(|moment| moment.0),
            expires_at: moment("expires_at")?.map(|moment| moment.0),
            refused_before: flag("refused_before")?,
            url: text("url")?.unwrap_or_default(),
            final_url: text("final_url")?.unwrap_or_default(),
            proof: flag("proof")?,
            interactive: flag("interactive")?,
        }))
    }
}
