//! Requests as ASGI servers hand them over: a scope.

use crate::lines::Lines;
use crate::target;
use crate::text::{Text, mistyped, utf8};
use crate::typed::Peer;
use core::net::IpAddr;
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use std::borrow::Cow;

/// What is read of a scope. The objects are held, so that their bytes can be lent.
pub(crate) struct Scope<'py> {
    method: Option<Bound<'py, PyAny>>,
    raw_path: Option<Bound<'py, PyAny>>,
    path: Option<Bound<'py, PyString>>,
    query: Option<Bound<'py, PyAny>>,
    client: Option<Bound<'py, PyAny>>,
    pub(crate) lines: Lines<'py>,
}

impl<'py> Scope<'py> {
    pub(crate) fn read(scope: &Bound<'py, PyDict>, wanted: &[&'static str]) -> PyResult<Self> {
        let py = scope.py();
        let of = |name: &Bound<'py, PyString>| {
            PyResult::Ok(scope.get_item(name)?.filter(|value| !value.is_none()))
        };
        let method = match of(intern!(py, "type"))? {
            Some(kind) if kind.eq(intern!(py, "http"))? => Some(
                of(intern!(py, "method"))?
                    .ok_or_else(|| PyValueError::new_err("expected a scope with a method"))?,
            ),
            // A handshake is a GET (RFC 6455, section 4.1), and its scope does not say so.
            Some(kind) if kind.eq(intern!(py, "websocket"))? => None,
            _ => return Err(PyValueError::new_err("expected a scope of type http or websocket")),
        };
        let headers = of(intern!(py, "headers"))?
            .ok_or_else(|| PyValueError::new_err("expected a scope with headers"))?;
        let raw_path = of(intern!(py, "raw_path"))?;
        let path = match raw_path {
            Some(_) => None,
            None => {
                let path = of(intern!(py, "path"))?
                    .ok_or_else(|| PyValueError::new_err("expected a scope with a path"))?;
                Some(path.cast_into().map_err(|error| mistyped("a path as str", &error.into_inner()))?)
            }
        };
        let query = of(intern!(py, "query_string"))?;
        let client = of(intern!(py, "client"))?;
        Ok(Self { method, raw_path, path, query, client, lines: Lines::of_pairs(&headers, wanted)? })
    }

    /// The connection's other end, as far as the server tells one: it may be a socket's path, or nothing at all.
    pub(crate) fn peer(&self) -> Option<IpAddr> {
        let client = self.client.as_ref()?;
        let host = match client.cast::<PyTuple>() {
            Ok(pair) => pair.get_item(0),
            Err(_) => client.cast::<PyList>().ok()?.get_item(0),
        };
        host.ok()?.extract::<Peer>().ok()?.0
    }

    pub(crate) fn method(&self) -> PyResult<&[u8]> {
        match &self.method {
            Some(method) => method.extract::<Text<'_>>().map(|text| text.0),
            None => Ok(b"GET"),
        }
    }

    /// The target as it was sent, or as the application will read it where the server tells no more.
    pub(crate) fn target(&self) -> PyResult<Cow<'_, [u8]>> {
        // Bytes by the specification; some clients for tests make them str.
        let query = self.query.as_ref().map_or(Ok(Text(b"")), |query| query.extract())?;
        match (&self.raw_path, &self.path) {
            (Some(raw), _) => {
                // Some servers leave the query in.
                let path =
                    raw.extract::<Text<'_>>()?.0.split(|byte| *byte == b'?').next().unwrap_or_default();
                Ok(target::from_raw(path, query.0))
            }
            (None, Some(path)) => {
                let path = utf8(path.as_any().as_borrowed())?;
                Ok(Cow::Owned(target::from_decoded(path.as_bytes(), query.0)))
            }
            (None, None) => Ok(Cow::Borrowed(b"")),
        }
    }
}
