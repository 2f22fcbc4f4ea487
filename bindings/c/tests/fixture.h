/* What the tests decide on: a policy with one key that everybody knows, and tokens that were signed with it. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <doorward.h>
#include <string.h>

/* The time of the tests: 2026-11-22T22:43:51Z. */
#define FIXTURE_NOW 1795387431

/* A caller who may read orders. */
#define FIXTURE_ALICE \
  "Bearer eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIi" \
  "wic3ViIjoiYWxpY2UiLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlIiwiY2xpZW50X2lkIjoiYWxpY2UiLCJpYXQiOjE3OTUzOD" \
  "cwMDAsImV4cCI6MTc5NTM5MTAzMSwianRpIjoidCIsInNjb3BlIjoib3JkZXJzOnJlYWQiLCJhY3QiOnsic3ViIjoiYWdlbnQtNy" \
  "J9fQ.KZD1AdvIp6iGDGoPbI8U69z7iwisAREWcHBC1vMx8uA"

/* Another one. */
#define FIXTURE_BOB \
  "Bearer eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIi" \
  "wic3ViIjoiYm9iIiwiYXVkIjoiaHR0cHM6Ly9hcGkuZXhhbXBsZSIsImNsaWVudF9pZCI6ImJvYiIsImlhdCI6MTc5NTM4NzAwMC" \
  "wiZXhwIjoxNzk1MzkxMDMxLCJqdGkiOiJ0Iiwic2NvcGUiOiJvcmRlcnM6cmVhZCJ9.XG8VIDwthURghuJrYv0zXzhCUeCrSADqN" \
  "QZatfCZjyI"

/* A caller whose token expired. */
#define FIXTURE_LATE \
  "Bearer eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIi" \
  "wic3ViIjoiY2Fyb2wiLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlIiwiY2xpZW50X2lkIjoiY2Fyb2wiLCJpYXQiOjE3OTUzOD" \
  "cwMDAsImV4cCI6MTc5NTM4NzAwMCwianRpIjoidCIsInNjb3BlIjoib3JkZXJzOnJlYWQifQ.-5HKKBbvkiiHHu--k2rDJagu8k0" \
  "BiK3qzvEe9uExga4"

/* A caller without the scope. */
#define FIXTURE_POOR \
  "Bearer eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIi" \
  "wic3ViIjoiZGF2ZSIsImF1ZCI6Imh0dHBzOi8vYXBpLmV4YW1wbGUiLCJjbGllbnRfaWQiOiJkYXZlIiwiaWF0IjoxNzk1Mzg3MD" \
  "AwLCJleHAiOjE3OTUzOTEwMzEsImp0aSI6InQiLCJzY29wZSI6Im1lbnU6cmVhZCJ9.dHGx-uc1Wy8t6gOrPqLPmNkIWbrIouUJa" \
  "AGH3NFhLPk"

static const char fixture_policy[] =
    "realm = \"orders\"\n"
    "disclosure = \"reason\"\n"
    "[issuers.corp]\n"
    "profile = \"rfc9068\"\n"
    "issuer = \"https://idp.example\"\n"
    "audience = [\"https://api.example\"]\n"
    "algorithms = [\"HS256\"]\n"
    "keys = { inline = { kty = \"oct\", kid = \"k\", alg = \"HS256\", k = \"dGhpcyBrZXkgaXMgZm9yIHRlc3RzIGFuZCBpcyBrbm93biB0byBldmVyeWJvZHk\" } }\n"
    "[[routes]]\n"
    "path = \"/healthz\"\n"
    "accept = \"anyone\"\n"
    "[[routes]]\n"
    "path = \"/orders/{id}\"\n"
    "accept = \"corp\"\n"
    "scopes = [\"orders:read\"]\n";

static inline doorward_time fixture_now(void) {
  doorward_time now;
  now.seconds = FIXTURE_NOW;
  now.nanos = 0;
  return now;
}

/* The engine of the policy; null if the library is broken. */
static inline doorward_engine *fixture_engine(void) {
  doorward_engine *engine = NULL;
  doorward_result result = doorward_engine_from_text(fixture_policy, strlen(fixture_policy), DOORWARD_FORMAT_TOML, NULL, 0,
                                                     &engine, NULL);
  return result == DOORWARD_RESULT_OK ? engine : NULL;
}

/* A request for an order with this Authorization line, for which `line` is the memory. */
static inline doorward_request fixture_request(doorward_field *line, const char *authorization) {
  doorward_request request = doorward_request_init();
  line->name = doorward_str_from("Authorization");
  line->value = doorward_str_from(authorization);
  request.method = doorward_str_from("GET");
  request.url = doorward_str_from("/orders/7?page=2");
  request.fields = line;
  request.fields_len = 1;
  return request;
}

#endif
