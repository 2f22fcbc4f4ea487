//! Requests as WSGI servers hand them over: an environ, whose strings are bytes in disguise (PEP 3333).

use crate::target;
use crate::text::{mistyped, utf8};
use crate::typed::Peer;
use core::net::IpAddr;
use doorward::Field;
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::borrow::Cow;

/// A field that an engine may look at, and the name that it has in an environ.
pub(crate) struct Variable {
    field: &'static str,
    name: Py<PyString>,
}

impl Variable {
    pub(crate) fn new(py: Python<'_>, field: &'static str) -> Self {
        let name = match field {
            // RFC 3875, section 4.1.3: this one has no prefix.
            "content-type" => "CONTENT_TYPE".to_owned(),
            _ => format!("HTTP_{}", field.to_ascii_uppercase().replace('-', "_")),
        };
        Self { field, name: PyString::intern(py, &name).unbind() }
    }
}

/// What is read of an environ. The objects are held, so that their bytes can be lent.
pub(crate) struct Environ<'py> {
    method: Bound<'py, PyString>,
    raw: Option<Bound<'py, PyString>>,
    parts: [Option<Bound<'py, PyString>>; 3],
    peer: Option<IpAddr>,
    fields: Vec<(&'static str, Bound<'py, PyString>)>,
}

impl<'py> Environ<'py> {
    pub(crate) fn read(environ: &Bound<'py, PyDict>, wanted: &[Variable]) -> PyResult<Self> {
        let py = environ.py();
        let of = |name: &Bound<'py, PyString>| match environ.get_item(name)? {
            Some(value) if !value.is_none() => match value.cast_into::<PyString>() {
                Ok(text) => PyResult::Ok(Some(text)),
                Err(error) => Err(mistyped("str in the environ", &error.into_inner())),
            },
            _ => Ok(None),
        };
        let method = of(intern!(py, "REQUEST_METHOD"))?
            .ok_or_else(|| PyValueError::new_err("expected an environ with REQUEST_METHOD"))?;
        let mut raw = None;
        for name in [intern!(py, "REQUEST_URI"), intern!(py, "RAW_URI")] {
            if raw.is_none() {
                raw = of(name)?.filter(|text| text.len().is_ok_and(|len| len != 0));
            }
        }
        let parts = [intern!(py, "SCRIPT_NAME"), intern!(py, "PATH_INFO"), intern!(py, "QUERY_STRING")];
        let [script, path, query] = parts.map(of);
        let mut fields = Vec::new();
        for variable in wanted {
            if let Some(value) = of(variable.name.bind(py))? {
                fields.push((variable.field, value));
            }
        }
        // What is no address is no peer, whatever it is: nobody's attempts are counted together then.
        let peer = environ.get_item(intern!(py, "REMOTE_ADDR"))?;
        let peer = peer.and_then(|address| address.extract::<Peer>().ok()?.0);
        Ok(Self { method, raw, parts: [script?, path?, query?], peer, fields })
    }

    /// The connection's other end, as far as the server tells one.
    pub(crate) const fn peer(&self) -> Option<IpAddr> {
        self.peer
    }

    pub(crate) fn method(&self) -> PyResult<Cow<'_, [u8]>> {
        latin1(&self.method)
    }

    /// The target as it was sent, or as the application will read it where the server tells no more.
    pub(crate) fn target(&self) -> PyResult<Cow<'_, [u8]>> {
        if let Some(raw) = &self.raw {
            return latin1(raw);
        }
        let part = |part: &Option<Bound<'py, PyString>>| match part {
            Some(text) => PyResult::Ok(latin1(text)?.into_owned()),
            None => Ok(Vec::new()),
        };
        let [script, path, query] = &self.parts;
        let whole = [part(script)?, part(path)?].concat();
        // RFC 9112, section 3.2.1: an empty path is sent as a slash.
        let whole = if whole.is_empty() { b"/".to_vec() } else { whole };
        Ok(Cow::Owned(target::from_decoded(&whole, &part(query)?)))
    }

    /// Lends the fields to `with`.
    pub(crate) fn lend<R>(&self, with: impl FnOnce(&[Field<'_>]) -> R) -> PyResult<R> {
        let values: PyResult<Vec<_>> = self.fields.iter().map(|(_, value)| latin1(value)).collect();
        let values = values?;
        let names = self.fields.iter().map(|(name, _)| *name);
        let fields: Vec<_> = names.zip(&values).map(|(name, value)| Field::new(name, &**value)).collect();
        Ok(with(&fields))
    }
}

/// The bytes of a string that holds one of them in each character.
fn latin1<'a>(text: &'a Bound<'_, PyString>) -> PyResult<Cow<'a, [u8]>> {
    let text = utf8(text.as_any().as_borrowed())?;
    if text.is_ascii() {
        return Ok(Cow::Borrowed(text.as_bytes()));
    }
    let bytes: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
    match bytes {
        Ok(bytes) => Ok(Cow::Owned(bytes)),
        Err(_) => {
            Err(PyValueError::new_err("expected an environ of latin-1 strings, found another character"))
        }
    }
}
