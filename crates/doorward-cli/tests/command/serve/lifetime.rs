//! How the service stops: what is under way is answered, what is silent is closed, and no wait has no end.

use super::server::{Reply, Server, question};
use crate::support::stage;
use core::time::Duration;
use std::io::{Read, Write};
use std::thread;
use std::time::Instant;

const BASE: [&str; 4] = ["--policy", "policy.toml", "--from", "nginx"];
const TOLD: [(&str, &str); 2] = [("X-Original-URI", "/v1/orders/7"), ("X-Original-Method", "GET")];

#[test]
fn either_signal_stops_it_with_status_0() {
    for signal in ["TERM", "INT"] {
        let server = Server::start(&stage(&format!("serve-stop-{signal}")), &BASE);
        assert_eq!(server.ask_with(&TOLD).status, 401);
        let silent = server.connect();
        let mut kept = server.connect();
        kept.write_all(question("GET", "/auth", &TOLD).as_bytes()).unwrap();
        assert_eq!(Reply::read(&mut kept).status, 401);
        let start = Instant::now();
        server.signal(signal);
        assert_eq!(server.wait().0, Some(0), "{signal}");
        // Neither the connection that never asked nor the one that was answered is waited for.
        assert!(start.elapsed() < Duration::from_secs(5), "{signal}: {:?}", start.elapsed());
        drop(silent);
        assert_eq!(kept.read(&mut [0; 1]).unwrap_or(0), 0, "{signal}");
    }
}

#[test]
fn requests_under_way_are_answered_before_the_end_and_no_new_connection_is_taken() {
    let server = Server::start(&stage("serve-in-flight"), &BASE);
    let text = question("GET", "/auth", &TOLD);
    let (begin, rest) = text.split_at(30);
    // The first request of a connection, and the second of one that was answered already.
    let mut new = server.connect();
    let mut kept = server.connect();
    kept.write_all(text.as_bytes()).unwrap();
    assert_eq!(Reply::read(&mut kept).field("connection"), None);
    let mut under_way = [new.try_clone().unwrap(), kept.try_clone().unwrap()];
    under_way.iter_mut().for_each(|stream| stream.write_all(begin.as_bytes()).unwrap());
    thread::sleep(Duration::from_millis(200));
    server.signal("TERM");
    thread::sleep(Duration::from_millis(200));
    let late = std::net::TcpStream::connect(&server.address);
    assert!(late.is_err(), "a connection was taken after the stop");
    for stream in [&mut new, &mut kept] {
        stream.write_all(rest.as_bytes()).unwrap();
        let reply = Reply::read(stream);
        assert_eq!((reply.status, reply.field("connection")), (401, Some("close")));
        assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0);
    }
    assert_eq!(server.wait().0, Some(0));
}

#[test]
fn a_request_that_never_ends_does_not_keep_it_running() {
    let server = Server::start(&stage("serve-endless"), &BASE);
    let mut endless = server.connect();
    endless.write_all(b"GET /auth HTTP/1.1\r\n").unwrap();
    thread::sleep(Duration::from_millis(200));
    let start = Instant::now();
    server.signal("TERM");
    thread::sleep(Duration::from_millis(200));
    endless.write_all(b"Host: x\r\n").unwrap();
    assert_eq!(server.wait().0, Some(0));
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
}

#[test]
fn a_second_signal_waits_for_nothing() {
    let server = Server::start(&stage("serve-twice"), &BASE);
    let mut endless = server.connect();
    endless.write_all(b"GET /auth HTTP/1.1\r\n").unwrap();
    thread::sleep(Duration::from_millis(200));
    let start = Instant::now();
    server.signal("TERM");
    thread::sleep(Duration::from_millis(300));
    server.signal("TERM");
    assert_eq!(server.wait().0, Some(0));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

/// A log that nobody reads fills its pipe, and must not stop the decisions.
#[test]
fn a_log_that_nobody_reads_keeps_nobody_waiting() {
    let folder = stage("serve-log-stuck");
    let arguments =
        [&["serve", "--listen", "127.0.0.1:0", "--log", "all", "--threads", "1"][..], &BASE].concat();
    let mut child = crate::support::command(&folder, &arguments)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut output, &mut line).unwrap();
    let address = line.trim_end().strip_prefix("listening on http://").unwrap();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(super::server::PATIENCE)).unwrap();
    // Each line has more than 100 bytes: far more than a pipe and the queue hold.
    let text = question("GET", "/auth", &TOLD);
    let unanswered = (0..8000).find(|_| {
        let sent = stream.write_all(text.as_bytes());
        sent.is_err() || Reply::try_read(&mut stream).is_none_or(|reply| reply.status != 401)
    });
    let _ = child.kill();
    let _ = child.wait();
    assert_eq!(unanswered, None);
}
