/* What the tests of fetched keys decide on: a policy whose keys come from a URL, the set that is found there, and tokens that were
 * signed with it and are good until 2100. */
#ifndef FETCHED_H
#define FETCHED_H

#include <doorward.h>
#include <stdio.h>
#include <string.h>

/* The keys that the policy's URL leads to. */
#define FETCHED_KEYS \
  "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"k\",\"alg\":\"ES256\",\"use\":\"sig\",\"x" \
  "\":\"EO64DXVsFxuwqRJF9TjVwJ8OowuNoZ5Fqldastup5II\",\"y\":\"3ELCULKfXmmc423-RBa0x2wR-rIiWjOQ4O9oz" \
  "G-pJjE\"}]}"

/* A caller. */
#define FETCHED_ERIN \
  "Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIi" \
  "wic3ViIjoiZXJpbiIsImF1ZCI6Imh0dHBzOi8vYXBpLmV4YW1wbGUiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6NDEwMjQ0ND" \
  "gwMCwianRpIjoiZSJ9.EsTshvJdBHfrbbJbqMdf_z7TO3o4HxMwCFopybIfpGghi25CXJZM-yg3OPBpCiCSV3SJK3iHi4-qS" \
  "-bT1bgz2Q"

/* Another one. */
#define FETCHED_FRANK \
  "Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIi" \
  "wic3ViIjoiZnJhbmsiLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlIiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjQxMDI0ND" \
  "Q4MDAsImp0aSI6ImYifQ.nvZLNjDtqGnTGKBuApsEdDm9HHmzUJamrog92kM2-cvvCDa67GAyvQPKOlUnOkGpTFkv8Rrsd-n" \
  "jclU7pU6Pzw"

/* The policy, with the port of the provider and what else it shall say. */
static inline void fetched_policy(char *into, size_t room, unsigned port, const char *more) {
  int len = snprintf(into, room,
                     "disclosure = \"reason\"\n"
                     "[issuers.corp]\n"
                     "profile = \"jwt\"\n"
                     "issuer = \"https://idp.example\"\n"
                     "audience = [\"https://api.example\"]\n"
                     "algorithms = [\"ES256\"]\n"
                     "keys = { url = \"http://127.0.0.1:%u/jwks\" }\n"
                     "[[routes]]\n"
                     "path = \"/orders/{id}\"\n"
                     "accept = \"corp\"\n%s",
                     port, more);
  if (len < 0 || (size_t)len >= room) into[0] = '\0';
}

/* A request for an order with this Authorization line, for which `line` is the memory. */
static inline doorward_request fetched_request(doorward_field *line, const char *authorization) {
  doorward_request request = doorward_request_init();
  line->name = doorward_str_from("Authorization");
  line->value = doorward_str_from(authorization);
  request.method = doorward_str_from("GET");
  request.url = doorward_str_from("/orders/7");
  request.fields = line;
  request.fields_len = 1;
  return request;
}

/* What is decided on a request; all zero if nothing is. */
static inline doorward_decision fetched_decide(const doorward_engine *engine, doorward_scratch *scratch,
                                               const char *authorization, doorward_time now, const char *peer) {
  doorward_field line;
  doorward_request request = fetched_request(&line, authorization);
  doorward_decision decision = doorward_decision_init();
  request.peer = doorward_str_from(peer);
  if (doorward_decide(engine, scratch, &request, now, &decision) != DOORWARD_RESULT_OK) memset(&decision, 0, sizeof decision);
  return decision;
}

#endif
