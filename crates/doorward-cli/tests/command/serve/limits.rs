//! Clients that are slow, silent, many or endless.

use super::server::{Reply, Server, question};
use crate::support::stage;
use core::time::Duration;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Instant;

const BASE: [&str; 4] = ["--policy", "policy.toml", "--from", "nginx"];
const TOLD: [(&str, &str); 2] = [("X-Original-URI", "/v1/orders/7"), ("X-Original-Method", "GET")];

/// One byte after another does not buy more time than the head has in all.
#[test]
fn a_head_that_trickles_is_cut_off_while_others_are_served() {
    let server = Server::start(&stage("serve-slow"), &[&BASE[..], &["--threads", "1"]].concat());
    let start = Instant::now();
    let mut silent = server.connect();
    let mut slow = server.connect();
    let text = question("GET", "/auth", &TOLD);
    let cut = text.bytes().find_map(|byte| {
        thread::sleep(Duration::from_millis(250));
        assert_eq!(server.ask_with(&TOLD).status, 401);
        let sent = slow.write_all(&[byte]);
        slow.set_nonblocking(true).unwrap();
        let closed = matches!(slow.read(&mut [0; 1]), Ok(0));
        slow.set_nonblocking(false).unwrap();
        (sent.is_err() || closed).then(|| start.elapsed())
    });
    let cut = cut.expect("it was never cut off");
    assert!((8..16).contains(&cut.as_secs()), "{cut:?}");
    // The connection that never said anything has gone as well.
    assert!(matches!(silent.read(&mut [0; 1]), Ok(0) | Err(_)));
    assert!(start.elapsed() < Duration::from_secs(18));
}

#[test]
fn heads_that_are_too_long_or_have_too_many_fields_are_431() {
    let server = Server::start(&stage("serve-flood"), &BASE);
    let ask = |request: String| {
        let mut stream = server.connect();
        // The answer may come, and the connection end, before all of it is sent.
        let _ = stream.write_all(request.as_bytes());
        Reply::try_read(&mut stream).map(|reply| reply.status)
    };
    // Far beyond the limit: a head that happens to come in one piece is taken a little beyond it.
    let long = "a".repeat(8 * 1024 * 1024);
    let endless = [&TOLD[..], &[("X-Long", long.as_str())]].concat();
    // The connection may be reset over what was not read, and the answer with it.
    let status = ask(question("GET", "/auth", &endless));
    assert!(matches!(status, Some(431) | None), "{status:?}");
    let many: Vec<(&str, &str)> = TOLD.into_iter().chain((0..200).map(|_| ("X-Many", "1"))).collect();
    assert_eq!(ask(question("GET", "/auth", &many)), Some(431));
    let within: Vec<(&str, &str)> = TOLD.into_iter().chain((0..90).map(|_| ("X-Many", "1"))).collect();
    assert_eq!(ask(question("GET", "/auth", &within)), Some(401));
    for rough in ["hello\r\n\r\n", "GET /auth HTTP/1.1\r\nA b: c\r\n\r\n", "\0\0\0\0\r\n\r\n"] {
        assert_eq!(ask(rough.to_owned()), Some(400), "{rough:?}");
    }
    assert_eq!(ask(question("GET", "/auth", &TOLD)), Some(401));
}

/// A credential that is longer than the policy allows is refused by the policy, in its words.
#[test]
fn a_credential_that_is_too_long_is_refused_by_the_policy() {
    let server = Server::start(&stage("serve-long"), &BASE);
    let long = format!("Bearer {}", "a".repeat(70 * 1024));
    let reply = server.ask_with(&[TOLD[0], TOLD[1], ("Authorization", &long)]);
    assert_eq!((reply.status, reply.field("x-doorward-status")), (403, Some("431")));
    assert_eq!(reply.field("x-doorward-true-reason"), Some("credential_too_large"));
}

#[test]
fn more_connections_than_there_are_places_wait_for_one() {
    let folder = stage("serve-places");
    let server = Server::start(&folder, &[&BASE[..], &["--connections", "4", "--threads", "2"]].concat());
    let mut held: Vec<TcpStream> = (0..4).map(|_| server.connect()).collect();
    for stream in &mut held {
        stream.write_all(question("GET", "/auth", &TOLD).as_bytes()).unwrap();
        assert_eq!(Reply::read(stream).status, 401);
    }
    // Two more are taken by threads that wait for the next; after that they queue.
    let mut waiting: Vec<TcpStream> = (0..4).map(|_| server.connect()).collect();
    for stream in &mut waiting {
        stream.write_all(question("GET", "/auth", &TOLD).as_bytes()).unwrap();
    }
    let mut last = waiting.pop().unwrap();
    last.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    assert!(last.read(&mut [0; 1]).is_err(), "a place too many");
    drop(held);
    last.set_read_timeout(Some(super::server::PATIENCE)).unwrap();
    assert_eq!(Reply::read(&mut last).status, 401);
    for mut stream in waiting {
        assert_eq!(Reply::read(&mut stream).status, 401);
    }
}

/// Silent connections are closed early where places are short, so that nobody can keep the others out for long.
#[test]
fn silent_connections_give_way_where_places_are_short() {
    let folder = stage("serve-crowded");
    let server = Server::start(&folder, &[&BASE[..], &["--connections", "2", "--threads", "1"]].concat());
    let start = Instant::now();
    let mut held: Vec<TcpStream> = (0..3).map(|_| server.connect()).collect();
    for stream in &mut held {
        stream.write_all(question("GET", "/auth", &TOLD).as_bytes()).unwrap();
        assert_eq!(Reply::read(stream).status, 401);
    }
    assert_eq!(server.ask_with(&TOLD).status, 401);
    assert!((5..25).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
}

#[test]
fn many_requests_on_many_connections_are_all_answered() {
    let server = Server::start(&stage("serve-many"), &[&BASE[..], &["--threads", "4"]].concat());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut stream = server.connect();
                for number in 0..200 {
                    let url = format!("/v1/orders/{number}");
                    let told = [("X-Original-URI", url.as_str()), ("X-Original-Method", "GET")];
                    stream.write_all(question("GET", "/auth", &told).as_bytes()).unwrap();
                    assert_eq!(Reply::read(&mut stream).status, 401);
                }
            });
        }
    });
    let (code, errors) = server.stop();
    assert_eq!((code, errors.lines().count()), (Some(0), 1600));
}

/// A head with content, which no proxy should send, is judged without it.
#[test]
fn content_is_neither_waited_for_nor_taken_for_the_next_request() {
    let server = Server::start(&stage("serve-content"), &BASE);
    let length = [TOLD[0], TOLD[1], ("Content-Length", "1000000")];
    let mut stream = server.connect();
    stream.write_all(question("POST", "/auth", &length).as_bytes()).unwrap();
    assert_eq!(Reply::read(&mut stream).status, 401);
    let smuggled = question("GET", "/auth", &[("X-Original-URI", "/healthz"), ("X-Original-Method", "GET")]);
    let _ = stream.write_all(smuggled.as_bytes());
    assert!(Reply::try_read(&mut stream).is_none());
}
