/*
 * The C ABI of Doorward: one decision on every caller, let in, 401 or 403, with the reason, the challenge and the cure.
 *
 * Made by `cargo xtask generate` from the Rust sources and header.h and inline.h beside them: edit those, not the copy
 * in include.
 *
 * Conventions. Handles are opaque; who owns one, and which function frees it, is said where it is made. Inputs come first
 * and are const where nothing changes, outputs come last and are named out_*; a call that fails writes to no output. Null
 * and wrong values give a result code, and no panic leaves the library. Numbers are of fixed width, and 0 is never a value
 * of an enumeration, so that memory of zeros lets nobody in. Structs that may grow begin with their size: make them with
 * their _init function. Each function says which threads may call it.
 */

#ifndef DOORWARD_H
#define DOORWARD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** The version of the library that this header belongs to. */
#define DOORWARD_VERSION "0.1.0"
#define DOORWARD_VERSION_MAJOR 0
#define DOORWARD_VERSION_MINOR 1
#define DOORWARD_VERSION_PATCH 0

/** The media type of the content of a refusal. */
#define DOORWARD_BODY_TYPE "application/json"

/* A result that nobody looks at is a request that nobody judged: compilers warn of it. */
#if defined(__GNUC__)
#define DOORWARD_MUST_USE __attribute__((warn_unused_result))
#else
#define DOORWARD_MUST_USE
#endif

#if defined(__cplusplus) && __cplusplus >= 201103L
#define DOORWARD_NOEXCEPT noexcept
#else
#define DOORWARD_NOEXCEPT
#endif


/** Outcome `allow`. */
#define DOORWARD_OUTCOME_ALLOW 1

/** Outcome `unauthenticated`. */
#define DOORWARD_OUTCOME_UNAUTHENTICATED 2

/** Outcome `forbidden`. */
#define DOORWARD_OUTCOME_FORBIDDEN 3

/** Outcome `bad_request`. */
#define DOORWARD_OUTCOME_BAD_REQUEST 4

/** Outcome `throttled`. */
#define DOORWARD_OUTCOME_THROTTLED 5

/** Outcome `unavailable`. */
#define DOORWARD_OUTCOME_UNAVAILABLE 6

/** Recovery `none`: nothing to do. */
#define DOORWARD_RECOVERY_NONE 1

/** Recovery `send_credential`: get a credential and send it. */
#define DOORWARD_RECOVERY_SEND_CREDENTIAL 2

/** Recovery `refresh_credential`: refresh the credential and send the request once more. */
#define DOORWARD_RECOVERY_REFRESH_CREDENTIAL 3

/** Recovery `replace_credential`: get a new credential; this one will not be accepted again. */
#define DOORWARD_RECOVERY_REPLACE_CREDENTIAL 4

/** Recovery `request_audience`: ask the issuer for a token whose audience is this service. */
#define DOORWARD_RECOVERY_REQUEST_AUDIENCE 5

/** Recovery `request_scope`: ask the issuer for a token with the scopes of the challenge. */
#define DOORWARD_RECOVERY_REQUEST_SCOPE 6

/** Recovery `step_up`: authenticate again as the challenge asks; a refresh is not enough. */
#define DOORWARD_RECOVERY_STEP_UP 7

/** Recovery `sync_clock`: compare clocks, using the Date of the answer, and wait out the difference. */
#define DOORWARD_RECOVERY_SYNC_CLOCK 8

/** Recovery `wait`: wait as long as Retry-After says, then send the same request again. */
#define DOORWARD_RECOVERY_WAIT 9

/** Recovery `rotate_certificate`: renew the client certificate. */
#define DOORWARD_RECOVERY_ROTATE_CERTIFICATE 10

/** Recovery `new_proof`: send the token with a fresh proof of possession of its key. */
#define DOORWARD_RECOVERY_NEW_PROOF 11

/** Recovery `use_nonce`: make the proof again with the nonce of the answer. */
#define DOORWARD_RECOVERY_USE_NONCE 12

/** Recovery `change_scheme`: send the credential with a scheme of the challenge. */
#define DOORWARD_RECOVERY_CHANGE_SCHEME 13

/** Recovery `fix_request`: mend how the client, or a proxy before it, builds the request. */
#define DOORWARD_RECOVERY_FIX_REQUEST 14

/** Recovery `ask_operator`: ask the operator of the issuer or of this service. */
#define DOORWARD_RECOVERY_ASK_OPERATOR 15

/** Recovery `stop`: stop; sending this again cannot help. */
#define DOORWARD_RECOVERY_STOP 16

/** Signal `noise`. */
#define DOORWARD_SIGNAL_NOISE 1

/** Signal `fault`. */
#define DOORWARD_SIGNAL_FAULT 2

/** Signal `attack`. */
#define DOORWARD_SIGNAL_ATTACK 3

/** Disclosure `none`. */
#define DOORWARD_DISCLOSURE_NONE 1

/** Disclosure `reason`. */
#define DOORWARD_DISCLOSURE_REASON 2

/** Grounds `anyone`. */
#define DOORWARD_GROUNDS_ANYONE 1

/** Grounds `preflight`. */
#define DOORWARD_GROUNDS_PREFLIGHT 2

/** Grounds `credential`. */
#define DOORWARD_GROUNDS_CREDENTIAL 3

/** Credential kind `bearer`. */
#define DOORWARD_CREDENTIAL_KIND_BEARER 1

/** Confidence `guess`. */
#define DOORWARD_CONFIDENCE_GUESS 1

/** Confidence `likely`. */
#define DOORWARD_CONFIDENCE_LIKELY 2

/** Confidence `certain`. */
#define DOORWARD_CONFIDENCE_CERTAIN 3

/** Origin `gateway`. */
#define DOORWARD_ORIGIN_GATEWAY 1

/** Origin `application`. */
#define DOORWARD_ORIGIN_APPLICATION 2

/** Origin `unknown`. */
#define DOORWARD_ORIGIN_UNKNOWN 3

/** Retry `never`. */
#define DOORWARD_RETRY_NEVER 1

/** Retry `changed`. */
#define DOORWARD_RETRY_CHANGED 2

/** Retry `same`. */
#define DOORWARD_RETRY_SAME 3

/** Clue `status`: the status says so by itself. */
#define DOORWARD_CLUE_STATUS 1

/** Clue `proxy_status`: the Proxy-Status of a proxy on the way says who made the answer. */
#define DOORWARD_CLUE_PROXY_STATUS 2

/** Clue `challenge`: the challenge, or that there is one. */
#define DOORWARD_CLUE_CHALLENGE 3

/** Clue `challenge_absent`: a 401 came without the challenge that HTTP asks for. */
#define DOORWARD_CLUE_CHALLENGE_ABSENT 4

/** Clue `challenge_malformed`: a challenge cannot be read. */
#define DOORWARD_CLUE_CHALLENGE_MALFORMED 5

/** Clue `scheme_differs`: the challenge is for another scheme than the one that was used. */
#define DOORWARD_CLUE_SCHEME_DIFFERS 6

/** Clue `error_code`: the challenge has an error code. */
#define DOORWARD_CLUE_ERROR_CODE 7

/** Clue `error_code_unknown`: the challenge has an error code that is not known. */
#define DOORWARD_CLUE_ERROR_CODE_UNKNOWN 8

/** Clue `error_absent`: the challenge has no error code, as if no credential had come. */
#define DOORWARD_CLUE_ERROR_ABSENT 9

/** Clue `description`: the text beside the error code is known. */
#define DOORWARD_CLUE_DESCRIPTION 10

/** Clue `doorward_code`: the answer names a reason of Doorward's. */
#define DOORWARD_CLUE_DOORWARD_CODE 11

/** Clue `doorward_body`: the content is one of Doorward's. */
#define DOORWARD_CLUE_DOORWARD_BODY 12

/** Clue `body_code`: the content has a code that is known. */
#define DOORWARD_CLUE_BODY_CODE 13

/** Clue `body_text`: the content has a text that is known. */
#define DOORWARD_CLUE_BODY_TEXT 14

/** Clue `vendor_field`: a header field that one product sends. */
#define DOORWARD_CLUE_VENDOR_FIELD 15

/** Clue `claims`: the challenge demands claims. */
#define DOORWARD_CLUE_CLAIMS 16

/** Clue `nonce`: the answer has a nonce. */
#define DOORWARD_CLUE_NONCE 17

/** Clue `credential_sent`: a credential was sent. */
#define DOORWARD_CLUE_CREDENTIAL_SENT 18

/** Clue `credential_not_sent`: no credential was sent. */
#define DOORWARD_CLUE_CREDENTIAL_NOT_SENT 19

/** Clue `credential_fresh`: the credential was got a moment ago. */
#define DOORWARD_CLUE_CREDENTIAL_FRESH 20

/** Clue `credential_current`: by the caller's clock the credential has not expired. */
#define DOORWARD_CLUE_CREDENTIAL_CURRENT 21

/** Clue `credential_expired`: by the caller's clock the credential has expired. */
#define DOORWARD_CLUE_CREDENTIAL_EXPIRED 22

/** Clue `refused_before`: the same credential was refused before. */
#define DOORWARD_CLUE_REFUSED_BEFORE 23

/** Clue `redirected_elsewhere`: the request was redirected to another origin. */
#define DOORWARD_CLUE_REDIRECTED_ELSEWHERE 24

/** Clue `sign_in_page`: the answer is, or leads to, a page for signing in. */
#define DOORWARD_CLUE_SIGN_IN_PAGE 25

/** Clue `date`: the Date of the answer differs from the caller's clock. */
#define DOORWARD_CLUE_DATE 26

/** Clue `retry_after`: the answer says how long to wait. */
#define DOORWARD_CLUE_RETRY_AFTER 27

/** Clue `upstream`: a field that a gateway adds when the service behind it has answered. */
#define DOORWARD_CLUE_UPSTREAM 28

/** Clue `via`: proxies were on the way, by their own account; that there is none proves nothing. */
#define DOORWARD_CLUE_VIA 29

/** Clue `server`: the Server field names software that applications are served by. */
#define DOORWARD_CLUE_SERVER 30

/** Reason `path_ambiguous`, usually with status 400: the path can be read in more than one way. */
#define DOORWARD_REASON_PATH_AMBIGUOUS 100

/** Reason `credential_missing`, usually with status 401: no credential was sent. */
#define DOORWARD_REASON_CREDENTIAL_MISSING 101

/**
 * Reason `scheme_unsupported`, usually with status 401: the credential uses an authentication scheme that is not accepted here.
 */
#define DOORWARD_REASON_SCHEME_UNSUPPORTED 102

/**
 * Reason `credential_malformed`, usually with status 401: the credential does not have the form that its scheme asks for.
 */
#define DOORWARD_REASON_CREDENTIAL_MALFORMED 103

/** Reason `credentials_ambiguous`, usually with status 400: more than one credential was sent. */
#define DOORWARD_REASON_CREDENTIALS_AMBIGUOUS 104

/** Reason `credential_too_large`, usually with status 431: the credential is longer than this service looks at. */
#define DOORWARD_REASON_CREDENTIAL_TOO_LARGE 105

/**
 * Reason `credential_stripped_upstream`, usually with status 401: a gateway took the credential away before it came here, and left an authenticated note why.
 */
#define DOORWARD_REASON_CREDENTIAL_STRIPPED_UPSTREAM 106

/** Reason `token_malformed`, usually with status 401: the token is not a well-formed signed JWT. */
#define DOORWARD_REASON_TOKEN_MALFORMED 200

/** Reason `token_encrypted`, usually with status 401: the token is encrypted, and only signed tokens are accepted. */
#define DOORWARD_REASON_TOKEN_ENCRYPTED 201

/**
 * Reason `token_type_refused`, usually with status 401: the token is of another type than this issuer's profile asks for.
 */
#define DOORWARD_REASON_TOKEN_TYPE_REFUSED 202

/**
 * Reason `critical_header_unknown`, usually with status 401: the token names a critical extension that is not understood.
 */
#define DOORWARD_REASON_CRITICAL_HEADER_UNKNOWN 203

/**
 * Reason `algorithm_refused`, usually with status 401: the token is not signed with an algorithm that is accepted from its issuer.
 */
#define DOORWARD_REASON_ALGORITHM_REFUSED 204

/** Reason `issuer_untrusted`, usually with status 401: the token does not come from an issuer that is trusted here. */
#define DOORWARD_REASON_ISSUER_UNTRUSTED 205

/** Reason `key_unknown`, usually with status 401: the token is signed with a key that its issuer does not publish. */
#define DOORWARD_REASON_KEY_UNKNOWN 206

/** Reason `signature_invalid`, usually with status 401: the token's signature does not hold. */
#define DOORWARD_REASON_SIGNATURE_INVALID 207

/** Reason `audience_mismatch`, usually with status 401: the token is meant for another service. */
#define DOORWARD_REASON_AUDIENCE_MISMATCH 208

/** Reason `token_expired`, usually with status 401: the token has expired. */
#define DOORWARD_REASON_TOKEN_EXPIRED 209

/** Reason `token_too_old`, usually with status 401: the token was issued longer ago than this service accepts. */
#define DOORWARD_REASON_TOKEN_TOO_OLD 210

/** Reason `token_not_yet_valid`, usually with status 401: the token is not valid yet. */
#define DOORWARD_REASON_TOKEN_NOT_YET_VALID 211

/** Reason `token_issued_in_future`, usually with status 401: the token says that it was issued in the future. */
#define DOORWARD_REASON_TOKEN_ISSUED_IN_FUTURE 212

/** Reason `claim_missing`, usually with status 401: the token lacks a claim that it must have. */
#define DOORWARD_REASON_CLAIM_MISSING 213

/**
 * Reason `claim_malformed`, usually with status 401: a claim of the token does not have the type or form that it must have.
 */
#define DOORWARD_REASON_CLAIM_MALFORMED 214

/** Reason `token_revoked`, usually with status 401: the token has been revoked. */
#define DOORWARD_REASON_TOKEN_REVOKED 215

/** Reason `token_inactive`, usually with status 401: the issuer says that the token is not active. */
#define DOORWARD_REASON_TOKEN_INACTIVE 216

/**
 * Reason `step_up_required`, usually with status 401: the authentication behind the token is not strong or not recent enough.
 */
#define DOORWARD_REASON_STEP_UP_REQUIRED 217

/** Reason `token_replayed`, usually with status 401: the token may be used once, and has been used before. */
#define DOORWARD_REASON_TOKEN_REPLAYED 218

/** Reason `route_unmatched`, usually with status 403: no route of the policy governs this path. */
#define DOORWARD_REASON_ROUTE_UNMATCHED 300

/** Reason `method_refused`, usually with status 403: the route of this path does not take this method. */
#define DOORWARD_REASON_METHOD_REFUSED 301

/** Reason `issuer_refused`, usually with status 403: the token's issuer is trusted, but not on this route. */
#define DOORWARD_REASON_ISSUER_REFUSED 302

/** Reason `scope_insufficient`, usually with status 403: the token does not have the scopes that the route asks for. */
#define DOORWARD_REASON_SCOPE_INSUFFICIENT 303

/** Reason `role_missing`, usually with status 403: the caller does not have the roles that the route asks for. */
#define DOORWARD_REASON_ROLE_MISSING 304

/** Reason `claim_refused`, usually with status 403: a claim of the token does not meet the route's rule. */
#define DOORWARD_REASON_CLAIM_REFUSED 305

/**
 * Reason `delegation_refused`, usually with status 403: the route does not let this actor act for the token's subject.
 */
#define DOORWARD_REASON_DELEGATION_REFUSED 306

/** Reason `proof_missing`, usually with status 401: the token is bound to a key, and no proof of that key was sent. */
#define DOORWARD_REASON_PROOF_MISSING 600

/** Reason `proof_invalid`, usually with status 401: the proof of possession of the token's key was refused. */
#define DOORWARD_REASON_PROOF_INVALID 601

/**
 * Reason `proof_nonce_required`, usually with status 401: the proof of possession must hold the nonce of the answer.
 */
#define DOORWARD_REASON_PROOF_NONCE_REQUIRED 602

/** Reason `trust_unavailable`, usually with status 503: the issuer's keys cannot be loaded at the moment. */
#define DOORWARD_REASON_TRUST_UNAVAILABLE 800

/** Reason `trust_stale`, usually with status 503: the issuer's keys have not been renewed for too long. */
#define DOORWARD_REASON_TRUST_STALE 801

/** Reason `replay_store_full`, usually with status 503: the memory for tokens that may be used once is full. */
#define DOORWARD_REASON_REPLAY_STORE_FULL 802

/** Reason `too_many_failures`, usually with status 429: too many credentials of this caller were refused. */
#define DOORWARD_REASON_TOO_MANY_FAILURES 900

/**
 * Reason `credential_refused`, usually with status 401: the credential was refused, and the answer does not say why.
 */
#define DOORWARD_REASON_CREDENTIAL_REFUSED 1000

/**
 * Reason `credential_refused_again`, usually with status 401: the same credential was refused before, and nothing has changed since.
 */
#define DOORWARD_REASON_CREDENTIAL_REFUSED_AGAIN 1001

/**
 * Reason `credential_stripped`, usually with status 401: the request carried a credential, and the answer says that none came.
 */
#define DOORWARD_REASON_CREDENTIAL_STRIPPED 1002

/**
 * Reason `credential_withheld`, usually with status 401: the request was redirected to another origin, where the client does not send its credential.
 */
#define DOORWARD_REASON_CREDENTIAL_WITHHELD 1003

/**
 * Reason `clock_skewed`, usually with status 401: a fresh credential was refused for its times: the clocks of caller and service differ.
 */
#define DOORWARD_REASON_CLOCK_SKEWED 1004

/**
 * Reason `claims_demanded`, usually with status 401: the service wants a new token that answers the claims of its challenge.
 */
#define DOORWARD_REASON_CLAIMS_DEMANDED 1005

/** Reason `sign_in_offered`, usually with status 401: the answer sends the caller to a sign-in page for people. */
#define DOORWARD_REASON_SIGN_IN_OFFERED 1006

/** Reason `proxy_credential_missing`, usually with status 407: a proxy on the way wants a credential of its own. */
#define DOORWARD_REASON_PROXY_CREDENTIAL_MISSING 1007

/**
 * Reason `network_sign_in_required`, usually with status 511: the network wants a sign-in before it lets anything through.
 */
#define DOORWARD_REASON_NETWORK_SIGN_IN_REQUIRED 1008

/** Reason `request_refused`, usually with status 400: the request uses its credential wrongly. */
#define DOORWARD_REASON_REQUEST_REFUSED 1009

/** Reason `permission_denied`, usually with status 403: the service knows the caller, and does not allow this. */
#define DOORWARD_REASON_PERMISSION_DENIED 1010

/** Reason `refusal_unrelated`, usually with status 403: the refusal has nothing to do with the credential. */
#define DOORWARD_REASON_REFUSAL_UNRELATED 1011

/**
 * Reason `refusal_unexplained`, usually with status 403: the request was refused, and nothing tells whether for the credential, a permission or neither.
 */
#define DOORWARD_REASON_REFUSAL_UNEXPLAINED 1012

/** Reason `rate_limited`, usually with status 429: the caller sends more requests than it may. */
#define DOORWARD_REASON_RATE_LIMITED 1013

/** Reason `service_unavailable`, usually with status 503: the service, or a gateway before it, cannot answer now. */
#define DOORWARD_REASON_SERVICE_UNAVAILABLE 1014

/**
 * Reason `credential_unobtainable`, usually with status 401: the client could not get a credential; nothing was sent.
 */
#define DOORWARD_REASON_CREDENTIAL_UNOBTAINABLE 1015

/**
 * Reason `retry_blocked`, usually with status 429: the client was refused too often with all that it has; nothing was sent.
 */
#define DOORWARD_REASON_RETRY_BLOCKED 1016

/** The version of the ABI that this header describes; every incompatible change raises it. */
#define DOORWARD_ABI_VERSION 0

/** A policy text is TOML. */
#define DOORWARD_FORMAT_TOML 1

/** A policy text is JSON. */
#define DOORWARD_FORMAT_JSON 2

/** A single token is revoked: `name` is its `jti`, and there is no time. */
#define DOORWARD_REVOCATION_TOKEN 1

/**
 * Every token of a subject is revoked: `name` is their `sub`, and the time, if there is one, is when it is let in again.
 */
#define DOORWARD_REVOCATION_SUBJECT 2

/**
 * Every token that was issued before a time is revoked, and every one that does not say when it was: there is no `name`.
 */
#define DOORWARD_REVOCATION_ISSUED_BEFORE 3

/** Every token that was signed with a key is revoked: `name` is its `kid`, and there is no time. */
#define DOORWARD_REVOCATION_KEY 4

/** A status is a page for people, in lines. */
#define DOORWARD_STATUS_TEXT 1

/**
 * A status is a JSON object, the same in every language, on one line: every member is always there, `null` where it has no
 * value; times are Unix seconds.
 */
#define DOORWARD_STATUS_JSON 2

/** An issuer's keys came: for the first time, different from before, or after a failure. */
#define DOORWARD_EVENT_KEYS_LOADED 1

/** An issuer's keys could not be fetched, or what came was refused. */
#define DOORWARD_EVENT_KEYS_FAILED 2

/** A watched file has changed and is in force. */
#define DOORWARD_EVENT_FILE_RELOADED 3

/** A watched file is gone or was refused; what was read from it before stays in force. */
#define DOORWARD_EVENT_FILE_REFUSED 4

/** The policy was loaded anew and is in force. */
#define DOORWARD_EVENT_POLICY_RELOADED 5

/** The policy was not loaded anew; the one before stays in force. */
#define DOORWARD_EVENT_POLICY_REFUSED 6

/** The thread that fetches met a fault of its own, and goes on. */
#define DOORWARD_EVENT_KEEPER_FAILED 7

/** How many lines of fields that an engine looks at a request may have. Lines of other fields are not counted. */
#define DOORWARD_FIELDS_MAX 64

/** The facts beside a reason are a time of the credential against ours. */
#define DOORWARD_CONTEXT_TIME 1

/** The fact beside a reason is the claim, by name or JSON Pointer, that is missing, malformed or refused. */
#define DOORWARD_CONTEXT_CLAIM 2

/** The fact beside a reason is the first scope of the route that the token lacks. */
#define DOORWARD_CONTEXT_SCOPE 3

/** The fact beside a reason is the first role of the route that the token lacks. */
#define DOORWARD_CONTEXT_ROLE 4

/** The facts beside a reason are why a gateway before us took the credential away, and when. */
#define DOORWARD_CONTEXT_UPSTREAM 5

/** How many characters a trace marker has at most, with the NUL behind them. */
#define DOORWARD_TRACE_BYTES 80

/** Send the request with the value in `authorization`. */
#define DOORWARD_PREPARED_SEND 1

/** Send the request with the value in `authorization`, and obtain the next credential for `ticket` beside it. */
#define DOORWARD_PREPARED_SEND_AND_OBTAIN 2

/** Send the request as it is: there is no source of credentials. */
#define DOORWARD_PREPARED_SEND_BARE 3

/** Obtain a credential for `ticket`, tell how that went, and prepare again. */
#define DOORWARD_PREPARED_OBTAIN 4

/** Prepare again when a ticket was brought back (see #doorward_caller_wait), or at `until`. */
#define DOORWARD_PREPARED_WAIT 5

/** Send nothing, and fail at once; `reason` and `sentence` say why. */
#define DOORWARD_PREPARED_BLOCKED 6

/** Deliver the answer that came, as `which` says: there is nothing else to send it with. */
#define DOORWARD_PREPARED_DELIVER 7

/** The first answer of the request: the later ones only repeat it. */
#define DOORWARD_WHICH_FIRST 1

/** The latest answer. */
#define DOORWARD_WHICH_LATEST 2

/** Deliver the answer, as `which` says. */
#define DOORWARD_NEXT_DELIVER 1

/** Wait for `after_ms` if `has_after` is 1, and prepare again. */
#define DOORWARD_NEXT_AGAIN 2

/** Prepare again, and make a new proof, with the nonce of the diagnosis if it has one. */
#define DOORWARD_NEXT_NEW_PROOF 3

/** The credential expires by the caller's clock, as counted from a lifetime (`expires_in`). */
#define DOORWARD_EXPIRY_LOCAL 1

/** The credential expires by the other side's clock, as an absolute time (`exp`). */
#define DOORWARD_EXPIRY_SERVER 2

/** One request on its way. Made by #doorward_attempt_new and freed with #doorward_attempt_free. */
typedef struct doorward_attempt doorward_attempt;

/**
 * What stands before one service and one source of credentials: it holds the credential, and says which step is next. Any number
 * of threads share it. Made by #doorward_caller_new and freed with #doorward_caller_free.
 */
typedef struct doorward_caller doorward_caller;

/** What an answer means. Freed with #doorward_diagnosis_free. */
typedef struct doorward_diagnosis doorward_diagnosis;

/**
 * A policy with the keys of its issuers, ready to decide. All threads may share one; what changes in it (keys that are
 * fetched, revocations, the policy itself by #doorward_engine_reload) changes between two decisions, never within one.
 *
 * Where a policy names a URL of keys, or files that may change, one thread for each engine and process fetches and watches
 * them. #doorward_engine_from_file and #doorward_engine_from_text start it. A process that is going to fork loads with
 * #doorward_engine_load_file or #doorward_engine_load_text, which start no thread, and has it started in each child, by
 * #doorward_engine_start or by the first decision there (#doorward_engine_start_when_deciding). The thread takes signals as
 * the thread did that started it: block those that are meant for others before that call. It ends soon after the last
 * handle was freed, and until then the library must stay loaded.
 *
 * Made by the functions just named and by #doorward_engine_share, and freed with #doorward_engine_free.
 */
typedef struct doorward_engine doorward_engine;

/**
 * All faults that were found in a policy that could not be loaded, or in something else that an engine was given: at least
 * one. Freed with #doorward_error_free.
 */
typedef struct doorward_error doorward_error;

/** The events of an engine since they were taken last, the oldest first. Freed with #doorward_events_free. */
typedef struct doorward_events doorward_events;

/**
 * The memory that decisions are made in: what a decision says lives there until the next one. Keep one per thread or per
 * connection. Made by #doorward_scratch_new and freed with #doorward_scratch_free.
 */
typedef struct doorward_scratch doorward_scratch;

/** A text that its caller owns. Freed with #doorward_text_free. */
typedef struct doorward_text doorward_text;

/**
 * A view of text or bytes that somebody else owns. It does not end with a NUL. `data` is null where there is nothing, which
 * is not the same as an empty text; `len` is 0 then.
 *
 * As an input it is read during the call only. As an output it is valid for as long as the function says that gave it.
 */
typedef struct doorward_str {
  /** The first byte. */
  const char *data;
  /** The number of bytes. */
  size_t len;
} doorward_str;

/**
 * How a call ended: one of the `DOORWARD_RESULT_*` constants. Whatever is not #DOORWARD_RESULT_OK is a failure, and then
 * nothing was written to any output (but the error handle with #DOORWARD_RESULT_POLICY, #DOORWARD_RESULT_NOT_READY and
 * #DOORWARD_RESULT_REFUSED). A host that cannot get a decision must refuse the request: answer 500.
 */
typedef uint32_t doorward_result;

/** A point in time: seconds since 1970-01-01T00:00:00Z and nanoseconds after that second. */
typedef struct doorward_time {
  /** Whole seconds, rounded towards the past. */
  int64_t seconds;
  /** Nanoseconds after `seconds`, below 1000000000. */
  uint32_t nanos;
} doorward_time;

/** One fault. All views live until the error is freed; the text never holds a key or another secret. */
typedef struct doorward_fault {
  /** The size of this struct: `sizeof(doorward_fault)`, set before the call. */
  size_t size;
  /** The policy file, as it was named; nothing if the policy came as text. */
  doorward_str file;
  /** The line, from 1; 0 if the fault has none. */
  uint64_t line;
  /** The column, from 1, in characters; 0 if the fault has none. */
  uint64_t column;
  /** Where in the policy, as a dotted path such as `routes[2].scopes`; empty for the policy as a whole. */
  doorward_str place;
  /** What is wrong: one line, lower case, no full stop. */
  doorward_str message;
  /** What would mend it, or nothing. */
  doorward_str help;
} doorward_fault;

/**
 * What a host may want to know of an engine. All views live until the engine handle that they were asked of is freed, also
 * when the policy is loaded anew: then ask again, and get others.
 */
typedef struct doorward_engine_facts {
  /** The size of this struct: `sizeof(doorward_engine_facts)`, set before the call. */
  size_t size;
  /**
   * The names, in lower case, of the header fields that a decision of this engine can look at. All lines of these must
   * be handed over with each request, in their order; lines of others may be left out.
   */
  const doorward_str *fields;
  /** The number of `fields`. */
  size_t fields_len;
  /** What the author of the policy should know, though it is no fault: each a sentence without a full stop. */
  const doorward_str *warnings;
  /** The number of `warnings`. */
  size_t warnings_len;
  /** The number of issuers of the policy. */
  uint64_t issuers;
  /** The number of routes of the policy. */
  uint64_t routes;
  /**
   * How long a form may be that a host waits for, in bytes: enough for the longest token that the policy takes,
   * percent-encoded, and for other fields beside it.
   */
  uint64_t form_limit;
  /**
   * 1 if some route takes tokens from a form body, else 0. Only if it is 1 a host needs to read bodies before it
   * decides, and then only those whose Content-Type is `application/x-www-form-urlencoded`.
   */
  uint32_t reads_body;
  /** Always 0. */
  uint32_t reserved;
  /** A number that is another one after the policy was loaded anew, when everything above may differ. */
  uint64_t policy_epoch;
} doorward_engine_facts;

/**
 * One thing that is revoked. Make it with #doorward_revocation_init and set what its kind has; what another kind has stays
 * unset.
 */
typedef struct doorward_revocation {
  /** The size of this struct: `sizeof(doorward_revocation)`. */
  size_t size;
  /** What is revoked, one of `DOORWARD_REVOCATION_*`. */
  uint32_t kind;
  /** 1 if `time` holds, else 0. */
  uint32_t has_time;
  /** Whose: the name of the issuer in the policy, or its `iss` or trust domain, in UTF-8. */
  doorward_str issuer;
  /** The token, subject or key, in UTF-8. */
  doorward_str name;
  /** The time that the kind has. */
  doorward_time time;
} doorward_revocation;

/** One event. The view lives until the events are freed. */
typedef struct doorward_event {
  /** The size of this struct: `sizeof(doorward_event)`, set before the call. */
  size_t size;
  /** What happened, one of `DOORWARD_EVENT_*`; 0 for what this version has no number for. */
  uint32_t kind;
  /** 1 if something is wrong that somebody should look at, else 0. */
  uint32_t is_fault;
  /** It in words: one line, lower case, no full stop, without secrets. */
  doorward_str text;
} doorward_event;

/** One header field line: a request's, or one of an answer. */
typedef struct doorward_field {
  /** The name. In a request in any case; in an answer as it is commonly written. */
  doorward_str name;
  /** The value. */
  doorward_str value;
} doorward_field;

/**
 * A request to decide on. Make it with #doorward_request_init and set what the request has; everything in it is borrowed
 * until the decision is no longer needed, and nothing is changed or copied.
 *
 * All texts are bytes as they came over the wire; what is not UTF-8 is judged, not refused by a code.
 */
typedef struct doorward_request {
  /** The size of this struct: `sizeof(doorward_request)`. */
  size_t size;
  /** The method, such as `GET`, in its case. */
  doorward_str method;
  /**
   * The target, raw and undecoded, as the request line has it: a path with its query (`/orders?page=2`), or a whole URL.
   * Never a path that was decoded or normalised already.
   */
  doorward_str url;
  /**
   * The header field lines. All lines of the fields that #doorward_engine_describe names must be there, in their order;
   * others may be. Null if there are none.
   */
  const doorward_field *fields;
  /** The number of `fields`. */
  size_t fields_len;
  /**
   * The content, which matters only if the engine reads bodies (see #doorward_engine_describe); nothing if it was not read.
   */
  doorward_str body;
  /**
   * The client's certificates in DER, its own first. No credential kind of this version reads them: they are checked for
   * null pointers and take no part in a decision yet. Null if there are none.
   */
  const doorward_str *client_chain;
  /** The number of certificates in `client_chain`. */
  size_t client_chain_len;
  /**
   * The IP address of the connection's other end as text, with or without a port, whoever that is: a proxy's if one stands
   * before the host. Never one that a header field tells, which the engine reads itself where the policy trusts the proxy.
   * Nothing, or what is no address (a socket's path), if there is none: then failures of this peer are not counted.
   */
  doorward_str peer;
} doorward_request;

/**
 * Who the caller is. Known on every allow that took a credential, and on every refusal that came after the credential was
 * found genuine, an expired one's included: only an allow makes it somebody to act for.
 *
 * A subject means nothing without its issuer.
 */
typedef struct doorward_principal {
  /**
   * The kind of credential, one of `DOORWARD_CREDENTIAL_KIND_*`; 0 if the caller is not known, and then all else here is
   * empty.
   */
  uint32_t kind;
  /** 1 if `expires` says when the credential expires, else 0. */
  uint32_t has_expires;
  /** When the credential expires. */
  doorward_time expires;
  /** The issuer: its identifier. */
  doorward_str issuer;
  /** The name of the issuer in the policy. */
  doorward_str issuer_name;
  /** The subject; empty where a plain JWT has none. */
  doorward_str subject;
  /** All claims as the JSON text that was signed. They may be personal. */
  doorward_str claims;
  /** The chain of delegation as JSON text, or nothing. */
  doorward_str actor;
} doorward_principal;

/** The facts beside a reason, for operators: some of them come from the caller, so that no answer should show them. */
typedef struct doorward_context {
  /** What the facts are about, one of `DOORWARD_CONTEXT_*`; 0 if there are none, and then all else here is empty. */
  uint32_t kind;
  /** 1 if `limit` holds, else 0. */
  uint32_t has_limit;
  /** The name of the claim, the scope or the role; with #DOORWARD_CONTEXT_UPSTREAM the code of the gateway's reason. */
  doorward_str text;
  /** With #DOORWARD_CONTEXT_TIME: what the claim says; with #DOORWARD_CONTEXT_UPSTREAM: when the gateway refused it. */
  doorward_time value;
  /** With #DOORWARD_CONTEXT_TIME: our time. */
  doorward_time now;
  /** With #DOORWARD_CONTEXT_TIME: for how many seconds after `value` the credential lives, where an age is limited. */
  uint64_t limit;
  /** With #DOORWARD_CONTEXT_TIME: the seconds of allowance that were made for clocks that differ. */
  uint64_t leeway;
  /** With #DOORWARD_CONTEXT_TIME: by how many seconds the time was missed beyond the allowance, rounded up. */
  uint64_t missed_by;
} doorward_context;

/**
 * A decision on a request: let the caller in if and only if `allowed` is 1, and else answer with `status`, `headers` and
 * `body`.
 *
 * Every view in it is valid until the next decision with the same scratch, until that scratch or the engine is freed, and
 * only while the bytes of the request live, whichever ends first. Codes and sentences for the numbers are given by
 * #doorward_reason_code and its sisters.
 */
typedef struct doorward_decision {
  /** The size of this struct: `sizeof(doorward_decision)`, set before the call. */
  size_t size;
  /** 1 if the caller is let in, else 0. */
  uint32_t allowed;
  /** What was decided, one of `DOORWARD_OUTCOME_*`. */
  uint32_t outcome;
  /** The HTTP status of the answer; 200 where the caller is let in and somebody else answers. */
  uint16_t status;
  /** Why the caller is refused, one of `DOORWARD_REASON_*`; 0 if the caller is let in. */
  uint16_t reason;
  /** The true reason of a refusal that a hidden route conceals, or 0. For operators: an answer must not show it. */
  uint16_t concealed;
  /**
   * Why the caller is refused in the first place: the reason of the gateway that took its credential away, or else the true
   * one; 0 if the caller is let in. For operators, and for #doorward_trace_marker.
   */
  uint16_t root_cause;
  /** What the caller should do next, one of `DOORWARD_RECOVERY_*`. */
  uint32_t recovery;
  /** 1 if the very same credential may be sent again after the recovery, else 0. */
  uint32_t may_resend;
  /** How loud the true reason should be, one of `DOORWARD_SIGNAL_*`; 0 if the caller is let in. */
  uint32_t signal;
  /**
   * What the caller may learn about the reason, one of `DOORWARD_DISCLOSURE_*`: a body of the host's own may name it only
   * with #DOORWARD_DISCLOSURE_REASON.
   */
  uint32_t disclosure;
  /** On what grounds the caller is let in, one of `DOORWARD_GROUNDS_*`; 0 if refused. */
  uint32_t grounds;
  /** Always 0. */
  uint32_t reserved_too;
  /** The route that governed the request, by its place in the policy, from 0; -1 if none did. */
  int64_t route;
  /**
   * The path that was judged, normalised. The application behind a host must see exactly this path: a host must forward it
   * in place of the one that it got, or refuse the request if it cannot. Empty if the path is ambiguous.
   */
  doorward_str path;
  /**
   * The header fields that the answer must carry, one line each: those of a refusal in the answer made by the host, those
   * of an allow in addition to the application's own.
   */
  const doorward_field *headers;
  /** The number of `headers`. */
  size_t headers_len;
  /** The values of the `WWW-Authenticate` lines alone; they are among `headers`. */
  const doorward_str *challenges;
  /** The number of `challenges`. */
  size_t challenges_len;
  /**
   * The content of a refusal, with the type `application/json`: the same bytes in every host. Nothing if the caller is
   * let in. The answer to a HEAD request is sent without it.
   */
  doorward_str body;
  /** Who the caller is. */
  doorward_principal principal;
  /** The facts beside the reason. */
  doorward_context context;
  /** 1 if the caller is to wait for `retry_after` before it sends the request again, else 0. */
  uint32_t has_retry_after;
  /** Always 0. */
  uint32_t reserved_last;
  /** For how many seconds; `Retry-After` is among `headers` then. */
  uint64_t retry_after;
} doorward_decision;

/** The value of an `x-doorward-trace` field. It owns its text. */
typedef struct doorward_marker {
  /** The number of characters in `text`; 0 if there is nothing to tell, and then the field is left out. */
  size_t len;
  /** The characters, and a NUL behind them. */
  char text[DOORWARD_TRACE_BYTES];
} doorward_marker;

/**
 * What the caller knows of the request that it sent. Make it with #doorward_sent_init and set what is known; everything in it
 * is borrowed during the call.
 */
typedef struct doorward_sent {
  /** The size of this struct: `sizeof(doorward_sent)`. */
  size_t size;
  /** The authentication scheme of the credential, such as `Bearer`; nothing if no credential was sent. */
  doorward_str scheme;
  /** Where the request was sent; nothing if unknown. */
  doorward_str url;
  /** Where the answer came from, if redirects were followed; else nothing. */
  doorward_str final_url;
  /** When the request was sent, by the caller's clock, if `has_at` is 1. */
  doorward_time at;
  /** When the caller got the credential, by its own clock, if `has_issued_at` is 1. */
  doorward_time issued_at;
  /** When the credential expires by the caller's own clock, if `has_expires_at` is 1. */
  doorward_time expires_at;
  /** 1 if `at` is known, else 0. */
  uint32_t has_at;
  /** 1 if `issued_at` is known, else 0. */
  uint32_t has_issued_at;
  /** 1 if `expires_at` is known, else 0. */
  uint32_t has_expires_at;
  /** Which attempt this was: 1 for the first, and 0 reads as 1. */
  uint32_t attempt;
  /** 1 if this very credential was refused here before, else 0. */
  uint32_t refused_before;
  /** 1 if a proof of possession went with the credential, else 0. */
  uint32_t proof;
  /** 1 if a person is there who can sign in again, else 0. */
  uint32_t interactive;
  /** Always 0. */
  uint32_t reserved;
} doorward_sent;

/** An answer. Make it with #doorward_response_init; everything in it is borrowed during the call. */
typedef struct doorward_response {
  /** The size of this struct: `sizeof(doorward_response)`. */
  size_t size;
  /** The status. */
  uint16_t status;
  /** Always 0. */
  uint16_t reserved;
  /** Always 0. */
  uint32_t reserved_too;
  /** All header field lines, in order, repeats kept. Null if there are none. */
  const doorward_field *fields;
  /** The number of `fields`. */
  size_t fields_len;
  /** The beginning of the content; 16 KiB of it are enough. */
  doorward_str body;
} doorward_response;

/** The facts of a diagnosis. Every view in it lives as long as what it was read from. */
typedef struct doorward_diagnosis_facts {
  /** The size of this struct: `sizeof(doorward_diagnosis_facts)`, set before the call. */
  size_t size;
  /** The status of the answer. */
  uint16_t status;
  /** Why the caller was refused, one of `DOORWARD_REASON_*`; 0 if the answer refuses nobody. */
  uint16_t reason;
  /** The reason behind it, or 0. */
  uint16_t cause;
  /** What the status should have been, where `misused_status` is 1; else 0. */
  uint16_t proper_status;
  /** How sure all this is, one of `DOORWARD_CONFIDENCE_*`. */
  uint32_t confidence;
  /** Who made the answer, one of `DOORWARD_ORIGIN_*`. */
  uint32_t origin;
  /** What to do next, one of `DOORWARD_RECOVERY_*`. */
  uint32_t recovery;
  /** Whether the request may be sent again, one of `DOORWARD_RETRY_*`. */
  uint32_t retry;
  /** How loud it should be, one of `DOORWARD_SIGNAL_*`; 0 if the answer refuses nobody. */
  uint32_t signal;
  /** 1 if the status says one thing and the rest of the answer another, else 0. */
  uint32_t misused_status;
  /** 1 if `skew_seconds` and `skew_within` hold, else 0. */
  uint32_t has_skew;
  /** 1 if `retry_after` holds, else 0. */
  uint32_t has_retry_after;
  /** By how many seconds the other clock is ahead of the caller's; behind it if negative. */
  int64_t skew_seconds;
  /** How uncertain that is, in seconds either way. */
  uint64_t skew_within;
  /** How many seconds to wait at least before the request is sent again. */
  uint64_t retry_after;
  /**
   * What all this was concluded from: a bit for each clue, `1 << (n - 1)` for the clue with the number n, one of
   * `DOORWARD_CLUE_*`.
   */
  uint64_t clues;
  /** The product that answers like this, or nothing. */
  doorward_str product;
  /**
   * What the answer demands of the next request. All of it, down to `error_description`, was written by the other side.
   */
  doorward_str scheme;
  /** The protection space, or nothing. */
  doorward_str realm;
  /** The scopes that are wanted, separated by spaces, or nothing. */
  doorward_str scope;
  /** The authentication context classes of which one is wanted, separated by spaces, or nothing. */
  doorward_str acr_values;
  /** How many seconds ago the user may have authenticated, as text, or nothing. */
  doorward_str max_age;
  /** Where the protected resource describes itself, or nothing. */
  doorward_str resource_metadata;
  /** The claims that a new token must answer, or nothing. */
  doorward_str claims;
  /** The nonce that the next proof must hold, or nothing. */
  doorward_str nonce;
  /** The error code, or nothing. */
  doorward_str error;
  /** The text beside the error code, for people only, or nothing. */
  doorward_str error_description;
  /** One sentence for people: what the answer means, and what to do. */
  doorward_str summary;
} doorward_diagnosis_facts;

/**
 * The options of a caller. Make it with #doorward_caller_options_init; what is 0 is as usual. Everything is borrowed during the
 * call.
 */
typedef struct doorward_caller_options {
  /** The size of this struct: `sizeof(doorward_caller_options)`. */
  size_t size;
  /**
   * The origins that the credential is for, such as `https://api.example`. Without any, it is for the first that is asked.
   */
  const doorward_str *origins;
  /** The number of `origins`. */
  size_t origins_len;
  /** What the source is called in messages, or nothing. */
  doorward_str name;
  /** How often one request is sent at most; 3 as usual. */
  uint32_t attempts;
  /** 1 if a person is there who can sign in again, else 0. */
  uint32_t interactive;
  /** 1 if there is no source of credentials: requests go out as they are and are only diagnosed. */
  uint32_t no_source;
  /** Always 0. */
  uint32_t reserved;
  /** How many seconds before its end a credential is renewed; 60 as usual. */
  uint64_t ahead;
  /** How many seconds a request waits at most before it is sent again; 10 as usual. */
  uint64_t longest_wait;
  /** How many seconds nothing is sent after the first hard failure; 10 as usual. */
  uint64_t cooldown_first;
  /** How many seconds nothing is sent at most; 300 as usual. */
  uint64_t cooldown_most;
} doorward_caller_options;

/**
 * What is wanted of the next credential. The texts were written by the service: they say what to ask the issuer for, never whom
 * to ask. A source passes over what it cannot ask for.
 */
typedef struct doorward_want {
  /** 1 if a credential that the source has kept will not do: the last one was refused. */
  uint32_t refresh;
  /** 1 if `max_age` holds, else 0. */
  uint32_t has_max_age;
  /** How many seconds ago the user may have authenticated. */
  uint64_t max_age;
  /** How many seconds the service's clock is ahead of ours. */
  int64_t clock_offset;
  /** The scopes that the service asked for, separated by spaces, or nothing. */
  doorward_str scope;
  /** The service, where it refused the credential for its audience, or nothing. */
  doorward_str resource;
  /** The address of the request that it refused so, without its query, or nothing. */
  doorward_str request_url;
  /** Where the service describes itself, or nothing. */
  doorward_str resource_metadata;
  /** The claims that the service asked for, as it wrote them, or nothing. */
  doorward_str claims;
  /** How the user has to authenticate, best first, separated by spaces, or nothing. */
  doorward_str acr_values;
} doorward_want;

/** What to do with a request that is to be sent. The views in it live until the next call about the attempt. */
typedef struct doorward_prepared {
  /** The size of this struct: `sizeof(doorward_prepared)`, set before the call. */
  size_t size;
  /** What to do, one of `DOORWARD_PREPARED_*`. */
  uint32_t kind;
  /** With #DOORWARD_PREPARED_DELIVER one of `DOORWARD_WHICH_*`, else 0. */
  uint32_t which;
  /** With #DOORWARD_PREPARED_BLOCKED one of `DOORWARD_REASON_*`, else 0. */
  uint16_t reason;
  /** Always 0. */
  uint16_t reserved;
  /** 1 if `until` holds, else 0. */
  uint32_t has_until;
  /** When to prepare again at the latest, or until when others will be refused as well. */
  doorward_time until;
  /** Which credential is to be obtained; 0 if none is. */
  uint64_t ticket;
  /** What is wanted of it. */
  doorward_want want;
  /** The value of the Authorization field, or nothing. It is a secret. */
  doorward_str authorization;
  /** With #DOORWARD_PREPARED_BLOCKED a sentence for people, else nothing. */
  doorward_str sentence;
} doorward_prepared;

/** A credential that was obtained. Make it with #doorward_credential_init; everything is borrowed during the call. */
typedef struct doorward_credential {
  /** The size of this struct: `sizeof(doorward_credential)`. */
  size_t size;
  /** The authentication scheme; nothing for `Bearer`. */
  doorward_str scheme;
  /** The token. */
  doorward_str secret;
  /** By which clock it expires, one of `DOORWARD_EXPIRY_*`; 0 if it is not known when. */
  uint32_t expiry;
  /** Always 0. */
  uint32_t reserved;
  /** When it expires. */
  doorward_time expires;
  /** After how many seconds the source is looked at again, though it has not expired; 0 for never. */
  uint64_t look_again;
} doorward_credential;

/** What to do after an answer. */
typedef struct doorward_next {
  /** The size of this struct: `sizeof(doorward_next)`, set before the call. */
  size_t size;
  /** What to do, one of `DOORWARD_NEXT_*`. */
  uint32_t kind;
  /** With #DOORWARD_NEXT_DELIVER one of `DOORWARD_WHICH_*`, else 0. */
  uint32_t which;
  /** 1 if `after_ms` holds, else 0. */
  uint32_t has_after;
  /** Always 0. */
  uint32_t reserved;
  /** How many milliseconds to wait first. */
  uint64_t after_ms;
} doorward_next;

/** The call did what it is for. */
#define DOORWARD_RESULT_OK 0

/** A pointer that must not be null is null. */
#define DOORWARD_RESULT_NULL_ARGUMENT 1

/** A text that must be UTF-8 is not. */
#define DOORWARD_RESULT_BAD_UTF8 2

/**
 * The `size` of a struct is none that this library knows, or a struct of a later version asks for something that this
 * library cannot do, or a length is beyond what memory can hold.
 */
#define DOORWARD_RESULT_BAD_SIZE 3

/** A number is none of those that its parameter can have, or a pointer is not aligned for its type. */
#define DOORWARD_RESULT_BAD_VALUE 4

/** A handle was freed, or never was one of its kind. */
#define DOORWARD_RESULT_BAD_HANDLE 5

/** The policy has faults: the error handle names all of them. */
#define DOORWARD_RESULT_POLICY 6

/** The scratch, or the attempt, is in use by another call at this moment. */
#define DOORWARD_RESULT_SCRATCH_BUSY 7

/** The scratch was made for another engine. */
#define DOORWARD_RESULT_SCRATCH_FOREIGN 8

/** The request has more than #DOORWARD_FIELDS_MAX lines of fields that the engine looks at. */
#define DOORWARD_RESULT_TOO_MANY_FIELDS 9

/** The memory for the answer does not hold it. */
#define DOORWARD_RESULT_BUFFER_TOO_SHORT 10

/** There is no item with this index. */
#define DOORWARD_RESULT_NO_SUCH_ITEM 11

/** A fault inside the library was caught. The handles stay usable. */
#define DOORWARD_RESULT_PANIC 12

/** Keys did not come in time: the error handle names the issuers. */
#define DOORWARD_RESULT_NOT_READY 13

/** What an engine was given to take was not taken, and all is as before: the error handle says why. */
#define DOORWARD_RESULT_REFUSED 14

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the ABI that the loaded library has. Compare it with #DOORWARD_ABI_VERSION, which is the version of this
 * header: if they differ, use nothing else of the library.
 *
 * Any thread may call it at any time.
 */
DOORWARD_MUST_USE
uint32_t doorward_abi_version(void) DOORWARD_NOEXCEPT;

/**
 * The version of the loaded library, such as `0.1.0`. The text lives as long as the library is loaded.
 *
 * Any thread may call it at any time.
 */
DOORWARD_MUST_USE
doorward_str doorward_version(void) DOORWARD_NOEXCEPT;

/**
 * A sentence on a result for logs, lower case without a full stop; empty for a number that is none. The text lives as long
 * as the library is loaded.
 *
 * Any thread may call it at any time.
 */
DOORWARD_MUST_USE
doorward_str doorward_result_text(doorward_result result) DOORWARD_NOEXCEPT;

/**
 * The time of the system's clock, for hosts that keep none of their own. A clock that stands before 1970 is broken: it reads
 * as the year 9999, when every token has expired.
 *
 * Any thread may call it at any time.
 */
DOORWARD_MUST_USE
doorward_time doorward_now(void) DOORWARD_NOEXCEPT;

/**
 * The faults as text, one per line, without a line end after the last; empty if `error` is null or no error handle. It lives
 * until `error` is freed.
 *
 * Any thread may call it, but not while another frees `error`.
 */
DOORWARD_MUST_USE
doorward_str doorward_error_text(const doorward_error *error) DOORWARD_NOEXCEPT;

/**
 * The number of faults; 0 if `error` is null or no error handle.
 *
 * Any thread may call it, but not while another frees `error`.
 */
DOORWARD_MUST_USE
size_t doorward_error_count(const doorward_error *error) DOORWARD_NOEXCEPT;

/**
 * Writes the fault with this index, from 0, in the order of the text. `out_fault->size` must be set before the call.
 *
 * The views in `*out_fault` live until `error` is freed.
 *
 * Any thread may call it, but not while another frees `error`. `error` and `out_fault` must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_error_fault(const doorward_error *error,
                                     size_t index,
                                     doorward_fault *out_fault) DOORWARD_NOEXCEPT;

/**
 * Frees an error. Null is fine, and a handle that was freed before is left alone.
 *
 * Any thread may call it, but not while another uses `error`.
 */
void doorward_error_free(doorward_error *error) DOORWARD_NOEXCEPT;

/**
 * Loads a policy file, TOML or JSON by the end of its name, and the key files that it names, relative to its folder; and
 * begins to fetch and to watch what the policy has fetched or watched, on a thread of its own. Decisions do not wait for the
 * first keys: #doorward_engine_ready does.
 *
 * `path` is UTF-8 and need not end with a NUL. On success `*out_engine` is an engine that the caller owns and frees with
 * #doorward_engine_free. With #DOORWARD_RESULT_POLICY, and `out_error` not null, `*out_error` says what is wrong, and the
 * caller frees it with #doorward_error_free; it is not written otherwise.
 *
 * Any thread may call it at any time; it reads files and allocates. `path` and `out_engine` must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_engine_from_file(const char *path,
                                          size_t path_len,
                                          doorward_engine **out_engine,
                                          doorward_error **out_error) DOORWARD_NOEXCEPT;

/**
 * Loads a policy file as #doorward_engine_from_file does, but starts no thread: nothing is fetched or watched before
 * #doorward_engine_start. For processes that fork after they have loaded, and for those that supply keys themselves.
 *
 * All else is as there.
 */
DOORWARD_MUST_USE
doorward_result doorward_engine_load_file(const char *path,
                                          size_t path_len,
                                          doorward_engine **out_engine,
                                          doorward_error **out_error) DOORWARD_NOEXCEPT;

/**
 * Loads a policy from text that is already in memory. `format` is #DOORWARD_FORMAT_TOML or #DOORWARD_FORMAT_JSON. Key files
 * are looked for relative to `folder`; if `folder` is null, a policy that names key files by a relative path is refused.
 * What is fetched or watched begins to be, as with #doorward_engine_from_file.
 *
 * `text` and `folder` are UTF-8 and need not end with a NUL; they are not needed after the call. Ownership of `*out_engine`
 * and `*out_error` is as for #doorward_engine_from_file.
 *
 * Any thread may call it at any time; it may read files and allocates. `text` and `out_engine` must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_engine_from_text(const char *text,
                                          size_t text_len,
                                          uint32_t format,
                                          const char *folder,
                                          size_t folder_len,
                                          doorward_engine **out_engine,
                                          doorward_error **out_error) DOORWARD_NOEXCEPT;

/**
 * Loads a policy from text as #doorward_engine_from_text does, but starts no thread, as #doorward_engine_load_file.
 *
 * All else is as for #doorward_engine_from_text.
 */
DOORWARD_MUST_USE
doorward_result doorward_engine_load_text(const char *text,
                                          size_t text_len,
                                          uint32_t format,
                                          const char *folder,
                                          size_t folder_len,
                                          doorward_engine **out_engine,
                                          doorward_error **out_error) DOORWARD_NOEXCEPT;

/**
 * Makes one more handle to the same engine, at the cost of a counter: the engine lives until all its handles and all the
 * scratches made for it are freed. So a thread can keep an engine while another thread replaces it by a newer one.
 *
 * On success the caller owns `*out_engine` and frees it with #doorward_engine_free. Scratches made with one handle can be
 * used with the other.
 *
 * Any thread may call it, but not while another frees `engine`. `engine` and `out_engine` must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_engine_share(const doorward_engine *engine,
                                      doorward_engine **out_engine) DOORWARD_NOEXCEPT;

/**
 * Frees an engine handle. Null is fine, and a handle that was freed before is left alone.
 *
 * Any thread may call it, but not while another uses `engine`. Scratches made for the engine may be freed before or after.
 */
void doorward_engine_free(doorward_engine *engine) DOORWARD_NOEXCEPT;

/**
 * Makes the calling thread ready: what the cryptography sets up on a thread's first use is set up now, so that no later
 * decision on this thread allocates. Optional; call it once for each engine on each thread that decides.
 *
 * Any thread may call it, but not while another frees `engine`. `engine` must not be null.
 */
doorward_result doorward_engine_warm_thread(const doorward_engine *engine) DOORWARD_NOEXCEPT;

/**
 * Writes what a host may want to know of an engine. `out_facts->size` must be set before the call.
 *
 * The views in `*out_facts` live until `engine` is freed.
 *
 * Any thread may call it, but not while another frees `engine`. `engine` and `out_facts` must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_engine_describe(const doorward_engine *engine,
                                         doorward_engine_facts *out_facts) DOORWARD_NOEXCEPT;

/**
 * Begins to fetch and to watch, on a thread of its own, if the policy has anything to fetch or to watch and no such thread
 * runs in this process: for engines of #doorward_engine_load_file and #doorward_engine_load_text, in each process after a fork.
 *
 * Any thread may call it, but not while another frees `engine`; it may start a thread, which takes signals as the calling
 * thread does. `engine` must not be null.
 */
doorward_result doorward_engine_start(const doorward_engine *engine) DOORWARD_NOEXCEPT;

/**
 * Has the first decision in each process do what #doorward_engine_start does: for programs that load before they fork, and
 * have no place in their children where they could call that. Nothing is started in a process that does not decide.
 *
 * Any thread may call it, but not while another frees `engine`. `engine` must not be null.
 */
doorward_result doorward_engine_start_when_deciding(const doorward_engine *engine) DOORWARD_NOEXCEPT;

/**
 * Waits until every issuer whose keys are fetched has some, for `timeout_ms` milliseconds at most: for hosts that would
 * rather wait than turn their first callers away. It does what #doorward_engine_start does first.
 *
 * With #DOORWARD_RESULT_NOT_READY, and `out_error` not null, `*out_error` names the issuers that have none and what went
 * wrong, and the caller frees it with #doorward_error_free. The engine decides all the same, and goes on to fetch: requests
 * that need a missing key get 503.
 *
 * Any thread may call it, but not while another frees `engine`; it blocks. `engine` must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_engine_ready(const doorward_engine *engine,
                                      uint64_t timeout_ms,
                                      doorward_error **out_error) DOORWARD_NOEXCEPT;

/**
 * Loads the policy anew from where it came, with all files that it names, and puts it in force at once: decisions that have
 * begun end by the one before. Handles and scratches go on; keys that are fetched from where they were stay, and so does what
 * is stored and what was revoked with #doorward_engine_revoke. What #doorward_engine_describe says may change: ask it again.
 *
 * With #DOORWARD_RESULT_POLICY nothing has changed, and if `out_error` is not null, `*out_error` says what is wrong, and the
 * caller frees it with #doorward_error_free.
 *
 * Any thread may call it, but not while another frees `engine`; it reads files and allocates. `engine` must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_engine_reload(const doorward_engine *engine,
                                       doorward_error **out_error) DOORWARD_NOEXCEPT;

/**
 * Gives an issuer, by its name in the policy, keys that the host has fetched for itself at `now`: a JWK Set or a trust bundle
 * as JSON text. The policy says that they are fetched; for this engine the host does it.
 *
 * `issuer` and `jwks` are UTF-8, need not end with a NUL, and are not needed after the call. With #DOORWARD_RESULT_REFUSED
 * nothing has changed: the policy has no such issuer or gives its keys itself, or the text is no key set. If `out_error` is
 * not null, `*out_error` says which then, and the caller frees it with #doorward_error_free.
 *
 * Any thread may call it, but not while another frees `engine`; it allocates. `engine`, `issuer` and `jwks` must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_engine_supply_keys(const doorward_engine *engine,
                                            const char *issuer,
                                            size_t issuer_len,
                                            const char *jwks,
                                            size_t jwks_len,
                                            doorward_time now,
                                            doorward_error **out_error) DOORWARD_NOEXCEPT;

/**
 * The memory of all stores of an engine in bytes: of credentials that are known or were refused, of values that are taken
 * once, of failures. It is fixed when a policy is loaded. 0 if `engine` is null or no engine handle.
 *
 * Any thread may call it, but not while another frees `engine`.
 */
DOORWARD_MUST_USE
uint64_t doorward_engine_memory(const doorward_engine *engine) DOORWARD_NOEXCEPT;

/**
 * Revokes a token, a subject, everything before a time, or a key, from the next decision on, of credentials that were let in
 * before as well. It lasts as long as the engine, over #doorward_engine_reload too, and is for this process alone: what is to
 * last longer belongs into the policy's file of revocations, which is watched.
 *
 * `revocation` is not needed after the call. #DOORWARD_RESULT_BAD_VALUE says that it has what its kind does not have, or
 * lacks its time. With #DOORWARD_RESULT_REFUSED the policy has no such issuer, or a hundred thousand were revoked before; if
 * `out_error` is not null, `*out_error` says which, and the caller frees it with #doorward_error_free.
 *
 * Any thread may call it, but not while another frees `engine`; it allocates. `engine`, `revocation`, and in it `issuer` and a
 * `name` that its kind has, must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_engine_revoke(const doorward_engine *engine,
                                       const doorward_revocation *revocation,
                                       doorward_error **out_error) DOORWARD_NOEXCEPT;

/**
 * What an engine trusts, how fresh it is and what happens next, at `now`, as #DOORWARD_STATUS_TEXT or #DOORWARD_STATUS_JSON.
 * Nothing in it is secret, but it tells where keys come from: it is for operators.
 *
 * On success the caller owns `*out_text` and frees it with #doorward_text_free.
 *
 * Any thread may call it, but not while another frees `engine`; it allocates. `engine` and `out_text` must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_engine_status(const doorward_engine *engine,
                                       doorward_time now,
                                       uint32_t format,
                                       doorward_text **out_text) DOORWARD_NOEXCEPT;

/**
 * The view of a text, which lives until `text` is freed; nothing if `text` is null or no text handle.
 *
 * Any thread may call it, but not while another frees `text`.
 */
DOORWARD_MUST_USE
doorward_str doorward_text_view(const doorward_text *text) DOORWARD_NOEXCEPT;

/**
 * Frees a text. Null is fine, and a handle that was freed before is left alone.
 *
 * Any thread may call it, but not while another uses `text`.
 */
void doorward_text_free(doorward_text *text) DOORWARD_NOEXCEPT;

/**
 * Takes the events since the last call: the latest few hundred are kept. A host asks for them every few seconds and writes
 * them to its log.
 *
 * On success the caller owns `*out_events` and frees it with #doorward_events_free; where nothing happened it is null.
 *
 * Any thread may call it, but not while another frees `engine`; of two that call it at once each gets some. It allocates if
 * something happened. `engine` and `out_events` must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_engine_take_events(const doorward_engine *engine,
                                            doorward_events **out_events) DOORWARD_NOEXCEPT;

/**
 * The number of events; 0 if `events` is null or no handle of events.
 *
 * Any thread may call it, but not while another frees `events`.
 */
DOORWARD_MUST_USE
size_t doorward_events_count(const doorward_events *events) DOORWARD_NOEXCEPT;

/**
 * Writes the event with this index, from 0, the oldest first. `out_event->size` must be set before the call.
 *
 * The view in `*out_event` lives until `events` is freed.
 *
 * Any thread may call it, but not while another frees `events`. `events` and `out_event` must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_events_item(const doorward_events *events,
                                     size_t index,
                                     doorward_event *out_event) DOORWARD_NOEXCEPT;

/**
 * Frees events. Null is fine, and a handle that was freed before is left alone.
 *
 * Any thread may call it, but not while another uses `events`.
 */
void doorward_events_free(doorward_events *events) DOORWARD_NOEXCEPT;

/**
 * Makes the memory for decisions of one engine: the only allocation that deciding needs, but where a policy that was loaded
 * anew takes longer credentials or gives longer answers than the one before.
 *
 * On success the caller owns `*out_scratch` and frees it with #doorward_scratch_free. It works with `engine` and every handle
 * shared from it, also after #doorward_engine_reload, and with no other engine.
 *
 * Any thread may call it, but not while another frees `engine`. A scratch may move between threads, and serves one call at a
 * time. `engine` and `out_scratch` must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_scratch_new(const doorward_engine *engine,
                                     doorward_scratch **out_scratch) DOORWARD_NOEXCEPT;

/**
 * Frees a scratch, and with it all that the last decision made with it says. Null is fine, and a handle that was freed
 * before is left alone; so is one that another thread decides with at this moment, which then stays allocated.
 *
 * Any thread may call it, but not while another uses `scratch`.
 */
void doorward_scratch_free(doorward_scratch *scratch) DOORWARD_NOEXCEPT;

/**
 * Decides on a request at a time.
 *
 * `now` is the time of the decision, usually #doorward_now. `out_decision->size` must be set before the call (see
 * #doorward_decision_init). What is written belongs to `scratch`: see #doorward_decision for how long it is valid.
 *
 * Nothing is allocated on a thread that #doorward_engine_warm_thread made ready (but inside ring, for RSA keys, on machines
 * without AVX2 and BMI2; by the first decision with a scratch after a reload that needs longer memory; and by one that
 * starts the thread that fetches keys). No lock is taken but where a key is not known, and that one is never held for long.
 *
 * Any thread may call it, one at a time with each scratch: a second call with a scratch that is in use gets
 * #DOORWARD_RESULT_SCRATCH_BUSY. No pointer may be null. On failure nothing is written, and what `out_decision` held from
 * before must not be used any more: refuse the request.
 */
DOORWARD_MUST_USE
doorward_result doorward_decide(const doorward_engine *engine,
                                doorward_scratch *scratch,
                                const doorward_request *request,
                                doorward_time now,
                                doorward_decision *out_decision) DOORWARD_NOEXCEPT;

/**
 * Makes the value of `x-doorward-trace` that a gateway sends on in place of the credential that it takes away from a request,
 * so that the engine in the application behind it can say why there is none. It is a fact for operators, and never a reason
 * to let anybody in; it is good for this method and path, and for a minute from `now` on.
 *
 * `cause` is `root_cause` of the decision, one of `DOORWARD_REASON_*`. There is nothing to tell, and `out_marker->len` is 0,
 * where the policy has no `trace.key`, where no credential was there, for a path that is ambiguous or too long, and where the
 * system has no randomness. Of the request only the method and the URL matter. A gateway removes the lines of this field that
 * come in.
 *
 * Any thread may call it, but not while another frees `engine`; it allocates. No pointer may be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_trace_marker(const doorward_engine *engine,
                                      const doorward_request *request,
                                      uint16_t cause,
                                      doorward_time now,
                                      doorward_marker *out_marker) DOORWARD_NOEXCEPT;

/**
 * Says what an answer means to the caller that got it at `now`: who refused it, why, and the one thing to do next. It sends
 * nothing and remembers nothing; #doorward_caller_answered does so for callers that send again.
 *
 * On success the caller owns `*out_diagnosis` and frees it with #doorward_diagnosis_free. Read it with
 * #doorward_diagnosis_read.
 *
 * Any thread may call it at any time; it allocates. No pointer may be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_diagnose(const doorward_sent *sent,
                                  const doorward_response *response,
                                  doorward_time now,
                                  doorward_diagnosis **out_diagnosis) DOORWARD_NOEXCEPT;

/**
 * Writes the facts of a diagnosis. `out_facts->size` must be set before the call (see #doorward_diagnosis_facts_init). The
 * views in it live until `diagnosis` is freed.
 *
 * Any thread may call it, but not while another frees `diagnosis`. No pointer may be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_diagnosis_read(const doorward_diagnosis *diagnosis,
                                        doorward_diagnosis_facts *out_facts) DOORWARD_NOEXCEPT;

/**
 * Frees a diagnosis. Null is fine, and a handle that was freed before is left alone.
 *
 * Any thread may call it, but not while another uses `diagnosis`.
 */
void doorward_diagnosis_free(doorward_diagnosis *diagnosis) DOORWARD_NOEXCEPT;

/**
 * Makes what stands for one request of a caller. `method` is UTF-8 and need not end with a NUL; `replayable` is 1 if the content
 * can be sent again (there is none, or it is in memory), else 0; `proof` is 1 if a proof of possession goes with the credential.
 *
 * On success the caller owns `*out_attempt` and frees it with #doorward_attempt_free.
 *
 * Any thread may call it at any time; it allocates. `method` and `out_attempt` must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_attempt_new(const char *method,
                                     size_t method_len,
                                     uint32_t replayable,
                                     uint32_t proof,
                                     doorward_attempt **out_attempt) DOORWARD_NOEXCEPT;

/**
 * Writes what the last answer of an attempt meant. `out_facts->size` must be set before the call. The views in it live until the
 * next call about this attempt. #DOORWARD_RESULT_NO_SUCH_ITEM if no answer came yet.
 *
 * Any thread may call it, one at a time with each attempt. No pointer may be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_attempt_diagnosis(doorward_attempt *attempt,
                                           doorward_diagnosis_facts *out_facts) DOORWARD_NOEXCEPT;

/**
 * Frees an attempt. Null is fine, and a handle that was freed before is left alone.
 *
 * Any thread may call it, but not while another uses `attempt`.
 */
void doorward_attempt_free(doorward_attempt *attempt) DOORWARD_NOEXCEPT;

/**
 * Makes a caller. With #DOORWARD_RESULT_REFUSED an option is out of its bounds, and `*out_error`, unless `out_error` is null, says
 * which; the host frees it with #doorward_error_free.
 *
 * On success the host owns `*out_caller` and frees it with #doorward_caller_free.
 *
 * Any thread may call it at any time; it allocates. `options` and `out_caller` must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_caller_new(const doorward_caller_options *options,
                                    doorward_caller **out_caller,
                                    doorward_error **out_error) DOORWARD_NOEXCEPT;

/**
 * Frees a caller. Null is fine, and a handle that was freed before is left alone.
 *
 * Any thread may call it, but not while another uses `caller`.
 */
void doorward_caller_free(doorward_caller *caller) DOORWARD_NOEXCEPT;

/**
 * Says what to do with the request `attempt`, which goes to `url` (an absolute URL, UTF-8): before it is first sent, and again
 * after everything that #doorward_prepared says but to send or to deliver. `out_prepared->size` must be set before the call.
 *
 * With #DOORWARD_RESULT_REFUSED the credential is not for the origin of `url`: it must not be sent there. `*out_error`, unless
 * `out_error` is null, says so; the host frees it with #doorward_error_free.
 *
 * Any thread may call it, one at a time with each attempt. It never blocks. `caller`, `attempt`, `url` and `out_prepared` must
 * not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_caller_prepare(const doorward_caller *caller,
                                        doorward_attempt *attempt,
                                        const char *url,
                                        size_t url_len,
                                        doorward_time now,
                                        doorward_prepared *out_prepared,
                                        doorward_error **out_error) DOORWARD_NOEXCEPT;

/**
 * Hands over the credential that was obtained for a ticket. The secret is copied; the host wipes its own.
 *
 * With #DOORWARD_RESULT_REFUSED it cannot be sent: it is empty, or has characters that would end the header field. `*out_error`,
 * unless `out_error` is null, says so without showing it; the host frees it with #doorward_error_free, and tells
 * #doorward_caller_not_obtained.
 *
 * Any thread may call it, but not while another frees `caller`. `caller` and `credential` must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_caller_obtained(const doorward_caller *caller,
                                         uint64_t ticket,
                                         const doorward_credential *credential,
                                         doorward_time now,
                                         doorward_error **out_error) DOORWARD_NOEXCEPT;

/**
 * Tells that no credential was obtained for a ticket: `transient` is 1 if trying again may help, `retry_after` is in how many
 * seconds (0: unknown), and `message` (UTF-8, without secrets) is for people.
 *
 * Any thread may call it, but not while another frees `caller`. `caller` must not be null; `message` may.
 */
DOORWARD_MUST_USE
doorward_result doorward_caller_not_obtained(const doorward_caller *caller,
                                             uint64_t ticket,
                                             uint32_t transient,
                                             uint64_t retry_after,
                                             const char *message,
                                             size_t message_len,
                                             doorward_time now) DOORWARD_NOEXCEPT;

/**
 * Tells that whoever was to obtain a credential was stopped: another may.
 *
 * Any thread may call it, but not while another frees `caller`. `caller` must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_caller_abandoned(const doorward_caller *caller,
                                          uint64_t ticket,
                                          doorward_time now) DOORWARD_NOEXCEPT;

/**
 * Says what to do after the answer to a request that was sent to `url`. `final_url` is where the answer came from if redirects were
 * followed, and nothing else; `sent_at` counts if `has_sent_at` is 1. `out_next->size` must be set before the call. What the answer
 * means is told by #doorward_attempt_diagnosis.
 *
 * Any thread may call it, one at a time with each attempt. It never blocks; it allocates. `caller`, `attempt`, `url`, `response`
 * and `out_next` must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_caller_answered(const doorward_caller *caller,
                                         doorward_attempt *attempt,
                                         const char *url,
                                         size_t url_len,
                                         const char *final_url,
                                         size_t final_url_len,
                                         uint32_t has_sent_at,
                                         doorward_time sent_at,
                                         const doorward_response *response,
                                         doorward_time now,
                                         doorward_next *out_next) DOORWARD_NOEXCEPT;

/**
 * How many tickets were brought back; 0 if `caller` is null or no caller handle. Ask before #doorward_caller_prepare, and hand it
 * to #doorward_caller_wait.
 *
 * Any thread may call it, but not while another frees `caller`.
 */
DOORWARD_MUST_USE
uint64_t doorward_caller_ended(const doorward_caller *caller) DOORWARD_NOEXCEPT;

/**
 * Waits until more than `seen` tickets were brought back, or for `timeout_ms` milliseconds. It blocks.
 *
 * Any thread may call it, but not while another frees `caller`. `caller` must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_caller_wait(const doorward_caller *caller,
                                     uint64_t seen,
                                     uint64_t timeout_ms) DOORWARD_NOEXCEPT;

/**
 * What a caller holds and how it fares, as a JSON object without secrets: for logs.
 *
 * On success the host owns `*out_text` and frees it with #doorward_text_free.
 *
 * Any thread may call it, but not while another frees `caller`; it allocates. `caller` and `out_text` must not be null.
 */
DOORWARD_MUST_USE
doorward_result doorward_caller_status(const doorward_caller *caller,
                                       doorward_time now,
                                       doorward_text **out_text) DOORWARD_NOEXCEPT;

/**
 * The code of a reason, such as `token_expired`: stable, for logs, metrics and programs. Empty for a number that is none.
 * Like all texts of this kind it lives as long as the library is loaded.
 *
 * Any thread may call it at any time.
 */
DOORWARD_MUST_USE
doorward_str doorward_reason_code(uint16_t reason) DOORWARD_NOEXCEPT;

/**
 * A sentence that says what a reason means, for people. Empty for a number that is none.
 *
 * Any thread may call it at any time.
 */
DOORWARD_MUST_USE
doorward_str doorward_reason_sentence(uint16_t reason) DOORWARD_NOEXCEPT;

/**
 * A sentence that says what an operator should do about a reason. Empty for a number that is none.
 *
 * Any thread may call it at any time.
 */
DOORWARD_MUST_USE
doorward_str doorward_reason_operator(uint16_t reason) DOORWARD_NOEXCEPT;

/**
 * The code of an outcome, such as `unauthenticated`. Empty for a number that is none.
 *
 * Any thread may call it at any time.
 */
DOORWARD_MUST_USE
doorward_str doorward_outcome_code(uint32_t outcome) DOORWARD_NOEXCEPT;

/**
 * The code of a recovery, such as `refresh_credential`. Empty for a number that is none.
 *
 * Any thread may call it at any time.
 */
DOORWARD_MUST_USE
doorward_str doorward_recovery_code(uint32_t recovery) DOORWARD_NOEXCEPT;

/**
 * A sentence of advice to a person on a recovery. Empty for a number that is none.
 *
 * Any thread may call it at any time.
 */
DOORWARD_MUST_USE
doorward_str doorward_recovery_advice(uint32_t recovery) DOORWARD_NOEXCEPT;

/**
 * The code of a signal: `noise`, `fault` or `attack`. Empty for a number that is none.
 *
 * Any thread may call it at any time.
 */
DOORWARD_MUST_USE
doorward_str doorward_signal_code(uint32_t signal) DOORWARD_NOEXCEPT;

/**
 * The code of a disclosure: `none` or `reason`. Empty for a number that is none.
 *
 * Any thread may call it at any time.
 */
DOORWARD_MUST_USE
doorward_str doorward_disclosure_code(uint32_t disclosure) DOORWARD_NOEXCEPT;

/**
 * The code of the grounds of an allow, such as `credential`. Empty for a number that is none.
 *
 * Any thread may call it at any time.
 */
DOORWARD_MUST_USE
doorward_str doorward_grounds_code(uint32_t grounds) DOORWARD_NOEXCEPT;

/**
 * The code of a kind of credential, such as `bearer`. Empty for a number that is none.
 *
 * Any thread may call it at any time.
 */
DOORWARD_MUST_USE
doorward_str doorward_credential_kind_code(uint32_t kind) DOORWARD_NOEXCEPT;

/**
 * The code of a degree of confidence: `guess`, `likely` or `certain`. Empty for a number that is none.
 *
 * Any thread may call it at any time.
 */
DOORWARD_MUST_USE
doorward_str doorward_confidence_code(uint32_t confidence) DOORWARD_NOEXCEPT;

/**
 * The code of an origin: `gateway`, `application` or `unknown`. Empty for a number that is none.
 *
 * Any thread may call it at any time.
 */
DOORWARD_MUST_USE
doorward_str doorward_origin_code(uint32_t origin) DOORWARD_NOEXCEPT;

/**
 * The code of whether a request may be sent again: `never`, `changed` or `same`. Empty for a number that is none.
 *
 * Any thread may call it at any time.
 */
DOORWARD_MUST_USE
doorward_str doorward_retry_code(uint32_t retry) DOORWARD_NOEXCEPT;

/**
 * The code of a clue, such as `proxy_status`. Empty for a number that is none: so all of them can be counted from 1.
 *
 * Any thread may call it at any time.
 */
DOORWARD_MUST_USE
doorward_str doorward_clue_code(uint32_t clue) DOORWARD_NOEXCEPT;

/**
 * A sentence that says what a clue is, for people. Empty for a number that is none.
 *
 * Any thread may call it at any time.
 */
DOORWARD_MUST_USE
doorward_str doorward_clue_sentence(uint32_t clue) DOORWARD_NOEXCEPT;

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

/* Functions that compilers can inline: the part of doorward.h that is written in C. */

/**
 * A view of a text that ends with a NUL, without that NUL; nothing if `text` is null. The view is valid as long as the text.
 */
static inline doorward_str doorward_str_from(const char *text) {
  doorward_str view;
  view.data = text;
  view.len = text ? strlen(text) : 0;
  return view;
}

/** 1 if a view has exactly these bytes, else 0. A view of nothing equals the empty text. */
static inline int doorward_str_is(doorward_str view, const char *text) {
  size_t len = strlen(text);
  return view.len == len && (len == 0 || memcmp(view.data, text, len) == 0);
}

/** A request with its size set and nothing in it. */
static inline doorward_request doorward_request_init(void) {
  doorward_request request;
  memset(&request, 0, sizeof request);
  request.size = sizeof request;
  return request;
}

/** A decision with its size set that says nothing yet, and so lets nobody in. */
static inline doorward_decision doorward_decision_init(void) {
  doorward_decision decision;
  memset(&decision, 0, sizeof decision);
  decision.size = sizeof decision;
  return decision;
}

/** Engine facts with their size set and nothing in them. */
static inline doorward_engine_facts doorward_engine_facts_init(void) {
  doorward_engine_facts facts;
  memset(&facts, 0, sizeof facts);
  facts.size = sizeof facts;
  return facts;
}

/** A revocation with its size set and nothing in it. */
static inline doorward_revocation doorward_revocation_init(void) {
  doorward_revocation revocation;
  memset(&revocation, 0, sizeof revocation);
  revocation.size = sizeof revocation;
  return revocation;
}

/** What was sent, with its size set and nothing known. */
static inline doorward_sent doorward_sent_init(void) {
  doorward_sent sent;
  memset(&sent, 0, sizeof sent);
  sent.size = sizeof sent;
  return sent;
}

/** An answer with its size set and nothing in it. */
static inline doorward_response doorward_response_init(void) {
  doorward_response response;
  memset(&response, 0, sizeof response);
  response.size = sizeof response;
  return response;
}

/** Facts of a diagnosis with their size set and nothing in them. */
static inline doorward_diagnosis_facts doorward_diagnosis_facts_init(void) {
  doorward_diagnosis_facts facts;
  memset(&facts, 0, sizeof facts);
  facts.size = sizeof facts;
  return facts;
}

/** Options of a caller with their size set, and all as usual. */
static inline doorward_caller_options doorward_caller_options_init(void) {
  doorward_caller_options options;
  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  return options;
}

/** A place for what #doorward_caller_prepare says, with its size set. */
static inline doorward_prepared doorward_prepared_init(void) {
  doorward_prepared prepared;
  memset(&prepared, 0, sizeof prepared);
  prepared.size = sizeof prepared;
  return prepared;
}

/** A credential with its size set and nothing in it. */
static inline doorward_credential doorward_credential_init(void) {
  doorward_credential credential;
  memset(&credential, 0, sizeof credential);
  credential.size = sizeof credential;
  return credential;
}

/** A place for what #doorward_caller_answered says, with its size set. */
static inline doorward_next doorward_next_init(void) {
  doorward_next next;
  memset(&next, 0, sizeof next);
  next.size = sizeof next;
  return next;
}

/** An event with its size set and nothing in it. */
static inline doorward_event doorward_event_init(void) {
  doorward_event event;
  memset(&event, 0, sizeof event);
  event.size = sizeof event;
  return event;
}

/** A fault with its size set and nothing in it. */
static inline doorward_fault doorward_fault_init(void) {
  doorward_fault fault;
  memset(&fault, 0, sizeof fault);
  fault.size = sizeof fault;
  return fault;
}

#endif /* DOORWARD_H */
