/*
 * The answer. A refusal is left to nginx, so that error_page, satisfy, auth_delay, discarding of content and keep-alive work
 * as for its own modules; these filters add the headers of the decision, and put our content in the place of nginx's page.
 */

#include "ngx_http_doorward.h"


static ngx_int_t ngx_http_doorward_answer_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_doorward_passed_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_doorward_header_filter(ngx_http_request_t *r);
static ngx_int_t ngx_http_doorward_body_filter(ngx_http_request_t *r, ngx_chain_t *in);
static void ngx_http_doorward_replace(ngx_http_request_t *r, ngx_http_doorward_ctx_t *ctx);


static ngx_http_module_t  ngx_http_doorward_answer_module_ctx = {
    NULL,                                  /* preconfiguration */
    ngx_http_doorward_answer_init,         /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_http_doorward_answer_module = {
    NGX_MODULE_V1,
    &ngx_http_doorward_answer_module_ctx,  /* module context */
    NULL,                                  /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;
static ngx_http_output_body_filter_pt    ngx_http_next_body_filter;


static ngx_int_t
ngx_http_doorward_answer_init(ngx_conf_t *cf)
{
    ngx_http_handler_pt            *handler;
    ngx_http_core_main_conf_t      *cmcf;
    ngx_http_doorward_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_doorward_module);

    if (dmcf->engines.nelts == 0) {
        return NGX_OK;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    handler = ngx_array_push(&cmcf->phases[NGX_HTTP_PRECONTENT_PHASE].handlers);
    if (handler == NULL) {
        return NGX_ERROR;
    }

    *handler = ngx_http_doorward_passed_handler;

    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_doorward_header_filter;

    ngx_http_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_doorward_body_filter;

    return NGX_OK;
}


/*
 * A request that we refused and that came this far was let in by another module (`satisfy any`): its answer is none of ours.
 * An error page of a refusal comes this far as well, but by an internal redirect, which cleared the context in r->ctx.
 */

static ngx_int_t
ngx_http_doorward_passed_handler(ngx_http_request_t *r)
{
    ngx_http_doorward_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_doorward_module);

    if (ctx != NULL && ctx->refused) {
        ctx->refused = 0;
        ctx->nheaders = 0;
        ctx->body.len = 0;
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_doorward_header_filter(ngx_http_request_t *r)
{
    ngx_uint_t                i;
    ngx_table_elt_t          *header;
    ngx_http_doorward_ctx_t  *ctx;

    if (r != r->main) {
        return ngx_http_next_header_filter(r);
    }

    ctx = ngx_http_doorward_get_ctx(r);

    if (ctx == NULL) {
        return ngx_http_next_header_filter(r);
    }

    /*
     * Each in a line of its own. Not through r->headers_out.www_authenticate, which is one line, nor through
     * r->headers_out.cache_control, which `expires` would overwrite.
     */

    for (i = 0; i < ctx->nheaders; i++) {

        header = ngx_list_push(&r->headers_out.headers);
        if (header == NULL) {
            return NGX_ERROR;
        }

        header->hash = 1;
        header->key = ctx->headers[i].key;
        header->value = ctx->headers[i].value;
        header->lowcase_key = NULL;
#if (nginx_version >= 1023000)
        header->next = NULL;
#endif
    }

    if (ctx->refused
        && ngx_http_get_module_ctx(r, ngx_http_doorward_module) == ctx
        && r->headers_out.status == ctx->status)
    {
        /* No error page was found, or we would be behind an internal redirect, or have the status of a redirect. */
        ngx_http_doorward_replace(r, ctx);
    }

    return ngx_http_next_header_filter(r);
}


static void
ngx_http_doorward_replace(ngx_http_request_t *r, ngx_http_doorward_ctx_t *ctx)
{
    if (ctx->status == NGX_HTTP_DOORWARD_FIELDS_TOO_LARGE) {
        /* Newer than nginx's table of reason phrases. */
        ngx_str_set(&r->headers_out.status_line, "431 Request Header Fields Too Large");
    }

    if (ctx->body.len == 0) {
        return;
    }

    ngx_str_set(&r->headers_out.content_type, DOORWARD_BODY_TYPE);
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;
    ngx_str_null(&r->headers_out.charset);

    ngx_http_clear_content_length(r);
    r->headers_out.content_length_n = ctx->body.len;

    ctx->replacing = 1;
}


static ngx_int_t
ngx_http_doorward_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_buf_t                *buf;
    ngx_chain_t               out, *cl;
    ngx_http_doorward_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_doorward_module);

    if (in == NULL || ctx == NULL || !ctx->replacing || r != r->main) {
        return ngx_http_next_body_filter(r, in);
    }

    /* nginx's page comes in one chain. */
    ctx->replacing = 0;

    for (cl = in; cl; cl = cl->next) {
        cl->buf->pos = cl->buf->last;
    }

    buf = ngx_calloc_buf(r->pool);
    if (buf == NULL) {
        return NGX_ERROR;
    }

    buf->memory = 1;
    buf->pos = ctx->body.data;
    buf->last = ctx->body.data + ctx->body.len;
    buf->last_buf = 1;
    buf->last_in_chain = 1;

    out.buf = buf;
    out.next = NULL;

    return ngx_http_next_body_filter(r, &out);
}
