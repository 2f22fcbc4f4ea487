/*
 * How a proxy with worker threads holds Doorward: one engine for all, a scratch per worker, nothing shared on the hot path
 * but one counter, and a reload that keeps the last good policy when the new one has faults.
 *
 *   cc -pthread proxy_loop.c $(pkg-config --cflags --libs doorward) -o proxy_loop
 *   printf 'GET /healthz\nGET /v1/orders/7\nreload new.toml\nGET /healthz\n' | ./proxy_loop policy.toml
 *
 * Requests come from standard input, a line each: method, target, and the rest of the line is the Authorization field.
 * A real proxy gets them from its connections; the rest is the same.
 */
#include <doorward.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORKERS 4
#define QUEUE 64
#define LINE 8192

/* The policy in force. Workers look at `generation` with every request, and at the rest only when it has changed. */
static struct {
  pthread_mutex_t lock;
  doorward_engine *engine;
  atomic_ulong generation;
} current = {PTHREAD_MUTEX_INITIALIZER, NULL, 0};

/* Requests on their way to the workers, with the number of the request. */
static struct {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  char lines[QUEUE][LINE];
  unsigned long first, next;
  /* How many requests are answered: a reload waits for those before it, to keep the output of this example in order. */
  unsigned long answered;
  int ended;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* What a worker has for itself. */
typedef struct worker {
  doorward_engine *engine;
  doorward_scratch *scratch;
  unsigned long generation;
} worker;

/* Loads a policy and puts it in force. One with faults changes nothing: the last good one stays. */
static int load(const char *path) {
  doorward_engine *fresh = NULL, *old;
  doorward_error *error = NULL;
  doorward_result result = doorward_engine_from_file(path, strlen(path), &fresh, &error);
  if (result != DOORWARD_RESULT_OK) {
    doorward_str why = result == DOORWARD_RESULT_POLICY ? doorward_error_text(error) : doorward_result_text(result);
    printf("not loaded, the last good policy stays: %.*s\n", (int)why.len, why.data);
    doorward_error_free(error);
    return 0;
  }
  pthread_mutex_lock(&current.lock);
  old = current.engine;
  current.engine = fresh;
  atomic_fetch_add_explicit(&current.generation, 1, memory_order_release);
  pthread_mutex_unlock(&current.lock);
  /* Workers that decide with the old engine at this moment have handles of their own to it: it lives until they are done. */
  doorward_engine_free(old);
  return 1;
}

/* Takes the policy in force, if it is not the one that the worker has. If that fails the worker goes on with what it has,
 * and without any it answers 500. */
static void refresh(worker *self) {
  doorward_engine *engine = NULL;
  doorward_scratch *scratch = NULL;
  unsigned long generation = atomic_load_explicit(&current.generation, memory_order_acquire);
  if (generation == self->generation) return;
  pthread_mutex_lock(&current.lock);
  generation = atomic_load_explicit(&current.generation, memory_order_relaxed);
  if (doorward_engine_share(current.engine, &engine) != DOORWARD_RESULT_OK) engine = NULL;
  pthread_mutex_unlock(&current.lock);
  if (engine == NULL) return;
  /* All that allocates happens here, once per policy and thread. */
  if (doorward_scratch_new(engine, &scratch) != DOORWARD_RESULT_OK ||
      doorward_engine_warm_thread(engine) != DOORWARD_RESULT_OK) {
    doorward_scratch_free(scratch);
    doorward_engine_free(engine);
    return;
  }
  doorward_scratch_free(self->scratch);
  doorward_engine_free(self->engine);
  self->engine = engine;
  self->scratch = scratch;
  self->generation = generation;
}

/* The hot path: no lock, no allocation. */
static void serve(worker *self, unsigned long number, char *text) {
  char *save = NULL;
  const char *method = strtok_r(text, " ", &save);
  const char *target = strtok_r(NULL, " ", &save);
  const char *authorization = strtok_r(NULL, "", &save);
  doorward_request request = doorward_request_init();
  doorward_decision decision = doorward_decision_init();
  doorward_field line;
  doorward_result result;
  doorward_str reason;
  request.method = doorward_str_from(method);
  request.url = doorward_str_from(target);
  if (authorization != NULL) {
    line.name = doorward_str_from("Authorization");
    line.value = doorward_str_from(authorization);
    request.fields = &line;
    request.fields_len = 1;
  }
  result = doorward_decide(self->engine, self->scratch, &request, doorward_now(), &decision);
  if (result != DOORWARD_RESULT_OK) {
    /* Whatever went wrong: a request without a decision is refused. */
    printf("%lu: 500\n", number);
    return;
  }
  /* An operator's log has the true reason, which a hidden route conceals from the caller. */
  reason = doorward_reason_code(decision.concealed != 0 ? decision.concealed : decision.reason);
  printf("%lu: %u %.*s\n", number, (unsigned)decision.status, (int)reason.len, reason.len > 0 ? reason.data : "");
}

static void *work(void *unused) {
  worker self = {NULL, NULL, 0};
  char text[LINE];
  (void)unused;
  for (;;) {
    unsigned long number;
    pthread_mutex_lock(&queue.lock);
    while (queue.first == queue.next && !queue.ended) pthread_cond_wait(&queue.changed, &queue.lock);
    if (queue.first == queue.next) {
      pthread_mutex_unlock(&queue.lock);
      break;
    }
    number = queue.first++;
    memcpy(text, queue.lines[number % QUEUE], LINE);
    pthread_cond_broadcast(&queue.changed);
    pthread_mutex_unlock(&queue.lock);

    refresh(&self);
    serve(&self, number, text);

    pthread_mutex_lock(&queue.lock);
    queue.answered += 1;
    pthread_cond_broadcast(&queue.changed);
    pthread_mutex_unlock(&queue.lock);
  }
  doorward_scratch_free(self.scratch);
  doorward_engine_free(self.engine);
  return NULL;
}

/* Waits until at most `waiting` requests are not answered yet. */
static void wait_for(unsigned long waiting) {
  while (queue.next - queue.answered > waiting) pthread_cond_wait(&queue.changed, &queue.lock);
}

int main(int argc, char **argv) {
  pthread_t threads[WORKERS];
  char text[LINE];
  int i, started = 0;
  if (argc != 2) {
    fprintf(stderr, "usage: proxy_loop POLICY < REQUESTS\n");
    return 2;
  }
  /* A proxy that has no policy at all must not start. */
  if (!load(argv[1])) return 2;
  for (i = 0; i < WORKERS; i += 1) {
    if (pthread_create(&threads[started], NULL, work, NULL) == 0) started += 1;
  }
  while (started > 0 && fgets(text, sizeof text, stdin) != NULL) {
    text[strcspn(text, "\r\n")] = '\0';
    if (text[0] == '\0') continue;
    pthread_mutex_lock(&queue.lock);
    if (strncmp(text, "reload ", 7) == 0) {
      wait_for(0);
      load(text + 7);
    } else {
      wait_for(QUEUE - 1);
      memcpy(queue.lines[queue.next % QUEUE], text, LINE);
      queue.next += 1;
      pthread_cond_broadcast(&queue.changed);
    }
    pthread_mutex_unlock(&queue.lock);
  }
  pthread_mutex_lock(&queue.lock);
  queue.ended = 1;
  pthread_cond_broadcast(&queue.changed);
  pthread_mutex_unlock(&queue.lock);
  for (i = 0; i < started; i += 1) pthread_join(threads[i], NULL);
  doorward_engine_free(current.engine);
  return started > 0 ? 0 : 2;
}
