//! Services that have codes of their own: clouds, registries, secret stores.

use super::{date, soon};
use crate::case::File;
use crate::response::{answer, bare, bearer, challenge, told, with};
use serde_json::json;

pub(super) fn file() -> File {
    let mut f = File::responses("response/services");
    let signed = || with("AWS4-HMAC-SHA256").and("at", soon(0));
    let aws = |reason, recovery, retry| told(reason, "likely", recovery, retry).product("AWS").application();
    f.response(
        "aws-clock",
        "S-V4-05 S-V4-06",
        signed(),
        answer(403)
            .header("Date", &date(1_200))
            .body("<?xml version=\"1.0\"?><Error><Code>RequestTimeTooSkewed</Code><Message>The difference between the request time and the current time is too large.</Message></Error>"),
        aws("clock_skewed", "sync_clock", "changed")
            .proper(401)
            .and("skew", json!({"seconds": 1_200, "within": 1}))
            .clues(&["body_code", "date"]),
    );
    f.response(
        "aws-signature",
        "S-V4-05",
        signed(),
        answer(403).body("<Error><Code>SignatureDoesNotMatch</Code></Error>"),
        aws("signature_invalid", "replace_credential", "changed").proper(401),
    );
    f.response(
        "aws-signature-for-the-clock",
        "S-V4-05",
        signed(),
        answer(403).json(&json!({
            "__type": "com.amazon.coral.service#InvalidSignatureException",
            "message": "Signature expired: 20261122T224351Z is now earlier than 20261122T230000Z (20261122T231500Z - 15 min.)",
        })),
        aws("clock_skewed", "sync_clock", "changed").proper(401),
    );
    f.response(
        "aws-expired-session",
        "S-V4-05",
        signed(),
        answer(400).json(&json!({"__type": "ExpiredTokenException", "message": "The security token included in the request is expired"})),
        aws("token_expired", "refresh_credential", "changed").proper(401).clues(&["body_code"]),
    );
    f.response(
        "aws-expired-in-xml",
        "S-V4-05",
        signed(),
        answer(400).body(
            "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>",
        ),
        aws("token_expired", "refresh_credential", "changed").proper(401),
    );
    f.response(
        "aws-unknown-key",
        "S-V4-05",
        signed(),
        answer(400).json(&json!({"__type": "UnrecognizedClientException", "message": "The security token included in the request is invalid."})),
        aws("credential_refused", "refresh_credential", "changed").proper(401),
    );
    f.response(
        "aws-denied",
        "S-V4-05",
        signed(),
        answer(403).body("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"),
        aws("permission_denied", "ask_operator", "never"),
    );
    f.response(
        "aws-denied-with-400",
        "S-V4-05",
        signed(),
        answer(400).json(
            &json!({"__type": "AccessDeniedException", "Message": "no identity-based policy allows it"}),
        ),
        aws("permission_denied", "ask_operator", "never").proper(403),
    );
    f.response(
        "aws-throttles-with-400",
        "S-V4-05",
        signed(),
        answer(400).json(&json!({"__type": "ThrottlingException"})),
        aws("rate_limited", "wait", "same").proper(429),
    );
    let field =
        |status, name: &str| answer(status).header("x-amzn-ErrorType", name).json(&json!({"message": "no"}));
    for (name, answer, told) in [
        (
            "aws-expired-in-a-field",
            field(403, "ExpiredTokenException"),
            aws("token_expired", "refresh_credential", "changed").proper(401),
        ),
        (
            "aws-unknown-key-in-a-field-with-an-address",
            field(403, "UnrecognizedClientException:http://internal.amazon.com/coral/com.amazon.coral.service/"),
            aws("credential_refused", "refresh_credential", "changed").proper(401),
        ),
        (
            "aws-denied-in-a-field",
            field(403, "AccessDeniedException"),
            aws("permission_denied", "ask_operator", "never"),
        ),
        (
            "aws-clock-in-xml",
            answer(403).body("<?xml version=\"1.0\"?>\n<ErrorResponse xmlns=\"x\"><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired: 20261122T224351Z is now earlier</Message></Error></ErrorResponse>"),
            aws("clock_skewed", "sync_clock", "changed").proper(401),
        ),
        (
            "a-code-in-another-document",
            answer(403).body("<Product><Code>AccessDenied</Code></Product>"),
            told("refusal_unexplained", "guess", "ask_operator", "never"),
        ),
    ] {
        f.response(name, "S-V4-05", signed(), answer, told);
    }
    let github =
        |reason, recovery, retry| told(reason, "likely", recovery, retry).product("GitHub").application();
    f.response(
        "github-bad-credentials",
        "H-401-01",
        bearer(),
        answer(401).json(&json!({"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest", "status": "401"})),
        github("credential_refused", "refresh_credential", "changed"),
    );
    f.response(
        "github-without-credential",
        "H-401-01",
        bare(),
        answer(401).json(&json!({"message": "Requires authentication"})),
        github("credential_missing", "send_credential", "changed"),
    );
    f.response(
        "github-permission",
        "H-403-01",
        bearer(),
        answer(403).json(&json!({"message": "Resource not accessible by integration"})),
        github("permission_denied", "ask_operator", "never"),
    );
    f.response(
        "github-rate",
        "H-403-04",
        bearer(),
        answer(403)
            .header("x-ratelimit-remaining", "0")
            .json(&json!({"message": "API rate limit exceeded for user ID 1."})),
        github("rate_limited", "wait", "same").proper(429),
    );
    f.response(
        "github-secondary-rate",
        "H-403-04 H-RA-01",
        bearer(),
        answer(403)
            .header("Retry-After", "60")
            .json(&json!({"message": "You have exceeded a secondary rate limit."})),
        github("rate_limited", "wait", "same").proper(429).wait(60),
    );
    f.response(
        "github-counters-that-are-not-used-up",
        "H-403-04",
        bearer(),
        answer(403).header("x-ratelimit-remaining", "4999").header("x-github-request-id", "A:1"),
        told("refusal_unexplained", "guess", "ask_operator", "never").product("GitHub").application(),
    );
    let used =
        |left: &str| answer(403).header("x-ratelimit-remaining", left).header("x-github-request-id", "A:1");
    f.response(
        "github-counters-that-are-used-up",
        "H-403-04 H-RA-01",
        bearer(),
        used("0").header("x-ratelimit-reset", &(crate::case::NOW + 600).to_string()),
        github("rate_limited", "wait", "same").proper(429).wait(600),
    );
    f.response(
        "github-counters-that-are-used-up-without-a-time",
        "H-403-03 H-403-04",
        bearer(),
        used("0"),
        github("rate_limited", "wait", "same").proper(429).wait(60),
    );
    for (name, left) in [("a-fraction", "0.5"), ("another-number", "01"), ("nothing", "")] {
        f.response(
            &format!("github-counters-with-{name}"),
            "H-403-04",
            bearer(),
            used(left),
            told("refusal_unexplained", "guess", "ask_operator", "never").product("GitHub").application(),
        );
    }
    // Anybody counts like this: the last request that was left can be refused for another reason.
    f.response(
        "counters-of-nobody-in-particular",
        "H-403-03",
        bearer(),
        answer(403)
            .header("X-RateLimit-Remaining", "0")
            .json(&json!({"error": "forbidden: role admin needed"})),
        told("refusal_unexplained", "guess", "ask_operator", "never"),
    );
    let google = |reason, recovery, retry| {
        told(reason, "likely", recovery, retry).product("Google APIs").application()
    };
    f.response(
        "google-scopes",
        "B-ERR-01",
        bearer(),
        answer(403).json(&json!({"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "no",
            "details": [{"@type": "type.googleapis.com/google.rpc.Help"}, {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}})),
        google("scope_insufficient", "ask_operator", "never"),
    );
    f.response(
        "google-invalid",
        "B-ERR-01",
        bearer(),
        challenge("Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"")
            .json(&json!({"error": {"code": 401, "status": "UNAUTHENTICATED",
            "message": "Request had invalid authentication credentials. Expected OAuth 2 access token"}})),
        google("credential_refused", "refresh_credential", "changed"),
    );
    f.response(
        "google-missing",
        "H-GRAM-16",
        bearer(),
        answer(401).json(&json!({"error": {"code": 401, "status": "UNAUTHENTICATED", "message": "Request is missing required authentication credential. Expected OAuth 2 access token"}})),
        google("credential_stripped", "fix_request", "never"),
    );
    f.response(
        "google-rate",
        "H-403-04",
        bearer(),
        answer(403).json(&json!({"error": {"code": 403, "errors": [{"domain": "usageLimits", "reason": "userRateLimitExceeded"}]}})),
        google("rate_limited", "wait", "same").proper(429),
    );
    let graph = |reason, recovery, retry| {
        told(reason, "likely", recovery, retry).product("Microsoft Graph").application()
    };
    f.response(
        "graph-expired",
        "9.1/expired",
        bearer(),
        answer(401).json(&json!({"error": {"code": "InvalidAuthenticationToken", "message": "Lifetime validation failed, the token is expired."}})),
        graph("token_expired", "refresh_credential", "changed"),
    );
    f.response(
        "graph-audience",
        "9.1/audience",
        bearer(),
        answer(401).json(&json!({"error": {"code": "InvalidAuthenticationToken", "message": "Access token validation failure. Invalid audience."}})),
        graph("audience_mismatch", "request_audience", "changed"),
    );
    f.response(
        "graph-permission",
        "9.1/denied",
        bearer(),
        answer(403).json(&json!({"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges to complete the operation."}})),
        graph("permission_denied", "ask_operator", "never"),
    );
    let kubernetes =
        |reason, recovery, retry| told(reason, "likely", recovery, retry).product("Kubernetes").application();
    f.response(
        "kubernetes-unauthorized",
        "9.3/vendor",
        bearer(),
        answer(401).body("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"Unauthorized\",\"reason\":\"Unauthorized\",\"code\":401}"),
        kubernetes("credential_refused", "refresh_credential", "changed"),
    );
    f.response(
        "kubernetes-forbidden",
        "9.1/denied",
        bearer(),
        answer(403).body("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"pods is forbidden: User \\\"system:serviceaccount:a:b\\\" cannot list resource \\\"pods\\\"\",\"reason\":\"Forbidden\",\"details\":{\"kind\":\"pods\"},\"code\":403}"),
        kubernetes("permission_denied", "ask_operator", "never"),
    );
    f.response(
        "kubernetes-saw-nobody",
        "H-GRAM-16",
        bearer(),
        answer(403).body("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"pods is forbidden: User \\\"system:anonymous\\\" cannot list resource \\\"pods\\\"\",\"reason\":\"Forbidden\",\"details\":{\"kind\":\"pods\"},\"code\":403}"),
        kubernetes("credential_stripped", "fix_request", "never").proper(401),
    );
    f.response(
        "registry-without-credential",
        "9.1/missing",
        bare(),
        challenge("Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\",scope=\"repository:library/a:pull\"")
            .header("Docker-Distribution-Api-Version", "registry/2.0")
            .json(&json!({"errors": [{"code": "UNAUTHORIZED", "message": "authentication required", "detail": null}]})),
        told("credential_missing", "certain", "send_credential", "changed")
            .product("Docker registry")
            .application()
            .demand(json!({"realm": "https://auth.docker.io/token", "scope": "repository:library/a:pull"})),
    );
    f.response(
        "registry-scope-on-401",
        "B-401-SCOPE",
        bearer(),
        challenge("Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\",scope=\"repository:me/a:push\",error=\"insufficient_scope\"")
            .json(&json!({"errors": [{"code": "UNAUTHORIZED", "message": "authentication required"}]})),
        told("scope_insufficient", "certain", "request_scope", "changed").proper(403).demand(json!({"scope": "repository:me/a:push"})),
    );
    f.response(
        "registry-denied",
        "9.1/denied",
        bearer(),
        answer(403).json(
            &json!({"errors": [{"code": "DENIED", "message": "requested access to the resource is denied"}]}),
        ),
        told("permission_denied", "likely", "ask_operator", "never").product("Docker registry").application(),
    );
    f.response(
        "vault-does-not-tell",
        "H-403-04",
        with(""),
        answer(403).body("{\"errors\":[\"permission denied\"]}\n"),
        told("refusal_unexplained", "likely", "ask_operator", "never").product("Vault").application(),
    );
    f.response(
        "postgrest-expired",
        "9.1/expired",
        bearer(),
        answer(401)
            .json(&json!({"code": "PGRST303", "details": null, "hint": null, "message": "JWT expired"})),
        told("token_expired", "likely", "refresh_credential", "changed").product("PostgREST").application(),
    );
    f.response(
        "vault-in-many-words",
        "9.3/vendor",
        bearer(),
        answer(403)
            .json(&json!({"errors": ["2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"]})),
        told("credential_refused", "likely", "refresh_credential", "changed")
            .product("Vault")
            .application()
            .proper(401),
    );
    nothing_sent(&mut f);
    problems(&mut f);
    f.response(
        "google-quota",
        "H-403-04",
        bearer(),
        answer(403).json(&json!({"error": {"code": 403, "errors": [{"domain": "usageLimits", "reason": "quotaExceeded"}]}})),
        told("rate_limited", "likely", "wait", "same").product("Google APIs").application().proper(429).wait(60),
    );
    f
}

/// Nothing can be wrong with a credential that was not there, and nobody knows what a caller may do who sent none.
fn nothing_sent(f: &mut File) {
    let missing = |confidence| told("credential_missing", confidence, "send_credential", "changed");
    let body = json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Unauthorized", "code": 401});
    f.response(
        "kubernetes-without-credential",
        "9.1/missing",
        bare(),
        answer(401).json(&body),
        missing("likely").product("Kubernetes").application().clues(&["body_text", "credential_not_sent"]),
    );
    f.response(
        "github-bad-credentials-without-credential",
        "9.1/missing",
        bare(),
        answer(401).json(&json!({"message": "Bad credentials"})),
        missing("likely").product("GitHub").application(),
    );
    f.response(
        "postgrest-expired-without-credential",
        "9.1/missing",
        bare(),
        answer(401).json(&json!({"code": "PGRST303", "message": "JWT expired"})),
        missing("likely").product("PostgREST").application(),
    );
    f.response(
        "aws-expired-without-credential",
        "9.1/missing S-V4-05",
        bare(),
        answer(400).json(&json!({"__type": "ExpiredTokenException"})),
        missing("likely").product("AWS").application().proper(401),
    );
    f.response(
        "aws-denied-without-credential",
        "H-403-04 S-V4-05",
        bare(),
        answer(403).body("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"),
        missing("guess")
            .product("AWS")
            .application()
            .proper(401)
            .clues(&["body_code", "credential_not_sent"]),
    );
    f.response(
        "google-permission-without-credential",
        "H-403-04",
        bare(),
        answer(403).json(&json!({"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "no"}})),
        missing("guess").product("Google APIs").proper(401),
    );
    f.response(
        "registry-denied-without-credential",
        "9.1/missing",
        bare(),
        answer(401).json(&json!({"errors": [{"code": "DENIED", "message": "denied"}]})),
        missing("likely").product("Docker registry").application(),
    );
    // Whom a limit stops need not be known.
    f.response(
        "github-rate-without-credential",
        "H-403-04",
        bare(),
        answer(403).json(&json!({"message": "API rate limit exceeded for 192.0.2.1."})),
        told("rate_limited", "likely", "wait", "same").product("GitHub").application().proper(429).wait(60),
    );
}

/// Problems by their type.
fn problems(f: &mut File) {
    let problem = |status, kind: &str| {
        answer(status)
            .header("Content-Type", "application/problem+json")
            .json(&json!({"type": kind, "title": "A problem", "status": status}))
    };
    let belgif = |kind: &str| format!("urn:problem-type:belgif:{kind}");
    for (status, kind, reason, recovery, retry) in [
        (401, "noAccessToken", "credential_stripped", "fix_request", "never"),
        (401, "invalidAccessToken", "credential_refused", "refresh_credential", "changed"),
        (401, "expiredAccessToken", "token_expired", "refresh_credential", "changed"),
        (403, "missingScope", "scope_insufficient", "ask_operator", "never"),
        (403, "missingPermission", "permission_denied", "ask_operator", "never"),
    ] {
        let answer = problem(status, &belgif(kind));
        let answer = if status == 401 { answer.challenge("Bearer realm=\"example\"") } else { answer };
        f.response(
            &format!("belgif-{kind}"),
            "9.3/problem",
            bearer(),
            answer,
            told(reason, "likely", recovery, retry).product("BelGIF"),
        );
    }
    f.response(
        "belgif-without-credential",
        "9.3/problem 9.1/missing",
        bare(),
        problem(401, &belgif("noAccessToken")),
        told("credential_missing", "likely", "send_credential", "changed")
            .product("BelGIF")
            .clues(&["body_code", "credential_not_sent"]),
    );
    f.response(
        "belgif-beside-a-code",
        "9.3/problem",
        bearer(),
        problem(401, &belgif("expiredAccessToken")).challenge("Bearer error=\"invalid_token\""),
        told("token_expired", "likely", "refresh_credential", "changed")
            .product("BelGIF")
            .clues(&["error_code", "body_code"]),
    );
    let quota = "https://iana.org/assignments/http-problem-types#quota-exceeded";
    let limited = || told("rate_limited", "likely", "wait", "same").proper(429).wait(60);
    f.response("a-quota-as-a-problem", "9.3/problem H-403-04", bearer(), problem(403, quota), limited());
    f.response(
        "a-quota-as-a-problem-with-escapes",
        "9.3/problem",
        bearer(),
        answer(403).body(&format!("{{\"type\":\"{}\"}}", quota.replace('/', "\\/"))),
        limited().clues(&["body_code"]),
    );
    for (name, kind) in [
        ("a-problem-without-a-type-of-its-own", "about:blank"),
        ("a-problem-of-somebody", "https://api.example/problems/quota-exceeded"),
        (
            "a-problem-that-only-ends-like-one",
            "https://api.example/urn:problem-type:belgif:expiredAccessToken",
        ),
    ] {
        f.response(
            name,
            "9.3/problem",
            bearer(),
            problem(403, kind),
            told("refusal_unexplained", "guess", "ask_operator", "never"),
        );
    }
}
