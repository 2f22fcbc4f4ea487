//! The outcomes of a decision, and how loud each reason should be.

/// What was decided, before any protocol turns it into a status.
///
/// Never the word "unauthorized": HTTP's name for 401 is the confusion that this crate removes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Outcome {
    /// The caller may do this.
    Allow,
    /// We could not tell who the caller is.
    Unauthenticated,
    /// We know who the caller is, or it does not matter, and the caller may not do this.
    Forbidden,
    /// The request itself cannot be judged.
    BadRequest,
    /// Too many failures; come back later.
    Throttled,
    /// Our own trust data is missing or stale; the caller is not at fault.
    Unavailable,
}

impl Outcome {
    /// Every outcome, in the order of declaration.
    pub const ALL: [Self; 6] = [
        Self::Allow,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::BadRequest,
        Self::Throttled,
        Self::Unavailable,
    ];

    /// The stable `snake_case` name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::BadRequest => "bad_request",
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
        }
    }
}

/// How a reason should be read by those who watch: retries must not mask an attack.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Signal {
    /// Expected in operation.
    Noise,
    /// Something is broken and somebody has to mend it.
    Fault,
    /// An indicator of compromise.
    Attack,
}

impl Signal {
    /// Every signal, from the quietest to the loudest.
    pub const ALL: [Self; 3] = [Self::Noise, Self::Fault, Self::Attack];

    /// The stable `snake_case` name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Noise => "noise",
            Self::Fault => "fault",
            Self::Attack => "attack",
        }
    }
}

/// What a refusal tells the caller about its reason.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Disclosure {
    /// Only the code that the protocol asks for.
    #[default]
    None,
    /// The reason's code too, as `error_description`.
    Reason,
}

impl Disclosure {
    /// Every disclosure, from the least to the most.
    pub const ALL: [Self; 2] = [Self::None, Self::Reason];

    /// The stable `snake_case` name, as in a policy.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Reason => "reason",
        }
    }
}
