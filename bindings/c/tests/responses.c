/* Reading cases about answers, and having them explained. */
#include "responses.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const table_file *file, const char *what) {
  fprintf(stderr, "%s: %s\n", file->path, what);
  exit(2);
}

static doorward_str view(const json *string) {
  doorward_str text = {NULL, 0};
  if (string != NULL && string->kind == JSON_STRING) {
    text.data = string->text;
    text.len = string->text_len;
  }
  return text;
}

static uint32_t yes(const json *value) {
  return value != NULL && value->raw_len == 4 && memcmp(value->raw, "true", 4) == 0;
}

/* 1 if there is a time, which it writes. */
static uint32_t time_of(const table_file *file, const json *value, doorward_time *out) {
  int read;
  if (value == NULL || (value->raw_len == 4 && memcmp(value->raw, "null", 4) == 0)) return 0;
  if (value->kind == JSON_STRING) read = table_time(value->text, value->text_len, out);
  else read = table_time(value->raw, value->raw_len, out);
  if (!read) die(file, "a time of `sent` is none");
  return 1;
}

static doorward_sent read_sent(const table_file *file, const json *value) {
  doorward_sent sent = doorward_sent_init();
  const json *attempt = value == NULL ? NULL : json_member(value, "attempt");
  if (value == NULL) return sent;
  sent.scheme = view(json_member(value, "scheme"));
  sent.url = view(json_member(value, "url"));
  sent.final_url = view(json_member(value, "final_url"));
  sent.has_at = time_of(file, json_member(value, "at"), &sent.at);
  sent.has_issued_at = time_of(file, json_member(value, "issued_at"), &sent.issued_at);
  sent.has_expires_at = time_of(file, json_member(value, "expires_at"), &sent.expires_at);
  sent.attempt = attempt == NULL ? 0 : (uint32_t)strtoul(attempt->raw, NULL, 10);
  sent.refused_before = yes(json_member(value, "refused_before"));
  sent.proof = yes(json_member(value, "proof"));
  sent.interactive = yes(json_member(value, "interactive"));
  return sent;
}

int response_diagnose(const table_file *file, const json *value, response_case *out) {
  const json *answer = json_member(value, "response");
  const json *status, *headers, *item;
  doorward_field *fields;
  doorward_response response = doorward_response_init();
  doorward_sent sent;
  doorward_time now = {0, 0};
  size_t i = 0;
  if (answer == NULL) return 0;
  out->id = json_member(value, "id");
  out->diagnosis = NULL;
  status = json_member(answer, "status");
  headers = json_member(answer, "headers");
  if (out->id == NULL || status == NULL) die(file, "a case lacks a member");
  if (!time_of(file, json_member(value, "at"), &now)) die(file, "a case has no time");
  fields = calloc(headers == NULL ? 1 : headers->children + 1, sizeof *fields);
  if (fields == NULL) abort();
  for (item = headers == NULL ? NULL : headers->child; item != NULL; item = item->next, i += 1) {
    if (item->children != 2) die(file, "a header is no pair");
    fields[i].name = view(item->child);
    fields[i].value = view(item->child->next);
  }
  response.status = (uint16_t)strtoul(status->raw, NULL, 10);
  response.fields = fields;
  response.fields_len = i;
  response.body = view(json_member(answer, "body"));
  sent = read_sent(file, json_member(value, "sent"));
  if (doorward_diagnose(&sent, &response, now, &out->diagnosis) != DOORWARD_RESULT_OK) die(file, "no diagnosis");
  free(fields);
  return 1;
}
