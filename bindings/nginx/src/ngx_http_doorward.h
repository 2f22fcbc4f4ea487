/* What the parts of the module share: the settings, the facts kept about a request, and who does what. */

#ifndef NGX_HTTP_DOORWARD_H
#define NGX_HTTP_DOORWARD_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <doorward.h>


/* RFC 6585, section 5: newer than nginx's list of statuses. */
#define NGX_HTTP_DOORWARD_FIELDS_TOO_LARGE  431

/* Which readings of a rewritten request's path are judged. */
#define NGX_HTTP_DOORWARD_SENT    1
#define NGX_HTTP_DOORWARD_SERVED  2


/*
 * A policy that was loaded: one for each file and cycle. The master loads it and starts nothing; after the fork each worker
 * fetches keys and remembers credentials for itself.
 */
typedef struct {
    ngx_str_t                     path;
    doorward_engine              *handle;
    ngx_str_t                    *fields;       /* names of the fields that it looks at, in lower case */
    ngx_uint_t                    nfields;
    ngx_uint_t                    reads_body;   /* unsigned  reads_body:1; */
    size_t                        form_limit;   /* what its longest token needs */

    /* Made by each worker for itself: workers have one thread, so that one scratch is enough. */
    doorward_scratch             *scratch;
} ngx_http_doorward_engine_t;


typedef struct {
    ngx_array_t                   engines;      /* of ngx_http_doorward_engine_t * */
    ngx_int_t                     request_uri;  /* the index of $request_uri */
    ngx_msec_t                    ready;        /* how long a new worker waits for its first keys */
} ngx_http_doorward_main_conf_t;


typedef struct {
    ngx_flag_t                    identity_headers;
} ngx_http_doorward_srv_conf_t;


typedef struct {
    ngx_flag_t                    enable;
    ngx_uint_t                    status;       /* unsigned  status:1; */
    ngx_flag_t                    body;
    ngx_uint_t                    target;       /* NGX_HTTP_DOORWARD_* bits */
    size_t                        form_limit;   /* NGX_CONF_UNSET_SIZE: the policy's */
    ngx_http_doorward_engine_t   *engine;

    /* Where `doorward on` or `doorward_status` stands, for the message if no policy is in force there. */
    ngx_str_t                     file;
    ngx_uint_t                    line;
} ngx_http_doorward_loc_conf_t;


/* How long a form may be: as configured, or what the policy's longest token needs. */
#define ngx_http_doorward_form_limit(conf)                                                                            \
    ((conf)->form_limit != NGX_CONF_UNSET_SIZE ? (conf)->form_limit : (conf)->engine->form_limit)


/*
 * What is known about a request: one for each main request, from the first time that it is judged. It outlives internal
 * redirects, which clear the contexts of all modules.
 */
typedef struct {
    /*
     * Who judged, and what, if it was let in: the same engine on the same readings needs no second decision
     * (`try_files $uri @app`).
     */
    ngx_http_doorward_engine_t   *engine;
    ngx_uint_t                    target;
    u_char                       *uri;
    u_char                       *args;
    u_char                       *unparsed_uri;
    u_char                       *method;

    ngx_uint_t                    status;       /* 0 as long as nothing was decided */
    int64_t                       route;

    /* Names out of the library's tables. */
    ngx_str_t                     outcome;
    ngx_str_t                     reason;
    ngx_str_t                     concealed;
    ngx_str_t                     recovery;
    ngx_str_t                     signal;
    ngx_str_t                     grounds;

    /* Copies in the request's pool, visible ASCII only. */
    ngx_str_t                     issuer;
    ngx_str_t                     issuer_name;
    ngx_str_t                     subject;

    /* What a trace marker is about: the path and method that were judged, and why the request was refused. */
    ngx_str_t                     traced_path;
    ngx_str_t                     traced_method;
    uint16_t                      root_cause;   /* DOORWARD_REASON_*, 0 if nothing was refused */

    ngx_keyval_t                 *headers;      /* what the answer must carry */
    ngx_uint_t                    nheaders;
    ngx_str_t                     body;         /* of a refusal, if wanted */

    unsigned                      allowed:1;
    unsigned                      refused:1;    /* and no other module let it in (`satisfy any`) */
    unsigned                      forwarded:1;  /* identity headers were added to the request */
    unsigned                      form_asked:1;
    unsigned                      replacing:1;  /* nginx's own error page is to be replaced */
} ngx_http_doorward_ctx_t;


extern ngx_module_t  ngx_http_doorward_module;
extern ngx_module_t  ngx_http_doorward_answer_module;


/* module */

ngx_http_doorward_ctx_t *ngx_http_doorward_get_ctx(ngx_http_request_t *r);
ngx_http_doorward_ctx_t *ngx_http_doorward_make_ctx(ngx_http_request_t *r);

static ngx_inline ngx_str_t
ngx_http_doorward_str(doorward_str from)
{
    ngx_str_t  to;

    to.len = from.len;
    to.data = (u_char *) from.data;

    return to;
}

static ngx_inline doorward_str
ngx_http_doorward_view(ngx_str_t *from)
{
    doorward_str  to;

    to.data = (const char *) from->data;
    to.len = from->len;

    return to;
}


/* engine: policies, once per cycle and file; scratches, once per worker */

ngx_http_doorward_engine_t *ngx_http_doorward_load(ngx_conf_t *cf, ngx_str_t *path);
ngx_int_t ngx_http_doorward_prepare(ngx_http_doorward_engine_t *engine, ngx_log_t *log);
void ngx_http_doorward_release(ngx_http_doorward_engine_t *engine);


/* upkeep: the library's thread in each worker, and its events in the log */

void ngx_http_doorward_start(ngx_http_doorward_engine_t *engine);
void ngx_http_doorward_wait_for_keys(ngx_http_doorward_main_conf_t *dmcf, ngx_log_t *log);
void ngx_http_doorward_log_events(ngx_http_doorward_main_conf_t *dmcf, ngx_log_t *log);
void ngx_http_doorward_log_events_regularly(ngx_cycle_t *cycle);


/* status: what is trusted, for operators */

ngx_int_t ngx_http_doorward_status_handler(ngx_http_request_t *r);


/* access: the decision */

ngx_int_t ngx_http_doorward_access_handler(ngx_http_request_t *r);


/* target: the readings of a request's path */

ngx_int_t ngx_http_doorward_sent_target(ngx_http_request_t *r, ngx_str_t *target);
ngx_int_t ngx_http_doorward_served_target(ngx_http_request_t *r, ngx_str_t *target);
ngx_uint_t ngx_http_doorward_is_same_path(ngx_str_t *path, ngx_str_t *decoded);
ngx_int_t ngx_http_doorward_forward_path(ngx_http_request_t *r, ngx_str_t *path);


/* form: the content, where a policy takes tokens from forms */

ngx_int_t ngx_http_doorward_read_form(ngx_http_request_t *r, ngx_http_doorward_ctx_t *ctx, size_t limit);
ngx_int_t ngx_http_doorward_form_body(ngx_http_request_t *r, size_t limit, ngx_str_t *body);
ngx_uint_t ngx_http_doorward_has_form(ngx_http_request_t *r);


/* identity: the x-doorward-* headers of requests */

ngx_int_t ngx_http_doorward_strip_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_doorward_strip(ngx_http_request_t *r);
ngx_int_t ngx_http_doorward_forward_identity(ngx_http_request_t *r, ngx_http_doorward_ctx_t *ctx);


/* verdict: what is kept of a decision, since the next one overwrites it */

ngx_int_t ngx_http_doorward_keep(ngx_http_request_t *r, ngx_http_doorward_ctx_t *ctx,
    const doorward_decision *decision, ngx_uint_t with_body);
void ngx_http_doorward_forget(ngx_http_doorward_ctx_t *ctx);
void ngx_http_doorward_log_refusal(ngx_http_request_t *r, const doorward_decision *decision);


/* variables */

ngx_int_t ngx_http_doorward_add_variables(ngx_conf_t *cf);


#endif /* NGX_HTTP_DOORWARD_H */
