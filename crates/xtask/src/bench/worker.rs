//! A program of benches/bindings: it says which rows it has, and times them one at a time, when it is told to.
//!
//! All programs of a comparison run at once and wait most of the time, so that they can take turns within a second.

use core::time::Duration;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Instant;

/// How long a program may take to say what it has, or to answer beyond the time that it is given: proxies are started, and
/// a machine may be busy.
const PATIENCE: Duration = Duration::from_secs(120);

/// A program that is running. It ends with its owner.
pub(super) struct Worker {
    child: Child,
    orders: Option<ChildStdin>,
    lines: Receiver<String>,
    pub(super) rows: Vec<Row>,
}

/// One thing that is timed.
pub(super) struct Row {
    pub(super) library: String,
    pub(super) version: String,
    pub(super) alg: String,
    pub(super) kind: String,
    /// Why there is nothing to time.
    pub(super) absent: Option<String>,
    /// The least nanoseconds of all turns.
    pub(super) least: f64,
}

impl Worker {
    /// Starts a program and reads what it has. A row whose answer is wrong is an error: nothing that is timed then would
    /// mean what the table says.
    pub(super) fn start(command: &mut Command) -> Result<Self, String> {
        let line = crate::project::line(command);
        let fault = |what: &str| format!("`{line}` {what}");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| fault(&format!("did not start: {error}")))?;
        let orders = child.stdin.take();
        let answers = child.stdout.take().ok_or("no standard output")?;
        let (send, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(answers).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        let mut worker = Self { child, orders, lines, rows: Vec::new() };
        let described = worker.line(Duration::ZERO).map_err(|error| fault(&error))?;
        worker.rows = rows(&described).map_err(|error| fault(&error))?;
        Ok(worker)
    }

    /// Gives a row one turn.
    pub(super) fn turn(&mut self, index: usize, each: Duration) -> Result<(), String> {
        let order = format!("{index} {}\n", each.as_millis());
        let orders = self.orders.as_mut().ok_or("no standard input")?;
        orders
            .write_all(order.as_bytes())
            .and_then(|()| orders.flush())
            .map_err(|error| error.to_string())?;
        let line = self.line(each)?;
        let took: f64 = line.trim().parse().map_err(|_| format!("expected nanoseconds, found `{line}`"))?;
        if let Some(row) = self.rows.get_mut(index) {
            row.least = row.least.min(took);
        }
        Ok(())
    }

    /// The time of a row by its names.
    pub(super) fn least(&self, library: &str, alg: &str, kind: &str) -> Option<f64> {
        let mut rows = self.rows.iter();
        let row = rows.find(|row| row.library == library && row.alg == alg && row.kind == kind)?;
        row.least.is_finite().then_some(row.least)
    }

    fn line(&mut self, each: Duration) -> Result<String, String> {
        match self.lines.recv_timeout(each.saturating_add(PATIENCE)) {
            Ok(line) => Ok(line),
            Err(_) => match self.child.try_wait() {
                Ok(Some(status)) => Err(format!("ended with {status}")),
                _ => Err("does not answer".to_owned()),
            },
        }
    }
}

impl Drop for Worker {
    /// Without orders a program ends by itself, and takes its servers with it; one that does not is ended.
    fn drop(&mut self) {
        self.orders = None;
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn rows(described: &str) -> Result<Vec<Row>, String> {
    let value: Value =
        serde_json::from_str(described).map_err(|error| format!("printed no rows: {error}: {described}"))?;
    let list = value.get("rows").and_then(Value::as_array).ok_or("printed no rows")?;
    let mut wrong = Vec::new();
    let mut rows = Vec::new();
    for entry in list {
        let text = |name: &str| entry.get(name).and_then(Value::as_str);
        let need = |name: &str| text(name).map(str::to_owned).ok_or_else(|| format!("a row has no `{name}`"));
        let row = Row {
            library: need("library")?,
            version: need("version")?,
            alg: need("alg")?,
            kind: need("kind")?,
            absent: text("absent").map(str::to_owned),
            least: f64::INFINITY,
        };
        if let Some(fault) = text("fault") {
            wrong.push(format!("{} on {} {}: {fault}", row.library, row.alg, row.kind));
        }
        rows.push(row);
    }
    if wrong.is_empty() { Ok(rows) } else { Err(format!("answers wrongly: {}", wrong.join("; "))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Project;

    fn script(script: &str) -> Result<Worker, String> {
        let project = Project::find().unwrap();
        let mut command = project.command("sh");
        Worker::start(command.args(["-c", script]))
    }

    #[test]
    fn the_least_of_all_turns_is_kept() {
        let rows = r#"{"rows":[{"library":"a","version":"1","alg":"HS256","kind":"valid"}]}"#;
        let mut worker = script(&format!("echo '{rows}'; read x; echo 20.5; read x; echo 30; cat")).unwrap();
        for _ in 0..2 {
            worker.turn(0, Duration::ZERO).unwrap();
        }
        assert_eq!(worker.least("a", "HS256", "valid"), Some(20.5));
        assert_eq!(worker.least("a", "HS256", "expired"), None);
    }

    #[test]
    fn a_wrong_answer_is_an_error_and_so_is_silence() {
        let rows =
            r#"{"rows":[{"library":"a","version":"1","alg":"X","kind":"expired","fault":"accepts it"}]}"#;
        let wrong = script(&format!("echo '{rows}'; cat")).err().unwrap();
        assert!(wrong.ends_with("answers wrongly: a on X expired: accepts it"), "{wrong}");
        let silent = script("exit 3").err().unwrap();
        assert!(silent.contains("ended with") || silent.ends_with("does not answer"), "{silent}");
    }
}
