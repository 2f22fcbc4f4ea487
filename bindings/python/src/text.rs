//! Text as Python hands it over: `str` or `bytes`, lent and never copied.

use pyo3::exceptions::{PyTypeError, PyUnicodeEncodeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use pyo3::{PyTypeInfo, inspect::PyStaticExpr, type_hint_union};

/// The bytes of a `bytes`, or the UTF-8 of a `str`.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a>(pub(crate) &'a [u8]);

impl<'a, 'py> FromPyObject<'a, 'py> for Text<'a> {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_union!(PyString::TYPE_HINT, PyBytes::TYPE_HINT);

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if value.is_instance_of::<PyString>() {
            utf8(value).map(|text| Self(text.as_bytes()))
        } else if value.is_instance_of::<PyBytes>() {
            Ok(Self(<&[u8]>::extract(value)?))
        } else {
            Err(mistyped("str or bytes", &value))
        }
    }
}

/// The UTF-8 of a `str`.
///
/// # Errors
///
/// A `ValueError` for a surrogate without its other half: Python's own error would carry the whole text, which may be
/// a credential.
pub(crate) fn utf8<'a>(text: Borrowed<'a, '_, PyAny>) -> PyResult<&'a str> {
    <&str>::extract(text).map_err(|error| {
        if error.is_instance_of::<PyUnicodeEncodeError>(text.py()) {
            PyValueError::new_err("expected text that has a UTF-8 form, found a lone surrogate")
        } else {
            error
        }
    })
}

/// What is said of a value of the wrong type: its type, never the value.
pub(crate) fn mistyped(expected: &str, found: &Bound<'_, PyAny>) -> PyErr {
    let name = found.get_type().name();
    let name = name.as_ref().map_or(std::borrow::Cow::Borrowed("an object"), |name| name.to_string_lossy());
    PyTypeError::new_err(format!("expected {expected}, found {name}"))
}
