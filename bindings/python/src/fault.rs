//! Why a policy does not load, and why keys are not there, as Python exceptions.

use doorward::NotReady;
use doorward::error::LoadErrors;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple};

/// The exception for these faults; the classes are Python's, so that programs can read and copy them as any other.
pub(crate) fn policy_error(py: Python<'_>, errors: LoadErrors) -> PyErr {
    raised(py, errors).unwrap_or_else(|error| error)
}

fn raised(py: Python<'_>, errors: LoadErrors) -> PyResult<PyErr> {
    static ERROR: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static FAULT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let fault = FAULT.import(py, "doorward._errors", "PolicyFault")?;
    let mut faults = Vec::new();
    for error in errors.into_vec() {
        let at = error.at;
        let place = (at.map(|at| at.line), at.map(|at| at.column), error.place);
        faults.push(fault.call1((error.file, place.0, place.1, place.2, error.message, error.help))?);
    }
    let error = ERROR.import(py, "doorward._errors", "PolicyError")?;
    Ok(PyErr::from_value(error.call1((PyTuple::new(py, faults)?,))?))
}

/// The exception for keys that did not come in time.
pub(crate) fn not_ready(py: Python<'_>, missing: NotReady) -> PyErr {
    late(py, missing).unwrap_or_else(|error| error)
}

fn late(py: Python<'_>, missing: NotReady) -> PyResult<PyErr> {
    static ERROR: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let issuers = PyDict::new(py);
    for (name, fault) in missing.issuers {
        issuers.set_item(name, fault)?;
    }
    let error = ERROR.import(py, "doorward._errors", "NotReadyError")?;
    Ok(PyErr::from_value(error.call1((issuers,))?))
}
