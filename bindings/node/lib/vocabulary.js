'use strict';
// The words and tables that every decision is told in, made by `cargo xtask generate` from reasons.json and vocabulary.json; not to be edited.

const OUTCOMES = Object.freeze([
  "allow",
  "unauthenticated",
  "forbidden",
  "bad_request",
  "throttled",
  "unavailable"
]);

const SIGNALS = Object.freeze([
  "noise",
  "fault",
  "attack"
]);

const RECOVERIES = Object.freeze([
  "none",
  "send_credential",
  "refresh_credential",
  "replace_credential",
  "request_audience",
  "request_scope",
  "step_up",
  "sync_clock",
  "wait",
  "rotate_certificate",
  "new_proof",
  "use_nonce",
  "change_scheme",
  "fix_request",
  "ask_operator",
  "stop"
]);

const ADVICE = Object.freeze({
  "none": "nothing to do",
  "send_credential": "get a credential and send it",
  "refresh_credential": "refresh the credential and send the request once more",
  "replace_credential": "get a new credential; this one will not be accepted again",
  "request_audience": "ask the issuer for a token whose audience is this service",
  "request_scope": "ask the issuer for a token with the scopes of the challenge",
  "step_up": "authenticate again as the challenge asks; a refresh is not enough",
  "sync_clock": "compare clocks, using the Date of the answer, and wait out the difference",
  "wait": "wait as long as Retry-After says, then send the same request again",
  "rotate_certificate": "renew the client certificate",
  "new_proof": "send the token with a fresh proof of possession of its key",
  "use_nonce": "make the proof again with the nonce of the answer",
  "change_scheme": "send the credential with a scheme of the challenge",
  "fix_request": "mend how the client, or a proxy before it, builds the request",
  "ask_operator": "ask the operator of the issuer or of this service",
  "stop": "stop; sending this again cannot help"
});

const REASONS = {
  "path_ambiguous": {
    "number": 100,
    "code": "path_ambiguous",
    "outcome": "bad_request",
    "status": 400,
    "wireError": null,
    "recovery": "fix_request",
    "operator": "find out who sends encoded slashes, dot segments with parameters or empty segments; they often probe for a way around path rules",
    "signal": "attack",
    "mayResend": true,
    "sentence": "the path can be read in more than one way"
  },
  "credential_missing": {
    "number": 101,
    "code": "credential_missing",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": null,
    "recovery": "send_credential",
    "operator": "nothing, unless a proxy in front strips the Authorization field",
    "signal": "noise",
    "mayResend": false,
    "sentence": "no credential was sent"
  },
  "scheme_unsupported": {
    "number": 102,
    "code": "scheme_unsupported",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": null,
    "recovery": "change_scheme",
    "operator": "tell the caller which schemes the route accepts",
    "signal": "fault",
    "mayResend": false,
    "sentence": "the credential uses an authentication scheme that is not accepted here"
  },
  "credential_malformed": {
    "number": 103,
    "code": "credential_malformed",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "fix_request",
    "operator": "look at how the client builds the field, and at proxies that rewrite it",
    "signal": "fault",
    "mayResend": false,
    "sentence": "the credential does not have the form that its scheme asks for"
  },
  "credentials_ambiguous": {
    "number": 104,
    "code": "credentials_ambiguous",
    "outcome": "bad_request",
    "status": 400,
    "wireError": "invalid_request",
    "recovery": "fix_request",
    "operator": "look for a proxy that adds a second Authorization field, or a caller that tries to confuse two of them",
    "signal": "attack",
    "mayResend": false,
    "sentence": "more than one credential was sent"
  },
  "credential_too_large": {
    "number": 105,
    "code": "credential_too_large",
    "outcome": "bad_request",
    "status": 431,
    "wireError": null,
    "recovery": "fix_request",
    "operator": "raise max_credential if the issuer's tokens are really that long",
    "signal": "fault",
    "mayResend": false,
    "sentence": "the credential is longer than this service looks at"
  },
  "token_malformed": {
    "number": 200,
    "code": "token_malformed",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "fix_request",
    "operator": "compare the token as issued with the token as received: truncation, re-encoding, duplicate members",
    "signal": "fault",
    "mayResend": false,
    "sentence": "the token is not a well-formed signed JWT"
  },
  "token_encrypted": {
    "number": 201,
    "code": "token_encrypted",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "replace_credential",
    "operator": "turn off token encryption for this service at the issuer",
    "signal": "fault",
    "mayResend": false,
    "sentence": "the token is encrypted, and only signed tokens are accepted"
  },
  "token_type_refused": {
    "number": 202,
    "code": "token_type_refused",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "replace_credential",
    "operator": "check that callers send access tokens, not id tokens, and that the issuer's profile fits",
    "signal": "fault",
    "mayResend": false,
    "sentence": "the token is of another type than this issuer's profile asks for"
  },
  "critical_header_unknown": {
    "number": 203,
    "code": "critical_header_unknown",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "replace_credential",
    "operator": "ask the issuer for tokens without critical extensions",
    "signal": "fault",
    "mayResend": false,
    "sentence": "the token names a critical extension that is not understood"
  },
  "algorithm_refused": {
    "number": 204,
    "code": "algorithm_refused",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "replace_credential",
    "operator": "look for forgery attempts, or add the issuer's algorithm to the policy if it really changed",
    "signal": "attack",
    "mayResend": false,
    "sentence": "the token is not signed with an algorithm that is accepted from its issuer"
  },
  "issuer_untrusted": {
    "number": 205,
    "code": "issuer_untrusted",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "replace_credential",
    "operator": "check where the caller gets its tokens; issuers are compared character by character",
    "signal": "fault",
    "mayResend": false,
    "sentence": "the token does not come from an issuer that is trusted here"
  },
  "key_unknown": {
    "number": 206,
    "code": "key_unknown",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "refresh_credential",
    "operator": "check whether the issuer rotated its keys and whether the key set here is current",
    "signal": "fault",
    "mayResend": false,
    "sentence": "the token is signed with a key that its issuer does not publish"
  },
  "signature_invalid": {
    "number": 207,
    "code": "signature_invalid",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "replace_credential",
    "operator": "treat it as a forgery until shown otherwise; then look for truncation and for keys that share an id",
    "signal": "attack",
    "mayResend": false,
    "sentence": "the token's signature does not hold"
  },
  "audience_mismatch": {
    "number": 208,
    "code": "audience_mismatch",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "request_audience",
    "operator": "check the resource the caller asks its token for; many of these may be tokens passed on by another service",
    "signal": "fault",
    "mayResend": false,
    "sentence": "the token is meant for another service"
  },
  "token_expired": {
    "number": 209,
    "code": "token_expired",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "refresh_credential",
    "operator": "nothing, unless one caller keeps sending expired tokens: its refresh is broken",
    "signal": "noise",
    "mayResend": false,
    "sentence": "the token has expired"
  },
  "token_too_old": {
    "number": 210,
    "code": "token_too_old",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "refresh_credential",
    "operator": "compare the issuer's token lifetime with max_age",
    "signal": "noise",
    "mayResend": false,
    "sentence": "the token was issued longer ago than this service accepts"
  },
  "token_not_yet_valid": {
    "number": 211,
    "code": "token_not_yet_valid",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "sync_clock",
    "operator": "compare the clocks of issuer, caller and this service",
    "signal": "fault",
    "mayResend": true,
    "sentence": "the token is not valid yet"
  },
  "token_issued_in_future": {
    "number": 212,
    "code": "token_issued_in_future",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "sync_clock",
    "operator": "compare the clocks of issuer and this service",
    "signal": "fault",
    "mayResend": true,
    "sentence": "the token says that it was issued in the future"
  },
  "claim_missing": {
    "number": 213,
    "code": "claim_missing",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "ask_operator",
    "operator": "add the claim at the issuer, or choose the profile that fits its tokens",
    "signal": "fault",
    "mayResend": false,
    "sentence": "the token lacks a claim that it must have"
  },
  "claim_malformed": {
    "number": 214,
    "code": "claim_malformed",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "ask_operator",
    "operator": "mend the claim at the issuer; times must be numbers of seconds",
    "signal": "fault",
    "mayResend": false,
    "sentence": "a claim of the token does not have the type or form that it must have"
  },
  "token_revoked": {
    "number": 215,
    "code": "token_revoked",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "replace_credential",
    "operator": "find out who still uses it: revoked tokens in use may be stolen ones",
    "signal": "attack",
    "mayResend": false,
    "sentence": "the token has been revoked"
  },
  "token_inactive": {
    "number": 216,
    "code": "token_inactive",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "replace_credential",
    "operator": "ask the issuer; it gives no reason",
    "signal": "fault",
    "mayResend": false,
    "sentence": "the issuer says that the token is not active"
  },
  "step_up_required": {
    "number": 217,
    "code": "step_up_required",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "insufficient_user_authentication",
    "recovery": "step_up",
    "operator": "nothing for people; a workload cannot step up, so give it another route or another credential",
    "signal": "noise",
    "mayResend": false,
    "sentence": "the authentication behind the token is not strong or not recent enough"
  },
  "token_replayed": {
    "number": 218,
    "code": "token_replayed",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "replace_credential",
    "operator": "find out who else has it: a token that is used twice was stolen, or its caller retries without a new one",
    "signal": "attack",
    "mayResend": false,
    "sentence": "the token may be used once, and has been used before"
  },
  "route_unmatched": {
    "number": 300,
    "code": "route_unmatched",
    "outcome": "forbidden",
    "status": 403,
    "wireError": null,
    "recovery": "stop",
    "operator": "add a route if the path should be served; what no route names is refused",
    "signal": "noise",
    "mayResend": false,
    "sentence": "no route of the policy governs this path"
  },
  "method_refused": {
    "number": 301,
    "code": "method_refused",
    "outcome": "forbidden",
    "status": 403,
    "wireError": null,
    "recovery": "stop",
    "operator": "add the method to the route if it should be served",
    "signal": "noise",
    "mayResend": false,
    "sentence": "the route of this path does not take this method"
  },
  "issuer_refused": {
    "number": 302,
    "code": "issuer_refused",
    "outcome": "forbidden",
    "status": 403,
    "wireError": null,
    "recovery": "replace_credential",
    "operator": "add the issuer to the route's accept list if its callers belong there",
    "signal": "fault",
    "mayResend": false,
    "sentence": "the token's issuer is trusted, but not on this route"
  },
  "scope_insufficient": {
    "number": 303,
    "code": "scope_insufficient",
    "outcome": "forbidden",
    "status": 403,
    "wireError": "insufficient_scope",
    "recovery": "request_scope",
    "operator": "grant the scope to the client if it should have it",
    "signal": "noise",
    "mayResend": false,
    "sentence": "the token does not have the scopes that the route asks for"
  },
  "role_missing": {
    "number": 304,
    "code": "role_missing",
    "outcome": "forbidden",
    "status": 403,
    "wireError": null,
    "recovery": "ask_operator",
    "operator": "grant the role if the caller should have it",
    "signal": "noise",
    "mayResend": false,
    "sentence": "the caller does not have the roles that the route asks for"
  },
  "claim_refused": {
    "number": 305,
    "code": "claim_refused",
    "outcome": "forbidden",
    "status": 403,
    "wireError": null,
    "recovery": "ask_operator",
    "operator": "compare the rule with the claims that `doorward explain` shows",
    "signal": "noise",
    "mayResend": false,
    "sentence": "a claim of the token does not meet the route's rule"
  },
  "delegation_refused": {
    "number": 306,
    "code": "delegation_refused",
    "outcome": "forbidden",
    "status": 403,
    "wireError": null,
    "recovery": "ask_operator",
    "operator": "add the actor to the route's delegation list, or have the caller use its own identity",
    "signal": "fault",
    "mayResend": false,
    "sentence": "the route does not let this actor act for the token's subject"
  },
  "proof_missing": {
    "number": 600,
    "code": "proof_missing",
    "outcome": "unauthenticated",
    "status": 401,
    "wireError": "invalid_token",
    "recovery": "new_proof",
    "operator": "a bound token sent as a plain bearer token may be a stolen one; otherwise the client has lost its proof",
    "signal": "attack",
    "mayResend": false,
    "sentence": "the token is bound to a key, and no proof of that key was sent"
  },
  "trust_unavailable": {
    "number": 800,
    "code": "trust_unavailable",
    "outcome": "unavailable",
    "status": 503,
    "wireError": null,
    "recovery": "wait",
    "operator": "check that the issuer's key set can be reached from here; the caller is not at fault",
    "signal": "fault",
    "mayResend": true,
    "sentence": "the issuer's keys could not be loaded yet"
  },
  "trust_stale": {
    "number": 801,
    "code": "trust_stale",
    "outcome": "unavailable",
    "status": 503,
    "wireError": null,
    "recovery": "wait",
    "operator": "check that the issuer's key set can be reached from here; the caller is not at fault",
    "signal": "fault",
    "mayResend": true,
    "sentence": "the issuer's keys have not been renewed for too long"
  },
  "replay_store_full": {
    "number": 802,
    "code": "replay_store_full",
    "outcome": "unavailable",
    "status": 503,
    "wireError": null,
    "recovery": "wait",
    "operator": "raise replay in [store], or look for the issuer whose tokens fill it; the caller is not at fault",
    "signal": "fault",
    "mayResend": true,
    "sentence": "the memory for tokens that may be used once is full"
  },
  "too_many_failures": {
    "number": 900,
    "code": "too_many_failures",
    "outcome": "throttled",
    "status": 429,
    "wireError": null,
    "recovery": "wait",
    "operator": "look at what this caller was refused for: a broken client, or someone guessing",
    "signal": "attack",
    "mayResend": true,
    "sentence": "too many credentials of this caller were refused"
  }
};

const REASONS_BY_NUMBER = [];
for (const reason of Object.values(REASONS)) REASONS_BY_NUMBER[reason.number] = Object.freeze(reason);
Object.freeze(REASONS);

module.exports = { ADVICE, OUTCOMES, REASONS, REASONS_BY_NUMBER, RECOVERIES, SIGNALS };
