/* The content of requests, where a policy takes tokens from forms: read before the decision, and only then. */

#include "ngx_http_doorward.h"


static void ngx_http_doorward_form_handler(ngx_http_request_t *r);


static ngx_str_t  ngx_http_doorward_form_type = ngx_string("application/x-www-form-urlencoded");


/* Whether the content may be a form. What exactly is one, the library decides; here it is enough to miss none. */

ngx_uint_t
ngx_http_doorward_has_form(ngx_http_request_t *r)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *header;

    if (r->headers_in.content_length_n <= 0 && !r->headers_in.chunked) {
        return 0;
    }

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        header = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (header[i].key.len == sizeof("content-type") - 1
                && ngx_strncmp(header[i].lowcase_key, "content-type", sizeof("content-type") - 1) == 0
                && ngx_strlcasestrn(header[i].value.data, header[i].value.data + header[i].value.len,
                                    ngx_http_doorward_form_type.data, ngx_http_doorward_form_type.len - 1)
                   != NULL)
            {
                return 1;
            }
        }
    }

    return 0;
}


/* Reads the content, and runs the access phase once more when it is there. */

ngx_int_t
ngx_http_doorward_read_form(ngx_http_request_t *r, ngx_http_doorward_ctx_t *ctx, size_t limit)
{
    ngx_int_t  rc;

    if (r->headers_in.content_length_n > (off_t) limit) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "doorward: a form of %O bytes is longer than doorward_form_limit, %uz bytes",
                      r->headers_in.content_length_n, limit);
        return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    }

    ctx->form_asked = 1;

    rc = ngx_http_read_client_request_body(r, ngx_http_doorward_form_handler);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    /* Takes back the reference that reading took; the request goes on in the handler. */
    ngx_http_finalize_request(r, NGX_DONE);

    return NGX_DONE;
}


static void
ngx_http_doorward_form_handler(ngx_http_request_t *r)
{
    r->write_event_handler = ngx_http_core_run_phases;
    ngx_http_core_run_phases(r);
}


/* The content that was read, in one piece. */

ngx_int_t
ngx_http_doorward_form_body(ngx_http_request_t *r, size_t limit, ngx_str_t *body)
{
    u_char       *p;
    size_t        len;
    ssize_t       n;
    ngx_buf_t    *buf;
    ngx_chain_t  *cl;

    if (r->request_body == NULL || r->request_body->bufs == NULL) {
        body->data = (u_char *) "";
        body->len = 0;
        return NGX_OK;
    }

    cl = r->request_body->bufs;

    if (cl->next == NULL && ngx_buf_in_memory(cl->buf)) {

        body->data = cl->buf->pos;
        body->len = cl->buf->last - cl->buf->pos;

        return body->len > limit ? NGX_HTTP_REQUEST_ENTITY_TOO_LARGE : NGX_OK;
    }

    len = 0;

    for ( /* void */ ; cl; cl = cl->next) {

        /* Content that came in chunks has no length before it is there. */
        if (ngx_buf_size(cl->buf) > (off_t) (limit - len)) {
            ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                          "doorward: a form is longer than doorward_form_limit, %uz bytes", limit);
            return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
        }

        len += ngx_buf_size(cl->buf);
    }

    body->data = ngx_pnalloc(r->pool, len + 1);
    if (body->data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    p = body->data;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        buf = cl->buf;
        len = ngx_buf_size(buf);

        if (len == 0) {
            /* The mark of the end, which is neither in memory nor in a file. */
            continue;
        }

        if (ngx_buf_in_memory(buf)) {
            p = ngx_cpymem(p, buf->pos, len);
            continue;
        }

        n = ngx_read_file(buf->file, p, len, buf->file_pos);

        if (n < 0 || (size_t) n != len) {
            ngx_log_error(NGX_LOG_CRIT, r->connection->log, 0, "doorward: a form was not read back: %z of %uz bytes",
                          n, len);
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        p += n;
    }

    body->len = p - body->data;

    return NGX_OK;
}
