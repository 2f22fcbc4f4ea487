//! `demo --serve`: a small server on this machine, so that answers can be seen with any client.

use super::answer;
use super::scenes::Scene;
use super::stage::Stage;
use crate::ending::{Ending, Failure};
use crate::http::{self, Parsed};
use crate::output::{Output, Style};
use core::net::SocketAddr;
use core::time::Duration;
use doorward::raw_request::RawRequest;
use doorward::report::Report;
use doorward::{Engine, now};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

/// The longest head of a request: nginx takes four buffers of 8 KiB.
const HEAD: usize = 32 * 1024;

/// How many connections are served at once; each has a thread.
const CONNECTIONS: usize = 32;

/// How long one connection may take in all, so that slow ones do not keep the places taken.
const PATIENCE: Duration = Duration::from_secs(10);

/// Listens until the process is ended.
pub(super) fn run(stage: Stage, address: SocketAddr, output: &mut Output) -> Result<Ending, Failure> {
    let fault = |error: io::Error| Failure::input(format!("cannot listen on {address}: {error}"));
    let listener = TcpListener::bind(address).map_err(fault)?;
    let address = listener.local_addr().map_err(fault)?;
    output.styled(Style::Strong, &format!("listening on http://{address} (end it with Ctrl-C)"))?;
    output.line(&format!("policy: {}", stage.policy.display()))?;
    for scene in &stage.scenes {
        output.line("")?;
        output.styled(Style::Faint, &format!("# {}", scene.title))?;
        output.line(&curl(scene, address))?;
    }
    output.flush()?;
    let engine = Arc::new(stage.engine);
    for stream in listener.incoming() {
        // A connection that fails before it begins is its client's affair.
        let Ok(stream) = stream else { continue };
        // This loop and each running thread hold the engine.
        if Arc::strong_count(&engine) > CONNECTIONS {
            let _ = (&stream).write_all(&answer::refused(503, "too many connections", now()));
            continue;
        }
        let engine = Arc::clone(&engine);
        let _ = thread::Builder::new().spawn(move || serve(&engine, &stream));
    }
    Ok(Ending::Yes)
}

/// Serves one request. There is nobody to tell if the client goes away in the middle.
fn serve(engine: &Engine, stream: &TcpStream) {
    let end = Instant::now().checked_add(PATIENCE);
    let answer = match read(stream, end) {
        Ok(request) => {
            let (now, mut scratch) = (now(), engine.scratch());
            let report = request.lend(|request| Report::new(&engine.decide(request, now, &mut scratch)));
            answer::decided(&report, request.method == b"HEAD", now)
        }
        Err(Unread::Refused(status, message)) => answer::refused(status, &message, now()),
        Err(Unread::Gone) => return,
    };
    let mut stream = stream;
    if stream.write_all(&answer).is_err() || stream.shutdown(Shutdown::Write).is_err() {
        return;
    }
    // What was not read would make the system reset the connection, and the client might never see the answer.
    let mut rest = [0; 4096];
    let mut bytes = 0_usize;
    while bytes < HEAD && wait(stream, end) {
        match stream.read(&mut rest) {
            Ok(0) | Err(_) => return,
            Ok(count) => bytes = bytes.saturating_add(count),
        }
    }
}

/// Why there is no request.
enum Unread {
    Refused(u16, String),
    Gone,
}

/// Reads the head of a request. The content is left alone: the policy of the demo takes no token from forms.
fn read(mut stream: &TcpStream, end: Option<Instant>) -> Result<RawRequest, Unread> {
    let mut head = Vec::new();
    let mut piece = [0; 4096];
    while wait(stream, end) {
        let count = match stream.read(&mut piece) {
            Ok(0) | Err(_) => return Err(Unread::Gone),
            Ok(count) => count,
        };
        head.extend_from_slice(piece.get(..count).unwrap_or_default());
        match http::parse(&head) {
            Ok(Parsed::Whole(request, _)) => return Ok(request),
            Ok(Parsed::Partial) if head.len() > HEAD => {
                return Err(Unread::Refused(431, format!("expected a head of at most {HEAD} bytes")));
            }
            Ok(Parsed::Partial) => {}
            Err(fault) => return Err(Unread::Refused(400, fault)),
        }
    }
    Err(Unread::Refused(408, "the request took too long".to_owned()))
}

/// Lets the next read wait until `end` and no longer; whether there is time left.
fn wait(stream: &TcpStream, end: Option<Instant>) -> bool {
    let left = end.and_then(|end| end.checked_duration_since(Instant::now())).filter(|left| !left.is_zero());
    left.is_some_and(|left| {
        stream.set_read_timeout(Some(left)).is_ok() && stream.set_write_timeout(Some(PATIENCE)).is_ok()
    })
}

/// The command that sends a scene's request.
fn curl(scene: &Scene, address: SocketAddr) -> String {
    let mut lines = scene.request.lines();
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let method = if method == "GET" { String::new() } else { format!(" -X {method}") };
    let mut command = format!("curl -i --path-as-is{method} 'http://{address}{path}'");
    for line in lines.filter(|line| line.starts_with("Authorization")) {
        command.push_str(&format!(" -H '{line}'"));
    }
    command
}
