/* Many threads: one engine shared by all with a scratch each, handles made and freed and the policy loaded anew meanwhile, and
 * one scratch that all want at once, which is a fault of theirs that gets a code. */
#include <pthread.h>
#include <stdlib.h>

#include "check.h"
#include "fixture.h"

#define THREADS 8
#define ROUNDS 300
#define ATTEMPTS 50

static doorward_engine *engine;
static doorward_scratch *wanted_by_all;

typedef struct counts {
  int right;
  int wrong;
  int busy;
} counts;

/* Decides with a scratch and an engine handle of its own, made anew now and then. */
static void *alone(void *argument) {
  counts *count = argument;
  doorward_engine *own = NULL;
  doorward_scratch *scratch = NULL;
  int round;
  for (round = 0; round < ROUNDS; round += 1) {
    doorward_decision decision = doorward_decision_init();
    doorward_field line;
    int alice = round % 2;
    doorward_request request = fixture_request(&line, alice ? FIXTURE_ALICE : FIXTURE_BOB);
    if (round % 50 == 0) {
      doorward_scratch_free(scratch);
      doorward_engine_free(own);
      if (doorward_engine_share(engine, &own) != DOORWARD_RESULT_OK ||
          doorward_engine_warm_thread(own) != DOORWARD_RESULT_OK ||
          doorward_scratch_new(own, &scratch) != DOORWARD_RESULT_OK) {
        count->wrong += 1;
        break;
      }
    }
    if (doorward_decide(own, scratch, &request, fixture_now(), &decision) == DOORWARD_RESULT_OK && decision.allowed == 1 &&
        doorward_str_is(decision.principal.subject, alice ? "alice" : "bob")) {
      count->right += 1;
    } else {
      count->wrong += 1;
    }
  }
  doorward_scratch_free(scratch);
  doorward_engine_free(own);
  return NULL;
}

/* Loads the policy anew and asks about the engine, while others decide. */
static void *upkeep(void *argument) {
  counts *count = argument;
  int round;
  for (round = 0; round < ROUNDS / 10; round += 1) {
    doorward_engine_facts facts = doorward_engine_facts_init();
    doorward_text *status = NULL;
    doorward_events *events = NULL;
    doorward_revocation revocation = doorward_revocation_init();
    revocation.kind = DOORWARD_REVOCATION_SUBJECT;
    revocation.issuer = doorward_str_from("corp");
    revocation.name = doorward_str_from("mallory");
    if (doorward_engine_reload(engine, NULL) == DOORWARD_RESULT_OK &&
        doorward_engine_revoke(engine, &revocation, NULL) == DOORWARD_RESULT_OK &&
        doorward_engine_describe(engine, &facts) == DOORWARD_RESULT_OK && doorward_str_is(facts.fields[0], "authorization") &&
        doorward_engine_status(engine, fixture_now(), DOORWARD_STATUS_JSON, &status) == DOORWARD_RESULT_OK &&
        doorward_engine_take_events(engine, &events) == DOORWARD_RESULT_OK) {
      count->right += 1;
    } else {
      count->wrong += 1;
    }
    doorward_text_free(status);
    doorward_events_free(events);
  }
  return NULL;
}

/* Decides with the scratch that all want: only the results are looked at, since the views belong to the last who got it. */
static void *together(void *argument) {
  counts *count = argument;
  int round;
  for (round = 0; round < ROUNDS; round += 1) {
    doorward_decision decision = doorward_decision_init();
    doorward_field line;
    doorward_request request = fixture_request(&line, FIXTURE_ALICE);
    doorward_result result = doorward_decide(engine, wanted_by_all, &request, fixture_now(), &decision);
    if (result == DOORWARD_RESULT_SCRATCH_BUSY) count->busy += 1;
    else if (result == DOORWARD_RESULT_OK && decision.allowed == 1) count->right += 1;
    else count->wrong += 1;
  }
  return NULL;
}

/* What the threads counted; the first does `first`, the others `body`. */
static counts run(void *(*first)(void *), void *(*body)(void *)) {
  pthread_t threads[THREADS];
  counts each[THREADS];
  counts all = {0, 0, 0};
  int i, started = 0;
  memset(each, 0, sizeof each);
  for (i = 0; i < THREADS; i += 1) started += pthread_create(&threads[i], NULL, i == 0 ? first : body, &each[i]) == 0;
  if (started != THREADS) exit(2);
  for (i = 0; i < started; i += 1) {
    pthread_join(threads[i], NULL);
    all.right += each[i].right;
    all.wrong += each[i].wrong;
    all.busy += each[i].busy;
  }
  return all;
}

int main(void) {
  counts all;
  int attempts = 0;
  engine = fixture_engine();
  all = run(alone, alone);
  CHECK("every thread gets its own caller", all.right == THREADS * ROUNDS && all.wrong == 0);
  all = run(upkeep, alone);
  CHECK("also while the policy is loaded anew", all.right == (THREADS - 1) * ROUNDS + ROUNDS / 10 && all.wrong == 0);
  CHECK("a scratch is made", doorward_scratch_new(engine, &wanted_by_all) == DOORWARD_RESULT_OK);
  /* Until two have met; with as many rounds as these they do, even where threads take turns. */
  memset(&all, 0, sizeof all);
  while (all.busy == 0 && attempts < ATTEMPTS) {
    counts more = run(together, together);
    all.right += more.right;
    all.wrong += more.wrong;
    all.busy += more.busy;
    attempts += 1;
  }
  CHECK("who comes first is served", all.right > 0);
  CHECK("who comes second is told", all.busy > 0);
  CHECK("nobody gets anything else", all.wrong == 0 && all.right + all.busy == THREADS * ROUNDS * attempts);
  printf("%d calls found the scratch in use\n", all.busy);
  doorward_scratch_free(wanted_by_all);
  doorward_engine_free(engine);
  return check_end();
}
