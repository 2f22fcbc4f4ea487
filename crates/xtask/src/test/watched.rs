//! A command whose output is passed on line by line, and of which the telling lines are kept for the closing report.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, ExitStatus};

use crate::project;

/// How many lines are kept from the end of the output, and how many before it that name a failure.
const LAST: usize = 25;
const TELLING: usize = 25;

/// The lines of a command's output that say why it failed.
#[derive(Debug, Default)]
pub(super) struct Kept {
    telling: Vec<String>,
    last: VecDeque<String>,
}

impl Kept {
    fn see(&mut self, line: &str) {
        self.last.push_back(line.to_owned());
        if self.last.len() > LAST
            && let Some(line) = self.last.pop_front()
            && self.telling.len() < TELLING
            && names_a_failure(&line)
        {
            self.telling.push(line);
        }
    }

    /// The kept lines, in their order.
    pub(super) fn text(&self) -> String {
        self.telling.iter().chain(&self.last).map(|line| format!("\n  {line}")).collect()
    }
}

/// Whether a line of cargo, libtest, pytest or `node --test` tells of a failure.
fn names_a_failure(line: &str) -> bool {
    let line = line.trim_start();
    let begins = ["error", "FAILED ", "not ok ", "E  "].iter().any(|start| line.starts_with(start));
    begins
        || line.ends_with(" ... FAILED")
        || line.contains("' panicked at ")
        || line.contains("AddressSanitizer")
}

/// Runs a command, passing on what it prints to either stream, in one order, and showing each line to `see`.
pub(super) fn run(command: &mut Command, mut see: impl FnMut(&str)) -> (Result<ExitStatus, String>, Kept) {
    let mut kept = Kept::default();
    let exit = pass_on(command, |line| {
        kept.see(line);
        see(line);
    });
    (exit, kept)
}

fn pass_on(command: &mut Command, mut see: impl FnMut(&str)) -> Result<ExitStatus, String> {
    let name = project::line(command);
    let fault = |error: std::io::Error| format!("`{name}` did not start: {error}");
    let (output, input) = std::io::pipe().map_err(fault)?;
    command.stdout(input.try_clone().map_err(fault)?).stderr(input);
    let mut child = command.spawn().map_err(fault)?;
    // The command keeps its ends of the pipe until it is told otherwise: the output would never end.
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    let mut ours = std::io::stdout().lock();
    while output.read_until(b'\n', &mut line).map_err(|error| format!("`{name}`: {error}"))? > 0 {
        ours.write_all(&line).map_err(|error| format!("standard output: {error}"))?;
        see(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
    child.wait().map_err(|error| format!("`{name}`: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> (ExitStatus, String, usize) {
        let mut lines = 0;
        let (exit, kept) = run(Command::new("sh").args(["-c", script]), |_| lines += 1);
        (exit.expect("a shell"), kept.text(), lines)
    }

    #[test]
    fn both_streams_are_kept_in_their_order() {
        let (exit, text, lines) = shell("echo one; echo two >&2; echo three; exit 3");
        assert_eq!((exit.code(), text.as_str(), lines), (Some(3), "\n  one\n  two\n  three", 3));
    }

    #[test]
    fn early_lines_are_kept_if_they_name_a_failure() {
        let (_, text, lines) = shell("echo 'test a ... ok'; echo 'test b ... FAILED'; seq 30");
        assert!(text.starts_with("\n  test b ... FAILED\n  6\n") && text.ends_with("\n  30"), "{text}");
        assert_eq!(lines, 32);
    }
}
