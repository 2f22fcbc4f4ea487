//! A server on loopback that answers requests as a test says, and keeps them.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request: its head as it came, and its content.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) head: String,
    pub(super) body: String,
}

impl Asked {
    /// The value of a field.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }

    pub(super) fn path(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }
}

pub(super) struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// A server that answers with a status, field lines and a content.
    pub(super) fn start(answer: impl Fn(&Asked) -> (u16, String, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let keeps = Arc::clone(&asked);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let Some(request) = read(&mut stream) else { continue };
                let (status, lines, body) = answer(&request);
                keeps.lock().unwrap().push(request);
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 {status} X\r\n{lines}content-length: {length}\r\nconnection: close\r\n\r\n"
                );
                drop(stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())));
            }
        });
        Self { port, asked }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn read(stream: &mut TcpStream) -> Option<Asked> {
    stream.set_read_timeout(Some(core::time::Duration::from_secs(5))).ok()?;
    let mut bytes = Vec::new();
    let mut some = [0; 4096];
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        let count = stream.read(&mut some).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&some[..count]);
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let asked = Asked { head, body: String::new() };
    let length = asked.field("content-length").map_or(0, |length| length.parse().unwrap());
    while bytes.len() < end + length {
        let count = stream.read(&mut some).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&some[..count]);
    }
    Some(Asked { body: String::from_utf8(bytes[end..].to_vec()).ok()?, ..asked })
}
