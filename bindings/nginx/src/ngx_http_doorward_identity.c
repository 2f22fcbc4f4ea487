/* The x-doorward-* headers of requests: removed from what clients send, and added for the application behind. */

#include "ngx_http_doorward.h"


static ngx_uint_t ngx_http_doorward_is_identity(ngx_str_t *name);
static ngx_int_t ngx_http_doorward_add(ngx_http_request_t *r, ngx_str_t *name, ngx_str_t *lowcase, ngx_str_t *value);


static ngx_str_t  ngx_http_doorward_outcome_name = ngx_string("X-Doorward-Outcome");
static ngx_str_t  ngx_http_doorward_outcome_key = ngx_string("x-doorward-outcome");
static ngx_str_t  ngx_http_doorward_issuer_name = ngx_string("X-Doorward-Issuer");
static ngx_str_t  ngx_http_doorward_issuer_key = ngx_string("x-doorward-issuer");
static ngx_str_t  ngx_http_doorward_subject_name = ngx_string("X-Doorward-Subject");
static ngx_str_t  ngx_http_doorward_subject_key = ngx_string("x-doorward-subject");


/*
 * Runs first of all, before a location is chosen: so that no location, with `doorward` on or off, and no subrequest sees
 * what a client claims to be.
 */

ngx_int_t
ngx_http_doorward_strip_handler(ngx_http_request_t *r)
{
    return ngx_http_doorward_strip(r) == NGX_OK ? NGX_DECLINED : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


ngx_int_t
ngx_http_doorward_strip(ngx_http_request_t *r)
{
    ngx_uint_t                     i, start, found;
    ngx_list_t                    *list;
    ngx_list_part_t               *part, *kept, first;
    ngx_table_elt_t               *header;
    ngx_http_doorward_srv_conf_t  *dscf;

    dscf = ngx_http_get_module_srv_conf(r, ngx_http_doorward_module);

    if (!dscf->identity_headers) {
        return NGX_OK;
    }

    list = &r->headers_in.headers;
    found = 0;

    for (part = &list->part; part; part = part->next) {
        header = part->elts;

        for (i = 0; i < part->nelts; i++) {
            found |= ngx_http_doorward_is_identity(&header[i].key);
        }
    }

    if (!found) {
        return NGX_OK;
    }

    /*
     * nginx's lists know no removal, and the elements must stay where they are, since r->headers_in points to some of them.
     * So the list is threaded anew through the runs of elements that stay. A part without elements may only be the first:
     * nginx's loops over lists look at the first element of a next part without asking whether there is one.
     */

    first = list->part;
    kept = NULL;

    for (part = &first; part; part = part->next) {
        header = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (ngx_http_doorward_is_identity(&header[i].key)) {
                continue;
            }

            start = i;

            while (i + 1 < part->nelts && !ngx_http_doorward_is_identity(&header[i + 1].key)) {
                i++;
            }

            if (kept == NULL) {
                kept = &list->part;

            } else {
                kept->next = ngx_palloc(r->pool, sizeof(ngx_list_part_t));
                if (kept->next == NULL) {
                    return NGX_ERROR;
                }

                kept = kept->next;
            }

            kept->elts = &header[start];
            kept->nelts = i + 1 - start;
            kept->next = NULL;
        }
    }

    if (kept == NULL) {
        kept = &list->part;
        kept->elts = first.elts;
        kept->nelts = 0;
        kept->next = NULL;
    }

    /* What lies behind the last run may be in use: the list is full, so that the next header gets a part of its own. */
    list->last = kept;
    list->nalloc = ngx_max(kept->nelts, 1);

    return NGX_OK;
}


/*
 * The names that begin with `x-doorward`, in any case, and with any separator: applications behind CGI-like interfaces
 * read `x_doorward_subject`, and some `x.doorward.subject`, as `x-doorward-subject`.
 */

static ngx_uint_t
ngx_http_doorward_is_identity(ngx_str_t *name)
{
    static u_char  prefix[] = "x-doorward";

    u_char  c;
    size_t  i;

    if (name->len < sizeof(prefix) - 1) {
        return 0;
    }

    for (i = 0; i < sizeof(prefix) - 1; i++) {
        c = ngx_tolower(name->data[i]);

        if (prefix[i] == '-') {
            if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
                return 0;
            }

        } else if (c != prefix[i]) {
            return 0;
        }
    }

    return 1;
}


ngx_int_t
ngx_http_doorward_forward_identity(ngx_http_request_t *r, ngx_http_doorward_ctx_t *ctx)
{
    ngx_http_doorward_srv_conf_t  *dscf;

    dscf = ngx_http_get_module_srv_conf(r, ngx_http_doorward_module);

    if (!dscf->identity_headers) {
        return NGX_OK;
    }

    ctx->forwarded = 1;

    if (ngx_http_doorward_add(r, &ngx_http_doorward_outcome_name, &ngx_http_doorward_outcome_key, &ctx->outcome)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_doorward_add(r, &ngx_http_doorward_issuer_name, &ngx_http_doorward_issuer_key, &ctx->issuer)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_doorward_add(r, &ngx_http_doorward_subject_name, &ngx_http_doorward_subject_key, &ctx->subject);
}


static ngx_int_t
ngx_http_doorward_add(ngx_http_request_t *r, ngx_str_t *name, ngx_str_t *lowcase, ngx_str_t *value)
{
    ngx_table_elt_t  *header;

    if (value->len == 0) {
        return NGX_OK;
    }

    header = ngx_list_push(&r->headers_in.headers);
    if (header == NULL) {
        return NGX_ERROR;
    }

    header->hash = ngx_hash_key(lowcase->data, lowcase->len);
    header->key = *name;
    header->value = *value;
    header->lowcase_key = lowcase->data;
#if (nginx_version >= 1023000)
    header->next = NULL;
#endif

    return NGX_OK;
}
