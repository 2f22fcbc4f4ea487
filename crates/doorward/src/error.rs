//! Why a policy could not be loaded, with the line and column of each fault.

use core::cmp::Ordering;
use core::fmt;
use serde_json::{Value, json};

/// A place in a text, as editors count it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

/// One fault in a policy.
///
/// It is shown as `orders.toml:12:3: routes[2]: unknown key `scpoes`: did you mean `scopes`?`, each part only
/// where there is one. No value below `keys` is ever quoted, so that no secret can appear.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct LoadError {
    /// The file, as the caller named it.
    pub file: Option<String>,
    /// Where in the file.
    pub at: Option<Position>,
    /// Where in the policy, as a dotted path such as `routes[2].scopes`; empty for the policy as a whole.
    pub place: String,
    /// What is wrong: one line, lower case, no full stop.
    pub message: String,
    /// What would mend it.
    pub help: Option<String>,
}

impl LoadError {
    /// A fault with a place in the policy and none in a file yet.
    #[must_use]
    pub fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: None, at: None, place: place.into(), message: message.into(), help: None }
    }

    /// The same fault, found at `at`.
    #[must_use]
    pub fn at(mut self, at: Position) -> Self {
        self.at = Some(at);
        self
    }

    /// The same fault, with what would mend it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same fault, found in `file`.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// The parts of the fault as members, `null` where there is none.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "file": self.file,
            "line": self.at.map(|at| at.line),
            "column": self.at.map(|at| at.column),
            "place": self.place,
            "message": self.message,
            "help": self.help,
        })
    }

    fn order(&self, other: &Self) -> Ordering {
        self.at.cmp(&other.at)
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, self.at) {
            (Some(file), Some(at)) => write!(f, "{file}:{}:{}: ", at.line, at.column)?,
            (Some(file), None) => write!(f, "{file}: ")?,
            (None, Some(at)) => write!(f, "{}:{}: ", at.line, at.column)?,
            (None, None) => {}
        }
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, ": {help}"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for LoadError {}

/// All faults that were found in one policy: at least one, in the order of the text, shown one per line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LoadErrors {
    errors: Vec<LoadError>,
}

impl LoadErrors {
    /// These faults in the order of the text, or nothing when there are none.
    #[must_use]
    pub fn from_vec(mut errors: Vec<LoadError>) -> Option<Self> {
        if errors.is_empty() {
            return None;
        }
        errors.sort_by(LoadError::order);
        Some(Self { errors })
    }

    /// The same faults, found in `file`; those that name a file already keep it.
    #[must_use]
    pub fn in_file(mut self, file: &str) -> Self {
        for error in &mut self.errors {
            if error.file.is_none() {
                error.file = Some(file.to_owned());
            }
        }
        self
    }

    /// The same faults without positions: for a text that nobody has seen, such as an object that was written out.
    #[must_use]
    pub fn without_positions(mut self) -> Self {
        for error in &mut self.errors {
            error.at = None;
        }
        self
    }

    /// Each fault, in the order of the text.
    pub fn iter(&self) -> core::slice::Iter<'_, LoadError> {
        self.errors.iter()
    }

    /// The faults as a list, never empty.
    #[must_use]
    pub fn into_vec(self) -> Vec<LoadError> {
        self.errors
    }
}

impl From<LoadError> for LoadErrors {
    fn from(error: LoadError) -> Self {
        Self { errors: vec![error] }
    }
}

impl<'e> IntoIterator for &'e LoadErrors {
    type Item = &'e LoadError;
    type IntoIter = core::slice::Iter<'e, LoadError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for LoadErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            if index != 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl core::error::Error for LoadErrors {}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown_key() -> LoadError {
        LoadError::new("routes[2]", "unknown key `scpoes`")
            .at(Position { line: 12, column: 3 })
            .with_help("did you mean `scopes`?")
    }

    #[test]
    fn every_part_that_is_there_is_shown() {
        assert_eq!(
            unknown_key().in_file("orders.toml").to_string(),
            "orders.toml:12:3: routes[2]: unknown key `scpoes`: did you mean `scopes`?"
        );
        assert_eq!(LoadError::new("", "too long").to_string(), "too long");
        assert_eq!(LoadError::new("", "no such file").in_file("a.toml").to_string(), "a.toml: no such file");
    }

    #[test]
    fn several_errors_stand_one_per_line_in_the_order_of_the_text() {
        let early = LoadError::new("realm", "empty").at(Position { line: 2, column: 9 });
        let errors = LoadErrors::from_vec(vec![unknown_key(), early]).unwrap().in_file("p.toml");
        assert_eq!(
            errors.to_string(),
            "p.toml:2:9: realm: empty\np.toml:12:3: routes[2]: unknown key `scpoes`: did you mean `scopes`?"
        );
    }

    #[test]
    fn a_list_of_errors_is_never_empty() {
        assert_eq!(LoadErrors::from_vec(Vec::new()), None);
    }
}
