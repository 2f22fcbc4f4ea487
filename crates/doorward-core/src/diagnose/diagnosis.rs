//! The diagnosis: what an answer means to the caller that got it, and the one next thing to do.

use super::clue::Clues;
use super::demand::Demanded;
use super::skew::Skew;
use crate::outcome::Signal;
use crate::reason::Reason;
use crate::recovery::Recovery;
use crate::time::Seconds;

/// How sure a diagnosis is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Confidence {
    /// The most probable of several readings.
    Guess,
    /// Concluded from texts, from the ways of a product, or from facts that agree.
    Likely,
    /// The answer says so in the words of a standard, or in Doorward's own.
    Certain,
}

impl Confidence {
    /// Every degree, from the least to the most.
    pub const ALL: [Self; 3] = [Self::Guess, Self::Likely, Self::Certain];

    /// The stable `snake_case` name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Guess => "guess",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// Who made the answer.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Origin {
    /// A gateway or proxy before the service.
    Gateway,
    /// The service itself.
    Application,
    /// Nothing in the answer tells.
    Unknown,
}

impl Origin {
    /// Every origin.
    pub const ALL: [Self; 3] = [Self::Gateway, Self::Application, Self::Unknown];

    /// The stable `snake_case` name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Application => "application",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether the request may be sent again.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Retry {
    /// Sending it again cannot help.
    Never,
    /// Only with another credential, or a new proof.
    Changed,
    /// The very same request, after the wait.
    Same,
}

impl Retry {
    /// Every answer, from the strictest.
    pub const ALL: [Self; 3] = [Self::Never, Self::Changed, Self::Same];

    /// The stable `snake_case` name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Changed => "changed",
            Self::Same => "same",
        }
    }
}

/// What an answer means.
#[derive(Clone, Copy, Debug)]
pub struct Diagnosis<'a> {
    /// The status of the answer.
    pub status: u16,
    /// Why the caller was refused; `None` if the answer refuses nobody.
    pub reason: Option<Reason>,
    /// The reason behind it: what a gateway refused before it stripped the credential, for what a credential was refused again,
    /// or what a wrong clock led to.
    pub cause: Option<Reason>,
    /// How sure that is.
    pub confidence: Confidence,
    /// Who made the answer.
    pub origin: Origin,
    /// What all this was concluded from.
    pub clues: Clues,
    /// The product that answers like this.
    pub product: Option<&'static str>,
    /// Whether the status says one thing and the rest of the answer another.
    pub misused_status: bool,
    /// What the status should have been, where it is misused.
    pub proper_status: Option<u16>,
    /// By how much the clocks differ, where the answer tells.
    pub skew: Option<Skew>,
    /// What to do next.
    pub recovery: Recovery,
    /// Whether the request may be sent again.
    pub retry: Retry,
    /// How long to wait at least.
    pub retry_after: Option<Seconds>,
    /// What the answer demands.
    pub demand: Demanded<'a>,
}

impl Diagnosis<'_> {
    /// Whether the answer refuses the caller.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        self.reason.is_some()
    }

    /// How loud it should be: the louder of the reason's and the cause's, so that a recovery hides no attack. What another origin says of
    /// a credential that it should not have is no alarm.
    #[must_use]
    pub fn signal(&self) -> Option<Signal> {
        let reason = self.reason?.signal();
        let cause = self.cause.filter(|_| self.reason != Some(Reason::CredentialWithheld));
        let cause = cause.map_or(reason, Reason::signal);
        Signal::ALL.into_iter().rev().find(|signal| *signal == reason || *signal == cause)
    }
}
