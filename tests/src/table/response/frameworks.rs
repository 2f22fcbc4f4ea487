//! Applications behind the usual frameworks and libraries, by the sentences that these let out.

use super::soon;
use crate::case::File;
use crate::response::{answer, bare, bearer, challenge, told};
use serde_json::json;

pub(super) fn file() -> File {
    let mut f = File::responses("response/frameworks");
    let uri = "error_uri=\"https://www.rfc-editor.org/rfc/rfc6750#section-3.1\"";
    for (name, product, words, reason, recovery) in [
        (
            "spring-expired",
            "Spring Security",
            "Jwt expired at 2026-11-22T21:00:00Z",
            "token_expired",
            "refresh_credential",
        ),
        (
            "spring-audience",
            "Spring Security",
            "An error occurred while attempting to decode the Jwt: The aud claim is not valid",
            "audience_mismatch",
            "request_audience",
        ),
        (
            "spring-key",
            "Spring Security",
            "An error occurred while attempting to decode the Jwt: Signed JWT rejected: Another algorithm expected, or no matching key(s) found",
            "key_unknown",
            "refresh_credential",
        ),
        (
            "asp-net-expired",
            "ASP.NET Core",
            "The token expired at '11/22/2026 21:00:00'",
            "token_expired",
            "refresh_credential",
        ),
        (
            "asp-net-audience",
            "ASP.NET Core",
            "The audience 'https://a.example' is invalid",
            "audience_mismatch",
            "request_audience",
        ),
        (
            "asp-net-issuer",
            "ASP.NET Core",
            "The issuer 'https://i.example' is invalid",
            "issuer_untrusted",
            "replace_credential",
        ),
        (
            "asp-net-key",
            "ASP.NET Core",
            "The signature key was not found",
            "key_unknown",
            "refresh_credential",
        ),
    ] {
        f.response(
            name,
            "9.3/vendor",
            bearer(),
            challenge(&format!("Bearer error=\"invalid_token\", error_description=\"{words}\", {uri}")),
            told(reason, "likely", recovery, "changed")
                .product(product)
                .application()
                .clues(&["error_code", "description"]),
        );
    }
    f.response(
        "spring-scope",
        "B-ERR-01",
        bearer(),
        answer(403).challenge(&format!(
            "Bearer error=\"insufficient_scope\", error_description=\"The request requires higher privileges than provided by the access token.\", {uri}"
        )),
        told("scope_insufficient", "certain", "ask_operator", "never"),
    );
    for (name, product, words, reason, recovery) in [
        (
            "auth0-expired",
            "jose",
            "'exp' claim timestamp check failed",
            "token_expired",
            "refresh_credential",
        ),
        (
            "auth0-audience",
            "express-oauth2-jwt-bearer",
            "Unexpected 'aud' value",
            "audience_mismatch",
            "request_audience",
        ),
        (
            "auth0-issuer",
            "express-oauth2-jwt-bearer",
            "Unexpected 'iss' value",
            "issuer_untrusted",
            "replace_credential",
        ),
        (
            "auth0-key",
            "jose",
            "no applicable key found in the JSON Web Key Set",
            "key_unknown",
            "refresh_credential",
        ),
    ] {
        f.response(
            name,
            "P-18 9.3/vendor",
            bearer(),
            challenge(&format!(
                "Bearer realm=\"api\", error=\"invalid_token\", error_description=\"{words}\", DPoP algs=\"RS256 ES256\""
            )),
            told(reason, "likely", recovery, "changed").product(product),
        );
    }
    f.response(
        "auth0-signature",
        "P-18",
        bearer(),
        challenge("Bearer realm=\"api\", error=\"invalid_token\", error_description=\"signature verification failed\", DPoP algs=\"RS256\""),
        told("signature_invalid", "likely", "replace_credential", "changed").and("signal", json!("attack")),
    );
    for (name, error, message, reason, recovery, retry) in [
        (
            "express-expired",
            "TokenExpiredError",
            "jwt expired",
            "token_expired",
            "refresh_credential",
            "changed",
        ),
        (
            "express-audience",
            "JsonWebTokenError",
            "jwt audience invalid. expected: https://api.example",
            "audience_mismatch",
            "request_audience",
            "changed",
        ),
        (
            "express-malformed",
            "JsonWebTokenError",
            "jwt malformed",
            "token_malformed",
            "fix_request",
            "never",
        ),
    ] {
        f.response(
            name,
            "H-401-01 9.3/vendor",
            bearer(),
            answer(401).header("X-Powered-By", "Express").json(&json!({"error": error, "message": message})),
            told(reason, "likely", recovery, retry).product("jsonwebtoken").clues(&["body_text"]),
        );
    }
    f.response(
        "express-tutorial",
        "H-403-02",
        bearer(),
        answer(403).header("Content-Type", "text/plain; charset=utf-8").body("Forbidden"),
        told("refusal_unexplained", "guess", "ask_operator", "never"),
    );
    // All that tells is the caller's own clock.
    f.response(
        "express-tutorial-and-an-expired-token",
        "H-403-02",
        bearer().and("expires_at", soon(-30)),
        answer(403).header("Content-Type", "text/plain; charset=utf-8").body("Forbidden"),
        told("token_expired", "guess", "refresh_credential", "changed")
            .proper(401)
            .clues(&["credential_expired"]),
    );
    f.response(
        "express-jwt-without-token",
        "9.1/missing",
        bare(),
        answer(401).body("UnauthorizedError: No authorization token was found"),
        told("credential_missing", "likely", "send_credential", "changed")
            .product("express-jwt")
            .application(),
    );
    f.response(
        "fastapi-without-token",
        "9.1/missing",
        bare(),
        challenge("Bearer").header("Server", "uvicorn").body("{\"detail\":\"Not authenticated\"}"),
        told("credential_missing", "likely", "send_credential", "changed").product("FastAPI").application(),
    );
    f.response(
        "fastapi-tutorial",
        "B-ERR-03",
        bearer(),
        challenge("Bearer")
            .header("Server", "uvicorn")
            .body("{\"detail\":\"Could not validate credentials\"}"),
        told("credential_refused", "guess", "refresh_credential", "changed").product("uvicorn").application(),
    );
    f.response(
        "pyjwt-expired",
        "9.3/vendor",
        bearer(),
        challenge("Bearer").body("{\"detail\":\"Signature has expired\"}"),
        told("token_expired", "likely", "refresh_credential", "changed").product("PyJWT"),
    );
    f.response(
        "rest-framework-with-403",
        "H-403-02",
        bearer(),
        answer(403).body("{\"detail\":\"Authentication credentials were not provided.\"}"),
        told("credential_stripped", "likely", "fix_request", "never")
            .product("Django REST framework")
            .application()
            .proper(401),
    );
    f.response(
        "simplejwt",
        "9.3/vendor",
        bearer(),
        challenge("Bearer realm=\"api\"")
            .json(&json!({"detail": "Given token not valid for any token type", "code": "token_not_valid"})),
        told("credential_refused", "likely", "refresh_credential", "changed")
            .product("djangorestframework-simplejwt")
            .application(),
    );
    f.response(
        "rust-expired",
        "9.3/vendor",
        bearer(),
        challenge("Bearer error=\"invalid_token\", error_description=\"ExpiredSignature\""),
        told("token_expired", "likely", "refresh_credential", "changed").product("jsonwebtoken for Rust"),
    );
    f.response(
        "rust-audience-in-the-content",
        "9.3/vendor",
        bearer(),
        answer(401).json(&json!({"error": "unauthorized", "message": "InvalidAudience"})),
        told("audience_mismatch", "likely", "request_audience", "changed").product("jsonwebtoken for Rust"),
    );
    f.response(
        "go-oidc-audience",
        "9.3/vendor",
        bearer(),
        answer(401).body("oidc: expected audience \"api\" got [\"web\"]\n"),
        told("audience_mismatch", "likely", "request_audience", "changed").product("go-oidc"),
    );
    f.response(
        "authlib-without-token",
        "B-21-01",
        bearer(),
        challenge(
            "bearer error=\"missing_authorization\", error_description=\"Missing Authorization in headers.\"",
        ),
        told("credential_stripped", "likely", "fix_request", "never").product("Authlib").application(),
    );
    f.response(
        "nobody-in-particular",
        "9.3/vendor",
        bearer(),
        answer(401).body("Your token has expired, please sign in again"),
        told("token_expired", "guess", "refresh_credential", "changed").clues(&["body_text"]),
    );
    f.response(
        "nobody-in-particular-and-nothing-sent",
        "9.1/missing",
        bare(),
        answer(401).body("Your token has expired, please sign in again"),
        told("credential_missing", "likely", "send_credential", "changed")
            .clues(&["body_text", "credential_not_sent"]),
    );
    f
}
