//! Stores that answer as Vault's KV does.

use super::server::{Asked, Server};
use super::*;
use crate::caller::ObtainFault;
use doorward_core::time::Seconds;
use serde_json::json;

fn store(status: u16, lines: &str, body: &str) -> Server {
    let (lines, body) = (lines.to_owned(), body.to_owned());
    Server::start(move |asked: &Asked| match asked.field("x-vault-token") {
        Some("v4ult") => (status, lines.clone(), body.clone()),
        _ => (403, String::new(), r#"{"errors":["permission denied"]}"#.to_owned()),
    })
}

fn ask(server: &Server, token: &str, more: Value) -> Result<Credential, SourceFault> {
    let file = Temporary::new(&format!("vault-{}", server.url("").replace(['/', ':'], "")), token);
    let mut inside = json!({ "url": server.url("/v1/secret/data/app"), "token": { "file": file.path() } });
    inside.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    obtain(json!({ "vault": inside }))
}

#[test]
fn both_versions_of_the_store_are_read() {
    let second =
        r#"{"data":{"data":{"token":"two","data":"x"},"metadata":{"version":3}},"lease_duration":0}"#;
    let server = store(200, "", second);
    let credential = ask(&server, "v4ult", json!({ "namespace": "team/a" })).unwrap();
    assert_eq!((credential.secret(), credential.look_again()), ("two", Some(Seconds(60))));
    let asked = server.asked().remove(0);
    assert!(asked.head.starts_with("GET /v1/secret/data/app HTTP/1.1\r\n"));
    assert_eq!(asked.field("x-vault-namespace"), Some("team/a"));
    assert_eq!(asked.field("x-vault-request"), Some("true"));
    let first = r#"{"data":{"password":"one"},"lease_duration":2764800}"#;
    assert_eq!(ask(&store(200, "", first), "v4ult", json!({ "field": "password" })).unwrap().secret(), "one");
    // A secret of version 1 that looks a little like one of version 2.
    let odd = r#"{"data":{"data":{"token":"inner"},"token":"outer"}}"#;
    assert_eq!(ask(&store(200, "", odd), "v4ult", json!({})).unwrap().secret(), "outer");
}

#[test]
fn what_is_wrong_is_told_without_secrets() {
    let server = store(200, "", r#"{"data":{"token":"s3cr3t"}}"#);
    assert!(hard(ask(&server, "s3cr3t", json!({}))).ends_with("it refuses the token that it is asked with"));
    assert!(
        hard(ask(&server, "v4ult", json!({ "field": "tokn" }))).ends_with("no text with the name `tokn`")
    );
    assert!(hard(ask(&store(404, "", "{}"), "v4ult", json!({}))).contains("no such secret"));
    hard(ask(&store(200, "", r#"{"data":{"token":{"s3cr3t":1}}}"#), "v4ult", json!({})));
    hard(ask(&store(200, "", "s3cr3t"), "v4ult", json!({})));
    hard(ask(&store(400, "", "s3cr3t"), "v4ult", json!({})));
    hard(ask(&server, "s3cr3t\r\nX: y", json!({})));
    assert!(transient(ask(&store(503, "", "{}"), "v4ult", json!({}))).ends_with("it is sealed or down"));
    transient(ask(&store(307, "location: https://active.example/\r\n", ""), "v4ult", json!({})));
    hard(ask(&store(301, "location: https://elsewhere.example/\r\n", ""), "v4ult", json!({})));
    for status in [412, 429, 472, 473, 500] {
        transient(ask(&store(status, "", "{}"), "v4ult", json!({})));
    }
    let busy = ask(&store(429, "retry-after: 3\r\n", "{}"), "v4ult", json!({})).unwrap_err();
    assert_eq!(busy.fault(), ObtainFault::Transient { retry_after: Some(Seconds(3)) });
}
