//! The words of a decision as Python's enums, whose members are looked up once.

use core::marker::PhantomData;
use doorward::doorward_core::decision::GROUNDS;
use doorward::{CredentialKind, Disclosure, Outcome, Reason, Recovery, Signal};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;
use pyo3::{inspect::PyStaticExpr, type_hint_identifier};

/// The module with the enums, which is derived from the same table as the words here.
const MODULE: &str = "doorward._vocabulary";

/// A word that becomes the member of an enum.
pub(crate) struct Member<W>(pub(crate) W);

/// The grounds of an allow.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Grounds(pub(crate) &'static str);

/// A closed list of words, and the members that stand for them in Python.
pub(crate) trait Word: Copy + PartialEq + Sized {
    /// The name of the enum.
    const CLASS: &'static str;
    /// The enum as a type of a stub.
    const TYPE: PyStaticExpr;
    fn all() -> impl Iterator<Item = Self>;
    fn code(self) -> &'static str;
    fn kept() -> &'static PyOnceLock<Members<Self>>;
}

/// The members of one enum, in the order of [`Word::all`].
pub(crate) struct Members<W> {
    members: Vec<Py<PyAny>>,
    of: PhantomData<fn(W)>,
}

impl<W: Word> Members<W> {
    fn load(py: Python<'_>) -> PyResult<Self> {
        let class = py.import(MODULE)?.getattr(W::CLASS)?;
        let members: PyResult<_> = W::all().map(|word| Ok(class.call1((word.code(),))?.unbind())).collect();
        Ok(Self { members: members?, of: PhantomData })
    }
}

macro_rules! words {
    ($($word:ty, $class:literal, $all:expr, $code:expr;)+) => {$(
        impl Word for $word {
            const CLASS: &'static str = $class;
            const TYPE: PyStaticExpr = type_hint_identifier!("doorward._vocabulary", $class);

            fn all() -> impl Iterator<Item = Self> {
                $all
            }

            fn code(self) -> &'static str {
                $code(self)
            }

            fn kept() -> &'static PyOnceLock<Members<Self>> {
                static KEPT: PyOnceLock<Members<$word>> = PyOnceLock::new();
                &KEPT
            }
        }
    )+};
}

words! {
    Outcome, "Outcome", Self::ALL.into_iter(), Self::code;
    Reason, "Reason", Self::ALL.iter().copied(), Self::code;
    Recovery, "Recovery", Self::ALL.iter().copied(), Self::code;
    Signal, "Signal", Self::ALL.into_iter(), Self::code;
    Disclosure, "Disclosure", Self::ALL.into_iter(), Self::code;
    CredentialKind, "CredentialKind", Self::ALL.into_iter(), Self::code;
    Grounds, "Grounds", GROUNDS.into_iter().map(Self), |grounds: Self| grounds.0;
}

impl<'py, W: Word + 'static> IntoPyObject<'py> for Member<W> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = W::TYPE;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let members = &W::kept().get_or_try_init(py, || Members::<W>::load(py))?.members;
        let place = W::all().position(|word| word == self.0);
        match place.and_then(|place| members.get(place)) {
            Some(member) => Ok(member.bind(py).clone()),
            None => Err(PyRuntimeError::new_err(format!("no `{}` in {MODULE}.{}", self.0.code(), W::CLASS))),
        }
    }
}

/// The word as a plain `str`.
pub(crate) fn plain<'py, W: Word>(py: Python<'py>, word: W) -> Bound<'py, PyString> {
    PyString::intern(py, word.code())
}
