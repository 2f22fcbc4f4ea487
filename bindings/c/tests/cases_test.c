/* The whole table of decisions through the C ABI, held against what each case expects: cases_test ROOT FILE... */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "report.h"
#include "responses.h"
#include "table.h"

/* Every member that the case gives; of the principal and the context only the members that are given. */
static int meets(const json *expect, const json *report) {
  const json *wanted;
  for (wanted = expect->child; wanted != NULL; wanted = wanted->next) {
    const json *found = json_member(report, wanted->name);
    if (found == NULL) return 0;
    if (wanted->kind == JSON_OBJECT && found->kind == JSON_OBJECT) {
      if (!meets(wanted, found)) return 0;
    } else if (!json_same(wanted, found)) {
      return 0;
    }
  }
  return 1;
}

/* The same for a diagnosis, of which `none` says that there is no reason. */
static int explains(const json *expect, const json *report) {
  const json *wanted;
  for (wanted = expect == NULL ? NULL : expect->child; wanted != NULL; wanted = wanted->next) {
    const json *found = json_member(report, wanted->name);
    if (found == NULL) return 0;
    if (strcmp(wanted->name, "diagnosis") == 0 && wanted->kind == JSON_STRING && strcmp(wanted->text, "none") == 0) {
      if (found->kind != JSON_NULL) return 0;
    } else if (wanted->kind == JSON_OBJECT && found->kind == JSON_OBJECT) {
      if (!meets(wanted, found)) return 0;
    } else if (!json_same(wanted, found)) {
      return 0;
    }
  }
  return expect != NULL;
}

/* The body says what the decision says, and only what may be said. */
static int body_fits(const doorward_decision *decision) {
  json *body;
  const json *reason;
  int fits;
  if (decision->allowed) return decision->body.data == NULL;
  body = json_read(decision->body.data, decision->body.len);
  reason = json_member(body, "reason");
  fits = body != NULL && json_member(body, "status") != NULL &&
         doorward_str_is(doorward_outcome_code(decision->outcome), json_member(body, "outcome")->text);
  if (decision->disclosure == DOORWARD_DISCLOSURE_REASON) {
    fits = fits && reason != NULL && doorward_str_is(doorward_reason_code(decision->reason), reason->text) &&
           doorward_str_is(doorward_recovery_code(decision->recovery), json_member(body, "recovery")->text);
  } else {
    fits = fits && reason == NULL && json_member(body, "recovery") == NULL;
  }
  json_free(body);
  return fits;
}

static void check_case(const table_file *file, doorward_scratch *scratch, const table_case *one) {
  char name[256];
  text shown = {0};
  json *report;
  doorward_decision decision = doorward_decision_init();
  doorward_result result;
  table_place place = table_place_of(file, scratch, one);
  snprintf(name, sizeof name, "%s#%s", file->name, one->id->text);
  result = doorward_decide(place.engine, place.scratch, &one->asked.request, one->at, &decision);
  report_add(&shown, &decision);
  report = json_read(shown.data, shown.len);
  CHECK(name, result == DOORWARD_RESULT_OK && report != NULL && meets(one->expect, report) && body_fits(&decision) &&
                  (decision.allowed == 1) == (decision.outcome == DOORWARD_OUTCOME_ALLOW));
  json_free(report);
  text_free(&shown);
  table_leave(place);
}

/* Every answer of the file, explained. */
static void check_responses(const table_file *file) {
  const json *list = json_member(file->root, "cases");
  const json *item;
  for (item = list == NULL ? NULL : list->child; item != NULL; item = item->next) {
    char name[256];
    text shown = {0};
    json *report;
    response_case one;
    doorward_diagnosis_facts facts = doorward_diagnosis_facts_init();
    doorward_result result;
    if (!response_diagnose(file, item, &one)) continue;
    result = doorward_diagnosis_read(one.diagnosis, &facts);
    report_add_diagnosis(&shown, &facts);
    report = json_read(shown.data, shown.len);
    snprintf(name, sizeof name, "%s#%s", file->name, one.id->text);
    CHECK(name, result == DOORWARD_RESULT_OK && report != NULL && explains(json_member(item, "expect"), report));
    json_free(report);
    text_free(&shown);
    doorward_diagnosis_free(one.diagnosis);
  }
}

/* That the entry's policy is refused, and that one of its faults says what the case expects. */
static void check_refused(const table_file *file, const table_policy *policy) {
  char name[256];
  snprintf(name, sizeof name, "%s#%s", file->name, policy->id == NULL ? "policy_error" : policy->id->text);
  CHECK(name, policy->result == DOORWARD_RESULT_POLICY && policy->engine == NULL &&
                  doorward_error_count(policy->error) > 0 && doorward_error_text(policy->error).len > 0);
}

int main(int argc, char **argv) {
  int at;
  size_t i;
  for (at = 2; at < argc; at += 1) {
    table_file *file = table_load(argv[1], argv[at]);
    for (i = 0; i < file->refused_len; i += 1) check_refused(file, &file->refused[i]);
    check_responses(file);
    if (file->cases_len > 0) {
      doorward_scratch *scratch = NULL;
      if (doorward_scratch_new(file->policy.engine, &scratch) != DOORWARD_RESULT_OK) return 2;
      for (i = 0; i < file->cases_len; i += 1) check_case(file, scratch, &file->cases[i]);
      doorward_scratch_free(scratch);
    }
    table_free(file);
  }
  return check_end();
}
