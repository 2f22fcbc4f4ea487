//! The native module of the Python package: handles and strings over the façade, and no logic.
//!
//! Python's objects are lent to the decision where they lie: a `str` or `bytes` is never copied on the way in, and what is
//! decided is copied once, into the [`decision::Decision`] that is handed out. Every property of that is made when it is
//! asked for.
#![forbid(unsafe_code)]

mod asgi;
mod caller;
mod decision;
mod diagnosis;
mod engine;
mod fault;
mod fork;
mod lines;
mod memory;
mod moment;
mod principal;
mod revocation;
mod source;
mod target;
mod text;
mod typed;
mod vocabulary;
mod wsgi;

use pyo3::prelude::*;

/// The native half of doorward; import from `doorward` instead.
#[pymodule(gil_used = false)]
mod _doorward {
    #[pymodule_export]
    use super::caller::{Answered, Attempt, CallerState, Prepared};
    #[pymodule_export]
    use super::decision::Decision;
    #[pymodule_export]
    use super::diagnosis::_diagnose;
    #[pymodule_export]
    use super::engine::Engine;
    #[pymodule_export]
    use super::principal::Principal;
    #[pymodule_export]
    use super::source::{_is_final, Credential, Source};

    /// The version of the package.
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "the name that Python gives it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
