//! The field lines of a request: those that a decision looks at, lent from Python's objects.

use crate::text::{Text, mistyped, utf8};
use doorward::Field;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};

/// How many lines are held without touching the heap: a request has one `Authorization`, and seldom two of the others.
const FEW: usize = 4;

/// The lines of a request that an engine looks at, in their order. The objects are held, so that their bytes can be lent.
#[derive(Default)]
pub(crate) struct Lines<'py> {
    few: [Option<Line<'py>>; FEW],
    len: usize,
    more: Vec<Line<'py>>,
}

type Line<'py> = (&'static str, Value<'py>);

/// A value whose type is known, so that it is asked for once.
enum Value<'py> {
    Text(Bound<'py, PyString>),
    Bytes(Bound<'py, PyBytes>),
}

impl<'py> Lines<'py> {
    /// The lines of `headers`, an iterable of pairs, whose names are among `wanted`. Every line is looked at, and every line
    /// with such a name is kept.
    pub(crate) fn of_pairs(headers: &Bound<'py, PyAny>, wanted: &[&'static str]) -> PyResult<Self> {
        let mut lines = Self::default();
        if let Ok(list) = headers.cast::<PyList>() {
            for pair in list.iter() {
                lines.see(&pair, wanted)?;
            }
        } else if let Ok(tuple) = headers.cast::<PyTuple>() {
            for pair in tuple.iter_borrowed() {
                lines.see(&pair, wanted)?;
            }
        } else if headers.is_instance_of::<PyDict>() {
            return Err(PyTypeError::new_err(
                "expected headers as (name, value) pairs, found a dict, which cannot hold a name twice",
            ));
        } else {
            for pair in headers.try_iter()? {
                lines.see(&pair?, wanted)?;
            }
        }
        Ok(lines)
    }

    fn see(&mut self, pair: &Bound<'py, PyAny>, wanted: &[&'static str]) -> PyResult<()> {
        if let Ok(pair) = pair.cast::<PyTuple>()
            && pair.len() == 2
        {
            return self.keep(pair.get_borrowed_item(0)?, pair.get_borrowed_item(1)?, wanted);
        }
        if let Ok(pair) = pair.cast::<PyList>()
            && pair.len() == 2
        {
            let (name, value) = (pair.get_item(0)?, pair.get_item(1)?);
            return self.keep(name.as_borrowed(), value.as_borrowed(), wanted);
        }
        Err(mistyped("headers as (name, value) pairs", pair))
    }

    fn keep(
        &mut self,
        name: Borrowed<'_, 'py, PyAny>,
        value: Borrowed<'_, 'py, PyAny>,
        wanted: &[&'static str],
    ) -> PyResult<()> {
        let Text(bytes) = Text::extract(name)?;
        let value = if let Ok(text) = value.cast::<PyString>() {
            Value::Text(text.to_owned())
        } else if let Ok(bytes) = value.cast::<PyBytes>() {
            Value::Bytes(bytes.to_owned())
        } else {
            return Err(mistyped("str or bytes", &value));
        };
        if let Some(name) = wanted.iter().find(|wanted| bytes.eq_ignore_ascii_case(wanted.as_bytes())) {
            match self.few.get_mut(self.len) {
                Some(free) => *free = Some((name, value)),
                None => self.more.push((name, value)),
            }
            self.len = self.len.saturating_add(1);
        }
        Ok(())
    }

    /// Lends the lines to `with`.
    pub(crate) fn lend<R>(&self, with: impl FnOnce(&[Field<'_>]) -> R) -> PyResult<R> {
        let mut fields = [Field::new("", ""); FEW];
        if let Some(fields) = fields.get_mut(..self.len) {
            for (field, line) in fields.iter_mut().zip(self.few.iter().flatten()) {
                *field = lent(line)?;
            }
            return Ok(with(fields));
        }
        let all: PyResult<Vec<_>> = self.few.iter().flatten().chain(&self.more).map(lent).collect();
        Ok(with(&all?))
    }
}

/// Every pair of `headers`, an iterable of pairs, with copies of both texts.
pub(crate) fn pairs(headers: &Bound<'_, PyAny>) -> PyResult<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut all = Vec::new();
    for pair in headers.try_iter()? {
        let pair = pair?;
        let wrong = || mistyped("headers as (name, value) pairs", &pair);
        let mut texts = Vec::new();
        if !pair.is_instance_of::<PyTuple>() && !pair.is_instance_of::<PyList>() {
            return Err(wrong());
        }
        for text in pair.try_iter()? {
            texts.push(Text::extract(text?.as_borrowed())?.0.to_vec());
        }
        match <[Vec<u8>; 2]>::try_from(texts) {
            Ok([name, value]) => all.push((name, value)),
            Err(_) => return Err(wrong()),
        }
    }
    Ok(all)
}

fn lent<'a>((name, value): &'a Line<'_>) -> PyResult<Field<'a>> {
    Ok(match value {
        Value::Text(text) => Field::new(*name, utf8(text.as_any().as_borrowed())?),
        Value::Bytes(bytes) => Field::new(*name, bytes.as_bytes()),
    })
}
