/* The shape of the ABI: what a program that was compiled against this header takes for granted. A change here is one that
 * breaks such programs: raise DOORWARD_ABI_VERSION with it. */
#include <stddef.h>

#include <doorward.h>

#include "check.h"

#if !defined(__LP64__)
#error "the sizes below are those of a machine with 64-bit pointers"
#endif

#define SIZE(type, size) _Static_assert(sizeof(type) == (size), #type)
#define AT(type, member, offset) _Static_assert(offsetof(type, member) == (offset), #type "." #member)

SIZE(doorward_result, 4);
SIZE(doorward_str, 16);
AT(doorward_str, data, 0);
AT(doorward_str, len, 8);
SIZE(doorward_time, 16);
AT(doorward_time, seconds, 0);
AT(doorward_time, nanos, 8);
SIZE(doorward_field, 32);
AT(doorward_field, name, 0);
AT(doorward_field, value, 16);

SIZE(doorward_request, 104);
AT(doorward_request, size, 0);
AT(doorward_request, method, 8);
AT(doorward_request, url, 24);
AT(doorward_request, fields, 40);
AT(doorward_request, fields_len, 48);
AT(doorward_request, body, 56);
AT(doorward_request, client_chain, 72);
AT(doorward_request, client_chain_len, 80);
AT(doorward_request, peer, 88);

SIZE(doorward_principal, 104);
AT(doorward_principal, kind, 0);
AT(doorward_principal, has_expires, 4);
AT(doorward_principal, expires, 8);
AT(doorward_principal, issuer, 24);
AT(doorward_principal, issuer_name, 40);
AT(doorward_principal, subject, 56);
AT(doorward_principal, claims, 72);
AT(doorward_principal, actor, 88);

SIZE(doorward_context, 80);
AT(doorward_context, kind, 0);
AT(doorward_context, has_limit, 4);
AT(doorward_context, text, 8);
AT(doorward_context, value, 24);
AT(doorward_context, now, 40);
AT(doorward_context, limit, 56);
AT(doorward_context, leeway, 64);
AT(doorward_context, missed_by, 72);

SIZE(doorward_decision, 320);
AT(doorward_decision, size, 0);
AT(doorward_decision, allowed, 8);
AT(doorward_decision, outcome, 12);
AT(doorward_decision, status, 16);
AT(doorward_decision, reason, 18);
AT(doorward_decision, concealed, 20);
AT(doorward_decision, root_cause, 22);
AT(doorward_decision, recovery, 24);
AT(doorward_decision, may_resend, 28);
AT(doorward_decision, signal, 32);
AT(doorward_decision, disclosure, 36);
AT(doorward_decision, grounds, 40);
AT(doorward_decision, reserved_too, 44);
AT(doorward_decision, route, 48);
AT(doorward_decision, path, 56);
AT(doorward_decision, headers, 72);
AT(doorward_decision, headers_len, 80);
AT(doorward_decision, challenges, 88);
AT(doorward_decision, challenges_len, 96);
AT(doorward_decision, body, 104);
AT(doorward_decision, principal, 120);
AT(doorward_decision, context, 224);
AT(doorward_decision, has_retry_after, 304);
AT(doorward_decision, reserved_last, 308);
AT(doorward_decision, retry_after, 312);

SIZE(doorward_engine_facts, 80);
AT(doorward_engine_facts, fields, 8);
AT(doorward_engine_facts, fields_len, 16);
AT(doorward_engine_facts, warnings, 24);
AT(doorward_engine_facts, warnings_len, 32);
AT(doorward_engine_facts, issuers, 40);
AT(doorward_engine_facts, routes, 48);
AT(doorward_engine_facts, form_limit, 56);
AT(doorward_engine_facts, reads_body, 64);
AT(doorward_engine_facts, reserved, 68);
AT(doorward_engine_facts, policy_epoch, 72);

SIZE(doorward_revocation, 64);
AT(doorward_revocation, kind, 8);
AT(doorward_revocation, has_time, 12);
AT(doorward_revocation, issuer, 16);
AT(doorward_revocation, name, 32);
AT(doorward_revocation, time, 48);

SIZE(doorward_event, 32);
AT(doorward_event, kind, 8);
AT(doorward_event, is_fault, 12);
AT(doorward_event, text, 16);

SIZE(doorward_fault, 88);
AT(doorward_fault, file, 8);
AT(doorward_fault, line, 24);
AT(doorward_fault, column, 32);
AT(doorward_fault, place, 40);
AT(doorward_fault, message, 56);
AT(doorward_fault, help, 72);

SIZE(doorward_sent, 136);
AT(doorward_sent, scheme, 8);
AT(doorward_sent, at, 56);
AT(doorward_sent, expires_at, 88);
AT(doorward_sent, has_at, 104);
AT(doorward_sent, interactive, 128);

SIZE(doorward_response, 48);
AT(doorward_response, status, 8);
AT(doorward_response, fields, 16);
AT(doorward_response, body, 32);

SIZE(doorward_diagnosis_facts, 272);
AT(doorward_diagnosis_facts, status, 8);
AT(doorward_diagnosis_facts, proper_status, 14);
AT(doorward_diagnosis_facts, confidence, 16);
AT(doorward_diagnosis_facts, skew_seconds, 48);
AT(doorward_diagnosis_facts, clues, 72);
AT(doorward_diagnosis_facts, product, 80);
AT(doorward_diagnosis_facts, nonce, 208);
AT(doorward_diagnosis_facts, summary, 256);

SIZE(doorward_caller_options, 88);
AT(doorward_caller_options, origins, 8);
AT(doorward_caller_options, attempts, 40);
AT(doorward_caller_options, ahead, 56);
AT(doorward_caller_options, cooldown_most, 80);

SIZE(doorward_prepared, 200);
AT(doorward_prepared, kind, 8);
AT(doorward_prepared, reason, 16);
AT(doorward_prepared, until, 24);
AT(doorward_prepared, ticket, 40);
AT(doorward_prepared, want, 48);
AT(doorward_prepared, authorization, 168);
AT(doorward_prepared, sentence, 184);

AT(doorward_want, max_age, 8);
AT(doorward_want, scope, 24);
AT(doorward_want, acr_values, 104);

SIZE(doorward_credential, 72);
AT(doorward_credential, secret, 24);
AT(doorward_credential, expiry, 40);
AT(doorward_credential, expires, 48);
AT(doorward_credential, look_again, 64);

SIZE(doorward_next, 32);
AT(doorward_next, kind, 8);
AT(doorward_next, has_after, 16);
AT(doorward_next, after_ms, 24);

SIZE(doorward_marker, 88);
AT(doorward_marker, len, 0);
AT(doorward_marker, text, 8);

/* Numbers are never given to something else. */
_Static_assert(DOORWARD_RESULT_OK == 0 && DOORWARD_RESULT_NULL_ARGUMENT == 1 && DOORWARD_RESULT_BAD_UTF8 == 2 &&
                   DOORWARD_RESULT_BAD_SIZE == 3 && DOORWARD_RESULT_BAD_VALUE == 4 && DOORWARD_RESULT_BAD_HANDLE == 5 &&
                   DOORWARD_RESULT_POLICY == 6 && DOORWARD_RESULT_SCRATCH_BUSY == 7 && DOORWARD_RESULT_SCRATCH_FOREIGN == 8 &&
                   DOORWARD_RESULT_TOO_MANY_FIELDS == 9 && DOORWARD_RESULT_BUFFER_TOO_SHORT == 10 &&
                   DOORWARD_RESULT_NO_SUCH_ITEM == 11 && DOORWARD_RESULT_PANIC == 12 && DOORWARD_RESULT_NOT_READY == 13 &&
                   DOORWARD_RESULT_REFUSED == 14,
               "results");
_Static_assert(DOORWARD_OUTCOME_ALLOW == 1 && DOORWARD_OUTCOME_UNAUTHENTICATED == 2 && DOORWARD_OUTCOME_FORBIDDEN == 3 &&
                   DOORWARD_OUTCOME_BAD_REQUEST == 4 && DOORWARD_OUTCOME_THROTTLED == 5 && DOORWARD_OUTCOME_UNAVAILABLE == 6,
               "outcomes");
_Static_assert(DOORWARD_RECOVERY_NONE == 1 && DOORWARD_RECOVERY_SEND_CREDENTIAL == 2 &&
                   DOORWARD_RECOVERY_REFRESH_CREDENTIAL == 3 && DOORWARD_RECOVERY_REPLACE_CREDENTIAL == 4 &&
                   DOORWARD_RECOVERY_REQUEST_AUDIENCE == 5 && DOORWARD_RECOVERY_REQUEST_SCOPE == 6 &&
                   DOORWARD_RECOVERY_STEP_UP == 7 && DOORWARD_RECOVERY_SYNC_CLOCK == 8 && DOORWARD_RECOVERY_WAIT == 9 &&
                   DOORWARD_RECOVERY_ROTATE_CERTIFICATE == 10 && DOORWARD_RECOVERY_NEW_PROOF == 11 &&
                   DOORWARD_RECOVERY_USE_NONCE == 12 && DOORWARD_RECOVERY_CHANGE_SCHEME == 13 &&
                   DOORWARD_RECOVERY_FIX_REQUEST == 14 && DOORWARD_RECOVERY_ASK_OPERATOR == 15 && DOORWARD_RECOVERY_STOP == 16,
               "recoveries");
_Static_assert(DOORWARD_SIGNAL_NOISE == 1 && DOORWARD_SIGNAL_FAULT == 2 && DOORWARD_SIGNAL_ATTACK == 3, "signals");
_Static_assert(DOORWARD_DISCLOSURE_NONE == 1 && DOORWARD_DISCLOSURE_REASON == 2, "disclosures");
_Static_assert(DOORWARD_GROUNDS_ANYONE == 1 && DOORWARD_GROUNDS_PREFLIGHT == 2 && DOORWARD_GROUNDS_CREDENTIAL == 3, "grounds");
_Static_assert(DOORWARD_CREDENTIAL_KIND_BEARER == 1, "kinds of credential");
_Static_assert(DOORWARD_CONTEXT_TIME == 1 && DOORWARD_CONTEXT_CLAIM == 2 && DOORWARD_CONTEXT_SCOPE == 3 &&
                   DOORWARD_CONTEXT_ROLE == 4,
               "contexts");
_Static_assert(DOORWARD_REVOCATION_TOKEN == 1 && DOORWARD_REVOCATION_SUBJECT == 2 && DOORWARD_REVOCATION_ISSUED_BEFORE == 3 &&
                   DOORWARD_REVOCATION_KEY == 4,
               "revocations");
_Static_assert(DOORWARD_EVENT_KEYS_LOADED == 1 && DOORWARD_EVENT_KEYS_FAILED == 2 && DOORWARD_EVENT_FILE_RELOADED == 3 &&
                   DOORWARD_EVENT_FILE_REFUSED == 4 && DOORWARD_EVENT_POLICY_RELOADED == 5 &&
                   DOORWARD_EVENT_POLICY_REFUSED == 6 && DOORWARD_EVENT_KEEPER_FAILED == 7,
               "events");
_Static_assert(DOORWARD_STATUS_TEXT == 1 && DOORWARD_STATUS_JSON == 2, "statuses");
_Static_assert(DOORWARD_FORMAT_TOML == 1 && DOORWARD_FORMAT_JSON == 2, "formats");
_Static_assert(DOORWARD_REASON_PATH_AMBIGUOUS == 100 && DOORWARD_REASON_TOKEN_EXPIRED == 209 &&
                   DOORWARD_REASON_ROUTE_UNMATCHED == 300,
               "reasons");

int main(void) {
  char numbers[32];
  snprintf(numbers, sizeof numbers, "%d.%d.%d", DOORWARD_VERSION_MAJOR, DOORWARD_VERSION_MINOR, DOORWARD_VERSION_PATCH);
  CHECK("the library has the ABI of the header", doorward_abi_version() == DOORWARD_ABI_VERSION);
  CHECK("the library has the version of the header", doorward_str_is(doorward_version(), DOORWARD_VERSION));
  CHECK("the version is its three numbers", strcmp(numbers, DOORWARD_VERSION) == 0);
  return check_end();
}
