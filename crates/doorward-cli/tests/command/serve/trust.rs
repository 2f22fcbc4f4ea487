//! What is trusted while the service runs: keys that are fetched, an outage, files that change, and what operators are told.

use super::server::{PATIENCE, Reply, Server, question};
use crate::provider::{Key, Provider, jwks, policy};
use crate::support::{folder, run};
use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::thread;
use std::time::Instant;

const BASE: [&str; 6] = ["--policy", "policy.toml", "--from", "traefik", "--status", "127.0.0.1:0"];
const TOLD: [(&str, &str); 2] = [("X-Forwarded-Uri", "/v1/orders/7"), ("X-Forwarded-Method", "GET")];

fn ask(server: &Server, bearer: &str) -> Reply {
    server.ask_with(&[TOLD[0], TOLD[1], ("Authorization", bearer)])
}

/// Looks again until it is so.
fn until<T>(what: &str, mut look: impl FnMut() -> Result<T, String>) -> T {
    let start = Instant::now();
    loop {
        match look() {
            Ok(found) => return found,
            Err(found) => assert!(start.elapsed() < PATIENCE, "{what}: {found}"),
        }
        thread::sleep(Duration::from_millis(50));
    }
}

fn wait_of(reply: &Reply) -> u64 {
    reply.field("retry-after").expect("a Retry-After").parse().unwrap()
}

#[test]
fn in_an_outage_known_keys_go_on_unknown_ones_wait_and_the_page_says_so() {
    let (known, unknown) = (Key::new("known"), Key::new("rotated"));
    let mut provider = Provider::start(jwks(&[&known]));
    let place = folder("serve-outage");
    fs::write(place.join("policy.toml"), policy(&provider.keys())).unwrap();
    let server = Server::start(&place, &[&BASE[..], &["--ready", "15"]].concat());
    assert_eq!(ask(&server, &known.bearer("a")).status, 200, "--ready waits for the keys");
    assert_eq!(provider.asked(), 1);
    assert_eq!(server.status("/readyz").status, 200);
    let page = server.status("/status").body;
    for words in
        ["status    good at ", ": nothing to mend", "issuer    corp  https://idp.example", "fresh: 1 key"]
    {
        assert!(page.contains(words), "no `{words}` in:\n{page}");
    }
    let url = format!("http://{}", server.page.as_ref().unwrap());
    let good = run(&place, &["status", &url]);
    assert_eq!(good.code, Some(0), "{}{}", good.out, good.err);
    assert!(good.out.contains("nothing to mend"), "{}", good.out);

    provider.stop();
    // The window of ten seconds since the first fetch is not over: whether the key exists is not known yet.
    let first = ask(&server, &unknown.bearer("a"));
    assert_eq!(first.status, 401, "{first:?}");
    assert!(first.body.contains(r#""reason":"key_unknown","recovery":"wait""#), "{}", first.body);
    assert!((1..=15).contains(&wait_of(&first)));
    // Then a fetch was tried in vain, and nobody is blamed for that but us.
    let refused = until("503", || {
        let reply = ask(&server, &unknown.bearer("b"));
        if reply.status == 503 { Ok(reply) } else { Err(format!("{reply:?}")) }
    });
    assert!(wait_of(&refused) >= 1);
    assert!(refused.body.contains(r#""reason":"trust_unavailable""#), "{}", refused.body);
    assert_eq!(
        ask(&server, &known.bearer("b")).status,
        200,
        "a token that was never seen, of a key that is known"
    );
    assert_eq!(server.status("/readyz").status, 200, "known keys may be used");

    let page = server.status("/status").body;
    for words in [
        "status    ATTENTION at ",
        ": keys of corp\n",
        "why     failed once, last ",
        "unreachable: ",
        "next    fetch in ",
        "until one succeeds, unknown keys get 503",
        "known keys are good for ",
        "key     known  ES256, first seen ",
    ] {
        assert!(page.contains(words), "no `{words}` in:\n{page}");
    }
    let bad = run(&place, &["status", &url]);
    assert_eq!(bad.code, Some(1), "{}{}", bad.out, bad.err);
    assert!(bad.out.contains("ATTENTION") && bad.out.contains("failed once"), "{}", bad.out);
    let json = run(&place, &["status", "--format", "json", &url]);
    let status = &json.objects()[0];
    assert_eq!((json.code, &status["issuers"][0]["failures"]), (Some(1), &Value::from(1)));
    assert_eq!(status["issuers"][0]["last_fault"]["code"], "unreachable");
    let errors = server.errors_with("issuers.corp: keys not loaded: unreachable");
    assert!(errors.lines().any(|line| line.starts_with('{') && line.contains(r#""event":"issuers.corp"#)));
    assert!(!errors.contains("eyJ"), "{errors}");
    assert_eq!(server.stop().0, Some(0), "a thread that fetches does not keep it running");
}

#[test]
fn without_its_first_keys_it_lives_is_not_ready_and_answers_503() {
    let (key, mut provider) = (Key::new("known"), Provider::start(String::new()));
    provider.stop();
    let place = folder("serve-unready");
    let open = "\n[[routes]]\npath = \"/open\"\naccept = \"anyone\"\n";
    fs::write(place.join("policy.toml"), policy(&provider.keys()) + open).unwrap();
    let began = Instant::now();
    let server = Server::start(&place, &[&BASE[..], &["--ready", "1"]].concat());
    assert!(began.elapsed() >= Duration::from_secs(1), "it waits, and then listens all the same");
    server.errors_with("warning: no keys yet: issuers.corp");
    assert_eq!(server.status("/healthz").status, 200);
    let ready = server.status("/readyz");
    assert_eq!((ready.status, ready.body.as_str()), (503, r#"{"status":503,"without_keys":["corp"]}"#));
    let reply = ask(&server, &key.bearer("a"));
    assert_eq!(reply.status, 503, "{reply:?}");
    assert!(wait_of(&reply) >= 1);
    let open = server.ask_with(&[("X-Forwarded-Uri", "/open"), ("X-Forwarded-Method", "GET")]);
    assert_eq!(open.status, 200, "who needs no key is let in");
    let page = server.status("/status").body;
    for words in ["NEVER LOADED", "until one succeeds, every token of this issuer gets 503"] {
        assert!(page.contains(words), "no `{words}` in:\n{page}");
    }
    let nginx = Server::start(&place, &["--policy", "policy.toml", "--from", "nginx"]);
    let told = [("X-Original-URI", "/v1/orders/7"), ("X-Original-Method", "GET")];
    let bearer = key.bearer("b");
    let reply = nginx.ask_with(&[told[0], told[1], ("Authorization", &bearer)]);
    assert_eq!((reply.status, reply.field("x-doorward-status")), (403, Some("503")));
    assert!(wait_of(&reply) >= 1);
}

/// Each policy of a pair is in force in turn, broken ones in between, while callers ask all the time.
#[test]
fn no_request_fails_while_policies_are_read_again() {
    let key = Key::new("known");
    let provider = Provider::start(jwks(&[&key]));
    let place = folder("serve-reload-load");
    let good = policy(&provider.keys());
    let longer = good.replace("\"orders\"", &format!("\"{}\"", "orders".repeat(200)));
    fs::write(place.join("policy.toml"), &good).unwrap();
    let server =
        Server::start(&place, &[&BASE[..], &["--ready", "15", "--threads", "2", "--log", "none"]].concat());
    let over = AtomicBool::new(false);
    let asked: usize = thread::scope(|scope| {
        let callers: Vec<_> = (0..3)
            .map(|caller| {
                let (server, key, over) = (&server, &key, &over);
                scope.spawn(move || {
                    let mut stream = server.connect();
                    let mut asked = 0;
                    while !over.load(Ordering::SeqCst) {
                        // Good ones, new and repeated, and ones that get the challenge with the realm.
                        let bearer = key.bearer(&format!("{caller}-{}", asked / 4));
                        let fields = [TOLD[0], TOLD[1], ("Authorization", bearer.as_str())];
                        let (fields, status) =
                            if asked % 4 == 3 { (&fields[..2], 401) } else { (&fields[..], 200) };
                        stream.write_all(question("GET", "/auth", fields).as_bytes()).unwrap();
                        let reply = Reply::read(&mut stream);
                        assert_eq!(reply.status, status, "{reply:?}");
                        asked += 1;
                    }
                    asked
                })
            })
            .collect();
        let reload = |text: &str, words: &str, times: usize| {
            fs::write(place.join("policy.toml"), text).unwrap();
            server.signal("HUP");
            until(words, || {
                let count = server.errors().matches(words).count();
                if count >= times { Ok(()) } else { Err(format!("{count} times")) }
            });
        };
        for round in 0..5 {
            reload(&longer, "policy loaded anew", 2 * round + 1);
            reload("reaml = 'x'\n", "policy not loaded anew", round + 1);
            reload(&good, "policy loaded anew", 2 * round + 2);
        }
        over.store(true, Ordering::SeqCst);
        callers.into_iter().map(|caller| caller.join().unwrap()).sum()
    });
    assert!(asked > 30, "{asked}");
    assert_eq!(provider.asked(), 1, "keys from where they were stay");
    let errors = server.errors();
    assert!(errors.contains("did you mean `realm`?"), "{errors}");
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn a_file_of_revocations_or_keys_that_changes_is_in_force_for_credentials_that_were_good() {
    let (first, second) = (Key::new("first"), Key::new("second"));
    let place = folder("serve-watch");
    let text = policy("file = \"keys.json\"")
        .replace("[issuers.corp]", "[revoked]\nfile = \"revoked.toml\"\n\n[issuers.corp]");
    fs::write(place.join("policy.toml"), text).unwrap();
    fs::write(place.join("revoked.toml"), "").unwrap();
    fs::write(place.join("keys.json"), jwks(&[&first])).unwrap();
    let server = Server::start(&place, &BASE);
    let (bad, other) = (first.bearer("stolen"), first.bearer("other"));
    assert_eq!([ask(&server, &bad).status, ask(&server, &bad).status, ask(&server, &other).status], [200; 3]);
    let revoked = "[[tokens]]\nissuer = \"corp\"\njti = \"stolen\"\n";
    fs::write(place.join("revoked.toml"), revoked).unwrap();
    until("revoked", || match ask(&server, &bad) {
        Reply { status: 401, .. } => Ok(()),
        reply => Err(format!("{reply:?}")),
    });
    assert_eq!(ask(&server, &other).status, 200);
    assert!(server.status("/status").body.contains("revoked   1 token\n"));
    fs::write(place.join("revoked.toml"), "[[tokenz]]\n").unwrap();
    server.errors_with("not taken, what was in force stays");
    assert_eq!(ask(&server, &bad).status, 401, "a file that is broken revokes no revocation");
    until("said", || match server.status("/status").body {
        page if page.contains("FILE NOT TAKEN") && page.contains("ATTENTION") => Ok(()),
        page => Err(page),
    });
    // The first key goes, and with it what was known to be good.
    fs::write(place.join("keys.json"), jwks(&[&second])).unwrap();
    until("the new key", || match ask(&server, &second.bearer("a")) {
        Reply { status: 200, .. } => Ok(()),
        reply => Err(format!("{reply:?}")),
    });
    assert_eq!(ask(&server, &other).status, 401);
}

#[test]
fn failures_are_counted_by_the_address_that_the_proxy_forwards() {
    let key = Key::new("known");
    let place = folder("serve-limit");
    fs::write(place.join("keys.json"), jwks(&[&key])).unwrap();
    let limit = |proxies: &str| {
        let top = format!("{proxies}limit = {{ failures = 3, per = \"1h\", by = \"peer\" }}\n");
        top + &policy("file = \"keys.json\"")
    };
    fs::write(place.join("policy.toml"), limit("trusted_proxies = [\"127.0.0.1\"]\n")).unwrap();
    let socket = ["--policy", "policy.toml", "--from", "traefik", "--log", "none"];
    for listen in ["127.0.0.1:0", "unix:socket"] {
        let server = Server::start_at(&place, listen, &socket);
        let from = |address: &str, bearer: &str| {
            let text = question(
                "GET",
                "/auth",
                &[TOLD[0], TOLD[1], ("X-Forwarded-For", address), ("Authorization", bearer)],
            );
            server.ask(&text)
        };
        let forged = |number: usize| format!("{}x{number}", key.bearer("a"));
        for number in 0..3 {
            // What a caller wrote stands before what the proxy added.
            assert_eq!(from(&format!("10.0.0.{number}, 192.0.2.1"), &forged(number)).status, 401, "{listen}");
        }
        let reply = from("192.0.2.1", &forged(3));
        assert_eq!(reply.status, 429, "{listen}: {reply:?}");
        assert!((1..=3600).contains(&wait_of(&reply)));
        assert_eq!(from("192.0.2.2", &forged(4)).status, 401, "{listen}: another caller has not failed");
        assert!(!server.errors().contains("warning: limit"));
    }
    fs::write(place.join("policy.toml"), limit("")).unwrap();
    let server = Server::start(&place, &socket);
    server.errors_with("warning: limit: no `trusted_proxies`");
}

#[test]
fn the_page_is_for_this_machine_and_answers_nothing_else() {
    let key = Key::new("known");
    let place = folder("serve-page");
    fs::write(place.join("keys.json"), jwks(&[&key])).unwrap();
    fs::write(place.join("policy.toml"), policy("file = \"keys.json\"")).unwrap();
    let server = Server::start(&place, &BASE);
    let with = |method: &str, path: &str, fields: &[(&str, &str)]| {
        server.status_with(&question(method, path, fields))
    };
    let json = with("GET", "/status", &[("Accept", "application/json, */*")]);
    assert_eq!((json.status, json.field("content-type")), (200, Some("application/json")));
    let status: Value = serde_json::from_str(&json.body).unwrap();
    assert_eq!(status["issuers"][0]["name"], "corp");
    assert_eq!(with("GET", "/status?format=json", &[]).body.get(..1), Some("{"));
    let text = with("GET", "/status?format=text", &[("Accept", "application/json")]);
    assert_eq!(text.field("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(text.field("cache-control"), Some("no-store"));
    for (method, path, status) in [
        ("GET", "/status?format=xml", 400),
        ("GET", "/", 404),
        ("GET", "/auth", 404),
        ("POST", "/status", 405),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
    ] {
        assert_eq!(with(method, path, &[]).status, status, "{method} {path}");
    }
    // The callers' side does not have it.
    assert_eq!(server.ask(&question("GET", "/status", &TOLD)).status, 500);
    // Those who say nothing take no place for ever, and do not keep it running.
    let silent: Vec<_> =
        (0..20).map(|_| std::net::TcpStream::connect(server.page.as_ref().unwrap()).unwrap()).collect();
    assert_eq!(server.stop().0, Some(0));
    drop(silent);
}

#[test]
fn signals_are_heeded_while_the_first_keys_are_waited_for() {
    let mut provider = Provider::start(String::new());
    provider.stop();
    let place = folder("serve-ready-signals");
    fs::write(place.join("policy.toml"), policy(&provider.keys())).unwrap();
    let arguments =
        [&["serve", "--listen", "unix:asked"], &BASE[..4], &["--status", "unix:page", "--ready", "60"]]
            .concat();
    let mut child =
        crate::support::command(&place, &arguments).stderr(std::process::Stdio::piped()).spawn().unwrap();
    until("the status page", || match place.join("page").exists() {
        true => Ok(()),
        false => Err("none".to_owned()),
    });
    assert!(!place.join("asked").exists(), "it does not listen before");
    for signal in ["HUP", "TERM"] {
        let script = format!("kill -{signal} {}", child.id());
        assert!(std::process::Command::new("sh").args(["-c", &script]).status().unwrap().success());
        thread::sleep(Duration::from_millis(300));
    }
    let ended = until("the end", || child.try_wait().unwrap().ok_or("it runs".to_owned()));
    let mut errors = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut errors).unwrap();
    assert_eq!(ended.code(), Some(0), "{errors}");
    assert!(errors.contains("policy loaded anew"), "{errors}");
    assert!(!place.join("page").exists(), "the socket is removed");
}
