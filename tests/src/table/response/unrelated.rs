//! Errors that have nothing to do with credentials and yet hold the words of those that have: what was asked for, reflected; products of
//! the domain that are called tokens and signatures; pages about the subject. None of them may cost a credential that is good, nor
//! raise an alarm.

use crate::case::File;
use crate::response::{Answer, answer, bearer, challenge, no_refusal, told};
use serde_json::{Value, json};

pub(super) fn file() -> File {
    let mut f = File::responses("response/unrelated");
    let html = |answer: Answer, text: &str| {
        let page = format!("<!DOCTYPE html><html><body><p>{text}</p></body></html>");
        answer.header("Content-Type", "text/html; charset=utf-8").body(&page)
    };
    let data = |status, value: Value| answer(status).json(&value);
    for (name, answer) in [
        ("a-page-about-the-subject", html(answer(404), "How to fix jwt expired errors")),
        ("a-search-that-finds-nothing", data(404, json!({"detail": "no result for 'invalid signature'"}))),
        ("the-code-of-another-thing", data(404, json!({"code": "token_expired", "message": "gift card"}))),
        ("a-signature-of-another-thing", data(400, json!({"error": "invalid signature of webhook payload"}))),
        ("a-token-of-another-thing", data(422, json!({"error": "gift token expired"}))),
        ("a-scope-of-another-thing", data(409, json!({"error": "insufficient scope of work"}))),
        (
            "a-login-of-another-thing",
            data(400, json!({"detail": "user is not authenticated to the mail server"})),
        ),
        (
            "another-thing-was-refused-by-its-library",
            data(400, json!({"message": "upload refused: jwt malformed"})),
        ),
        ("a-product-by-its-sentence", answer(409).body("Jwt verification fails")),
        ("a-cloud-by-its-code", data(404, json!({"code": "AccessDenied"}))),
        ("a-cloud-by-its-code-in-a-bad-request", data(400, json!({"code": "InvalidToken"}))),
        (
            "a-clouds-sentence-that-is-quoted",
            data(400, json!({"message": "no such name: Signature expired: "})),
        ),
        ("an-oauth-code-elsewhere", data(404, json!({"error": "invalid_token"}))),
        ("a-problem-elsewhere", data(404, json!({"type": "urn:problem-type:belgif:expiredAccessToken"}))),
        (
            "a-page-with-a-form-for-people",
            html(answer(404), "Not found. <form><input type=\"password\"></form>"),
        ),
        (
            "a-bad-request-by-the-words-of-nginx",
            html(answer(400), "you searched for Request Header Or Cookie Too Large"),
        ),
    ] {
        f.response(name, "9.3/body", bearer(), answer, no_refusal());
    }
    // The status refuses; the words of a page are no explanation.
    for (name, words) in [
        ("a-page-that-quotes-a-library", "you asked for: jwt expired"),
        ("a-page-that-quotes-a-framework", "you asked for: The signature is invalid"),
    ] {
        f.response(
            name,
            "H-403-04",
            bearer(),
            html(answer(403), words),
            told("refusal_unexplained", "guess", "ask_operator", "never"),
        );
    }
    // Words of nobody in particular may explain, and never raise an alarm.
    for (name, words) in [
        ("vague-words-are-no-alarm", "invalid signature"),
        ("other-vague-words-are-no-alarm", "signature verification failed"),
    ] {
        f.response(
            name,
            "H-401-02",
            bearer(),
            answer(401).json(&json!({"message": words})),
            told("credential_refused", "guess", "refresh_credential", "changed")
                .and("signal", json!("noise")),
        );
        f.response(
            &format!("{name}-the-second-time"),
            "H-401-05",
            bearer().again(),
            answer(401).json(&json!({"message": words})),
            told("credential_refused_again", "certain", "stop", "never")
                .cause("credential_refused")
                .and("signal", json!("fault")),
        );
    }
    f.response(
        "a-framework-speaks-in-the-challenge-only",
        "H-403-04",
        bearer(),
        data(403, json!({"message": "The audience 'minors' may not watch this"})),
        told("refusal_unexplained", "guess", "ask_operator", "never"),
    );
    // Where there is a challenge, it speaks of the credential whatever the status.
    f.response(
        "a-challenge-with-another-status",
        "H-401-06",
        bearer(),
        answer(404).challenge("Bearer error=\"invalid_token\", error_description=\"Jwt is expired\""),
        told("token_expired", "likely", "refresh_credential", "changed")
            .product("Envoy jwt_authn")
            .gateway()
            .proper(401),
    );
    f.response(
        "an-oauth-code-in-a-bad-request",
        "B-ERR-01",
        bearer(),
        data(400, json!({"error": "invalid_token"})),
        told("credential_refused", "likely", "refresh_credential", "changed").proper(401),
    );
    f.response(
        "a-page-behind-a-challenge",
        "B-ERR-01",
        bearer(),
        html(challenge("Bearer error=\"invalid_token\""), "jwt expired"),
        told("credential_refused", "certain", "refresh_credential", "changed"),
    );
    f
}
