//! Services, by the codes of their errors.

use super::row::Place::{Code, Error, Exception, Field, Problem, Said, Text, Value, Whole};
use super::row::{Row, row};
use crate::diagnose::diagnosis::Origin::{Application, Unknown};
use crate::reason::Reason;
use crate::reason::Reason::{
    AudienceMismatch, ClockSkewed, CredentialMalformed, CredentialMissing, CredentialRefused,
    IssuerUntrusted, PermissionDenied, RateLimited, RefusalUnexplained, ScopeInsufficient, SignatureInvalid,
    TokenExpired,
};

const AWS: &str = "AWS";
const GITHUB: &str = "GitHub";
const GOOGLE: &str = "Google APIs";
const GRAPH: &str = "Microsoft Graph";
const KUBERNETES: &str = "Kubernetes";
const REGISTRY: &str = "Docker registry";
const POSTGREST: &str = "PostgREST";
const BELGIF: &str = "BelGIF";

const fn aws(code: &'static str, reason: Reason) -> Row {
    row(AWS, Application, Exception, code, reason).with(&[400, 401, 403])
}

/// The clock of a signature, behind an exception that says no more than that it does not fit.
const fn aws_clock(exception: &'static str, text: &'static str) -> Row {
    row(AWS, Application, Said(exception), text, ClockSkewed).with(&[400, 401, 403])
}

const fn github(text: &'static str, reason: Reason) -> Row {
    row(GITHUB, Application, Text, text, reason)
}

/// A problem of the guide that Belgian public services follow, at gateways and behind them.
const fn belgif(kind: &'static str, reason: Reason) -> Row {
    row(BELGIF, Unknown, Problem, kind, reason)
}

pub(super) const ROWS: &[Row] = &[
    // Signatures and clocks are refused with 403 or 400; the code tells more than the status.
    aws_clock("InvalidSignatureException", "Signature expired: "),
    aws_clock("InvalidSignatureException", "Signature not yet current: "),
    aws_clock("SignatureDoesNotMatch", "Signature expired: "),
    aws_clock("SignatureDoesNotMatch", "Signature not yet current: "),
    aws("RequestTimeTooSkewed", ClockSkewed),
    aws("RequestInTheFuture", ClockSkewed),
    aws("RequestExpired", ClockSkewed),
    aws("SignatureDoesNotMatch", SignatureInvalid),
    aws("InvalidSignatureException", SignatureInvalid),
    aws("IncompleteSignature", CredentialMalformed),
    aws("IncompleteSignatureException", CredentialMalformed),
    aws("ExpiredToken", TokenExpired),
    aws("ExpiredTokenException", TokenExpired),
    aws("TokenRefreshRequired", TokenExpired),
    aws("InvalidToken", CredentialRefused),
    aws("InvalidAccessKeyId", CredentialRefused),
    aws("InvalidClientTokenId", CredentialRefused),
    aws("UnrecognizedClientException", CredentialRefused),
    aws("AuthFailure", CredentialRefused),
    aws("MissingAuthenticationToken", CredentialMissing),
    aws("MissingAuthenticationTokenException", CredentialMissing),
    aws("AccessDenied", PermissionDenied),
    aws("AccessDeniedException", PermissionDenied),
    aws("UnauthorizedOperation", PermissionDenied),
    aws("ThrottlingException", RateLimited),
    aws("Throttling", RateLimited),
    github("\"Bad credentials\"", CredentialRefused),
    github("\"Requires authentication\"", CredentialMissing),
    github("Resource not accessible by ", PermissionDenied),
    github("Resource protected by organization SAML enforcement", PermissionDenied),
    github("exceeded a secondary rate limit", RateLimited),
    github("API rate limit exceeded for ", RateLimited),
    // Many count in this field: the product must show itself elsewhere.
    row(GITHUB, Application, Value("x-ratelimit-remaining"), "0", RateLimited)
        .with(&[403])
        .beside("x-github-request-id"),
    row(GOOGLE, Application, Code, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", ScopeInsufficient),
    row(GOOGLE, Application, Code, "ACCESS_TOKEN_EXPIRED", TokenExpired),
    row(GOOGLE, Application, Code, "insufficientPermissions", ScopeInsufficient),
    row(GOOGLE, Application, Code, "rateLimitExceeded", RateLimited),
    row(GOOGLE, Application, Code, "userRateLimitExceeded", RateLimited),
    row(GOOGLE, Application, Code, "quotaExceeded", RateLimited),
    row(GOOGLE, Application, Code, "dailyLimitExceeded", RateLimited),
    row(GOOGLE, Application, Text, "Request had insufficient authentication scopes", ScopeInsufficient),
    row(
        GOOGLE,
        Application,
        Text,
        "Request is missing required authentication credential",
        CredentialMissing,
    ),
    row(GOOGLE, Application, Text, "Request had invalid authentication credentials", CredentialRefused),
    row(GOOGLE, Unknown, Code, "PERMISSION_DENIED", PermissionDenied),
    row(GRAPH, Application, Text, "Lifetime validation failed, the token is expired", TokenExpired),
    row(GRAPH, Application, Text, "Access token validation failure. Invalid audience", AudienceMismatch),
    row(GRAPH, Application, Code, "InvalidAuthenticationToken", CredentialRefused),
    row(GRAPH, Application, Code, "Authorization_RequestDenied", PermissionDenied),
    row(KUBERNETES, Application, Text, "User \\\"system:anonymous\\\"", CredentialMissing).with(&[403]),
    row(KUBERNETES, Application, Text, "\"kind\":\"Status\"", CredentialRefused).with(&[401]),
    row(KUBERNETES, Application, Text, "\"kind\": \"Status\"", CredentialRefused).with(&[401]),
    row(KUBERNETES, Application, Text, "\"kind\":\"Status\"", PermissionDenied).with(&[403]),
    row(KUBERNETES, Application, Text, "\"kind\": \"Status\"", PermissionDenied).with(&[403]),
    row(REGISTRY, Application, Code, "DENIED", PermissionDenied),
    row(REGISTRY, Application, Field("docker-distribution-api-version"), "registry/2.0", CredentialRefused)
        .only_product(),
    row("Vault", Application, Whole, "{\"errors\":[\"permission denied\"]}", RefusalUnexplained).with(&[403]),
    row("Vault", Application, Text, "permission denied\\n\\t* invalid token", CredentialRefused).with(&[403]),
    row("Vault", Application, Text, "\"missing client token\"", CredentialMissing).with(&[400, 403]),
    row(POSTGREST, Application, Text, "\"JWT expired\"", TokenExpired).with(&[401]),
    belgif("urn:problem-type:belgif:noAccessToken", CredentialMissing),
    belgif("urn:problem-type:belgif:invalidAccessToken", CredentialRefused),
    belgif("urn:problem-type:belgif:expiredAccessToken", TokenExpired),
    belgif("urn:problem-type:belgif:missingScope", ScopeInsufficient),
    belgif("urn:problem-type:belgif:missingPermission", PermissionDenied),
    row("Authlib", Application, Error, "missing_authorization", CredentialMissing),
    row(AWS, Application, Field("x-amzn-requestid"), "", CredentialRefused).only_product(),
    row(GITHUB, Application, Field("x-github-request-id"), "", CredentialRefused).only_product(),
    // Words that many use, in the place of a code.
    row("", Unknown, Code, "token_expired", TokenExpired),
    row("", Unknown, Code, "expired_token", TokenExpired),
    row("", Unknown, Code, "missing_token", CredentialMissing),
    row("", Unknown, Code, "invalid_audience", AudienceMismatch),
    row("", Unknown, Code, "invalid_issuer", IssuerUntrusted),
    row("", Unknown, Code, "rate_limit_exceeded", RateLimited),
    // The standard to come of the fields in which services count has a problem for it.
    row("", Unknown, Problem, "https://iana.org/assignments/http-problem-types#quota-exceeded", RateLimited),
];
