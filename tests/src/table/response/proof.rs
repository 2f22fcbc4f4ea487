//! Proofs of possession and nonces: the token is good, and what goes with it is not.

use crate::case::File;
use crate::response::{answer, bare, bearer, challenge, dpop, no_refusal, told, with};
use serde_json::json;

pub(super) fn file() -> File {
    let mut f = File::responses("response/proof");
    f.response(
        "nonce-wanted",
        "P-17 9.1/nonce",
        dpop(),
        challenge("DPoP error=\"use_dpop_nonce\", error_description=\"nonce\"")
            .header("DPoP-Nonce", "eyJ7S_zG.eyJH0-Z"),
        told("proof_nonce_required", "certain", "use_nonce", "changed")
            .clues(&["error_code"])
            .demand(json!({"nonce": "eyJ7S_zG.eyJH0-Z"})),
    );
    f.response(
        "nonce-wanted-and-none-given",
        "P-17",
        dpop(),
        challenge("DPoP error=\"use_dpop_nonce\""),
        told("proof_nonce_required", "certain", "ask_operator", "never").demand(json!({"nonce": null})),
    );
    f.response(
        "two-nonces",
        "P-17",
        dpop(),
        challenge("DPoP error=\"use_dpop_nonce\"").header("DPoP-Nonce", "a").header("DPoP-Nonce", "b"),
        told("proof_nonce_required", "certain", "ask_operator", "never").demand(json!({"nonce": null})),
    );
    f.response(
        "a-nonce-with-bytes-that-it-may-not-have",
        "P-17",
        dpop(),
        challenge("DPoP error=\"use_dpop_nonce\"").header("DPoP-Nonce", "a \"b\""),
        told("proof_nonce_required", "certain", "ask_operator", "never").demand(json!({"nonce": null})),
    );
    f.response(
        "nonce-wanted-beside-bearer",
        "P-17 P-18",
        dpop(),
        challenge("Bearer realm=\"r\"").challenge("DPoP error=\"use_dpop_nonce\"").header("DPoP-Nonce", "n"),
        told("proof_nonce_required", "certain", "use_nonce", "changed").demand(json!({"scheme": "DPoP"})),
    );
    f.response(
        "a-nonce-rolls-on-success",
        "P-17",
        dpop(),
        answer(200).header("DPoP-Nonce", "next"),
        no_refusal().demand(json!({"nonce": "next"})),
    );
    f.response(
        "proof-refused",
        "P-15 P-16 9.1/proof-invalid",
        dpop(),
        challenge("DPoP error=\"invalid_dpop_proof\", algs=\"ES256\""),
        told("proof_invalid", "certain", "new_proof", "changed").clues(&["error_code"]),
    );
    f.response(
        "no-proof-sent",
        "P-14 9.1/proof-missing",
        with("DPoP"),
        challenge("DPoP error=\"invalid_dpop_proof\", algs=\"ES256\""),
        told("proof_missing", "certain", "new_proof", "changed").and("signal", json!("attack")),
    );
    f.response(
        "bound-token-sent-as-bearer",
        "P-14 9.1/proof-missing",
        bearer(),
        challenge("DPoP error=\"invalid_token\", algs=\"ES256\""),
        told("proof_missing", "likely", "new_proof", "changed").clues(&["scheme_differs", "error_code"]),
    );
    f.response(
        "key-of-another-token",
        "P-16",
        dpop(),
        challenge(
            "DPoP error=\"invalid_token\", error_description=\"Invalid DPoP key binding\", algs=\"ES256\"",
        ),
        told("credential_refused", "certain", "refresh_credential", "changed"),
    );
    f.response(
        "doorward-misses-the-proof",
        "P-14",
        bearer(),
        challenge("Bearer error=\"invalid_token\", error_description=\"proof_missing\""),
        told("proof_missing", "certain", "new_proof", "changed").product("Doorward"),
    );
    f.response(
        "bearer-taken-for-nothing",
        "P-18",
        bearer(),
        challenge("DPoP algs=\"ES256\""),
        told("scheme_unsupported", "likely", "change_scheme", "changed").demand(json!({"scheme": "DPoP"})),
    );
    f.response(
        "nonce-wanted-of-nobody",
        "P-17",
        bare(),
        challenge("DPoP error=\"use_dpop_nonce\"").header("DPoP-Nonce", "n"),
        told("credential_missing", "certain", "send_credential", "changed").demand(json!({"nonce": "n"})),
    );
    f.response(
        "digest-nonce-is-stale",
        "H-DIGEST-01",
        with("Digest"),
        challenge("Digest realm=\"files\", nonce=\"7ypf\", qop=\"auth\", stale=TRUE"),
        told("proof_nonce_required", "certain", "use_nonce", "changed")
            .demand(json!({"nonce": "7ypf", "realm": "files"})),
    );
    f.response(
        "digest-refused",
        "H-DIGEST-01",
        with("Digest"),
        challenge("Digest realm=\"files\", nonce=\"7ypf\", qop=\"auth\", stale=false"),
        told("credential_refused", "likely", "refresh_credential", "changed"),
    );
    f.response(
        "digest-stale-and-refused-before",
        "H-DIGEST-01",
        with("digest").again(),
        challenge("Digest realm=\"files\", nonce=\"8aaa\", stale=\"true\""),
        told("proof_nonce_required", "certain", "use_nonce", "changed"),
    );
    f.response(
        "waiting-with-a-proof-takes-a-new-one",
        "P-19",
        dpop(),
        answer(429).header("Retry-After", "3"),
        told("rate_limited", "certain", "wait", "changed").wait(3),
    );
    // A server that counts uses of its nonces gives the next one beside the answer (RFC 7616, section 3.5).
    let told_next = |info: &str| answer(200).header("Authentication-Info", info);
    let fine = || told("none", "certain", "none", "never");
    for (name, scheme, info, nonce) in [
        ("the-next-nonce-of-digest", "Digest", "qop=auth, rspauth=\"6629\", nextnonce=\"n-2\"", json!("n-2")),
        ("the-next-nonce-of-another-scheme", "Bearer", "nextnonce=\"n-2\"", json!(null)),
        ("a-next-nonce-that-cannot-be-read", "Digest", "nextnonce=\"n-2", json!(null)),
        ("a-proof-of-the-server-that-nobody-can-check", "Digest", "rspauth=\"0\"", json!(null)),
    ] {
        f.response(name, "H-GRAM-14", with(scheme), told_next(info), fine().demand(json!({"nonce": nonce})));
    }
    f
}
