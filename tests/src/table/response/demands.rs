//! What an answer may make the caller ask for: metadata of the resource's own origin only, claims, scopes.

use crate::case::File;
use crate::response::{Answer, answer, bare, bearer, challenge, told};
use serde_json::{Value, json};

const CLAIMS: &str = "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiY3AxIn19fQ==";

pub(super) fn file() -> File {
    let mut f = File::responses("response/demands");
    let metadata = |url: &str| challenge(&format!("Bearer resource_metadata=\"{url}\""));
    let mut ask = |name: &str, sent: Option<&str>, answer: Answer, expected: Value| {
        let sent = sent.map_or_else(bare, |url| bare().to(url));
        let missing = told("credential_missing", "certain", "send_credential", "changed");
        let proves = "X-PRM-01 M-02";
        f.response(name, proves, sent, answer, missing.demand(json!({"resource_metadata": expected})));
    };
    let api = Some("https://api.example/mcp");
    let own = "https://api.example/.well-known/oauth-protected-resource/mcp";
    ask("metadata-of-the-origin", api, metadata(own), json!(own));
    ask(
        "metadata-of-the-origin-in-another-spelling",
        api,
        metadata("HTTPS://API.example:443/m"),
        json!("HTTPS://API.example:443/m"),
    );
    ask("metadata-of-nobody-knows", None, metadata(own), json!(own));
    ask("metadata-of-a-stranger", api, metadata("https://evil.example/m"), json!(null));
    ask("metadata-of-a-longer-name", api, metadata("https://api.example.evil.example/m"), json!(null));
    ask("metadata-behind-user-information", api, metadata("https://api.example@evil.example/m"), json!(null));
    ask("metadata-behind-a-backslash", api, metadata("https://evil.example\\\\@api.example/m"), json!(null));
    ask("metadata-without-tls", api, metadata("http://api.example/m"), json!(null));
    ask("metadata-on-another-port", api, metadata("https://api.example:8443/m"), json!(null));
    ask("metadata-without-tls-of-nobody-knows", None, metadata("http://api.example/m"), json!(null));
    ask(
        "metadata-of-the-own-machine",
        Some("http://127.0.0.1:1234/mcp"),
        metadata("http://127.0.0.1:1234/.well-known/oauth-protected-resource/mcp"),
        json!("http://127.0.0.1:1234/.well-known/oauth-protected-resource/mcp"),
    );
    ask(
        "metadata-of-the-own-machine-for-a-stranger",
        Some("https://evil.example/"),
        metadata("http://localhost:1234/m"),
        json!(null),
    );
    ask("metadata-as-a-path", api, metadata("/.well-known/oauth-protected-resource"), json!(null));
    ask(
        "metadata-in-another-challenge",
        api,
        challenge("Basic realm=\"b\"")
            .challenge(&format!("DPoP algs=\"ES256\", resource_metadata=\"{own}\"")),
        json!(own),
    );
    f.response(
        "metadata-with-an-error",
        "X-PRM-01 M-04 9.1/audience",
        bearer().to("https://api.example/mcp"),
        challenge(&format!(
            "Bearer error=\"invalid_token\", error_description=\"audience_mismatch\", resource_metadata=\"{own}\""
        )),
        told("audience_mismatch", "certain", "request_audience", "changed").product("Doorward").demand(json!({"resource_metadata": own})),
    );
    f.response(
        "untrusted-issuer",
        "X-PRM-02 9.1/issuer",
        bearer().to("https://api.example/mcp"),
        challenge(&format!("Bearer error=\"invalid_token\", error_description=\"issuer_untrusted\", resource_metadata=\"{own}\"")),
        told("issuer_untrusted", "certain", "replace_credential", "changed").product("Doorward").demand(json!({"resource_metadata": own})),
    );
    f.response(
        "scopes-of-an-mcp-server",
        "M-07 M-03",
        bearer().to("https://api.example/mcp"),
        answer(403).challenge(&format!(
            "Bearer error=\"insufficient_scope\", error_description=\"Insufficient scope\", scope=\"read write\", resource_metadata=\"{own}\""
        )),
        told("scope_insufficient", "certain", "request_scope", "changed")
            .demand(json!({"scope": "read write", "resource_metadata": own})),
    );
    f.response(
        "expired-at-an-mcp-server",
        "M-04",
        bearer().to("http://127.0.0.1:1234/mcp"),
        challenge("Bearer error=\"invalid_token\", error_description=\"Token has expired\", scope=\"read write\", resource_metadata=\"http://127.0.0.1:1234/.well-known/oauth-protected-resource/mcp\""),
        told("token_expired", "likely", "refresh_credential", "changed").demand(json!({"scope": "read write"})),
    );
    f.response(
        "claims",
        "H-401-03",
        bearer(),
        challenge(&format!(
            "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", error=\"insufficient_claims\", claims=\"{CLAIMS}\""
        )),
        told("claims_demanded", "certain", "replace_credential", "changed")
            .product("Microsoft Entra ID")
            .clues(&["claims"])
            .demand(json!({"claims": CLAIMS, "realm": ""})),
    );
    f.response(
        "claims-with-another-code",
        "H-401-03",
        bearer(),
        challenge(&format!("Bearer error=\"invalid_token\", claims=\"{CLAIMS}\"")),
        told("claims_demanded", "certain", "replace_credential", "changed")
            .demand(json!({"error": "invalid_token"})),
    );
    f.response(
        "claims-that-are-empty",
        "B-21-01",
        bearer(),
        challenge("Bearer error=\"insufficient_claims\", claims=\"\""),
        told("credential_refused", "likely", "refresh_credential", "changed")
            .clues(&["status", "error_code_unknown"]),
    );
    f.response(
        "claims-on-forbidden",
        "H-403-02",
        bearer(),
        answer(403).challenge(&format!("Bearer error=\"insufficient_claims\", claims=\"{CLAIMS}\"")),
        told("claims_demanded", "certain", "replace_credential", "changed")
            .proper(401)
            .product("Microsoft Entra ID"),
    );
    f.response(
        "claims-without-a-credential",
        "B-ERR-01",
        bare(),
        challenge(&format!("Bearer error=\"insufficient_claims\", claims=\"{CLAIMS}\"")),
        told("credential_missing", "certain", "send_credential", "changed")
            .product("Microsoft Entra ID")
            .demand(json!({"claims": CLAIMS})),
    );
    f
}
