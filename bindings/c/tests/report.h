/* A decision or a diagnosis as a JSON object, with the names and the values that every host gives it. */
#ifndef REPORT_H
#define REPORT_H

#include <doorward.h>

/* Text that grows. */
typedef struct text {
  char *data;
  size_t len;
  size_t room;
} text;

void text_add(text *into, const char *data, size_t len);
void text_word(text *into, const char *word);
/* A JSON string. */
void text_quoted(text *into, const char *data, size_t len);
void text_free(text *into);

/* Adds the report of a decision, `claims` last. */
void report_add(text *into, const doorward_decision *decision);

/* Adds the report of a diagnosis. */
void report_add_diagnosis(text *into, const doorward_diagnosis_facts *facts);

#endif
