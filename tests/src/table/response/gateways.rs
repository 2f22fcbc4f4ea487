//! Gateways, as they answer in their own name. Envoy's answers are recorded ones.

use super::soon;
use crate::case::File;
use crate::response::{answer, bare, bearer, challenge, told};
use serde_json::json;

pub(super) fn file() -> File {
    let mut f = File::responses("response/gateways");
    let realm = "Bearer realm=\"https://api.example/v1/orders\"";
    let invalid = format!("{realm}, error=\"invalid_token\"");
    let envoy = |reason, recovery, retry| {
        told(reason, "likely", recovery, retry).product("Envoy jwt_authn").gateway()
    };
    f.response(
        "envoy-missing",
        "9.1/missing",
        bare(),
        challenge(realm).body("Jwt is missing"),
        envoy("credential_missing", "send_credential", "changed"),
    );
    for (name, body, reason, recovery) in [
        ("expired", "Jwt is expired", "token_expired", "refresh_credential"),
        (
            "malformed",
            "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections",
            "token_malformed",
            "fix_request",
        ),
        ("issuer", "Jwt issuer is not configured", "issuer_untrusted", "replace_credential"),
        ("key", "Jwks doesn't have key to match kid or alg from Jwt", "key_unknown", "refresh_credential"),
        ("signature", "Jwt verification fails", "signature_invalid", "replace_credential"),
    ] {
        let retry = if recovery == "fix_request" { "never" } else { "changed" };
        f.response(
            &format!("envoy-{name}"),
            "9.3/vendor",
            bearer(),
            challenge(&invalid).header("Server", "envoy").body(body),
            envoy(reason, recovery, retry).clues(&["error_code", "body_text"]),
        );
    }
    f.response(
        "envoy-not-yet-valid",
        "9.1/not-yet-valid",
        bearer(),
        challenge(&invalid).body("Jwt not yet valid"),
        envoy("token_not_yet_valid", "sync_clock", "same").wait(5),
    );
    f.response(
        "envoy-audience-is-a-403",
        "H-403-02 9.1/audience",
        bearer(),
        answer(403).challenge(&invalid).body("Audiences in Jwt are not allowed"),
        envoy("audience_mismatch", "request_audience", "changed").proper(401),
    );
    f.response(
        "envoy-without-keys",
        "9.1/unavailable",
        bearer(),
        challenge(&invalid).body("Jwks remote fetch is failed"),
        envoy("trust_unavailable", "wait", "same").proper(503),
    );
    f.response(
        "envoy-without-its-challenge",
        "H-401-01",
        bearer(),
        answer(401).header("Server", "envoy").body("Jwt is expired"),
        envoy("token_expired", "refresh_credential", "changed").clues(&["body_text"]),
    );
    f.response(
        "envoy-rbac",
        "9.1/denied H-403-01",
        bearer(),
        answer(403).header("Server", "istio-envoy").body("RBAC: access denied"),
        told("permission_denied", "likely", "ask_operator", "never").product("Envoy RBAC").gateway(),
    );
    // Nobody was there to whom a rule could deny anything.
    f.response(
        "envoy-rbac-without-credential",
        "H-403-04",
        bare(),
        answer(403).header("Server", "istio-envoy").body("RBAC: access denied"),
        told("credential_missing", "guess", "send_credential", "changed")
            .product("Envoy RBAC")
            .gateway()
            .proper(401)
            .clues(&["body_text", "credential_not_sent"]),
    );
    f.response(
        "words-of-envoy-in-a-longer-text",
        "9.3/vendor",
        bearer(),
        answer(403).body("The manual says: RBAC: access denied"),
        told("refusal_unexplained", "guess", "ask_operator", "never"),
    );
    f.response(
        "kong-issuer",
        "9.1/issuer",
        bearer(),
        answer(401)
            .header("Server", "kong/3.5.0")
            .header("X-Kong-Response-Latency", "1")
            .json(&json!({"message": "No credentials found for given 'iss'"})),
        told("issuer_untrusted", "likely", "replace_credential", "changed").product("Kong").gateway(),
    );
    f.response(
        "kong-expired",
        "9.1/expired",
        bearer(),
        challenge("Bearer error=\"invalid_token\"").body("{\"exp\":\"token expired\"}"),
        told("token_expired", "likely", "refresh_credential", "changed").product("Kong").gateway(),
    );
    f.response(
        "kong-without-an-explanation",
        "9.3/vendor",
        bearer(),
        answer(401).header("X-Kong-Response-Latency", "1").json(&json!({"message": "Unauthorized"})),
        told("credential_refused", "guess", "refresh_credential", "changed")
            .product("Kong")
            .gateway()
            .clues(&["challenge_absent", "vendor_field"]),
    );
    f.response(
        "behind-kong",
        "9.3/vendor",
        bearer(),
        answer(403).header("X-Kong-Upstream-Latency", "12").header("Via", "1.1 kong/3.5.0"),
        told("refusal_unexplained", "guess", "ask_operator", "never")
            .application()
            .clues(&["status", "upstream"]),
    );
    f.response(
        "apisix-missing",
        "9.1/missing",
        bare(),
        answer(401).json(&json!({"message": "Missing JWT token in request"})),
        told("credential_missing", "likely", "send_credential", "changed").product("Apache APISIX").gateway(),
    );
    f.response(
        "oauth2-proxy-refuses-with-403",
        "H-403-02",
        bearer().and("expires_at", soon(-60)),
        answer(403)
            .header("Content-Type", "text/html")
            .body("<form method=\"GET\" action=\"/oauth2/start\"><button>Sign in</button></form>"),
        told("sign_in_offered", "likely", "ask_operator", "never")
            .product("oauth2-proxy")
            .gateway()
            .proper(401),
    );
    f.response(
        "nginx-forbidden",
        "H-403-04",
        bearer(),
        answer(403)
            .header("Server", "nginx")
            .body("<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>\r\n<center><h1>403 Forbidden</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>"),
        told("refusal_unexplained", "guess", "ask_operator", "never").product("nginx"),
    );
    f.response(
        "nginx-subrequest-without-challenge",
        "H-401-01",
        bearer(),
        answer(401).header("Server", "nginx/1.27.0"),
        told("credential_refused", "guess", "refresh_credential", "changed")
            .product("nginx")
            .clues(&["challenge_absent"]),
    );
    f.response(
        "nginx-fields-too-large",
        "H-4XX-01",
        bearer(),
        answer(400)
            .header("Server", "nginx")
            .body("<html><head><title>400 Request Header Or Cookie Too Large</title></head></html>"),
        told("credential_too_large", "likely", "fix_request", "never").product("nginx").gateway(),
    );
    f.response(
        "cloudflare-challenge",
        "H-403-04",
        bearer(),
        answer(403)
            .header("cf-mitigated", "challenge")
            .header("Server", "cloudflare")
            .body("<title>Just a moment...</title>"),
        told("refusal_unrelated", "likely", "ask_operator", "never")
            .product("Cloudflare")
            .gateway()
            .clues(&["vendor_field"]),
    );
    f.response(
        "cloudflare-rule",
        "H-403-04",
        bearer(),
        answer(403).body("error code: 1020"),
        told("refusal_unrelated", "likely", "ask_operator", "never").product("Cloudflare").gateway(),
    );
    let pages = "https://developers.cloudflare.com/support/troubleshooting/http-status-codes";
    for (name, kind) in [
        ("rule", "/cloudflare-1xxx-errors/error-1020/"),
        ("country", "/cloudflare-1xxx-errors/error-1009/"),
        ("error-without-a-page", "/cloudflare-1xxx-errors/"),
    ] {
        f.response(
            &format!("cloudflare-{name}-as-a-problem"),
            "9.3/problem H-403-04",
            bearer(),
            answer(403)
                .header("Content-Type", "application/problem+json")
                .json(&json!({"type": format!("{pages}{kind}"), "status": 403, "cloudflare_error": true})),
            told("refusal_unrelated", "likely", "ask_operator", "never")
                .product("Cloudflare")
                .gateway()
                .clues(&["body_code"]),
        );
    }
    f.response(
        "load-balancer",
        "9.3/vendor",
        bearer(),
        answer(403).header("Server", "awselb/2.0"),
        told("refusal_unexplained", "guess", "ask_operator", "never")
            .product("AWS Application Load Balancer")
            .gateway(),
    );
    f.response(
        "api-gateway-without-route",
        "9.3/vendor",
        bearer(),
        answer(403)
            .header("x-amzn-errortype", "MissingAuthenticationTokenException")
            .json(&json!({"message": "Missing Authentication Token"})),
        told("route_unmatched", "likely", "stop", "never").product("Amazon API Gateway").gateway(),
    );
    f.response(
        "api-gateway-without-credential",
        "9.3/vendor",
        bare(),
        answer(403)
            .header("x-amzn-errortype", "MissingAuthenticationTokenException")
            .json(&json!({"message": "Missing Authentication Token"})),
        told("credential_missing", "likely", "send_credential", "changed")
            .product("Amazon API Gateway")
            .gateway()
            .proper(401),
    );
    f.response(
        "api-gateway-expired",
        "9.1/expired",
        bearer(),
        answer(401).json(&json!({"message": "The incoming token has expired"})),
        told("token_expired", "likely", "refresh_credential", "changed")
            .product("Amazon API Gateway")
            .gateway(),
    );
    f
}
