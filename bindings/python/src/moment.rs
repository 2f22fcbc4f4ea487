//! Points in time as Python has them: `int`, `float`, `Decimal`, and `datetime` with a time zone.

use crate::text::mistyped;
use doorward::UnixTime;
use doorward::time::parse_time;
use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString, PyType};
use pyo3::{PyTypeInfo, inspect::PyStaticExpr, type_hint_identifier, type_hint_union};

/// Seconds since the epoch beyond which a number must be meant as milliseconds: the year 5138.
const MOST: i64 = 100_000_000_000;

const DAY: i64 = 86_400;

/// A point in time, with every digit that was given, down to the nanosecond.
#[derive(Clone, Copy)]
pub(crate) struct Moment(pub(crate) UnixTime);

impl<'py> FromPyObject<'_, 'py> for Moment {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_union!(
        PyInt::TYPE_HINT,
        PyFloat::TYPE_HINT,
        type_hint_identifier!("decimal", "Decimal"),
        type_hint_identifier!("datetime", "datetime")
    );

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if value.is_instance_of::<PyBool>() {
            return Err(mistyped(EXPECTED, &value));
        }
        if value.is_instance_of::<PyInt>() {
            return whole(&value).map(Self);
        }
        if let Ok(number) = value.cast::<PyFloat>() {
            return float(number.value()).map(Self);
        }
        if value.is_instance(DATETIME.import(value.py(), "datetime", "datetime")?)? {
            return datetime(&value).map(Self);
        }
        if value.is_instance(DECIMAL.import(value.py(), "decimal", "Decimal")?)? {
            return decimal(&value).map(Self);
        }
        Err(mistyped(EXPECTED, &value))
    }
}

const EXPECTED: &str = "now as int, float, Decimal or datetime";

static DATETIME: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static EPOCH: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

fn whole(value: &Bound<'_, PyAny>) -> PyResult<UnixTime> {
    match value.extract::<i64>() {
        Ok(seconds) => {
            bounded(seconds.unsigned_abs() <= MOST.unsigned_abs()).map(|()| UnixTime::from_seconds(seconds))
        }
        Err(error) if error.is_instance_of::<PyOverflowError>(value.py()) => Err(milliseconds()),
        Err(error) => Err(error),
    }
}

/// A float stands for the shortest decimal number that reads as it, which is what was written, and what Python shows.
fn float(value: f64) -> PyResult<UnixTime> {
    if !value.is_finite() {
        return Err(PyValueError::new_err("expected now as a finite number"));
    }
    bounded(value.abs() <= 1e11)?;
    parse(&value.to_string())
}

fn decimal(value: &Bound<'_, PyAny>) -> PyResult<UnixTime> {
    let py = value.py();
    if !value.call_method0(intern!(py, "is_finite"))?.is_truthy()? {
        return Err(PyValueError::new_err("expected now as a finite number"));
    }
    // `abs` would round to the precision of the moment.
    bounded(value.call_method0(intern!(py, "copy_abs"))?.le(MOST)?)?;
    let text = value.call_method1(intern!(py, "__format__"), (intern!(py, "f"),))?;
    parse(&text.cast::<PyString>()?.to_string_lossy())
}

fn datetime(value: &Bound<'_, PyAny>) -> PyResult<UnixTime> {
    let py = value.py();
    if value.call_method0(intern!(py, "utcoffset"))?.is_none() {
        return Err(PyValueError::new_err("expected now with a time zone, found a naive datetime"));
    }
    let epoch = EPOCH.get_or_try_init(py, || {
        let utc = py.import("datetime")?.getattr("timezone")?.getattr("utc")?;
        let epoch = DATETIME.import(py, "datetime", "datetime")?.call1((1970, 1, 1, 0, 0, 0, 0, utc))?;
        PyResult::Ok(epoch.unbind())
    })?;
    let since = value.sub(epoch.bind(py))?;
    let part = |name: &Bound<'_, PyString>| since.getattr(name)?.extract::<i64>();
    let (days, seconds) = (part(intern!(py, "days"))?, part(intern!(py, "seconds"))?);
    let nanos = part(intern!(py, "microseconds"))?.saturating_mul(1000);
    let seconds = days.saturating_mul(DAY).saturating_add(seconds);
    Ok(UnixTime::new(seconds, u32::try_from(nanos).unwrap_or_default()))
}

fn parse(text: &str) -> PyResult<UnixTime> {
    parse_time(text).ok_or_else(|| PyValueError::new_err("expected now as a decimal number"))
}

fn bounded(is_bounded: bool) -> PyResult<()> {
    if is_bounded { Ok(()) } else { Err(milliseconds()) }
}

fn milliseconds() -> PyErr {
    PyValueError::new_err("expected now in Unix seconds, found a number above 1e11, as milliseconds are")
}
