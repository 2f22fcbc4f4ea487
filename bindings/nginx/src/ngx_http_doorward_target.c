/*
 * The readings of a request's path. nginx chooses a location by a path that it decoded, merged and perhaps rewrote; the
 * application behind may look at the target as it was sent. What is judged must be what either of them sees.
 */

#include "ngx_http_doorward.h"


static ngx_uint_t ngx_http_doorward_differs_in_case_only(ngx_str_t *one, u_char *other, size_t len);


/* The target as the client sent it, with the path that an absolute URL may lack (RFC 9112, section 3.2.2). */

ngx_int_t
ngx_http_doorward_sent_target(ngx_http_request_t *r, ngx_str_t *target)
{
    *target = r->unparsed_uri;

    if (target->len > 0 && target->data[0] == '?') {

        target->data = ngx_pnalloc(r->pool, target->len + 1);
        if (target->data == NULL) {
            return NGX_ERROR;
        }

        target->data[0] = '/';
        ngx_memcpy(target->data + 1, r->unparsed_uri.data, r->unparsed_uri.len);
        target->len++;
    }

    return NGX_OK;
}


/* The target as nginx itself would send it on: its own reading of the path, encoded where it encodes (ngx_http_proxy). */

ngx_int_t
ngx_http_doorward_served_target(ngx_http_request_t *r, ngx_str_t *target)
{
    u_char     *p;
    uintptr_t   escapes;

    escapes = 0;

    if (r->quoted_uri || r->internal) {
        escapes = 2 * ngx_escape_uri(NULL, r->uri.data, r->uri.len, NGX_ESCAPE_URI);
    }

    target->data = ngx_pnalloc(r->pool, r->uri.len + escapes + 1 + r->args.len);
    if (target->data == NULL) {
        return NGX_ERROR;
    }

    p = target->data;

    if (escapes > 0) {
        p = (u_char *) ngx_escape_uri(p, r->uri.data, r->uri.len, NGX_ESCAPE_URI);

    } else {
        p = ngx_cpymem(p, r->uri.data, r->uri.len);
    }

    if (r->args.len > 0) {
        *p++ = '?';
        p = ngx_cpymem(p, r->args.data, r->args.len);
    }

    target->len = p - target->data;

    return NGX_OK;
}


/* Whether a normalised path, decoded, is the path that nginx chose the location by. */

ngx_uint_t
ngx_http_doorward_is_same_path(ngx_str_t *path, ngx_str_t *decoded)
{
    u_char     *p, *last, *d, *dlast;
    ngx_int_t   byte;

    p = path->data;
    last = p + path->len;
    d = decoded->data;
    dlast = d + decoded->len;

    for ( /* void */ ; p < last; p++, d++) {

        if (d == dlast) {
            return 0;
        }

        byte = *p;

        if (byte == '%') {

            if (last - p < 3) {
                return 0;
            }

            byte = ngx_hextoi(p + 1, 2);
            p += 2;
        }

        if (byte != *d) {
            return 0;
        }
    }

    return d == dlast;
}


/*
 * Makes the judged path the one that is sent on. NGX_DECLINED if that is not possible: somebody took a copy of
 * $request_uri before (a `set`, an `if`, a `map`), and where that copy goes is not known.
 */

ngx_int_t
ngx_http_doorward_forward_path(ngx_http_request_t *r, ngx_str_t *path)
{
    size_t                          len;
    u_char                         *p, *query;
    ngx_str_t                       target;
    ngx_http_variable_value_t      *copy;
    ngx_http_doorward_main_conf_t  *dmcf;

    query = ngx_strlchr(r->unparsed_uri.data, r->unparsed_uri.data + r->unparsed_uri.len, '?');
    len = query ? (size_t) (query - r->unparsed_uri.data) : r->unparsed_uri.len;

    if (len == path->len && ngx_memcmp(r->unparsed_uri.data, path->data, len) == 0) {
        return NGX_OK;
    }

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_doorward_module);
    copy = &r->variables[dmcf->request_uri];

    if ((copy->valid || copy->not_found)
        && !ngx_http_doorward_differs_in_case_only(path, r->unparsed_uri.data, len))
    {
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "doorward: the path cannot be normalised, since $request_uri was used before the access phase");
        return NGX_DECLINED;
    }

    target.len = path->len + (r->unparsed_uri.len - len);
    target.data = ngx_pnalloc(r->pool, target.len);
    if (target.data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(target.data, path->data, path->len);
    ngx_memcpy(p, r->unparsed_uri.data + len, r->unparsed_uri.len - len);

    r->unparsed_uri = target;
    copy->valid = 0;
    copy->not_found = 0;

    return NGX_OK;
}


/* `%c3` is `%C3` to every reader; nothing else that normalisation changes is as harmless. */

static ngx_uint_t
ngx_http_doorward_differs_in_case_only(ngx_str_t *one, u_char *other, size_t len)
{
    size_t  i;

    if (one->len != len) {
        return 0;
    }

    for (i = 0; i < len; i++) {

        if (one->data[i] == other[i]) {
            continue;
        }

        /* Normalisation changes the case of hex digits only, and never that of a letter that stands for itself. */
        if (ngx_tolower(one->data[i]) != ngx_tolower(other[i])) {
            return 0;
        }
    }

    return 1;
}
