//! An HTTP server on loopback that does what a test tells it to, and counts.

use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use core::time::Duration;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

/// How a server answers one request.
pub(super) enum Reply {
    /// These bytes, and the end.
    Bytes(Vec<u8>),
    /// These bytes one by one, with this pause, and the end.
    Drip(Vec<u8>, Duration),
    /// These bytes and then nothing, with the connection open until the server is dropped.
    Hang(Vec<u8>),
}

impl Reply {
    /// A whole answer with these header lines, each with its line break, and a fitting length.
    pub(super) fn new(status: u16, lines: &str, body: &str) -> Self {
        let length = body.len();
        Self::Bytes(
            format!("HTTP/1.1 {status} X\r\n{lines}Content-Length: {length}\r\n\r\n{body}").into_bytes(),
        )
    }

    pub(super) fn ok(body: &str) -> Self {
        Self::new(200, "", body)
    }
}

/// What a request was, and how many came before it.
pub(super) struct Asked<'a> {
    pub(super) path: &'a str,
    pub(super) before: usize,
}

#[derive(Default)]
pub(super) struct Seen {
    heads: Mutex<Vec<String>>,
    open: AtomicUsize,
    most_open: AtomicUsize,
    stop: AtomicBool,
}

pub(super) struct Server {
    port: u16,
    seen: Arc<Seen>,
}

/// What a test may put between the connection and the requests.
pub(super) trait Stream: Read + Write {}

impl<S: Read + Write> Stream for S {}

impl Server {
    pub(super) fn start(answer: impl Fn(Asked<'_>) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_over(answer, |stream| Some(Box::new(stream)))
    }

    pub(super) fn start_over(
        answer: impl Fn(Asked<'_>) -> Reply + Send + Sync + 'static,
        wrap: impl Fn(TcpStream) -> Option<Box<dyn Stream>> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Seen::default());
        let parts = Arc::new((answer, wrap));
        let accepting = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if accepting.stop.load(Ordering::SeqCst) {
                    return;
                }
                let (seen, parts) = (Arc::clone(&accepting), Arc::clone(&parts));
                thread::spawn(move || {
                    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
                    stream.set_write_timeout(Some(Duration::from_secs(2))).unwrap();
                    if let Some(mut stream) = parts.1(stream) {
                        serve(&mut *stream, &seen, &parts.0);
                    }
                });
            }
        });
        Self { port, seen }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// How many requests have come.
    pub(super) fn hits(&self) -> usize {
        self.seen.heads.lock().unwrap().len()
    }

    /// The heads of the requests that have come.
    pub(super) fn heads(&self) -> Vec<String> {
        self.seen.heads.lock().unwrap().clone()
    }

    /// The paths of the requests that have come.
    pub(super) fn paths(&self) -> Vec<String> {
        self.heads().iter().map(|head| head.split(' ').nth(1).unwrap().to_owned()).collect()
    }

    /// How many requests were being answered at the same time at most.
    pub(super) fn most_at_once(&self) -> usize {
        self.seen.most_open.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.seen.stop.store(true, Ordering::SeqCst);
        // So that it stops waiting for somebody.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(stream: &mut dyn Stream, seen: &Seen, answer: &impl Fn(Asked<'_>) -> Reply) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap().to_owned();
    let before = {
        let mut heads = seen.heads.lock().unwrap();
        heads.push(head);
        heads.len() - 1
    };
    let open = seen.open.fetch_add(1, Ordering::SeqCst) + 1;
    seen.most_open.fetch_max(open, Ordering::SeqCst);
    // A client that has gone is no fault of a test.
    let _ = match answer(Asked { path: &path, before }) {
        Reply::Bytes(bytes) => stream.write_all(&bytes),
        Reply::Drip(bytes, pause) => bytes.iter().try_for_each(|byte| {
            rest(seen, pause);
            stream.write_all(&[*byte])?;
            stream.flush()
        }),
        Reply::Hang(bytes) => {
            let written = stream.write_all(&bytes).and_then(|()| stream.flush());
            rest(seen, Duration::from_secs(5));
            written
        }
    };
    let _ = stream.flush();
    seen.open.fetch_sub(1, Ordering::SeqCst);
}

/// Waits, but not longer than the server lives.
fn rest(seen: &Seen, span: Duration) {
    let until = Instant::now() + span;
    while Instant::now() < until && !seen.stop.load(Ordering::SeqCst) {
        thread::sleep(span.min(Duration::from_millis(5)));
    }
}

/// Whether a thing comes true within two seconds.
pub(super) fn soon(mut is_true: impl FnMut() -> bool) -> bool {
    let until = Instant::now() + Duration::from_secs(2);
    while Instant::now() < until {
        if is_true() {
            return true;
        }
        thread::sleep(Duration::from_millis(5));
    }
    is_true()
}
