//! Frameworks and libraries that verify tokens, by the sentences that they let out.

use super::row::Place::{Challenge, Code, Field, Text, Whole};
use super::row::{Row, row};
use crate::diagnose::diagnosis::Origin::{Application, Unknown};
use crate::reason::Reason;
use crate::reason::Reason::{
    AlgorithmRefused, AudienceMismatch, ClaimMissing, CredentialMissing, CredentialRefused, IssuerUntrusted,
    KeyUnknown, ScopeInsufficient, SignatureInvalid, TokenExpired, TokenIssuedInFuture, TokenMalformed,
    TokenNotYetValid,
};

/// Libraries are used by gateways, too: only a framework tells the side.
const fn library(product: &'static str, text: &'static str, reason: Reason) -> Row {
    row(product, Unknown, Text, text, reason)
}

const fn framework(product: &'static str, text: &'static str, reason: Reason) -> Row {
    row(product, Application, Text, text, reason)
}

/// A framework that says it in the challenge, and nowhere else.
const fn challenging(product: &'static str, text: &'static str, reason: Reason) -> Row {
    row(product, Application, Challenge, text, reason)
}

const fn server(product: &'static str, text: &'static str) -> Row {
    row(product, Application, Field("server"), text, CredentialRefused).only_product()
}

const SPRING: &str = "Spring Security";
const ASP_NET: &str = "ASP.NET Core";
const JSONWEBTOKEN: &str = "jsonwebtoken";
const JOSE: &str = "jose";
const PYJWT: &str = "PyJWT";
const RUST: &str = "jsonwebtoken for Rust";
const GO_OIDC: &str = "go-oidc";

pub(super) const ROWS: &[Row] = &[
    challenging(SPRING, "Jwt expired at ", TokenExpired),
    challenging(SPRING, "Jwt used before ", TokenNotYetValid),
    challenging(SPRING, "The aud claim is not valid", AudienceMismatch),
    challenging(SPRING, "The iss claim is not valid", IssuerUntrusted),
    challenging(
        SPRING,
        "Signed JWT rejected: Another algorithm expected, or no matching key(s) found",
        KeyUnknown,
    ),
    challenging(SPRING, "Signed JWT rejected: Invalid signature", SignatureInvalid),
    challenging(ASP_NET, "The token expired at '", TokenExpired),
    challenging(ASP_NET, "The token is not valid before '", TokenNotYetValid),
    challenging(ASP_NET, "The signature key was not found", KeyUnknown),
    challenging(ASP_NET, "The signature is invalid", SignatureInvalid),
    challenging(ASP_NET, "The audience '", AudienceMismatch),
    challenging(ASP_NET, "The issuer '", IssuerUntrusted),
    framework("FastAPI", "{\"detail\":\"Not authenticated\"}", CredentialMissing),
    framework("Django REST framework", "Authentication credentials were not provided", CredentialMissing),
    row("djangorestframework-simplejwt", Application, Code, "token_not_valid", CredentialRefused),
    framework("express-jwt", "No authorization token was found", CredentialMissing),
    library("", "Missing Authorization header", CredentialMissing),
    library(JSONWEBTOKEN, "jwt expired", TokenExpired),
    library(JSONWEBTOKEN, "jwt not active", TokenNotYetValid),
    library(JSONWEBTOKEN, "jwt malformed", TokenMalformed),
    library(JSONWEBTOKEN, "jwt audience invalid. expected:", AudienceMismatch),
    library(JSONWEBTOKEN, "jwt issuer invalid. expected:", IssuerUntrusted),
    library(JOSE, "exp\" claim timestamp check failed", TokenExpired),
    library(JOSE, "exp\\\" claim timestamp check failed", TokenExpired),
    library(JOSE, "'exp' claim timestamp check failed", TokenExpired),
    library(JOSE, "nbf\" claim timestamp check failed", TokenNotYetValid),
    library(JOSE, "nbf\\\" claim timestamp check failed", TokenNotYetValid),
    library(JOSE, "'nbf' claim timestamp check failed", TokenNotYetValid),
    library(JOSE, "unexpected \"aud\" claim value", AudienceMismatch),
    library(JOSE, "unexpected \\\"aud\\\" claim value", AudienceMismatch),
    library(JOSE, "unexpected \"iss\" claim value", IssuerUntrusted),
    library(JOSE, "unexpected \\\"iss\\\" claim value", IssuerUntrusted),
    library("express-oauth2-jwt-bearer", "Unexpected 'aud' value", AudienceMismatch),
    library("express-oauth2-jwt-bearer", "Unexpected 'iss' value", IssuerUntrusted),
    library(JOSE, "no applicable key found in the JSON Web Key Set", KeyUnknown),
    library(JOSE, "Invalid Compact JWS", TokenMalformed),
    library(PYJWT, "The token is not yet valid (nbf)", TokenNotYetValid),
    library(PYJWT, "The token is not yet valid (iat)", TokenIssuedInFuture),
    library(PYJWT, "Signature has expired", TokenExpired),
    library(PYJWT, "Audience doesn't match", AudienceMismatch),
    library(PYJWT, "Not enough segments", TokenMalformed),
    library(PYJWT, "The specified alg value is not allowed", AlgorithmRefused),
    row(RUST, Unknown, Whole, "ExpiredSignature", TokenExpired),
    row(RUST, Unknown, Whole, "ImmatureSignature", TokenNotYetValid),
    row(RUST, Unknown, Whole, "InvalidSignature", SignatureInvalid),
    row(RUST, Unknown, Whole, "InvalidAudience", AudienceMismatch),
    row(RUST, Unknown, Whole, "InvalidIssuer", IssuerUntrusted),
    row(RUST, Unknown, Whole, "InvalidToken", TokenMalformed),
    row(RUST, Unknown, Whole, "Missing required claim: exp", ClaimMissing),
    library(GO_OIDC, "oidc: token is expired", TokenExpired),
    library(GO_OIDC, "oidc: expected audience", AudienceMismatch),
    library(GO_OIDC, "oidc: id token issued by a different provider", IssuerUntrusted),
    // Servers that applications are served by: what goes through a proxy keeps their name, what the proxy makes has its own.
    server("uvicorn", "uvicorn"),
    server("Gunicorn", "gunicorn"),
    server("Werkzeug", "Werkzeug/"),
    server("Kestrel", "Kestrel"),
    server("Jetty", "Jetty("),
    // Sentences of nobody in particular.
    library("", "token is not valid yet", TokenNotYetValid),
    library("", "token is not yet valid", TokenNotYetValid),
    library("", "token issued in the future", TokenIssuedInFuture),
    library("", "token is expired", TokenExpired),
    library("", "token has expired", TokenExpired),
    library("", "token expired", TokenExpired),
    library("", "expired token", TokenExpired),
    library("", "missing bearer token", CredentialMissing),
    library("", "no bearer token found", CredentialMissing),
    library("", "no token provided", CredentialMissing),
    library("", "not authenticated", CredentialMissing),
    library("", "invalid audience", AudienceMismatch),
    library("", "invalid issuer", IssuerUntrusted),
    library("", "signature verification failed", SignatureInvalid),
    library("", "invalid signature", SignatureInvalid),
    library("", "insufficient scope", ScopeInsufficient),
];
