/* The caller's side: diagnoses, one request through a caller with a credential that expires, trace markers, and misuse. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <doorward.h>

#include "check.h"

#define URL "https://api.example/orders"
#define MARK 0xa5

static doorward_time at(int64_t seconds) {
  doorward_time time = {1795387431, 0};
  time.seconds += seconds;
  return time;
}

static int contains(doorward_str text, const char *word) {
  size_t len = strlen(word), at;
  for (at = 0; text.data != NULL && at + len <= text.len; at += 1) {
    if (memcmp(text.data + at, word, len) == 0) return 1;
  }
  return 0;
}

static int untouched(const void *memory, size_t len) {
  const unsigned char *bytes = memory;
  size_t i;
  for (i = 0; i < len; i += 1) {
    if (bytes[i] != MARK) return 0;
  }
  return 1;
}

static doorward_response answer(uint16_t status, doorward_field *line, const char *challenge) {
  doorward_response response = doorward_response_init();
  response.status = status;
  if (challenge != NULL) {
    line->name = doorward_str_from("WWW-Authenticate");
    line->value = doorward_str_from(challenge);
    response.fields = line;
    response.fields_len = 1;
  }
  return response;
}

static void an_answer_is_explained(void) {
  doorward_sent sent = doorward_sent_init();
  doorward_field line;
  doorward_response response =
      answer(401, &line, "Bearer realm=\"a\", error=\"insufficient_scope\", scope=\"orders:\\\"read\"");
  doorward_diagnosis *diagnosis = NULL;
  doorward_diagnosis_facts facts = doorward_diagnosis_facts_init();
  sent.scheme = doorward_str_from("Bearer");
  CHECK("diagnosed", doorward_diagnose(&sent, &response, at(0), &diagnosis) == DOORWARD_RESULT_OK);
  CHECK("read", doorward_diagnosis_read(diagnosis, &facts) == DOORWARD_RESULT_OK);
  CHECK("a 401 that is a 403", facts.reason == DOORWARD_REASON_SCOPE_INSUFFICIENT && facts.misused_status == 1 &&
                                   facts.proper_status == 403 && facts.recovery == DOORWARD_RECOVERY_REQUEST_SCOPE);
  CHECK("unescaped", doorward_str_is(facts.scope, "orders:\"read") && doorward_str_is(facts.realm, "a"));
  CHECK("nothing is not the empty text", facts.nonce.data == NULL && facts.claims.data == NULL);
  CHECK("a sentence", facts.summary.len > 0);
  CHECK("clues", facts.clues != 0 && (facts.clues >> (DOORWARD_CLUE_ERROR_CODE - 1) & 1) == 1);
  CHECK("names", doorward_str_is(doorward_retry_code(facts.retry), "changed") && doorward_clue_code(0).data == NULL &&
                     doorward_clue_code(65).data == NULL && doorward_clue_sentence(1).len > 0);
  doorward_diagnosis_free(diagnosis);
  memset(&facts, MARK, sizeof facts);
  facts.size = sizeof facts;
  CHECK("freed", doorward_diagnosis_read(diagnosis, &facts) == DOORWARD_RESULT_BAD_HANDLE &&
                     untouched(&facts.status, sizeof facts - offsetof(doorward_diagnosis_facts, status)));
  doorward_diagnosis_free(diagnosis);
  doorward_diagnosis_free(NULL);
}

static void misuse_of_diagnosing(void) {
  doorward_sent sent = doorward_sent_init();
  doorward_response response = doorward_response_init();
  doorward_diagnosis *diagnosis;
  doorward_time broken = {0, 1000000000};
  memset(&diagnosis, MARK, sizeof diagnosis);
  CHECK("sent null", doorward_diagnose(NULL, &response, at(0), &diagnosis) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("response null", doorward_diagnose(&sent, NULL, at(0), &diagnosis) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("out null", doorward_diagnose(&sent, &response, at(0), NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("a time that is none", doorward_diagnose(&sent, &response, broken, &diagnosis) == DOORWARD_RESULT_BAD_VALUE);
  sent.proof = 2;
  CHECK("neither yes nor no", doorward_diagnose(&sent, &response, at(0), &diagnosis) == DOORWARD_RESULT_BAD_VALUE);
  sent = doorward_sent_init();
  sent.has_at = 1;
  sent.at = broken;
  CHECK("a time of the request", doorward_diagnose(&sent, &response, at(0), &diagnosis) == DOORWARD_RESULT_BAD_VALUE);
  sent = doorward_sent_init();
  sent.size = 8;
  CHECK("a size that is none", doorward_diagnose(&sent, &response, at(0), &diagnosis) == DOORWARD_RESULT_BAD_SIZE);
  sent = doorward_sent_init();
  response.fields_len = 1;
  CHECK("fields null", doorward_diagnose(&sent, &response, at(0), &diagnosis) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("no output was written", untouched(&diagnosis, sizeof diagnosis));
}

static doorward_caller *new_caller(void) {
  doorward_caller_options options = doorward_caller_options_init();
  doorward_caller *caller = NULL;
  CHECK("a caller", doorward_caller_new(&options, &caller, NULL) == DOORWARD_RESULT_OK);
  return caller;
}

static doorward_attempt *new_attempt(void) {
  doorward_attempt *attempt = NULL;
  CHECK("an attempt", doorward_attempt_new("GET", 3, 1, 0, &attempt) == DOORWARD_RESULT_OK);
  return attempt;
}

static doorward_prepared prepare(doorward_caller *caller, doorward_attempt *attempt, int64_t seconds) {
  doorward_prepared prepared = doorward_prepared_init();
  CHECK("prepared",
        doorward_caller_prepare(caller, attempt, URL, strlen(URL), at(seconds), &prepared, NULL) == DOORWARD_RESULT_OK);
  return prepared;
}

static void obtain(doorward_caller *caller, uint64_t ticket, const char *secret, int64_t seconds) {
  doorward_credential credential = doorward_credential_init();
  credential.secret = doorward_str_from(secret);
  credential.expiry = DOORWARD_EXPIRY_LOCAL;
  credential.expires = at(seconds + 3600);
  CHECK("obtained", doorward_caller_obtained(caller, ticket, &credential, at(seconds), NULL) == DOORWARD_RESULT_OK);
}

static uint32_t answered(doorward_caller *caller, doorward_attempt *attempt, const doorward_response *response, int64_t seconds) {
  doorward_next next = doorward_next_init();
  CHECK("answered", doorward_caller_answered(caller, attempt, URL, strlen(URL), NULL, 0, 1, at(seconds), response, at(seconds),
                                             &next) == DOORWARD_RESULT_OK);
  return next.kind;
}

/* An expired token is renewed once, and the second one is let in. */
static void a_request_recovers(void) {
  doorward_caller *caller = new_caller();
  doorward_attempt *attempt = new_attempt();
  doorward_attempt *other = new_attempt();
  doorward_field line;
  doorward_response refused = answer(401, &line, "Bearer error=\"invalid_token\", error_description=\"token_revoked\"");
  doorward_response good = doorward_response_init();
  doorward_diagnosis_facts facts = doorward_diagnosis_facts_init();
  doorward_prepared prepared = prepare(caller, attempt, 0);
  doorward_text *status = NULL;
  uint64_t seen;
  good.status = 200;
  CHECK("nothing is held", prepared.kind == DOORWARD_PREPARED_OBTAIN && prepared.ticket != 0 && prepared.want.refresh == 0);
  CHECK("no answer yet", doorward_attempt_diagnosis(attempt, &facts) == DOORWARD_RESULT_NO_SUCH_ITEM);
  CHECK("one obtains, others wait", prepare(caller, other, 0).kind == DOORWARD_PREPARED_WAIT);
  seen = doorward_caller_ended(caller);
  obtain(caller, prepared.ticket, "first", 0);
  CHECK("a ticket was brought back", doorward_caller_ended(caller) == seen + 1);
  CHECK("no wait for what has come", doorward_caller_wait(caller, seen, 60000) == DOORWARD_RESULT_OK);
  prepared = prepare(caller, attempt, 0);
  CHECK("sent", prepared.kind == DOORWARD_PREPARED_SEND && doorward_str_is(prepared.authorization, "Bearer first"));
  CHECK("again", answered(caller, attempt, &refused, 1) == DOORWARD_NEXT_AGAIN);
  CHECK("why", doorward_attempt_diagnosis(attempt, &facts) == DOORWARD_RESULT_OK &&
                   facts.reason == DOORWARD_REASON_TOKEN_REVOKED && facts.signal == DOORWARD_SIGNAL_ATTACK);
  prepared = prepare(caller, attempt, 1);
  CHECK("another is wanted", prepared.kind == DOORWARD_PREPARED_OBTAIN && prepared.want.refresh == 1);
  obtain(caller, prepared.ticket, "second", 1);
  prepared = prepare(caller, attempt, 1);
  CHECK("sent again", prepared.kind == DOORWARD_PREPARED_SEND && doorward_str_is(prepared.authorization, "Bearer second"));
  CHECK("delivered", answered(caller, attempt, &good, 2) == DOORWARD_NEXT_DELIVER);
  CHECK("status", doorward_caller_status(caller, at(2), &status) == DOORWARD_RESULT_OK);
  CHECK("no secret in it", !contains(doorward_text_view(status), "second"));
  doorward_text_free(status);
  doorward_attempt_free(other);
  doorward_attempt_free(attempt);
  doorward_caller_free(caller);
}

static void what_is_not_taken(void) {
  static const char elsewhere[] = "https://elsewhere.example/";
  doorward_caller_options options = doorward_caller_options_init();
  doorward_str origin = doorward_str_from("https://api.example");
  doorward_caller *caller = NULL;
  doorward_attempt *attempt = new_attempt();
  doorward_error *error = NULL;
  doorward_prepared prepared = doorward_prepared_init();
  doorward_credential credential = doorward_credential_init();
  options.attempts = 200;
  CHECK("too many attempts", doorward_caller_new(&options, &caller, &error) == DOORWARD_RESULT_REFUSED && caller == NULL &&
                                 contains(doorward_error_text(error), "attempts"));
  doorward_error_free(error);
  error = NULL;
  options = doorward_caller_options_init();
  options.origins = &origin;
  options.origins_len = 1;
  CHECK("a caller of an origin", doorward_caller_new(&options, &caller, NULL) == DOORWARD_RESULT_OK);
  CHECK("another origin", doorward_caller_prepare(caller, attempt, elsewhere, strlen(elsewhere), at(0), &prepared, &error) ==
                              DOORWARD_RESULT_REFUSED);
  CHECK("it says so", contains(doorward_error_text(error), "elsewhere.example") && prepared.kind == 0);
  doorward_error_free(error);
  error = NULL;
  prepared = prepare(caller, attempt, 0);
  credential.secret = doorward_str_from("two\r\nlines");
  CHECK("a secret that ends the field",
        doorward_caller_obtained(caller, prepared.ticket, &credential, at(0), &error) == DOORWARD_RESULT_REFUSED);
  CHECK("and is not shown", !contains(doorward_error_text(error), "lines"));
  doorward_error_free(error);
  credential.expiry = 9;
  CHECK("an expiry that is none",
        doorward_caller_obtained(caller, prepared.ticket, &credential, at(0), NULL) == DOORWARD_RESULT_BAD_VALUE);
  CHECK("not obtained", doorward_caller_not_obtained(caller, prepared.ticket, 0, 0, "no file", 7, at(0)) == DOORWARD_RESULT_OK);
  prepared = prepare(caller, attempt, 0);
  CHECK("blocked", prepared.kind == DOORWARD_PREPARED_BLOCKED && prepared.reason == DOORWARD_REASON_CREDENTIAL_UNOBTAINABLE &&
                       prepared.sentence.len > 0);
  doorward_attempt_free(attempt);
  doorward_caller_free(caller);
}

static void misuse_of_callers(void) {
  doorward_caller *caller = new_caller(), *none;
  doorward_attempt *attempt = new_attempt(), *nothing;
  doorward_prepared prepared = doorward_prepared_init();
  doorward_next next = doorward_next_init();
  doorward_response response = doorward_response_init();
  memset(&none, MARK, sizeof none);
  memset(&nothing, MARK, sizeof nothing);
  CHECK("options null", doorward_caller_new(NULL, &none, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("method null", doorward_attempt_new(NULL, 0, 1, 0, &nothing) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("replayable 2", doorward_attempt_new("GET", 3, 2, 0, &nothing) == DOORWARD_RESULT_BAD_VALUE);
  CHECK("nothing was written", untouched(&none, sizeof none) && untouched(&nothing, sizeof nothing));
  CHECK("caller null",
        doorward_caller_prepare(NULL, attempt, URL, strlen(URL), at(0), &prepared, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("attempt null",
        doorward_caller_prepare(caller, NULL, URL, strlen(URL), at(0), &prepared, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("url null", doorward_caller_prepare(caller, attempt, NULL, 0, at(0), &prepared, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("url not UTF-8", doorward_caller_prepare(caller, attempt, "\xff", 1, at(0), &prepared, NULL) == DOORWARD_RESULT_BAD_UTF8);
  CHECK("a handle of another kind", doorward_caller_prepare((doorward_caller *)attempt, attempt, URL, strlen(URL), at(0),
                                                            &prepared, NULL) == DOORWARD_RESULT_BAD_HANDLE);
  prepared.size = 3;
  CHECK("a size that is none",
        doorward_caller_prepare(caller, attempt, URL, strlen(URL), at(0), &prepared, NULL) == DOORWARD_RESULT_BAD_SIZE);
  CHECK("response null", doorward_caller_answered(caller, attempt, URL, strlen(URL), NULL, 0, 0, at(0), NULL, at(0), &next) ==
                             DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("out null", doorward_caller_answered(caller, attempt, URL, strlen(URL), NULL, 0, 0, at(0), &response, at(0), NULL) ==
                        DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("ended of null", doorward_caller_ended(NULL) == 0);
  CHECK("a ticket that is none", doorward_caller_abandoned(caller, 12345, at(0)) == DOORWARD_RESULT_OK);
  doorward_attempt_free(attempt);
  CHECK("a freed attempt", doorward_attempt_diagnosis(attempt, NULL) == DOORWARD_RESULT_BAD_HANDLE ||
                               doorward_attempt_diagnosis(attempt, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  doorward_caller_free(caller);
  doorward_caller_free(caller);
  doorward_attempt_free(NULL);
}

/* What a gateway leaves is read by the application, and by nobody with another key. */
static void a_marker_names_the_root_cause(const char *folder) {
  static const char gateway[] = "[trace]\nkey = { file = 'policies/trace.test-key' }\n[issuers.a]\nprofile = 'jwt'\n"
                                "issuer = 'https://a.example'\naudience = []\nalgorithms = ['HS256']\nkeys = { inline = "
                                "{ kty = 'oct', k = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' } }\n"
                                "[[routes]]\npath = '/orders'\naccept = 'a'\n";
  doorward_engine *engine = NULL;
  doorward_scratch *scratch = NULL;
  doorward_request request = doorward_request_init();
  doorward_decision decision = doorward_decision_init();
  doorward_marker marker;
  doorward_field line;
  CHECK("gateway", doorward_engine_load_text(gateway, strlen(gateway), DOORWARD_FORMAT_TOML, folder, strlen(folder), &engine,
                                             NULL) == DOORWARD_RESULT_OK);
  CHECK("scratch", doorward_scratch_new(engine, &scratch) == DOORWARD_RESULT_OK);
  request.method = doorward_str_from("GET");
  request.url = doorward_str_from("/orders?page=2");
  line.name = doorward_str_from("Authorization");
  line.value = doorward_str_from("Bearer");
  request.fields = &line;
  request.fields_len = 1;
  CHECK("refused", doorward_decide(engine, scratch, &request, at(0), &decision) == DOORWARD_RESULT_OK &&
                       decision.root_cause == DOORWARD_REASON_CREDENTIAL_MALFORMED);
  CHECK("marked", doorward_trace_marker(engine, &request, decision.root_cause, at(0), &marker) == DOORWARD_RESULT_OK &&
                      marker.len == 79 && marker.text[79] == '\0');
  line.name = doorward_str_from("X-Doorward-Trace");
  line.value.data = marker.text;
  line.value.len = marker.len;
  CHECK("traced", doorward_decide(engine, scratch, &request, at(60), &decision) == DOORWARD_RESULT_OK &&
                      decision.allowed == 0 && decision.status == 401 &&
                      decision.reason == DOORWARD_REASON_CREDENTIAL_STRIPPED_UPSTREAM &&
                      decision.root_cause == DOORWARD_REASON_CREDENTIAL_MALFORMED &&
                      decision.context.kind == DOORWARD_CONTEXT_UPSTREAM &&
                      doorward_str_is(decision.context.text, "credential_malformed") &&
                      decision.context.value.seconds == at(0).seconds);
  CHECK("too late", doorward_decide(engine, scratch, &request, at(90), &decision) == DOORWARD_RESULT_OK &&
                        decision.reason == DOORWARD_REASON_CREDENTIAL_MISSING);
  CHECK("nothing was taken away", doorward_trace_marker(engine, &request, DOORWARD_REASON_CREDENTIAL_MISSING, at(0), &marker) ==
                                          DOORWARD_RESULT_OK && marker.len == 0);
  memset(&marker, MARK, sizeof marker);
  CHECK("no reason", doorward_trace_marker(engine, &request, 1, at(0), &marker) == DOORWARD_RESULT_BAD_VALUE);
  CHECK("no request", doorward_trace_marker(engine, NULL, 209, at(0), &marker) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("no engine", doorward_trace_marker(NULL, &request, 209, at(0), &marker) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("no output was written", untouched(&marker, sizeof marker));
  doorward_scratch_free(scratch);
  doorward_engine_free(engine);
}

int main(int argc, char **argv) {
  an_answer_is_explained();
  misuse_of_diagnosing();
  a_request_recovers();
  what_is_not_taken();
  misuse_of_callers();
  if (argc > 1) a_marker_names_the_root_cause(argv[1]);
  return check_end();
}
