/* The header included twice in a file, and in two files of one program: this one and twice_other.c. */
#include <doorward.h>
/* Once more. */
#include <doorward.h>

#include "check.h"

doorward_request twice_other(void);

int main(void) {
  doorward_request here = doorward_request_init();
  doorward_request there = twice_other();
  CHECK("both files see the same", here.size == there.size && here.size == sizeof here);
  return check_end();
}
