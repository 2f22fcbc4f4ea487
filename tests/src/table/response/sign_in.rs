//! Pages and redirects for people, given to a program.

use crate::case::File;
use crate::response::{answer, bare, bearer, no_refusal, told};
use serde_json::json;

pub(super) fn file() -> File {
    let mut f = File::responses("response/sign_in");
    let request = "https://idp.example/authorize?response_type=code&client_id=web&redirect_uri=https%3A%2F%2Fapi.example%2Fcb";
    f.response(
        "authorization-request",
        "H-401-03",
        bare(),
        answer(302).header("Location", request),
        told("sign_in_offered", "likely", "send_credential", "changed").proper(401).clues(&["sign_in_page"]),
    );
    f.response(
        "authorization-request-for-a-credential",
        "H-401-03",
        bearer(),
        answer(302).header("Location", request),
        told("sign_in_offered", "likely", "ask_operator", "never").proper(401),
    );
    f.response(
        "identity-aware-proxy",
        "9.3/vendor",
        bearer(),
        answer(302)
            .header("Location", "https://accounts.google.com/o/oauth2/v2/auth?client_id=1&response_type=code")
            .header("X-Goog-IAP-Generated-Response", "true"),
        told("sign_in_offered", "likely", "ask_operator", "never")
            .proper(401)
            .product("Google Identity-Aware Proxy")
            .gateway(),
    );
    f.response(
        "login-page",
        "H-401-03",
        bare(),
        answer(303).header("Location", "/login?next=%2Fv1%2Forders"),
        told("sign_in_offered", "guess", "send_credential", "changed").proper(401),
    );
    f.response(
        "another-place",
        "",
        bearer(),
        answer(302).header("Location", "https://api.example/v2/orders"),
        no_refusal(),
    );
    f.response("no-place", "", bearer(), answer(302), no_refusal());
    f.response("moved-for-good", "", bearer(), answer(308).header("Location", "/login"), no_refusal());
    f.response(
        "the-page-that-a-redirect-led-to",
        "H-401-03",
        bearer().to("https://api.example/v1").and("final_url", json!("https://idp.example/login?x=1")),
        answer(200).header("Content-Type", "text/html; charset=utf-8").body("<html>"),
        told("sign_in_offered", "guess", "ask_operator", "never").proper(401),
    );
    f.response(
        "data-of-a-path-that-is-called-login",
        "",
        bearer().to("https://api.example/v1").and("final_url", json!("https://api.example/login/history")),
        answer(200).header("Content-Type", "application/json").body("[]"),
        no_refusal(),
    );
    f.response(
        "a-form-with-a-password",
        "H-401-01",
        bearer(),
        answer(401)
            .header("Content-Type", "text/html")
            .body("<form><input name=\"u\"><input name=\"p\" type=\"password\"></form>"),
        told("sign_in_offered", "likely", "ask_operator", "never"),
    );
    f.response(
        "a-challenge-counts-more-than-its-page",
        "H-401-01",
        bearer(),
        answer(401)
            .challenge("Bearer error=\"invalid_token\"")
            .header("Content-Type", "text/html")
            .body("<form><input type=\"password\"></form>"),
        told("credential_refused", "certain", "refresh_credential", "changed"),
    );
    for (name, address) in [
        ("a-longer-name", "/account/login-history"),
        ("a-word-of-the-domain", "https://api.example/transfers/authorize?x=1"),
        ("a-page-that-comes-after", "/welcome?next=/login"),
    ] {
        f.response(name, "9.3/redirect", bearer(), answer(302).header("Location", address), no_refusal());
    }
    f
}
