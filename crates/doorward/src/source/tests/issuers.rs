//! Token endpoints, as they answer and as they do not.

use super::server::{Asked, Server};
use super::*;
use crate::caller::{Expiry, ObtainFault};
use doorward_core::time::Seconds;
use serde_json::json;

fn answers(status: u16, lines: &str, body: &str) -> Server {
    let (lines, body) = (lines.to_owned(), body.to_owned());
    Server::start(move |_| (status, lines.clone(), body.clone()))
}

fn good() -> Server {
    answers(200, "", r#"{"access_token":"t0k3n","token_type":"bearer","expires_in":3600}"#)
}

/// A client of the server, with its secret in a file.
fn client(server: &Server, secret: &Temporary, more: Value) -> Value {
    let mut inside = json!({
        "token_url": server.url("/token"),
        "client_id": "a:b ä",
        "client_secret": { "file": secret.path() },
    });
    inside.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "client_credentials": inside })
}

fn refused(status: u16, lines: &str, body: &str) -> Result<Credential, SourceFault> {
    let secret = Temporary::new(&format!("refused-{status}-{}", body.len()), SECRET);
    obtain(client(&answers(status, lines, body), &secret, json!({})))
}

/// RFC 6749, section 2.3.1: client and secret are written as in a form before they are put together.
#[test]
fn a_client_shows_who_it_is_in_the_authorization_field() {
    let (server, secret) = (good(), Temporary::new("basic", format!("{SECRET}\n")));
    let scopes = json!({ "scope": "a b", "resource": "https://api.example", "audience": "api" });
    let credential = obtain(client(&server, &secret, scopes)).unwrap();
    assert_eq!(*credential.field_value(), "Bearer t0k3n");
    assert_eq!(credential.expires(), Some(Expiry::Local(NOW.plus(Seconds(3_600)))));
    let asked = server.asked().remove(0);
    assert!(asked.head.starts_with("POST /token HTTP/1.1\r\n"));
    use base64::Engine as _;
    let pair = "a%3Ab+%C3%A4:s3cr3t%2F%2B%C3%A4+%26%3D%3A";
    let expected = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair));
    assert_eq!(asked.field("authorization"), Some(expected.as_str()));
    assert_eq!(asked.field("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(
        asked.body,
        "grant_type=client_credentials&scope=a+b&resource=https%3A%2F%2Fapi.example&audience=api"
    );
}

#[test]
fn or_in_the_form_or_by_an_assertion() {
    let (server, secret) = (good(), Temporary::new("post", SECRET));
    obtain(client(&server, &secret, json!({ "auth": "post" }))).unwrap();
    let asked = server.asked().remove(0);
    assert_eq!(asked.field("authorization"), None);
    assert!(asked.body.ends_with("&client_id=a%3Ab+%C3%A4&client_secret=s3cr3t%2F%2B%C3%A4+%26%3D%3A"));
    let assertion = Temporary::new("assertion", "e30.e30.c2ln\n");
    let source = json!({ "client_credentials": {
        "token_url": server.url("/token"), "client_id": "c", "client_assertion": { "file": assertion.path() } } });
    obtain(source).unwrap();
    let body = server.asked().remove(1).body;
    let kind = "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
    assert!(body.ends_with(&format!("&client_id=c&{kind}&client_assertion=e30.e30.c2ln")), "{body}");
}

/// X-RI-01, X-SU-01: what the service demands is asked of the issuer.
#[test]
fn what_is_wanted_is_asked_for() {
    let (server, secret) = (good(), Temporary::new("want", SECRET));
    let want = Want {
        scope: Some("b c".to_owned()),
        resource: Some("https://api.example".to_owned()),
        claims: Some(r#"{"a":1}"#.to_owned()),
        ..Want::default()
    };
    source(client(&server, &secret, json!({ "scope": "a b" }))).obtain(&want, NOW).unwrap();
    // Microsoft Entra writes them in base64, and an issuer takes JSON.
    let want = Want { claims: Some("eyJhIjoxfQ==".to_owned()), ..want };
    source(client(&server, &secret, json!({ "resource": "urn:own" }))).obtain(&want, NOW).unwrap();
    let asked = server.asked();
    let common = "&claims=%7B%22a%22%3A1%7D";
    let first = "grant_type=client_credentials&scope=a+b+c&resource=https%3A%2F%2Fapi.example";
    assert_eq!(asked[0].body, format!("{first}{common}"));
    let second = "grant_type=client_credentials&scope=b+c&resource=urn%3Aown";
    assert_eq!(asked[1].body, format!("{second}{common}"));
}

/// A service could otherwise make its callers unable to refresh.
#[test]
fn a_service_that_hangs_when_asked_about_itself_takes_no_time_from_the_issuer_and_is_asked_once() {
    let hangs = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", hangs.local_addr().unwrap());
    let (server, secret) = (good(), Temporary::new("hangs", SECRET));
    let source = source(client(&server, &secret, json!({})));
    let want = Want {
        resource: Some(origin.clone()),
        resource_metadata: Some(format!("{origin}/metadata")),
        ..Want::default()
    };
    let began = std::time::Instant::now();
    for _ in 0..3 {
        source.obtain(&want, NOW).unwrap();
    }
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}

#[test]
fn the_lifetime_is_read_in_every_form_that_servers_write() {
    for (written, seconds) in [
        ("3600", Some(3_600)),
        ("\"3600\"", Some(3_600)),
        ("3599.9", Some(3_599)),
        ("0", None),
        ("-5", None),
        ("null", None),
        ("\"soon\"", None),
        ("[]", None),
    ] {
        let secret = Temporary::new(&format!("lifetime-{}", written.len()), SECRET);
        let server = answers(200, "", &format!(r#"{{"access_token":"t","expires_in":{written}}}"#));
        let expires = obtain(client(&server, &secret, json!({}))).unwrap().expires();
        assert_eq!(expires, seconds.map(|span| Expiry::Local(NOW.plus(Seconds(span)))), "{written}");
    }
    let secret = Temporary::new("lifetime-long", SECRET);
    let server = answers(200, "", r#"{"access_token":"t","expires_in":18446744073709551615}"#);
    let expires = obtain(client(&server, &secret, json!({}))).unwrap().expires();
    assert_eq!(expires, Some(Expiry::Local(UnixTime::LATEST)));
}

/// RFC 6749, section 5.2. What the server adds in words may quote what was sent.
#[test]
fn errors_that_stay_are_hard_and_errors_that_pass_are_not() {
    for code in [
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
        "invalid_target",
        "use_dpop_nonce",
    ] {
        let body = format!(r#"{{"error":"{code}","error_description":"s3cr3t"}}"#);
        let message = hard(refused(400, "", &body));
        assert!(message.ends_with(&format!("({code})")), "{message}");
    }
    let nonce = hard(refused(400, "", r#"{"error":"use_dpop_nonce"}"#));
    assert!(nonce.contains("a proof of possession with a nonce, which this source cannot make"));
    assert_eq!(refused(401, "", r#"{"error":"invalid_client"}"#).unwrap_err().code(), Some("invalid_client"));
    transient(refused(400, "", r#"{"error":"temporarily_unavailable"}"#));
    transient(refused(500, "", r#"{"error":"invalid_client"}"#));
    for status in [408, 429, 500, 502, 503, 504] {
        transient(refused(status, "", "<html>s3cr3t"));
    }
    for status in [400, 401, 403, 404, 418] {
        hard(refused(status, "", "<html>s3cr3t"));
        hard(refused(status, "", r#"{"error":"s3cr3t"}"#));
    }
}

#[test]
fn a_busy_issuer_says_how_long_it_wants_to_be_left_alone() {
    for status in [429, 503] {
        let fault = refused(status, "retry-after: 7\r\n", "").unwrap_err().fault();
        assert_eq!(fault, ObtainFault::Transient { retry_after: Some(Seconds(7)) });
    }
}

#[test]
fn what_is_no_token_answer_is_no_token() {
    for body in [
        "",
        "<html>s3cr3t",
        "[]",
        r#"{"token":"s3cr3t"}"#,
        r#"{"access_token":""}"#,
        r#"{"access_token":7}"#,
        r#"{"access_token":"s3cr3t\r\nX: y"}"#,
        r#"{"access_token":"s3cr3t","token_type":"DPoP"}"#,
    ] {
        hard(refused(200, "", body));
    }
    hard(refused(302, "location: https://elsewhere.example/\r\n", ""));
    let long = format!(r#"{{"access_token":"{}"}}"#, "a".repeat(200_000));
    assert!(hard(refused(200, "", &long)).contains("found more"));
}

#[test]
fn nobody_there_is_a_fault_that_passes() {
    let secret = Temporary::new("nobody", SECRET);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/token", listener.local_addr().unwrap());
    drop(listener);
    let inside = json!({ "token_url": url, "client_id": "c", "client_secret": { "file": secret.path() } });
    transient(obtain(json!({ "client_credentials": inside })));
}

#[test]
fn an_issuer_is_asked_where_its_tokens_are_and_only_once() {
    let secret = Temporary::new("discovery", SECRET);
    let server = Server::start(|asked: &Asked| {
        let base = format!("http://{}", asked.field("host").unwrap());
        match asked.path() {
            "/.well-known/oauth-authorization-server" => (
                200,
                String::new(),
                json!({ "issuer": base, "token_endpoint": format!("{base}/t") }).to_string(),
            ),
            "/t" => (200, String::new(), r#"{"access_token":"t"}"#.to_owned()),
            _ => (404, String::new(), String::new()),
        }
    });
    let inside =
        json!({ "issuer": server.url(""), "client_id": "c", "client_secret": { "file": secret.path() } });
    let source = source(json!({ "client_credentials": inside }));
    for _ in 0..3 {
        assert_eq!(source.obtain(&Want::default(), NOW).unwrap().secret(), "t");
    }
    let paths: Vec<String> = server.asked().iter().map(|asked| asked.path().to_owned()).collect();
    let (openid, oauth) = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server");
    assert_eq!(paths, [openid, oauth, "/t", "/t", "/t"]);
}

#[test]
fn secrets_are_named_and_sent_only_where_nobody_reads_along() {
    let with = |name: &str, value: Value| {
        let mut inside = json!({
            "token_url": "https://idp.example/token",
            "client_id": "c",
            "client_secret": { "file": "a" },
        });
        inside[name] = value;
        Source::from_json(&json!({ "client_credentials": inside })).map(|_| ()).unwrap_err()
    };
    let message = with("client_secret", json!("s3cr3t"));
    assert!(message.ends_with("and never the secret itself") && !message.contains("s3cr3t"), "{message}");
    assert!(with("token_url", json!("http://idp.example/token")).contains("expected https"));
    assert!(with("token_url", json!("https://u:s3cr3t@idp.example/")).contains("without user"));
    assert!(with("issuer", json!("https://idp.example")).contains("`token_url` or `issuer`"));
    assert!(with("auth", json!("private_key_jwt")).contains("`basic` or `post`"));
    assert!(with("client_assertion", json!({ "file": "a" })).contains("or `client_assertion`"));
    assert!(with("audiance", json!("a")).contains("did you mean `audience`?"));
}

/// zeebe-client-node-js#244: one expired token, and the token endpoint got as many requests as there were threads.
#[test]
fn a_hundred_threads_ask_the_issuer_once() {
    use crate::caller::{Attempt, Caller, CallerOptions, Ready, Traits};
    use std::sync::Arc;
    let secret = Temporary::new("threads", SECRET);
    let server = Server::start(|_| {
        std::thread::sleep(core::time::Duration::from_millis(100));
        (200, String::new(), r#"{"access_token":"t","expires_in":300}"#.to_owned())
    });
    let source = Arc::new(source(client(&server, &secret, json!({}))));
    let caller = Caller::new(CallerOptions { has_source: true, ..CallerOptions::default() }).unwrap();
    let caller = Arc::new(caller);
    let threads: Vec<_> = (0..100)
        .map(|_| {
            let (caller, source) = (Arc::clone(&caller), Arc::clone(&source));
            std::thread::spawn(move || {
                let mut attempt = Attempt::new(Traits::of_method("GET", true));
                let ready = caller.prepare_blocking("https://api.example/", &mut attempt, &source).unwrap();
                matches!(ready, Ready::Send(credential) if credential.secret() == "t")
            })
        })
        .collect();
    assert!(threads.into_iter().all(|thread| thread.join().unwrap()));
    assert_eq!(server.asked().len(), 1);
}
