//! Gateways and proxies, by what they answer in their own name.

use super::row::Place::{Field, Page, Problem, Text, Whole};
use super::row::{Row, row};
use crate::diagnose::diagnosis::Origin::{self, Gateway, Unknown};
use crate::reason::Reason::{
    AlgorithmRefused, AudienceMismatch, CredentialMissing, CredentialRefused, CredentialTooLarge,
    IssuerUntrusted, KeyUnknown, PermissionDenied, RefusalUnrelated, RouteUnmatched, SignInOffered,
    SignatureInvalid, TokenExpired, TokenMalformed, TokenNotYetValid, TrustUnavailable,
};

const ENVOY: &str = "Envoy jwt_authn";
const KONG: &str = "Kong";
const APISIX: &str = "Apache APISIX";
const CLOUDFLARE: &str = "Cloudflare";
const OAUTH2_PROXY: &str = "oauth2-proxy";

/// A sentence that is the whole content.
const fn envoy(text: &'static str, reason: crate::reason::Reason) -> Row {
    row(ENVOY, Gateway, Whole, text, reason)
}

const fn known_by(product: &'static str, side: Origin, field: &'static str, text: &'static str) -> Row {
    row(product, side, Field(field), text, CredentialRefused).only_product()
}

pub(super) const ROWS: &[Row] = &[
    envoy("Jwt is missing", CredentialMissing),
    envoy("Jwt is expired", TokenExpired),
    envoy("Jwt not yet valid", TokenNotYetValid),
    envoy("Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections", TokenMalformed),
    envoy("Jwt header is an invalid Base64url encoded", TokenMalformed),
    envoy("Jwt header is an invalid JSON", TokenMalformed),
    envoy("Jwt payload is an invalid JSON", TokenMalformed),
    envoy("Jwt signature is an invalid Base64url encoded", TokenMalformed),
    envoy("Jwt header [alg] is not supported", AlgorithmRefused),
    envoy("Jwt issuer is not configured", IssuerUntrusted),
    envoy("Audiences in Jwt are not allowed", AudienceMismatch),
    envoy("Jwks doesn't have key to match kid or alg from Jwt", KeyUnknown),
    envoy("Jwt verification fails", SignatureInvalid),
    envoy("Jwks remote fetch is failed", TrustUnavailable),
    row("Envoy RBAC", Gateway, Whole, "RBAC: access denied", PermissionDenied).with(&[403]),
    row(KONG, Gateway, Text, "No credentials found for given '", IssuerUntrusted),
    row(KONG, Gateway, Text, "\"exp\":\"token expired\"", TokenExpired),
    row(KONG, Gateway, Text, "Bad token; invalid JSON", TokenMalformed),
    row(KONG, Gateway, Text, "No API key found in request", CredentialMissing),
    row(APISIX, Gateway, Text, "Missing JWT token in request", CredentialMissing),
    row(OAUTH2_PROXY, Gateway, Page, "action=\"/oauth2/start\"", SignInOffered).with(&[200, 401, 403]),
    row(
        "Google Identity-Aware Proxy",
        Gateway,
        Field("x-goog-iap-generated-response"),
        "true",
        SignInOffered,
    )
    .with(&[301, 302, 303, 307]),
    row("Cloudflare Access", Gateway, Page, "/cdn-cgi/access/login", SignInOffered).with(&[401, 403]),
    row(CLOUDFLARE, Gateway, Field("cf-mitigated"), "", RefusalUnrelated),
    row(CLOUDFLARE, Gateway, Whole, "error code: 1020", RefusalUnrelated),
    // Its own rules: of addresses, countries, browsers and the like. Errors without a page of their own have the one of all.
    row(
        CLOUDFLARE,
        Gateway,
        Problem,
        "https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/",
        RefusalUnrelated,
    )
    .with(&[403]),
    row("nginx", Gateway, Page, "<title>400 Request Header Or Cookie Too Large", CredentialTooLarge)
        .with(&[400]),
    row("AWS WAF", Gateway, Field("x-amzn-waf-action"), "", RefusalUnrelated),
    row("Amazon API Gateway", Gateway, Text, "\"The incoming token has expired\"", TokenExpired),
    row(
        "Amazon API Gateway",
        Gateway,
        Field("x-amzn-errortype"),
        "MissingAuthenticationTokenException",
        RouteUnmatched,
    )
    .with(&[403])
    .when(super::row::When::Sent),
    row(
        "Amazon API Gateway",
        Gateway,
        Field("x-amzn-errortype"),
        "MissingAuthenticationTokenException",
        CredentialMissing,
    )
    .with(&[403])
    .when(super::row::When::Bare),
    // What only tells the product.
    known_by("Google Identity-Aware Proxy", Gateway, "x-goog-iap-generated-response", "true"),
    known_by(KONG, Gateway, "x-kong-response-latency", ""),
    known_by("AWS Application Load Balancer", Gateway, "server", "awselb/"),
    known_by("nginx", Unknown, "server", "nginx"),
];
