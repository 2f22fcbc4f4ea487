// One small application in each framework: it says what path and what caller it has seen, and gives a form back.
import { createServer } from 'node:http';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { serve } from '@hono/node-server';
import Koa from 'koa';
import mount from 'koa-mount';
import * as onExpress from '../middleware/express.mjs';
import * as onFastify from '../middleware/fastify.mjs';
import * as onHono from '../middleware/hono.mjs';
import * as onHttp from '../middleware/http.mjs';
import * as onKoa from '../middleware/koa.mjs';

/** What the applications say. */
const seen = (path, decision, form = null) => ({ path, subject: decision.principal?.subject ?? null, form });

const CACHED = ['Cache-Control', 'public, max-age=60'];

/** Whether a request wants an answer that may be cached. */
const isCached = (url) => url.includes('cached=1');

/** Runs `use` with the port of a server that listens on it, and stops the server whatever comes of it. */
async function listening(server, use) {
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    if (server.listening) resolve();
    else server.listen(0, '127.0.0.1', resolve);
  });
  try {
    return await use(server.address().port);
  } finally {
    server.closeAllConnections?.();
    await new Promise((resolve) => { server.close(resolve); });
  }
}

async function text(req) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

export const frameworks = {
  http: {
    rewrites: true,
    run: (engine, options, use) => listening(createServer(onHttp.doorward(engine, async (req, res) => {
      const path = req.url;
      const form = req.method === 'POST' ? await text(req) : null;
      res.writeHead(200, { 'Content-Type': 'application/json', ...isCached(path) && Object.fromEntries([CACHED]) });
      res.end(JSON.stringify(seen(path, req.doorward, form)));
    }, options)), use),
  },
  express: {
    rewrites: true,
    run: (engine, options, use) => {
      const app = express();
      app.use(onExpress.doorward(engine, options));
      app.use(express.urlencoded({ extended: false, limit: '1mb' }));
      app.use((req, res) => {
        const form = req.method === 'POST' ? new URLSearchParams(req.body).toString() : null;
        if (isCached(req.url)) res.set(...CACHED);
        res.json(seen(req.url, req.doorward, form));
      });
      return listening(createServer(app), use);
    },
  },
  'express below a path': {
    rewrites: false,
    run: (engine, options, use) => {
      const app = express();
      const router = express.Router();
      router.use(onExpress.doorward(engine, options));
      router.use(express.urlencoded({ extended: false, limit: '1mb' }));
      router.use((req, res) => {
        const form = req.method === 'POST' ? new URLSearchParams(req.body).toString() : null;
        if (isCached(req.url)) res.set(...CACHED);
        res.json(seen(req.baseUrl + req.url, req.doorward, form));
      });
      app.use(['/v1', '/open'], router);
      app.use((req, res) => res.status(403).json({ status: 403, outcome: 'not below the path' }));
      return listening(createServer(app), use);
    },
  },
  koa: {
    rewrites: true,
    run: (engine, options, use) => {
      const app = new Koa();
      app.use(onKoa.doorward(engine, options));
      app.use(async (ctx) => {
        const path = ctx.url;
        const form = ctx.method === 'POST' ? await text(ctx.req) : null;
        if (isCached(path)) ctx.set(...CACHED);
        ctx.body = seen(path, ctx.state.doorward, form);
      });
      return listening(createServer(app.callback()), use);
    },
  },
  'koa below a path': {
    rewrites: false,
    run: (engine, options, use) => {
      const inner = new Koa();
      inner.use(onKoa.doorward(engine, options));
      inner.use(async (ctx) => {
        const path = ctx.originalUrl;
        const form = ctx.method === 'POST' ? await text(ctx.req) : null;
        if (isCached(path)) ctx.set(...CACHED);
        ctx.body = seen(path, ctx.state.doorward, form);
      });
      const app = new Koa();
      app.use(mount('/v1', inner));
      app.use(mount('/open', inner));
      app.use((ctx) => {
        ctx.status = 403;
        ctx.body = { status: 403, outcome: 'not below the path' };
      });
      return listening(createServer(app.callback()), use);
    },
  },
  fastify: {
    rewrites: true,
    run: (engine, options, use) => onFastifyApp(engine, options, use, { rewriteUrl: onFastify.rewriteUrl(engine) }),
  },
  'fastify without rewriteUrl': {
    rewrites: false,
    run: (engine, options, use) => onFastifyApp(engine, options, use, {}),
  },
  hono: {
    rewrites: false,
    tidies: true, // the Request has no dot segments any more
    run: async (engine, options, use) => {
      const app = new Hono();
      app.use(onHono.doorward(engine, options));
      app.all('*', async (c) => {
        const { pathname, search } = new URL(c.req.url);
        const form = c.req.method === 'POST' ? await c.req.text() : null;
        return Response.json(seen(pathname + search, c.get('doorward'), form), { headers: isCached(search) ? [CACHED] : [] });
      });
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
      return listening(server, use);
    },
  },
};

async function onFastifyApp(engine, options, use, own) {
  const app = Fastify({ ...own, forceCloseConnections: true });
  app.register(onFastify.doorward, { engine, ...options });
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (request, body, done) => done(null, body));
  app.route({
    method: ['GET', 'HEAD', 'POST'],
    url: '/*',
    exposeHeadRoute: false,
    handler: (request, reply) => {
      if (isCached(request.raw.url)) reply.header(...CACHED);
      return seen(request.raw.url, request.doorward, request.body ?? null);
    },
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  try {
    return await use(app.server.address().port);
  } finally {
    await app.close();
  }
}
