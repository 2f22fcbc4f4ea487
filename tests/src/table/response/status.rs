//! What the status alone says, and what it does not.

use crate::case::File;
use crate::response::{answer, bare, bearer, no_refusal, told};
use serde_json::json;

pub(super) fn file() -> File {
    let mut f = File::responses("response/status");
    f.response(
        "proxy-wants-its-own-credential",
        "H-407-01 H-407-02",
        bearer(),
        answer(407).header("Proxy-Authenticate", "Basic realm=\"egress\""),
        told("proxy_credential_missing", "certain", "ask_operator", "never")
            .gateway()
            .clues(&["status"])
            .demand(json!({"scheme": "Basic", "realm": "egress", "error": null})),
    );
    // A 407 whose words look like ours is still none of ours.
    f.response(
        "proxy-says-invalid-token",
        "H-407-01 9.1/proxy",
        bearer(),
        answer(407)
            .header("Proxy-Authenticate", "Bearer error=\"invalid_token\"")
            .challenge("Bearer error=\"insufficient_scope\", scope=\"all\""),
        told("proxy_credential_missing", "certain", "ask_operator", "never")
            .gateway()
            .demand(json!({"error": "invalid_token", "scope": null})),
    );
    f.response(
        "network-wants-a-sign-in",
        "H-511-01",
        bearer(),
        answer(511)
            .header("Content-Type", "text/html")
            .body("<a href=\"https://login.example/\">Sign in</a>"),
        told("network_sign_in_required", "certain", "ask_operator", "never").gateway(),
    );
    f.response(
        "network-wants-a-sign-in-without-credential",
        "H-511-01",
        bare(),
        answer(511),
        told("network_sign_in_required", "certain", "ask_operator", "never").gateway(),
    );
    f.response(
        "proxy-without-a-challenge",
        "H-407-01",
        bare(),
        answer(407),
        told("proxy_credential_missing", "certain", "ask_operator", "never")
            .gateway()
            .demand(json!({"scheme": null})),
    );
    f.response(
        "too-many",
        "H-429-01",
        bearer(),
        answer(429),
        told("rate_limited", "certain", "wait", "same"),
    );
    f.response(
        "too-many-and-invalid-token",
        "H-429-01",
        bearer(),
        answer(429).challenge("Bearer error=\"invalid_token\""),
        told("rate_limited", "certain", "wait", "same"),
    );
    // The status comes before all words, our own among them.
    let of_a_token = "Bearer error=\"invalid_token\", error_description=\"token_expired\"";
    f.response(
        "too-many-and-our-own-word-of-a-token",
        "H-429-01",
        bearer(),
        answer(429).header("Retry-After", "8").challenge(of_a_token),
        told("rate_limited", "certain", "wait", "same").wait(8).clues(&["status", "retry_after"]),
    );
    for (name, status) in [("unavailable", 503), ("bad-gateway", 502), ("gateway-timeout", 504)] {
        let expected = told("service_unavailable", "certain", "wait", "same").clues(&["status"]);
        f.response(
            &format!("{name}-and-our-own-word-of-a-token"),
            "9.1/unavailable",
            bearer(),
            answer(status).challenge(of_a_token),
            if status == 503 { expected } else { expected.gateway() },
        );
    }
    f.response(
        "unavailable",
        "9.1/unavailable",
        bearer(),
        answer(503),
        told("service_unavailable", "certain", "wait", "same").and("signal", json!("fault")),
    );
    f.response(
        "bad-gateway",
        "",
        bearer(),
        answer(502),
        told("service_unavailable", "certain", "wait", "same").gateway(),
    );
    f.response(
        "gateway-timeout",
        "",
        bare(),
        answer(504),
        told("service_unavailable", "certain", "wait", "same").gateway(),
    );
    f.response("internal-error", "", bearer(), answer(500), no_refusal());
    f.response("not-found", "H-404-01", bearer(), answer(404), no_refusal());
    f.response("bad-request", "H-400-01", bearer(), answer(400).body("no such field"), no_refusal());
    f.response("ok", "", bearer(), answer(200), no_refusal());
    f.response(
        "challenge-on-ok",
        "H-401-06",
        bearer(),
        answer(200).challenge("Bearer error=\"insufficient_scope\", scope=\"write\""),
        no_refusal().demand(json!({"scheme": "Bearer", "scope": "write"})),
    );
    f.response(
        "challenge-on-not-modified",
        "H-401-06",
        bearer(),
        answer(304).challenge("Bearer"),
        no_refusal(),
    );
    f.response(
        "forbidden",
        "H-403-04",
        bearer(),
        answer(403),
        told("refusal_unexplained", "guess", "ask_operator", "never").clues(&["status"]),
    );
    f.response(
        "forbidden-without-credential",
        "H-403-04",
        bare(),
        answer(403),
        told("refusal_unexplained", "guess", "ask_operator", "never"),
    );
    f.response(
        "unauthorized-without-anything",
        "H-401-01",
        bare(),
        answer(401),
        told("credential_missing", "likely", "send_credential", "changed")
            .clues(&["challenge_absent", "credential_not_sent"]),
    );
    f.response(
        "unauthorized-without-a-challenge",
        "H-401-01",
        bearer(),
        answer(401),
        told("credential_refused", "guess", "refresh_credential", "changed").clues(&["challenge_absent"]),
    );
    f.response(
        "fields-too-large",
        "H-4XX-01",
        bearer(),
        answer(431),
        told("credential_too_large", "guess", "fix_request", "never"),
    );
    f.response("fields-too-large-without-credential", "H-4XX-01", bare(), answer(431), no_refusal());
    f.response(
        "a-service-behind-a-proxy",
        "H-407-01",
        bearer(),
        answer(401)
            .challenge("Bearer error=\"invalid_token\"")
            .header("Proxy-Authenticate", "Basic realm=\"proxy\""),
        told("credential_refused", "certain", "refresh_credential", "changed"),
    );
    f.response(
        "no-challenge-and-no-credential",
        "H-401-01",
        bare(),
        answer(401),
        told("credential_missing", "likely", "send_credential", "changed")
            .clues(&["challenge_absent", "credential_not_sent"]),
    );
    f
}
