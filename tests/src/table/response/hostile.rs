//! Answers of those who mean ill: the most that they reach is to be asked no more.

use super::{date, soon};
use crate::case::File;
use crate::response::{answer, bearer, challenge, dpop, told};
use serde_json::json;

pub(super) fn file() -> File {
    let mut f = File::responses("response/hostile");
    f.response(
        "a-body-that-would-be-a-proxys",
        "H-PS-04",
        bearer(),
        challenge("Bearer error=\"invalid_token\"")
            .body("{\"error\":{\"code\":\"AccessDenied\"}}<Code>RequestTimeTooSkewed</Code>"),
        told("credential_refused", "certain", "refresh_credential", "changed"),
    );
    f.response(
        "a-recovery-from-the-body-is-not-taken",
        "",
        bearer(),
        answer(403).json(&json!({"status": 403, "outcome": "forbidden", "reason": "route_unmatched", "recovery": "send_credential"})),
        told("route_unmatched", "certain", "stop", "never").product("Doorward"),
    );
    f.response(
        "reason-twice",
        "J-DUP-01",
        bearer(),
        answer(403).body("{\"status\":403,\"outcome\":\"forbidden\",\"recovery\":\"stop\",\"reason\":\"method_refused\",\"reason\":\"token_expired\"}"),
        told("method_refused", "certain", "stop", "never").product("Doorward"),
    );
    f.response(
        "a-body-that-is-cut-off",
        "",
        bearer(),
        answer(401).body("{\"error\":{\"code\":\"InvalidAuthenticationToken\",\"message\":\"Lifetime validation failed, the token is expired. More"),
        told("token_expired", "likely", "refresh_credential", "changed").product("Microsoft Graph").application(),
    );
    f.response(
        "deeply-nested",
        "",
        bearer(),
        answer(401).body(&"[".repeat(2_000)),
        told("credential_refused", "guess", "refresh_credential", "changed"),
    );
    f.response(
        "words-behind-the-first-pages",
        "",
        bearer(),
        answer(401).body(&format!("{}jwt expired", " ".repeat(5_000))),
        told("credential_refused", "guess", "refresh_credential", "changed").clues(&["challenge_absent"]),
    );
    let many = format!("{}Bearer error=\"invalid_token\"", "Basic realm=\"x\", ".repeat(40));
    f.response(
        "more-challenges-than-are-read",
        "H-GRAM-08",
        bearer(),
        challenge(&many),
        told("credential_refused", "guess", "refresh_credential", "changed").clues(&["challenge_malformed"]),
    );
    f.response(
        "more-commas-than-are-read",
        "H-GRAM-08",
        bearer(),
        challenge(&format!("{}Bearer error=\"invalid_token\"", ",".repeat(100))),
        told("credential_refused", "guess", "refresh_credential", "changed").clues(&["challenge_malformed"]),
    );
    f.response(
        "a-clock-at-the-end-of-time",
        "H-DATE-01",
        bearer().and("at", soon(0)).and("expires_at", soon(60)),
        challenge("Bearer error=\"invalid_token\", error_description=\"token_expired\"")
            .header("Date", "Fri, 31 Dec 9999 23:59:59 GMT"),
        told("clock_skewed", "certain", "sync_clock", "changed").product("Doorward").cause("token_expired"),
    );
    f.response(
        "a-wait-until-the-end-of-time",
        "H-RA-01",
        bearer(),
        challenge("Bearer error=\"invalid_token\", error_description=\"token_not_yet_valid\"")
            .header("Date", "Thu, 01 Jan 1970 00:00:00 GMT")
            .header("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"),
        told("clock_skewed", "certain", "sync_clock", "same")
            .product("Doorward")
            .cause("token_not_yet_valid")
            .wait(86_400),
    );
    f.response(
        "metadata-of-a-stranger-with-the-right-words",
        "X-PRM-04",
        bearer().to("https://api.example/"),
        challenge("Bearer error=\"invalid_token\", error_description=\"issuer_untrusted\", resource_metadata=\"https://idp.evil.example/m\"")
            .header("Date", &date(0)),
        told("issuer_untrusted", "certain", "replace_credential", "changed").product("Doorward").demand(json!({"resource_metadata": null})),
    );
    f.response(
        "a-nonce-for-a-token-that-has-no-proof",
        "P-17",
        bearer(),
        challenge("DPoP error=\"use_dpop_nonce\"").header("DPoP-Nonce", "n"),
        told("proof_nonce_required", "certain", "use_nonce", "changed"),
    );
    f.response(
        "dpop-by-a-proxy",
        "H-407-03",
        dpop(),
        answer(407).header("Proxy-Authenticate", "DPoP error=\"use_dpop_nonce\"").header("DPoP-Nonce", "n"),
        told("proxy_credential_missing", "certain", "ask_operator", "never").gateway(),
    );
    f
}
