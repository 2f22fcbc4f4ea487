/* What keeps an engine up to date: keys that are supplied, revocations, a policy that is loaded anew, waiting, status, events,
 * limits; and each of these functions misused. */
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "fetched.h"
#include "fixture.h"
#include "json.h"

#define MARK 0xa5

/* The sizes that structs had before they grew. */
#define FIRST_FACTS offsetof(doorward_engine_facts, policy_epoch)
#define FIRST_DECISION offsetof(doorward_decision, has_retry_after)

static doorward_engine *load(unsigned port, const char *more) {
  char policy[1024];
  doorward_engine *engine = NULL;
  fetched_policy(policy, sizeof policy, port, more);
  if (doorward_engine_load_text(policy, strlen(policy), DOORWARD_FORMAT_TOML, NULL, 0, &engine, NULL) != DOORWARD_RESULT_OK) {
    exit(2);
  }
  return engine;
}

static doorward_scratch *scratch_of(const doorward_engine *engine) {
  doorward_scratch *scratch = NULL;
  if (doorward_scratch_new(engine, &scratch) != DOORWARD_RESULT_OK) exit(2);
  return scratch;
}

static doorward_result supply(const doorward_engine *engine, const char *issuer, const char *keys, doorward_error **error) {
  return doorward_engine_supply_keys(engine, issuer, issuer ? strlen(issuer) : 0, keys, keys ? strlen(keys) : 0, fixture_now(),
                                     error);
}

static int contains(doorward_str text, const char *word) {
  size_t len = strlen(word), at;
  for (at = 0; text.data != NULL && at + len <= text.len; at += 1) {
    if (memcmp(text.data + at, word, len) == 0) return 1;
  }
  return 0;
}

static int has_header(const doorward_decision *decision, const char *name, const char *value) {
  size_t i;
  for (i = 0; i < decision->headers_len; i += 1) {
    if (doorward_str_is(decision->headers[i].name, name) && doorward_str_is(decision->headers[i].value, value)) return 1;
  }
  return 0;
}

static void supplied_keys(void) {
  doorward_engine *engine = load(9, "");
  doorward_scratch *scratch = scratch_of(engine);
  doorward_error *error = NULL;
  doorward_decision decision = fetched_decide(engine, scratch, FETCHED_ERIN, fixture_now(), NULL);
  char wait[32];
  snprintf(wait, sizeof wait, "%lu", (unsigned long)decision.retry_after);
  CHECK("without keys it is 503", decision.status == 503 && decision.reason == DOORWARD_REASON_TRUST_UNAVAILABLE &&
                                      decision.recovery == DOORWARD_RECOVERY_WAIT && decision.may_resend == 1);
  CHECK("with a wait that is a header, too", decision.has_retry_after == 1 && decision.retry_after >= 1 &&
                                                 has_header(&decision, "Retry-After", wait));
  CHECK("an issuer that is none", supply(engine, "crop", FETCHED_KEYS, &error) == DOORWARD_RESULT_REFUSED);
  CHECK("the error names what was meant", contains(doorward_error_text(error), "did you mean `corp`?") &&
                                              doorward_error_count(error) == 1);
  doorward_error_free(error);
  error = NULL;
  CHECK("keys that are none", supply(engine, "corp", "{\"keys\":7}", &error) == DOORWARD_RESULT_REFUSED && error != NULL);
  doorward_error_free(error);
  CHECK("nobody has to listen", supply(engine, "corp", "", NULL) == DOORWARD_RESULT_REFUSED);
  CHECK("nothing has changed", fetched_decide(engine, scratch, FETCHED_ERIN, fixture_now(), NULL).status == 503);
  CHECK("issuer null", supply(engine, NULL, FETCHED_KEYS, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("keys null", supply(engine, "corp", NULL, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("keys that are not UTF-8", supply(engine, "corp", "\xff", NULL) == DOORWARD_RESULT_BAD_UTF8);
  CHECK("engine null", supply(NULL, "corp", FETCHED_KEYS, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("keys", supply(engine, "corp", FETCHED_KEYS, NULL) == DOORWARD_RESULT_OK);
  decision = fetched_decide(engine, scratch, FETCHED_ERIN, fixture_now(), NULL);
  CHECK("they are in force at the next decision", decision.allowed == 1 && decision.has_retry_after == 0 && decision.retry_after == 0);
  CHECK("a set without keys", supply(engine, "corp", "{\"keys\":[]}", NULL) == DOORWARD_RESULT_OK);
  decision = fetched_decide(engine, scratch, FETCHED_ERIN, fixture_now(), NULL);
  CHECK("revokes all, those who were in as well", decision.status == 401 && decision.reason == DOORWARD_REASON_KEY_UNKNOWN);
  doorward_scratch_free(scratch);
  doorward_engine_free(engine);
}

static doorward_result revoke(const doorward_engine *engine, uint32_t kind, const char *name, int64_t time) {
  doorward_revocation revocation = doorward_revocation_init();
  revocation.kind = kind;
  revocation.issuer = doorward_str_from("corp");
  revocation.name = doorward_str_from(name);
  revocation.has_time = time != 0;
  revocation.time.seconds = time;
  return doorward_engine_revoke(engine, &revocation, NULL);
}

static void revocations(void) {
  static const struct {
    const char *name;
    uint32_t kind;
    const char *what;
    int64_t time;
    int erin, frank;
  } rows[] = {
      {"a token", DOORWARD_REVOCATION_TOKEN, "e", 0, 0, 1},
      {"a subject", DOORWARD_REVOCATION_SUBJECT, "erin", 0, 0, 1},
      {"a subject for a time", DOORWARD_REVOCATION_SUBJECT, "erin", FIXTURE_NOW + 60, 0, 1},
      {"a subject for a time that is over", DOORWARD_REVOCATION_SUBJECT, "erin", FIXTURE_NOW - 60, 1, 1},
      {"all before a time", DOORWARD_REVOCATION_ISSUED_BEFORE, NULL, 1700000001, 0, 0},
      {"all before an earlier time", DOORWARD_REVOCATION_ISSUED_BEFORE, NULL, 1700000000, 1, 1},
      {"a key", DOORWARD_REVOCATION_KEY, "k", 0, 0, 0},
      {"another key", DOORWARD_REVOCATION_KEY, "l", 0, 1, 1},
  };
  size_t i;
  doorward_revocation bad = doorward_revocation_init();
  doorward_error *error = NULL;
  doorward_engine *engine = NULL;
  for (i = 0; i < sizeof rows / sizeof rows[0]; i += 1) {
    doorward_scratch *scratch;
    doorward_decision erin, frank;
    engine = load(9, "");
    scratch = scratch_of(engine);
    CHECK("keys", supply(engine, "corp", FETCHED_KEYS, NULL) == DOORWARD_RESULT_OK);
    CHECK("both are known", fetched_decide(engine, scratch, FETCHED_ERIN, fixture_now(), NULL).allowed == 1 &&
                                fetched_decide(engine, scratch, FETCHED_FRANK, fixture_now(), NULL).allowed == 1);
    CHECK(rows[i].name, revoke(engine, rows[i].kind, rows[i].what, rows[i].time) == DOORWARD_RESULT_OK);
    erin = fetched_decide(engine, scratch, FETCHED_ERIN, fixture_now(), NULL);
    CHECK(rows[i].name, rows[i].erin ? erin.allowed == 1 : erin.reason == DOORWARD_REASON_TOKEN_REVOKED && erin.status == 401);
    frank = fetched_decide(engine, scratch, FETCHED_FRANK, fixture_now(), NULL);
    CHECK(rows[i].name, rows[i].frank ? frank.allowed == 1 : frank.reason == DOORWARD_REASON_TOKEN_REVOKED);
    doorward_scratch_free(scratch);
    if (i + 1 < sizeof rows / sizeof rows[0]) doorward_engine_free(engine);
  }
  CHECK("a token without its jti", revoke(engine, DOORWARD_REVOCATION_TOKEN, NULL, 0) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("a token with a time", revoke(engine, DOORWARD_REVOCATION_TOKEN, "e", 7) == DOORWARD_RESULT_BAD_VALUE);
  CHECK("a key with a time", revoke(engine, DOORWARD_REVOCATION_KEY, "k", 7) == DOORWARD_RESULT_BAD_VALUE);
  CHECK("no time before which", revoke(engine, DOORWARD_REVOCATION_ISSUED_BEFORE, NULL, 0) == DOORWARD_RESULT_BAD_VALUE);
  CHECK("a time with a name", revoke(engine, DOORWARD_REVOCATION_ISSUED_BEFORE, "e", 7) == DOORWARD_RESULT_BAD_VALUE);
  CHECK("no kind", revoke(engine, 0, "e", 0) == DOORWARD_RESULT_BAD_VALUE);
  CHECK("a kind that is none", revoke(engine, 5, "e", 0) == DOORWARD_RESULT_BAD_VALUE);
  CHECK("a name that is not UTF-8", revoke(engine, DOORWARD_REVOCATION_TOKEN, "\xff", 0) == DOORWARD_RESULT_BAD_UTF8);
  CHECK("revocation null", doorward_engine_revoke(engine, NULL, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  bad.kind = DOORWARD_REVOCATION_KEY;
  bad.name = doorward_str_from("k");
  CHECK("issuer null", doorward_engine_revoke(engine, &bad, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  bad.issuer = doorward_str_from("crop");
  CHECK("an issuer that is none", doorward_engine_revoke(engine, &bad, &error) == DOORWARD_RESULT_REFUSED);
  CHECK("the error says so", contains(doorward_error_text(error), "crop"));
  doorward_error_free(error);
  CHECK("engine null", doorward_engine_revoke(NULL, &bad, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  bad.has_time = 2;
  CHECK("a flag that is none", doorward_engine_revoke(engine, &bad, NULL) == DOORWARD_RESULT_BAD_VALUE);
  bad.size = 8;
  CHECK("a revocation that is too short", doorward_engine_revoke(engine, &bad, NULL) == DOORWARD_RESULT_BAD_SIZE);
  doorward_engine_free(engine);
}

static void write_policy(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0) exit(2);
}

/* The fixture's policy with a warning, and with challenges that are long. */
static void write_longer(const char *path) {
  static char text[16384];
  int i;
  strcpy(text, "resource_metadata = \"https://api.example/");
  for (i = 0; i < 400; i += 1) strcat(text, "metadata");
  strcat(text, "\"\n");
  strcat(text, fixture_policy);
  strcat(text, "[[routes]]\npath = \"/forms\"\nmethods = [\"post\"]\naccept = \"anyone\"\n");
  write_policy(path, text);
}

static void reloads(void) {
  char path[] = "/tmp/doorward-upkeep-XXXXXX", named[sizeof path + 5];
  int made = mkstemp(path);
  doorward_engine *engine = NULL;
  doorward_scratch *scratch;
  doorward_error *error = NULL;
  doorward_engine_facts before = doorward_engine_facts_init(), after = before, again = before;
  doorward_decision decision = doorward_decision_init();
  doorward_field line;
  doorward_request request = fixture_request(&line, FIXTURE_ALICE);
  const doorward_str *fields;
  size_t challenge;
  if (made < 0) exit(2);
  close(made);
  snprintf(named, sizeof named, "%s.toml", path);
  write_policy(named, fixture_policy);
  CHECK("it loads", doorward_engine_load_file(named, strlen(named), &engine, NULL) == DOORWARD_RESULT_OK);
  scratch = scratch_of(engine);
  CHECK("facts", doorward_engine_describe(engine, &before) == DOORWARD_RESULT_OK && before.warnings_len == 0);
  fields = before.fields;
  CHECK("alice comes in", doorward_decide(engine, scratch, &request, fixture_now(), &decision) == DOORWARD_RESULT_OK &&
                              decision.allowed == 1);
  write_policy(named, "reaml = 'orders'\n");
  CHECK("a broken file", doorward_engine_reload(engine, &error) == DOORWARD_RESULT_POLICY);
  CHECK("is named with its line", contains(doorward_error_text(error), ".toml:1:1: ") && doorward_error_count(error) >= 1);
  doorward_error_free(error);
  CHECK("nobody has to listen", doorward_engine_reload(engine, NULL) == DOORWARD_RESULT_POLICY);
  CHECK("the views of a decision live on", doorward_str_is(decision.principal.subject, "alice") &&
                                               doorward_str_is(decision.principal.issuer_name, "corp"));
  CHECK("the one before stays in force", doorward_decide(engine, scratch, &request, fixture_now(), &decision) ==
                                             DOORWARD_RESULT_OK && decision.allowed == 1);
  write_longer(named);
  CHECK("a good one", doorward_engine_reload(engine, &error) == DOORWARD_RESULT_OK);
  CHECK("the views of a decision live on", doorward_str_is(decision.principal.issuer_name, "corp") &&
                                               doorward_str_is(decision.path, "/orders/7"));
  CHECK("is in force", doorward_engine_describe(engine, &after) == DOORWARD_RESULT_OK && after.routes == 3 &&
                           after.policy_epoch != before.policy_epoch);
  CHECK("its warnings are told", after.warnings_len == 1 && after.warnings[0].len > 0);
  request.fields_len = 0;
  CHECK("a scratch of before has room for longer answers",
        doorward_decide(engine, scratch, &request, fixture_now(), &decision) == DOORWARD_RESULT_OK && decision.status == 401 &&
            decision.challenges_len == 1);
  challenge = decision.challenges_len == 1 ? decision.challenges[0].len : 0;
  CHECK("with the whole challenge", challenge > 3200 && decision.challenges[0].data[challenge - 1] == '"');
  CHECK("again", doorward_decide(engine, scratch, &request, fixture_now(), &decision) == DOORWARD_RESULT_OK &&
                     decision.challenges[0].len == challenge);
  write_policy(named, fixture_policy);
  CHECK("back", doorward_engine_reload(engine, NULL) == DOORWARD_RESULT_OK);
  CHECK("the same facts are the same views", doorward_engine_describe(engine, &again) == DOORWARD_RESULT_OK &&
                                                 again.fields == fields && again.warnings_len == 0);
  CHECK("the views of all facts live on", doorward_str_is(before.fields[0], "authorization") &&
                                              contains(after.warnings[0], "methods have a case"));
  remove(named);
  remove(path);
  CHECK("a file that is gone", doorward_engine_reload(engine, NULL) == DOORWARD_RESULT_POLICY);
  CHECK("reload of null", doorward_engine_reload(NULL, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  doorward_scratch_free(scratch);
  doorward_engine_free(engine);
}

/* A loopback port on which nobody listens. */
static unsigned closed_port(void) {
  struct sockaddr_in address;
  socklen_t len = sizeof address;
  int probe = socket(AF_INET, SOCK_STREAM, 0);
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (probe < 0 || bind(probe, (struct sockaddr *)&address, sizeof address) != 0 ||
      getsockname(probe, (struct sockaddr *)&address, &len) != 0) {
    exit(2);
  }
  close(probe);
  return ntohs(address.sin_port);
}

static void waiting_and_events(void) {
  doorward_engine *engine = load(closed_port(), ""), *given = fixture_engine();
  doorward_error *error = NULL;
  doorward_fault fault = doorward_fault_init();
  doorward_events *events = NULL;
  doorward_event event = doorward_event_init();
  memset(&events, 0, sizeof events);
  CHECK("nothing happened yet", doorward_engine_take_events(engine, &events) == DOORWARD_RESULT_OK && events == NULL);
  CHECK("keys that do not come", doorward_engine_ready(engine, 1000, &error) == DOORWARD_RESULT_NOT_READY);
  CHECK("the issuer is named", doorward_error_count(error) == 1 && doorward_error_fault(error, 0, &fault) == DOORWARD_RESULT_OK &&
                                   doorward_str_is(fault.place, "issuers.corp") && contains(fault.message, "no keys yet: "));
  doorward_error_free(error);
  CHECK("nobody has to listen", doorward_engine_ready(engine, 0, NULL) == DOORWARD_RESULT_NOT_READY);
  CHECK("keys that are given are there", doorward_engine_ready(given, 0, NULL) == DOORWARD_RESULT_OK);
  CHECK("ready of null", doorward_engine_ready(NULL, 0, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("start", doorward_engine_start(given) == DOORWARD_RESULT_OK && doorward_engine_start(engine) == DOORWARD_RESULT_OK);
  CHECK("start of null", doorward_engine_start(NULL) == DOORWARD_RESULT_NULL_ARGUMENT &&
                             doorward_engine_start_when_deciding(NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("events", doorward_engine_take_events(engine, &events) == DOORWARD_RESULT_OK && doorward_events_count(events) == 1);
  CHECK("the failure is one", doorward_events_item(events, 0, &event) == DOORWARD_RESULT_OK &&
                                  event.kind == DOORWARD_EVENT_KEYS_FAILED && event.is_fault == 1 &&
                                  contains(event.text, "issuers.corp: keys not loaded: unreachable: "));
  CHECK("there is no other", doorward_events_item(events, 1, &event) == DOORWARD_RESULT_NO_SUCH_ITEM);
  CHECK("out_event null", doorward_events_item(events, 0, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  event.size = 8;
  CHECK("an event that is too short", doorward_events_item(events, 0, &event) == DOORWARD_RESULT_BAD_SIZE);
  event.size = sizeof event;
  doorward_events_free(events);
  CHECK("freed events are none", doorward_events_count(events) == 0 &&
                                     doorward_events_item(events, 0, &event) == DOORWARD_RESULT_BAD_HANDLE);
  doorward_events_free(events);
  doorward_events_free(NULL);
  CHECK("events are taken once", doorward_engine_take_events(engine, &events) == DOORWARD_RESULT_OK && events == NULL);
  CHECK("reloads are events, but not faults",
        doorward_engine_reload(engine, NULL) == DOORWARD_RESULT_OK &&
            doorward_engine_take_events(engine, &events) == DOORWARD_RESULT_OK && doorward_events_count(events) >= 1 &&
            doorward_events_item(events, 0, &event) == DOORWARD_RESULT_OK && event.kind == DOORWARD_EVENT_POLICY_RELOADED &&
            event.is_fault == 0);
  doorward_events_free(events);
  CHECK("events of null", doorward_engine_take_events(NULL, &events) == DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("events into null", doorward_engine_take_events(engine, NULL) == DOORWARD_RESULT_NULL_ARGUMENT);
  doorward_engine_free(engine);
  doorward_engine_free(given);
}

static void statuses(void) {
  doorward_engine *engine = load(9, "");
  doorward_text *text = NULL, *none;
  doorward_str page;
  json *root;
  doorward_time bad = {0, 1000000000};
  memset(&none, MARK, sizeof none);
  CHECK("keys", supply(engine, "corp", FETCHED_KEYS, NULL) == DOORWARD_RESULT_OK);
  CHECK("a page", doorward_engine_status(engine, fixture_now(), DOORWARD_STATUS_TEXT, &text) == DOORWARD_RESULT_OK);
  page = doorward_text_view(text);
  CHECK("for people", contains(page, "corp") && contains(page, "https://idp.example") && contains(page, "fresh"));
  doorward_text_free(text);
  CHECK("a freed text has no view", doorward_text_view(text).data == NULL);
  doorward_text_free(text);
  doorward_text_free(NULL);
  CHECK("null has none", doorward_text_view(NULL).data == NULL);
  CHECK("an object", doorward_engine_status(engine, fixture_now(), DOORWARD_STATUS_JSON, &text) == DOORWARD_RESULT_OK);
  page = doorward_text_view(text);
  root = json_read(page.data, page.len);
  CHECK("for programs", root != NULL && json_member(root, "issuers") != NULL && json_member(root, "issuers")->children == 1 &&
                            strcmp(json_member(json_member(root, "issuers")->child, "trust")->text, "fresh") == 0);
  CHECK("its memory is the engine's", doorward_engine_memory(engine) > 0 && json_member(root, "memory") != NULL &&
                                          strtoull(json_member(root, "memory")->raw, NULL, 10) == doorward_engine_memory(engine));
  json_free(root);
  doorward_text_free(text);
  CHECK("a format that is none", doorward_engine_status(engine, fixture_now(), 3, &none) == DOORWARD_RESULT_BAD_VALUE);
  CHECK("a second too many", doorward_engine_status(engine, bad, DOORWARD_STATUS_TEXT, &none) == DOORWARD_RESULT_BAD_VALUE);
  CHECK("status of null", doorward_engine_status(NULL, fixture_now(), DOORWARD_STATUS_TEXT, &none) ==
                              DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("status into null", doorward_engine_status(engine, fixture_now(), DOORWARD_STATUS_TEXT, NULL) ==
                                DOORWARD_RESULT_NULL_ARGUMENT);
  CHECK("another handle is no engine", doorward_engine_status((doorward_engine *)(void *)text, fixture_now(), 1, &none) ==
                                           DOORWARD_RESULT_BAD_HANDLE);
  CHECK("memory of null", doorward_engine_memory(NULL) == 0);
  doorward_engine_free(engine);
  CHECK("a freed engine has none of it", doorward_engine_memory(engine) == 0 &&
                                             doorward_engine_status(engine, fixture_now(), 1, &none) == DOORWARD_RESULT_BAD_HANDLE &&
                                             doorward_engine_start(engine) == DOORWARD_RESULT_BAD_HANDLE &&
                                             doorward_engine_reload(engine, NULL) == DOORWARD_RESULT_BAD_HANDLE);
}

static void limits(void) {
  doorward_engine *engine = load(9, "[limit]\nfailures = 3\nper = \"1h\"\nby = \"peer\"\n");
  doorward_scratch *scratch = scratch_of(engine);
  doorward_decision decision;
  int i, refused = 0;
  CHECK("keys", supply(engine, "corp", FETCHED_KEYS, NULL) == DOORWARD_RESULT_OK);
  CHECK("erin is known", fetched_decide(engine, scratch, FETCHED_ERIN, fixture_now(), "192.0.2.1").allowed == 1);
  for (i = 0; i < 3; i += 1) refused += fetched_decide(engine, scratch, "Bearer x.y.z", fixture_now(), "192.0.2.1").status == 401;
  decision = fetched_decide(engine, scratch, "Bearer x.y.z", fixture_now(), "192.0.2.1:4711");
  CHECK("who fails too often waits, by whatever port", refused == 3 && decision.status == 429 &&
                                                           decision.reason == DOORWARD_REASON_TOO_MANY_FAILURES &&
                                                           decision.has_retry_after == 1);
  CHECK("others do not", fetched_decide(engine, scratch, "Bearer x.y.z", fixture_now(), "192.0.2.2").status == 401);
  CHECK("nor does who is known", fetched_decide(engine, scratch, FETCHED_ERIN, fixture_now(), "192.0.2.1").allowed == 1);
  for (i = 0; i < 9; i += 1) refused += fetched_decide(engine, scratch, "Bearer x.y.z", fixture_now(), "unix:").status == 401;
  CHECK("without an address nobody is counted", refused == 12);
  doorward_scratch_free(scratch);
  doorward_engine_free(engine);
}

/* Structs of programs that were compiled before they grew. */
static void earlier_versions(void) {
  doorward_engine *engine = load(9, "");
  doorward_scratch *scratch = scratch_of(engine);
  doorward_engine_facts facts;
  doorward_decision decision;
  doorward_field line;
  doorward_request request = fetched_request(&line, FETCHED_ERIN);
  const unsigned char *behind;
  size_t i;
  int marks = 1;
  memset(&facts, MARK, sizeof facts);
  memset(&decision, MARK, sizeof decision);
  facts.size = FIRST_FACTS;
  decision.size = FIRST_DECISION;
  CHECK("facts of the first version", doorward_engine_describe(engine, &facts) == DOORWARD_RESULT_OK && facts.routes == 1);
  CHECK("a decision of the first version",
        doorward_decide(engine, scratch, &request, fixture_now(), &decision) == DOORWARD_RESULT_OK && decision.status == 503);
  behind = (const unsigned char *)&facts;
  for (i = FIRST_FACTS; i < sizeof facts; i += 1) marks = marks && behind[i] == MARK;
  behind = (const unsigned char *)&decision;
  for (i = FIRST_DECISION; i < sizeof decision; i += 1) marks = marks && behind[i] == MARK;
  CHECK("nothing is written behind them", marks && facts.size == FIRST_FACTS && decision.size == FIRST_DECISION);
  doorward_scratch_free(scratch);
  doorward_engine_free(engine);
}

/* How many threads this process has. */
static int threads(void) {
  DIR *tasks = opendir("/proc/self/task");
  struct dirent *task;
  int count = 0;
  if (tasks == NULL) exit(2);
  while ((task = readdir(tasks)) != NULL) count += task->d_name[0] != '.';
  closedir(tasks);
  return count;
}

/* Nobody waits for the threads of an engine that is freed, but they end; a leak checker looks at their memory after that. */
static void threads_end(void) {
  const struct timespec moment = {0, 20 * 1000 * 1000};
  int left = 20 * 50;
  while (threads() > 1 && left > 0) {
    nanosleep(&moment, NULL);
    left -= 1;
  }
  CHECK("the threads of freed engines end", threads() == 1);
}

int main(void) {
  supplied_keys();
  revocations();
  reloads();
  waiting_and_events();
  statuses();
  limits();
  earlier_versions();
  threads_end();
  return check_end();
}
