//! Scopes: all, any, and every way in which issuers write them.

use crate::case::{Expect, File, SVC_A, allow, get, refuse, send};
use crate::mint::{Token, corp};
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    let mut f = File::orders("scopes");
    let order = |token: Token| get("/v1/orders/7").bearer(&token);
    let scope = |text: &str| order(corp().claim_text("scope", text));
    let short = |scope: &'static str| refuse("scope_insufficient").scope(scope).who(SVC_A);
    let read: Expect = short("orders:read");
    for (case, text) in [
        ("alone", r#""orders:read""#),
        ("first", r#""orders:read profile""#),
        ("last", r#""profile orders:read""#),
        ("between", r#""a orders:read b""#),
        ("with-an-escape", r#""orders\u003aread""#),
        ("behind-an-escape", r#""a\/b orders:read""#),
        ("before-an-escape", r#""orders:read a\/b""#),
        ("array", r#"["profile","orders:read"]"#),
        ("two-spaces", r#""profile  orders:read""#),
        ("spaces-around", r#"" orders:read ""#),
    ] {
        f.case(&format!("scope-{case}"), "B-CHAL-04", scope(text), &allow(SVC_A));
    }
    for (case, text) in [
        ("another", r#""orders:write""#),
        ("empty", r#""""#),
        ("spaces-only", r#""  ""#),
        ("empty-array", "[]"),
        ("in-capitals", r#""ORDERS:READ""#),
        ("longer", r#""orders:reader""#),
        ("longer-before", r#""my-orders:read""#),
        ("shorter", r#""orders:rea""#),
        ("with-a-comma", r#""profile,orders:read""#),
        ("with-a-tab", r#""profile\torders:read""#),
        ("array-with-a-list-in-it", r#"["profile orders:read"]"#),
        ("longer-with-an-escape", r#""orders\u003areader""#),
        ("shorter-with-an-escape", r#""orders\u003area""#),
        ("wildcard", r#""orders:*""#),
    ] {
        f.case(&format!("scope-{case}"), "B-CHAL-04 9.1/scope reason/scope_insufficient", scope(text), &read);
    }
    let e = read.clone().and("context", json!({"scope": "orders:read"}));
    f.case("scope-missing", "9.1/scope reason/scope_insufficient", order(corp()), &e);
    let scp = |text: &str| order(corp().claim_text("scp", text));
    f.case("scp-string", "", scp(r#""profile orders:read""#), &allow(SVC_A));
    f.case("scp-array", "", scp(r#"["orders:read"]"#), &allow(SVC_A));
    f.case("scp-another", "reason/scope_insufficient", scp(r#"["orders:write"]"#), &read);
    let both = |scope: &str, scp: &str| corp().claim("scope", json!(scope)).claim("scp", json!([scp]));
    f.case("scope-and-scp-first", "", order(both("orders:read", "x")), &allow(SVC_A));
    f.case("scope-and-scp-second", "", order(both("x", "orders:read")), &allow(SVC_A));
    f.case("scopes-below-do-not-count", "", order(corp().claim("x", json!({"scope": "orders:read"}))), &read);

    let delete = |scope: &str| {
        send("DELETE", "/v1/orders/7")
            .bearer(&corp().claim("scope", json!(scope)).claim("roles", json!(["clerk"])))
    };
    let write = short("orders:read orders:write");
    f.case("all-of-two", "B-CHAL-04", delete("orders:read orders:write"), &allow(SVC_A));
    f.case("all-of-two-turned", "B-CHAL-04", delete("orders:write orders:read"), &allow(SVC_A));
    let e = write.clone().and("context", json!({"scope": "orders:write"}));
    f.case("first-of-two", "9.1/scope reason/scope_insufficient", delete("orders:read"), &e);
    let e = write.clone().and("context", json!({"scope": "orders:read"}));
    f.case("second-of-two", "9.1/scope", delete("orders:write"), &e);
    f.case("neither-of-two", "9.1/scope", delete("profile"), &write);

    let report = |scope: &str| get("/reports").bearer(&corp().claim("scope", json!(scope)));
    let any = short("reports:read reports:all");
    f.case("any-first", "", report("reports:read"), &allow(SVC_A));
    f.case("any-second", "", report("reports:all"), &allow(SVC_A));
    f.case("any-both", "", report("reports:all reports:read"), &allow(SVC_A));
    f.case("any-none", "9.1/scope reason/scope_insufficient", report("orders:read"), &any);
    f.case("any-missing", "9.1/scope", get("/reports").bearer(&corp()), &any);
    let last = |scope: &str| get("/reports/final").bearer(&corp().claim("scope", json!(scope)));
    // A scope that the route lists twice is named once.
    let mixed = short("orders:read reports:all reports:read");
    f.case("all-and-any", "", last("orders:read"), &allow(SVC_A));
    f.case("all-and-not-any-of-the-others", "", last("orders:read x"), &allow(SVC_A));
    f.case("any-and-not-all", "9.1/scope reason/scope_insufficient", last("reports:all"), &mixed);
    f.case("neither-all-nor-any", "9.1/scope", last("profile"), &mixed);
    f.case(
        "refused-without-a-look-at-the-signature-never",
        "",
        order(corp().scratched()),
        &refuse("signature_invalid"),
    );
    vec![f]
}
