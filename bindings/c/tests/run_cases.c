/* Prints the answer to every case of the given files, one JSON object a line: run_cases ROOT FILE... */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "responses.h"
#include "table.h"

static void begin(text *line, const char *file, const char *id, size_t id_len) {
  text name = {0};
  text_word(&name, file);
  text_word(&name, "#");
  text_add(&name, id, id_len);
  line->len = 0;
  text_word(line, "{\"case\":");
  text_quoted(line, name.data, name.len);
  text_free(&name);
}

static void end(text *line) {
  text_word(line, "}\n");
  if (fwrite(line->data, 1, line->len, stdout) != line->len) exit(3);
}

/* A fault as one line without the name of a file; without its place in the text where nobody has seen that. */
static void fault_line(text *into, const doorward_fault *fault, int is_object) {
  char place[64];
  if (fault->line != 0 && !is_object) {
    snprintf(place, sizeof place, "%lu:%lu: ", (unsigned long)fault->line, (unsigned long)fault->column);
    text_word(into, place);
  }
  if (fault->place.len > 0) {
    text_add(into, fault->place.data, fault->place.len);
    text_word(into, ": ");
  }
  text_add(into, fault->message.data, fault->message.len);
  if (fault->help.data != NULL) {
    text_word(into, ": ");
    text_add(into, fault->help.data, fault->help.len);
  }
}

static void print_policy(text *line, const table_file *file, const table_policy *policy) {
  size_t i, count = doorward_error_count(policy->error);
  if (policy->id != NULL) begin(line, file->name, policy->id->text, policy->id->text_len);
  else begin(line, file->name, "policy_error", strlen("policy_error"));
  text_word(line, ",\"errors\":[");
  for (i = 0; i < count; i += 1) {
    text shown = {0};
    doorward_fault fault = doorward_fault_init();
    if (doorward_error_fault(policy->error, i, &fault) != DOORWARD_RESULT_OK) exit(4);
    fault_line(&shown, &fault, policy->is_object);
    if (i > 0) text_word(line, ",");
    text_quoted(line, shown.data, shown.len);
    text_free(&shown);
  }
  text_word(line, "]");
  end(line);
}

static void print_responses(text *line, const table_file *file) {
  const json *list = json_member(file->root, "cases");
  const json *item;
  for (item = list == NULL ? NULL : list->child; item != NULL; item = item->next) {
    response_case one;
    doorward_diagnosis_facts facts = doorward_diagnosis_facts_init();
    if (!response_diagnose(file, item, &one)) continue;
    if (doorward_diagnosis_read(one.diagnosis, &facts) != DOORWARD_RESULT_OK) exit(4);
    begin(line, file->name, one.id->text, one.id->text_len);
    text_word(line, ",\"diagnosis\":");
    report_add_diagnosis(line, &facts);
    end(line);
    doorward_diagnosis_free(one.diagnosis);
  }
}

static void print_file(const char *root, const char *name) {
  table_file *file = table_load(root, name);
  text line = {0};
  size_t i;
  for (i = 0; i < file->refused_len; i += 1) print_policy(&line, file, &file->refused[i]);
  print_responses(&line, file);
  if (file->cases_len > 0) {
    doorward_scratch *scratch = NULL;
    if (doorward_scratch_new(file->policy.engine, &scratch) != DOORWARD_RESULT_OK) exit(4);
    for (i = 0; i < file->cases_len; i += 1) {
      const table_case *one = &file->cases[i];
      doorward_decision decision = doorward_decision_init();
      table_place place = table_place_of(file, scratch, one);
      doorward_result result = doorward_decide(place.engine, place.scratch, &one->asked.request, one->at, &decision);
      if (result != DOORWARD_RESULT_OK) {
        doorward_str why = doorward_result_text(result);
        fprintf(stderr, "%s#%s: %.*s\n", name, one->id->text, (int)why.len, why.data);
        exit(4);
      }
      begin(&line, name, one->id->text, one->id->text_len);
      text_word(&line, ",\"answer\":");
      report_add(&line, &decision);
      table_leave(place);
      end(&line);
    }
    doorward_scratch_free(scratch);
  }
  text_free(&line);
  table_free(file);
}

int main(int argc, char **argv) {
  int i;
  if (argc < 3) {
    fprintf(stderr, "usage: run_cases ROOT FILE...\n");
    return 2;
  }
  for (i = 2; i < argc; i += 1) print_file(argv[1], argv[i]);
  return fflush(stdout) == 0 ? 0 : 3;
}
