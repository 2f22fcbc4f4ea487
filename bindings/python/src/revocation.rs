//! What a call of `revoke` means.

use crate::moment::Moment;
use doorward::Revocation;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

/// The keywords of a call.
pub(crate) struct Keywords {
    pub(crate) jti: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) until: Option<Moment>,
    pub(crate) issued_before: Option<Moment>,
    pub(crate) kid: Option<String>,
}

impl Keywords {
    /// The one revocation that the keywords name.
    ///
    /// # Errors
    ///
    /// A `TypeError` for none or several of them: a revocation that is not what its author meant lets somebody in.
    pub(crate) fn of(self, issuer: String) -> PyResult<Revocation> {
        match self {
            Self { jti: Some(jti), subject: None, until: None, issued_before: None, kid: None } => {
                Ok(Revocation::Token { issuer, jti })
            }
            Self { jti: None, subject: Some(subject), until, issued_before: None, kid: None } => {
                let until = until.map(|moment| moment.0);
                Ok(Revocation::Subject { issuer, subject, until })
            }
            Self { jti: None, subject: None, until: None, issued_before: Some(time), kid: None } => {
                Ok(Revocation::IssuedBefore { issuer, time: time.0 })
            }
            Self { jti: None, subject: None, until: None, issued_before: None, kid: Some(kid) } => {
                Ok(Revocation::Key { issuer, kid })
            }
            Self { subject: None, until: Some(_), .. } => {
                Err(PyTypeError::new_err("expected `until` with `subject` only"))
            }
            _ => Err(PyTypeError::new_err("expected exactly one of jti, subject, issued_before and kid")),
        }
    }
}
