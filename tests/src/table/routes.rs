//! Which route governs a request, and what becomes of requests that none does.

use super::{corp_issuer, policy};
use crate::case::{File, SVC_A, allow, get, open, refuse, send};
use crate::mint::corp;
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    let policy = policy(
        json!({"corp": corp_issuer(json!({}))}),
        json!([
            {"path": "/", "accept": "anyone"},                                            // 0
            {"path": "/items", "accept": "anyone", "methods": ["GET"]},                   // 1
            {"path": "/items", "accept": "corp", "methods": ["POST", "PUT"]},             // 2
            {"path": "/items/{id}", "accept": "anyone"},                                  // 3
            {"path": "/items/new", "accept": "anyone", "methods": ["POST"]},              // 4
            {"path": "/items/{id}/parts", "accept": "anyone"},                            // 5
            {"path": "/files/{*rest}", "accept": "anyone"},                               // 6
            {"path": "/files/secret", "accept": "corp"},                                  // 7
            {"path": "/files/secret/{name}", "accept": "corp"},                           // 8
            {"path": "/a/{x}/c", "accept": "anyone"},                                     // 9
            {"path": "/a/b/d", "accept": "anyone"},                                       // 10
            {"path": "/dir/", "accept": "anyone"},                                        // 11
            {"path": "/tail/{a}/{*b}", "accept": "anyone"},                               // 12
            {"path": "/both/{*rest}", "accept": "anyone"},                                // 13
            {"path": "/both/{one}", "accept": "anyone"},                                  // 14
            {"path": "/purge", "accept": "anyone", "methods": ["PURGE"]},                 // 15
        ]),
    );
    let mut f = File::new("routes", policy);
    let unmatched = refuse("route_unmatched").and("principal", json!(null));
    let method = refuse("method_refused").and("principal", json!(null));
    let route = |number: u32| open().and("route", json!(number));
    for (case, path, number) in [
        ("root", "/", 0),
        ("literal", "/items", 1),
        ("name", "/items/7", 3),
        ("name-and-literal", "/items/7/parts", 5),
        ("literal-below-a-name", "/items/new/parts", 5),
        ("tail", "/files/a/b/c", 6),
        ("tail-of-one", "/files/a", 6),
        ("tail-of-nothing", "/files/", 6),
        ("tail-beside-a-deeper-literal", "/files/secret/a/b", 6),
        ("name-where-the-literal-goes-on-elsewhere", "/a/b/c", 9),
        ("literal-where-the-name-goes-on-elsewhere", "/a/b/d", 10),
        ("slash-behind", "/dir/", 11),
        ("tail-behind-a-name", "/tail/x/y/z", 12),
        ("name-before-tail", "/both/x", 14),
        ("tail-where-the-name-is-too-short", "/both/x/y", 13),
        ("name-that-looks-like-a-pattern", "/items/%7Bid%7D", 3),
        ("query-does-not-matter", "/items?x=/files/secret", 1),
    ] {
        f.case(&format!("found-{case}"), "", get(path), &route(number));
    }
    let corp_at = |path: &str| get(path).bearer(&corp());
    f.case(
        "most-specific-literal-over-tail",
        "reason/credential_missing",
        get("/files/secret"),
        &refuse("credential_missing").and("route", json!(7)),
    );
    f.case(
        "most-specific-name-over-tail",
        "reason/credential_missing",
        get("/files/secret/x"),
        &refuse("credential_missing").and("route", json!(8)),
    );
    f.case("most-specific-and-known", "", corp_at("/files/secret"), &allow(SVC_A));
    for (case, path) in [
        ("unknown", "/nowhere"),
        ("below", "/items/7/other"),
        ("above", "/files"),
        ("empty-name", "/items/"),
        ("slash-behind", "/items/7/"),
        ("without-the-slash-behind", "/dir"),
        ("in-capitals", "/ITEMS"),
        ("prefix", "/item"),
        ("longer", "/itemsx"),
        ("literally-the-pattern", "/a/%7Bx%7D"),
        ("tail-needs-its-name", "/tail/x"),
    ] {
        f.case(
            &format!("unmatched-{case}"),
            "H-403-01 9.1/policy reason/route_unmatched",
            get(path),
            &unmatched,
        );
    }
    f.case("unmatched-for-a-known-caller-too", "reason/route_unmatched", corp_at("/nowhere"), &unmatched);
    f.case(
        "unmatched-for-a-forger-too",
        "reason/route_unmatched",
        get("/nowhere").bearer(&corp().scratched()),
        &unmatched,
    );
    f.case(
        "unmatched-with-two-credentials-too",
        "reason/route_unmatched",
        get("/nowhere").auth("Bearer a").auth("x"),
        &unmatched,
    );
    f.case(
        "unmatched-in-the-asterisk-form",
        "reason/route_unmatched",
        send("OPTIONS", "/").target("*"),
        &unmatched,
    );
    f.case(
        "method-of-the-second-route",
        "",
        send("POST", "/items").bearer(&corp()),
        &allow(SVC_A).and("route", json!(2)),
    );
    f.case(
        "method-of-the-second-route-unknown-caller",
        "reason/credential_missing",
        send("PUT", "/items"),
        &refuse("credential_missing"),
    );
    f.case("method-of-neither-route", "reason/method_refused", send("DELETE", "/items"), &method);
    f.case(
        "method-of-neither-route-for-a-known-caller-too",
        "reason/method_refused",
        send("DELETE", "/items").bearer(&corp()),
        &method,
    );
    f.case("method-head-is-not-get", "reason/method_refused", send("HEAD", "/items"), &method);
    f.case("method-in-lower-case", "reason/method_refused", send("get", "/items"), &method);
    f.case("method-options", "reason/method_refused", send("OPTIONS", "/items"), &method);
    f.case("method-of-our-own", "", send("PURGE", "/purge"), &open());
    f.case("method-any", "", send("FROBNICATE", "/items/7"), &open());
    f.case(
        "method-not-of-the-literal-though-the-name-takes-it",
        "reason/method_refused",
        get("/items/new"),
        &method,
    );
    f.case("method-of-the-literal", "", send("POST", "/items/new"), &open().and("route", json!(4)));
    vec![f]
}
