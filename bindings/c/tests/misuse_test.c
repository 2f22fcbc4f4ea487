/* Misuse: every pointer null, every size wrong, handles freed or of another kind, text that is not UTF-8. Each gets a code,
 * and no output is written. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "check.h"
#include "fixture.h"

/* What outputs are filled with, to see that they are left alone. */
#define MARK 0xa5

static int untouched(const void *memory, size_t len) {
  const unsigned char *bytes = memory;
  size_t i;
  for (i = 0; i < len; i += 1) {
    if (bytes[i] != MARK) return 0;
  }
  return 1;
}

static void null_arguments_of_loading(void) {
  doorward_engine *engine;
  doorward_error *error;
  const char *text = fixture_policy;
  size_t len = strlen(text);
  memset(&engine, MARK, sizeof engine);
  memset(&error, MARK, sizeof error);
  CHECK("path null", doorward_engine_from_file(NULL, 0, &engine, &error) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("path null with a length", doorward_engine_from_file(NULL, 3, &engine, &error) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("out_engine null", doorward_engine_from_file("x.toml", 6, NULL, &error) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("text null",
        doorward_engine_from_text(NULL, 0, DOORWARD_FORMAT_TOML, NULL, 0, &engine, &error) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("folder null with a length",
        doorward_engine_from_text(text, len, DOORWARD_FORMAT_TOML, NULL, 1, &engine, &error) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("out_engine of text null",
        doorward_engine_from_text(text, len, DOORWARD_FORMAT_TOML, NULL, 0, NULL, &error) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("a format that is none",
        doorward_engine_from_text(text, len, 3, NULL, 0, &engine, &error) == DOORWARD_RESULT_BAD_VALUE);
  CHECK("format 0", doorward_engine_from_text(text, len, 0, NULL, 0, &engine, &error) == DOORWARD_RESULT_BAD_VALUE);
  CHECK("a length beyond all memory",
        doorward_engine_from_text(text, SIZE_MAX, DOORWARD_FORMAT_TOML, NULL, 0, &engine, &error) == DOORWARD_RESULT_BAD_SIZE);
  CHECK("text that is not UTF-8",
        doorward_engine_from_text("\xff\xfe", 2, DOORWARD_FORMAT_TOML, NULL, 0, &engine, &error) == DOORWARD_RESULT_BAD_UTF8);
  CHECK("a folder that is not UTF-8",
        doorward_engine_from_text(text, len, DOORWARD_FORMAT_TOML, "\xc0\x80", 2, &engine, &error) == DOORWARD_RESULT_BAD_UTF8);
  CHECK("a path that is not UTF-8", doorward_engine_from_file("\xff.toml", 6, &engine, &error) == DOORWARD_RESULT_BAD_UTF8);
  CHECK("no output was written", untouched(&engine, sizeof engine) && untouched(&error, sizeof error));
}

static void load_errors(void) {
  static const char broken[] = "reaml = 'orders'\n[[routes]]\npath = ''\n";
  doorward_engine *engine;
  doorward_error *error = NULL;
  doorward_fault fault = doorward_fault_init();
  unsigned char written[sizeof fault];
  memset(&engine, MARK, sizeof engine);
  CHECK("a policy with faults",
        doorward_engine_from_text(broken, strlen(broken), DOORWARD_FORMAT_TOML, NULL, 0, &engine, &error) ==
            DOORWARD_RESULT_POLICY);
  CHECK("no engine was written", untouched(&engine, sizeof engine));
  CHECK("faults without a place for them",
        doorward_engine_from_text(broken, strlen(broken), DOORWARD_FORMAT_TOML, NULL, 0, &engine, NULL) ==
            DOORWARD_RESULT_POLICY);
  CHECK("all faults are told", doorward_error_count(error) >= 2);
  CHECK("the first fault", doorward_error_fault(error, 0, &fault) == DOORWARD_RESULT_OK);
  CHECK("its place in the text", fault.line == 1 && fault.column == 1 && fault.file.data == NULL);
  CHECK("its help", fault.message.len > 0 && fault.size == sizeof fault);
  memset(&fault, MARK, sizeof fault);
  fault.size = sizeof fault;
  memcpy(written, &fault, sizeof fault);
  CHECK("a fault beyond the last",
        doorward_error_fault(error, doorward_error_count(error), &fault) == DOORWARD_RESULT_NO_SUCH_ITEM);
  CHECK("out_fault null", doorward_error_fault(error, 0, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("error null", doorward_error_fault(NULL, 0, &fault) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("no fault was written", memcmp(written, &fault, sizeof fault) == 0);
  fault.size = sizeof fault - 1;
  CHECK("a fault of a short size", doorward_error_fault(error, 0, &fault) == DOORWARD_RESULT_BAD_SIZE);
  CHECK("an error that is null has no text", doorward_error_text(NULL).data == NULL && doorward_error_count(NULL) == 0);
  doorward_error_free(error);
  CHECK("a freed error has no text", doorward_error_text(error).data == NULL && doorward_error_count(error) == 0);
  CHECK("a freed error has no fault", doorward_error_fault(error, 0, &fault) != DOORWARD_RESULT_OK);
  doorward_error_free(error);
  doorward_error_free(NULL);
  error = NULL;
  CHECK("a file that is not there",
        doorward_engine_from_file("no/such/policy.toml", 19, &engine, &error) == DOORWARD_RESULT_POLICY);
  CHECK("the file is named", doorward_error_text(error).len > 19);
  fault = doorward_fault_init();
  CHECK("its fault", doorward_error_fault(error, 0, &fault) == DOORWARD_RESULT_OK);
  CHECK("its file", doorward_str_is(fault.file, "no/such/policy.toml") && fault.line == 0);
  doorward_error_free(error);
}

static void null_arguments_of_handles(doorward_engine *engine) {
  doorward_engine *other;
  doorward_scratch *scratch;
  doorward_engine_facts facts = doorward_engine_facts_init();
  unsigned char before[sizeof facts];
  memset(&other, MARK, sizeof other);
  memset(&scratch, MARK, sizeof scratch);
  CHECK("share of null", doorward_engine_share(NULL, &other) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("share into null", doorward_engine_share(engine, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("a scratch of null", doorward_scratch_new(NULL, &scratch) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("a scratch into null", doorward_scratch_new(engine, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("no handle was written", untouched(&other, sizeof other) && untouched(&scratch, sizeof scratch));
  CHECK("warming of null", doorward_engine_warm_thread(NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("facts of null", doorward_engine_describe(NULL, &facts) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("facts into null", doorward_engine_describe(engine, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  memset(&facts, MARK, sizeof facts);
  facts.size = 8;
  memcpy(before, &facts, sizeof facts);
  CHECK("facts of a short size", doorward_engine_describe(engine, &facts) == DOORWARD_RESULT_BAD_SIZE);
  CHECK("no fact was written", memcmp(before, &facts, sizeof facts) == 0);
  facts = doorward_engine_facts_init();
  CHECK("facts", doorward_engine_describe(engine, &facts) == DOORWARD_RESULT_OK);
  CHECK("the facts are those of the policy", facts.issuers == 1 && facts.routes == 2 && facts.reads_body == 0 &&
                                                facts.form_limit == 3 * 8192 + 65536);
  CHECK("it looks at Authorization", facts.fields_len >= 1 && doorward_str_is(facts.fields[0], "authorization"));
  doorward_engine_free(NULL);
  doorward_scratch_free(NULL);
}

static void freed_handles(void) {
  doorward_engine *engine = fixture_engine(), *shared = NULL, *other;
  doorward_scratch *scratch = NULL, *another;
  doorward_field line;
  doorward_request request = fixture_request(&line, FIXTURE_ALICE);
  doorward_decision decision = doorward_decision_init();
  doorward_engine_facts facts = doorward_engine_facts_init();
  memset(&other, MARK, sizeof other);
  memset(&another, MARK, sizeof another);
  CHECK("share", doorward_engine_share(engine, &shared) == DOORWARD_RESULT_OK && shared != engine);
  CHECK("a scratch", doorward_scratch_new(engine, &scratch) == DOORWARD_RESULT_OK);
  doorward_engine_free(engine);
  CHECK("a freed engine does not decide",
        doorward_decide(engine, scratch, &request, fixture_now(), &decision) == DOORWARD_RESULT_BAD_HANDLE);
  CHECK("a freed engine is not shared", doorward_engine_share(engine, &other) == DOORWARD_RESULT_BAD_HANDLE);
  CHECK("a freed engine has no scratch", doorward_scratch_new(engine, &another) == DOORWARD_RESULT_BAD_HANDLE);
  CHECK("a freed engine has no facts", doorward_engine_describe(engine, &facts) == DOORWARD_RESULT_BAD_HANDLE);
  CHECK("a freed engine warms nothing", doorward_engine_warm_thread(engine) == DOORWARD_RESULT_BAD_HANDLE);
  CHECK("no handle was written", untouched(&other, sizeof other) && untouched(&another, sizeof another));
  CHECK("the other handle goes on",
        doorward_decide(shared, scratch, &request, fixture_now(), &decision) == DOORWARD_RESULT_OK && decision.allowed == 1);
  doorward_engine_free(engine);
  doorward_engine_free(shared);
  doorward_scratch_free(scratch);
  engine = fixture_engine();
  CHECK("a freed scratch does not decide",
        doorward_decide(engine, scratch, &request, fixture_now(), &decision) == DOORWARD_RESULT_BAD_HANDLE);
  doorward_scratch_free(scratch);
  /* A handle of one kind as one of another; what is behind a scratch's memory is no engine. */
  CHECK("an engine is no scratch", doorward_decide(engine, (doorward_scratch *)(void *)engine, &request, fixture_now(),
                                                   &decision) == DOORWARD_RESULT_BAD_HANDLE);
  CHECK("a scratch is made", doorward_scratch_new(engine, &scratch) == DOORWARD_RESULT_OK);
  CHECK("a scratch is no engine", doorward_decide((const doorward_engine *)(void *)scratch, scratch, &request, fixture_now(),
                                                  &decision) == DOORWARD_RESULT_BAD_HANDLE);
  doorward_engine_free((doorward_engine *)(void *)scratch);
  doorward_error_free((doorward_error *)(void *)scratch);
  CHECK("freeing it as something else left it alone",
        doorward_decide(engine, scratch, &request, fixture_now(), &decision) == DOORWARD_RESULT_OK);
  doorward_scratch_free(scratch);
  doorward_engine_free(engine);
}

/* A request that must get `expected`, and a decision that must stay as it is. */
static void refused(const char *name, doorward_result expected, const doorward_engine *engine, doorward_scratch *scratch,
                    const doorward_request *request, doorward_time now) {
  doorward_decision decision;
  unsigned char before[sizeof decision];
  memset(&decision, MARK, sizeof decision);
  decision.size = sizeof decision;
  memcpy(before, &decision, sizeof decision);
  CHECK(name, doorward_decide(engine, scratch, request, now, &decision) == expected);
  CHECK(name, memcmp(before, &decision, sizeof decision) == 0);
}

static void arguments_of_decide(const doorward_engine *engine, doorward_scratch *scratch) {
  doorward_field line, lines[2];
  doorward_request good = fixture_request(&line, FIXTURE_ALICE), bad;
  doorward_time now = fixture_now(), broken_time = fixture_now();
  doorward_decision decision = doorward_decision_init();
  doorward_str chain[2];
  doorward_engine *other = fixture_engine();
  doorward_scratch *foreign = NULL;
  refused("engine null", DOORWARD_RESULT_NULL_ARGUMENT, NULL, scratch, &good, now);
  refused("scratch null", DOORWARD_RESULT_NULL_ARGUMENT, engine, NULL, &good, now);
  refused("request null", DOORWARD_RESULT_NULL_ARGUMENT, engine, scratch, NULL, now);
  CHECK("out_decision null", doorward_decide(engine, scratch, &good, now, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  broken_time.nanos = 1000000000;
  refused("a second too many", DOORWARD_RESULT_BAD_VALUE, engine, scratch, &good, broken_time);
  bad = good, bad.size = 0;
  refused("a request without a size", DOORWARD_RESULT_BAD_SIZE, engine, scratch, &bad, now);
  bad = good, bad.size = sizeof bad - 1;
  refused("a request that is too short", DOORWARD_RESULT_BAD_SIZE, engine, scratch, &bad, now);
  bad = good, bad.size = SIZE_MAX;
  refused("a request of garbage", DOORWARD_RESULT_BAD_SIZE, engine, scratch, &bad, now);
  bad = good, bad.method.data = NULL;
  refused("a method of null with a length", DOORWARD_RESULT_NULL_ARGUMENT, engine, scratch, &bad, now);
  bad = good, bad.url.data = NULL;
  refused("a target of null with a length", DOORWARD_RESULT_NULL_ARGUMENT, engine, scratch, &bad, now);
  bad = good, bad.url.len = SIZE_MAX;
  refused("a target beyond all memory", DOORWARD_RESULT_BAD_SIZE, engine, scratch, &bad, now);
  bad = good, bad.body.len = 1;
  refused("a body of null with a length", DOORWARD_RESULT_NULL_ARGUMENT, engine, scratch, &bad, now);
  bad = good, bad.fields = NULL;
  refused("lines of null with a number", DOORWARD_RESULT_NULL_ARGUMENT, engine, scratch, &bad, now);
  bad = good, bad.fields_len = SIZE_MAX / 8;
  refused("lines beyond all memory", DOORWARD_RESULT_BAD_SIZE, engine, scratch, &bad, now);
  bad = good, bad.client_chain_len = 1;
  refused("certificates of null with a number", DOORWARD_RESULT_NULL_ARGUMENT, engine, scratch, &bad, now);
  chain[0] = doorward_str_from("der");
  chain[1].data = NULL;
  chain[1].len = 3;
  bad = good, bad.client_chain = chain, bad.client_chain_len = 2;
  refused("a certificate of null with a length", DOORWARD_RESULT_NULL_ARGUMENT, engine, scratch, &bad, now);
  bad = good, bad.peer = doorward_str_from("\xff");
  CHECK("a peer that is no text is nobody's address",
        doorward_decide(engine, scratch, &bad, now, &decision) == DOORWARD_RESULT_OK && decision.allowed == 1);
  bad = good, bad.peer = doorward_str_from("unix:");
  CHECK("nor is one without an address",
        doorward_decide(engine, scratch, &bad, now, &decision) == DOORWARD_RESULT_OK && decision.allowed == 1);
  bad = good, bad.peer.len = 1;
  refused("a peer of null with a length", DOORWARD_RESULT_NULL_ARGUMENT, engine, scratch, &bad, now);
  decision = doorward_decision_init();
  lines[0] = line, lines[1] = line, lines[1].value.data = NULL;
  bad = good, bad.fields = lines, bad.fields_len = 2;
  refused("a line of null with a length", DOORWARD_RESULT_NULL_ARGUMENT, engine, scratch, &bad, now);
  bad = good, bad.fields = (const doorward_field *)(const void *)((const char *)&line + 1);
  refused("lines that are not aligned", DOORWARD_RESULT_BAD_VALUE, engine, scratch, &bad, now);
  decision.size = offsetof(doorward_decision, has_retry_after) - 1; /* shorter than any version was */
  CHECK("a decision that is too short", doorward_decide(engine, scratch, &good, now, &decision) == DOORWARD_RESULT_BAD_SIZE);
  decision.size = 0;
  CHECK("a decision without a size", doorward_decide(engine, scratch, &good, now, &decision) == DOORWARD_RESULT_BAD_SIZE);
  CHECK("another engine's scratch", doorward_scratch_new(other, &foreign) == DOORWARD_RESULT_OK);
  refused("another engine's scratch", DOORWARD_RESULT_SCRATCH_FOREIGN, engine, foreign, &good, now);
  doorward_scratch_free(foreign);
  doorward_engine_free(other);
  bad = doorward_request_init();
  decision = doorward_decision_init();
  CHECK("a request of nothing gets a refusal",
        doorward_decide(engine, scratch, &bad, now, &decision) == DOORWARD_RESULT_OK && decision.allowed == 0);
}

/* Structs of a later version: longer, with what this library does not know. */
static void later_versions(const doorward_engine *engine, doorward_scratch *scratch) {
  struct {
    doorward_request request;
    unsigned char more[24];
  } longer;
  struct {
    doorward_decision decision;
    unsigned char more[24];
    unsigned char behind[8];
  } into;
  doorward_field line;
  size_t i;
  int zeros = 1;
  memset(&longer, 0, sizeof longer);
  longer.request = fixture_request(&line, FIXTURE_ALICE);
  longer.request.size = sizeof longer;
  memset(&into, MARK, sizeof into);
  into.decision.size = sizeof into.decision + sizeof into.more;
  CHECK("a longer request and a longer decision",
        doorward_decide(engine, scratch, &longer.request, fixture_now(), &into.decision) == DOORWARD_RESULT_OK);
  for (i = 0; i < sizeof into.more; i += 1) zeros = zeros && into.more[i] == 0;
  CHECK("what is not known is zero", zeros && into.decision.allowed == 1);
  CHECK("nothing is written behind it", untouched(into.behind, sizeof into.behind));
  CHECK("its size stays the caller's", into.decision.size == sizeof into.decision + sizeof into.more);
  longer.more[0] = 1;
  refused("a request that asks for more than is known", DOORWARD_RESULT_BAD_SIZE, engine, scratch, &longer.request,
          fixture_now());
}

static void many_lines(const doorward_engine *engine, doorward_scratch *scratch) {
  static doorward_field lines[DOORWARD_FIELDS_MAX + 1000];
  size_t count = sizeof lines / sizeof lines[0], i;
  doorward_decision decision = doorward_decision_init();
  doorward_field line;
  doorward_request request = fixture_request(&line, FIXTURE_ALICE);
  for (i = 0; i < count; i += 1) {
    lines[i].name = doorward_str_from("X-Other");
    lines[i].value = doorward_str_from("words");
  }
  lines[count - 1] = line;
  request.fields = lines;
  request.fields_len = count;
  CHECK("lines of other fields do not count",
        doorward_decide(engine, scratch, &request, fixture_now(), &decision) == DOORWARD_RESULT_OK && decision.allowed == 1);
  for (i = 0; i < count; i += 1) lines[i] = line;
  for (i = 2; i <= DOORWARD_FIELDS_MAX; i += 1) {
    request.fields_len = i;
    if (doorward_decide(engine, scratch, &request, fixture_now(), &decision) != DOORWARD_RESULT_OK ||
        decision.reason != DOORWARD_REASON_CREDENTIALS_AMBIGUOUS) {
      break;
    }
  }
  CHECK("every number of lines up to the most is ambiguous", i == DOORWARD_FIELDS_MAX + 1);
  request.fields_len = DOORWARD_FIELDS_MAX + 1;
  refused("one line too many", DOORWARD_RESULT_TOO_MANY_FIELDS, engine, scratch, &request, fixture_now());
}

static void names(void) {
  uint32_t i;
  int named = 1;
  for (i = DOORWARD_RESULT_OK; i <= DOORWARD_RESULT_REFUSED; i += 1) named = named && doorward_result_text(i).len > 0;
  CHECK("every result has a text", named);
  CHECK("no other has", doorward_result_text(DOORWARD_RESULT_REFUSED + 1).data == NULL);
  CHECK("0 has no code", doorward_outcome_code(0).data == NULL && doorward_recovery_code(0).data == NULL &&
                             doorward_signal_code(0).data == NULL && doorward_disclosure_code(0).data == NULL &&
                             doorward_grounds_code(0).data == NULL && doorward_credential_kind_code(0).data == NULL &&
                             doorward_reason_code(0).data == NULL);
  CHECK("nor has a number beyond all", doorward_outcome_code(UINT32_MAX).data == NULL &&
                                           doorward_reason_sentence(UINT16_MAX).data == NULL &&
                                           doorward_recovery_advice(UINT32_MAX).data == NULL);
  CHECK("codes are those of the vocabulary",
        doorward_str_is(doorward_outcome_code(DOORWARD_OUTCOME_BAD_REQUEST), "bad_request") &&
            doorward_str_is(doorward_recovery_code(DOORWARD_RECOVERY_STEP_UP), "step_up") &&
            doorward_str_is(doorward_signal_code(DOORWARD_SIGNAL_ATTACK), "attack") &&
            doorward_str_is(doorward_disclosure_code(DOORWARD_DISCLOSURE_REASON), "reason") &&
            doorward_str_is(doorward_grounds_code(DOORWARD_GROUNDS_PREFLIGHT), "preflight") &&
            doorward_str_is(doorward_credential_kind_code(DOORWARD_CREDENTIAL_KIND_BEARER), "bearer") &&
            doorward_str_is(doorward_reason_code(DOORWARD_REASON_TOKEN_EXPIRED), "token_expired"));
  CHECK("reasons have words for people", doorward_reason_sentence(DOORWARD_REASON_TOKEN_EXPIRED).len > 0 &&
                                             doorward_reason_operator(DOORWARD_REASON_TOKEN_EXPIRED).len > 0);
  CHECK("the clock runs", doorward_now().seconds > 1700000000 && doorward_now().nanos < 1000000000);
}

int main(void) {
  doorward_engine *engine = fixture_engine();
  doorward_scratch *scratch = NULL;
  CHECK("the policy loads", engine != NULL);
  CHECK("a scratch is made", doorward_scratch_new(engine, &scratch) == DOORWARD_RESULT_OK);
  null_arguments_of_loading();
  load_errors();
  null_arguments_of_handles(engine);
  freed_handles();
  arguments_of_decide(engine, scratch);
  later_versions(engine, scratch);
  many_lines(engine, scratch);
  names();
  doorward_scratch_free(scratch);
  doorward_engine_free(engine);
  return check_end();
}
