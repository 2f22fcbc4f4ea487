/* Decisions in turn: what one scratch says stays while another decides, and no caller's facts leak into another's. */
#include <stdlib.h>

#include "check.h"
#include "fixture.h"

#define CALLERS 4
#define ROUNDS 500

/* What must be found in a decision of each caller. */
static const struct {
  const char *authorization;
  const char *subject;
  uint16_t status;
  uint16_t reason;
} callers[CALLERS] = {
    {FIXTURE_ALICE, "alice", 200, 0},
    {FIXTURE_BOB, "bob", 200, 0},
    {FIXTURE_LATE, "carol", 401, DOORWARD_REASON_TOKEN_EXPIRED},
    {FIXTURE_POOR, "dave", 403, DOORWARD_REASON_SCOPE_INSUFFICIENT},
};

static int says(const doorward_decision *decision, int caller) {
  int actor = decision->principal.actor.data != NULL;
  return decision->status == callers[caller].status && decision->reason == callers[caller].reason &&
         doorward_str_is(decision->principal.subject, callers[caller].subject) && actor == (caller == 0) &&
         (decision->headers_len > 0) == (decision->status != 200) && doorward_str_is(decision->path, "/orders/7");
}

/* One caller after another, in an order without a pattern, yet always the same. */
static int pick(void) {
  static unsigned seed = 7;
  seed = seed * 1103515245u + 12345u;
  return (int)((seed >> 16) % CALLERS);
}

int main(void) {
  doorward_engine *engine = fixture_engine();
  doorward_scratch *scratches[CALLERS];
  doorward_decision decisions[CALLERS];
  doorward_field lines[CALLERS];
  doorward_request requests[CALLERS];
  int i, j, all = 1;
  for (i = 0; i < CALLERS; i += 1) {
    CHECK("a scratch is made", doorward_scratch_new(engine, &scratches[i]) == DOORWARD_RESULT_OK);
    decisions[i] = doorward_decision_init();
    requests[i] = fixture_request(&lines[i], callers[i].authorization);
    CHECK("the caller is judged", doorward_decide(engine, scratches[i], &requests[i], fixture_now(), &decisions[i]) ==
                                      DOORWARD_RESULT_OK);
  }
  for (i = 0; i < ROUNDS && all; i += 1) {
    j = pick();
    all = doorward_decide(engine, scratches[j], &requests[j], fixture_now(), &decisions[j]) == DOORWARD_RESULT_OK;
    for (j = 0; j < CALLERS; j += 1) all = all && says(&decisions[j], j);
  }
  CHECK("every decision says what it said, whoever was judged since", all);
  for (i = 0; i < ROUNDS && all; i += 1) {
    doorward_decision decision = doorward_decision_init();
    j = pick();
    all = doorward_decide(engine, scratches[0], &requests[j], fixture_now(), &decision) == DOORWARD_RESULT_OK &&
          says(&decision, j);
  }
  CHECK("one scratch for all in turn leaves nothing of the caller before", all);
  for (i = 0; i < CALLERS; i += 1) doorward_scratch_free(scratches[i]);
  doorward_engine_free(engine);
  return check_end();
}
