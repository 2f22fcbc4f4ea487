//! Paths: the one normalisation, and what can be read in more than one way.

use super::{corp_issuer, policy};
use crate::case::{File, SVC_A, allow, get, open, refuse};
use crate::mint::corp;
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    let policy = policy(
        json!({"corp": corp_issuer(json!({}))}),
        json!([
            {"path": "/", "accept": "anyone"},
            {"path": "/{*rest}", "accept": "anyone"},
            {"path": "/admin/{*rest}", "accept": "corp"},
            {"path": "/caf%c3%a9/%7ejo", "accept": "corp"},
            {"path": "/jobs:stop", "accept": "corp"},
            {"path": "/a%21b", "accept": "corp"},
            {"path": "/list/{id}", "accept": "corp"},
        ]),
    );
    let mut f = File::new("paths", policy);
    // Everything below /admin needs a caller; a path that slips past it would be let in.
    let missing = |path: &str| refuse("credential_missing").and("path", json!(path));
    for (case, path, normal) in [
        ("as-it-is", "/admin/panel", "/admin/panel"),
        ("letter-encoded", "/%61dmin/panel", "/admin/panel"),
        ("letters-encoded", "/%61%64%6D%69%6e/panel", "/admin/panel"),
        ("dot-segment", "/./admin/panel", "/admin/panel"),
        ("dot-segment-inside", "/admin/./panel", "/admin/panel"),
        ("two-dots", "/x/../admin/panel", "/admin/panel"),
        ("two-dots-encoded", "/x/%2e%2E/admin/panel", "/admin/panel"),
        ("two-dots-half-encoded", "/x/.%2e/admin/panel", "/admin/panel"),
        ("dot-encoded", "/%2E/admin/panel", "/admin/panel"),
        ("two-dots-above-the-root", "/../../admin/panel", "/admin/panel"),
        ("two-dots-at-the-end", "/admin/panel/x/..", "/admin/panel/"),
        ("dot-at-the-end", "/admin/panel/.", "/admin/panel/"),
        ("slash-at-the-end", "/admin/panel/", "/admin/panel/"),
        ("many-dot-segments", "/a/b/c/../../../admin/x/../panel", "/admin/panel"),
        ("tilde-encoded", "/admin/%7Ejo", "/admin/~jo"),
        ("hex-in-lower-case", "/admin/a%c3%a9", "/admin/a%C3%A9"),
        ("reserved-stays-encoded", "/admin/a%3Fb%3d", "/admin/a%3Fb%3D"),
        ("parameters-stay", "/admin/a;v=1/b", "/admin/a;v=1/b"),
        ("percent-stays", "/admin/100%25", "/admin/100%25"),
        ("percent-before-letters-stays", "/admin/100%25zz", "/admin/100%25zz"),
        ("signs-stay", "/admin/!$&'()*+,=:@", "/admin/!$&'()*+,=:@"),
        ("three-dots-are-a-name", "/admin/...", "/admin/..."),
        ("dots-in-a-name", "/admin/.x..y.", "/admin/.x..y."),
        ("route-normalised-too", "/caf%C3%A9/~jo", "/caf%C3%A9/~jo"),
        ("route-normalised-too-and-encoded", "/caf%C3%a9/%7Ejo", "/caf%C3%A9/~jo"),
    ] {
        f.case(&format!("normal-{case}"), "", get(path), &missing(normal));
        f.case(
            &format!("normal-{case}-and-known"),
            "",
            get(path).bearer(&corp()),
            &allow(SVC_A).and("path", json!(normal)),
        );
    }
    for (case, path) in
        [("in-capitals", "/ADMIN/panel"), ("with-parameters", "/admin;x/panel"), ("without-tail", "/admin")]
    {
        f.case(&format!("another-{case}"), "", get(path), &open().and("path", json!(path)));
    }
    f.case("another-behind-dots", "", get("/admin/../public"), &open().and("path", json!("/public")));
    // Routers that decode reserved characters would take these for what the policy guards, others would not.
    f.case("reserved-in-the-policy-as-it-is", "", get("/a!b"), &missing("/a!b"));
    f.case("reserved-as-it-is", "", get("/jobs:stop"), &missing("/jobs:stop"));
    f.case("reserved-encoded-where-no-rule-cares", "", get("/list/a%40b%3Ac"), &missing("/list/a%40b%3Ac"));
    let ambiguous = refuse("path_ambiguous").and("path", json!("")).and("route", json!(null));
    for (case, path) in [
        ("slash-encoded", "/admin%2Fpanel"),
        ("reserved-encoded-where-a-rule-cares", "/jobs%3Astop"),
        ("reserved-encoded-in-lower-case", "/jobs%3astop"),
        ("reserved-encoded-as-in-the-policy", "/a%21b"),
        ("slash-encoded-in-lower-case", "/admin%2fpanel"),
        ("backslash-encoded", "/admin%5Cpanel"),
        ("backslash-encoded-in-lower-case", "/admin%5cpanel"),
        ("backslash", "/admin\\panel"),
        ("nul-encoded", "/admin/panel%00"),
        ("percent-encoded-twice", "/admin%252Fpanel"),
        ("letter-encoded-twice", "/%2561dmin/panel"),
        ("two-slashes", "/admin//panel"),
        ("two-slashes-first", "//admin/panel"),
        ("two-slashes-last", "/admin/panel//"),
        ("two-slashes-behind-dots", "/x/..//admin/panel"),
        ("dots-with-parameters", "/x/..;/admin/panel"),
        ("dots-with-named-parameters", "/x/..;a=b/admin/panel"),
        ("dot-with-parameters", "/.;/admin/panel"),
        ("dots-encoded-with-parameters", "/x/%2e%2e;/admin/panel"),
        ("dots-with-encoded-parameters", "/x/..%3B/admin/panel"),
        ("dots-with-encoded-parameters-in-lower-case", "/x/..%3b/admin/panel"),
        ("dot-with-encoded-parameters", "/.%3B/admin/panel"),
        ("percent-alone", "/admin/%"),
        ("percent-and-one-digit", "/admin/%2"),
        ("percent-and-letters", "/admin/%zz"),
        ("percent-u", "/admin%u002fpanel"),
        ("overlong-slash", "/admin%c0%afpanel"),
        ("overlong-other", "/admin%C1%9cpanel"),
        ("space", "/admin/a b"),
        ("letter-outside-ascii", "/admin/caf\u{e9}"),
        ("tab", "/admin/a\tb"),
        ("line-break", "/admin/a\r\nb"),
        ("delete-character", "/admin/a\u{7f}"),
        ("quote", "/admin/a\"b"),
        ("angle-bracket", "/admin/a<b"),
        ("brace", "/admin/{a}"),
        ("pipe", "/admin/a|b"),
        ("caret", "/admin/a^b"),
        ("backtick", "/admin/a`b"),
        ("fragment", "/admin/panel#x"),
        ("percent-encoded-twice-in-parts", "/admin%25%32fpanel"),
        ("percent-encoded-twice-digit", "/admin%252%66panel"),
        ("overlong-slash-of-three", "/admin%e0%80%afpanel"),
        ("overlong-slash-of-four", "/admin%f0%80%80%afpanel"),
        ("byte-that-no-utf-8-has", "/admin%ffpanel"),
    ] {
        f.case(&format!("ambiguous-{case}"), "H-400-01 reason/path_ambiguous", get(path), &ambiguous);
    }
    let r = get("/admin%2Fpanel").bearer(&corp());
    f.case("ambiguous-for-a-known-caller-too", "reason/path_ambiguous", r, &ambiguous);
    let r = get("/admin%2Fpanel").auth("Bearer a").auth("Bearer b");
    f.case("ambiguous-before-credentials", "reason/path_ambiguous", r, &ambiguous);
    f.case(
        "query-may-be-anything",
        "",
        get("/public?a=%2F&b=..;/&c=//#d"),
        &open().and("path", json!("/public")),
    );
    for (case, url, normal) in [
        ("origin-form", "/public", "/public"),
        ("without-path", "https://api.example", "/"),
        ("without-path-but-query", "https://api.example?x=/admin/panel", "/"),
        ("scheme-in-capitals", "HTTPS://api.example/public", "/public"),
        ("without-tls", "http://api.example:8080/public", "/public"),
    ] {
        f.case(&format!("target-{case}"), "", get("/").target(url), &open().and("path", json!(normal)));
    }
    for (case, url) in [
        ("empty", ""),
        ("relative", "admin/panel"),
        ("another-scheme", "ftp://api.example/public"),
        ("without-host", "https:///public"),
        ("authority", "api.example:443"),
        ("backslash-in-the-host", "https://api.example\\admin/panel"),
        ("query-only", "?x"),
    ] {
        f.case(&format!("target-{case}"), "reason/path_ambiguous", get("/").target(url), &ambiguous);
    }
    let long = |len: usize| get(&format!("/{}", "a".repeat(len - 1)));
    f.case("as-long-as-allowed", "", long(8192), &open());
    f.case("one-byte-too-long", "reason/path_ambiguous", long(8193), &ambiguous);
    let dots = |times: usize| format!("/{}{}", "a/../".repeat(times), "x".repeat(8192 - 1 - 5 * times));
    f.case("as-long-as-allowed-and-shorter-once-normal", "", get(&dots(10)), &open());
    f.case(
        "too-long-though-shorter-once-normal",
        "reason/path_ambiguous",
        get(&format!("{}/..", dots(10))),
        &ambiguous,
    );
    vec![f]
}
