/* Says what an answer means: diagnose STATUS [SCHEME-THAT-WAS-SENT [NAME VALUE]...] */
#include <doorward.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES 16

static void line(const char *name, doorward_str value) {
  if (value.data != NULL) printf("%s: %.*s\n", name, (int)value.len, value.data);
}

int main(int argc, char **argv) {
  doorward_sent sent = doorward_sent_init();
  doorward_response response = doorward_response_init();
  doorward_diagnosis *diagnosis = NULL;
  doorward_diagnosis_facts facts = doorward_diagnosis_facts_init();
  doorward_field fields[LINES];
  int i, refused;
  if (argc < 2) {
    fprintf(stderr, "usage: diagnose STATUS [SCHEME [NAME VALUE]...]\n");
    return 2;
  }
  response.status = (uint16_t)atoi(argv[1]);
  if (argc > 2) sent.scheme = doorward_str_from(argv[2]);
  for (i = 3; i + 1 < argc && response.fields_len < LINES; i += 2) {
    fields[response.fields_len].name = doorward_str_from(argv[i]);
    fields[response.fields_len].value = doorward_str_from(argv[i + 1]);
    response.fields_len += 1;
  }
  response.fields = fields;
  if (doorward_diagnose(&sent, &response, doorward_now(), &diagnosis) != DOORWARD_RESULT_OK) return 2;
  if (doorward_diagnosis_read(diagnosis, &facts) != DOORWARD_RESULT_OK) return 2;
  line("summary", facts.summary);
  line("reason", doorward_reason_code(facts.reason));
  line("origin", doorward_origin_code(facts.origin));
  line("recovery", doorward_recovery_code(facts.recovery));
  line("advice", doorward_recovery_advice(facts.recovery));
  line("scope", facts.scope);
  refused = facts.reason != 0;
  doorward_diagnosis_free(diagnosis);
  return refused;
}
