//! `demo`, also over TCP.

use crate::support::{command, folder, run};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Stdio};
use std::thread;

const REASONS: [&str; 20] = [
    "credential_missing",
    "scheme_unsupported",
    "credential_malformed",
    "credentials_ambiguous",
    "token_malformed",
    "token_expired",
    "token_not_yet_valid",
    "audience_mismatch",
    "issuer_untrusted",
    "key_unknown",
    "signature_invalid",
    "algorithm_refused",
    "token_type_refused",
    "claim_missing",
    "scope_insufficient",
    "step_up_required",
    "role_missing",
    "route_unmatched",
    "method_refused",
    "path_ambiguous",
];

#[test]
fn it_shows_every_reason_it_promises_and_fits_a_terminal() {
    let folder = folder("demo-text");
    let run = run(&folder, &["demo"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    for reason in REASONS {
        // Once with its scene and once in the table at the end.
        assert!(run.out.matches(reason).count() >= 2, "{reason}");
    }
    let wide = |line: &&str| line.chars().count() > 100 && !line.contains("doorward-demo-");
    assert_eq!(run.out.lines().find(wide), None);
    assert!(run.out.contains("Authorization: Bearer eyJhbGciOi…"));
    assert!(!run.out.contains("eyJhbGciOiJ") && !run.out.contains('\u{1b}'));
    assert!(run.out.starts_with("policy: "));
}

#[test]
fn json_is_one_object_for_each_request_and_leaves_no_files() {
    let folder = folder("demo-json");
    let run = run(&folder, &["demo", "--format", "json"]);
    let objects = run.objects();
    for reason in REASONS {
        assert!(objects.iter().any(|object| object["reason"] == reason), "{reason}");
    }
    assert!(objects.iter().filter(|object| object["outcome"] == "allow").count() >= 2);
    for object in &objects {
        let is_401 = object["status"] == 401;
        assert!(!(is_401 && object["challenges"][0].is_null()), "{}", object["input"]);
        assert!(object["title"].is_string() && object["request"][0].as_str().unwrap().ends_with("HTTP/1.1"));
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn the_files_it_leaves_can_be_decided_on() {
    let folder = folder("demo-files");
    let shown = run(&folder, &["demo"]).out;
    let policy = shown.lines().next().unwrap().strip_prefix("policy: ").unwrap();
    let stage = std::path::Path::new(policy).parent().unwrap();
    assert_eq!(run(stage, &["check", "doorward.toml"]).out, "ok: 5 routes, 2 issuers\n");
    assert_eq!(run(stage, &["decide", "--policy", "doorward.toml", "allowed.http"]).code, Some(0));
    let expired = run(stage, &["decide", "--policy", "doorward.toml", "expired.http"]);
    assert!(expired.code == Some(1) && expired.out.contains("token_expired"), "{}", expired.out);
}

/// The server, ended when the test is over.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
    curl: Vec<String>,
    /// Kept open: the command ends when nobody reads it any more.
    _output: ChildStdout,
}

impl Server {
    pub(crate) fn start(name: &str) -> Self {
        let folder = folder(name);
        let mut child =
            command(&folder, &["demo", "--serve", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut lines = output.by_ref().lines().map_while(Result::ok);
        let first = lines.next().unwrap();
        let address = first.split("http://").nth(1).unwrap().split(' ').next().unwrap().to_owned();
        let curl = lines.filter(|line| line.starts_with("curl")).take(9).collect();
        Self { child, address, curl, _output: output.into_inner() }
    }

    /// The token of a `curl` line.
    pub(crate) fn token(&self, line: usize) -> &str {
        self.curl[line].split(" -H 'Authorization: Bearer ").nth(1).unwrap().trim_end_matches('\'')
    }

    fn ask(&self, request: &str) -> (u16, String, Value) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_owned(), serde_json::from_str(body).unwrap_or_default())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_server_answers_401_with_its_challenge_and_says_nothing_that_is_for_operators() {
    let server = Server::start("demo-serve");
    let (status, head, body) = server.ask("GET /v1/orders/7 HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(status, 401);
    assert!(head.contains("\r\nWWW-Authenticate: Bearer realm=\"orders\""), "{head}");
    assert!(head.contains("\r\nDate: ") && head.contains(" GMT\r\n"), "{head}");
    assert_eq!(
        (&body["reason"], &body["recovery"]),
        (&"credential_missing".into(), &"send_credential".into())
    );
    for name in ["operator", "signal", "context", "concealed", "route", "principal"] {
        assert!(body.get(name).is_none(), "{name}");
    }
    let (status, ..) = server.ask("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(status, 200);
    let (status, _, body) = server.ask("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!((status, body), (200, Value::Null));
}

#[test]
fn the_tokens_of_the_curl_lines_are_real() {
    let server = Server::start("demo-curl");
    let field = |line: &str| line.split(" -H '").nth(1).unwrap().trim_end_matches('\'').to_owned();
    let good = field(&server.curl[0]);
    let (status, _, body) = server.ask(&format!("GET /v1/orders/7 HTTP/1.1\r\nHost: x\r\n{good}\r\n\r\n"));
    assert_eq!((status, &body["you"]["subject"]), (200, &"svc-billing".into()));
    let late = field(&server.curl[8]);
    let (status, _, body) = server.ask(&format!("GET /v1/orders/7 HTTP/1.1\r\nHost: x\r\n{late}\r\n\r\n"));
    assert_eq!((status, &body["reason"]), (401, &"token_expired".into()));
}

#[test]
fn the_server_outlives_what_is_no_request_and_what_never_ends() {
    let server = Server::start("demo-rough");
    assert_eq!(server.ask("hello\r\n\r\n").0, 400);
    assert_eq!(server.ask(&format!("GET / HTTP/1.1\r\nX: {}", "a".repeat(33 << 10))).0, 431);
    // Connections that send nothing: more than there are places, until these are free again.
    let idle: Vec<TcpStream> = (0..40).map(|_| TcpStream::connect(&server.address).unwrap()).collect();
    drop(idle);
    let answered = (0..50).any(|_| {
        thread::sleep(core::time::Duration::from_millis(20));
        server.ask("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").0 == 200
    });
    assert!(answered);
}
