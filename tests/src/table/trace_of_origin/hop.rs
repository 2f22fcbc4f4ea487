//! `Proxy-Status`: every refusal says that it was this gateway's, and why only where the policy lets both be told.

use super::super::{corp_issuer, fetched, policy, with};
use crate::case::{Expect, File, NOW, Request, SVC_A, allow, get, open, refuse, send};
use crate::mint::corp;
use serde_json::{Value, json};

const PROVES: &str = "H-PS-01 H-PS-05";
const PEER: &str = "203.0.113.7";

pub(super) fn files() -> Vec<File> {
    vec![
        plain("plain", json!({"proxy_status": "edge-eu"}), "edge-eu", false),
        plain("detailed", json!({"proxy_status": "edge-eu", "details": true}), "edge-eu", true),
        throttled(),
        undisclosed(),
        names(),
        hiding(),
    ]
}

fn table(trace: Value) -> Value {
    let table = policy(
        json!({
            "corp": corp_issuer(json!({})),
            "away": fetched(corp_issuer(json!({"issuer": "https://away.example"})), json!({})),
        }),
        json!([
            {"path": "/any", "accept": ["corp", "away"]},
            {"path": "/read", "accept": "corp", "methods": ["GET"], "scopes": ["s"]},
            {"path": "/secret", "accept": "corp", "hidden": true},
            {"path": "/open", "accept": "anyone"},
        ]),
    );
    with(table, json!({"trace": trace}))
}

fn expired() -> Request {
    get("/any").bearer(&corp().claim("exp", json!(NOW - 60)))
}

/// The fields of a refusal: some of its own, and then the hop's.
fn fields(e: Expect, own: &[(&'static str, &str)], hop: &str) -> Expect {
    let mut all = own.to_vec();
    all.push(("Proxy-Status", hop));
    e.headers(&all)
}

/// Every kind of refusal, with and without details.
fn plain(theme: &str, trace: Value, name: &str, details: bool) -> File {
    let mut f = File::new(&format!("trace_of_origin/{theme}"), table(trace));
    let hop = |error: &str, code: &str| {
        let told = if details { format!("; details=\"reason={code}\"") } else { String::new() };
        format!("{name}; error={error}{told}")
    };
    let denied = |code: &str| hop("http_request_denied", code);
    // No route, no disclosure: what is said there is the same for every path.
    let bare = format!("{name}; error=http_request_denied");
    let id = |case: &str| format!("{theme}-{case}");

    let e = fields(
        refuse("credential_missing"),
        &[("WWW-Authenticate", r#"Bearer realm="orders""#)],
        &denied("credential_missing"),
    );
    f.case(&id("missing"), PROVES, get("/any"), &e);
    let challenge = r#"Bearer realm="orders", error="invalid_token", error_description="token_expired""#;
    let e = fields(
        refuse("token_expired").who(SVC_A),
        &[("WWW-Authenticate", challenge)],
        &denied("token_expired"),
    );
    f.case(&id("expired"), PROVES, expired(), &e);
    let challenge = r#"Bearer realm="orders", error="insufficient_scope", error_description="scope_insufficient", scope="s""#;
    let e = fields(
        refuse("scope_insufficient").who(SVC_A),
        &[("WWW-Authenticate", challenge)],
        &denied("scope_insufficient"),
    );
    f.case(&id("scope"), PROVES, get("/read").bearer(&corp()), &e);
    let challenge =
        r#"Bearer realm="orders", error="invalid_request", error_description="credentials_ambiguous""#;
    let e = fields(
        refuse("credentials_ambiguous"),
        &[("WWW-Authenticate", challenge)],
        &denied("credentials_ambiguous"),
    );
    f.case(&id("ambiguous"), PROVES, get("/any").auth("Bearer a").auth("Bearer b"), &e);
    let large = get("/any").auth(&format!("Bearer {}", "a".repeat(9000)));
    let e = fields(refuse("credential_too_large"), &[], &denied("credential_too_large"));
    f.case(&id("too-large"), PROVES, large, &e);

    let r = get("/any").bearer(&corp().claim("iss", json!("https://away.example"))).alone();
    let own = [("Retry-After", "1")];
    let e =
        fields(refuse("trust_unavailable").wait(1), &own, &hop("proxy_internal_error", "trust_unavailable"));
    f.case(&id("unavailable"), PROVES, r, &e);

    let e = fields(refuse("route_unmatched"), &[], &bare);
    f.case(&id("no-route"), PROVES, get("/nowhere"), &e);
    let hidden = fields(crate::case::conceal("credential_missing"), &[], &bare);
    f.case(&id("hidden"), "H-PS-05 H-404-01 T-05", get("/secret"), &hidden);
    let e = fields(refuse("method_refused"), &[], &bare);
    f.case(&id("method"), PROVES, send("PUT", "/read"), &e);
    f.case(&id("path"), PROVES, get("/a//b"), &fields(refuse("path_ambiguous"), &[], &bare));
    f.case(&id("let-in"), PROVES, get("/any").bearer(&corp()), &allow(SVC_A).headers(&[]));
    f.case(&id("open"), PROVES, get("/open"), &open().headers(&[]));
    f
}

/// A limit is the policy's as well; in a file of its own, since it counts the failures of all cases.
fn throttled() -> File {
    let limit = json!({"limit": {"failures": 1, "per": "1h", "by": "peer"}});
    let trace = json!({"proxy_status": "edge-eu", "details": true});
    let mut f = File::new("trace_of_origin/throttled", with(table(trace), limit));
    let r = get("/any").bearer(&corp()).peer(PEER).after(expired().peer(PEER).asked());
    let hop = r#"edge-eu; error=http_request_denied; details="reason=too_many_failures""#;
    let e = fields(refuse("too_many_failures").wait(3600), &[("Retry-After", "3600")], hop);
    f.case("throttled", "H-PS-05 H-429-01", r, &e);
    f
}

/// Details are told only where the reason is disclosed.
fn undisclosed() -> File {
    let trace = json!({"proxy_status": "edge-eu", "details": true});
    let mut f = File::new("trace_of_origin/undisclosed", with(table(trace), json!({"disclosure": "none"})));
    let bare = "edge-eu; error=http_request_denied";
    let own = [("WWW-Authenticate", r#"Bearer realm="orders", error="invalid_token""#)];
    let e = fields(refuse("token_expired"), &own, bare);
    f.case("undisclosed-expired", "H-PS-05 P-18", expired(), &e);
    let r = get("/any").bearer(&corp().claim("iss", json!("https://away.example"))).alone();
    let e = fields(
        refuse("trust_unavailable").wait(1),
        &[("Retry-After", "1")],
        "edge-eu; error=proxy_internal_error",
    );
    f.case("undisclosed-unavailable", "H-PS-05", r, &e);
    f
}

/// A name that is no Token is a String.
fn names() -> File {
    let mut f = File::new("trace_of_origin/string", table(json!({"proxy_status": "1 \"edge\" \\ of two"})));
    let name = r#""1 \"edge\" \\ of two""#;
    let own = [("WWW-Authenticate", r#"Bearer realm="orders""#)];
    let e = fields(refuse("credential_missing"), &own, &format!("{name}; error=http_request_denied"));
    f.case("string-missing", "H-PS-01 H-PS-03", get("/any"), &e);
    f
}

/// The refusal that looks like a path without a route says who it comes from like every other.
fn hiding() -> File {
    let trace = json!({"proxy_status": "*edge:8080/a", "details": true});
    let mut f = File::new("trace_of_origin/hiding", with(table(trace), json!({"unmatched": "hide"})));
    let own = [("Cache-Control", "no-store")];
    let bare = "*edge:8080/a; error=http_request_denied";
    f.case("hiding-no-route", PROVES, get("/nowhere"), &fields(refuse("route_unmatched"), &own, bare));
    let e = fields(crate::case::conceal("token_expired"), &own, bare);
    let r = get("/secret").bearer(&corp().claim("exp", json!(NOW - 60)));
    f.case("hiding-hidden", "H-PS-05 H-404-01 T-05", r, &e);
    f
}
