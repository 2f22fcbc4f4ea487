/*
 * A library that fails on demand, for the test that nothing is let through then. The true function is linked under another
 * name; what the request's method says goes wrong.
 */

#include <doorward.h>

doorward_result doorward_decide_true(const doorward_engine *engine, doorward_scratch *scratch,
                                     const doorward_request *request, doorward_time now,
                                     doorward_decision *out_decision);

doorward_result
doorward_decide(const doorward_engine *engine, doorward_scratch *scratch, const doorward_request *request,
                doorward_time now, doorward_decision *out_decision)
{
    doorward_result  result;

    result = doorward_decide_true(engine, scratch, request, now, out_decision);

    if (doorward_str_is(request->method, "PANIC")) {
        return DOORWARD_RESULT_PANIC;
    }

    if (doorward_str_is(request->method, "BUSY")) {
        return DOORWARD_RESULT_SCRATCH_BUSY;
    }

    if (doorward_str_is(request->method, "UNKNOWN")) {
        return 999;
    }

    if (doorward_str_is(request->method, "NOTHING")) {
        *out_decision = doorward_decision_init();
    }

    if (doorward_str_is(request->method, "ODD")) {
        out_decision->allowed = 2;
    }

    return result;
}
