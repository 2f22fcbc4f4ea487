//! The score of a published suite against the written list of exceptions, which is wrong as soon as it is out of date.

use serde_json::Value;
use std::collections::BTreeMap;

/// Where exceptions are written: suite, then id, then `expected`, `actual` and `reason`.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/exceptions.json");

/// One written exception.
#[derive(Clone, Debug)]
pub struct Exception {
    /// What the suite says.
    pub expected: String,
    /// What happens here.
    pub actual: String,
    /// Why that is right.
    pub reason: String,
}

/// A suite being scored, case by case.
#[derive(Debug)]
pub struct Score {
    suite: String,
    open: BTreeMap<String, Exception>,
    agreed: usize,
    excepted: usize,
    faults: Vec<String>,
}

impl Score {
    /// A score that starts from the exceptions written for this suite.
    ///
    /// # Panics
    ///
    /// If the list of exceptions cannot be read.
    #[must_use]
    pub fn new(suite: &str) -> Self {
        Self::with(suite, read(&super::vectors::json(FILE.as_ref()), suite))
    }

    /// A score that starts from these exceptions.
    #[must_use]
    pub fn with(suite: &str, open: BTreeMap<String, Exception>) -> Self {
        Self { suite: suite.to_owned(), open, agreed: 0, excepted: 0, faults: Vec::new() }
    }

    /// Scores one case: what the suite says of it, and what happened here.
    pub fn case(&mut self, id: &str, expected: &str, actual: &str) {
        match self.open.remove(id) {
            None if expected == actual => self.agreed += 1,
            None => {
                self.faults.push(format!("{id}: unexpected failure: expected {expected}, found {actual}"))
            }
            Some(exception) if expected == actual => {
                self.faults.push(format!("{id}: unexpected success: the exception says {}", exception.actual))
            }
            Some(exception) if exception.expected == expected && exception.actual == actual => {
                self.excepted += 1;
            }
            Some(exception) => self.faults.push(format!(
                "{id}: expected {expected} and found {actual}, where the exception says {} and {}",
                exception.expected, exception.actual
            )),
        }
    }

    /// What is wrong with the suite's result: nothing, if it is as written.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let stale = self.open.keys().map(|id| format!("{id}: an exception for a case that is not there"));
        let none = (self.agreed + self.excepted + self.faults.len() == 0)
            .then(|| "the vectors are there, and not one case was run".to_owned());
        self.faults.iter().cloned().chain(stale).chain(none).collect()
    }

    /// Prints the score, and gives how many cases agreed and how many differ as written.
    ///
    /// # Panics
    ///
    /// On an unexpected failure, on an unexpected success, on an exception for a case that is not there, and when no
    /// case was run.
    #[must_use]
    pub fn finish(self) -> (usize, usize) {
        let faults = self.faults();
        let (suite, agreed, excepted) = (&self.suite, self.agreed, self.excepted);
        super::vectors::say(&format!("{suite}: {agreed} agree, {excepted} differ as written"));
        assert!(faults.is_empty(), "{suite}: {} faults:\n{}", faults.len(), faults.join("\n"));
        (agreed, excepted)
    }
}

/// The exceptions of one suite.
///
/// # Panics
///
/// If an exception lacks one of its three sentences.
#[must_use]
pub fn read(file: &Value, suite: &str) -> BTreeMap<String, Exception> {
    let written = file.get(suite).and_then(Value::as_object).into_iter().flatten();
    let exception = |(id, entry): (&String, &Value)| {
        let part = |name: &str| {
            let text = entry.get(name).and_then(Value::as_str).unwrap_or_default();
            assert!(!text.is_empty(), "exceptions.json: {suite}: {id}: `{name}` is missing");
            text.to_owned()
        };
        (id.clone(), Exception { expected: part("expected"), actual: part("actual"), reason: part("reason") })
    };
    written.map(exception).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score() -> Score {
        let file = serde_json::json!({ "s": {
            "7": { "expected": "accepted", "actual": "refused", "reason": "erratum" } } });
        Score::with("s", read(&file, "s"))
    }

    #[test]
    fn a_difference_as_written_is_no_fault() {
        let mut score = score();
        score.case("1", "accepted", "accepted");
        score.case("7", "accepted", "refused");
        assert_eq!(score.faults(), [""; 0]);
        assert_eq!(score.finish(), (1, 1));
    }

    #[test]
    fn unexpected_failures_and_unexpected_successes_are_faults() {
        let mut score = score();
        score.case("1", "accepted", "refused");
        score.case("7", "accepted", "accepted");
        assert_eq!(
            score.faults(),
            [
                "1: unexpected failure: expected accepted, found refused",
                "7: unexpected success: the exception says refused"
            ]
        );
    }

    #[test]
    fn an_exception_is_for_one_case_as_it_was_written() {
        let mut other = score();
        other.case("7", "refused", "accepted");
        assert_eq!(other.faults().len(), 1);
        let mut stale = score();
        stale.case("1", "accepted", "accepted");
        assert_eq!(stale.faults(), ["7: an exception for a case that is not there"]);
    }

    #[test]
    fn a_suite_without_a_case_is_a_fault() {
        assert_eq!(Score::with("s", BTreeMap::new()).faults().len(), 1);
    }
}
