//! CORS preflight requests.

use super::{corp_issuer, policy};
use crate::case::{File, Request, SVC_A, allow, get, open, refuse, send};
use crate::mint::corp;
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    let policy = policy(
        json!({"corp": corp_issuer(json!({}))}),
        json!([
            {"path": "/api", "accept": "corp", "methods": ["GET", "POST"], "cors_preflight": true},
            {"path": "/all", "accept": "corp", "cors_preflight": true},
            {"path": "/closed", "accept": "corp"},
            {"path": "/closed-get", "accept": "corp", "methods": ["GET"]},
            {"path": "/two", "accept": "corp", "methods": ["GET"]},
            {"path": "/two", "accept": "corp", "methods": ["POST"], "cors_preflight": true},
            {"path": "/own", "accept": "corp", "methods": ["GET"], "cors_preflight": true},
            {"path": "/own", "accept": "corp", "methods": ["OPTIONS"]},
            {"path": "/dark", "accept": "corp", "methods": ["GET"], "hidden": true, "cors_preflight": true},
        ]),
    );
    let mut f = File::new("cors", policy);
    let options = |path: &str| send("OPTIONS", path);
    let asks = |request: Request| {
        request.with("Origin", "https://app.example").with("Access-Control-Request-Method", "POST")
    };
    let pass = open().and("grounds", json!("preflight")).and("principal", json!(null));
    let missing = refuse("credential_missing");
    f.case("preflight", "", asks(options("/api")), &pass);
    f.case("preflight-where-all-methods-are-taken", "", asks(options("/all")), &pass);
    f.case("preflight-of-the-second-route", "", asks(options("/two")), &pass);
    f.case("preflight-of-a-hidden-route", "", asks(options("/dark")), &pass);
    f.case("preflight-with-a-broken-credential", "", asks(options("/api")).auth("Bearer {"), &pass);
    let r = options("/api").with("ACCESS-CONTROL-REQUEST-METHOD", "GET");
    f.case("preflight-with-the-field-in-capitals", "", r, &pass);
    f.case("preflight-with-a-query", "", asks(options("/api?x=1")), &pass);
    f.case(
        "options-without-the-field",
        "reason/method_refused",
        options("/api").with("Origin", "https://app.example"),
        &refuse("method_refused"),
    );
    f.case(
        "options-without-the-field-where-all-methods-are-taken",
        "reason/credential_missing",
        options("/all"),
        &missing,
    );
    f.case(
        "options-without-the-field-and-known",
        "",
        options("/all").bearer(&corp()),
        &allow(SVC_A).and("grounds", json!("credential")),
    );
    f.case("preflight-not-let-through", "reason/credential_missing", asks(options("/closed")), &missing);
    f.case(
        "preflight-not-let-through-for-its-method",
        "reason/method_refused",
        asks(options("/closed-get")),
        &refuse("method_refused"),
    );
    f.case(
        "preflight-where-a-rule-for-options-stands",
        "reason/credential_missing",
        asks(options("/own")),
        &missing,
    );
    f.case("get-with-the-field", "reason/credential_missing", asks(get("/api")), &missing);
    f.case("post-with-the-field", "reason/credential_missing", asks(send("POST", "/api")), &missing);
    f.case(
        "options-in-lower-case",
        "reason/method_refused",
        asks(send("options", "/api")),
        &refuse("method_refused"),
    );
    f.case(
        "preflight-of-no-route",
        "reason/route_unmatched",
        asks(options("/nowhere")),
        &refuse("route_unmatched"),
    );
    f.case(
        "preflight-of-an-ambiguous-path",
        "reason/path_ambiguous",
        asks(options("/api%2Fx")),
        &refuse("path_ambiguous"),
    );
    vec![f]
}
