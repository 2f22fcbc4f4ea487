/* Upkeep: the thread of the library that fetches keys and watches files in each worker, and what it says, in nginx's log. */

#include "ngx_http_doorward.h"


/* How often events are looked for. Nobody waits for them but the readers of the log. */
#define NGX_HTTP_DOORWARD_EVENTS_EVERY  2000


static ngx_uint_t ngx_http_doorward_event_level(const doorward_event *event);
static void ngx_http_doorward_log_missing(ngx_http_doorward_engine_t *engine, doorward_error *error, ngx_log_t *log);
static void ngx_http_doorward_timer_handler(ngx_event_t *ev);


/* One for each process. nginx's debug log takes what a timer's data points to for a connection. */
static ngx_event_t       ngx_http_doorward_timer;
static ngx_connection_t  ngx_http_doorward_no_connection;


/* Nothing happens where the policy has nothing to fetch or watch, or where it was started before. */

void
ngx_http_doorward_start(ngx_http_doorward_engine_t *engine)
{
    sigset_t  all, before;

    /* A signal that the thread took would not wake up the worker, which sleeps until the next event then. */
    sigfillset(&all);

    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0) {
        return;
    }

    (void) doorward_engine_start(engine->handle);

    (void) pthread_sigmask(SIG_SETMASK, &before, NULL);
}


/*
 * A worker of a new cycle has no keys yet, and the worker before it is asked to go. So that a reload turns nobody away, the new
 * one lets its first callers wait in the listen queue, for a while at most.
 */

void
ngx_http_doorward_wait_for_keys(ngx_http_doorward_main_conf_t *dmcf, ngx_log_t *log)
{
    ngx_uint_t                    i;
    ngx_msec_t                    began, waited;
    doorward_error               *error;
    doorward_result               result;
    ngx_http_doorward_engine_t  **engine;

    if (dmcf->ready == 0) {
        return;
    }

    ngx_time_update();

    began = ngx_current_msec;
    engine = dmcf->engines.elts;

    for (i = 0; i < dmcf->engines.nelts; i++) {
        waited = ngx_current_msec - began;
        error = NULL;

        result = doorward_engine_ready(engine[i]->handle, waited < dmcf->ready ? dmcf->ready - waited : 0, &error);

        if (result == DOORWARD_RESULT_NOT_READY) {
            ngx_http_doorward_log_missing(engine[i], error, log);
        }

        doorward_error_free(error);
        ngx_time_update();
    }
}


static void
ngx_http_doorward_log_missing(ngx_http_doorward_engine_t *engine, doorward_error *error, ngx_log_t *log)
{
    size_t          i;
    doorward_fault  fault;

    for (i = 0; i < doorward_error_count(error); i++) {
        fault = doorward_fault_init();

        if (doorward_error_fault(error, i, &fault) == DOORWARD_RESULT_OK) {
            ngx_log_error(NGX_LOG_WARN, log, 0, "doorward: %V: %*s: %*s", &engine->path, fault.place.len,
                          fault.place.data, fault.message.len, fault.message.data);
        }
    }
}


void
ngx_http_doorward_log_events(ngx_http_doorward_main_conf_t *dmcf, ngx_log_t *log)
{
    size_t                        j;
    ngx_uint_t                    i;
    doorward_event                event;
    doorward_events              *events;
    ngx_http_doorward_engine_t  **engine;

    engine = dmcf->engines.elts;

    for (i = 0; i < dmcf->engines.nelts; i++) {

        if (doorward_engine_take_events(engine[i]->handle, &events) != DOORWARD_RESULT_OK) {
            continue;
        }

        for (j = 0; j < doorward_events_count(events); j++) {
            event = doorward_event_init();

            if (doorward_events_item(events, j, &event) == DOORWARD_RESULT_OK) {
                ngx_log_error(ngx_http_doorward_event_level(&event), log, 0, "doorward: %V: %*s", &engine[i]->path,
                              event.text.len, event.text.data);
            }
        }

        doorward_events_free(events);
    }
}


static ngx_uint_t
ngx_http_doorward_event_level(const doorward_event *event)
{
    if (!event->is_fault) {
        return NGX_LOG_NOTICE;
    }

    /* A provider that is down comes back by itself, which a broken file does not. */
    return event->kind == DOORWARD_EVENT_KEYS_FAILED ? NGX_LOG_WARN : NGX_LOG_ERR;
}


void
ngx_http_doorward_log_events_regularly(ngx_cycle_t *cycle)
{
    ngx_http_doorward_no_connection.fd = (ngx_socket_t) -1;

    ngx_http_doorward_timer.handler = ngx_http_doorward_timer_handler;
    ngx_http_doorward_timer.data = &ngx_http_doorward_no_connection;
    ngx_http_doorward_timer.log = cycle->log;
    /* It keeps no worker from going that was asked to. */
    ngx_http_doorward_timer.cancelable = 1;

    ngx_add_timer(&ngx_http_doorward_timer, NGX_HTTP_DOORWARD_EVENTS_EVERY);
}


static void
ngx_http_doorward_timer_handler(ngx_event_t *ev)
{
    ngx_cycle_t                    *cycle = (ngx_cycle_t *) ngx_cycle;
    ngx_http_doorward_main_conf_t  *dmcf;

    /* The cycle in force: without a master it changes within a process. */
    dmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_doorward_module);

    if (dmcf != NULL) {
        ngx_http_doorward_log_events(dmcf, cycle->log);
    }

    ev->log = cycle->log;
    ngx_add_timer(ev, NGX_HTTP_DOORWARD_EVENTS_EVERY);
}
