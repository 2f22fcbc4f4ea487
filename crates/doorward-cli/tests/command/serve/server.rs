//! The service as a child process, and connections to it; all of it bounded in time.

use crate::support::{Run, command};
use core::time::Duration;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Instant;

/// No wait in these tests is longer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A running service, killed when the test is over.
pub(crate) struct Server {
    child: Child,
    folder: PathBuf,
    /// What it listens on, as it said.
    pub(crate) address: String,
    /// Where it tells of its status, if it does.
    pub(crate) page: Option<String>,
    errors: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
    /// Kept open, as a terminal would be.
    _output: ChildStdout,
}

impl Server {
    /// Starts the service on a free port.
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::start_at(folder, "127.0.0.1:0", arguments)
    }

    pub(crate) fn start_at(folder: &Path, listen: &str, arguments: &[&str]) -> Self {
        let arguments = [&["serve", "--listen", listen], arguments].concat();
        let mut child = command(folder, &arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let errors = Arc::new(Mutex::new(String::new()));
        let reader = {
            let (mut stream, errors) = (child.stderr.take().unwrap(), Arc::clone(&errors));
            thread::spawn(move || {
                let mut piece = [0; 4096];
                while let Ok(count @ 1..) = stream.read(&mut piece) {
                    errors.lock().unwrap().push_str(&String::from_utf8_lossy(&piece[..count]));
                }
            })
        };
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let page =
            line.trim_end().strip_prefix("status on http://").and_then(|rest| rest.strip_suffix("/status"));
        let page = page.map(str::to_owned);
        if page.is_some() {
            line.clear();
            output.read_line(&mut line).unwrap();
        }
        let said = || errors.lock().unwrap().clone();
        let address = line.strip_prefix("listening on ").unwrap_or_else(|| panic!("{}", said()));
        let address = address.trim_end().trim_start_matches("http://").to_owned();
        Self {
            child,
            folder: folder.to_owned(),
            address,
            page,
            errors,
            reader: Some(reader),
            _output: output.into_inner(),
        }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Asks for a path of its status page.
    pub(crate) fn status(&self, path: &str) -> Reply {
        self.status_with(&question("GET", path, &[]))
    }

    pub(crate) fn status_with(&self, request: &str) -> Reply {
        let mut stream = TcpStream::connect(self.page.as_ref().unwrap()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        Reply::read(&mut stream)
    }

    /// Sends one request on a connection of its own.
    pub(crate) fn ask(&self, request: &str) -> Reply {
        if let Some(path) = self.address.strip_prefix("unix:") {
            let mut stream = std::os::unix::net::UnixStream::connect(self.folder.join(path)).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            return Reply::read(&mut stream);
        }
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        Reply::read(&mut stream)
    }

    /// Asks at the endpoint with these fields.
    pub(crate) fn ask_with(&self, fields: &[(&str, &str)]) -> Reply {
        self.ask(&question("GET", "/auth", fields))
    }

    /// What was written to the error stream until now.
    pub(crate) fn errors(&self) -> String {
        self.errors.lock().unwrap().clone()
    }

    /// What was written to the error stream, once it has `words`.
    pub(crate) fn errors_with(&self, words: &str) -> String {
        let start = Instant::now();
        loop {
            let errors = self.errors.lock().unwrap().clone();
            if errors.contains(words) || start.elapsed() > PATIENCE {
                assert!(errors.contains(words), "no `{words}` in: {errors}");
                return errors;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn signal(&self, name: &str) {
        let script = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &script]).status().unwrap().success());
    }

    /// Waits for the end; the exit status and the error stream.
    pub(crate) fn wait(mut self) -> (Option<i32>, String) {
        let start = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < PATIENCE, "it does not end");
            thread::sleep(Duration::from_millis(5));
        }
        self.reader.take().unwrap().join().unwrap();
        (self.child.wait().unwrap().code(), self.errors.lock().unwrap().clone())
    }

    /// Asks it to stop, and waits.
    pub(crate) fn stop(self) -> (Option<i32>, String) {
        self.signal("TERM");
        self.wait()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command line that must not become a service; one that does is killed, and has no exit status.
pub(crate) fn run_refused(folder: &Path, arguments: &[&str]) -> Run {
    let mut child = command(folder, arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() && start.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(5));
    }
    let _ = child.kill();
    let done = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: done.status.code(), out: text(done.stdout), err: text(done.stderr) }
}

/// An HTTP/1.1 request with these fields.
pub(crate) fn question(method: &str, path: &str, fields: &[(&str, &str)]) -> String {
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: doorward\r\n");
    for (name, value) in fields {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text + "\r\n"
}

/// What came back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    fields: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Reply {
    /// Reads one answer and no byte more, so that the connection can be used again.
    pub(crate) fn read(stream: &mut impl Read) -> Self {
        Self::read_or_fail(stream).expect("an answer")
    }

    /// The same, or nothing if the connection ends before an answer does.
    pub(crate) fn try_read(stream: &mut impl Read) -> Option<Self> {
        Self::read_or_fail(stream).ok()
    }

    fn read_or_fail(stream: &mut impl Read) -> io::Result<Self> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let fields: Vec<(String, String)> = lines
            .map(|line| line.split_once(':').unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let mut reply = Self { status, fields, body: String::new() };
        let length = reply.field("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        reply.body = String::from_utf8(body).unwrap();
        Ok(reply)
    }

    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut values = self.all(name);
        let value = values.next();
        assert!(values.next().is_none(), "{name} twice");
        value
    }

    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}
