//! How many tests passed, failed and were skipped.

use core::fmt;
use core::iter::Sum;

/// Counts of tests.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
}

impl Counts {
    /// Reads the closing line of one test program: `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    pub(super) fn read(line: &str) -> Option<Self> {
        let (_, numbers) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
        let number = |name: &str| {
            let field = numbers.split("; ").find_map(|field| field.strip_suffix(name))?;
            field.trim().parse().ok()
        };
        Some(Self { passed: number("passed")?, failed: number("failed")?, skipped: number("ignored")? })
    }
}

impl Counts {
    /// The same where so many of those that passed had nothing to do.
    pub(super) fn without(self, idle: usize) -> Self {
        let idle = u64::try_from(idle).unwrap_or(u64::MAX).min(self.passed);
        Self { passed: self.passed - idle, skipped: self.skipped + idle, ..self }
    }
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |one, other| Self {
            passed: one.passed + other.passed,
            failed: one.failed + other.failed,
            skipped: one.skipped + other.skipped,
        })
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn closing_lines_are_read() {
        let line =
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!(Counts::read(line), Some(Counts { passed: 3, failed: 0, skipped: 1 }));
        let line = "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.5s\n";
        assert_eq!(Counts::read(line), Some(Counts { passed: 3, failed: 2, skipped: 0 }));
        assert_eq!(Counts::read("test wire::json ... ok"), None);
        assert_eq!(Counts::read("test result: ok. many passed; 0 failed; 0 ignored"), None);
    }

    #[test]
    fn what_had_nothing_to_do_was_skipped() {
        let counts = Counts { passed: 3, failed: 2, skipped: 1 };
        assert_eq!(counts.without(2), Counts { passed: 1, failed: 2, skipped: 3 });
        assert_eq!(counts.without(9), Counts { passed: 0, failed: 2, skipped: 4 });
    }

    #[test]
    fn counts_add_up_to_the_plain_line() {
        let one = Counts { passed: 1, failed: 2, skipped: 3 };
        assert_eq!([one, one].into_iter().sum::<Counts>().to_string(), "2 passed, 4 failed, 6 skipped");
    }
}
