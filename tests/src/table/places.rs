//! Where a token may be sent: header, query and form, each only where the policy says so.

use super::{corp_issuer, partner_issuer, policy};
use crate::case::{File, ROBOT, SVC_A, allow, get, open, refuse, send};
use crate::mint::{corp, partner};
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    let all = json!({"token_in": ["header", "query", "form"]});
    let policy = policy(
        json!({
            "corp": corp_issuer(json!({})),
            "partner": partner_issuer(all),
            "legacy": partner_issuer(json!({"issuer": "https://legacy.example", "token_in": ["query"]})),
        }),
        json!([
            {"path": "/header", "accept": "corp"},
            {"path": "/open", "accept": "anyone"},
            {"path": "/all", "accept": "partner"},
            {"path": "/query", "accept": "legacy"},
            {"path": "/mixed", "accept": ["corp", "partner"]},
        ]),
    );
    let mut f = File::new("places", policy);
    let c = corp().text();
    let p = partner().text();
    let missing = refuse("credential_missing");
    let malformed = refuse("credential_malformed");
    let ambiguous = refuse("credentials_ambiguous");
    let private = allow(ROBOT).headers(&[("Cache-Control", "private")]);
    let query = |token: &str| get(&format!("/all?access_token={token}"));

    f.case(
        "query-not-allowed",
        "B-SEND-02 reason/credential_missing",
        get(&format!("/header?access_token={c}")),
        &missing,
    );
    let r = get(&format!("/header?access_token={p}")).bearer(&corp());
    f.case("query-not-allowed-beside-the-header", "B-SEND-03 9.1/ambiguous", r, &ambiguous);
    f.case("query-not-allowed-and-empty", "B-SEND-02", get("/header?access_token="), &missing);
    f.case(
        "query-not-allowed-and-twice",
        "B-SEND-02",
        get("/header?access_token=a&access_token=b"),
        &missing,
    );
    let r = send("POST", "/header").form("access_token=&access_token=");
    f.case("form-not-allowed-and-twice", "B-SEND-02", r, &missing);
    f.case("header-not-allowed-and-malformed", "", get("/query").auth("Bearer {"), &missing);
    f.case("query", "B-SEND-02", query(&p), &private);
    f.case("query-among-others", "B-SEND-02", get(&format!("/all?a=1&access_token={p}&b=2")), &private);
    f.case("query-percent-encoded", "B-SEND-02", query(&p.replace('.', "%2E")), &private);
    let r = get(&format!("/all?access%5Ftoken={p}"));
    f.case("query-with-an-encoded-name", "B-SEND-02", r, &private);
    f.case(
        "query-and-header",
        "B-SEND-03 9.1/ambiguous reason/credentials_ambiguous",
        query(&p).bearer(&partner()),
        &ambiguous,
    );
    f.case("query-and-another-scheme", "B-SEND-03", query(&p).auth("Basic dTpw"), &ambiguous);
    f.case(
        "query-twice",
        "B-SEND-03 H-400-01 9.1/ambiguous",
        query(&format!("{p}&access_token={p}")),
        &ambiguous,
    );
    f.case("query-twice-in-disguise", "B-SEND-03", query(&format!("{p}&access%5Ftoken=x")), &ambiguous);
    f.case("query-twice-and-one-empty", "B-SEND-03", query(&format!("{p}&access_token=")), &ambiguous);
    f.case("query-empty", "reason/credential_malformed", query(""), &malformed);
    f.case("query-without-value", "", get("/all?access_token"), &malformed);
    f.case("query-with-a-broken-escape", "", query("abc%2"), &malformed);
    f.case("query-with-a-plus", "", query(&format!("a+{p}")), &malformed);
    f.case("query-with-a-scheme", "", query(&format!("Bearer%20{p}")), &malformed);
    f.case(
        "query-with-another-name",
        "",
        get(&format!("/all?access_tokens={p}&my_access_token={p}")),
        &missing,
    );
    f.case("query-name-in-other-case", "", get(&format!("/all?Access_Token={p}")), &missing);
    f.case(
        "query-over-the-limit",
        "reason/credential_too_large",
        query(&"a".repeat(8193)),
        &refuse("credential_too_large"),
    );
    f.case(
        "query-refused-is-no-different",
        "",
        query(&partner().scratched().text()),
        &refuse("signature_invalid"),
    );
    let r = get("/query").bearer(&partner().claim("iss", json!("https://legacy.example")));
    f.case("header-not-allowed", "reason/credential_missing", r, &missing);
    let legacy = partner().claim("iss", json!("https://legacy.example"));
    let who = allow(("https://legacy.example", "robot-7")).headers(&[("Cache-Control", "private")]);
    f.case("query-only", "", get(&format!("/query?access_token={}", legacy.text())), &who);
    f.case("header-where-one-issuer-takes-queries", "", get("/mixed").bearer(&corp()), &allow(SVC_A));
    f.case(
        "query-of-an-issuer-that-takes-none",
        "B-SEND-02",
        get(&format!("/mixed?access_token={c}")),
        &missing,
    );
    f.case(
        "query-of-an-issuer-that-takes-them",
        "B-SEND-02",
        get(&format!("/mixed?access_token={p}")),
        &private,
    );

    let r = get(&format!("/query?access_token={}", legacy.text())).bearer(&legacy);
    f.case("header-not-allowed-beside-the-query", "B-SEND-03 9.1/ambiguous", r, &ambiguous);
    f.case(
        "query-with-a-token-where-anyone-is-let-in",
        "",
        get(&format!("/open?access_token={p}")).bearer(&corp()),
        &open(),
    );

    let form = |token: &str| send("POST", "/all").form(&format!("access_token={token}"));
    f.case("form", "B-SEND-02 H-CACHE-02", form(&p), &private);
    f.case(
        "form-among-others",
        "B-SEND-02",
        send("PUT", "/all").form(&format!("a=b&access_token={p}")),
        &private,
    );
    let r = send("POST", "/all").with("content-type", "Application/X-WWW-Form-Urlencoded ; charset=UTF-8");
    f.case("form-with-a-parameter", "B-SEND-02", r.body(&format!("access_token={p}")), &private);
    f.case(
        "form-not-allowed",
        "B-SEND-02",
        send("POST", "/header").form(&format!("access_token={c}")),
        &missing,
    );
    f.case("form-in-a-get", "B-SEND-02", get("/all").form(&format!("access_token={p}")), &missing);
    f.case(
        "form-in-a-delete",
        "B-SEND-02",
        send("DELETE", "/all").form(&format!("access_token={p}")),
        &missing,
    );
    let body = format!("access_token={p}");
    let r = send("POST", "/all").with("Content-Type", "application/json").body(&body);
    f.case("form-of-another-type", "B-SEND-02", r, &missing);
    let r = send("POST", "/all").with("Content-Type", "multipart/form-data; boundary=x").body(&body);
    f.case("form-of-several-parts", "B-SEND-02", r, &missing);
    f.case("form-without-a-type", "B-SEND-02", send("POST", "/all").body(&body), &missing);
    let r = form(&p).with("Content-Type", "application/json");
    f.case("form-with-two-types", "B-SEND-02", r, &missing);
    f.case("form-twice", "B-SEND-03 9.1/ambiguous", form(&format!("{p}&access_token={p}")), &ambiguous);
    f.case("form-and-header", "B-SEND-03 9.1/ambiguous", form(&p).bearer(&partner()), &ambiguous);
    let r = send("POST", &format!("/all?access_token={p}")).form(&body);
    f.case("form-and-query", "B-SEND-03 9.1/ambiguous", r, &ambiguous);
    f.case(
        "form-outside-ascii",
        "B-SEND-02",
        send("POST", "/all").form(&format!("a=\u{e9}&access_token={p}")),
        &missing,
    );
    f.case("form-empty", "", form(""), &malformed);
    f.case("form-without-token", "", send("POST", "/all").form("a=b"), &missing);
    vec![f]
}
