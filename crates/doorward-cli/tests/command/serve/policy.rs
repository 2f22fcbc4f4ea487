//! The policy in force, read again when it is asked for.

use super::server::{Server, question};
use crate::support::{policy, stage};
use std::fs;

const TOLD: [(&str, &str); 2] = [("X-Original-URI", "/new"), ("X-Original-Method", "GET")];

#[test]
fn sighup_takes_a_good_policy_and_keeps_the_old_one_before_a_bad_one() {
    let folder = stage("serve-reload");
    let server = Server::start(&folder, &["--policy", "policy.toml", "--from", "nginx", "--threads", "3"]);
    // Connections that are open already, on whichever thread, see the new policy too.
    let mut open: Vec<_> = (0..8).map(|_| server.connect()).collect();
    let mut ask = |server: &Server| -> Vec<u16> {
        let mut statuses: Vec<u16> = open
            .iter_mut()
            .map(|stream| {
                std::io::Write::write_all(stream, question("GET", "/auth", &TOLD).as_bytes()).unwrap();
                super::server::Reply::read(stream).status
            })
            .collect();
        statuses.push(server.ask_with(&TOLD).status);
        statuses
    };
    assert_eq!(ask(&server), [403; 9]);
    let good = policy() + "\n[[routes]]\npath = \"/new\"\naccept = \"anyone\"\n";
    fs::write(folder.join("policy.toml"), &good).unwrap();
    assert_eq!(ask(&server), [403; 9], "nothing changes unasked");
    server.signal("HUP");
    server.errors_with("policy loaded anew");
    assert_eq!(ask(&server), [200; 9]);
    fs::write(folder.join("policy.toml"), "reaml = 'x'\n").unwrap();
    server.signal("HUP");
    let errors = server.errors_with("policy not loaded anew, the one before stays in force");
    assert!(errors.contains("policy.toml:1:1:") && errors.contains("did you mean `realm`?"), "{errors}");
    assert_eq!(ask(&server), [200; 9]);
    let form = good.replace("algorithms =", "token_in = [\"form\"]\nalgorithms =");
    fs::write(folder.join("policy.toml"), form).unwrap();
    server.signal("HUP");
    server.errors_with("`token_in` without `form`");
    assert_eq!(ask(&server), [200; 9]);
    fs::remove_file(folder.join("policy.toml")).unwrap();
    server.signal("HUP");
    server.errors_with("no such file");
    assert_eq!(ask(&server), [200; 9]);
    assert_eq!(server.stop().0, Some(0));
}
