//! The error codes of challenges, and what kind of challenge goes with a refusal.

/// The error code of a challenge, as registered by the protocols.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum WireError {
    /// The request uses the credential wrongly ([RFC 6750, section 3.1]).
    ///
    /// [RFC 6750, section 3.1]: https://www.rfc-editor.org/rfc/rfc6750#section-3.1
    InvalidRequest,
    /// The token is expired, revoked, malformed or otherwise not valid ([RFC 6750, section 3.1]).
    ///
    /// [RFC 6750, section 3.1]: https://www.rfc-editor.org/rfc/rfc6750#section-3.1
    InvalidToken,
    /// The request needs more than the token grants ([RFC 6750, section 3.1]).
    ///
    /// [RFC 6750, section 3.1]: https://www.rfc-editor.org/rfc/rfc6750#section-3.1
    InsufficientScope,
    /// The authentication behind the token is too weak or too old ([RFC 9470, section 3]).
    ///
    /// [RFC 9470, section 3]: https://www.rfc-editor.org/rfc/rfc9470#section-3
    InsufficientUserAuthentication,
}

impl WireError {
    /// Every code.
    pub const ALL: [Self; 4] = [
        Self::InvalidRequest,
        Self::InvalidToken,
        Self::InsufficientScope,
        Self::InsufficientUserAuthentication,
    ];

    /// The code as it stands in the `error` parameter.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::InsufficientUserAuthentication => "insufficient_user_authentication",
        }
    }
}

/// What kind of challenge a refusal for a reason carries.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Challenge {
    /// None: another credential would not change the answer.
    None,
    /// A challenge without error information, since no usable credential was sent
    /// ([RFC 6750, section 3.1]).
    ///
    /// [RFC 6750, section 3.1]: https://www.rfc-editor.org/rfc/rfc6750#section-3.1
    Plain,
    /// A challenge with this error code.
    Error(WireError),
}
