//! Challenges in all their shapes: several, in one line and in many, without codes, broken, for other schemes.

use super::soon;
use crate::case::File;
use crate::response::{answer, bare, bearer, challenge, told, with};
use serde_json::json;

pub(super) fn file() -> File {
    let mut f = File::responses("response/challenges");
    f.response(
        "nothing-sent",
        "H-401-01 B-ERR-02 9.1/missing",
        bare(),
        challenge("Bearer realm=\"orders\", scope=\"read\""),
        told("credential_missing", "certain", "send_credential", "changed")
            .clues(&["credential_not_sent"])
            .demand(json!({"scheme": "Bearer", "realm": "orders", "scope": "read", "error": null})),
    );
    f.response(
        "nothing-sent-and-called-invalid",
        "B-ERR-02",
        bare(),
        challenge("Bearer error=\"invalid_token\", error_description=\"Missing Authorization header\""),
        told("credential_missing", "certain", "send_credential", "changed")
            .clues(&["error_code", "credential_not_sent"]),
    );
    f.response(
        "nothing-sent-and-called-insufficient",
        "B-401-SCOPE",
        bare(),
        challenge("Bearer realm=\"r\", error=\"insufficient_scope\", scope=\"pull\""),
        told("credential_missing", "certain", "send_credential", "changed").demand(json!({"scope": "pull"})),
    );
    f.response(
        "no-code-for-a-token",
        "B-ERR-03",
        bearer(),
        challenge("Bearer realm=\"orders\""),
        told("credential_refused", "guess", "refresh_credential", "changed").clues(&["error_absent"]),
    );
    f.response(
        "bare-scheme",
        "H-GRAM-10",
        bearer(),
        challenge("Bearer"),
        told("credential_refused", "guess", "refresh_credential", "changed")
            .demand(json!({"scheme": "Bearer", "realm": null})),
    );
    f.response(
        "no-code-for-an-expired-token",
        "B-ERR-03",
        bearer().and("expires_at", soon(-5)),
        challenge("Bearer realm=\"orders\""),
        told("token_expired", "likely", "refresh_credential", "changed")
            .clues(&["error_absent", "credential_expired"]),
    );
    f.response(
        "basic-has-no-codes",
        "H-BASIC-01",
        with("Basic"),
        challenge("Basic realm=\"files\", charset=\"UTF-8\""),
        told("credential_refused", "likely", "refresh_credential", "changed").clues(&["challenge"]),
    );
    f.response(
        "scheme-in-another-case",
        "H-GRAM-01",
        with("BEARER"),
        challenge("bearer Error=\"invalid_token\""),
        told("credential_refused", "certain", "refresh_credential", "changed")
            .demand(json!({"scheme": "bearer", "error": "invalid_token"})),
    );
    f.response(
        "another-scheme",
        "9.1/unsupported H-403-01",
        bearer(),
        challenge("Basic realm=\"files\""),
        told("scheme_unsupported", "likely", "change_scheme", "changed")
            .clues(&["scheme_differs"])
            .demand(json!({"scheme": "Basic"})),
    );
    f.response(
        "other-schemes",
        "9.1/unsupported H-GRAM-07",
        with("Basic"),
        challenge("Negotiate, Bearer realm=\"a\", Digest realm=\"b\", nonce=\"n\", qop=\"auth\""),
        told("scheme_unsupported", "likely", "change_scheme", "changed")
            .demand(json!({"scheme": "Negotiate"})),
    );
    f.response(
        "ours-among-others",
        "H-GRAM-07",
        bearer(),
        challenge(
            "Negotiate, Basic realm=\"b, Bearer error=x\", Bearer realm=\"a\", error=\"invalid_token\"",
        ),
        told("credential_refused", "certain", "refresh_credential", "changed").demand(json!({"realm": "a"})),
    );
    f.response(
        "ours-on-another-line",
        "H-GRAM-07",
        bearer(),
        challenge("Basic realm=\"b\"")
            .challenge("Bearer realm=\"a\", error=\"insufficient_scope\", scope=\"x\""),
        told("scope_insufficient", "certain", "request_scope", "changed")
            .proper(403)
            .demand(json!({"realm": "a"})),
    );
    // Of two challenges for one scheme, the one that speaks of what was sent.
    f.response(
        "two-realms",
        "H-GRAM-11",
        bearer(),
        challenge("Bearer realm=\"a\"").challenge("Bearer realm=\"b\", error=\"invalid_token\""),
        told("credential_refused", "certain", "refresh_credential", "changed").demand(json!({"realm": "b"})),
    );
    f.response(
        "tokens-and-quoted-pairs",
        "H-GRAM-05 H-GRAM-06",
        bearer(),
        challenge("Bearer realm = \"a \\\"b\\\"\" ,error=invalid_token"),
        told("credential_refused", "certain", "refresh_credential", "changed")
            .demand(json!({"realm": "a \"b\"", "error": "invalid_token"})),
    );
    f.response(
        "empty-elements",
        "H-GRAM-08",
        bearer(),
        challenge(", ,Bearer error=\"invalid_token\",,"),
        told("credential_refused", "certain", "refresh_credential", "changed"),
    );
    f.response(
        "unknown-parameters",
        "H-GRAM-15",
        bearer(),
        challenge("Bearer realm=\"a\", colour=\"blue\", error=\"invalid_token\", error_uri=\"https://docs.example/e\""),
        told("credential_refused", "certain", "refresh_credential", "changed"),
    );
    f.response(
        "broken-before-ours",
        "H-GRAM-04",
        bearer(),
        challenge("Basic realm=\"a\", realm=\"b\"").challenge("Bearer error=\"invalid_token\""),
        told("credential_refused", "certain", "refresh_credential", "changed"),
    );
    f.response(
        "only-broken",
        "H-GRAM-04",
        bearer(),
        challenge("Bearer error=\"invalid_token\", error=\"insufficient_scope\""),
        told("credential_refused", "guess", "refresh_credential", "changed").clues(&["challenge_malformed"]),
    );
    f.response(
        "unterminated",
        "H-GRAM-06",
        bearer(),
        challenge("Bearer error=\"invalid_token"),
        told("credential_refused", "guess", "refresh_credential", "changed")
            .clues(&["challenge_malformed"])
            .demand(json!({"error": null})),
    );
    f.response(
        "no-challenge-but-a-proxys",
        "H-407-02",
        bearer(),
        answer(401).header("Proxy-Authenticate", "Bearer error=\"insufficient_scope\""),
        told("proxy_credential_missing", "likely", "ask_operator", "never")
            .gateway()
            .proper(407)
            .clues(&["challenge"]),
    );
    f.response(
        "both-schemes-and-nothing-sent",
        "P-18",
        bare(),
        challenge("Bearer realm=\"api\", DPoP algs=\"ES256\""),
        told("credential_missing", "certain", "send_credential", "changed")
            .demand(json!({"scheme": "Bearer"})),
    );
    // Both schemes are offered always; the second says nothing of the token.
    f.response(
        "both-schemes-and-a-bad-token",
        "P-18",
        bearer(),
        challenge("Bearer realm=\"api\", error=\"invalid_token\", DPoP algs=\"ES256 EdDSA\""),
        told("credential_refused", "certain", "refresh_credential", "changed")
            .demand(json!({"scheme": "Bearer", "realm": "api"})),
    );
    unquoted_and_without_commas(&mut f);
    f
}

/// Malformed challenges of well-known services, whose meaning is plain nonetheless.
fn unquoted_and_without_commas(f: &mut File) {
    f.response(
        "blanks-for-commas-and-an-expired-token",
        "B-ERR-02 H-GRAM-07",
        bearer(),
        challenge("Bearer scope=\"\" error=\"invalid_token\" error_description=\"the token has expired\""),
        told("token_expired", "likely", "refresh_credential", "changed")
            .clues(&["challenge_malformed", "error_code", "description"])
            .demand(json!({"error": "invalid_token", "error_description": "the token has expired"})),
    );
    f.response(
        "blanks-for-commas-and-an-error-code",
        "B-ERR-02 H-GRAM-07",
        bearer(),
        challenge("Bearer error=\"invalid_token\" realm=\"orders\""),
        told("credential_refused", "likely", "refresh_credential", "changed")
            .clues(&["challenge_malformed", "error_code"])
            .demand(json!({"realm": "orders", "error": "invalid_token"})),
    );
    f.response(
        "blanks-for-commas-in-anothers-challenge",
        "H-401-01 H-GRAM-07",
        bearer(),
        challenge("Basic realm=\"security\" charset=\"UTF-8\""),
        told("scheme_unsupported", "likely", "change_scheme", "changed")
            .clues(&["challenge_malformed", "scheme_differs"])
            .demand(json!({"scheme": "Basic", "realm": "security"})),
    );
    f.response(
        "unquoted-addresses",
        "H-401-01 H-GRAM-06",
        bare(),
        challenge("Bearer authorization_uri=https://login.example/t/oauth2/authorize resource_id=https://storage.example"),
        told("credential_missing", "certain", "send_credential", "changed")
            .clues(&["credential_not_sent"])
            .demand(json!({"scheme": "Bearer", "error": null})),
    );
    // Whoever could write a second `error` into the challenge has not said more than the first.
    f.response(
        "blanks-for-commas-and-a-name-twice",
        "H-GRAM-04",
        bearer(),
        challenge("Bearer error=\"invalid_token\" error=\"insufficient_scope\" scope=\"admin\""),
        told("credential_refused", "guess", "refresh_credential", "changed")
            .clues(&["challenge_malformed"])
            .demand(json!({"error": null, "scope": null})),
    );
    f.response(
        "a-sound-challenge-before-a-malformed-one",
        "H-GRAM-07",
        bearer(),
        challenge("Bearer error=\"insufficient_scope\" scope=\"admin\"")
            .challenge("Bearer error=\"invalid_token\""),
        told("credential_refused", "certain", "refresh_credential", "changed")
            .clues(&["error_code"])
            .demand(json!({"error": "invalid_token", "scope": null})),
    );
}
