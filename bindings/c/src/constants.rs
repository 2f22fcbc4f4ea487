//! The numbers of the vocabulary. Made from its data by `cargo xtask generate`: do not edit.

/// Outcome `allow`.
pub const DOORWARD_OUTCOME_ALLOW: u32 = 1;
/// Outcome `unauthenticated`.
pub const DOORWARD_OUTCOME_UNAUTHENTICATED: u32 = 2;
/// Outcome `forbidden`.
pub const DOORWARD_OUTCOME_FORBIDDEN: u32 = 3;
/// Outcome `bad_request`.
pub const DOORWARD_OUTCOME_BAD_REQUEST: u32 = 4;
/// Outcome `throttled`.
pub const DOORWARD_OUTCOME_THROTTLED: u32 = 5;
/// Outcome `unavailable`.
pub const DOORWARD_OUTCOME_UNAVAILABLE: u32 = 6;
/// Recovery `none`: nothing to do.
pub const DOORWARD_RECOVERY_NONE: u32 = 1;
/// Recovery `send_credential`: get a credential and send it.
pub const DOORWARD_RECOVERY_SEND_CREDENTIAL: u32 = 2;
/// Recovery `refresh_credential`: refresh the credential and send the request once more.
pub const DOORWARD_RECOVERY_REFRESH_CREDENTIAL: u32 = 3;
/// Recovery `replace_credential`: get a new credential; this one will not be accepted again.
pub const DOORWARD_RECOVERY_REPLACE_CREDENTIAL: u32 = 4;
/// Recovery `request_audience`: ask the issuer for a token whose audience is this service.
pub const DOORWARD_RECOVERY_REQUEST_AUDIENCE: u32 = 5;
/// Recovery `request_scope`: ask the issuer for a token with the scopes of the challenge.
pub const DOORWARD_RECOVERY_REQUEST_SCOPE: u32 = 6;
/// Recovery `step_up`: authenticate again as the challenge asks; a refresh is not enough.
pub const DOORWARD_RECOVERY_STEP_UP: u32 = 7;
/// Recovery `sync_clock`: compare clocks, using the Date of the answer, and wait out the difference.
pub const DOORWARD_RECOVERY_SYNC_CLOCK: u32 = 8;
/// Recovery `wait`: wait as long as Retry-After says, then send the same request again.
pub const DOORWARD_RECOVERY_WAIT: u32 = 9;
/// Recovery `rotate_certificate`: renew the client certificate.
pub const DOORWARD_RECOVERY_ROTATE_CERTIFICATE: u32 = 10;
/// Recovery `new_proof`: send the token with a fresh proof of possession of its key.
pub const DOORWARD_RECOVERY_NEW_PROOF: u32 = 11;
/// Recovery `use_nonce`: make the proof again with the nonce of the answer.
pub const DOORWARD_RECOVERY_USE_NONCE: u32 = 12;
/// Recovery `change_scheme`: send the credential with a scheme of the challenge.
pub const DOORWARD_RECOVERY_CHANGE_SCHEME: u32 = 13;
/// Recovery `fix_request`: mend how the client, or a proxy before it, builds the request.
pub const DOORWARD_RECOVERY_FIX_REQUEST: u32 = 14;
/// Recovery `ask_operator`: ask the operator of the issuer or of this service.
pub const DOORWARD_RECOVERY_ASK_OPERATOR: u32 = 15;
/// Recovery `stop`: stop; sending this again cannot help.
pub const DOORWARD_RECOVERY_STOP: u32 = 16;
/// Signal `noise`.
pub const DOORWARD_SIGNAL_NOISE: u32 = 1;
/// Signal `fault`.
pub const DOORWARD_SIGNAL_FAULT: u32 = 2;
/// Signal `attack`.
pub const DOORWARD_SIGNAL_ATTACK: u32 = 3;
/// Disclosure `none`.
pub const DOORWARD_DISCLOSURE_NONE: u32 = 1;
/// Disclosure `reason`.
pub const DOORWARD_DISCLOSURE_REASON: u32 = 2;
/// Grounds `anyone`.
pub const DOORWARD_GROUNDS_ANYONE: u32 = 1;
/// Grounds `preflight`.
pub const DOORWARD_GROUNDS_PREFLIGHT: u32 = 2;
/// Grounds `credential`.
pub const DOORWARD_GROUNDS_CREDENTIAL: u32 = 3;
/// Credential kind `bearer`.
pub const DOORWARD_CREDENTIAL_KIND_BEARER: u32 = 1;
/// Confidence `guess`.
pub const DOORWARD_CONFIDENCE_GUESS: u32 = 1;
/// Confidence `likely`.
pub const DOORWARD_CONFIDENCE_LIKELY: u32 = 2;
/// Confidence `certain`.
pub const DOORWARD_CONFIDENCE_CERTAIN: u32 = 3;
/// Origin `gateway`.
pub const DOORWARD_ORIGIN_GATEWAY: u32 = 1;
/// Origin `application`.
pub const DOORWARD_ORIGIN_APPLICATION: u32 = 2;
/// Origin `unknown`.
pub const DOORWARD_ORIGIN_UNKNOWN: u32 = 3;
/// Retry `never`.
pub const DOORWARD_RETRY_NEVER: u32 = 1;
/// Retry `changed`.
pub const DOORWARD_RETRY_CHANGED: u32 = 2;
/// Retry `same`.
pub const DOORWARD_RETRY_SAME: u32 = 3;
/// Clue `status`: the status says so by itself.
pub const DOORWARD_CLUE_STATUS: u32 = 1;
/// Clue `proxy_status`: the Proxy-Status of a proxy on the way says who made the answer.
pub const DOORWARD_CLUE_PROXY_STATUS: u32 = 2;
/// Clue `challenge`: the challenge, or that there is one.
pub const DOORWARD_CLUE_CHALLENGE: u32 = 3;
/// Clue `challenge_absent`: a 401 came without the challenge that HTTP asks for.
pub const DOORWARD_CLUE_CHALLENGE_ABSENT: u32 = 4;
/// Clue `challenge_malformed`: a challenge cannot be read.
pub const DOORWARD_CLUE_CHALLENGE_MALFORMED: u32 = 5;
/// Clue `scheme_differs`: the challenge is for another scheme than the one that was used.
pub const DOORWARD_CLUE_SCHEME_DIFFERS: u32 = 6;
/// Clue `error_code`: the challenge has an error code.
pub const DOORWARD_CLUE_ERROR_CODE: u32 = 7;
/// Clue `error_code_unknown`: the challenge has an error code that is not known.
pub const DOORWARD_CLUE_ERROR_CODE_UNKNOWN: u32 = 8;
/// Clue `error_absent`: the challenge has no error code, as if no credential had come.
pub const DOORWARD_CLUE_ERROR_ABSENT: u32 = 9;
/// Clue `description`: the text beside the error code is known.
pub const DOORWARD_CLUE_DESCRIPTION: u32 = 10;
/// Clue `doorward_code`: the answer names a reason of Doorward's.
pub const DOORWARD_CLUE_DOORWARD_CODE: u32 = 11;
/// Clue `doorward_body`: the content is one of Doorward's.
pub const DOORWARD_CLUE_DOORWARD_BODY: u32 = 12;
/// Clue `body_code`: the content has a code that is known.
pub const DOORWARD_CLUE_BODY_CODE: u32 = 13;
/// Clue `body_text`: the content has a text that is known.
pub const DOORWARD_CLUE_BODY_TEXT: u32 = 14;
/// Clue `vendor_field`: a header field that one product sends.
pub const DOORWARD_CLUE_VENDOR_FIELD: u32 = 15;
/// Clue `claims`: the challenge demands claims.
pub const DOORWARD_CLUE_CLAIMS: u32 = 16;
/// Clue `nonce`: the answer has a nonce.
pub const DOORWARD_CLUE_NONCE: u32 = 17;
/// Clue `credential_sent`: a credential was sent.
pub const DOORWARD_CLUE_CREDENTIAL_SENT: u32 = 18;
/// Clue `credential_not_sent`: no credential was sent.
pub const DOORWARD_CLUE_CREDENTIAL_NOT_SENT: u32 = 19;
/// Clue `credential_fresh`: the credential was got a moment ago.
pub const DOORWARD_CLUE_CREDENTIAL_FRESH: u32 = 20;
/// Clue `credential_current`: by the caller's clock the credential has not expired.
pub const DOORWARD_CLUE_CREDENTIAL_CURRENT: u32 = 21;
/// Clue `credential_expired`: by the caller's clock the credential has expired.
pub const DOORWARD_CLUE_CREDENTIAL_EXPIRED: u32 = 22;
/// Clue `refused_before`: the same credential was refused before.
pub const DOORWARD_CLUE_REFUSED_BEFORE: u32 = 23;
/// Clue `redirected_elsewhere`: the request was redirected to another origin.
pub const DOORWARD_CLUE_REDIRECTED_ELSEWHERE: u32 = 24;
/// Clue `sign_in_page`: the answer is, or leads to, a page for signing in.
pub const DOORWARD_CLUE_SIGN_IN_PAGE: u32 = 25;
/// Clue `date`: the Date of the answer differs from the caller's clock.
pub const DOORWARD_CLUE_DATE: u32 = 26;
/// Clue `retry_after`: the answer says how long to wait.
pub const DOORWARD_CLUE_RETRY_AFTER: u32 = 27;
/// Clue `upstream`: a field that a gateway adds when the service behind it has answered.
pub const DOORWARD_CLUE_UPSTREAM: u32 = 28;
/// Clue `via`: proxies were on the way, by their own account; that there is none proves nothing.
pub const DOORWARD_CLUE_VIA: u32 = 29;
/// Clue `server`: the Server field names software that applications are served by.
pub const DOORWARD_CLUE_SERVER: u32 = 30;
/// Reason `path_ambiguous`, usually with status 400: the path can be read in more than one way.
pub const DOORWARD_REASON_PATH_AMBIGUOUS: u16 = 100;
/// Reason `credential_missing`, usually with status 401: no credential was sent.
pub const DOORWARD_REASON_CREDENTIAL_MISSING: u16 = 101;
/// Reason `scheme_unsupported`, usually with status 401: the credential uses an authentication scheme that is not accepted here.
pub const DOORWARD_REASON_SCHEME_UNSUPPORTED: u16 = 102;
/// Reason `credential_malformed`, usually with status 401: the credential does not have the form that its scheme asks for.
pub const DOORWARD_REASON_CREDENTIAL_MALFORMED: u16 = 103;
/// Reason `credentials_ambiguous`, usually with status 400: more than one credential was sent.
pub const DOORWARD_REASON_CREDENTIALS_AMBIGUOUS: u16 = 104;
/// Reason `credential_too_large`, usually with status 431: the credential is longer than this service looks at.
pub const DOORWARD_REASON_CREDENTIAL_TOO_LARGE: u16 = 105;
/// Reason `credential_stripped_upstream`, usually with status 401: a gateway took the credential away before it came here, and left an authenticated note why.
pub const DOORWARD_REASON_CREDENTIAL_STRIPPED_UPSTREAM: u16 = 106;
/// Reason `token_malformed`, usually with status 401: the token is not a well-formed signed JWT.
pub const DOORWARD_REASON_TOKEN_MALFORMED: u16 = 200;
/// Reason `token_encrypted`, usually with status 401: the token is encrypted, and only signed tokens are accepted.
pub const DOORWARD_REASON_TOKEN_ENCRYPTED: u16 = 201;
/// Reason `token_type_refused`, usually with status 401: the token is of another type than this issuer's profile asks for.
pub const DOORWARD_REASON_TOKEN_TYPE_REFUSED: u16 = 202;
/// Reason `critical_header_unknown`, usually with status 401: the token names a critical extension that is not understood.
pub const DOORWARD_REASON_CRITICAL_HEADER_UNKNOWN: u16 = 203;
/// Reason `algorithm_refused`, usually with status 401: the token is not signed with an algorithm that is accepted from its issuer.
pub const DOORWARD_REASON_ALGORITHM_REFUSED: u16 = 204;
/// Reason `issuer_untrusted`, usually with status 401: the token does not come from an issuer that is trusted here.
pub const DOORWARD_REASON_ISSUER_UNTRUSTED: u16 = 205;
/// Reason `key_unknown`, usually with status 401: the token is signed with a key that its issuer does not publish.
pub const DOORWARD_REASON_KEY_UNKNOWN: u16 = 206;
/// Reason `signature_invalid`, usually with status 401: the token's signature does not hold.
pub const DOORWARD_REASON_SIGNATURE_INVALID: u16 = 207;
/// Reason `audience_mismatch`, usually with status 401: the token is meant for another service.
pub const DOORWARD_REASON_AUDIENCE_MISMATCH: u16 = 208;
/// Reason `token_expired`, usually with status 401: the token has expired.
pub const DOORWARD_REASON_TOKEN_EXPIRED: u16 = 209;
/// Reason `token_too_old`, usually with status 401: the token was issued longer ago than this service accepts.
pub const DOORWARD_REASON_TOKEN_TOO_OLD: u16 = 210;
/// Reason `token_not_yet_valid`, usually with status 401: the token is not valid yet.
pub const DOORWARD_REASON_TOKEN_NOT_YET_VALID: u16 = 211;
/// Reason `token_issued_in_future`, usually with status 401: the token says that it was issued in the future.
pub const DOORWARD_REASON_TOKEN_ISSUED_IN_FUTURE: u16 = 212;
/// Reason `claim_missing`, usually with status 401: the token lacks a claim that it must have.
pub const DOORWARD_REASON_CLAIM_MISSING: u16 = 213;
/// Reason `claim_malformed`, usually with status 401: a claim of the token does not have the type or form that it must have.
pub const DOORWARD_REASON_CLAIM_MALFORMED: u16 = 214;
/// Reason `token_revoked`, usually with status 401: the token has been revoked.
pub const DOORWARD_REASON_TOKEN_REVOKED: u16 = 215;
/// Reason `token_inactive`, usually with status 401: the issuer says that the token is not active.
pub const DOORWARD_REASON_TOKEN_INACTIVE: u16 = 216;
/// Reason `step_up_required`, usually with status 401: the authentication behind the token is not strong or not recent enough.
pub const DOORWARD_REASON_STEP_UP_REQUIRED: u16 = 217;
/// Reason `token_replayed`, usually with status 401: the token may be used once, and has been used before.
pub const DOORWARD_REASON_TOKEN_REPLAYED: u16 = 218;
/// Reason `route_unmatched`, usually with status 403: no route of the policy governs this path.
pub const DOORWARD_REASON_ROUTE_UNMATCHED: u16 = 300;
/// Reason `method_refused`, usually with status 403: the route of this path does not take this method.
pub const DOORWARD_REASON_METHOD_REFUSED: u16 = 301;
/// Reason `issuer_refused`, usually with status 403: the token's issuer is trusted, but not on this route.
pub const DOORWARD_REASON_ISSUER_REFUSED: u16 = 302;
/// Reason `scope_insufficient`, usually with status 403: the token does not have the scopes that the route asks for.
pub const DOORWARD_REASON_SCOPE_INSUFFICIENT: u16 = 303;
/// Reason `role_missing`, usually with status 403: the caller does not have the roles that the route asks for.
pub const DOORWARD_REASON_ROLE_MISSING: u16 = 304;
/// Reason `claim_refused`, usually with status 403: a claim of the token does not meet the route's rule.
pub const DOORWARD_REASON_CLAIM_REFUSED: u16 = 305;
/// Reason `delegation_refused`, usually with status 403: the route does not let this actor act for the token's subject.
pub const DOORWARD_REASON_DELEGATION_REFUSED: u16 = 306;
/// Reason `proof_missing`, usually with status 401: the token is bound to a key, and no proof of that key was sent.
pub const DOORWARD_REASON_PROOF_MISSING: u16 = 600;
/// Reason `proof_invalid`, usually with status 401: the proof of possession of the token's key was refused.
pub const DOORWARD_REASON_PROOF_INVALID: u16 = 601;
/// Reason `proof_nonce_required`, usually with status 401: the proof of possession must hold the nonce of the answer.
pub const DOORWARD_REASON_PROOF_NONCE_REQUIRED: u16 = 602;
/// Reason `trust_unavailable`, usually with status 503: the issuer's keys cannot be loaded at the moment.
pub const DOORWARD_REASON_TRUST_UNAVAILABLE: u16 = 800;
/// Reason `trust_stale`, usually with status 503: the issuer's keys have not been renewed for too long.
pub const DOORWARD_REASON_TRUST_STALE: u16 = 801;
/// Reason `replay_store_full`, usually with status 503: the memory for tokens that may be used once is full.
pub const DOORWARD_REASON_REPLAY_STORE_FULL: u16 = 802;
/// Reason `too_many_failures`, usually with status 429: too many credentials of this caller were refused.
pub const DOORWARD_REASON_TOO_MANY_FAILURES: u16 = 900;
/// Reason `credential_refused`, usually with status 401: the credential was refused, and the answer does not say why.
pub const DOORWARD_REASON_CREDENTIAL_REFUSED: u16 = 1000;
/// Reason `credential_refused_again`, usually with status 401: the same credential was refused before, and nothing has changed since.
pub const DOORWARD_REASON_CREDENTIAL_REFUSED_AGAIN: u16 = 1001;
/// Reason `credential_stripped`, usually with status 401: the request carried a credential, and the answer says that none came.
pub const DOORWARD_REASON_CREDENTIAL_STRIPPED: u16 = 1002;
/// Reason `credential_withheld`, usually with status 401: the request was redirected to another origin, where the client does not send its credential.
pub const DOORWARD_REASON_CREDENTIAL_WITHHELD: u16 = 1003;
/// Reason `clock_skewed`, usually with status 401: a fresh credential was refused for its times: the clocks of caller and service differ.
pub const DOORWARD_REASON_CLOCK_SKEWED: u16 = 1004;
/// Reason `claims_demanded`, usually with status 401: the service wants a new token that answers the claims of its challenge.
pub const DOORWARD_REASON_CLAIMS_DEMANDED: u16 = 1005;
/// Reason `sign_in_offered`, usually with status 401: the answer sends the caller to a sign-in page for people.
pub const DOORWARD_REASON_SIGN_IN_OFFERED: u16 = 1006;
/// Reason `proxy_credential_missing`, usually with status 407: a proxy on the way wants a credential of its own.
pub const DOORWARD_REASON_PROXY_CREDENTIAL_MISSING: u16 = 1007;
/// Reason `network_sign_in_required`, usually with status 511: the network wants a sign-in before it lets anything through.
pub const DOORWARD_REASON_NETWORK_SIGN_IN_REQUIRED: u16 = 1008;
/// Reason `request_refused`, usually with status 400: the request uses its credential wrongly.
pub const DOORWARD_REASON_REQUEST_REFUSED: u16 = 1009;
/// Reason `permission_denied`, usually with status 403: the service knows the caller, and does not allow this.
pub const DOORWARD_REASON_PERMISSION_DENIED: u16 = 1010;
/// Reason `refusal_unrelated`, usually with status 403: the refusal has nothing to do with the credential.
pub const DOORWARD_REASON_REFUSAL_UNRELATED: u16 = 1011;
/// Reason `refusal_unexplained`, usually with status 403: the request was refused, and nothing tells whether for the credential, a permission or neither.
pub const DOORWARD_REASON_REFUSAL_UNEXPLAINED: u16 = 1012;
/// Reason `rate_limited`, usually with status 429: the caller sends more requests than it may.
pub const DOORWARD_REASON_RATE_LIMITED: u16 = 1013;
/// Reason `service_unavailable`, usually with status 503: the service, or a gateway before it, cannot answer now.
pub const DOORWARD_REASON_SERVICE_UNAVAILABLE: u16 = 1014;
/// Reason `credential_unobtainable`, usually with status 401: the client could not get a credential; nothing was sent.
pub const DOORWARD_REASON_CREDENTIAL_UNOBTAINABLE: u16 = 1015;
/// Reason `retry_blocked`, usually with status 429: the client was refused too often with all that it has; nothing was sent.
pub const DOORWARD_REASON_RETRY_BLOCKED: u16 = 1016;
