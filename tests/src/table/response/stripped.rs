//! "Missing", told to a request that carried a credential: what may have become of it on the way.

use super::soon;
use crate::case::File;
use crate::response::{answer, bare, bearer, challenge, told, with};
use serde_json::json;

pub(super) fn file() -> File {
    let mut f = File::responses("response/stripped");
    let url = "https://api.example/v1/orders";
    f.response(
        "doorward-saw-none",
        "H-GRAM-16 9.3/stripped",
        bearer().to(url),
        challenge("Bearer realm=\"orders\"").json(
            &json!({"status": 401, "outcome": "unauthenticated", "reason": "credential_missing", "recovery": "send_credential"}),
        ),
        told("credential_stripped", "certain", "fix_request", "never")
            .product("Doorward")
            .clues(&["doorward_code", "doorward_body", "credential_sent"])
            .and("signal", json!("fault")),
    );
    // Doorward names an error whenever it saw a credential, whatever it discloses.
    f.response(
        "doorward-saw-none-and-does-not-say",
        "H-GRAM-16 B-ERR-03",
        bearer(),
        challenge("Bearer realm=\"orders\"").json(&json!({"status": 401, "outcome": "unauthenticated"})),
        told("credential_stripped", "likely", "fix_request", "never").product("Doorward"),
    );
    f.response(
        "doorward-wants-another-scheme",
        "9.1/unsupported",
        with("Basic"),
        challenge("Bearer realm=\"orders\"").json(
            &json!({"status": 401, "outcome": "unauthenticated", "reason": "credential_missing", "recovery": "send_credential"}),
        ),
        told("scheme_unsupported", "likely", "change_scheme", "changed").product("Doorward"),
    );
    f.response(
        "doorward-says-that-the-scheme-is-another",
        "9.1/unsupported",
        with("Basic"),
        challenge("Bearer realm=\"orders\"").json(
            &json!({"status": 401, "outcome": "unauthenticated", "reason": "scheme_unsupported", "recovery": "change_scheme"}),
        ),
        told("scheme_unsupported", "certain", "change_scheme", "changed").product("Doorward"),
    );
    f.response(
        "envoy-saw-none",
        "H-GRAM-16 9.3/stripped",
        bearer(),
        challenge("Bearer realm=\"https://api.example/v1/orders\"").body("Jwt is missing"),
        told("credential_stripped", "likely", "fix_request", "never").product("Envoy jwt_authn").gateway(),
    );
    f.response(
        "fastapi-saw-none",
        "H-GRAM-16",
        bearer(),
        challenge("Bearer").body("{\"detail\":\"Not authenticated\"}"),
        told("credential_stripped", "likely", "fix_request", "never").product("FastAPI").application(),
    );
    f.response(
        "an-mcp-server-saw-none",
        "H-GRAM-16 M-05",
        bearer(),
        challenge("Bearer error=\"invalid_token\", error_description=\"Missing Authorization header\""),
        told("credential_stripped", "likely", "fix_request", "never").clues(&[
            "error_code",
            "description",
            "credential_sent",
        ]),
    );
    f.response(
        "invalid-request-for-none",
        "H-GRAM-16",
        bearer(),
        challenge("Bearer realm=\"r\", error=\"invalid_request\", error_description=\"No bearer token found in the request\""),
        told("credential_stripped", "likely", "fix_request", "never"),
    );
    f.response(
        "someone-saw-none",
        "H-GRAM-16",
        bearer(),
        answer(401).json(&json!({"message": "No token provided"})),
        told("credential_stripped", "guess", "fix_request", "never").clues(&["body_text", "credential_sent"]),
    );
    f.response(
        "a-second-credential-that-is-fresh-and-no-code",
        "H-GRAM-16 B-ERR-03",
        bearer().and("attempt", json!(2)).and("issued_at", soon(-1)),
        challenge("Bearer realm=\"orders\""),
        told("credential_stripped", "guess", "fix_request", "never").clues(&[
            "error_absent",
            "credential_sent",
            "credential_fresh",
        ]),
    );
    f.response(
        "stripped-stays-stripped",
        "H-401-05",
        bearer().again(),
        challenge("Bearer").body("{\"detail\":\"Not authenticated\"}"),
        told("credential_stripped", "likely", "fix_request", "never").product("FastAPI").application(),
    );
    f.response(
        "upstream-left-a-note",
        "H-GRAM-16",
        bearer(),
        challenge("Bearer realm=\"orders\"").json(&json!({
            "status": 401, "outcome": "unauthenticated", "reason": "credential_stripped_upstream",
            "cause": "credential_malformed", "recovery": "fix_request",
        })),
        told("credential_stripped_upstream", "certain", "fix_request", "never")
            .cause("credential_malformed")
            .product("Doorward"),
    );
    f.response(
        "upstream-refused-a-replay",
        "H-GRAM-16",
        bearer(),
        challenge("Bearer realm=\"orders\"").json(&json!({
            "status": 401, "outcome": "unauthenticated", "reason": "credential_stripped_upstream",
            "cause": "token_replayed", "recovery": "fix_request",
        })),
        told("credential_stripped_upstream", "certain", "fix_request", "never")
            .cause("token_replayed")
            .product("Doorward")
            .and("signal", json!("attack")),
    );
    f.response(
        "redirected-to-another-host",
        "H-REALM-01 9.3/redirect",
        bearer().to(url).and("final_url", json!("https://eu.api.example/v1/orders")),
        challenge("Bearer realm=\"orders\""),
        told("credential_withheld", "likely", "fix_request", "never").clues(&[
            "error_absent",
            "credential_sent",
            "redirected_elsewhere",
        ]),
    );
    f.response(
        "redirected-to-another-port",
        "H-REALM-01 9.3/redirect",
        bearer().to(url).and("final_url", json!("https://api.example:8443/v1/orders")),
        answer(401),
        told("credential_withheld", "likely", "fix_request", "never"),
    );
    f.response(
        "redirected-to-plain-http",
        "H-REALM-01 9.3/redirect",
        bearer().to(url).and("final_url", json!("http://api.example/v1/orders")),
        challenge("Bearer").body("Jwt is missing"),
        told("credential_withheld", "likely", "fix_request", "never").product("Envoy jwt_authn").gateway(),
    );
    f.response(
        "redirected-within-the-origin",
        "H-REALM-01",
        bearer().to(url).and("final_url", json!("https://API.example:443/v2/orders")),
        challenge("Bearer realm=\"orders\""),
        told("credential_refused", "guess", "refresh_credential", "changed"),
    );
    // Some servers call a credential invalid that they have not seen.
    f.response(
        "redirected-and-called-invalid",
        "H-REALM-01",
        bearer().to(url).and("final_url", json!("https://other.example/")),
        challenge("Bearer error=\"invalid_token\", error_description=\"Authentication required\""),
        told("credential_withheld", "likely", "fix_request", "never").clues(&[
            "error_code",
            "credential_sent",
            "redirected_elsewhere",
        ]),
    );
    // Were it sent there all the same, what the other origin says of it would be no reason to ask for another.
    f.response(
        "redirected-and-sent-all-the-same",
        "H-REALM-01",
        bearer().to(url).and("final_url", json!("https://other.example/")),
        challenge("Bearer error=\"invalid_token\", error_description=\"audience_mismatch\""),
        told("credential_withheld", "likely", "fix_request", "never")
            .cause("audience_mismatch")
            .product("Doorward"),
    );
    // The MCP SDK of Python says the same of every token, and of none.
    f.response(
        "not-redirected-and-called-invalid",
        "M-04",
        bearer().to(url),
        challenge("Bearer error=\"invalid_token\", error_description=\"Authentication required\""),
        told("credential_refused", "certain", "refresh_credential", "changed"),
    );
    f.response(
        "redirected-without-credential",
        "H-REALM-01",
        bare().to(url).and("final_url", json!("https://other.example/")),
        challenge("Bearer"),
        told("credential_missing", "certain", "send_credential", "changed"),
    );
    f
}
