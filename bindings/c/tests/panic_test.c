/* A panic inside the library: every function gives its code, writes to no output, and the handles go on. Linked with a
 * library that can be asked to panic, which no installed one can. */
#include <stdlib.h>

#include "check.h"
#include "fixture.h"

/* Makes the next call that comes by a place panic there. */
extern void doorward_test_panic(uint32_t place);
#define AT_ENTRY 1
#define BEFORE_OUTPUT 2

#define MARK 0xa5

static int untouched(const void *memory, size_t len) {
  const unsigned char *bytes = memory;
  size_t i;
  for (i = 0; i < len; i += 1) {
    if (bytes[i] != MARK) return 0;
  }
  return 1;
}

static void check_at(uint32_t place, doorward_engine *engine, doorward_scratch *scratch) {
  static const char broken[] = "reaml = 'orders'\n";
  const char *name = place == AT_ENTRY ? "a panic at the entry" : "a panic before the output";
  doorward_engine *made;
  doorward_scratch *made_too;
  doorward_error *error;
  doorward_field line;
  doorward_request request = fixture_request(&line, FIXTURE_ALICE);
  doorward_decision decision;
  doorward_engine_facts facts;
  doorward_text *text;
  doorward_events *events;
  doorward_revocation revocation = doorward_revocation_init();
  revocation.kind = DOORWARD_REVOCATION_KEY;
  revocation.issuer = doorward_str_from("nobody");
  revocation.name = doorward_str_from("k");
  memset(&text, MARK, sizeof text);
  memset(&events, MARK, sizeof events);
  memset(&made, MARK, sizeof made);
  memset(&made_too, MARK, sizeof made_too);
  memset(&error, MARK, sizeof error);
  memset(&decision, MARK, sizeof decision);
  memset(&facts, MARK, sizeof facts);
  decision.size = sizeof decision;
  facts.size = sizeof facts;

  doorward_test_panic(place);
  CHECK(name, doorward_engine_from_text(fixture_policy, strlen(fixture_policy), DOORWARD_FORMAT_TOML, NULL, 0, &made,
                                        &error) == DOORWARD_RESULT_PANIC);
  doorward_test_panic(place);
  CHECK(name, doorward_engine_from_text(broken, strlen(broken), DOORWARD_FORMAT_TOML, NULL, 0, &made, &error) ==
                  DOORWARD_RESULT_PANIC);
  doorward_test_panic(place);
  CHECK(name, doorward_engine_from_file("no.toml", 7, &made, &error) == DOORWARD_RESULT_PANIC);
  doorward_test_panic(place);
  CHECK(name, doorward_engine_load_text(fixture_policy, strlen(fixture_policy), DOORWARD_FORMAT_TOML, NULL, 0, &made,
                                        &error) == DOORWARD_RESULT_PANIC);
  doorward_test_panic(place);
  CHECK(name, doorward_engine_load_file("no.toml", 7, &made, &error) == DOORWARD_RESULT_PANIC);
  doorward_test_panic(place);
  CHECK(name, doorward_engine_revoke(engine, &revocation, &error) == DOORWARD_RESULT_PANIC);
  doorward_test_panic(place);
  CHECK(name, doorward_engine_supply_keys(engine, "nobody", 6, "{}", 2, fixture_now(), &error) == DOORWARD_RESULT_PANIC);
  doorward_test_panic(place);
  CHECK(name, doorward_engine_status(engine, fixture_now(), DOORWARD_STATUS_JSON, &text) == DOORWARD_RESULT_PANIC);
  doorward_test_panic(place);
  CHECK(name, doorward_engine_take_events(engine, &events) == DOORWARD_RESULT_PANIC);
  doorward_test_panic(place);
  CHECK(name, doorward_engine_share(engine, &made) == DOORWARD_RESULT_PANIC);
  doorward_test_panic(place);
  CHECK(name, doorward_engine_describe(engine, &facts) == DOORWARD_RESULT_PANIC);
  doorward_test_panic(place);
  CHECK(name, doorward_scratch_new(engine, &made_too) == DOORWARD_RESULT_PANIC);
  doorward_test_panic(place);
  CHECK(name, doorward_decide(engine, scratch, &request, fixture_now(), &decision) == DOORWARD_RESULT_PANIC);
  CHECK("no output was written", untouched(&made, sizeof made) && untouched(&made_too, sizeof made_too) &&
                                     untouched(&error, sizeof error) && untouched(&text, sizeof text) &&
                                     untouched(&events, sizeof events) &&
                                     untouched((char *)&decision + sizeof decision.size, sizeof decision - sizeof decision.size) &&
                                     untouched((char *)&facts + sizeof facts.size, sizeof facts - sizeof facts.size));
  CHECK("the same call works then", doorward_decide(engine, scratch, &request, fixture_now(), &decision) ==
                                        DOORWARD_RESULT_OK && decision.allowed == 1);
}

int main(void) {
  doorward_engine *engine = fixture_engine();
  doorward_scratch *scratch = NULL;
  CHECK("a scratch is made", doorward_scratch_new(engine, &scratch) == DOORWARD_RESULT_OK);
  check_at(AT_ENTRY, engine, scratch);
  check_at(BEFORE_OUTPUT, engine, scratch);
  doorward_test_panic(AT_ENTRY);
  CHECK("warming says so", doorward_engine_warm_thread(engine) == DOORWARD_RESULT_PANIC);
  doorward_test_panic(AT_ENTRY);
  CHECK("so does starting", doorward_engine_start(engine) == DOORWARD_RESULT_PANIC);
  doorward_test_panic(AT_ENTRY);
  CHECK("now and later", doorward_engine_start_when_deciding(engine) == DOORWARD_RESULT_PANIC);
  doorward_test_panic(AT_ENTRY);
  CHECK("and waiting", doorward_engine_ready(engine, 0, NULL) == DOORWARD_RESULT_PANIC);
  doorward_test_panic(AT_ENTRY);
  CHECK("and loading anew", doorward_engine_reload(engine, NULL) == DOORWARD_RESULT_PANIC);
  CHECK("which then works", doorward_engine_reload(engine, NULL) == DOORWARD_RESULT_OK);
  doorward_test_panic(AT_ENTRY);
  CHECK("there is no memory", doorward_engine_memory(engine) == 0);
  doorward_test_panic(AT_ENTRY);
  CHECK("there is no view", doorward_text_view(NULL).data == NULL);
  doorward_test_panic(AT_ENTRY);
  CHECK("there are no events", doorward_events_count(NULL) == 0);
  doorward_test_panic(AT_ENTRY);
  CHECK("nor one of them", doorward_events_item(NULL, 0, NULL) == DOORWARD_RESULT_PANIC);
  doorward_test_panic(AT_ENTRY);
  doorward_events_free(NULL);
  doorward_test_panic(AT_ENTRY);
  doorward_text_free(NULL);
  doorward_test_panic(AT_ENTRY);
  CHECK("a name is empty", doorward_reason_code(DOORWARD_REASON_TOKEN_EXPIRED).data == NULL);
  doorward_test_panic(AT_ENTRY);
  CHECK("the clock reads as the end of time", doorward_now().seconds == 253402300799);
  doorward_test_panic(AT_ENTRY);
  CHECK("there is no text", doorward_error_text(NULL).data == NULL);
  doorward_test_panic(AT_ENTRY);
  CHECK("there is no count", doorward_error_count(NULL) == 0);
  doorward_test_panic(AT_ENTRY);
  doorward_error_free(NULL);
  doorward_test_panic(AT_ENTRY);
  doorward_engine_free(engine); /* left alone */
  doorward_test_panic(AT_ENTRY);
  doorward_scratch_free(scratch); /* left alone */
  doorward_scratch_free(scratch);
  doorward_engine_free(engine);
  return check_end();
}
