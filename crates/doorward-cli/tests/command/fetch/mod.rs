//! `fetch`, against servers on loopback.

mod server;

use crate::demo;
use crate::support::{Run, command, folder, run, run_with};
use serde_json::{Value, json};
use server::{Server, answer};
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

fn refusal(body: &str) -> String {
    let challenge = "WWW-Authenticate: Bearer realm=\"orders\", error=\"invalid_token\", error_description=\"token_expired\"\r\n";
    answer(401, challenge, body)
}

/// A service that wants this token.
fn wants(token: &'static str) -> Server {
    Server::start(move |seen, _| match seen.field("authorization") {
        Some(field) if field == format!("Bearer {token}") => {
            answer(200, "", &format!("well done: {}", seen.body))
        }
        Some(_) => refusal("not you"),
        None => answer(401, "WWW-Authenticate: Bearer realm=\"orders\"\r\n", "who?"),
    })
}

/// A command that prints another token each time: `token-0000001`, `token-0000002` …
fn minting(folder: &Path) -> PathBuf {
    let script = folder.join("mint");
    let text =
        "#!/bin/sh\ncd \"$(dirname \"$0\")\"\necho x >> asked\nprintf 'token-%07d' \"$(wc -l < asked)\"\n";
    fs::write(&script, text).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    script
}

fn asked(folder: &Path) -> usize {
    fs::read_to_string(folder.join("asked")).unwrap_or_default().lines().count()
}

fn fetch(folder: &Path, arguments: &[&str]) -> Run {
    run(folder, &[&["fetch"], arguments].concat())
}

fn steps(run: &Run) -> Vec<Value> {
    run.objects()[0]["steps"].as_array().unwrap().clone()
}

/// H-401-04: one refresh, one retry, and the content of the answer that came of it.
#[test]
fn an_expired_token_is_refreshed_and_each_step_shown() {
    let folder = folder("fetch-refresh");
    let server = wants("token-0000002");
    let mint = minting(&folder);
    let run = fetch(&folder, &["--token-exec", mint.to_str().unwrap(), &server.url]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "well done: "), "{}", run.err);
    assert_eq!((server.seen().len(), asked(&folder)), (2, 2));
    for said in [
        "* got a credential from the command",
        &format!("1 > GET {}/", server.url),
        "  > Authorization: Bearer … (13 bytes, not shown",
        "  < 401",
        "  < WWW-Authenticate: Bearer realm=\"orders\", error=\"invalid_token\"",
        "401, token_expired (209)",
        "because   the token has expired",
        "caller    refresh the credential",
        "2 > GET ",
        "  < 200",
        "= 200, sent 2 times",
    ] {
        assert!(run.err.to_lowercase().contains(&said.to_lowercase()), "{said}: {}", run.err);
    }
    assert!(!run.err.contains("token-000"), "{}", run.err);
}

/// H-401-05: bounded attempts, then the first answer.
#[test]
fn a_service_that_always_refuses_ends_with_its_first_answer() {
    let folder = folder("fetch-refused");
    let server = Server::start(|_, number| refusal(&format!("refusal {number}")));
    let mint = minting(&folder);
    let run = fetch(&folder, &["--token-exec", mint.to_str().unwrap(), &server.url]);
    assert_eq!((run.code, run.out.as_str()), (Some(1), "refusal 1"), "{}", run.err);
    assert!((2..=3).contains(&server.seen().len()), "{}", run.err);
    assert!(run.err.contains("the first answer is what the caller gets"), "{}", run.err);
    assert!(
        run.err.contains(&format!("= 401, token_expired, sent {} times", server.seen().len())),
        "{}",
        run.err
    );
}

/// H-RETRY-02: nothing is sent again that has not changed, and that is said.
#[test]
fn a_source_that_has_no_other_credential_is_named() {
    let folder = folder("fetch-same");
    let server = wants("another");
    fs::write(folder.join("token"), "token-0000001").unwrap();
    let run = fetch(&folder, &["--token-file", "token", &server.url]);
    assert_eq!((run.code, run.out.as_str(), server.seen().len()), (Some(1), "not you", 1), "{}", run.err);
    assert!(run.err.contains("* got a credential from the file `token`: the same as before"), "{}", run.err);
    assert!(run.err.contains("= 401, token_expired, sent once"), "{}", run.err);
}

#[test]
fn json_is_one_object_with_every_step() {
    let folder = folder("fetch-json");
    let server = wants("token-0000002");
    let mint = minting(&folder);
    let run = fetch(&folder, &["--format", "json", "--token-exec", mint.to_str().unwrap(), &server.url]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let object = run.objects().remove(0);
    let names: Vec<&String> = object.as_object().unwrap().keys().collect();
    assert_eq!(names, ["status", "diagnosis", "sends", "steps", "alarms", "fault", "body"]);
    assert_eq!(
        (&object["status"], &object["sends"], &object["body"]),
        (&json!(200), &json!(2), &json!("well done: "))
    );
    let steps = steps(&run);
    let kinds: Vec<&str> = steps.iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["obtain", "send", "obtain", "send"]);
    assert_eq!((&steps[1]["answer"]["status"], &steps[1]["scheme"]), (&json!(401), &json!("Bearer")));
    assert_eq!(steps[1]["diagnosis"]["diagnosis"], "token_expired");
    assert_eq!((&steps[0]["want"]["refresh"], &steps[2]["want"]["refresh"]), (&json!(false), &json!(true)));
    assert!(!run.out.contains("token-000"), "{}", run.out);
}

#[test]
fn the_exit_status_says_what_came() {
    let folder = folder("fetch-status");
    for (status, code) in [(200, 0), (204, 0), (304, 0), (403, 1), (404, 1), (500, 1)] {
        let body = if matches!(status, 204 | 304) { "" } else { "content" };
        let server = Server::start(move |_, _| answer(status, "", body));
        let run = fetch(&folder, &[&server.url]);
        assert_eq!((run.code, run.out.as_str()), (Some(code), body), "{status}: {}", run.err);
    }
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let run = fetch(&folder, &[&format!("http://{free}/")]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    assert!(run.err.contains("nobody listens there"), "{}", run.err);
}

#[test]
fn method_fields_and_content_go_as_they_are_said() {
    let folder = folder("fetch-request");
    let server = wants("token-0000001");
    let mint = minting(&folder);
    fs::write(folder.join("order.json"), "{\"apples\":3}").unwrap();
    let mint = mint.to_str().unwrap();
    let run = fetch(
        &folder,
        &[
            "-X",
            "PUT",
            "-H",
            "Content-Type: application/json",
            "-H",
            "X-Key: hush",
            "-d",
            "@order.json",
            "--token-exec",
            mint,
            &server.url,
        ],
    );
    assert_eq!((run.code, run.out.as_str()), (Some(0), "well done: {\"apples\":3}"), "{}", run.err);
    let seen = &server.seen()[0];
    assert!(seen.line.starts_with("PUT / "), "{}", seen.line);
    assert_eq!((seen.field("content-type"), seen.field("x-key")), (Some("application/json"), Some("hush")));
    assert!(!run.err.contains("hush") && run.err.contains("x-key: …"), "{}", run.err);
    let post = run_with(&folder, &["fetch", "-d", "@-", "--token-exec", mint, &server.url], "a=1");
    assert_eq!(server.seen()[1].line.split(' ').next(), Some("POST"), "{}", post.err);
    assert_eq!(server.seen()[1].body, "a=1");
}

/// What a service behind Doorward refuses for, its caller is told, word for word.
#[test]
fn both_sides_of_doorward_agree() {
    let folder = folder("fetch-both");
    let service = demo::Server::start("fetch-both-demo");
    fs::write(folder.join("late"), service.token(8)).unwrap();
    fs::write(folder.join("good"), service.token(0)).unwrap();
    let mint = minting(&folder);
    let text = fs::read_to_string(&mint).unwrap();
    let text =
        text.replace("printf 'token-%07d' \"$(wc -l < asked)\"", "cat late; [ ! -e good ] || mv good late");
    fs::write(&mint, text).unwrap();
    let url = format!("http://{}/v1/orders/7", service.address);
    let run = fetch(&folder, &["--format", "json", "--token-exec", mint.to_str().unwrap(), &url]);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    let steps = steps(&run);
    let diagnosis = &steps[1]["diagnosis"];
    assert_eq!(
        (&diagnosis["diagnosis"], &diagnosis["confidence"]),
        (&json!("token_expired"), &json!("certain"))
    );
    assert_eq!((steps.len(), &steps[3]["answer"]["status"]), (4, &json!(200)));
    assert!(!run.out.contains("eyJ"), "{}", run.out);
}

#[test]
fn every_short_form_of_a_source_is_read() {
    let folder = folder("fetch-sources");
    let server = wants("token-0000001");
    fs::write(folder.join("token"), "token-0000001\n").unwrap();
    fs::write(folder.join("source.json"), r#"{"file": "token"}"#).unwrap();
    fs::write(folder.join("source.toml"), "file = \"token\"\n").unwrap();
    for arguments in [
        &["--token-file", "token"][..],
        &["--token-env", "FETCH_TOKEN"],
        &["--token-exec", "cat token"],
        &["--source", r#"{"file": "token"}"#],
        &["--source", "file = \"token\""],
        &["--source", "source.json"],
        &["--source", "source.toml"],
    ] {
        let arguments = [&["fetch", &server.url], arguments].concat();
        let done = command(&folder, &arguments).env("FETCH_TOKEN", "token-0000001").output().unwrap();
        let error = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(0), "{arguments:?}: {error}");
        assert!(!error.contains("token-000"), "{error}");
    }
}

#[test]
fn a_secret_of_a_vault_is_got() {
    let folder = folder("fetch-vault");
    let vault = Server::start(|seen, _| match seen.field("x-vault-token") {
        Some("vault-token") => {
            answer(200, "", r#"{"data":{"data":{"token":"token-0000001"},"metadata":{}}}"#)
        }
        _ => answer(403, "", r#"{"errors":["permission denied"]}"#),
    });
    let server = wants("token-0000001");
    let url = format!("{}/v1/secret/data/ci", vault.url);
    fs::write(folder.join("vault-token"), "vault-token").unwrap();
    let run = fetch(&folder, &["--vault", &url, "--vault-token-file", "vault-token", &server.url]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(!run.err.contains("vault-token\"") && !run.err.contains("token-000"), "{}", run.err);
}

/// The source says no: nothing was sent, and it says why.
#[test]
fn without_a_credential_nothing_is_sent() {
    let folder = folder("fetch-nothing");
    let server = wants("x");
    let run = fetch(&folder, &["--token-file", "absent", &server.url]);
    assert_eq!((run.code, run.out.as_str(), server.seen().len()), (Some(2), "", 0));
    assert!(run.err.contains("got no credential from the file"), "{}", run.err);
    assert!(run.err.contains("credential_unobtainable"), "{}", run.err);
}

/// RFC 6750, section 5.3: a token does not go where others can read it, unless that is asked for.
#[test]
fn a_credential_does_not_go_in_the_clear_unasked() {
    let folder = folder("fetch-clear");
    fs::write(folder.join("token"), "token-0000001").unwrap();
    let server = wants("token-0000001");
    // An address of this machine that is none of its loopback.
    let url = server.url.replace("127.0.0.1", "0.0.0.0");
    let run = fetch(&folder, &["--token-file", "token", &url]);
    assert_eq!((run.code, run.out.as_str(), server.seen().len()), (Some(2), "", 0), "{}", run.err);
    let said = format!(
        "a credential is not sent to {url}, where others can read it: say `--origin {url}` if it must be"
    );
    assert!(run.err.contains(&said), "{}", run.err);
    let other = fetch(&folder, &["--token-file", "token", "--origin", "http://192.0.2.1", &url]);
    assert_eq!((other.code, server.seen().len()), (Some(2), 0), "{}", other.err);
    let asked = fetch(&folder, &["--token-file", "token", "--origin", &url, &format!("{url}/a")]);
    assert_eq!((asked.code, asked.out.as_str()), (Some(0), "well done: "), "{}", asked.err);
    let bare = fetch(&folder, &[&url]);
    assert_eq!((bare.code, bare.out.as_str()), (Some(1), "who?"), "{}", bare.err);
}

/// H-REALM-01: a redirect to another origin takes no credential along, and the diagnosis says that this is why.
#[test]
fn a_credential_stays_within_its_origin() {
    let folder = folder("fetch-redirect");
    let other = wants("token-0000001");
    let target = other.url.clone();
    let first = Server::start(move |seen, _| match seen.line.split(' ').nth(1) {
        Some("/near") => answer(307, "Location: /here\r\n", ""),
        Some("/far") => answer(307, &format!("Location: {target}/there?ticket=secret\r\n"), ""),
        _ => answer(200, "", "here"),
    });
    let mint = minting(&folder);
    let mint = mint.to_str().unwrap();
    let near = fetch(&folder, &["-L", "--token-exec", mint, &format!("{}/near", first.url)]);
    assert_eq!((near.code, near.out.as_str()), (Some(0), "here"), "{}", near.err);
    assert!(first.seen().iter().all(|seen| seen.field("authorization").is_some()));
    let url = format!("{}/far", first.url);
    let far = fetch(&folder, &["-L", "-H", "X-Key: hush", "-H", "Accept: a/b", "--token-exec", mint, &url]);
    assert_eq!((far.code, far.out.as_str()), (Some(1), "who?"), "{}", far.err);
    let there = &other.seen()[0];
    assert_eq!(["authorization", "x-key", "accept"].map(|name| there.field(name)), [None, None, Some("a/b")]);
    assert!(far.err.contains("credential_withheld"), "{}", far.err);
    assert!(far.err.contains("without the credential: another origin"), "{}", far.err);
    let stays = fetch(&folder, &["--token-exec", mint, &format!("{}/near", first.url)]);
    assert_eq!((stays.code, stays.out.as_str()), (Some(0), ""), "{}", stays.err);
    for format in ["text", "json"] {
        let stays = fetch(&folder, &["--format", format, "--token-exec", mint, &url]);
        let said = format!("{}{}", stays.out, stays.err);
        assert!(said.contains("/there?…") && !said.contains("ticket=secret"), "{said}");
    }
}

/// Whoever was sent elsewhere and back comes without the credential, so that a refusal there says nothing about it.
#[test]
fn a_way_home_by_another_origin_costs_no_credential() {
    let folder = folder("fetch-home");
    let home = Server::start(|seen, _| match (seen.line.split(' ').nth(1), seen.field("authorization")) {
        (Some("/back"), None) => refusal("who?"),
        (Some("/back"), Some(_)) => answer(200, "", "back"),
        (path, _) => {
            let to = path.unwrap_or_default().trim_start_matches('/').to_owned();
            answer(307, &format!("Location: http://127.0.0.1:{to}/\r\n"), "")
        }
    });
    let back = format!("Location: {}/back\r\n", home.url);
    let other = Server::start(move |_, _| answer(307, &back, ""));
    let port = other.url.rsplit(':').next().unwrap().to_owned();
    let mint = minting(&folder);
    let run =
        fetch(&folder, &["-L", "--token-exec", mint.to_str().unwrap(), &format!("{}/{port}", home.url)]);
    assert_eq!((run.code, run.out.as_str()), (Some(1), "who?"), "{}", run.err);
    assert!(run.err.contains("credential_withheld"), "{}", run.err);
    assert_eq!((asked(&folder), home.seen().len(), other.seen().len()), (1, 2, 1));
}

/// The place that refused was asked for by GET; the POST before it was carried out.
#[test]
fn what_a_redirect_led_on_from_is_not_sent_again() {
    let folder = folder("fetch-once");
    let server = Server::start(|seen, _| match seen.line.split(' ').next() {
        Some("POST") => answer(303, "Location: /orders/7\r\n", ""),
        _ => refusal("expired"),
    });
    let mint = minting(&folder);
    let run = fetch(&folder, &["-L", "-X", "POST", "--token-exec", mint.to_str().unwrap(), &server.url]);
    assert_eq!((run.code, run.out.as_str()), (Some(1), "expired"), "{}", run.err);
    let methods: Vec<String> =
        server.seen().iter().map(|seen| seen.line.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(methods, ["POST", "GET"]);
}

#[test]
fn this_machine_is_asked_without_a_proxy() {
    let folder = folder("fetch-proxy");
    fs::write(folder.join("token"), "token-0000001").unwrap();
    let (server, proxy) = (wants("token-0000001"), Server::start(|_, _| answer(502, "", "proxy")));
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        let mut fetch = command(&folder, &["fetch", "--token-file", "token", &server.url]);
        let done =
            fetch.env_remove("NO_PROXY").env_remove("no_proxy").env(name, &proxy.url).output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{name}: {}", String::from_utf8_lossy(&done.stderr));
    }
    assert_eq!((server.seen().len(), proxy.seen().len()), (3, 0));
}

#[test]
fn a_field_of_ones_own_is_diagnosed_and_not_shown() {
    let folder = folder("fetch-own");
    let server = wants("good");
    let run = fetch(&folder, &["-H", "Authorization: Bearer s3cret-value", &server.url]);
    assert_eq!((run.code, server.seen().len()), (Some(1), 1));
    assert!(run.err.contains("token_expired") && !run.err.contains("s3cret"), "{}", run.err);
    let bare = fetch(&folder, &[&server.url]);
    assert!(bare.err.contains("credential_missing"), "{}", bare.err);
    assert!(bare.err.contains("* no credential was given to send"), "{}", bare.err);
}

/// A server may repeat what it was sent, wherever it likes.
#[test]
fn a_credential_that_the_server_repeats_is_not_shown() {
    let folder = folder("fetch-echo");
    let server = Server::start(|seen, _| {
        let field = seen.field("authorization").unwrap_or_default();
        let fields = format!(
            "WWW-Authenticate: Bearer error=\"invalid_token\", error_description=\"bad {field}\"\r\nX-Echo: {field}\r\n"
        );
        answer(401, &fields, "no")
    });
    let mint = minting(&folder);
    for format in ["text", "json"] {
        let run = fetch(&folder, &["--format", format, "--token-exec", mint.to_str().unwrap(), &server.url]);
        assert_eq!(run.code, Some(1));
        assert!(!run.err.contains("token-000") && !run.out.contains("token-000"), "{}{}", run.err, run.out);
        assert!(run.err.contains("(the credential)") || run.out.contains("(the credential)"), "{}", run.err);
    }
}

#[test]
fn a_wrong_command_line_sends_nothing() {
    let folder = folder("fetch-usage");
    for (arguments, said) in [
        (&[][..], "expected a URL"),
        (&["api.example"], "expected a URL with http"),
        (&["https://u:pass-word@a/"], "without user and password"),
        (&["-H", "X-Key hush", "http://a/"], "expected `--header` as 'Name: value'"),
        (&["-X", "G T", "http://a/"], "expected `--method`"),
        (&["--timeout", "0", "http://a/"], "expected `--timeout`"),
        (&["--attempts", "9", "http://a/"], "expected `--attempts`"),
        (
            &["--token-file", "a", "--token-env", "B", "http://a/"],
            "expected one source, found `--token-file` and `--token-env`",
        ),
        (&["--token-file", "a", "-H", "Authorization: Bearer hush", "http://a/"], "found both"),
        (&["--vault-field", "a", "http://a/"], "expected `--vault`"),
        (&["--source", "{\"flie\": \"a\"}", "http://a/"], "did you mean `file`?"),
        (&["--source", "flie = \"a\"", "http://a/"], "did you mean `file`?"),
        (&["--ca", "absent.pem", "https://a/"], "no such file"),
        (&["--frob", "http://a/"], "--frob"),
        (&["http://a/", "http://b/"], "http://b/"),
    ] {
        let run = fetch(&folder, arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{arguments:?}: {}", run.err);
        assert!(run.err.contains(said), "{arguments:?}: {}", run.err);
        assert!(!run.err.contains("hush") && !run.err.contains("pass-word"), "{}", run.err);
    }
}
