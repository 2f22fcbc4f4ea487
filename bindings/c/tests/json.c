/* The JSON reader: recursive, for files that we wrote ourselves. */
#include "json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
  const char *at;
  const char *end;
} reader;

static json *read_value(reader *in);

static void skip_space(reader *in) {
  while (in->at < in->end && strchr(" \t\r\n", *in->at) != NULL && *in->at != '\0') in->at += 1;
}

static int next_is(reader *in, char wanted) {
  skip_space(in);
  if (in->at >= in->end || *in->at != wanted) return 0;
  in->at += 1;
  return 1;
}

static json *make(json_kind kind) {
  json *value = calloc(1, sizeof *value);
  if (value == NULL) abort();
  value->kind = kind;
  return value;
}

static int hex4(reader *in, unsigned *out) {
  unsigned value = 0;
  int i;
  if (in->end - in->at < 4) return 0;
  for (i = 0; i < 4; i += 1) {
    char digit = *in->at;
    in->at += 1;
    value *= 16;
    if (digit >= '0' && digit <= '9') value += (unsigned)(digit - '0');
    else if (digit >= 'a' && digit <= 'f') value += (unsigned)(digit - 'a') + 10;
    else if (digit >= 'A' && digit <= 'F') value += (unsigned)(digit - 'A') + 10;
    else return 0;
  }
  *out = value;
  return 1;
}

static char *put_utf8(char *to, unsigned code) {
  if (code < 0x80) {
    *to++ = (char)code;
  } else if (code < 0x800) {
    *to++ = (char)(0xc0 | (code >> 6));
    *to++ = (char)(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    *to++ = (char)(0xe0 | (code >> 12));
    *to++ = (char)(0x80 | ((code >> 6) & 0x3f));
    *to++ = (char)(0x80 | (code & 0x3f));
  } else {
    *to++ = (char)(0xf0 | (code >> 18));
    *to++ = (char)(0x80 | ((code >> 12) & 0x3f));
    *to++ = (char)(0x80 | ((code >> 6) & 0x3f));
    *to++ = (char)(0x80 | (code & 0x3f));
  }
  return to;
}

/* One escape, behind its backslash; null if it is none. */
static char *read_escape(reader *in, char *to) {
  static const char names[] = "\"\\/bfnrt";
  static const char values[] = "\"\\/\b\f\n\r\t";
  unsigned code;
  const char *name;
  if (in->at >= in->end) return NULL;
  if (*in->at == 'u') {
    in->at += 1;
    if (!hex4(in, &code)) return NULL;
    if (code >= 0xd800 && code < 0xdc00) {
      unsigned low;
      if (in->end - in->at < 2 || in->at[0] != '\\' || in->at[1] != 'u') return NULL;
      in->at += 2;
      if (!hex4(in, &low) || low < 0xdc00 || low > 0xdfff) return NULL;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code >= 0xdc00 && code < 0xe000) {
      return NULL;
    }
    return put_utf8(to, code);
  }
  name = strchr(names, *in->at);
  if (name == NULL || *name == '\0') return NULL;
  in->at += 1;
  *to++ = values[name - names];
  return to;
}

/* A string, behind its first quote. What is read is never longer than what was written. */
static char *read_text(reader *in, size_t *len) {
  const char *close = in->at;
  char *text, *to;
  while (close < in->end && *close != '"') close += *close == '\\' && in->end - close > 1 ? 2 : 1;
  if (close >= in->end) return NULL;
  text = to = malloc((size_t)(close - in->at) + 1);
  if (text == NULL) abort();
  while (in->at < close) {
    char byte = *in->at;
    in->at += 1;
    if (byte == '\\') {
      to = read_escape(in, to);
    } else if ((unsigned char)byte < 0x20) {
      to = NULL;
    } else {
      *to++ = byte;
    }
    if (to == NULL) {
      free(text);
      return NULL;
    }
  }
  in->at = close + 1;
  *to = '\0';
  *len = (size_t)(to - text);
  return text;
}

/* The elements or members of a list, behind its bracket. */
static int read_list(reader *in, json *list, char close) {
  json **place = &list->child;
  if (next_is(in, close)) return 1;
  do {
    json *value;
    char *name = NULL;
    size_t name_len = 0;
    if (list->kind == JSON_OBJECT) {
      if (!next_is(in, '"')) return 0;
      name = read_text(in, &name_len);
      if (name == NULL) return 0;
      if (!next_is(in, ':')) {
        free(name);
        return 0;
      }
    }
    value = read_value(in);
    if (value == NULL) {
      free(name);
      return 0;
    }
    value->name = name;
    value->name_len = name_len;
    *place = value;
    place = &value->next;
    list->children += 1;
  } while (next_is(in, ','));
  return next_is(in, close);
}

static json *read_word(reader *in, const char *word, json_kind kind) {
  size_t len = strlen(word);
  if ((size_t)(in->end - in->at) < len || memcmp(in->at, word, len) != 0) return NULL;
  in->at += len;
  return make(kind);
}

static json *read_number(reader *in) {
  const char *start = in->at;
  while (in->at < in->end && *in->at != '\0' && strchr("+-.0123456789eE", *in->at) != NULL) in->at += 1;
  return in->at > start ? make(JSON_NUMBER) : NULL;
}

static json *read_value(reader *in) {
  const char *start;
  json *value = NULL;
  skip_space(in);
  if (in->at >= in->end) return NULL;
  start = in->at;
  switch (*start) {
    case 'n': value = read_word(in, "null", JSON_NULL); break;
    case 't': value = read_word(in, "true", JSON_TRUE); break;
    case 'f': value = read_word(in, "false", JSON_FALSE); break;
    case '"':
      in->at += 1;
      value = make(JSON_STRING);
      value->text = read_text(in, &value->text_len);
      if (value->text == NULL) {
        json_free(value);
        return NULL;
      }
      break;
    case '[':
    case '{':
      in->at += 1;
      value = make(*start == '[' ? JSON_ARRAY : JSON_OBJECT);
      if (!read_list(in, value, *start == '[' ? ']' : '}')) {
        json_free(value);
        return NULL;
      }
      break;
    default: value = read_number(in); break;
  }
  if (value != NULL) {
    value->raw = start;
    value->raw_len = (size_t)(in->at - start);
  }
  return value;
}

json *json_read(const char *text, size_t len) {
  reader in;
  json *value;
  in.at = text;
  in.end = text + len;
  value = read_value(&in);
  skip_space(&in);
  if (value != NULL && in.at != in.end) {
    json_free(value);
    return NULL;
  }
  return value;
}

void json_free(json *value) {
  while (value != NULL) {
    json *next = value->next;
    json_free(value->child);
    free(value->text);
    free(value->name);
    free(value);
    value = next;
  }
}

const json *json_member(const json *object, const char *name) {
  const json *member;
  size_t len = strlen(name);
  if (object == NULL || object->kind != JSON_OBJECT) return NULL;
  for (member = object->child; member != NULL; member = member->next) {
    if (member->name_len == len && memcmp(member->name, name, len) == 0) return member;
  }
  return NULL;
}

static double number_of(const json *value) {
  char digits[64];
  size_t len = value->raw_len < sizeof digits - 1 ? value->raw_len : sizeof digits - 1;
  memcpy(digits, value->raw, len);
  digits[len] = '\0';
  return strtod(digits, NULL);
}

int json_is_finite(const json *value) {
  const json *item;
  if (value == NULL) return 0;
  if (value->kind == JSON_NUMBER && isinf(number_of(value))) return 0;
  for (item = value->child; item != NULL; item = item->next) {
    if (!json_is_finite(item)) return 0;
  }
  return 1;
}

static int same_lists(const json *one, const json *other) {
  const json *left, *right = other->child;
  if (one->children != other->children) return 0;
  for (left = one->child; left != NULL; left = left->next) {
    if (one->kind == JSON_OBJECT) {
      right = json_member(other, left->name);
      if (right == NULL || !json_same(left, right)) return 0;
    } else {
      if (!json_same(left, right)) return 0;
      right = right->next;
    }
  }
  return 1;
}

int json_same(const json *one, const json *other) {
  json_kind left = one == NULL ? JSON_NULL : one->kind;
  json_kind right = other == NULL ? JSON_NULL : other->kind;
  if (left != right) return 0;
  switch (left) {
    case JSON_STRING: return one->text_len == other->text_len && memcmp(one->text, other->text, one->text_len) == 0;
    case JSON_NUMBER: {
      double a = number_of(one), b = number_of(other);
      return !(a < b) && !(a > b);
    }
    case JSON_ARRAY:
    case JSON_OBJECT: return same_lists(one, other);
    default: return 1;
  }
}
