//! How the command ends: what the exit status says, and what is said on the error stream.

use doorward::nearest;
use std::io::{self, Write};
use std::process::ExitCode;

/// The answer to what was asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ending {
    /// Allowed, passed, valid: 0.
    Yes,
    /// Refused, failed, invalid: 1.
    No,
    /// Some input could not be used, and that was said already: 2.
    Unusable,
}

impl Ending {
    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Yes => 0,
            Self::No => 1,
            Self::Unusable => 2,
        })
    }

    /// The worse of both.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unusable, _) | (_, Self::Unusable) => Self::Unusable,
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line is wrong.
    Usage(String),
    /// There is no such option.
    Option(String),
    /// What the command line names cannot be used.
    Input(String),
    /// The answer cannot be written.
    Output(io::Error),
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::Input(message.into())
    }

    /// The same, with the verb whose help is worth reading.
    pub(crate) fn of(self, verb: &str, help: &str) -> Self {
        match self {
            Self::Usage(message) => Self::Input(format!("{message}; see `doorward {verb} --help`")),
            Self::Option(option) => {
                let near = nearest(&option, options(help)).map(|near| format!("did you mean `{near}`?"));
                let near = near.unwrap_or_else(|| format!("see `doorward {verb} --help`"));
                Self::Input(format!("there is no option `{}`: {near}", option.escape_debug()))
            }
            other => other,
        }
    }

    /// Says what is wrong. A reader that has gone away is told nothing, and the status is that of a process which died of
    /// it: it must not be 0, which says "allowed".
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Self::Usage(message) => complain(&format!("{message}; see `doorward --help`")),
            Self::Option(option) => {
                complain(&format!("there is no option `{}`: see `doorward --help`", option.escape_debug()));
            }
            Self::Input(message) => complain(&message),
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => return ExitCode::from(141),
            Self::Output(error) => complain(&format!("the output cannot be written: {error}")),
        }
        Ending::Unusable.code()
    }
}

/// The long options that a help text names.
fn options(help: &str) -> impl Iterator<Item = &str> {
    let is_end = |letter: char| !(letter.is_ascii_alphanumeric() || letter == '-');
    help.split(is_end).filter(|word| word.starts_with("--") && word.len() > 2)
}

/// Writes each line to the error stream. If that is gone there is nobody to tell.
pub(crate) fn complain(message: &str) {
    let mut errors = io::stderr().lock();
    for line in message.lines() {
        let _ = writeln!(errors, "doorward: {}", crate::output::harmless(line));
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        match error {
            lexopt::Error::UnexpectedOption(option) => Self::Option(option),
            error => Self::Usage(error.to_string()),
        }
    }
}
