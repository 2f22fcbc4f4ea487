//! The counts of a run of several programs, and what went wrong in it.

use std::process::Command;

use crate::project;
use crate::test::step::Report;

/// Nothing here takes a minute; a program that hangs is ended.
const SECONDS: &str = "300";

/// What has passed, failed and been skipped so far.
#[derive(Default)]
pub(super) struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
    faults: Vec<String>,
}

impl Tally {
    /// Counts one claim.
    pub(super) fn claim(&mut self, name: &str, result: Result<(), String>) {
        match result {
            Ok(()) => {
                println!("ok {name}");
                self.passed += 1;
            }
            Err(error) => self.fault(format!("{name}: {error}")),
        }
    }

    pub(super) fn fault(&mut self, fault: String) {
        println!("FAILED {fault}");
        self.failed += 1;
        self.faults.push(fault);
    }

    /// Counts what cannot be run here; where everything should have been installed that is a failure.
    pub(super) fn skip(&mut self, what: &str, must_run: bool) {
        if must_run {
            return self.fault(format!("{what}, and nothing may be skipped here"));
        }
        println!("skipped: {what}");
        self.skipped += 1;
    }

    /// Runs a test program, and adds the counts of its last line.
    pub(super) fn program(&mut self, name: &str, command: &Command) {
        match run(command) {
            Ok((passed, failed)) => {
                println!("{name}: {passed} passed, {failed} failed");
                self.passed += passed;
                self.failed += failed;
                if failed > 0 {
                    self.faults.push(format!("{name}: {failed} failed"));
                }
            }
            Err(error) => self.fault(format!("{name}: {error}")),
        }
    }

    pub(super) fn report(self, note: &str) -> Report {
        let note = if self.faults.is_empty() { note.to_owned() } else { self.faults.join("; ") };
        Report::counted(self.passed, self.failed, self.skipped, note)
    }
}

/// A command that is ended when it takes too long.
pub(super) fn limited(command: &Command) -> Command {
    let mut limited = Command::new("timeout");
    limited.args(["--kill-after=5", SECONDS]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        limited.current_dir(folder);
    }
    limited.stdin(std::process::Stdio::null());
    limited
}

/// The counts of a test program. Neither its exit nor its counts alone are believed.
fn run(command: &Command) -> Result<(u64, u64), String> {
    let name = project::line(command);
    let output = limited(command).output().map_err(|error| format!("`{name}` did not start: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let counts = said.lines().next_back().and_then(counts);
    match counts {
        Some((passed, 0)) if output.status.success() && passed > 0 => Ok((passed, 0)),
        Some((passed, failed)) if failed > 0 && !output.status.success() => {
            print!("{said}");
            Ok((passed, failed))
        }
        _ => Err(format!("{}\n{said}{}", output.status, String::from_utf8_lossy(&output.stderr))),
    }
}

fn counts(line: &str) -> Option<(u64, u64)> {
    let (passed, failed) = line.split_once(" passed, ")?;
    Some((passed.parse().ok()?, failed.strip_suffix(" failed")?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Result<(u64, u64), String> {
        let mut command = Command::new("sh");
        run(command.args(["-c", script]))
    }

    #[test]
    fn exit_and_counts_of_a_program_must_both_be_good() {
        assert_eq!(shell("echo words; echo 3 passed, 0 failed"), Ok((3, 0)));
        assert_eq!(shell("echo 3 passed, 2 failed; exit 1"), Ok((3, 2)));
        assert!(shell("echo 3 passed, 0 failed; exit 1").is_err());
        assert!(shell("echo 3 passed, 2 failed").is_err());
        assert!(shell("echo 0 passed, 0 failed").is_err());
        assert!(shell("echo words").is_err());
    }
}
