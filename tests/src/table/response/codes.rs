//! The registered error codes, on the status that they belong to and on others, and codes that nobody knows.

use super::soon;
use crate::case::File;
use crate::response::{answer, bearer, challenge, told};
use serde_json::json;

pub(super) fn file() -> File {
    let mut f = File::responses("response/codes");
    f.response(
        "invalid-token",
        "B-ERR-01 B-ERR-04",
        bearer(),
        challenge("Bearer realm=\"r\", error=\"invalid_token\""),
        told("credential_refused", "certain", "refresh_credential", "changed")
            .clues(&["error_code"])
            .and("signal", json!("noise"))
            .demand(json!({"error": "invalid_token", "error_description": null})),
    );
    f.response(
        "invalid-token-that-has-expired",
        "B-ERR-04 9.1/expired",
        bearer().and("expires_at", soon(-1)),
        challenge("Bearer error=\"invalid_token\""),
        told("token_expired", "likely", "refresh_credential", "changed")
            .clues(&["error_code", "credential_expired"]),
    );
    f.response(
        "invalid-token-on-forbidden",
        "H-403-02 B-ERR-01",
        bearer(),
        answer(403).challenge("Bearer error=\"invalid_token\""),
        told("credential_refused", "certain", "refresh_credential", "changed").proper(401),
    );
    f.response(
        "invalid-token-on-bad-request",
        "B-ERR-01",
        bearer(),
        answer(400).challenge("Bearer error=\"invalid_token\""),
        told("credential_refused", "certain", "refresh_credential", "changed").proper(401),
    );
    f.response(
        "insufficient-scope",
        "B-ERR-01 M-07 9.1/scope",
        bearer(),
        answer(403).challenge("Bearer error=\"insufficient_scope\", scope=\"orders:write orders:read\""),
        told("scope_insufficient", "certain", "request_scope", "changed")
            .clues(&["error_code"])
            .demand(json!({"scope": "orders:write orders:read"})),
    );
    f.response(
        "insufficient-scope-on-unauthorized",
        "B-401-SCOPE",
        bearer(),
        challenge("Bearer error=\"insufficient_scope\", scope=\"orders:write\""),
        told("scope_insufficient", "certain", "request_scope", "changed").proper(403),
    );
    f.response(
        "insufficient-scope-on-unauthorized-for-an-expired-token",
        "B-401-SCOPE",
        bearer().and("expires_at", soon(-100)),
        challenge("Bearer error=\"insufficient_scope\", scope=\"orders:write\""),
        told("scope_insufficient", "certain", "request_scope", "changed").proper(403),
    );
    f.response(
        "insufficient-scope-without-scopes",
        "B-ERR-01",
        bearer(),
        answer(403).challenge("Bearer error=\"insufficient_scope\""),
        told("scope_insufficient", "certain", "ask_operator", "never"),
    );
    f.response(
        "invalid-request",
        "B-ERR-01 B-SEND-03",
        bearer(),
        answer(400).challenge("Bearer error=\"invalid_request\""),
        told("request_refused", "certain", "fix_request", "never").clues(&["error_code"]),
    );
    f.response(
        "invalid-request-on-unauthorized",
        "B-ERR-01",
        bearer(),
        challenge("Bearer error=\"invalid_request\", error_description=\"two tokens\""),
        told("request_refused", "certain", "fix_request", "never").proper(400),
    );
    f.response(
        "two-authorization-lines",
        "B-SEND-03 P-18",
        bearer(),
        answer(400)
            .challenge("Bearer error=\"invalid_request\"")
            .challenge("DPoP error=\"invalid_request\", algs=\"ES256\""),
        told("request_refused", "certain", "fix_request", "never").demand(json!({"scheme": "Bearer"})),
    );
    f.response(
        "unknown-code",
        "B-21-01",
        bearer(),
        challenge("Bearer error=\"token_unlucky\""),
        told("credential_refused", "likely", "refresh_credential", "changed")
            .clues(&["status", "error_code_unknown"]),
    );
    f.response(
        "unknown-code-on-forbidden",
        "B-21-01",
        bearer(),
        answer(403).challenge("Bearer error=\"no_moon\""),
        told("refusal_unexplained", "guess", "ask_operator", "never")
            .clues(&["status", "error_code_unknown"]),
    );
    f.response(
        "unknown-code-on-bad-request",
        "B-21-01",
        bearer(),
        answer(400).challenge("Bearer error=\"no_moon\""),
        told("request_refused", "guess", "fix_request", "never"),
    );
    // The code decides, and not the words beside it.
    f.response(
        "scope-code-with-words-of-expiry",
        "B-ERR-01",
        bearer(),
        answer(403).challenge(
            "Bearer error=\"insufficient_scope\", error_description=\"token has expired\", scope=\"a\"",
        ),
        told("scope_insufficient", "certain", "request_scope", "changed"),
    );
    f.response(
        "words-of-permission-with-an-invalid-token",
        "B-ERR-01",
        bearer(),
        challenge("Bearer error=\"invalid_token\"").body("RBAC: access denied"),
        told("credential_refused", "certain", "refresh_credential", "changed"),
    );
    words_beside_an_invalid_token(&mut f);
    f.response(
        "oauth-error-in-the-content",
        "",
        bearer(),
        answer(401).json(&json!({"error": "invalid_token", "error_description": "nope"})),
        told("credential_refused", "likely", "refresh_credential", "changed").clues(&["body_code"]),
    );
    f.response(
        "oauth-scope-error-in-the-content",
        "B-401-SCOPE",
        bearer(),
        answer(401).json(&json!({"error": "insufficient_scope"})),
        told("scope_insufficient", "likely", "ask_operator", "never").proper(403),
    );
    f.response(
        "access-denied-in-the-content",
        "H-403-05",
        bearer(),
        answer(403).json(&json!({"error": "access_denied"})),
        told("permission_denied", "likely", "ask_operator", "never").clues(&["body_code"]),
    );
    f.response(
        "step-up",
        "X-SU-01 X-SU-03 9.1/step-up",
        bearer().and("interactive", json!(true)),
        challenge(
            "Bearer error=\"insufficient_user_authentication\", acr_values=\"gold silver\", max_age=\"300\"",
        ),
        told("step_up_required", "certain", "step_up", "changed")
            .demand(json!({"acr_values": "gold silver", "max_age": "300"})),
    );
    f.response(
        "step-up-of-a-workload",
        "X-SU-04",
        bearer(),
        challenge("Bearer error=\"insufficient_user_authentication\", max_age=300"),
        told("step_up_required", "certain", "ask_operator", "never").demand(json!({"max_age": "300"})),
    );
    f.response(
        "step-up-on-forbidden",
        "X-SU-01 T-04",
        bearer().and("interactive", json!(true)),
        answer(403).challenge("Bearer error=\"insufficient_user_authentication\", acr_values=\"gold\""),
        told("step_up_required", "certain", "step_up", "changed").proper(401),
    );
    f.response(
        "step-up-for-a-bound-token",
        "X-SU-01",
        crate::response::dpop().and("interactive", json!(true)),
        challenge("DPoP error=\"insufficient_user_authentication\", acr_values=\"gold\", algs=\"ES256\""),
        told("step_up_required", "certain", "step_up", "changed").demand(json!({"scheme": "DPoP"})),
    );
    f.response(
        "step-up-with-an-age-that-is-none",
        "X-SU-01",
        bearer().and("interactive", json!(true)),
        challenge("Bearer error=\"insufficient_user_authentication\", max_age=\"-1\""),
        told("step_up_required", "certain", "step_up", "changed").demand(json!({"max_age": null})),
    );
    f
}

/// The challenge comes before the content: it says that there was a credential, and that it was refused.
fn words_beside_an_invalid_token(f: &mut File) {
    let words = |text: &str| challenge("Bearer error=\"invalid_token\"").json(&json!({"message": text}));
    let refused = || told("credential_refused", "certain", "refresh_credential", "changed");
    f.response(
        "words-of-absence-with-an-invalid-token",
        "B-ERR-01 H-GRAM-16",
        bearer(),
        words("User is not authenticated"),
        refused().clues(&["error_code"]),
    );
    f.response(
        "words-of-expiry-with-an-invalid-token",
        "B-ERR-01",
        bearer(),
        words("Token expired"),
        told("token_expired", "likely", "refresh_credential", "changed").clues(&["error_code", "body_text"]),
    );
    f.response(
        "words-of-absence-and-of-expiry-with-an-invalid-token",
        "B-ERR-01",
        bearer(),
        words("not authenticated: the token has expired"),
        told("token_expired", "likely", "refresh_credential", "changed"),
    );
    f.response(
        "words-of-the-audience-with-an-invalid-token",
        "B-ERR-01",
        bearer(),
        words("invalid audience"),
        told("audience_mismatch", "likely", "request_audience", "changed"),
    );
    f.response(
        "words-of-forgery-with-an-invalid-token",
        "B-ERR-01 H-401-02",
        bearer(),
        words("invalid signature"),
        refused().and("signal", json!("noise")),
    );
    // What a product says is its own sentence, and not one that anybody has.
    f.response(
        "a-product-that-saw-none-with-an-invalid-token",
        "9.3/vendor H-GRAM-16",
        bearer(),
        challenge("Bearer error=\"invalid_token\"").body("{\"detail\":\"Not authenticated\"}"),
        told("credential_stripped", "likely", "fix_request", "never").product("FastAPI").application(),
    );
}
