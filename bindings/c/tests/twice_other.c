/* The other file of twice_test.c. */
#include <doorward.h>

doorward_request twice_other(void);

doorward_request twice_other(void) { return doorward_request_init(); }
