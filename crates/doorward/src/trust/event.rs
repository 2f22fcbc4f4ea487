//! What happens to keys and files in the background, for the host's log.

use core::fmt;
use doorward_core::key::FetchFault;
use doorward_core::time::Seconds;
use std::path::PathBuf;

/// Something that happened to what an engine trusts. As text it is one line, without secrets, for a log.
///
/// A refresh that brought what was known already is no event.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// An issuer's keys came: for the first time, different from before, or after a failure.
    KeysLoaded {
        /// The issuer, as the policy calls it.
        issuer: String,
        /// Whether they differ from those before.
        changed: bool,
    },
    /// An issuer's keys could not be fetched, or what came was refused. Those in force go on until the policy's `stale_for`.
    KeysFailed {
        /// The issuer, as the policy calls it.
        issuer: String,
        /// What went wrong.
        fault: FetchFault,
        /// More about it: a sentence, lower case, no full stop.
        detail: String,
        /// How many times in a row it has failed.
        failures: u32,
        /// How long until the next attempt.
        retry_in: Seconds,
    },
    /// A key file has changed and is in force.
    FileReloaded {
        /// The file.
        path: PathBuf,
    },
    /// A watched file is gone or was refused. What was read from it before stays in force.
    FileRefused {
        /// The file.
        path: PathBuf,
        /// Why: a sentence, lower case, no full stop.
        detail: String,
    },
    /// The policy was loaded anew and is in force.
    PolicyReloaded,
    /// The policy was not loaded anew. The one before stays in force.
    PolicyRefused {
        /// Why: each fault a line.
        detail: String,
    },
    /// The keeping of trust met a fault of its own, and goes on.
    KeeperFailed,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeysLoaded { issuer, changed: true } => write!(f, "issuers.{issuer}: keys loaded"),
            Self::KeysLoaded { issuer, changed: false } => {
                write!(f, "issuers.{issuer}: keys loaded, the same as before")
            }
            Self::KeysFailed { issuer, fault, detail, failures, retry_in } => {
                write!(f, "issuers.{issuer}: keys not loaded: {}: {} ", fault.code(), one_line(detail))?;
                write!(f, "(failures in a row: {failures}, next attempt in {} s)", retry_in.0)
            }
            Self::FileReloaded { path } => write!(f, "`{}`: reloaded", Shown(path)),
            Self::FileRefused { path, detail } => {
                let detail = one_line(detail);
                write!(f, "`{}`: not taken, what was in force stays: {detail}", Shown(path))
            }
            Self::PolicyReloaded => f.write_str("policy loaded anew"),
            Self::PolicyRefused { detail } => {
                write!(
                    f,
                    "policy not loaded anew, the one before stays in force: {}",
                    one_line(detail.trim_end())
                )
            }
            Self::KeeperFailed => f.write_str("the keeping of keys met a fault of its own and goes on"),
        }
    }
}

/// A path without line breaks and other controls.
struct Shown<'p>(&'p std::path::Path);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        one_line(&self.0.display().to_string()).fmt(f)
    }
}

/// Text from outside as part of one line: controls are escaped, and what is too long is cut.
pub(super) fn one_line(text: &str) -> String {
    /// Long enough for every message of the libraries that are used here, too short to flood a log.
    const MOST: usize = 500;
    let mut line = String::new();
    for c in text.chars().take(MOST) {
        if c.is_control() { line.extend(c.escape_default()) } else { line.push(c) }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_whatever_its_parts_are() {
        let failed = Event::KeysFailed {
            issuer: "corp".to_owned(),
            fault: FetchFault::Status,
            detail: "idp.example: expected status 200, found 503".to_owned(),
            failures: 3,
            retry_in: Seconds(40),
        };
        assert_eq!(
            failed.to_string(),
            "issuers.corp: keys not loaded: status: idp.example: expected status 200, found 503 \
             (failures in a row: 3, next attempt in 40 s)"
        );
        let refused = Event::FileRefused { path: PathBuf::from("a\nb"), detail: "one\ntwo".to_owned() };
        assert_eq!(refused.to_string(), "`a\\nb`: not taken, what was in force stays: one\\ntwo");
        assert_eq!(one_line(&"x".repeat(1_000)).len(), 500);
    }
}
