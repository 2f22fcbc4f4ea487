/*
 * One decision, from the policy file to the answer: where to start when a server asks Doorward.
 *
 *   cc decide.c $(pkg-config --cflags --libs doorward) -o decide
 *   ./decide policy.toml GET /v1/orders/7 'Bearer eyJhbGciOi...'
 *
 * The exit code is 0 if the caller is let in, 1 if not, and 2 if there was no decision.
 */
#include <doorward.h>
#include <stdio.h>
#include <string.h>

static void print(doorward_str text) {
  if (text.len > 0) fwrite(text.data, 1, text.len, stdout);
}

/* A call that failed has written to none of its outputs; its result says why. */
static int give_up(const char *what, doorward_result result) {
  doorward_str why = doorward_result_text(result);
  fprintf(stderr, "%s: %.*s\n", what, (int)why.len, why.len > 0 ? why.data : "");
  return 2;
}

/* Once per process: loads the policy. Faults come one per line, with file, line and column: log them as they are. */
static doorward_engine *load(const char *path) {
  doorward_engine *engine = NULL;
  doorward_error *error = NULL;
  doorward_result result = doorward_engine_from_file(path, strlen(path), &engine, &error);
  if (result == DOORWARD_RESULT_POLICY) {
    doorward_str faults = doorward_error_text(error);
    fprintf(stderr, "%.*s\n", (int)faults.len, faults.data);
    doorward_error_free(error);
  } else if (result != DOORWARD_RESULT_OK) {
    give_up(path, result);
  }
  return engine;
}

/* What goes back over the wire: the status, every header of the decision on a line of its own, and the body. */
static void answer(const doorward_decision *decision, int is_head) {
  size_t i;
  printf("HTTP/1.1 %u\r\n", (unsigned)decision->status);
  for (i = 0; i < decision->headers_len; i += 1) {
    print(decision->headers[i].name);
    printf(": ");
    print(decision->headers[i].value);
    printf("\r\n");
  }
  if (decision->body.len > 0) {
    printf("Content-Type: %s\r\nContent-Length: %lu\r\n", DOORWARD_BODY_TYPE, (unsigned long)decision->body.len);
  }
  printf("\r\n");
  if (!is_head) print(decision->body);
}

int main(int argc, char **argv) {
  doorward_engine *engine;
  doorward_scratch *scratch = NULL;
  doorward_request request = doorward_request_init();
  doorward_decision decision = doorward_decision_init();
  doorward_field line;
  doorward_result result;
  int code;
  if (argc < 4) {
    fprintf(stderr, "usage: decide POLICY METHOD TARGET [AUTHORIZATION]\n");
    return 2;
  }

  /* Header and library must agree on the ABI; with a static library they always do. */
  if (doorward_abi_version() != DOORWARD_ABI_VERSION) {
    fprintf(stderr, "libdoorward has another ABI than doorward.h\n");
    return 2;
  }
  engine = load(argv[1]);
  if (engine == NULL) return 2;

  /* Once per thread: the memory that decisions are made in. After this, deciding allocates nothing. */
  result = doorward_scratch_new(engine, &scratch);
  if (result != DOORWARD_RESULT_OK) {
    doorward_engine_free(engine);
    return give_up("no scratch", result);
  }

  /* Once per request: lend it. Nothing is copied; the target is as the client sent it, never decoded. */
  request.method = doorward_str_from(argv[2]);
  request.url = doorward_str_from(argv[3]);
  if (argc > 4) {
    line.name = doorward_str_from("Authorization");
    line.value = doorward_str_from(argv[4]);
    request.fields = &line;
    request.fields_len = 1;
  }
  result = doorward_decide(engine, scratch, &request, doorward_now(), &decision);
  if (result != DOORWARD_RESULT_OK) {
    /* No decision is no permission: answer 500. */
    printf("HTTP/1.1 500\r\n\r\n");
    code = give_up("no decision", result);
  } else {
    answer(&decision, strcmp(argv[2], "HEAD") == 0);
    if (decision.allowed) {
      /* Here a proxy forwards the request, with decision.path in place of the path that it got. */
      printf("let in as ");
      print(decision.principal.kind == 0 ? doorward_str_from("anyone") : decision.principal.subject);
      printf("\n");
    }
    code = decision.allowed ? 0 : 1;
  }

  /* The decision's views end with the scratch; handles may be freed in any order. */
  doorward_scratch_free(scratch);
  doorward_engine_free(engine);
  return code;
}
