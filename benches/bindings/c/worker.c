/* Times the C library and its peers on the tokens of FOLDER, one row at a time, as it is told to.
 *
 * Usage: worker FOLDER. Answers as every program of benches/bindings does: first a line of JSON with its rows, then for each
 * line `ROW MILLISECONDS` on standard input a line with the nanoseconds of one call.
 */

#define _POSIX_C_SOURCE 200809L

#include <cjose/cjose.h>
#include <doorward.h>
#include <jansson.h>
#include <jwt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RUNS = 16, ROWS = 96, FIELDS = 17 };

/* One thing that is timed: a function and what it works on. */
struct row {
  const char *library;
  const char *version;
  const char *alg;
  char kind[40];
  char fault[80];
  const char *absent;
  bool (*accepts)(const struct row *row);
  const char *token;
  size_t token_len;
  /* The peers' keys. */
  const char *key;
  size_t key_len;
  cjose_jwk_t *jwk;
  /* Ours. */
  const doorward_engine *engine;
  doorward_scratch *scratch;
  doorward_field fields[FIELDS];
  size_t fields_len;
};

static struct row rows[ROWS];
static size_t rows_len;
static const char *issuer;
static const char *audience;
static const char *method;
static const char *url;

/* Ends the program: whatever is missing here makes every figure worthless. */
static _Noreturn void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static const char *text(const json_t *object, const char *name) {
  const char *value = json_string_value(json_object_get(object, name));
  return value != NULL ? value : "";
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Ours: the request is made anew for each decision, as a host would. */
static bool ours(const struct row *row) {
  doorward_request request = doorward_request_init();
  doorward_decision decision = doorward_decision_init();
  request.method = doorward_str_from(method);
  request.url = doorward_str_from(url);
  request.fields = row->fields;
  request.fields_len = row->fields_len;
  if (doorward_decide(row->engine, row->scratch, &request, doorward_now(), &decision) != DOORWARD_RESULT_OK) {
    fail("no decision");
  }
  return decision.allowed == 1;
}

/* libjwt checks the signature and reads the claims; what they say is left to whoever calls it. */
static bool libjwt(const struct row *row) {
  jwt_t *jwt = NULL;
  if (jwt_decode(&jwt, row->token, (const unsigned char *)row->key, (int)row->key_len) != 0) return false;
  const char *from = jwt_get_grant(jwt, "iss");
  const char *to = jwt_get_grant(jwt, "aud");
  bool good = strcmp(jwt_alg_str(jwt_get_alg(jwt)), row->alg) == 0 && from != NULL && strcmp(from, issuer) == 0 &&
              to != NULL && strcmp(to, audience) == 0 && jwt_get_grant_int(jwt, "exp") > (long)time(NULL);
  jwt_free(jwt);
  return good;
}

/* cjose checks the signature; the claims are read with jansson, which it stands on itself. */
static bool cjose(const struct row *row) {
  cjose_err error;
  cjose_jws_t *jws = cjose_jws_import(row->token, row->token_len, &error);
  if (jws == NULL) return false;
  const char *alg = cjose_header_get(cjose_jws_get_protected(jws), CJOSE_HDR_ALG, &error);
  uint8_t *payload = NULL;
  size_t payload_len = 0;
  bool good = false;
  if (alg != NULL && strcmp(alg, row->alg) == 0 && cjose_jws_verify(jws, row->jwk, &error) &&
      cjose_jws_get_plaintext(jws, &payload, &payload_len, &error)) {
    json_t *claims = json_loadb((const char *)payload, payload_len, JSON_REJECT_DUPLICATES, NULL);
    good = strcmp(text(claims, "iss"), issuer) == 0 && strcmp(text(claims, "aud"), audience) == 0 &&
           json_integer_value(json_object_get(claims, "exp")) > (json_int_t)time(NULL);
    json_decref(claims);
  }
  cjose_jws_release(jws);
  return good;
}

static struct row *add(const char *library, const char *version, const char *alg, const char *kind) {
  if (rows_len == ROWS) fail("more rows than there is room for");
  struct row *row = &rows[rows_len++];
  row->library = library;
  row->version = version;
  row->alg = alg;
  snprintf(row->kind, sizeof row->kind, "%s", kind);
  return row;
}

/* Compares what a row says with what it should say. */
static void judge(struct row *row) {
  bool good = strcmp(row->kind, "expired") != 0 && strcmp(row->kind, "bad signature") != 0 &&
              strcmp(row->kind, "missing") != 0 && strcmp(row->kind, "known, refused") != 0;
  if (row->accepts(row) != good) {
    snprintf(row->fault, sizeof row->fault, "%s", good ? "refuses it" : "accepts it");
  }
}

/* A peer on the tokens of a suite, unless it does not have the algorithm. */
static void add_peer(struct row with, const json_t *tokens) {
  struct row probe = with;
  probe.token = text(tokens, "valid");
  probe.token_len = strlen(probe.token);
  if (!probe.accepts(&probe)) {
    add(with.library, with.version, with.alg, "valid")->absent = "does not take the token";
    return;
  }
  const char *kind;
  json_t *token;
  json_object_foreach((json_t *)tokens, kind, token) {
    struct row *row = add(with.library, with.version, with.alg, kind);
    row->accepts = with.accepts;
    row->key = with.key;
    row->key_len = with.key_len;
    row->jwk = with.jwk;
    row->token = json_string_value(token);
    row->token_len = strlen(row->token);
    judge(row);
  }
}

static doorward_field field(const char *name, const char *value) {
  doorward_field line = {doorward_str_from(name), doorward_str_from(value)};
  return line;
}

/* A row of ours with so many further fields, and the token after them unless it is null. */
static void add_ours(const char *alg, const char *kind, const doorward_engine *engine, const json_t *further,
                     size_t more, const char *token) {
  struct row *row = add("doorward", doorward_version().data, alg, kind);
  row->engine = engine;
  row->accepts = ours;
  if (doorward_scratch_new(engine, &row->scratch) != DOORWARD_RESULT_OK) fail("no scratch");
  for (; row->fields_len < more; row->fields_len++) {
    const json_t *pair = json_array_get(further, row->fields_len);
    row->fields[row->fields_len] =
        field(json_string_value(json_array_get(pair, 0)), json_string_value(json_array_get(pair, 1)));
  }
  if (token != NULL) {
    size_t size = strlen(token) + sizeof "Bearer ";
    char *value = malloc(size);
    if (value == NULL) fail("no memory");
    snprintf(value, size, "Bearer %s", token);
    row->fields[row->fields_len++] = field("authorization", value);
  }
  judge(row);
}

static doorward_engine *engine_from(const char *folder, const char *policy) {
  char path[4096];
  int path_len = snprintf(path, sizeof path, "%s/%s", folder, policy);
  doorward_engine *engine = NULL;
  if (doorward_engine_from_file(path, (size_t)path_len, &engine, NULL) != DOORWARD_RESULT_OK) fail("no engine");
  doorward_engine_warm_thread(engine);
  return engine;
}

/* The tokens that an engine has seen before. */
static void add_known(const char *folder, const json_t *fixtures, const json_t *suite) {
  const char *policy = text(suite, "known_policy");
  if (policy[0] == 0) return;
  const doorward_engine *engine = engine_from(folder, policy);
  size_t index;
  json_t *pair;
  json_array_foreach(json_object_get(fixtures, "known"), index, pair) {
    const char *name = json_string_value(json_array_get(pair, 0));
    const char *kind = json_string_value(json_array_get(pair, 1));
    add_ours(text(suite, "alg"), name, engine, NULL, 0, text(json_object_get(suite, "tokens"), kind));
  }
}

static void add_suite(const char *folder, const json_t *fixtures, const json_t *suite) {
  const char *alg = text(suite, "alg");
  const json_t *tokens = json_object_get(suite, "tokens");
  const doorward_engine *engine = engine_from(folder, text(suite, "policy"));
  const char *kind;
  json_t *token;
  json_object_foreach((json_t *)tokens, kind, token) {
    add_ours(alg, kind, engine, NULL, 0, json_string_value(token));
  }
  if (strcmp(alg, "HS256") == 0) {
    const json_t *further = json_object_get(fixtures, "more_headers");
    add_ours(alg, "missing", engine, NULL, 0, NULL);
    add_ours(alg, "0 further fields", engine, NULL, 0, text(tokens, "valid"));
    add_ours(alg, "8 further fields", engine, further, 8, text(tokens, "valid"));
    add_ours(alg, "16 further fields", engine, further, 16, text(tokens, "valid"));
  }
  add_known(folder, fixtures, suite);

  struct row peer = {.library = "libjwt", .version = LIBJWT_VERSION, .alg = alg, .accepts = libjwt};
  peer.key = text(suite, "pem");
  peer.key_len = strlen(peer.key);
  const char *secret = text(suite, "secret");
  if (secret[0] != 0) {
    char *bytes = malloc(strlen(secret) / 2);
    if (bytes == NULL) fail("no memory");
    peer.key_len = strlen(secret) / 2;
    for (size_t place = 0; place < peer.key_len; place++) {
      char digits[3] = {secret[2 * place], secret[2 * place + 1], 0};
      bytes[place] = (char)strtoul(digits, NULL, 16);
    }
    peer.key = bytes;
  }
  /* It takes no `typ` but JWT. */
  add_peer(peer, json_object_get(suite, "plain_tokens"));

  struct row other = {.library = "cjose", .version = CJOSE_VERSION, .alg = alg, .accepts = cjose};
  char *jwk = json_dumps(json_object_get(suite, "jwk"), JSON_COMPACT);
  cjose_err error;
  other.jwk = cjose_jwk_import(jwk, strlen(jwk), &error);
  if (other.jwk == NULL) {
    add("cjose", CJOSE_VERSION, alg, "valid")->absent = "does not take the key";
  } else {
    add_peer(other, tokens);
  }
}

/* Nanoseconds of one call in the fastest of the batches that fit into so many milliseconds. */
static double nanoseconds(const struct row *row, double milliseconds) {
  double end = seconds() + milliseconds * 1e-3;
  double least = 1e9;
  unsigned seen = 0;
  do {
    double start = seconds();
    for (int run = 0; run < RUNS; run++) seen += row->accepts(row);
    double took = (seconds() - start) / RUNS;
    if (took < least) least = took;
  } while (seconds() < end);
  volatile unsigned kept = seen;
  (void)kept;
  return least * 1e9;
}

static void describe(void) {
  json_t *list = json_array();
  for (size_t index = 0; index < rows_len; index++) {
    const struct row *row = &rows[index];
    json_array_append_new(list, json_pack("{ss ss ss ss ss* ss*}", "library", row->library, "version", row->version,
                                          "alg", row->alg, "kind", row->kind, "fault",
                                          row->fault[0] != 0 ? row->fault : NULL, "absent", row->absent));
  }
  json_t *answer = json_pack("{so}", "rows", list);
  char *line = json_dumps(answer, JSON_COMPACT);
  puts(line);
  fflush(stdout);
  free(line);
  json_decref(answer);
}

int main(int count, char **arguments) {
  if (count != 2) fail("usage: worker FOLDER");
  if (doorward_abi_version() != DOORWARD_ABI_VERSION) fail("the library is not the one of the header");
  char path[4096];
  snprintf(path, sizeof path, "%s/fixtures.json", arguments[1]);
  json_t *fixtures = json_load_file(path, 0, NULL);
  if (fixtures == NULL) fail("no fixtures");
  issuer = text(fixtures, "issuer");
  audience = text(fixtures, "audience");
  method = text(fixtures, "method");
  url = text(fixtures, "url");
  size_t index;
  json_t *suite;
  json_array_foreach(json_object_get(fixtures, "suites"), index, suite) {
    add_suite(arguments[1], fixtures, suite);
  }
  describe();
  unsigned long wanted;
  double milliseconds;
  while (scanf("%lu %lf", &wanted, &milliseconds) == 2) {
    if (wanted >= rows_len || rows[wanted].accepts == NULL) fail("no such row");
    printf("%.1f\n", nanoseconds(&rows[wanted], milliseconds));
    fflush(stdout);
  }
  return 0;
}
