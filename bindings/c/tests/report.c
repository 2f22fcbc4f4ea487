/* The report of a decision, built from what the C ABI says and nothing else. */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

void text_add(text *into, const char *data, size_t len) {
  if (len == 0) return;
  if (into->room - into->len < len) {
    into->room = (into->room + len) * 2;
    into->data = realloc(into->data, into->room);
    if (into->data == NULL) abort();
  }
  memcpy(into->data + into->len, data, len);
  into->len += len;
}

void text_word(text *into, const char *word) { text_add(into, word, strlen(word)); }

void text_quoted(text *into, const char *data, size_t len) {
  size_t i;
  text_word(into, "\"");
  for (i = 0; i < len; i += 1) {
    unsigned char byte = (unsigned char)data[i];
    char escape[8];
    if (byte == '"' || byte == '\\') {
      text_word(into, "\\");
      text_add(into, data + i, 1);
    } else if (byte < 0x20) {
      snprintf(escape, sizeof escape, "\\u%04x", byte);
      text_word(into, escape);
    } else {
      text_add(into, data + i, 1);
    }
  }
  text_word(into, "\"");
}

void text_free(text *into) {
  free(into->data);
  memset(into, 0, sizeof *into);
}

static void member(text *into, const char *name) {
  char last = into->len == 0 ? '{' : into->data[into->len - 1];
  if (last != '{') text_word(into, ",");
  text_quoted(into, name, strlen(name));
  text_word(into, ":");
}

/* A string, or null where there is none. */
static void string_or_null(text *into, const char *name, doorward_str value) {
  member(into, name);
  if (value.data == NULL) text_word(into, "null");
  else text_quoted(into, value.data, value.len);
}

/* JSON text on one line, or null where there is none. */
static void json_or_null(text *into, const char *name, doorward_str value) {
  size_t i;
  int quoted = 0;
  member(into, name);
  if (value.data == NULL) text_word(into, "null");
  for (i = 0; i < value.len; i += 1) {
    char byte = value.data[i];
    if (!quoted && (byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n')) continue;
    text_add(into, &byte, 1);
    if (byte == '"') {
      quoted = !quoted;
    } else if (byte == '\\' && i + 1 < value.len) {
      i += 1;
      text_add(into, value.data + i, 1);
    }
  }
}

static void number(text *into, const char *name, uint64_t value) {
  char digits[32];
  snprintf(digits, sizeof digits, "%" PRIu64, value);
  member(into, name);
  text_word(into, digits);
}

static void boolean(text *into, const char *name, uint32_t value) {
  member(into, name);
  text_word(into, value == 1 ? "true" : "false");
}

static void time_value(text *into, const char *name, doorward_time time) {
  char digits[48];
  int64_t seconds = time.seconds;
  uint32_t nanos = time.nanos;
  const char *sign = "";
  if (seconds < 0 && nanos > 0) {
    /* Nanoseconds count upwards from the second below. */
    sign = seconds == -1 ? "-" : "";
    seconds += 1;
    nanos = 1000000000 - nanos;
  }
  if (nanos == 0) snprintf(digits, sizeof digits, "%" PRId64, seconds);
  else snprintf(digits, sizeof digits, "%s%" PRId64 ".%09" PRIu32, sign, seconds, nanos);
  member(into, name);
  text_word(into, digits);
}

static void principal(text *into, const doorward_principal *who) {
  member(into, "principal");
  if (who->kind == 0) {
    text_word(into, "null");
    return;
  }
  text_word(into, "{");
  string_or_null(into, "issuer", who->issuer);
  string_or_null(into, "issuer_name", who->issuer_name);
  string_or_null(into, "subject", who->subject);
  string_or_null(into, "kind", doorward_credential_kind_code(who->kind));
  if (who->has_expires) time_value(into, "expires", who->expires);
  else string_or_null(into, "expires", doorward_str_from(NULL));
  json_or_null(into, "actor", who->actor);
  text_word(into, "}");
}

static void context(text *into, const doorward_context *facts) {
  member(into, "context");
  if (facts->kind == 0) {
    text_word(into, "null");
    return;
  }
  text_word(into, "{");
  switch (facts->kind) {
    case DOORWARD_CONTEXT_TIME:
      string_or_null(into, "claim", facts->text);
      time_value(into, "value", facts->value);
      time_value(into, "now", facts->now);
      number(into, "leeway", facts->leeway);
      if (facts->has_limit) number(into, "limit", facts->limit);
      number(into, "missed_by", facts->missed_by);
      break;
    case DOORWARD_CONTEXT_CLAIM: string_or_null(into, "claim", facts->text); break;
    case DOORWARD_CONTEXT_SCOPE: string_or_null(into, "scope", facts->text); break;
    case DOORWARD_CONTEXT_ROLE: string_or_null(into, "role", facts->text); break;
    case DOORWARD_CONTEXT_UPSTREAM:
      string_or_null(into, "cause", facts->text);
      time_value(into, "at", facts->value);
      break;
    default: break;
  }
  text_word(into, "}");
}

static void answer(text *into, const doorward_decision *decision) {
  size_t i;
  member(into, "challenges");
  text_word(into, "[");
  for (i = 0; i < decision->challenges_len; i += 1) {
    if (i > 0) text_word(into, ",");
    text_quoted(into, decision->challenges[i].data, decision->challenges[i].len);
  }
  text_word(into, "]");
  member(into, "headers");
  text_word(into, "[");
  for (i = 0; i < decision->headers_len; i += 1) {
    text_word(into, i > 0 ? ",[" : "[");
    text_quoted(into, decision->headers[i].name.data, decision->headers[i].name.len);
    text_word(into, ",");
    text_quoted(into, decision->headers[i].value.data, decision->headers[i].value.len);
    text_word(into, "]");
  }
  text_word(into, "]");
}

/* A fact of a reason; null where there is no reason. */
static void of_reason(text *into, const char *name, uint16_t reason, doorward_str (*fact)(uint16_t)) {
  doorward_str nothing = doorward_str_from(NULL);
  string_or_null(into, name, reason == 0 ? nothing : fact(reason));
}

/* Claims with a number that no double can hold are null: so they are in hosts whose JSON has doubles only. */
static void claims(text *into, doorward_str value) {
  json *read = value.data == NULL ? NULL : json_read(value.data, value.len);
  json_or_null(into, "claims", json_is_finite(read) ? value : doorward_str_from(NULL));
  json_free(read);
}

void report_add(text *into, const doorward_decision *decision) {
  uint16_t true_reason = decision->concealed != 0 ? decision->concealed : decision->reason;
  text_word(into, "{");
  string_or_null(into, "outcome", doorward_outcome_code(decision->outcome));
  number(into, "status", decision->status);
  of_reason(into, "reason", decision->reason, doorward_reason_code);
  if (decision->reason == 0) string_or_null(into, "reason_number", doorward_str_from(NULL));
  else number(into, "reason_number", decision->reason);
  of_reason(into, "sentence", decision->reason, doorward_reason_sentence);
  string_or_null(into, "recovery", doorward_recovery_code(decision->recovery));
  string_or_null(into, "advice", doorward_recovery_advice(decision->recovery));
  of_reason(into, "operator", true_reason, doorward_reason_operator);
  string_or_null(into, "signal", doorward_signal_code(decision->signal));
  boolean(into, "may_resend", decision->may_resend);
  if (decision->has_retry_after) number(into, "retry_after", decision->retry_after);
  else string_or_null(into, "retry_after", doorward_str_from(NULL));
  answer(into, decision);
  principal(into, &decision->principal);
  context(into, &decision->context);
  if (decision->route < 0) string_or_null(into, "route", doorward_str_from(NULL));
  else number(into, "route", (uint64_t)decision->route);
  string_or_null(into, "path", decision->path);
  string_or_null(into, "grounds", doorward_grounds_code(decision->grounds));
  of_reason(into, "concealed", decision->concealed, doorward_reason_code);
  claims(into, decision->principal.claims);
  text_word(into, "}");
}

/* A number, or null where it does not hold. */
static void number_if(text *into, const char *name, uint32_t holds, uint64_t value) {
  if (holds) number(into, name, value);
  else string_or_null(into, name, doorward_str_from(NULL));
}

static void clues(text *into, uint64_t set) {
  uint32_t clue;
  member(into, "clues");
  text_word(into, "[");
  for (clue = 1; clue <= 64; clue += 1) {
    doorward_str code = doorward_clue_code(clue);
    if ((set >> (clue - 1) & 1) == 0) continue;
    if (into->data[into->len - 1] != '[') text_word(into, ",");
    text_quoted(into, code.data, code.len);
  }
  text_word(into, "]");
}

static void skew(text *into, const doorward_diagnosis_facts *facts) {
  char digits[64];
  member(into, "skew");
  if (!facts->has_skew) {
    text_word(into, "null");
    return;
  }
  snprintf(digits, sizeof digits, "{\"seconds\":%" PRId64 ",\"within\":%" PRIu64 "}", facts->skew_seconds,
           facts->skew_within);
  text_word(into, digits);
}

static void demand(text *into, const doorward_diagnosis_facts *facts) {
  member(into, "demand");
  text_word(into, "{");
  string_or_null(into, "scheme", facts->scheme);
  string_or_null(into, "realm", facts->realm);
  string_or_null(into, "scope", facts->scope);
  string_or_null(into, "acr_values", facts->acr_values);
  string_or_null(into, "max_age", facts->max_age);
  string_or_null(into, "resource_metadata", facts->resource_metadata);
  string_or_null(into, "claims", facts->claims);
  string_or_null(into, "nonce", facts->nonce);
  string_or_null(into, "error", facts->error);
  string_or_null(into, "error_description", facts->error_description);
  text_word(into, "}");
}

void report_add_diagnosis(text *into, const doorward_diagnosis_facts *facts) {
  text_word(into, "{");
  number(into, "status", facts->status);
  of_reason(into, "diagnosis", facts->reason, doorward_reason_code);
  of_reason(into, "cause", facts->cause, doorward_reason_code);
  string_or_null(into, "confidence", doorward_confidence_code(facts->confidence));
  string_or_null(into, "origin", doorward_origin_code(facts->origin));
  string_or_null(into, "product", facts->product);
  clues(into, facts->clues);
  boolean(into, "misused_status", facts->misused_status);
  number_if(into, "proper_status", facts->proper_status != 0, facts->proper_status);
  skew(into, facts);
  string_or_null(into, "recovery", doorward_recovery_code(facts->recovery));
  string_or_null(into, "retry", doorward_retry_code(facts->retry));
  number_if(into, "retry_after", facts->has_retry_after, facts->retry_after);
  string_or_null(into, "signal", doorward_signal_code(facts->signal));
  demand(into, facts);
  string_or_null(into, "summary", facts->summary);
  text_word(into, "}");
}
