//! Why a source gave no credential, in words that show no secret.

use core::fmt;
use doorward_core::recover::ObtainFault;
use doorward_core::time::Seconds;

/// Why a source gave no credential.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SourceFault {
    fault: ObtainFault,
    code: Option<&'static str>,
    message: String,
}

impl SourceFault {
    /// What passes by itself. The message is one line, lower case, without a full stop, and shows no secret.
    #[must_use]
    pub fn transient(message: impl Into<String>) -> Self {
        Self { fault: ObtainFault::Transient { retry_after: None }, code: None, message: message.into() }
    }

    /// What stays until somebody mends it.
    #[must_use]
    pub fn hard(message: impl Into<String>) -> Self {
        Self { fault: ObtainFault::Hard, code: None, message: message.into() }
    }

    /// The same fault of a source that asks to be left alone so long; of no effect on one that stays.
    #[must_use]
    pub fn with_retry_after(mut self, span: Option<Seconds>) -> Self {
        if let ObtainFault::Transient { retry_after } = &mut self.fault {
            *retry_after = span;
        }
        self
    }

    /// The same fault with the code that the source gave for it, one of those that are known.
    #[cfg(feature = "fetch")]
    #[must_use]
    pub(crate) const fn with_code(mut self, code: Option<&'static str>) -> Self {
        self.code = code;
        self
    }

    /// The same fault, with whose it is.
    #[must_use]
    pub(crate) fn of(mut self, name: &str) -> Self {
        self.message = format!("{name}: {}", self.message);
        self
    }

    /// What it means for the next tries.
    #[must_use]
    pub const fn fault(&self) -> ObtainFault {
        self.fault
    }

    /// Whether it passes by itself.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self.fault, ObtainFault::Transient { .. })
    }

    /// The error code of the issuer, if it gave one that is known ([RFC 6749, section 5.2]).
    ///
    /// [RFC 6749, section 5.2]: https://www.rfc-editor.org/rfc/rfc6749#section-5.2
    #[must_use]
    pub const fn code(&self) -> Option<&'static str> {
        self.code
    }

    /// What went wrong: one line, lower case, no full stop.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for SourceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for SourceFault {}
