/* A small JSON reader that keeps the text of every value, so that no digit of a number is lost. */
#ifndef JSON_H
#define JSON_H

#include <stddef.h>

typedef enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT } json_kind;

typedef struct json json;
struct json {
  json_kind kind;
  /* The value as it was written. */
  const char *raw;
  size_t raw_len;
  /* Of a string: the text, in UTF-8 and with a NUL behind it. */
  char *text;
  size_t text_len;
  /* Of a member: its name. */
  char *name;
  size_t name_len;
  /* The first element or member, and how many there are. */
  json *child;
  size_t children;
  /* The next element or member of the same list. */
  json *next;
};

/* Reads a value that fills the text, which must outlive it; null if it is none. */
json *json_read(const char *text, size_t len);

/* Frees a value and all below it. */
void json_free(json *value);

/* The member of an object with this name; null if there is none, or no object. */
const json *json_member(const json *object, const char *name);

/* 1 if every number in a value is one that a double can hold at least nearly. */
int json_is_finite(const json *value);

/* 1 if two values are the same: numbers by value, members in any order. Null pointers count as `null`. */
int json_same(const json *one, const json *other);

#endif
