//! What one fetch takes, and what it refuses.

use super::server::{Reply, Server};
use super::{impatient, patient};
use crate::keys::JWK_SET_BYTES;
use crate::trust::fetch::{Failed, Fetched};
use crate::trust::http::Http;
use core::time::Duration;
use doorward_core::key::FetchFault;
use doorward_core::time::Seconds;
use std::time::Instant;

const SET: &str = r#"{"keys":[]}"#;

fn ask(http: &Http, url: &str) -> Result<Fetched, Failed> {
    http.fetch(url, None, http.deadline())
}

/// The fault that a server with this reply causes; what is said of it names the host and no query.
fn fault(reply: impl Fn() -> Reply + Send + Sync + 'static) -> FetchFault {
    let server = Server::start(move |_| reply());
    let failed = ask(&impatient(), &server.url("/keys?secret=7")).unwrap_err();
    assert!(failed.detail.starts_with("127.0.0.1: "), "{}", failed.detail);
    assert!(!failed.detail.contains("secret"), "{}", failed.detail);
    assert_eq!(server.hits(), 1, "one fetch is one request");
    failed.fault
}

#[test]
fn an_answer_is_taken_with_its_lifetime() {
    let server = Server::start(|_| Reply::new(200, "cache-control: max-age=600\r\nage: 60\r\n", SET));
    let fetched = ask(&patient(), &server.url("/keys?v=1"));
    assert_eq!(fetched, Ok(Fetched { text: SET.to_owned(), lifetime: Some(Seconds(540)) }));
    let plain = Server::start(|_| Reply::ok(SET));
    assert_eq!(ask(&patient(), &plain.url("/")).unwrap().lifetime, None);
}

#[test]
fn the_request_says_who_asks_and_what_for_and_nothing_else() {
    let server = Server::start(|_| Reply::ok(SET));
    ask(&patient(), &server.url("/keys?v=1")).unwrap();
    let head = server.heads().remove(0).to_ascii_lowercase();
    let mut lines: Vec<_> = head.trim_end().split("\r\n").collect();
    lines[1..].sort_unstable();
    assert_eq!(
        lines,
        [
            "get /keys?v=1 http/1.1",
            "accept-encoding: identity",
            "accept: application/jwk-set+json, application/json;q=0.9",
            &format!("host: 127.0.0.1:{}", server.port()),
            concat!("user-agent: doorward/", env!("CARGO_PKG_VERSION")),
        ]
    );
}

#[test]
fn every_status_but_200_is_a_failure() {
    for status in [201, 204, 206, 304, 400, 401, 404, 500, 503] {
        assert_eq!(fault(move || Reply::new(status, "", "")), FetchFault::Status, "{status}");
    }
}

#[test]
fn a_redirect_is_not_followed() {
    for status in [300, 301, 302, 303, 307, 308] {
        let other = Server::start(|_| Reply::ok(SET));
        let line = format!("location: {}\r\n", other.url("/"));
        assert_eq!(fault(move || Reply::new(status, &line, SET)), FetchFault::Redirected, "{status}");
        assert_eq!(other.hits(), 0, "{status}");
    }
}

#[test]
fn retry_after_is_read_in_both_forms_and_only_where_it_means_us() {
    let date = "date: Sun, 06 Nov 1994 08:49:37 GMT\r\nretry-after: Sun, 06 Nov 1994 08:51:07 GMT\r\n";
    let past = "date: Sun, 06 Nov 1994 08:49:37 GMT\r\nretry-after: Sun, 06 Nov 1994 08:49:07 GMT\r\n";
    for (status, lines, expected) in [
        (503, "retry-after: 120\r\n", Some(120)),
        (429, "retry-after: 120\r\n", Some(120)),
        (503, date, Some(90)),
        (503, past, Some(0)),
        (503, "retry-after: soon\r\n", None),
        (503, "retry-after: -5\r\n", None),
        (503, "", None),
        (500, "retry-after: 120\r\n", None),
    ] {
        let server = Server::start(move |_| Reply::new(status, lines, ""));
        let failed = ask(&patient(), &server.url("/")).unwrap_err();
        assert_eq!(failed.retry_after, expected.map(Seconds), "{status} {lines}");
    }
}

#[test]
fn a_server_that_hangs_is_given_up_in_time() {
    for sent in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{\"ke"] {
        let began = Instant::now();
        assert_eq!(fault(move || Reply::Hang(sent.as_bytes().to_vec())), FetchFault::TimedOut, "{sent}");
        assert!(began.elapsed() < Duration::from_secs(2), "{sent}");
    }
}

#[test]
fn a_drip_does_not_stretch_the_deadline() {
    for head in ["HTTP/1.1 200 OK\r\nx: ", "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"] {
        let began = Instant::now();
        let bytes = format!("{head}{}", "y".repeat(1_000)).into_bytes();
        let drip = move || Reply::Drip(bytes.clone(), Duration::from_millis(10));
        assert_eq!(fault(drip), FetchFault::TimedOut, "{head}");
        assert!(began.elapsed() < Duration::from_secs(2), "{head}");
    }
}

#[test]
fn an_answer_that_is_too_large_is_not_read_to_its_end() {
    let body = "x".repeat(JWK_SET_BYTES + 1);
    let declared = body.clone();
    assert_eq!(fault(move || Reply::ok(&declared)), FetchFault::TooLarge);
    let open = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{body}");
    assert_eq!(fault(move || Reply::Bytes(open.clone().into_bytes())), FetchFault::TooLarge);
    let chunk = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let chunked = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunk}");
    assert_eq!(fault(move || Reply::Bytes(chunked.clone().into_bytes())), FetchFault::TooLarge);
    let most = Server::start(|_| Reply::ok(&"x".repeat(JWK_SET_BYTES)));
    assert_eq!(ask(&patient(), &most.url("/")).unwrap().text.len(), JWK_SET_BYTES);
}

#[test]
fn a_header_that_is_too_large_is_refused() {
    let line = format!("x: {}\r\n", "y".repeat(70_000));
    assert_eq!(fault(move || Reply::new(200, &line, SET)), FetchFault::TooLarge);
}

#[test]
fn a_length_that_lies_brings_nothing_that_was_not_sent() {
    let long = format!("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{SET}");
    assert_eq!(fault(move || Reply::Bytes(long.clone().into_bytes())), FetchFault::Unreachable);
    let huge = format!("HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999999\r\n\r\n{SET}");
    assert_ne!(fault(move || Reply::Bytes(huge.clone().into_bytes())), FetchFault::TimedOut);
    let short = Server::start(|_| {
        Reply::Bytes(format!("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n{SET}").into_bytes())
    });
    assert_eq!(ask(&patient(), &short.url("/")).unwrap().text, "{\"key");
}

#[test]
fn what_is_not_http_or_not_text_is_malformed() {
    assert_eq!(fault(|| Reply::Bytes(b"SSH-2.0-OpenSSH\r\n\r\n".to_vec())), FetchFault::Malformed);
    let latin1 = b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n\xff";
    assert_eq!(fault(|| Reply::Bytes(latin1.to_vec())), FetchFault::Malformed);
    assert_eq!(fault(|| Reply::new(200, "content-encoding: gzip\r\n", SET)), FetchFault::Malformed);
}

#[test]
fn a_server_that_is_gone_is_unreachable() {
    let server = Server::start(|_| Reply::ok(SET));
    let url = server.url("/");
    let port = server.port();
    drop(server);
    assert!(super::server::soon(|| std::net::TcpStream::connect(("127.0.0.1", port)).is_err()));
    let failed = ask(&patient(), &url).unwrap_err();
    assert_eq!(failed.fault, FetchFault::Unreachable, "{}", failed.detail);
    assert_eq!(fault(|| Reply::Bytes(Vec::new())), FetchFault::Unreachable);
}

#[test]
fn plain_http_elsewhere_is_refused_before_anybody_is_asked() {
    let failed = ask(&patient(), "http://idp.invalid/keys?secret=7").unwrap_err();
    assert_eq!(failed.fault, FetchFault::Insecure);
    assert!(!failed.detail.contains("secret"));
}

#[test]
fn a_proxy_is_asked_for_hosts_that_are_neither_loopback_nor_excepted() {
    let proxy = Server::start(|_| Reply::new(502, "", ""));
    let proxied = |exceptions: &'static str| {
        let url = proxy.url("");
        Http::with(Duration::from_millis(400), Duration::from_millis(600), move |name| match name {
            "HTTPS_PROXY" => Some(url.clone()),
            "HTTP_PROXY" | "http_proxy" => Some("http://wrong.invalid".to_owned()),
            "NO_PROXY" => Some(exceptions.to_owned()),
            _ => None,
        })
    };
    let failed = ask(&proxied(""), "https://idp.invalid/keys").unwrap_err();
    assert_eq!((failed.fault, proxy.hits()), (FetchFault::Unreachable, 1), "{}", failed.detail);
    assert!(proxy.heads()[0].starts_with("CONNECT idp.invalid:443 "), "{:?}", proxy.heads());
    for exceptions in ["*", "idp.invalid", "other, .invalid", "INVALID", "*.invalid"] {
        ask(&proxied(exceptions), "https://idp.invalid/keys").unwrap_err();
        assert_eq!(proxy.hits(), 1, "{exceptions}");
    }
    ask(&proxied("valid,p.invalid"), "https://idp.invalid/keys").unwrap_err();
    assert_eq!(proxy.hits(), 2);
    let server = Server::start(|_| Reply::ok(SET));
    ask(&proxied(""), &server.url("/")).unwrap();
    assert_eq!(proxy.hits(), 2, "loopback is asked directly");
}

#[test]
fn a_proxy_that_cannot_be_understood_is_not_walked_around() {
    let http = Http::with(Duration::from_millis(400), Duration::from_millis(600), |name| {
        (name == "https_proxy").then(|| "gopher://proxy.invalid".to_owned())
    });
    let failed = ask(&http, "https://127.0.0.2.invalid/").unwrap_err();
    assert!(failed.detail.contains("proxy"), "{}", failed.detail);
}
