/* Fork: a policy is loaded once, before it, and each child fetches the keys for itself, by a thread of its own that its first
 * decision starts, within bounds of its own. The provider is a process of this test, on a loopback port. */
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "fetched.h"

#define CHILDREN 2
/* Longer than anything here takes, on a slow machine too. */
#define PATIENCE_MS 20000
/* Between two fetches of one engine, in seconds. */
#define WINDOW 10
#define UNKNOWN_KEYS 100

static void pause_a_moment(void) {
  struct timespec moment = {0, 10 * 1000 * 1000};
  nanosleep(&moment, NULL);
}

/* The threads of this process. */
static int threads(void) {
  DIR *folder = opendir("/proc/self/task");
  struct dirent *entry;
  int count = 0;
  if (folder == NULL) return -1;
  while ((entry = readdir(folder)) != NULL) count += entry->d_name[0] != '.';
  closedir(folder);
  return count;
}

/* Waits until this process has so many threads. */
static int threads_become(int wanted) {
  int waited;
  for (waited = 0; waited < PATIENCE_MS && threads() != wanted; waited += 10) pause_a_moment();
  return threads() == wanted;
}

/* A listener on a free loopback port. */
static int listen_on(unsigned *port) {
  struct sockaddr_in address;
  socklen_t len = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 16) != 0 ||
      getsockname(listener, (struct sockaddr *)&address, &len) != 0) {
    exit(2);
  }
  *port = ntohs(address.sin_port);
  return listener;
}

/* Answers every request with the keys, and puts a byte into `told` for each; until it is ended, or for two minutes. */
static void provide(int listener, int told) {
  char answer[1024];
  int len = snprintf(answer, sizeof answer,
                     "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %lu\r\nConnection: close\r\n\r\n%s",
                     (unsigned long)strlen(FETCHED_KEYS), FETCHED_KEYS);
  alarm(120);
  for (;;) {
    char head[4096];
    size_t have = 0;
    int connection = accept(listener, NULL, NULL);
    if (connection < 0) _exit(2);
    head[0] = '\0';
    while (have < sizeof head - 1 && strstr(head, "\r\n\r\n") == NULL) {
      ssize_t got = read(connection, head + have, sizeof head - 1 - have);
      if (got <= 0) break;
      have += (size_t)got;
      head[have] = '\0';
    }
    if (write(told, "x", 1) != 1 || write(connection, answer, (size_t)len) != len) _exit(2);
    close(connection);
  }
}

/* How many requests the provider got since the last time. */
static int fetches(int told) {
  char bytes[256];
  ssize_t got;
  struct timeval none = {0, 0};
  fd_set ready;
  FD_ZERO(&ready);
  FD_SET(told, &ready);
  if (select(told + 1, &ready, NULL, NULL, &none) != 1) return 0;
  got = read(told, bytes, sizeof bytes);
  return got < 0 ? -1 : (int)got;
}

/* base64url of a text, without padding. */
static void encode(char *into, const char *text) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  size_t len = strlen(text), i;
  unsigned bits = 0;
  int have = 0;
  for (i = 0; i < len; i += 1) {
    bits = bits << 8 | (unsigned char)text[i];
    for (have += 8; have >= 6; have -= 6) *into++ = digits[bits >> (have - 6) & 63];
  }
  if (have > 0) *into++ = digits[bits << (6 - have) & 63];
  *into = '\0';
}

/* Erin's token as one whose key nobody has heard of. */
static void with_unknown_key(char *into, size_t room, int number) {
  char header[128], encoded[192];
  snprintf(header, sizeof header, "{\"typ\":\"JWT\",\"alg\":\"ES256\",\"kid\":\"unknown-%d\"}", number);
  encode(encoded, header);
  snprintf(into, room, "Bearer %s%s", encoded, strchr(FETCHED_ERIN, '.'));
}

/* What a worker of a server would do. */
static int child(doorward_engine *engine) {
  doorward_scratch *scratch = NULL;
  doorward_decision decision;
  char token[1024];
  int waited, i, pending = 0;
  CHECK("a child has one thread", threads() == 1);
  CHECK("a scratch is made", doorward_scratch_new(engine, &scratch) == DOORWARD_RESULT_OK);
  CHECK("that alone starts nothing", threads() == 1);
  decision = fetched_decide(engine, scratch, FETCHED_ERIN, doorward_now(), NULL);
  CHECK("without keys our trust is unavailable, and the caller is not to blame",
        decision.status == 503 && decision.reason == DOORWARD_REASON_TRUST_UNAVAILABLE && decision.has_retry_after == 1 &&
            decision.retry_after >= 1);
  for (waited = 0; waited < PATIENCE_MS && decision.allowed != 1; waited += 10) {
    pause_a_moment();
    decision = fetched_decide(engine, scratch, FETCHED_ERIN, doorward_now(), NULL);
  }
  CHECK("the first decision has started a thread that fetches", decision.allowed == 1 && threads_become(2));
  for (i = 0; i < UNKNOWN_KEYS; i += 1) {
    with_unknown_key(token, sizeof token, i);
    decision = fetched_decide(engine, scratch, token, doorward_now(), NULL);
    pending += decision.status == 401 && decision.reason == DOORWARD_REASON_KEY_UNKNOWN &&
               decision.recovery == DOORWARD_RECOVERY_WAIT && decision.may_resend == 1 && decision.has_retry_after == 1 &&
               decision.retry_after >= 1 && decision.retry_after <= 2 * WINDOW;
  }
  CHECK("of an unknown key it is told when to ask again", pending == UNKNOWN_KEYS);
  decision = fetched_decide(engine, scratch, FETCHED_FRANK, doorward_now(), NULL);
  CHECK("others come in meanwhile", decision.allowed == 1);
  doorward_scratch_free(scratch);
  doorward_engine_free(engine);
  CHECK("the thread ends with the engine", threads_become(1));
  return check_end();
}

int main(void) {
  unsigned port;
  int told[2], i, status, good = 0, count, listener = listen_on(&port);
  time_t began = time(NULL);
  pid_t provider, children[CHILDREN];
  char policy[1024];
  doorward_engine *engine = NULL;
  if (pipe(told) != 0) return 2;
  fflush(stdout);
  provider = fork();
  if (provider < 0) return 2;
  if (provider == 0) provide(listener, told[1]);
  close(listener);
  fetched_policy(policy, sizeof policy, port, "");
  CHECK("the policy loads", doorward_engine_load_text(policy, strlen(policy), DOORWARD_FORMAT_TOML, NULL, 0, &engine, NULL) ==
                                DOORWARD_RESULT_OK);
  CHECK("children are to start", doorward_engine_start_when_deciding(engine) == DOORWARD_RESULT_OK);
  CHECK("loading starts no thread", threads() == 1);
  fflush(stdout);
  for (i = 0; i < CHILDREN; i += 1) {
    children[i] = fork();
    if (children[i] < 0) exit(2);
    if (children[i] == 0) exit(child(engine));
  }
  for (i = 0; i < CHILDREN; i += 1) {
    good += waitpid(children[i], &status, 0) == children[i] && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  CHECK("each child came to know the keys", good == CHILDREN);
  count = fetches(told[0]);
  /* Once each; on a machine so slow that a window passes, once for each window. */
  CHECK("each has fetched for itself, once a window",
        count >= CHILDREN && count <= CHILDREN * (1 + (int)((time(NULL) - began) / WINDOW)));
  CHECK("the parent has still one thread, and no keys", threads() == 1);
  CHECK("the parent can fetch for itself, too", doorward_engine_ready(engine, PATIENCE_MS, NULL) == DOORWARD_RESULT_OK &&
                                                   fetches(told[0]) == 1 && threads_become(2));
  doorward_engine_free(engine);
  CHECK("and its thread ends", threads_become(1));
  kill(provider, SIGKILL);
  waitpid(provider, &status, 0);
  return check_end();
}
