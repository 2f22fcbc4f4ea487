/* Cases about answers, which the caller's side explains. */
#ifndef RESPONSES_H
#define RESPONSES_H

#include "table.h"

/* One case with a response: its id, and what was diagnosed. Ends the program if it cannot be diagnosed. */
typedef struct response_case {
  const json *id;
  doorward_diagnosis *diagnosis;
} response_case;

/* Explains the answer of a case; 0 if the case is about a request. The caller frees the diagnosis. */
int response_diagnose(const table_file *file, const json *value, response_case *out);

#endif
