//! The log of decisions: one JSON object on a line of the error stream, written by a thread of its own.

use super::limits::{LOG_BYTES, LOG_LINES, LOG_TIME};
use super::original::{Fault, Told};
use crate::ending::Failure;
use crate::output::harmless;
use core::sync::atomic::{AtomicU64, Ordering};
use doorward::time::rfc3339;
use doorward::{Context, Decision, Event, Reason, UnixTime};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

/// Which decisions are logged.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Level {
    None,
    /// What is not let in. Who is let in is the business of the proxy's own log.
    #[default]
    Refusals,
    All,
}

impl Level {
    /// Reads the value of `--log`.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        match text {
            "none" => Ok(Self::None),
            "refusals" => Ok(Self::Refusals),
            "all" => Ok(Self::All),
            _ => {
                let found = text.escape_debug();
                Err(Failure::usage(format!("expected `--log` as all, refusals or none, found `{found}`")))
            }
        }
    }
}

/// The longest method that is logged: the longest registered one has 17 letters, and a caller may send any.
const METHOD_BYTES: usize = 32;

enum Message {
    Line(String),
    End(Sender<()>),
}

/// Where lines go. A reader who does not keep up makes them be dropped, and never keeps a decision waiting.
pub(super) struct Log {
    level: Level,
    subject: bool,
    sender: SyncSender<Message>,
    lost: Arc<AtomicU64>,
}

impl Log {
    /// Starts the thread that writes; `subject` is whether callers may be named.
    pub(super) fn start(level: Level, subject: bool) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(LOG_LINES);
        let lost = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&lost);
        thread::Builder::new().name("log".to_owned()).spawn(move || write(&receiver, &counter))?;
        Ok(Self { level, subject, sender, lost })
    }

    /// Whether a decision is of interest.
    pub(super) fn wants(&self, is_allow: bool) -> bool {
        match self.level {
            Level::None => false,
            Level::Refusals => !is_allow,
            Level::All => true,
        }
    }

    /// Logs a decision, and why it is not the one that the policy made, if it is not. Nothing of a credential is in it but
    /// times and the names of claims, and of the target only the path.
    pub(super) fn decision(&self, decision: &Decision<'_>, method: &[u8], why: Option<&str>, now: UnixTime) {
        let mut line = Line::begin(now);
        line.text("outcome", decision.outcome().code());
        line.member("status", &decision.status().to_string());
        line.text_if("reason", decision.reason().map(Reason::code));
        line.text_if("concealed", decision.concealed().map(Reason::code));
        let reason = decision.concealed().or(decision.reason());
        line.text_if("signal", reason.map(|reason| reason.signal().code()));
        line.text_if("grounds", decision.grounds());
        line.context(decision);
        if let Some(route) = decision.route() {
            line.member("route", &route.to_string());
        }
        line.text_if("path", Some(decision.path()).filter(|path| !path.is_empty()));
        let method = core::str::from_utf8(method).ok();
        line.text_if("method", method.filter(|name| name.len() <= METHOD_BYTES));
        if let Some(caller) = decision.principal() {
            line.text("issuer", caller.issuer);
            line.text_if("subject", Some(caller.subject).filter(|_| self.subject));
        }
        line.text_if("fault", why);
        self.send(line);
    }

    /// Logs that nothing could be judged.
    pub(super) fn fault(&self, fault: Fault, told: &Told<'_>, now: UnixTime) {
        if self.level == Level::None {
            return;
        }
        let mut line = Line::begin(now);
        line.text("outcome", fault.outcome());
        line.member("status", &fault.status().to_string());
        line.text("fault", &told.to_string());
        self.send(line);
    }

    /// Logs what became of keys, files and the policy, at every level: an operator who wants no decisions wants these.
    pub(super) fn event(&self, event: &Event) {
        let mut line = Line::begin(doorward::now());
        line.text("event", &event.to_string());
        self.send(line);
    }

    /// Waits until what was logged is written, but not for ever.
    pub(super) fn end(&self) {
        let (done, wait) = channel();
        if self.sender.try_send(Message::End(done)).is_ok() {
            // A reader who hangs has had its time.
            let _ = wait.recv_timeout(LOG_TIME);
        }
    }

    fn send(&self, line: Line) {
        if self.sender.try_send(Message::Line(line.end())).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A JSON object on a line, member by member: a tree of values would cost more than most decisions.
struct Line(String);

impl Line {
    fn begin(now: UnixTime) -> Self {
        let mut line = Self(String::with_capacity(512));
        line.text("at", &rfc3339(UnixTime::from_seconds(now.seconds())));
        line
    }

    /// Adds a member whose value is JSON already; names are words of ours.
    fn member(&mut self, name: &str, json: &str) {
        self.0.push_str(if self.0.is_empty() { "{\"" } else { ",\"" });
        self.0.push_str(name);
        self.0.push_str("\":");
        self.0.push_str(json);
    }

    fn text(&mut self, name: &str, text: &str) {
        let is_plain = |byte: u8| byte >= b' ' && !matches!(byte, b'"' | b'\\');
        if text.bytes().all(is_plain) {
            self.member(name, "\"");
            self.0.push_str(text);
            self.0.push('"');
        } else {
            // A text can always be written.
            self.member(name, &serde_json::to_string(text).unwrap_or_default());
        }
    }

    /// What stands beside the reason: which claim, by how many seconds; which scope or role is missing.
    fn context(&mut self, decision: &Decision<'_>) {
        match decision.context() {
            Some(Context::Time { claim, .. }) => self.text("claim", claim),
            Some(Context::Claim(claim)) => self.text("claim", claim),
            Some(Context::Scope(scope)) => self.text("scope", scope),
            Some(Context::Role(role)) => self.text("role", role),
            Some(Context::Upstream { cause, .. }) => self.text("cause", cause.code()),
            // The list may grow in the core before it does here.
            _ => {}
        }
        if let Some(seconds) = decision.context().and_then(Context::missed_by) {
            self.member("missed_by", &seconds.to_string());
        }
    }

    fn text_if(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    /// The whole line. A subject or a method must not drive the terminal of whoever reads it.
    fn end(mut self) -> String {
        self.0.push('}');
        let mut line = harmless(&self.0).into_owned();
        line.push('\n');
        line
    }
}

/// Writes what comes, whole lines only. If the error stream is gone there is nobody to tell.
fn write(receiver: &Receiver<Message>, lost: &AtomicU64) {
    let mut errors = io::stderr();
    let mut lines = String::new();
    while let Ok(first) = receiver.recv() {
        // What is there already goes out in one piece.
        let mut next = Some(first);
        let mut end = None;
        while let Some(message) = next {
            match message {
                Message::Line(line) => lines.push_str(&line),
                Message::End(done) => end = Some(done),
            }
            next = if lines.len() < LOG_BYTES { receiver.try_recv().ok() } else { None };
        }
        let lost = lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            lines.push_str(&format!("{{\"lost\":{lost}}}\n"));
        }
        let _ = errors.write_all(lines.as_bytes());
        lines.clear();
        if let Some(done) = end {
            let _ = done.send(());
        }
    }
}
