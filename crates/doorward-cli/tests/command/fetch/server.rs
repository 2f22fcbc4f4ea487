//! A server that answers whatever a function says, and keeps what it saw.

use core::time::Duration;
use doorward::UnixTime;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request as a server saw it.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub(super) line: String,
    fields: Vec<(String, String)>,
    pub(super) body: String,
}

impl Seen {
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// A server that answers whatever a function says; it ends with the tests.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    pub(super) fn start(answer: impl Fn(&Seen, usize) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let log = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(request) = read(&stream) else { continue };
                let number = {
                    let mut log = log.lock().unwrap();
                    log.push(request.clone());
                    log.len()
                };
                let _ = (&stream).write_all(answer(&request, number).as_bytes());
            }
        });
        Self { url, seen }
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> Option<Seen> {
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let mut reader = BufReader::new(stream);
    let mut seen = Seen::default();
    reader.read_line(&mut seen.line).ok()?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        seen.fields.push((name.to_owned(), value.trim().to_owned()));
    }
    let length = seen.field("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    seen.body = String::from_utf8(body).ok()?;
    (!seen.line.is_empty()).then_some(seen)
}

pub(super) fn answer(status: u16, fields: &str, body: &str) -> String {
    let (date, length) = (date(), body.len());
    format!(
        "HTTP/1.1 {status} x\r\nDate: {date}\r\n{fields}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// The time, as every server with a clock says it (RFC 9110, section 6.6.1).
fn date() -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let now = doorward::now();
    let text = doorward::time::rfc3339(UnixTime::from_seconds(now.seconds()));
    let [year, month, date, time, _] = text.split(['-', 'T', 'Z']).collect::<Vec<_>>()[..] else {
        panic!("{text}");
    };
    let month = MONTHS[month.parse::<usize>().unwrap() - 1];
    let day = DAYS[usize::try_from(now.seconds() / 86_400 % 7).unwrap()];
    format!("{day}, {date} {month} {year} {time} GMT")
}
