//! The application behind a proxy: it answers 200 and tells what it was sent, in a field of the answer, so that HEAD tells too.

use core::net::SocketAddr;
use core::time::Duration;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

/// The field of the answer that holds what was seen, as JSON in hexadecimal digits.
pub(super) const SEEN: &str = "x-upstream-seen";

/// Starts it on a free port of the loopback interface; its threads end with the process.
pub(super) fn start() -> Result<SocketAddr, String> {
    let fault = |error: std::io::Error| format!("the upstream: {error}");
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(fault)?;
    let address = listener.local_addr().map_err(fault)?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(stream));
        }
    });
    Ok(address)
}

/// What the upstream saw, from its answer; `None` if it did not answer.
pub(super) fn seen(field: Option<&str>) -> Option<Value> {
    let digits = field?;
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(byte).collect();
    serde_json::from_slice(&bytes?).ok()
}

/// Answers the requests of one connection, one after another, until it ends.
fn serve(stream: TcpStream) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(120))).ok()?;
    stream.set_nodelay(true).ok()?;
    let mut out = stream.try_clone().ok()?;
    let mut input = BufReader::new(stream);
    loop {
        let first = line(&mut input)?;
        let mut fields = Vec::new();
        let mut length = 0_u64;
        loop {
            let line = line(&mut input)?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':')?;
            let (name, value) = (name.to_lowercase(), value.trim_matches([' ', '\t']));
            if name == "content-length" {
                length = value.parse().ok()?;
            }
            fields.push(json!([name, value]));
        }
        std::io::copy(&mut input.by_ref().take(length), &mut std::io::sink()).ok()?;
        let mut parts = first.split(' ');
        let seen = json!({"method": parts.next(), "target": parts.next(), "fields": fields}).to_string();
        let digits: String = seen.bytes().map(|byte| format!("{byte:02x}")).collect();
        let body = if first.starts_with("HEAD ") { "" } else { "upstream" };
        write!(out, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n{SEEN}: {digits}\r\n\r\n{body}").ok()?;
        out.flush().ok()?;
    }
}

/// The next line without its end; bytes beyond ASCII are the characters of those numbers.
fn line(input: &mut impl BufRead) -> Option<String> {
    let mut bytes = Vec::new();
    input.take(1 << 20).read_until(b'\n', &mut bytes).ok()?;
    let bytes = bytes.strip_suffix(b"\r\n")?;
    Some(bytes.iter().copied().map(char::from).collect())
}
