/* The variables: what is known of the last decision on a request, for logs, maps and headers. */

#include "ngx_http_doorward.h"


/* A text of the facts, and when it may be shown. */
typedef struct {
    ngx_str_t    name;
    size_t       offset;
    enum {
        ngx_http_doorward_always,
        ngx_http_doorward_if_allowed,
        ngx_http_doorward_if_refused
    }            when;
} ngx_http_doorward_variable_t;


static ngx_int_t ngx_http_doorward_text_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_doorward_number_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data);
static ngx_int_t ngx_http_doorward_trace_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);


/*
 * Only an allow makes the principal of a genuine credential somebody to act for. So the names that end up in
 * `proxy_set_header` are empty on a refusal, and those for logs are others.
 */
static ngx_http_doorward_variable_t  ngx_http_doorward_texts[] = {
    { ngx_string("doorward_outcome"), offsetof(ngx_http_doorward_ctx_t, outcome), ngx_http_doorward_always },
    { ngx_string("doorward_reason"), offsetof(ngx_http_doorward_ctx_t, reason), ngx_http_doorward_always },
    { ngx_string("doorward_concealed"), offsetof(ngx_http_doorward_ctx_t, concealed), ngx_http_doorward_always },
    { ngx_string("doorward_recovery"), offsetof(ngx_http_doorward_ctx_t, recovery), ngx_http_doorward_always },
    { ngx_string("doorward_signal"), offsetof(ngx_http_doorward_ctx_t, signal), ngx_http_doorward_always },
    { ngx_string("doorward_grounds"), offsetof(ngx_http_doorward_ctx_t, grounds), ngx_http_doorward_always },
    { ngx_string("doorward_issuer"), offsetof(ngx_http_doorward_ctx_t, issuer), ngx_http_doorward_if_allowed },
    { ngx_string("doorward_issuer_name"), offsetof(ngx_http_doorward_ctx_t, issuer_name),
      ngx_http_doorward_if_allowed },
    { ngx_string("doorward_subject"), offsetof(ngx_http_doorward_ctx_t, subject), ngx_http_doorward_if_allowed },
    { ngx_string("doorward_refused_issuer"), offsetof(ngx_http_doorward_ctx_t, issuer),
      ngx_http_doorward_if_refused },
    { ngx_string("doorward_refused_subject"), offsetof(ngx_http_doorward_ctx_t, subject),
      ngx_http_doorward_if_refused },
    { ngx_null_string, 0, ngx_http_doorward_always }
};


static ngx_str_t  ngx_http_doorward_trace = ngx_string("doorward_trace");


static ngx_str_t  ngx_http_doorward_numbers[] = {
    ngx_string("doorward_status"),
    ngx_string("doorward_route"),
    ngx_null_string
};


ngx_int_t
ngx_http_doorward_add_variables(ngx_conf_t *cf)
{
    uintptr_t             i;
    ngx_http_variable_t  *var;

    /* Not cacheable: a variable that was read before the access phase, or before an internal redirect, is read again. */

    for (i = 0; ngx_http_doorward_texts[i].name.len > 0; i++) {

        var = ngx_http_add_variable(cf, &ngx_http_doorward_texts[i].name, NGX_HTTP_VAR_NOCACHEABLE);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = ngx_http_doorward_text_variable;
        var->data = i;
    }

    for (i = 0; ngx_http_doorward_numbers[i].len > 0; i++) {

        var = ngx_http_add_variable(cf, &ngx_http_doorward_numbers[i], NGX_HTTP_VAR_NOCACHEABLE);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = ngx_http_doorward_number_variable;
        var->data = i;
    }

    var = ngx_http_add_variable(cf, &ngx_http_doorward_trace, NGX_HTTP_VAR_NOCACHEABLE);
    if (var == NULL) {
        return NGX_ERROR;
    }

    var->get_handler = ngx_http_doorward_trace_variable;

    return NGX_OK;
}


static ngx_int_t
ngx_http_doorward_text_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                     *text;
    ngx_http_doorward_ctx_t       *ctx;
    ngx_http_doorward_variable_t  *variable;

    variable = &ngx_http_doorward_texts[data];
    ctx = ngx_http_doorward_get_ctx(r);

    if (ctx == NULL
        || ctx->status == 0
        || (variable->when == ngx_http_doorward_if_allowed && !ctx->allowed)
        || (variable->when == ngx_http_doorward_if_refused && ctx->allowed))
    {
        v->not_found = 1;
        return NGX_OK;
    }

    text = (ngx_str_t *) ((u_char *) ctx + variable->offset);

    if (text->len == 0) {
        v->not_found = 1;
        return NGX_OK;
    }

    v->data = text->data;
    v->len = text->len;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


static ngx_int_t
ngx_http_doorward_number_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    int64_t                   number;
    ngx_http_doorward_ctx_t  *ctx;

    ctx = ngx_http_doorward_get_ctx(r);

    if (ctx == NULL || ctx->status == 0) {
        v->not_found = 1;
        return NGX_OK;
    }

    number = data == 0 ? (int64_t) ctx->status : ctx->route;

    if (number < 0) {
        v->not_found = 1;
        return NGX_OK;
    }

    v->data = ngx_pnalloc(r->pool, NGX_INT64_LEN);
    if (v->data == NULL) {
        return NGX_ERROR;
    }

    v->len = ngx_sprintf(v->data, "%L", number) - v->data;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


/*
 * The marker of a refusal for the application behind, which gets the request without its credential: made when it is asked
 * for, since each is good for a minute and no two are the same.
 */

static ngx_int_t
ngx_http_doorward_trace_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_time_t                   *time;
    doorward_time                 now;
    doorward_result               result;
    doorward_marker               marker;
    doorward_request              request;
    ngx_http_doorward_ctx_t      *ctx;

    v->not_found = 1;

    ctx = ngx_http_doorward_get_ctx(r);

    if (ctx == NULL || ctx->engine == NULL || ctx->root_cause == 0) {
        return NGX_OK;
    }

    time = ngx_timeofday();
    now.seconds = time->sec;
    now.nanos = (uint32_t) time->msec * 1000000;

    request = doorward_request_init();
    request.method = ngx_http_doorward_view(&ctx->traced_method);
    request.url = ngx_http_doorward_view(&ctx->traced_path);

    result = doorward_trace_marker(ctx->engine->handle, &request, ctx->root_cause, now, &marker);

    /* Without a marker the application says that there is no credential, which is true. */
    if (result != DOORWARD_RESULT_OK || marker.len == 0) {
        return NGX_OK;
    }

    v->data = ngx_pnalloc(r->pool, marker.len);
    if (v->data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(v->data, marker.text, marker.len);
    v->len = marker.len;
    v->valid = 1;
    v->no_cacheable = 1;
    v->not_found = 0;

    return NGX_OK;
}
