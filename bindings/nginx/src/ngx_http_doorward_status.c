/* The status: what the worker that answers trusts, how fresh it is and what happens next, for operators. */

#include "ngx_http_doorward.h"


static ngx_int_t ngx_http_doorward_status_format(ngx_http_request_t *r, uint32_t *format);
static ngx_buf_t *ngx_http_doorward_status_page(ngx_http_request_t *r, ngx_http_doorward_engine_t *engine,
    uint32_t format);
static ngx_int_t ngx_http_doorward_status_headers(ngx_http_request_t *r);


ngx_int_t
ngx_http_doorward_status_handler(ngx_http_request_t *r)
{
    uint32_t                       format;
    ngx_int_t                      rc;
    ngx_buf_t                     *page;
    ngx_chain_t                    out;
    ngx_http_doorward_loc_conf_t  *dlcf;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_doorward_status_format(r, &format) != NGX_OK) {
        return NGX_HTTP_BAD_REQUEST;
    }

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_doorward_module);

    page = ngx_http_doorward_status_page(r, dlcf->engine, format);

    if (page == NULL || ngx_http_doorward_status_headers(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (format == DOORWARD_STATUS_JSON) {
        ngx_str_set(&r->headers_out.content_type, "application/json");

    } else {
        ngx_str_set(&r->headers_out.content_type, "text/plain; charset=utf-8");
    }

    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;
    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = page->last - page->pos;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    out.buf = page;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


static ngx_int_t
ngx_http_doorward_status_format(ngx_http_request_t *r, uint32_t *format)
{
    ngx_str_t  value;

    *format = DOORWARD_STATUS_TEXT;

    if (ngx_http_arg(r, (u_char *) "format", sizeof("format") - 1, &value) != NGX_OK) {
        return NGX_OK;
    }

    if (value.len == 4 && ngx_strncmp(value.data, "json", 4) == 0) {
        *format = DOORWARD_STATUS_JSON;
        return NGX_OK;
    }

    return value.len == 4 && ngx_strncmp(value.data, "text", 4) == 0 ? NGX_OK : NGX_DECLINED;
}


static ngx_buf_t *
ngx_http_doorward_status_page(ngx_http_request_t *r, ngx_http_doorward_engine_t *engine, uint32_t format)
{
    ngx_buf_t      *page;
    ngx_time_t     *time;
    doorward_str    view;
    doorward_text  *text;
    doorward_time   now;

    time = ngx_timeofday();
    now.seconds = time->sec;
    now.nanos = (uint32_t) time->msec * 1000000;

    if (doorward_engine_status(engine->handle, now, format, &text) != DOORWARD_RESULT_OK) {
        ngx_log_error(NGX_LOG_CRIT, r->connection->log, 0, "doorward: no status of \"%V\"", &engine->path);
        return NULL;
    }

    view = doorward_text_view(text);
    page = ngx_create_temp_buf(r->pool, view.len + 1);

    if (page != NULL) {
        page->last = ngx_cpymem(page->last, view.data, view.len);

        if (format == DOORWARD_STATUS_JSON) {
            *page->last++ = '\n';
        }

        page->last_buf = 1;
        page->last_in_chain = 1;
    }

    doorward_text_free(text);

    return page;
}


/* It is true at this moment only, and of this worker only: workers fetch and remember for themselves. */

static ngx_int_t
ngx_http_doorward_status_headers(ngx_http_request_t *r)
{
    u_char           *pid;
    ngx_table_elt_t  *cache, *worker;

    cache = ngx_list_push(&r->headers_out.headers);
    worker = ngx_list_push(&r->headers_out.headers);
    pid = ngx_pnalloc(r->pool, NGX_INT64_LEN);

    if (cache == NULL || worker == NULL || pid == NULL) {
        return NGX_ERROR;
    }

    cache->hash = 1;
    ngx_str_set(&cache->key, "Cache-Control");
    ngx_str_set(&cache->value, "no-store");
    cache->lowcase_key = NULL;

    worker->hash = 1;
    ngx_str_set(&worker->key, "X-Doorward-Worker");
    worker->value.data = pid;
    worker->value.len = ngx_sprintf(pid, "%P", ngx_pid) - pid;
    worker->lowcase_key = NULL;
#if (nginx_version >= 1023000)
    cache->next = NULL;
    worker->next = NULL;
#endif

    return NGX_OK;
}
