/* The module: its directives, how settings are inherited, and where it hooks into the phases. */

#include "ngx_http_doorward.h"


static void *ngx_http_doorward_create_main_conf(ngx_conf_t *cf);
static char *ngx_http_doorward_init_main_conf(ngx_conf_t *cf, void *conf);
static void *ngx_http_doorward_create_srv_conf(ngx_conf_t *cf);
static char *ngx_http_doorward_merge_srv_conf(ngx_conf_t *cf, void *parent, void *child);
static void *ngx_http_doorward_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_doorward_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);
static char *ngx_http_doorward_enable(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_doorward_policy(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_doorward_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static ngx_int_t ngx_http_doorward_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_doorward_init_process(ngx_cycle_t *cycle);
static void ngx_http_doorward_exit_process(ngx_cycle_t *cycle);


static ngx_conf_enum_t  ngx_http_doorward_targets[] = {
    { ngx_string("both"), NGX_HTTP_DOORWARD_SENT | NGX_HTTP_DOORWARD_SERVED },
    { ngx_string("sent"), NGX_HTTP_DOORWARD_SENT },
    { ngx_string("served"), NGX_HTTP_DOORWARD_SERVED },
    { ngx_null_string, 0 }
};


static ngx_command_t  ngx_http_doorward_commands[] = {

    { ngx_string("doorward"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_http_doorward_enable,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_doorward_loc_conf_t, enable),
      NULL },

    { ngx_string("doorward_policy"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_doorward_policy,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("doorward_body"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_doorward_loc_conf_t, body),
      NULL },

    { ngx_string("doorward_target"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_doorward_loc_conf_t, target),
      &ngx_http_doorward_targets },

    { ngx_string("doorward_form_limit"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_size_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_doorward_loc_conf_t, form_limit),
      NULL },

    { ngx_string("doorward_identity_headers"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(ngx_http_doorward_srv_conf_t, identity_headers),
      NULL },

    { ngx_string("doorward_ready"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_doorward_main_conf_t, ready),
      NULL },

    { ngx_string("doorward_status"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_doorward_status,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_doorward_module_ctx = {
    ngx_http_doorward_add_variables,       /* preconfiguration */
    ngx_http_doorward_init,                /* postconfiguration */

    ngx_http_doorward_create_main_conf,    /* create main configuration */
    ngx_http_doorward_init_main_conf,      /* init main configuration */

    ngx_http_doorward_create_srv_conf,     /* create server configuration */
    ngx_http_doorward_merge_srv_conf,      /* merge server configuration */

    ngx_http_doorward_create_loc_conf,     /* create location configuration */
    ngx_http_doorward_merge_loc_conf       /* merge location configuration */
};


ngx_module_t  ngx_http_doorward_module = {
    NGX_MODULE_V1,
    &ngx_http_doorward_module_ctx,         /* module context */
    ngx_http_doorward_commands,            /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_http_doorward_init_process,        /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_doorward_exit_process,        /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static void *
ngx_http_doorward_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_doorward_main_conf_t  *dmcf;

    dmcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_doorward_main_conf_t));
    if (dmcf == NULL) {
        return NULL;
    }

    if (ngx_array_init(&dmcf->engines, cf->pool, 4, sizeof(ngx_http_doorward_engine_t *)) != NGX_OK) {
        return NULL;
    }

    dmcf->ready = NGX_CONF_UNSET_MSEC;

    return dmcf;
}


static char *
ngx_http_doorward_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_doorward_main_conf_t  *dmcf = conf;

    (void) cf;

    ngx_conf_init_msec_value(dmcf->ready, 1000);

    return NGX_CONF_OK;
}


static void *
ngx_http_doorward_create_srv_conf(ngx_conf_t *cf)
{
    ngx_http_doorward_srv_conf_t  *dscf;

    dscf = ngx_pcalloc(cf->pool, sizeof(ngx_http_doorward_srv_conf_t));
    if (dscf == NULL) {
        return NULL;
    }

    dscf->identity_headers = NGX_CONF_UNSET;

    return dscf;
}


static char *
ngx_http_doorward_merge_srv_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_doorward_srv_conf_t  *prev = parent;
    ngx_http_doorward_srv_conf_t  *conf = child;

    (void) cf;

    ngx_conf_merge_value(conf->identity_headers, prev->identity_headers, 1);

    return NGX_CONF_OK;
}


static void *
ngx_http_doorward_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_doorward_loc_conf_t  *dlcf;

    dlcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_doorward_loc_conf_t));
    if (dlcf == NULL) {
        return NULL;
    }

    dlcf->enable = NGX_CONF_UNSET;
    dlcf->body = NGX_CONF_UNSET;
    dlcf->target = NGX_CONF_UNSET_UINT;
    dlcf->form_limit = NGX_CONF_UNSET_SIZE;
    dlcf->engine = NGX_CONF_UNSET_PTR;

    return dlcf;
}


static char *
ngx_http_doorward_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_doorward_loc_conf_t  *prev = parent;
    ngx_http_doorward_loc_conf_t  *conf = child;

    if (conf->enable == NGX_CONF_UNSET && !conf->status) {
        conf->file = prev->file;
        conf->line = prev->line;
    }

    ngx_conf_merge_value(conf->enable, prev->enable, 0);
    ngx_conf_merge_value(conf->body, prev->body, 1);
    ngx_conf_merge_uint_value(conf->target, prev->target, NGX_HTTP_DOORWARD_SENT | NGX_HTTP_DOORWARD_SERVED);
    ngx_conf_merge_size_value(conf->form_limit, prev->form_limit, NGX_CONF_UNSET_SIZE);
    ngx_conf_merge_ptr_value(conf->engine, prev->engine, NULL);

    if (conf->enable && conf->engine == NULL) {
        /* Not through ngx_conf_log_error: merging happens at the end of http, which is not where the fault is. */
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "doorward: \"doorward on\" in %V:%ui is in force where no policy is: "
                      "expected a \"doorward_policy\" there or around it",
                      &conf->file, conf->line);
        return NGX_CONF_ERROR;
    }

    if (conf->status && conf->engine == NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "doorward: \"doorward_status\" in %V:%ui is where no policy is in force: "
                      "expected a \"doorward_policy\" there or around it",
                      &conf->file, conf->line);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_doorward_enable(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_doorward_loc_conf_t  *dlcf = conf;

    dlcf->file = cf->conf_file->file.name;
    dlcf->line = cf->conf_file->line;

    return ngx_conf_set_flag_slot(cf, cmd, conf);
}


static char *
ngx_http_doorward_policy(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_doorward_loc_conf_t  *dlcf = conf;

    ngx_str_t  *value, path;

    (void) cmd;

    if (dlcf->engine != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;
    path = value[1];

    if (path.len == 0) {
        return "expects the name of a file";
    }

    if (ngx_conf_full_name(cf->cycle, &path, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    dlcf->engine = ngx_http_doorward_load(cf, &path);

    return dlcf->engine ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static char *
ngx_http_doorward_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_doorward_loc_conf_t  *dlcf = conf;

    ngx_http_core_loc_conf_t  *clcf;

    (void) cmd;

    if (dlcf->status) {
        return "is duplicate";
    }

    dlcf->status = 1;
    dlcf->file = cf->conf_file->file.name;
    dlcf->line = cf->conf_file->line;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_http_doorward_status_handler;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_doorward_init(ngx_conf_t *cf)
{
    ngx_str_t                       name = ngx_string("request_uri");
    ngx_http_handler_pt            *handler;
    ngx_http_core_main_conf_t      *cmcf;
    ngx_http_doorward_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_doorward_module);

    if (dmcf->engines.nelts == 0) {
        /* Loaded and not used: costs nothing, does nothing. */
        return NGX_OK;
    }

    dmcf->request_uri = ngx_http_get_variable_index(cf, &name);
    if (dmcf->request_uri == NGX_ERROR) {
        return NGX_ERROR;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    handler = ngx_array_push(&cmcf->phases[NGX_HTTP_POST_READ_PHASE].handlers);
    if (handler == NULL) {
        return NGX_ERROR;
    }

    *handler = ngx_http_doorward_strip_handler;

    handler = ngx_array_push(&cmcf->phases[NGX_HTTP_ACCESS_PHASE].handlers);
    if (handler == NULL) {
        return NGX_ERROR;
    }

    *handler = ngx_http_doorward_access_handler;

    return NGX_OK;
}


static ngx_int_t
ngx_http_doorward_init_process(ngx_cycle_t *cycle)
{
    ngx_uint_t                       i;
    ngx_http_doorward_engine_t     **engine;
    ngx_http_doorward_main_conf_t   *dmcf;

    dmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_doorward_module);

    if (dmcf == NULL || dmcf->engines.nelts == 0) {
        return NGX_OK;
    }

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE) {
        /* Those that keep caches have workers' beginnings and no requests. */
        return NGX_OK;
    }

    engine = dmcf->engines.elts;

    for (i = 0; i < dmcf->engines.nelts; i++) {
        /* A worker that could not prepare tries again with each request, and answers 500 until it can. */
        (void) ngx_http_doorward_prepare(engine[i], cycle->log);
    }

    ngx_http_doorward_wait_for_keys(dmcf, cycle->log);
    ngx_http_doorward_log_events(dmcf, cycle->log);
    ngx_http_doorward_log_events_regularly(cycle);

    return NGX_OK;
}


static void
ngx_http_doorward_exit_process(ngx_cycle_t *cycle)
{
    ngx_uint_t                       i;
    ngx_http_doorward_engine_t     **engine;
    ngx_http_doorward_main_conf_t   *dmcf;

    dmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_doorward_module);

    if (dmcf == NULL) {
        return;
    }

    ngx_http_doorward_log_events(dmcf, cycle->log);

    engine = dmcf->engines.elts;

    for (i = 0; i < dmcf->engines.nelts; i++) {
        ngx_http_doorward_release(engine[i]);
    }
}


/* Marks the facts about a request among its pool's cleanups; the pool frees them. */

static void
ngx_http_doorward_cleanup(void *data)
{
    (void) data;
}


ngx_http_doorward_ctx_t *
ngx_http_doorward_get_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t       *cln;
    ngx_http_doorward_ctx_t  *ctx;

    r = r->main;
    ctx = ngx_http_get_module_ctx(r, ngx_http_doorward_module);

    if (ctx == NULL && (r->internal || r->filter_finalize)) {

        for (cln = r->pool->cleanup; cln; cln = cln->next) {
            if (cln->handler == ngx_http_doorward_cleanup) {
                return cln->data;
            }
        }
    }

    return ctx;
}


ngx_http_doorward_ctx_t *
ngx_http_doorward_make_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t       *cln;
    ngx_http_doorward_ctx_t  *ctx;

    ctx = ngx_http_doorward_get_ctx(r);

    if (ctx == NULL) {
        cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_doorward_ctx_t));
        if (cln == NULL) {
            return NULL;
        }

        cln->handler = ngx_http_doorward_cleanup;
        ctx = cln->data;
        ngx_memzero(ctx, sizeof(ngx_http_doorward_ctx_t));
        ctx->route = -1;
    }

    ngx_http_set_ctx(r, ctx, ngx_http_doorward_module);

    return ctx;
}
