//! What Doorward itself answers: each of its reasons in the challenge and in the content, and forms that only look like it.

use crate::case::File;
use crate::response::{answer, bearer, challenge, told};
use crate::spec::{ROWS, Row, Wire};
use serde_json::json;

/// Every reason of the table, as a policy with `disclosure = "reason"` lets it out.
pub(super) fn reasons() -> File {
    let mut f = File::responses("response/doorward_reasons");
    for row in ROWS {
        let Row { code, outcome, status, recovery, .. } = row;
        // What these say against a request with a credential has files of its own.
        if ["credential_missing", "credential_stripped_upstream"].contains(code) {
            continue;
        }
        let (recovery, retry) = match *recovery {
            // Nobody is there who could authenticate again, and no scope is named.
            "step_up" | "request_scope" => ("ask_operator", "never"),
            "sync_clock" => ("sync_clock", "same"),
            "wait" => ("wait", "same"),
            "fix_request" | "ask_operator" | "stop" => (*recovery, "never"),
            // Here the answer brings no nonce.
            "use_nonce" => ("ask_operator", "never"),
            other => (other, "changed"),
        };
        let expected = || told(code, "certain", recovery, retry).product("Doorward");
        let body = json!({"status": status, "outcome": outcome, "reason": code, "recovery": row.recovery});
        let as_body = match row.error {
            Wire::None => answer(*status),
            Wire::Bare => answer(*status).challenge("Bearer realm=\"orders\""),
            Wire::Error(error) => {
                answer(*status).challenge(&format!("Bearer realm=\"orders\", error=\"{error}\""))
            }
        };
        f.response(&format!("body-{code}"), "", bearer(), as_body.json(&body), expected());
        if let Wire::Error(error) = row.error {
            let value = format!("Bearer realm=\"orders\", error=\"{error}\", error_description=\"{code}\"");
            f.response(
                &format!("challenge-{code}"),
                "",
                bearer(),
                answer(*status).challenge(&value),
                expected(),
            );
        }
    }
    f
}

pub(super) fn file() -> File {
    let mut f = File::responses("response/doorward");
    f.response(
        "a-key-that-is-being-fetched",
        "H-RA-01",
        bearer(),
        challenge("Bearer realm=\"orders\", error=\"invalid_token\", error_description=\"key_unknown\"")
            .header("Retry-After", "2"),
        told("key_unknown", "certain", "wait", "same")
            .product("Doorward")
            .wait(2)
            .clues(&["doorward_code", "retry_after"]),
    );
    f.response(
        "a-key-that-nobody-fetches",
        "",
        bearer(),
        challenge("Bearer realm=\"orders\", error=\"invalid_token\", error_description=\"key_unknown\""),
        told("key_unknown", "certain", "refresh_credential", "changed").product("Doorward"),
    );
    f.response(
        "too-many-failures",
        "9.1/throttled H-429-01",
        bearer(),
        answer(429).header("Retry-After", "40").json(
            &json!({"status": 429, "outcome": "throttled", "reason": "too_many_failures", "recovery": "wait"}),
        ),
        told("too_many_failures", "certain", "wait", "same").product("Doorward").wait(40).and("signal", json!("attack")),
    );
    f.response(
        "throttled-and-does-not-say-why",
        "",
        bearer(),
        answer(429).json(&json!({"status": 429, "outcome": "throttled"})),
        told("rate_limited", "certain", "wait", "same")
            .product("Doorward")
            .clues(&["status", "doorward_body"]),
    );
    // What belongs to another status was not said of this answer.
    f.response(
        "throttled-and-our-word-of-trust",
        "H-429-01",
        bearer(),
        answer(429).json(
            &json!({"status": 429, "outcome": "unavailable", "reason": "trust_stale", "recovery": "wait"}),
        ),
        told("rate_limited", "certain", "wait", "same")
            .product("Doorward")
            .clues(&["status", "doorward_body"]),
    );
    f.response(
        "unavailable-and-our-word-of-a-limit",
        "9.1/unavailable",
        bearer(),
        answer(503).json(
            &json!({"status": 503, "outcome": "throttled", "reason": "too_many_failures", "recovery": "wait"}),
        ),
        told("service_unavailable", "certain", "wait", "same").product("Doorward").and("signal", json!("fault")),
    );
    f.response(
        "scopes-are-named",
        "9.1/scope",
        bearer(),
        answer(403).challenge(
            "Bearer realm=\"orders\", error=\"insufficient_scope\", error_description=\"scope_insufficient\", scope=\"orders:write\"",
        ),
        told("scope_insufficient", "certain", "request_scope", "changed").product("Doorward"),
    );
    f.response(
        "discloses-nothing",
        "B-ERR-04",
        bearer(),
        challenge("Bearer realm=\"orders\", error=\"invalid_token\"")
            .json(&json!({"status": 401, "outcome": "unauthenticated"})),
        told("credential_refused", "certain", "refresh_credential", "changed")
            .product("Doorward")
            .clues(&["error_code", "doorward_body"]),
    );
    f.response(
        "forbidden-and-discloses-nothing",
        "9.1/denied",
        bearer(),
        answer(403).json(&json!({"status": 403, "outcome": "forbidden"})),
        told("refusal_unexplained", "guess", "ask_operator", "never").product("Doorward"),
    );
    f.response(
        "details-of-a-proxy",
        "H-PS-05",
        bearer(),
        answer(403)
            .header("Proxy-Status", "edge-eu; error=http_request_denied; details=\"reason=role_missing\""),
        told("role_missing", "certain", "ask_operator", "never").product("Doorward").gateway(),
    );
    f.response(
        "details-without-a-refusal",
        "H-PS-04",
        bearer(),
        answer(403).header("Proxy-Status", "edge-eu; details=\"reason=role_missing\""),
        told("refusal_unexplained", "guess", "ask_operator", "never"),
    );
    // The words of the description belong to another code.
    f.response(
        "code-and-description-disagree",
        "",
        bearer(),
        answer(403).challenge(
            "Bearer error=\"insufficient_scope\", error_description=\"token_expired\", scope=\"a\"",
        ),
        told("token_expired", "likely", "refresh_credential", "changed").product("Doorward").proper(401),
    );
    f.response(
        "reason-and-outcome-disagree",
        "",
        bearer(),
        answer(403).json(
            &json!({"status": 403, "outcome": "forbidden", "reason": "token_expired", "recovery": "stop"}),
        ),
        told("token_expired", "likely", "refresh_credential", "changed").product("Doorward").proper(401),
    );
    // Something has written another status over Doorward's: its word is one of a content, like that of others.
    f.response(
        "status-in-the-body-is-another",
        "",
        bearer(),
        answer(403).json(&json!({"status": 401, "outcome": "unauthenticated", "reason": "token_expired", "recovery": "refresh_credential"})),
        told("token_expired", "likely", "refresh_credential", "changed").proper(401).clues(&["body_code"]),
    );
    f.response(
        "a-reason-that-no-service-gives",
        "",
        bearer(),
        challenge("Bearer error=\"invalid_token\", error_description=\"retry_blocked\""),
        told("credential_refused", "certain", "refresh_credential", "changed"),
    );
    f.response(
        "a-reason-of-a-later-release",
        "B-21-01",
        bearer(),
        challenge("Bearer error=\"invalid_token\", error_description=\"token_unlucky\""),
        told("credential_refused", "certain", "refresh_credential", "changed"),
    );
    f.response(
        "our-own-trust",
        "9.1/unavailable",
        bearer(),
        answer(503).header("Retry-After", "10").json(
            &json!({"status": 503, "outcome": "unavailable", "reason": "trust_unavailable", "recovery": "wait"}),
        ),
        told("trust_unavailable", "certain", "wait", "same").product("Doorward").wait(10),
    );
    f
}
