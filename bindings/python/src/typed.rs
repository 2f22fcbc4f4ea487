//! Python objects with the types that their stubs give them, on the way in and on the way out.

use crate::text::mistyped;
use core::net::IpAddr;
use core::time::Duration;
use doorward::Format;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyTuple};
use pyo3::{
    PyTypeInfo,
    inspect::{PyStaticConstant, PyStaticExpr},
    type_hint_identifier, type_hint_subscript, type_hint_union,
    types::{PyFloat, PyInt, PyString},
};

mod hint {
    use super::*;

    const MORE: PyStaticExpr = PyStaticExpr::Constant { value: PyStaticConstant::Ellipsis };
    const TEXT: PyStaticExpr = type_hint_union!(PyString::TYPE_HINT, PyBytes::TYPE_HINT);
    const PAIR: PyStaticExpr = type_hint_subscript!(PyTuple::TYPE_HINT, TEXT, TEXT);
    const ITERABLE: PyStaticExpr = type_hint_identifier!("collections.abc", "Iterable");

    pub(super) const STRINGS: PyStaticExpr =
        type_hint_subscript!(PyTuple::TYPE_HINT, PyString::TYPE_HINT, MORE);
    pub(super) const PAIRS: PyStaticExpr = type_hint_subscript!(
        PyTuple::TYPE_HINT,
        type_hint_subscript!(PyTuple::TYPE_HINT, PyString::TYPE_HINT, PyString::TYPE_HINT),
        MORE
    );
    pub(super) const OBJECT: PyStaticExpr =
        type_hint_subscript!(PyDict::TYPE_HINT, PyString::TYPE_HINT, type_hint_identifier!("typing", "Any"));
    pub(super) const STATUS: PyStaticExpr = type_hint_identifier!("doorward._status", "Status");
    pub(super) const SECONDS: PyStaticExpr = type_hint_union!(PyInt::TYPE_HINT, PyFloat::TYPE_HINT);
    pub(super) const HEADERS: PyStaticExpr = type_hint_subscript!(ITERABLE, PAIR);
    pub(super) const CHAIN: PyStaticExpr = type_hint_subscript!(ITERABLE, PyBytes::TYPE_HINT);
    pub(super) const FORMAT: PyStaticExpr = type_hint_subscript!(
        type_hint_identifier!("typing", "Literal"),
        PyStaticExpr::Constant { value: PyStaticConstant::Str("toml") },
        PyStaticExpr::Constant { value: PyStaticConstant::Str("json") }
    );
}

macro_rules! outputs {
    ($($(#[$doc:meta])* $name:ident $object:ty, $hint:ident;)+) => {$(
        $(#[$doc])*
        pub(crate) struct $name<'py>(pub(crate) Bound<'py, $object>);

        impl<'py> IntoPyObject<'py> for $name<'py> {
            type Target = $object;
            type Output = Bound<'py, $object>;
            type Error = core::convert::Infallible;

            const OUTPUT_TYPE: PyStaticExpr = hint::$hint;

            fn into_pyobject(self, _: Python<'py>) -> Result<Self::Output, Self::Error> {
                Ok(self.0)
            }
        }
    )+};
}

outputs! {
    /// A tuple of strings.
    Strings PyTuple, STRINGS;
    /// A tuple of pairs of strings.
    Pairs PyTuple, PAIRS;
    /// A dict of JSON values.
    Object PyDict, OBJECT;
    /// The dict of a status.
    StatusDict PyDict, STATUS;
    /// A number of seconds: an `int` where it is whole.
    Seconds PyAny, SECONDS;
}

/// The address of a connection's other end, as a text of any spelling: what is no address is nobody's.
pub(crate) struct Peer(pub(crate) Option<IpAddr>);

impl FromPyObject<'_, '_> for Peer {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = PyString::TYPE_HINT;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        match value.cast::<PyString>() {
            Ok(text) => Ok(Self(text.to_str().ok().and_then(doorward::peer))),
            Err(_) => Err(mistyped("an address as str", &value)),
        }
    }
}

/// How long to wait: a number of seconds.
pub(crate) struct Patience(pub(crate) Duration);

impl FromPyObject<'_, '_> for Patience {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = hint::SECONDS;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let is_number = value.is_instance_of::<PyFloat>() || value.is_instance_of::<PyInt>();
        if !is_number || value.is_instance_of::<PyBool>() {
            return Err(mistyped("seconds as int or float", &value));
        }
        let seconds: f64 = value.extract()?;
        if seconds.is_nan() || seconds < 0.0 {
            return Err(PyValueError::new_err("expected seconds that are not negative"));
        }
        // Whoever waits for longer than a clock can say waits for ever.
        Ok(Self(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)))
    }
}

/// A dict that is handed in.
pub(crate) struct Dict<'py>(pub(crate) Bound<'py, PyDict>);

impl<'py> FromPyObject<'_, 'py> for Dict<'py> {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = hint::OBJECT;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match value.cast::<PyDict>() {
            Ok(dict) => Ok(Self(dict.to_owned())),
            Err(_) => Err(mistyped("a dict", &value)),
        }
    }
}

/// The header fields of a request, not looked at yet.
pub(crate) struct Headers<'a, 'py>(pub(crate) Borrowed<'a, 'py, PyAny>);

impl<'a, 'py> FromPyObject<'a, 'py> for Headers<'a, 'py> {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = hint::HEADERS;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self(value))
    }
}

/// Certificates, whose types are checked and whose bytes nothing reads yet.
pub(crate) struct Chain;

impl FromPyObject<'_, '_> for Chain {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = hint::CHAIN;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if value.is_instance_of::<PyBytes>() {
            return Err(mistyped("certificates as DER bytes in a list", &value));
        }
        for certificate in value.try_iter()? {
            let certificate = certificate?;
            if !certificate.is_instance_of::<PyBytes>() {
                return Err(mistyped("a certificate as DER bytes", &certificate));
            }
        }
        Ok(Self)
    }
}

/// The format of a policy, by its name.
pub(crate) struct FormatName(pub(crate) Format);

impl FromPyObject<'_, '_> for FormatName {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = hint::FORMAT;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        match <&str>::extract(value)? {
            "toml" => Ok(Self(Format::Toml)),
            "json" => Ok(Self(Format::Json)),
            _ => Err(PyValueError::new_err("expected \"toml\" or \"json\"")),
        }
    }
}
