/* What is kept of a decision: its views die with the next one, while logs and answers are written later. */

#include "ngx_http_doorward.h"


static ngx_int_t ngx_http_doorward_visible(ngx_pool_t *pool, doorward_str from, ngx_str_t *to);
static ngx_int_t ngx_http_doorward_keep_headers(ngx_http_request_t *r, ngx_http_doorward_ctx_t *ctx,
    const doorward_decision *decision);


ngx_int_t
ngx_http_doorward_keep(ngx_http_request_t *r, ngx_http_doorward_ctx_t *ctx, const doorward_decision *decision,
    ngx_uint_t with_body)
{
    ctx->status = decision->status;
    ctx->route = decision->route;
    ctx->outcome = ngx_http_doorward_str(doorward_outcome_code(decision->outcome));
    ctx->reason = ngx_http_doorward_str(doorward_reason_code(decision->reason));
    ctx->concealed = ngx_http_doorward_str(doorward_reason_code(decision->concealed));
    ctx->recovery = ngx_http_doorward_str(doorward_recovery_code(decision->recovery));
    ctx->signal = ngx_http_doorward_str(doorward_signal_code(decision->signal));
    ctx->grounds = ngx_http_doorward_str(doorward_grounds_code(decision->grounds));

    if (decision->principal.kind != 0) {

        if (ngx_http_doorward_visible(r->pool, decision->principal.issuer, &ctx->issuer) != NGX_OK
            || ngx_http_doorward_visible(r->pool, decision->principal.issuer_name, &ctx->issuer_name) != NGX_OK
            || ngx_http_doorward_visible(r->pool, decision->principal.subject, &ctx->subject) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (with_body && decision->body.len > 0) {

        ctx->body.data = ngx_pnalloc(r->pool, decision->body.len);
        if (ctx->body.data == NULL) {
            return NGX_ERROR;
        }

        ngx_memcpy(ctx->body.data, decision->body.data, decision->body.len);
        ctx->body.len = decision->body.len;
    }

    if (decision->root_cause != 0 && decision->path.len > 0) {

        ctx->traced_path.data = ngx_pnalloc(r->pool, decision->path.len);
        if (ctx->traced_path.data == NULL) {
            return NGX_ERROR;
        }

        ngx_memcpy(ctx->traced_path.data, decision->path.data, decision->path.len);
        ctx->traced_path.len = decision->path.len;
        ctx->traced_method = r->method_name;
        ctx->root_cause = decision->root_cause;
    }

    return ngx_http_doorward_keep_headers(r, ctx, decision);
}


static ngx_int_t
ngx_http_doorward_keep_headers(ngx_http_request_t *r, ngx_http_doorward_ctx_t *ctx, const doorward_decision *decision)
{
    size_t                 i, len;
    u_char                *p;
    const doorward_field  *field;

    if (decision->headers_len == 0) {
        return NGX_OK;
    }

    len = 0;

    for (i = 0; i < decision->headers_len; i++) {
        len += decision->headers[i].name.len + decision->headers[i].value.len;
    }

    ctx->headers = ngx_palloc(r->pool, decision->headers_len * sizeof(ngx_keyval_t));
    p = ngx_pnalloc(r->pool, len);

    if (ctx->headers == NULL || p == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < decision->headers_len; i++) {
        field = &decision->headers[i];

        ctx->headers[i].key.data = p;
        ctx->headers[i].key.len = field->name.len;
        p = ngx_cpymem(p, field->name.data, field->name.len);

        ctx->headers[i].value.data = p;
        ctx->headers[i].value.len = field->value.len;
        p = ngx_cpymem(p, field->value.data, field->value.len);
    }

    ctx->nheaders = decision->headers_len;

    return NGX_OK;
}


/*
 * Copies a text so that it can stand in a header or a line of a log: what is not visible ASCII is percent-encoded, and `%`
 * as well, so that no two texts become one.
 */

static ngx_int_t
ngx_http_doorward_visible(ngx_pool_t *pool, doorward_str from, ngx_str_t *to)
{
    static u_char  hex[] = "0123456789ABCDEF";

    u_char   c, *p;
    size_t   i, escapes;

    escapes = 0;

    for (i = 0; i < from.len; i++) {
        c = (u_char) from.data[i];
        escapes += c <= 0x20 || c >= 0x7f || c == '%';
    }

    to->len = from.len + 2 * escapes;

    if (to->len == 0) {
        to->data = (u_char *) "";
        return NGX_OK;
    }

    p = ngx_pnalloc(pool, to->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    to->data = p;

    if (escapes == 0) {
        ngx_memcpy(p, from.data, from.len);
        return NGX_OK;
    }

    for (i = 0; i < from.len; i++) {
        c = (u_char) from.data[i];

        if (c <= 0x20 || c >= 0x7f || c == '%') {
            *p++ = '%';
            *p++ = hex[c >> 4];
            *p++ = hex[c & 0xf];

        } else {
            *p++ = c;
        }
    }

    return NGX_OK;
}


/* Forgets a decision, but not what has been done to the request because of it. */

void
ngx_http_doorward_forget(ngx_http_doorward_ctx_t *ctx)
{
    unsigned  form_asked, forwarded;

    form_asked = ctx->form_asked;
    forwarded = ctx->forwarded;

    ngx_memzero(ctx, sizeof(ngx_http_doorward_ctx_t));

    ctx->route = -1;
    ctx->form_asked = form_asked;
    ctx->forwarded = forwarded;
}


void
ngx_http_doorward_log_refusal(ngx_http_request_t *r, const doorward_decision *decision)
{
    u_char        *last, route[sizeof("route ") + NGX_INT64_LEN];
    ngx_uint_t     level;
    doorward_str   reason, recovery;

    /* Noise is a client that has to refresh; the rest is for somebody to look at. */
    level = decision->signal == DOORWARD_SIGNAL_NOISE ? NGX_LOG_INFO : NGX_LOG_WARN;

    if (r->connection->log->log_level < level) {
        return;
    }

    reason = doorward_reason_code(decision->concealed ? decision->concealed : decision->reason);
    recovery = doorward_recovery_code(decision->recovery);

    if (decision->route < 0) {
        last = ngx_sprintf(route, "no route");

    } else {
        last = ngx_sprintf(route, "route %L", decision->route);
    }

    ngx_log_error(level, r->connection->log, 0, "doorward: %ui %*s%s, %*s, the caller should %*s",
                  (ngx_uint_t) decision->status, reason.len, reason.data, decision->concealed ? " (concealed)" : "",
                  (size_t) (last - route), route, recovery.len, recovery.data);
}
