/* Policies: loaded once per cycle and file, before the fork; and each worker's memory for decisions. */

#include "ngx_http_doorward.h"


static ngx_int_t ngx_http_doorward_describe(ngx_conf_t *cf, ngx_http_doorward_engine_t *engine);
static void ngx_http_doorward_log_faults(ngx_conf_t *cf, doorward_str text);
static void ngx_http_doorward_free(void *data);


ngx_http_doorward_engine_t *
ngx_http_doorward_load(ngx_conf_t *cf, ngx_str_t *path)
{
    doorward_str                     text;
    doorward_error                  *error;
    doorward_result                  result;
    ngx_uint_t                       i;
    ngx_pool_cleanup_t              *cln;
    ngx_http_doorward_engine_t      *engine, **known;
    ngx_http_doorward_main_conf_t   *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_doorward_module);

    known = dmcf->engines.elts;

    for (i = 0; i < dmcf->engines.nelts; i++) {
        if (known[i]->path.len == path->len && ngx_strncmp(known[i]->path.data, path->data, path->len) == 0) {
            return known[i];
        }
    }

    if (doorward_abi_version() != DOORWARD_ABI_VERSION) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "doorward: expected version %ui of the library's ABI, found %ui",
                           (ngx_uint_t) DOORWARD_ABI_VERSION, (ngx_uint_t) doorward_abi_version());
        return NULL;
    }

    engine = ngx_pcalloc(cf->pool, sizeof(ngx_http_doorward_engine_t));
    cln = ngx_pool_cleanup_add(cf->pool, 0);
    known = ngx_array_push(&dmcf->engines);

    if (engine == NULL || cln == NULL || known == NULL) {
        return NULL;
    }

    *known = engine;
    engine->path = *path;
    error = NULL;

    /* Without a thread: the master forks, and only workers decide. */
    result = doorward_engine_load_file((const char *) path->data, path->len, &engine->handle, &error);

    if (result != DOORWARD_RESULT_OK) {
        if (error != NULL) {
            ngx_http_doorward_log_faults(cf, doorward_error_text(error));
            doorward_error_free(error);

        } else {
            text = doorward_result_text(result);
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "doorward: policy \"%V\" was not loaded: %*s", path,
                               text.len, text.data);
        }

        dmcf->engines.nelts--;
        return NULL;
    }

    /* The pool of the configuration dies with its cycle, after the last worker of it is gone. */
    cln->handler = ngx_http_doorward_free;
    cln->data = engine;

    return ngx_http_doorward_describe(cf, engine) == NGX_OK ? engine : NULL;
}


static ngx_int_t
ngx_http_doorward_describe(ngx_conf_t *cf, ngx_http_doorward_engine_t *engine)
{
    size_t                 i;
    doorward_engine_facts  facts;

    facts = doorward_engine_facts_init();

    if (doorward_engine_describe(engine->handle, &facts) != DOORWARD_RESULT_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "doorward: policy \"%V\" cannot be described", &engine->path);
        return NGX_ERROR;
    }

    engine->fields = ngx_palloc(cf->pool, facts.fields_len * sizeof(ngx_str_t) + 1);
    if (engine->fields == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < facts.fields_len; i++) {
        engine->fields[i] = ngx_http_doorward_str(facts.fields[i]);
    }

    engine->nfields = facts.fields_len;
    engine->reads_body = facts.reads_body != 0;
    engine->form_limit = (size_t) facts.form_limit;

    for (i = 0; i < facts.warnings_len; i++) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0, "doorward: %V: %*s", &engine->path, facts.warnings[i].len,
                           facts.warnings[i].data);
    }

    return NGX_OK;
}


/* One fault per line of the log, as the policy's own messages have it: file:line:column: … */

static void
ngx_http_doorward_log_faults(ngx_conf_t *cf, doorward_str text)
{
    size_t       len;
    const char  *line, *end, *last;

    last = text.data + text.len;

    for (line = text.data; line < last; line = end + 1) {

        end = memchr(line, '\n', last - line);
        if (end == NULL) {
            end = last;
        }

        len = end - line;

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "doorward: %*s", len, line);
    }
}


ngx_int_t
ngx_http_doorward_prepare(ngx_http_doorward_engine_t *engine, ngx_log_t *log)
{
    doorward_str     text;
    doorward_result  result;

    if (engine->scratch != NULL) {
        return NGX_OK;
    }

    result = doorward_scratch_new(engine->handle, &engine->scratch);

    if (result != DOORWARD_RESULT_OK) {
        text = doorward_result_text(result);
        ngx_log_error(NGX_LOG_CRIT, log, 0, "doorward: no memory for decisions of \"%V\": %*s", &engine->path,
                      text.len, text.data);
        engine->scratch = NULL;
        return NGX_ERROR;
    }

    (void) doorward_engine_warm_thread(engine->handle);
    ngx_http_doorward_start(engine);

    return NGX_OK;
}


void
ngx_http_doorward_release(ngx_http_doorward_engine_t *engine)
{
    doorward_scratch_free(engine->scratch);
    engine->scratch = NULL;
}


static void
ngx_http_doorward_free(void *data)
{
    ngx_http_doorward_engine_t  *engine = data;

    ngx_http_doorward_release(engine);
    doorward_engine_free(engine->handle);
    engine->handle = NULL;
}
