//! A variable of the environment.

use crate::caller::{Credential, SourceFault};
use std::env::VarError;

/// A variable of the environment that holds the credential.
pub(super) struct Environment {
    name: String,
}

impl Environment {
    /// The variable with this name.
    ///
    /// # Errors
    ///
    /// A name that no variable can have.
    pub(super) fn new(name: &str) -> Result<Self, String> {
        if name.is_empty() || name.contains(['=', '\0']) {
            return Err("expected `environment` as the name of a variable".to_owned());
        }
        Ok(Self { name: name.to_owned() })
    }

    pub(super) fn name(&self) -> String {
        format!("the variable `{}`", self.name.escape_debug())
    }

    /// What it holds.
    ///
    /// # Errors
    ///
    /// A hard fault: a process's environment does not change by itself.
    pub(super) fn text(&self) -> Result<String, SourceFault> {
        std::env::var(&self.name).map_err(|error| {
            SourceFault::hard(match error {
                VarError::NotPresent => format!("{} is not set", self.name()),
                VarError::NotUnicode(_) => format!("{} is not UTF-8 text", self.name()),
            })
        })
    }

    pub(super) fn obtain(&self, scheme: &str) -> Result<Credential, SourceFault> {
        let credential =
            Credential::with_scheme(scheme, self.text()?).map_err(|fault| fault.of(&self.name()))?;
        Ok(credential)
    }
}
