/* Files of the table of decisions: the policy, the cases, and the policies that must not load. */
#ifndef TABLE_H
#define TABLE_H

#include <doorward.h>

#include "json.h"

/* A request with the memory of its lists. */
typedef struct table_request {
  doorward_request request;
  doorward_field *fields;
  doorward_str *chain;
} table_request;

/* One case with a request. */
typedef struct table_case {
  const json *id;
  const json *expect;
  /* The steps that come before it, in an engine of its own; null if it has none and shares the file's. */
  const json *before;
  doorward_time at;
  table_request asked;
} table_case;

/* A policy of a file: `result` is what came of loading it, and `engine` or `error` what was given. No engine of the table
 * fetches anything. */
typedef struct table_policy {
  const json *id;
  int is_object;
  doorward_result result;
  doorward_engine *engine;
  doorward_error *error;
} table_policy;

typedef struct table_file {
  /* The path of the file below the root, as it was given. */
  const char *name;
  char *bytes;
  json *root;
  /* Its whole path. */
  char *path;
  /* The policy of the cases; its id is null. */
  table_policy policy;
  table_case *cases;
  size_t cases_len;
  /* Policies that must not load; one that is given by `policy_error` has no id. */
  table_policy *refused;
  size_t refused_len;
} table_file;

/* Reads `root`/`name`; ends the program with a word of why if it is no case file. */
table_file *table_load(const char *root, const char *name);
void table_free(table_file *file);

/* The engine that a case is decided by, and a scratch of it: a new one with the steps of `before` done, or another handle to the
 * file's with the scratch that is `shared` by its cases. Ends the program if a step cannot be done. */
typedef struct table_place {
  doorward_engine *engine;
  doorward_scratch *scratch;
  int is_own;
} table_place;
table_place table_place_of(const table_file *file, doorward_scratch *shared, const table_case *one);
void table_leave(table_place place);

/* Reads a point in time as cases write it; 0 if it is none. */
int table_time(const char *text, size_t len, doorward_time *out);

#endif
