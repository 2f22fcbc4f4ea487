//! A step of the test run, and what comes out of it.

use core::fmt;
use std::process::{Command, ExitStatus};

use super::counts::Counts;
use super::watched;
use crate::project::{self, Project};

/// A step: adding one is one line in `steps.rs`.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: fn(&Context<'_>) -> Report,
}

/// What every step is given.
pub(crate) struct Context<'a> {
    pub(crate) project: &'a Project,
    /// Whether helpers may be built first, which takes minutes.
    pub(crate) install: bool,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    Ok,
    Failed,
    Skipped,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        })
    }
}

/// What came out of a step.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) verdict: Verdict,
    /// Why it failed or was skipped, or what it proved.
    pub(crate) note: String,
    /// The telling lines of what a failed command printed.
    pub(super) output: String,
    tests: Option<Counts>,
}

impl Report {
    pub(crate) fn ok(note: impl Into<String>) -> Self {
        Self { verdict: Verdict::Ok, note: note.into(), output: String::new(), tests: None }
    }

    pub(crate) fn failed(note: impl Into<String>) -> Self {
        Self { verdict: Verdict::Failed, note: note.into(), output: String::new(), tests: None }
    }

    pub(crate) fn skipped(why: impl Into<String>) -> Self {
        Self { verdict: Verdict::Skipped, note: why.into(), output: String::new(), tests: None }
    }

    /// A run of several programs, counted by whoever ran them. A run that executed nothing has failed.
    pub(crate) fn counted(passed: u64, failed: u64, skipped: u64, note: impl Into<String>) -> Self {
        let failed = if passed + failed == 0 { 1 } else { failed };
        let verdict = if failed > 0 { Verdict::Failed } else { Verdict::Ok };
        Self {
            verdict,
            note: note.into(),
            output: String::new(),
            tests: Some(Counts { passed, failed, skipped }),
        }
    }

    /// The step's tests; a step without tests counts as one.
    pub(crate) fn counts(&self) -> Counts {
        self.tests.unwrap_or_else(|| {
            let one = |verdict| u64::from(self.verdict == verdict);
            Counts { passed: one(Verdict::Ok), failed: one(Verdict::Failed), skipped: one(Verdict::Skipped) }
        })
    }

    /// Judges a run of tests by its exit and by its counts: neither alone is believed.
    fn of_tests(exit: Result<ExitStatus, String>, mut counts: Counts) -> Self {
        let executed = counts.passed + counts.failed;
        let fault = match exit {
            Err(error) => Some(error),
            Ok(exit) if !exit.success() => Some(format!("{exit}")),
            Ok(_) if counts.failed > 0 => Some("exit 0 in spite of failed tests".to_owned()),
            Ok(_) if executed == 0 => Some("exit 0, but no test was executed".to_owned()),
            Ok(_) => None,
        };
        if fault.is_some() {
            counts.failed = counts.failed.max(1); // a build error or a crash is counted, too
        }
        let verdict = if fault.is_some() { Verdict::Failed } else { Verdict::Ok };
        let note = fault.map_or_else(|| counts.to_string(), |fault| format!("{fault}; {counts}"));
        Self { verdict, note, output: String::new(), tests: Some(counts) }
    }
}

impl From<Result<(), String>> for Report {
    fn from(result: Result<(), String>) -> Self {
        match result {
            Ok(()) => Self::ok(""),
            Err(error) => Self::failed(error),
        }
    }
}

/// Runs a command that has no tests of its own, and passes its output on.
pub(crate) fn check(command: &mut Command) -> Report {
    println!("$ {}", project::line(command));
    let (exit, kept) = watched::run(command, |_| ());
    let fault = match exit {
        Ok(exit) if exit.success() => return Report::ok(""),
        Ok(exit) => format!("`{}` ended with {exit}", project::line(command)),
        Err(error) => error,
    };
    Report { output: kept.text(), ..Report::failed(fault) }
}

/// How a test ends its line that has nothing to read, since a suite of others is not there. Its harness counts it as passed.
const ABSENT: &str = ": skipped: vectors not found";

/// Runs a command that executes tests, passes its output on, and counts.
pub(crate) fn tests(command: &mut Command) -> Report {
    println!("$ {}", project::line(command));
    let (mut counts, mut absent) = (Vec::new(), Vec::new());
    let (exit, kept) = watched::run(command, |line| {
        counts.extend(Counts::read(line));
        absent.extend(line.strip_suffix(ABSENT).map(str::to_owned));
    });
    let mut report = Report::of_tests(exit, counts.into_iter().sum::<Counts>().without(absent.len()));
    if !absent.is_empty() {
        absent.dedup();
        report.note = format!("{}; not there: {}", report.note, absent.join(", "));
    }
    if report.verdict == Verdict::Failed {
        report.output = kept.text();
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    fn judged(code: i32, passed: u64, failed: u64) -> (Verdict, Counts) {
        let report =
            Report::of_tests(Ok(ExitStatus::from_raw(code << 8)), Counts { passed, failed, skipped: 1 });
        (report.verdict, report.counts())
    }

    #[test]
    fn exit_and_counts_must_both_be_good() {
        assert_eq!(judged(0, 3, 0), (Verdict::Ok, Counts { passed: 3, failed: 0, skipped: 1 }));
        assert_eq!(judged(101, 3, 2), (Verdict::Failed, Counts { passed: 3, failed: 2, skipped: 1 }));
    }

    #[test]
    fn no_test_executed_is_a_failure() {
        assert_eq!(judged(0, 0, 0), (Verdict::Failed, Counts { passed: 0, failed: 1, skipped: 1 }));
    }

    #[test]
    fn a_crash_counts_as_one_failure() {
        assert_eq!(judged(101, 3, 0), (Verdict::Failed, Counts { passed: 3, failed: 1, skipped: 1 }));
        assert_eq!(judged(0, 3, 1).0, Verdict::Failed);
        let unstarted = Report::of_tests(Err("no such program".to_owned()), Counts::default());
        assert_eq!((unstarted.verdict, unstarted.counts().failed), (Verdict::Failed, 1));
    }

    #[test]
    fn a_step_without_tests_counts_as_one() {
        assert_eq!(Report::ok("").counts().to_string(), "1 passed, 0 failed, 0 skipped");
        assert_eq!(Report::skipped("why").counts().to_string(), "0 passed, 0 failed, 1 skipped");
        assert_eq!(Report::from(Err(String::new())).counts().to_string(), "0 passed, 1 failed, 0 skipped");
    }

    #[test]
    fn suites_that_are_not_there_say_so_in_the_words_that_are_counted() {
        let says = include_str!("../../../../tests/src/suites/vectors.rs");
        assert!(says.contains(&format!("{{suite}}{ABSENT}")));
    }
}
