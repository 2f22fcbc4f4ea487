// What a middleware meets besides well-behaved requests: slow and broken forms, wrong order, mounts, upgrades.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { serve } from '@hono/node-server';
import Koa from 'koa';
import mount from 'koa-mount';
import { Engine } from '../index.mjs';
import { doorward as onExpress } from '../middleware/express.mjs';
import { doorward as onFastify } from '../middleware/fastify.mjs';
import { doorward as onHono } from '../middleware/hono.mjs';
import { decide, doorward as onHttp } from '../middleware/http.mjs';
import { doorward as onKoa } from '../middleware/koa.mjs';
import { frameworks } from './frameworks.mjs';
import { bearer, engine, form, mint, policy, send } from './support.mjs';

/** Runs `use` with the port of a server. */
async function serving(handler, use) {
  const server = createServer(handler).listen(0, '127.0.0.1');
  return served(server, use);
}

async function served(server, use) {
  if (!server.listening) await once(server, 'listening');
  try {
    return await use(server.address().port, server);
  } finally {
    server.closeAllConnections?.();
    await new Promise((resolve) => { server.close(resolve); });
  }
}

describe('forms', () => {
  for (const [name, { run }] of Object.entries(frameworks)) {
    it(`one that trickles in is put together: ${name}`, () => run(engine, undefined, async (port) => {
      const { headers, body } = form({ access_token: mint({ sub: 'svc-slow' }), note: 'ü' });
      const socket = connect(port, '127.0.0.1');
      socket.write(`POST /v1/orders/7 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers.map((line) => line.join(': ')).join('\r\n')}\r\n\r\n`);
      for (let at = 0; at < body.length; at += 100) {
        await new Promise((resolve) => { setTimeout(resolve, 5); });
        socket.write(body.slice(at, at + 100));
      }
      let text = '';
      socket.setTimeout(10_000, () => socket.destroy(new Error('no answer within ten seconds')));
      for await (const chunk of socket) text += chunk;
      assert.match(text, /^HTTP\/1\.1 200 /);
      assert.ok(text.includes('svc-slow') && text.includes('note='), text);
    }));

    it(`a caller who leaves in the middle reaches no application: ${name}`, () => {
      const calls = [];
      const watched = { readsBody: true, decide: (request) => { calls.push(request); return engine.decide(request); } };
      return run(watched, { onError() {} }, async (port) => {
        const socket = connect(port, '127.0.0.1');
        await once(socket, 'connect');
        socket.write('POST /open/x HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 50\r\n\r\nnote=');
        await new Promise((resolve) => { setTimeout(resolve, 50); });
        socket.destroy();
        await new Promise((resolve) => { setTimeout(resolve, 50); });
        // Fastify asks for the path, without a body, before anything else.
        assert.deepEqual(calls.filter(({ body }) => body !== undefined), []);
        assert.equal((await send(port, '/open/x')).status, 200);
      });
    });
  }

  it('a parser before doorward is a fault of the application, and nobody gets in', () => {
    const faults = [];
    const app = express();
    app.use(express.urlencoded({ extended: false }), onExpress(engine, { onError: (error) => faults.push(error.message) }));
    app.use((req, res) => res.send('in'));
    return serving(app, async (port) => {
      assert.equal((await send(port, '/v1/orders/7', form({ access_token: mint() }))).status, 500);
      assert.match(faults[0], /put doorward before what parses bodies/);
    });
  });

  it('a policy without forms reads none', () => {
    const plain = Engine.fromPolicy(policy({ issuers: undefined, routes: [{ path: '/{*rest}', accept: 'anyone' }] }));
    return frameworks.http.run(plain, { formLimit: 0 }, async (port) => {
      const answer = await send(port, '/x', form({ note: 'x'.repeat(500) }));
      assert.equal(answer.status, 200);
    });
  });
});

describe('order and place', () => {
  it('a URL that was rewritten before doorward is not guessed at', () => {
    const faults = [];
    const app = express();
    app.use((req, res, next) => { req.url = '/open/x'; next(); });
    app.use(onExpress(engine, { onError: (error) => faults.push(error.message) }));
    app.use((req, res) => res.send('in'));
    return serving(app, async (port) => {
      assert.equal((await send(port, '/v1/orders/7')).status, 500);
      assert.match(faults[0], /put doorward first/);
    });
  });

  it('a mount path alone, with and without its query, is found again', () => {
    const root = Engine.fromPolicy({ routes: [{ path: '/api', accept: 'anyone' }] });
    const app = express();
    app.use('/api', onExpress(root), (req, res) => res.json({ path: req.doorward.path }));
    return serving(app, async (port) => {
      for (const path of ['/api', '/api?x=1']) assert.deepEqual((await send(port, path)).json(), { path: '/api' });
      assert.equal((await send(port, '/api/')).status, 403);
    });
  });

  it('an absolute target reaches no router that Express has mounted', () => {
    const api = express.Router();
    api.get('/orders/:id', (req, res) => res.send('guarded'));
    api.get('/open/*rest', (req, res) => res.send('open'));
    const app = express();
    app.use(onExpress(Engine.fromPolicy(policy({
      routes: [{ path: '/v1/open/{*rest}', accept: 'anyone' }, { path: '/v1/orders/{id}', accept: ['corp'] }],
    }))));
    app.use('/v1', api);
    return serving(app, async (port) => {
      assert.equal((await send(port, '/v1/open/x')).body, 'open');
      // Express takes the length of `http://h` off whatever `req.url` has become by then.
      for (const target of ['http://h/v1/open/a/orders/7', 'http://h/v1/open/a/./orders/7', 'http://h/v1/orders/7', 'http://h/v1/open/x']) {
        const answer = await send(port, target);
        assert.deepEqual([answer.status, answer.json().outcome], [400, 'bad_request'], target);
      }
    });
  });

  it('a route that Express has chosen is not left behind', () => {
    const app = express();
    app.get('/v1/*rest', onExpress(engine), (req, res) => res.send('guarded'));
    return serving(app, async (port) => {
      for (const target of ['/v1/../open/x', '/v1/%2e%2e/open/x']) assert.equal((await send(port, target)).status, 400, target);
      assert.equal((await send(port, '/v1/orders/7', { headers: [bearer()] })).body, 'guarded');
    });
  });

  it('an error of the handler is the handler’s own', () => {
    const app = express();
    app.use(onExpress(engine));
    app.use(() => { throw new Error('of the application'); });
    app.use((error, req, res, next) => { // eslint-disable-line no-unused-vars
      res.status(418).send(error.message);
    });
    return serving(app, async (port) => {
      const answer = await send(port, '/open/x');
      assert.deepEqual([answer.status, answer.body], [418, 'of the application']);
    });
  });

  it('an upgrade is decided on by hand', () => serving((req, res) => res.end(), async (port, server) => {
    server.on('upgrade', (req, socket) => {
      const { status } = decide(engine, req);
      socket.end(`HTTP/1.1 ${status === 200 ? 101 : status} x\r\n\r\n`);
    });
    const upgrade = [['Connection', 'Upgrade'], ['Upgrade', 'websocket']];
    assert.equal((await send(port, '/v1/orders/7', { headers: upgrade })).status, 401);
    assert.equal((await send(port, '/v1/orders/7', { headers: [...upgrade, bearer()] })).status, 101);
  }));

  it('an upgrade is handled by the path that was judged', () => serving((req, res) => res.end(), async (port, server) => {
    server.on('upgrade', (req, socket) => {
      const { status, allowed } = decide(engine, req);
      socket.end(`HTTP/1.1 ${allowed ? 101 : status} x\r\n\r\n${req.url}`);
    });
    const headers = [['Connection', 'Upgrade'], ['Upgrade', 'websocket']];
    const { status, body } = await send(port, '/v1/../open/x?a=%61', { headers });
    assert.deepEqual([status, body], [101, '/open/x?a=%61']);
    for (const target of ['http://h/open/x', 'http://h/v1/../open/x']) assert.equal((await send(port, target, { headers })).status, 400);
  }));

  it('whoever looks at the decision behind a refusal by the place sees a refusal', async () => {
    const said = [];
    const look = (decision) => said.push([decision.allowed, decision.status, decision.reason]);
    const ask = async (port) => assert.equal((await send(port, '/open/%70age')).status, 400);

    const below = express();
    below.use((req, res, next) => { res.on('finish', () => look(req.doorward)); next(); });
    below.use('/open', onExpress(engine), (req, res) => res.send('in'));
    await serving(below, ask);

    const inner = new Koa().use(onKoa(engine)).use((ctx) => { ctx.body = 'in'; });
    const koa = new Koa().use(async (ctx, next) => { await next(); look(ctx.state.doorward); }).use(mount('/open', inner));
    await serving(koa.callback(), ask);

    const fastify = Fastify();
    fastify.register(onFastify, { engine });
    fastify.addHook('onSend', async (request) => { look(request.doorward); });
    fastify.get('/*', async () => 'in');
    await fastify.listen({ port: 0, host: '127.0.0.1' });
    await served(fastify.server, ask);

    const hono = new Hono();
    hono.use(async (c, next) => { await next(); look(c.get('doorward')); });
    hono.use(onHono(engine));
    hono.all('*', (c) => c.text('in'));
    await served(serve({ fetch: hono.fetch, port: 0, hostname: '127.0.0.1' }), ask);

    assert.deepEqual(said, Array(4).fill([false, 400, 'path_ambiguous']));
  });

  it('an application without a server of Node is judged by its Request', async () => {
    const app = new Hono().use(onHono(engine)).all('*', (c) => c.text('in'));
    assert.equal((await app.request('http://h/open/x')).status, 200);
    assert.equal((await app.request('http://h/v1/orders/7')).status, 401);
    assert.equal((await app.request('http://h/v1/orders/7', { headers: [bearer()] })).status, 200);
  });

  it('without onError the process is warned', () => serving(onHttp({ decide() { throw new Error('broken today'); } }, () => {}), async (port) => {
    const warned = once(process, 'warning');
    assert.equal((await send(port, '/')).status, 500);
    const [warning] = await warned;
    assert.deepEqual([warning.name, warning.message], ['DoorwardWarning', 'broken today']);
  }));

  it('options of another type are refused at once', () => {
    for (const [options, kind] of [[null, TypeError], [5, TypeError], [{ formLimit: -1 }, RangeError], [{ formLimit: '1' }, RangeError],
      [{ now: 5 }, TypeError], [{ onError: 'x' }, TypeError]]) {
      assert.throws(() => onExpress(engine, options), kind);
    }
    for (const none of [undefined, null, {}, 'policy.toml']) assert.throws(() => onExpress(none), TypeError);
    assert.throws(() => onHttp(engine), TypeError);
  });
});

describe('an answer to a token in the query stays private', () => {
  const headers = { 'cache-control': 'max-age=60', 'X-Many': ['a', 'b'] };
  const flat = ['Cache-Control', 'max-age=60', 'X-Many', 'a', 'X-Many', 'b'];
  const ways = {
    'headers set before': (res) => { for (const [name, value] of Object.entries(headers)) res.setHeader(name, value); res.end('x'); },
    'headers at writeHead': (res) => res.writeHead(200, headers).end('x'),
    'headers at writeHead behind a text': (res) => res.writeHead(200, 'Fine', headers).end('x'),
    'headers at writeHead behind nothing': (res) => res.writeHead(200, undefined, headers).end('x'),
    'headers at writeHead as a list': (res) => res.writeHead(200, flat).end('x'),
    'a first write': (res) => { res.setHeader('Cache-Control', 'max-age=60'); res.setHeader('X-Many', ['a', 'b']); res.write('x'); res.end(); },
    'headers flushed': (res) => { res.setHeader('Cache-Control', 'max-age=60'); res.setHeader('X-Many', ['a', 'b']); res.flushHeaders(); res.end('x'); },
  };
  for (const [name, way] of Object.entries(ways)) {
    it(name, () => serving(onHttp(engine, (req, res) => way(res)), async (port) => {
      const answer = await send(port, `/v1/orders/7?access_token=${mint()}`);
      assert.deepEqual(answer.all('cache-control'), ['max-age=60, private']);
      assert.deepEqual(answer.all('x-many'), ['a', 'b']);
      assert.deepEqual((await send(port, '/v1/orders/7', { headers: [bearer()] })).all('cache-control'), ['max-age=60']);
    }));
  }

  it('what says so already is left as it is', () => serving(onHttp(engine, (req, res) => {
    res.writeHead(200, { 'Cache-Control': 'Private, max-age=60' }).end();
  }), async (port) => {
    const answer = await send(port, `/v1/orders/7?access_token=${mint()}`);
    assert.deepEqual(answer.all('cache-control'), ['Private, max-age=60']);
  }));

  it('over HTTP/2, however it is ended', async () => {
    const endings = [(res) => res.end('x'), (res) => res.end(), (res) => res.write('x') && res.end(), (res) => res.writeHead(200).end()];
    for (const ending of endings) {
      const server = createHttp2Server(onHttp(engine, (req, res) => { res.setHeader('Cache-Control', 'max-age=60'); ending(res); }));
      await served(server.listen(0, '127.0.0.1'), async (port) => {
        const client = connectHttp2(`http://127.0.0.1:${port}`);
        try {
          const [answer] = await once(client.request({ ':path': `/v1/orders/7?access_token=${mint()}` }), 'response');
          assert.equal(answer['cache-control'], 'max-age=60, private');
        } finally {
          client.destroy();
        }
      });
    }
  });
});
