//! The same credential, refused twice: another try cannot end otherwise, unless something else than the credential is at fault.

use super::soon;
use crate::case::File;
use crate::response::{answer, bare, bearer, challenge, dpop, told, with};
use serde_json::json;

pub(super) fn file() -> File {
    let mut f = File::responses("response/again");
    let stop = |cause: &str| told("credential_refused_again", "certain", "stop", "never").cause(cause);
    f.response(
        "invalid-token",
        "H-401-05 H-RETRY-02",
        bearer().again(),
        challenge("Bearer error=\"invalid_token\""),
        stop("credential_refused").clues(&["error_code", "refused_before"]).and("signal", json!("fault")),
    );
    f.response("no-challenge", "H-401-05", bearer().again(), answer(401), stop("credential_refused"));
    f.response(
        "no-code",
        "H-401-05",
        bearer().again(),
        challenge("Bearer realm=\"r\""),
        stop("credential_refused"),
    );
    f.response(
        "basic",
        "H-401-05",
        with("Basic").again(),
        challenge("Basic realm=\"r\""),
        stop("credential_refused"),
    );
    f.response(
        "wrong-audience",
        "H-401-05",
        bearer().again(),
        challenge("Bearer error=\"invalid_token\", error_description=\"audience_mismatch\""),
        stop("audience_mismatch").product("Doorward"),
    );
    // A retry must not hide what points to an attack.
    f.response(
        "replayed",
        "H-401-05",
        bearer().again(),
        challenge("Bearer error=\"invalid_token\", error_description=\"token_replayed\""),
        stop("token_replayed").product("Doorward").and("signal", json!("attack")),
    );
    f.response(
        "forged",
        "H-401-05",
        bearer().again(),
        challenge("Bearer error=\"invalid_token\", error_description=\"signature_invalid\""),
        stop("signature_invalid").product("Doorward").and("signal", json!("attack")),
    );
    f.response(
        "expired",
        "H-401-05",
        bearer().again().and("expires_at", soon(-1)),
        challenge("Bearer error=\"invalid_token\""),
        stop("token_expired"),
    );
    f.response(
        "claims-demanded",
        "H-401-05",
        bearer().again(),
        challenge("Bearer error=\"insufficient_claims\", claims=\"e30=\""),
        stop("claims_demanded").product("Microsoft Entra ID"),
    );
    f.response(
        "another-attempt-with-another-credential",
        "H-401-05",
        bearer().and("attempt", json!(2)),
        challenge("Bearer error=\"invalid_token\""),
        told("credential_refused", "certain", "refresh_credential", "changed"),
    );
    f.response(
        "a-permission-is-asked-for-again",
        "H-403-03",
        bearer().again(),
        answer(403).challenge("Bearer error=\"insufficient_scope\", scope=\"a\""),
        told("scope_insufficient", "certain", "request_scope", "changed"),
    );
    f.response(
        "a-key-that-is-being-fetched",
        "H-RA-01",
        bearer().again(),
        challenge("Bearer error=\"invalid_token\", error_description=\"key_unknown\"")
            .header("Retry-After", "2"),
        told("key_unknown", "certain", "wait", "same").product("Doorward").wait(2),
    );
    f.response(
        "a-nonce-is-no-refusal-of-the-token",
        "P-17 P-19",
        dpop().again(),
        challenge("DPoP error=\"use_dpop_nonce\"").header("DPoP-Nonce", "n-2"),
        told("proof_nonce_required", "certain", "use_nonce", "changed"),
    );
    f.response(
        "a-proof-is-new-each-time",
        "P-19",
        dpop().again(),
        challenge("DPoP error=\"invalid_dpop_proof\", algs=\"ES256\""),
        told("proof_invalid", "certain", "new_proof", "changed"),
    );
    f.response(
        "too-many",
        "H-429-01",
        bearer().again(),
        answer(429),
        told("rate_limited", "certain", "wait", "same"),
    );
    f.response(
        "nothing-sent-again",
        "H-401-05",
        bare().again(),
        challenge("Bearer realm=\"r\""),
        told("credential_missing", "certain", "send_credential", "changed"),
    );
    f
}
