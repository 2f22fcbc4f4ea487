//! Markers that are a gateway's word, and requests that are about something else.

use super::{PROVES, concealed, missing, stripped, stripped_at};
use crate::case::{Expect, File, NOW, SVC_A, allow, get, open, refuse, send};
use crate::mint::{corp, marker};
use serde_json::json;

pub(super) fn cases(f: &mut File) {
    let any = || get("/any").traced(&marker("/any"));
    f.case("none", "9.1/missing", get("/any"), &missing());
    f.case("valid", PROVES, any(), &stripped("token_expired"));
    let e = stripped("token_expired").headers(&[("WWW-Authenticate", "Bearer realm=\"orders\"")]);
    f.case("byte-for-byte", PROVES, any(), &e);
    let text = marker("/any").text();
    f.case("lower-case", PROVES, get("/any").with("x-doorward-trace", &text), &stripped("token_expired"));
    let spaced = format!(" \t{text}  ");
    let r = get("/any").with("x-doorward-trace", &spaced);
    f.case("white-space-around", PROVES, r, &stripped("token_expired"));
    let other = marker("/any").nonce([255; 16]);
    f.case("another-nonce", PROVES, get("/any").traced(&other), &stripped("token_expired"));
    for (number, cause) in [
        (100, "path_ambiguous"),
        (102, "scheme_unsupported"),
        (103, "credential_malformed"),
        (104, "credentials_ambiguous"),
        (206, "key_unknown"),
        (800, "trust_unavailable"),
        (900, "too_many_failures"),
    ] {
        let r = get("/any").traced(&marker("/any").reason(number));
        f.case(&format!("cause-{}", cause.replace('_', "-")), PROVES, r, &stripped(cause));
    }

    // A minute, and the allowance for clocks of half a minute, both ways; the last second does not count.
    for seconds in [-89, -60, 60, 90] {
        let r = get("/any").traced(&marker("/any").later(seconds));
        f.case(&format!("at{seconds:+}"), PROVES, r, &stripped_at("token_expired", seconds));
    }
    for seconds in [-86_400, -91, -90, 91, 86_400] {
        let r = get("/any").traced(&marker("/any").later(seconds));
        f.case(&format!("at{seconds:+}"), "9.1/missing", r, &missing());
    }
    let r = get("/any").traced(&marker("/any").later(-89)).at(json!(format!("{NOW}.999999999")));
    f.case("at-89-and-almost-another", PROVES, r, &stripped_at("token_expired", -89));
    for (name, at) in [("the-beginning", 0), ("the-end", u64::MAX), ("a-negative-time", u64::MAX - 9)] {
        let r = get("/any").traced(&marker("/any").at(at));
        f.case(&format!("at-{name}"), "9.1/missing", r, &missing());
    }

    // The path is the normalised one, and the query is no part of it.
    let expired = stripped("token_expired");
    for (name, path) in [("query", "/any?x=1"), ("encoded", "/%61ny"), ("dots", "/x/../any")] {
        f.case(&format!("path-with-{name}"), PROVES, get(path).traced(&marker("/any")), &expired);
    }
    let r = get("/v1/a%20b").traced(&marker("/v1/a%20b"));
    f.case("path-with-a-space", PROVES, r, &expired);
    let r = send("POST", "/any").traced(&marker("/any").method("POST"));
    f.case("post", PROVES, r, &expired);

    // What it is asked of, and of what not.
    f.case("beside-a-good-credential", "", any().bearer(&corp()), &allow(SVC_A).and("context", json!(null)));
    let bad = any().bearer(&corp().claim("exp", json!(NOW - 60)));
    f.case("beside-an-expired-credential", "9.1/expired", bad, &refuse("token_expired").who(SVC_A));
    let e = refuse("credential_malformed").and("context", json!(null));
    f.case("beside-a-scheme-alone", "9.1/malformed-field", any().auth("Bearer"), &e);
    f.case("beside-another-scheme", "9.1/scheme", any().auth("Basic x"), &refuse("scheme_unsupported"));
    let two = any().auth("Bearer a").auth("Bearer b");
    f.case("beside-two-credentials", "9.1/ambiguous", two, &refuse("credentials_ambiguous"));
    f.case("open-route", "", get("/open").traced(&marker("/open")), &open());
    let preflight = send("OPTIONS", "/cors").with("Access-Control-Request-Method", "PUT");
    f.case("preflight", "", preflight.traced(&marker("/cors").method("OPTIONS")), &open());
    let r = get("/secret").traced(&marker("/secret"));
    f.case("hidden-route", "H-404-01 T-05", r, &concealed("token_expired"));
    let r = get("/nowhere").traced(&marker("/nowhere"));
    f.case("no-route", "H-404-01", r, &refuse("route_unmatched").and("context", json!(null)));
    let r = send("PUT", "/read").traced(&marker("/read").method("PUT"));
    f.case("method-refused", "", r, &refuse("method_refused").and("context", json!(null)));
    let r = get("/a//b").traced(&marker("/a//b"));
    f.case("path-ambiguous", "9.1/ambiguous", r, &refuse("path_ambiguous").and("context", json!(null)));
    let r = get("/form").traced(&marker("/form"));
    f.case("where-queries-count", PROVES, r, &expired);
    let r = get("/form?access_token=x").traced(&marker("/form"));
    f.case("beside-a-credential-in-the-query", "", r, &refuse("token_malformed"));
}

/// A gateway of its own: a marker is its word whatever the policy tells callers, and the challenge is the same as without.
pub(super) fn quiet() -> File {
    let facts = json!({"realm": "orders"});
    let mut f = File::by("trace_of_origin/quiet", "../policies/traced-quiet.toml", &facts);
    let fields = |challenge: &'static str| {
        vec![
            ("WWW-Authenticate", challenge),
            ("Proxy-Status", "\"an \\\"edge\\\"\"; error=http_request_denied"),
        ]
    };
    let scoped = fields(r#"Bearer realm="orders", scope="a b""#);
    let all = |e: Expect| e.headers(&scoped);
    f.case("quiet-none", "9.1/missing", get("/any"), &all(missing()));
    let r = get("/any").traced(&marker("/any"));
    f.case("quiet-valid", PROVES, r, &all(stripped("token_expired")));
    let r = get("/any").bearer(&corp().claim("exp", json!(NOW - 60)));
    let e = refuse("token_expired").headers(&fields(r#"Bearer realm="orders", error="invalid_token""#));
    f.case("quiet-expired", "H-PS-05", r, &e);
    f
}

/// Without a key nothing is anybody's word.
pub(super) fn without_a_key() -> File {
    let table = super::super::policy(
        json!({"corp": super::super::corp_issuer(json!({}))}),
        json!([{"path": "/any", "accept": "corp"}]),
    );
    let mut f = File::new("trace_of_origin/without_a_key", table);
    let r = get("/any").traced(&marker("/any"));
    f.case("without-a-key", "9.1/missing", r, &missing());
    f
}
