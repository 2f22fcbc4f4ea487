/* Checks that count: a test program ends with `N passed, N failed` on a line of its own. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

static int check_passed_count;
static int check_failed_count;

/* One claim; `name` says what holds. */
#define CHECK(name, holds)                                              \
  do {                                                                  \
    if (holds) {                                                        \
      check_passed_count += 1;                                          \
    } else {                                                            \
      check_failed_count += 1;                                          \
      printf("FAILED %s (%s:%d: %s)\n", name, __FILE__, __LINE__, #holds); \
    }                                                                   \
  } while (0)

/* Prints the counts, and gives the program's exit code. */
static int check_end(void) {
  printf("%d passed, %d failed\n", check_passed_count, check_failed_count);
  fflush(stdout);
  return check_failed_count == 0 && check_passed_count > 0 ? 0 : 1;
}

#endif
