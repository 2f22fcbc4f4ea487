/* No decision allocates: every case of the table, with all allocation functions of the C library counted.
 * alloc_test ROOT FILE... */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "table.h"

/* The C library's own names for what this program takes the place of. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

static volatile unsigned long allocations;
static volatile unsigned long frees;

void *malloc(size_t size) {
  allocations += 1;
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  allocations += 1;
  return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
  allocations += 1;
  return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
  allocations += 1;
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  allocations += 1;
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
  allocations += 1;
  *out = __libc_memalign(alignment, size);
  return *out == NULL ? ENOMEM : 0;
}

void free(void *memory) {
  frees += memory != NULL;
  __libc_free(memory);
}

/* Where the processor lacks what the heap-free signature checks need, ring checks RSA signatures instead, and allocates:
 * doorward.h says so of doorward_decide. */
static int rsa_may_allocate(const table_file *file) {
  int capable = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
  return !capable && (strstr(file->bytes, "\"RS") != NULL || strstr(file->bytes, "\"PS") != NULL);
}

static void check_file(table_file *file, unsigned long *inside_ring) {
  doorward_scratch *scratch = NULL;
  size_t i;
  if (file->cases_len == 0) return;
  if (doorward_engine_warm_thread(file->policy.engine) != DOORWARD_RESULT_OK) exit(2);
  if (doorward_scratch_new(file->policy.engine, &scratch) != DOORWARD_RESULT_OK) exit(2);
  for (i = 0; i < file->cases_len; i += 1) {
    const table_case *one = &file->cases[i];
    doorward_decision decision = doorward_decision_init();
    table_place place = table_place_of(file, scratch, one);
    unsigned long before = allocations, freed = frees;
    doorward_result result = doorward_decide(place.engine, place.scratch, &one->asked.request, one->at, &decision);
    unsigned long made = allocations - before, gone = frees - freed;
    char name[256];
    table_leave(place);
    snprintf(name, sizeof name, "%s#%s allocates nothing", file->name, one->id->text);
    if (made > 0 && rsa_may_allocate(file)) *inside_ring += 1;
    else CHECK(name, result == DOORWARD_RESULT_OK && made == 0 && gone == 0);
  }
  doorward_scratch_free(scratch);
}

int main(int argc, char **argv) {
  unsigned long inside_ring = 0, before = allocations;
  int at;
  doorward_str policy = doorward_str_from("[[routes]]\npath = '/'\naccept = 'anyone'\n");
  doorward_engine *engine = NULL;
  doorward_result result = doorward_engine_from_text(policy.data, policy.len, DOORWARD_FORMAT_TOML, NULL, 0, &engine, NULL);
  CHECK("the counter counts what the library allocates", result == DOORWARD_RESULT_OK && allocations > before);
  doorward_engine_free(engine);
  CHECK("and what it frees", frees > 0);
  for (at = 2; at < argc; at += 1) {
    table_file *file = table_load(argv[1], argv[at]);
    check_file(file, &inside_ring);
    table_free(file);
  }
  printf("%lu decisions on RSA keys allocated, inside ring\n", inside_ring);
  return check_end();
}
