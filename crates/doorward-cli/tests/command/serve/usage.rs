//! What `serve` says of a wrong command line, of a policy that it cannot use and of an address that it cannot have.

use super::server::{Server, question, run_refused as run};
use crate::support::{policy, stage};
use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::net::UnixStream;

#[test]
fn a_wrong_command_line_is_status_2() {
    let folder = stage("serve-usage");
    let base = ["serve", "--policy", "policy.toml", "--from", "nginx"];
    for (arguments, said) in [
        (&["serve"][..], "expected `--policy`; see `doorward serve --help`"),
        (&["serve", "--policy", "policy.toml"], "expected `--from` with the proxy that asks"),
        (&["serve", "--policy", "policy.toml", "--from", "haproxy"], "found `haproxy`"),
        (&["serve", "--policy", "absent.toml", "--from", "nginx"], "absent.toml: no such file"),
    ] {
        let run = run(&folder, arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(run.err.contains(said), "{arguments:?}: {}", run.err);
    }
    for (more, said) in [
        (&["--listen", "localhost"][..], "found `localhost`"),
        (&["--listen", "unix:"], "found `unix:`"),
        (&["--endpoint", "auth"], "expected `--endpoint` as a path"),
        (&["--endpoint", "/auth?x"], "found `/auth?x`"),
        (&["--endpoint", "/auth/"], "found `/auth/`"),
        (&["--health", "/auth"], "apart from the endpoint"),
        (&["--threads", "0"], "from 1 to 1024, found `0`"),
        (&["--connections", "x"], "from 1 to 65535, found `x`"),
        (&["--log", "json"], "expected `--log` as all, refusals or none, found `json`"),
        (&["--listen", "unix:s", "--port-file", "p"], "has no port"),
        (&["--status", "localhost"], "expected `--status` as 127.0.0.1:8402"),
        (&["--status", "0.0.0.0:0"], "`--status-anywhere` lets them"),
        (&["--status-anywhere"], "expected `--status` beside"),
        (&["--ready", "0"], "from 1 to 3600, found `0`"),
        (&["more"], "more"),
    ] {
        let run = run(&folder, &[&base, more].concat());
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{more:?}");
        assert!(run.err.contains(said), "{more:?}: {}", run.err);
    }
    // Below Envoy's prefix the path is the caller's.
    for health in ["/auth/healthz", "/auth"] {
        let base = ["serve", "--policy", "policy.toml", "--from", "envoy", "--health", health];
        assert_eq!(run(&folder, &base).code, Some(2), "{health}");
    }
    let open =
        ["serve", "--policy", "policy.toml", "--from", "envoy", "--health", "/healthz", "--endpoint", "/"];
    assert_eq!(run(&folder, &open).code, Some(2));
}

#[test]
fn an_address_in_use_is_status_2() {
    let folder = stage("serve-in-use");
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    let run = run(&folder, &["serve", "--policy", "policy.toml", "--from", "nginx", "--listen", &address]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    assert!(run.err.contains(&format!("cannot listen on http://{address}")), "{}", run.err);
}

#[test]
fn an_address_that_others_reach_is_warned_about() {
    let folder = stage("serve-open");
    let base = ["--policy", "policy.toml", "--from", "nginx"];
    let server = Server::start_at(&folder, "0.0.0.0:0", &base);
    server.errors_with("is open to other machines");
    let local = Server::start(&folder, &base);
    assert!(!local.stop().1.contains("open to other machines"));
}

#[test]
fn the_port_can_be_read_from_a_file() {
    let folder = stage("serve-port-file");
    let server =
        Server::start(&folder, &["--policy", "policy.toml", "--from", "nginx", "--port-file", "port"]);
    let port = fs::read_to_string(folder.join("port")).unwrap();
    assert_eq!(server.address, format!("127.0.0.1:{}", port.trim()));
}

#[test]
fn a_unix_socket_is_answered_replaced_when_stale_and_removed_at_the_end() {
    let folder = stage("serve-unix");
    let base = ["--policy", "policy.toml", "--from", "nginx"];
    let asked = || {
        let mut stream = UnixStream::connect(folder.join("socket")).unwrap();
        let told = [("X-Original-URI", "/v1/orders/7"), ("X-Original-Method", "GET")];
        stream.write_all(question("GET", "/auth", &told).as_bytes()).unwrap();
        super::server::Reply::read(&mut stream).status
    };
    let first = Server::start_at(&folder, "unix:socket", &base);
    assert_eq!((first.address.as_str(), asked()), ("unix:socket", 401));
    let second = run(&folder, &[&["serve", "--listen", "unix:socket"][..], &base].concat());
    assert!(second.code == Some(2) && second.err.contains("cannot listen"), "{}", second.err);
    first.signal("KILL");
    assert_eq!(first.wait().0, None);
    let third = Server::start_at(&folder, "unix:socket", &base);
    assert_eq!(asked(), 401);
    assert_eq!(third.stop().0, Some(0));
    assert!(!folder.join("socket").exists());
    fs::write(folder.join("socket"), "not a socket").unwrap();
    let fourth = run(&folder, &[&["serve", "--listen", "unix:socket"][..], &base].concat());
    assert_eq!(
        (fourth.code, fs::read_to_string(folder.join("socket")).unwrap().as_str()),
        (Some(2), "not a socket")
    );
}

/// A proxy's question has no content: a second credential in it would not be seen.
#[test]
fn a_policy_that_takes_tokens_from_forms_does_not_load() {
    let folder = stage("serve-form");
    let text = policy().replace("algorithms =", "token_in = [\"header\", \"form\"]\nalgorithms =");
    fs::write(folder.join("form.toml"), text).unwrap();
    let run = run(&folder, &["serve", "--policy", "form.toml", "--from", "nginx"]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    assert!(run.err.contains("`token_in` without `form`"), "{}", run.err);
}
