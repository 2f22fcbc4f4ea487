//! Answers of another origin, to which the request was redirected: whoever answers there has no say in what the credential of this one
//! is to be.

use crate::case::File;
use crate::response::{Answer, Told, answer, bare, bearer, challenge, dpop, told};
use serde_json::{Value, json};

const CHALLENGE: &str = "Bearer error=\"insufficient_user_authentication\", scope=\"everything\", acr_values=\"gold\", max_age=\"5\", claims=\"e30\", resource_metadata=\"https://api.example/.well-known/oauth-protected-resource\"";

pub(super) fn file() -> File {
    let mut f = File::responses("response/redirected");
    let url = "https://api.example/v1/orders";
    let other = json!("https://other.example/");
    let withheld =
        || told("credential_withheld", "likely", "fix_request", "never").and("signal", json!("fault"));
    let nothing = || json!({"scope": null, "acr_values": null, "max_age": null, "claims": null, "nonce": null, "resource_metadata": null});
    let mut elsewhere = |name: &str, answer: Answer, expected: Told| {
        let sent = bearer().to(url).and("final_url", other.clone()).and("interactive", json!(true));
        f.response(name, "H-REALM-01 9.3/redirect", sent, answer, expected.demand(nothing()));
    };
    elsewhere("every-demand-at-once", challenge(CHALLENGE), withheld().cause("step_up_required"));
    elsewhere(
        "a-scope",
        answer(403).challenge("Bearer error=\"insufficient_scope\", scope=\"everything\""),
        withheld().cause("scope_insufficient").proper(401),
    );
    elsewhere(
        "a-credential-called-expired",
        challenge("Bearer error=\"invalid_token\", error_description=\"Jwt is expired\""),
        withheld().cause("token_expired").product("Envoy jwt_authn").gateway(),
    );
    elsewhere(
        "a-credential-called-forged",
        challenge("Bearer error=\"invalid_token\", error_description=\"signature_invalid\""),
        withheld().cause("signature_invalid").product("Doorward"),
    );
    elsewhere("another-scheme", challenge("Basic realm=\"x\""), withheld().cause("scheme_unsupported"));
    elsewhere(
        "an-unexplained-refusal",
        answer(403),
        told("refusal_unexplained", "guess", "ask_operator", "never"),
    );
    elsewhere(
        "a-nonce-on-success",
        answer(200).header("DPoP-Nonce", "n-1"),
        told("none", "certain", "none", "never"),
    );
    let proven = |final_url: Value| dpop().to(url).and("final_url", final_url);
    let with_nonce = || challenge("DPoP error=\"use_dpop_nonce\"").header("DPoP-Nonce", "n-1");
    f.response(
        "a-nonce",
        "P-17 H-REALM-01",
        proven(other.clone()),
        with_nonce(),
        withheld().cause("proof_nonce_required").demand(nothing()),
    );
    f.response(
        "a-nonce-within-the-origin",
        "P-17",
        proven(json!("https://API.example:443/v2/orders")),
        with_nonce(),
        told("proof_nonce_required", "certain", "use_nonce", "changed").demand(json!({"nonce": "n-1"})),
    );
    // An address that can be read in two ways is not known to be of this origin.
    for (name, address) in [
        ("an-address-with-user-information", "https://api.example@other.example/"),
        ("an-address-of-another-scheme", "ftp://api.example/v1/orders"),
        ("an-address-behind-a-backslash", "https://api.example\\@other.example/"),
    ] {
        f.response(
            name,
            "H-REALM-01",
            proven(json!(address)),
            with_nonce(),
            withheld().cause("proof_nonce_required").demand(nothing()),
        );
    }
    f.response(
        "from-an-address-that-cannot-be-compared",
        "H-REALM-01",
        dpop().to("https://user@api.example/").and("final_url", other.clone()),
        with_nonce(),
        withheld().cause("proof_nonce_required").demand(nothing()),
    );
    f.response(
        "the-same-address-that-cannot-be-compared",
        "P-17",
        dpop().to("https://user@api.example/").and("final_url", json!("https://user@api.example/")),
        with_nonce(),
        told("proof_nonce_required", "certain", "use_nonce", "changed").demand(json!({"nonce": "n-1"})),
    );
    f.response(
        "demands-of-a-request-without-credential",
        "H-REALM-01",
        bare().to(url).and("final_url", other),
        challenge(CHALLENGE),
        told("credential_missing", "certain", "send_credential", "changed").demand(nothing()),
    );
    f
}
