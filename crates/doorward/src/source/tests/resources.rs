//! By which name a token is asked for: what the service says of itself, as far as that is about what was asked for.

use super::server::{Asked, Server};
use super::*;
use crate::caller::{Attempt, Caller, CallerOptions, Next, Prepared, Sending, Traits};
use doorward_core::diagnose::Response;
use doorward_core::request::Field;
use serde_json::json;

/// A service with its own issuer, whose description of itself names this.
fn service(named: &str) -> Server {
    let named = named.to_owned();
    Server::start(move |asked: &Asked| {
        let host = asked.field("host").unwrap();
        let resource = if named.starts_with('/') || named.is_empty() {
            format!("http://{host}{named}")
        } else {
            named.replace("HOST", host)
        };
        let body = match asked.path() {
            "/metadata" => json!({ "resource": resource }).to_string(),
            _ => r#"{"access_token":"t"}"#.to_owned(),
        };
        (200, String::new(), body)
    })
}

fn client(server: &Server, secret: &Temporary) -> Source {
    source(json!({ "client_credentials": {
        "token_url": server.url("/token"), "client_id": "c", "client_secret": { "file": secret.path() } } }))
}

/// The name by which the source asks for a token, after a token was refused there for its audience; without the origin of the server.
fn asked_for(server: &Server, source: &Source, path: &str) -> String {
    let url = server.url(path);
    let caller = Caller::new(CallerOptions { has_source: true, ..CallerOptions::default() }).unwrap();
    let mut attempt = Attempt::new(Traits::of_method("GET", true));
    let Prepared::Obtain(first, _) = caller.prepare(&url, &mut attempt, NOW).unwrap() else { panic!() };
    caller.obtained(first, Credential::bearer("old").unwrap(), NOW);
    assert!(matches!(caller.prepare(&url, &mut attempt, NOW).unwrap(), Prepared::Send(_)));
    let challenge = format!(
        "Bearer error=\"invalid_token\", error_description=\"audience_mismatch\", resource_metadata=\"{}\"",
        server.url("/metadata")
    );
    let fields = [Field::new("www-authenticate", challenge.as_str())];
    let sending = Sending { url: &url, final_url: "", at: Some(NOW) };
    let response = Response { status: 401, fields: &fields, body: b"" };
    let answer = caller.answered(&mut attempt, &sending, &response, NOW);
    assert_eq!(answer.next, Next::Again { after: None });
    let Prepared::Obtain(_, want) = caller.prepare(&url, &mut attempt, NOW).unwrap() else { panic!() };
    // In other languages it passes through functions of the host's own, and comes back as its members alone.
    let want = Want::from_json(&want.to_json()).unwrap();
    source.obtain(&want, NOW).unwrap();
    let body = server.asked().pop().unwrap().body;
    let (_, resource) = body.split_once("&resource=").unwrap();
    let resource = resource.replace("%2F", "/").replace("%3A", ":");
    let origin = server.url("");
    resource.strip_prefix(origin.as_str()).map_or(resource.clone(), str::to_owned)
}

/// X-PRM-04: itself, or a whole that it is part of.
#[test]
fn a_service_names_what_was_asked_for_or_what_that_is_part_of() {
    let secret = Temporary::new("resources", SECRET);
    let asked = "/tenant-a/orders?page=2#top";
    for (named, is_used) in [
        ("/tenant-a/orders", true),
        ("/tenant-a/", true),
        ("/tenant-a", true),
        ("/", true),
        ("", true),
        ("HTTP://HOST/tenant-a", true),
        ("/tenant-b", false),
        ("/tenant", false),
        ("/tenant-a/orders/7", false),
        ("/tenant-a/orders/", false),
        ("/tenant-a/orders?page=2", false),
        ("/tenant-a#b", false),
        ("/tenant-a/../tenant-b", false),
        ("http://other@HOST/tenant-a", false),
        ("https://HOST/tenant-a", false),
        ("https://other.example/tenant-a", false),
        ("urn:tenant-a", false),
    ] {
        let server = service(named);
        let resource = asked_for(&server, &client(&server, &secret), asked);
        let expected = match named.strip_prefix("HTTP://HOST") {
            Some(path) => server.url(path).replace("http", "HTTP"),
            None if is_used => named.to_owned(),
            None => String::new(),
        };
        assert_eq!(resource, expected, "{named}");
    }
}

/// What was heard once is no answer for another part of the service.
#[test]
fn what_a_service_said_to_one_request_is_looked_at_anew_for_the_next() {
    let secret = Temporary::new("resources-again", SECRET);
    let server = service("/tenant-b");
    let source = client(&server, &secret);
    for (path, resource) in
        [("/tenant-b/orders", "/tenant-b"), ("/tenant-a/orders", ""), ("/tenant-b", "/tenant-b")]
    {
        assert_eq!(asked_for(&server, &source, path), resource, "{path}");
    }
    let looks = server.asked().iter().filter(|asked| asked.path() == "/metadata").count();
    assert_eq!(looks, 1);
}

/// A want that no request is behind.
#[test]
fn a_want_of_unknown_origin_takes_no_more_than_the_origin_from_a_description() {
    let secret = Temporary::new("resources-unknown", SECRET);
    for (named, used) in [("/orders", ""), ("/", "/")] {
        let server = service(named);
        let want = Want {
            resource: Some(server.url("")),
            resource_metadata: Some(server.url("/metadata")),
            ..Want::default()
        };
        client(&server, &secret).obtain(&want, NOW).unwrap();
        let body = server.asked().pop().unwrap().body;
        let port = server.url("").rsplit(':').next().unwrap().to_owned();
        let (resource, used) = (body.rsplit("%3A").next().unwrap(), used.replace('/', "%2F"));
        assert_eq!(resource, format!("{port}{used}"), "{body}");
    }
}
