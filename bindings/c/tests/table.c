/* Reading files of the table of decisions. */
#include "table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *name, const char *what) {
  fprintf(stderr, "%s: %s\n", name, what);
  exit(2);
}

static void *need(void *memory) {
  if (memory == NULL) abort();
  return memory;
}

static char *join(const char *folder, size_t folder_len, const char *name, size_t name_len) {
  char *path = need(malloc(folder_len + name_len + 2));
  memcpy(path, folder, folder_len);
  path[folder_len] = '/';
  memcpy(path + folder_len + 1, name, name_len);
  path[folder_len + 1 + name_len] = '\0';
  return path;
}

static char *read_file(const char *path, size_t *len) {
  FILE *file = fopen(path, "rb");
  char *bytes = NULL;
  size_t room = 0;
  *len = 0;
  if (file == NULL) die(path, "cannot be opened");
  for (;;) {
    size_t got;
    if (room - *len < 4096) {
      room = room * 2 + 8192;
      bytes = need(realloc(bytes, room));
    }
    got = fread(bytes + *len, 1, room - *len, file);
    if (got == 0) break;
    *len += got;
  }
  fclose(file);
  return bytes;
}

static int digits(const char **at, const char *end, int most, int64_t *out) {
  int count = 0;
  *out = 0;
  while (*at < end && **at >= '0' && **at <= '9' && count < most) {
    *out = *out * 10 + (**at - '0');
    *at += 1;
    count += 1;
  }
  return count;
}

/* The fraction behind a point in nanoseconds; what is finer is cut off. 1 also where there is none. */
static int fraction(const char **at, const char *end, uint32_t *nanos) {
  uint32_t unit = 100000000;
  *nanos = 0;
  if (*at >= end || **at != '.') return 1;
  *at += 1;
  if (*at >= end || **at < '0' || **at > '9') return 0;
  for (; *at < end && **at >= '0' && **at <= '9'; *at += 1) {
    *nanos += (uint32_t)(**at - '0') * unit;
    unit /= 10;
  }
  return 1;
}

/* Days since 1970-01-01; years are counted from March, so that a leap day comes last. */
static int64_t days(int64_t year, int64_t month, int64_t day) {
  int64_t from_march = (month + 9) % 12;
  int64_t y = month <= 2 ? year - 1 : year;
  int64_t era = (y >= 0 ? y : y - 399) / 400;
  int64_t of_era = y - era * 400;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * from_march + 2) / 5 + day - 1 - 719468;
}

static int rfc3339(const char *at, const char *end, doorward_time *out) {
  int64_t part[6];
  static const char before[] = "\0--T::";
  int i;
  int64_t offset = 0;
  for (i = 0; i < 6; i += 1) {
    int width = i == 0 ? 4 : 2;
    if (i > 0) {
      if (at >= end || (*at != before[i] && !(i == 3 && (*at == 't' || *at == ' ')))) return 0;
      at += 1;
    }
    if (digits(&at, end, width, &part[i]) != width) return 0;
  }
  if (!fraction(&at, end, &out->nanos) || at >= end) return 0;
  if (*at == 'Z' || *at == 'z') {
    at += 1;
  } else {
    int64_t hours, minutes;
    int64_t sign = *at == '-' ? -1 : 1;
    if (*at != '-' && *at != '+') return 0;
    at += 1;
    if (digits(&at, end, 2, &hours) != 2 || at >= end || *at != ':') return 0;
    at += 1;
    if (digits(&at, end, 2, &minutes) != 2) return 0;
    offset = sign * (hours * 3600 + minutes * 60);
  }
  out->seconds = days(part[0], part[1], part[2]) * 86400 + part[3] * 3600 + part[4] * 60 + part[5] - offset;
  return at == end;
}

int table_time(const char *text, size_t len, doorward_time *out) {
  const char *at = text, *end = text + len;
  int negative = len > 0 && *text == '-';
  if (negative) at += 1;
  if (digits(&at, end, 18, &out->seconds) == 0) return 0;
  if (at < end && *at != '.') return rfc3339(text, end, out);
  if (!fraction(&at, end, &out->nanos)) return 0;
  if (negative) {
    out->seconds = -out->seconds;
    if (out->nanos > 0) {
      out->seconds -= 1;
      out->nanos = 1000000000 - out->nanos;
    }
  }
  return at == end;
}

static doorward_str view(const json *string) {
  doorward_str text;
  text.data = string->text;
  text.len = string->text_len;
  return text;
}

/* The number of elements of a member that is a list. */
static size_t count(const json *list) { return list == NULL ? 0 : list->children; }

static int read_time(const json *value, doorward_time *out) {
  out->seconds = 0;
  out->nanos = 0;
  if (value == NULL) return 0;
  if (value->kind == JSON_STRING) return table_time(value->text, value->text_len, out);
  return table_time(value->raw, value->raw_len, out);
}

static void read_request(table_request *into, const json *request, const char *file) {
  const json *method = json_member(request, "method");
  const json *url = json_member(request, "url");
  const json *body = json_member(request, "body");
  const json *peer = json_member(request, "peer");
  const json *headers = json_member(request, "headers");
  const json *chain = json_member(request, "client_chain");
  const json *item;
  size_t i = 0;
  if (method == NULL || url == NULL) die(file, "a request lacks a member");
  into->request = doorward_request_init();
  into->request.method = view(method);
  into->request.url = view(url);
  if (body != NULL) into->request.body = view(body);
  if (peer != NULL) into->request.peer = view(peer);
  into->fields = need(calloc(count(headers) + 1, sizeof *into->fields));
  for (item = headers == NULL ? NULL : headers->child; item != NULL; item = item->next, i += 1) {
    if (item->children != 2) die(file, "a header is no pair");
    into->fields[i].name = view(item->child);
    into->fields[i].value = view(item->child->next);
  }
  into->request.fields = into->fields;
  into->request.fields_len = i;
  into->chain = need(calloc(count(chain) + 1, sizeof *into->chain));
  for (i = 0, item = chain == NULL ? NULL : chain->child; item != NULL; item = item->next, i += 1) {
    into->chain[i] = view(item);
  }
  into->request.client_chain = into->chain;
  into->request.client_chain_len = i;
}

static void free_request(table_request *request) {
  free(request->fields);
  free(request->chain);
}

static void read_case(table_case *into, const json *value, const char *file) {
  into->id = json_member(value, "id");
  into->expect = json_member(value, "expect");
  into->before = json_member(value, "before");
  if (into->id == NULL) die(file, "a case lacks its id");
  if (!read_time(json_member(value, "at"), &into->at)) die(file, "a case has no time");
  read_request(&into->asked, json_member(value, "request"), file);
}

/* A request that was decided on, so many times; what came of it does not matter. */
static void decide_before(const table_file *file, table_place place, const json *step, const json *asked) {
  const json *times = json_member(step, "times");
  long left = times == NULL ? 1 : strtol(times->raw, NULL, 10);
  doorward_time at;
  table_request request;
  if (!read_time(json_member(step, "at"), &at)) die(file->path, "a step has no time");
  read_request(&request, asked, file->path);
  for (; left > 0; left -= 1) {
    doorward_decision decision = doorward_decision_init();
    if (doorward_decide(place.engine, place.scratch, &request.request, at, &decision) != DOORWARD_RESULT_OK) {
      die(file->path, "a step got no decision");
    }
  }
  free_request(&request);
}

/* Fails with the words of the library, if it has any. */
static void done(const table_file *file, doorward_result result, doorward_error *error) {
  if (result == DOORWARD_RESULT_OK) return;
  if (error != NULL) die(file->path, doorward_error_text(error).data);
  die(file->path, "a step could not be done");
}

static void supply_before(const table_file *file, table_place place, const json *step, const json *keys) {
  const json *issuer = json_member(keys, "issuer");
  const json *jwks = json_member(keys, "jwks");
  doorward_error *error = NULL;
  doorward_time at;
  if (issuer == NULL || jwks == NULL || !read_time(json_member(step, "at"), &at)) die(file->path, "a step lacks a member");
  done(file,
       doorward_engine_supply_keys(place.engine, issuer->text, issuer->text_len, jwks->raw, jwks->raw_len, at, &error), error);
}

static void revoke_before(const table_file *file, table_place place, const json *revoke) {
  const json *issuer = json_member(revoke, "issuer");
  const json *jti = json_member(revoke, "jti");
  const json *subject = json_member(revoke, "subject");
  const json *kid = json_member(revoke, "kid");
  const json *issued_before = json_member(revoke, "issued_before");
  const json *time = issued_before != NULL ? issued_before : json_member(revoke, "until");
  const json *name = jti != NULL ? jti : subject != NULL ? subject : kid;
  doorward_revocation revocation = doorward_revocation_init();
  doorward_error *error = NULL;
  if (issuer == NULL) die(file->path, "a revocation lacks its issuer");
  revocation.kind = jti != NULL       ? DOORWARD_REVOCATION_TOKEN
                    : subject != NULL ? DOORWARD_REVOCATION_SUBJECT
                    : kid != NULL     ? DOORWARD_REVOCATION_KEY
                                      : DOORWARD_REVOCATION_ISSUED_BEFORE;
  revocation.issuer = view(issuer);
  if (name != NULL) revocation.name = view(name);
  if (time != NULL) {
    revocation.has_time = 1;
    if (!read_time(time, &revocation.time)) die(file->path, "a revocation has no time");
  }
  done(file, doorward_engine_revoke(place.engine, &revocation, &error), error);
}

static void load_policy(table_policy *into, const json *value, uint32_t format, const char *folder,
                        size_t folder_len) {
  if (value->kind == JSON_STRING && format == 0) {
    char *path = join(folder, folder_len, value->text, value->text_len);
    into->result = doorward_engine_load_file(path, strlen(path), &into->engine, &into->error);
    free(path);
  } else if (value->kind == JSON_STRING) {
    into->result = doorward_engine_load_text(value->text, value->text_len, format, folder, folder_len, &into->engine,
                                             &into->error);
  } else {
    into->is_object = 1;
    into->result = doorward_engine_load_text(value->raw, value->raw_len, DOORWARD_FORMAT_JSON, folder, folder_len,
                                             &into->engine, &into->error);
  }
}

table_place table_place_of(const table_file *file, doorward_scratch *shared, const table_case *one) {
  table_place place = {file->policy.engine, shared, 0};
  table_policy own = {0};
  const json *step;
  if (one->before == NULL) return place;
  load_policy(&own, json_member(file->root, "policy"), 0, file->path, (size_t)(strrchr(file->path, '/') - file->path));
  place.engine = own.engine;
  place.is_own = 1;
  if (doorward_scratch_new(own.engine, &place.scratch) != DOORWARD_RESULT_OK) die(file->path, "has no scratch");
  for (step = one->before->child; step != NULL; step = step->next) {
    const json *asked = json_member(step, "request");
    const json *keys = json_member(step, "keys");
    const json *revoke = json_member(step, "revoke");
    if (asked != NULL) decide_before(file, place, step, asked);
    else if (keys != NULL) supply_before(file, place, step, keys);
    else if (revoke != NULL) revoke_before(file, place, revoke);
    else die(file->path, "a step of `before` is none that is known");
  }
  return place;
}

void table_leave(table_place place) {
  if (!place.is_own) return;
  doorward_scratch_free(place.scratch);
  doorward_engine_free(place.engine);
}

table_file *table_load(const char *root, const char *name) {
  table_file *file = need(calloc(1, sizeof *file));
  char *path = join(root, strlen(root), name, strlen(name));
  size_t folder_len = (size_t)(strrchr(path, '/') - path);
  size_t len;
  const json *policy, *list, *item;
  file->name = name;
  file->path = path;
  file->bytes = read_file(path, &len);
  file->root = json_read(file->bytes, len);
  if (file->root == NULL) die(path, "is no JSON");
  policy = json_member(file->root, "policy");
  list = json_member(file->root, "cases");
  file->cases = need(calloc(count(list) + 1, sizeof *file->cases));
  for (item = list == NULL ? NULL : list->child; item != NULL; item = item->next) {
    if (json_member(item, "request") == NULL) continue;
    read_case(&file->cases[file->cases_len], item, path);
    file->cases_len += 1;
  }
  list = json_member(file->root, "policies");
  file->refused = need(calloc(count(list) + 1, sizeof *file->refused));
  for (item = list == NULL ? NULL : list->child; item != NULL; item = item->next) {
    table_policy *into = &file->refused[file->refused_len];
    const json *object = json_member(item, "policy");
    const json *toml = json_member(item, "toml");
    const json *text = json_member(item, "json");
    into->id = json_member(item, "id");
    if (object != NULL) load_policy(into, object, 0, path, folder_len);
    else if (toml != NULL) load_policy(into, toml, DOORWARD_FORMAT_TOML, path, folder_len);
    else if (text != NULL) load_policy(into, text, DOORWARD_FORMAT_JSON, path, folder_len);
    else die(path, "an entry of `policies` has no policy");
    file->refused_len += 1;
  }
  if (policy != NULL && json_member(file->root, "policy_error") != NULL) {
    load_policy(&file->refused[file->refused_len], policy, 0, path, folder_len);
    file->refused_len += 1;
  } else if (policy != NULL) {
    load_policy(&file->policy, policy, 0, path, folder_len);
    if (file->policy.result != DOORWARD_RESULT_OK) {
      doorward_str text = doorward_error_text(file->policy.error);
      fprintf(stderr, "%s: %.*s\n", path, (int)text.len, text.data == NULL ? "" : text.data);
      exit(2);
    }
  }
  return file;
}

void table_free(table_file *file) {
  size_t i;
  if (file == NULL) return;
  for (i = 0; i < file->cases_len; i += 1) {
    free_request(&file->cases[i].asked);
  }
  for (i = 0; i < file->refused_len; i += 1) {
    doorward_engine_free(file->refused[i].engine);
    doorward_error_free(file->refused[i].error);
  }
  doorward_engine_free(file->policy.engine);
  doorward_error_free(file->policy.error);
  free(file->refused);
  free(file->cases);
  free(file->path);
  json_free(file->root);
  free(file->bytes);
  free(file);
}
