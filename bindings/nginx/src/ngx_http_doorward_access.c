/* The decision: what is handed to the library, and what becomes of its answer. Whatever is unexpected refuses. */

#include "ngx_http_doorward.h"


/* More lines than that are kept in the request's pool. */
#define NGX_HTTP_DOORWARD_LINES  8


/* What all readings of one request have in common. */
typedef struct {
    ngx_http_doorward_engine_t    *engine;
    ngx_http_doorward_loc_conf_t  *conf;
    doorward_request               request;
    doorward_time                  now;
    doorward_field                 lines[NGX_HTTP_DOORWARD_LINES];
} ngx_http_doorward_question_t;


static ngx_int_t ngx_http_doorward_ask(ngx_http_request_t *r, ngx_http_doorward_question_t *question,
    ngx_http_doorward_ctx_t *ctx);
static ngx_int_t ngx_http_doorward_judge_sent(ngx_http_request_t *r, ngx_http_doorward_question_t *question,
    ngx_http_doorward_ctx_t *ctx);
static ngx_int_t ngx_http_doorward_judge_served(ngx_http_request_t *r, ngx_http_doorward_question_t *question,
    ngx_http_doorward_ctx_t *ctx, ngx_str_t *target);
static ngx_int_t ngx_http_doorward_judge(ngx_http_request_t *r, ngx_http_doorward_question_t *question,
    ngx_http_doorward_ctx_t *ctx, ngx_str_t *target, ngx_str_t *path);
static ngx_int_t ngx_http_doorward_refuse_path(ngx_http_request_t *r, ngx_http_doorward_question_t *question,
    ngx_http_doorward_ctx_t *ctx);
static ngx_int_t ngx_http_doorward_collect(ngx_http_request_t *r, ngx_http_doorward_question_t *question);
static ngx_uint_t ngx_http_doorward_looks_at(ngx_http_doorward_engine_t *engine, ngx_table_elt_t *header);


/* nginx calls it for main requests only: subrequests have no access phase. */

ngx_int_t
ngx_http_doorward_access_handler(ngx_http_request_t *r)
{
    ngx_int_t                      rc;
    ngx_http_doorward_ctx_t       *ctx;
    ngx_http_doorward_question_t   question;
    ngx_http_doorward_loc_conf_t  *dlcf;

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_doorward_module);

    if (!dlcf->enable) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_doorward_make_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ctx->refused) {
        /*
         * An error page of the refusal, in a location that is guarded itself. Refused is refused: the page is not judged as
         * if the client had asked for it, which could give another status or even let the request in.
         */
        return ctx->status;
    }

    if (ctx->allowed
        && ctx->engine == dlcf->engine
        && ctx->target == dlcf->target
        && ctx->uri == r->uri.data
        && ctx->args == r->args.data
        && ctx->unparsed_uri == r->unparsed_uri.data
        && ctx->method == r->method_name.data)
    {
        /* The same readings of the same request in another location (`try_files $uri @app`). */
        return NGX_OK;
    }

    ngx_http_doorward_forget(ctx);

    if (ctx->forwarded) {
        if (ngx_http_doorward_strip(r) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        ctx->forwarded = 0;
    }

    if (dlcf->engine->reads_body && !ctx->form_asked && ngx_http_doorward_has_form(r)) {
        return ngx_http_doorward_read_form(r, ctx, ngx_http_doorward_form_limit(dlcf));
    }

    question.engine = dlcf->engine;
    question.conf = dlcf;

    rc = ngx_http_doorward_ask(r, &question, ctx);

    if (rc != NGX_OK) {
        return rc;
    }

    ctx->allowed = 1;
    ctx->engine = dlcf->engine;
    ctx->target = dlcf->target;
    ctx->uri = r->uri.data;
    ctx->args = r->args.data;
    ctx->unparsed_uri = r->unparsed_uri.data;
    ctx->method = r->method_name.data;

    if (ngx_http_doorward_forward_identity(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_OK;
}


/* NGX_OK if every reading of the request's path is allowed, else the status of the refusal. */

static ngx_int_t
ngx_http_doorward_ask(ngx_http_request_t *r, ngx_http_doorward_question_t *question, ngx_http_doorward_ctx_t *ctx)
{
    ngx_int_t    rc;
    ngx_str_t    target, body;
    ngx_time_t  *now;

    if (ngx_http_doorward_prepare(question->engine, r->connection->log) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* nginx's own clock: it was read when this turn of the event loop began. */
    now = ngx_timeofday();
    question->now.seconds = now->sec;
    question->now.nanos = (uint32_t) now->msec * 1000000;

    question->request = doorward_request_init();
    question->request.method = ngx_http_doorward_view(&r->method_name);

    /* Who holds the other end of the connection, as nginx knows it. A socket's path is nobody's address to the library. */
    question->request.peer = ngx_http_doorward_view(&r->connection->addr_text);

    if (ngx_http_doorward_collect(r, question) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ctx->form_asked) {
        rc = ngx_http_doorward_form_body(r, ngx_http_doorward_form_limit(question->conf), &body);
        if (rc != NGX_OK) {
            return rc;
        }

        question->request.body = ngx_http_doorward_view(&body);
    }

    if (r->valid_unparsed_uri || (question->conf->target & NGX_HTTP_DOORWARD_SENT)) {
        rc = ngx_http_doorward_judge_sent(r, question, ctx);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (!r->valid_unparsed_uri && (question->conf->target & NGX_HTTP_DOORWARD_SERVED)) {
        if (ngx_http_doorward_served_target(r, &target) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return ngx_http_doorward_judge_served(r, question, ctx, &target);
    }

    return NGX_OK;
}


/* The target that the client sent. */

static ngx_int_t
ngx_http_doorward_judge_sent(ngx_http_request_t *r, ngx_http_doorward_question_t *question,
    ngx_http_doorward_ctx_t *ctx)
{
    u_char     *query;
    ngx_int_t   rc;
    ngx_str_t   sent, served, path;

    if (ngx_http_doorward_sent_target(r, &sent) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_doorward_judge(r, question, ctx, &sent, &path);
    if (rc != NGX_OK) {
        return rc;
    }

    if (r->valid_unparsed_uri) {

        if (!ngx_http_doorward_is_same_path(&path, &r->uri)) {
            /* nginx chose the location by another path than the one that was judged. */
            return ngx_http_doorward_refuse_path(r, question, ctx);
        }

        if (r->quoted_uri) {
            /*
             * nginx decodes what normalisation keeps encoded (`%3B`), and sends on, or looks up as a file, what it decoded.
             * That is another path to a server that gives `;` a meaning: it has to be allowed as well.
             */
            path.data = ngx_pstrdup(r->pool, &path);

            if (path.data == NULL || ngx_http_doorward_served_target(r, &served) != NGX_OK) {
                return NGX_HTTP_INTERNAL_SERVER_ERROR;
            }

            query = ngx_strlchr(served.data, served.data + served.len, '?');

            if ((query ? (size_t) (query - served.data) : served.len) != path.len
                || ngx_memcmp(served.data, path.data, path.len) != 0)
            {
                rc = ngx_http_doorward_judge_served(r, question, ctx, &served);
                if (rc != NGX_OK) {
                    return rc;
                }
            }
        }
    }

    rc = ngx_http_doorward_forward_path(r, &path);

    if (rc == NGX_DECLINED) {
        return ngx_http_doorward_refuse_path(r, question, ctx);
    }

    return rc == NGX_OK ? NGX_OK : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


/* The target as nginx reads it. */

static ngx_int_t
ngx_http_doorward_judge_served(ngx_http_request_t *r, ngx_http_doorward_question_t *question,
    ngx_http_doorward_ctx_t *ctx, ngx_str_t *target)
{
    ngx_int_t  rc;
    ngx_str_t  path;

    rc = ngx_http_doorward_judge(r, question, ctx, target, &path);
    if (rc != NGX_OK) {
        return rc;
    }

    if (!ngx_http_doorward_is_same_path(&path, &r->uri)) {
        return ngx_http_doorward_refuse_path(r, question, ctx);
    }

    return NGX_OK;
}


/* One decision. `path` is what was judged, and lives until the next decision. */

static ngx_int_t
ngx_http_doorward_judge(ngx_http_request_t *r, ngx_http_doorward_question_t *question, ngx_http_doorward_ctx_t *ctx,
    ngx_str_t *target, ngx_str_t *path)
{
    doorward_str       text;
    doorward_result    result;
    doorward_decision  decision;

    question->request.url = ngx_http_doorward_view(target);
    decision = doorward_decision_init();

    result = doorward_decide(question->engine->handle, question->engine->scratch, &question->request, question->now,
                             &decision);

    if (result == DOORWARD_RESULT_TOO_MANY_FIELDS) {
        /* The client's doing: nothing that should wake up an operator. */
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0, "doorward: 431, too many lines of fields that matter");
        return NGX_HTTP_DOORWARD_FIELDS_TOO_LARGE;
    }

    if (result != DOORWARD_RESULT_OK) {
        text = doorward_result_text(result);
        ngx_log_error(NGX_LOG_CRIT, r->connection->log, 0, "doorward: no decision: %*s", text.len, text.data);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (decision.allowed != 1) {

        if (decision.status < NGX_HTTP_BAD_REQUEST) {
            ngx_log_error(NGX_LOG_CRIT, r->connection->log, 0, "doorward: a refusal with status %ui",
                          (ngx_uint_t) decision.status);
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        /* An earlier reading was allowed, perhaps: nothing of it stays. */
        ngx_http_doorward_forget(ctx);

        if (ngx_http_doorward_keep(r, ctx, &decision, question->conf->body) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        ctx->refused = 1;
        ctx->engine = question->engine;
        ngx_http_doorward_log_refusal(r, &decision);

        return decision.status;
    }

    /* Of two readings the one that took a credential says who the caller is. */
    if (ctx->status == 0 || decision.grounds == DOORWARD_GROUNDS_CREDENTIAL) {

        if (ngx_http_doorward_keep(r, ctx, &decision, 0) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    *path = ngx_http_doorward_str(decision.path);

    return NGX_OK;
}


/* Refuses as the library refuses a path of two readings: by asking it about one. */

static ngx_int_t
ngx_http_doorward_refuse_path(ngx_http_request_t *r, ngx_http_doorward_question_t *question,
    ngx_http_doorward_ctx_t *ctx)
{
    ngx_int_t  rc;
    ngx_str_t  ambiguous = ngx_string("//");
    ngx_str_t  path;

    rc = ngx_http_doorward_judge(r, question, ctx, &ambiguous, &path);

    return rc == NGX_OK ? NGX_HTTP_INTERNAL_SERVER_ERROR : rc;
}


/*
 * All lines of the fields that the engine looks at, in their order: not r->headers_in.authorization, which is one line
 * whatever the client sent.
 */

static ngx_int_t
ngx_http_doorward_collect(ngx_http_request_t *r, ngx_http_doorward_question_t *question)
{
    size_t            count, room;
    ngx_uint_t        i;
    doorward_field   *lines, *more;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *header;

    count = 0;
    room = NGX_HTTP_DOORWARD_LINES;
    lines = question->lines;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        header = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (!ngx_http_doorward_looks_at(question->engine, &header[i])) {
                continue;
            }

            if (count == room) {
                more = ngx_palloc(r->pool, 2 * room * sizeof(doorward_field));
                if (more == NULL) {
                    return NGX_ERROR;
                }

                ngx_memcpy(more, lines, room * sizeof(doorward_field));
                lines = more;
                room *= 2;
            }

            lines[count].name = ngx_http_doorward_view(&header[i].key);
            lines[count].value = ngx_http_doorward_view(&header[i].value);
            count++;
        }
    }

    question->request.fields = count ? lines : NULL;
    question->request.fields_len = count;

    return NGX_OK;
}


static ngx_uint_t
ngx_http_doorward_looks_at(ngx_http_doorward_engine_t *engine, ngx_table_elt_t *header)
{
    ngx_uint_t  i;

    for (i = 0; i < engine->nfields; i++) {

        if (engine->fields[i].len == header->key.len
            && ngx_memcmp(engine->fields[i].data, header->lowcase_key, header->key.len) == 0)
        {
            return 1;
        }
    }

    return 0;
}
