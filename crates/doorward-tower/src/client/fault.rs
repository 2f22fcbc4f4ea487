//! Why a request has no answer.

use core::error::Error;
use core::fmt;
use doorward::caller::Blocked;
use doorward::{DiagnosisReport, Reason, UnixTime};
use std::sync::Arc;

/// Why a request was not sent.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct NotSent {
    /// The reason; `None` if the request is not one that the credential is for.
    pub reason: Option<Reason>,
    /// When it is worth trying again, if that is known.
    pub until: Option<UnixTime>,
    /// What the last refusal meant, if there was one.
    pub last_refusal: Option<Arc<DiagnosisReport>>,
    /// What is wrong, for people: lower case, no full stop.
    pub message: String,
}

impl NotSent {
    /// A request that the credential is not for.
    pub(crate) fn wrong(message: impl Into<String>) -> Self {
        Self { reason: None, until: None, last_refusal: None, message: message.into() }
    }

    /// A request that nothing could be sent with.
    pub(crate) fn blocked(blocked: Blocked) -> Self {
        let message = format!("{}: {}", blocked.reason.code(), blocked.sentence());
        Self {
            reason: Some(blocked.reason),
            until: blocked.until,
            last_refusal: blocked.last_refusal,
            message,
        }
    }
}

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for NotSent {}

/// What a client with a credential can fail with.
#[derive(Debug)]
pub enum ClientError<E> {
    /// What the client inside failed with.
    Inner(E),
    /// Nothing was sent.
    NotSent(NotSent),
}

impl<E: fmt::Display> fmt::Display for ClientError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inner(inner) => inner.fmt(f),
            Self::NotSent(fault) => fault.fmt(f),
        }
    }
}

impl<E: Error + 'static> Error for ClientError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Inner(inner) => inner.source(),
            Self::NotSent(_) => None,
        }
    }
}

impl<E> From<NotSent> for ClientError<E> {
    fn from(fault: NotSent) -> Self {
        Self::NotSent(fault)
    }
}
