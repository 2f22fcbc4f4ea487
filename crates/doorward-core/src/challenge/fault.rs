//! What can be wrong with a challenge that was received.

use core::fmt;

/// What is wrong with a line of challenges, and where.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ChallengeFault {
    /// What is wrong.
    pub kind: Fault,
    /// How many bytes stand before the place.
    pub at: usize,
}

impl ChallengeFault {
    /// The stable name of what is wrong.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.kind.code()
    }
}

impl fmt::Display for ChallengeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.kind.sentence(), self.at)
    }
}

impl core::error::Error for ChallengeFault {}

/// What can be wrong with a challenge.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Fault {
    /// A control character, CR, LF and NUL among them (RFC 9110, section 5.5).
    IllegalByte,
    /// No scheme stands where a challenge begins, or a parameter in its place.
    NoScheme,
    /// What stands behind the scheme is neither a token68 nor a parameter.
    BadParameter,
    /// The value of a parameter is neither a token nor a quoted string.
    BadValue,
    /// A quoted string does not end.
    UnterminatedQuote,
    /// A token68 stands beside parameters (RFC 9110, section 11.3).
    MixedToken68,
    /// A parameter is there twice (RFC 9110, section 11.2).
    DuplicateParameter,
    /// No comma stands behind a parameter or token68.
    MissingComma,
    /// More challenges than are read.
    TooManyChallenges,
    /// More parameters in one challenge than are read.
    TooManyParameters,
    /// More empty elements than are passed over.
    TooManyEmpty,
    /// The line is longer than what is read.
    TooLong,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 12] = [
        Self::IllegalByte,
        Self::NoScheme,
        Self::BadParameter,
        Self::BadValue,
        Self::UnterminatedQuote,
        Self::MixedToken68,
        Self::DuplicateParameter,
        Self::MissingComma,
        Self::TooManyChallenges,
        Self::TooManyParameters,
        Self::TooManyEmpty,
        Self::TooLong,
    ];

    /// The stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::IllegalByte => "illegal_byte",
            Self::NoScheme => "no_scheme",
            Self::BadParameter => "bad_parameter",
            Self::BadValue => "bad_value",
            Self::UnterminatedQuote => "unterminated_quote",
            Self::MixedToken68 => "mixed_token68",
            Self::DuplicateParameter => "duplicate_parameter",
            Self::MissingComma => "missing_comma",
            Self::TooManyChallenges => "too_many_challenges",
            Self::TooManyParameters => "too_many_parameters",
            Self::TooManyEmpty => "too_many_empty",
            Self::TooLong => "too_long",
        }
    }

    /// The same in words.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::IllegalByte => "a control character stands in the field",
            Self::NoScheme => "a challenge does not begin with a scheme",
            Self::BadParameter => "what follows a scheme is neither a token68 nor a parameter",
            Self::BadValue => "the value of a parameter is neither a token nor a quoted string",
            Self::UnterminatedQuote => "a quoted string does not end",
            Self::MixedToken68 => "a token68 and parameters stand in one challenge",
            Self::DuplicateParameter => "a parameter is there twice",
            Self::MissingComma => "a comma is missing",
            Self::TooManyChallenges => "there are too many challenges",
            Self::TooManyParameters => "there are too many parameters",
            Self::TooManyEmpty => "there are too many empty elements",
            Self::TooLong => "the field is too long",
        }
    }

    /// Whether a limit is reached, so that nothing is read behind it.
    pub(super) const fn is_limit_of_the_line(self) -> bool {
        matches!(self, Self::TooManyChallenges | Self::TooManyEmpty | Self::TooLong)
    }
}
